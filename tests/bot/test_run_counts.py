"""The figures of a run."""

from __future__ import annotations

from bot.run_counts import RunCounts
from states.commands import BattleEnded


def battle(number: int, outcome: str, stars: int = 0) -> BattleEnded:
    """A settled battle."""
    return BattleEnded(number=number, outcome=outcome, stars=stars, seconds=60.0)


def test_the_win_rate_is_that_of_the_last_twenty():
    """Older battles do not count."""
    counts = RunCounts()
    for number in range(1, 31):
        counts.add(battle(number, "lost"))
    for number in range(31, 46):
        counts.add(battle(number, "won", 3))
    assert counts.as_dict() == {"battles": 45, "won": 15, "stars": 45, "win_rate_last_20": 0.75}


def test_before_the_first_battle_nothing_is_won():
    """The win rate of a run without battles is 0."""
    assert RunCounts().as_dict() == {"battles": 0, "won": 0, "stars": 0, "win_rate_last_20": 0.0}
