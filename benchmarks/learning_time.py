"""From nothing to a policy that holds: python benchmarks/learning_time.py [--reference FOLDER] [--seeds 0 1 2 3 4].

For each stage and seed: the seconds of the wall from the first round of the search to a policy that wins 90 of 100
`near` battles without a leak, planning included, measuring not; then the policy in `near` and `far`. Beside it stand a
policy that is never shown a plan nor advised by one, the plan alone, and the greedy script, which plays without delays.
The policy decides once a second, and so does the plan; gestures take time and are lost.

Shipped stages are played with the default squad, real levels of the reference folder (those of chapters 0 to 4, with
the folder's tables) with twelve operators of three stars at elite 1. Training goes on for --minutes after the first
success, or ends at --limit without one. Rows are kept in --file as JSON lines; call it again to go on.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from plan_search import SQUADS, code_of, levels
from rows import Row, go_on, table

from game.characters.builds import default_squad, squad_of
from game.characters.catalogue import load_catalogue
from game.characters.models import Operator
from game.gamedata.importing import import_tables, write_tables
from game.levels.stage import Stage, load_stage, shipped_stages
from game.simulator.battle import Battle
from learning.collector import as_advised, as_network
from learning.measuring import play, played
from learning.network import Snapshot
from learning.policy import Greedy
from learning.settings import Settings
from learning.trainer import Trainer
from learning.training_task import Task, TrainingTask
from planning.plans import Plan
from planning.search import search
from planning.solutions import as_plan
from planning.variation import VARIATIONS

BATTLES = 100
ENOUGH = 90
"""Battles of `near` without a leak that count as learned."""
FIRST_SEED = 500
"""Of the battles that measure; plans are searched for and policies trained with others."""


class Learned(NamedTuple):
    """How a training went; battles are those without a leak, of 100."""

    seconds: float | None
    """Until 90 of 100 in `near`, without the planning; None where that was not reached."""
    decisions: int
    rate: float
    """Decisions a second while battles were played."""
    near: int
    far: int


def measure(field: Field, seed: int, options: argparse.Namespace) -> Row:
    """Plan, learn with the plan and without, and play."""
    task, planning = planned(field.stage, field.squad, seed, options.planning)
    row: Row = {"planning": round(planning, 1), "load": round(os.getloadavg()[0], 1), "greedy": greedy(task)}
    if task.plan is not None:
        row |= {"plan_near": clean(task, None, "near"), "plan_far": clean(task, None, "far")}
        learned = learn(task, seed, options)
        row |= _named("", learned)
        row["learned"] = None if learned.seconds is None else round(planning + learned.seconds, 1)
    if options.alone:
        row |= _named("alone_", learn(task._replace(plan=None), seed, options))
    return row


def _named(prefix: str, learned: Learned) -> Row:
    return {f"{prefix}{name}": value for name, value in learned._asdict().items()}


def learn(task: Task, seed: int, options: argparse.Namespace) -> Learned:
    """Train from nothing, with the task's plan if it has one."""
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
            learned = round(spent, 1)
            end = min(end, spent + options.minutes * 60)
        if spent >= end:
            break
        began = time.monotonic()
        for _ in range(8):
            trainer.round()
        playing += time.monotonic() - began
        spent += time.monotonic() - began
    trainer.close()
    rate = round(trainer.decisions / max(playing, 1e-9))
    return Learned(learned, trainer.decisions, rate, clean(task, snapshot, "near"), clean(task, snapshot, "far"))


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


class Field(NamedTuple):
    """A stage and the squad that plays it."""

    stage: Stage
    squad: Sequence[Operator]


def fields(shipped: Sequence[str], reference: Path | None, codes: Sequence[str]) -> dict[str, Field]:
    """By name: these shipped stages, and the reference's real levels with these codes (all of chapters 0 to 4)."""
    catalogue = load_catalogue()
    found = {name: Field(load_stage(name, catalogue), default_squad(catalogue)) for name in shipped}
    if reference is None:
        return found
    with tempfile.TemporaryDirectory() as folder:
        write_tables(import_tables([reference / "tables"], catalogue), Path(folder))
        tables = load_catalogue(Path(folder))
    for file in levels(reference, codes):
        stage = load_stage(file, tables)
        members = [one for one in SQUADS["e1"] if tables.find_character(str(one["name"]))]
        if not stage.stand_ins:
            found[code_of(file)] = Field(stage, squad_of(members, tables))
    return found


def told(rows: Sequence[Row]) -> str:
    """The rows as a table."""
    names = {
        "stage": "stage", "seed": "seed", "planning": "planning s", "learned": "90 near s", "decisions": "decisions",
        "rate": "decisions/s", "near": "near", "far": "far", "plan_near": "plan near", "plan_far": "plan far",
        "alone_seconds": "without a plan: 90 near s", "alone_near": "near", "alone_far": "far", "greedy": "greedy",
    }  # fmt: skip
    return table(list(names.values()), [[row.get(name) for name in names] for row in rows])


def main() -> None:
    """Measure what has no row yet, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference", type=Path, help="folder of the game's public data: level files and tables")
    parser.add_argument("--stages", nargs="*", default=shipped_stages(), help="shipped stages (all)")
    parser.add_argument("--levels", nargs="*", default=[], help="codes of real levels (chapters 0 to 4)")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--planning", type=float, default=60.0, help="seconds of the search at most (60)")
    parser.add_argument("--minutes", type=float, default=0.0, help="of training after 90 of 100 (0)")
    parser.add_argument("--limit", type=float, default=5.0, help="minutes of training at most (5)")
    parser.add_argument("--alone", action="store_true", help="learn without a plan too")
    parser.add_argument("--stop-after", type=float, default=600.0, help="minutes of the call; call again to go on")
    parser.add_argument("--file", type=Path, default=Path("data/learning_time.jsonl"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    played_in = fields(options.stages, options.reference, options.levels)
    todo = [{"stage": name, "seed": seed} for seed in options.seeds for name in played_in]
    rows = go_on(options.file, todo, lambda stage, seed: measure(played_in[stage], seed, options), options.stop_after)
    print(told(rows))


if __name__ == "__main__":
    main()
