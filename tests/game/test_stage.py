"""Stages: the public level format, and what is said about files that break it."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from game.errors import StageError
from game.paths import shortest_path
from game.stage import APPEAR, HIDE, WAIT, describe, load_stage, shipped_stages

REAL = {"00-01": (6, 9, 11), "00-05": (7, 10, 24), "01-01": (7, 9, 33), "01-04": (7, 11, 39), "01-07": (7, 11, 41)}


@pytest.mark.parametrize("number", REAL)
def test_real_levels_load_with_their_size_and_count(reference, number):
    """Whoever has a public level file can play it, and the counter ends where the real one does."""
    stage = load_stage(reference / "levels" / f"level_main_{number}.json")
    assert (stage.height, stage.width, stage.total) == REAL[number]
    assert not [name for name in stage.unknown if name.startswith("enemy")]


@pytest.mark.parametrize("number", REAL)
def test_real_maps_agree_with_the_tile_positions(reference, number):
    """Our masks are those of the independent Tile-Pos data, row 0 at the top."""
    stage = load_stage(reference / "levels" / f"level_main_{number}.json")
    (path,) = (reference / "tile_positions").glob(f"*level_main_{number}.json")
    data = json.loads(path.read_text(encoding="utf-8"))
    assert stage.code == data["code"]
    for row, line in enumerate(data["tiles"]):
        for col, tile in enumerate(line):
            assert stage.tile_keys[row][col] == tile["tileKey"]
            assert stage.high[row, col] == (tile["heightType"] == 1)
            assert stage.melee[row, col] == (tile["buildableType"] == 1)
            assert stage.ranged[row, col] == (tile["buildableType"] == 2)
            assert ((row, col) in stage.exits) == tile["isEnd"]


def test_routes_count_rows_from_the_bottom(reference):
    """The format's trap: in 0-1 enemies come in at the lower right and leave at the upper left."""
    stage = load_stage(reference / "levels" / "level_main_00-01.json")
    assert {path[0] for path in stage.paths} == {(3, 8)}
    assert {path[-1] for path in stage.paths} == {(2, 0)}
    assert stage.entrances == ((3, 8),)
    assert stage.exits == ((2, 0),)


def test_fragments_follow_one_another(reference):
    """Spawn times of 0-1, worked out by hand from its delays."""
    stage = load_stage(reference / "levels" / "level_main_00-01.json")
    expected = [5.0, 16.0, 18.0, 29.0, 29.7, 34.0, 45.0, 45.7, 52.0, 52.7, 63.7]
    assert [round(spawn.time, 3) for spawn in stage.spawns] == expected


def test_overwritten_data_wins_over_the_table(reference):
    """The soldier of 0-1 has 30 defense instead of the usual 100."""
    stage = load_stage(reference / "levels" / "level_main_00-01.json")
    assert {enemy.kind: enemy.defense for enemy in stage.enemies} == {"slug": 0.0, "soldier": 30.0}


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


def test_a_flat_map_is_read_as_well(make):
    """Newer dumps write the map as one list with its size."""
    data = make.level([make.spawn()])
    rows = data["mapData"]["map"]
    flat = [index for row in rows for index in row]
    data["mapData"]["map"] = {"row_size": len(rows), "column_size": len(rows[0]), "matrix_data": flat}
    assert make.stage(data).height == 3


def test_empty_lists_may_be_null(make):
    """Dumps write null for lists without entries, and for routes that are not used."""
    data = make.level([make.spawn()], [])
    data["enemyDbRefs"] = data["runes"] = data["predefines"] = data["tilesDisallowToLocate"] = None
    data["waves"][0]["fragments"][1]["actions"] = data["routes"][0]["checkpoints"] = None
    data["routes"].append(None)
    stage = make.stage(data)
    assert stage.routes[1] is None
    assert stage.unknown == ()


def test_tiles_may_be_closed_to_operators(make):
    """The list tilesDisallowToLocate counts rows from the bottom, like every position of the format."""
    data = make.level([make.spawn()])
    data["tilesDisallowToLocate"] = [{"row": 1, "col": 3}, {"row": 2, "col": 5}]
    stage = make.stage(data)
    assert not stage.melee[1, 3]
    assert stage.melee[1, 4]
    assert not stage.ranged[0, 5]
    assert stage.ranged[2, 5]


def test_kinds_without_a_rule_are_named_once_each(make):
    """Nothing of a level is skipped in silence."""
    strange = ({"type": "ALERT", "time": 0.0}, {"type": 9, "time": 0.0}, {"type": "ALERT"})
    data = make.level(
        [
            make.spawn(),
            make.spawn("enemy_9999_x"),
            {"actionType": "BATTLE_EVENTS"},
            {"actionType": 42},
            {"actionType": 42},
        ],
        routes=(make.lane(strange),),
        maxPlayTime=60.0,
        functionDisableMask="NONE",
    )
    data["mapData"]["tiles"][0]["tileKey"] = "tile_volcano"
    data["predefines"] = {"tokenInsts": [{"inst": {"characterKey": "trap_1"}}]}
    data["runes"] = [{"difficultyMask": "NORMAL", "key": "gbuff"}, {"difficultyMask": "FOUR_STAR", "key": "other"}]
    assert set(make.stage(data).unknown) == {
        "tile tile_volcano", "option maxPlayTime", "enemy enemy_9999_x", "action BATTLE_EVENTS", "action 42",
        "checkpoint ALERT", "checkpoint WAIT_BOSSRUSH_WAVE", "predefined trap_1", "rune gbuff",
    }  # fmt: skip


def test_an_unknown_enemy_has_the_numbers_the_level_gives(make):
    """A level that defines its own enemy is played with it, and nothing is reported."""
    own = {**make.dummy("enemy_9999_x", maxHp=123, moveSpeed=2.5), "useDb": False}
    stage = make.stage(make.level([make.spawn("enemy_9999_x")], refs=(own,)))
    assert stage.enemies[0].max_health == 123
    assert stage.enemies[0].speed == 2.5
    assert stage.unknown == ()


def test_hidden_groups_stay_hidden_and_random_groups_bring_one(make):
    """Both are reported; the counter counts who really comes."""
    data = make.level([
        make.spawn(),
        make.spawn(hiddenGroup="extra"),
        make.spawn(randomSpawnGroupKey="either", count=2),
        make.spawn(randomSpawnGroupKey="either", count=5),
    ])  # fmt: skip
    stage = make.stage(data)
    assert stage.total == 3
    assert stage.unknown == ("hiddenGroup extra", "randomSpawnGroupKey either")


def test_hiding_checkpoints_become_nodes(make):
    """An enemy may leave the map and come back elsewhere; the tiles between are not walked."""
    away = (
        {"type": "DISAPPEAR"},
        {"type": "WAIT_FOR_SECONDS", "time": 1},
        {"type": "APPEAR_AT_POS", "position": {"row": 1, "col": 5}},
    )
    stage = make.stage(make.level([make.spawn()], routes=(make.lane(((1, 2), *away)),)))
    kinds = [node.kind for node in stage.routes[0].nodes]
    assert kinds[2:5] == [HIDE, WAIT, APPEAR]
    assert (1, 3) not in stage.paths[0]


def test_walkers_take_the_shortest_way():
    """Around a wall, and diagonally only where it is allowed and no corner is cut."""
    free = np.ones((3, 4), bool)
    assert len(shortest_path(free, (0, 0), (2, 2), diagonal=False)) == 5
    assert shortest_path(free, (0, 0), (2, 2), diagonal=True) == ((0, 0), (1, 1), (2, 2))
    free[0, 1] = False
    assert (1, 1) not in shortest_path(free, (0, 0), (2, 2), diagonal=True)[:2]
    free[:, 1] = False
    assert shortest_path(free, (0, 0), (2, 2), diagonal=True) == ()


BREAKAGES = {
    "not JSON": (lambda _: "{", "is not JSON"),
    "a list": (lambda _: [], "holds one JSON object"),
    "no map": (lambda data: data.pop("mapData"), "lacks the key 'mapData'"),
    "no life": (lambda data: data["options"].pop("maxLifePoint"), "options: lacks the key 'maxLifePoint'"),
    "text for a number": (lambda data: data["options"].update(initialCost="ten"), "options.initialCost: is 'ten'"),
    "negative delay": (lambda data: data["waves"][0].update(preDelay=-1), "waves[0].preDelay: is -1"),
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
    "an exit off the map": (
        lambda data: data["routes"][0].update(endPosition={"row": 9, "col": 0}),
        "routes[0].endPosition: row 9, col 0 is not on the map",
    ),
    "a way to nowhere": (
        lambda data: data["mapData"]["map"][1].__setitem__(3, data["mapData"]["map"][0][0]),
        "routes[0].endPosition: cannot be reached on foot",
    ),
    "nobody": (lambda data: data["waves"].clear(), "waves: brings no enemy"),
    "null waves": (lambda data: data.update(waves=None), "waves: brings no enemy"),
    "a text for waves": (lambda data: data.update(waves="all"), "waves: is 'all'"),
    "no references": (lambda data: data.pop("enemyDbRefs"), "lacks the key 'enemyDbRefs'"),
}


@pytest.mark.parametrize("name", BREAKAGES)
def test_a_broken_level_gives_one_line_with_file_place_and_remedy(make, name):
    """A person reads which file, where in it, what is wrong and what to do, and no traceback."""
    breaking, expected = BREAKAGES[name]
    data = make.level([make.spawn()])
    result = breaking(data)
    whole = result if name in ("not JSON", "a list") else data
    with pytest.raises(StageError, match=re.escape(expected)) as caught:
        load_stage(make.file(whole, "broken.json"))
    assert "broken.json" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_wrong_name_tells_the_right_ones(tmp_path):
    """A stage that does not exist is answered with those that do."""
    with pytest.raises(StageError, match="first_watch"):
        load_stage("frist_watch")
    with pytest.raises(StageError, match="cannot be read"):
        load_stage(tmp_path / "none.json")


def test_shipped_stages_load_from_easy_to_hard():
    """Three stages, in the public format, everything in them known."""
    assert shipped_stages() == ("first_watch", "two_roads", "ridge_line")
    for name in shipped_stages():
        stage = load_stage(name)
        assert stage.name == name
        assert stage.unknown == ()


def test_describe_is_plain_data():
    """What `holdfast stage --json` prints survives JSON and names what a player asks first."""
    said = json.loads(json.dumps(describe(load_stage("first_watch"))))
    assert said["height"], said["width"] == (6, 9)
    assert sum(said["enemies"].values()) == said["total"]
    assert said["options"]["max_life"] == 3
    assert said["routes"][0]["motion"] == "walk"
