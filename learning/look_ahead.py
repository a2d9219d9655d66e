"""Looking ahead: the rest of the plan is tried in the simulator from the battle under way, and a better one sought.

This is done for each battle every few seconds. A copy of it goes on in worlds around the simulator's own
(planning.variation), for the numbers of the battle under way are not known. Where the rest of the plan does not hold in
nearly all of them, a continuation is searched for (planning.recovery). It is followed from then on where it holds more
often than the rest of the plan in other such worlds; else the policy goes on.

In this module a battle is copied from the simulator's records; of its health only the shares are used, as bars show
them. Cooldowns and skill points are taken as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from game.actions import DEPLOY, SKILL, Action
from game.simulator.records import World
from learning.arrays import Integers, Mask
from learning.battle_copies import DECIDING
from learning.collector import Choice, Collector
from learning.encoding import Observation, StageEncoding
from learning.plan_policy import ROUNDING
from planning.drafts import Draft, PlannedMove
from planning.evaluation import Trial
from planning.player import Gestures
from planning.recovery import Better, ContinuationSearch, Underway
from planning.variation import FAR, gestures, varied

EVERY = 10
"""Decisions of a battle from one look to the next."""
WORLDS = 96
"""Worlds around the simulator's own, from which those of each look are drawn."""
FIRST_SEED = 60_000
"""Seed of the first of them; no battles are played, learned from or measured with these seeds."""
TRIED, CHECKED = 16, 24
"""Worlds in which continuations are tried, and others in which the best is compared with the rest of the plan."""


class Seen(NamedTuple):
    """What one battle shows to the player of a continuation."""

    legal: Mask
    """[actions]"""
    posts: Sequence[int]
    """[slots] as in Observation"""
    kills: int
    seconds: float


class ContinuationPlayer:
    """Follows a continuation by decisions: each move once it is legal, until it is seen to have happened."""

    def __init__(self, draft: Draft, encoding: StageEncoding) -> None:
        self._draft, self._encoding, self._next = draft, encoding, 0
        self._asked: PlannedMove | None = None
        """The move of the last decision, whose effect is to be seen."""

    @property
    def rest(self) -> Draft:
        """What is left of the continuation."""
        return self._draft._replace(moves=self._draft.moves[self._next :])

    def decide(self, seen: Seen) -> int:
        """The compact action of the next move if it is due and legal, else a skill that is ready, else a wait."""
        self.note(seen)
        while self._next < len(self._draft.moves):
            move = self._draft.moves[self._next]
            if seen.kills < move.kills or seen.seconds < move.seconds - ROUNDING:
                break
            if seen.legal[index := self._index(move)]:
                self._asked = move
                return index
            if move.kind == DEPLOY or seen.posts[move.slot] >= 0:
                break
            self._next += 1
        ready = (self._index(PlannedMove(SKILL, slot)) for slot in self._draft.skills)
        return next((index for index in ready if seen.legal[index]), 0)

    def note(self, seen: Seen) -> None:
        """Go on to the next move where the last one has happened."""
        if self._asked is not None and self._happened(self._asked, seen):
            self._next += 1
        self._asked = None

    def _happened(self, move: PlannedMove, seen: Seen) -> bool:
        if move.kind == SKILL:
            return not seen.legal[self._index(move)]
        return (seen.posts[move.slot] >= 0) == (move.kind == DEPLOY)

    def _index(self, move: PlannedMove) -> int:
        place = (move.tile, move.direction) if move.kind == DEPLOY else ()
        return self._encoding.index(Action(move.kind, move.slot, *place))


class LookCounts(NamedTuple):
    """How often looking ahead did what."""

    looks: int = 0
    searches: int = 0
    changes: int = 0
    """Continuations that were found and followed."""
    battles: int = 0
    """Battles played by the searches."""

    def with_look(self, found: Better) -> LookCounts:
        """These and one more look."""
        changed = found.draft is not None
        return LookCounts(
            self.looks + 1, self.searches + (found.battles > 0), self.changes + changed, self.battles + found.battles
        )


class LookAhead:
    """Chooses for the battles of a collector that have the advice of a plan: what `policy` chooses, or a continuation.

    A search for a continuation plays about `budget` battles; 0 looks ahead never.
    """

    def __init__(self, collector: Collector, policy: Choice, budget: int, seed: int) -> None:
        self._collector, self._policy, self._budget = collector, policy, budget
        encoding = collector.encoding
        self._recovery = ContinuationSearch(encoding.stage, encoding.squad, seed)
        self._rng = np.random.default_rng([seed, 9])
        self._worlds = worlds_around(encoding, self._recovery.world, WORLDS)
        count = len(collector.active)
        self._followed: list[ContinuationPlayer | None] = [None] * count
        self._posts: list[dict[int, tuple[int, int]]] = [{} for _ in range(count)]
        self._decisions = 0
        self.looked = LookCounts()
        """What was done so far."""

    def __call__(self, observations: Observation, legal: Mask) -> Integers:
        """[battles]; battles that are over wait."""
        actions = np.array(self._policy(observations, legal))
        for b in np.flatnonzero(self._collector.active).tolist():
            seen = Seen(legal[b], observations.posts[b].tolist(), *self._collector.battles.progress(b))
            self._note_posts(b, seen)
            if self._decisions and (self._decisions + b) % EVERY == 0:
                self._look(b, seen)
            followed = self._followed[b]
            if followed is not None:
                actions[b] = followed.decide(seen)
        self._decisions += 1
        return actions

    def _note_posts(self, b: int, seen: Seen) -> None:
        """Keep where each operator stood last."""
        self._posts[b].update((slot, divmod(post, 4)) for slot, post in enumerate(seen.posts) if post >= 0)

    def _look(self, b: int, seen: Seen) -> None:
        """Try the rest of the plan, or of the continuation that is followed, and search for a better one if needed."""
        rest = self._rest(b, seen)
        numbers = self._rng.permutation(len(self._worlds))
        tried, checked = (self._trials(b, part) for part in np.split(numbers[: TRIED + CHECKED], [TRIED]))
        standing = tuple(slot for slot, post in enumerate(seen.posts) if post >= 0)
        found = self._recovery.better(Underway(rest, standing, self._posts[b]), tried, checked, self._budget)
        if found.draft is not None:
            self._followed[b] = ContinuationPlayer(found.draft, self._collector.encoding)
        self.looked = self.looked.with_look(found)

    def _rest(self, b: int, seen: Seen) -> Draft:
        followed = self._followed[b]
        if followed is None:
            return self._collector.rest_of_plan(b)
        followed.note(seen)
        return followed.rest

    def _trials(self, b: int, numbers: Integers) -> list[Trial]:
        return [self._collector.battles.trial(b, *self._worlds[number]) for number in numbers.tolist()]


def worlds_around(encoding: StageEncoding, world: World, count: int) -> list[tuple[World, Gestures]]:
    """Worlds around the simulator's own, each with gestures that begin when a decision is made."""
    hands = hands_of_play(count)
    return [(varied(world, encoding.stage, FAR, FIRST_SEED + n), one) for n, one in enumerate(hands)]


def hands_of_play(count: int) -> list[Gestures]:
    """So many sequences of gestures, each of one battle, that begin when a decision is made."""
    drawn = gestures(FAR, list(range(FIRST_SEED, FIRST_SEED + count)))
    return [Gestures(drawn.ticks[n : n + 1] + DECIDING, drawn.lost[n : n + 1]) for n in range(count)]
