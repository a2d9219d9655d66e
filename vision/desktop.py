"""Where on a picture the game may be: inside plain bars, or in a rectangle of its shape between long straight edges.

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
LEAST_PILLAR, MOST_PILLAR = 0.02, 0.12
"""Least and most width of a pillar, as a share of the picture's."""
PILLAR_EDGE = 0.55
"""Least share of its height along which a pillar ends in an edge."""
PILLAR_DARK = 40
"""Most mean grey level of a pillar."""
BAR_ALIKE = 12
"""Grey levels by which the pixels of a bar may differ: pictures are compressed."""
BAR_PLAIN = 0.985
"""Least share of a line across a bar that has the bar's colour."""
SHAPE = 0.006
"""By what share the shape that all of the bars leave may differ from the game's."""
BLOCK = 8
"""Pixels by which a bar may be wider than it is plain: compression blurs blocks of so many at its edge."""
LEAST_BAR = 4
"""Least width of a bar in pixels."""
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


def inside_bars(image: Image) -> Image | None:
    """What plain bars along any sides leave of a picture; None where there are none.

    A page may be plain along a side too. So no more is taken for a bar than the game's shape asks for. Bars that leave
    another shape, that of a wide phone or of a tablet, are four of one colour, or two dark ones of one width, left and
    right or above and below.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.int16)
    rows, columns = (_bar(grey), _bar(grey[::-1])), (_bar(grey.T), _bar(grey.T[::-1]))
    height, width = grey.shape
    wide, high = width - sum(columns), height - sum(rows)
    fitting = [(wide, round(wide * HEIGHT / WIDTH)), (round(high * WIDTH / HEIGHT), high)]
    fitting = [(w, h) for w, h in fitting if wide - BLOCK <= w <= width and high - BLOCK <= h <= height]
    is_usual = abs(wide * HEIGHT / (high * WIDTH) - 1) <= SHAPE
    if fitting and not is_usual:
        w, h = max(fitting)
    elif is_usual or (min(*rows, *columns) > 0 and _is_one_colour(grey)):
        w, h = wide, high
    elif _are_pillars(grey.T, columns):
        w, h = wide, height
    elif _are_pillars(grey, rows):
        w, h = width, high
    else:
        return None
    if (w, h) == (width, height) or w < LEAST_WIDTH * width:
        return None
    left, top = _first(columns, width - w), _first(rows, height - h)
    return np.ascontiguousarray(image[top : top + h, left : left + w])


def _first(bars: tuple[int, int], both: int) -> int:
    """The width of the first of two opposite bars that are so wide together: where they could be wider, of one width
    if possible.
    """
    blurred = both - sum(bars)
    return bars[0] + blurred // 2 if blurred >= 0 else min(max(both // 2, both - bars[1]), bars[0])


def _is_one_colour(grey: NDArray[np.int16]) -> bool:
    """Whether the four outermost lines have one colour."""
    return float(np.ptp([np.median(line) for line in (grey[0], grey[-1], grey[:, 0], grey[:, -1])])) <= BAR_ALIKE


def _are_pillars(lines: NDArray[np.int16], bars: tuple[int, int]) -> bool:
    """Whether the first and the last lines are two dark bars of one width."""
    return bars[0] > 0 and abs(bars[0] - bars[1]) <= CLOSE and float(lines[: bars[0]].mean()) <= PILLAR_DARK


def _bar(lines: NDArray[np.int16]) -> int:
    """How many lines there are before the first that has not the colour of the outermost one; 0 for a narrow bar, and
    where half of the lines have it: that is no bar but a plain picture.
    """
    colour, most = np.median(lines[0]), len(lines) // 2
    for start in range(0, most, BLOCK):
        plain = (np.abs(lines[start : start + BLOCK] - colour) <= BAR_ALIKE).mean(axis=1) >= BAR_PLAIN
        if not plain.all():
            wide = start + int(plain.argmin())
            return wide if wide >= LEAST_BAR else 0
    return 0


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
    is_pillar = edges.max() >= PILLAR_EDGE and grey[:, : wide - CLOSE].mean() <= PILLAR_DARK
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
