"""Waits that double: what may need minutes to mend itself is tried again and again, and never thousands of times."""

from __future__ import annotations

LONGEST = 600.0
"""Seconds to which a wait grows."""


class Waits:
    """The waits between attempts of one kind: `first` seconds from time `t`, then twice as long each, to `LONGEST`."""

    def __init__(self, first: float, t: float) -> None:
        self._wait = first
        self._due = t + first

    def restart(self, t: float) -> None:
        """Begin the present wait anew."""
        self._due = t + self._wait

    def are_over(self, t: float) -> bool:
        """Whether an attempt is due."""
        return t >= self._due

    def grow(self, t: float) -> None:
        """An attempt is made: begin the next wait, which is twice as long."""
        self._wait = min(2 * self._wait, LONGEST)
        self.restart(t)
