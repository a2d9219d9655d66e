"""The ground of a stage: its tiles as masks, who may stand where, and where nobody walks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from game.levels import reader as level
from game.levels.pathfinding import Edges, Tile
from game.levels.reader import Place, Unknown
from game.levels.runes import Rune

Mask = npt.NDArray[np.bool_]

STEPS = {"UP": (-1, 0), "RIGHT": (0, 1), "DOWN": (1, 0), "LEFT": (0, -1)}
BARRIERS = ("trap_001_crate",)
"""Devices that walkers go around."""


@dataclass(frozen=True)
class Ground:
    """The map as masks bool[height, width]; rows count from the top."""

    height: int
    width: int
    keys: tuple[tuple[str, ...], ...]
    high: Mask
    melee: Mask
    ranged: Mask
    walkable: Mask
    flyable: Mask
    closed: Edges

    def found(self, *keys: str) -> tuple[Tile, ...]:
        """The tiles of these kinds."""
        return tuple((row, col) for row, line in enumerate(self.keys) for col, key in enumerate(line) if key in keys)

    def tile(self, position: Place) -> Tile:
        """A position of the format, whose rows count from the bottom, as a tile of the map."""
        row, col = position.at("row").whole(-1000), position.at("col").whole(-1000)
        if not (0 <= row < self.height and 0 <= col < self.width):
            size = f"rows 0 to {self.height - 1} from the bottom and columns 0 to {self.width - 1}"
            raise position.error(f"row {row}, col {col} is not on the map", f"the map has {size}")
        return self.height - 1 - row, col

    def take(self, tile: Tile) -> None:
        """Let nobody be deployed on a tile."""
        self.melee[tile] = self.ranged[tile] = False


def read_ground(data: Place, runes: tuple[Rune, ...], unknown: Unknown, *, challenge: bool) -> Ground:
    """The ground, with what the level itself puts on it."""
    ground = _read_map(data, unknown)
    for position in data.get("tilesDisallowToLocate", []).each():
        ground.take(ground.tile(position))
    for rune in runes:
        if rune.key == "global_forbid_location":
            for row, col in rune.places("location"):
                if 0 <= row < ground.height and 0 <= col < ground.width:
                    ground.take((ground.height - 1 - row, col))
    shown = {
        alias: on > 0 for rune in runes if rune.key == "level_predefines_enable" for alias, on in rune.numbers.items()
    }
    for unit in _predefined(data, challenge=challenge):
        name = unit.get("inst", {}).get("characterKey", "without a name").text()
        unknown.note(f"predefined {name}")
        if unit.get("position").value is not None and _stands(unit, shown):
            tile = ground.tile(unit.at("position"))
            ground.take(tile)
            if name in BARRIERS:
                ground.walkable[tile] = False
    return ground


def _stands(unit: Place, shown: dict[str, bool]) -> bool:
    """Whether a device is there from the start: the level or a rune says so."""
    alias = unit.get("alias").value
    return shown.get(str(alias), not unit.get("hidden", default=False).value)


def _predefined(data: Place, *, challenge: bool) -> Iterator[Place]:
    """The units that the level itself puts on the field or in the hand; challenge mode may have its own."""
    hard, usual = ([*_units(data.get(key, {}))] for key in ("hardPredefines", "predefines"))
    yield from hard if challenge and hard else usual


def _units(predefines: Place) -> Iterator[Place]:
    """All units of one set, whatever they are."""
    for group in ("characterInsts", "tokenInsts", "characterCards", "tokenCards"):
        yield from predefines.get(group, []).each()


def _read_map(data: Place, unknown: Unknown) -> Ground:
    """The map: a grid of indexes into a list of tiles, top row first."""
    grid, tiles = data.at("mapData").at("map"), list(data.at("mapData").at("tiles").each())
    rows = [[index.whole() for index in row.each()] for row in _grid(grid)]
    if not rows or not rows[0] or len({len(row) for row in rows}) != 1:
        raise grid.error("is not a rectangle", "give every row the same number of tiles")
    if (highest := max(max(row) for row in rows)) >= len(tiles):
        raise grid.error(f"names tile {highest}", f"mapData.tiles has tiles 0 to {len(tiles) - 1}")
    keys = [tile.at("tileKey").text() for tile in tiles]
    high = np.array([tile.at("heightType").enum(level.HEIGHTS) == "HIGHLAND" for tile in tiles])
    buildable = np.array([tile.at("buildableType").mask(level.BUILDABLE) for tile in tiles])
    passable = np.array([tile.at("passableMask").mask(level.PASSABLE) for tile in tiles])
    for index in {index for row in rows for index in row}:
        if keys[index] not in level.TILES:
            unknown.note(f"tile {keys[index]}")
    indexes = np.array(rows)
    both = buildable == level.BUILDABLE["ALL"]
    return Ground(
        height=len(rows),
        width=len(rows[0]),
        keys=tuple(tuple(keys[index] for index in row) for row in rows),
        high=high[indexes],
        melee=(both | (buildable & level.BUILDABLE["MELEE"] > 0) & ~high)[indexes],
        ranged=(both | (buildable & level.BUILDABLE["RANGED"] > 0) & high)[indexes],
        walkable=(passable & level.PASSABLE["WALK_ONLY"] > 0)[indexes],
        flyable=(passable & level.PASSABLE["FLY_ONLY"] > 0)[indexes],
        closed=_closed_edges(data.at("mapData"), len(rows)),
    )


def _grid(grid: Place) -> list[Place]:
    """The rows of a map, which newer dumps write as one flat list with its size."""
    if isinstance(grid.value, dict):
        columns, flat = grid.at("column_size").whole(1), list(grid.at("matrix_data").each())
        return [
            Place(grid.file, grid.where, [place.value for place in flat[start : start + columns]])
            for start in range(0, len(flat), columns)
        ]
    return list(grid.each())


def _closed_edges(map_data: Place, height: int) -> Edges:
    """The edges between tiles that walkers may not cross; each is closed in the direction it names only."""
    found: set[tuple[Tile, Tile]] = set()
    for edge in map_data.get("blockEdges", []).each():
        direction = edge.get("direction", 0).enum(level.DIRECTIONS)
        if direction not in STEPS:
            raise edge.at("direction").error(f"is {direction}", f"write one of {', '.join(STEPS)}")
        if edge.get("blockMask", "ALL").mask(level.PASSABLE) & level.PASSABLE["WALK_ONLY"]:
            row, col = height - 1 - edge.at("pos").get("row", 0).whole(), edge.at("pos").get("col", 0).whole()
            found.add(((row, col), (row + STEPS[direction][0], col + STEPS[direction][1])))
    return frozenset(found)
