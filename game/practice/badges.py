"""The small badges at units that say which states they are in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pygame

from game.practice.art import DEPTH, INK, Colour
from game.practice.marks import State

Lines = tuple[tuple[tuple[float, float], ...], ...]

FLAKE: Lines = (
    ((0.0, -0.75), (0.0, 0.75)), ((-0.65, -0.4), (0.65, 0.4)), ((-0.65, 0.4), (0.65, -0.4)),
)  # fmt: skip
STRIKE = ((-0.65, 0.65), (0.65, -0.65))
GLYPHS: Mapping[State, tuple[Colour, Lines]] = {
    "stunned": ((255, 246, 190), (
        ((0.0, -0.8), (0.2, -0.2), (0.8, 0.0), (0.2, 0.2), (0.0, 0.8), (-0.2, 0.2), (-0.8, 0.0), (-0.2, -0.2),
         (0.0, -0.8)),
    )),
    "frozen": ((240, 250, 255), (*FLAKE, ((-0.7, -0.7), (0.7, -0.7), (0.7, 0.7), (-0.7, 0.7), (-0.7, -0.7)))),
    "cold": ((200, 225, 250), FLAKE),
    "asleep": ((205, 195, 255), (((-0.5, -0.55), (0.5, -0.55), (-0.5, 0.55), (0.5, 0.55)),)),
    "bound": ((160, 255, 170), (((-0.6, -0.6), (0.6, 0.6)), ((0.6, -0.6), (-0.6, 0.6)))),
    "slowed": ((160, 255, 170), (((0.0, -0.6), (-0.6, 0.0), (0.0, 0.6)), ((0.6, -0.6), (0.0, 0.0), (0.6, 0.6)))),
    "silenced": ((255, 150, 220), (
        ((-0.6, -0.45), (0.6, -0.45), (0.6, 0.3), (0.0, 0.3), (-0.3, 0.7), (-0.3, 0.3), (-0.6, 0.3), (-0.6, -0.45)),
        STRIKE,
    )),
    "disarmed": ((214, 216, 222), (((0.0, -0.8), (0.0, 0.7)), ((-0.45, 0.3), (0.45, 0.3)), STRIKE)),
    "linked": ((215, 140, 255), (
        ((-0.8, -0.35), (0.15, -0.35), (0.15, 0.35), (-0.8, 0.35), (-0.8, -0.35)),
        ((-0.15, -0.2), (0.8, -0.2), (0.8, 0.5), (-0.15, 0.5), (-0.15, -0.2)),
    )),
    "hidden": ((190, 205, 225), (((-0.8, 0.0), (0.0, -0.45), (0.8, 0.0), (0.0, 0.45), (-0.8, 0.0)), STRIKE)),
    "undying": ((255, 190, 205), (
        ((0.0, 0.7), (-0.7, 0.0), (-0.7, -0.4), (-0.35, -0.65), (0.0, -0.3), (0.35, -0.65), (0.7, -0.4), (0.7, 0.0),
         (0.0, 0.7)),
    )),
    "dodging": ((190, 240, 235), (((-0.7, -0.4), (0.5, -0.4)), ((-0.4, 0.0), (0.8, 0.0)), ((-0.7, 0.4), (0.5, 0.4)))),
    "mined": ((255, 170, 70), (
        ((0.0, 0.25), (-0.4, 0.1), (-0.5, -0.3), (-0.25, -0.65), (0.25, -0.65), (0.5, -0.3), (0.4, 0.1), (0.0, 0.25)),
        ((0.0, 0.25), (0.15, 0.6), (0.55, 0.75)),
    )),
    "weaker": ((255, 130, 170), (((0.0, -0.7), (0.0, 0.7)), ((-0.5, 0.15), (0.0, 0.7), (0.5, 0.15)))),
    "stronger": ((140, 255, 160), (((0.0, 0.7), (0.0, -0.7)), ((-0.5, -0.15), (0.0, -0.7), (0.5, -0.15)))),
}  # fmt: skip
"""Each state's colour and lines in a square from -1 to 1, x to the right and y down."""


@cache
def badge(state: State, size: int) -> pygame.Surface:
    """The badge of a state in a square of `size` pixels: its lines with a dark edge.

    Not on a disc or a plate: the detector took those for the mark of a ready skill.
    """
    colour, lines = GLYPHS[state]
    side = size * DEPTH
    big, half, pen = pygame.Surface((side, side), pygame.SRCALPHA), side / 2, max(side // 8, 1)
    for tint, width in ((INK, 2 * pen), (colour, pen)):
        for line in lines:
            corners = [(half + x * half * 0.82, half + y * half * 0.82) for x, y in line]
            pygame.draw.lines(big, tint, False, corners, width)
            for corner in corners:
                pygame.draw.circle(big, tint, corner, width / 2)
    return pygame.transform.smoothscale(big, (size, size))
