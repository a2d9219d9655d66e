"""Enemies of Londinium: those that corrupt the air where they fall or shoot, and the machines beside them."""

from __future__ import annotations

import pytest
from halls import battle_with
from worlds import deploy, health, own_health, until

from game.actions import RETREAT, Action
from game.characters.catalogue import load_catalogue
from game.simulator.effect_records import ADD, SILENCE

CLOUD = """
when = "interval"
every = 1
who = "enemies"
kind = "true"
fresh = true
seconds = 1
as_one = "corruption"
firm = true
at_place = true
"""
TABLE = f"""
[witherer]
name = "Witherer"
kind = "soldier"
ids = ["witherer"]
max_health = 4500
attack = 0
speed = 0
attack_interval = 2.5

[[witherer.effects]]
when = "death"
lays = 8

[[witherer.effects]]
{CLOUD}
radius = 2
melee = true
damage_points = 50

[[witherer.effects]]
{CLOUD}
radius = 2
melee = false
damage_points = 25

[tank]
name = "Tank"
kind = "caster"
ids = ["tank"]
max_health = 12000
attack = 750
speed = 0.7
attack_interval = 4.5
range = 2.2
ground_only = true

[[tank.effects]]
when = "attack"
who = "target"
blocked = true
nth = 3
nth_first = 2
strength = 2

[[tank.effects]]
when = "attack"
who = "target"
blocked = true
nth = 3
nth_first = 3
strength = 2

[[tank.effects]]
when = "attack"
who = "target"
nth = 3
nth_first = 1
lays = 10

[[tank.effects]]
{CLOUD}
radius = 1.7
melee = true
damage_points = 50

[seed]
name = "Seed"
kind = "drone"
ids = ["seed"]
max_health = 1200
attack = 750
speed = 0.6
attack_interval = 1
range = 2

[[seed.effects]]
add = {{ disarmed = 1 }}

[[seed.effects]]
when = "interval"
every = 0.1
waits = true
who = "enemies in range"
seen = true
most = 1
by = "nearest"
link = 1

[[seed.effects]]
when = "link over"
who = "target"
damage = 1

[[seed.effects]]
when = "link over"
falls = true

[ram]
name = "Ram"
kind = "heavy_defender"
ids = ["ram"]
max_health = 10000
attack = 0
speed = 0.7
attack_interval = 3

[[ram.effects]]
own_below = 0.5
add = {{ attack_speed = 100, steadfast = 1 }}
factor = {{ speed = 2 }}

[gun]
name = "Gun"
kind = "caster"
ids = ["gun"]
max_health = 15000
attack = 600
speed = 0
attack_interval = 60
range = 3

[[gun.effects]]
own_linked = true
add = {{ steadfast = 1 }}

[[gun.effects]]
when = "interval"
every = 31
ready_after = 10
waits = true
who = "enemies in range"
seen = true
most = 1
by = "most health"
lays = 5
link = 6

[[gun.effects]]
when = "interval"
every = 0.5
at_place = true
who = "enemies"
radius = 1.5
most = 1
by = "least hurt"
damage = 0.55
kind = "arts"

[regent]
name = "Regent"
kind = "crusher"
ids = ["regent"]
max_health = 50000
attack = 0
speed = 0.5
attack_interval = 4
unblockable = true

[[regent.effects]]
when = "interval"
every = 0.1
ready_after = 15
who = "enemies"
radius = 0.5
damage_points = 99999
kind = "true"
"""


@pytest.fixture(scope="module", name="catalogue")
def _catalogue(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wither")
    (folder / "enemies.toml").write_text(TABLE, encoding="utf8")
    return load_catalogue(folder)


def strike_down(battle, number):
    """Let this enemy fall by the next blow of the first operator."""
    foe = battle._field.foe[number]
    foe.health = 1.0
    until(battle, lambda: foe.gone_at >= 0)


def test_one_that_falls_leaves_a_cloud_that_hurts_who_stands_in_it(make, catalogue):
    """Tables: 50 a second on the ground, 25 on high ground, for 8 s within two tiles; two public simulators from the
    game's files: the first time a second after the fall, and an operator that comes later is hurt as well.
    """
    names = ("Fang", "Beagle", "Kroos", "Plume")
    battle = battle_with(
        make, catalogue, "witherer", "witherer", names=names, start=(1, 3), attack=10.0, holds_fire=False
    )
    deploy(battle, 0, 1, 2)
    deploy(battle, 1, 1, 6)
    deploy(battle, 2, 0, 3)
    battle.step(60)
    strike_down(battle, 0)
    fell = battle.ticks
    battle.step(28)
    assert [own_health(battle, slot) for slot in range(3)] == [1e5] * 3
    battle.step(2 * 30 + 10)
    assert [1e5 - own_health(battle, slot) for slot in range(3)] == [150.0, 0.0, 75.0]
    battle.records.battle[0]["dp"] = 99
    deploy(battle, 3, 2, 3)
    battle.step(12 * 30 - (battle.ticks - fell))
    assert [1e5 - own_health(battle, slot) for slot in range(4)] == [400.0, 0.0, 200.0, 250.0]


def test_clouds_do_not_add_up(make, catalogue):
    """PRTS, quoted by a public simulator: effects of one name do not stack; arknights.wiki.gg, "Corruption"."""
    battle = battle_with(make, catalogue, *["witherer"] * 3, start=(1, 3), attack=10.0, holds_fire=False)
    deploy(battle, 0, 1, 2)
    battle.step(60)
    strike_down(battle, 0)
    first = battle.ticks
    strike_down(battle, 1)
    second = battle.ticks
    assert 20 < second - first < 60
    battle.step(first + 7 * 30 + 20 - battle.ticks)
    assert 1e5 - own_health(battle) == pytest.approx(350.0)
    battle.step(second + 9 * 30 - battle.ticks)
    assert 400.0 <= 1e5 - own_health(battle) <= 500.0


def test_one_that_falls_in_silence_leaves_nothing(make, catalogue):
    """A public simulator's note on the client: the talent checks for silence first."""
    battle = battle_with(make, catalogue, "witherer", "witherer", start=(1, 3), attack=10.0, holds_fire=False)
    deploy(battle, 0, 1, 2)
    battle.step(60)
    battle.records.modifier[0, len(battle.units), SILENCE, ADD] = 1.0
    strike_down(battle, 0)
    battle.step(150)
    assert own_health(battle) == 1e5


def test_a_wither_tank_corrupts_with_its_first_attack_and_every_third(make, catalogue):
    """Tables: two SP at first, as many as its skill costs, one by each other attack; those strike twice as hard who
    block it. PRTS, quoted by a public simulator: the cloud reaches 1.7 tiles. It aims at the ground only.
    """
    battle = battle_with(make, catalogue, "tank", start=(1, 0), max_health=1e6, defense=0.0)
    deploy(battle, 2, 0, 1)
    deploy(battle, 0, 1, 1)
    struck = []
    while len(struck) < 4:
        before = own_health(battle)
        battle.step(1)
        if before - own_health(battle) > 60.0:
            struck.append((before - own_health(battle), battle.ticks))
    assert own_health(battle, 2) == 1e6
    assert [blow // 750.0 for blow, _ in struck] == [1, 2, 2, 1]
    foe = battle._field.foe[0]
    assert (foe.place, foe.place_until) == (1 * battle.stage.width + 1, struck[3][1] - 1 + 300)


def test_a_seed_dives_onto_an_operator_and_is_gone(make, catalogue):
    """Handbook: near an operator it destroys itself and does physical damage; it counts as defeated. Who leaves before
    it is there is not hurt.
    """
    battle = battle_with(make, catalogue, "seed", motion="FLY", defense=100.0)
    deploy(battle, 0, 1, 4)
    foe = battle._field.foe[0]
    until(battle, lambda: foe.link >= 0)
    began = battle.seconds
    until(battle, lambda: own_health(battle) < 1e5)
    assert battle.seconds - began == pytest.approx(1.0, abs=0.1)
    assert 1e5 - own_health(battle) == pytest.approx(650.0)
    battle.step(2)
    assert foe.gone_at >= 0
    assert not foe.leaked
    assert battle._field.battle[0].counter == 1
    spared = battle_with(make, catalogue, "seed", motion="FLY")
    deploy(spared, 0, 1, 4)
    until(spared, lambda: spared._field.foe[0].link >= 0)
    assert spared.act(Action(RETREAT, 0))
    spared.step(60)
    assert spared._field.foe[0].gone_at < 0


def test_a_steam_ram_rages_below_half_of_its_health(make, catalogue):
    """Tables: twice as fast, 100 more attack speed; no stun stops it then."""
    battle = battle_with(make, catalogue, "ram", names=("Fang",))
    foe = battle._field.foe[0]
    battle.step(30)
    before = foe.col
    battle.step(30)
    slow = foe.col - before
    foe.health = 4999.0
    battle.step(3)
    before = foe.col
    battle.step(30)
    assert foe.col - before == pytest.approx(2 * slow, rel=0.01)


def test_a_self_propelled_gun_bombards_a_place(make, catalogue):
    """PRTS, quoted by a public simulator: around the operator of the highest full health in reach; ten shots, one every
    half second, each on the one there with the highest part of its health; tables: 55 % as arts, from 10 s on. Nothing
    stuns it meanwhile, and the place stays, though the operator leaves.
    """
    battle = battle_with(make, catalogue, "gun", start=(1, 2), names=("Fang", "Beagle", "Kroos"))
    deploy(battle, 0, 1, 4)
    deploy(battle, 1, 2, 4)
    foe = battle._field.foe[0]
    foe.next_attack = 1e9
    until(battle, lambda: foe.link >= 0)
    assert battle.seconds == pytest.approx(10.0, abs=0.2)
    battle.step(165)
    hurt = [1e5 - own_health(battle, slot) for slot in (0, 1)]
    assert hurt == [pytest.approx(5 * 330.0), pytest.approx(5 * 330.0)]
    assert health(battle) == 15000


def test_the_regent_strikes_down_who_is_in_his_way(make, catalogue):
    """Handbook, and the time of his skill: from 15 s on, the operators on his own tile."""
    battle = battle_with(make, catalogue, "regent", max_health=5e4)
    deploy(battle, 0, 1, 2)
    deploy(battle, 1, 1, 5)
    deploy(battle, 2, 0, 5)
    battle.step(14 * 30)
    assert battle.enemies_on_field()[0].col > 2.6
    assert [battle._field.unit[slot].tile >= 0 for slot in range(3)] == [True] * 3
    until(battle, lambda: battle.enemies_on_field()[0].col > 5.6)
    assert [battle._field.unit[slot].tile >= 0 for slot in range(3)] == [True, False, True]
