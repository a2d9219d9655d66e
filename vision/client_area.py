"""Where in a frame the game's client area is: its place and size, found again after the window was moved or resized.

Two ways, both cheap enough for a frame now and then. A plain border around the game gives its rectangle exactly. Where
a part of the game lies outside the frame, or the desktop is not plain, features of the last picture that was known are
found again, and how they are displaced says where the whole rectangle is, the invisible part too.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.shrinking import shrunk_to

Image = NDArray[np.uint8]
Thumbnail = NDArray[np.float32]
FoundFeatures = tuple[NDArray[np.float32], NDArray[np.uint8]]
"""Where an image's features are, as pixels, and their descriptors."""

ALIKE = 2
"""Grey levels by which the pixels of a plain border may differ."""
LINES = 16
"""Lines of a picture that are searched for the end of a border at once."""
SLACK = 4
"""Pixels by which an area may be found elsewhere and still be the same."""
OVERHANG = 4
"""Pixels by which an area may lie outside the frame and still be whole: features tell its place to a pixel or two."""
LEAST_SIZE = 0.4
"""Least width and height of the client area, as a share of its usual ones: below that, text cannot be read."""
MOST_SIZE = 2.5
"""Most of them."""
SEARCH_SECONDS = 0.5
"""Seconds from one search for features to the next: one takes about 50 ms."""
SHAPE = 2
"""Pixels by which the height may differ from what the width and the usual shape ask for."""
SHRUNK = 0.97
"""A plain border counts as the desktop when it leaves at most this share of the width: pages have margins too."""
THUMBNAIL = (96, 54)
"""Size at which two pictures are compared as a whole."""
SAME = 0.8
"""Correlation of two thumbnails from which they show the same."""
CUT = 0.95
"""Correlation of a picture with the one before below which the page, or the window's place, has changed."""
LEAST_SEEN = 0.3
"""Least share of its width and height that must be seen of an area for its features to tell its place."""
FEATURES = 1500
"""Features of a picture that are looked for at most."""
SMOOTH = 1.6
"""Blur in pixels before features are looked for: an enlarged picture is blocky, which doubles those that agree."""
LEAST_FEATURES = 10
"""Least number of features that must agree on where the area is; among wrong matches about 5 agree by chance."""
LEAST_AGREEING = 0.04
"""Least share of the matched features that must agree; measured: 0.05 and up in a battle enlarged by a fifth."""
UPRIGHT = 0.01
"""Most that the area may seem turned, in radians: windows are never turned, wrong matches are."""


STEP = 12
"""Grey levels by which neighbouring pixels differ at an edge."""
CLOSE = 3
"""Pixels from an area's side, or from an image's border, that are close to it."""
FRAME = 0.8
"""Least share of a side along which a frame has an edge."""


class Area(NamedTuple):
    """A rectangle of a frame, in its pixels; parts of it may lie outside the frame."""

    x: int
    y: int
    width: int
    height: int

    def is_near(self, other: Area) -> bool:
        """Whether the two differ by no more than `SLACK` pixels in anything."""
        return max(abs(one - two) for one, two in zip(self, other, strict=True)) <= SLACK

    def within(self, image: Image) -> Area | None:
        """The area without what overhangs the image by at most `OVERHANG` pixels; None where more lies outside."""
        height, width = image.shape[:2]
        left, top = max(self.x, 0), max(self.y, 0)
        area = Area(left, top, min(self.x + self.width, width) - left, min(self.y + self.height, height) - top)
        cut = max(abs(one - two) for one, two in zip(self, area, strict=True))
        return area if cut <= OVERHANG else None

    def cut(self, image: Image) -> Image:
        """The part of an image inside this area, which must lie in it (a view, no copy)."""
        return image[self.y : self.y + self.height, self.x : self.x + self.width]

    def picture(self, image: Image, size: tuple[int, int]) -> Image:
        """The part of an image inside this area, at `size` (width, height)."""
        part = self.cut(image)
        if (self.width, self.height) == size:
            return part
        smaller = self.width > size[0]
        return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR))

    def pixel(self, x: float, y: float, size: tuple[int, int]) -> tuple[int, int]:
        """The frame's pixel under a pixel of the client area's picture of `size`."""
        return round(self.x + x * self.width / size[0]), round(self.y + y * self.height / size[1])


def has_usual_shape(area: Area, size: tuple[int, int]) -> bool:
    """Whether an area can be the client area whose usual size is `size`."""
    factor = area.width / size[0]
    return LEAST_SIZE <= factor <= MOST_SIZE and abs(size[1] * factor - area.height) <= SHAPE * max(1.0, factor)


def is_framed(image: Image, area: Area, *, inside: bool = False) -> bool:
    """Whether an edge runs along nearly all of each side of an area, which no page of the game has inside it.

    With `inside` only those sides count that do not lie along the image's own border.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.int16)
    part = grey[area.y : area.y + area.height, :], grey[:, area.x : area.x + area.width].T
    ends = (area.x, area.x + area.width), (area.y, area.y + area.height)
    sides = ((lines, at) for lines, both in zip(part, ends, strict=True) for at in both)
    return all(_is_edge(lines, at) for lines, at in sides if not inside or CLOSE < at < lines.shape[1] - CLOSE)


def _is_edge(lines: NDArray[np.int16], column: int) -> bool:
    """Whether the pixels left and right of a place between two columns differ in nearly all lines."""
    first, last = max(column - CLOSE, 0), min(column + CLOSE, lines.shape[1])
    steps = (np.abs(np.diff(lines[:, first:last], axis=1)) > STEP).mean(axis=0)
    return bool(steps.size) and float(steps.max()) >= FRAME


def likeness(one: Image, other: Image) -> float:
    """The correlation of two pictures as a whole, from -1 to 1; 0 where one is plain."""
    return _correlation(_thumbnail(one), _thumbnail(other))


def _correlation(one: Thumbnail, other: Thumbnail) -> float:
    """The correlation of two pictures whose thumbnails these are."""
    return float((one * other).mean())


def _thumbnail(picture: Image) -> Thumbnail:
    """A picture's grey levels at `THUMBNAIL`, with mean 0 and variance 1."""
    small = shrunk_to(np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8), THUMBNAIL)
    level = small.astype(np.float32) - float(small.mean())
    return np.asarray(level / max(float(level.std()), 1e-3), np.float32)


def inside_borders(image: Image) -> Iterator[Area]:
    """What plain borders along the image's sides leave, for each colour that such a border has."""
    colours = {tuple(line[0].tolist()) for line in _sides(image) if np.ptp(line, axis=0).max() <= ALIKE}
    for colour in sorted(colours):
        span = np.clip(np.add(colour, -ALIKE), 0, 255), np.clip(np.add(colour, ALIKE), 0, 255)
        rows, columns = image, image.transpose(1, 0, 2)
        top, bottom, left, right = (_plain_lines(lines, span) for lines in (rows, rows[::-1], columns, columns[::-1]))
        if top < len(rows):
            yield Area(left, top, len(columns) - left - right, len(rows) - top - bottom)


def _plain_lines(lines: Image, span: tuple[NDArray[np.int64], NDArray[np.int64]]) -> int:
    """How many lines are of one colour before the first that is not; all pixels of such a line lie in the span."""
    for start in range(0, len(lines), LINES):
        block = lines[start : start + LINES]
        plain = cv2.inRange(block, *span).min(axis=1) > 0
        if not plain.all():
            return start + int(plain.argmin())
    return len(lines)


def _sides(image: Image) -> tuple[Image, ...]:
    """The outermost lines of an image."""
    return image[0], image[-1], image[:, 0], image[:, -1]


class Features:
    """The features of one picture of the client area, by which it is found again."""

    def __init__(self, picture: Image, found: FoundFeatures | None = None) -> None:
        self._picture = picture
        self._points, self._descriptors = found or _features(picture)

    def find(self, image: Image, found: FoundFeatures | None = None) -> Area | None:
        """Where the picture is in an image, moved and scaled; None where too few features agree.

        `found` has the features of the image where they are known already.
        """
        points, descriptors = found or _features(image)
        if min(len(points), len(self._points)) < LEAST_FEATURES:
            return None
        matches = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(self._descriptors, descriptors)
        if len(matches) < LEAST_FEATURES:
            return None
        here = np.array([self._points[match.queryIdx] for match in matches])
        there = np.array([points[match.trainIdx] for match in matches])
        matrix, agree = cv2.estimateAffinePartial2D(here, there, method=cv2.RANSAC, ransacReprojThreshold=3.0)
        if matrix is None or agree.sum() < max(LEAST_FEATURES, LEAST_AGREEING * len(matches)):
            return None
        scale, turned = float(np.hypot(*matrix[:, 0])), float(np.arctan2(matrix[1, 0], matrix[0, 0]))
        if abs(turned) > UPRIGHT:
            return None
        x, y = (round(float(value)) for value in matrix[:, 2])
        height, width = self._picture.shape[:2]
        area = Area(x, y, round(width * scale), round(height * scale))
        return area if self.likeness(area, image) >= SAME else None

    def likeness(self, area: Area, image: Image) -> float:
        """How much what can be seen of the area looks like that part of the picture, from -1 to 1: pages share some
        features. -1 where too little of the area can be seen.
        """
        left, top = max(area.x, 0), max(area.y, 0)
        right, bottom = min(area.x + area.width, image.shape[1]), min(area.y + area.height, image.shape[0])
        seen = Area(left, top, right - left, bottom - top)
        if min(seen.width / area.width, seen.height / area.height) < LEAST_SEEN:
            return -1.0
        scale = self._picture.shape[1] / area.width
        edges = [round(one * scale) for one in (left - area.x, top - area.y, seen.width, seen.height)]
        return likeness(Area(*edges).cut(self._picture), seen.cut(image))


def _features(image: Image) -> FoundFeatures:
    """The features of an image."""
    grey = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), (0, 0), SMOOTH)
    points, descriptors = cv2.ORB.create(FEATURES).detectAndCompute(grey, None)
    if descriptors is None:
        return np.empty((0, 2), np.float32), np.empty((0, 32), np.uint8)
    return np.array([point.pt for point in points], np.float32), np.asarray(descriptors, np.uint8)


class _Looked:
    """An image, and what was found in it so far: each thing is worked out once, when it is first asked for."""

    def __init__(self, image: Image) -> None:
        self.image = image
        self._thumbnails: dict[Area, Thumbnail] = {}

    @cached_property
    def boxes(self) -> list[Area]:
        """What plain borders leave of the image."""
        return list(inside_borders(self.image))

    @cached_property
    def features(self) -> FoundFeatures:
        """Its features."""
        return _features(self.image)

    def thumbnail(self, area: Area) -> Thumbnail:
        """The thumbnail of a part of it."""
        if area not in self._thumbnails:
            self._thumbnails[area] = _thumbnail(area.cut(self.image))
        return self._thumbnails[area]


class Place:
    """Where the client area is, as far as the frames so far tell; `size` is its usual (width, height).

    `outside` says that a part of it lies outside the frame: then nothing can be read or touched until it is back.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size
        self.area = Area(0, 0, *size)
        """The whole client area as it was seen last."""
        self._usual = self.area
        self.outside = False
        self._looked = _Looked(np.empty((0, 0, 3), np.uint8))
        """The last image."""
        self._known: Image | None = None
        self._known_in: tuple[_Looked, Area] = self._looked, self.area
        """The image in which this picture was known, and where."""
        self._features: Features | None = None
        self.searched_at = -SEARCH_SECONDS
        """When features were last searched for."""

    def settle(self, area: Area) -> None:
        """The whole client area is here."""
        self.area, self.outside = area, False

    def learn(self, image: Image, picture: Image) -> None:
        """By what the client area of an image shows, a known screen, it is found again."""
        self._known, self._known_in, self._features = picture, (self._look(image), self.area), None

    def _look(self, image: Image) -> _Looked:
        """What is found in an image, which stays as it is."""
        if self._looked.image is not image:
            self._looked = _Looked(image)
        return self._looked

    def is_doubtful(self, image: Image) -> bool:
        """Whether the area should be searched before it is read: it was outside, borders differ, or there was a cut."""
        if self._known is None or self.outside:
            return True
        looked, (before, area) = self._look(image), self._known_in
        alike = len(looked.boxes) == len(before.boxes) and all(map(Area.is_near, looked.boxes, before.boxes))
        return not alike or _correlation(before.thumbnail(area), looked.thumbnail(self.area)) < CUT

    def candidates(self, image: Image, t: float) -> Iterator[Area]:
        """Where the client area may be at time `t`, the likeliest first; among the last where it was before, and in the
        beginning.

        A candidate that lies partly outside the image is certain: its features were found.
        """
        is_due = t - self.searched_at >= SEARCH_SECONDS
        if self.outside and not is_due:
            return
        self.searched_at = t if is_due else self.searched_at
        found = self._find(image) if is_due else None
        boxes = [box for box in self._look(image).boxes if has_usual_shape(box, self.size)]
        boxed = next((box for box in boxes if found is not None and box.is_near(found)), None)
        if boxed is None:
            yield from (box for box in boxes if box.width <= SHRUNK * image.shape[1])
        likeliest = self.area if found is None or found.is_near(self.area) else boxed or found
        if self._ends_nowhere(likeliest, image):
            yield self._usual
            yield likeliest
        else:
            yield from dict.fromkeys((likeliest, self._usual) if found is None else (likeliest,))

    def _ends_nowhere(self, area: Area, image: Image) -> bool:
        """Whether an area that is whole in an image, and not all of it, has neither a plain border nor an edge around.

        Then it is most likely a part of a picture that goes on beside it: a dialog was read there that lay elsewhere,
        since the window had just been moved or resized. By that alone the error would last.
        """
        part = area.within(image)
        if part is None or area == self._usual or any(map(area.is_near, self._look(image).boxes)):
            return False
        return not is_framed(image, part, inside=True)

    def _find(self, image: Image) -> Area | None:
        """Where the picture that was known last is now.

        Features tell it to some pixels only, in a battle seen small to ten: a place that looks less like the picture
        than where the area is now is none. Such an error would stay, since the next picture would be cut out there.
        """
        if self._known is None:
            return None
        if self._features is None:
            before, area = self._known_in
            is_whole = area == self._usual == Area(0, 0, *before.image.shape[1::-1])
            self._features = Features(self._known, before.features if is_whole else None)
        found = self._features.find(image, self._look(image).features)
        if found is None or not LEAST_SIZE <= found.width / self.size[0] <= MOST_SIZE:
            return None
        is_better = self._features.likeness(found, image) > self._features.likeness(self.area, image)
        return found if is_better else self.area
