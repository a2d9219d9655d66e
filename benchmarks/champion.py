"""How often the champion is put back for nothing, and how soon when it should be (learning.champion, LEVEL).

python benchmarks/champion.py: 40 learners of one true rate play 1,000 battles each; then 100 learners become worse.
"""

from __future__ import annotations

import random
from statistics import median

from learning.champion import Champion

STEADY = (0.3, 0.5, 0.7, 0.85, 0.95)
"""Rates of clean battles."""
FALLS = ((0.95, 0.3), (0.95, 0.6), (0.8, 0.3), (0.8, 0.0), (0.6, 0.1))
"""Rates before and after."""
BEFORE, AFTER = 200, 500
"""Battles before a fall, and the most after it."""


def put_back_for_nothing(rate: float, learners: int = 40, battles: int = 1000) -> float:
    """How often in `battles` battles of a learner that does not change."""
    chance, total = random.Random(1), 0
    for _ in range(learners):
        champion = Champion()
        for _ in range(battles):
            champion.settle(clean=chance.random() < rate)
        total += champion.put_back
    return total / learners


def battles_until_put_back(before: float, after: float, learners: int = 100) -> list[int]:
    """After how many battles from the fall on; learners that are not put back are left out."""
    chance, found = random.Random(2), []
    for _ in range(learners):
        champion = Champion()
        for _ in range(BEFORE):
            champion.settle(clean=chance.random() < before)
        changes = (champion.settle(clean=chance.random() < after) for _ in range(AFTER))
        noticed = next((number for number, change in enumerate(changes, 1) if change == "put back"), None)
        if noticed is not None:
            found.append(noticed)
    return found


def main() -> None:
    """Print both."""
    for rate in STEADY:
        print(f"always {rate:.0%} clean: put back {put_back_for_nothing(rate):.2f} times in 1,000 battles")
    for before, after in FALLS:
        found = battles_until_put_back(before, after)
        print(
            f"from {before:.0%} to {after:.0%} clean: noticed in {len(found)} of 100, after {median(found):g} battles"
        )


if __name__ == "__main__":
    main()
