"""From nothing to a policy that holds: python benchmarks/learning_time.py [REFERENCE] [--stages ...] [--levels ...].

For each stage: the seconds of the wall from the first round of the search to a policy that wins 90 of 100 `near`
battles without a leak, planning included, measuring not; then the policy and the plan alone in `near` and `far`, and
the greedy script in `near`. The policy decides once a second, and so does the plan; gestures take time and are lost.

Shipped stages are played with the default squad, real levels of the REFERENCE folder with twelve operators of three
stars at elite 1. Training goes on for --minutes after the first success, or ends at --limit without one.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from plan_search import SQUADS, levels

from game.characters.builds import default_squad, squad_of
from game.characters.catalogue import load_catalogue
from game.characters.models import Operator
from game.levels.stage import Stage, load_stage, shipped_stages
from game.simulator.battle import Battle
from learning.collector import as_advised, as_network
from learning.measuring import play, played
from learning.network import Snapshot
from learning.policy import Greedy
from learning.settings import Settings
from learning.trainer import Trainer
from learning.training import Task
from learning.training_task import TrainingTask
from planning.plans import Plan
from planning.search import search
from planning.solutions import as_plan
from planning.variation import VARIATIONS

BATTLES = 100
ENOUGH = 90
"""Battles of `near` without a leak that count as learned."""
FIRST_SEED = 500
"""Of the battles that measure; plans are searched for and policies trained with others."""


class LearningRow(NamedTuple):
    """What was measured on one stage; battles are those without a leak, of 100."""

    stage: str
    seed: int
    planning: float
    """Seconds of the search."""
    learned: float | None
    """Seconds until 90 of 100, planning included; None where that was not reached."""
    decisions: int
    rate: float
    """Decisions a second while battles were played."""
    near: int
    far: int
    plan_near: int
    plan_far: int
    greedy: int


def measure(stage: Stage, squad: Sequence[Operator], seed: int, options: argparse.Namespace) -> LearningRow | None:
    """Plan, learn and measure; None where no plan is found."""
    task, planning = planned(stage, squad, seed, options.planning)
    if task.plan is None:
        return None
    settings = Settings(buffer_size=20_000)
    began = time.monotonic()
    learned_from = TrainingTask(*task, settings, seed)
    trainer = Trainer([learned_from], settings, seed)
    trainer.begin()
    spent, learned, playing = time.monotonic() - began, None, 0.0
    end = options.limit * 60
    while True:
        snapshot = trainer.dqn.snapshot(learned_from.terrain)
        if learned is None and clean(task, snapshot, "near") >= ENOUGH:
            learned = planning + spent
            end = min(end, spent + options.minutes * 60)
        if spent >= end:
            break
        began = time.monotonic()
        for _ in range(8):
            trainer.round()
        playing += time.monotonic() - began
        spent += time.monotonic() - began
    trainer.close()
    return LearningRow(
        stage.name if stage.name in shipped_stages() else stage.code, seed, round(planning, 1),
        None if learned is None else round(learned, 1),
        trainer.decisions, round(trainer.decisions / max(playing, 1e-9)),
        clean(task, snapshot, "near"), clean(task, snapshot, "far"),
        clean(task, None, "near"), clean(task, None, "far"), greedy(task),
    )  # fmt: skip


def planned(stage: Stage, squad: Sequence[Operator], seed: int, seconds: float) -> tuple[Task, float]:
    """The task with the plan that is found in so many seconds, and how long the search took."""
    began = time.monotonic()
    found = search(stage, squad, seed, 10**9, goes_on=lambda _: time.monotonic() - began < seconds)
    plan: Plan | None = as_plan(found.draft, stage, squad) if found.stars else None
    return Task(stage, squad, plan), time.monotonic() - began


def clean(task: Task, snapshot: Snapshot | None, variation: str) -> int:
    """Battles without a leak, of 100; without a snapshot the plan plays alone."""
    choice = as_advised if snapshot is None else as_network(snapshot)
    ended = played(task, lambda _: choice, BATTLES, VARIATIONS[variation], FIRST_SEED)
    return sum(one.stars == 3 for one in ended)


def greedy(task: Task) -> int:
    """Battles of the greedy script without a leak, of 100, without delays: better for it than what ours plays."""
    return sum(_greedy_stars(task, seed) == 3 for seed in range(5)) * BATTLES // 5


def _greedy_stars(task: Task, seed: int) -> int:
    battle = Battle(task.stage, task.squad, seed)
    play(battle, Greedy(task.stage, task.squad))
    return battle.stars


def stages(options: argparse.Namespace) -> Iterator[tuple[Stage, Sequence[Operator]]]:
    """The shipped stages that are asked for, then the real levels."""
    catalogue = load_catalogue()
    for name in options.stages or shipped_stages():
        if name != "none":
            yield load_stage(name, catalogue), default_squad(catalogue)
    if options.reference:
        for file in levels(options.reference, options.levels):
            members = [one for one in SQUADS["e1"] if catalogue.find_character(str(one["name"]))]
            yield load_stage(file, catalogue), squad_of(members, catalogue)


def table(rows: Sequence[LearningRow]) -> str:
    """The rows as a table."""
    heads = ("stage", "seed", "planning s", "90 near s", "decisions", "decisions/s", "near", "far", "plan near",
             "plan far", "greedy")  # fmt: skip
    lines = [heads, *([str("-" if value is None else value) for value in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main() -> None:
    """Print a table, or everything as JSON."""
    parser = argparse.ArgumentParser(description="From nothing to a policy that holds.")
    parser.add_argument("reference", type=Path, nargs="?", help="folder of real levels")
    parser.add_argument("--stages", nargs="*", help="shipped stages (all); none for none")
    parser.add_argument("--levels", nargs="*", default=[], help="codes of real levels (chapters 0 to 4)")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--planning", type=float, default=60.0, help="seconds of the search at most (60)")
    parser.add_argument("--minutes", type=float, default=0.0, help="of training after 90 of 100 (0)")
    parser.add_argument("--limit", type=float, default=5.0, help="minutes of training at most (5)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    torch.set_num_threads(1)
    rows: list[LearningRow] = []
    for stage, squad in stages(options):
        for seed in options.seeds:
            row = measure(stage, squad, seed, options)
            rows += [] if row is None else [row]
            sys.stderr.write(f"{stage.code} {row or 'no plan found'}\n")
    said: Any = [row._asdict() for row in rows]
    print(json.dumps(said) if options.json else table(rows))


if __name__ == "__main__":
    main()
