"""Where on a picture of a whole desktop the game may be: rectangles of the game's shape between long straight edges.

An emulator draws bars of any colour on any side of the game. Each ends in an edge as long as the game is high or wide.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.bars import DARK, LEAST_WIDTH
from vision.client_area import CLOSE, STEP, Area
from vision.profile import HEIGHT, WIDTH

Image = NDArray[np.uint8]

LINES = 14
"""The longest edges across and down that are combined."""
BORDER = 0.4
"""What the picture's own border, and edges that lie closely along it, count as: a game may end there."""
LEAST_PILLAR, MOST_PILLAR = 0.02, 0.12
"""Least and most width of a pillar, as a share of the picture's."""
PILLAR_EDGE = 0.55
"""Least share of its height along which a pillar ends in an edge."""
LEAST_EDGES = 2.0
"""Least sum of the shares of the four sides along which there is an edge."""


class _Edges(NamedTuple):
    """Edges in one direction: for each line between two pixels, the share of its length that differs."""

    share: NDArray[np.float64]
    longest: list[int]

    @classmethod
    def of(cls, grey: NDArray[np.int16], axis: int) -> _Edges:
        inner = (np.abs(np.diff(grey, axis=axis)) > STEP).mean(axis=1 - axis)
        share = np.concatenate([[0.0], inner, [0.0]])
        share = np.max([share, np.roll(share, 1), np.roll(share, -1)], axis=0)  # compressed edges are not sharp
        share[:CLOSE] = share[-CLOSE:] = BORDER
        return cls(share, sorted({*np.argsort(-share)[:LINES].tolist(), 0, len(share) - 1}))


def game_areas(image: Image, most: int = 4) -> list[Area]:
    """Where the game may be in a picture of more than the game, the likeliest first; `most` of them."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.int16)
    scored = dict(_scored(_Edges.of(grey, 1), _Edges.of(grey, 0)))
    apart: list[Area] = []
    for area in sorted(scored, key=lambda area: -scored[area]):
        whole = area.width >= image.shape[1] - 2 * CLOSE and area.height >= image.shape[0] - 2 * CLOSE
        if not whole and not any(area.is_near(other) for other in apart):
            apart.append(area)
    return apart[:most]


def between_pillars(image: Image) -> Image:
    """A wide picture without the dark pillars, of one width, that phones' clients draw left and right of a page."""
    height, width = image.shape[:2]
    if width * HEIGHT <= height * WIDTH * (1 + MOST_PILLAR):
        return image
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.int16)
    least, most = round(width * LEAST_PILLAR), round(width * MOST_PILLAR)
    left, right = (_pillar(side, least, most) for side in (grey, grey[:, ::-1]))
    if left is None or right is None or abs(left - right) > CLOSE:
        return image
    return np.ascontiguousarray(image[:, left : width - right])


def _pillar(grey: NDArray[np.int16], least: int, most: int) -> int | None:
    """How wide the dark pillar at the left edge of a picture in grey is; None where there is none."""
    edges = _Edges.of(grey[:, : most + CLOSE], 1).share[least:most]
    wide = least + int(edges.argmax())
    is_pillar = edges.max() >= PILLAR_EDGE and grey[:, : wide - CLOSE].mean() <= DARK
    return wide if is_pillar else None


def _scored(columns: _Edges, rows: _Edges) -> Iterator[tuple[Area, float]]:
    """Rectangles of the game's shape with enough of an edge around them, each with how much: two long edges across and
    one down give it; the fourth side lies where the shape asks for it.
    """
    last = len(rows.share) - 1
    for left, right, row in product(columns.longest, columns.longest, rows.longest):
        width = right - left
        height = round(width * HEIGHT / WIDTH)
        if width < LEAST_WIDTH * (len(columns.share) - 1):
            continue
        for top in (row, row - height):
            if 0 <= top <= last - height:
                down = rows.share[top] + rows.share[top + height]
                edges = float(columns.share[left] + columns.share[right] + down)
                if edges >= LEAST_EDGES:
                    yield Area(left, top, width, height), edges
