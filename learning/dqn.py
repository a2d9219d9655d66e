"""Double DQN with legal actions only: one update of the online network, and the target it learns from."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from game.errors import HoldfastError
from learning.adam import Adam
from learning.arrays import AnyArray
from learning.encoding import StageEncoding
from learning.network import CPU, FIRST_LAYERS, Inputs, Snapshot, Terrain, input_tensors, make_network
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
    td_loss: float = 0.0
    """The loss without the margin of demonstrations."""


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


def device_of(settings: Settings) -> torch.device:
    """Where updates are made: on the GPU, unless there is none or `device` says otherwise."""
    return torch.device("cuda" if settings.device == "auto" and torch.cuda.is_available() else "cpu")


class Dqn:
    """Online and target network with their optimiser, for any stage and squad: each call says for which terrain.

    Both networks are on one device; what a caller hands in may be on another, and a snapshot is always on the CPU.
    """

    def __init__(self, encoding: StageEncoding, settings: Settings, seed: int) -> None:
        self.settings, self.device = settings, device_of(settings)
        self.online = make_network(encoding, settings, seed).to(self.device)
        self.target = copy.deepcopy(self.online).requires_grad_(requires_grad=False)
        if settings.freeze:
            for name in FIRST_LAYERS:
                self.online.get_submodule(name).requires_grad_(requires_grad=False)
        self.optimiser = self._new_optimiser()
        self.updates = 0
        self.last = Update(0.0, 0.0)

    def _new_optimiser(self) -> Adam:
        return Adam(self.online.parameters(), self.settings.learning_rate, self.settings.weight_decay)

    @property
    def alarm(self) -> str | None:
        """A sentence when Q is larger than any return can be, which means that the target is wrong."""
        if self.last.q_mean <= LARGEST_RETURN:
            return None
        return f"mean Q is {self.last.q_mean:.2f} where no return exceeds {LARGEST_RETURN:.2f}: learning diverges"

    def update(self, batch: Batch, terrain: Terrain) -> Update:
        """One step of gradient descent on the online network and a soft update of the target network."""
        terrain, count = terrain.to(self.device), self.settings.accumulation
        self.online.zero_grad()
        parts = [self._backward(batch.part(n, count), terrain, batch) for n in range(min(count, len(batch.actions)))]
        torch.nn.utils.clip_grad_norm_(self.online.parameters(), self.settings.max_grad_norm)
        self.optimiser.step()
        self._soft_update()
        self.updates += 1
        self.last = Update(*torch.stack(parts).sum(dim=0).tolist())
        return self.last

    def _backward(self, part: Batch, terrain: Terrain, whole: Batch) -> Tensor:
        """Add the gradient of a part of a batch. Returns its share of the figures of `Update`."""
        with self._precision():
            values, behind = self._values(part, terrain)
            errors = functional.smooth_l1_loss(values, self._targets(part, terrain), reduction="sum")
        count = len(whole.actions)
        loss = errors / count + self.settings.margin_weight * behind.sum() / max(whole.taught, 1)
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        return torch.stack([loss.detach(), values.detach().sum() / count, errors.detach() / count])

    def _values(self, batch: Batch, terrain: Terrain) -> tuple[Tensor, Tensor]:
        """[batch]: Q of the actions that were taken. [taught]: the `margin_loss` of the demonstrated ones."""
        inputs, actions = input_tensors(batch.before, self.device), self._there(batch.actions)
        own, values, behind = len(actions) - batch.taught, [], actions.new_zeros(0).float()
        if own:
            values.append(self.online.taken(Inputs(*(part[:own] for part in inputs)), actions[:own], terrain).float())
        if batch.taught:
            scores = self.online(Inputs(*(part[own:] for part in inputs)), terrain).float()
            shown = actions[own:]
            behind = margin_loss(scores, shown, self._there(batch.legal[own:]), self.settings.margin)
            values.append(scores.gather(1, shown[:, None])[:, 0])
        return torch.cat(values), behind

    @torch.no_grad()
    def _targets(self, batch: Batch, terrain: Terrain) -> Tensor:
        """[batch]: the double-Q targets of the actions that were taken."""
        after = input_tensors(batch.after, self.device)
        choice = best_legal(self.online(after, terrain), self._there(batch.after_legal))
        value = self.target.taken(after, choice, terrain).float()
        return self._there(batch.rewards) + self._there(batch.discounts) * value

    def _there(self, array: AnyArray) -> Tensor:
        """An array as a tensor on the device."""
        return torch.from_numpy(np.ascontiguousarray(array)).to(self.device)

    def _precision(self) -> AbstractContextManager[Any]:
        """Mixed precision where it is wanted and there is a GPU; bfloat16 has the range of float32, so no loss scaling
        is needed.
        """
        wanted = self.settings.mixed_precision and self.device.type == "cuda"
        return torch.autocast(self.device.type, torch.bfloat16, cache_enabled=False) if wanted else nullcontext()

    @torch.no_grad()
    def _soft_update(self) -> None:
        """Move the target network towards the online one by `tau`."""
        for old, new in zip(self.target.parameters(), self.online.parameters(), strict=True):
            old.lerp_(new, self.settings.tau)

    def check(self) -> None:
        """Raise DivergedError where a weight is infinite or no number: such weights never decide and are never kept."""
        if not all(bool(torch.isfinite(weights).all()) for weights in self.online.parameters()):
            raise DivergedError(f"after {self.updates} updates the weights are no numbers: learning has diverged")

    def begin_with(self, weights: Mapping[str, Tensor]) -> None:
        """Go on from these weights, in both networks, and without what the optimiser remembers of others.

        Raises RuntimeError where they are of a network of another shape.
        """
        for network in (self.online, self.target):
            network.load_state_dict(weights)
        self.optimiser = self._new_optimiser()

    def weights(self) -> dict[str, Tensor]:
        """A copy of the online weights by name, on the CPU."""
        return {name: one.detach().to(CPU, copy=True) for name, one in self.online.state_dict().items()}

    def snapshot(self, terrain: Terrain) -> Snapshot:
        """A frozen copy of the online weights, on the CPU."""
        return Snapshot(copy.deepcopy(self.online).to(CPU), terrain.to(CPU))
