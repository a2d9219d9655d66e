"""The routes of enemies: the format's checkpoints as nodes, with the paths between them found on the map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from game.levels import reader
from game.levels.map import TileMap
from game.levels.pathfinding import Tile, bends, shortest_path, straightened
from game.levels.reader import JsonValue, Unknown

MOVE, WAIT, WAIT_FRAGMENT, WAIT_WAVE, WAIT_BATTLE, HIDE, APPEAR = range(7)
"""Kinds of nodes: go to a place; wait for some seconds; wait until some seconds after the start of the fragment, of the
wave, of the battle; leave the map; appear again at a place."""

NODES = {
    "WAIT_FOR_SECONDS": WAIT,
    "WAIT_CURRENT_FRAGMENT_TIME": WAIT_FRAGMENT,
    "WAIT_CURRENT_WAVE_TIME": WAIT_WAVE,
    "WAIT_FOR_PLAY_TIME": WAIT_BATTLE,
    "DISAPPEAR": HIDE,
    "APPEAR_AT_POS": APPEAR,
}


class Node(NamedTuple):
    """One step of a route. Row 0 is the top row; fractions lie between tile centres. Fields that do not apply are 0."""

    kind: int
    row: float = 0.0
    col: float = 0.0
    seconds: float = 0.0


class Leg(NamedTuple):
    """A part of a route on foot: from one place to the next checkpoint, along nodes that find the way there."""

    first: int
    last: int
    """Its nodes, from the first to the last, where it ends."""
    start: Tile
    goal: Tile
    goes_on: bool
    """It begins where the leg before ended; if not, at the route's start or where the enemy appears again."""


class Route(NamedTuple):
    """One route of a level, from its start (row, col) along its nodes."""

    flying: bool
    row: float
    col: float
    nodes: tuple[Node, ...]
    tiles: tuple[Tile, ...]
    """The tiles it walks over, in order, without repetition; empty for flying enemies."""
    legs: tuple[Leg, ...] = ()
    """Its parts on foot where there is a way; none for flying enemies."""
    diagonal: bool = True
    """Whether its enemies step from tile to tile diagonally too."""
    straight: bool = True
    """Whether they leave out tiles' centres to go straight."""


def is_flown(route: JsonValue) -> bool:
    """Whether enemies on this route of the format fly."""
    return route.value is not None and route.at("motionMode").enum(reader.MOTIONS) == "FLY"


def read_routes(data: JsonValue, tile_map: TileMap, used: set[int], unknown: Unknown) -> tuple[Route | None, ...]:
    """The routes of a level whose numbers are in `used`; None for the others, which may be placeholders.

    Routes in the level's extraRoutes are numbered after those in its routes.
    """
    return tuple(
        _read_route(route, tile_map, unknown) if index in used else None
        for index, route in enumerate([*data.at("routes").each(), *data.get("extraRoutes", []).each()])
    )


def _read_route(route: JsonValue, tile_map: TileMap, unknown: Unknown) -> Route:
    """One route. The format's offsets grow upwards, like all its rows."""
    motion = route.at("motionMode").enum(reader.MOTIONS) if route.value is not None else "null"
    if motion not in ("WALK", "FLY"):
        raise route.error(f"is a placeholder ({motion}), but enemies take it", "give it motionMode WALK or FLY")
    way = _Way(route, tile_map, unknown)
    for checkpoint in route.get("checkpoints", []).each():
        kind = checkpoint.at("type").enum(reader.CHECKPOINTS)
        if kind in ("MOVE", "PATROL_MOVE"):
            way.move(checkpoint.at("position"), checkpoint.get("reachOffset", {}))
        elif kind == "APPEAR_AT_POS":
            way.appear(checkpoint.at("position"), checkpoint.get("reachOffset", {}))
        elif kind in NODES:
            way.nodes.append(Node(NODES[kind], seconds=max(checkpoint.get("time", 0.0).number(), 0.0)))
        if kind != "MOVE" and kind not in NODES:
            unknown.note(f"checkpoint {kind}")
    way.move(route.at("endPosition"), JsonValue(route.file, route.where, {}))
    offset = route.get("spawnOffset", {})
    row, col = tile_map.tile(route.at("startPosition"))
    row_offset, col_offset = -offset.get("y", 0.0).number(), offset.get("x", 0.0).number()
    return Route(
        flying=way.flying,
        row=row + row_offset,
        col=col + col_offset,
        nodes=tuple(way.nodes),
        tiles=tuple(dict.fromkeys(way.tiles)),
        legs=tuple(way.legs),
        diagonal=way.diagonal,
        straight=way.straight,
    )


class _Way:
    """A route while it is read: the nodes and tiles up to a checkpoint."""

    def __init__(self, route: JsonValue, tile_map: TileMap, unknown: Unknown) -> None:
        self.nodes: list[Node] = []
        self.tiles: list[Tile] = []
        self.legs: list[Leg] = []
        self.flying = is_flown(route)
        self._tile_map = tile_map
        self._unknown = unknown
        self.diagonal = bool(route.get("allowDiagonalMove", default=True).value)
        centres = ("visitEveryTileCenter", "visitEveryNodeCenter")
        self.straight = self.diagonal and not any(route.get(key).value for key in centres)
        self._here = tile_map.tile(route.at("startPosition"))
        self._goes_on = False

    def move(self, position: JsonValue, offset: JsonValue) -> None:
        """Go to a position: in the air in a straight line, on foot along the shortest path, straight where possible.

        Where no path leads there (the real game opens one with a device that has no rule here), the enemy walks in a
        straight line as well, and the position is noted as unknown.
        """
        goal = self._tile_map.tile(position)
        row, col = goal[0] - offset.get("y", 0.0).number(), goal[1] + offset.get("x", 0.0).number()
        if not self.flying:
            tile_map = self._tile_map
            path = shortest_path(tile_map.walkable, self._here, goal, diagonal=self.diagonal, closed=tile_map.closed)
            there_is_a_way, first = bool(path), len(self.nodes)
            if not there_is_a_way:
                self._unknown.note(f"{position.where} cannot be reached on foot")
                path = (self._here, goal)
            self.tiles += path
            turns: Sequence[tuple[float, float]] = path[1:-1]
            if self.straight:
                turns = bends(tile_map.walkable, straightened(tile_map.walkable, path, closed=tile_map.closed))
            self.nodes += [Node(MOVE, float(there), float(across)) for there, across in turns]
            if there_is_a_way:
                self.legs.append(Leg(first, len(self.nodes), self._here, goal, self._goes_on))
        self.nodes.append(Node(MOVE, row, col))
        self._here, self._goes_on = goal, True

    def appear(self, position: JsonValue, offset: JsonValue) -> None:
        """Appear again at a position, after leaving the map."""
        self._here = row, col = self._tile_map.tile(position)
        self._goes_on = False
        down, right = -offset.get("y", 0.0).number(), offset.get("x", 0.0).number()
        self.nodes.append(Node(APPEAR, row + down, col + right))
