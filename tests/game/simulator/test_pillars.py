"""Tattered Pillars: who strikes them, how they fall, what stands under them, and the ruins that they leave."""

from __future__ import annotations

import msgspec
import pytest
from levels import CATALOGUE, place
from worlds import deploy, health, own_health, until

from game.actions import RETREAT, Action
from game.characters.builds import squad_of
from game.characters.catalogue import load_catalogue
from game.levels.stage import describe, stage_of
from game.simulator.battle import Battle

YARD = ("^^^^^^^^^^", "S........E", "..........", "..........", "^^^^^^^^^^")
STRONG = {"attack": 6000.0, "skill": None, "effects": (), "max_health": 1e5, "resistance": 0.0}
TABLE = """
[post]
name = "Post"
kind = "soldier"
ids = ["post"]
max_health = 100000
attack = 0
speed = 0
attack_interval = 1

[rock]
name = "Rock"
kind = "soldier"
ids = ["rock"]
max_health = 100000
attack = 0
speed = 0
attack_interval = 1
stun_immune = true

[runner]
name = "Runner"
kind = "hound"
ids = ["runner"]
max_health = 100000
attack = 60
speed = 2
attack_interval = 1

[flamerazer]
name = "Flamerazer"
kind = "soldier"
ids = ["flamerazer"]
max_health = 100
attack = 0
speed = 0
attack_interval = 1

[[flamerazer.effects]]
when = "death"
who = "allies"
groups = ["pillar"]
radius = 2
turns = true
falls = true
"""
PILLAR, RUINS = "Tattered Pillar", "Battlefield Ruins"


@pytest.fixture(name="catalogue", scope="module")
def _catalogue(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    (folder / "enemies.toml").write_text(TABLE, encoding="utf-8")
    return load_catalogue(folder)


def yard(make, catalogue, *spawns, pillars=((2, 4),), ways=(), names=("Fang", "Beagle", "Kroos"), **changes):
    """A battle in the yard with pillars; Fang's blow fells one at once, if nothing of `changes` says otherwise."""
    routes = [
        {"motionMode": "WALK", "startPosition": place(len(YARD), start), "endPosition": place(len(YARD), end),
         "checkpoints": [], "allowDiagonalMove": False}
        for start, end in (((1, 0), (1, 9)), *ways)
    ]  # fmt: skip
    keys = dict.fromkeys(one["key"] for one in spawns)
    refs = tuple({"useDb": True, "id": key, "level": 0} for key in keys)
    data = make.level(list(spawns), picture=YARD, routes=routes, refs=refs)
    data["predefines"] = {"tokenInsts": [
        {"position": place(len(YARD), tile), "direction": "UP", "hidden": False, "skillIndex": 0, "mainSkillLvl": 1,
         "inst": {"characterKey": "trap_043_dupilr", "level": 1}}
        for tile in pillars
    ]}  # fmt: skip
    stage = stage_of(data, "yard", catalogue)
    squad = squad_of(names, CATALOGUE)
    battle = Battle(stage, tuple(msgspec.structs.replace(one, **{**STRONG, **changes}) for one in squad))
    battle._field.battle[0].dp = 99
    battle.step(1)
    return battle


def units(battle, name):
    """The (row, column) of all units of a name on the field."""
    named = [slot for slot, one in enumerate(battle.units) if one.name == name]
    return sorted((one.row, one.col) for one in battle.operators_on_field() if one.slot in named)


def pillar_health(battle, number=0):
    """The health of a pillar in points, by its body."""
    return health(battle, number)


def test_an_operator_beside_a_pillar_strikes_it_and_one_farther_away_does_not(make, catalogue):
    """arknights.wiki.gg, "Tattered Pillar": only adjacent operators attack it (range x-5); it has 5000 health and no
    defense. Kroos, who shoots four tiles far, has it in range and spares it.
    """
    battle = yard(make, catalogue, make.spawn("post"), attack=100.0)
    deploy(battle, 2, 4, 4, direction=3)
    battle.step(150)
    assert pillar_health(battle) == 5000.0
    deploy(battle, 0, 2, 3)
    until(battle, lambda: pillar_health(battle) < 5000.0)
    assert pillar_health(battle) == 4900.0


def test_a_damaged_pillar_stands_with_one_point_and_nothing_hurts_it_for_two_seconds(make, catalogue):
    """arknights.wiki.gg, "Tattered Pillar": at 0 HP it remains with 1 HP and is invulnerable for 2 seconds."""
    battle = yard(make, catalogue, make.spawn("post"))
    deploy(battle, 0, 2, 3)
    damaged = until(battle, lambda: pillar_health(battle) <= 1.0)
    assert units(battle, PILLAR) == [(2, 4)]
    until(battle, lambda: pillar_health(battle) == 1.0)
    assert battle.seconds - damaged == pytest.approx(2.0, abs=0.05)
    struck = until(battle, lambda: pillar_health(battle) <= 0.0)
    assert struck - damaged < 4.0
    fallen = until(battle, lambda: not units(battle, PILLAR))
    assert fallen - struck == pytest.approx(1.5, abs=0.05)


def test_it_falls_away_from_who_struck_it_and_hurts_and_stuns_those_on_two_tiles(make, catalogue):
    """Public tables: attack 12000, stun 10 s, range 2-2; true damage, as the words of its skill say. Who stands on the
    third tile, or beside it, is not hurt.
    """
    ways = (((2, 5), (1, 9)), ((2, 6), (1, 9)), ((2, 7), (1, 9)), ((3, 5), (1, 9)))
    posts = [make.spawn("post", routeIndex=number) for number in (1, 2, 3, 4)]
    battle = yard(make, catalogue, *posts, ways=ways)
    deploy(battle, 0, 2, 3)
    until(battle, lambda: not units(battle, PILLAR))
    battle.step(2)
    assert [health(battle, e) for e in (1, 2, 3, 4)] == [88000.0, 88000.0, 1e5, 1e5]
    left = [int(battle._field.foe[e].stunned_until) - battle.ticks for e in (1, 2, 3, 4)]
    assert left[0] == left[1] == pytest.approx(300, abs=3)
    assert max(left[2:]) <= 0


@pytest.mark.parametrize(
    ("stand", "under"),
    [((2, 3), ((2, 5), (2, 6))), ((2, 5), ((2, 2), (2, 3))), ((1, 4), ((3, 4),)), ((3, 4), ((1, 4),))],
)
def test_ruins_come_where_an_operator_could_stand(make, catalogue, stand, under):
    """arknights.wiki.gg, "Tattered Pillar": ruins on deployable melee tiles only, in each of the four directions; high
    ground and what lies off the map get none.
    """
    battle = yard(make, catalogue, make.spawn("post", routeIndex=1), ways=(((3, 9), (1, 9)),))
    deploy(battle, 0, *stand, direction=[(2, 3), (1, 4), (2, 5), (3, 4)].index(stand))
    until(battle, lambda: not units(battle, PILLAR))
    battle.step(3)
    assert units(battle, RUINS) == list(under)


def test_an_operator_under_it_leaves_and_its_tile_gets_ruins(make, catalogue):
    """The words of its skill: 强制撤退. It cannot come back at once, and nothing of its price is returned."""
    battle = yard(make, catalogue, make.spawn("post"))
    deploy(battle, 0, 2, 3)
    deploy(battle, 1, 2, 5)
    before = battle.dp
    until(battle, lambda: not units(battle, PILLAR))
    battle.step(3)
    assert battle._field.unit[1].tile == -1
    assert battle.card_cooldowns()[1].remaining > 0.0
    assert (own_health(battle, 0), units(battle, RUINS)) == (1e5, [(2, 5), (2, 6)])
    assert battle.dp <= before + battle.seconds / 1.0


def test_a_pillar_that_another_falls_on_falls_at_once_in_the_same_direction(make, catalogue):
    """arknights.wiki.gg, "Tattered Pillar": a chain reaction, without the damaged state."""
    battle = yard(make, catalogue, make.spawn("post", routeIndex=1), pillars=((2, 3), (2, 5)), ways=(((2, 7), (1, 9)),))
    deploy(battle, 0, 2, 2)
    first = until(battle, lambda: units(battle, PILLAR) == [(2, 5)])
    second = until(battle, lambda: not units(battle, PILLAR))
    assert second - first == pytest.approx(1.5, abs=0.1)
    battle.step(3)
    assert health(battle, 2) == 88000.0
    assert units(battle, RUINS) == [(2, 4), (2, 6), (2, 7)]


def test_a_flamerazer_fells_the_pillars_around_it_as_it_dies(make, catalogue):
    """The handbook of the Dublinn Flamerazer: its death fells the pillars around, away from it."""
    spawns = make.spawn("flamerazer", routeIndex=1), make.spawn("post")
    battle = yard(make, catalogue, *spawns, ways=(((2, 3), (1, 9)),), names=("Kroos",))
    deploy(battle, 0, 4, 3, direction=3)
    until(battle, lambda: not units(battle, PILLAR))
    battle.step(3)
    assert units(battle, RUINS) == [(2, 5), (2, 6)]


def test_walkers_go_around_a_pillar_and_its_ruins_and_break_what_closes_all_ways(make, catalogue):
    """The words of its skill: the ruins bar the way (阻挡路线). They have 100 health and hold three (public tables), as
    a crate has and does; where they close all ways they are broken.
    """
    way = (((2, 0), (2, 9)),)
    battle = yard(make, catalogue, make.spawn("runner", routeIndex=1, at=30.0), ways=way)
    deploy(battle, 0, 2, 3)
    until(battle, lambda: bool(units(battle, RUINS)))
    battle.act(Action(RETREAT, 0, 0, 0))
    trod = set()
    while battle.outcome is None and battle.seconds < 60:
        battle.step(1)
        trod |= {(round(one.row), round(one.col)) for one in battle.enemies_on_field()}
    assert trod
    assert not trod & {(2, 5), (2, 6)}


def test_a_stage_lists_its_pillars_and_not_the_ruins_to_come(make, catalogue):
    """Who reads what stands on the field sees what stands there."""
    stage = yard(make, catalogue, make.spawn("post")).stage
    assert describe(stage)["on_field"] == [{"name": PILLAR, "tile": [2, 4], "comes_later": False}]
