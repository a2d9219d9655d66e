"""A stage with a squad, and perhaps a plan, as something to learn: battles of it, and what was played in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from game.characters.models import Operator
from game.levels.stage import Stage
from learning.collector import Played
from learning.demonstrations import demonstrations, mixed_batch
from learning.encoding import make_encoding
from learning.network import make_terrain
from learning.player import PlayedRound, Seats, Weights, players_here, side_by_side
from learning.replay import SPARE, Batch, ReplayBuffer
from learning.settings import Settings
from planning.plans import Plan

SPARE_EACH = 64
"""Frames of each battle that a buffer in a file has room for, at least, beside those in use: eight rounds."""


class Task(NamedTuple):
    """A stage to be learned with a squad, and the plan that is shown, if there is one."""

    stage: Stage
    squad: Sequence[Operator]
    plan: Plan | None = None


class _Stored(NamedTuple):
    """A decision in each battle that is in the buffer as frames only."""

    frame: int
    """The first of them."""
    actions: list[int]
    rewards: list[float]
    over: list[bool]


class TrainingTask:
    """The players of one stage and squad, the buffer of what they played, and the plan's demonstrations."""

    def __init__(
        self, stage: Stage, squad: Sequence[Operator], plan: Plan | None, settings: Settings, seed: int,
        seats: Seats = players_here,
    ) -> None:  # fmt: skip
        self.stage, self.squad, self.plan, self.settings = stage, tuple(squad), plan, settings
        self.players = seats(stage, squad, plan, settings, seed)
        self.encoding = make_encoding(stage, squad)
        self.terrain = make_terrain(self.encoding)
        spare = max(settings.buffer_size // 2, SPARE, SPARE_EACH * settings.battles)
        self.buffer = ReplayBuffer(self.encoding, settings.buffer_size, settings.n_step, settings.discount, spare)
        self.shown = demonstrations(plan, stage, squad, settings) if plan else None
        self._last: _Stored | None = None
        """The decision stored last, whose next frame is to come."""

    def start(self, weights: Weights, epsilon: float) -> Callable[[], PlayedRound]:
        """Have all players play a round; to call what is returned waits for its end."""
        waiting = [one.start(weights, epsilon) for one in self.players]
        return lambda: side_by_side([played() for played in waiting])

    def store(self, played: Sequence[Played]) -> None:
        """Put decisions that the players have made into the buffer, in order."""
        for one in played:
            first = self.buffer.add_frames(one.observation, one.legal)
            if self._last is not None:
                frame, *last = self._last
                for b, (action, reward, over) in enumerate(zip(*last, strict=True)):
                    self.buffer.add(frame + b, action, reward, None if over else first + b, b)
            self._last = _Stored(first, one.actions.tolist(), list(one.rewards), list(one.over))

    @property
    def has_experiences(self) -> bool:
        """Whether there is anything to make an update from."""
        return len(self.buffer) > self.settings.learning_starts or bool(self.shown and self.shown.battles)

    def batch(self, share: float, rng: np.random.Generator) -> Batch | None:
        """Experiences for one update, this share of them demonstrations if there are any; None without any."""
        return mixed_batch(self.buffer, self.shown, share, self.settings, rng)

    def state(self) -> dict[str, Any]:
        """What goes on from here, but for what the buffer has, in plain data."""
        return {"players": [one.state() for one in self.players], "last": self._last and self._last._asdict()}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state; the buffer goes on by itself. Raises ValueError where its battles come out otherwise."""
        for player, kept in zip(self.players, state["players"], strict=True):
            player.restore(kept)
        self._last = _Stored(**state["last"]) if state["last"] else None
