"""The battles that every peer trains in and is measured in, with flat actions, and what a peer is.

One decision is a second of the game. Every battle differs from the simulator's as the variation `near` says (see
planning.variation): numbers, spawns and unsettled rules; gestures take no time and none is lost. Observations are those
of `learning.environment.ArknightEnv` in one row, actions its MultiDiscrete numbered flat (see game.actions).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from typing import Any, NamedTuple, TypeAlias

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from game.actions import action_count, unflatten
from game.simulator.battle import Battle
from learning.environment import ArknightEnv
from planning.playing import LONGEST
from planning.variation import NEAR, varied

FIRST_SEED = 1_000_000
"""Seed of the first battle in which policies are measured."""
GAMMA = 0.98
"""The discount of every peer that has one."""
HIDDEN = (256, 256)
"""Hidden layers (ReLU) of every network that scores flat actions."""
EXPLORING = 0.1
"""Share of the decisions asked for over which epsilon falls from 1 to `LAST_EPSILON`, for every DQN of another library;
both are the defaults of Stable-Baselines3, and the other libraries have none.
"""
LAST_EPSILON = 0.05

Row: TypeAlias = npt.NDArray[np.float32]
Legal: TypeAlias = npt.NDArray[np.bool_]


class FlatBattles(gymnasium.Env[Row, int]):
    """One battle an episode, with `Discrete` actions and a row of numbers as the observation.

    An action that is not legal waits, and `info["illegal"]` says so. Without a `squad` the default one plays. A battle
    that lasts longer than `planning.playing.LONGEST` seconds is truncated.
    """

    metadata = {"render_modes": []}  # noqa: RUF012  Gymnasium's own declaration is an instance variable

    def __init__(self, stage: str, squad: Sequence[str] | None = None) -> None:
        self.inner = ArknightEnv(stage, squad)
        self.slots, self.tiles = len(self.inner.squad), self.inner.stage.height * self.inner.stage.width
        self.action_space = spaces.Discrete(action_count(self.slots, self.tiles))
        self.seen = self._row(self.inner.reset(seed=0)[0])
        """The observation of the last `reset` or `step`."""
        self.observation_space = spaces.Box(0.0, np.inf, self.seen.shape, np.float32)

    @property
    def battle(self) -> Battle:
        """The battle under way."""
        return self.inner._battle

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Row, dict[str, Any]]:
        """Begin a battle. The same seed gives the same battle; without one the last seed's generator goes on."""
        super().reset(seed=seed, options=options)
        number = int(self.np_random.integers(2**31))
        observation, info = self.inner.reset(seed=number)
        self.battle.world = varied(self.battle.world, self.inner.stage, NEAR, number)
        self.seen = self._row(observation)
        return self.seen, info

    def step(self, action: int) -> tuple[Row, float, bool, bool, dict[str, Any]]:
        """Act and let a second pass. The reward is ours (see learning.reward)."""
        parts = unflatten(int(action), self.slots, self.tiles)
        observation, reward, ended, _, info = self.inner.step(np.array(parts))
        self.seen = self._row(observation)
        return self.seen, reward, ended, not ended and self.battle.seconds >= LONGEST, info

    def action_masks(self) -> Legal:
        """bool[actions]: what is legal now, under the name that sb3-contrib looks for."""
        return self.inner.action_masks()

    def _row(self, observation: dict[str, Any]) -> Row:
        """All numbers of an observation in a row, bytes as 0 to 1."""
        parts = [np.asarray(part, np.float32).ravel() / (255 if part.dtype == np.uint8 else 1)
                 for part in observation.values()]  # fmt: skip
        return np.concatenate(parts).astype(np.float32)


Choice: TypeAlias = Callable[[FlatBattles], int]
"""What a policy is here: the flat action that it takes now. It never explores, and it changes nothing."""


class Point(NamedTuple):
    """The state of a training."""

    decisions: int
    seconds: float
    """Of training: what is done before the first point (networks, compiling) and measuring are left out."""
    cpu_seconds: float
    """Of the process and all its threads, in the same time; on a busy machine a better measure of the work."""
    choose: Choice
    """The policy so far; it may change with the next point."""


Train: TypeAlias = Callable[[str, Sequence[str] | None, int, int], Iterator[Point]]
"""A peer: `train(stage, squad, seed, budget)` trains without an end, and gives a point of 0 decisions as soon as it is
set up, and then one every few decisions. `budget` is how many decisions will be asked for, for schedules. A script
gives the first point only.
"""


def timed(train: Callable[..., Iterator[tuple[int, Choice]]]) -> Train:
    """Make a peer of a generator of decisions and policy: the time that it takes is added."""

    @wraps(train)
    def run(stage: str, squad: Sequence[str] | None, seed: int, budget: int) -> Iterator[Point]:
        steps, seconds, cpu_seconds = train(stage, squad, seed, budget), 0.0, 0.0
        decisions, choose = next(steps)
        while True:
            yield Point(decisions, seconds, cpu_seconds, choose)
            began, cpu_began = time.monotonic(), time.process_time()
            decisions, choose = next(steps)
            seconds += time.monotonic() - began
            cpu_seconds += time.process_time() - cpu_began

    return run


class Score(NamedTuple):
    """How a policy plays."""

    battles: int
    won: int
    clean: int
    """Won without a leak."""


def evaluate(choose: Choice, stage: str, squad: Sequence[str] | None, battles: int) -> Score:
    """Play battles with a policy. The same battles for every policy."""
    field, won, clean = FlatBattles(stage, squad), 0, 0
    for seed in range(FIRST_SEED, FIRST_SEED + battles):
        field.reset(seed=seed)
        ended = False
        while not ended:
            _, _, terminated, truncated, _ = field.step(choose(field))
            ended = terminated or truncated
        won += field.battle.outcome == "won"
        clean += field.battle.stars == 3
    return Score(battles, won, clean)


def epsilon(decisions: int, budget: int) -> float:
    """The share of exploring decisions after so many."""
    done = min(decisions / max(EXPLORING * budget, 1), 1.0)
    return 1.0 + done * (LAST_EPSILON - 1.0)
