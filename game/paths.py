"""The way a walker takes over a map: shortest paths between two tiles."""

from __future__ import annotations

import heapq
import math

import numpy as np
import numpy.typing as npt

Tile = tuple[int, int]
Edges = frozenset[tuple[Tile, Tile]]
"""Pairs of neighbouring tiles: nobody walks from the first to the second."""

STRAIGHT = ((0, 1), (1, 0), (0, -1), (-1, 0))
DIAGONAL = ((-1, -1), (-1, 1), (1, -1), (1, 1))


def shortest_path(
    walkable: npt.NDArray[np.bool_], start: Tile, goal: Tile, *, diagonal: bool, closed: Edges = frozenset()
) -> tuple[Tile, ...]:
    """The tiles from `start` to `goal`, both included; empty where there is no way.

    Diagonal steps, where allowed, never cut a corner: both tiles beside the step must be walkable. Among equally short
    ways the walker prefers straight steps (right, down, left, up, in this order): the same map gives the same way.
    `start` and `goal` themselves may be tiles that nobody walks over otherwise. Nobody steps over a `closed` edge.
    """
    open_tiles = walkable.copy()
    open_tiles[start] = open_tiles[goal] = True
    distance = _distances(open_tiles, goal, diagonal=diagonal, closed=closed)
    if not math.isfinite(distance[start]):
        return ()
    path = [start]
    while path[-1] != goal:
        here = path[-1]
        steps = _steps(open_tiles, here, diagonal=diagonal, closed=closed)
        # Rounding absorbs the noise of summing square roots in another order: ties must be ties.
        path.append(min(steps, key=lambda step: round(step[1] + distance[step[0]], 9))[0])
    return tuple(path)


def straightened(
    walkable: npt.NDArray[np.bool_], path: tuple[Tile, ...], *, closed: Edges = frozenset()
) -> tuple[Tile, ...]:
    """The tiles of a path at which a walker turns, who goes straight on wherever it sees its way open.

    It sees a tile whose centre can be reached from the centre of its own by steps that it could take.
    """
    open_tiles = walkable.copy()
    open_tiles[path[0]] = open_tiles[path[-1]] = True
    turns = [0]
    while turns[-1] < len(path) - 1:
        here = turns[-1]
        ahead = range(len(path) - 1, here + 1, -1)
        turns.append(next((far for far in ahead if _sees(open_tiles, path[here], path[far], closed)), here + 1))
    return tuple(path[turn] for turn in turns)


def _sees(walkable: npt.NDArray[np.bool_], start: Tile, goal: Tile, closed: Edges) -> bool:
    """Whether all tiles that the line between two centres crosses can be walked over, one after the other."""
    down, right = goal[0] - start[0], goal[1] - start[1]
    rows, cols = abs(down), abs(right)
    here, row, col = start, 0, 0
    while here != goal:
        # Which border the line crosses first, that of the next row or of the next column; 0 where they meet.
        first = (1 + 2 * row) * cols - (1 + 2 * col) * rows
        row, col = row + (first <= 0), col + (first >= 0)
        there = (start[0] + row * _sign(down), start[1] + col * _sign(right))
        if there not in (tile for tile, _ in _steps(walkable, here, diagonal=True, closed=closed)):
            return False
        here = there
    return True


def _sign(number: int) -> int:
    """-1, 0 or 1."""
    return (number > 0) - (number < 0)


def _distances(
    walkable: npt.NDArray[np.bool_], goal: Tile, *, diagonal: bool, closed: Edges
) -> npt.NDArray[np.float64]:
    """How far every tile is from `goal`, in tiles; infinite where there is no way."""
    backwards = frozenset((there, here) for here, there in closed)
    distance = np.full(walkable.shape, np.inf)
    distance[goal] = 0.0
    heap = [(0.0, goal)]
    while heap:
        far, here = heapq.heappop(heap)
        if far > distance[here]:
            continue
        for there, length in _steps(walkable, here, diagonal=diagonal, closed=backwards):
            if far + length < distance[there] - 1e-9:
                distance[there] = far + length
                heapq.heappush(heap, (far + length, there))
    return distance


def _steps(walkable: npt.NDArray[np.bool_], here: Tile, *, diagonal: bool, closed: Edges) -> list[tuple[Tile, float]]:
    """The tiles one step away and the length of each step."""
    row, col = here
    found = [
        ((row + down, col + right), 1.0)
        for down, right in STRAIGHT
        if _open(walkable, row + down, col + right) and (here, (row + down, col + right)) not in closed
    ]
    if diagonal:
        straight = {there for there, _ in found}
        found += [
            ((row + down, col + right), math.sqrt(2.0))
            for down, right in DIAGONAL
            if _open(walkable, row + down, col + right)
            and {(row, col + right), (row + down, col)} <= straight
            and not _cornered(here, (row + down, col + right), closed)
        ]
    return found


def _cornered(here: Tile, there: Tile, closed: Edges) -> bool:
    """Whether a closed edge meets a diagonal step on its far side."""
    beside = ((here[0], there[1]), (there[0], here[1]))
    return any((tile, there) in closed for tile in beside)


def _open(walkable: npt.NDArray[np.bool_], row: int, col: int) -> bool:
    """Whether a tile is on the map and can be walked over."""
    return 0 <= row < walkable.shape[0] and 0 <= col < walkable.shape[1] and bool(walkable[row, col])
