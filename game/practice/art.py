"""The practice game's own art: portraits, tokens and icons, made of plain shapes and drawn once for each size."""

from __future__ import annotations

import colorsys
import math
from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
import pygame

from game.characters.models import Operator

Image = npt.NDArray[np.uint8]
Colour = tuple[int, int, int]

PORTRAIT = (76, 72)
"""Size of a portrait on a card at 1280 x 720."""
INK: Colour = (24, 26, 32)
LIGHT: Colour = (226, 228, 232)
WHITE: Colour = (255, 255, 255)
DEPTH = 4
"""Shapes are drawn this many times larger, then shrunk, which smooths their edges."""


@cache
def font(size: int) -> pygame.font.Font:
    """The font that comes with pygame, `size` pixels high and at least 6."""
    pygame.font.init()
    return pygame.font.Font(None, max(size, 6))


@cache
def text(words: str, size: int, colour: Colour) -> pygame.Surface:
    """A text as a picture."""
    return font(size).render(words, antialias=True, color=colour)


def write(surface: pygame.Surface, words: str, at: tuple[float, float], size: int, colour: Colour = WHITE) -> None:
    """Write a text with its middle at a pixel."""
    picture = text(words, size, colour)
    surface.blit(picture, (at[0] - picture.get_width() / 2, at[1] - picture.get_height() / 2))


def hue(name: str, lightness: float = 0.55, saturation: float = 0.6) -> Colour:
    """A colour made from a name, the same each time."""
    number = sum((index + 3) * ord(letter) for index, letter in enumerate(name))
    red, green, blue = colorsys.hls_to_rgb(number * 0.381966 % 1.0, lightness, saturation)
    return int(red * 255), int(green * 255), int(blue * 255)


@cache
def role_icon(role: str, size: int, colour: Colour) -> pygame.Surface:
    """The icon of an operator class in a square of `size` pixels."""
    side = size * DEPTH
    big = pygame.Surface((side, side), pygame.SRCALPHA)
    draw, half, pen = pygame.draw, side / 2, max(side // 8, 1)
    near, far = side * 0.15, side * 0.85
    if role == "vanguard":
        for y in (0.2, 0.5):
            draw.lines(big, colour, False, [(near, side * (y + 0.3)), (half, side * y), (far, side * (y + 0.3))], pen)
    elif role == "guard":
        draw.line(big, colour, (near, far), (far, near), pen)
        draw.line(big, colour, (side * 0.2, side * 0.5), (side * 0.5, side * 0.8), pen)
    elif role == "defender":
        draw.polygon(big, colour, [(near, near), (far, near), (far, half), (half, side * 0.95), (near, half)])
    elif role == "sniper":
        draw.circle(big, colour, (half, half), side * 0.34, pen)
        draw.line(big, colour, (half, near / 2), (half, side - near / 2), pen // 2)
        draw.line(big, colour, (near / 2, half), (side - near / 2, half), pen // 2)
    elif role == "caster":
        points = [
            (half + half * 0.9 * math.sin(k * 2 * math.pi / 3), half - half * 0.8 * math.cos(k * 2 * math.pi / 3))
            for k in range(3)
        ]
        draw.polygon(big, colour, points, pen)
        draw.circle(big, colour, (half, half * 1.05), pen)
    elif role == "medic":
        draw.rect(big, colour, (half - pen, near, 2 * pen, far - near))
        draw.rect(big, colour, (near, half - pen, far - near, 2 * pen))
    elif role == "supporter":
        draw.circle(big, colour, (half, half), side * 0.38, pen)
        draw.circle(big, colour, (half, half), side * 0.16)
    else:
        draw.polygon(big, colour, [(half, near), (far, half), (half, far), (near, half)], pen)
    return pygame.transform.smoothscale(big, (size, size))


PLAIN = frozenset(
    ("Fang", "Myrtle", "Gravel", "Melantha", "Popukar", "Beagle", "Kroos", "Catapult", "Steward", "Lava", "Ansel",
     "Orchid")
)  # fmt: skip
"""The operators of the default squad. Their portraits are simpler: they look straight ahead and wear no headwear."""
HEADWEAR = ("none", "ears", "hat", "tails", "horns", "hood", "halo")


@cache
def portrait(name: str, role: str, width: int, height: int) -> pygame.Surface:
    """An operator's picture: a head and shoulders on a pattern of its own."""
    big = pygame.Surface((PORTRAIT[0] * DEPTH, PORTRAIT[1] * DEPTH))
    rng = np.random.default_rng(list(name.encode()))
    _pattern(big, name, rng)
    middle, top = big.get_width() / 2, big.get_height() * 0.3
    skin, hair, coat = (238, 208, 186), hue(name[::-1], 0.2 + 0.6 * float(rng.random())), hue(name, 0.5)
    draw, unit = pygame.draw, big.get_height() / 20
    long = 4 + 6 * float(rng.random())
    fringe = 2.6 + 2 * float(rng.random())
    wear = "none"
    if name not in PLAIN:
        own = np.random.default_rng(list(name[::-1].encode()))
        middle += float(own.uniform(-5, 5)) * unit
        top += float(own.uniform(-1, 3)) * unit
        wear = HEADWEAR[own.integers(len(HEADWEAR))]
        skin = [(238, 208, 186), (250, 228, 210), (168, 118, 88), (120, 82, 62)][own.integers(4)]
        hair, coat = hue(name[::-1], float(own.uniform(0.12, 0.9))), hue(name, float(own.uniform(0.15, 0.6)))
    draw.ellipse(big, hair, (middle - 5.2 * unit, top - 5 * unit, 10.4 * unit, (9 + long) * unit))
    if wear in ("tails", "hood"):
        _headwear(big, wear, hair, (middle, top), unit)
    draw.ellipse(big, coat, (middle - 8 * unit, top + 6 * unit, 16 * unit, 14 * unit))
    draw.ellipse(big, skin, (middle - 4 * unit, top - 3.4 * unit, 8 * unit, 9 * unit))
    draw.ellipse(big, hair, (middle - 4.6 * unit, top - 5 * unit, 9.2 * unit, fringe * unit))
    if wear not in ("tails", "hood"):
        _headwear(big, wear, hair, (middle, top), unit)
    for side in (-1, 1):
        draw.circle(big, INK, (middle + side * 1.8 * unit, top + 1.2 * unit), 0.8 * unit)
    sign = role_icon(role, int(5 * unit), LIGHT)
    big.blit(sign, (middle - sign.get_width() / 2, top + 8.5 * unit))
    return pygame.transform.smoothscale(big, (width, height))


def _pattern(big: pygame.Surface, name: str, rng: np.random.Generator) -> None:
    """Squares behind the head, the same on the left and on the right."""
    big.fill(hue(name, 0.22, 0.35))
    across, down = big.get_width() / 6, big.get_height() / 4
    for row in range(4):
        for col in range(3):
            if rng.random() < 0.5:
                shade = hue(name, 0.3 + 0.35 * float(rng.random()), 0.4)
                for mirrored in (col, 5 - col):
                    big.fill(shade, (mirrored * across, row * down, across + 1, down + 1))


def _headwear(big: pygame.Surface, wear: str, hair: Colour, at: tuple[float, float], unit: float) -> None:
    """Headwear, ears or horns; `at` is the pixel between the eyes and the hair."""
    draw, (x, y) = pygame.draw, at
    for side in (-1, 1):
        if wear == "ears":
            ear = [(1.2, -4), (3.2, -8.6), (5, -2.4)]
            draw.polygon(big, hair, [(x + side * right * unit, y + down * unit) for right, down in ear])
        elif wear == "horns":
            horn = [(2, -4.4), (6.4, -7.4), (4.6, -2.6)]
            draw.polygon(big, (236, 226, 200), [(x + side * right * unit, y + down * unit) for right, down in horn])
        elif wear == "tails":
            draw.ellipse(big, hair, (x + (side * 6.4 - 2) * unit, y - 3 * unit, 4 * unit, 14 * unit))
    if wear == "hat":
        draw.rect(big, hue(str(hair), 0.3), (x - 4.4 * unit, y - 7.4 * unit, 8.8 * unit, 4.4 * unit))
        draw.rect(big, INK, (x - 6.4 * unit, y - 3.4 * unit, 12.8 * unit, 1.4 * unit))
    elif wear == "hood":
        draw.circle(big, INK, (x, y + 0.6 * unit), 6.6 * unit)
    elif wear == "halo":
        draw.ellipse(big, (255, 236, 150), (x - 5 * unit, y - 8 * unit, 10 * unit, 2.8 * unit), int(0.9 * unit))


def portraits(squad: Sequence[Operator]) -> tuple[Image, ...]:
    """The squad's portraits in slot order, as drawn on the cards at 1280 x 720: BGR, 72 x 76 x 3."""
    return tuple(pixels(portrait(one.name, one.role, *PORTRAIT)) for one in squad)


def pixels(surface: pygame.Surface) -> Image:
    """A copy of a surface as a BGR image, height x width x 3."""
    return np.ascontiguousarray(pygame.surfarray.array3d(surface).swapaxes(0, 1)[:, :, ::-1])


@cache
def operator_token(name: str, role: str, direction: int, size: int) -> pygame.Surface:
    """An operator on the field, `size` pixels high: it looks left if `direction` is LEFT (game.actions), else right."""
    side = size * DEPTH
    big = pygame.Surface((int(side * 0.8), side), pygame.SRCALPHA)
    draw, middle, unit = pygame.draw, big.get_width() / 2, side / 20
    coat, hair = hue(name, 0.5), hue(name[::-1], 0.35)
    draw.polygon(
        big,
        INK,
        [
            (middle - 6.6 * unit, side),
            (middle - 3 * unit, 8 * unit),
            (middle + 3 * unit, 8 * unit),
            (middle + 6.6 * unit, side),
        ],
    )
    draw.polygon(
        big,
        coat,
        [
            (middle - 5.4 * unit, side - unit),
            (middle - 2.2 * unit, 8.8 * unit),
            (middle + 2.2 * unit, 8.8 * unit),
            (middle + 5.4 * unit, side - unit),
        ],
    )
    draw.circle(big, INK, (middle, 5.6 * unit), 5.4 * unit)
    draw.circle(big, hair, (middle, 5.6 * unit), 4.6 * unit)
    look = -1 if direction == 2 else 1
    draw.ellipse(big, (238, 208, 186), (middle - 3 * unit + look * 1.4 * unit, 3.8 * unit, 6 * unit, 5.4 * unit))
    sign = role_icon(role, int(6 * unit), WHITE)
    big.blit(sign, (middle - sign.get_width() / 2, 12 * unit))
    return pygame.transform.smoothscale(big, (int(size * 0.8), size))


@cache
def skill_mark(size: int) -> pygame.Surface:
    """The yellow mark over an operator whose skill is ready."""
    side = size * DEPTH
    big = pygame.Surface((side, side), pygame.SRCALPHA)
    half = side / 2
    pygame.draw.polygon(big, INK, [(half, 0), (side, half), (half, side), (0, half)])
    pygame.draw.polygon(
        big, (255, 214, 40), [(half, side * 0.1), (side * 0.9, half), (half, side * 0.9), (side * 0.1, half)]
    )
    pygame.draw.polygon(big, INK, [(half, side * 0.25), (side * 0.7, half), (side * 0.3, half)])
    pygame.draw.rect(big, INK, (half - side * 0.08, half, side * 0.16, side * 0.24))
    return pygame.transform.smoothscale(big, (size, size))
