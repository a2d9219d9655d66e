"""Localisation: from detections in pixels to units on tiles, with their health and ready skills."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from game.camera import HOVER, Camera
from game.levels.stage import Stage
from game.view import UNKNOWN, EnemySeen, OperatorSeen
from vision.detector import Detection

Image = NDArray[np.uint8]
Hsv = tuple[int, int, int]

OPERATOR, SKILL_READY = "operator", "skill_ready"
"""The detector's classes that are not kinds of enemies."""
STRAY = 0.6
"""Tiles from a tile's middle within which an operator's foot counts as standing on it."""
OUTSIDE = 1.0
"""Tiles beyond the map's outer tiles up to which an enemy is accepted, and moved onto them."""
EDGE = 0.49
"""Tiles from an outer tile's middle to just inside its edge, so that rounding still gives this tile."""
ENEMY_BAR: tuple[Hsv, Hsv] = ((2, 140, 140), (22, 255, 255))
OPERATOR_BAR: tuple[Hsv, Hsv] = ((90, 90, 140), (115, 255, 255))
"""Orange-red and light blue: what health bars are filled with, as a span of HSV colours (hue to 179)."""
BAR_WIDTH = 0.5
"""The width of a health bar in tiles; it is centred on the foot."""
BAR_FROM, BAR_TO = -0.02, 0.12
"""Tiles below a foot between which its bar lies."""
SLACK = 3
"""Pixels by which a bar may begin earlier or later than under its unit's foot."""
LEAST_SEEN = 0.25
"""Share of a bar's width of which something must be seen."""
EMPTY = 24
"""Brightness below which a pixel of a bar is empty."""


def localise(
    detections: Sequence[Detection], image: Image, camera: Camera, stage: Stage
) -> tuple[tuple[OperatorSeen, ...], tuple[EnemySeen, ...]]:
    """The operators and enemies of detections in a frame of the normal (not tilted) view, with their tiles."""
    marks = [found for found in detections if found.name == SKILL_READY]
    operators: dict[tuple[int, int], OperatorSeen] = {}
    for found in detections:
        if found.name == OPERATOR:
            tile = operator_tile(found, camera, stage)
            if tile is not None and tile not in operators:  # the surest comes first
                health = bar_fill(image, foot(found), tile_width(camera, *tile, bool(stage.high[tile])), OPERATOR_BAR)
                ready = any(belongs(mark, found) for mark in marks)
                operators[tile] = OperatorSeen(UNKNOWN, *tile, UNKNOWN, health, ready)
    enemies = [
        enemy_seen(found, image, camera, stage) for found in detections if found.name not in (OPERATOR, SKILL_READY)
    ]
    return tuple(operators[tile] for tile in sorted(operators)), tuple(one for one in enemies if one is not None)


def foot(found: Detection) -> tuple[float, float]:
    """Where a unit stands: the middle of its box's lower edge."""
    return found.x + found.width / 2, found.y + found.height


def operator_tile(found: Detection, camera: Camera, stage: Stage) -> tuple[int, int] | None:
    """The nearest tile, of either height, on which operators can stand; None when the foot is too far from all of them.

    A foot on high ground lies on the same pixel as another point of the low ground, so both are tried.
    """
    best, least = None, STRAY
    for high in (False, True):
        row, col = camera.tile(*foot(found), high=high)
        tile = round(row), round(col)
        if not (0 <= tile[0] < stage.height and 0 <= tile[1] < stage.width):
            continue
        stands = (stage.melee | stage.ranged)[tile] and bool(stage.high[tile]) == high
        away = max(abs(row - tile[0]), abs(col - tile[1]))
        if stands and away < least:
            best, least = tile, away
    return best


def belongs(mark: Detection, unit: Detection) -> bool:
    """Whether a mark belongs to a unit: its middle is near the upper edge of the unit's box, or above it."""
    x, y = mark.x + mark.width / 2, mark.y + mark.height / 2
    return abs(x - unit.x - unit.width / 2) < unit.width / 2 and -unit.height / 2 < y - unit.y < unit.height / 8


def enemy_seen(found: Detection, image: Image, camera: Camera, stage: Stage) -> EnemySeen | None:
    """The enemy at the place under its foot; a flying one hangs above its place. None where that is far off the map.

    The weights may know kinds that the table of enemies does not: those count as walking.
    """
    known = stage.kinds.get(found.name)
    lift = HOVER if known and known.flying else 0.0
    row, col = camera.tile(*foot(found), lift=lift)
    bottom, right = stage.height - 1, stage.width - 1
    if not (-OUTSIDE <= row <= bottom + OUTSIDE and -OUTSIDE <= col <= right + OUTSIDE):
        return None
    health = bar_fill(image, foot(found), tile_width(camera, row, col, lift=lift), ENEMY_BAR)
    return EnemySeen(
        found.name, float(np.clip(row, -EDGE, bottom + EDGE)), float(np.clip(col, -EDGE, right + EDGE)), health
    )


def tile_width(camera: Camera, row: float, col: float, high: bool = False, lift: float = 0.0) -> float:
    """The width of a tile in pixels at that place."""
    return camera.pixel(row, col + 0.5, high, lift=lift)[0] - camera.pixel(row, col - 0.5, high, lift=lift)[0]


def bar_fill(image: Image, at: tuple[float, float], tile: float, fill: tuple[Hsv, Hsv]) -> float:
    """How full the health bar under a foot is, 0 to 1; 1 where there is none, as under units that are unhurt.

    `tile` is how many pixels wide a tile is there. The bar's line is the one with most of the colour. Another unit may
    cover a part of it, and have the same colour: what counts is where the colour ends and the empty part begins. Where
    neither end of what is seen says so, it counts as full.
    """
    width = round(tile * BAR_WIDTH)
    begins, top = round(at[0] - width / 2), max(0, round(at[1] + tile * BAR_FROM))
    left = max(0, begins - SLACK)
    crop = image[top : round(at[1] + tile * BAR_TO), left : begins + width + SLACK]
    if crop.size == 0:
        return 1.0
    hsv = cv2.cvtColor(crop, cv2.COLOR_BGR2HSV)
    coloured = cv2.inRange(hsv, np.array(fill[0]), np.array(fill[1])).astype(bool)
    empty = crop.max(axis=2) < EMPTY
    line = int(np.argmax((coloured | empty).sum(axis=1)))
    full, rest = coloured[line], empty[line]
    if full.sum() + rest.sum() < width * LEAST_SEEN:
        return 1.0
    near = slice(2 * SLACK + 1)
    if rest[near].any() and not full[near].any():
        return 0.0
    ends = [end for end in np.flatnonzero(full[:-1] & ~full[1:]).tolist() if rest[end + 1 : end + 3].any()]
    start = int(np.argmax(full)) if full[near].any() else begins - left
    return float(np.clip((ends[0] + 1 - start) / width, 0.0, 1.0)) if ends else 1.0
