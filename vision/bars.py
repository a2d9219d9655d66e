"""Bars beside the game: around a window, in a video, and those of an emulator with its name, buttons and icons.

How wide a bar is cannot be told from the bar alone, since a page of the game may go on in its colour. So it is told by
the game's shape, which what is left has to have, and by where its sides are edges.
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
Grey = NDArray[np.int16]

ALIKE = 12
"""Grey levels by which the pixels of a bar may differ: pictures are compressed."""
PLAIN, TOOLS_PLAIN = 0.985, 0.6
"""Least share of a line along a bar that has the bar's colour, without and with a name, buttons and icons on it."""
LEAST_BAR = 4
"""Least width of a bar in pixels."""
BLOCK = 8
"""Pixels by which a bar may be wider than it is plain: compression blurs blocks of so many at its edge."""
SHAPE = 0.006
"""By what share the shape that all of the bars leave may differ from the game's."""
BORDER = 0.2
"""What the picture's own end counts as, of an edge: the game may end there."""
SAME_WIDTH = 3
"""Pixels by which two bars of one width may differ."""
DARK = 40
"""Most mean grey level of a dark bar."""
LEAST_WIDTH = 0.4
"""Least share of the picture's width that the game has."""


class _Bars(NamedTuple):
    """How wide the bars along the sides of a picture may be at most, in pixels."""

    left: int
    right: int
    top: int
    bottom: int


def inside_bars(image: Image) -> Image | None:
    """What plain bars along any sides leave of a picture; None where there are none.

    A part of a bar with a name and icons is plain too, but does not end in an edge. Bars that leave another shape than
    the game's, that of a wide phone or of a tablet, are four of one colour, or two dark ones of one width, left and
    right or above and below.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.int16)
    bars = _bars(grey, PLAIN)
    area = _of_usual_shape(grey, bars)
    if area is not None:
        tools = _of_usual_shape(grey, _bars(grey, TOOLS_PLAIN)) or area
        return _cut_out(image, max(area, tools, key=lambda one: _edges(grey, one)))
    if min(bars) > 0 and _is_one_colour(grey):
        return _cut_out(image, _left_by(grey, bars))
    if _are_dark_twins(grey.T, bars.left, bars.right):
        return _cut_out(image, _left_by(grey, bars._replace(top=0, bottom=0)))
    if _are_dark_twins(grey, bars.top, bars.bottom):
        return _cut_out(image, _left_by(grey, bars._replace(left=0, right=0)))
    return None


def beside_tools(image: Image) -> Image | None:
    """What bars with a name, buttons and icons leave of a picture, if that has the game's shape; otherwise None."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.int16)
    area = _of_usual_shape(grey, _bars(grey, TOOLS_PLAIN))
    return None if area is None else _cut_out(image, area)


def _bars(grey: Grey, plain: float) -> _Bars:
    """The bars along the sides, this share of each of whose lines has their colour."""
    return _Bars(_bar(grey.T, plain), _bar(grey.T[::-1], plain), _bar(grey, plain), _bar(grey[::-1], plain))


def _bar(lines: Grey, plain: float) -> int:
    """How many lines there are before the first that has not the colour of the outermost one; 0 for a narrow bar, and
    where half of the lines have it: that is no bar but a plain picture.
    """
    colour, most = np.median(lines[0]), len(lines) // 2
    for start in range(0, most, BLOCK):
        alike = (np.abs(lines[start : start + BLOCK] - colour) <= ALIKE).mean(axis=1) >= plain
        if not alike.all():
            wide = start + int(alike.argmin())
            return wide if wide >= LEAST_BAR else 0
    return 0


def _of_usual_shape(grey: Grey, bars: _Bars) -> Area | None:
    """The part of the game's shape, outside which there is nothing but bars, whose sides look most like edges; None
    where there is none but the whole picture.
    """
    height, width = grey.shape
    lefts, rights = _ends(grey.T, bars.left), _ends(grey.T[::-1], bars.right)
    tops, bottoms = _ends(grey, bars.top), _ends(grey[::-1], bars.bottom)
    areas: set[Area] = set()
    for left, right in product(lefts, rights):
        wide = width - left - right
        high = round(wide * HEIGHT / WIDTH)
        firsts = _firsts(tops, bottoms, (bars.top, bars.bottom), height - high)
        areas |= {Area(left, top, wide, high) for top in firsts}
    for top, bottom in product(tops, bottoms):
        high = height - top - bottom
        wide = round(high * WIDTH / HEIGHT)
        firsts = _firsts(lefts, rights, (bars.left, bars.right), width - wide)
        areas |= {Area(left, top, wide, high) for left in firsts}
    for left, right, top, bottom in product(lefts, rights, tops, bottoms):
        wide, high = width - left - right, height - top - bottom
        if abs(wide * HEIGHT / (high * WIDTH) - 1) <= SHAPE:
            areas.add(Area(left, top, wide, high))
    if abs(width * HEIGHT / (height * WIDTH) - 1) <= SHAPE:  # then a part of that shape is narrower and lower
        areas = {area for area in areas if area.width < width and area.height < height}
    parts = sorted(area for area in areas if (area.width, area.height) != (width, height))
    return max(parts, key=lambda area: _edges(grey, area), default=None)


def _ends(lines: Grey, bar: int) -> set[int]:
    """Where a bar of at most this width may end: there, before it begins, or at the most distinct edge in it."""
    steps = np.abs(np.diff(lines[: bar + 1], axis=0)).mean(axis=1)
    return {0, bar, int(steps.argmax()) + 1} if bar else {0}


def _firsts(ones: set[int], others: set[int], most: tuple[int, int], both: int) -> set[int]:
    """How wide the first of two opposite bars may be that are so wide together."""
    one, other = (bar + BLOCK if bar else 0 for bar in most)
    firsts = ones | {both - last for last in others} | {both // 2}
    return {first for first in firsts if 0 <= first <= one and 0 <= both - first <= other}


def _edges(grey: Grey, area: Area) -> float:
    """How much of each side of an area is an edge, summed up; the picture's own end counts `BORDER`."""
    rows, columns = grey[area.y : area.y + area.height], grey[:, area.x : area.x + area.width]
    return sum(
        _edge(lines, at)
        for lines, at in (
            (rows.T, area.x),
            (rows.T, area.x + area.width),
            (columns, area.y),
            (columns, area.y + area.height),
        )
    )


def _edge(lines: Grey, at: int) -> float:
    """The share of pixels that differ between the lines before and after a place."""
    return float((np.abs(lines[at] - lines[at - 1]) > ALIKE).mean()) if 0 < at < len(lines) else BORDER


def _left_by(grey: Grey, bars: _Bars) -> Area:
    """What bars leave of a picture."""
    height, width = grey.shape
    return Area(bars.left, bars.top, width - bars.left - bars.right, height - bars.top - bars.bottom)


def _cut_out(image: Image, area: Area) -> Image | None:
    """A copy of a part of a picture; None where it is too narrow for the game."""
    return np.ascontiguousarray(area.cut(image)) if area.width >= LEAST_WIDTH * image.shape[1] else None


def _is_one_colour(grey: Grey) -> bool:
    """Whether the four outermost lines have one colour."""
    return float(np.ptp([np.median(line) for line in (grey[0], grey[-1], grey[:, 0], grey[:, -1])])) <= ALIKE


def _are_dark_twins(lines: Grey, first: int, last: int) -> bool:
    """Whether so many lines at both ends are two dark bars of one width."""
    return first > 0 and abs(first - last) <= SAME_WIDTH and float(lines[:first].mean()) <= DARK
