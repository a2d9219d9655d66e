"""What looking ahead is worth where plans fail: python benchmarks/look_ahead.py [--stages ...] [--played].

For each stage the stored plan plays varied battles; then the same battles are played with looking ahead. With
--planning S the plan is the one that a search of S seconds finds, with --poor N that of one of N battles that does not
test how it holds. Real levels of the reference folder (--reference FOLDER --levels CODES) have twelve operators of
three stars at elite 1 and need --planning. Printed are the battles won, and won without a leak.

Battles are those of the simulator, whose state is known but for its numbers. With --played they are those of the
practice game, which a bot plays through the whole loop: by pixels, with gestures, and from its twin. There the network
that ships decides, with the plan's advice, and learns nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from foreign_look import NO_BROKER, in_varied_battles
from learning_time import fields, planned

from bot import log
from bot.config import parse
from bot.daemon import Daemon
from bot.parts import build
from game.characters.models import Operator
from game.levels.stage import Stage, shipped_stages
from learning.collector import Choice, Collector, as_advised
from learning.look_ahead import LookAhead, LookCounts
from learning.measuring import played
from learning.training import Task
from planning.search import BLOCKS, search
from planning.solutions import as_plan, solution
from planning.variation import VARIATIONS
from states.events import Event, ResultSeen

FIRST_SEED = 500
"""Of the battles that measure; plans are searched for, continuations tried and policies trained with others."""


class Results(NamedTuple):
    """Of battles."""

    won: int
    clean: int
    """Without a leak."""


class LookAheadRow(NamedTuple):
    """What was measured on one stage."""

    stage: str
    plan: Results
    ahead: Results
    """The same battles with looking ahead."""
    looked: LookCounts
    seconds: float
    """Of both together."""


def measure(name: str, task: Task, options: argparse.Namespace) -> LookAheadRow:
    """Play the battles with the plan alone, then with looking ahead."""
    began = time.monotonic()
    play = in_the_game if options.played else in_the_simulator
    (plan, _), (better, looked) = (play(task, budget, options) for budget in (0, options.budget))
    return LookAheadRow(name, plan, better, looked, round(time.monotonic() - began, 1))


def tasks(options: argparse.Namespace) -> dict[str, Task]:
    """The stages by name, with their stored plans or those of searches; those without a plan are left out."""
    places = fields(() if options.levels else options.stages, options.reference, options.levels)
    found = {name: _task(*place, options) for name, place in places.items()}
    return {name: task for name, task in found.items() if task.plan is not None}


def _task(stage: Stage, squad: Sequence[Operator], options: argparse.Namespace) -> Task:
    """A stage with its stored plan, or the one of a search."""
    if options.planning:
        return planned(stage, squad, options.seed, options.planning)[0]
    if not options.poor:
        return Task(stage, squad, solution(stage.name))
    draft = search(stage, squad, options.seed, options.poor, blocks=BLOCKS[:1]).draft
    return Task(stage, squad, as_plan(draft, stage, squad))


def in_the_simulator(task: Task, budget: int, options: argparse.Namespace) -> tuple[Results, LookCounts]:
    """Battles side by side."""
    done = list[LookAhead]()

    def ahead(collector: Collector) -> Choice:
        done.append(LookAhead(collector, as_advised, budget, options.seed))
        return done[-1]

    make: Callable[[Collector], Choice] = ahead if budget else lambda _: as_advised
    ended = played(task, make, options.battles, VARIATIONS[options.variation], options.first)
    looked = LookCounts(*(sum(numbers) for numbers in zip(*(one.looked for one in done), strict=True)))
    return Results(sum(one.won for one in ended), sum(one.stars == 3 for one in ended)), looked


def in_the_game(task: Task, budget: int, options: argparse.Namespace) -> tuple[Results, LookCounts]:
    """Battles of the practice game, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        tables: dict[str, Any] = {
            "play": {"stage": task.stage.name, "planning_seconds": 0},
            "practice": {"seed": options.first},
            "learning": {"look_ahead": budget},
            "mqtt": NO_BROKER,
        }
        config = parse(tables, folder=Path(folder))
        log.set_up(config.directory / log.FILE, "warning", None)
        try:
            return asyncio.run(_played(config, task, options))
        finally:
            log.close()


async def _played(config: Any, task: Task, options: argparse.Namespace) -> tuple[Results, LookCounts]:
    """Run a daemon until the battles are over."""
    squad = tuple(task.squad)
    parts = build(config, squad, task.plan, battles=options.battles, fresh=False, tell=lambda _: None)
    parts.learner.set_learning(on=False)
    parts.learner.policy.frozen = True
    found = list[ResultSeen]()
    looked = LookCounts()

    def hear(event: Event) -> None:
        nonlocal looked
        if isinstance(event, ResultSeen):
            found.append(event)
            looked = LookCounts(**daemon.describe()["look_ahead"] or {})

    daemon = Daemon(config, in_varied_battles(parts, VARIATIONS[options.variation], options.first), hear=hear)
    await daemon.run()
    ended = found[: options.battles]
    return Results(sum(one.outcome == "won" for one in ended), sum(one.stars == 3 for one in ended)), looked


def main() -> None:
    """Print a line for each stage."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stages", nargs="*", default=shipped_stages())
    parser.add_argument("--reference", type=Path, help="folder of the game's public data: level files and tables")
    parser.add_argument("--levels", nargs="*", default=[], help="codes of real levels, in place of the stages")
    parser.add_argument("--planning", type=float, default=0.0, help="seconds of a search for the plan (stored plan)")
    parser.add_argument("--budget", type=int, default=300, help="battles of each search for a continuation (300)")
    parser.add_argument("--poor", type=int, default=0, help="battles of a search for the plan, untested (stored plan)")
    parser.add_argument("--played", action="store_true", help="in the practice game, by pixels")
    parser.add_argument("--battles", type=int, default=100)
    parser.add_argument("--first", type=int, default=FIRST_SEED, help="seed of the first battle (500)")
    parser.add_argument("--variation", choices=VARIATIONS, default="far")
    parser.add_argument("--seed", type=int, default=0, help="of the searches (0)")
    options = parser.parse_args()
    torch.set_num_threads(1)
    for name, task in tasks(options).items():
        sys.stdout.write(f"{measure(name, task, options)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
