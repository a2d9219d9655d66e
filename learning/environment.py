"""The battle as a Gymnasium environment, `holdfast/Arknight-v0`: one decision is one second of the game.

    import gymnasium
    import learning.environment  # registers it
    environment = gymnasium.make("holdfast/Arknight-v0", stage="first_watch")

Actions are MultiDiscrete([4 kinds, slots, tiles, 4 directions]) as in `game.actions`; `action_masks()` says which of
the flat ones are legal, and so does `info["action_mask"]`. Gymnasium since 1.0 loads no entry points, so import this
module first, or say `gymnasium.make("learning.environment:holdfast/Arknight-v0", ...)`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from game.actions import Action
from game.characters.builds import default_squad, squad_of
from game.characters.catalogue import Catalogue, load_catalogue
from game.levels.stage import load_stage
from game.simulator.battle import Battle
from learning.arrays import Arrays, Integers, Mask
from learning.encoding import GLOBALS, SLOT_CHANNELS, TILE_CHANNELS, make_encoding
from learning.observation import observe, situation_of
from learning.reward import reward
from learning.settings import Settings

SECOND = 30
"""Ticks from one decision to the next: a second of the game."""


class ArknightEnv(gymnasium.Env[Arrays, Integers]):
    """One battle an episode. An action that is not legal waits, and `info["illegal"]` says so.

    Without a `catalogue` the shipped tables are used. Raises ValueError for a `render_mode`: nothing is drawn here.
    """

    metadata = {"render_modes": []}  # noqa: RUF012  Gymnasium's own declaration is an instance variable

    def __init__(
        self,
        stage: str | Path,
        squad: Sequence[str] | None = None,
        render_mode: str | None = None,
        catalogue: Catalogue | None = None,
    ) -> None:
        if render_mode is not None:
            raise ValueError(
                f"ArknightEnv draws nothing: render_mode must be None, not {render_mode!r}; see holdfast practice"
            )
        self.render_mode = None
        catalogue = catalogue or load_catalogue()
        self.stage = load_stage(stage, catalogue)
        self.squad = squad_of(squad, catalogue) if squad else default_squad(catalogue)
        self.encoding = make_encoding(self.stage, self.squad)
        slots, tiles = len(self.squad), self.encoding.tiles
        self.action_space = spaces.MultiDiscrete([4, slots, tiles, 4])
        grid = (TILE_CHANNELS, self.stage.height, self.stage.width)
        self.observation_space = spaces.Dict(  # type: ignore[assignment]  # Dict is declared for any content
            {
                "tiles": spaces.Box(0, 255, grid, np.uint8),
                "slots": spaces.Box(0, 255, (slots, SLOT_CHANNELS), np.uint8),
                "world": spaces.Box(0, 100, (GLOBALS,), np.float32),
            }
        )
        self.discount = Settings().discount
        self._battle = Battle(self.stage, self.squad)
        self._look()

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Arrays, dict[str, Any]]:
        """Begin a battle. The same seed gives the same battle."""
        super().reset(seed=seed, options=options)
        self._battle = Battle(self.stage, self.squad, seed=int(self.np_random.integers(2**31)))
        self._look()
        return self._observation(), self._info(illegal=False)

    def step(self, action: Integers) -> tuple[Arrays, float, bool, bool, dict[str, Any]]:
        """Act, let a second pass, and return the reward (see learning.reward)."""
        battle, before = self._battle, self._situation
        illegal = not battle.act(Action(*(int(part) for part in action)))
        battle.step(SECOND)
        self._look()
        won, lost = battle.outcome == "won", battle.outcome == "lost"
        earned = reward(before, self._situation, won, lost, battle.stars, self.stage.options, self.discount)
        return self._observation(), float(earned), won or lost, False, self._info(illegal=illegal)

    def action_masks(self) -> Mask:
        """bool[actions]: which of the flat actions of `game.actions` are legal now."""
        mask: Mask = self._seen.mask[0].astype(np.bool_)
        return mask

    def _look(self) -> None:
        """Take in what a player sees now."""
        arrays = self._battle.view_arrays()
        self._seen = observe(arrays, self.encoding)
        self._situation = situation_of(arrays, self._seen)

    def _observation(self) -> Arrays:
        """What a player sees, in the numbers that the network gets."""
        seen = self._seen
        grid = seen.tiles[0].reshape(TILE_CHANNELS, self.stage.height, self.stage.width)
        return {"tiles": grid, "slots": seen.slots[0], "world": seen.world[0].astype(np.float32)}

    def _info(self, *, illegal: bool) -> dict[str, Any]:
        """The mask, under the name that Gymnasium's tools look for, and the state of the battle."""
        battle = self._battle
        return {
            "action_mask": self._seen.mask[0],
            "illegal": illegal,
            "outcome": battle.outcome,
            "stars": battle.stars,
        }
