"""Escorts that enemies shoot, and devices that operators attack: units of the player's side with an enemy's body."""

from __future__ import annotations

import msgspec
import pytest
from levels import CATALOGUE, place
from worlds import deploy, health, until

from game.actions import DEPLOY, RIGHT, Action
from game.characters.builds import squad_of
from game.characters.catalogue import load_catalogue
from game.levels.stage import describe, stage_of
from game.simulator.battle import Battle
from game.simulator.effect_records import DEFENSE, FACTOR, RESISTANCE

HALL = ("########", "S......E", "........", "........", "########")
QUIET = {"attack": 0.0, "holds_fire": True, "skill": None, "effects": (), "max_health": 1e5}
TABLE = """
[civilian]
name = "Civilian"
kind = "soldier"
ids = ["civilian"]
max_health = 3500
attack = 0
defense = 50
speed = 0.65
attack_interval = 1
life_cost = 1
escort = true

[fighter]
name = "Fighter"
kind = "crusher"
ids = ["fighter"]
max_health = 15000
attack = 600
damage = "arts"
range = 1.5
defense = 350
resistance = 50
speed = 0
attack_interval = 5
life_cost = 2
escort = true

[[fighter.effects]]
when = "interval"
every = 20
waits = true
who = "enemies in range"
most = 1
fresh = true
seconds = 30.5
add = { bleed = 200 }

[[fighter.effects]]
when = "interval"
every = 20
waits = true
who = "enemies in range"
most = 1
fresh = true
seconds = 30.5
per = "lasting"
stacks = 20
add = { bleed = 10 }

[patrol]
name = "Patrol"
kind = "soldier"
ids = ["patrol"]
max_health = 3300
attack = 330
defense = 150
speed = 0
attack_interval = 2
escort_range = 1.2

[blade]
name = "Blade"
kind = "crusher"
ids = ["blade"]
max_health = 50000
attack = 0
defense = 3000
resistance = 90
speed = 0
attack_interval = 0
life_cost = 0
unblockable = true

[[blade.effects]]
factor = { physical_taken = 0, arts_taken = 0, true_taken = 0 }
add = { stealth = 1 }

[[blade.effects]]
when = "interval"
every = 10000
ready_after = 7
waits = true
who = "enemies"
groups = ["escort"]
seconds = 9999
factor = { defense = 0.5, resistance = 0.5 }

[post]
name = "Post"
kind = "soldier"
ids = ["post"]
max_health = 100000
attack = 0
speed = 0
attack_interval = 1
"""


@pytest.fixture(name="catalogue", scope="module")
def _catalogue(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    (folder / "enemies.toml").write_text(TABLE, encoding="utf-8")
    return load_catalogue(folder)


def route(start, end, **more):
    """A way along the hall."""
    ends = {"startPosition": place(len(HALL), start), "endPosition": place(len(HALL), end)}
    return {"motionMode": "WALK", **ends, "checkpoints": [], "allowDiagonalMove": False, **more}


def hall(make, catalogue, *spawns, blocks=(), routes=(), changes=None):
    """A battle of Fang and Beagle in the hall, where roadblocks stand on some tiles."""
    refs = tuple({"useDb": True, "id": key, "level": 0} for key in dict.fromkeys(one["key"] for one in spawns))
    data = make.level(list(spawns), picture=HALL, routes=routes or (route((1, 0), (1, 7)),), refs=refs)
    inst = {"inst": {"characterKey": "trap_020_roadblock", "level": 1}, "direction": "UP", "hidden": False}
    data["predefines"] = {"tokenInsts": [{**inst, "position": place(len(HALL), tile)} for tile in blocks]}
    stage = stage_of(data, "hall", catalogue)
    assert stage.unknown == ()
    squad = squad_of(("Fang", "Beagle"), CATALOGUE)
    return Battle(stage, tuple(msgspec.structs.replace(one, **{**QUIET, **(changes or {})}) for one in squad))


def unit_health(battle, friend=0):
    """The health of a unit of the level in points."""
    return float(battle._field.unit[len(battle.squad) + friend].health)


def life(battle):
    """Life points."""
    return battle.view().life


def test_a_blade_weakens_escorts_alone_and_cannot_be_struck(make, catalogue):
    """The public table of enemies: 7 s after it has come half of defense and resistance is lost, for good."""
    ways = (route((1, 0), (1, 7)), route((2, 2), (1, 7)))
    strong = {"attack": 5000.0, "holds_fire": False, "attack_interval": 1.0, "defense": 400.0}
    spawns = (make.spawn("fighter"), make.spawn("blade", routeIndex=1))
    battle = hall(make, catalogue, *spawns, routes=ways, changes=strong)
    deploy(battle, 0, 2, 2)
    battle.step(6 * 30)
    assert [weakened(battle, slot) for slot in (0, 2)] == [(1.0, 1.0), (1.0, 1.0)]
    battle.step(3 * 30)
    assert [weakened(battle, slot) for slot in (0, 2)] == [(1.0, 1.0), (0.5, 0.5)]
    assert health(battle, 1) == 50000.0
    assert not any(one.blocked for one in battle.enemies_on_field())


def weakened(battle, slot):
    """The factors by which effects change defense and resistance of a unit."""
    return tuple(battle._field.modifier[slot, [DEFENSE, RESISTANCE], FACTOR])


def test_operators_break_a_roadblock_last_of_all(make, catalogue):
    """The public table of characters: 8000 health, 200 defense, taunt -1. Ten blows of 1000 against 200 break it, and
    until then its tile is taken.
    """
    strong = {"attack": 1000.0, "holds_fire": False, "attack_interval": 1.0}
    battle = hall(make, catalogue, make.spawn("civilian", at=60.0), blocks=((2, 3),), changes=strong)
    deploy(battle, 0, 2, 2)
    (block,) = (one for one in battle.view().operators if one.health == 1.0 and one.slot < 0)
    assert (block.row, block.col) == (2, 3)
    assert not battle.act(Action(DEPLOY, 1, 2 * 8 + 3, RIGHT))
    struck = until(battle, lambda: unit_health(battle) == 7200.0)
    gone = until(battle, lambda: battle._field.standing[2 * 8 + 3] < 0)
    assert gone - struck == pytest.approx(9.0, abs=0.05)
    deploy(battle, 1, 2, 3)
    assert battle.kills == 0
    assert battle.stage.total == 1

    ways = (route((2, 4), (1, 7)),)
    second = hall(make, catalogue, make.spawn("post"), blocks=((2, 3),), changes=strong, routes=ways)
    far = msgspec.structs.replace(second.squad[0], range=((0, 0), (0, 1), (0, 2)))
    second = Battle(second.stage, (far, second.squad[1]))
    deploy(second, 0, 2, 2)
    until(second, lambda: health(second, 1) < 1e5)
    assert unit_health(second) == 8000.0


def test_walkers_go_around_a_roadblock_until_it_is_gone(make, catalogue):
    """A patrol on its way along the row leaves it before the block; once that has fallen it goes straight."""
    rows = []
    for blocks in (((1, 4),), ()):
        battle = hall(make, catalogue, make.spawn(), blocks=blocks)
        seen = set()
        while battle.seconds < 14.0:
            battle.step(5)
            seen |= {round(one.row) for one in battle.enemies_on_field()}
        rows.append(seen)
    assert rows == [{1, 2}, {1}]


def test_nothing_of_the_operators_side_is_for_an_escort(make, catalogue):
    """arknights.wiki.gg, "Allied unit": neither attacked nor blocked by operators, and not healed; it counts where it
    leaves, and costs no life there.
    """
    battle = hall(make, catalogue, make.spawn("civilian"), changes={"attack": 500.0, "holds_fire": False})
    deploy(battle, 0, 1, 3)
    until(battle, lambda: battle.enemies_on_field() and battle.enemies_on_field()[0].col > 3.0)
    (civilian,) = battle.enemies_on_field()
    assert (civilian.health, civilian.blocked) == (1.0, False)
    assert len(battle.operators_on_field()) == 1
    until(battle, lambda: battle.outcome)
    assert (battle.outcome, battle.stars, battle.kills) == ("won", 3, 1)


def test_patrols_shoot_escorts_within_their_radius_and_nothing_else(make, catalogue):
    """The handbook's words; 1.2 tiles, as prefab notes say. 330 against 50 is 280 a shot, and its death costs a life
    (arknights.fandom.com, "Ursus Civilian"), by which the counter advances too.
    """
    ways = (route((1, 0), (1, 7)), route((2, 4), (1, 7)))
    patrol = make.spawn("patrol", routeIndex=1)
    battle = hall(make, catalogue, make.spawn("civilian"), patrol, routes=ways)
    deploy(battle, 0, 2, 3)
    own = battle._field.unit[0].health
    until(battle, lambda: unit_health(battle) == 3220.0)
    unit = battle._field.unit[2]
    away = ((unit.row - 2) ** 2 + (unit.col - 4) ** 2) ** 0.5
    assert 1.0 <= away <= 1.2 + 0.25
    assert battle._field.unit[0].health == own
    battle._field.unit[2].health = 10.0
    until(battle, lambda: life(battle) == 2)
    assert (battle.kills, battle.leaks) == (1, 1)


def test_a_stage_tells_enemies_from_escorts_and_roadblocks(make, catalogue):
    """Escorts are among those who come, as the counter has them; a roadblock only stands. Plans see enemies alone."""
    stage = hall(make, catalogue, make.spawn("civilian"), make.spawn("post"), blocks=((1, 4),)).stage
    told = describe(stage)
    assert (told["enemies"], told["total"]) == ({"Civilian": 1, "Post": 1}, 2)
    assert [one["enemies"] for one in told["routes"]] == [2]
    assert [(one["name"], one["comes_later"]) for one in told["on_field"]] == [
        ("Static Roadblock", False),
        ("Civilian", True),
    ]
    assert [stage.enemies[one.enemy].name for one in stage.opponents] == ["Post"]


def test_a_roadblock_halts_an_escort(make, catalogue):
    """The device's words; 0.6 tile from its centre, as a public simulator has it."""
    battle = hall(make, catalogue, make.spawn("civilian"), blocks=((1, 4),))
    battle.step(30 * 30)
    (civilian,) = battle.enemies_on_field()
    assert 3.39 <= civilian.col <= 3.41


def test_an_escort_off_the_map_is_not_there(make, catalogue):
    """While its route has it away nothing aims at it, and it comes back as it left."""
    hidden = [
        {"type": "MOVE", "time": 0.0, "position": place(len(HALL), (1, 1))},
        {"type": "DISAPPEAR", "time": 0.0, "position": place(len(HALL), (1, 1))},
        {"type": "WAIT_FOR_SECONDS", "time": 5.0, "position": place(len(HALL), (1, 1))},
        {"type": "APPEAR_AT_POS", "time": 0.0, "position": place(len(HALL), (1, 4))},
    ]
    battle = hall(make, catalogue, make.spawn("civilian"), routes=(route((1, 0), (1, 7), checkpoints=hidden),))
    battle.step(30)
    battle._field.unit[2].health = 1750.0
    left = until(battle, lambda: not battle.enemies_on_field())
    back = until(battle, battle.enemies_on_field)
    assert back - left == pytest.approx(5.0, abs=0.1)
    (civilian,) = battle.enemies_on_field()
    assert (civilian.health, round(civilian.col)) == (0.5, 4)


def test_burning_breath_grows_by_the_second_and_does_not_come_twice(make, catalogue):
    """arknights.wiki.gg, "Burning Breath": 200 damage at first and 10 more each second, 400 at most, for about 30
    seconds, and not on those that have it: 5 * 220 in the first five seconds, 20 * 295 + 10.5 * 400 in all.
    """
    ways = (route((1, 2), (1, 7)), route((1, 3), (1, 7)))
    battle = hall(make, catalogue, make.spawn("fighter"), make.spawn("post", routeIndex=1), routes=ways)
    battle.step(5)
    battle._field.unit[2].next_attack = 1e9
    began = until(battle, lambda: health(battle, 1) < 1e5)
    assert began == pytest.approx(20.0, abs=0.3)
    start = battle.ticks - 1
    battle.step(start + 150 - battle.ticks)
    assert 1e5 - health(battle, 1) == pytest.approx(1100.0, abs=25.0)
    battle.step(start + 915 - battle.ticks)
    assert 1e5 - health(battle, 1) == pytest.approx(20 * 295 + 10.5 * 400, abs=60.0)
