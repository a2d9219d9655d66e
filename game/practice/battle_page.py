"""One battle of the practice game as it is played on the screen: its speed, its end, and the picture of it.

The rules of a battle are in `game.simulator`.
"""

from __future__ import annotations

from game.camera import Camera
from game.practice.battle_input import BattleInput
from game.practice.effects import BattleEffects
from game.practice.layout import Scale
from game.practice.picking import Picker
from game.practice.scene import BattleScene
from game.simulator.battle import Battle
from game.simulator.records import TICKS

SLOW = 0.2
"""Speed of play while a card or a unit is held, as measured in the real game (about 0.2x)."""
AFTERMATH_SECONDS = 1.0
"""Seconds between the end of a battle and its result page."""


class BattlePage:
    """A battle that runs by the game's clock; `now` is that clock in seconds."""

    def __init__(self, battle: Battle, scale: Scale) -> None:
        stage = battle.stage
        self.battle = battle
        self.camera = Camera(stage.height, stage.width, stage.view, (scale.width, scale.height))
        self.input = BattleInput(battle, Picker(stage, self.camera, scale))
        self.effects = BattleEffects(battle)
        self.ended_at: float | None = None
        self._ticks_due = 0.0

    @property
    def result(self) -> str:
        """The page that follows an ended battle."""
        return "settle" if self.battle.outcome == "won" else "failed"

    def is_over(self, now: float) -> bool:
        """Whether the result page is due."""
        return self.ended_at is not None and now - self.ended_at >= AFTERMATH_SECONDS

    def advance(self, seconds: float, now: float) -> None:
        """Let `seconds` of the game's clock pass until `now`; play goes on faster, slower or not at all meanwhile."""
        if self.ended_at is not None:
            return
        self._ticks_due += seconds * self._rate() * TICKS
        # A sum of fractions of ticks may be a rounding error below the whole number that it should be.
        ticks = int(self._ticks_due + 1e-6)
        self._ticks_due -= ticks
        self.battle.step(ticks)
        self._deselect_fallen()
        self.effects.notice(self.battle, now)
        if self.battle.outcome is not None:
            self.ended_at, self.input.hold = now, None

    def _rate(self) -> float:
        """Seconds of play for each second of the game's clock."""
        if self.input.paused:
            return 0.0
        return SLOW if self.input.hold is not None else float(self.input.speed)

    def _deselect_fallen(self) -> None:
        """Let go of a selected unit that is no longer on the field."""
        hold = self.input.hold
        if hold is None or not hold.standing:
            return
        if all(one.slot != hold.slot for one in self.battle.operators_on_field()):
            self.input.hold = None

    def scene(self, now: float) -> BattleScene:
        """Everything that the painter needs to draw the battle."""
        hold = self.input.hold
        return BattleScene(
            battle=self.battle,
            hand=self.battle.view().cards,
            paused=self.input.paused,
            speed=self.input.speed,
            hold=hold,
            legal=self.input.legal_tiles(hold.slot) if hold is not None and hold.tile is None else (),
            dp_flash=self.effects.dp_flash(now),
            banner=self.effects.banner(now),
            struck=self.effects.struck,
            bursts=self.effects.bursts_now(now),
        )
