"""Plays a share of a task's battles with the weights that it is given: the part of a training that is shared out.

A task's battles are always played in the same shares, each by a player of its own, wherever these players are: one
after the other in the trainer's process, or in workers on other machines (bot.cluster). So the same seed gives the same
weights on any number of machines. What a player does follows from its state and the weights it is given; one that is
lost is begun again from its last state, and plays the same again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np
from torch import Tensor

from game.characters.models import Operator
from game.levels.stage import Stage
from learning.arrays import Integers, Mask
from learning.collector import Collector, Ended, Played
from learning.demonstrations import BATTLES, FIRST_SEED
from learning.encoding import Observation
from learning.network import Snapshot, make_network, make_terrain
from learning.policy import Explorer
from learning.settings import Settings
from planning.plans import Plan
from planning.variation import FAR, NEAR

ROUND = 8
"""Decisions of each battle in a round."""
SHARES = 4
"""The most shares that the battles of a task are played in."""
APART = 100_000
"""Seeds from the first battle of one training to that of another; a share has its own part of them."""

Weights: TypeAlias = Mapping[str, Tensor]
"""Of a network, by name, on the CPU."""


class PlayedRound(NamedTuple):
    """What was played in `ROUND` decisions of each battle."""

    played: list[Played]
    ended: list[Ended]


class Seat(Protocol):
    """Where a player plays."""

    def start(self, weights: Weights, epsilon: float) -> Callable[[], PlayedRound]:
        """Play a round; to call what is returned waits for its end."""

    def state(self) -> dict[str, Any]:
        """What goes on from here between two rounds, in plain data."""

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state. Raises ValueError where its battles come out otherwise than they did."""


class Player:
    """The battles of one share of a task, and the network that decides in them."""

    def __init__(
        self, stage: Stage, squad: Sequence[Operator], plan: Plan | None, settings: Settings, seed: int, share: int
    ) -> None:
        battles = np.array_split(np.arange(settings.battles), shares_of(settings))[share]
        first = FIRST_SEED + BATTLES + APART * seed + APART // SHARES * share
        self.collector = Collector(stage, squad, plan, len(battles), (NEAR, FAR), first)
        self._exploring = 2 * battles / max(settings.battles - 1, 1)
        """By how much of epsilon each battle explores: from none in the first battle of the task to twice as much in
        the last (as in Ape-X, Horgan et al. 2018), so that some battles show what the network can do."""
        encoding = self.collector.encoding
        self._network, self._terrain = make_network(encoding, settings, 0), make_terrain(encoding)
        self._explorer = Explorer(encoding, settings.wait_share)
        self._chance = np.random.default_rng([seed, 2, share])
        self._discount = settings.discount

    def start(self, weights: Weights, epsilon: float) -> Callable[[], PlayedRound]:
        """A round that is played when it is waited for."""
        return partial(self.play, weights, epsilon)

    def play(self, weights: Weights, epsilon: float) -> PlayedRound:
        """Play a round."""
        self._network.load_state_dict(weights)
        snapshot = Snapshot(self._network, self._terrain)

        def choose(observations: Observation, legal: Mask) -> Integers:
            """The best action, or at times an exploring one."""
            actions, _ = snapshot.best(observations, legal)
            explores = self._chance.random(len(actions)) < epsilon * self._exploring
            for b in np.flatnonzero(explores).tolist():
                actions[b] = self._explorer.explore(legal[b], self._chance)
            return actions

        played = [self.collector.play(choose, self._discount) for _ in range(ROUND)]
        ended, self.collector.ended = self.collector.ended, []
        return PlayedRound(played, ended)

    def state(self) -> dict[str, Any]:
        """The battles under way and the next random numbers, in plain data."""
        return {"battles": self.collector.state(), "chance": json.dumps(self._chance.bit_generator.state)}

    def restore(self, state: dict[str, Any]) -> None:
        """Play the battles of a state again up to where they were. Raises ValueError where they come out otherwise."""
        self.collector.restore(state["battles"])
        self._chance.bit_generator.state = json.loads(state["chance"])


class Seats(Protocol):
    """Gives a task its players, one for each share of its battles."""

    def __call__(
        self, stage: Stage, squad: Sequence[Operator], plan: Plan | None, settings: Settings, seed: int
    ) -> Sequence[Seat]:
        """The players of a task, in the order of their shares."""


def shares_of(settings: Settings) -> int:
    """In how many shares the battles of a task are played."""
    return min(SHARES, settings.battles)


def players_here(
    stage: Stage, squad: Sequence[Operator], plan: Plan | None, settings: Settings, seed: int
) -> list[Player]:
    """Players in this process."""
    return [Player(stage, squad, plan, settings, seed, share) for share in range(shares_of(settings))]


def side_by_side(rounds: Sequence[PlayedRound]) -> PlayedRound:
    """The rounds of all shares of a task as one of all its battles."""
    played = [_joined(same_moment) for same_moment in zip(*(one.played for one in rounds), strict=True)]
    return PlayedRound(played, [ended for one in rounds for ended in one.ended])


def _joined(parts: Sequence[Played]) -> Played:
    """The decisions of several players at the same moment as one of all their battles."""
    return Played(
        Observation._make(map(np.concatenate, zip(*(one.observation for one in parts), strict=True))),
        np.concatenate([one.legal for one in parts]),
        np.concatenate([one.actions for one in parts]),
        [reward for one in parts for reward in one.rewards],
        [over for one in parts for over in one.over],
    )
