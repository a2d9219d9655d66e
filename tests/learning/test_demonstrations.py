"""Showing the learner a plan: battles that it wins, as experiences like those of play."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from game.actions import NOTHING
from learning import agent as agent_module
from learning.demonstrations import Demonstrations, demonstrations, mixed_batch, share_shown
from learning.learner import Learner
from learning.observation import look
from learning.replay import ReplayBuffer
from learning.settings import Settings
from planning.solutions import solution

BATTLES = 6


@pytest.fixture(scope="module")
def plan():
    """The stored plan of the easiest stage."""
    return solution("first_watch")


@pytest.fixture(scope="module")
def shown(plan, stage, squad, settings):
    """A few battles of it."""
    return demonstrations(plan, stage, squad, settings, BATTLES)


def test_each_battle_is_won_and_whole(shown, plan, settings):
    """Every decision is there, one battle after the other, each up to its victory, with what the plan does."""
    buffer, battles, tried, stars = shown
    assert (tried, stars) == (BATTLES, 3)
    ends = np.flatnonzero(buffer.arrays["steps"] == 0).reshape(battles, -1)
    assert 1 <= battles <= BATTLES
    assert buffer.arrays["complete"].all()
    assert len(buffer) == buffer.capacity == ends[-1, -1] + 1
    assert ends.shape[1] == settings.n_step, "the last decisions of a battle have no next state"
    assert (np.diff(ends, axis=1) == 1).all()
    assert (buffer.arrays["ahead"][buffer.arrays["steps"] > 0] == settings.n_step).all()
    last = buffer.batch(ends[:, -1])
    assert (last.rewards > 0.5).all(), "a victory without a leak"
    assert (buffer.arrays["action"] > 0).sum() >= len(plan.steps) * battles


def test_what_is_done_is_what_is_advised(shown):
    """So a network can learn to follow the advice; a wait where it would be illegal."""
    batch = shown.buffer.batch(np.arange(len(shown.buffer)))
    advice = batch.before.advice[:, 0]
    legal = batch.legal[np.arange(len(advice)), advice] & (advice >= 0)
    assert (batch.actions == np.where(legal, advice, 0)).all()
    assert batch.legal[np.arange(len(advice)), batch.actions].all()


def test_the_battles_differ_and_are_always_the_same(shown, plan, stage, squad, settings):
    """Numbers are off in each of them in another way, as their seeds say."""
    again = demonstrations(plan, stage, squad, settings, BATTLES)
    assert again.battles == shown.battles
    for name, array in shown.buffer.state().items():
        assert (again.buffer.state()[name] == array).all()
    ends = np.flatnonzero(shown.buffer.arrays["steps"] == 0)[settings.n_step - 1 :: settings.n_step]
    assert len({*np.diff(ends, prepend=-1)}) > 1, "they are of different lengths"


def test_a_battle_is_the_same_among_others(shown, plan, stage, squad, settings):
    """Its numbers follow from its own seed; those beside it change nothing."""
    few = demonstrations(plan, stage, squad, settings, 2)
    assert few.battles == 2
    for name, array in few.buffer.state().items():
        assert (array == shown.buffer.state()[name][: len(array)]).all()


@pytest.fixture
def leaking(plan):
    """The plan without Melantha: all of the few battles are won, most of them with a leak."""
    return msgspec.structs.replace(plan, steps=tuple(step for step in plan.steps if step.name != "Melantha"))


def test_a_plan_that_wins_with_a_leak_is_shown_too(leaking, stage, squad, settings):
    """Who has no better one would rather clear the stage with two stars than see the bot try at random."""
    shown = demonstrations(leaking, stage, squad, settings, BATTLES)
    assert (shown.battles, shown.tried, shown.stars) == (BATTLES, BATTLES, 2)
    assert len(shown.buffer) > 0


def test_two_stars_are_good_where_the_plan_wins_no_more(leaking, plan, stage, squad, settings, views, monkeypatch):
    """They do not count against the plan then; with a better plan, or none, they do, and for the champion always."""
    monkeypatch.setattr(agent_module, "demonstrations", lambda *given: demonstrations(*given, BATTLES))
    for taught, good in ((leaking, True), (plan, False), (None, False)):
        learner = Learner(stage, squad, settings, 0, None)
        agent = learner._agent
        if taught:
            learner.teach(taught)
            assert agent.policy.schedule.hold == 1.0
        for stars in (3, 2, 0):
            agent.remember(views[0], NOTHING, None, "won" if stars else "lost", stars)
        assert list(agent.policy.schedule.recent) == [True, good, False]
        assert agent.champion.recent == (1, 3)


def test_a_plan_that_loses_shows_nothing(stage, squad, settings):
    """What does not win is no example, and no batch has any."""
    shown = demonstrations(solution("short_road"), stage, squad[:1], settings, 2)
    assert (shown.battles, len(shown.buffer)) == (0, 0)
    rng = np.random.default_rng(0)
    assert mixed_batch(shown.buffer, shown, 0.5, settings, rng) is None


def test_the_share_that_is_shown_falls_linearly_to_its_end():
    """By decisions of play."""
    settings = Settings(demonstrated=0.5, demonstrated_end=0.1, demonstrated_decisions=1000)
    shares = [share_shown(settings, decisions) for decisions in (0, 250, 500, 1000, 5000)]
    assert shares == pytest.approx([0.5, 0.4, 0.3, 0.1, 0.1])


def test_a_batch_has_its_share_of_demonstrations(shown, encoding, views, settings):
    """The last of it; before there is enough play only demonstrations, without any only play, else nothing."""
    rng, mark = np.random.default_rng(0), -77.0
    played = ReplayBuffer(encoding, 100, 1, 0.9)
    assert mixed_batch(played, None, 0.5, settings, rng) is None
    only = mixed_batch(played, shown, 0.5, settings, rng)
    assert (only.taught, len(only.actions)) == (4, 4)
    seen = look(views[0], encoding)
    for _ in range(settings.learning_starts + 5):
        played.add(played.add_frame(seen.observation, seen.legal), 0, mark, None)
    for share, taught in ((0.5, 4), (0.125, 1), (0.0, 0)):
        batch = mixed_batch(played, shown, share, settings, rng)
        assert batch.taught == taught
        assert ((batch.rewards == mark) == (np.arange(settings.batch_size) < settings.batch_size - taught)).all()
    for nothing in (None, Demonstrations(shown.buffer, 0, BATTLES)):
        batch = mixed_batch(played, nothing, 0.5, settings, rng)
        assert batch.taught == 0
        assert (batch.rewards == mark).all()


def test_a_learner_is_taught_before_it_starts(plan, stage, squad, settings, monkeypatch):
    """Updates from them are due, but only where nothing was learned; they stay apart from what was played."""
    monkeypatch.setattr(agent_module, "demonstrations", lambda *given: demonstrations(*given, BATTLES))
    learner = Learner(stage, squad, settings, 0, None)
    agent = learner._agent
    assert learner.teach(plan).battles > 0
    status = learner.status()
    assert (status["buffer"], status["decisions"], status["updates"]) == (0, 0, 0)
    assert learner.owed == settings.taught_updates
    assert (agent.shown.battles, status["epsilon"]) == (BATTLES, 0.0), "where the plan is good nothing is explored"
    while agent.learn():
        pass
    assert agent.dqn.updates == settings.taught_updates
    agent.teach(plan)
    assert learner.owed == 0


def test_a_plan_that_wins_nothing_owes_nothing(plan, stage, squad, settings, monkeypatch):
    """There is nothing to make updates from: play that waits until none is due goes on."""
    nothing = demonstrations(plan, stage, squad, settings, BATTLES)._replace(battles=0)
    monkeypatch.setattr(agent_module, "demonstrations", lambda *_: nothing)
    learner = Learner(stage, squad, settings, 0, None)
    learner.teach(plan)
    assert not learner._agent.learn()
    assert learner.owed == 0
