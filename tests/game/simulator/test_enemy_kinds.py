"""Enemies of one family each: those that leave the ground, and those that link themselves to an operator."""

from __future__ import annotations

import msgspec
import pytest
from halls import battle_with
from worlds import deploy, health, own_health, until

from game.actions import LEFT, RETREAT, Action
from game.characters.catalogue import load_catalogue
from game.simulator.battle import Battle

TABLE = """
[rider]
name = "Rider"
kind = "soldier"
ids = ["rider"]
max_health = 6000
attack = 0
speed = 1
attack_interval = 3
hovers = true

[gargoyle]
name = "Gargoyle"
kind = "soldier"
ids = ["gargoyle"]
max_health = 10000
attack = 550
defense = 550
speed = 0.5
attack_interval = 4
effects = [{ add = { resistance = 70 } }]

[gargoyle.second]
range = 1.6
damage = "arts"
flies_after = 10
unblockable = true
effects = [{ until = 10, factor = { speed = 0 }, add = { defense = 800, resistance = 30, disarmed = 1 } }]

[flamer]
name = "Flamer"
kind = "soldier"
ids = ["flamer"]
groups = ["flamer"]
max_health = 8000
attack = 500
speed = 0
attack_interval = 2

[[flamer.effects]]
when = "interval"
every = 0.5
who = "linked"
damage = 0.12
kind = "arts"
injury = 0.06
element = "burning"

[[flamer.effects]]
when = "interval"
every = 20.6
ready_after = 0.1
waits = true
who = "enemies"
radius = 1
most = 1
link = 10.6

[[flamer.effects]]
when = "death"
who = "enemies"
radius = 2
damage = 1
kind = "arts"

[[flamer.effects]]
when = "death"
who = "allies"
others = true
groups = ["flamer"]
radius = 2
damage_points = 99999
kind = "true"

[eye]
name = "Eye"
kind = "caster"
ids = ["eye"]
max_health = 12000
attack = 450
damage = "arts"
range = 2.5
speed = 0
attack_interval = 1000

[[eye.effects]]
when = "interval"
every = 1
who = "linked"
damage = 0.4
kind = "arts"

[[eye.effects]]
when = "interval"
every = 32
ready_after = 10
waits = true
who = "enemies in range"
most = 1
link = 8

[[eye.effects]]
when = "link over"
who = "enemies"
radius = 1
at_target = true
injury = 2.2
element = "necrosis"

[witch]
name = "Witch"
kind = "caster"
ids = ["witch"]
groups = ["pulse-fed"]
max_health = 7000
attack = 350
damage = "arts"
speed = 0
attack_interval = 1

[[witch.effects]]
add = { disarmed = 1 }

[[witch.effects]]
when = "interval"
every = 5
ready_after = 0.1
waits = true
form = 1
who = "enemies"
radius = 1.5
damage = 1
kind = "arts"

[[witch.effects]]
when = "interval"
every = 5
ready_after = 0.1
waits = true
form = 2
who = "enemies"
radius = 2.5
damage = 1
kind = "arts"

[blade]
name = "Blade"
kind = "soldier"
ids = ["blade"]
groups = ["pulse-fed"]
max_health = 8000
attack = 480
speed = 0.85
attack_interval = 2.5
second_damage = "arts"
"""


@pytest.fixture(name="catalogue", scope="module")
def _catalogue(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    (folder / "enemies.toml").write_text(TABLE, encoding="utf-8")
    return load_catalogue(folder)


def test_one_that_hovers_is_in_the_air_until_it_is_stunned(make, catalogue):
    """The glossary: not blocked, and struck by none that cannot reach the air; arknights.wiki.gg, "Enemy": a stun ends
    it.
    """
    battle = battle_with(make, catalogue, "rider", attack=300.0, holds_fire=False)
    deploy(battle, 0, 1, 3)
    until(battle, lambda: battle.enemies_on_field() and battle.enemies_on_field()[0].col > 4.0)
    assert health(battle) == 6000.0
    deploy(battle, 1, 1, 6)
    battle._field.foe[0].stunned_until = battle.ticks + 30
    until(battle, lambda: battle.enemies_on_field()[0].blocked)
    until(battle, lambda: health(battle) < 6000.0)
    above = battle_with(make, catalogue, "rider", attack=300.0, holds_fire=False)
    deploy(above, 2, 0, 2)
    until(above, lambda: health(above) < 6000.0)


def test_a_gargoyle_turns_to_stone_where_it_falls_first_and_flies_then(make, catalogue):
    """The public tables: 550 defense and 800 more for ten seconds, 0 + 70 + 30 resistance; PRTS wiki as two public
    simulators cite it: whole again, not blocked, no attack as a stone, a flier with arts afterwards; it counts once.
    """
    battle = battle_with(make, catalogue, "gargoyle", attack=2350.0, holds_fire=False, attack_interval=1.0)
    deploy(battle, 0, 1, 2, LEFT)
    until(battle, lambda: battle.enemies_on_field() and battle.enemies_on_field()[0].number == 1)
    assert (battle.kills, battle.stage.total) == (0, 1)
    assert health(battle, 1) == 10000.0
    fell, own = battle.seconds, own_health(battle)
    col = battle.enemies_on_field()[0].col
    until(battle, lambda: health(battle, 1) < 10000.0)
    assert health(battle, 1) == pytest.approx(9000.0)
    until(battle, lambda: health(battle, 1) <= 8000.0)
    battle._field.foe[1].health = 10000.0
    battle.step(round((fell + 9.8) * 30) - battle.ticks)
    assert battle.enemies_on_field()[0].col == col
    assert own_health(battle) == own
    battle._field.foe[1].health = 10000.0
    until(battle, lambda: own_health(battle) < own)
    assert own - own_health(battle) == pytest.approx(550.0)
    assert health(battle, 1) == 10000.0
    until(battle, lambda: battle.outcome, seconds=60.0)
    assert (battle.kills, battle.leaks) == (1, 1)


def test_a_flame_burns_the_operator_to_whom_it_is_linked(make, catalogue):
    """The public tables: 12 % of the attack as arts damage and 6 % as burning every half second, for 10.6 seconds."""
    battle = battle_with(make, catalogue, "flamer", start=(1, 3))
    deploy(battle, 0, 1, 3)
    battle._field.foe[0].next_attack = 1e9
    began = until(battle, lambda: own_health(battle) < 1e5)
    assert 1e5 - own_health(battle) == pytest.approx(60.0)
    assert battle._field.unit[0].burning == pytest.approx(30.0)
    battle.step(round((began + 10.0) * 30) - battle.ticks)
    assert 1e5 - own_health(battle) == pytest.approx(21 * 60.0)


def test_flames_end_in_a_blast_that_ends_others(make, catalogue):
    """The handbook: its death does arts damage, and others of its kind fall; within two tiles (prefab notes)."""
    battle = battle_with(make, catalogue, "flamer", "flamer", start=(1, 3))
    deploy(battle, 0, 1, 5)
    deploy(battle, 1, 1, 6)
    battle.step(30)
    battle._field.foe[0].health = 1.0
    battle._field.unit[0].health = 1e5
    fatal = msgspec.structs.replace(battle.squad[0], attack=1e5, holds_fire=False)
    strong = Battle(battle.stage, (fatal, *battle.squad[1:]))
    deploy(strong, 0, 1, 3)
    deploy(strong, 1, 1, 5)
    deploy(strong, 2, 0, 6)
    until(strong, lambda: strong.kills == 2)
    strong.step(3)
    assert 1e5 - own_health(strong, 1) == pytest.approx(1000.0)
    assert own_health(strong, 2) == 1e5


def test_deaths_eye_ends_in_necrosis_around_its_target(make, catalogue):
    """The public tables: 40 % of the attack each second for eight seconds, then 220 % as necrosis; that reaches the
    target and the four tiles beside, as a public simulator has it.
    """
    battle = battle_with(make, catalogue, "eye", names=("Fang", "Beagle", "Kroos", "Melantha"), start=(1, 1))
    deploy(battle, 2, 0, 3)
    deploy(battle, 1, 1, 3)
    deploy(battle, 3, 2, 3)
    deploy(battle, 0, 2, 2)
    battle._field.foe[0].next_attack = 1e9
    began = until(battle, lambda: own_health(battle, 0) < 1e5)
    assert 10.0 <= began <= 11.2
    battle.step(7 * 30 - 1)
    assert 1e5 - own_health(battle, 0) == pytest.approx(7 * 180.0)
    battle.step(3)
    assert 1e5 - own_health(battle, 0) == pytest.approx(8 * 180.0 + 450.0)
    necrosis = [float(battle._field.unit[slot].necrosis) for slot in range(4)]
    assert necrosis == [pytest.approx(990.0), 0.0, 0.0, pytest.approx(990.0)]


ALTAR = "trap_011_ore"


def test_a_rite_reaches_farther_after_a_pulse_wave(make, catalogue):
    """A public simulator's tests of the game's files: 100 % of 350 as arts every 5 s on the tiles beside; after a
    pulse wave, which does not hurt it, at once and also two tiles away.
    """
    battle = battle_with(make, catalogue, "witch", start=(1, 3), devices=((ALTAR, (3, 3)),))
    deploy(battle, 0, 1, 4)
    deploy(battle, 1, 1, 5)
    battle.step(30)
    assert (1e5 - own_health(battle, 0), own_health(battle, 1)) == (pytest.approx(350.0), 1e5)
    battle.step(round(6.9 * 30) - battle.ticks)
    assert (1e5 - own_health(battle, 0), own_health(battle, 1)) == (pytest.approx(700.0), 1e5)
    battle.step(round(7.3 * 30) - battle.ticks)
    assert health(battle) == 7000
    assert 1e5 - own_health(battle, 0) == pytest.approx(1050.0)
    assert 1e5 - own_health(battle, 1) == pytest.approx(350.0)
    battle.step(round(13.0 * 30) - battle.ticks)
    assert 1e5 - own_health(battle, 1) == pytest.approx(700.0)


def test_a_blade_strikes_with_arts_after_a_pulse_wave(make, catalogue):
    """The same source: 480 - 100 defense before, 480 less 25 % resistance after."""
    battle = battle_with(
        make, catalogue, "blade", start=(1, 3), devices=((ALTAR, (3, 3)),), defense=100.0, resistance=25.0
    )
    deploy(battle, 0, 1, 4)
    until(battle, lambda: own_health(battle) < 1e5)
    assert 1e5 - own_health(battle) == pytest.approx(380.0)
    battle.step(round(7.1 * 30) - battle.ticks)
    assert health(battle) == 8000
    before = own_health(battle)
    until(battle, lambda: own_health(battle) < before)
    assert before - own_health(battle) == pytest.approx(360.0)


def test_w_charges_one_operator_and_three_below_half_of_her_health(make):
    """The public table: 180 % of 470 from 9 s on, every 20 s; a public simulator from the game's files: 0.6 s, then a
    charge of 3.2 s on one operator (three below half of her health, the first of them at once), while she stands still.
    A stun ends that, not the charge.
    """
    shipped = load_catalogue()
    battle = battle_with(make, shipped, "enemy_1504_cqbw", names=("Fang", "Beagle", "Kroos", "Plume"), defense=100.0)
    foe = battle._field.foe[0]
    deploy(battle, 0, 2, 3)
    deploy(battle, 1, 1, 3)
    foe.next_attack = 1e9
    until(battle, lambda: foe.link >= 0)
    began = battle.seconds
    assert began == pytest.approx(9.0, abs=0.15)
    stood = (foe.row, foe.col)
    battle.step(round(3.7 * 30))
    assert own_health(battle, 0) == own_health(battle, 1) == 1e5
    assert (foe.row, foe.col) == stood
    foe.stunned_until = battle.ticks + 6
    until(battle, lambda: own_health(battle, 0) + own_health(battle, 1) < 2e5)
    assert battle.seconds - began == pytest.approx(3.8, abs=0.05)
    assert sorted((own_health(battle, 0), own_health(battle, 1))) == [pytest.approx(1e5 - 746.0), 1e5]
    deploy(battle, 3, 2, 4)
    deploy(battle, 2, 0, 3)
    foe.next_attack, foe.health = 1e9, 4900.0
    until(battle, lambda: foe.link >= 0)
    assert battle.seconds - began < 5.0
    before = [own_health(battle, slot) for slot in range(4)]
    battle.step(round(3.7 * 30))
    foe.stunned_until = battle.ticks + 30
    battle.step(6)
    hurt = [one - own_health(battle, slot) for slot, one in enumerate(before)]
    assert sorted(hurt) == [0.0, *[pytest.approx(746.0)] * 3]


def test_a_charge_is_lost_with_its_operator(make):
    """Who has left the field is not hurt, and comes back without it."""
    battle = battle_with(make, load_catalogue(), "enemy_1504_cqbw", redeploy_time=0.0)
    foe = battle._field.foe[0]
    deploy(battle, 0, 1, 3)
    foe.next_attack = 1e9
    until(battle, lambda: foe.link >= 0)
    assert battle.act(Action(RETREAT, 0))
    battle.records.battle[0]["dp"] = 99
    foe.stunned_until = battle.ticks + 200
    battle.step(1)
    deploy(battle, 0, 1, 3)
    battle.step(round(4.5 * 30))
    assert own_health(battle) == 1e5
