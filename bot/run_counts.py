"""How the battles of a run went."""

from __future__ import annotations

from collections import deque
from typing import Any

from states.commands import BattleEnded

LAST = 20
"""How many of the last battles the win rate counts."""


class RunCounts:
    """Wins, stars and the win rate of a run. `battles` is the number that the machine gave the last battle."""

    def __init__(self) -> None:
        self.battles = 0
        self.won = 0
        self.stars = 0
        self._last: deque[bool] = deque(maxlen=LAST)

    def add(self, battle: BattleEnded) -> None:
        """Take in a settled battle."""
        won = battle.outcome == "won"
        self.battles = battle.number
        self.won += won
        self.stars += battle.stars
        self._last.append(won)

    @property
    def win_rate(self) -> float:
        """The share of the last 20 battles that was won, 0 to 1; 0 before the first."""
        return sum(self._last) / len(self._last) if self._last else 0.0

    def as_dict(self) -> dict[str, Any]:
        """The figures of the summary."""
        return {
            "battles": self.battles,
            "won": self.won,
            "stars": self.stars,
            "win_rate_last_20": round(self.win_rate, 3),
        }
