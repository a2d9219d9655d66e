"""The figures of a training for TensorBoard, under the names that CleanRL's DQN gives them.

TensorBoard is an extra of its own: it is imported only where its files are asked for.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np

from learning.arrays import Doubles, Integers
from learning.trainer import Trainer
from learning.training_task import TrainingTask


class Writer(Protocol):
    """What torch.utils.tensorboard.SummaryWriter has, as far as it is used."""

    def add_scalar(self, name: str, value: float, step: int) -> None:
        """Add a point to a curve."""

    def close(self) -> None:
        """Write what is left."""


def open_writer(folder: Path) -> Writer:
    """A writer into a folder, for `tensorboard --logdir FOLDER`."""
    from torch.utils.tensorboard import SummaryWriter

    writer: Writer = SummaryWriter(str(folder))
    return writer


class Scalars:
    """Adds what happened in each round of a trainer. Steps are decisions, as CleanRL's are steps of the environment."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._sums: dict[TrainingTask, tuple[Doubles, Integers]] = {}
        """Of the battles under way: rewards so far, and decisions so far."""

    def add(self, trainer: Trainer, rate: float) -> None:
        """Add the last round; `rate` is in decisions a second."""
        task, played = trainer.played
        battles = len(played[0].actions)
        returns, lengths = self._sums.setdefault(task, (np.zeros(battles), np.zeros(battles, np.int64)))
        for number, one in enumerate(played):
            step = trainer.decisions - (len(played) - 1 - number) * battles
            returns += one.rewards
            lengths += 1
            for b in np.flatnonzero(one.over).tolist():
                self._writer.add_scalar("charts/episodic_return", float(returns[b]), step)
                self._writer.add_scalar("charts/episodic_length", int(lengths[b]), step)
                returns[b] = lengths[b] = 0
        figures = {
            "charts/SPS": rate,
            "charts/epsilon": trainer.epsilon,
            "losses/td_loss": trainer.dqn.last.td_loss,
            "losses/q_values": trainer.dqn.last.q_mean,
        }
        for name, value in figures.items():
            self._writer.add_scalar(name, value, trainer.decisions)

    def close(self) -> None:
        """Write what is left."""
        self._writer.close()
