"""From tiles to pixels and back: the game's own projection (rules and constants: Arknights-Tile-Pos).

X grows to the right, Y upwards on the map, Z away from the viewer; a tile is one unit wide. The normal view shows the
running battle; the tilted view shows while a card or a unit is selected.
"""

from __future__ import annotations

import math

Vector = tuple[float, float, float]

ELEVATION = math.radians(30)
"""Angle in radians by which the camera looks down."""
SIDEWAYS = math.radians(10)
"""Angle in radians by which the tilted view is turned about the vertical axis."""
FIELD = math.tan(math.radians(20))
"""Tangent of half the vertical angle of view."""
HIGH = 0.4
"""Height of high ground above low ground, in tiles."""
HOVER = 0.35
"""Height in tiles above the low ground at which flying enemies are drawn; our choice, the real one is not measured."""
BUTTON_OFFSET = 1.3143
BUTTON_LIFT = 0.39679
"""Distance of a selected unit's buttons from its tile, in tiles: sideways and up. The camera then follows the unit."""


class Camera:
    """The view of a map of `height` x `width` tiles on a client area of `size` (width, height) pixels.

    `view` is the camera's place (x, y, z) in the normal and in the tilted view, as a `Stage` has it.
    """

    def __init__(
        self, height: int, width: int, view: tuple[Vector, Vector], size: tuple[int, int] = (1280, 720)
    ) -> None:
        self.height, self.width, self.size = height, width, size
        self._aspect = size[1] / size[0]
        # The camera is farther away on screens narrower than 16:9.
        narrow = max(0.0, (self._aspect - 9 / 16) / (3 / 4 - 9 / 16))
        self._places = tuple((x, y - 1.4 * narrow, z - 2.8 * narrow) for x, y, z in view)

    def pixel(
        self,
        row: float,
        col: float,
        high: bool = False,
        tilted: bool = False,
        *,
        focus: tuple[float, float] | None = None,
        lift: float = 0.0,
    ) -> tuple[float, float]:
        """The pixel (x, y) of a point of the map, `lift` tiles above its ground; fractions lie between tile centres.

        With a `focus` the camera has moved to that (row, col), as it does when a unit is selected.
        """
        x, y = self._plane(row, col)
        return self._project((x, y, -lift - HIGH * high), self._place(tilted, focus), tilted)

    def tile(
        self, x: float, y: float, high: bool = False, tilted: bool = False, *, lift: float = 0.0
    ) -> tuple[float, float]:
        """The (row, col) seen at a pixel, `lift` tiles above low or high ground; the inverse of `pixel`."""
        across, down = 2 * x / self.size[0] - 1, 1 - 2 * y / self.size[1]
        ray = self._turned_back((across / self._aspect * FIELD, down * FIELD, -1.0), tilted)
        place = self._place(tilted)
        far = (-lift - HIGH * high - place[2]) / ray[2]
        return (self.height - 1) / 2 - place[1] - far * ray[1], (self.width - 1) / 2 + place[0] + far * ray[0]

    def polygon(
        self,
        row: float,
        col: float,
        high: bool = False,
        tilted: bool = False,
        *,
        focus: tuple[float, float] | None = None,
    ) -> list[tuple[float, float]]:
        """The pixels (x, y) of a tile's four corners, clockwise from the upper left."""
        corners = ((-0.5, -0.5), (-0.5, 0.5), (0.5, 0.5), (0.5, -0.5))
        return [self.pixel(row + down, col + right, high, tilted, focus=focus) for down, right in corners]

    def retreat_button(self, row: float, col: float, high: bool = False) -> tuple[float, float]:  # noqa: ARG002
        """The pixel of the retreat button of a selected unit; its height is the same over low and high ground."""
        return self._button(row, col, -BUTTON_OFFSET)

    def skill_button(self, row: float, col: float, high: bool = False) -> tuple[float, float]:  # noqa: ARG002
        """The pixel of the skill button of a selected unit; its height is the same over low and high ground."""
        return self._button(row, col, BUTTON_OFFSET)

    def _button(self, row: float, col: float, right: float) -> tuple[float, float]:
        """The pixel of a button to the lower right of a unit, or with a negative `right` to its upper left."""
        return self.pixel(row + right, col + right, tilted=True, focus=(row, col), lift=BUTTON_LIFT)

    def _place(self, tilted: bool, focus: tuple[float, float] | None = None) -> Vector:
        """The place of the camera."""
        x, y, z = self._places[tilted]
        right, up = self._plane(*focus) if focus else (0.0, 0.0)
        return x + right, y + up, z

    def _plane(self, row: float, col: float) -> tuple[float, float]:
        """X and Y of a point of the map; the middle of the map is the origin."""
        return col - (self.width - 1) / 2, (self.height - 1) / 2 - row

    def _project(self, point: Vector, place: Vector, tilted: bool) -> tuple[float, float]:
        """The pixel of a point of the world, seen from a place."""
        x, y, z = (one - other for one, other in zip(point, place, strict=True))
        if tilted:
            cosine, sine = math.cos(SIDEWAYS), math.sin(SIDEWAYS)
            x, z = cosine * x + sine * z, cosine * z - sine * x
        cosine, sine = math.cos(ELEVATION), math.sin(ELEVATION)
        y, depth = cosine * y - sine * z, sine * y + cosine * z
        across, down = self._aspect / FIELD * x / depth, y / FIELD / depth
        return (1 + across) / 2 * self.size[0], (1 - down) / 2 * self.size[1]

    def _turned_back(self, ray: Vector, tilted: bool) -> Vector:
        """A direction along the camera's axes as one along the world's axes."""
        x, y, z = ray
        cosine, sine = math.cos(ELEVATION), math.sin(ELEVATION)
        y, z = cosine * y - sine * z, -sine * y - cosine * z
        if tilted:
            cosine, sine = math.cos(SIDEWAYS), math.sin(SIDEWAYS)
            x, z = cosine * x - sine * z, sine * x + cosine * z
        return x, y, z
