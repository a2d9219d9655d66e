"""What looking ahead is worth where plans fail: python benchmarks/look_ahead.py [--stages ...] [--budget 300].

For each stage the stored plan, or with --poor N the plan that a search of N battles finds without testing how it holds,
plays varied battles; then the same battles are played with looking ahead. Printed are the battles won without a leak.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

import torch

from game.characters.builds import default_squad
from game.characters.catalogue import Catalogue, load_catalogue
from game.levels.stage import load_stage, shipped_stages
from learning.collector import Choice, Collector, as_advised
from learning.look_ahead import LookAhead, LookCounts
from learning.measuring import played
from learning.training import Task
from planning.search import BLOCKS, search
from planning.solutions import as_plan, solution
from planning.variation import VARIATIONS

FIRST_SEED = 500
"""Of the battles that measure; plans are searched for, continuations tried and policies trained with others."""


class LookAheadRow(NamedTuple):
    """What was measured on one stage; battles are those without a leak."""

    stage: str
    plan: int
    ahead: int
    """The same battles with looking ahead."""
    looked: LookCounts
    seconds: float
    """Of both together."""


def measure(name: str, catalogue: Catalogue, options: argparse.Namespace) -> LookAheadRow:
    """Play the battles with the plan alone, then with looking ahead."""
    began, done = time.monotonic(), list[LookAhead]()
    task = planned(name, catalogue, options)

    def ahead(collector: Collector) -> Choice:
        done.append(LookAhead(collector, as_advised, options.budget, options.seed))
        return done[-1]

    plan, better = (clean(task, make, options) for make in (lambda _: as_advised, ahead))
    looked = LookCounts(*(sum(numbers) for numbers in zip(*(one.looked for one in done), strict=True)))
    return LookAheadRow(name, plan, better, looked, round(time.monotonic() - began, 1))


def planned(name: str, catalogue: Catalogue, options: argparse.Namespace) -> Task:
    """The stage with its stored plan, or the one of a short search."""
    stage, squad = load_stage(name, catalogue), default_squad(catalogue)
    if not options.poor:
        return Task(stage, squad, solution(name))
    found = search(stage, squad, options.seed, options.poor, blocks=BLOCKS[:1])
    return Task(stage, squad, as_plan(found.draft, stage, squad))


def clean(task: Task, make: Callable[[Collector], Choice], options: argparse.Namespace) -> int:
    """Battles without a leak."""
    ended = played(task, make, options.battles, VARIATIONS[options.variation], options.first)
    return sum(one.stars == 3 for one in ended)


def main() -> None:
    """Print a line for each stage."""
    parser = argparse.ArgumentParser(description="What looking ahead is worth where plans fail.")
    parser.add_argument("--stages", nargs="*", default=shipped_stages())
    parser.add_argument("--budget", type=int, default=300, help="battles of each search for a continuation (300)")
    parser.add_argument("--poor", type=int, default=0, help="battles of a search for the plan, untested (stored plan)")
    parser.add_argument("--battles", type=int, default=100)
    parser.add_argument("--first", type=int, default=FIRST_SEED, help="seed of the first battle (500)")
    parser.add_argument("--variation", choices=VARIATIONS, default="far")
    parser.add_argument("--seed", type=int, default=0, help="of the searches (0)")
    options = parser.parse_args()
    torch.set_num_threads(1)
    catalogue = load_catalogue()
    for name in options.stages:
        sys.stdout.write(f"{measure(name, catalogue, options)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
