"""Reading level files: enums, masks, nulls, dumps of all ages, and one line about each broken file."""

from __future__ import annotations

import dataclasses
import json
import re

import numpy as np
import pytest
from levels import CATALOGUE, REAL_LEVELS

from game.errors import StageError
from game.levels import reader
from game.levels.stage import WAIT, Stage, load_stage
from game.simulator.battle import Battle


def test_enums_may_be_integers(make):
    """Old dumps write 0 for SPAWN, WALK, LOWLAND; the stage is the same."""
    data = make.level([make.spawn()])
    named = make.stage(data)
    for tile in data["mapData"]["tiles"]:
        tile["heightType"] = ["LOWLAND", "HIGHLAND"].index(tile["heightType"])
        tile["buildableType"] = ["NONE", "MELEE", "RANGED", "ALL"].index(tile["buildableType"])
        tile["passableMask"] = ["NONE", "WALK_ONLY", "FLY_ONLY", "ALL"].index(tile["passableMask"])
    data["routes"] = [make.lane(({"type": 1, "time": 2.0},), motion=0)]
    data["waves"][0]["fragments"][0]["actions"][0]["actionType"] = 0
    numbered = make.stage(data)
    assert (named.melee == numbered.melee).all()
    assert (named.ranged == numbered.ranged).all()
    assert named.paths == numbered.paths
    assert numbered.routes[0].nodes[0].kind == WAIT
    assert numbered.unknown == ()


def test_masks_may_be_lists_texts_and_numbers(make):
    """MELEE and RANGED together are ALL, however they are written; so are WALK_ONLY and FLY_ONLY."""
    wanted = make.stage(make.level([make.spawn()]))
    for melee, passable in ((["MELEE"], ["WALK_ONLY", "FLY_ONLY"]), ("melee", "WALK_ONLY, FLY_ONLY"), (1, 3)):
        data = make.level([make.spawn()])
        for tile in data["mapData"]["tiles"]:
            tile["buildableType"] = melee if tile["buildableType"] == "MELEE" else tile["buildableType"]
            tile["passableMask"] = passable if tile["passableMask"] == "ALL" else tile["passableMask"]
        stage = make.stage(data)
        assert (stage.melee == wanted.melee).all()
        assert (stage.walkable == wanted.walkable).all()


def test_empty_lists_may_be_null(make):
    """Dumps write null for lists without entries, and for routes that are not used."""
    data = make.level([make.spawn()], [])
    data["enemyDbRefs"] = data["runes"] = data["predefines"] = data["tilesDisallowToLocate"] = None
    data["waves"][0]["fragments"][1]["actions"] = data["routes"][0]["checkpoints"] = None
    data["routes"].append(None)
    stage = make.stage(data)
    assert stage.routes[1] is None
    assert stage.unknown == ()


def test_a_level_may_begin_with_a_byte_order_mark(make):
    """Some editors write one."""
    file = make.file("\ufeff" + json.dumps(make.level([make.spawn()])))
    assert load_stage(file, CATALOGUE).total == 1


NUMBERED = {
    "heightType": reader.HEIGHTS, "motionMode": reader.MOTIONS, "type": reader.CHECKPOINTS,
    "actionType": reader.ACTIONS, "direction": reader.DIRECTIONS,
}  # fmt: skip


MASKS = {
    "buildableType": reader.BUILDABLE, "passableMask": reader.PASSABLE, "difficultyMask": reader.DIFFICULTIES,
    "buildableMask": reader.BUILDABLE,
}  # fmt: skip


ZERO = ("randomType", "refreshType", "functionDisableMask", "playerSideMask")


def as_old_dump(value, key=""):
    """Level data with every enum and mask as an integer, as old dumps write them."""
    if isinstance(value, dict):
        return {name: as_old_dump(one, name) for name, one in value.items()}
    if isinstance(value, list):
        return [as_old_dump(one) for one in value]
    if isinstance(value, str) and key in NUMBERED:
        return NUMBERED[key].index(value)
    return MASKS[key][value] if isinstance(value, str) and key in MASKS else 0 if key in ZERO else value


def as_new_dump(value, key=""):
    """Level data without what is null, whole numbers without a point, the map as one list, as the newest dumps do."""
    if isinstance(value, dict):
        return {name: as_new_dump(one, name) for name, one in value.items() if one is not None}
    if isinstance(value, list) and key == "map":
        return {
            "row_size": len(value),
            "column_size": len(value[0]),
            "matrix_data": [one for row in value for one in row],
        }
    if isinstance(value, list):
        return [as_new_dump(one) for one in value]
    return int(value) if isinstance(value, float) and value == int(value) else value


@pytest.mark.parametrize("number", REAL_LEVELS)
@pytest.mark.parametrize("changed", [as_old_dump, as_new_dump])
def test_old_and_new_dumps_of_a_level_give_the_same_stage(make, reference, number, changed):
    """The stage does not depend on the program that wrote the file, in challenge mode as well."""
    path = reference / "levels" / f"level_main_{number}.json"
    file = make.file(changed(json.loads(path.read_text(encoding="utf-8"))), path.name)
    for challenge in (False, True):
        one, other = load_stage(path, CATALOGUE, challenge=challenge), load_stage(file, CATALOGUE, challenge=challenge)
        for field in dataclasses.fields(Stage):
            mine, theirs = getattr(one, field.name), getattr(other, field.name)
            assert np.array_equal(mine, theirs) if isinstance(mine, np.ndarray) else mine == theirs, field.name


BREAKAGES = {
    "not JSON": (lambda _: "{", "is not JSON"),
    "nested too deeply": (lambda _: "[" * 100_000, "is nested too deeply"),
    "no routes": (lambda data: data["routes"].clear(), "names route 0; the level has no routes"),
    "a list": (lambda _: [], "holds one JSON object"),
    "no map": (lambda data: data.pop("mapData"), "lacks the key 'mapData'"),
    "no life": (lambda data: data["options"].pop("maxLifePoint"), "options: lacks the key 'maxLifePoint'"),
    "text for a number": (lambda data: data["options"].update(initialCost="ten"), "options.initialCost: is 'ten'"),
    "a text for a delay": (lambda data: data["waves"][0].update(preDelay="soon"), "waves[0].preDelay: is 'soon'"),
    "a slip of the pen": (
        lambda data: data["waves"][0]["fragments"][0]["actions"][0].update(count=10**9),
        "actions[0].count: is 1e+09",
    ),
    "a hole in the rows": (lambda data: data["mapData"]["map"][0].pop(), "mapData.map: is not a rectangle"),
    "a tile too many": (lambda data: data["mapData"]["map"][0].__setitem__(0, 99), "names tile 99"),
    "a route too many": (
        lambda data: data["waves"][0]["fragments"][0]["actions"][0].update(routeIndex=7),
        "waves[0].fragments[0].actions[0].routeIndex: names route 7",
    ),
    "a placeholder walked": (lambda data: data["routes"][0].update(motionMode="E_NUM"), "routes[0]: is a placeholder"),
    "a tile of no kind": (
        lambda data: data["mapData"]["tiles"][0].update(passableMask="SWIM"),
        "mapData.tiles[0].passableMask: is 'SWIM'; write one of NONE, WALK_ONLY, FLY_ONLY, ALL",
    ),
    "an exit off the map": (
        lambda data: data["routes"][0].update(endPosition={"row": 9, "col": 0}),
        "routes[0].endPosition: row 9, col 0 is not on the map",
    ),
    "no enemy": (lambda data: data["waves"].clear(), "waves: bring no enemy"),
    "null waves": (lambda data: data.update(waves=None), "waves: bring no enemy"),
    "a text for waves": (lambda data: data.update(waves="all"), "waves: is 'all'"),
    "no references": (lambda data: data.pop("enemyDbRefs"), "lacks the key 'enemyDbRefs'"),
}


@pytest.mark.parametrize("name", BREAKAGES)
def test_a_broken_level_gives_one_line_with_file_place_and_remedy(make, name):
    """The line says which file, where in it, what is wrong and what to do; there is no traceback."""
    breaking, expected = BREAKAGES[name]
    data = make.level([make.spawn()])
    result = breaking(data)
    whole = result if name in ("not JSON", "nested too deeply", "a list") else data
    with pytest.raises(StageError, match=re.escape(expected)) as caught:
        load_stage(make.file(whole, "broken.json"), CATALOGUE)
    assert "broken.json" in str(caught.value)
    assert "\n" not in str(caught.value)


def places_in(value, at=()):
    """The keys that lead to every value of level data; of lists only the first two entries."""
    for key in value if isinstance(value, dict) else range(min(len(value), 2)) if isinstance(value, list) else ():
        yield (*at, key)
        yield from places_in(value[key], (*at, key))


def test_whatever_stands_in_a_level_gives_a_stage_or_one_line(make):
    """No value of a wrong type or size, anywhere in the format, ends in a traceback, nor does a battle of the stage."""
    ref = make.dummy(maxHp=5)
    ref["overwrittenData"] |= {"lifePointReduce": make.number(2), "levelType": make.number("ELITE")}
    wait = {"type": "WAIT_FOR_SECONDS", "time": 1.0, "position": {"row": 0, "col": 0}}
    spawns = [make.spawn(randomSpawnGroupKey="g", hiddenGroup=None, weight=1), {"actionType": "STORY", "preDelay": 1.0}]
    data = make.level(spawns, refs=(ref,), routes=(make.lane(((1, 2), wait), spawnOffset={"x": 0.1, "y": 0.0}),))
    data["mapData"]["blockEdges"] = [{"pos": {"row": 0, "col": 0}, "direction": "UP", "blockMask": "ALL"}]
    data["predefines"] = {
        "tokenInsts": [{"position": {"row": 0, "col": 0}, "inst": {"characterKey": "x"}, "alias": "y"}]
    }
    data["runes"] = [make.rune("enemy_attribute_mul", atk=2.0, enemy="x|y"), make.rune("char_exclude", char="x")]
    data |= {"enemies": [{"key": "z", "attributes": {"maxHp": 5}}], "tilesDisallowToLocate": [{"row": 0, "col": 0}]}
    data |= {"branches": {"b": {"phases": []}}, "globalBuffs": [{"prefabKey": "p"}], "extraRoutes": [None]}
    assert make.stage(data).total == 1
    text, said = json.dumps(data), []
    for *way, last in places_in(data):
        for wrong in ("word", -7, None, [], {"a": 1}, True, 1e18, 1e9):
            broken = here = json.loads(text)
            for key in way:
                here = here[key]
            here[last] = wrong
            try:
                Battle(make.stage(broken), (CATALOGUE.operators["Fang"],)).step(3)
            except StageError as error:
                said.append(str(error))
    assert len(said) > 100
    assert not [line for line in said if "\n" in line]
