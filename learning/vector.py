"""Many battles of one stage as one Gymnasium vector environment.

    environments = gymnasium.make_vec("holdfast/Arknight-v0", num_envs=64, stage="first_watch")

Each of them is what `ArknightEnv` is alone, number for number; together they live in one batch of the rules, so that
a decision costs microseconds. Battles that ended begin anew at the next step, whose action they ignore (Gymnasium's
NEXT_STEP). `infos["action_mask"]` has the flat mask of every battle.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium.utils import seeding
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from game.actions import action_count
from game.simulator.battle import OUTCOMES
from game.simulator.records import LOST, RUNNING, WON, Records
from game.simulator.tables import empty_battles, start, world_of
from learning import reward
from learning.batch_observation import decide_all, make_sight, observe_all, room_for
from learning.encoding import TILE_CHANNELS
from learning.environment import SECOND, ArknightEnv
from learning.settings import Settings

Batch = dict[str, npt.NDArray[Any]]
VERDICTS = np.array(OUTCOMES, dtype=object)


class ArknightVectorEnv(VectorEnv[Batch, npt.NDArray[np.int64], npt.NDArray[Any]]):
    """`num_envs` battles side by side. Arrays that a step returns are its own: the next step does not change them."""

    metadata = {"render_modes": [], "autoreset_mode": AutoresetMode.NEXT_STEP}  # noqa: RUF012  as Gymnasium declares it

    def __init__(
        self, num_envs: int, stage: str | Path, squad: Sequence[str] | None = None, render_mode: str | None = None
    ) -> None:
        one = ArknightEnv(stage, squad, render_mode)
        self.num_envs, self.stage, self.squad, self.ground = num_envs, one.stage, one.squad, one.ground
        self.single_action_space, self.single_observation_space = one.action_space, one.observation_space
        self.action_space = batch_space(one.action_space, num_envs)
        self.observation_space = batch_space(one.observation_space, num_envs)
        self._world = world_of(one.stage, one.squad)
        self._state = empty_battles(self._world, num_envs)
        self._sight = make_sight(one.ground)
        self._work = np.empty((TILE_CHANNELS, one.ground.tiles), np.float32)
        self._actions = action_count(len(one.squad), one.ground.tiles)
        self._chance = [seeding.np_random(None)[0] for _ in range(num_envs)]
        self._ended = np.zeros(num_envs, np.bool_)

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Batch, dict[str, Any]]:
        """Begin all battles. A seed s gives battle b the seed s + b, as Gymnasium's own vector environments do."""
        del options
        seeds = [seed + b for b in range(self.num_envs)] if isinstance(seed, int) else seed or [None] * self.num_envs
        if len(seeds) != self.num_envs:
            raise ValueError(f"{len(seeds)} seeds for {self.num_envs} battles: give one number, or one for each")
        for b, own in enumerate(seeds):
            if own is not None:
                self._chance[b] = seeding.np_random(own)[0]
            self._begin(b)
        self._ended[:] = False
        return self._look(np.zeros(self.num_envs, np.bool_))

    def step(
        self, actions: npt.NDArray[np.int64]
    ) -> tuple[Batch, npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any], dict[str, Any]]:
        """Act in every battle, let a second pass, and say what it was worth (see learning.reward)."""
        fresh = self._ended.copy()
        for b in np.flatnonzero(fresh).tolist():
            self._begin(b)
        before, threat = self._state.battle.copy(), self._threat
        illegal = np.empty(self.num_envs, np.bool_)
        decide_all(self._world, self._state, np.asarray(actions, np.int64), fresh, SECOND, illegal)
        seen, infos = self._look(illegal)
        worth = self._worth(before, threat)
        worth[fresh] = 0.0
        self._ended = (self._state.battle["outcome"] != RUNNING) & ~fresh
        return seen, worth, self._ended.copy(), np.zeros(self.num_envs, np.bool_), infos

    def action_masks(self) -> npt.NDArray[np.bool_]:
        """Whether each of the flat actions of `game.actions` is legal now, bool[num_envs, actions]."""
        return self._mask.astype(np.bool_)

    def _begin(self, b: int) -> None:
        """A new battle in place `b`."""
        start(self._world, self.stage, self._state, b, int(self._chance[b].integers(2**31)))

    def _look(self, illegal: npt.NDArray[np.bool_]) -> tuple[Batch, dict[str, Any]]:
        """Observations and infos of all battles."""
        seen = room_for(self.num_envs, self._world, self._actions)
        observe_all(self._world, self._state, self._sight, self._work, seen)
        self._threat, self._mask = seen.threat, seen.mask
        battle = self._state.battle
        won, leaked = battle["outcome"] == WON, battle["leaks"] > 0
        infos: dict[str, Any] = {
            "action_mask": seen.mask,
            "illegal": illegal,
            "outcome": VERDICTS[battle["outcome"]],
            "stars": np.where(won, np.where(leaked, 2, 3), 0),
        }
        infos |= {f"_{key}": np.ones(self.num_envs, np.bool_) for key in infos}
        grid = seen.tiles.reshape(self.num_envs, TILE_CHANNELS, self.stage.height, self.stage.width)
        return {"tiles": grid, "slots": seen.slots, "world": self._globals(seen.enemies)}, infos

    def _globals(self, enemies: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """The numbers of the HUD as `learning.encoding` has them, in its half precision."""
        battle, options = self._state.battle, self.stage.options
        limit = max(options.character_limit, 1)
        numbers = (
            battle["dp"] / 99,
            battle["counter"] / np.maximum(battle["total"], 1),
            battle["life"] / max(options.max_life, 1),
            (options.character_limit - battle["slots_taken"]) / limit,
            enemies / 10,
            battle["deployed"] / limit,
        )
        clipped: npt.NDArray[np.float64] = np.clip(np.stack(numbers, axis=1), 0, 100)
        return clipped.astype(np.float16).astype(np.float32)

    def _worth(self, before: Records, threat: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """What a step was worth in every battle: `learning.reward.reward`, for many at once."""
        after, options = self._state.battle, self.stage.options
        total, lives = np.maximum(before["total"], 1), max(options.max_life, 1)
        lost = np.maximum(before["life"] - after["life"], 0)
        killed = np.maximum(after["counter"] - before["counter"] - lost, 0)
        along = reward.KILLS * killed / total + reward.LIFE * lost / lives
        along = np.where(after["dp"] >= options.max_cost, along + reward.IDLE, along)
        along = along + reward.THREAT * (threat - Settings.gamma * self._threat)
        stars = np.where(after["leaks"] > 0, 2, 3)
        left = np.maximum(before["total"] - before["counter"], 0)
        won = reward.WON + reward.STARS * stars / 3 + reward.KILLS * left / total + reward.THREAT * threat
        failed = reward.LOST + reward.LIFE * before["life"] / lives + reward.THREAT * threat
        outcome = after["outcome"]
        worth: npt.NDArray[np.float64] = np.select([outcome == WON, outcome == LOST], [won, failed], along)
        return worth
