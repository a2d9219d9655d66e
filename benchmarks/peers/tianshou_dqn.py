"""Tianshou's DQN (https://tianshou.org) with masks and `is_double`, which together mask its target too.

Settings of its own example (examples/discrete/discrete_dqn.py): Adam 1e-3, three-step returns, batches of 64, an update
each 10 decisions, the target network replaced each 320 updates, a buffer of 20,000; changed: gamma, the network's
layers and epsilon (see peers.battles; 0.1 throughout there), and one battle at a time instead of ten.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from tianshou.algorithm.modelfree.dqn import DQN, DiscreteQLearningPolicy
from tianshou.algorithm.optim import AdamOptimizerFactory
from tianshou.data import Batch, ReplayBuffer
from tianshou.utils.net.common import Net
from tianshou.utils.torch_utils import policy_within_training_step, torch_train_mode

from peers.battles import GAMMA, HIDDEN, Choice, FlatBattles, epsilon
from peers.scripts import Shown, beginnings

EVERY = 10
"""Decisions from one update to the next."""


def _batch(field: FlatBattles) -> Batch:
    """What the policy takes: the observation and its mask, as a batch of one."""
    return Batch(obs=Batch(obs=field.seen[None], mask=field.action_masks()[None]), info=Batch())


def _learner(field: FlatBattles) -> tuple[Any, Any]:
    """Algorithm and policy."""
    shape, actions = field.observation_space.shape, field.action_space.n
    network = Net(state_shape=shape, action_shape=actions, hidden_sizes=HIDDEN)
    policy = DiscreteQLearningPolicy(model=network, action_space=field.action_space)
    made = DQN(
        policy=policy, optim=AdamOptimizerFactory(lr=1e-3), gamma=GAMMA, n_step_return_horizon=3,
        target_update_freq=320, is_double=True,
    )  # fmt: skip
    return made, policy


def _learn(
    stage: str, squad: Sequence[str] | None, seed: int, budget: int, shown: Sequence[Shown]
) -> Iterator[tuple[int, Choice]]:
    """Learn, with these experiences in the buffer at first."""
    torch.manual_seed(seed)
    np.random.seed(seed)  # noqa: NPY002  the library explores by the global generator
    field, buffer = FlatBattles(stage, squad), ReplayBuffer(20_000, random_seed=seed)
    algorithm, policy = _learner(field)
    field.reset(seed=seed)
    for one in shown:
        keep(buffer, one, truncated=False)

    def choose(field: FlatBattles) -> int:
        with torch.no_grad():
            return int(policy(_batch(field)).act[0])

    yield 0, choose
    decisions = 0
    while True:
        with policy_within_training_step(policy):
            for _ in range(EVERY):
                policy.set_eps_training(epsilon(decisions, budget))
                _collect(field, policy, buffer)
                decisions += 1
            with torch_train_mode(policy):
                algorithm.update(buffer, 64)
        yield decisions, choose


train, train_from_plan = beginnings(_learn)


def _collect(field: FlatBattles, policy: Any, buffer: ReplayBuffer) -> None:
    """Make one decision and keep it."""
    before, seen, legal = _batch(field), field.seen, field.action_masks()
    with torch.no_grad():
        action = int(policy.add_exploration_noise(policy(before).act, before)[0])
    after, reward, terminated, truncated, _ = field.step(action)
    keep(buffer, Shown(seen, legal, action, reward, after, field.action_masks(), terminated), truncated=truncated)
    if terminated or truncated:
        field.reset()


def keep(buffer: ReplayBuffer, one: Shown, *, truncated: bool) -> None:
    """Put an experience into the buffer."""
    before, after = Batch(obs=one.before, mask=one.legal), Batch(obs=one.after, mask=one.after_legal)
    end = {"terminated": one.ended, "truncated": truncated}
    buffer.add(Batch(obs=before, act=one.action, rew=one.reward, obs_next=after, info=Batch(), **end))
