"""Actions: their flat numbers, and how much of the road a place covers."""

from __future__ import annotations

import numpy as np
from levels import CATALOGUE

from game.actions import DIRECTIONS, STEPS, action_count, coverage, flatten, turned, unflatten
from game.characters.builds import squad_of


def test_flat_numbers_and_actions_are_one_to_one():
    """Every number has one action and comes back from it."""
    for index in range(action_count(3, 10)):
        assert flatten(unflatten(index, 3, 10), 3, 10) == index


def test_a_quarter_turn_follows_the_directions():
    """The tile in front is the next tile in the direction faced."""
    for direction in range(len(DIRECTIONS)):
        assert turned((0, 1), direction) == STEPS[direction]


def test_coverage_counts_road_tiles_in_range(make):
    """On a straight lane, worked out by hand; nothing where an operator cannot stand."""
    stage = make.stage(make.level([make.spawn()]))
    squad = squad_of(["Fang", "Kroos"], CATALOGUE)
    cover = coverage(stage, squad).reshape(2, 3, 8, 4)
    assert cover.dtype == np.int16
    assert cover[0, 1, 3].tolist() == [2, 1, 2, 1]
    assert cover[0, 1, 6].tolist() == [2, 1, 2, 1]
    assert cover[1, 0, 3].tolist() == [3, 3, 3, 0]
    assert not cover[0, 0].any()
    assert not cover[1, 1].any()
