"""What a training keeps in its folder, so that the same command goes on from there to the same result.

Beside weights, optimiser and buffers that is the state of all generators and counters, and of the battles under way:
their seeds and the decisions since their beginning, by which they are played again. It is kept after whole rounds only.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from learning import checkpoint
from learning.agent import Agent
from learning.checkpoint import BUFFERS, Checkpoint, CheckpointError
from learning.fingerprint import fingerprint
from learning.replay import ReplayBuffer
from learning.settings import Settings
from learning.trainer import Trainer
from learning.training_task import Task

INTERVAL = 60.0
"""Seconds from one checkpoint to the next, at most."""
TRAINING = "training"
"""The fact of a checkpoint that a training goes on from."""


class Result(NamedTuple):
    """One battle of the learning curve."""

    decisions: int
    won: bool
    stars: int
    q_mean: float
    """Mean Q of the last batch."""


def identity(tasks: Sequence[Task], settings: Settings, seed: int, start: Path | None) -> dict[str, str]:
    """What has to be the same for a training to go on, by the words that a person knows it by."""
    stages, squads, plans = zip(*tasks, strict=True)
    return {
        "stages": _digest(stages),
        "squads": _digest([list(squad) for squad in squads]),
        "plans": _digest(plans),
        "seed": str(seed),
        "[learning] settings": _digest(settings),
        "--from": str(start),
        "meaning of reward or encoding": fingerprint(settings.discount),
    }


def _digest(thing: object) -> str:
    return hashlib.sha256(repr(thing).encode()).hexdigest()[:16]


def read(out: Path, same: dict[str, str]) -> tuple[Checkpoint | None, tuple[str, ...]]:
    """The checkpoint of a folder from which the training with this identity goes on; None where it is to begin.

    Also a line for each damaged one. Raises CheckpointError where the folder has something else.
    """
    checkpoint.tidy(out)
    kept, notes = checkpoint.read_newest(out)
    if kept is None:
        return None, notes
    if TRAINING not in kept.facts:
        raise CheckpointError(
            f"{out}: holds a checkpoint that no training goes on from; give another --out, perhaps with --from {out}"
        )
    known = _facts(kept)["of"]
    other = [part for part, value in same.items() if known.get(part) != value]
    if other:
        raise CheckpointError(
            f"{out}: holds a training with other {', '.join(other)}; give another --out, or the command that began it"
        )
    return kept, notes


def _facts(kept: Checkpoint) -> dict[str, Any]:
    facts: dict[str, Any] = orjson.loads(kept.facts[TRAINING])
    return facts


def _resume(buffer: ReplayBuffer, out: Path, position: dict[str, Any]) -> None:
    """Go on in the file of a buffer. Raises ValueError where it lacks frames that were there at the checkpoint."""
    buffer.resume(out, position)
    if len(buffer) < min(buffer.written, buffer.capacity):
        raise ValueError("since its checkpoint more was written than a buffer has room for")


class TrainingFolder:
    """Writes the checkpoints of a training: as those of an agent of its first task, which goes on from them in play."""

    def __init__(self, out: Path, trainer: Trainer, task: Task, seed: int, same: dict[str, str]) -> None:
        self._out, self._trainer, self._same = out, trainer, same
        self._agent = Agent(task.stage, task.squad, trainer.settings, seed)
        self._agent.dqn = trainer.dqn
        settings = trainer.settings  # play goes on as at the end of what falls with decisions
        self._agent.policy.schedule.decisions = max(settings.epsilon_decisions, settings.demonstrated_decisions)
        self._kept()

    def begin(self) -> None:
        """Have all buffers in files of the folder. Raises CheckpointError where they cannot be written."""
        try:
            for task in self._trainer.tasks:
                task.buffer.keep_in(checkpoint.next_buffer(self._out))
        except OSError as error:
            raise self._unwritten(error) from None

    def go_on(self, kept: Checkpoint) -> list[Result]:
        """Bring the trainer where it was at a checkpoint. Returns the curve so far.

        Raises CheckpointError where the checkpoint makes no sense, or battles come out otherwise than they did.
        """
        try:
            facts = _facts(kept)
            self._agent.restore(kept)
            for task, position in zip(self._trainer.tasks, kept.facts[BUFFERS], strict=True):
                _resume(task.buffer, self._out, position)
            self._trainer.restore(facts["trainer"])
            curve = [Result(*one) for one in facts["curve"]]
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            raise CheckpointError(
                f"{self._out}: the training in it cannot go on ({' '.join(str(error).split())}); "
                f"give another --out, perhaps with --from {self._out}"
            ) from None
        self._kept()
        return curve

    def keep_now_and_then(self, curve: Sequence[Result], report: Callable[[str], None]) -> None:
        """Write a checkpoint if the last one was a minute ago, or if much was written to a buffer since.

        Where that is not possible, `report` gets a line, and the training goes on.
        """
        written = max(
            (task.buffer.written - before) / task.buffer.spare
            for task, before in zip(self._trainer.tasks, self._written, strict=True)
        )
        if written >= 1 / 4 or time.monotonic() >= self._due:
            try:
                self.keep(curve)
            except CheckpointError as error:
                report(f"{error}; training goes on")
                self._kept()

    def keep(self, curve: Sequence[Result]) -> None:
        """Write a checkpoint, between two rounds. Raises CheckpointError where it cannot be written."""
        self._agent.buffer = self._trainer.tasks[0].buffer
        self._agent.remembered, self._agent.battles = self._trainer.decisions, len(curve)
        learned, _, facts = self._agent.checkpoint()
        training = {"of": self._same, "trainer": self._trainer.state(), "curve": [list(one) for one in curve]}
        positions = [task.buffer.position() for task in self._trainer.tasks]
        more = {BUFFERS: positions, TRAINING: orjson.dumps(training).decode()}
        try:
            checkpoint.write(self._out, Checkpoint(learned, {}, {**facts, **more}))
        except OSError as error:
            raise self._unwritten(error) from None
        self._kept()

    def _unwritten(self, error: OSError) -> CheckpointError:
        return CheckpointError(f"{error.filename or self._out}: cannot be written ({error.strerror})")

    def _kept(self) -> None:
        self._written = [task.buffer.written for task in self._trainer.tasks]
        self._due = time.monotonic() + INTERVAL
