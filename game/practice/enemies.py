"""The enemies of the practice game: one figure, made of plain shapes, for every look that the detector tells apart."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import pygame

from game.practice.art import DEPTH, INK, LIGHT, WHITE, Colour

ENEMY_SIZE = {
    "heavy_defender": 0.95, "crusher": 1.15, "slug": 0.6, "hound": 0.62, "drone": 0.6, "splitter": 0.68, "mortar": 0.9,
    "shadow": 0.85, "warlord": 1.4,
}  # fmt: skip
"""Height in tiles of the enemies that are not as tall as most (0.8)."""


@cache
def enemy_token(kind: str, size: int) -> pygame.Surface:
    """An enemy of one look, drawn in a square of `size` pixels and cropped.

    Raises KeyError for a look that has no figure here: with a substitute, the detector would learn it wrong.
    """
    side = size * DEPTH
    big = pygame.Surface((side, side), pygame.SRCALPHA)
    SHAPES[kind](big, side / 20)
    box = big.get_bounding_rect()
    return pygame.transform.smoothscale(
        big.subsurface(box), (max(round(box.width / DEPTH), 1), max(round(box.height / DEPTH), 1))
    )


def _slug(big: pygame.Surface, unit: float) -> None:
    pygame.draw.ellipse(big, INK, (1 * unit, 7 * unit, 18 * unit, 13 * unit))
    pygame.draw.ellipse(big, (232, 120, 40), (2 * unit, 8 * unit, 16 * unit, 11 * unit))
    for x in (6, 11):
        pygame.draw.polygon(
            big, (250, 200, 90), [(x * unit, 9 * unit), ((x + 1.5) * unit, 3 * unit), ((x + 3) * unit, 9 * unit)]
        )
    pygame.draw.circle(big, WHITE, (5 * unit, 13 * unit), 1.6 * unit)


def _hound(big: pygame.Surface, unit: float) -> None:
    colour = (150, 60, 60)
    pygame.draw.ellipse(big, colour, (3 * unit, 7 * unit, 15 * unit, 7 * unit))
    pygame.draw.polygon(
        big, colour, [(1 * unit, 6 * unit), (6 * unit, 3 * unit), (8 * unit, 9 * unit), (2 * unit, 11 * unit)]
    )
    for x in (5, 8, 13, 16):
        pygame.draw.rect(big, INK, (x * unit, 12 * unit, 1.8 * unit, 8 * unit))
    pygame.draw.line(big, colour, (17 * unit, 8 * unit), (20 * unit, 3 * unit), int(1.6 * unit))
    pygame.draw.circle(big, (255, 220, 80), (4 * unit, 6 * unit), 0.9 * unit)


def _person(big: pygame.Surface, unit: float, coat: Colour, hood: Colour) -> None:
    pygame.draw.polygon(
        big, INK, [(4 * unit, 20 * unit), (7 * unit, 7 * unit), (13 * unit, 7 * unit), (16 * unit, 20 * unit)]
    )
    pygame.draw.polygon(
        big, coat, [(5 * unit, 19.2 * unit), (7.6 * unit, 8 * unit), (12.4 * unit, 8 * unit), (15 * unit, 19.2 * unit)]
    )
    pygame.draw.circle(big, INK, (10 * unit, 4.6 * unit), 4.4 * unit)
    pygame.draw.circle(big, hood, (10 * unit, 4.6 * unit), 3.6 * unit)
    pygame.draw.rect(big, (250, 90, 60), (7.4 * unit, 4.2 * unit, 5.2 * unit, 1.4 * unit))


def _soldier(big: pygame.Surface, unit: float) -> None:
    _person(big, unit, (196, 196, 200), (120, 124, 132))
    pygame.draw.line(big, LIGHT, (3 * unit, 15 * unit), (1 * unit, 5 * unit), int(1.6 * unit))


def _crossbow(big: pygame.Surface, unit: float) -> None:
    _person(big, unit, (86, 120, 74), (60, 84, 52))
    pygame.draw.arc(
        big, (210, 180, 120), (0, 7 * unit, 7 * unit, 11 * unit), math.pi / 2, 3 * math.pi / 2, int(1.6 * unit)
    )
    pygame.draw.line(big, (210, 180, 120), (1 * unit, 12.5 * unit), (8 * unit, 12.5 * unit), int(1.2 * unit))


def _heavy(big: pygame.Surface, unit: float) -> None:
    _person(big, unit, (110, 100, 90), (90, 80, 72))
    pygame.draw.rect(big, INK, (0.5 * unit, 6 * unit, 9 * unit, 14 * unit), border_radius=int(2 * unit))
    pygame.draw.rect(big, (170, 160, 120), (1.5 * unit, 7 * unit, 7 * unit, 12 * unit), border_radius=int(2 * unit))
    pygame.draw.line(big, INK, (5 * unit, 8 * unit), (5 * unit, 18 * unit), int(1.2 * unit))


def _drone(big: pygame.Surface, unit: float) -> None:
    for x in (3, 17):
        pygame.draw.ellipse(big, (190, 220, 240), ((x - 3) * unit, 4 * unit, 6 * unit, 2.4 * unit))
        pygame.draw.line(big, INK, (x * unit, 5 * unit), (10 * unit, 10 * unit), int(1.2 * unit))
    pygame.draw.circle(big, INK, (10 * unit, 11 * unit), 5.4 * unit)
    pygame.draw.circle(big, (70, 130, 190), (10 * unit, 11 * unit), 4.4 * unit)
    pygame.draw.circle(big, (255, 80, 60), (10 * unit, 11.6 * unit), 1.8 * unit)


def _caster(big: pygame.Surface, unit: float) -> None:
    _person(big, unit, (120, 70, 160), (84, 46, 120))
    pygame.draw.line(big, (180, 150, 110), (3 * unit, 19 * unit), (3 * unit, 4 * unit), int(1.2 * unit))
    pygame.draw.circle(big, (210, 110, 255), (3 * unit, 3.4 * unit), 2.4 * unit)


def _crusher(big: pygame.Surface, unit: float) -> None:
    _person(big, unit, (150, 36, 36), (70, 20, 24))
    for side in (-1, 1):
        pygame.draw.polygon(
            big,
            (230, 210, 170),
            [((10 + side * 3) * unit, 2 * unit), ((10 + side * 8) * unit, 0), ((10 + side * 4.4) * unit, 5 * unit)],
        )
    pygame.draw.rect(big, (90, 90, 96), (15 * unit, 5 * unit, 5 * unit, 6 * unit))
    pygame.draw.line(big, (120, 90, 60), (17 * unit, 10 * unit), (15 * unit, 19 * unit), int(1.6 * unit))


def _splitter(big: pygame.Surface, unit: float) -> None:
    """A slime of two halves that hang together by a thin middle."""
    for left, top in ((0.5, 6), (9.5, 4)):
        pygame.draw.ellipse(big, INK, (left * unit, top * unit, 10.4 * unit, (20 - top) * unit))
    for left, top, colour in ((1.4, 7, (40, 170, 130)), (10.4, 5, (70, 210, 160))):
        pygame.draw.ellipse(big, colour, (left * unit, top * unit, 8.6 * unit, (19 - top) * unit))
    for x, y in ((5.6, 11), (14.6, 9.5)):
        pygame.draw.circle(big, WHITE, (x * unit, y * unit), 2 * unit)
        pygame.draw.circle(big, INK, (x * unit, y * unit), 0.9 * unit)
    for y in (8, 12, 16):
        pygame.draw.line(big, WHITE, (9.2 * unit, y * unit), (10.8 * unit, (y + 1.6) * unit), int(0.8 * unit))


def _mortar(big: pygame.Surface, unit: float) -> None:
    """A small, broad figure under a barrel of its own length."""
    pygame.draw.ellipse(big, INK, (5 * unit, 10 * unit, 14 * unit, 10 * unit))
    pygame.draw.ellipse(big, (122, 132, 62), (6 * unit, 11 * unit, 12 * unit, 8.4 * unit))
    pygame.draw.circle(big, INK, (15.4 * unit, 8.4 * unit), 3.6 * unit)
    pygame.draw.circle(big, (88, 96, 48), (15.4 * unit, 8.4 * unit), 2.8 * unit)
    pygame.draw.rect(big, (250, 200, 60), (13.4 * unit, 8 * unit, 4 * unit, 1.2 * unit))
    barrel = [(0.2, 4.4), (5, 0), (14.6, 11.4), (9.6, 15.8)]
    pygame.draw.polygon(big, INK, [(x * unit, y * unit) for x, y in barrel])
    steel = [(2, 4.8), (4.8, 2), (13, 11.4), (10, 14.2)]
    pygame.draw.polygon(big, (138, 146, 158), [(x * unit, y * unit) for x, y in steel])
    pygame.draw.line(big, (250, 150, 40), (4.6 * unit, 7.6 * unit), (7.6 * unit, 5 * unit), int(1.4 * unit))


def _shadow(big: pygame.Surface, unit: float) -> None:
    """A hood with two eyes over a torn cloak, half-transparent, and a blade."""
    cloak, dark, eyes = (58, 84, 140, 150), (16, 20, 40, 185), (120, 255, 255, 235)
    hem = [(10, 0.5), (15.6, 7), (18, 19), (15, 16.6), (12.6, 20), (10, 16.8), (7.4, 20), (5, 16.6), (2, 19), (4.4, 7)]
    pygame.draw.polygon(big, cloak, [(x * unit, y * unit) for x, y in hem])
    pygame.draw.ellipse(big, dark, (6 * unit, 4 * unit, 8 * unit, 7 * unit))
    for x in (8.2, 11.8):
        pygame.draw.circle(big, eyes, (x * unit, 7.4 * unit), 0.9 * unit)
    blade = [(0.4, 7.6), (2, 8), (6, 15), (4.8, 15.8)]
    pygame.draw.polygon(big, (220, 235, 250, 220), [(x * unit, y * unit) for x, y in blade])


def _warlord(big: pygame.Surface, unit: float) -> None:
    """Black and gold in a wide cape, with a crown and a sword of its own height."""
    cape = [(6, 6), (14, 6), (18.6, 20), (1.6, 20)]
    pygame.draw.polygon(big, (132, 18, 40), [(x * unit, y * unit) for x, y in cape])
    coat = [(7, 7), (13, 7), (15, 20), (5, 20)]
    pygame.draw.polygon(big, INK, [(x * unit, y * unit) for x, y in coat])
    pygame.draw.line(big, (240, 196, 70), (10 * unit, 9 * unit), (10 * unit, 20 * unit), int(1.2 * unit))
    for x in (5.2, 14.8):
        pygame.draw.circle(big, INK, (x * unit, 8.6 * unit), 2.9 * unit)
        pygame.draw.circle(big, (240, 196, 70), (x * unit, 8.6 * unit), 2.3 * unit)
    pygame.draw.circle(big, INK, (10 * unit, 5 * unit), 3.2 * unit)
    pygame.draw.rect(big, (255, 70, 50), (7.8 * unit, 5 * unit, 4.4 * unit, 1.1 * unit))
    crown = [(6.8, 3.8), (6.6, 0), (8.6, 2), (10, 0), (11.4, 2), (13.4, 0), (13.2, 3.8)]
    pygame.draw.polygon(big, (240, 196, 70), [(x * unit, y * unit) for x, y in crown])
    pygame.draw.line(big, LIGHT, (2.6 * unit, 0.6 * unit), (2.6 * unit, 14 * unit), int(1.6 * unit))
    pygame.draw.line(big, (240, 196, 70), (0.4 * unit, 13.8 * unit), (4.8 * unit, 13.8 * unit), int(1.2 * unit))
    pygame.draw.line(big, INK, (2.6 * unit, 14 * unit), (2.6 * unit, 17.4 * unit), int(1.2 * unit))


SHAPES: dict[str, Callable[[pygame.Surface, float], None]] = {
    "slug": _slug, "hound": _hound, "soldier": _soldier, "crossbow": _crossbow, "heavy_defender": _heavy,
    "drone": _drone, "caster": _caster, "crusher": _crusher, "splitter": _splitter, "mortar": _mortar,
    "shadow": _shadow, "warlord": _warlord,
}  # fmt: skip
"""Draws each look on a square whose side is 20 units."""
