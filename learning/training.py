"""Training without a screen, as fast as the simulator and the network go: its course, its checkpoint and its curve."""

from __future__ import annotations

import time
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
from learning.collector import Ended
from learning.environment import SECOND
from learning.scalars import Scalars
from learning.settings import Settings
from learning.trainer import Trainer
from learning.training_task import TrainingTask
from planning.plans import Plan

RECENT = 100
"""Battles over which the win rate is averaged."""


class Task(NamedTuple):
    """A stage to be learned with a squad, and the plan that is shown, if there is one."""

    stage: Stage
    squad: Sequence[Operator]
    plan: Plan | None = None


class Progress(NamedTuple):
    """The progress of a training."""

    steps: int
    of: int
    """Decisions asked for."""
    battles: int
    win_rate: float
    """Share of the last 100 battles that were won without a leak."""
    epsilon: float
    rate: float
    """Decisions a second."""
    seconds_left: float
    alarm: str | None
    """See `Dqn.alarm`."""

    def __str__(self) -> str:
        return (
            f"{self.steps:>7,} of {self.of:,} decisions  {self.battles:>5} battles  "
            f"3 stars in {self.win_rate:4.0%} of the last {RECENT}  epsilon {self.epsilon:.2f}  "
            f"{self.rate:4.0f} decisions/s  {self.seconds_left / 60:.1f} min left"
            f"{'  ALARM: ' + self.alarm if self.alarm else ''}"
        )


class Result(NamedTuple):
    """One battle of the learning curve."""

    decisions: int
    won: bool
    stars: int
    q_mean: float
    """Mean Q of the last batch."""


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
    tasks: Sequence[Task], steps: int, seed: int, out: Path, report: Callable[[Progress], None],
    *, settings: Settings | None = None, start: Path | None = None, scalars: Scalars | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Train one network on one or several stages for at least `steps` decisions; checkpoint and curve go to `out`.

    It begins with the weights in the folder `start`, if given. `scalars` gets the figures of each round. `report` is
    called after each round in which battles ended. Ctrl-C ends the training early, and what was learned is kept.
    Returns battles, decisions and the share of the last 100 battles that were won without a leak. Raises
    CheckpointError where `start` has no weights of use.
    """
    torch.set_num_threads(1)
    settings = settings or Settings()
    trainer = Trainer([TrainingTask(*task, settings, seed) for task in tasks], settings, seed)
    if start is not None:
        _begin_with(trainer, tasks[0], start)
    curve = list[Result]()
    try:
        _run(trainer, steps, curve, report, scalars)
    except KeyboardInterrupt:
        pass
    finally:
        trainer.close()
    checkpoint.write(out, _checkpoint(trainer, tasks[0], seed, len(curve)))
    names = ", ".join(task.stage.name for task in tasks)
    draw_curve(curve, out / "learning_curve.png", f"{names}, seed {seed}")
    return {"battles": len(curve), "decisions": trainer.decisions, "three_stars_last_100": _recent_rate(curve)}


def _run(
    trainer: Trainer, steps: int, curve: list[Result], report: Callable[[Progress], None], scalars: Scalars | None
) -> None:
    """Rounds until there are enough decisions."""
    began = time.monotonic()
    trainer.begin()
    while trainer.decisions < steps:
        ended = trainer.round()
        curve += [_result(trainer, one) for one in ended]
        rate = trainer.decisions / (time.monotonic() - began)
        if scalars is not None:
            scalars.add(trainer, rate)
        if ended or trainer.decisions >= steps:
            left = max(steps - trainer.decisions, 0) / rate
            known = (trainer.decisions, steps, len(curve), _recent_rate(curve), trainer.epsilon, rate, left)
            report(Progress(*known, trainer.dqn.alarm))


def _result(trainer: Trainer, one: Ended) -> Result:
    return Result(trainer.decisions, one.won, one.stars, trainer.dqn.last.q_mean)


def _recent_rate(curve: Sequence[Result]) -> float:
    """Share of the last battles that were won without a leak; 0 before the first."""
    return float(np.mean([one.stars == 3 for one in curve[-RECENT:]])) if curve else 0.0


def _begin_with(trainer: Trainer, task: Task, folder: Path) -> None:
    """Take over the weights of a folder."""
    agent = trained_agent(task, folder, trainer.settings)
    trainer.dqn.begin_with(agent.dqn.online.state_dict())


def _checkpoint(trainer: Trainer, task: Task, seed: int, battles: int) -> checkpoint.Checkpoint:
    """What was learned, as an agent of the first task goes on from it."""
    agent = Agent(task.stage, task.squad, trainer.settings, seed)
    agent.dqn, agent.buffer = trainer.dqn, trainer.tasks[0].buffer
    agent.remembered, agent.battles = trainer.decisions, battles
    agent.policy.schedule.decisions = trainer.settings.epsilon_decisions  # exploration goes on as at its end
    return agent.checkpoint()


def trained_agent(task: Task, folder: Path, settings: Settings) -> Agent:
    """The agent of a folder that `train` or a daemon wrote with such settings, without its buffer.

    Raises CheckpointError where the folder holds no usable checkpoint.
    """
    kept, notes = checkpoint.read_newest(folder)
    if kept is None:
        missing = f"{folder}: holds no checkpoint; give a folder made by holdfast train"
        raise CheckpointError(notes[0] if notes else missing)
    agent = Agent(task.stage, task.squad, settings.model_copy(update={"buffer_size": 1}), 0)
    agent.restore(kept)
    return agent


def draw_curve(curve: Sequence[Result], path: Path, title: str) -> None:
    """Draw the share of battles without a leak and the mean Q over the decisions."""
    from matplotlib.figure import Figure

    decisions = [one.decisions for one in curve]
    clean = np.array([one.stars == 3 for one in curve], float)
    rates = [clean[max(0, end - RECENT) : end].mean() for end in range(1, len(clean) + 1)]
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    label = f"3 stars, of the last {RECENT}"
    axes = figure.add_subplot(title=title, xlabel="decisions", ylabel=label, ylim=(-0.02, 1.02))
    axes.plot(decisions, rates, color="tab:blue")
    value = axes.twinx()
    value.plot(decisions, [one.q_mean for one in curve], color="tab:orange", alpha=0.5)
    value.set_ylabel("mean Q of a batch", color="tab:orange")
    figure.savefig(path, dpi=120)
