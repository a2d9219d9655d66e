"""Double DQN with legal actions only: one update of the online network, and the target it learns from."""

from __future__ import annotations

import copy
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from learning.encoding import Ground
from learning.network import Snapshot, make_network, make_terrain, perceive
from learning.replay import Batch
from learning.reward import LARGEST_RETURN
from learning.settings import Settings


class Update(NamedTuple):
    """What one update showed."""

    loss: float
    q_mean: float
    """Mean Q of the actions that were taken."""


def best_legal(scores: Tensor, legal: Tensor) -> Tensor:
    """[batch]: the legal action with the highest score. Infinities stay inside this function."""
    return scores.masked_fill(~legal, -torch.inf).argmax(dim=1)


def double_target(rewards: Tensor, rest: Tensor, online: Tensor, target: Tensor, legal: Tensor) -> Tensor:
    """[batch]: rewards + rest · Q_target(s', the best legal action of Q_online), whose mask is the *next* state's."""
    choice = best_legal(online, legal)
    return rewards + rest * target.gather(1, choice[:, None])[:, 0]


class Dqn:
    """Online and target network with their optimiser."""

    def __init__(self, ground: Ground, settings: Settings, seed: int) -> None:
        self.settings = settings
        self.terrain = make_terrain(ground)
        self.online = make_network(ground, settings, seed)
        self.target = copy.deepcopy(self.online).requires_grad_(requires_grad=False)
        self.optimiser = torch.optim.Adam(self.online.parameters(), lr=settings.learning_rate, fused=True)
        self.updates = 0
        self.last = Update(0.0, 0.0)

    @property
    def alarm(self) -> str | None:
        """A sentence when Q is larger than any return can be, which means that the target is wrong."""
        if self.last.q_mean <= LARGEST_RETURN:
            return None
        return f"mean Q is {self.last.q_mean:.2f} where no return exceeds {LARGEST_RETURN:.2f}: learning diverges"

    def update(self, batch: Batch) -> Update:
        """One step of gradient descent, and the target network a little nearer."""
        goal = self._goal(batch)
        scores = self.online(perceive(batch.before, self.terrain), torch.from_numpy(batch.legal), self.terrain)
        taken = scores.gather(1, torch.from_numpy(batch.actions)[:, None])[:, 0]
        loss = functional.smooth_l1_loss(taken, goal)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        torch.nn.utils.clip_grad_norm_(self.online.parameters(), self.settings.max_gradient)
        self.optimiser.step()
        self._approach()
        self.updates += 1
        self.last = Update(loss.item(), taken.mean().item())
        return self.last

    @torch.no_grad()
    def _goal(self, batch: Batch) -> Tensor:
        """What the scores of the actions taken should have been."""
        after, legal = perceive(batch.after, self.terrain), torch.from_numpy(batch.after_legal)
        online, target = (network(after, legal, self.terrain) for network in (self.online, self.target))
        return double_target(torch.from_numpy(batch.rewards), torch.from_numpy(batch.rest), online, target, legal)

    @torch.no_grad()
    def _approach(self) -> None:
        """Move the target network towards the online one."""
        for old, new in zip(self.target.parameters(), self.online.parameters(), strict=True):
            old.lerp_(new, self.settings.target_rate)

    def snapshot(self) -> Snapshot:
        """A frozen copy of the online weights."""
        return Snapshot(copy.deepcopy(self.online), self.terrain)
