"""The champion: the weights with the best results, which are put back when play has become significantly worse.

Results are the settled battles, clean (three stars) or not. After every battle the last ones, 20 at most, are compared
with the champion's record. A full twenty that is at least as good makes the present weights the champion. Results that
are significantly worse put the champion back; its record is then forgotten and taken anew from the next twenty
battles, since the game itself may have become harder: an old record would have the champion put back for ever.
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
        self.kept = self.put_back = 0
        """How often the present weights became the champion, and how often it was put back."""
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
        if self.record is not None and chance_of_fewer(self.recent, self.record) < LEVEL:
            self._recent.clear()
            self.record = None
            self.put_back += 1
            return "put back"
        if len(self._recent) < BATTLES or (self.record is not None and self.recent.clean < self.record.clean):
            return None
        known = self.record is not None or not self.kept
        self.record = self.recent
        self._recent.clear()
        self.kept += known
        return "kept" if known else None

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
        return {"record": self.record, "recent": recent, "kept": self.kept, "put_back": self.put_back}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from the state of a checkpoint."""
        self.record = None if state["record"] is None else Tally(*map(int, state["record"]))
        self._recent.clear()
        self._recent.extend(result == "1" for result in state["recent"])
        self.kept, self.put_back = int(state["kept"]), int(state["put_back"])
