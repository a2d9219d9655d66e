"""Profiles: where things are on the screens of one user interface, as data.

A profile is a TOML file written at 1280x720. The real game lays its interface out relative to the screen's edges and
scales it so that 1280x720 fits inside: on wider screens things keep their distance to the edge they stand at, on
narrower ones too. So every rectangle and point says which edges it `keep`s to ("top right", "bottom", "centre"). A
window that is 16:9 but for a rounding shows a 16:9 picture stretched to it (seen in an emulator of 1858x1042), so there
both directions have a scale of their own.

A profile may extend a shipped one: then it is that profile with its own entries in place of those of the same name,
and with its own screens before the others. So another language of a client is a file with its words.
"""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from game.errors import InputError
from states.events import INTERRUPTIONS, SCREEN_NAMES, Outcome, ScreenName

Image = NDArray[np.uint8]
Rectangle = tuple[int, int, int, int]
"""x, y, width and height in pixels of the client area."""
Pixel = tuple[int, int]
"""x and y in pixels of the client area."""
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Level = Annotated[int, msgspec.Meta(ge=0, le=255)]
Hue = Annotated[int, msgspec.Meta(ge=0, le=179)]
Offset = Annotated[float, msgspec.Meta(ge=-1280, le=1280)]
"""Pixels at 1280x720 from one thing to another; no two things are farther apart."""
Length = Annotated[float, msgspec.Meta(ge=1, le=1280)]
Box = tuple[Offset, Offset, Length, Length]
"""x, y, width and height at 1280x720."""
Name = Annotated[str, msgspec.Meta(min_length=1)]

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


class ColourRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="colour", tag_field="kind"):
    """A test of a rectangle: the share of pixels between two HSV colours (OpenCV's scale, hue to 179) is in a span."""

    inside: str
    low: tuple[Hue, Level, Level]
    high: tuple[Hue, Level, Level]
    least: Share = 0.0
    most: Share = 1.0


class TextRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="text", tag_field="kind"):
    """A test of a rectangle: one of some words is written in it. `search` looks for lines anywhere in it (slower)."""

    inside: str
    words: str
    """The name in the profile's table of words."""
    search: bool = False


class CounterRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="counter", tag_field="kind"):
    """A test of a rectangle: a counter such as 3/39 is written in it."""

    inside: str


class CodesRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="codes", tag_field="kind"):
    """A test of a rectangle: at least one stage code (1-7, TR-25, GT-EX-1) is written somewhere in it. Finds them.

    `large`: it may stand on one line with smaller words, as in a title; such codes are not what a map is tapped by.
    """

    inside: str
    large: bool = False


ScreenRule = ColourRule | TextRule | CounterRule | CodesRule


class ScreenEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A screen is recognised when all rules hold. Several entries of one name are alternatives."""

    name: ScreenName
    all: Annotated[tuple[ScreenRule, ...], msgspec.Meta(min_length=1)]
    closed_by: str | None = None
    """The point whose tap closes an interruption; every entry of an interruption has one, and no other entry."""
    outcome: Outcome | None = None
    """What a result page says about the battle."""
    stars: str | None = None
    """The rectangle of its three stars, where they are elsewhere than the profile's `stars` says."""
    title: str | None = None
    """A rectangle whose stage code names what this screen is about; reported as found."""


class CardLayout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The hand: cards stand side by side, right-aligned at the bottom; they overlap when they are many."""

    pitch: Length
    """Distance from card to card, at most; never more than fits the width."""
    top: Offset
    height: Length
    flag: Offset
    """How far right of the card's centre the small flag above the cost hangs."""
    edge: Offset
    """How far right of the flag the class square ends and the cost box begins (usually negative: left of it)."""
    rise: Annotated[float, msgspec.Meta(ge=0, le=720)]
    """How much higher the selected card stands."""
    cost: Box
    """The cost's rectangle relative to the flag's middle and the card's top."""
    portrait: Box
    """The portrait's rectangle relative to the card's centre and top."""


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All colours between two, in HSV on OpenCV's scale, hue to 179."""

    low: tuple[Hue, Level, Level]
    high: tuple[Hue, Level, Level]


class OperatorLayout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the client draws at an operator on the field; rectangles are relative to the middle of its tile's ground."""

    bar: Box
    """The bar of its health; that of its SP hangs right below it and is as large."""
    mark: Box
    """The mark above it once its skill can be used."""
    health: Span
    """What the first bar is filled with."""
    sp: Span
    """What the second one is filled with while SP come."""
    active: Span
    """The same while the skill is active."""
    ready: Span
    """The mark's ground."""


class Buttons(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the pause and speed buttons tell what the battle is doing: by their shares of white pixels."""

    white: Level
    """Grey level above which a pixel is white."""
    running: Share
    """Least share of the pause button while running: two bars."""
    paused: Share
    """Least share of the pause button while paused: a triangle. Below it a card or a unit is selected."""
    double: Share
    """Least share of the speed button's arrows at double speed: two of them."""
    single: Share
    """Least share at single speed: one arrow. Below it the button is grey."""


class Sheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A profile as written, with what it extends filled in."""

    name: str
    words: dict[str, Annotated[tuple[Name, ...], msgspec.Meta(min_length=1)]]
    """The texts of the client by the name that text rules use: one of them must be written on the screen."""
    rectangles: dict[str, Shape]
    points: dict[str, Shape]
    screens: tuple[ScreenEntry, ...]
    cards: CardLayout
    buttons: Buttons
    operators: OperatorLayout | None = None
    """Where it is known how operators on the field are drawn, they are read without a detector."""
    stars: ColourRule | None = None
    """How a star on the result page is coloured; `inside` spans three of them side by side."""


NEEDED_RECTANGLES = ("kills", "life", "dp", "dp_bar", "slots_left", "speed", "speed_number", "pause", "unit_name")
NEEDED_POINTS = (
    "terminal", "last_stage", "stage_start", "squad_start", "result_leave", "popup_close", "back", "speed", "pause",
    "clear", "map_left", "map_right",
)  # fmt: skip
"""The points that the code names; a profile may have more for its screens."""
ABOVE_CARDS, BELOW_CARDS = 5, 29
"""Rows at 1280x720 above a raised card and below the top of any card that the Cutter looks at."""


class Profile:
    """A profile scaled to a size of the client area: rectangles and points in its pixels.

    `ui_scale` is the client's own setting of how large its interface is: things keep their distance, scaled as well, to
    the edges they stand at.
    """

    def __init__(self, sheet: Sheet, size: tuple[int, int], ui_scale: float = 1.0) -> None:
        self._sheet = sheet
        self.name = sheet.name
        self.size = size
        self.ui_scale = ui_scale
        across, down = scales(size)
        self.across, self.down = across * ui_scale, down * ui_scale
        """Pixels of the client area for one pixel of the profile, horizontally and vertically."""
        self.rectangles: dict[str, Rectangle] = {key: self._rectangle(it) for key, it in sheet.rectangles.items()}
        self.points: dict[str, Pixel] = {key: self._point(it) for key, it in sheet.points.items()}
        self.words = sheet.words
        self.screens = sheet.screens
        self.cards = sheet.cards
        self.buttons = sheet.buttons
        self.operators = sheet.operators
        self.stars = sheet.stars

    def at_scale(self, ui_scale: float) -> Profile:
        """The same profile for a client whose interface is set to another size."""
        return self if ui_scale == self.ui_scale else Profile(self._sheet, self.size, ui_scale)

    def crop(self, image: Image, name: str) -> Image:
        """The part of an image inside a rectangle of this profile (a view, no copy)."""
        x, y, width, height = self.rectangles[name]
        return image[y : y + height, x : x + width]

    @property
    def side_by_side(self) -> int:
        """How many cards stand side by side without sharing the width."""
        return int(self.size[0] // (self.cards.pitch * self.across))

    def card_pitch(self, count: int) -> float:
        """The distance in pixels from card to card in a hand of `count`."""
        return min(self.cards.pitch * self.across, self.size[0] / count)

    def card_left(self, index: int, count: int) -> float:
        """The left edge in pixels of a card's place, 0 the leftmost of `count`."""
        return self.size[0] - self.card_pitch(count) * (count - index)

    def card_middle(self, index: int, count: int) -> float:
        """The column in pixels of a card's middle, 0 the leftmost of `count`."""
        return self.card_left(index, count) + self.card_pitch(count) / 2

    def card_centre(self, index: int, count: int) -> Pixel:
        """The middle of a card, 0 the leftmost of `count`: where a drag begins."""
        return round(self.card_middle(index, count)), round(self.card_top() + self.cards.height * self.down / 2)

    def card_top(self) -> float:
        """The upper edge in pixels of a card that is not selected."""
        return self.size[1] - (HEIGHT - self.cards.top) * self.down

    def _origin(self, keep: str) -> tuple[float, float]:
        """Where the corner (0, 0) of the sheet lies for something that keeps to these edges."""
        words = keep.split()
        across = next((EDGES[word] for word in words if word in ("left", "right")), 0.5)
        down = next((EDGES[word] for word in words if word in ("top", "bottom")), 0.5)
        return across * (self.size[0] - WIDTH * self.across), down * (self.size[1] - HEIGHT * self.down)

    def _point(self, shape: Shape) -> Pixel:
        left, top = self._origin(shape.keep)
        return round(left + shape.at[0] * self.across), round(top + shape.at[1] * self.down)

    def _rectangle(self, shape: Shape) -> Rectangle:
        x, y = self._point(shape)
        return x, y, round(shape.at[2] * self.across), round(shape.at[3] * self.down)


def scales(size: tuple[int, int]) -> tuple[float, float]:
    """Pixels of the client area for one of the profile's, horizontally and vertically; they differ only in a window
    that is nearly 16:9.
    """
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
    return Profile(read_sheet(path), size)


def shipped_profiles() -> tuple[str, ...]:
    """The names of the profiles that come with the project."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def read_sheet(path: Path) -> Sheet:
    """The sheet in a TOML file, checked, with what it extends filled in. Raises ProfileError in one line."""
    table = read_table(path)
    problems = unknown_screens(table)
    if problems:
        raise ProfileError(f"{path.name}: {'; '.join(problems)}")
    try:
        sheet = msgspec.convert(table, Sheet)
    except msgspec.ValidationError as error:
        raise ProfileError(f"{path.name}: {str(error).splitlines()[0]}") from error
    problems = problems_of(sheet)
    if problems:
        raise ProfileError(f"{path.name}: {'; '.join(problems)}")
    return sheet


def read_table(path: Path, extending: tuple[Path, ...] = ()) -> dict[str, Any]:
    """The tables of a TOML file over those of the shipped profile it `extends`; `extending` are the files before it.

    Raises ProfileError when a file cannot be read or there is no such profile to extend.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:  # Python also refuses a number of 5,000 digits
        raise ProfileError(f"{path.name}: {str(error).splitlines()[0]}") from error
    base = table.pop("extends", None)
    if base is None:
        return table
    chain = (*extending, path)
    if base not in shipped_profiles() or FOLDER / f"{base}.toml" in chain:
        known = ", ".join(name for name in shipped_profiles() if FOLDER / f"{name}.toml" not in chain)
        raise ProfileError(f"{path.name}: cannot extend {base!r}; profiles to extend are: {known}")
    return merged(read_table(FOLDER / f"{base}.toml", chain), table)


def merged(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Two profiles' tables as one: own entries replace those of the same name, own screens stand before the others."""
    both = base | own
    for key, value in own.items():
        inherited = base.get(key)
        if isinstance(value, dict) and isinstance(inherited, dict):
            both[key] = inherited | value
        if isinstance(value, list) and isinstance(inherited, list):
            both[key] = value + inherited
    return both


def unknown_screens(table: dict[str, Any]) -> list[str]:
    """A phrase for each name of a screen that the machine does not know, with the nearest it knows."""
    entries = table.get("screens")
    names = [entry.get("name") for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    return [
        f"screens: there is no screen {name!r}; {nearest(name, SCREEN_NAMES)}"
        for name in names
        if isinstance(name, str) and name not in SCREEN_NAMES
    ]


def nearest(name: str, known: tuple[str, ...]) -> str:
    """The remedy for a name that is not known: the nearest known one, else all of them."""
    near = get_close_matches(name, known, 1)
    return f"did you mean {near[0]!r}?" if near else f"known are: {', '.join(known)}"


def problems_of(sheet: Sheet) -> list[str]:
    """What is missing or wrong in a sheet whose types are right, one phrase each."""
    problems = [f"rectangles.{key} is missing" for key in NEEDED_RECTANGLES if key not in sheet.rectangles]
    problems += [f"points.{key} is missing" for key in NEEDED_POINTS if key not in sheet.points]
    for key, shape in sheet.rectangles.items():
        problems += shape_problems(f"rectangles.{key}", shape, numbers=4)
    for key, shape in sheet.points.items():
        problems += shape_problems(f"points.{key}", shape, numbers=2)
    for screen in sheet.screens:
        problems += screen_problems(screen, sheet)
    if sheet.stars and sheet.stars.inside not in sheet.rectangles:
        problems.append(f"stars uses rectangles.{sheet.stars.inside}, which is missing")
    if not sheet.cards.rise + ABOVE_CARDS <= sheet.cards.top <= HEIGHT - BELOW_CARDS:
        problems.append(
            f"cards.top must be between cards.rise + {ABOVE_CARDS} and {HEIGHT - BELOW_CARDS}, is {sheet.cards.top:g}"
        )
    return problems


def shape_problems(place: str, shape: Shape, numbers: int) -> list[str]:
    """What is wrong with a rectangle (4 numbers) or a point (2): all of it must lie on the screen of 1280x720."""
    if len(shape.at) != numbers:
        return [f"{place}.at must have {numbers} numbers, has {len(shape.at)}"]
    unknown = set(shape.keep.split()) - set(EDGES)
    problems = [f"{place}.keep knows {', '.join(EDGES)}, not {', '.join(sorted(unknown))}"] if unknown else []
    x, y, width, height = (*shape.at, 1, 1)[:4]
    if not (x >= 0 and y >= 0 and width >= 1 and height >= 1 and x + width <= WIDTH and y + height <= HEIGHT):
        size = " and be 1 pixel wide and high or more" if numbers == 4 else ""
        problems.append(f"{place}.at must lie on the screen of {WIDTH}x{HEIGHT}{size}, is {list(shape.at)}")
    return problems


def screen_problems(screen: ScreenEntry, sheet: Sheet) -> list[str]:
    """What is wrong with a screen's entry: names of rectangles, words and points that the sheet does not have."""
    used = {rule.inside for rule in screen.all} | {name for name in (screen.title, screen.stars) if name}
    words = {rule.words for rule in screen.all if isinstance(rule, TextRule)}
    place = f"screen {screen.name}"
    problems = [f"{place} uses rectangles.{key}, which is missing" for key in sorted(used - set(sheet.rectangles))]
    problems += [f"{place} uses words.{key}, which is missing" for key in sorted(words - set(sheet.words))]
    if screen.closed_by is None and screen.name in INTERRUPTIONS:
        problems.append(f"{place} needs closed_by: the point that closes it")
    if screen.closed_by is not None and screen.name not in INTERRUPTIONS:
        problems.append(f"{place} cannot have closed_by: only {' and '.join(INTERRUPTIONS)} can")
    if screen.closed_by is not None and screen.closed_by not in sheet.points:
        problems.append(f"{place} uses points.{screen.closed_by}, which is missing")
    problems += [
        f"{place}: least must not be above most (in {rule.inside})"
        for rule in screen.all
        if isinstance(rule, ColourRule) and rule.least > rule.most
    ]
    return problems
