"""Draws the practice game's pages outside a battle, and the pieces that all pages are made of."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt
import pygame

from game.characters.models import Operator
from game.levels.stage import Stage
from game.practice import layout
from game.practice.art import INK, LIGHT, WHITE, Colour, role_icon
from game.practice.layout import Scale, Spot
from game.practice.skin import OWN, Skin

Image = npt.NDArray[np.uint8]

GREY: Colour = (46, 46, 46)
BLUE: Colour = (38, 142, 214)
GOLD: Colour = (250, 204, 60)


class Menus:
    """Draws pages of one window size in one look. Each page is drawn over the picture before."""

    def __init__(self, size: tuple[int, int], squad: tuple[Operator, ...], skin: Skin = OWN) -> None:
        pygame.font.init()
        self.scale = Scale(size)
        self.squad = squad
        self.skin = skin
        # The surface's bytes are B, G, R and one unused, so that frames need no reordering.
        self.surface = pygame.Surface(size, 0, 32, (0xFF0000, 0xFF00, 0xFF, 0))

    def frame(self) -> Image:
        """A copy of the picture: BGR, height x width x 3."""
        width, height = self.surface.get_size()
        pixels = np.frombuffer(self.surface.get_buffer(), np.uint8).reshape(height, width, 4)  # type: ignore[call-overload]
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGRA2BGR), np.uint8)

    # --- Pages --------------------------------------------------------------------------------------------------------

    def home(self) -> None:
        """The home screen: a backdrop, an operator, and the button that leads to the terminal."""
        self._backdrop((58, 66, 84), (150, 120, 96))
        self._figure()
        self._card(layout.TERMINAL, (36, 40, 50), "TERMINAL", 46)
        for index, words in enumerate(("SQUADS", "OPERATORS", "STORE", "RECRUIT")):
            spot = Spot(800 + 190 * (index % 2), 350 + 110 * (index // 2), 176, 96, "right")
            self._card(spot, (52, 58, 70), words, 26)

    def terminal(self) -> None:
        """The terminal, which leads to the stage map."""
        self._backdrop((200, 204, 206), (150, 154, 158))
        self._back()
        for index, words in enumerate(("MAIN THEME", "SUPPLIES", "ANNIHILATION")):
            self._card(Spot(120 + 240 * index, 250, 220, 180), (70, 74, 84), words, 24)
        self._fill(layout.LAST_STAGE, (250, 250, 250))
        x, y, width, height = self.scale.rectangle(layout.LAST_STAGE)
        pygame.draw.polygon(self.surface, BLUE, _hexagon(x + width * 0.13, y + height / 2, height * 0.16))
        self._write(layout.LAST_STAGE_TITLE, "LAST STAGE", 26, INK)

    def stage_map(self, codes: Sequence[str], nodes: Sequence[Spot], page: int = 0, pages: int = 1) -> None:
        """One page of the stage map: a node with its code for each stage, on a road, and a dot for every page."""
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
        """One stage: its code, its name, its map, and the button that leads to the squad."""
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
        """The squad in two rows, and the button that starts the battle."""
        self._backdrop((216, 218, 222), (180, 182, 188))
        self._back()
        for index, one in enumerate(self.squad[:12]):
            spot = Spot(60 + 150 * (index % 6), 90 + 290 * (index // 6), 136, 260, "left")
            self._fill(spot, (60, 64, 74))
            x, y, width, height = self.scale.rectangle(spot)
            self.surface.blit(self.skin.portrait(one, width - 8, height * 3 // 5), (x + 4, y + 4))
            self._write(Spot(spot.x, spot.y + 172, spot.width, 40, spot.keep), one.name, 26, WHITE)
            icon = role_icon(one.role, self._px(30), LIGHT)
            self.surface.blit(icon, (x + width // 2 - icon.get_width() // 2, y + height - self._px(44)))
        self._fill(layout.SQUAD_START, (226, 92, 20))
        self._write(layout.SQUAD_START_TITLE, "START", 40, WHITE)

    def loading(self, share: float) -> None:
        """The page between squad and battle; `share` of its time has passed, 0 to 1."""
        self.surface.fill((16, 16, 20))
        self._figure()
        self._write(layout.LOADING, "LOADING", 40, LIGHT)
        _, y, _, height = self.scale.rectangle(Spot(0, 712, 1280, 8, "bottom"))
        pygame.draw.rect(self.surface, BLUE, (0, y, int(self.scale.width * share), height))

    def result(self, won: bool, stars: int, code: str) -> None:
        """The page at the end of a battle; `stars` and `code` show only on a victory."""
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
            colour = self.skin.colours.star if index < stars else (70, 74, 82)
            pygame.draw.polygon(self.surface, colour, _star(centre, height * 0.36))
        self._write(Spot(50, 380, 250, 40, "left"), code, 34, LIGHT)

    def popup(self) -> None:
        """A pop-up (a daily supply) over the page."""
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

    def connection_lost(self, button: str = "RECONNECT") -> None:
        """The dialog that says that the connection was lost; its button says what comes next."""
        self._dim(170)
        self._fill(layout.DIALOG, (238, 238, 240))
        self._write(Spot(310, 270, 660, 80), "CONNECTION LOST", 44, INK)
        self._fill(Spot(330, 440, 620, 104), (40, 44, 52))
        self._write(Spot(330, 440, 620, 104), button, 36, WHITE)

    def notice(self, title: str, words: str, button: str) -> None:
        """A dialog of the servers over the page: what it is about, a sentence and its button."""
        self._dim(170)
        self._fill(layout.DIALOG, (238, 238, 240))
        self._write(layout.NOTICE_TITLE, title, 44, INK)
        self._write(Spot(310, 340, 660, 60), words, 26, INK)
        self._fill(layout.NOTICE_CONFIRM, (40, 44, 52))
        self._write(layout.NOTICE_CONFIRM, button, 36, WHITE)

    def before_home(self, page: str) -> None:
        """One of the pages before the home screen, by its name."""
        {"title": self.title, "login": self.login, "password": self.password, "maintenance": self.maintenance}[page]()

    def title(self) -> None:
        """The page at which the game starts: a skyline, and the mark at the bottom that starts it."""
        self._backdrop((120, 140, 160), (30, 34, 44))
        for index, tall in enumerate((90, 160, 120, 260, 140, 200, 110)):
            self._fill(Spot(60 + 170 * index, 560 - tall, 90, tall), (44, 50, 62))
        self._write(Spot(340, 120, 600, 120), "HOLDFAST", 84, WHITE)
        self._write(layout.TITLE_START_WORD, "PRESS START", 26, WHITE)
        x, y = self.scale.middle(layout.TITLE_START)
        half = self._px(26)
        pygame.draw.polygon(self.surface, GOLD, [(x, y - half), (x + half, y), (x, y + half), (x - half, y)])

    def login(self) -> None:
        """The page on which the account that is known enters."""
        self._backdrop((30, 34, 44), (90, 100, 120))
        self._write(Spot(340, 120, 600, 120), "HOLDFAST", 84, WHITE)
        self._write(layout.ACCOUNT, "COMMANDER", 30, LIGHT)
        self._card(layout.LOGIN_ENTER, BLUE, "WAKE UP", 38)

    def password(self) -> None:
        """The page that asks for the account's password."""
        self._backdrop((30, 34, 44), (90, 100, 120))
        self._fill(layout.DIALOG, (238, 238, 240))
        self._write(layout.NOTICE_TITLE, "PASSWORD", 44, INK)
        for index in range(2):
            self._fill(Spot(380, 350 + 70 * index, 520, 50), (200, 204, 210))
        self._fill(Spot(520, 500, 240, 56), BLUE)
        self._write(Spot(520, 500, 240, 56), "SIGN IN", 30, WHITE)

    def maintenance(self) -> None:
        """The page that says that the servers are under maintenance."""
        self._backdrop((120, 140, 160), (30, 34, 44))
        self.notice("MAINTENANCE", "The servers are closed for a while.", "CONFIRM")

    def foreign(self) -> None:
        """A page that no screen profile knows."""
        self._backdrop((20, 80, 60), (110, 160, 60))
        for index in range(7):
            centre = self.scale.middle(Spot(140 + 160 * index, 420, 60, 60))
            pygame.draw.circle(self.surface, (250, 230 - 20 * index, 90), centre, self._px(24 + 6 * index))

    # --- Pieces -------------------------------------------------------------------------------------------------------

    def _px(self, length: float) -> int:
        return max(self.scale.length(length), 1)

    def _fill(self, spot: Spot, colour: Colour | tuple[int, ...]) -> None:
        pygame.draw.rect(self.surface, colour, self.scale.rectangle(spot))

    def _write(self, spot: Spot, words: str, size: float, colour: Colour, down: float = 0) -> None:
        x, y = self.scale.middle(spot)
        self.skin.write(self.surface, words, (x, y + down * self.scale.factor), self._px(size * 1.25), colour)

    def _plate(self, spot: Spot, own: Colour) -> None:
        """A dark plate for numbers: in the skin's colour, else in its own."""
        self._fill(spot, self.skin.colours.plate or own)

    def _card(self, spot: Spot, colour: Colour, words: str, size: float) -> None:
        """A plate with a text on it."""
        pygame.draw.rect(self.surface, colour, self.scale.rectangle(spot), border_radius=self._px(6))
        pygame.draw.rect(self.surface, LIGHT, self.scale.rectangle(spot), self._px(1), border_radius=self._px(6))
        self._write(spot, words, size, WHITE)

    def _back(self) -> None:
        """The grey bar with the back arrow."""
        self._fill(layout.BACK_BAR, GREY)
        x, y, _, height = self.scale.rectangle(layout.BACK_BAR)
        middle, half = y + height / 2, height * 0.28
        arrow = [(x + self._px(40), middle - half), (x + self._px(26), middle), (x + self._px(40), middle + half)]
        pygame.draw.lines(self.surface, WHITE, False, arrow, self._px(4))

    def _backdrop(self, top: Colour, bottom: Colour) -> None:
        """A vertical gradient over the whole picture: in the skin's colours, else in these."""
        top, bottom = self.skin.colours.pages or (top, bottom)
        column = pygame.Surface((1, 2))
        column.set_at((0, 0), top)
        column.set_at((0, 1), bottom)
        pygame.transform.smoothscale(column.convert(self.surface), self.surface.get_size(), self.surface)

    def _figure(self, left: float = 0.16) -> None:
        """The squad's first operator, large; `left` is a share of the width."""
        if self.squad:
            one = self.squad[0]
            height = int(self.scale.height * 0.86)
            token = self.skin.operator(one, 0, height)
            self.surface.blit(token, (int(self.scale.width * left), self.scale.height - height))

    def _thumbnail(self, stage: Stage, spot: Spot) -> None:
        """The map, seen from straight above."""
        x, y, width, height = self.scale.rectangle(spot)
        side, colours = min(width // stage.width, height // stage.height), self.skin.colours
        for row in range(stage.height):
            for col in range(stage.width):
                low = colours.ground if stage.walkable[row, col] else colours.forbidden
                colour = colours.high_top if stage.ranged[row, col] else low
                colour = colours.entrance if (row, col) in stage.entrances else colour
                colour = colours.exit if (row, col) in stage.exits else colour
                pygame.draw.rect(self.surface, colour, (x + col * side, y + row * side, side - 1, side - 1))

    def _dim(self, strength: int) -> None:
        """Darken everything drawn so far."""
        shade = 255 - strength
        self.surface.fill((shade, shade, shade), special_flags=pygame.BLEND_MULT)


def _hexagon(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    return [(x + radius * math.cos(k * math.pi / 3), y + radius * math.sin(k * math.pi / 3)) for k in range(6)]


def _star(centre: tuple[float, float], radius: float) -> list[tuple[float, float]]:
    points = []
    for k in range(10):
        far = radius if k % 2 == 0 else radius * 0.42
        angle = -math.pi / 2 + k * math.pi / 5
        points.append((centre[0] + far * math.cos(angle), centre[1] + far * math.sin(angle)))
    return points
