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
from learning.network import Inputs, Snapshot, Terrain, input_tensors, make_network
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


def best_score(scores: Tensor, legal: Tensor) -> Tensor:
    """[batch]: the highest score of a legal action. Infinities stay inside this function: waiting is always legal."""
    return scores.masked_fill(~legal, -torch.inf).amax(dim=1)


def margin_loss(scores: Tensor, actions: Tensor, legal: Tensor, margin: float) -> Tensor:
    """[batch]: how far the demonstrated action is from leading all other legal ones by the margin; 0 where it does.

    The large-margin loss of DQfD (Hester et al. 2018), over legal actions only. It is 0 for a wait too: that a plan
    waits, or has ended, does not say that anything else would be worse.
    """
    ahead = torch.full_like(scores, margin).scatter_(1, actions[:, None], 0.0)
    behind = best_score(scores + ahead, legal) - scores.gather(1, actions[:, None])[:, 0]
    return behind * (actions > 0)


class Dqn:
    """Online and target network with their optimiser, for any stage and squad: each call says for which terrain."""

    def __init__(self, encoding: StageEncoding, settings: Settings, seed: int) -> None:
        self.settings = settings
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

    def update(self, batch: Batch, terrain: Terrain) -> Update:
        """One step of gradient descent on the online network and a soft update of the target network."""
        targets, actions = self._targets(batch, terrain), torch.from_numpy(batch.actions)
        inputs, own, loss, taken = input_tensors(batch.before), len(actions) - batch.taught, torch.zeros(()), []
        if own:
            taken.append(self.online.taken(Inputs(*(part[:own] for part in inputs)), actions[:own], terrain))
        if batch.taught:
            scores = self.online(Inputs(*(part[own:] for part in inputs)), terrain)
            legal, shown = torch.from_numpy(batch.legal[own:]), actions[own:]
            loss = self.settings.margin_weight * margin_loss(scores, shown, legal, self.settings.margin).mean()
            taken.append(scores.gather(1, shown[:, None])[:, 0])
        values = torch.cat(taken)
        loss = loss + functional.smooth_l1_loss(values, targets)
        self.online.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        torch.nn.utils.clip_grad_norm_(self.online.parameters(), self.settings.max_grad_norm)
        self.optimiser.step()
        self._soft_update()
        self.updates += 1
        self.last = Update(loss.item(), values.mean().item())
        return self.last

    @torch.no_grad()
    def _targets(self, batch: Batch, terrain: Terrain) -> Tensor:
        """[batch]: the double-Q targets of the actions that were taken."""
        after, legal = input_tensors(batch.after), torch.from_numpy(batch.after_legal)
        choice = best_legal(self.online(after, terrain), legal)
        value = self.target.taken(after, choice, terrain)
        return torch.from_numpy(batch.rewards) + torch.from_numpy(batch.discounts) * value

    @torch.no_grad()
    def _soft_update(self) -> None:
        """Move the target network towards the online one by `tau`."""
        for old, new in zip(self.target.parameters(), self.online.parameters(), strict=True):
            old.lerp_(new, self.settings.tau)

    def check(self) -> None:
        """Raise DivergedError where a weight is infinite or no number: such weights never decide and are never kept."""
        if not all(bool(torch.isfinite(weights).all()) for weights in self.online.parameters()):
            raise DivergedError(f"after {self.updates} updates the weights are no numbers: learning has diverged")

    def snapshot(self, terrain: Terrain) -> Snapshot:
        """A frozen copy of the online weights."""
        return Snapshot(copy.deepcopy(self.online), terrain)
