"""The replay buffer: first in, first out, sampled by recency, small enough to be kept for weeks.

Every view is stored once, as a frame of a ring. An experience is a frame with an action, the summed rewards of the next
n decisions, and how many frames later the next state lies, whose value is added to them. Legal actions are packed with
each frame (see learning.packing), so the mask of the next state is there when the target needs it. Frames of battles
that are played side by side lie between one another; each battle has its own pending experiences.

The ring may be kept in a file (see learning.frames). A checkpoint then only says how far it was written. The ring has
room to spare, so that what is written after a checkpoint does not overwrite what the checkpoint needs.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from learning import frames
from learning.arrays import Arrays, Doubles, Floats, Integers, Mask
from learning.encoding import Observation, StageEncoding
from learning.packing import Records, frame_type, pack, unpack

SPARE = 8192
"""Frames that a ring in a file has room for beside those in use, at least; else half as many as are in use."""
MOST_STEPS = 127
"""The most rewards that can have been summed."""


class Batch(NamedTuple):
    """Experiences side by side, all arrays with a leading axis [batch]."""

    before: Observation
    """As the network reads it: tiles and slots are shares of 255."""
    legal: Mask
    """[batch, actions]: the actions that were legal before."""
    actions: Integers
    """[batch]: compact numbers."""
    rewards: Floats
    """[batch]: n-step sums, discounted."""
    discounts: Floats
    """[batch]: the weight of the next state's value: discount to the n, 0 at a battle's end."""
    after: Observation
    after_legal: Mask
    """[batch, actions]: the actions that are legal in the next state."""
    taught: int = 0
    """How many of the last experiences are demonstrations."""

    def part(self, number: int, of: int) -> Batch:
        """Every so many-th experience; all parts together have each of the batch once, and each has its share of the
        demonstrations.
        """
        every, size = slice(number, None, of), len(self.actions)
        taught = len(range(number, size, of)) - len(range(number, size - self.taught, of))
        before, after = (Observation._make(one[every] for one in side) for side in (self.before, self.after))
        names = ("legal", "actions", "rewards", "discounts", "after_legal")
        rest = {name: getattr(self, name)[every] for name in names}
        return Batch(before=before, after=after, taught=taught, **rest)


def joined(batches: Sequence[Batch], taught: int) -> Batch:
    """Batches of one stage and squad one after the other; the last `taught` experiences are demonstrations."""
    frames = (
        Observation._make(np.concatenate(parts) for parts in zip(*side, strict=True))
        for side in zip(*((one.before, one.after) for one in batches), strict=True)
    )
    before, after = frames
    names = ("legal", "actions", "rewards", "discounts", "after_legal")
    rest = {name: np.concatenate([getattr(one, name) for one in batches]) for name in names}
    return Batch(before=before, after=after, taught=taught, **rest)


class _Pending(NamedTuple):
    """A decision whose n-step return is not yet complete."""

    frame: int
    action: int
    reward: float


def recent_ages(count: int, mean: float, uniform: Doubles) -> Integers:
    """int64[draws]: ages 0 to count - 1, exponentially distributed with this mean and cut off at the oldest.

    `uniform` float64[draws] lies in [0, 1). The inverse of the distribution in closed form: one logarithm a draw,
    whatever the size of the buffer.
    """
    ages = -mean * np.log1p(uniform * math.expm1(-count / mean))
    youngest: Integers = np.minimum(ages.astype(np.int64), count - 1)
    return youngest


class ReplayBuffer:
    """A ring of frames and the experiences that start at them."""

    def __init__(
        self, encoding: StageEncoding, capacity: int, n_step: int, discount: float, spare: int | None = None
    ) -> None:
        self.capacity, self.n_step, self.discount = capacity, n_step, discount
        self.spare = max(capacity // 2, SPARE) if spare is None else spare
        """Frames that may be written after a checkpoint without a loss, where the ring is in a file."""
        self.encoding, self.actions = encoding, len(encoding.flat_actions)
        self._weights = np.array([0.0, *(discount**steps for steps in range(1, MOST_STEPS + 1))], np.float32)
        """Of the next state's value, by how many rewards were summed."""
        self.written = 0
        self._lost = 0
        """No frame below this number is there."""
        self._pending: defaultdict[int, deque[_Pending]] = defaultdict(deque)
        """By battle."""
        self._last: dict[int, int] = {}
        """The last frame of each battle."""
        self._layout: frames.Layout = {"frame": frame_type(encoding), "complete": np.dtype(np.bool_)}
        self._use(frames.in_memory(self._layout, capacity))

    def _use(self, store: frames.Frames) -> None:
        """Have the ring there from now on."""
        self._store = store
        self._ring: Records = store.arrays["frame"]
        """Frames as records, so that a draw takes all numbers of a frame from one place of the memory."""
        self._starts: Mask = store.arrays["complete"]
        """Whether an experience starts at a frame."""

    @property
    def arrays(self) -> Arrays:
        """The numbers of all frames by name, each with a leading axis [places of the ring]; to change them changes the
        buffer.
        """
        return {**{name: self._ring[name] for name in self._ring.dtype.names or ()}, "complete": self._starts}

    @property
    def file(self) -> Path | None:
        """The file that the ring is kept in, if it is."""
        return self._store.file

    def __len__(self) -> int:
        """Frames kept. A few of them (the last ones of a battle) start no experience."""
        return max(self.written - max(self.written - self.capacity, self._lost), 0)

    @property
    def bytes_each(self) -> float:
        """Memory of one experience, all arrays together."""
        return float(self._ring.itemsize + self._starts.itemsize)

    def add_frame(self, observation: Observation, legal: Mask) -> int:
        """Write a frame over the oldest and return its number. `legal` is bool[actions]."""
        return self.add_frames(Observation._make(part[None] for part in observation), legal[None])

    def add_frames(self, observations: Observation, legal: Mask) -> int:
        """Write several frames (arrays with a leading axis) over the oldest. Returns the number of the first."""
        first, count = self.written, len(legal)
        self._store.reserve(first + count)
        places = (first + np.arange(count)) % self._store.rows
        pack(self._ring, places, observations, legal)
        self._starts[places] = False
        self.written += count
        return first

    def advise(self, frame: int, advice: Sequence[int]) -> None:
        """Add what a plan advises to a frame that was written without it."""
        if frame > self.written - 1 - self.capacity:
            self._ring["advice"][frame % self._store.rows] = advice

    def add(self, frame: int, action: int, reward: float, after: int | None, battle: int = 0) -> None:
        """Add one decision: taken at `frame`, followed by the frame `after`, or by the end of the battle (None).

        Consecutive decisions of a battle share frames; where the chain breaks (a view was missed), pending experiences
        are completed with fewer rewards.
        """
        pending = self._pending[battle]
        if pending and frame != self._last[battle]:
            self.cut(battle)
        pending.append(_Pending(frame, action, reward))
        if after is None:
            self._flush(battle, None)
        else:
            self._last[battle] = after
            if len(pending) == self.n_step:
                self._complete(battle, after)

    def cut(self, battle: int = 0) -> None:
        """Complete the pending experiences of a battle with its last frame as their next state."""
        self._flush(battle, self._last.get(battle))

    def _flush(self, battle: int, after: int | None) -> None:
        """Complete the pending experiences with this next state."""
        while self._pending[battle]:
            self._complete(battle, after)

    def _complete(self, battle: int, after: int | None) -> None:
        """Make an experience of the oldest pending decision of a battle."""
        pending = self._pending[battle]
        total = sum(self.discount**step * later.reward for step, later in enumerate(pending))
        steps = len(pending)
        first = pending.popleft()
        if first.frame <= self.written - 1 - self.capacity:
            return  # pushed out of a very small ring before it was complete
        place = first.frame % self._store.rows
        self._ring["action"][place] = first.action
        self._ring["reward"][place] = total
        self._ring["steps"][place] = 0 if after is None else steps
        self._ring["ahead"][place] = 0 if after is None else after - first.frame
        self._starts[place] = True

    def sample(self, size: int, recency: float, uniform_share: float, rng: np.random.Generator) -> Batch | None:
        """A batch drawn by recency, with a share drawn uniformly; None while there is no experience."""
        if len(self) == 0:
            return None
        places = self._draw(size, recency, uniform_share, rng)
        while not (complete := self._starts[places]).all():
            if not self._is_any_complete():
                return None
            places[~complete] = self._draw(int((~complete).sum()), recency, uniform_share, rng)
        return self.batch(places)

    def _is_any_complete(self) -> bool:
        """Whether a frame that is kept starts an experience."""
        complete, rows = self._starts, self._store.rows
        first, end = (self.written - len(self)) % rows, self.written % rows
        if first < end:
            return bool(complete[first:end].any())
        return len(self) > 0 and bool(complete[first:].any() or complete[:end].any())

    def _draw(self, size: int, recency: float, uniform_share: float, rng: np.random.Generator) -> Integers:
        """Places in the ring, drawn by the age of their frames."""
        recent, chance = rng.random((2, size))
        ages = recent_ages(len(self), recency, recent)
        uniform = chance < uniform_share
        ages[uniform] = np.minimum(chance[uniform] / uniform_share * len(self), len(self) - 1)
        places: Integers = (self.written - 1 - ages) % self._store.rows
        return places

    def batch(self, places: Integers) -> Batch:
        """The experiences at these places of the ring."""
        size = len(places)
        later = places + self._ring["ahead"][places]
        records = self._ring.take(np.concatenate([places, later]), mode="wrap")
        seen, legal = unpack(records, self.encoding)
        first = records[:size]
        return Batch(
            before=Observation._make(part[:size] for part in seen),
            legal=legal[:size],
            actions=first["action"].astype(np.int64),
            rewards=first["reward"],
            discounts=self._weights[first["steps"]],
            after=Observation._make(part[size:] for part in seen),
            after_legal=legal[size:],
        )

    def state(self) -> Arrays:
        """All frames and experiences, oldest first; pending ones are left out."""
        places = self._numbers() % self._store.rows
        return {name: array[places] for name, array in self.arrays.items()}

    def restore(self, state: Arrays) -> None:
        """Take over a state; where it has more frames than fit, the youngest ones.

        Raises ValueError where it is of another stage or squad.
        """
        for name, array in self.arrays.items():
            if name not in state or state[name].shape[1:] != array.shape[1:]:
                raise ValueError(f"the buffer's {name} are of another stage or squad")
        kept = min(len(state["action"]), self.capacity)
        self._store.reserve(kept)
        for name, array in self.arrays.items():
            array[:kept] = state[name][len(state[name]) - kept :]
        self.written, self._lost = kept, 0
        self._last.clear()
        self._pending.clear()

    def keep_in(self, file: Path) -> None:
        """Have the ring in a new file from now on; pending experiences are left out.

        Raises OSError or FramesError where there is no room for it; then it stays where it was.
        """
        new, state = frames.create(file, self._layout, self.capacity + self.spare), self.state()
        self._use(new)
        self.restore(state)

    def position(self) -> dict[str, Any]:
        """What a checkpoint says of a ring that is kept in a file, once all that was written is on the disk."""
        assert self.file is not None
        self._store.sync()
        numbers = self._numbers()
        return {
            "file": self.file.name,
            "written": self.written,
            "incomplete": numbers[~self.arrays["complete"][numbers % self._store.rows]].tolist(),
            "pending": {str(b): [list(one) for one in waiting] for b, waiting in self._pending.items() if waiting},
            "last": {str(b): frame for b, frame in self._last.items()},
        }

    def resume(self, folder: Path, position: dict[str, Any]) -> None:
        """Go on in a file of a folder from where it was at a checkpoint, whatever was written to it since.

        Where more was written since than there is room to spare, the oldest frames are lost. A ring of another size is
        copied into memory. Raises FramesError where the file is of no use.
        """
        found = frames.open_file(folder / str(position["file"]), self._layout)
        self._use(found)
        self.written = int(position["written"])
        self._lost = max(found.reserved - found.rows, 0)
        self._pending.clear()
        for battle, waiting in position["pending"].items():
            self._pending[int(battle)].extend(_Pending(int(f), int(a), float(r)) for f, a, r in waiting)
        self._last = {int(battle): int(frame) for battle, frame in position["last"].items()}
        self._unfinish(position["incomplete"])
        if found.rows != self.capacity + self.spare:
            state = self.state()
            self._use(frames.in_memory(self._layout, self.capacity))
            self.restore(state)

    def _unfinish(self, incomplete: Sequence[int]) -> None:
        """No experience is complete any more that was not then, or whose numbers make no sense."""
        numbers = self._numbers()
        places = numbers % self._store.rows
        action, ahead, steps = (self.arrays[name][places] for name in ("action", "ahead", "steps"))
        wrong = (action < 0) | (action >= self.actions) | (steps < 0) | (ahead < 0) | (numbers + ahead >= self.written)
        self.arrays["complete"][places[wrong | np.isin(numbers, incomplete)]] = False

    def _numbers(self) -> Integers:
        """The frames that are kept, oldest first."""
        return np.arange(self.written - len(self), self.written)
