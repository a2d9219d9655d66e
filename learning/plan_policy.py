"""Follows a plan from what a player can see, as a policy: one action a decision, in a practice game and in a real one.

It stands beside the other policies because it answers with their `Decision`; `planning` may not import that. What the
steps mean is what planning.player says. The difference is that a step counts as done only once the view shows it: an
operator that should stand and is still in the hand is deployed again, whether its gesture failed or not.

Views have no clock, so the caller gives one: seconds of play of the battle under way at normal speed, standing still
while the game does (the bot's `TwinWatch.seconds`, or `Battle.seconds`). When this clock runs backwards, a new battle
has begun. When the policy begins in the middle of a battle, it goes on with the steps after those that led to the
operators on the field; times then count from that moment, since no view tells how long the battle has lasted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from game.actions import DEPLOY, NOTHING, RETREAT, SKILL, Action, flatten
from game.characters.models import Operator
from game.levels.stage import Stage
from game.simulator.enemy_tables import kinds_of
from game.simulator.legality import legal_actions, places_of
from game.view import UNKNOWN, BattleView, Card
from game.view_arrays import arrays_of
from learning.arrays import Mask
from learning.policy import Decision
from planning.assignment import PlanSquad
from planning.plans import BY_HAND, LIMITED_TIMES, Candidate, Plan, PlanStep

GESTURES = {"Deploy": DEPLOY, "Skill": SKILL, "Retreat": RETREAT}
"""The steps that are actions; all others only change how the plan goes on."""
ROUNDING = 1e-6
"""Seconds by which a time may fall short and still count: sums of decision intervals are not exact."""


def brought(plan: Plan, squad: Sequence[Operator]) -> PlanSquad:
    """The given squad, unchanged, as the squad of a plan whose groups name operators in English.

    A group stands for its first candidate in the squad; steps for a group that has none are skipped.
    """
    names = [operator.name for operator in squad]
    slots = {name: slot for slot, name in enumerate(names)}
    candidates = [Candidate(name=name) for name in names]
    for group in plan.groups:
        there = next((one for one in group.candidates if one.name in names), None)
        if there is not None:
            slots[group.name] = names.index(there.name)
            candidates[slots[group.name]] = there
    return PlanSquad(tuple(squad), slots, tuple(candidates), ())


@dataclass
class Course:
    """How far a plan is in one battle.

    All times but `seconds` are seconds as the plan counts them: those that its author waits at the screen. A second of
    play is half of one at double speed, and five in the slow motion of a deployment.
    """

    seconds: float
    """The caller's clock at the last view."""
    now: float
    turn_dp: int
    """The DP when the view showed that the step before was done."""
    usage: list[tuple[int, int]]
    """By slot: how its skill is used now, and how many automatic uses are left where they are limited."""
    last: int
    """Where the plan ends: the number of its steps, or fewer after a SkillDaemon."""
    next: int = 0
    """The step whose turn it is."""
    due: float | None = None
    """The time from which the next step may be tried; None until its conditions hold."""
    resumes_at: float = 0.0
    stopwatch: float = 0.0
    fast: bool = False
    slow: bool = False
    asked: Action = NOTHING
    """The action of the last decision, whose effect is to be seen."""
    for_step: bool = False
    """Whether that was the next step, and not the automatic use of a skill."""


class PlanPolicy:
    """Follows one plan, battle after battle. `seconds` is the clock: see the module."""

    def __init__(self, plan: Plan, stage: Stage, squad: PlanSquad, seconds: Callable[[], float]) -> None:
        self._steps, self._stage, self._squad, self._seconds = plan.steps, stage, squad, seconds
        self._places, self._kinds = places_of(stage, squad.operators), kinds_of(stage)
        self._course: Course | None = None

    def decide(self, view: BattleView) -> Decision:
        """The next step if it is due and possible, else a skill that is to be used automatically, else wait."""
        legal: Mask = legal_actions(arrays_of([view], self._kinds), self._places)[0]
        return Decision(self.next_action(view, legal), 0.0, explored=False, legal=int(legal.sum()))

    def next_action(self, view: BattleView, legal: Mask) -> Action:
        """What `decide` decides; `legal` is bool[flat actions]."""
        course = self._course_at(view)
        if course.asked != NOTHING and self._happened(course.asked, view):
            self._note(course, view)
        action = self._step(course, view, legal)
        course.for_step = action is not None
        course.slow = course.slow and action is None
        course.asked = action or self._automatic(course, legal)
        return course.asked

    @property
    def has_ended(self) -> bool:
        """Whether all steps are done, as far as the last view shows."""
        return self._course is not None and self._course.next >= self._course.last

    @property
    def reached(self) -> int:
        """How many steps are done or skipped, as far as the last view shows; all where the plan has ended."""
        return 0 if self._course is None else len(self._steps) if self.has_ended else self._course.next

    def fallen_back(self, view: BattleView, legal: Mask) -> Action:
        """Deploys again, as the plan did, the first operator that has fallen and may be deployed; else a wait.

        To be asked after `next_action` for the same view. `legal` is bool[flat actions].
        """
        assert self._course is not None
        posts: dict[int, Action] = {}
        for step in self._steps[: self._course.next]:
            slot = self._slot(step, view)
            action = self._action(step, slot)
            if action is not None and action.kind == DEPLOY:
                posts[action.slot] = action
            elif action is not None and action.kind == RETREAT:
                posts.pop(action.slot, None)
        ready = {card.slot for card in view.cards if _is_ready(card)}
        possible = (one for slot, one in posts.items() if slot in ready and self._is_legal(one, legal))
        return next(possible, NOTHING)

    def _is_legal(self, action: Action, legal: Mask) -> bool:
        return bool(legal[flatten(action, *self._places.stands.shape)])

    def _course_at(self, view: BattleView) -> Course:
        """The course of the battle under way, with its time; a new one where the clock has begun again."""
        seconds = self._seconds()
        if self._course is None or seconds < self._course.seconds:
            self._course = self._begun(view, seconds)
        course = self._course
        rate = 5.0 if course.slow else 0.5 if course.fast else 1.0
        course.now += (seconds - course.seconds) * rate
        course.seconds = seconds
        return course

    def _begun(self, view: BattleView, seconds: float) -> Course:
        """The course of a battle of which this is the first view, be it its beginning or not."""
        usage = [(one.usage, one.times) for one in self._squad.candidates]
        course = Course(seconds, seconds, view.dp, usage, last=len(self._steps))
        standing, posts = _standing(view, len(usage)), {friend.tile for friend in self._stage.friends}
        if standing or any((one.row, one.col) not in posts for one in view.operators):
            for step in self._steps[: self._reached(standing, view.kills)]:
                self._set(course, step, self._slot(step, view))
                course.next += 1
        return course

    def _reached(self, standing: set[int], kills: int) -> int:
        """After how many steps the operators that the plan has on the field differ least from `standing` (slots).

        Of several such numbers the largest; no step counts that waits for more than `kills` kills.
        """
        there: set[int] = set()
        best, least = 0, len(standing)
        for number, step in enumerate(self._steps, 1):
            if step.kills > kills:
                break
            slot = self._squad.slots.get(step.name)
            if slot is not None and step.kind == "Deploy":
                there.add(slot)
            elif slot is not None and step.kind == "Retreat":
                there.discard(slot)
            if len(there ^ standing) <= least:
                best, least = number, len(there ^ standing)
        return best

    def _happened(self, action: Action, view: BattleView) -> bool:
        """Whether the view shows the effect of an action; an operator that fell at once is in the hand, cooling."""
        standing = action.slot in _standing(view, len(self._squad.operators))
        if action.kind == DEPLOY:
            return standing or any(card.slot == action.slot and card.state == "cooling" for card in view.cards)
        if action.kind == RETREAT:
            return not standing
        return not any(one.slot == action.slot and one.skill_ready for one in view.operators)

    def _note(self, course: Course, view: BattleView) -> None:
        """The last action had its effect."""
        if course.for_step:
            self._finish(course, view)
        else:
            usage, times = course.usage[course.asked.slot]
            course.usage[course.asked.slot] = usage, times - 1

    def _finish(self, course: Course, view: BattleView) -> None:
        """The turn passes to the next step."""
        course.resumes_at = course.now + self._steps[course.next].post_delay
        course.next += 1
        course.turn_dp, course.due = view.dp, None

    def _step(self, course: Course, view: BattleView, legal: Mask) -> Action | None:
        """The plan's next action, once its turn has come; None to wait. Other steps are done on the way."""
        while course.next < course.last and course.now >= course.resumes_at - ROUNDING:
            step = self._steps[course.next]
            slot = self._slot(step, view)
            if course.due is None:
                if not self._holds(course, step, slot, view):
                    return None
                course.due = course.now + step.pre_delay
            if course.now < course.due - ROUNDING:
                return None
            action = self._action(step, slot)
            if action is not None and self._is_legal(action, legal):
                return action
            if action is not None and self._waits(course, step, action, view):
                return None
            self._set(course, step, slot)
            self._finish(course, view)
        return None

    def _slot(self, step: PlanStep, view: BattleView) -> int | None:
        """The slot that a step is for: by its name, or that of the operator on its tile; None where there is none."""
        if step.name or step.tile is None:
            return self._squad.slots.get(step.name)
        return next((one.slot for one in view.operators if (one.row, one.col) == step.tile and one.slot >= 0), None)

    def _action(self, step: PlanStep, slot: int | None) -> Action | None:
        """The action of a step; None where the step is not an action, or its operator or tile is missing."""
        if slot is None or step.kind not in GESTURES:
            return None
        if step.kind != "Deploy":
            return Action(GESTURES[step.kind], slot)
        if step.tile is None or not (0 <= step.tile[0] < self._stage.height and 0 <= step.tile[1] < self._stage.width):
            return None
        return Action(DEPLOY, slot, step.tile[0] * self._stage.width + step.tile[1], step.direction)

    def _holds(self, course: Course, step: PlanStep, slot: int | None, view: BattleView) -> bool:
        """Whether all conditions of a step hold; a deployment with a delay also waits for its card."""
        changed = view.dp - course.turn_dp
        cooling = sum(card.state == "cooling" for card in view.cards)
        card = next((one for one in view.cards if one.slot == slot), None)
        return (
            view.kills >= step.kills
            and view.dp >= step.costs
            and course.now - course.stopwatch >= step.time_elapsed - ROUNDING
            and (changed >= step.cost_changes if step.cost_changes >= 0 else changed <= step.cost_changes)
            and (step.cooling < 0 or cooling == step.cooling)
            and (step.kind != "Deploy" or step.pre_delay == 0 or slot is None or _is_ready(card))
        )

    def _waits(self, course: Course, step: PlanStep, action: Action, view: BattleView) -> bool:
        """Whether to wait for a step that is not legal now: not after its timeout, nor to use or retreat an operator
        that is gone, nor to deploy one that stands.
        """
        if course.due is not None and 0 <= step.timeout <= course.now - course.due:
            return False
        return (action.kind == DEPLOY) != (action.slot in _standing(view, len(self._squad.operators)))

    def _set(self, course: Course, step: PlanStep, slot: int | None) -> None:
        """Do a step that is not an action: set the speed, a skill's usage, the stopwatch or the end of the plan."""
        match step.kind:
            case "SpeedUp":
                course.fast = not course.fast
            case "BulletTime":
                course.slow = True
            case "SkillUsage" if slot is not None:
                course.usage[slot] = step.usage, step.times
            case "ResetStopwatch":
                course.stopwatch = course.now
            case "SkillDaemon":
                course.last = course.next + 1

    def _automatic(self, course: Course, legal: Mask) -> Action:
        """The first skill that is ready and to be used automatically; a wait where there is none."""
        for slot, (usage, times) in enumerate(course.usage):
            action = Action(SKILL, slot)
            is_used = usage != BY_HAND and (usage != LIMITED_TIMES or times > 0)
            if is_used and self._is_legal(action, legal):
                return action
        return NOTHING


def _standing(view: BattleView, slots: int) -> set[int]:
    """The slots of operators on the field: those seen there, and where all cards are known those not in the hand."""
    hand = {card.slot for card in view.cards}
    missing = set[int]() if UNKNOWN in hand else set(range(slots)) - hand
    return missing | {one.slot for one in view.operators if one.slot >= 0}


def _is_ready(card: Card | None) -> bool:
    """Whether a card is in the hand, affordable and not cooling down."""
    return card is not None and card.state == "ready"
