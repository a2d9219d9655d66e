"""Looking at known places: operators by what the client draws at the tiles they stand on, without a detector.

Below an operator hangs the bar of its health, and below that one the bar of its SP, which is of another colour while
the skill is active; above it a mark appears once the skill can be used. All of it has one size on the screen, however
far away the operator stands; that size goes with the size of the interface.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from game.camera import Camera
from game.levels.stage import Stage
from game.view import UNKNOWN, OperatorSeen
from vision.profile import Box, OperatorLayout, Profile, Span

Image = NDArray[np.uint8]
Mask = NDArray[np.uint8]

HIGH_LIFT = 0.2
"""Tiles above the low ground at which the bars of operators on high ground hang; measured in the real run of 0-5."""
ACROSS, DOWN = 7, 8
"""Pixels at 1280x720 by which a bar may hang beside where it is expected."""
LEAST_RUN = 3
"""Pixels at 1280x720 of a bar's filled part from which it is one."""
LONGEST = 1.06
"""Length of a full bar as a share of the usual one, at most: the size of the interface is known to some per cent."""
WHOLE = 0.6
"""Share of the rectangle around a bar that has its colour: letters over it and blurred edges may be the rest."""
THINNEST, THICKEST = 0.5, 1.5
"""Height of a bar as a share of the usual one."""
SURE = 0.4
"""Health below which a bar counts only with SP below it: short lines of its colour are in scenery too."""
LEAST_MARK = 0.1
"""Share of the mark's rectangle that has its colour; measured on pictures of several maps: 0.36 to 0.47 with the mark,
0.16 where another operator covers most of it, 0.0 without.
"""


class Stand(NamedTuple):
    """Where an operator may stand: the pixel of its foot, and how the client draws it there."""

    foot: tuple[float, float]
    profile: Profile
    layout: OperatorLayout


class Bars(NamedTuple):
    """The two bars of an operator."""

    health: float
    """How far the upper one is filled, 0 to 1."""
    sp: float
    """The same of the lower one; where the skill is active, what is left of it."""
    active: bool
    """Whether the skill is active."""


def operators_at(image: Image, camera: Camera, stage: Stage, profile: Profile) -> tuple[OperatorSeen, ...]:
    """The operators on the field in a picture of the normal (not tilted) view; whose they are is not told by it. None
    where the profile does not say how they are drawn.
    """
    if profile.operators is None:
        return ()
    found = []
    for row, col in np.argwhere(stage.melee | stage.ranged).tolist():
        stand = Stand(camera.pixel(row, col, lift=HIGH_LIFT * bool(stage.high[row, col])), profile, profile.operators)
        bars = bars_at(image, stand)
        if bars is not None:
            ready = not bars.active and is_marked(image, stand)
            found.append(
                OperatorSeen(UNKNOWN, row, col, UNKNOWN, bars.health, ready, sp=bars.sp, skill_active=bars.active)
            )
    return tuple(found)


def bars_at(image: Image, stand: Stand) -> Bars | None:
    """The bars below an operator; None where there are none.

    The upper one is a rectangle of its colour that begins where it should and is as high as it should be.
    """
    layout, across, down = stand.layout, stand.profile.across, stand.profile.down
    x, y, width, height = layout.bar
    hsv = _hsv(image, stand, (x - ACROSS, y - DOWN, width + 2 * ACROSS, 2 * (height + DOWN)))
    if hsv is None:
        return None
    count, _, boxes, _ = cv2.connectedComponentsWithStats(_within(hsv, layout.health))
    left, top, wide, high, area = max(boxes[1:count].tolist(), key=lambda box: int(box[4]), default=(0, 0, 0, 0, 0))
    if (
        not 0 < left <= 2 * ACROSS * across
        or not THINNEST <= high / (height * down) <= THICKEST
        or not LEAST_RUN <= wide / across <= LONGEST * width
        or area < WHOLE * wide * high
    ):
        return None
    line = hsv[min(top + round(1.5 * height * down), len(hsv) - 1)][None, left : left + round(width * across)]
    sp, active = (float(_within(line, colour).mean()) for colour in (layout.sp, layout.active))
    bars = Bars(min(wide / (width * across), 1.0), max(sp, active), active > sp)
    return bars if bars.health >= SURE or bars.sp else None


def is_marked(image: Image, stand: Stand) -> bool:
    """Whether the mark of a skill that can be used hangs above an operator; it does too while further SP come."""
    hsv = _hsv(image, stand, stand.layout.mark)
    return hsv is not None and float(_within(hsv, stand.layout.ready).mean()) >= LEAST_MARK


def _hsv(image: Image, stand: Stand, box: Box) -> Image | None:
    """A rectangle at 1280x720 relative to a foot, in HSV colours; None where it lies outside the image."""
    (x, y), across, down = stand.foot, stand.profile.across, stand.profile.down
    left, top = max(0, round(x + box[0] * across)), max(0, round(y + box[1] * down))
    right, bottom = round(x + (box[0] + box[2]) * across), round(y + (box[1] + box[3]) * down)
    crop = image[top : max(bottom, 0), left : max(right, 0)]
    return np.asarray(cv2.cvtColor(crop, cv2.COLOR_BGR2HSV), np.uint8) if crop.size else None


def _within(hsv: Image, colour: Span) -> Mask:
    """Which pixels lie between two HSV colours: 1 or 0 for each."""
    return np.asarray(cv2.inRange(hsv, np.array(colour.low), np.array(colour.high)) // 255, np.uint8)
