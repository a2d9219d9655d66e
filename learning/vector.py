"""Many battles of one stage as one Gymnasium vector environment.

    environments = gymnasium.make_vec("holdfast/Arknight-v0", num_envs=64, stage="first_watch")

Each battle gives the same numbers as an `ArknightEnv` of its own. Compiled code plays all of them in one call, so that
a decision costs microseconds. Battles that ended restart at the next step, whose action they ignore (Gymnasium's
NEXT_STEP). `infos["action_mask"]` has the flat mask of every battle.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from gymnasium.utils import seeding
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from game.characters.catalogue import Catalogue
from game.simulator.actions import act
from game.simulator.battle import OUTCOMES
from game.simulator.compiling import entry
from game.simulator.display import arrays_for, show
from game.simulator.records import LOST, WON, Battles, World
from game.simulator.tables import empty_battles, start, world_of
from game.simulator.tick import run
from learning.arrays import AnyArray, Arrays, Integers, Mask
from learning.encoding import TILE_CHANNELS
from learning.environment import SECOND, ArknightEnv
from learning.observation import observe, situations_of
from learning.reward import reward

OUTCOME_NAMES = np.array(OUTCOMES, dtype=object)


class ArknightVectorEnv(VectorEnv[Arrays, Integers, AnyArray]):
    """`num_envs` battles side by side. The next step does not change the arrays that a step has returned."""

    metadata = {"render_modes": [], "autoreset_mode": AutoresetMode.NEXT_STEP}  # noqa: RUF012  as Gymnasium declares it

    def __init__(
        self,
        num_envs: int,
        stage: str | Path,
        squad: Sequence[str] | None = None,
        render_mode: str | None = None,
        catalogue: Catalogue | None = None,
    ) -> None:
        one = ArknightEnv(stage, squad, render_mode, catalogue)
        self.num_envs, self.stage, self.squad, self.encoding = num_envs, one.stage, one.squad, one.encoding
        self.single_action_space, self.single_observation_space = one.action_space, one.observation_space
        self.action_space = batch_space(one.action_space, num_envs)
        self.observation_space = batch_space(one.observation_space, num_envs)
        self._world = world_of(one.stage, one.squad)
        self._state = empty_battles(self._world, num_envs)
        self._arrays = arrays_for(self._world, num_envs)
        self._chance = [seeding.np_random(None)[0] for _ in range(num_envs)]
        self._ended = np.zeros(num_envs, np.bool_)
        self.discount = one.discount

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Arrays, dict[str, Any]]:
        """Begin all battles. A seed s gives battle b the seed s + b, as Gymnasium's own vector environments do.

        Raises ValueError for a sequence of seeds of another length than `num_envs`.
        """
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

    def step(self, actions: Integers) -> tuple[Arrays, AnyArray, AnyArray, AnyArray, dict[str, Any]]:
        """Act in every battle, let a second pass, and return the rewards (see learning.reward)."""
        fresh = self._ended.copy()
        for b in np.flatnonzero(fresh).tolist():
            self._begin(b)
        before = self._situation
        illegal = np.empty(self.num_envs, np.bool_)
        _decide_all(self._world, self._state, np.asarray(actions, np.int64), fresh, SECOND, illegal)
        seen, infos = self._look(illegal)
        outcome = self._state.battle["outcome"]
        won, lost = outcome == WON, outcome == LOST
        earned = reward(before, self._situation, won, lost, infos["stars"], self.stage.options, self.discount)
        earned[fresh] = 0.0
        self._ended = (won | lost) & ~fresh
        return seen, earned, self._ended.copy(), np.zeros(self.num_envs, np.bool_), infos

    def action_masks(self) -> Mask:
        """bool[num_envs, actions]: which of the flat actions of `game.actions` are legal now."""
        return self._mask.astype(np.bool_)

    def _begin(self, b: int) -> None:
        """A new battle in place `b`."""
        start(self._world, self.stage, self._state, b, int(self._chance[b].integers(2**31)))

    def _look(self, illegal: Mask) -> tuple[Arrays, dict[str, Any]]:
        """Observations and infos of all battles."""
        show(self._world, self._state, self._arrays)
        seen = observe(self._arrays, self.encoding)
        self._situation, self._mask = situations_of(self._arrays, seen), seen.mask
        battle = self._state.battle
        won, leaked = battle["outcome"] == WON, battle["leaks"] > 0
        infos: dict[str, Any] = {
            "action_mask": seen.mask,
            "illegal": illegal,
            "outcome": OUTCOME_NAMES[battle["outcome"]],
            "stars": np.where(won, np.where(leaked, 2, 3), 0),
        }
        infos |= {f"_{key}": np.ones(self.num_envs, np.bool_) for key in infos}
        grid = seen.tiles.reshape(self.num_envs, TILE_CHANNELS, self.stage.height, self.stage.width)
        return {"tiles": grid, "slots": seen.slots, "world": seen.world.astype(np.float32)}, infos


@entry
def _decide_all(world: World, state: Battles, actions: Integers, waiting: Mask, ticks: int, illegal: Mask) -> None:
    """In every battle that is not `waiting`, do what `actions` [B, 4] says and play on for so many ticks.

    `illegal` [B] is set where an action was not legal.
    """
    for b in range(state.battle.shape[0]):
        illegal[b] = False
        if not waiting[b]:
            kind, slot, tile, direction = actions[b, 0], actions[b, 1], actions[b, 2], actions[b, 3]
            illegal[b] = not act(world, state, b, kind, slot, tile, direction)
            run(world, state, b, ticks)
