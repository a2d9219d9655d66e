"""Enemies of one family each: those that leave the ground, and those that link themselves to an operator."""

from __future__ import annotations

import msgspec
import pytest
from levels import CATALOGUE
from worlds import deploy, health, own_health, until

from game.actions import LEFT
from game.characters.builds import squad_of
from game.characters.catalogue import load_catalogue
from game.levels.stage import stage_of
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
"""
HALL = ("^^^^^^^^", "S......E", "........", "........", "^^^^^^^^")
STILL = {"attack": 0.0, "holds_fire": True, "skill": None, "effects": (), "max_health": 1e5, "resistance": 0.0}


@pytest.fixture(name="catalogue", scope="module")
def _catalogue(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    (folder / "enemies.toml").write_text(TABLE, encoding="utf-8")
    return load_catalogue(folder)


def battle_with(make, catalogue, *enemies, names=("Fang", "Beagle", "Kroos"), start=(1, 0), **changes):
    """A battle with these enemies in a hall whose walls shooters may stand on."""
    top = {"row": len(HALL) - 1 - start[0], "col": start[1]}
    end = {"row": len(HALL) - 2, "col": 7}
    way = {"motionMode": "WALK", "startPosition": top, "endPosition": end, "checkpoints": []}
    refs = tuple({"useDb": True, "id": key, "level": 0} for key in dict.fromkeys(enemies))
    data = make.level([make.spawn(key) for key in enemies], picture=HALL, routes=(way,), refs=refs)
    squad = squad_of(names, CATALOGUE)
    stage = stage_of(data, "hall", catalogue)
    return Battle(stage, tuple(msgspec.structs.replace(one, **{**STILL, **changes}) for one in squad))


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
