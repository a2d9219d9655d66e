"""The practice game's look, and the folder that can replace it, so that eyes can be tried on what they never saw.

A folder holds `skin.toml` (all of it optional) and pictures, which may be transparent:

- `portraits/NAME.png`, `operators/NAME.png` (looking right) and `enemies/LOOK.png`: an operator's picture on its card,
  an operator on the field, an enemy on the field. What has no picture is drawn as usual.
- `scenery/*.png`: what stands on tiles where no unit walks or stands, and lies smaller on the others; `clutter` is the
  share of the tiles that have some.

What a client's profile goes by stays: where things are, the orange mark beside the kills, white numbers on dark plates,
light class squares on the cards, the grey bar with the arrow back. Bars and marks at operators are drawn as the real
client draws them: of one size on the screen, whatever the distance.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import msgspec
import pygame

from game.actions import LEFT
from game.characters.models import Operator
from game.errors import InputError
from game.practice import art
from game.practice.art import WHITE, operator_token, portrait
from game.practice.enemies import enemy_token

FILE = "skin.toml"
PICTURES = ("portraits", "operators", "enemies", "scenery")
"""The folders of pictures."""
LARGEST = 2048
"""Pixels that a picture may be wide or high."""
FONTS = (b"\0\1\0\0", b"true", b"OTTO", b"ttcf")
"""What a font's file begins with."""
LETTERS = "0123456789 ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""What every font is made equally wide with, so that texts fit their places."""

Level = Annotated[int, msgspec.Meta(ge=0, le=255)]
Dark = Annotated[int, msgspec.Meta(ge=0, le=90)]
Colour = tuple[Level, Level, Level]


class SkinError(InputError):
    """A skin cannot be used. The message names the folder or file and what is wrong with it, in one line."""


class Colours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The colours (red, green, blue) that a skin may change; the defaults are the practice game's own."""

    around: Colour = (26, 28, 34)
    """Behind the map."""
    ground: Colour = (84, 88, 96)
    high_top: Colour = (150, 154, 158)
    """High ground on which operators stand."""
    high_side: Colour = (62, 64, 70)
    forbidden: Colour = (44, 46, 54)
    """Tiles on which no unit walks or stands."""
    edge: Colour = (104, 108, 116)
    """Lines between tiles on which operators stand."""
    entrance: Colour = (232, 60, 50)
    exit: Colour = (60, 150, 250)
    star: Colour = (250, 204, 60)
    """A star of a result. The real client's are light blue."""
    plate: tuple[Dark, Dark, Dark] | None = None
    """Below the numbers and on the cards; None for the own look's, which differ a little."""
    pages: tuple[Colour, Colour] | None = None
    """Upper and lower edge of the pages' backdrops; None for the own look's, each page another."""


class SkinSheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `skin.toml` says."""

    colours: Colours = Colours()
    words: dict[str, str] = {}
    """What is written instead of some of the own look's texts."""
    font: str = ""
    """A font's file in the folder; empty for the own one."""
    ui_scale: Annotated[float, msgspec.Meta(ge=0.8, le=1.0)] = 1.0
    """How large a battle's HUD and cards are, as the real game's setting makes them."""
    clutter: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    """Share of the tiles with scenery."""


class Skin(SkinSheet, frozen=True):
    """A look of the practice game."""

    folder: str = ""
    """Where it was read from; empty for the own look."""
    pictures: dict[str, tuple[str, ...]] = {}
    """The names of the pictures in each folder."""

    @property
    def is_foreign(self) -> bool:
        """Whether it is not the own look."""
        return bool(self.folder)

    def portrait(self, one: Operator, width: int, height: int) -> pygame.Surface:
        """An operator's picture on a card."""
        if one.name in self.pictures.get("portraits", ()):
            return _scaled(self._path("portraits", one.name), width, height)
        return portrait(one.name, one.role, width, height)

    def operator(self, one: Operator, direction: int, size: int) -> pygame.Surface:
        """An operator on the field, `size` pixels high."""
        if one.name not in self.pictures.get("operators", ()):
            return operator_token(one.name, one.role, direction, size)
        picture = _scaled(self._path("operators", one.name), 0, size)
        return pygame.transform.flip(picture, True, False) if direction == LEFT else picture

    def enemy(self, look: str, size: int) -> pygame.Surface:
        """An enemy on the field, `size` pixels high at most."""
        if look in self.pictures.get("enemies", ()):
            return _scaled(self._path("enemies", look), 0, size)
        return enemy_token(look, size)

    def scenery(self, number: int, size: int) -> pygame.Surface | None:
        """Something that stands about, `size` pixels high; None where the skin has nothing of the kind."""
        names = self.pictures.get("scenery", ())
        return _scaled(self._path("scenery", names[number % len(names)]), 0, size) if names else None

    def text(self, words: str, size: int, colour: Colour) -> pygame.Surface:
        """A text as a picture."""
        words = self.words.get(words, words)
        if not self.font:
            return art.text(words, size, colour)
        return _text(str(Path(self.folder) / self.font), words, size, colour)

    def write(
        self, surface: pygame.Surface, words: str, at: tuple[float, float], size: int, colour: Colour = WHITE
    ) -> None:
        """Write a text with its middle at a pixel."""
        picture = self.text(words, size, colour)
        surface.blit(picture, (at[0] - picture.get_width() / 2, at[1] - picture.get_height() / 2))

    def _path(self, kind: str, name: str) -> str:
        return str(Path(self.folder) / kind / f"{name}.png")


OWN = Skin()
"""The practice game's own look, which the shipped detector was trained on."""


def read_skin(folder: str | Path) -> Skin:
    """The skin in a folder. Raises SkinError where it is none, or something in it cannot be used."""
    place = Path(folder)
    if not place.is_dir():
        raise SkinError(f"{place}: there is no such folder; a skin is a folder with {FILE} and pictures")
    pictures = {kind: tuple(sorted(file.stem for file in (place / kind).glob("*.png"))) for kind in PICTURES}
    for kind, names in pictures.items():
        for name in names:
            _check_picture(place / kind / f"{name}.png")
    sheet = _sheet(place / FILE)
    if sheet.font:
        _check_font(place / sheet.font)
    return Skin(**msgspec.structs.asdict(sheet), folder=str(place.absolute()), pictures=pictures)


def _sheet(file: Path) -> SkinSheet:
    """What a skin's file says; one that does not exist says nothing."""
    try:
        table: Mapping[str, Any] = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        return msgspec.convert(table, SkinSheet)
    except (OSError, ValueError, RecursionError) as error:  # a wrong type is a ValueError too
        raise SkinError(f"{file}: {str(error).splitlines()[0]}") from None


def _check_picture(file: Path) -> None:
    """Raise SkinError for a file that is no picture, or one that is too large."""
    try:
        width, height = pygame.image.load(file).get_size()
    except (pygame.error, OSError) as error:
        raise SkinError(f"{file}: is no picture: {error}") from None
    if max(width, height) > LARGEST:
        raise SkinError(f"{file}: is {width}x{height} pixels; at most {LARGEST}x{LARGEST} can be used")


def _check_font(file: Path) -> None:
    """Raise SkinError for a file that is no font."""
    try:
        begins = file.read_bytes()[:4]
    except OSError as error:
        raise SkinError(f"{file}: {error.strerror}; font must name a file in the skin's folder") from None
    if begins not in FONTS:
        raise SkinError(f"{file}: is no TrueType or OpenType font")


@cache
def _picture(path: str) -> pygame.Surface:
    """A picture as it is on disk, with its transparency."""
    picture = pygame.image.load(path)
    whole = pygame.Surface(picture.get_size(), pygame.SRCALPHA)
    whole.blit(picture, (0, 0))
    return whole


@cache
def _scaled(path: str, width: int, height: int) -> pygame.Surface:
    """A picture of this size; with a width of 0 as wide as it is for its height."""
    picture = _picture(path)
    wide = width or max(round(picture.get_width() * height / picture.get_height()), 1)
    return pygame.transform.smoothscale(picture, (wide, height))


@cache
def _text(path: str, words: str, size: int, colour: Colour) -> pygame.Surface:
    """A text in a font of a skin, about as wide as in the own one."""
    own, other = art.font(size), pygame.font.Font(path, size)
    fitting = round(size * own.size(LETTERS)[0] / max(other.size(LETTERS)[0], 1))
    return pygame.font.Font(path, max(fitting, 6)).render(words, antialias=True, color=colour)
