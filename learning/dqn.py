"""Double DQN with legal actions only: one update of the online network, and the target it learns from."""

from __future__ import annotations

import copy
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from game.errors import HoldfastError
from learning.adam import Adam
from learning.encoding import StageEncoding
from learning.network import Snapshot, input_tensors, make_network, make_terrain
from learning.replay import Batch
from learning.reward import LARGEST_RETURN
from learning.settings import Settings


class DivergedError(HoldfastError):
    """The weights are no numbers any more."""


class Update(NamedTuple):
    """The figures of one update."""

    loss: float
    q_mean: float
    """Mean Q of the actions that were taken."""


def best_legal(scores: Tensor, legal: Tensor) -> Tensor:
    """[batch]: the legal action with the highest score. Infinities stay inside this function."""
    return scores.masked_fill(~legal, -torch.inf).argmax(dim=1)


def double_target(rewards: Tensor, discounts: Tensor, online: Tensor, target: Tensor, legal: Tensor) -> Tensor:
    """[batch]: rewards + discounts · Q_target(s', the best legal action of Q_online).

    `online`, `target` and `legal` are [batch, actions] of the *next* state.
    """
    choice = best_legal(online, legal)
    return rewards + discounts * target.gather(1, choice[:, None])[:, 0]


class Dqn:
    """Online and target network with their optimiser."""

    def __init__(self, encoding: StageEncoding, settings: Settings, seed: int) -> None:
        self.settings = settings
        self.terrain = make_terrain(encoding)
        self.online = make_network(encoding, settings, seed)
        self.target = copy.deepcopy(self.online).requires_grad_(requires_grad=False)
        self.optimiser = Adam(self.online.parameters(), settings.learning_rate)
        self.updates = 0
        self.last = Update(0.0, 0.0)

    @property
    def alarm(self) -> str | None:
        """A sentence when Q is larger than any return can be, which means that the target is wrong."""
        if self.last.q_mean <= LARGEST_RETURN:
            return None
        return f"mean Q is {self.last.q_mean:.2f} where no return exceeds {LARGEST_RETURN:.2f}: learning diverges"

    def update(self, batch: Batch) -> Update:
        """One step of gradient descent on the online network and a soft update of the target network."""
        targets = self._targets(batch)
        scores = self.online(input_tensors(batch.before, self.terrain), torch.from_numpy(batch.legal), self.terrain)
        taken = scores.gather(1, torch.from_numpy(batch.actions)[:, None])[:, 0]
        loss = functional.smooth_l1_loss(taken, targets)
        self.online.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        torch.nn.utils.clip_grad_norm_(self.online.parameters(), self.settings.max_grad_norm)
        self.optimiser.step()
        self._soft_update()
        self.updates += 1
        self.last = Update(loss.item(), taken.mean().item())
        return self.last

    @torch.no_grad()
    def _targets(self, batch: Batch) -> Tensor:
        """[batch]: the double-Q targets of the actions that were taken."""
        after, legal = input_tensors(batch.after, self.terrain), torch.from_numpy(batch.after_legal)
        online, target = (network(after, legal, self.terrain) for network in (self.online, self.target))
        return double_target(torch.from_numpy(batch.rewards), torch.from_numpy(batch.discounts), online, target, legal)

    @torch.no_grad()
    def _soft_update(self) -> None:
        """Move the target network towards the online one by `tau`."""
        for old, new in zip(self.target.parameters(), self.online.parameters(), strict=True):
            old.lerp_(new, self.settings.tau)

    def check(self) -> None:
        """Raise DivergedError where a weight is infinite or no number: such weights never decide and are never kept."""
        if not all(bool(torch.isfinite(weights).all()) for weights in self.online.parameters()):
            raise DivergedError(f"after {self.updates} updates the weights are no numbers: learning has diverged")

    def snapshot(self) -> Snapshot:
        """A frozen copy of the online weights."""
        return Snapshot(copy.deepcopy(self.online), self.terrain)
