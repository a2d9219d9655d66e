"""Finds a plan that wins a stage and holds where the game differs from the simulator: who is deployed where and when,
and which skills are used.

The search breeds plans: it begins with random drafts, changes the best of them a little, and keeps what leaks less. Its
trials (planning.evaluation) go from the battle as the simulator plays it to ones that differ more and more from it; if
the budget suffices, it ends with a plan that has held in all of them. The same seed and budget always find the same
plan, on any number of cores.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from typing import NamedTuple

import numpy as np

from game.characters.models import Operator
from game.errors import PlanError
from game.levels.stage import Stage
from game.simulator.tables import standing_room
from planning.drafts import NO_LIMITS, Draft, DraftMaker, Limits
from planning.evaluation import ENDLESS, Arena, Block, Entry, Score, battles_of
from planning.mutations import Mutator, simpler_drafts
from planning.variation import EXACT, FAR, NEAR

POOL = 12
"""Drafts that are kept and changed."""
FRESH = 64
"""Random drafts that a pool begins with."""
ROUND = 8
"""Drafts that are made from one state of the pool and tried at the same time."""
STALE = 700
"""Changes without a better draft after which a new pool begins."""
POLISH = 40
"""Further changes that are tried once a draft holds in all trials."""
BLOCKS = (
    Block(((EXACT, 0),)),
    Block(battles_of(NEAR, range(1000, 1003))),
    Block(battles_of(NEAR, range(1010, 1018))),
    Block(battles_of(FAR, range(2000, 2008)), failures=1),
    Block(battles_of(FAR, range(2010, 2026)), failures=2),
    Block(battles_of(NEAR, range(1020, 1044)), failures=1),
    Block(battles_of(FAR, range(2030, 2054)), failures=4),
)
"""The trials of a plan that is to hold, block by block. Their seeds differ from those with which a found plan is
checked.
"""
PRUNING = 2000
"""Most battles that are played to leave out of a plan what it does not need, or a tenth of the search's if more."""
CROSSED = 0.2
"""Share of the drafts that are made from two of the pool."""
CHAMPIONS = 4
"""After this many pools, one begins with the best draft of each of them instead of random drafts."""
Tries = Sequence[tuple[Draft, Entry | None]]
"""Drafts that are to be tried, each with the entry that it was made from."""
NOTHING_YET = Score(0, -np.inf)


class SearchProgress(NamedTuple):
    """How far a search is."""

    battles: int
    best: Entry
    blocks: int
    """Blocks of trials in which the best draft is to hold."""


class SearchResult(NamedTuple):
    """The best draft of a search."""

    draft: Draft
    score: Score
    stars: int
    """What it wins in the battle as the simulator plays it (seed 0): 3 without a leak, 2 with one, 0 for a defeat."""
    battles: int
    """Battles played by the search."""


def search(
    stage: Stage,
    squad: Sequence[Operator],
    seed: int = 0,
    budget: int = 40_000,
    stars: int = 3,
    blocks: Sequence[Block] = BLOCKS,
    goes_on: Callable[[SearchProgress], bool] = lambda _: True,
    limits: Limits = NO_LIMITS,
) -> SearchResult:
    """The best draft that `budget` battles find; one that holds in all blocks ends the search early.

    `goes_on` is called after every round of trials, and ends the search where it returns False. Raises PlanError where
    no plan can obey the limits, or no operator can be deployed.
    """
    limits = _checked(limits, stage, squad)
    open_stage = replace(stage, options=stage.options._replace(squad_limit=0))  # the search tries more than fit
    lives = 0 if stars == 3 else stage.options.max_life - 1
    arena = Arena(open_stage, squad, blocks, lives, limits.must)
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        drafts = DraftMaker(stage, squad, arena.world, np.random.default_rng(seed), limits)
        return _Search(stage, drafts, arena, threads, goes_on).find(budget)


def _checked(limits: Limits, stage: Stage, squad: Sequence[Operator]) -> Limits:
    """The limits with that of the stage. Raises PlanError where no plan can obey them."""
    operators = min(limits.operators, stage.options.squad_limit or limits.operators)
    stands = [one.name for one, room in zip(squad, standing_room(stage, squad), strict=True) if room.any()]
    if lacking := [name for name in limits.must if name not in stands]:
        raise PlanError(f"{stage.code}: {', '.join(lacking)} cannot be deployed there; leave out --must for them")
    if len(limits.must) > operators or operators < 1:
        raise PlanError(f"{stage.code}: a plan of {operators} operators cannot use {len(limits.must)}")
    if not stands:
        raise PlanError(f"{stage.code}: none of the operators can be deployed there; give others")
    return limits._replace(operators=operators)


class _Search:
    """One search: the drafts it makes and changes, and the threads that try them."""

    def __init__(
        self, stage: Stage, drafts: DraftMaker, arena: Arena, threads: ThreadPoolExecutor,
        goes_on: Callable[[SearchProgress], bool],
    ) -> None:  # fmt: skip
        self.stage, self.drafts, self.arena, self.threads, self.goes_on = stage, drafts, arena, threads, goes_on
        self.rng = drafts.rng
        self.mutator = Mutator(drafts)
        self.battles = 0
        self.best: Entry | None = None
        self.champions: list[Entry] = []
        """The best of each pool since the last one that began with them."""
        self.tried: set[Draft] = set()

    def find(self, budget: int) -> SearchResult:
        """Breed plans until the budget is spent, or a draft holds in all blocks and is polished.

        In the first pool and every second one after it, battles go on when the stage's life is lost, so that all leaks
        of the whole battle count. In the other pools they end there, so that it counts how far a battle gets.
        """
        for attempt in count():
            mortal = attempt % 2 and len(self.champions) < CHAMPIONS
            self.arena.most_lost = self.stage.options.max_life if mortal else ENDLESS
            self.tried.clear()
            if self._breed(budget) or self.battles >= budget:
                break
        assert self.best is not None
        best = self._pruned(self.best)
        return SearchResult(best.draft, best.score, self.arena.stars(best.draft), self.battles)

    def _pruned(self, entry: Entry) -> Entry:
        """The draft without anything that can be left out while its score becomes no worse.

        As many simpler drafts as a round has are tried at a time, and the first of them that is good enough is taken.
        The battles for that are limited, so that a search ends soon after its time.
        """
        changed, most = True, self.battles + max(PRUNING, self.battles // 10)
        while changed:
            changed, at = False, 0
            while at < len(simpler := simpler_drafts(entry.draft)) and self.battles < most:
                found = self._simpler(entry, simpler[at : at + ROUND])
                good = next((n for n, one in enumerate(found) if one), None)
                if good is None:
                    at += ROUND
                else:
                    entry, at, changed = found[good] or entry, at + good, True
        return entry

    def _simpler(self, entry: Entry, drafts: Sequence[Draft]) -> list[Entry | None]:
        """The entries of simpler drafts; None for one that is worse, or beyond the limits."""
        allowed = [draft.moves and self.drafts.allowed(draft) == draft for draft in drafts]

        def tried(n: int) -> tuple[Entry | None, int]:
            if not allowed[n]:
                return None, 0
            found, battles = self.arena.score(drafts[n], entry.score, entry)
            return (found if found.score >= entry.score else None), battles

        done = list(self.threads.map(tried, range(len(drafts))))
        self.battles += sum(battles for _, battles in done)
        return [found for found, _ in done]

    def _breed(self, budget: int) -> bool:
        """Breed from one pool. Returns whether the search is over: a draft that holds in all blocks was found and
        polished, or `goes_on` has ended it.
        """
        pool: list[Entry] = []
        fresh, stale, left = FRESH, 0, POLISH
        if len(self.champions) == CHAMPIONS:
            champions, self.champions, fresh = [(entry.draft, None) for entry in self.champions], [], 0
            pool = self._with(pool, self._tried(champions, NOTHING_YET))
        while self.battles < budget and stale < STALE and left > 0:
            if fresh > 0:
                drafts: Tries = [(self.drafts.random_draft(), None) for _ in range(ROUND)]
                fresh -= ROUND
            else:
                parents = [pool[self._rank(len(pool))] for _ in range(ROUND)]
                drafts = [(self._child(parent, pool), parent) for parent in parents]
            top = pool[0].score if pool else NOTHING_YET
            pool = self._with(pool, self._tried(drafts, pool[-1].score if len(pool) == POOL else NOTHING_YET))
            stale = 0 if pool[0].score > top else stale + ROUND
            if pool[0].score.blocks == len(self.arena.blocks):
                fresh, left, stale = 0, left - ROUND, 0
            if self._ends(pool[0]):
                return True
        self.champions.append(pool[0])
        return left <= 0

    def _child(self, parent: Entry, pool: Sequence[Entry]) -> Draft:
        """A draft made from one of the pool, or from two."""
        draft = parent.draft
        if self.rng.random() < CROSSED:
            draft = self.mutator.crossed(draft, self.drafts.any_of(pool).draft)
            if draft != parent.draft and self.rng.random() < 0.5:
                return draft
        return self.mutator.changed(draft, parent.escaped)

    def _with(self, pool: list[Entry], new: Sequence[Entry]) -> list[Entry]:
        """The pool with those of some new entries that are better than its worst."""
        full = len(pool) == POOL
        better = [entry for entry in new if not full or entry.score > pool[-1].score]
        return sorted([*pool, *better], reverse=True)[:POOL]

    def _ends(self, entry: Entry) -> bool:
        """Note the best entry of a round of trials, and ask `goes_on` whether that was the last round."""
        if self.best is None or entry.score > self.best.score:
            self.best = entry
        return not self.goes_on(SearchProgress(self.battles, self.best, len(self.arena.blocks)))

    def _tried(self, drafts: Tries, floor: Score) -> list[Entry]:
        """Try those of the drafts, each with its parent, that have not been tried before; returns their entries."""
        new = {draft: parent for draft, parent in drafts if draft not in self.tried}
        self.tried.update(new)
        done = list(self.threads.map(lambda one: self.arena.score(one[0], floor, one[1]), new.items()))
        self.battles += sum(battles for _, battles in done)
        return [entry for entry, _ in done]

    def _rank(self, size: int) -> int:
        """The index in the pool of the draft to change: the better a draft, the likelier."""
        return int(size * self.rng.random() ** 2)
