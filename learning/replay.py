"""The buffer of experiences: first in, first out, drawn by recency, small enough to be kept for weeks.

Every view is stored once, as a frame of a ring; an experience is a frame with an action, the rewards of the next n
decisions, and how many frames later the network is asked for the rest. Legal actions are bit-packed beside each frame,
so the mask of the next state is there when the target needs it.
"""

from __future__ import annotations

from collections import deque
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from learning.encoding import GLOBALS, SLOT_CHANNELS, TILE_CHANNELS, Ground, Mask, Observation

Numbers = npt.NDArray[np.int64]


class Batch(NamedTuple):
    """Experiences side by side; `rest` is what the next state's value counts: gamma to the n, 0 at a battle's end."""

    before: Observation
    legal: Mask
    actions: Numbers
    rewards: npt.NDArray[np.float32]
    rest: npt.NDArray[np.float32]
    after: Observation
    after_legal: Mask


class _Pending(NamedTuple):
    """A decision whose n-step return is not yet complete."""

    frame: int
    action: int
    reward: float


def recent_ages(count: int, mean: float, uniform: npt.NDArray[np.float64]) -> Numbers:
    """Ages 0 to count - 1, exponential with this mean, cut off at the oldest; one for each uniform number in [0, 1).

    The inverse of the distribution in closed form: one logarithm a draw, whatever the buffer's size.
    """
    whole = -np.expm1(-count / mean)
    ages = -mean * np.log1p(-uniform * whole)
    youngest: Numbers = np.minimum(ages.astype(np.int64), count - 1)
    return youngest


class Replay:
    """A ring of frames and the experiences that start at them."""

    def __init__(self, ground: Ground, capacity: int, n_step: int, gamma: float) -> None:
        self.capacity, self.n_step, self.gamma = capacity, n_step, gamma
        self.actions = len(ground.numbers)
        self.written = 0
        self._pending: deque[_Pending] = deque()
        self._last = -1
        self.arrays: dict[str, npt.NDArray[Any]] = {
            "tiles": np.zeros((capacity, TILE_CHANNELS, ground.tiles), np.uint8),
            "slots": np.zeros((capacity, ground.slots, SLOT_CHANNELS), np.uint8),
            "world": np.zeros((capacity, GLOBALS), np.float16),
            "legal": np.zeros((capacity, (self.actions + 7) // 8), np.uint8),
            "action": np.zeros(capacity, np.int32),
            "reward": np.zeros(capacity, np.float32),
            "steps": np.zeros(capacity, np.int8),  # rewards summed, frames to the next state; 0: the battle ended
            "complete": np.zeros(capacity, np.bool_),
        }

    def __len__(self) -> int:
        """Frames kept. A few of them (a battle's last ones) start no experience."""
        return min(self.written, self.capacity)

    @property
    def bytes_each(self) -> float:
        """Memory of one experience, all arrays together."""
        return sum(array.nbytes for array in self.arrays.values()) / self.capacity

    def add_frame(self, observation: Observation, legal: Mask) -> int:
        """Write a frame and return its number; the oldest makes room."""
        place = self.written % self.capacity
        for name, value in zip(("tiles", "slots", "world"), observation, strict=True):
            self.arrays[name][place] = value
        self.arrays["legal"][place] = np.packbits(legal)
        self.arrays["complete"][place] = False
        self.written += 1
        return self.written - 1

    def add(self, frame: int, action: int, reward: float, after: int | None) -> None:
        """One decision: taken at `frame`, followed by the frame `after`, or by the battle's end (None).

        Decisions that follow one another share frames; where the chain breaks (a view was missed), what is pending is
        completed with fewer rewards.
        """
        if self._pending and frame != self._last:
            self.cut()
        self._pending.append(_Pending(frame, action, reward))
        if after is None:
            self._flush(None)
        else:
            self._last = after
            if len(self._pending) == self.n_step:
                self._complete(after)

    def cut(self) -> None:
        """Complete what is pending with the frame seen last."""
        self._flush(self._last)

    def _flush(self, after: int | None) -> None:
        """Complete all that is pending."""
        while self._pending:
            self._complete(after)

    def _complete(self, after: int | None) -> None:
        """Make an experience of the oldest pending decision."""
        total = sum(self.gamma**step * later.reward for step, later in enumerate(self._pending))
        first = self._pending.popleft()
        if first.frame <= self.written - 1 - self.capacity:
            return  # pushed out of a very small ring before it was complete
        place = first.frame % self.capacity
        self.arrays["action"][place] = first.action
        self.arrays["reward"][place] = total
        self.arrays["steps"][place] = 0 if after is None else after - first.frame
        self.arrays["complete"][place] = True

    def sample(self, size: int, recency: float, uniform_share: float, rng: np.random.Generator) -> Batch | None:
        """A batch, most of it the likelier the younger, the rest uniform; None while there is no experience."""
        if not self.arrays["complete"][: len(self)].any():
            return None
        places = self._draw(size, recency, uniform_share, rng)
        while not (complete := self.arrays["complete"][places]).all():
            places[~complete] = self._draw(int((~complete).sum()), recency, uniform_share, rng)
        return self.batch(places)

    def _draw(self, size: int, recency: float, uniform_share: float, rng: np.random.Generator) -> Numbers:
        """Places in the ring, drawn by the age of their frames."""
        ages = recent_ages(len(self), recency, rng.random(size))
        uniform = rng.random(size) < uniform_share
        ages[uniform] = rng.integers(len(self), size=int(uniform.sum()))
        places: Numbers = (self.written - 1 - ages) % self.capacity
        return places

    def batch(self, places: Numbers) -> Batch:
        """The experiences at these places of the ring."""
        steps = self.arrays["steps"][places].astype(np.int64)
        later = (places + steps) % self.capacity
        return Batch(
            before=self._frames(places),
            legal=self._legal(places),
            actions=self.arrays["action"][places].astype(np.int64),
            rewards=self.arrays["reward"][places],
            rest=np.where(steps > 0, self.gamma**steps, 0.0).astype(np.float32),
            after=self._frames(later),
            after_legal=self._legal(later),
        )

    def _frames(self, places: Numbers) -> Observation:
        """Observations side by side."""
        return Observation(*(self.arrays[name][places] for name in ("tiles", "slots", "world")))

    def _legal(self, places: Numbers) -> Mask:
        """The masks of these frames, unpacked."""
        return np.unpackbits(self.arrays["legal"][places], axis=1, count=self.actions).astype(np.bool_)

    def state(self) -> dict[str, npt.NDArray[Any]]:
        """Everything worth keeping, oldest frame first. Decisions still pending are left to the next battle's."""
        order = (self.written - len(self) + np.arange(len(self))) % self.capacity
        return {name: array[order] for name, array in self.arrays.items()}

    def restore(self, state: dict[str, npt.NDArray[Any]]) -> None:
        """Take over a kept state; of more frames than fit, the youngest. ValueError where it is of another ground."""
        for name, array in self.arrays.items():
            if name not in state or state[name].shape[1:] != array.shape[1:]:
                raise ValueError(f"the buffer's {name} are of another stage or squad")
        kept = min(len(state["action"]), self.capacity)
        for name, array in self.arrays.items():
            array[:kept] = state[name][len(state[name]) - kept :]
        self.written, self._last = kept, -1
        self._pending.clear()
