"""The champion: the weights with the best results, which are put back when play has become significantly worse.

Results are the settled battles, clean (three stars) or not. After every battle the last ones, 20 at most, are compared
with the champion's record. A full twenty that is at least as good, and not without a clean one, makes the present
weights the champion. Results that are significantly worse put the champion back; its record is then taken anew from the
next twenty battles, since the game itself may have become harder: an old record would have the champion put back for
ever.

Where results stay bad with the champion's own weights, what is bad may lie elsewhere: a window that is read wrongly, a
device that loses touches. What is learned meanwhile is of no use once that has ended. So the champion is also compared
by its best record ever, and put back by it again, after waits that grow.
"""

from __future__ import annotations

from collections import deque
from math import comb
from typing import Any, Literal, NamedTuple

BATTLES = 20
"""Battles of a record, and the most that are compared with it."""
LEVEL = 0.001
"""Chance of results so bad with weights as good as the champion's, below which play counts as worse. The champion's
record is the best of many twenties, so it flatters, and the test is made after every battle. With this level a learner
that does not change loses its weights at most 0.35 times in 1,000 battles, and a fall from 95 to 30 % is noticed after
11 battles in the median (`python benchmarks/champion.py`).
"""
FIRST_WAIT, LONGEST_WAIT = 100, 800
"""Battles from one time that the champion is put back because of its best record to the next; each wait is twice the
one before."""

Change = Literal["kept", "put back"]


class Tally(NamedTuple):
    """How many of so many battles were clean."""

    clean: int
    battles: int


def chance_of_fewer(recent: Tally, champion: Tally) -> float:
    """The chance of at most so many clean battles if both records were of equally good weights.

    Fisher's exact test, one-sided: the clean battles of both together fall on the recent ones by a hypergeometric
    distribution.
    """
    clean, battles = recent.clean + champion.clean, recent.battles + champion.battles
    ways = (
        comb(recent.battles, few) * comb(champion.battles, clean - few)
        for few in range(max(clean - champion.battles, 0), recent.clean + 1)
    )
    return sum(ways) / comb(battles, clean)


class Champion:
    """Decides after each battle what is to become of the present weights; the caller keeps the weights themselves."""

    def __init__(self) -> None:
        self.record: Tally | None = None
        """Of the champion's weights; None before the first twenty battles, and while it is taken anew."""
        self.best: Tally | None = None
        """The record by which its weights became the champion."""
        self.kept = self.put_back = 0
        """How often the present weights became the champion, and how often it was put back."""
        self._since, self._wait = 0, FIRST_WAIT
        """Battles since the champion was put back, and how many must have passed before it is by its best record."""
        self._recent: deque[bool] = deque(maxlen=BATTLES)

    @property
    def recent(self) -> Tally:
        """The battles since the last change, the last 20 at most."""
        return Tally(sum(self._recent), len(self._recent))

    def settle(self, *, clean: bool) -> Change | None:
        """Count a battle. "kept": the present weights are the champion now; "put back": the champion is to be put back.

        Deterministic: it follows from the results alone.
        """
        self._recent.append(clean)
        self._since += 1
        if self._is_worse_than(self.record):
            return self._put_back(FIRST_WAIT)
        if self._since >= self._wait and self._is_worse_than(self.best):
            return self._put_back(min(2 * self._wait, LONGEST_WAIT))
        if len(self._recent) < BATTLES or (self.record and self.recent.clean < max(self.record.clean, 1)):
            return None
        known = self.record is not None or not self.kept
        self.record = self.recent
        self._recent.clear()
        if not known:
            return None
        self.best, self._wait = self.record, FIRST_WAIT
        self.kept += 1
        return "kept"

    def _put_back(self, wait: int) -> Change:
        """Begin again with the champion, whose record is taken anew."""
        self._recent.clear()
        self.record, self._since, self._wait = None, 0, wait
        self.put_back += 1
        return "put back"

    def _is_worse_than(self, record: Tally | None) -> bool:
        """Whether the recent battles went significantly worse than a record; not where there is none."""
        return record is not None and chance_of_fewer(self.recent, record) < LEVEL

    def status(self) -> dict[str, Any]:
        """The figures, in plain data."""
        record, recent = self.record, self.recent
        return {
            "record": record and f"{record.clean} of {record.battles} clean",
            "recent": f"{recent.clean} of {recent.battles} clean",
            "kept": self.kept,
            "put_back": self.put_back,
        }

    def state(self) -> dict[str, Any]:
        """All of it, for the checkpoint."""
        recent = "".join("1" if clean else "0" for clean in self._recent)
        return {
            "record": self.record, "best": self.best, "recent": recent, "kept": self.kept, "put_back": self.put_back,
            "since": self._since, "wait": self._wait,
        }  # fmt: skip

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from the state of a checkpoint; an older one does not know the best record."""
        self.record, self.best = (
            None if state.get(name) is None else Tally(*map(int, state[name])) for name in ("record", "best")
        )
        self._since, self._wait = int(state.get("since", 0)), int(state.get("wait", FIRST_WAIT))
        self._recent.clear()
        self._recent.extend(result == "1" for result in state["recent"])
        self.kept, self.put_back = int(state["kept"]), int(state["put_back"])
