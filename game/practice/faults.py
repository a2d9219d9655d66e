"""The practice game's fault injector: what goes wrong in a real game, on a schedule made from a seed.

Every kind of fault has a schedule of its own, so that it comes at the same moments whether or not other kinds are on.
The time is passed in by the caller.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

import numpy as np

from game.fault_kinds import KINDS, Kind


class Habit(NamedTuple):
    """How often a kind of fault comes and how long it lasts, in seconds of the game's clock."""

    gap: float
    """Mean seconds between the end of one and the start of the next (exponentially distributed)."""
    shortest: float
    longest: float
    """Bounds of how long one lasts (uniformly distributed); both 0 for a fault that a player ends."""


HABITS: dict[Kind, Habit] = {
    "popup": Habit(40.0, 0.0, 0.0),
    "loading_stall": Habit(4.0, 4.0, 20.0),
    "connection_lost": Habit(60.0, 0.0, 0.0),
    "tap_swallowed": Habit(6.0, 0.5, 2.0),
    "drag_lost": Habit(6.0, 0.5, 2.0),
    "frozen": Habit(30.0, 1.0, 8.0),
    "black": Habit(30.0, 0.5, 4.0),
    "frame_rate": Habit(0.0, 5.0, 20.0),
    "moved": Habit(60.0, 5.0, 15.0),
    "resized": Habit(60.0, 5.0, 15.0),
    "failed": Habit(90.0, 0.0, 0.0),
    "disconnected": Habit(240.0, 0.0, 0.0),
    "maintenance": Habit(600.0, 20.0, 60.0),
    "update": Habit(480.0, 0.0, 0.0),
}
FRAME_RATES = (5.0, 60.0)
"""Bounds of a frame_rate fault, in frames a second. When one ends, the next one begins at once with another rate."""
FARTHEST = 0.25
"""Farthest that a window is moved, as a share of its width and height."""
SIZES = (0.5, 1.5)
"""Bounds of the scale of a resized window."""


class Fault(NamedTuple):
    """One fault; seconds are those of the game's clock."""

    kind: Kind
    start: float
    seconds: float
    amount: tuple[float, float] = (0.0, 0.0)
    """frame_rate: (frames a second, 0). moved: shares of width and height. resized: (scale, 0). Else zeros."""

    @property
    def end(self) -> float:
        """The first moment at which it is over."""
        return self.start + self.seconds


def schedule(kind: Kind, seed: int, rate: float = 1.0) -> Iterator[Fault]:
    """An endless sequence of the faults of one kind, which do not overlap. The gaps are `rate` times shorter."""
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    habit, now = HABITS[kind], 0.0
    while True:
        gap, seconds = float(rng.exponential(habit.gap)) / rate, float(rng.uniform(habit.shortest, habit.longest))
        fault = Fault(kind, now + gap, seconds, _amount(kind, rng))
        yield fault
        now = fault.end


def _amount(kind: Kind, rng: np.random.Generator) -> tuple[float, float]:
    """The `amount` of a fault. Every kind draws two numbers, so that all schedules are made alike."""
    first, second = rng.random(2).tolist()
    if kind == "frame_rate":
        return FRAME_RATES[0] + first * (FRAME_RATES[1] - FRAME_RATES[0]), 0.0
    if kind == "moved":
        return FARTHEST * (2 * first - 1), FARTHEST * (2 * second - 1)
    if kind == "resized":
        return SIZES[0] + first * (SIZES[1] - SIZES[0]), 0.0
    return 0.0, 0.0


class Faults:
    """The schedules of the chosen kinds, followed by a clock that never goes back."""

    def __init__(self, kinds: Collection[Kind] = (), seed: int = 0, rate: float = 1.0) -> None:
        chosen = [kind for kind in KINDS if kind in kinds]
        self._coming = {kind: schedule(kind, seed, rate) for kind in chosen}
        self._next = {kind: next(coming) for kind, coming in self._coming.items()}
        self._last: dict[Kind, Fault] = {}

    def begun(self, now: float) -> list[Fault]:
        """The faults that began since the last call, in order."""
        found = []
        for kind, coming in self._coming.items():
            while self._next[kind].start <= now:
                self._last[kind] = self._next[kind]
                found.append(self._last[kind])
                self._next[kind] = next(coming)
        return sorted(found, key=lambda fault: fault.start)

    def lasting(self, kind: Kind, now: float) -> Fault | None:
        """The fault of this kind that lasts now, of those that `begun` has returned."""
        last = self._last.get(kind)
        return last if last is not None and last.start <= now < last.end else None
