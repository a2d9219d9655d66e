"""Which screen a frame shows: the first entry of the profile whose rules all hold, else unknown; nothing is guessed."""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from states.events import Outcome, ScreenName
from vision.ocr import COUNTER, Reader, TextLine, large_letters
from vision.profile import CodesRule, ColourRule, CounterRule, Profile, Rectangle, ScreenEntry, ScreenRule

Image = NDArray[np.uint8]

UNKNOWN_SCREEN: Final = "unknown"
BATTLE: Final = "battle"
CODE = re.compile(r"(?:[A-Z]{1,3}\d?-)?(?:[A-Z]{1,3}|[A-Z]?\d{1,2})-\d{1,2}")
"""Stage codes: 1-7, 14-21, H8-4, S3-1, TR-25, CE-6, PR-A-1, GT-EX-3."""
A_COUNTER = re.compile(r"\d{1,3}/\d{1,3}")


class ScreenReading(NamedTuple):
    """What one frame shows."""

    screen: ScreenName | Literal["unknown"]
    found: dict[str, tuple[int, int]]
    """Stage codes on the screen, each with the pixel to tap."""
    outcome: Outcome | None = None
    """On result pages: how the battle ended."""
    stars: int | None = None
    """On result pages: 0 to 3."""
    closed_by: str | None = None
    """On interruptions: the profile's point whose tap closes it."""


def recognise(image: Image, profile: Profile, reader: Reader) -> ScreenReading:
    """The screen shown in a BGR image of the client area; unknown when no entry of the profile fits.

    Cheap rules stand first in every entry, so text is read only where the colours already fit.
    """
    for entry in profile.screens:
        if all(holds(rule, image, profile, reader) for rule in entry.all):
            found = find(entry, image, profile, reader)
            outcome, stars = result_of(entry, image, profile, found)
            return ScreenReading(entry.name, found, outcome, stars, entry.closed_by)
    return ScreenReading(UNKNOWN_SCREEN, {})


def result_of(
    entry: ScreenEntry, image: Image, profile: Profile, found: dict[str, tuple[int, int]]
) -> tuple[Outcome | None, int | None]:
    """How the battle ended, and with how many stars.

    The real game shows a page of results with grey stars for a defeat, and one without stars for an annihilation, which
    has no code.
    """
    if entry.outcome != "won":
        return entry.outcome, 0 if entry.outcome else None
    stars = count_stars(image, profile, entry.stars)
    if stars or not entry.title:
        return "won", stars
    return ("lost", 0) if found else ("won", None)


def shows(name: ScreenName, image: Image, profile: Profile, reader: Reader) -> bool:
    """Whether an image fits an entry of this screen, whatever stands before it in the profile."""
    entries = (entry for entry in profile.screens if entry.name == name)
    return any(all(holds(rule, image, profile, reader) for rule in entry.all) for entry in entries)


def holds(rule: ScreenRule, image: Image, profile: Profile, reader: Reader) -> bool:
    """Whether one rule of a screen holds in an image."""
    crop = profile.crop(image, rule.inside)
    if isinstance(rule, ColourRule):
        return rule.least <= share(crop, rule) <= rule.most
    if isinstance(rule, CounterRule):
        return A_COUNTER.fullmatch(reader.digits(crop, alphabet=COUNTER)) is not None
    area = profile.rectangles[rule.inside]
    if isinstance(rule, CodesRule):
        return bool(codes_in(area, image, reader) if rule.large else stage_codes(reader.lines(image, area)))
    texts = [line.text for line in reader.lines(image, area)] if rule.search else [reader.text(crop)]
    return any(word in text for word in profile.words[rule.words] for text in texts)


def share(crop: Image, colour: ColourRule) -> float:
    """The share of a crop's pixels that lie between the rule's two HSV colours."""
    if crop.size == 0:
        return 0.0
    hsv = cv2.cvtColor(crop, cv2.COLOR_BGR2HSV)
    inside = cv2.inRange(hsv, np.array(colour.low), np.array(colour.high))
    return cv2.countNonZero(inside) / inside.size


def find(entry: ScreenEntry, image: Image, profile: Profile, reader: Reader) -> dict[str, tuple[int, int]]:
    """Stage codes on a screen, each with the pixel to tap: all on a map, or the one in the screen's title."""
    found: dict[str, tuple[int, int]] = {}
    for rule in entry.all:
        if isinstance(rule, CodesRule) and not rule.large:
            found |= stage_codes(reader.lines(image, profile.rectangles[rule.inside]))
    if entry.title:
        found |= codes_in(profile.rectangles[entry.title], image, reader)
    return found


def codes_in(area: Rectangle, image: Image, reader: Reader) -> dict[str, tuple[int, int]]:
    """The stage codes among the large letters of the lines in a rectangle, each with its line's middle."""
    codes = {}
    for line in reader.lines(image, area):
        crop = image[line.y : line.y + line.height, line.x : line.x + line.width]
        code = as_code(reader.text(large_letters(crop)))
        if CODE.fullmatch(code):
            codes[code] = line.centre
    return codes


def as_code(text: str) -> str:
    """Text in upper case without spaces, and with every kind of dash as "-": OCR confuses them."""
    return re.sub("[\u2014\u2013\u2212\u4e00~_]", "-", text.upper().replace(" ", ""))


def stage_codes(lines: list[TextLine]) -> dict[str, tuple[int, int]]:
    """The lines that are a stage code and nothing else, each with its middle."""
    codes = {}
    for line in lines:
        code = as_code(line.text)
        if CODE.fullmatch(code):
            codes[code] = line.centre
    return codes


def count_stars(image: Image, profile: Profile, inside: str | None = None) -> int:
    """How many stars (0 to 3) the result page shows: each third of their rectangle is tested by itself."""
    if profile.stars is None:
        return 0
    crop = profile.crop(image, inside or profile.stars.inside)
    thirds = np.array_split(crop, 3, axis=1)
    return sum(share(np.ascontiguousarray(third), profile.stars) >= profile.stars.least for third in thirds)
