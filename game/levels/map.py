"""The map of a stage as masks: where operators may stand, and where enemies may walk and fly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from game.characters.devices import Device
from game.levels import reader
from game.levels.ground import GROUNDS, GroundEffects, ground_effects
from game.levels.pathfinding import Edges, Tile
from game.levels.predefines import Predefined, is_played
from game.levels.reader import JsonValue, Unknown
from game.levels.runes import Rune

Mask = npt.NDArray[np.bool_]

EDGE_STEPS = {"UP": (-1, 0), "RIGHT": (0, 1), "DOWN": (1, 0), "LEFT": (0, -1)}
"""(row, column) across an edge in each direction that `blockEdges` may name; row 0 is the top row."""


@dataclass(frozen=True)
class TileMap:
    """A map as masks bool[height, width]; row 0 is the top row."""

    height: int
    width: int
    keys: tuple[tuple[str, ...], ...]
    """The format's tileKey of each tile."""
    high: Mask
    melee: Mask
    """Where melee operators may stand."""
    ranged: Mask
    """Where ranged operators may stand."""
    walkable: Mask
    flyable: Mask
    closed: Edges
    """Edges that cannot be crossed on foot."""
    ground: GroundEffects
    """What the tiles do to the units on them."""

    def found(self, *keys: str) -> tuple[Tile, ...]:
        """The tiles whose tileKey is one of `keys`, row by row."""
        return tuple((row, col) for row, line in enumerate(self.keys) for col, key in enumerate(line) if key in keys)

    def tile(self, position: JsonValue) -> Tile:
        """The tile of a position of the format, whose rows count from the bottom. StageError if off the map."""
        row, col = position.at("row").whole(-1000), position.at("col").whole(-1000)
        if not (0 <= row < self.height and 0 <= col < self.width):
            size = f"rows 0 to {self.height - 1} from the bottom and columns 0 to {self.width - 1}"
            raise position.error(f"row {row}, col {col} is not on the map", f"the map has {size}")
        return self.height - 1 - row, col

    def take(self, tile: Tile) -> None:
        """Close a tile to all deployments."""
        self.melee[tile] = self.ranged[tile] = False


def read_map(
    data: JsonValue, runes: tuple[Rune, ...], units: tuple[Predefined, ...], devices: Mapping[str, Device],
    unknown: Unknown,
) -> TileMap:  # fmt: skip
    """The map of a level. Tiles that its lists, its runes or its devices close are closed to all deployments.

    Of the other `units` that the level gives those are noted that are not played. Walkers go around a barrier that is
    there from the start.
    """
    tile_map = _read_tiles(data, unknown)
    for position in data.get("tilesDisallowToLocate", []).each():
        tile_map.take(tile_map.tile(position))
    for rune in runes:
        if rune.key == "global_forbid_location":
            for row, col in rune.places("location"):
                if 0 <= row < tile_map.height and 0 <= col < tile_map.width:
                    tile_map.take((tile_map.height - 1 - row, col))
    for one in (unit for unit in units if unit.group != "characterInsts"):  # operators: see friends
        _take_place(one, tile_map, devices, unknown)
    return tile_map


def _take_place(one: Predefined, tile_map: TileMap, devices: Mapping[str, Device], unknown: Unknown) -> None:
    """What a device of the level does to the map by standing there, and a note if it is not played."""
    played = is_played(one, devices)
    if not played:
        unknown.note(f"predefined {one.key}")
    if one.unit.get("position").value is not None and one.there:
        tile = tile_map.tile(one.unit.at("position"))
        if not played:
            tile_map.take(tile)
        if one.key in devices and devices[one.key].barrier and not devices[one.key].fought:
            tile_map.walkable[tile] = False


def _read_tiles(data: JsonValue, unknown: Unknown) -> TileMap:
    """The map that the tiles alone give: the format has a grid of indexes into a list of tiles, top row first."""
    grid, tiles = data.at("mapData").at("map"), list(data.at("mapData").at("tiles").each())
    rows = [[index.whole() for index in row.each()] for row in _grid(grid)]
    if not rows or not rows[0] or len({len(row) for row in rows}) != 1:
        raise grid.error("is not a rectangle", "give every row the same number of tiles")
    if (highest := max(max(row) for row in rows)) >= len(tiles):
        raise grid.error(f"names tile {highest}", f"mapData.tiles has tiles 0 to {len(tiles) - 1}")
    keys = [tile.at("tileKey").text() for tile in tiles]
    high = np.array([tile.at("heightType").enum(reader.HEIGHTS) == "HIGHLAND" for tile in tiles])
    buildable = np.array([tile.at("buildableType").mask(reader.BUILDABLE) for tile in tiles])
    passable = np.array([tile.at("passableMask").mask(reader.PASSABLE) for tile in tiles])
    used = {keys[index]: tiles[index] for index in sorted({index for row in rows for index in row})}
    ground, unread = ground_effects({key: tile for key, tile in used.items() if key in GROUNDS})
    for key in used:
        if key in unread or key not in (*reader.TILES, *GROUNDS):
            unknown.note(f"tile {key}")
    indexes = np.array(rows)
    both = buildable == reader.BUILDABLE["ALL"]
    return TileMap(
        height=len(rows),
        width=len(rows[0]),
        keys=tuple(tuple(keys[index] for index in row) for row in rows),
        high=high[indexes],
        melee=(both | (buildable & reader.BUILDABLE["MELEE"] > 0) & ~high)[indexes],
        ranged=(both | (buildable & reader.BUILDABLE["RANGED"] > 0) & high)[indexes],
        walkable=(passable & reader.PASSABLE["WALK_ONLY"] > 0)[indexes],
        flyable=(passable & reader.PASSABLE["FLY_ONLY"] > 0)[indexes],
        closed=_closed_edges(data.at("mapData"), len(rows)),
        ground=ground,
    )


def _grid(grid: JsonValue) -> list[JsonValue]:
    """The rows of a map, which newer dumps write as one flat list with its size."""
    if isinstance(grid.value, dict):
        columns, flat = grid.at("column_size").whole(1), list(grid.at("matrix_data").each())
        return [
            JsonValue(grid.file, grid.where, [place.value for place in flat[start : start + columns]])
            for start in range(0, len(flat), columns)
        ]
    return list(grid.each())


def _closed_edges(map_data: JsonValue, height: int) -> Edges:
    """The edges that cannot be crossed on foot, each in the one direction that it names."""
    found: set[tuple[Tile, Tile]] = set()
    for edge in map_data.get("blockEdges", []).each():
        direction = edge.get("direction", 0).enum(reader.DIRECTIONS)
        if direction not in EDGE_STEPS:
            raise edge.at("direction").error(f"is {direction}", f"write one of {', '.join(EDGE_STEPS)}")
        if edge.get("blockMask", "ALL").mask(reader.PASSABLE) & reader.PASSABLE["WALK_ONLY"]:
            row, col = height - 1 - edge.at("pos").get("row", 0).whole(), edge.at("pos").get("col", 0).whole()
            found.add(((row, col), (row + EDGE_STEPS[direction][0], col + EDGE_STEPS[direction][1])))
    return frozenset(found)
