"""Finds a plan that wins a stage: which operators are deployed where and when, and which skills are used.

The search breeds plans: it begins with random drafts, changes the best of them a little, and keeps what leaks less.
A battle takes about a millisecond, so thousands of drafts are tried in seconds. The same seed always finds the same
plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import NamedTuple

import numpy as np

from game.characters.models import Operator
from game.levels.stage import Stage
from planning.drafts import Draft, DraftMaker
from planning.evaluation import ENDLESS, Evaluator, PlanScore
from planning.mutations import Mutator, simpler_drafts

POOL = 12
"""Drafts that are kept and changed."""
FRESH = 60
"""Random drafts that a pool begins with."""
STALE = 700
"""Changes without a better draft after which a new pool begins."""
POLISH = 400
"""Further changes that are tried once a draft is good enough, to find a simpler one."""


class SearchResult(NamedTuple):
    """The best plan of a search, with its worst outcome in the battles it was tried in."""

    draft: Draft
    stars: int
    """3 won without a leak, 2 won, 0 lost."""
    lost_life: int
    battles: int
    """Battles played until it was found and simplified."""


def search(stage: Stage, squad: Sequence[Operator], seed: int = 0, budget: int = 6000, stars: int = 3) -> SearchResult:
    """The best plan that `budget` battles find. A plan of `stars` stars ends the search early, once it is polished.

    The budget is checked between drafts, so a few more battles may be played.
    """
    return _Search(stage, squad, seed).find(budget, stars)


class _Search:
    """One search: the battles it plays, and the drafts it makes and changes."""

    def __init__(self, stage: Stage, squad: Sequence[Operator], seed: int) -> None:
        self.stage = stage
        self.rng = np.random.default_rng(seed)
        self.evaluator = Evaluator(stage, squad)
        self.drafts = DraftMaker(stage, squad, self.evaluator.world, self.rng)
        self.mutator = Mutator(self.drafts)

    def find(self, budget: int, stars: int) -> SearchResult:
        """Breed plans until the budget is spent, or a plan is good enough and polished.

        The first pool and every second one after it are compared with endless life, so that all leaks of the whole
        battle count; the others with the stage's life, so that it counts how far a battle goes.
        """
        wanted = 0 if stars == 3 else self.stage.options.max_life - 1
        best: list[Draft] = []
        for attempt in count():
            self.evaluator.grant(self.stage.options.max_life if attempt % 2 else ENDLESS)
            draft, good = self._breed(budget, wanted)
            best.append(draft)
            if good or self.evaluator.battles >= budget:
                break
        self.evaluator.grant(ENDLESS)
        return self._report(self._pruned(max(best, key=self.evaluator.score)))

    def _breed(self, budget: int, wanted: int) -> tuple[Draft, bool]:
        """The best draft bred from one random pool, and whether it was polished: it loses at most `wanted` life."""
        fresh = [self.drafts.random_draft() for _ in range(FRESH)]
        pool = sorted(((self.evaluator.score(draft), draft) for draft in fresh), reverse=True)[:POOL]
        stale, left = 0, POLISH
        while self.evaluator.battles < budget and stale < STALE and left:
            child = self.mutator.changed(pool[self._rank()][1])
            entry = (self.evaluator.score(child), child)
            stale += 1
            if entry > pool[-1] and entry not in pool:
                stale = 0 if entry[0] > pool[0][0] else stale
                pool = sorted([*pool[:-1], entry], reverse=True)
            if pool[0][0].finished and pool[0][0].lost_life <= wanted:
                left, stale = left - 1, 0
        return pool[0][1], not left

    def _report(self, draft: Draft) -> SearchResult:
        """A draft with its outcome."""
        score = self.evaluator.score(draft)
        won = score.finished and score.lost_life < self.stage.options.max_life
        stars = (2 if score.lost_life else 3) if won else 0
        return SearchResult(draft, stars, score.lost_life, self.evaluator.battles)

    def _pruned(self, draft: Draft) -> Draft:
        """The draft without anything that can be left out while it comes to the same outcome."""
        while True:
            here = self.evaluator.score(draft)
            simpler = (one for one in simpler_drafts(draft) if _no_worse(self.evaluator.score(one), here))
            less = next(simpler, None)
            if less is None:
                return draft
            draft = less

    def _rank(self) -> int:
        """The index in the pool of the draft to change: the better a draft, the likelier."""
        return int(POOL * self.rng.random() ** 2)


def _no_worse(one: PlanScore, other: PlanScore) -> bool:
    """Whether a draft's outcome is as good as another's, or better. How simple it is does not count."""
    return (one.finished, -one.lost_life) >= (other.finished, -other.lost_life)
