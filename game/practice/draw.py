"""Draws the battles of the practice game as the camera sees them: the map, the units, and what the player holds.

`Painter` keeps what is drawn once and used again (the map in each view); everything else is drawn from the scene that
it is given.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
import pygame

from game.actions import STEPS
from game.camera import HOVER, Camera
from game.characters.models import Operator
from game.levels.stage import Stage
from game.practice import layout
from game.practice.art import INK, WHITE, Colour, skill_mark
from game.practice.devices import device_token
from game.practice.enemies import ENEMY_SIZE
from game.practice.mark_painter import GAUGE_HEIGHT, Ground, MarkPainter
from game.practice.marks import UNMARKED, UnitMarks
from game.practice.menus import GOLD
from game.practice.scene import BattleScene, Hold, Label
from game.practice.skin import OWN, Skin
from game.simulator.battle import EnemyOnField, OperatorOnField

OPERATOR_BAR: Colour = (70, 190, 250)
ENEMY_BAR: Colour = (250, 96, 40)
BAR_WIDTH, BAR_HEIGHT = 0.5, 0.06
"""Size of a health bar in tiles."""
CLIENT_BAR, CLIENT_MARK = (-39.0, 36.0, 84.0, 5.0), (2.5, -101.0)
"""In a foreign look: where the real client hangs the bar of an operator's health (x, y, width, height), with that of
its SP below, and the middle of the mark of a ready skill; pixels at 1280x720 from the middle of its tile's ground.
Measured in a recorded battle of stage 0-5, as are the colours.
"""
CLIENT_LIFT = 0.2
"""Tiles above low ground at which they hang on high ground."""
CLIENT_HEALTH, CLIENT_SP, CLIENT_ACTIVE, CLIENT_READY, CLIENT_EMPTY = (
    (104, 178, 213), (142, 165, 60), (174, 121, 17), (255, 205, 0), (40, 40, 40),
)  # fmt: skip


class BareMap(NamedTuple):
    """A map without units while it is drawn: on which picture, what, and how it is seen."""

    picture: pygame.Surface
    stage: Stage
    camera: Camera
    tilted: bool
    focus: tuple[int, int] | None


class Painter(MarkPainter):
    """Draws every frame of one window size: the menus, and battles."""

    def __init__(self, size: tuple[int, int], squad: tuple[Operator, ...], skin: Skin = OWN) -> None:
        super().__init__(size, squad, skin)
        self.labels: list[Label] = []
        """The true boxes (name, x, y, width, height) of the units in the battle drawn last."""
        self._maps: dict[tuple[object, ...], pygame.Surface] = {}
        self._veil = pygame.Surface(size, pygame.SRCALPHA)

    def battle(self, scene: BattleScene, camera: Camera) -> None:
        """One frame of a battle. Leaves the true boxes of its units in `labels`."""
        hold = scene.hold
        tilted = hold is not None
        focus = hold.tile if hold and hold.standing else None
        self.surface.blit(self._map(scene.battle.stage, camera, tilted, focus), (0, 0))
        self.labels = []
        if hold is not None and hold.tile is None:
            self._legal_tiles(scene, camera)
        self.under_units(scene, Ground(self.surface, camera, tilted, focus, scene.battle.stage.high))
        self._units(scene, camera, tilted, focus)
        if hold is not None and hold.tile is not None:
            self._rhombus(scene, camera, hold)
        if scene.paused:  # dims the field, not the numbers
            self._dim(110)
            self._write(layout.PAUSE_WORD, "PAUSE", 84, WHITE)
        self.hud(scene)

    def _map(self, stage: Stage, camera: Camera, tilted: bool, focus: tuple[int, int] | None) -> pygame.Surface:
        """The bare map in one view, drawn once."""
        key = (id(stage), tilted, focus)
        if key not in self._maps:
            if len(self._maps) > 40:
                self._maps.clear()
            picture = pygame.Surface(self.surface.get_size())
            picture.fill(self.skin.colours.around)
            bare = BareMap(picture, stage, camera, tilted, focus)
            for row in range(stage.height):
                for col in range(stage.width):
                    self._tile(bare, row, col)
                    self._scenery(bare, row, col)
            self._maps[key] = picture.convert(self.surface)
        return self._maps[key]

    def _tile(self, bare: BareMap, row: int, col: int) -> None:
        """A tile, with the box over it if it is an entrance (red) or an exit (blue)."""
        picture, stage, camera, tilted, focus = bare
        high = bool(stage.high[row, col])
        stands = bool(stage.melee[row, col] or stage.ranged[row, col])
        top, colours = camera.polygon(row, col, high, tilted, focus=focus), self.skin.colours
        if high:
            foot = camera.polygon(row, col, False, tilted, focus=focus)
            pygame.draw.polygon(picture, colours.high_side, [top[3], top[2], foot[2], foot[3]])
            colour = colours.high_top if stands else colours.forbidden
        else:
            colour = colours.ground if stage.walkable[row, col] else colours.forbidden
        pygame.draw.polygon(picture, colour, top)
        pygame.draw.polygon(picture, colours.edge if stands else colours.high_side, top, max(self._px(1.5), 1))
        for places, tint in ((stage.entrances, colours.entrance), (stage.exits, colours.exit)):
            if (row, col) in places:
                self._gate(bare, row, col, tint)

    def _scenery(self, bare: BareMap, row: int, col: int) -> None:
        """What stands about on a tile, if anything, as the skin has it; always the same on the same tile."""
        picture, stage, camera, tilted, focus = bare
        rng = np.random.default_rng([row, col, stage.total])
        if rng.random() >= self.skin.clutter:
            return
        used = bool(stage.walkable[row, col] or stage.melee[row, col] or stage.ranged[row, col])
        down, right = rng.uniform(-0.25, 0.25, 2)
        at = functools.partial(camera.pixel, high=bool(stage.high[row, col]), tilted=tilted, focus=focus)
        tile = at(row, col + 0.5)[0] - at(row, col - 0.5)[0]
        thing = self.skin.scenery(int(rng.integers(1000)), max(round(tile * (0.35 if used else 0.9)), 4))
        if thing is not None:
            x, y = at(row + down, col + right)
            picture.blit(thing, (round(x - thing.get_width() / 2), round(y - thing.get_height() * 0.8)))

    def _gate(self, bare: BareMap, row: int, col: int, tint: Colour) -> None:
        """A wire-frame box over a tile."""
        picture, _, camera, tilted, focus = bare
        corners = ((-0.42, -0.42), (-0.42, 0.42), (0.42, 0.42), (0.42, -0.42))
        low, top = (
            [camera.pixel(row + down, col + right, False, tilted, focus=focus, lift=lift) for down, right in corners]
            for lift in (0.0, 0.7)
        )
        for ring in (low, top):
            pygame.draw.lines(picture, tint, True, ring, max(self._px(3), 1))
        for a, b in zip(low, top, strict=True):
            pygame.draw.line(picture, tint, a, b, max(self._px(3), 1))

    def _legal_tiles(self, scene: BattleScene, camera: Camera) -> None:
        """A green veil over the tiles on which the held card may stand."""
        self._veil.fill((0, 0, 0, 0))
        for row, col in scene.legal:
            high = bool(scene.battle.stage.high[row, col])
            pygame.draw.polygon(self._veil, (60, 220, 110, 110), camera.polygon(row, col, high, True))
        self.surface.blit(self._veil, (0, 0))

    def _units(self, scene: BattleScene, camera: Camera, tilted: bool, focus: tuple[int, int] | None) -> None:
        """All units on the field, the farthest first."""
        operators, enemies = scene.battle.operators_on_field(), scene.battle.enemies_on_field()
        units: list[OperatorOnField | EnemyOnField] = [*operators, *enemies]
        escorts = {number for number, spawn in enumerate(scene.battle.stage.spawns) if spawn.friend >= 0}
        for unit in sorted(units, key=lambda one: (one.row, isinstance(one, OperatorOnField))):
            if isinstance(unit, OperatorOnField):
                self._operator(unit, scene, camera, tilted, focus)
            else:
                escort = unit.number in escorts
                self._enemy(unit, camera, tilted, focus, struck=("enemy", unit.number) in scene.struck, escort=escort)
        hold = scene.hold
        if hold is not None and not hold.standing:
            self._held(scene, camera, hold)

    def _operator(
        self, unit: OperatorOnField, scene: BattleScene, camera: Camera, tilted: bool, focus: tuple[int, int] | None
    ) -> None:
        high = bool(scene.battle.stage.high[unit.row, unit.col])
        at = functools.partial(camera.pixel, high=high, tilted=tilted, focus=focus)
        tile = at(unit.row, unit.col + 0.5)[0] - at(unit.row, unit.col - 0.5)[0]
        foot = at(unit.row, unit.col)
        one, marks = scene.battle.units[unit.slot], self.marks.operators.get(unit.slot, UNMARKED)
        if one.device:
            self._device(one, unit, foot, tile)
            return
        down, right = STEPS[unit.direction]
        tip = at(unit.row + 0.46 * down, unit.col + 0.46 * right)
        pygame.draw.circle(self.surface, (250, 236, 130), tip, max(tile * 0.06, 2))
        if unit.skill_active:
            pygame.draw.circle(self.surface, (255, 170, 60), foot, tile * 0.42, max(self._px(3), 1))
        top = self._stand(self.skin.operator(one, unit.direction, max(round(tile * 0.9), 4)), foot, "operator")
        if ("operator", unit.slot) in scene.struck:
            self._spark((foot[0], (foot[1] + top) / 2), tile)
        if self.skin.is_foreign:
            self._client_bars(at(unit.row, unit.col, high=False, lift=CLIENT_LIFT * high), unit, marks)
            return
        self._bar(foot, tile, unit.health, OPERATOR_BAR)
        below = foot[0], foot[1] + tile * (BAR_HEIGHT + 0.03)
        if unit.skill_active:
            self._bar(below, tile, marks.skill_left or unit.sp, (255, 170, 60), 0.04)
        else:
            self._bar(below, tile, unit.sp, (120, 220, 80), 0.04)
        width, tall = round(tile * BAR_WIDTH), max(round(tile * GAUGE_HEIGHT), 2)
        self.gauge(marks, round(foot[0] - width / 2), round(below[1] + tile * 0.07), width, tall)
        if unit.skill_ready:
            mark = skill_mark(max(round(tile * 0.32), 3))
            corner = round(foot[0] - mark.get_width() / 2), round(top - mark.get_height() * 1.05)
            self.surface.blit(mark, corner)
            self._label("skill_ready", *corner, *mark.get_size())

    def _client_bars(self, ground: tuple[float, float], unit: OperatorOnField, marks: UnitMarks) -> None:
        """Bars and mark at an operator as the real client draws them."""
        size, (left, upper, width, height) = self.hud_scale.factor, CLIENT_BAR
        x, y = ground
        tall = max(round(height * size), 2)
        for line, (share, colour) in enumerate(
            (
                (unit.health, CLIENT_HEALTH),
                (marks.skill_left or unit.sp, CLIENT_ACTIVE) if unit.skill_active else (unit.sp, CLIENT_SP),
            )
        ):
            place = round(x + left * size), round(y + upper * size) + line * tall
            pygame.draw.rect(self.surface, CLIENT_EMPTY, (*place, round(width * size), tall))
            filled = round(width * size * min(max(share, 0.0), 1.0))
            pygame.draw.rect(self.surface, colour, (*place, filled, tall))
        self.gauge(marks, round(x + left * size), round(y + upper * size) + 2 * tall, round(width * size), tall)
        if unit.skill_ready:
            (x, y), half = (x + CLIENT_MARK[0] * size, y + CLIENT_MARK[1] * size), 12 * size
            corners = [(x, y - half), (x + half, y), (x, y + half), (x - half, y)]
            pygame.draw.polygon(self.surface, CLIENT_READY, corners)

    def _device(self, one: Operator, unit: OperatorOnField, foot: tuple[float, float], tile: float) -> None:
        """A device on its tile. It is neither an operator nor an enemy, so it has no true box."""
        token = device_token(one.name, max(round(tile * 0.8), 4), unit.direction)
        self.surface.blit(token, (round(foot[0] - token.get_width() / 2), round(foot[1] - token.get_height() * 0.8)))
        if unit.skill_active:
            pygame.draw.circle(self.surface, (255, 170, 60), foot, tile * 0.42, max(self._px(3), 1))
        if unit.health < 1.0:
            self._bar(foot, tile, unit.health, OPERATOR_BAR)
        if one.skill is not None:
            self._bar((foot[0], foot[1] + tile * (BAR_HEIGHT + 0.03)), tile, unit.sp, (120, 220, 80), 0.04)

    def _enemy(
        self,
        unit: EnemyOnField,
        camera: Camera,
        tilted: bool,
        focus: tuple[int, int] | None,
        struck: bool,
        escort: bool,
    ) -> None:
        """An enemy; an escort looks like one, but for its bar, which has the colour of operators'."""
        lift = HOVER if unit.flying else 0.0
        at = functools.partial(camera.pixel, tilted=tilted, focus=focus, lift=lift)
        tile = at(unit.row, unit.col + 0.5)[0] - at(unit.row, unit.col - 0.5)[0]
        foot = at(unit.row, unit.col)
        if unit.flying:
            shade = camera.pixel(unit.row, unit.col, tilted=tilted, focus=focus)
            pygame.draw.ellipse(
                self.surface, INK, (shade[0] - tile * 0.2, shade[1] - tile * 0.06, tile * 0.4, tile * 0.12)
            )
        token = self.skin.enemy(unit.kind, max(round(tile * ENEMY_SIZE.get(unit.kind, 0.8)), 4))
        top = self._stand(token, foot, unit.kind)
        if struck:
            self._spark((foot[0], (foot[1] + top) / 2), tile)
        if unit.health < 1.0 or escort:
            self._bar(foot, tile, unit.health, OPERATOR_BAR if escort else ENEMY_BAR)

    def _spark(self, at: tuple[float, float], tile: float) -> None:
        """The flash of a hit: so small that the unit can still be recognised."""
        for right, down in ((0.13, 0.0), (0.0, 0.13), (0.07, 0.07), (0.07, -0.07)):
            start, end = (at[0] - right * tile, at[1] - down * tile), (at[0] + right * tile, at[1] + down * tile)
            pygame.draw.line(self.surface, (255, 250, 210), start, end, max(round(tile * 0.025), 1))

    def _stand(self, token: pygame.Surface, foot: tuple[float, float], name: str) -> float:
        """Put a token with the middle of its lower edge on a pixel; returns its upper edge."""
        left, top = round(foot[0] - token.get_width() / 2), round(foot[1] - token.get_height())
        self.surface.blit(token, (left, top))
        self._label(name, left, top, *token.get_size())
        return top

    def _label(self, name: str, x: int, y: int, width: int, height: int) -> None:
        """Note the true box of something that was drawn, as far as it is in the picture."""
        right, bottom = min(x + width, self.scale.width), min(y + height, self.scale.height)
        x, y = max(x, 0), max(y, 0)
        if right - x > 4 and bottom - y > 4:
            self.labels.append((name, x, y, right - x, bottom - y))

    def _bar(
        self, foot: tuple[float, float], tile: float, share: float, colour: Colour, height: float = BAR_HEIGHT
    ) -> None:
        """A bar under a unit's foot."""
        width, tall = round(tile * BAR_WIDTH), max(round(tile * height), 2)
        left, top = round(foot[0] - width / 2), round(foot[1] + tile * 0.02)
        pygame.draw.rect(self.surface, (12, 12, 14), (left, top, width, tall))
        pygame.draw.rect(self.surface, colour, (left, top, round(width * min(max(share, 0.0), 1.0)), tall))

    def _held(self, scene: BattleScene, camera: Camera, hold: Hold) -> None:
        """What is being deployed: under the pointer, or on the tile where it was let go."""
        one = self.squad[hold.slot] if hold.slot < len(self.squad) else None
        at = hold.at
        if hold.tile is not None:
            at = camera.pixel(*hold.tile, bool(scene.battle.stage.high[hold.tile]), True)
        if at is not None:
            tile = camera.pixel(3, 4.5, tilted=True)[0] - camera.pixel(3, 3.5, tilted=True)[0]
            size = max(round(tile * 0.9), 4)
            if one is not None:
                token = self.skin.operator(one, hold.direction or 0, size)
            else:
                token = device_token(scene.battle.units[hold.slot].name, size)
            self.surface.blit(token, (at[0] - token.get_width() / 2, at[1] - token.get_height()))

    def _rhombus(self, scene: BattleScene, camera: Camera, hold: Hold) -> None:
        """The frame around a tile that asks for a direction, or around a unit with its two buttons; the rest is dim."""
        assert hold.tile is not None
        high = bool(scene.battle.stage.high[hold.tile])
        x, y = camera.pixel(*hold.tile, high, True, focus=hold.tile if hold.standing else None)
        reach = self._px(190)
        self._dim(90)
        pygame.draw.lines(
            self.surface, WHITE, True, [(x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y)], self._px(3)
        )
        if hold.standing:
            unit = next(one for one in scene.battle.operators_on_field() if one.slot == hold.slot)
            for place, words, lit in (
                (camera.retreat_button(*hold.tile, high), "OUT", unit.slot < scene.battle.world.cards),
                (camera.skill_button(*hold.tile, high), "SKILL", unit.skill_ready),
            ):
                pygame.draw.circle(self.surface, (40, 44, 52), place, self._px(40))
                pygame.draw.circle(self.surface, GOLD if lit else (90, 90, 96), place, self._px(40), self._px(4))
                self.skin.write(self.surface, words, place, self._px(24), WHITE if lit else (130, 130, 136))
        elif hold.direction is not None:
            down, right = STEPS[hold.direction]
            tip = (x + right * reach * 0.8, y + down * reach * 0.8)
            pygame.draw.line(self.surface, GOLD, (x, y), tip, self._px(8))
            pygame.draw.circle(self.surface, GOLD, tip, self._px(14))
