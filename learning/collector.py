"""Varied battles of one stage and squad that are played side by side, with a plan's advice: a collector."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from game.characters.models import Operator
from game.levels.stage import Stage
from learning.advice import Adviser
from learning.arrays import Integers, Mask
from learning.battle_copies import CopiedBattles
from learning.encoding import ADVICES, Observation, make_encoding
from learning.network import Snapshot
from learning.observation import BatchObservation
from learning.reward import Situation
from planning.drafts import Draft
from planning.plans import Plan
from planning.variation import Variation


class Played(NamedTuple):
    """A decision in each of B battles, not yet in a buffer."""

    observation: Observation
    legal: Mask
    """[B, actions]"""
    actions: Integers
    """[B]"""
    rewards: Sequence[float]
    over: Sequence[bool]
    """Whether this decision ended the battle."""


class Choice(Protocol):
    """Chooses a legal compact action for each of a batch of observations."""

    def __call__(self, observations: Observation, legal: Mask) -> Integers:
        """[batch]"""


class Ended(NamedTuple):
    """A battle that was played to its end."""

    won: bool
    stars: int
    leaks: int
    seconds: float
    """Of play."""
    decisions: int


class Collector:
    """Battles of one stage and squad that are played side by side, with a plan's advice, and begun anew as they end."""

    def __init__(
        self, stage: Stage, squad: Sequence[Operator], plan: Plan | None, count: int, variations: Sequence[Variation],
        first_seed: int, *, stays: bool = True,
    ) -> None:  # fmt: skip
        self.encoding = make_encoding(stage, squad)
        self.battles, self._count = CopiedBattles(self.encoding, count), count
        self._variations, self._seed, self._stays = variations, first_seed, stays
        self._plan = plan
        self._advisers = self._new_advisers()
        self.active = np.ones(count, np.bool_)
        """Battles that are not over; where battles do not stay begun, those that are over stand still."""
        self.ended: list[Ended] = []
        """The battles that are over, in the order in which they ended."""
        self._seeds = [0] * count
        """Of the battles under way."""
        self._decided: list[list[int]] = [[] for _ in range(count)]
        """The compact actions of each since its beginning: with its seed they are all that a battle is."""
        for b in range(count):
            self._begin_next(b)
        self._seen, self._situation = self.battles.look()
        self._advice = self._advised()

    def _new_advisers(self) -> list[Adviser]:
        return [] if self._plan is None else [self._adviser(self._plan, b) for b in range(self._count)]

    def _adviser(self, plan: Plan, b: int) -> Adviser:
        return Adviser(plan, self.encoding, lambda: self.battles.seconds(b))

    def rest_of_plan(self, b: int) -> Draft:
        """What is left of the plan in battle `b`."""
        return self._advisers[b].rest

    def _begin_next(self, b: int) -> None:
        self._begin(b, self._seed)
        self._seed += 1

    def _begin(self, b: int, seed: int) -> None:
        self.battles.begin(b, self._variations[seed % len(self._variations)], seed)
        self._seeds[b], self._decided[b] = seed, []

    def _advised(self) -> Integers:
        """[B, ADVICES]"""
        advice = np.full((self._count, ADVICES), -1, np.int64)
        for b, adviser in enumerate(self._advisers):
            if self.active[b]:
                advice[b] = adviser.advise(self.battles.view(b))
        return advice

    def play(self, choose: Choice, discount: float) -> Played:
        """Make one decision in each battle. Battles that it ends are begun anew, with the next seed."""
        observation = observation_of(self._seen, self._advice)
        legal = self._seen.mask[:, self.encoding.flat_actions].view(np.bool_)
        actions = choose(observation, legal)
        before: Situation = self._situation
        self.battles.decide(actions)
        seen, after = self.battles.look()
        ends = self.battles.ends()
        for b, number in enumerate(actions.tolist()):
            if self.active[b]:
                self._decided[b].append(number)
        rewards, over = self.battles.rewards(before, after, ends, discount), ends.over & self.active
        for b in np.flatnonzero(over).tolist():
            seconds = self.battles.seconds(b)
            decisions = len(self._decided[b])
            self.ended.append(Ended(bool(ends.won[b]), int(ends.stars[b]), int(ends.leaks[b]), seconds, decisions))
            if self._stays:
                self._begin_next(b)
            else:
                self.active[b] = False
        if self._stays and over.any():
            seen, after = self.battles.look()
        self._seen, self._situation = seen, after
        self._advice = self._advised()
        return Played(observation, legal, actions, rewards.tolist(), over.tolist())

    def state(self) -> dict[str, Any]:
        """The battles under way, in plain data: for a collector whose battles stay begun."""
        return {"next": self._seed, "seeds": self._seeds, "decided": self._decided, "seen": self._digest()}

    def restore(self, state: dict[str, Any]) -> None:
        """Play the battles of a state again up to where they were.

        Raises ValueError where they come out otherwise: the rules, the stage or the plan were others then.
        """
        self._seed, self._advisers = int(state["next"]), self._new_advisers()
        for b, (seed, decided) in enumerate(zip(state["seeds"], state["decided"], strict=True)):
            self._begin(b, seed)
            for number in decided:
                self.battles.show(b)
                if self._advisers:
                    self._advisers[b].advise(self.battles.view(b))
                self.battles.decide_one(b, number)
            self._decided[b] = list(decided)
        self._seen, self._situation = self.battles.look()
        self._advice = self._advised()
        if self._digest() != state["seen"]:
            raise ValueError(f"the battles of {self.encoding.stage.name} come out otherwise than when they were kept")

    def _digest(self) -> str:
        """What is seen of all battles, and advised, in 64 hexadecimal digits."""
        parts = (*observation_of(self._seen, self._advice), self._seen.mask)
        return hashlib.sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in parts)).hexdigest()


def observation_of(seen: BatchObservation, advice: Integers) -> Observation:
    """What the network gets of a batch of battles."""
    return Observation(seen.tiles, seen.slots, seen.world, seen.posts, advice)


def as_advised(observations: Observation, legal: Mask) -> Integers:
    """What the plan does next, where that is legal; else a wait."""
    advised = np.maximum(observations.advice[:, 0], 0)
    allowed = legal[np.arange(len(advised)), advised]
    return np.where(allowed, advised, 0)


def as_network(snapshot: Snapshot) -> Choice:
    """Chooses the legal action with the highest Q."""
    return lambda observations, legal: snapshot.best(observations, legal)[0]
