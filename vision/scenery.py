"""What a battle shows without its enemies, and what moves before it, by the frames of a camera that stands still."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.capture import Image
from vision.dataset import Rectangle

Mask = NDArray[np.bool_]
Key = tuple[int, ...]
Window = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels."""

WIDE, TALL, BELOW = 0.45, 1.0, 0.1
"""About how far a unit reaches to each side, above and below its foot, in tiles."""
APART = 0.8
"""Tiles around an enemy that do not count as free of it: the twin may be off by so much."""
ABOUT = 0.15
"""Tiles around an operator within which it is looked for."""
LEAST_KNOWN, LEAST_OPERATOR = 0.8, 0.1
"""Share of an operator's place that must be known without it, and its least area in square tiles."""
HIDDEN = 0.5
"""Share of a unit that may be behind the interface."""
BARS = 0.4
"""Tiles around an operator within which its bars and marks are."""
LEAST_FREE, MOST_FREE = 3, 160
"""Frames that show a place: from how many it is known, and of how many the median is taken at most."""
DIFFERS = 30
"""Levels, of 255, by which a pixel differs from the scene in one colour."""
JOINED = 5
"""Pixels across within which parts of a thing belong together."""
COVERED = 255
"""Stands for the level of a pixel that is covered; real ones are at most one less."""


class Unit(NamedTuple):
    """A unit that a frame should show, in pixels of the picture."""

    name: str
    """The detector's class: a kind of enemy, or operator."""
    key: Key
    """What is the same for an operator that stands as it stood: slot, row, column, direction; empty for an enemy."""
    x: float
    y: float
    """Its foot."""
    tile: float
    """How wide a tile is there."""

    def body(self, around: float = 0.0) -> Rectangle:
        """Where it is, about, with so many tiles around that."""
        left, top = self.x - (WIDE + around) * self.tile, self.y - (TALL + around) * self.tile
        return left, top, 2 * (WIDE + around) * self.tile, (TALL + BELOW + 2 * around) * self.tile

    def distance(self, place: tuple[float, float]) -> float:
        """Tiles from its foot to a pixel."""
        return float(np.hypot(place[0] - self.x, place[1] - self.y)) / self.tile


class Scenes:
    """The pictures of battles that are seen alike, and which units each should show.

    `hud` is what the interface covers. Nothing is told about pixels there, or where the scene is not known.
    """

    def __init__(self, images: Sequence[Image], units: Sequence[Sequence[Unit]], hud: Sequence[Rectangle]) -> None:
        self.units, self.hud = units, hud
        self._images = [np.minimum(image, COVERED - 1) for image in images]
        rows, columns = images[0].shape[:2]
        self.whole: Rectangle = (0, 0, columns, rows)
        self._every: Window = (0, 0, columns, rows)
        self._empty, self._empty_known = self._median(range(len(images)), frozenset(), self._every)
        self._patches: dict[tuple[Key, frozenset[Key]], tuple[Image, Mask]] = {}
        self._operators: dict[Key, Rectangle] | None = None
        """The boxes of operators where they stand; None until they are looked for."""
        self._usual: NDArray[np.float64] | None = None
        """Their median, relative to the foot, in tiles."""

    def moving(self, index: int) -> list[tuple[Rectangle, int]]:
        """What moves in a frame: boxes, and how many pixels of each differ from the scene."""
        scene, known = self._scene(index)
        for box in self.hud:
            left, top, right, bottom = window_of(box, self._every)
            known[top:bottom, left:right] = False
        differs = cv2.absdiff(self._images[index], scene).max(axis=2) > DIFFERS
        return things((differs & known).astype(np.uint8))

    def is_in_sight(self, unit: Unit) -> bool:
        """Whether a unit is within the picture, and not behind the interface."""
        body = unit.body()
        return shared(body, self.whole) > HIDDEN and all(shared(body, box) < HIDDEN for box in self.hud)

    def operator_box(self, unit: Unit) -> Rectangle | None:
        """The box of an operator where it stands: as it differs from the place without it, else as large as others.
        None where no operator's was ever seen.
        """
        x, y, tile = unit.x, unit.y, unit.tile
        if self._operators is None:
            each = {one.key: one for units in self.units for one in units if one.key}
            self._operators = {key: box for key, one in each.items() if (box := self._operator_box(one))}
            shares = [_relative(each[key], box) for key, box in self._operators.items()]
            self._usual = np.median(shares, axis=0) if shares else None
        if unit.key in self._operators:
            return self._operators[unit.key]
        if self._usual is None:
            return None
        left, top, width, height = (self._usual * tile).tolist()
        return x + left, y + top, width, height

    def _operator_box(self, unit: Unit) -> Rectangle | None:
        """The box of an operator as it differs from the place without it; None where that was hardly seen."""
        window = left, top, right, bottom = window_of(unit.body(ABOUT), self._every)
        there = [index for index, units in enumerate(self.units) if any(one.key == unit.key for one in units)]
        patch, known = self._median(there, frozenset((unit.key,)), window)
        known &= self._empty_known[top:bottom, left:right]
        if known.mean() < LEAST_KNOWN:
            return None
        differs = cv2.absdiff(patch, self._empty[top:bottom, left:right]).max(axis=2) > DIFFERS
        found = max(things((differs & known).astype(np.uint8)), key=lambda one: one[1], default=None)
        if found is None or found[1] < LEAST_OPERATOR * unit.tile**2:
            return None
        x, y, width, height = found[0]
        return x + left, y + top, width, height

    def _scene(self, index: int) -> tuple[Image, Mask]:
        """What a frame shows without its enemies, and where that is known."""
        scene, known = self._empty.copy(), self._empty_known.copy()
        standing = [one for one in self.units[index] if one.key]
        for one in standing:
            place = one.body(BARS)
            near = frozenset(other.key for other in standing if shared(other.body(BARS), place))
            window = left, top, right, bottom = window_of(place, self._every)
            if (one.key, near) not in self._patches:
                there = [at for at, units in enumerate(self.units) if any(other.key == one.key for other in units)]
                self._patches[one.key, near] = self._median(there, near, window)
            scene[top:bottom, left:right], known[top:bottom, left:right] = self._patches[one.key, near]
        return scene, known

    def _median(self, frames: Sequence[int], standing: frozenset[Key], window: Window) -> tuple[Image, Mask]:
        """The median of frames in a window by pixel, and where it is known.

        Of each frame only what no enemy covers, and no operator but those `standing`, which must stand there.
        """
        left, top, right, bottom = window
        chosen = [frames[round(at)] for at in np.linspace(0, len(frames) - 1, min(len(frames), MOST_FREE))]
        bodies = {one.key: one.body(BARS) for units in self.units for one in units if one.key in standing}
        pictures = np.empty((len(chosen), bottom - top, right - left, 3), np.uint8)
        for picture, index in zip(pictures, chosen, strict=True):
            picture[:] = self._images[index][top:bottom, left:right]
            keys = {one.key for one in self.units[index]}
            covers = [one.body(BARS if one.key else APART) for one in self.units[index] if one.key not in standing]
            for box in [*covers, *(body for key, body in bodies.items() if key not in keys)]:
                x, y, end, low = window_of(box, window)
                picture[y - top : low - top, x - left : end - left] = COVERED
        pictures.sort(axis=0)
        times = (pictures[..., 0] != COVERED).sum(axis=0)
        middle = np.maximum(times - 1, 0)[None, ..., None] // 2
        return np.take_along_axis(pictures, middle, axis=0)[0], times >= LEAST_FREE


def _relative(unit: Unit, box: Rectangle) -> tuple[float, ...]:
    """A unit's box relative to its foot, in tiles."""
    return (box[0] - unit.x) / unit.tile, (box[1] - unit.y) / unit.tile, box[2] / unit.tile, box[3] / unit.tile


def things(differs: Image) -> list[tuple[Rectangle, int]]:
    """The connected parts of a mask (1 or 0): the box and the pixels of each."""
    joined = cv2.morphologyEx(differs, cv2.MORPH_CLOSE, np.ones((JOINED, JOINED), np.uint8))
    count, marks, boxes, _ = cv2.connectedComponentsWithStats(joined)
    pixels = np.bincount(marks[differs > 0], minlength=count)
    return [
        ((x, y, width, height), int(pixels[at + 1])) for at, (x, y, width, height, _) in enumerate(boxes[1:].tolist())
    ]


def window_of(box: Rectangle, within: Window) -> Window:
    """A rectangle's pixels inside a window; an empty one where it lies outside."""
    x, y, width, height = box
    left, top, right, bottom = within
    x, y, end, low = round(x), round(y), round(x + width), round(y + height)
    x, y = min(max(x, left), right), min(max(y, top), bottom)
    return x, y, max(min(end, right), x), max(min(low, bottom), y)


def shared(box: Rectangle, by: Rectangle) -> float:
    """The share of a rectangle that another one covers."""
    (x, y, width, height), (left, top, across, down) = box, by
    wide, tall = min(x + width, left + across) - max(x, left), min(y + height, top + down) - max(y, top)
    return max(0.0, wide) * max(0.0, tall) / (width * height)
