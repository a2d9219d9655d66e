"""Shortest paths over a map, straightened, with a distance from corners."""

from __future__ import annotations

import numpy as np

from game.levels.pathfinding import bends, shortest_path, straightened


def test_walkers_take_the_shortest_way():
    """Around a wall, and diagonally only where it is allowed and no corner is cut."""
    free = np.ones((3, 4), bool)
    assert len(shortest_path(free, (0, 0), (2, 2), diagonal=False)) == 5
    assert shortest_path(free, (0, 0), (2, 2), diagonal=True) == ((0, 0), (1, 1), (2, 2))
    free[0, 1] = False
    assert (1, 1) not in shortest_path(free, (0, 0), (2, 2), diagonal=True)[:2]
    free[:, 1] = False
    assert shortest_path(free, (0, 0), (2, 2), diagonal=True) == ()


def test_no_step_crosses_a_closed_edge(make):
    """An entry of blockEdges is a wall in one direction; it closes the straight step and the diagonals past it."""
    free = np.ones((2, 3), bool)
    wall = frozenset({((0, 0), (0, 1))})
    assert shortest_path(free, (0, 0), (0, 1), diagonal=False, closed=wall) == ((0, 0), (1, 0), (1, 1), (0, 1))
    assert shortest_path(free, (0, 0), (1, 1), diagonal=True, closed=wall) == ((0, 0), (1, 0), (1, 1))
    assert shortest_path(free, (0, 1), (0, 0), diagonal=False, closed=wall) == ((0, 1), (0, 0))
    picture = ("........", "S......E", "........")
    data = make.level([make.spawn()], picture=picture)
    data["mapData"]["blockEdges"] = [{"pos": {"row": 1, "col": 3}, "direction": "RIGHT", "blockMask": "ALL"}]
    (path,) = make.stage(data).paths
    assert len(path) == 10
    assert make.stage(data).unknown == ()


def test_walkers_keep_their_distance_from_corners():
    """As on stage 0-5: a gap of less than 0.35 tile is not taken; turns lie that near to their corners."""
    free = np.array([[True] * 5 + [False] * 5, [False] * 4 + [True] * 6])
    path = shortest_path(free, (0, 1), (1, 9), diagonal=True)
    assert straightened(free, path) == ((0, 1), (0, 4), (1, 4), (1, 9))
    assert np.allclose(bends(free, straightened(free, path)), [(0.15, 3.85), (0.85, 4.15)])
    free[1, 2:4] = free[0, 5:9] = True
    assert straightened(free, path) == ((0, 1), (1, 9))


def test_walkers_go_straight_where_they_see_their_way(make):
    """Over open ground in one line, around a wall by its corners, along tile centres where the route asks for it."""
    free = np.ones((4, 7), bool)
    assert straightened(free, shortest_path(free, (0, 0), (2, 6), diagonal=True)) == ((0, 0), (2, 6))
    free[1:, 3] = False
    path = shortest_path(free, (3, 0), (3, 6), diagonal=True)
    assert straightened(free, path) == ((3, 0), (0, 2), (0, 4), (3, 6))
    assert np.allclose(bends(free, straightened(free, path)), [(0.15, 2.15), (0.15, 3.85)])
    wall = frozenset({((2, 1), (2, 2))})
    assert straightened(np.ones((3, 3), bool), ((2, 0), (2, 1), (2, 2)), closed=wall) == ((2, 0), (2, 1), (2, 2))
    picture = ("........", "S......E", "........")
    for more, nodes in (({"allowDiagonalMove": True}, 1), ({"visitEveryTileCenter": True}, 7), ({}, 7)):
        route = {**make.lane(), "allowDiagonalMove": "visitEveryTileCenter" in more, **more}
        stage = make.stage(make.level([make.spawn()], picture=picture, routes=(route,)))
        assert len(stage.routes[0].nodes) == nodes
