"""Showing the learner a plan: battles that it wins, as experiences like those of play."""

from __future__ import annotations

import itertools

import pytest

from game.actions import NOTHING
from learning.demonstrations import demonstrations
from learning.learner import Learner
from learning.plan_policy import brought
from planning.solutions import solution

BATTLES = 4


@pytest.fixture(scope="module")
def plan():
    """The stored plan of the easiest stage."""
    return solution("first_watch")


@pytest.fixture(scope="module")
def shown(plan, stage, squad):
    """A few battles of it."""
    return demonstrations(plan, stage, brought(plan, squad), 1.0, BATTLES)


def test_each_battle_is_won_and_whole(shown, plan):
    """Every decision follows the one before, up to a victory, and makes what the plan says."""
    ends = [number for number, one in enumerate(shown) if one.after is None]
    assert 1 <= len(ends) <= BATTLES
    assert all(shown[number].outcome == "won" and shown[number].stars >= 2 for number in ends)
    assert ends[-1] == len(shown) - 1
    for one, then in itertools.pairwise(shown):
        assert one.after is None or one.after == then.before
    acted = sum(one.action != NOTHING for one in shown)
    assert acted >= len(plan.steps) * len(ends)


def test_the_battles_differ_and_are_always_the_same(shown, plan, stage, squad):
    """Numbers are off in each of them in another way, as their seeds say."""
    assert demonstrations(plan, stage, brought(plan, squad), 1.0, BATTLES) == shown
    lengths = {number for number, one in enumerate(shown) if one.after is None}
    assert len({one.before.dp for one in shown}) > 1
    assert len(lengths) > 1


def test_a_plan_that_loses_shows_nothing(plan, stage, squad):
    """What does not win is no example."""
    assert demonstrations(solution("short_road"), stage, brought(plan, squad[:1]), 1.0, 1) == []


def test_a_learner_is_shown_them_before_it_starts(shown, stage, squad, settings):
    """They are in the buffer, nothing is owed before play, and it is no learner that knows nothing any more."""
    learner = Learner(stage, squad, settings, 0, None)
    assert learner.knows_nothing
    learner.demonstrate(shown)
    assert not learner.knows_nothing
    status = learner.status()
    assert status["buffer"] >= min(len(shown), settings.buffer_size - 1)
    assert (status["owed"], status["decisions"], status["updates"]) == (0, 0, 0)
