"""What the pointer is on in a battle: a card, a tile, a unit, a button, or the direction of a swipe.

All pixels are the game's own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from game.actions import DOWN, LEFT, RIGHT, UP
from game.camera import Camera
from game.levels.stage import Stage
from game.practice.layout import Scale
from game.simulator.battle import OperatorOnField
from game.view import Card

SWIPE = 90.0
"""Pixels at 720p that a swipe has to cover to choose a direction."""
NEAR_TILE = 0.62
"""Tiles from a tile's middle within which the pointer is on that tile."""
BUTTON_RADIUS = 46.0
"""Pixels at 720p around the middle of the retreat and the skill button."""
BODY_HEIGHT = 0.45
"""Tiles above its foot at which a unit's body is tapped; a tap on the tile itself counts as well."""


class Picker:
    """Finds what is at a pixel of one stage's battle, in a window of one size."""

    def __init__(self, stage: Stage, camera: Camera, scale: Scale) -> None:
        self.stage = stage
        self.camera = camera
        self.scale = scale

    def card(self, hand: Sequence[Card], x: float, y: float) -> Card | None:
        """The card under a pixel."""
        for index, card in enumerate(hand):
            left, top, pitch = self.scale.card(index, len(hand))
            if left <= x < left + pitch and y >= top:
                return card
        return None

    def tile(self, x: float, y: float) -> tuple[int, int] | None:
        """The (row, column) under a pixel of the tilted view: the tile whose middle, at its own height, is nearest."""
        best, least = None, math.inf
        for row in range(self.stage.height):
            for col in range(self.stage.width):
                away = math.dist(self.middle((row, col)), (x, y))
                if away < least:
                    best, least = (row, col), away
        side = self.camera.pixel(3, 4.5, tilted=True)[0] - self.camera.pixel(3, 3.5, tilted=True)[0]
        return best if least < NEAR_TILE * side else None

    def unit(self, units: Sequence[OperatorOnField], x: float, y: float) -> OperatorOnField | None:
        """The operator whose tile or body is under a pixel of the normal view; of several the nearest: in front of a
        tile the body of another may stand.
        """
        away, _, unit = min(((self._distance(unit, x, y), unit.slot, unit) for unit in units), default=(1.0, 0, None))
        return unit if away < 0.5 else None

    def _distance(self, unit: OperatorOnField, x: float, y: float) -> float:
        """How far a pixel is from an operator's foot or the middle of its body, in tiles as wide as its own."""
        high = bool(self.stage.high[unit.row, unit.col])
        foot = self.camera.pixel(unit.row, unit.col, high)
        right, left = (self.camera.pixel(unit.row, unit.col + half, high)[0] for half in (0.5, -0.5))
        side = right - left
        body = (foot[0], foot[1] - BODY_HEIGHT * side)
        return min(math.dist(foot, (x, y)), math.dist(body, (x, y))) / side

    def button(self, tile: tuple[int, int], x: float, y: float) -> Literal["retreat", "skill"] | None:
        """The button under a pixel, of the two beside the selected unit on a tile."""
        high, radius = bool(self.stage.high[tile]), BUTTON_RADIUS * self.scale.factor
        if math.dist(self.camera.retreat_button(*tile, high), (x, y)) < radius:
            return "retreat"
        return "skill" if math.dist(self.camera.skill_button(*tile, high), (x, y)) < radius else None

    def direction(self, tile: tuple[int, int], x: float, y: float) -> int | None:
        """The direction (see game.actions) of a swipe from a tile to a pixel; None while it is too short."""
        middle = self.middle(tile)
        right, down = x - middle[0], y - middle[1]
        if max(abs(right), abs(down)) < SWIPE * self.scale.factor:
            return None
        if abs(right) >= abs(down):
            return RIGHT if right > 0 else LEFT
        return DOWN if down > 0 else UP

    def middle(self, tile: tuple[int, int]) -> tuple[float, float]:
        """The pixel of a tile's middle in the tilted view."""
        return self.camera.pixel(*tile, bool(self.stage.high[tile]), True)
