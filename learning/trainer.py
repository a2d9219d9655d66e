"""Training on one or several stages and squads at once: updates are made here, while the players of a task play.

Training goes in rounds. In a round the weights of the round's beginning play a few decisions in all battles of one
task, while updates are made from what was played before; then both results are taken over. So the same seed always
gives the same weights, however fast the machine is.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import torch

from learning.collector import Ended, Played
from learning.demonstrations import share_shown
from learning.dqn import Dqn, Update
from learning.player import ROUND
from learning.policy import Schedule
from learning.settings import Settings
from learning.training_task import TrainingTask


class Trainer:
    """The network and all that it is taught. Close it to end its thread."""

    def __init__(self, tasks: Sequence[TrainingTask], settings: Settings, seed: int) -> None:
        self.tasks, self.settings = tasks, settings
        self.dqn = Dqn(tasks[0].encoding, settings, seed)
        self.rng = np.random.default_rng([seed, 1])
        self._thread = ThreadPoolExecutor(1, "updates", initializer=lambda: torch.set_num_threads(1))
        self.decisions = 0
        """Decisions played."""
        self.turn = 0
        """The task that is played in the next round."""
        self.played: tuple[TrainingTask, list[Played]] = (tasks[0], [])
        """What was played in the last round, and in which task."""
        self._owed = 0.0
        """Updates that are due."""

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown()

    @property
    def epsilon(self) -> float:
        """Share of the decisions that explore, now."""
        decisions, taught = self.decisions // len(self.tasks), self.tasks[self.turn].plan is not None
        return Schedule(self.settings, decisions, taught).epsilon

    @property
    def share(self) -> float:
        """Share of each batch that is demonstrated, now."""
        return share_shown(self.settings, self.decisions // len(self.tasks))

    def round(self) -> list[Ended]:
        """Play a round in the task whose turn it is. Returns the battles that ended."""
        task = self.tasks[self.turn]
        turn = task.start(self.dqn.weights(), self.epsilon)
        updates = self._thread.submit(self._update)
        played, ended = turn()
        updates.result()
        task.store(played)
        self.played = task, played
        self.decisions += ROUND * self.settings.battles
        self._owed += ROUND * self.settings.battles / self.settings.decisions_per_update
        self.turn = (self.turn + 1) % len(self.tasks)
        return ended

    def begin(self) -> None:
        """Learn from the demonstrations alone, before anything is played."""
        if any(one.shown for one in self.tasks):
            self._owed += self.settings.taught_updates
            self._thread.submit(self._update).result()

    def _update(self) -> None:
        """Make the updates that are due, each from a task that has experiences; none are due where no task has."""
        ready = [one for one in self.tasks if one.has_experiences]
        self._owed = self._owed if ready else 0.0
        while self._owed >= 1:
            self._owed -= 1
            task = ready[int(self.rng.integers(len(ready)))]
            batch = task.batch(self.share, self.rng)
            if batch is not None:
                self.dqn.update(batch, task.terrain)

    def state(self) -> dict[str, Any]:
        """What goes on from here after a round, but for weights and buffers, in plain data."""
        return {
            "decisions": self.decisions,
            "turn": self.turn,
            "owed": self._owed,
            "updates": self.dqn.updates,
            "last": self.dqn.last._asdict(),
            "rng": json.dumps(self.rng.bit_generator.state),
            "tasks": [one.state() for one in self.tasks],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state; weights and buffers go on by themselves. Raises ValueError where battles of a task come
        out otherwise than they did.
        """
        self.decisions, self.turn, self._owed = int(state["decisions"]), int(state["turn"]), float(state["owed"])
        self.dqn.updates, self.dqn.last = int(state["updates"]), Update(**state["last"])
        self.rng.bit_generator.state = json.loads(state["rng"])
        for one, kept in zip(self.tasks, state["tasks"], strict=True):
            one.restore(kept)
