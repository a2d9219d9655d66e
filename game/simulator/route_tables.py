"""The tables of routes: their nodes, and what is needed to find other ways where barriers stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from game.levels.pathfinding import Tile, graph_of
from game.levels.stage import MOVE, Node, Route, Stage
from game.simulator import records
from game.simulator.records import TICKS, RouteNode
from game.simulator.rows import rows_of
from game.simulator.ways import DOWN, RIGHT, WALKABLE

Way = tuple[Tile, bool]
"""A goal of walkers, and whether they step diagonally."""


def ways_of(stage: Stage, shifts: bool) -> dict[Way, int]:
    """The goals to which walkers may need other ways, by their numbers; none where no device is a barrier, and nothing
    shifts enemies.
    """
    barriers = (*(card.device.barrier for card in stage.devices), *(friend.barrier for friend in stage.friends))
    if not shifts and not any(barriers):
        return {}
    legs = [(leg.goal, route.diagonal) for route in stage.routes if route for leg in route.legs]
    return {way: number for number, way in enumerate(dict.fromkeys(legs))}


def steps_of(stage: Stage) -> npt.NDArray[np.bool_]:
    """`World.steps`."""
    graph = graph_of(stage.walkable, closed=stage.closed)
    steps = np.zeros((stage.height, stage.width, WALKABLE + 1), np.bool_)
    for (row, col), reached in graph.items():
        for d in range(WALKABLE):
            steps[row, col, d] = (row + DOWN[d], col + RIGHT[d]) in reached
    steps[..., WALKABLE] = stage.walkable
    return steps.reshape(-1, WALKABLE + 1)


def nodes_of(stage: Stage, ways: Mapping[Way, int]) -> Any:
    """The routes' nodes as one table of RouteNode, [R, N]; shorter routes are padded with zeros."""
    sizes = np.array([len(route.nodes) if route else 0 for route in stage.routes])
    table = np.zeros((len(sizes), sizes.max()), RouteNode.dtype)
    rows = [row for route in stage.routes if route for row in _route(stage, route, ways)]
    table[np.arange(sizes.max()) < sizes[:, None]] = rows_of(RouteNode, rows)
    return table


NO_LEG = {"leg_end": -1, "way": 0, "goal": 0, "diagonal": False, "straight": False, "from_tile": -1}
"""What a node has that lies on no leg for which there are other ways."""


def _route(stage: Stage, route: Route, ways: Mapping[Way, int]) -> list[dict[str, float]]:
    """The rows of `World.node` of one route."""
    rows = [{**_node(route, n), **NO_LEG} for n in range(len(route.nodes))]
    begin = route.legs[0].start if route.legs else (0, 0)
    for leg, after in zip(route.legs if ways else (), [*route.legs[1:], None], strict=False):
        begin = begin if leg.goes_on else leg.start
        last = after is None or not after.goes_on
        found = {
            "leg_end": leg.last,
            "way": ways[leg.goal, route.diagonal],
            "goal": leg.goal[0] * stage.width + leg.goal[1],
            "diagonal": route.diagonal,
            "straight": route.straight,
        }
        for n in range(leg.first, leg.last + 1):
            rows[n] |= found
        rows[leg.last]["from_tile"] = begin[0] * stage.width + begin[1] if last else -1
    return rows


def _node(route: Route, n: int) -> dict[str, float]:
    """What a node's row of `World.node` says of it alone."""
    node = route.nodes[n]
    return {
        "kind": node.kind,
        "row": node.row,
        "col": node.col,
        "ticks": round(node.seconds * TICKS),
        "distance_to_exit": _distance_to_exit(route, n),
    }


def _distance_to_exit(route: Route, start: int) -> float:
    """How many tiles a route still goes from its node `start` on; a jump from hiding to an APPEAR node adds nothing."""
    places = [node for node in route.nodes[: start + 1] if node.kind in (MOVE, records.APPEAR)]
    length, here = 0.0, places[-1] if places else Node(MOVE, route.row, route.col)
    for node in route.nodes[start + 1 :]:
        if node.kind == MOVE:
            length += _apart(here, node)
        if node.kind in (MOVE, records.APPEAR):
            here = node
    return length


def _apart(one: Node, other: Node) -> float:
    """The distance between two nodes that have places."""
    return float(np.sqrt((one.row - other.row) ** 2 + (one.col - other.col) ** 2))
