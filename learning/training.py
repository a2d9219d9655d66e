"""Training without a screen, as fast as the simulator and the network go: its course and its curve."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from game.simulator.battle import Battle
from learning import checkpoint, training_folder
from learning.agent import Agent
from learning.checkpoint import CheckpointError
from learning.collector import Ended
from learning.environment import SECOND
from learning.player import Seats, players_here
from learning.scalars import Scalars
from learning.settings import Settings
from learning.trainer import Trainer
from learning.training_folder import Result, TrainingFolder
from learning.training_task import Task, TrainingTask

RECENT = 100
"""Battles over which the win rate is averaged."""


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
    tasks: Sequence[Task], steps: int, seed: int, out: Path, report: Callable[[Progress | str], None],
    *, settings: Settings | None = None, start: Path | None = None, scalars: Scalars | None = None,
    seats: Seats = players_here,
) -> dict[str, Any]:  # fmt: skip
    """Train one network on one or several stages for at least `steps` decisions; checkpoints and curve go to `out`.

    It begins with the weights in the folder `start`, if given. A training that was ended or killed goes on from the
    last checkpoint in `out`, and comes to the same weights as one that was not. `scalars` gets the figures of each
    round, and `seats` says where battles are played. `report` is called after each round in which battles ended. Ctrl-C
    ends the training after the round under way, with a checkpoint. Returns battles, decisions and the share of the last
    100 battles that were won without a leak. Raises CheckpointError where `start` has no weights of use, or `out` has
    those of another training.
    """
    torch.set_num_threads(1)
    settings = settings or Settings()
    same = training_folder.identity(tasks, settings, seed, start)
    kept, notes = training_folder.read(out, same)
    for note in notes:
        report(note)
    trainer = Trainer([TrainingTask(*task, settings, seed, seats) for task in tasks], settings, seed)
    folder = TrainingFolder(out, trainer, tasks[0], seed, same)
    try:
        if kept is None:
            curve = _begun(trainer, folder, tasks[0], start)
        else:
            curve = folder.go_on(kept)
            report(f"going on after {trainer.decisions:,} decisions")
        _run(trainer, steps, curve, folder, report, scalars)
    finally:
        trainer.close()
    names = ", ".join(task.stage.name for task in tasks)
    draw_curve(curve, out / "learning_curve.png", f"{names}, seed {seed}")
    return {"battles": len(curve), "decisions": trainer.decisions, "three_stars_last_100": _recent_rate(curve)}


def _begun(trainer: Trainer, folder: TrainingFolder, task: Task, start: Path | None) -> list[Result]:
    """Begin a training with the weights of a folder, if there is one. Returns an empty curve."""
    if start is not None:
        _begin_with(trainer, task, start)
    folder.begin()
    trainer.begin()
    return []


def _run(
    trainer: Trainer, steps: int, curve: list[Result], folder: TrainingFolder,
    report: Callable[[Progress | str], None], scalars: Scalars | None,
) -> None:  # fmt: skip
    """Rounds until there are enough decisions, or until Ctrl-C; then a checkpoint."""
    began, before = time.monotonic(), trainer.decisions
    with _interrupts() as interrupted:
        while trainer.decisions < steps and not interrupted:
            ended = trainer.round()
            curve += [_result(trainer, one) for one in ended]
            folder.keep_now_and_then(curve, report)
            rate = (trainer.decisions - before) / (time.monotonic() - began)
            if scalars is not None:
                scalars.add(trainer, rate)
            if ended or trainer.decisions >= steps:
                try:
                    report(_progress(trainer, steps, curve, rate))
                except KeyboardInterrupt:
                    break
        folder.keep(curve)


def _progress(trainer: Trainer, steps: int, curve: Sequence[Result], rate: float) -> Progress:
    left = max(steps - trainer.decisions, 0) / rate
    known = (trainer.decisions, steps, len(curve), _recent_rate(curve), trainer.epsilon, rate, left)
    return Progress(*known, trainer.dqn.alarm)


@contextmanager
def _interrupts() -> Iterator[list[int]]:
    """The first Ctrl-C within it is only noted, in the list; a second one raises KeyboardInterrupt as ever."""
    noted = list[int]()
    if threading.current_thread() is not threading.main_thread():
        yield noted
        return

    def note(number: int, _: object) -> None:
        noted.append(number)
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield noted
    finally:
        signal.signal(signal.SIGINT, before)


def _result(trainer: Trainer, one: Ended) -> Result:
    return Result(trainer.decisions, one.won, one.stars, trainer.dqn.last.q_mean)


def _recent_rate(curve: Sequence[Result]) -> float:
    """Share of the last battles that were won without a leak; 0 before the first."""
    return float(np.mean([one.stars == 3 for one in curve[-RECENT:]])) if curve else 0.0


def _begin_with(trainer: Trainer, task: Task, folder: Path) -> None:
    """Take over the weights of a folder."""
    agent = trained_agent(task, folder, trainer.settings)
    trainer.dqn.begin_with(agent.dqn.online.state_dict())


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
