"""The agent learns from what it is told, repeatably, and goes on from a checkpoint as if nothing had happened."""

from __future__ import annotations

import numpy as np
import torch
from levels import CATALOGUE

from game.actions import NOTHING
from game.levels.stage import load_stage, shipped_stages
from game.simulator.battle import Battle
from learning import checkpoint
from learning.agent import Agent
from learning.training import learn_battle


def weights(agent):
    """All of the online network's numbers in one row."""
    return torch.cat([one.detach().flatten() for one in agent.dqn.online.parameters()])


def play_battles(agent, stage, squad, seeds):
    """Learn from battles with these seeds."""
    for seed in seeds:
        learn_battle(agent, Battle(stage, squad, seed=seed))


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(stage, squad, settings):
    """Nothing but the seed decides: not the clock, not a global generator."""
    agents = [Agent(stage, squad, settings, seed) for seed in (1, 1, 2)]
    for agent in agents:
        play_battles(agent, stage, squad, range(2))
    assert agents[0].dqn.updates > 5
    assert torch.equal(weights(agents[0]), weights(agents[1]))
    assert not torch.equal(weights(agents[0]), weights(agents[2]))


def test_going_on_from_a_checkpoint_is_going_on(stage, squad, settings, tmp_path):
    """Interrupted or not, the weights are the same to the last bit after the next battle; epsilon does not restart."""
    agent = Agent(stage, squad, settings, 3)
    play_battles(agent, stage, squad, range(2))
    checkpoint.write(tmp_path, agent.checkpoint())
    other = Agent(stage, squad, settings, 99)
    assert other.restore(checkpoint.read_newest(tmp_path)[0]) == ()
    assert other.policy.schedule.epsilon == agent.policy.schedule.epsilon < settings.epsilon_start
    assert len(other.replay) == len(agent.replay)
    agent.publish()  # as restoring does; it would still decide by older weights
    for one in (agent, other):
        play_battles(one, stage, squad, [2])
    assert torch.equal(weights(agent), weights(other))


def test_another_squad_or_stage_takes_the_weights_and_leaves_the_buffer(stage, squad, settings):
    """What was learned of operators and tiles goes on; experiences of another ground would mislead. A line says so."""
    agent = Agent(stage, squad, settings, 0)
    play_battles(agent, stage, squad, range(2))
    elsewhere = load_stage(shipped_stages()[-1], CATALOGUE)
    for other in (Agent(stage, squad[:7], settings, 5), Agent(elsewhere, squad, settings, 5)):
        (note,) = other.restore(agent.checkpoint())
        assert stage.name in note
        assert torch.equal(weights(other), weights(agent))
        assert len(other.replay) == 0
        assert other.policy.schedule.decisions == 0
        play_battles(other, other.ground.stage, other.ground.squad, [0])


def test_decisions_that_follow_one_another_share_their_frame(stage, squad, settings, views):
    """A view that is one decision's end and the next one's beginning is kept once."""
    agent = Agent(stage, squad, settings, 0)
    for step in range(10):
        agent.remember(views[step], NOTHING, views[step + 1])
    assert len(agent.replay) == 11
    agent.remember(views[20], NOTHING, None, "lost")
    assert len(agent.replay) == 12
    assert agent.replay.arrays["complete"][:10].all()


def test_a_battle_broken_off_teaches_what_it_can(stage, squad, settings, views):
    """Without an outcome nothing is invented: what is pending ends at the last view."""
    agent = Agent(stage, squad, settings, 0)
    agent.remember(views[0], NOTHING, views[1])
    agent.remember(views[1], NOTHING, None)
    assert agent.replay.arrays["complete"][:2].tolist() == [True, False]
    assert agent.replay.arrays["steps"][0] == 1
    assert agent.battles == 0


def test_nothing_is_learned_before_the_buffer_is_warm(stage, squad, settings, views):
    """The first batches are not drawn from three frames; afterwards each decision earns its updates, no more."""
    agent = Agent(stage, squad, settings, 0)
    done = 0
    for step in range(60):
        agent.remember(views[step % 30], NOTHING, views[step % 30 + 1])
        done += agent.learn()
        assert not done or len(agent.replay) > settings.warm_up
        assert not agent.learn()
    assert 0 < done <= 60
    assert np.isfinite(agent.dqn.last.loss)
