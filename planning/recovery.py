"""Continuations of a battle under way: what still wins from here where the plan no longer does.

A continuation is a draft (planning.drafts) whose moves begin now. It is bred as plans are, from what is left of the
plan, in trials (planning.evaluation) that begin with a copy of the battle. Trials in other worlds than the battle's own
keep it from fitting the accidents of one battle.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from game.actions import DEPLOY, RETREAT, SKILL
from game.characters.models import Operator
from game.levels.stage import Stage
from game.simulator.records import Battles, World
from planning.assignment import PlanSquad
from planning.drafts import NO_LIMITS, Draft, DraftMaker, PlannedMove
from planning.evaluation import ENDLESS, Arena, Block, Entry, Score, Trial
from planning.mutations import Mutator
from planning.plans import BY_HAND, Plan
from planning.player import Gestures

POOL = 6
"""Continuations that are kept and changed."""
OF_THE_FIELD = 0.5
"""Share of the changes that start from the operators on the field; the others are those of the search for plans."""
HOLDS_STILL = 1
"""In so many of the trials it may fail that what is left of the plan still holds well enough."""
LEAD, LEAST = 0.25, 0.5
"""In so large a share of other trials more than what is left of the plan, and in so large a share of all of them, has a
continuation to hold before it is followed: where neither holds often, which one is better is chance.
"""
ACTIONS = {"Deploy": DEPLOY, "Skill": SKILL, "Retreat": RETREAT}
"""The steps of a plan that a continuation can hold."""
Blocks = list[tuple[Block, list[Trial]]]
NOTHING_YET = Score(0, -np.inf)


class Underway(NamedTuple):
    """Where the search for a continuation begins."""

    rest: Draft
    """What is left of the plan."""
    standing: tuple[int, ...]
    """Slots of the operators on the field."""
    posts: Mapping[int, tuple[int, int]]
    """By slot the tile and the direction of its last deployment: of those that stand, and of those that have fallen."""


class Better(NamedTuple):
    """What a look ahead found."""

    draft: Draft | None
    """A continuation that holds more often than what is left of the plan; None where there is none."""
    battles: int
    """Battles of the search; 0 where what is left of the plan holds well enough, so that none was made."""


def rest_of(plan: Plan, stage: Stage, squad: PlanSquad, reached: int = 0) -> Draft:
    """The steps of a plan from number `reached` on, as a draft.

    Left out are steps that are not actions, steps without an operator, and all gates but kills and seconds.
    """
    moves = [
        PlannedMove(
            ACTIONS[step.kind],
            squad.slots[step.name],
            step.tile[0] * stage.width + step.tile[1] if step.tile else 0,
            step.direction,
            step.kills,
            step.time_elapsed,
        )
        for step in plan.steps[reached:]
        if step.kind in ACTIONS and step.name in squad.slots
    ]
    used = (slot for slot, one in enumerate(squad.candidates) if one.usage != BY_HAND)
    return Draft(tuple(moves), tuple(used))


def without_done(draft: Draft, standing: Collection[int]) -> Draft:
    """A continuation without first moves that have happened: deployments of operators that stand, retreats of others.

    `standing` are the slots of the operators on the field.
    """
    moves = list(draft.moves)
    while moves and moves[0].kind in {DEPLOY, RETREAT} and (moves[0].kind == DEPLOY) == (moves[0].slot in standing):
        del moves[0]
    return draft._replace(moves=tuple(moves))


def trial_of(battles: Battles, b: int, own: World, other: World, gestures: Gestures) -> Trial:
    """A trial that begins with a copy of battle `b`, which has the world `own`, and goes on in another world.

    Operators and enemies keep their shares of health. Life is endless, so that all leaks count.
    """
    start = Battles._make(np.array(table[b : b + 1]) for table in battles)
    start.battle["life"] = ENDLESS
    start.foe["health"] *= other.enemy["max_health"] / own.enemy["max_health"]
    start.unit["health"] *= other.stance["max_health"][0] / own.stance["max_health"][0]
    return Trial(other, gestures, start)


class ContinuationSearch:
    """Searches for continuations in battles of one stage and squad."""

    def __init__(self, stage: Stage, squad: Sequence[Operator], seed: int) -> None:
        self._arena = Arena(stage, squad, ())
        self._drafts = _Continuations(stage, squad, self._arena.world, np.random.default_rng([seed, 8]), NO_LIMITS)
        self._mutator, self._rng = Mutator(self._drafts), self._drafts.rng

    @property
    def world(self) -> World:
        """The world of the stage and the squad as the simulator plays it."""
        return self._arena.world

    def held(self, draft: Draft, trials: Sequence[Trial]) -> int:
        """In how many trials a continuation wins without a leak from there on."""
        return sum(self._score(draft, _blocks([trial]))[0].score.blocks for trial in trials)

    def search(self, begin: Underway, trials: Sequence[Trial], budget: int) -> tuple[Entry, int]:
        """The continuation that does best in these trials, and how many battles were played: at most about `budget`.

        It is tried in the first of them, then in a few, then in the rest, so that a bad one costs one battle. The
        search ends where one holds in all of the first five trials and in nearly all of the others.
        """
        blocks = _blocks(trials)
        best, battles = self._score(begin.rest, blocks)
        pool, tried = [best], {begin.rest}
        while battles < budget and pool[0].score.blocks < len(blocks):
            parent = pool[int(len(pool) * self._rng.random() ** 2)]
            draft = self.changed(parent, begin)
            battles += 1  # also for one that was tried before, so that the search ends
            if draft in tried:
                continue
            tried.add(draft)
            entry, count = self._score(draft, blocks, pool[-1].score if len(pool) == POOL else NOTHING_YET, parent)
            battles += count - 1
            pool = sorted([*pool, entry], key=lambda one: one.score, reverse=True)[:POOL]
        return pool[0], battles

    def better(self, begin: Underway, tried: Sequence[Trial], checked: Sequence[Trial], budget: int) -> Better:
        """A continuation that is better than what is left of the plan, where that fails in some of `tried`.

        It is searched for there, with at most about `budget` battles, and has to show it in other trials, `checked`.
        """
        rest = begin.rest
        if not budget or self.held(rest, tried) >= len(tried) - HOLDS_STILL:
            return Better(None, 0)
        found, battles = self.search(begin, tried, budget)
        if found.draft == rest:
            return Better(None, battles)
        holds, held = self.held(found.draft, checked), self.held(rest, checked)
        is_better = holds >= max(held + LEAD * len(checked), LEAST * len(checked))
        return Better(found.draft if is_better else None, battles)

    def _score(
        self, draft: Draft, blocks: Blocks, floor: Score = NOTHING_YET, parent: Entry | None = None
    ) -> tuple[Entry, int]:
        """The entry of a continuation, and the number of battles played."""
        self._arena.blocks = blocks
        return self._arena.score(draft, floor, parent)

    def changed(self, parent: Entry, begin: Underway) -> Draft:
        """A continuation with one or more changes."""
        draft = parent.draft
        if self._rng.random() < OF_THE_FIELD:
            draft = self._with_change_of_the_field(draft, begin)
            if self._rng.random() < 0.5:
                return draft
        return self._mutator.changed(draft, parent.escaped)

    def _with_change_of_the_field(self, draft: Draft, begin: Underway) -> Draft:
        """An operator at its post again, or relieved, or one more, or a skill; rather soon than late."""
        moves, draw = list(draft.moves), self._rng.random()
        at = int((len(moves) + 1) * self._rng.random() ** 2)
        if draw < 0.4 and begin.posts:
            slot = self._drafts.any_of(sorted(begin.posts))
            moves.insert(at, PlannedMove(DEPLOY, slot, *begin.posts[slot]))
        elif draw < 0.7 and begin.standing:
            moves[at:at] = self._relief(begin)
        elif draw < 0.85 or not self._drafts.by_hand:
            moves.insert(at, self._drafts.deployment(self._drafts.any_of(self._drafts.usable)))
        else:
            moves.insert(at, PlannedMove(SKILL, self._drafts.any_of(self._drafts.by_hand)))
        return Draft(tuple(moves), draft.skills)

    def _relief(self, begin: Underway) -> list[PlannedMove]:
        """An operator on the field retreats, perhaps with another one in its place."""
        slot = self._drafts.any_of(begin.standing)
        tile, direction = begin.posts[slot]
        others = [one for one in self._drafts.who_stands_on(tile) if one != slot]
        successor = [PlannedMove(DEPLOY, self._drafts.any_of(others), tile, direction)] if others else []
        return [PlannedMove(RETREAT, slot), *(successor if self._rng.random() < 0.7 else [])]


def _blocks(trials: Sequence[Trial]) -> Blocks:
    """The first trial, the next four, and the rest, in which one of eight may fail."""
    parts = [list(part) for part in (trials[:1], trials[1:5], trials[5:]) if part]
    return [(Block((), failures=len(part) // 8), part) for part in parts]


class _Continuations(DraftMaker):
    """Draws continuations: they may retreat operators, and use skills of operators, that stand already."""

    def allowed(self, draft: Draft) -> Draft:
        """The draft as it is."""
        return draft
