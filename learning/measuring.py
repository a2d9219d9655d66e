"""How often a policy wins: battles side by side, without learning, and rates with their 95 % intervals."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from game.simulator.battle import Battle
from learning.arrays import Integers, Mask
from learning.battles import SECOND
from learning.collector import Choice, Collector, Ended, as_advised, as_network
from learning.encoding import Observation
from learning.look_ahead import LookAhead
from learning.policy import Greedy, Policy, Random
from learning.settings import Settings
from learning.training import trained_agent
from learning.training_task import Task
from planning.variation import EXACT, Variation

SIDE_BY_SIDE = 64
"""Battles that are played side by side, at most."""
NORMAL = 1.959964
"""Standard deviations around the mean that hold 95 % of a normal distribution."""


def interval(count: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a rate of which `count` of `of` were seen (Wilson 1927)."""
    if not of:
        return 0.0, 1.0
    rate, square = count / of, NORMAL**2
    middle = rate + square / (2 * of)
    spread = NORMAL * (rate * (1 - rate) / of + square / (4 * of**2)) ** 0.5
    return max((middle - spread) / (1 + square / of), 0.0), min((middle + spread) / (1 + square / of), 1.0)


def played(
    task: Task, choose: Callable[[Collector], Choice], battles: int, variation: Variation, first_seed: int
) -> list[Ended]:
    """Play so many battles of a variation, with the seeds from the first on, and without learning."""
    ended: list[Ended] = []
    for first in range(0, battles, SIDE_BY_SIDE):
        count = min(SIDE_BY_SIDE, battles - first)
        collector = Collector(task.stage, task.squad, task.plan, count, (variation,), first_seed + first, stays=False)
        choice = choose(collector)
        while collector.active.any():
            collector.play(choice, 1.0)
        ended += collector.ended
    return ended


def evaluate(
    task: Task, policy: str, battles: int, seed: int, variation: Variation = EXACT, settings: Settings | None = None,
    look_ahead: int = 0,
) -> dict[str, Any]:  # fmt: skip
    """Play battles of a variation with a policy: random, greedy, plan (the task's), or the one of a folder.

    `settings` says how large the network of the folder is; `look_ahead` is how many battles a search for a continuation
    may play (learning.look_ahead), 0 for none; the task then needs a plan. Returns the numbers of battles won, and won
    without a leak, with 95 % intervals, and lengths and times. Raises CheckpointError where the folder holds no usable
    checkpoint.
    """
    torch.set_num_threads(1)
    make, began = chooser(task, policy, seed, settings), time.monotonic()
    if look_ahead:
        make = _looking_ahead(make, look_ahead, seed)
    ended = played(task, make, battles, variation, 1_000 * seed)
    decisions = sum(one.decisions for one in ended)
    return {
        "stage": task.stage.name,
        "policy": policy,
        "variation": variation.name,
        "look_ahead": look_ahead,
        "battles": battles,
        **_rates("won", "win_rate", sum(one.won for one in ended), battles),
        **_rates("without_a_leak", "three_star_rate", sum(one.stars == 3 for one in ended), battles),
        "stars": sum(one.stars for one in ended),
        "leaks": sum(one.leaks for one in ended),
        "battle_seconds": float(np.mean([one.seconds for one in ended])) if ended else 0.0,
        "decision_milliseconds": 1000 * (time.monotonic() - began) / max(decisions, 1),
    }


def _looking_ahead(make: Callable[[Collector], Choice], budget: int, seed: int) -> Callable[[Collector], Choice]:
    """The same choices, but for those of continuations that hold more often."""
    return lambda collector: LookAhead(collector, make(collector), budget, seed)


def _rates(name: str, rate: str, count: int, of: int) -> dict[str, Any]:
    return {name: count, rate: count / max(of, 1), f"{rate}_95": [round(bound, 4) for bound in interval(count, of)]}


def play(battle: Battle, policy: Policy) -> int:
    """Play one battle to its end, one decision a second. Returns the number of decisions."""
    decisions = 0
    while battle.outcome is None:
        battle.act(policy.decide(battle.view()).action)
        battle.step(SECOND)
        decisions += 1
    return decisions


def chooser(task: Task, policy: str, seed: int, settings: Settings | None = None) -> Callable[[Collector], Choice]:
    """What chooses the actions of a collector: random, greedy, plan, or the trained policy of a folder.

    Raises CheckpointError where the folder holds no usable checkpoint.
    """
    if policy == "plan":
        return lambda _: as_advised
    if policy in {"random", "greedy"}:
        player: Policy = Greedy(task.stage, task.squad) if policy == "greedy" else Random(task.stage, task.squad, seed)
        return lambda collector: _by_views(player, collector)
    choice = as_network(trained_agent(task, Path(policy), settings or Settings()).policy.snapshot)
    return lambda _: choice


def _by_views(policy: Policy, collector: Collector) -> Choice:
    """The actions of a policy that decides on one view after the other."""

    def choose(observations: Observation, legal: Mask) -> Integers:
        """Battles that are over wait."""
        del observations
        actions = np.zeros(len(legal), np.int64)
        for b in np.flatnonzero(collector.active).tolist():
            actions[b] = collector.encoding.index(policy.decide(collector.battles.view(b)).action)
        return actions

    return choose
