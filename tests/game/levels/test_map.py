"""The map of a level: its masks, and the tiles that the level itself closes."""

from __future__ import annotations

import json

import pytest
from levels import CATALOGUE, REAL_LEVELS

from game.gamedata.stages import index_near
from game.levels.stage import load_stage

DEVICES = {"01-07": ((3, 3),)}
"""The tiles that the level's own devices take."""


@pytest.mark.parametrize("number", REAL_LEVELS)
def test_real_maps_agree_with_the_tile_positions(reference, number):
    """Our masks are those of the independent Tile-Pos data, row 0 at the top."""
    stage = load_stage(reference / "levels" / f"level_main_{number}.json", CATALOGUE)
    (path,) = (reference / "tile_positions").glob(f"*level_main_{number}.json")
    data = json.loads(path.read_text(encoding="utf-8"))
    assert stage.code == f"level_main_{number}"  # the number of a file is no code
    known = index_near(reference / "levels" / f"level_main_{number}.json").levels[stage.code]
    assert (known.code, known.title) == (data["code"], data["name"])
    for row, line in enumerate(data["tiles"]):
        for col, tile in enumerate(line):
            assert stage.tile_keys[row][col] == tile["tileKey"]
            assert stage.high[row, col] == (tile["heightType"] == 1)
            free = (row, col) not in DEVICES.get(number, ())
            assert stage.melee[row, col] == (free and tile["buildableType"] == 1)
            assert stage.ranged[row, col] == (free and tile["buildableType"] == 2)
            assert ((row, col) in stage.exits) == tile["isEnd"]


def test_a_flat_map_is_read_as_well(make):
    """Newer dumps write the map as one list with its size."""
    data = make.level([make.spawn()])
    rows = data["mapData"]["map"]
    flat = [index for row in rows for index in row]
    data["mapData"]["map"] = {"row_size": len(rows), "column_size": len(rows[0]), "matrix_data": flat}
    assert make.stage(data).height == 3


def test_tiles_may_be_closed_to_operators(make):
    """The list tilesDisallowToLocate counts rows from the bottom, like every position of the format."""
    data = make.level([make.spawn()])
    data["tilesDisallowToLocate"] = [{"row": 1, "col": 3}, {"row": 2, "col": 5}]
    stage = make.stage(data)
    assert not stage.melee[1, 3]
    assert stage.melee[1, 4]
    assert not stage.ranged[0, 5]
    assert stage.ranged[2, 5]


def test_devices_take_their_tile(make):
    """No operator can be deployed there; hidden devices and cards take no tile, and enemies walk around a crate."""
    data = make.level([make.spawn()], picture=("........", "S......E", "........"))
    inst = {"inst": {"characterKey": "trap_001_crate"}, "position": {"row": 1, "col": 3}}
    data["predefines"] = {
        "tokenInsts": [inst, {**inst, "hidden": True, "alias": "later", "position": {"row": 1, "col": 5}}],
        "tokenCards": [{"inst": {"characterKey": "trap_020_roadblock"}, "initialCnt": 2}],
    }
    stage = make.stage(data)
    assert not stage.melee[1, 3]
    assert (1, 3) not in stage.paths[0]
    assert stage.melee[1, 5]
    assert stage.unknown == ("predefined trap_001_crate", "predefined trap_020_roadblock")
    data["runes"] = [make.rune("level_predefines_enable", "ALL", later=1.0)]
    assert not make.stage(data).melee[1, 5]


def test_hard_predefines_stand_in_challenge_mode_where_there_are_any(make):
    """An empty list, which levels write too, changes nothing."""
    data = make.level([make.spawn()])
    unit = {"inst": {"characterKey": "trap_1"}, "position": {"row": 1, "col": 3}}
    data["predefines"] = {"tokenInsts": [unit]}
    data["hardPredefines"] = {"tokenInsts": []}
    data["runes"] = [make.rune("global_lifepoint", "FOUR_STAR", value=1.0)]
    assert not make.stage(data, challenge=True).melee[1, 3]
    data["hardPredefines"] = {"tokenInsts": [{**unit, "position": {"row": 1, "col": 5}}]}
    hard = make.stage(data, challenge=True)
    assert hard.melee[1, 3]
    assert not hard.melee[1, 5]
