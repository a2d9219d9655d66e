"""Draws the battles of the practice game as the camera sees them: map, units, numbers, cards, and what is held.

`Painter` holds what is drawn once and used again (the map in each view); everything else is a picture of the state it
is given. Frames are BGR, as the eyes want them.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import pygame

from game.actions import STEPS
from game.camera import HOVER, Camera
from game.characters.models import Operator
from game.levels.stage import Stage
from game.practice import layout
from game.practice.art import (
    INK,
    LIGHT,
    WHITE,
    Colour,
    operator_token,
    portrait,
    role_icon,
    skill_mark,
    write,
)
from game.practice.enemies import ENEMY_SIZE, enemy_token
from game.practice.layout import Spot
from game.practice.menus import FORBIDDEN, GOLD, GROUND, HIGH_TOP, Menus
from game.simulator.battle import Battle, EnemyOnField, OperatorOnField
from game.view import Card

Label = tuple[str, int, int, int, int]
Struck = tuple[Literal["operator", "enemy"], int]
"""An operator by slot or an enemy by number."""

ORANGE: Colour = (240, 112, 24)
GROUND_EDGE: Colour = (104, 108, 116)
HIGH_SIDE: Colour = (62, 64, 70)
OPERATOR_BAR: Colour = (70, 190, 250)
ENEMY_BAR: Colour = (250, 96, 40)
BAR_WIDTH, BAR_HEIGHT = 0.5, 0.06
"""Of a health bar, in tiles."""


@dataclass
class Hold:
    """What the player holds: a card on its way to a tile, a tile waiting for its direction, or a unit on the field."""

    slot: int
    at: tuple[float, float] | None = None
    """Where the pointer drags the card."""
    tile: tuple[int, int] | None = None
    """Where the card was let go, or where the selected unit stands."""
    direction: int | None = None
    """The direction the pointer swipes in."""
    standing: bool = False
    """The unit is on the field already: skill and retreat are offered."""


@dataclass
class BattleScene:
    """Everything that shows in a battle and is not in the battle itself."""

    battle: Battle
    hand: tuple[Card, ...]
    paused: bool = False
    speed: int = 1
    hold: Hold | None = None
    legal: Sequence[tuple[int, int]] = ()
    """Tiles on which the held card may stand."""
    dp_flash: float = 0.0
    """How brightly DP flash just now, 0 to 1."""
    banner: str = ""
    struck: Collection[Struck] = ()
    """Who was hit a moment ago."""

    @property
    def light(self) -> float:
        """How bright the numbers are: while a direction is asked for, or a unit selected, as dim as the real ones."""
        return 0.63 if self.hold is not None and self.hold.tile is not None else 1.0


class Painter(Menus):
    """Draws every frame of one window size: the menus, and battles."""

    def __init__(self, size: tuple[int, int], squad: tuple[Operator, ...]) -> None:
        super().__init__(size, squad)
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
        self._units(scene, camera, tilted, focus)
        if hold is not None and hold.tile is not None:
            self._rhombus(scene, camera, hold)
        if scene.paused:  # which dims the field, not the numbers
            self._dim(110)
            self._write(layout.PAUSE_WORD, "PAUSE", 84, WHITE)
        self._top_bar(scene)
        self._buttons(scene)
        self._points(scene)
        self._cards(scene)
        if scene.banner:
            self._banner(scene.banner)

    def _map(self, stage: Stage, camera: Camera, tilted: bool, focus: tuple[int, int] | None) -> pygame.Surface:
        """The bare map in one view, drawn once."""
        key = (id(stage), tilted, focus)
        if key not in self._maps:
            if len(self._maps) > 40:
                self._maps.clear()
            picture = pygame.Surface(self.surface.get_size())
            picture.fill((26, 28, 34))
            for row in range(stage.height):
                for col in range(stage.width):
                    self._tile(picture, stage, camera, row, col, tilted, focus)
            self._maps[key] = picture.convert(self.surface)
        return self._maps[key]

    def _tile(
        self,
        picture: pygame.Surface,
        stage: Stage,
        camera: Camera,
        row: int,
        col: int,
        tilted: bool,
        focus: tuple[int, int] | None,
    ) -> None:
        high = bool(stage.high[row, col])
        stands = bool(stage.melee[row, col] or stage.ranged[row, col])
        top = camera.polygon(row, col, high, tilted, focus=focus)
        if high:
            foot = camera.polygon(row, col, False, tilted, focus=focus)
            pygame.draw.polygon(picture, HIGH_SIDE, [top[3], top[2], foot[2], foot[3]])
            colour = HIGH_TOP if stands else FORBIDDEN
        else:
            colour = GROUND if stage.walkable[row, col] else FORBIDDEN
        pygame.draw.polygon(picture, colour, top)
        pygame.draw.polygon(picture, GROUND_EDGE if stands else HIGH_SIDE, top, max(self._px(1.5), 1))
        for places, tint in ((stage.entrances, (232, 60, 50)), (stage.exits, (60, 150, 250))):
            if (row, col) in places:
                self._gate(picture, camera, row, col, tilted, focus, tint)

    def _gate(
        self,
        picture: pygame.Surface,
        camera: Camera,
        row: int,
        col: int,
        tilted: bool,
        focus: tuple[int, int] | None,
        tint: Colour,
    ) -> None:
        """A box of lines over an entrance (red) or an exit (blue)."""
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
        """Everybody on the field, the farthest first."""
        operators, enemies = scene.battle.operators_on_field(), scene.battle.enemies_on_field()
        units: list[OperatorOnField | EnemyOnField] = [*operators, *enemies]
        for unit in sorted(units, key=lambda one: (one.row, isinstance(one, OperatorOnField))):
            if isinstance(unit, OperatorOnField):
                self._operator(unit, scene, camera, tilted, focus)
            else:
                self._enemy(unit, camera, tilted, focus, struck=("enemy", unit.number) in scene.struck)
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
        one = self.squad[unit.slot]
        down, right = STEPS[unit.direction]
        tip = at(unit.row + 0.46 * down, unit.col + 0.46 * right)
        pygame.draw.circle(self.surface, (250, 236, 130), tip, max(tile * 0.06, 2))
        if unit.skill_active:
            pygame.draw.circle(self.surface, (255, 170, 60), foot, tile * 0.42, max(self._px(3), 1))
        top = self._stand(
            operator_token(one.name, one.role, unit.direction, max(round(tile * 0.9), 4)), foot, "operator"
        )
        if ("operator", unit.slot) in scene.struck:
            self._spark((foot[0], (foot[1] + top) / 2), tile)
        self._bar(foot, tile, unit.health, OPERATOR_BAR)
        self._bar(
            (foot[0], foot[1] + tile * (BAR_HEIGHT + 0.03)),
            tile,
            unit.sp,
            (120, 220, 80) if not unit.skill_active else (255, 170, 60),
            0.04,
        )
        if unit.skill_ready:
            mark = skill_mark(max(round(tile * 0.32), 3))
            corner = round(foot[0] - mark.get_width() / 2), round(top - mark.get_height() * 1.05)
            self.surface.blit(mark, corner)
            self._label("skill_ready", *corner, *mark.get_size())

    def _enemy(
        self, unit: EnemyOnField, camera: Camera, tilted: bool, focus: tuple[int, int] | None, struck: bool
    ) -> None:
        lift = HOVER if unit.flying else 0.0
        at = functools.partial(camera.pixel, tilted=tilted, focus=focus, lift=lift)
        tile = at(unit.row, unit.col + 0.5)[0] - at(unit.row, unit.col - 0.5)[0]
        foot = at(unit.row, unit.col)
        if unit.flying:
            shade = camera.pixel(unit.row, unit.col, tilted=tilted, focus=focus)
            pygame.draw.ellipse(
                self.surface, INK, (shade[0] - tile * 0.2, shade[1] - tile * 0.06, tile * 0.4, tile * 0.12)
            )
        token = enemy_token(unit.kind, max(round(tile * ENEMY_SIZE.get(unit.kind, 0.8)), 4))
        top = self._stand(token, foot, unit.kind)
        if struck:
            self._spark((foot[0], (foot[1] + top) / 2), tile)
        if unit.health < 1.0:
            self._bar(foot, tile, unit.health, ENEMY_BAR)

    def _spark(self, at: tuple[float, float], tile: float) -> None:
        """The flash of a blow: so small that whoever is hit can still be told."""
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
        """Note a true box, as far as it is in the picture."""
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
        """The operator on its way: under the pointer, or on the tile where it was let go."""
        one = self.squad[hold.slot]
        at = hold.at
        if hold.tile is not None:
            at = camera.pixel(*hold.tile, bool(scene.battle.stage.high[hold.tile]), True)
        if at is not None:
            tile = camera.pixel(3, 4.5, tilted=True)[0] - camera.pixel(3, 3.5, tilted=True)[0]
            token = operator_token(one.name, one.role, hold.direction or 0, max(round(tile * 0.9), 4))
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
                (camera.retreat_button(*hold.tile, high), "OUT", True),
                (camera.skill_button(*hold.tile, high), "SKILL", unit.skill_ready),
            ):
                pygame.draw.circle(self.surface, (40, 44, 52), place, self._px(40))
                pygame.draw.circle(self.surface, GOLD if lit else (90, 90, 96), place, self._px(40), self._px(4))
                write(self.surface, words, place, self._px(24), WHITE if lit else (130, 130, 136))
        elif hold.direction is not None:
            down, right = STEPS[hold.direction]
            tip = (x + right * reach * 0.8, y + down * reach * 0.8)
            pygame.draw.line(self.surface, GOLD, (x, y), tip, self._px(8))
            pygame.draw.circle(self.surface, GOLD, tip, self._px(14))

    # --- The battle's numbers -----------------------------------------------------------------------------------------

    def _top_bar(self, scene: BattleScene) -> None:
        """Kills and life, in the middle of the upper edge."""
        view, dim = scene.battle.view(), scene.light
        self._fill(layout.TOP_BAR, (20, 20, 24))
        x, y, width, height = self.scale.rectangle(layout.KILLS_ICON)
        pygame.draw.circle(self.surface, _dimmed(ORANGE, dim), (x + width / 2, y + height / 2), height * 0.33)
        pygame.draw.circle(self.surface, INK, (x + width / 2, y + height / 2), height * 0.1)
        self._write(layout.KILLS, f"{view.kills}/{view.total}", 30, _dimmed(WHITE, dim))
        x, y, width, height = self.scale.rectangle(layout.LIFE_ICON)
        pygame.draw.polygon(
            self.surface,
            _dimmed((120, 190, 240), dim),
            [(x + width * a, y + height * b) for a, b in ((0.2, 1), (0.35, 0.3), (0.65, 0.3), (0.8, 1))],
        )
        self._write(layout.LIFE, str(view.life), 30, _dimmed((255, 150, 140), dim))
        if scene.battle.leaks:
            self._fill(layout.LEAK_BADGE, _dimmed((190, 30, 34), dim))
            self._write(layout.LEAK_BADGE, f"LEAK {scene.battle.leaks}", 15, _dimmed(WHITE, dim))

    def _buttons(self, scene: BattleScene) -> None:
        """Gear, speed and pause. While a card or a unit is held the last two are grey."""
        held = scene.hold is not None
        colour = (110, 110, 114) if held else WHITE
        x, y = self.scale.middle(layout.GEAR)
        pygame.draw.circle(self.surface, _dimmed(LIGHT, scene.light), (x, y), self._px(18), self._px(7))
        for spot in (layout.SPEED, layout.PAUSE):
            self._fill(Spot(spot.x - 2, spot.y - 4, spot.width + 4, spot.height + 10, spot.keep), (30, 31, 35))
        self._write(Spot(1070, 22, 60, 34, "top right"), f"{scene.speed}X", 34, colour)
        left, top, _, height = self.scale.rectangle(Spot(1078, 62, 46, 17, "top right"))
        for index in range(3 if held else scene.speed):
            start = left + self._px(6 + 13 * index) if not held else left + self._px(3 + 13 * index)
            pygame.draw.polygon(
                self.surface, colour, [(start, top), (start + self._px(16), top + height / 2), (start, top + height)]
            )
        left, top, _, height = self.scale.rectangle(Spot(1190, 36, 30, 33, "top right"))
        if scene.paused:
            pygame.draw.polygon(
                self.surface, colour, [(left, top), (left + self._px(24), top + height / 2), (left, top + height)]
            )
        else:
            for shift in (0, 18):
                pygame.draw.rect(self.surface, colour, (left + self._px(shift), top, self._px(10), height))

    def _points(self, scene: BattleScene) -> None:
        """DP with their bar, and how many more may be deployed."""
        view, options = scene.battle.view(), scene.battle.stage.options
        white, light = _dimmed(WHITE, scene.light), _dimmed(LIGHT, scene.light)
        self._fill(Spot(1150, 488, 130, 58, "bottom right"), (22, 23, 28))
        if scene.dp_flash > 0:
            self._fill(layout.DP, tuple(round(22 + scene.dp_flash * part) for part in (10, 60, 120)))
        if scene.hold is not None and scene.hold.tile is None:
            self._fill(layout.DP, (20, 92, 50))
        x, y = self.scale.middle(layout.DP_ICON)
        half = self._px(13)
        pygame.draw.polygon(
            self.surface, white, [(x, y - half), (x + half, y), (x, y + half), (x - half, y)], self._px(4)
        )
        self._write(layout.DP, str(view.dp), 46, white)
        if view.dp >= options.max_cost:
            self._write(Spot(1199, 530, 80, 12, "bottom right"), "MAX", 14, GOLD)
        left, top, width, height = self.scale.rectangle(layout.DP_BAR)
        cycle = options.cost_increase_time
        share = scene.battle.seconds % cycle / cycle if 0 < cycle < 1000 else 0.0
        pygame.draw.rect(self.surface, white, (left, top, round(width * share), height))
        self._fill(Spot(1059, 547, 221, 32, "bottom right"), (36, 37, 43))
        self._write(layout.SLOTS_LABEL, "UNITS LEFT:", 26, light)
        self._write(layout.SLOTS_LEFT, str(view.slots_left), 28, white)

    def _cards(self, scene: BattleScene) -> None:
        """The hand, right-aligned, the cheapest on the left."""
        cooldowns = scene.battle.card_cooldowns()
        for index, card in enumerate(scene.hand):
            picked = scene.hold is not None and not scene.hold.standing and scene.hold.slot == card.slot
            left, top, pitch = self.scale.card(index, len(scene.hand))
            if picked:
                top -= layout.CARD_RISE * self.scale.factor
            look = self._card_face(card.slot, card.cost, card.state, round(pitch))
            self.surface.blit(look, (round(left), round(top)))
            if card.state == "cooling":
                self._timer(left + pitch / 2, top, cooldowns[card.slot].remaining, cooldowns[card.slot].total)

    @functools.lru_cache(maxsize=400)  # noqa: B019 - a painter lives as long as its game
    def _card_face(self, slot: int, cost: int, state: str, pitch: int) -> pygame.Surface:
        """A card as it looks in one state."""
        one, scale = self.squad[slot], self.scale.factor
        width, height = pitch, round(118 * scale)
        face = pygame.Surface((width, height + round(8 * scale)))
        face.fill((34, 36, 42))
        picture = portrait(one.name, one.role, round(76 * scale), round(72 * scale))
        face.blit(picture, (width / 2 - 38 * scale, 34 * scale))
        flag = width / 2 + layout.FLAG * scale
        pygame.draw.rect(face, (206, 208, 212), (round(flag - 45 * scale), 0, round(30 * scale), round(25 * scale)))
        icon = role_icon(one.role, round(19 * scale), INK)
        face.blit(icon, (round(flag - 40 * scale), round(3 * scale)))
        pygame.draw.rect(face, (10, 10, 12), (round(flag - 15 * scale), 0, round(30 * scale), round(26 * scale)))
        write(face, str(cost), (flag, 14.5 * scale), round(25 * scale), WHITE)
        write(face, one.name, (width / 2, 113 * scale), round(15 * scale), LIGHT)
        pygame.draw.rect(face, (16, 17, 20), face.get_rect(), 1)
        if state == "unaffordable":
            face.fill((140, 140, 140), special_flags=pygame.BLEND_MULT)
        elif state == "cooling":
            face.fill((150, 40, 40), special_flags=pygame.BLEND_MULT)
            face.fill((40, 0, 0), special_flags=pygame.BLEND_ADD)
        return face.convert(self.surface)

    def _timer(self, middle: float, top: float, remaining: float, total: float) -> None:
        """The ring that shows how long a card still cools down."""
        radius = self._px(22)
        box = pygame.Rect(round(middle - radius), round(top + 70 * self.scale.factor - radius), 2 * radius, 2 * radius)
        angle = 2 * math.pi * remaining / max(total, 1e-6)
        pygame.draw.arc(self.surface, (255, 90, 80), box, math.pi / 2, math.pi / 2 + angle, self._px(4))

    def _banner(self, words: str) -> None:
        """Who comes for the first time."""
        self._fill(layout.BANNER, (54, 20, 24))
        self._write(layout.BANNER, words.replace("_", " ").upper(), 24, (255, 190, 170))


def _dimmed(colour: Colour, share: float) -> Colour:
    red, green, blue = colour
    return round(red * share), round(green * share), round(blue * share)
