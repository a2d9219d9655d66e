"""Headless training, as fast as the simulator runs, and measuring policies.

It drives the same agent as live play, one decision for each second of the game, and makes the updates in between, so a
seed always gives the same weights.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from game.characters.models import Operator
from game.levels.stage import Stage
from game.simulator.battle import Battle
from learning import checkpoint
from learning.agent import Agent
from learning.checkpoint import CheckpointError
from learning.environment import SECOND
from learning.policy import Greedy, Policy, Random
from learning.settings import Settings

RECENT = 20
"""Battles over which the win rate is averaged."""


class Progress(NamedTuple):
    """The progress of a training."""

    steps: int
    of: int
    """Decisions asked for."""
    battles: int
    win_rate: float
    """Share won of the last 20 battles."""
    epsilon: float
    rate: float
    """Decisions a second."""
    seconds_left: float

    def __str__(self) -> str:
        return (
            f"{self.steps:>7,} of {self.of:,} decisions  {self.battles:>5} battles  "
            f"won {self.win_rate:4.0%} of the last {RECENT}  epsilon {self.epsilon:.2f}  "
            f"{self.rate:4.0f} decisions/s  {self.seconds_left / 60:.1f} min left"
        )


class Result(NamedTuple):
    """One battle of the learning curve."""

    decisions: int
    won: bool
    stars: int
    q_mean: float
    """Mean Q of the last batch."""


def play(battle: Battle, policy: Policy) -> int:
    """Play a battle to its end, one decision a second. Returns the number of decisions."""
    decisions = 0
    while battle.outcome is None:
        battle.act(policy.decide(battle.view()).action)
        battle.step(SECOND)
        decisions += 1
    return decisions


def learn_battle(agent: Agent, battle: Battle) -> None:
    """Play a battle to its end and learn from each decision as soon as its result is known."""
    before = battle.view()
    while battle.outcome is None:
        action = agent.policy.decide(before).action
        battle.act(action)
        battle.step(SECOND)
        after = None if battle.outcome else battle.view()
        agent.remember(before, action, after, battle.outcome, battle.stars)
        while agent.learn():
            pass
        before = before if after is None else after


def train(
    stage: Stage,
    squad: Sequence[Operator],
    steps: int,
    seed: int,
    out: Path,
    report: Callable[[Progress], None],
    *,
    settings: Settings | None = None,
) -> dict[str, Any]:
    """Train a new agent on a stage for at least `steps` decisions; checkpoint and learning curve go to `out`.

    `report` is called after every battle. Returns battles, decisions and the win rate of the last 20.
    """
    torch.set_num_threads(1)
    agent = Agent(stage, squad, settings or Settings(), seed)
    seeds, curve = np.random.default_rng([seed, 2]), list[Result]()
    recent, began = deque[bool](maxlen=RECENT), time.monotonic()
    while agent.remembered < steps:
        battle = Battle(stage, squad, seed=int(seeds.integers(2**31)))
        learn_battle(agent, battle)
        won = battle.outcome == "won"
        recent.append(won)
        curve.append(Result(agent.remembered, won, battle.stars, agent.dqn.last.q_mean))
        rate = agent.remembered / (time.monotonic() - began)
        left = max(steps - agent.remembered, 0) / rate
        epsilon = agent.policy.schedule.epsilon
        report(Progress(agent.remembered, steps, len(curve), float(np.mean(recent)), epsilon, rate, left))
    checkpoint.write(out, agent.checkpoint())
    draw_curve(curve, out / "learning_curve.png", f"{stage.name}, seed {seed}")
    return {"battles": len(curve), "decisions": agent.remembered, "win_rate_last_20": float(np.mean(recent))}


def draw_curve(curve: Sequence[Result], path: Path, title: str) -> None:
    """Draw the win rate of the last 20 battles and the mean Q over the decisions."""
    from matplotlib.figure import Figure

    decisions = [one.decisions for one in curve]
    won = np.array([one.won for one in curve], float)
    rates = [won[max(0, end - RECENT) : end].mean() for end in range(1, len(won) + 1)]
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.add_subplot(title=title, xlabel="decisions", ylabel=f"won of the last {RECENT}", ylim=(-0.02, 1.02))
    axes.plot(decisions, rates, color="tab:blue")
    value = axes.twinx()
    value.plot(decisions, [one.q_mean for one in curve], color="tab:orange", alpha=0.5)
    value.set_ylabel("mean Q of a batch", color="tab:orange")
    figure.savefig(path, dpi=120)


def make_policy(name: str, stage: Stage, squad: Sequence[Operator], seed: int) -> Policy:
    """The policy called random or greedy, or the trained one of a folder, without exploration.

    Raises CheckpointError where the folder holds no usable checkpoint.
    """
    if name == "random":
        return Random(stage, squad, seed)
    if name == "greedy":
        return Greedy(stage, squad)
    kept, notes = checkpoint.read_newest(Path(name))
    if kept is None:
        why = (
            notes[0]
            if notes
            else f"{name}: holds no checkpoint; give random, greedy or a folder made by holdfast train"
        )
        raise CheckpointError(why)
    agent = Agent(stage, squad, Settings(buffer_size=1), seed)
    agent.restore(kept)
    agent.policy.frozen = True
    return agent.policy


def evaluate(stage: Stage, squad: Sequence[Operator], policy: str, battles: int, seed: int) -> dict[str, Any]:
    """Play battles with a policy (random, greedy or a folder) without learning. Returns wins, stars, lengths, times."""
    torch.set_num_threads(1)
    player = make_policy(policy, stage, squad, seed)
    seeds = np.random.default_rng([seed, 3]).integers(2**31, size=battles)
    began, decisions, ended = time.monotonic(), 0, []
    for number in seeds:
        battle = Battle(stage, squad, seed=int(number))
        decisions += play(battle, player)
        ended.append(battle)
    won = sum(battle.outcome == "won" for battle in ended)
    return {
        "stage": stage.name,
        "policy": policy,
        "battles": battles,
        "won": won,
        "win_rate": won / max(battles, 1),
        "stars": sum(battle.stars for battle in ended),
        "leaks": sum(battle.leaks for battle in ended),
        "battle_seconds": float(np.mean([battle.seconds for battle in ended])) if ended else 0.0,
        "decision_milliseconds": 1000 * (time.monotonic() - began) / max(decisions, 1),
    }
