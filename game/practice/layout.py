"""Where things are on the practice game's screens: the real game's geometry, at 1280 x 720.

The interface is scaled so that 1280 x 720 fits inside the window; every spot keeps its distance to the edges named in
`keep`.
"""

from __future__ import annotations

from typing import NamedTuple

WIDTH, HEIGHT = 1280, 720
SHARES = {"left": 0.0, "right": 1.0, "top": 0.0, "bottom": 1.0}


class Spot(NamedTuple):
    """A rectangle at 1280 x 720, and the edges to which it keeps its distance ("top right"; the middle by default)."""

    x: float
    y: float
    width: float
    height: float
    keep: str = ""


BACK = Spot(0, 0, 180, 80, "top left")
BACK_BAR = Spot(0, 20, 180, 38, "top left")
TERMINAL = Spot(844, 58, 268, 272, "right")
LAST_STAGE = Spot(916, 479, 249, 127, "bottom right")
LAST_STAGE_TITLE = Spot(964, 529, 200, 30, "bottom right")
STAGE_CODE = Spot(845, 72, 220, 50, "top right")
STAGE_START = Spot(1010, 625, 260, 61, "bottom right")
STAGE_START_TITLE = Spot(1104, 648, 140, 46, "bottom right")
SQUAD_START = Spot(1000, 350, 220, 340, "right")
SQUAD_START_TITLE = Spot(1030, 440, 146, 150, "right")
LOADING = Spot(700, 600, 300, 120, "bottom")
RESULT_TITLE = Spot(0, 118, 409, 194, "left")
RESULT_STARS = Spot(50, 270, 250, 100, "left")
FAILED_TITLE = Spot(36, 226, 482, 269, "left")
POPUP_CLOSE = Spot(1100, 0, 180, 200, "top right")
POPUP_TITLE = Spot(440, 100, 400, 100)
CONFIRM = Spot(310, 409, 648, 165)
DIALOG = Spot(310, 230, 660, 345)
TITLE_START = Spot(600, 650, 80, 60, "bottom")
TITLE_START_WORD = Spot(560, 618, 160, 32, "bottom")
LOGIN_ENTER = Spot(480, 470, 320, 74)
ACCOUNT = Spot(480, 400, 320, 50)
NOTICE_TITLE = Spot(310, 250, 660, 80)
NOTICE_CONFIRM = Spot(330, 440, 620, 104)

KILLS_ICON = Spot(483, 10, 47, 40, "top")
KILLS = Spot(552, 17, 54, 26, "top")
LIFE_ICON = Spot(690, 14, 30, 32, "top")
LIFE = Spot(740, 17, 40, 26, "top")
TOP_BAR = Spot(449, 6, 371, 46, "top")
LEAK_BADGE = Spot(825, 14, 65, 16, "top")
GEAR = Spot(30, 13, 102, 80, "top left")
SPEED = Spot(1070, 20, 60, 60, "top right")
PAUSE = Spot(1170, 20, 60, 60, "top right")
PAUSE_WORD = Spot(495, 322, 290, 76)
DP = Spot(1199, 494, 80, 44, "bottom right")
DP_ICON = Spot(1160, 495, 45, 45, "bottom right")
DP_BAR = Spot(1160, 541, 120, 3, "bottom right")
SLOTS_LABEL = Spot(1059, 547, 172, 32, "bottom right")
SLOTS_LEFT = Spot(1233, 549, 47, 28, "bottom right")
PANEL = Spot(0, 92, 240, 250, "left")
PANEL_ICON = Spot(14, 104, 72, 72, "left")
PANEL_NAME = Spot(16, 184, 224, 30, "left")
PANEL_NUMBERS = Spot(16, 250, 224, 20, "left")
BANNER = Spot(20, 104, 200, 44, "top left")

CARD_PITCH = 118.6
CARD_TOP = 598
CARD_RISE = 14
FLAG = 15.3
"""Pixels at 720p from a card's middle to the right, to the middle of its cost; the class icon is left of that."""


class Scale:
    """Maps spots at 1280 x 720 to pixels of a window of `size` (width, height); `ui_scale` makes them smaller."""

    def __init__(self, size: tuple[int, int], ui_scale: float = 1.0) -> None:
        self.width, self.height = size
        self.factor = min(self.width / WIDTH, self.height / HEIGHT) * ui_scale

    def length(self, length: float) -> int:
        """A length at 1280 x 720 in whole pixels."""
        return round(length * self.factor)

    def rectangle(self, spot: Spot) -> tuple[int, int, int, int]:
        """A spot as (x, y, width, height) in pixels."""
        across, down = 0.5, 0.5
        for edge in spot.keep.split():
            if edge in ("left", "right"):
                across = SHARES[edge]
            else:
                down = SHARES[edge]
        x = spot.x * self.factor + across * (self.width - WIDTH * self.factor)
        y = spot.y * self.factor + down * (self.height - HEIGHT * self.factor)
        return round(x), round(y), self.length(spot.width), self.length(spot.height)

    def middle(self, spot: Spot) -> tuple[int, int]:
        """The pixel in the middle of a spot."""
        x, y, width, height = self.rectangle(spot)
        return x + width // 2, y + height // 2

    def hits(self, spot: Spot, x: float, y: float) -> bool:
        """Whether a pixel lies in a spot."""
        left, top, width, height = self.rectangle(spot)
        return left <= x < left + width and top <= y < top + height

    def card(self, index: int, count: int) -> tuple[float, float, float]:
        """Left edge, upper edge and width of a card of a hand of `count`, in pixels: right-aligned, at the bottom."""
        pitch = min(CARD_PITCH * self.factor, self.width / max(count, 1))
        top = self.height - (HEIGHT - CARD_TOP) * self.factor
        return self.width - pitch * (count - index), top, pitch
