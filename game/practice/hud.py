"""Draws what lies over a battle's map: kills and life, buttons, DP, the hand of cards, and announcements."""

from __future__ import annotations

import functools
import math

import pygame

from game.characters.models import Operator
from game.practice import layout
from game.practice.art import INK, LIGHT, WHITE, Colour, role_icon
from game.practice.devices import device_picture, device_token
from game.practice.layout import Scale, Spot
from game.practice.menus import GOLD, Menus
from game.practice.scene import BattleScene
from game.practice.skin import OWN, Skin

ORANGE: Colour = (240, 112, 24)


class HudPainter(Menus):
    """Draws the numbers, buttons and cards of a battle, as large as the interface is set."""

    def __init__(self, size: tuple[int, int], squad: tuple[Operator, ...], skin: Skin = OWN) -> None:
        super().__init__(size, squad, skin)
        self.hud_scale = Scale(size, skin.ui_scale)

    def hud(self, scene: BattleScene) -> None:
        """Everything that stays in its place on the screen, whatever the camera does."""
        pages, self.scale = self.scale, self.hud_scale
        self._top_bar(scene)
        self._buttons(scene)
        self._points(scene)
        self._cards(scene)
        if scene.hold is not None:
            self._panel(scene.battle.units[scene.hold.slot])
        elif scene.banner:
            self._banner(scene.banner)
        self.scale = pages

    def _top_bar(self, scene: BattleScene) -> None:
        """Kills, life and leaks, in the middle of the upper edge."""
        view, dim = scene.battle.view(), scene.light
        self._plate(layout.TOP_BAR, (20, 20, 24))
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
            self._plate(Spot(spot.x - 2, spot.y - 4, spot.width + 4, spot.height + 10, spot.keep), (30, 31, 35))
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
        """DP with their bar, and how many more units may be deployed."""
        view, options = scene.battle.view(), scene.battle.stage.options
        white, light = _dimmed(WHITE, scene.light), _dimmed(LIGHT, scene.light)
        self._plate(Spot(1150, 488, 130, 58, "bottom right"), (22, 23, 28))
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
        self._plate(Spot(1059, 547, 221, 32, "bottom right"), (36, 37, 43))
        self._write(layout.SLOTS_LABEL, "UNITS LEFT:", 26, light)
        self._write(layout.SLOTS_LEFT, str(view.slots_left), 28, white)

    def _cards(self, scene: BattleScene) -> None:
        """The hand, right-aligned, the cheapest card on the left."""
        cooldowns = scene.battle.card_cooldowns()
        for index, card in enumerate(scene.hand):
            picked = scene.hold is not None and not scene.hold.standing and scene.hold.slot == card.slot
            left, top, pitch = self.scale.card(index, len(scene.hand))
            if picked:
                top -= layout.CARD_RISE * self.scale.factor
            one = scene.battle.units[card.slot]
            device, copies = (one.name, card.copies) if one.device else ("", 0)
            slot = -1 if device else card.slot
            look = self._card_face(slot, card.cost, card.state, round(pitch), device, copies)
            self.surface.blit(look, (round(left), round(top)))
            if card.state == "cooling":
                self._timer(left + pitch / 2, top, cooldowns[card.slot].remaining, cooldowns[card.slot].total)

    @functools.lru_cache(maxsize=400)  # noqa: B019 - a painter lives as long as its game
    def _card_face(self, slot: int, cost: int, state: str, pitch: int, device: str, copies: int) -> pygame.Surface:
        """A card in one state; of a device its name and how many copies are left, and its slot is -1."""
        scale = self.scale.factor
        width, height = pitch, round(118 * scale)
        face = pygame.Surface((width, height + round(8 * scale)))
        face.fill(self.skin.colours.plate or (34, 36, 42))
        size = round(76 * scale), round(72 * scale)
        one = None if device else self.squad[slot]
        picture = self.skin.portrait(one, *size) if one else device_picture(device, *size)
        face.blit(picture, (width / 2 - 38 * scale, 34 * scale))
        flag = width / 2 + layout.FLAG * scale
        pygame.draw.rect(face, (206, 208, 212), (round(flag - 45 * scale), 0, round(30 * scale), round(25 * scale)))
        if one:
            icon = role_icon(one.role, round(19 * scale), INK)
            face.blit(icon, (round(flag - 40 * scale), round(3 * scale)))
        pygame.draw.rect(face, (10, 10, 12), (round(flag - 15 * scale), 0, round(30 * scale), round(26 * scale)))
        self.skin.write(face, str(cost), (flag, 14.5 * scale), round(25 * scale), WHITE)
        self.skin.write(face, one.name if one else f"X{copies}", (width / 2, 113 * scale), round(15 * scale), LIGHT)
        pygame.draw.rect(face, (16, 17, 20), face.get_rect(), 1)
        if state == "unaffordable":
            face.fill((140, 140, 140), special_flags=pygame.BLEND_MULT)
        elif state == "cooling":
            face.fill((150, 40, 40), special_flags=pygame.BLEND_MULT)
            face.fill((40, 0, 0), special_flags=pygame.BLEND_ADD)
        return face.convert(self.surface)

    def _panel(self, one: Operator) -> None:
        """What the game tells of the card or the unit that is held: its class, its name and its numbers."""
        self._plate(layout.PANEL, (22, 24, 30))
        x, y, side, _ = self.scale.rectangle(layout.PANEL_ICON)
        self.surface.blit(device_token(one.name, side) if one.device else role_icon(one.role, side, WHITE), (x, y))
        numbers = f"HP {one.max_health:.0f}  ATK {one.attack:.0f}  DEF {one.defense:.0f}"
        lines = (
            (layout.PANEL_NAME, one.name, 36, WHITE),
            (layout.PANEL_NUMBERS, numbers, 24, LIGHT),
        )
        for spot, words, size, colour in lines:
            left, top, _, height = self.scale.rectangle(spot)
            self.surface.blit(self.skin.text(words, self._px(size), colour), (left, top + height // 8))

    def _timer(self, middle: float, top: float, remaining: float, total: float) -> None:
        """The ring that shows how long a card still cools down."""
        radius = self._px(22)
        box = pygame.Rect(round(middle - radius), round(top + 70 * self.scale.factor - radius), 2 * radius, 2 * radius)
        angle = 2 * math.pi * remaining / max(total, 1e-6)
        pygame.draw.arc(self.surface, (255, 90, 80), box, math.pi / 2, math.pi / 2 + angle, self._px(4))

    def _banner(self, words: str) -> None:
        """Announce a kind of enemy."""
        self._fill(layout.BANNER, (54, 20, 24))
        self._write(layout.BANNER, words.replace("_", " ").upper(), 24, (255, 190, 170))


def _dimmed(colour: Colour, share: float) -> Colour:
    red, green, blue = colour
    return round(red * share), round(green * share), round(blue * share)
