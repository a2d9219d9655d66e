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

from vision.client_area import Area
from vision.profile import HEIGHT, WIDTH

Image = NDArray[np.uint8]

STEP = 12
"""Grey levels by which neighbouring pixels differ at an edge."""
LINES = 14
"""The longest edges across and down that are combined."""
LEAST_WIDTH = 0.4
"""Least share of the picture's width."""
BORDER = 0.4
"""What the picture's own border, and edges that lie closely along it, count as: a game may end there."""
CLOSE = 3
"""Pixels from the border that are close."""
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
