"""Whether any choice of learning is ever illegal: random states of many stages and squads, each looked at in turn.

`look_at` plays varied battles at random and asks everything that chooses or values an action about every state.
tests/learning/test_legal_choices.py does it with two thousand states, a long proof with as many as wanted:

    python tests/support/legal_choices.py --states 100000
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import NamedTuple

import numpy as np
import torch

from game.characters.builds import default_squad
from game.characters.catalogue import load_catalogue
from game.levels.stage import load_stage, shipped_stages
from learning.collector import Collector
from learning.dqn import Dqn
from learning.encoding import ADVICES, Observation, StageEncoding, make_encoding
from learning.network import make_network, make_terrain
from learning.policy import EpsilonGreedy, Explorer
from learning.replay import Batch
from learning.settings import Settings
from planning.variation import EXACT, FAR, NEAR

SIDE_BY_SIDE = 24
HIGHEST = 1e6
"""What is added to the scores of all illegal actions, to see whether it shows anywhere."""


class Looked(NamedTuple):
    """How many states were looked at, and how many choices were illegal."""

    states: int = 0
    chosen: int = 0
    illegal: int = 0
    targets_off: int = 0
    """Targets of the update that an illegal action has changed."""


def worlds(rng: np.random.Generator) -> Iterator[StageEncoding]:
    """Every shipped stage with squads of four sizes, again and again, their operators drawn from the default ones."""
    catalogue, sizes = load_catalogue(), cycle((12, 7, 3, 1))
    stages = [load_stage(name, catalogue) for name in shipped_stages()]
    for stage, size in zip(cycle(stages), sizes, strict=False):
        squad = rng.permutation(np.array(default_squad(catalogue), object))[:size]
        yield make_encoding(stage, tuple(squad))


def look_at(states: int, seed: int, decisions: int = 12) -> Looked:
    """Look at so many states at least; the seed says which."""
    rng, found = np.random.default_rng(seed), Looked()
    for encoding in worlds(rng):
        found = _look_at_world(encoding, rng, decisions, found)
        if found.states >= states:
            break
    return found


def _look_at_world(encoding: StageEncoding, rng: np.random.Generator, decisions: int, found: Looked) -> Looked:
    """The states of some battles of one stage and squad, after a random number of decisions."""
    first = int(rng.integers(10**6))
    collector = Collector(encoding.stage, encoding.squad, None, SIDE_BY_SIDE, (EXACT, NEAR, FAR), first)
    explorer, wild = Explorer(encoding, 0.3), Explorer(encoding, 0.0)
    asked = Asked(encoding, first)

    def choose(observations: Observation, legal: np.ndarray) -> np.ndarray:
        actions = np.array([explorer.explore(one, rng) for one in legal])
        advice = rng.integers(-1, legal.shape[1], (len(legal), ADVICES))
        asked.ask(observations._replace(advice=advice), legal, [wild.explore(one, rng) for one in legal])
        return actions

    for number in range(decisions):
        for _ in range(int(rng.integers(1, 8))):
            collector.play(lambda _, legal: np.array([explorer.explore(one, rng) for one in legal]), 1.0)
        collector.play(choose, 1.0)
        if number % 4 == 0:
            asked.decide(collector, int(rng.integers(SIDE_BY_SIDE)))
    return Looked(*(one + other for one, other in zip(found, asked.found, strict=True)))


class Asked:
    """A network with random weights, and what it and the explorers chose."""

    def __init__(self, encoding: StageEncoding, seed: int) -> None:
        settings = Settings(epsilon_start=0.5, wait_share=0.1, channels=8, embedding=4)
        self.encoding, self.terrain = encoding, make_terrain(encoding)
        self.dqn = Dqn(encoding, settings, seed)
        self.dqn.target = make_network(encoding, settings, seed + 1)
        self.snapshot = self.dqn.snapshot(self.terrain)
        self.policy = EpsilonGreedy(encoding, self.snapshot, settings, seed)
        self.found = Looked()

    def _count(self, legal: np.ndarray, chosen: Sequence[int]) -> None:
        wrong = int((~legal[np.arange(len(legal)), np.asarray(chosen)]).sum())
        self.found = self.found._replace(
            chosen=self.found.chosen + len(legal), illegal=self.found.illegal + wrong + int((~legal[:, 0]).sum())
        )

    def ask(self, observations: Observation, legal: np.ndarray, explored: Sequence[int]) -> None:
        """The best actions, exploring ones, and the targets of a batch of states."""
        self._count(legal, explored)
        self._count(legal, self.snapshot.best(observations, legal)[0].tolist())
        ones = np.ones(len(legal), np.float32)
        batch = Batch(observations, legal, np.zeros(len(legal), np.int64), 0 * ones, ones, observations, legal)
        off = int((self._targets(batch, 0.0) != self._targets(batch, HIGHEST)).sum())
        self.found = self.found._replace(
            states=self.found.states + len(legal), targets_off=self.found.targets_off + off
        )

    def _targets(self, batch: Batch, more: float) -> torch.Tensor:
        """The targets where the online network, which chooses, scores illegal actions by so much more."""
        illegal = torch.from_numpy(~batch.after_legal)
        hook = self.dqn.online.register_forward_hook(lambda *given: given[2] + more * illegal)
        try:
            return self.dqn._targets(batch, self.terrain)
        finally:
            hook.remove()

    def decide(self, collector: Collector, b: int) -> None:
        """What the policy decides on the view of one battle, several times."""
        view = collector.battles.view(b)
        legal = self.encoding.legal(view)[None]
        for _ in range(4):
            self._count(legal, [self.encoding.index(self.policy.decide(view).action)])


def main() -> int:
    """Look at as many states as asked for, and say what was found. 1 where a choice was illegal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--states", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    found = look_at(options.states, options.seed)
    sys.stdout.write(f"{found}\n")
    return int(found.illegal + found.targets_off > 0)


if __name__ == "__main__":
    sys.exit(main())
