"""How enemies walk over a map: shortest paths between two tiles, straightened and rounded at corners."""

from __future__ import annotations

import heapq
import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Tile = tuple[int, int]
Edges = frozenset[tuple[Tile, Tile]]
"""Pairs of neighbouring tiles: there is no step from the first to the second."""
Grid = tuple[tuple[bool, ...], ...]
"""Whether each tile is walkable, row by row; as tuples, so that a map can be the key of a cache."""
Graph = dict[Tile, list[tuple[Tile, float]]]
"""The tiles that one step reaches from each walkable tile, and the length of each step in tiles."""

CLEARANCE = 0.35
"""Tiles that an enemy on a straight line keeps from the corners of walls (measured in one recorded battle of 0-5)."""
STRAIGHT = ((0, 1), (1, 0), (0, -1), (-1, 0))
DIAGONAL = ((-1, -1), (-1, 1), (1, -1), (1, 1))


def shortest_path(
    walkable: npt.NDArray[np.bool_], start: Tile, goal: Tile, *, diagonal: bool, closed: Edges = frozenset()
) -> tuple[Tile, ...]:
    """The tiles from `start` to `goal`, both included; empty where there is no way.

    Diagonal steps, where allowed, never cut a corner: both tiles beside the step must be walkable. Of equally short
    paths the one with the earliest straight steps (right, down, left, up, in this order) is taken, so the same map
    gives the same path. `start` and `goal` count as walkable. No step crosses a `closed` edge.
    """
    grid = _grid(walkable, start, goal)
    distance = _distances(grid, goal, diagonal=diagonal, closed=closed)
    if start not in distance:
        return ()
    graph = _graph(grid, diagonal=diagonal, closed=closed)
    path = [start]
    while path[-1] != goal:
        steps = [step for step in graph[path[-1]] if step[0] in distance]
        # Sums of square roots differ a little with their order; rounding makes equally long paths exactly equal.
        path.append(min(steps, key=lambda step: round(step[1] + distance[step[0]], 9))[0])
    return tuple(path)


def straightened(
    walkable: npt.NDArray[np.bool_], path: tuple[Tile, ...], *, closed: Edges = frozenset()
) -> tuple[Tile, ...]:
    """The tiles of a path between which an enemy goes in straight lines: start, turns and goal.

    From each turn it heads for the farthest tile of the path that a straight line reaches by allowed steps, with
    `CLEARANCE` from all corners.
    """
    return _straightened(_grid(walkable, path[0], path[-1]), path, closed)


@lru_cache(maxsize=256)
def _straightened(grid: Grid, path: tuple[Tile, ...], closed: Edges) -> tuple[Tile, ...]:
    """`straightened` on a grid; cached, because many routes of a level go the same way."""
    turns = [0]
    while turns[-1] < len(path) - 1:
        here = turns[-1]
        ahead = range(len(path) - 1, here + 1, -1)
        turns.append(next((far for far in ahead if _sees(grid, path[here], path[far], closed)), here + 1))
    return tuple(path[turn] for turn in turns)


def bends(walkable: npt.NDArray[np.bool_], turns: tuple[Tile, ...]) -> list[tuple[float, float]]:
    """The (row, col) of each turn between start and goal: moved from the tile's centre towards the corner it rounds."""
    grid, found = _grid(walkable), []
    for before, here, after in zip(turns, turns[1:], turns[2:], strict=False):
        inwards = _unit(here, before)[0] + _unit(here, after)[0], _unit(here, before)[1] + _unit(here, after)[1]
        corners = [
            (down * inwards[0] + right * inwards[1], (down, right))
            for down, right in DIAGONAL
            if not _open(grid, here[0] + down, here[1] + right)
        ]
        towards, (down, right) = max(corners, default=(0.0, (0, 0)))
        step = 0.5 - CLEARANCE if towards > 0.0 else 0.0
        found.append((here[0] + step * down, here[1] + step * right))
    return found


def _grid(walkable: npt.NDArray[np.bool_], *ends: Tile) -> Grid:
    """The map as a `Grid`, with these tiles walkable too."""
    opened = walkable.copy()
    for end in ends:
        opened[end] = True
    return tuple(map(tuple, opened.tolist()))


def _unit(start: Tile, goal: Tile) -> tuple[float, float]:
    """The direction from one tile to another, as a vector one tile long."""
    length = math.dist(start, goal)
    return (goal[0] - start[0]) / length, (goal[1] - start[1]) / length


def _keeps_clear(grid: Grid, start: Tile, goal: Tile) -> bool:
    """Whether the line between two centres stays `CLEARANCE` away from all corners of tiles that are not walkable."""
    (top, bottom), (left, right) = sorted((start[0], goal[0])), sorted((start[1], goal[1]))
    return all(
        _distance((row + down / 2, col + across / 2), start, goal) >= CLEARANCE
        for row in range(top - 1, bottom + 2)
        for col in range(left - 1, right + 2)
        if not _open(grid, row, col)
        for down, across in DIAGONAL
    )


def _distance(point: tuple[float, float], start: Tile, goal: Tile) -> float:
    """The distance in tiles of a point from the line between the centres of two different tiles."""
    down, right = goal[0] - start[0], goal[1] - start[1]
    along = ((point[0] - start[0]) * down + (point[1] - start[1]) * right) / (down * down + right * right)
    share = min(max(along, 0.0), 1.0)
    return math.dist(point, (start[0] + share * down, start[1] + share * right))


def _sees(grid: Grid, start: Tile, goal: Tile, closed: Edges) -> bool:
    """Whether the line between two centres can be walked: tile after tile, and with `CLEARANCE` from all corners."""
    if not _keeps_clear(grid, start, goal):
        return False
    down, right = goal[0] - start[0], goal[1] - start[1]
    rows, cols = abs(down), abs(right)
    graph = _graph(grid, diagonal=True, closed=closed)
    here, row, col = start, 0, 0
    while here != goal:
        # Below 0 the line crosses into the next row first, above 0 into the next column; 0 is a corner.
        first = (1 + 2 * row) * cols - (1 + 2 * col) * rows
        row, col = row + (first <= 0), col + (first >= 0)
        there = (start[0] + row * _sign(down), start[1] + col * _sign(right))
        if there not in (tile for tile, _ in graph[here]):
            return False
        here = there
    return True


def _sign(number: int) -> int:
    """-1, 0 or 1."""
    return (number > 0) - (number < 0)


@lru_cache(maxsize=256)
def _distances(grid: Grid, goal: Tile, *, diagonal: bool, closed: Edges) -> dict[Tile, float]:
    """The walking distance to `goal`, in tiles, of every tile from which there is a path."""
    backwards = _graph(grid, diagonal=diagonal, closed=frozenset((there, here) for here, there in closed))
    distance = {goal: 0.0}
    heap = [(0.0, goal)]
    while heap:
        far, here = heapq.heappop(heap)
        if far > distance[here]:
            continue
        for there, length in backwards[here]:
            if far + length < distance.get(there, math.inf) - 1e-9:
                distance[there] = far + length
                heapq.heappush(heap, (far + length, there))
    return distance


def graph_of(walkable: npt.NDArray[np.bool_], *, closed: Edges = frozenset()) -> dict[Tile, frozenset[Tile]]:
    """The tiles that one step reaches from each walkable tile, diagonal steps included."""
    graph = _graph(_grid(walkable), diagonal=True, closed=closed)
    return {tile: frozenset(there for there, _ in steps) for tile, steps in graph.items()}


@lru_cache(maxsize=64)
def _graph(grid: Grid, *, diagonal: bool, closed: Edges) -> Graph:
    """All steps on a map."""
    return {
        (row, col): _steps(grid, (row, col), diagonal=diagonal, closed=closed)
        for row, tiles in enumerate(grid)
        for col, walkable in enumerate(tiles)
        if walkable
    }


def _steps(grid: Grid, here: Tile, *, diagonal: bool, closed: Edges) -> list[tuple[Tile, float]]:
    """The tiles that one step reaches, and the length of each step in tiles."""
    row, col = here
    found = [
        ((row + down, col + right), 1.0)
        for down, right in STRAIGHT
        if _open(grid, row + down, col + right) and (here, (row + down, col + right)) not in closed
    ]
    if diagonal:
        straight = {there for there, _ in found}
        found += [
            ((row + down, col + right), math.sqrt(2.0))
            for down, right in DIAGONAL
            if _open(grid, row + down, col + right)
            and {(row, col + right), (row + down, col)} <= straight
            and not _cornered(here, (row + down, col + right), closed)
        ]
    return found


def _cornered(here: Tile, there: Tile, closed: Edges) -> bool:
    """Whether a closed edge blocks a diagonal step at its end."""
    beside = ((here[0], there[1]), (there[0], here[1]))
    return any((tile, there) in closed for tile in beside)


def _open(grid: Grid, row: int, col: int) -> bool:
    """Whether a tile is on the map and walkable."""
    return 0 <= row < len(grid) and 0 <= col < len(grid[row]) and grid[row][col]
