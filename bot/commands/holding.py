"""Counts how often a plan holds, for the verbs that report it, and shows the progress meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.commands.output import ProgressLine

if TYPE_CHECKING:
    from game.levels.stage import Stage
    from planning.assignment import PlanSquad
    from planning.plans import Plan
    from planning.playing import Holding


def checked(plan: Plan, stage: Stage, squad: PlanSquad, variation: str, battles: int, stars: int) -> Holding:
    """In how many of `battles` battles a plan wins at least `stars` stars; `variation` is "near", "far" or "exact"."""
    from planning.playing import hold
    from planning.variation import VARIATIONS

    with ProgressLine() as line:

        def tell(done: int) -> None:
            line.show(lambda: f"{done} of {battles} battles ({variation})")

        return hold(plan, stage, squad, VARIATIONS[variation], battles, stars, tell)
