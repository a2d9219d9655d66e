"""What goes wrong in a real game, on purpose and on schedule: the practice game's fault injector.

A schedule is pure data made from a kind and a seed; every kind has a schedule of its own, so that a kind comes at the
same moments whether it is alone or among others. No clock runs in here: whoever owns `Faults` hands it the time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

import numpy as np

from game.fault_kinds import KINDS, Kind


class Habit(NamedTuple):
    """How a kind of fault comes: seconds are the game's own."""

    gap: float
    """Mean of the seconds between the end of one and the start of the next (exponentially distributed)."""
    shortest: float
    longest: float
    """Between which it lasts, evenly distributed; 0 and 0 for what only begins and is then ended by a player."""


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
}
FRAME_RATES = (5.0, 60.0)
"""Frames a second while a frame_rate fault lasts; the next one follows at once with another rate."""
FARTHEST = 0.25
"""How far a window is moved at most, as a share of its width and height."""
SIZES = (0.5, 1.5)
"""Factors of a resized window."""


class Fault(NamedTuple):
    """One thing that goes wrong."""

    kind: Kind
    start: float
    seconds: float
    amount: tuple[float, float] = (0.0, 0.0)
    """frame_rate: (frames a second, 0). moved: shares of width and height. resized: (factor, 0). Else zeros."""

    @property
    def end(self) -> float:
        """The first moment at which it is over."""
        return self.start + self.seconds


def schedule(kind: Kind, seed: int, rate: float = 1.0) -> Iterator[Fault]:
    """All faults of one kind without end, in order and none while another lasts; the gaps are `rate` times shorter."""
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    habit, now = HABITS[kind], 0.0
    while True:
        gap, seconds = float(rng.exponential(habit.gap)) / rate, float(rng.uniform(habit.shortest, habit.longest))
        fault = Fault(kind, now + gap, seconds, _amount(kind, rng))
        yield fault
        now = fault.end


def _amount(kind: Kind, rng: np.random.Generator) -> tuple[float, float]:
    """How bad it is; every kind draws two numbers."""
    first, second = rng.random(2).tolist()
    if kind == "frame_rate":
        return FRAME_RATES[0] + first * (FRAME_RATES[1] - FRAME_RATES[0]), 0.0
    if kind == "moved":
        return FARTHEST * (2 * first - 1), FARTHEST * (2 * second - 1)
    if kind == "resized":
        return SIZES[0] + first * (SIZES[1] - SIZES[0]), 0.0
    return 0.0, 0.0


class Faults:
    """The schedules of some kinds, followed by a clock that never goes back."""

    def __init__(self, kinds: Collection[Kind] = (), seed: int = 0, rate: float = 1.0) -> None:
        chosen = [kind for kind in KINDS if kind in kinds]
        self._coming = {kind: schedule(kind, seed, rate) for kind in chosen}
        self._next = {kind: next(coming) for kind, coming in self._coming.items()}
        self._last: dict[Kind, Fault] = {}

    def begun(self, now: float) -> list[Fault]:
        """What began since the last call and until now, in order."""
        found = []
        for kind, coming in self._coming.items():
            while self._next[kind].start <= now:
                self._last[kind] = self._next[kind]
                found.append(self._last[kind])
                self._next[kind] = next(coming)
        return sorted(found, key=lambda fault: fault.start)

    def lasting(self, kind: Kind, now: float) -> Fault | None:
        """The fault of this kind that lasts now, among those that `begun` has told of."""
        last = self._last.get(kind)
        return last if last is not None and last.start <= now < last.end else None
