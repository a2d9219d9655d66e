"""Where on a picture of a whole desktop the game may be: rectangles of the game's shape between long straight edges.

An emulator draws bars of any colour on any side of the game. Each ends in an edge as long as the game is high or wide.
"""

from __future__ import annotations

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
SHAPE = 2
"""Pixels by which the height may differ from what the width asks for."""
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
    columns, rows = _Edges.of(grey, 1), _Edges.of(grey, 0)
    scored: dict[Area, float] = {}
    for left, right in product(columns.longest, columns.longest):
        width = right - left
        height = round(width * HEIGHT / WIDTH)
        if width < LEAST_WIDTH * image.shape[1] or height > image.shape[0]:
            continue
        for row in rows.longest:
            for top, bottom in ((row, row + height), (row - height, row)):
                if top >= 0 and bottom < len(rows.share):
                    edges = columns.share[left] + columns.share[right] + rows.share[top] + rows.share[bottom]
                    scored[Area(left, top, width, height)] = float(edges)
    found = sorted((area for area in scored if scored[area] >= LEAST_EDGES), key=lambda area: -scored[area])
    apart: list[Area] = []
    for area in found:
        whole = area.width >= image.shape[1] - 2 * CLOSE and area.height >= image.shape[0] - 2 * CLOSE
        if not whole and not any(area.is_near(other) for other in apart):
            apart.append(area)
    return apart[:most]
