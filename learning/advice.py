"""What a plan advises in a view, as an input of the network: how far to trust it is learned.

The first advice is what the plan does next, a wait while nothing is due; none once all its steps are done. The second
deploys an operator of the plan again that has fallen, where the plan had it.
"""

from __future__ import annotations

from collections.abc import Callable

from game.actions import NOTHING
from game.view import BattleView
from learning.encoding import StageEncoding
from learning.plan_policy import PlanPolicy, brought
from planning.drafts import Draft
from planning.plans import Plan
from planning.recovery import rest_of

NONE = -1


class Adviser:
    """Follows one plan through one battle after the other. `seconds` is the clock of the battle: see PlanPolicy."""

    def __init__(self, plan: Plan, encoding: StageEncoding, seconds: Callable[[], float]) -> None:
        self._encoding, self._steps = encoding, plan
        self._squad = brought(plan, encoding.squad)
        self._plan = PlanPolicy(plan, encoding.stage, self._squad, seconds)

    @property
    def rest(self) -> Draft:
        """The steps that are not done, as a draft."""
        return rest_of(self._steps, self._encoding.stage, self._squad, self._plan.reached)

    @property
    def reached(self) -> int:
        """How many steps are done or skipped, as far as the last view shows."""
        return self._plan.reached

    def advise(self, view: BattleView) -> tuple[int, int]:
        """The compact actions that the plan advises in this view, -1 for none."""
        legal = self._encoding.legal_flat(view)
        due = self._plan.next_action(view, legal)
        fallen = self._plan.fallen_back(view, legal)
        first = NONE if due == NOTHING and self._plan.has_ended else self._encoding.index(due)
        return first, NONE if fallen in (NOTHING, due) else self._encoding.index(fallen)
