"""What each part of learning is worth: python benchmarks/ablations.py [--stages ...] [--seeds 3] [--decisions 20000].

One part is left out at a time, by patches here; players have no such options. Each variant learns in three settings:

- plan: the stage's stored plan is shown, and advises
- nothing: no plan
- switch: no plan, and half-way the operators are raised from level 10 to their defaults; what was played before stays
  in the buffer. This is the change that a buffer lives through: a new stage or other operators begin a buffer of their
  own, in play and in training

There is an update for every 8 decisions, in batches of 32 battles played side by side. A row has the battles of 100
`near` ones that are won without a leak after each quarter of the decisions, of 100 `far` ones at the end, and the
largest mean Q of a batch (no return exceeds learning.reward.LARGEST_RETURN). Rows are kept in --file; call it again to
go on. A flat head is a network of two layers of 256 with one output for each action, which knows no other map or squad.
"""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple
from unittest import mock

import numpy as np
import torch
from learning_time import clean
from rows import Row, go_on, table
from torch import Tensor, nn

import learning.dqn
import learning.network
import learning.player
from game.characters.builds import default_squad, squad_of
from game.characters.catalogue import load_catalogue
from game.characters.models import Operator
from game.levels.stage import Stage, load_stage, shipped_stages
from learning.encoding import GLOBALS, SLOT_CHANNELS, TILE_CHANNELS, StageEncoding
from learning.network import TRUST, Inputs, Terrain
from learning.settings import Settings
from learning.trainer import Trainer
from learning.training_task import Task, TrainingTask
from planning.solutions import solution

HIDDEN = 256
"""Of the flat network's layers, as in the comparison with other libraries."""
QUARTERS = 4
WEAKER = MappingProxyType({"level": 10})
"""The builds before the switch."""
SETTINGS = MappingProxyType({"buffer_size": 20_000, "battles": 32, "decisions_per_update": 8})
PLAN, NOTHING, SWITCH = "plan", "nothing", "switch"
BOTH = (PLAN, NOTHING)


class FlatNetwork(nn.Module):
    """Scores of all compact actions of one stage and squad, without any structure, but for the trust in advice."""

    def __init__(self, encoding: StageEncoding) -> None:
        super().__init__()
        numbers = TILE_CHANNELS * encoding.tiles + encoding.slots * (SLOT_CHANNELS + 1) + GLOBALS
        self.body = nn.Sequential(
            nn.Linear(numbers, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, HIDDEN), nn.ReLU(),
            nn.Linear(HIDDEN, len(encoding.flat_actions)),
        )  # fmt: skip
        self.trust = nn.Parameter(torch.tensor(TRUST))

    def forward(self, inputs: Inputs, terrain: Terrain) -> Tensor:
        """Q, float[batch, actions]."""
        del terrain
        parts = (inputs.tiles.flatten(1), inputs.slots.flatten(1), inputs.world, inputs.posts.float() / 100)
        scores: Tensor = self.body(torch.cat(parts, dim=1))
        return learning.network._advised(scores, inputs.advice, self.trust.expand(len(scores), -1))

    def taken(self, inputs: Inputs, actions: Tensor, terrain: Terrain) -> Tensor:
        """Q of one action each, float[batch]."""
        return self(inputs, terrain).gather(1, actions[:, None])[:, 0]


def flat_network(encoding: StageEncoding, settings: Settings, seed: int) -> FlatNetwork:
    """A fresh flat network whose weights follow from the seed alone."""
    del settings
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return FlatNetwork(encoding)


class WithoutAdvice(learning.network.Network):
    """The network, blind to what a plan advises."""

    def forward(self, inputs: Inputs, terrain: Terrain) -> Tensor:
        """As the network's."""
        return super().forward(_unadvised(inputs), terrain)

    def taken(self, inputs: Inputs, actions: Tensor, terrain: Terrain) -> Tensor:
        """As the network's."""
        return super().taken(_unadvised(inputs), actions, terrain)


def _unadvised(inputs: Inputs) -> Inputs:
    return inputs._replace(advice=torch.full_like(inputs.advice, -1))


def any_best(scores: Tensor, legal: Tensor) -> Tensor:
    """[batch]: the action with the highest score, legal or not."""
    del legal
    return scores.argmax(dim=1)


@contextlib.contextmanager
def patched(name: str, value: Any, *places: Any) -> Iterator[None]:
    """Replace a function or class in these modules while the block lasts."""
    with contextlib.ExitStack() as stack:
        for place in places:
            stack.enter_context(mock.patch.object(place, name, value))
        yield


class Variant(NamedTuple):
    """One way to learn."""

    begins: Sequence[str] = BOTH
    """The settings in which it says something."""
    settings: Mapping[str, Any] = MappingProxyType({})
    patch: Callable[[], contextlib.AbstractContextManager[None]] = contextlib.nullcontext
    is_shown: bool = True
    """Whether the plan's battles are demonstrations."""


VARIANTS: Mapping[str, Variant] = MappingProxyType({
    "all": Variant((PLAN, NOTHING, SWITCH)),
    "target unmasked": Variant(patch=lambda: patched("best_legal", any_best, learning.dqn)),
    "head flat": Variant(patch=lambda: patched("make_network", flat_network, learning.dqn, learning.player)),
    "n-step 1": Variant(settings={"n_step": 1}),
    "no recency": Variant((PLAN, NOTHING, SWITCH), settings={"uniform_share": 1.0}),
    "no demonstrations": Variant((PLAN,), is_shown=False),
    "no advice": Variant((PLAN,), patch=lambda: patched("Network", WithoutAdvice, learning.network)),
})  # fmt: skip


def squads(begins: str) -> list[tuple[Operator, ...]]:
    """The squad at first, and the one half-way where it changes."""
    catalogue = load_catalogue()
    usual = default_squad(catalogue)
    weaker = squad_of([{"name": one.name, **WEAKER} for one in usual], catalogue)
    return [weaker, usual] if begins == SWITCH else [usual]


def measure(variant: str, begins: str, stage: str, seed: int, decisions: int) -> Row:
    """Learn, and play without learning after each quarter."""
    chosen = VARIANTS[variant]
    settings = Settings(**{**SETTINGS, **chosen.settings})
    with chosen.patch():
        course = Course(load_stage(stage, load_catalogue()), squads(begins), begins, settings, seed)
        if not chosen.is_shown:
            course.task.shown = None
        near, highest = [], 0.0
        course.trainer.begin()
        for quarter in range(1, QUARTERS + 1):
            if begins == SWITCH and quarter == QUARTERS // 2 + 1:
                course.switch()
            highest = max(highest, course.learn(decisions * quarter // QUARTERS))
            near.append(course.clean("near"))
        course.trainer.close()
        return {"near": near, "far": course.clean("far"), "largest_mean_q": round(highest, 2)}


class Course:
    """One training."""

    def __init__(
        self, stage: Stage, squads: Sequence[Sequence[Operator]], begins: str, settings: Settings, seed: int
    ) -> None:
        self._plan = solution(stage.name) if begins == PLAN else None
        self._stage, self._squads, self._settings, self._seed = stage, squads, settings, seed
        self.task = TrainingTask(stage, squads[0], self._plan, settings, seed)
        self.trainer = Trainer([self.task], settings, seed)

    def switch(self) -> None:
        """Go on with the other squad, and what was played so far."""
        buffer = self.task.buffer
        self.task = TrainingTask(self._stage, self._squads[1], self._plan, self._settings, self._seed)
        self.task.buffer = buffer
        for battle in range(self._settings.battles):
            buffer.cut(battle)
        self.trainer.tasks = [self.task]

    def learn(self, until: int) -> float:
        """Play and learn until so many decisions. Returns the largest mean Q of a batch at a round's end."""
        highest = 0.0
        while self.trainer.decisions < until:
            self.trainer.round()
            highest = max(highest, self.trainer.dqn.last.q_mean)
        return highest

    def clean(self, variation: str) -> int:
        """Battles of 100 without a leak."""
        task = Task(self._stage, self.task.squad, self._plan)
        return clean(task, self.trainer.dqn.snapshot(self.task.terrain), variation)


def asked(options: argparse.Namespace) -> Iterator[Row]:
    """All rows, seed after seed."""
    for seed in range(options.seeds):
        for stage in options.stages:
            for name in options.variants:
                for begins in VARIANTS[name].begins:
                    if begins in options.begins:
                        row = {"variant": name, "begins": begins, "stage": stage, "seed": seed}
                        yield {**row, "decisions": options.decisions}


def summary(rows: Sequence[Row]) -> str:
    """The means over seeds: battles of 100 after each quarter in `near`, at the end in `far`."""
    keys = dict.fromkeys((row["begins"], row["stage"], row["decisions"], row["variant"]) for row in rows)
    lines = []
    for key in sorted(keys, key=lambda key: key[:3]):
        mine = [row for row in rows if (row["begins"], row["stage"], row["decisions"], row["variant"]) == key]
        near = np.mean([row["near"] for row in mine], axis=0)
        quarters = ", ".join(f"{one:.0f}" for one in near)
        far, largest = np.mean([row["far"] for row in mine]), max(row["largest_mean_q"] for row in mine)
        lines.append((*key[:2], f"{key[2]:,}", key[3], len(mine), quarters, f"{far:.0f}", largest))
    heads = (
        "begins with",
        "stage",
        "decisions",
        "variant",
        "seeds",
        "near after each quarter",
        "far",
        "largest mean Q",
    )
    return table(heads, lines)


def main() -> None:
    """Measure what has no row yet, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stages", nargs="+", choices=shipped_stages(), default=["short_road", "two_roads"])
    parser.add_argument("--variants", nargs="+", choices=list(VARIANTS), default=list(VARIANTS))
    parser.add_argument("--begins", nargs="+", choices=(PLAN, NOTHING, SWITCH), default=[PLAN, NOTHING, SWITCH])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--decisions", type=int, default=20_000)
    parser.add_argument("--minutes", type=float, default=600.0, help="stop after so long; call again to go on")
    parser.add_argument("--file", type=Path, default=Path("data/ablations.jsonl"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    print(summary(go_on(options.file, asked(options), measure, options.minutes)))


if __name__ == "__main__":
    main()
