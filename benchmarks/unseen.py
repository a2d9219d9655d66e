"""What the general policy is worth where it never was: python benchmarks/unseen.py [--reference FOLDER].

The policy that ships (learning/weights) was trained on the shipped stages with the default squad, on generated ones,
and on real levels with drawn squads. It plays, without further training:

- real levels of the reference folder with twelve operators of three stars at elite 1; those that HELD_OUT of
  scripts/train_general.py names were not among the levels of its training
- generated stages with other seeds, with eight to twelve operators drawn from the catalogue's default squad
- shipped stages with twelve operators of three stars at elite 1

with the advice of a plan, found by a search of --planning seconds, and without; beside it the plan alone, a network
from nothing with the same advice, and the greedy script, which plays without delays. Figures are battles of 100 without
a leak. Then both are trained, with the plan and without: updates until 90 of 100 `near` battles, --updates at most.
An update is made for each 32 decisions. Rows are kept in --file as JSON lines; call it again to go on.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from learning_time import BATTLES, ENOUGH, Field, clean, fields, greedy, planned
from plan_search import SQUADS
from rows import Row, go_on, table

from game.characters.builds import default_squad, squad_of
from game.characters.catalogue import Catalogue, load_catalogue
from game.levels.stage import load_stage, shipped_stages, stage_of
from learning.general import begin_with_general
from learning.settings import Settings
from learning.trainer import Trainer
from learning.training_task import Task, TrainingTask
from planning.generator import DIFFICULTIES, draw

GENERATED = 8
"""Of the first number of the generator of stages; training drew with 7."""
LOOK = 50
"""Updates from one measuring to the next."""


BEGINS = ("general", "nothing")


class Case(NamedTuple):
    """A way to begin: with the general policy or from nothing, with the plan or without."""

    begins: str
    plan: bool

    @property
    def name(self) -> str:
        """As rows name it."""
        return f"{self.begins}_{'plan' if self.plan else 'alone'}"


CASES = [Case(begins, plan) for plan in (True, False) for begins in BEGINS]


def generated(count: int, catalogue: Catalogue) -> Iterator[tuple[str, Field]]:
    """Stages by name that the general policy was not trained on; each with a squad of its own."""
    rng = np.random.default_rng([0, GENERATED])
    names = [one.name for one in default_squad(catalogue)]
    for _ in range(count):
        seed, difficulty = int(rng.integers(10**6)), int(rng.choice(list(DIFFICULTIES)))
        members = rng.choice(names, size=int(rng.integers(8, len(names) + 1)), replace=False).tolist()
        level = draw(seed, difficulty, catalogue)
        stage = stage_of(level, level["code"], catalogue)
        yield f"generated {seed} {difficulty}", Field(stage, squad_of(members, catalogue))


def places(options: argparse.Namespace) -> dict[str, Field]:
    """Where it plays, by name."""
    catalogue = load_catalogue()
    members = [one for one in SQUADS["e1"] if catalogue.find_character(str(one["name"]))]
    others = {name: Field(load_stage(name, catalogue), squad_of(members, catalogue)) for name in options.stages}
    real = fields((), options.reference, options.levels)
    return {**real, **dict(generated(options.generated, catalogue)), **others}


def measure(field: Field, seed: int, options: argparse.Namespace) -> Row:
    """Play with what ships and with nothing, then train both."""
    task, seconds = planned(field.stage, field.squad, seed, options.planning)
    row: Row = {"planning": round(seconds, 1), "greedy": greedy(task)}
    if task.plan is not None:
        row |= {"plan_near": clean(task, None, "near"), "plan_far": clean(task, None, "far")}
    for case in CASES:
        if task.plan is not None or not case.plan:
            figures = train(task if case.plan else task._replace(plan=None), case, seed, options.updates)
            row |= {f"{case.name}_{name}": value for name, value in figures.items()}
    return row


def train(task: Task, case: Case, seed: int, updates: int) -> Mapping[str, int | None]:
    """Battles of 100 without a leak before any training, and the updates until 90 (None where not reached)."""
    settings = Settings(buffer_size=20_000, taught_updates=LOOK, learning_starts=0)
    learned_from = TrainingTask(*task, settings, seed)
    trainer = Trainer([learned_from], settings, seed)
    if case.begins == "general" and (problem := begin_with_general(trainer.dqn)):
        raise SystemExit(problem)

    def wins(variation: str) -> int:
        return clean(task, trainer.dqn.snapshot(learned_from.terrain), variation)

    near = first = wins("near")
    far = wins("far")
    while near < ENOUGH and trainer.dqn.updates < updates:
        before = trainer.dqn.updates
        if not before:
            trainer.begin()
        while trainer.dqn.updates < before + LOOK:
            trainer.round()
        near = wins("near")
    trainer.close()
    reached = near >= ENOUGH
    return {
        "near": first, "far": far,
        "updates": trainer.dqn.updates if reached else None,
        "decisions": trainer.decisions if reached else None,
    }  # fmt: skip


def told(rows: Sequence[Row]) -> str:
    """The rows, one a line, then how much less training the general policy needs."""
    names = ["stage", "seed", "plan_near", "plan_far", "greedy"]
    names += [f"{case.name}_{figure}" for case in CASES for figure in ("near", "far", "updates")]
    lines = [[row.get(name) for name in names] for row in rows]
    return f"{table([name.replace('_', ' ') for name in names], lines)}\n\n{summary(rows)}"


def summary(rows: Sequence[Row]) -> str:
    """Means over the rows that have both; updates of those in which both reached 90 of 100."""
    lines = []
    for way in ("plan", "alone"):
        there = [row for row in rows if f"general_{way}_near" in row]
        updates = {name: [row[f"{name}_{way}_updates"] for row in there] for name in BEGINS}
        both = [k for k in range(len(there)) if all(updates[name][k] is not None for name in BEGINS)]
        for name in BEGINS:
            near = _mean([row[f"{name}_{way}_near"] for row in there])
            reached = sum(one is not None for one in updates[name])
            lines.append((way, name, len(there), near, reached, _mean([updates[name][k] for k in both])))
    heads = ("with", "begins with", "rows", f"near, of {BATTLES}", "reached 90", "updates, where both did")
    return table(heads, lines)


def _mean(numbers: Sequence[int]) -> str | None:
    return f"{np.mean(numbers):.0f}" if numbers else None


def main() -> None:
    """Measure what has no row yet, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference", type=Path, help="folder of the game's public data: level files and tables")
    parser.add_argument("--levels", nargs="*", default=[], help="codes of real levels (chapters 0 to 4)")
    parser.add_argument("--stages", nargs="*", choices=shipped_stages(), default=["two_roads", "rush_hour", "dry_well"])
    parser.add_argument("--generated", type=int, default=6, help="generated stages (6)")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--planning", type=float, default=20.0, help="seconds of the search at most (20)")
    parser.add_argument("--updates", type=int, default=1000, help="updates of a training at most (1000)")
    parser.add_argument("--minutes", type=float, default=600.0, help="stop after so long; call again to go on")
    parser.add_argument("--file", type=Path, default=Path("data/unseen.jsonl"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    played_in = places(options)
    todo = [{"stage": name, "seed": seed} for seed in options.seeds for name in played_in]
    rows = go_on(options.file, todo, lambda stage, seed: measure(played_in[stage], seed, options), options.minutes)
    print(told(rows))


if __name__ == "__main__":
    main()
