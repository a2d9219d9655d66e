"""Profiles: where things are on the screens of one user interface, as data.

A profile is a TOML file written at 1280x720. The real game lays its interface out relative to the screen's edges and
scales it so that 1280x720 fits inside: on wider screens things keep their distance to the edge they stand at, on
narrower ones too. So every rectangle and point says which edges it `keep`s to ("top right", "bottom", "centre"). A
window that is 16:9 but for a rounding shows a 16:9 picture stretched to it (seen in an emulator of 1858x1042), so there
both directions have a scale of their own.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from game.errors import InputError

Image = NDArray[np.uint8]
Rectangle = tuple[int, int, int, int]
Point = tuple[int, int]

WIDTH, HEIGHT = 1280, 720
STRETCHED = 0.015
"""How far from 16:9 a window may be and still show a stretched 16:9 picture."""
FOLDER = Path(__file__).parent / "profiles"
EDGES = {"left": 0.0, "right": 1.0, "top": 0.0, "bottom": 1.0, "centre": 0.5}


class ProfileError(InputError):
    """A profile cannot be used. The message names the profile, the place in it and the remedy, in one line."""


class Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rectangle (x, y, width, height) or a point (x, y) at 1280x720, and the edges it keeps its distance to."""

    at: tuple[float, ...]
    keep: str = "centre"


class Colour(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="colour", tag_field="kind"):
    """A test of a rectangle: the share of pixels between two HSV colours (OpenCV's scale, hue to 179) is in a span."""

    inside: str
    low: tuple[int, int, int]
    high: tuple[int, int, int]
    least: float = 0.0
    most: float = 1.0


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="text", tag_field="kind"):
    """A test of a rectangle: one of the words is written in it. `search` looks for lines anywhere in it (slower)."""

    inside: str
    words: tuple[str, ...]
    search: bool = False


class Counter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="counter", tag_field="kind"):
    """A test of a rectangle: a counter such as 3/39 is written in it."""

    inside: str


class Codes(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="codes", tag_field="kind"):
    """A test of a rectangle: at least one stage code (1-7, TR-25, GT-EX-1) is written somewhere in it. Finds them."""

    inside: str


Rule = Colour | Text | Counter | Codes


class ScreenRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A screen is recognised when all rules hold. Several entries of one name are alternatives."""

    name: str
    all: tuple[Rule, ...]
    outcome: Literal["won", "lost"] | None = None
    """What a result page says about the battle."""
    title: str | None = None
    """A rectangle whose stage code names what this screen is about; reported as found."""


class CardLayout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The hand: cards stand side by side, right-aligned at the bottom; they overlap when they are many."""

    pitch: float
    """Distance from card to card, at most; never more than fits the width."""
    top: float
    height: float
    flag: float
    """How far right of the card's centre the small flag above the cost hangs."""
    edge: float
    """How far right of the flag (so, mostly, a negative number) the class square ends and the cost box begins."""
    rise: float
    """How much higher the selected card stands."""
    cost: tuple[float, float, float, float]
    """The cost's rectangle relative to the flag's middle and the card's top."""
    portrait: tuple[float, float, float, float]
    """The portrait's rectangle relative to the card's centre and top."""


class Buttons(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the pause and speed buttons tell what the battle is doing: by their shares of white pixels."""

    white: int
    """Grey level above which a pixel is white."""
    running: float
    """Least share of the pause button while running: two bars."""
    paused: float
    """Least share of the pause button while paused: a triangle. Below it a card or a unit is selected."""
    double: float
    """Least share of the speed button's arrows at double speed: two of them."""
    single: float
    """Least share at single speed: one arrow. Below it the button is grey."""


class Sheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A profile as written."""

    name: str
    rectangles: dict[str, Shape]
    points: dict[str, Shape]
    screens: tuple[ScreenRules, ...]
    cards: CardLayout
    buttons: Buttons
    stars: Colour | None = None
    """How a star on the result page is coloured; `inside` spans three of them side by side."""


NEEDED_RECTANGLES = ("kills", "life", "dp", "slots_left", "speed", "pause")
NEEDED_POINTS = (
    "terminal", "last_stage", "stage_start", "squad_start", "result_leave", "popup_close", "connection_confirm", "back",
    "speed", "pause", "clear", "map_left", "map_right",
)  # fmt: skip


class Profile:
    """A profile scaled to a size of the client area: rectangles and points in its pixels."""

    def __init__(self, sheet: Sheet, size: tuple[int, int]) -> None:
        self.name = sheet.name
        self.size = size
        self.across, self.down = scales(size)
        """Pixels for one of the profile's, in both directions."""
        self.rectangles: dict[str, Rectangle] = {key: self._rectangle(it) for key, it in sheet.rectangles.items()}
        self.points: dict[str, Point] = {key: self._point(it) for key, it in sheet.points.items()}
        self.screens = sheet.screens
        self.cards = sheet.cards
        self.buttons = sheet.buttons
        self.stars = sheet.stars

    def crop(self, image: Image, name: str) -> Image:
        """The part of an image inside a rectangle of this profile (a view, no copy)."""
        x, y, width, height = self.rectangles[name]
        return image[y : y + height, x : x + width]

    def card_pitch(self, count: int) -> float:
        """The distance in pixels from card to card in a hand of `count`."""
        return min(self.cards.pitch * self.across, self.size[0] / count)

    def card_left(self, index: int, count: int) -> float:
        """The left edge in pixels of a card's place, 0 the leftmost of `count`."""
        return self.size[0] - self.card_pitch(count) * (count - index)

    def card_centre(self, index: int, count: int) -> Point:
        """The middle of a card, 0 the leftmost of `count`: where a drag begins."""
        middle = self.card_left(index, count) + self.card_pitch(count) / 2
        return round(middle), round(self.card_top() + self.cards.height * self.down / 2)

    def card_top(self) -> float:
        """The upper edge in pixels of a card that is not selected."""
        return self.size[1] - (HEIGHT - self.cards.top) * self.down

    def _origin(self, keep: str) -> tuple[float, float]:
        """Where the corner (0, 0) of the sheet lies for something that keeps to these edges."""
        words = keep.split()
        across = next((EDGES[word] for word in words if word in ("left", "right")), 0.5)
        down = next((EDGES[word] for word in words if word in ("top", "bottom")), 0.5)
        return across * (self.size[0] - WIDTH * self.across), down * (self.size[1] - HEIGHT * self.down)

    def _point(self, shape: Shape) -> Point:
        left, top = self._origin(shape.keep)
        return round(left + shape.at[0] * self.across), round(top + shape.at[1] * self.down)

    def _rectangle(self, shape: Shape) -> Rectangle:
        x, y = self._point(shape)
        return x, y, round(shape.at[2] * self.across), round(shape.at[3] * self.down)


def scales(size: tuple[int, int]) -> tuple[float, float]:
    """Pixels for one of the profile's across and down: the same but where the window is nearly 16:9."""
    across, down = size[0] / WIDTH, size[1] / HEIGHT
    if abs(across / down - 1) < STRETCHED:
        return across, down
    return min(across, down), min(across, down)


def load_profile(name_or_path: str | Path, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Profile:
    """The profile of a shipped user interface, or of a file, scaled to a client area of `size` pixels.

    Raises ProfileError with one line when there is no such profile or it is not written as it must be.
    """
    path = Path(name_or_path)
    if path.suffix != ".toml":
        path = FOLDER / f"{name_or_path}.toml"
    if not path.is_file():
        raise ProfileError(f"{name_or_path}: no such profile; shipped are: {', '.join(shipped_profiles())}")
    try:
        sheet = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Sheet)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise ProfileError(f"{path.name}: {str(error).splitlines()[0]}") from error
    problems = problems_of(sheet)
    if problems:
        raise ProfileError(f"{path.name}: {'; '.join(problems)}")
    return Profile(sheet, size)


def shipped_profiles() -> tuple[str, ...]:
    """The names of the profiles that come with the project."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def problems_of(sheet: Sheet) -> list[str]:
    """What a well-formed sheet lacks or gets wrong, one phrase each."""
    problems = [f"rectangles.{key} is missing" for key in NEEDED_RECTANGLES if key not in sheet.rectangles]
    problems += [f"points.{key} is missing" for key in NEEDED_POINTS if key not in sheet.points]
    for kind, length, shapes in (("rectangles", 4, sheet.rectangles), ("points", 2, sheet.points)):
        for key, shape in shapes.items():
            if len(shape.at) != length:
                problems.append(f"{kind}.{key}.at must have {length} numbers, has {len(shape.at)}")
            unknown = set(shape.keep.split()) - set(EDGES)
            if unknown:
                problems.append(f"{kind}.{key}.keep knows {', '.join(EDGES)}, not {', '.join(sorted(unknown))}")
    for screen in sheet.screens:
        used = {rule.inside for rule in screen.all} | ({screen.title} if screen.title else set())
        problems += [
            f"screen {screen.name} uses rectangles.{key}, which is missing"
            for key in sorted(used - set(sheet.rectangles))
        ]
    return problems
