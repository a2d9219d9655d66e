"""How devices and summons look in the practice game, on their card and on their tile: a crate, or a mark on a round
base.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import pygame

from game.practice.art import INK, LIGHT, Colour

WOOD: Colour = (176, 128, 76)
EDGE: Colour = (112, 78, 44)
BASE: Colour = (58, 62, 72)
DEPTH = 3
"""How much larger a picture is drawn than it is shown."""


class DeviceLook(NamedTuple):
    """The mark of a device: the corners of a shape in a square from -1 to 1, x to the right and y down."""

    colour: Colour
    corners: tuple[tuple[float, float], ...]
    turns: bool = False
    """It points in the device's direction."""
    rings: int = 0
    """How many circles are around it."""


CRYSTAL = ((0.0, -0.9), (0.45, -0.1), (0.25, 0.7), (-0.25, 0.7), (-0.45, -0.1))
BOLT = ((0.2, -0.8), (-0.5, 0.15), (-0.05, 0.15), (-0.2, 0.8), (0.5, -0.2), (0.05, -0.2))
ARROW = ((0.9, 0.0), (0.2, -0.55), (0.2, -0.2), (-0.8, -0.2), (-0.8, 0.2), (0.2, 0.2), (0.2, 0.55))
POINT = ((0.0, -0.25), (0.25, 0.0), (0.0, 0.25), (-0.25, 0.0))
TRESTLE = (
    (-0.9, -0.45), (0.9, -0.45), (0.9, 0.0), (0.7, 0.0), (0.7, 0.6), (0.4, 0.6),
    (0.4, 0.0), (-0.4, 0.0), (-0.4, 0.6), (-0.7, 0.6), (-0.7, 0.0), (-0.9, 0.0),
)  # fmt: skip
COLUMN = (
    (-0.6, -0.9), (0.6, -0.9), (0.6, -0.65), (0.35, -0.65), (0.35, 0.65), (0.6, 0.65),
    (0.6, 0.9), (-0.6, 0.9), (-0.6, 0.65), (-0.35, 0.65), (-0.35, -0.65), (-0.6, -0.65),
)  # fmt: skip
RUBBLE = ((-0.9, 0.7), (-0.6, 0.0), (-0.25, 0.2), (0.1, -0.4), (0.45, 0.1), (0.7, -0.1), (0.9, 0.7))
SHIELD = ((-0.6, -0.8), (0.6, -0.8), (0.6, 0.1), (0.0, 0.9), (-0.6, 0.1))
WARD = ((-0.8, -0.6), (-0.1, -0.6), (0.9, 0.0), (-0.1, 0.6), (-0.8, 0.6))
BIRD = ((0.9, -0.1), (0.45, -0.35), (0.1, -0.1), (-0.7, -0.8), (-0.35, 0.1), (-0.9, 0.55), (0.2, 0.4), (0.6, 0.05))
TENTACLE = (
    (-0.45, 0.9), (-0.5, 0.3), (-0.25, -0.2), (-0.35, -0.6), (0.0, -0.9), (0.45, -0.75), (0.3, -0.45), (0.05, -0.5),
    (0.2, -0.1), (0.1, 0.35), (0.45, 0.9),
)  # fmt: skip
LOOKS: Mapping[str, DeviceLook] = {
    "Allerdale's Guard": DeviceLook((150, 200, 250), WARD, turns=True, rings=1),
    "Turret": DeviceLook((230, 110, 70), ARROW, turns=True),
    "Originium Ice Crystal": DeviceLook((130, 210, 250), CRYSTAL),
    "FrostNova's Originium Ice Crystal": DeviceLook((130, 210, 250), CRYSTAL, rings=1),
    "Originium Altar": DeviceLook((220, 80, 150), CRYSTAL),
    "Patriot's Originium Altar": DeviceLook((220, 80, 150), CRYSTAL, rings=1),
    "Stun Generator": DeviceLook((250, 220, 90), BOLT),
    "Static Roadblock": DeviceLook((206, 186, 140), TRESTLE),
    "Tattered Pillar": DeviceLook((200, 190, 170), COLUMN),
    "Battlefield Ruins": DeviceLook((160, 150, 136), RUBBLE),
    "Shield Guard": DeviceLook((150, 170, 210), SHIELD),
    "Nightingale's Mirage": DeviceLook((225, 230, 255), BIRD, rings=1),
    "Deepcolor's Tentacle": DeviceLook((120, 110, 220), TENTACLE),
    "Detector": DeviceLook((120, 230, 160), POINT, rings=2),
    "Jammer": DeviceLook((250, 170, 90), POINT, rings=3),
    "Londinium Secondary Defense Artillery": DeviceLook((240, 70, 60), ARROW, turns=True, rings=1),
}
"""The looks of devices by name; a crate has its own, and so has a device that is not here."""
PLAIN = DeviceLook(LIGHT, POINT)


@cache
def device_picture(name: str, width: int, height: int) -> pygame.Surface:
    """The picture on a device's card."""
    picture = pygame.Surface((width, height))
    picture.fill((52, 56, 64))
    side = round(min(width, height) * 0.8)
    picture.blit(device_token(name, side), ((width - side) // 2, (height - side) // 2))
    return picture


@cache
def device_token(name: str, size: int, direction: int = 0) -> pygame.Surface:
    """A device on the field, `size` pixels high; `direction` in quarter turns clockwise from facing right."""
    side = size * DEPTH
    big = pygame.Surface((side, side), pygame.SRCALPHA)
    if name == "Crate":
        _draw_crate(big, side)
    else:
        _draw_mark(big, side, LOOKS.get(name, PLAIN), direction)
    return pygame.transform.smoothscale(big, (size, size))


def _draw_crate(big: pygame.Surface, side: int) -> None:
    """Boards in a frame, and a beam across."""
    draw, frame = pygame.draw, side // 8
    draw.rect(big, INK, (side // 16, side // 16, side - side // 8, side - side // 8))
    draw.rect(big, WOOD, (side // 10, side // 10, side - side // 5, side - side // 5))
    for board in range(1, 4):
        draw.line(
            big, EDGE, (side // 10, side * board // 4), (side - side // 10, side * board // 4), max(side // 60, 1)
        )
    draw.line(big, EDGE, (side // 6, side - side // 6), (side - side // 6, side // 6), frame)
    draw.rect(big, EDGE, (side // 10, side // 10, side - side // 5, side - side // 5), frame)
    draw.rect(big, LIGHT, (side // 10, side // 10, side - side // 5, side - side // 5), max(side // 80, 1))


def _draw_mark(big: pygame.Surface, side: int, look: DeviceLook, direction: int) -> None:
    """A mark in its circles on a round base."""
    middle, reach = side / 2, side * 0.36
    pygame.draw.circle(big, INK, (middle, middle), side * 0.48)
    pygame.draw.circle(big, BASE, (middle, middle), side * 0.44)
    for ring in range(look.rings):
        pygame.draw.circle(big, look.colour, (middle, middle), side * (0.41 - 0.09 * ring), max(side // 40, 1))
    angle = direction * math.pi / 2 if look.turns else 0.0
    cos, sin = math.cos(angle), math.sin(angle)
    corners = [(middle + reach * (x * cos - y * sin), middle + reach * (x * sin + y * cos)) for x, y in look.corners]
    pygame.draw.polygon(big, look.colour, corners)
    pygame.draw.polygon(big, INK, corners, max(side // 60, 1))
