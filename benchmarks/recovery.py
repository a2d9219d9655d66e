"""From where a battle that a plan does not win clean could still be won: python benchmarks/recovery.py [--stage S].

The stored plan plays varied battles. From each that it does not win without a leak, so many seconds before the first
leak, a continuation is searched for in that very battle, whose numbers the search knows. Printed for each number of
seconds: the states; in how many a continuation wins without a leak; in what share of other worlds around these states
the continuations hold, and in what share the rest of the plan does.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch

from game.characters.builds import default_squad
from game.characters.catalogue import load_catalogue
from game.levels.stage import load_stage
from learning.collector import Collector, as_advised
from learning.look_ahead import worlds_around
from planning.evaluation import Trial
from planning.recovery import ContinuationSearch, Underway, trial_of
from planning.solutions import solution
from planning.variation import FAR

FIRST_SEED = 10_000
OTHERS = 20
"""Worlds around a state in which continuations are checked."""


class FailingState(NamedTuple):
    """A battle before a decision."""

    begin: Underway
    trial: Trial
    """The battle itself."""


def failures(collector: Collector) -> list[list[FailingState]]:
    """Play the battles to their ends. For each with a leak its states before that, the last one last."""
    states: list[list[FailingState]] = [[] for _ in collector.active]
    posts: list[dict[int, tuple[int, int]]] = [{} for _ in collector.active]
    while collector.active.any():
        whole = collector.active & (collector.battles.ends().leaks == 0)
        trials = {b: collector.battles.own_trial(b) for b in np.flatnonzero(whole).tolist()}
        rests = {b: collector.rest_of_plan(b) for b in trials}
        seen = collector.play(as_advised, 1.0).observation.posts
        for b, trial in trials.items():
            standing = {slot: divmod(post, 4) for slot, post in enumerate(seen[b].tolist()) if post >= 0}
            posts[b].update(standing)
            states[b].append(FailingState(Underway(rests[b], tuple(standing), dict(posts[b])), trial))
    return [states[b] for b in np.flatnonzero(collector.battles.ends().stars < 3).tolist()]


def line(recovery: ContinuationSearch, states: Sequence[FailingState], collector: Collector, budget: int) -> str:
    """What is found from these states."""
    worlds, found, held = worlds_around(collector.encoding, recovery.world, OTHERS), 0, np.zeros(2)
    for begin, trial in states:
        best, _ = recovery.search(begin, [trial], budget)
        others = [trial_of(trial.start, 0, trial.world, *world) for world in worlds]
        found += best.score.blocks
        held += [recovery.held(best.draft, others), recovery.held(begin.rest, others)]
    shares = held / max(len(states) * OTHERS, 1)
    return f"of {len(states)} states {found} found; holds around: found {shares[0]:.2f}, plan {shares[1]:.2f}"


def main() -> None:
    """Print a line for each number of seconds."""
    parser = argparse.ArgumentParser(description="From where a battle that a plan loses could still be won.")
    parser.add_argument("--stage", default="healers_reach")
    parser.add_argument("--battles", type=int, default=32)
    parser.add_argument("--budget", type=int, default=150, help="battles of each search (150)")
    parser.add_argument("--seconds", type=int, nargs="+", default=[3, 6, 10, 15, 20, 30])
    options = parser.parse_args()
    torch.set_num_threads(1)
    catalogue = load_catalogue()
    stage, squad = load_stage(options.stage, catalogue), default_squad(catalogue)
    collector = Collector(stage, squad, solution(options.stage), options.battles, (FAR,), FIRST_SEED, stays=False)
    failed = failures(collector)
    sys.stdout.write(f"{options.stage}: {len(failed)} of {options.battles} battles are not won without a leak\n")
    for seconds in options.seconds:
        states = [one[-seconds] for one in failed if len(one) >= seconds]
        sys.stdout.write(
            f"{seconds} s: {line(ContinuationSearch(stage, squad, 0), states, collector, options.budget)}\n"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main()
