"""Draws what effects do in a battle: rings, badges and lines below all units, and a gauge below an operator's bars.

Nothing of it is drawn over a unit or a bar, so that the detector finds as many as without; and the colours keep away
from those by which eyes read health and SP (`vision.localisation`, the profiles' `[operators]`).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pygame

from game.camera import HOVER, Camera
from game.practice.art import INK, Colour
from game.practice.badges import badge
from game.practice.enemies import ENEMY_SIZE
from game.practice.hud import HudPainter
from game.practice.marks import NO_MARKS, UNMARKED, Place, State, UnitMarks, marks_of, place_of, range_of
from game.practice.scene import BattleScene
from game.simulator.records import Flags

FRIENDLY: Colour = (110, 235, 170)
HOSTILE: Colour = (235, 80, 150)
"""Circles in which effects of operators and of enemies work."""
SHIELD: Colour = (215, 240, 255)
WARD: Colour = (245, 225, 255)
LINK: Colour = (205, 120, 255)
SKILL_RANGE: Colour = (255, 238, 190)
"""The edge of the tiles on which an active skill works, or will work."""
COVERED = (255, 225, 150, 80)
"""Over the tiles that a selected unit, or one that waits for its direction, covers; red, green, blue, opacity."""
ELEMENT_COLOURS: dict[str, Colour] = {
    "neural": (225, 220, 245), "corrosion": (170, 140, 90), "burning": (250, 105, 60), "necrosis": (165, 95, 205),
    "": (255, 255, 255),
}  # fmt: skip
GAUGE_HEIGHT = 0.04
"""Of the gauge of elemental injury, in tiles, below the bar of SP."""
BADGE_SIZE, BADGE_ASIDE = 0.22, 0.4
"""Of a badge, and how far from the middle of an operator's foot its own is; in tiles."""


class Ground(NamedTuple):
    """The ground of a map as it is seen, to draw on."""

    surface: pygame.Surface
    camera: Camera
    tilted: bool
    focus: tuple[int, int] | None
    high: Flags
    """bool[row, column]: which tiles are high ground."""

    def pixel(self, row: float, col: float, *, enemy: bool = False) -> tuple[float, float]:
        """The pixel of a place, on high ground where its tile is; enemies are above low ground everywhere."""
        high = not enemy and self.is_high(row, col)
        return self.camera.pixel(row, col, high, self.tilted, focus=self.focus)

    def is_high(self, row: float, col: float) -> bool:
        """Whether the tile of a place, or the map's nearest, is high ground."""
        height, width = self.high.shape
        return bool(self.high[min(max(round(row), 0), height - 1), min(max(round(col), 0), width - 1)])

    def tile(self, row: float, col: float) -> float:
        """How many pixels wide a tile is at a place."""
        return (self.pixel(row, col + 0.4)[0] - self.pixel(row, col - 0.4)[0]) / 0.8

    def ring(
        self, centre: Place, radius: float, colour: Colour, pen: int, *, share: float = 1.0, parts: int = 0
    ) -> None:
        """A circle of `radius` tiles, or the first `share` of it; with `parts`, in so many pieces."""
        high = self.is_high(*centre)
        steps = max(round(14 + 12 * radius), 3 * parts)
        angles = [-math.pi / 2 + 2 * math.pi * share * step / steps for step in range(steps + 1)]
        points = [
            self.camera.pixel(
                centre[0] + radius * math.sin(angle), centre[1] + radius * math.cos(angle), high,
                self.tilted, focus=self.focus,
            )
            for angle in angles
        ]  # fmt: skip
        if not parts:
            pygame.draw.lines(self.surface, colour, False, points, pen)
            return
        for part in range(parts):
            first, last = round(part * steps / parts), round((part + 0.75) * steps / parts)
            pygame.draw.lines(self.surface, colour, False, points[first : max(last, first + 1) + 1], pen)

    def outline(self, covered: Flags, colour: Colour, pen: int) -> None:
        """The edge of a set of tiles, bool[tiles]."""
        inside = np.pad(covered.reshape(self.high.shape), 1)
        for row, col in np.argwhere(inside[1:-1, 1:-1]).tolist():
            corners = self.camera.polygon(row, col, bool(self.high[row, col]), self.tilted, focus=self.focus)
            for side, (down, right) in enumerate(((-1, 0), (0, 1), (1, 0), (0, -1))):
                if not inside[row + 1 + down, col + 1 + right]:
                    pygame.draw.line(self.surface, colour, corners[side], corners[(side + 1) % 4], pen)


class MarkPainter(HudPainter):
    """Draws effects of a battle."""

    marks = NO_MARKS
    """Those of the battle that is drawn."""

    def under_units(self, scene: BattleScene, ground: Ground) -> None:
        """All that lies on the ground: covered tiles, circles, links, enemies that lie, and rings of single units."""
        self.marks = marks_of(scene.battle)
        self._covered(scene, ground)
        for covered in self.marks.ranges:
            ground.outline(covered, SKILL_RANGE, self._px(2))
        for area in self.marks.areas:
            ground.ring(area.centre, area.radius, HOSTILE if area.hostile else FRIENDLY, self._px(2))
        for burst in scene.bursts:
            pen, colour = self._px(5 * (1 - burst.age)), HOSTILE if burst.hostile else SKILL_RANGE
            ground.ring(burst.centre, burst.radius * (0.3 + 0.7 * burst.age), colour, pen)
        for start, end in self.marks.links:
            pygame.draw.line(self.surface, LINK, ground.pixel(*start, enemy=True), ground.pixel(*end), self._px(3))
        for one in self.marks.lying:
            self._lying(one.kind, one.place, one.waited, ground)
        self._badges(scene, ground)
        for slot, marks in self.marks.operators.items():
            if marks.shield > 0:
                share = min(max(marks.shield, 0.15), 1.0)
                ground.ring(place_of(scene.battle, slot), 0.46, SHIELD, self._px(3), share=share)
            if marks.wards > 0:
                ground.ring(place_of(scene.battle, slot), 0.52, WARD, self._px(3), parts=marks.wards)

    def _covered(self, scene: BattleScene, ground: Ground) -> None:
        """The tiles that the selected unit covers, or the card that waits for its direction would; outlined, those that
        it covers with its skill.
        """
        hold = scene.hold
        if hold is None or hold.tile is None:
            return
        if hold.standing:
            direction = next(one.direction for one in scene.battle.operators_on_field() if one.slot == hold.slot)
            now = scene.battle.records.covers[0, hold.slot]
        elif hold.direction is not None:
            direction = hold.direction
            now = range_of(scene.battle, hold.slot, hold.tile, direction)
        else:
            return
        veil = pygame.Surface(self.surface.get_size(), pygame.SRCALPHA)
        for row, col in np.argwhere(now.reshape(ground.high.shape)).tolist():
            corners = ground.camera.polygon(row, col, bool(ground.high[row, col]), True, focus=ground.focus)
            pygame.draw.polygon(veil, COVERED, corners)
        self.surface.blit(veil, (0, 0))
        ground.outline(range_of(scene.battle, hold.slot, hold.tile, direction, skilled=True), SKILL_RANGE, self._px(2))

    def _lying(self, kind: str, place: Place, waited: float, ground: Ground) -> None:
        """A flattened, dark figure of an enemy that lies, in a ring that closes until it rises."""
        x, y = ground.pixel(*place)
        token = self.skin.enemy(kind, max(round(ground.tile(*place) * ENEMY_SIZE.get(kind, 0.8)), 4))
        flat = pygame.transform.smoothscale(token, (token.get_width(), max(token.get_height() * 2 // 5, 1)))
        flat.fill((90, 90, 100, 200), special_flags=pygame.BLEND_RGBA_MULT)
        self.surface.blit(flat, (round(x - flat.get_width() / 2), round(y - flat.get_height() / 2)))
        ground.ring(place, 0.42, HOSTILE, self._px(3), share=max(waited, 0.02))

    def _badges(self, scene: BattleScene, ground: Ground) -> None:
        """The states of all units: of an operator left and right of its foot in turn, of an enemy above its head."""
        for operator in scene.battle.operators_on_field():
            states = self.marks.operators.get(operator.slot, UNMARKED).states
            if states:
                (x, y), tile = ground.pixel(operator.row, operator.col), ground.tile(operator.row, operator.col)
                for number, state in enumerate(states):
                    aside = BADGE_ASIDE * tile if number % 2 else -BADGE_ASIDE * tile
                    self._badge(state, x + aside, y - tile * (0.14 + number // 2 * BADGE_SIZE), tile)
        for enemy in scene.battle.enemies_on_field():
            states = self.marks.enemies.get(enemy.number, UNMARKED).states
            if states:
                (x, y), tile = ground.pixel(enemy.row, enemy.col, enemy=True), ground.tile(enemy.row, enemy.col)
                above = ENEMY_SIZE.get(enemy.kind, 0.8) + HOVER * enemy.flying + 0.13
                for number, state in enumerate(states):
                    self._badge(state, x + tile * BADGE_SIZE * (number - (len(states) - 1) / 2), y - tile * above, tile)

    def _badge(self, state: State, x: float, y: float, tile: float) -> None:
        """One badge with its middle at a pixel; `tile` is how many pixels wide a tile is there."""
        size = max(round(tile * BADGE_SIZE), 6)
        self.surface.blit(badge(state, size), (round(x - size / 2), round(y - size / 2)))

    def gauge(self, marks: UnitMarks, left: int, top: int, width: int, height: int) -> None:
        """How far an elemental injury has gone, or what is left of the time of its burst."""
        if marks.injury > 0:
            pygame.draw.rect(self.surface, INK, (left, top, width, height))
            colour = ELEMENT_COLOURS[marks.element]
            pygame.draw.rect(self.surface, colour, (left, top, round(width * min(marks.injury, 1.0)), height))
