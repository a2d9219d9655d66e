"""The target respects the next state's mask, and no infinity enters a loss or a weight."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
import torch

from learning.agent import Agent
from learning.dqn import Dqn, Update, best_legal, best_score, device_of, margin_loss
from learning.network import input_tensors, make_network, make_terrain
from learning.reward import LARGEST_RETURN


@pytest.fixture
def batch(stage, squad, settings, views):
    """Sixteen experiences played on the stage, all different."""
    agent = Agent(stage, squad, settings, 0)
    for before, after in pairwise(views[:40]):
        agent.remember(before, agent.policy.decide(before).action, after)
    return agent.buffer.batch(np.arange(16))


@pytest.fixture(scope="module")
def terrain(encoding):
    """The stage as tensors."""
    return make_terrain(encoding)


@pytest.fixture
def two_minds(encoding, settings):
    """Networks that agree in nothing: online of one seed, target of another."""
    dqn = Dqn(encoding, settings, 0)
    dqn.target = make_network(encoding, settings, 7).requires_grad_(requires_grad=False)
    return dqn


def scores_after(dqn, batch, terrain):
    """What both networks say of every action of the next states."""
    with torch.no_grad():
        after = input_tensors(batch.after)
        return dqn.online(after, terrain), dqn.target(after, terrain)


def test_the_target_takes_only_actions_that_are_legal_in_the_next_state(two_minds, batch, terrain):
    """Where the best action of all is illegal, the best legal one counts; without the mask it would be another."""
    online, target = scores_after(two_minds, batch, terrain)
    legal = batch.after_legal.copy()
    legal[np.arange(16), online.argmax(dim=1)] = False
    legal[:, 0] = True
    best = np.where(legal, online.numpy(), -np.inf).argmax(axis=1)
    found = two_minds._targets(batch._replace(after_legal=legal), terrain)
    value = target.numpy()[np.arange(16), best]
    assert found.tolist() == pytest.approx((batch.rewards + batch.discounts * value).tolist(), abs=1e-5)
    unmasked = two_minds._targets(batch._replace(after_legal=np.ones_like(legal)), terrain)
    value = target.numpy()[np.arange(16), online.argmax(dim=1)]
    assert unmasked.tolist() == pytest.approx((batch.rewards + batch.discounts * value).tolist(), abs=1e-5)
    assert (found != unmasked).any()


def test_no_score_of_an_illegal_action_enters_the_target(two_minds, batch, terrain, monkeypatch):
    """However large it is, in whichever network: the targets stay the same to the last bit."""
    before, forward = two_minds._targets(batch, terrain), type(two_minds.online).forward
    illegal = torch.from_numpy(~batch.after_legal)
    monkeypatch.setattr(
        type(two_minds.online), "forward", lambda self, *given: forward(self, *given) + 1e9 * illegal.float()
    )
    assert torch.equal(two_minds._targets(batch, terrain), before)


def test_the_choice_is_the_online_network_s_and_the_value_the_target_s(two_minds, batch, terrain):
    """That is double Q-learning: an action that one of the networks overrates does not raise the target."""
    online, target = scores_after(two_minds, batch, terrain)
    legal = torch.from_numpy(batch.after_legal)
    choice, other = best_legal(online, legal), best_legal(target, legal)
    differ = (choice != other).numpy()
    assert differ.any(), "otherwise this shows nothing"
    values = (two_minds._targets(batch, terrain).numpy() - batch.rewards) / batch.discounts
    assert values.tolist() == pytest.approx(target[torch.arange(16), choice].tolist(), abs=1e-4)
    assert (values[differ] < target.numpy()[np.arange(16), other][differ] + 1e-4).all()


def test_infinity_never_enters_arithmetic(two_minds, batch, terrain):
    """At the end of a battle the discount is 0, and the target is the reward, even where only waiting is legal."""
    legal = torch.tensor([[True, False]])
    scores = torch.tensor([[-1e30, 5.0]])
    assert best_legal(scores, legal).item() == 0
    assert best_score(scores, legal).item() == torch.tensor(-1e30).item()
    only_wait = np.zeros_like(batch.after_legal)
    only_wait[:, 0] = True
    over = batch._replace(discounts=np.zeros_like(batch.discounts), after_legal=only_wait)
    assert two_minds._targets(over, terrain).tolist() == pytest.approx(over.rewards.tolist())


def test_a_demonstrated_action_is_to_lead_all_other_legal_ones_by_the_margin():
    """0 where it does; else what it lacks. Illegal actions never count, however high their score."""
    scores = torch.tensor([[0.8, 1.0, 9.0], [0.9, 1.0, 9.0], [1.0, 0.5, 9.0], [1.0, -1.0, 9.0]])
    legal, actions = torch.tensor([[True, True, False]] * 4), torch.ones(4, dtype=torch.int64)
    assert margin_loss(scores, actions, legal, 0.2).tolist() == pytest.approx([0.0, 0.1, 0.7, 2.2], abs=1e-6)
    assert margin_loss(scores, actions, legal, 0.0).tolist() == pytest.approx([0.0, 0.0, 0.5, 2.0], abs=1e-6)
    assert margin_loss(scores, actions, ~legal | legal, 0.0)[0].item() == 8.0


def test_a_demonstrated_wait_need_not_lead():
    """That a plan waits does not say that anything else would be worse."""
    scores, legal = torch.tensor([[0.0, 5.0], [3.0, 5.0]]), torch.ones(2, 2, dtype=torch.bool)
    assert margin_loss(scores, torch.zeros(2, dtype=torch.int64), legal, 0.2).tolist() == [0.0, 0.0]


def test_demonstrated_actions_come_to_lead(encoding, settings, batch, terrain):
    """Of a batch that is all demonstrations; play is not forced to lead."""
    lacks = []
    for taught in (16, 0):
        dqn = Dqn(encoding, settings.model_copy(update={"learning_rate": 0.002, "margin_weight": 2.0}), 0)
        given = batch._replace(taught=taught, discounts=np.zeros_like(batch.discounts))
        lacks.append(lack_of(dqn, given, terrain))
        for _ in range(25):
            assert math.isfinite(dqn.update(given, terrain).loss)
        lacks.append(lack_of(dqn, given, terrain))
    before, taught, _, played = lacks
    assert taught < before / 4
    assert played > before / 2


def test_a_batch_may_have_any_number_of_demonstrations(encoding, settings, batch, terrain):
    """None, some, all: the loss without the margin is the same."""
    losses = []
    for taught in (0, 5, 16):
        dqn = Dqn(encoding, settings.model_copy(update={"margin_weight": 0.0}), 0)
        losses.append(dqn.update(batch._replace(taught=taught), terrain))
    assert losses[1] == pytest.approx(losses[0], abs=1e-5)
    assert losses[2] == pytest.approx(losses[0], abs=1e-5)


@torch.no_grad()
def lack_of(dqn, batch, terrain):
    """What the actions lack to lead by the margin, on average."""
    scores, legal = dqn.online(input_tensors(batch.before), terrain), torch.from_numpy(batch.legal)
    return margin_loss(scores, torch.from_numpy(batch.actions), legal, dqn.settings.margin).mean().item()


def test_an_update_of_states_where_only_waiting_is_legal_stays_finite(encoding, settings, batch, terrain):
    """Losses and weights stay numbers when every mask has a single action."""
    only_wait = np.zeros_like(batch.legal)
    only_wait[:, 0] = True
    dqn = Dqn(encoding, settings, 0)
    narrow = batch._replace(legal=only_wait, after_legal=only_wait, actions=np.zeros_like(batch.actions))
    for _ in range(3):
        assert math.isfinite(dqn.update(narrow, terrain).loss)
    assert all(torch.isfinite(weight).all() for weight in dqn.online.parameters())


def test_learning_from_one_batch_fits_it(encoding, settings, batch, terrain):
    """Repeated updates bring the scores to the rewards when no state follows."""
    dqn = Dqn(encoding, settings, 0)
    final = batch._replace(discounts=np.zeros_like(batch.discounts), rewards=np.linspace(-1, 1, 16, dtype=np.float32))
    first = dqn.update(final, terrain).loss
    for _ in range(120):
        last = dqn.update(final, terrain).loss
    assert last < first / 5


def test_the_target_network_follows_slowly(encoding, settings, batch, terrain):
    """After one update it has gone the share tau of the way."""
    dqn = Dqn(encoding, settings, 0)
    before = dqn.target.value.weight.clone()
    dqn.update(batch, terrain)
    way = dqn.online.value.weight - before
    assert torch.allclose(dqn.target.value.weight - before, settings.tau * way, atol=1e-7)


def test_the_alarm_rings_when_q_is_larger_than_any_return(encoding, settings):
    """No return can be that large, so the network diverges."""
    dqn = Dqn(encoding, settings, 0)
    dqn.last = Update(0.1, LARGEST_RETURN - 0.01)
    assert dqn.alarm is None
    dqn.last = Update(0.1, 8.5)
    assert "8.50" in dqn.alarm


def test_a_snapshot_is_frozen(encoding, settings, batch, terrain, views):
    """The policy's weights stay frozen until the next snapshot is published."""
    from learning.observation import look

    dqn = Dqn(encoding, settings, 0)
    snapshot, view = dqn.snapshot(terrain), views[0]
    before = snapshot.scores(look(view, encoding).observation, encoding.legal(view))
    dqn.update(batch, terrain)
    assert torch.equal(before, snapshot.scores(look(view, encoding).observation, encoding.legal(view)))
    assert not torch.equal(before, dqn.snapshot(terrain).scores(look(view, encoding).observation, encoding.legal(view)))


def parameters(network):
    """The weights by name, as copies."""
    return {name: value.clone() for name, value in network.state_dict().items()}


def test_frozen_layers_do_not_move(encoding, settings, batch, terrain):
    """The layers that read tiles and operators stay to the last bit, also with weight decay; all others move."""
    dqn = Dqn(encoding, settings.model_copy(update={"freeze": True, "weight_decay": 0.1}), 0)
    before = parameters(dqn.online)
    for _ in range(3):
        dqn.update(batch._replace(taught=4), terrain)
    after = parameters(dqn.online)
    assert {name for name in before if torch.equal(before[name], after[name])} == {
        f"{layer}.{kind}" for layer in ("near", "mix", "squad") for kind in ("weight", "bias")
    }
    dqn.begin_with(before)
    dqn.update(batch, terrain)
    assert torch.equal(dqn.online.near.weight, before["near.weight"])


@pytest.mark.parametrize("taught", [0, 5, 16])
def test_parts_of_a_batch_have_the_gradient_of_the_whole(encoding, settings, batch, terrain, taught):
    """2 x 8 or 3 parts of unequal length are a batch of 16, whatever share of it is demonstrated."""
    gradients, figures = [], []
    for parts in (1, 2, 3):
        dqn = Dqn(encoding, settings.model_copy(update={"accumulation": parts}), 0)
        figures.append(dqn.update(batch._replace(taught=taught), terrain))
        gradients.append([one.grad for one in dqn.online.parameters()])
    for gradient, figure in zip(gradients[1:], figures[1:], strict=True):
        torch.testing.assert_close(gradient, gradients[0], rtol=1e-4, atol=1e-6)
        assert figure == pytest.approx(figures[0], rel=1e-5)


def test_all_tensors_of_an_update_are_made_on_its_device(encoding, settings, batch, terrain):
    """On the device "meta", which has no numbers, a tensor from elsewhere would end in an error."""
    dqn = Dqn(encoding, settings, 0)
    dqn.device = torch.device("meta")
    dqn.online.to(dqn.device)
    dqn.target.to(dqn.device)
    there = terrain.to(dqn.device)
    assert {one.device.type for one in there if isinstance(one, torch.Tensor)} == {"meta"}
    for taught in (0, 4, 16):
        share = batch._replace(taught=taught)
        assert dqn._backward(share.part(0, 1), there, share).device.type == "meta"
    assert all(one.grad is not None for one in dqn.online.parameters())


def test_without_a_gpu_device_and_precision_change_nothing(encoding, settings, batch, terrain, monkeypatch):
    """The CPU is used, in full precision, to the last bit."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    found = []
    for changed in ({"device": "cpu"}, {"device": "auto"}, {"mixed_precision": True}):
        dqn = Dqn(encoding, settings.model_copy(update=changed), 0)
        dqn.update(batch._replace(taught=4), terrain)
        assert {one.device.type for one in dqn.online.parameters()} == {"cpu"}
        found.append(parameters(dqn.online))
    for other in found[1:]:
        assert all(torch.equal(value, found[0][name]) for name, value in other.items())


def test_mixed_precision_has_about_the_same_gradient(encoding, settings, batch, terrain):
    """In bfloat16 too, which the CPU can do as well, every weight has one; figures differ by a few per cent."""
    exact, mixed = Dqn(encoding, settings, 0), Dqn(encoding, settings, 0)
    mixed._precision = lambda: torch.autocast("cpu", torch.bfloat16, cache_enabled=False)
    first, second = (dqn.update(batch._replace(taught=4), terrain) for dqn in (exact, mixed))
    assert second.loss == pytest.approx(first.loss, rel=0.05)
    norms = [torch.cat([one.grad.flatten() for one in dqn.online.parameters()]).norm() for dqn in (exact, mixed)]
    assert norms[1] == pytest.approx(float(norms[0]), rel=0.05)


def test_a_gpu_is_used_where_there_is_one(settings, monkeypatch):
    """Unless device = "cpu" says otherwise."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert device_of(settings).type == "cuda"
    assert device_of(settings.model_copy(update={"device": "cpu"})).type == "cpu"
