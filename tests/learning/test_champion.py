"""The champion: significantly worse play brings it back, chance does not, and it outlives a restart."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch

from game.actions import NOTHING
from learning.agent import Agent
from learning.champion import BATTLES, FIRST_WAIT, LONGEST_WAIT, Champion, Tally, chance_of_fewer
from learning.observation import look


def results(text):
    """The changes after each battle: + is a clean one."""
    champion = Champion()
    return champion, [champion.settle(clean=one == "+") for one in text]


def settled(agent, view, results):
    """Have an agent remember battles of one decision with these results."""
    for one in results:
        agent.remember(view, NOTHING, None, "won", 3 if one == "+" else 2)


def spoil(agent):
    """Learning goes wrong: all weights are other ones."""
    with torch.no_grad():
        for weights in agent.dqn.online.parameters():
            weights.add_(1.0)


def same(network, weights):
    """Whether a network has exactly these weights."""
    return all(torch.equal(value, weights[name]) for name, value in network.state_dict().items())


@pytest.fixture
def agent(stage, squad, settings):
    """An agent whose updates are made by the test."""
    return Agent(stage, squad, settings, 0)


def test_the_test_is_fishers():
    """Worked by hand: of 10 battles 6 are clean; of 5 of them at most one is in 5 of 210 cases."""
    assert chance_of_fewer(Tally(1, 5), Tally(5, 5)) == pytest.approx(5 / 210)
    assert chance_of_fewer(Tally(0, 3), Tally(20, 20)) == pytest.approx(1 / 1771)
    assert chance_of_fewer(Tally(20, 20), Tally(3, 20)) == pytest.approx(1.0)
    assert chance_of_fewer(Tally(0, 0), Tally(20, 20)) == 1.0


def test_the_best_twenty_battles_make_the_champion():
    """The first twenty whatever they are, later ones if they are at least as good."""
    champion, changes = results("-" * BATTLES)
    assert changes == [None] * 19 + ["kept"]
    assert champion.record == Tally(0, 20)
    champion, changes = results("+-" * 10 + "+--" + "+-" * 10)
    assert changes.count("kept") == 2
    assert champion.record == Tally(10, 20)


def test_spoilt_weights_bring_the_champion_back(agent, views):
    """Online and target network, and what decides; three leaks in a row after twenty clean battles are enough."""
    settled(agent, views[0], "+" * BATTLES)
    best = {name: value.clone() for name, value in agent.dqn.online.state_dict().items()}
    before = agent.policy.snapshot.scores(*look(views[5], agent.encoding)[:2])
    spoil(agent)
    agent.publish()
    settled(agent, views[0], "--")
    assert agent.champion.put_back == 0
    settled(agent, views[0], "-")
    assert agent.champion.put_back == 1
    assert same(agent.dqn.online, best)
    assert same(agent.dqn.target, best)
    assert torch.equal(agent.policy.snapshot.scores(*look(views[5], agent.encoding)[:2]), before)
    assert all((value == 0).all() for value in agent.dqn.optimiser.memory().values())


def test_a_lucky_streak_brings_nothing_back(agent, views):
    """After twenty clean battles five of seven, evenly spread, may be chance."""
    settled(agent, views[0], "+" * BATTLES)
    spoil(agent)
    kept = {name: value.clone() for name, value in agent.dqn.online.state_dict().items()}
    settled(agent, views[0], "+++-++-" * 12)
    assert agent.champion.put_back == 0
    assert same(agent.dqn.online, kept)


@pytest.mark.parametrize("rate", [0.3, 0.7, 0.95])
def test_chance_alone_hardly_ever_brings_it_back(rate):
    """In 10,000 battles of one true rate: less than once in 1,000, as the docstring of LEVEL has it."""
    champion, chance = Champion(), random.Random(5)
    for _ in range(10_000):
        champion.settle(clean=chance.random() < rate)
    assert champion.put_back < 10
    assert champion.kept > 5


def test_a_harder_game_does_not_put_it_back_for_ever():
    """What was put back once has its record taken anew: at the new rate learning goes on from there."""
    champion, chance = Champion(), random.Random(1)
    results = [True] * 100 + [chance.random() < 0.3 for _ in range(2_000)]
    changes = [champion.settle(clean=clean) for clean in results]
    assert 1 <= changes.count("put back") <= 3
    assert champion.record is not None
    assert champion.record.clean < 16


def test_trouble_that_is_not_in_the_weights_does_not_cost_the_champion():
    """While nothing can be won, no other weights take its place; it is tried again after waits that grow, and so it is
    there again soon after the trouble has ended, although the record taken meanwhile is the worst there can be.
    """
    champion, changes = results("+" * BATTLES + "-" * 3_000)
    assert changes.count("kept") == 1
    assert champion.best == Tally(20, 20)
    back = [number for number, change in enumerate(changes) if change == "put back"]
    assert back[1] - back[0] == FIRST_WAIT
    waits = np.diff(back)[1:]
    assert (waits == np.minimum(FIRST_WAIT * 2 ** np.arange(1, len(waits) + 1), LONGEST_WAIT)).all()


def test_it_outlives_a_restart(agent, stage, squad, settings, views):
    """A restored agent puts back the same weights after the same battles."""
    settled(agent, views[0], "+" * BATTLES)
    best = {name: value.clone() for name, value in agent.dqn.online.state_dict().items()}
    spoil(agent)
    settled(agent, views[0], "--")
    other = Agent(stage, squad, settings, 9)
    assert other.restore(agent.checkpoint()) == ()
    assert other.champion.status() == agent.champion.status()
    assert not same(other.dqn.online, best)
    settled(other, views[0], "-")
    assert same(other.dqn.online, best)
    assert np.isfinite(other.policy.decide(views[5]).q)


def test_a_checkpoint_without_one_is_read(agent, stage, squad, settings, views):
    """Those of version 0.1 have none; the twenty battles after it make the first."""
    settled(agent, views[0], "+-")
    kept = agent.checkpoint()
    del kept.facts["champion"]
    other = Agent(stage, squad, settings, 9)
    assert other.restore(kept) == ()
    assert other.champion.status()["record"] is None


def test_results_of_another_policy_say_nothing(agent, views):
    """Where the plan decides, neither luck nor failure changes the weights."""
    agent.decides = False
    settled(agent, views[0], "+" * 40 + "-" * 40)
    assert agent.champion.kept == agent.champion.put_back == 0
