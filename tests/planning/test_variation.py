"""Battles of a variation differ from ours by as much as it says, the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest
from levels import CATALOGUE

from game.characters.builds import default_squad
from game.levels.stage import load_stage, shipped_stages
from game.simulator.records import TICKS
from game.simulator.tables import world_of
from planning.variation import EXACT, FAR, NEAR, RULES, VARIATIONS, gestures, varied

SQUAD = default_squad(CATALOGUE)
SEEDS = range(30)


def worlds(name, variation):
    """Our world of a stage, and those of a variation."""
    stage = load_stage(name, CATALOGUE)
    world = world_of(stage, SQUAD)
    return world, [varied(world, stage, variation, seed) for seed in SEEDS]


def test_an_exact_battle_is_ours():
    """Nothing is changed, and gestures take no time."""
    world, others = worlds("first_watch", EXACT)
    assert all(other is world for other in others)
    hands = gestures(EXACT, [0, 1])
    assert not hands.ticks.any()
    assert not hands.lost.any()


@pytest.mark.parametrize("variation", [NEAR, FAR], ids=lambda one: one.name)
def test_numbers_are_off_by_at_most_what_is_said(variation):
    """Those of a kind of enemy together, those of an operator in both of its stances together."""
    world, others = worlds("ridge_line", variation)
    kinds = world.enemy["kind"]
    for name in ("max_health", "attack", "defense", "step", "interval"):
        ratios = np.array([other.enemy[name][world.enemy[name] > 0] for other in others])
        ratios /= world.enemy[name][world.enemy[name] > 0]
        assert np.abs(ratios - 1).max() <= variation.numbers + 1e-9
        assert np.abs(ratios - 1).max() > 0.8 * variation.numbers
    for other in others:
        same = other.enemy["max_health"][kinds == kinds[0]]
        assert (same == same[0]).all()
        both = other.stance["attack"] / np.maximum(world.stance["attack"], 1e-9)
        assert np.allclose(both[0], both[1])


@pytest.mark.parametrize("name", shipped_stages())
def test_every_enemy_still_comes(name):
    """Late by at most what is said, in the same order, and before its fragment is over."""
    world, others = worlds(name, FAR)
    came = world.enemy["parent"] < 0
    for other in others:
        late = (other.enemy["offset"] - world.enemy["offset"])[came]
        assert late.min() >= 0
        assert late.max() <= FAR.spawns * TICKS
        for f in range(world.fragment.shape[0]):
            offsets = other.enemy["offset"][came & (world.enemy["fragment"] == f)]
            assert (np.diff(offsets) >= 0).all()
            assert offsets.max(initial=0) <= other.fragment["length"][f]


def test_every_unsettled_rule_is_played_either_way():
    """Each within its bounds, both ends of which occur for choices of two."""
    _, others = worlds("first_watch", NEAR)
    for name, (least, most) in RULES.items():
        drawn = {int(other.rules[name][0]) for other in others}
        assert least <= min(drawn) < max(drawn) <= most


def test_gestures_take_their_time_and_some_are_lost():
    """0.3 to 3 seconds, and three of a hundred have no effect."""
    hands = gestures(FAR, list(range(20)))
    assert hands.ticks.min() >= round(FAR.quickest * TICKS)
    assert hands.ticks.max() <= round(FAR.slowest * TICKS)
    assert hands.lost.mean() == pytest.approx(FAR.lost, abs=0.01)


def test_a_seed_always_gives_the_same_battle():
    """And another one another."""
    stage = load_stage("first_watch", CATALOGUE)
    world = world_of(stage, SQUAD)
    one, again, other = (varied(world, stage, NEAR, seed).enemy["max_health"] for seed in (1, 1, 2))
    assert (one == again).all()
    assert (one != other).any()


def test_variations_are_known_by_their_names():
    """As the command line has them."""
    assert list(VARIATIONS) == ["exact", "near", "far"]
