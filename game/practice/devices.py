"""How devices look in the practice game: a crate on its card and on its tile."""

from __future__ import annotations

from functools import cache

import pygame

from game.practice.art import INK, LIGHT, Colour

WOOD: Colour = (176, 128, 76)
EDGE: Colour = (112, 78, 44)
DEPTH = 3
"""How much larger a picture is drawn than it is shown."""


@cache
def device_picture(width: int, height: int) -> pygame.Surface:
    """The picture on a device's card."""
    picture = pygame.Surface((width, height))
    picture.fill((52, 56, 64))
    side = round(min(width, height) * 0.8)
    picture.blit(device_token(side), ((width - side) // 2, (height - side) // 2))
    return picture


@cache
def device_token(size: int) -> pygame.Surface:
    """A crate on the field, `size` pixels high: boards in a frame, and a beam across."""
    side = size * DEPTH
    big = pygame.Surface((side, side), pygame.SRCALPHA)
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
    return pygame.transform.smoothscale(big, (size, size))
