"""The ways enemies take: the format's checkpoints as nodes, walkers' ways found over the ground."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from game.levels import reader as level
from game.levels.map import Ground
from game.levels.pathfinding import Tile, bends, shortest_path, straightened
from game.levels.reader import Place, Unknown

MOVE, WAIT, WAIT_FRAGMENT, WAIT_WAVE, WAIT_BATTLE, HIDE, APPEAR = range(7)
"""What a node of a route asks for: go there; wait so long; wait until so long after the start of the fragment, the
wave, the battle; leave the map; come back at that place."""

NODES = {
    "WAIT_FOR_SECONDS": WAIT,
    "WAIT_CURRENT_FRAGMENT_TIME": WAIT_FRAGMENT,
    "WAIT_CURRENT_WAVE_TIME": WAIT_WAVE,
    "WAIT_FOR_PLAY_TIME": WAIT_BATTLE,
    "DISAPPEAR": HIDE,
    "APPEAR_AT_POS": APPEAR,
}


class Node(NamedTuple):
    """One thing a walker or flier does on its way. Row 0 is the top row; fractions lie between tile centres."""

    kind: int
    row: float = 0.0
    col: float = 0.0
    seconds: float = 0.0


class Route(NamedTuple):
    """A way through the map. `tiles` are those walked, in order, without repetition; empty for fliers."""

    flying: bool
    row: float
    col: float
    nodes: tuple[Node, ...]
    tiles: tuple[Tile, ...]


def is_flown(route: Place) -> bool:
    """Whether those on this route fly."""
    return route.value is not None and route.at("motionMode").enum(level.MOTIONS) == "FLY"


def read_routes(data: Place, ground: Ground, used: set[int], unknown: Unknown) -> tuple[Route | None, ...]:
    """The routes that enemies take; the others may be placeholders and are not looked at.

    The level's extraRoutes have the numbers after its routes.
    """
    return tuple(
        _read_route(route, ground, unknown) if index in used else None
        for index, route in enumerate([*data.at("routes").each(), *data.get("extraRoutes", []).each()])
    )


def _read_route(route: Place, ground: Ground, unknown: Unknown) -> Route:
    """One route with its way found. Offsets are written with rows growing upwards, like all rows of the format."""
    motion = route.at("motionMode").enum(level.MOTIONS) if route.value is not None else "null"
    if motion not in ("WALK", "FLY"):
        raise route.error(f"is a placeholder ({motion}), but enemies take it", "give it motionMode WALK or FLY")
    way = _Way(route, ground, unknown)
    for checkpoint in route.get("checkpoints", []).each():
        kind = checkpoint.at("type").enum(level.CHECKPOINTS)
        if kind in ("MOVE", "PATROL_MOVE"):
            way.move(checkpoint.at("position"), checkpoint.get("reachOffset", {}))
        elif kind == "APPEAR_AT_POS":
            way.appear(checkpoint.at("position"), checkpoint.get("reachOffset", {}))
        elif kind in NODES:
            way.nodes.append(Node(NODES[kind], seconds=max(checkpoint.get("time", 0.0).number(), 0.0)))
        if kind != "MOVE" and kind not in NODES:
            unknown.note(f"checkpoint {kind}")
    way.move(route.at("endPosition"), Place(route.file, route.where, {}))
    offset = route.get("spawnOffset", {})
    row, col = ground.tile(route.at("startPosition"))
    row_offset, col_offset = -offset.get("y", 0.0).number(), offset.get("x", 0.0).number()
    return Route(way.flying, row + row_offset, col + col_offset, tuple(way.nodes), tuple(dict.fromkeys(way.tiles)))


class _Way:
    """A route while its way is being found, from its start on."""

    def __init__(self, route: Place, ground: Ground, unknown: Unknown) -> None:
        self.nodes: list[Node] = []
        self.tiles: list[Tile] = []
        self.flying = is_flown(route)
        self._ground = ground
        self._unknown = unknown
        self._diagonal = bool(route.get("allowDiagonalMove", default=True).value)
        centres = ("visitEveryTileCenter", "visitEveryNodeCenter")
        self._straight = self._diagonal and not any(route.get(key).value for key in centres)
        self._here = ground.tile(route.at("startPosition"))

    def move(self, position: Place, offset: Place) -> None:
        """Go to a place: fliers straight, walkers over the tiles of the shortest path, straight where they can.

        Where there is none (the real game opens it with a device that has no rule here), walkers go straight as well.
        """
        goal = self._ground.tile(position)
        row, col = goal[0] - offset.get("y", 0.0).number(), goal[1] + offset.get("x", 0.0).number()
        if not self.flying:
            ground = self._ground
            path = shortest_path(ground.walkable, self._here, goal, diagonal=self._diagonal, closed=ground.closed)
            if not path:
                self._unknown.note(f"{position.where} cannot be reached on foot")
                path = (self._here, goal)
            self.tiles += path
            turns: Sequence[tuple[float, float]] = path[1:-1]
            if self._straight:
                turns = bends(ground.walkable, straightened(ground.walkable, path, closed=ground.closed))
            self.nodes += [Node(MOVE, float(there), float(across)) for there, across in turns]
        self.nodes.append(Node(MOVE, row, col))
        self._here = goal

    def appear(self, position: Place, offset: Place) -> None:
        """Come out of hiding at a place."""
        self._here = row, col = self._ground.tile(position)
        down, right = -offset.get("y", 0.0).number(), offset.get("x", 0.0).number()
        self.nodes.append(Node(APPEAR, row + down, col + right))
