"""The target respects the next state's mask, and no infinity enters a loss or a weight."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
import torch

from learning.agent import Agent
from learning.dqn import Dqn, Update, best_legal, double_target
from learning.reward import LARGEST_RETURN


@pytest.fixture
def batch(stage, squad, settings, views):
    """Sixteen experiences played on the stage, all different."""
    agent = Agent(stage, squad, settings, 0)
    for before, after in pairwise(views[:40]):
        agent.remember(before, agent.policy.decide(before).action, after)
    return agent.buffer.batch(np.arange(16))


def test_the_target_takes_only_actions_that_are_legal_in_the_next_state():
    """An illegal action with the highest score changes nothing; without the mask it would."""
    online, target = torch.tensor([[1.0, 2.0, 9.0]]), torch.tensor([[0.1, 0.2, 50.0]])
    one = torch.ones(1)
    masked = double_target(one, one * 0.5, online, target, torch.tensor([[True, True, False]]))
    assert masked.item() == pytest.approx(1 + 0.5 * 0.2)
    unmasked = double_target(one, one * 0.5, online, target, torch.tensor([[True, True, True]]))
    assert unmasked.item() == pytest.approx(1 + 0.5 * 50)


def test_the_choice_is_the_online_network_s_and_the_value_the_target_s():
    """That is double Q-learning: an action that one of the networks overrates does not raise the target."""
    online, target = torch.tensor([[3.0, 2.0]]), torch.tensor([[1.0, 7.0]])
    legal = torch.ones(1, 2, dtype=torch.bool)
    assert double_target(torch.zeros(1), torch.ones(1), online, target, legal).item() == 1.0


def test_infinity_never_enters_arithmetic():
    """At the end of a battle the discount is 0, and the target is the reward, even where only waiting is legal."""
    legal = torch.tensor([[True, False]])
    scores = torch.tensor([[math.nan, -1e30]]).nan_to_num(-5.0)
    assert best_legal(scores, legal).item() == 0
    target = double_target(torch.tensor([2.0]), torch.zeros(1), scores, scores, legal)
    assert target.item() == 2.0


def test_an_update_of_states_where_only_waiting_is_legal_stays_finite(encoding, settings, batch):
    """Losses and weights stay numbers when every mask has a single action."""
    only_wait = np.zeros_like(batch.legal)
    only_wait[:, 0] = True
    dqn = Dqn(encoding, settings, 0)
    narrow = batch._replace(legal=only_wait, after_legal=only_wait, actions=np.zeros_like(batch.actions))
    for _ in range(3):
        assert math.isfinite(dqn.update(narrow).loss)
    assert all(torch.isfinite(weight).all() for weight in dqn.online.parameters())


def test_learning_from_one_batch_fits_it(encoding, settings, batch):
    """Repeated updates bring the scores to the rewards when no state follows."""
    dqn = Dqn(encoding, settings, 0)
    final = batch._replace(discounts=np.zeros_like(batch.discounts), rewards=np.linspace(-1, 1, 16, dtype=np.float32))
    first = dqn.update(final).loss
    for _ in range(120):
        last = dqn.update(final).loss
    assert last < first / 5


def test_the_target_network_follows_slowly(encoding, settings, batch):
    """After one update it has gone the share tau of the way."""
    dqn = Dqn(encoding, settings, 0)
    before = dqn.target.value.weight.clone()
    dqn.update(batch)
    way = dqn.online.value.weight - before
    assert torch.allclose(dqn.target.value.weight - before, settings.tau * way, atol=1e-7)


def test_the_alarm_rings_when_q_is_larger_than_any_return(encoding, settings):
    """No return can be that large, so the network diverges."""
    dqn = Dqn(encoding, settings, 0)
    dqn.last = Update(0.1, LARGEST_RETURN - 0.01)
    assert dqn.alarm is None
    dqn.last = Update(0.1, 8.5)
    assert "8.50" in dqn.alarm


def test_a_snapshot_is_frozen(encoding, settings, batch, views):
    """The policy's weights stay frozen until the next snapshot is published."""
    from learning.observation import look

    dqn = Dqn(encoding, settings, 0)
    snapshot, view = dqn.snapshot(), views[0]
    before = snapshot.scores(look(view, encoding).observation, encoding.legal(view))
    dqn.update(batch)
    assert torch.equal(before, snapshot.scores(look(view, encoding).observation, encoding.legal(view)))
    assert not torch.equal(before, dqn.snapshot().scores(look(view, encoding).observation, encoding.legal(view)))
