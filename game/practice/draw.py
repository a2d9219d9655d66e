"""Draws the practice game: every page of the interface, and the battle as the camera sees it.

`Painter` holds what is drawn once and used again (the map in each view); everything else is a picture of the state it
is given. Frames are BGR, as the eyes want them.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pygame

from game.actions import STEPS
from game.battle import Battle, EnemyOnField, OperatorOnField
from game.camera import HOVER, Camera
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
from game.practice.layout import Scale, Spot
from game.stage import Stage
from game.units import Operator
from game.view import Card

Image = npt.NDArray[np.uint8]
Label = tuple[str, int, int, int, int]
Struck = tuple[Literal["operator", "enemy"], int]
"""An operator by slot or an enemy by number."""

GREY: Colour = (46, 46, 46)
ORANGE: Colour = (240, 112, 24)
BLUE: Colour = (38, 142, 214)
GOLD: Colour = (250, 204, 60)
GROUND: Colour = (84, 88, 96)
GROUND_EDGE: Colour = (104, 108, 116)
HIGH_TOP: Colour = (150, 154, 158)
HIGH_SIDE: Colour = (62, 64, 70)
FORBIDDEN: Colour = (44, 46, 54)
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


class Painter:
    """Draws frames of one window size."""

    def __init__(self, size: tuple[int, int], squad: tuple[Operator, ...]) -> None:
        pygame.font.init()
        self.scale = Scale(size)
        self.squad = squad
        # A surface whose bytes are B, G, R and one unused: frames leave without their colours being turned round.
        self.surface = pygame.Surface(size, 0, 32, (0xFF0000, 0xFF00, 0xFF, 0))
        self.labels: list[Label] = []
        self._maps: dict[tuple[object, ...], pygame.Surface] = {}
        self._veil = pygame.Surface(size, pygame.SRCALPHA)

    def frame(self) -> Image:
        """The picture as a BGR array of its own."""
        width, height = self.surface.get_size()
        pixels = np.frombuffer(self.surface.get_buffer().raw, np.uint8).reshape(height, width, 4)
        return np.ascontiguousarray(pixels[:, :, :3])

    # --- Pages --------------------------------------------------------------------------------------------------------

    def home(self) -> None:
        """The home screen: a landscape, somebody to look at, and the way to the terminal."""
        self._backdrop((58, 66, 84), (150, 120, 96))
        self._figure()
        self._card(layout.TERMINAL, (36, 40, 50), "TERMINAL", 46)
        for index, words in enumerate(("SQUADS", "OPERATORS", "STORE", "RECRUIT")):
            spot = Spot(800 + 190 * (index % 2), 350 + 110 * (index // 2), 176, 96, "right")
            self._card(spot, (52, 58, 70), words, 26)

    def terminal(self) -> None:
        """The terminal: where stages are chosen."""
        self._backdrop((200, 204, 206), (150, 154, 158))
        self._back()
        for index, words in enumerate(("MAIN THEME", "SUPPLIES", "ANNIHILATION")):
            self._card(Spot(120 + 240 * index, 250, 220, 180), (70, 74, 84), words, 24)
        self._fill(layout.LAST_STAGE, (250, 250, 250))
        x, y, width, height = self.scale.rectangle(layout.LAST_STAGE)
        pygame.draw.polygon(self.surface, BLUE, _hexagon(x + width * 0.13, y + height / 2, height * 0.16))
        self._write(layout.LAST_STAGE_TITLE, "LAST STAGE", 26, INK)

    def stage_map(self, codes: Sequence[str], nodes: Sequence[Spot], page: int = 0, pages: int = 1) -> None:
        """One page of the map of stages: a node with its code for each, on a road; a dot for every page."""
        self._backdrop((70, 30, 40), (24, 14, 26))
        self._back()
        middles = [self.scale.middle(node) for node in nodes]
        if len(middles) > 1:
            pygame.draw.lines(self.surface, LIGHT, False, middles, self._px(3))
        for code, node in zip(codes, nodes, strict=True):
            self._fill(node, (244, 244, 244))
            x, y, _, height = self.scale.rectangle(node)
            pygame.draw.polygon(self.surface, BLUE, _hexagon(x, y + height / 2, height * 0.62))
            self._write(node, code, 30, INK)
        for index in range(pages if pages > 1 else 0):
            centre = self.scale.middle(Spot(640 + 30 * (index - (pages - 1) / 2) - 8, 642, 16, 16))
            pygame.draw.circle(self.surface, WHITE if index == page else (110, 80, 90), centre, self._px(7))

    def stage_panel(self, stage: Stage) -> None:
        """One stage: its code, its name, and the button that starts it."""
        self._backdrop((70, 30, 40), (24, 14, 26))
        self._back()
        self._fill(Spot(830, 60, 450, 550, "top right"), (30, 32, 38))
        self._write(layout.STAGE_CODE, stage.code, 40, WHITE)
        self._write(Spot(845, 130, 400, 40, "top right"), stage.name.replace("_", " ").upper(), 26, LIGHT)
        self._write(
            Spot(845, 180, 400, 30, "top right"), f"ENEMIES {stage.total}   LIFE {stage.options.max_life}", 22, LIGHT
        )
        self._thumbnail(stage, Spot(870, 240, 360, 260, "top right"))
        self._fill(layout.STAGE_START, BLUE)
        x, y, width, height = self.scale.rectangle(layout.STAGE_START)
        arrow = [(x + width * 0.12, y + height * 0.25), (x + width * 0.24, y + height / 2)]
        pygame.draw.polygon(self.surface, WHITE, [*arrow, (x + width * 0.12, y + height * 0.75)])
        self._write(layout.STAGE_START_TITLE, "START", 36, WHITE)

    def squad_page(self) -> None:
        """The squad, two rows of it, and the button that begins the battle."""
        self._backdrop((216, 218, 222), (180, 182, 188))
        self._back()
        for index, one in enumerate(self.squad[:12]):
            spot = Spot(60 + 150 * (index % 6), 90 + 290 * (index // 6), 136, 260, "left")
            self._fill(spot, (60, 64, 74))
            x, y, width, height = self.scale.rectangle(spot)
            self.surface.blit(portrait(one.name, one.role, width - 8, height * 3 // 5), (x + 4, y + 4))
            self._write(Spot(spot.x, spot.y + 172, spot.width, 40, spot.keep), one.name, 26, WHITE)
            icon = role_icon(one.role, self._px(30), LIGHT)
            self.surface.blit(icon, (x + width // 2 - icon.get_width() // 2, y + height - self._px(44)))
        self._fill(layout.SQUAD_START, (226, 92, 20))
        self._write(layout.SQUAD_START_TITLE, "START", 40, WHITE)

    def loading(self, share: float) -> None:
        """The page between squad and battle; `share` of it is done."""
        self.surface.fill((16, 16, 20))
        self._figure()
        self._write(layout.LOADING, "LOADING", 40, LIGHT)
        _, y, _, height = self.scale.rectangle(Spot(0, 712, 1280, 8, "bottom"))
        pygame.draw.rect(self.surface, BLUE, (0, y, int(self.scale.width * share), height))

    def result(self, won: bool, stars: int, code: str) -> None:
        """The page at the end of a battle."""
        if not won:
            self.surface.fill((30, 14, 16))
            self._write(layout.FAILED_TITLE, "MISSION FAILED", 62, (236, 60, 50))
            return
        self._backdrop((40, 44, 54), (20, 22, 28))
        self._figure(0.45)
        self._write(layout.RESULT_TITLE, "OPERATION", 60, WHITE, down=-26)
        self._write(layout.RESULT_TITLE, "COMPLETE", 60, WHITE, down=30)
        x, y, width, height = self.scale.rectangle(layout.RESULT_STARS)
        for index in range(3):
            centre = (x + width * (2 * index + 1) / 6, y + height / 2)
            pygame.draw.polygon(self.surface, GOLD if index < stars else (70, 74, 82), _star(centre, height * 0.36))
        self._write(Spot(50, 380, 250, 40, "left"), code, 34, LIGHT)

    def popup(self) -> None:
        """A daily supply laid over whatever was there."""
        self._dim(215)
        self._write(layout.POPUP_TITLE, "DAILY SUPPLY", 44, WHITE)
        for index in range(3):
            centre = self.scale.middle(Spot(490 + 120 * index, 300, 60, 60))
            pygame.draw.circle(self.surface, (70, 60, 50), centre, self._px(42))
            pygame.draw.circle(self.surface, GOLD, centre, self._px(42), self._px(4))
        centre = self.scale.middle(layout.POPUP_CLOSE)
        half = self._px(16)
        for lean in (-half, half):
            start, end = (centre[0] - half, centre[1] - lean), (centre[0] + half, centre[1] + lean)
            pygame.draw.line(self.surface, WHITE, start, end, self._px(5))

    def connection_lost(self) -> None:
        """The dialog that has to be confirmed before anything goes on."""
        self._dim(170)
        self._fill(layout.DIALOG, (238, 238, 240))
        self._write(Spot(310, 270, 660, 80), "CONNECTION LOST", 44, INK)
        self._fill(Spot(330, 440, 620, 104), (40, 44, 52))
        self._write(Spot(330, 440, 620, 104), "RECONNECT", 36, WHITE)

    def foreign(self) -> None:
        """A page no profile knows: an event with nothing on it that could be recognised, and a way back."""
        self._backdrop((20, 80, 60), (110, 160, 60))
        for index in range(7):
            centre = self.scale.middle(Spot(140 + 160 * index, 420, 60, 60))
            pygame.draw.circle(self.surface, (250, 230 - 20 * index, 90), centre, self._px(24 + 6 * index))

    # --- The battle ---------------------------------------------------------------------------------------------------

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
        self._top_bar(scene)
        self._buttons(scene)
        self._points(scene)
        self._cards(scene)
        if scene.banner:
            self._banner(scene.banner)
        if scene.paused:
            self._dim(110)
            self._write(layout.PAUSE_WORD, "PAUSE", 84, WHITE)
            self._buttons(scene)

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
        view = scene.battle.view()
        dim = 0.75 if scene.hold and scene.hold.tile else 1.0
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
            self._fill(layout.LEAK_BADGE, (190, 30, 34))
            self._write(layout.LEAK_BADGE, f"LEAK {scene.battle.leaks}", 15, WHITE)

    def _buttons(self, scene: BattleScene) -> None:
        """Gear, speed and pause. While a card or a unit is held the last two are grey."""
        held = scene.hold is not None
        colour = (110, 110, 114) if held else WHITE
        x, y = self.scale.middle(layout.GEAR)
        pygame.draw.circle(self.surface, LIGHT, (x, y), self._px(18), self._px(7))
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
        view = scene.battle.view()
        options = scene.battle.stage.options
        self._fill(Spot(1150, 488, 130, 58, "bottom right"), (22, 23, 28))
        if scene.dp_flash > 0:
            self._fill(layout.DP, tuple(round(22 + scene.dp_flash * part) for part in (10, 60, 120)))
        if scene.hold is not None and scene.hold.tile is None:
            self._fill(layout.DP, (20, 92, 50))
        x, y = self.scale.middle(layout.DP_ICON)
        half = self._px(13)
        pygame.draw.polygon(
            self.surface, WHITE, [(x, y - half), (x + half, y), (x, y + half), (x - half, y)], self._px(4)
        )
        self._write(layout.DP, str(view.dp), 46, WHITE)
        if view.dp >= options.max_cost:
            self._write(Spot(1199, 530, 80, 12, "bottom right"), "MAX", 14, GOLD)
        left, top, width, height = self.scale.rectangle(layout.DP_BAR)
        cycle = options.cost_increase_time
        share = scene.battle.seconds % cycle / cycle if cycle < 1000 else 0.0
        pygame.draw.rect(self.surface, WHITE, (left, top, round(width * share), height))
        self._fill(Spot(1059, 547, 221, 32, "bottom right"), (36, 37, 43))
        self._write(layout.SLOTS_LABEL, "UNITS LEFT:", 26, LIGHT)
        self._write(layout.SLOTS_LEFT, str(view.slots_left), 28, WHITE)

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

    # --- Pieces -------------------------------------------------------------------------------------------------------

    def _px(self, length: float) -> int:
        return max(self.scale.length(length), 1)

    def _fill(self, spot: Spot, colour: Colour | tuple[int, ...]) -> None:
        pygame.draw.rect(self.surface, colour, self.scale.rectangle(spot))

    def _write(self, spot: Spot, words: str, size: float, colour: Colour, down: float = 0) -> None:
        x, y = self.scale.middle(spot)
        write(self.surface, words, (x, y + down * self.scale.factor), self._px(size * 1.25), colour)

    def _card(self, spot: Spot, colour: Colour, words: str, size: float) -> None:
        """A plate with a word on it."""
        pygame.draw.rect(self.surface, colour, self.scale.rectangle(spot), border_radius=self._px(6))
        pygame.draw.rect(self.surface, LIGHT, self.scale.rectangle(spot), self._px(1), border_radius=self._px(6))
        self._write(spot, words, size, WHITE)

    def _back(self) -> None:
        """The grey bar with the arrow that leads back."""
        self._fill(layout.BACK_BAR, GREY)
        x, y, _, height = self.scale.rectangle(layout.BACK_BAR)
        middle, half = y + height / 2, height * 0.28
        arrow = [(x + self._px(40), middle - half), (x + self._px(26), middle), (x + self._px(40), middle + half)]
        pygame.draw.lines(self.surface, WHITE, False, arrow, self._px(4))

    def _backdrop(self, top: Colour, bottom: Colour) -> None:
        """A plain gradient."""
        column = pygame.Surface((1, 2))
        column.set_at((0, 0), top)
        column.set_at((0, 1), bottom)
        pygame.transform.smoothscale(column.convert(self.surface), self.surface.get_size(), self.surface)

    def _figure(self, left: float = 0.16) -> None:
        """Somebody of the squad, large, so far from the left edge (a share of the width)."""
        if self.squad:
            one = self.squad[0]
            height = int(self.scale.height * 0.86)
            token = operator_token(one.name, one.role, 0, height)
            self.surface.blit(token, (int(self.scale.width * left), self.scale.height - height))

    def _thumbnail(self, stage: Stage, spot: Spot) -> None:
        """The map, seen from straight above."""
        x, y, width, height = self.scale.rectangle(spot)
        side = min(width // stage.width, height // stage.height)
        for row in range(stage.height):
            for col in range(stage.width):
                colour = HIGH_TOP if stage.ranged[row, col] else GROUND if stage.walkable[row, col] else FORBIDDEN
                colour = (232, 60, 50) if (row, col) in stage.entrances else colour
                colour = (60, 150, 250) if (row, col) in stage.exits else colour
                pygame.draw.rect(self.surface, colour, (x + col * side, y + row * side, side - 1, side - 1))

    def _dim(self, strength: int) -> None:
        """Darken everything drawn so far."""
        shade = 255 - strength
        self.surface.fill((shade, shade, shade), special_flags=pygame.BLEND_MULT)


def _dimmed(colour: Colour, share: float) -> Colour:
    red, green, blue = colour
    return round(red * share), round(green * share), round(blue * share)


def _hexagon(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    return [(x + radius * math.cos(k * math.pi / 3), y + radius * math.sin(k * math.pi / 3)) for k in range(6)]


def _star(centre: tuple[float, float], radius: float) -> list[tuple[float, float]]:
    points = []
    for k in range(10):
        far = radius if k % 2 == 0 else radius * 0.42
        angle = -math.pi / 2 + k * math.pi / 5
        points.append((centre[0] + far * math.cos(angle), centre[1] + far * math.sin(angle)))
    return points
