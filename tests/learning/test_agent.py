"""The agent learns repeatably and continues from a checkpoint exactly as without an interruption."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from levels import CATALOGUE

from game.actions import NOTHING
from game.levels.stage import load_stage, shipped_stages
from game.simulator.battle import Battle
from learning import checkpoint, encoding, reward
from learning.agent import OTHER_FINGERPRINT, Agent
from learning.training import learn_battle


def weights(agent):
    """All weights of the online network in one row."""
    return torch.cat([one.detach().flatten() for one in agent.dqn.online.parameters()])


def play_battles(agent, stage, squad, seeds):
    """Learn from battles with these seeds."""
    for seed in seeds:
        learn_battle(agent, Battle(stage, squad, seed=seed))


@pytest.fixture(scope="module")
def agent(stage, squad, settings):
    """An agent that has learned from two battles. Tests that change it take a copy."""
    one = Agent(stage, squad, settings, 3)
    play_battles(one, stage, squad, range(2))
    return one


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(agent, stage, squad, settings):
    """Weights depend on the seed alone: not on the clock, not on a global generator."""
    same, other = (Agent(stage, squad, settings, seed) for seed in (3, 4))
    for one in (same, other):
        play_battles(one, stage, squad, range(2))
    assert agent.dqn.updates > 5
    assert torch.equal(weights(agent), weights(same))
    assert not torch.equal(weights(agent), weights(other))


def test_an_agent_continues_from_a_checkpoint_as_if_not_interrupted(agent, stage, squad, settings, tmp_path):
    """After the next battle the weights are the same to the last bit; epsilon does not restart."""
    agent = copy.deepcopy(agent)
    checkpoint.write(tmp_path, agent.checkpoint())
    other = Agent(stage, squad, settings, 99)
    assert other.restore(checkpoint.read_newest(tmp_path)[0]) == ()
    assert other.policy.schedule.epsilon == agent.policy.schedule.epsilon < settings.epsilon_start
    assert len(other.buffer) == len(agent.buffer)
    agent.publish()  # as restoring does; otherwise it would decide by older weights
    for one in (agent, other):
        play_battles(one, stage, squad, [2])
    assert torch.equal(weights(agent), weights(other))


def test_another_squad_or_stage_takes_the_weights_and_leaves_the_buffer(agent, stage, squad, settings):
    """Weights fit every stage and squad, experiences do not. A line says so."""
    elsewhere = load_stage(shipped_stages()[-1], CATALOGUE)
    for other in (Agent(stage, squad[:7], settings, 5), Agent(elsewhere, squad, settings, 5)):
        (note,) = other.restore(agent.checkpoint())
        assert stage.name in note
        assert torch.equal(weights(other), weights(agent))
        assert len(other.buffer) == 0
        assert other.policy.schedule.decisions == 0
        play_battles(other, other.encoding.stage, other.encoding.squad, [0])


@pytest.mark.parametrize("change", ["reward", "encoding", "discount", "older"])
def test_a_buffer_of_another_reward_or_encoding_is_refused(change, agent, stage, squad, settings, monkeypatch):
    """Its numbers would be misread without an error. Weights and exploration go on; one line says what does not.

    A checkpoint without a fingerprint is an older one, whose reward and encoding are unknown.
    """
    kept = agent.checkpoint()
    if change == "reward":
        monkeypatch.setattr(reward, "WEIGHTS", reward.WEIGHTS._replace(idle=-0.01))
    elif change == "encoding":
        monkeypatch.setitem(encoding.LAYOUT, "strength_unit", 80.0)
    elif change == "discount":
        settings = settings.model_copy(update={"discount": 0.9})
    else:
        del kept.facts["fingerprint"]
    other = Agent(stage, squad, settings, 5)
    (note,) = other.restore(kept)
    assert note == OTHER_FINGERPRINT
    assert "\n" not in note
    assert torch.equal(weights(other), weights(agent))
    assert (len(other.buffer), other.credit) == (0, 0.0)
    assert not other.learn(), "an empty buffer owes no updates, or lock-step play would wait for them"
    assert other.policy.schedule.decisions == agent.policy.schedule.decisions > 0


def test_decisions_that_follow_one_another_share_their_frame(stage, squad, settings, views):
    """A view after one decision and before the next one is stored once."""
    agent = Agent(stage, squad, settings, 0)
    for step in range(10):
        agent.remember(views[step], NOTHING, views[step + 1])
    assert len(agent.buffer) == 11
    agent.remember(views[20], NOTHING, None, "lost")
    assert len(agent.buffer) == 12
    assert agent.buffer.arrays["complete"][:10].all()


def test_a_battle_broken_off_teaches_what_it_can(stage, squad, settings, views):
    """Without an outcome no end is assumed: pending experiences end at the last view."""
    agent = Agent(stage, squad, settings, 0)
    agent.remember(views[0], NOTHING, views[1])
    agent.remember(views[1], NOTHING, None)
    assert agent.buffer.arrays["complete"][:2].tolist() == [True, False]
    assert agent.buffer.arrays["steps"][0] == 1
    assert agent.battles == 0


def test_no_update_is_made_before_learning_starts(stage, squad, settings, views):
    """No batch is drawn from a few frames only; afterwards each decision is followed by its share of updates."""
    agent = Agent(stage, squad, settings, 0)
    done = 0
    for step in range(60):
        agent.remember(views[step % 30], NOTHING, views[step % 30 + 1])
        done += agent.learn()
        assert not done or len(agent.buffer) > settings.learning_starts
        assert not agent.learn()
    assert 0 < done <= 60
    assert np.isfinite(agent.dqn.last.loss)
