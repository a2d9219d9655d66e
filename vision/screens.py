"""Which screen a frame shows: the first entry of the profile whose rules all hold, else unknown; nothing is guessed."""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from states.events import Outcome, ScreenName
from vision.ocr import COUNTER, Reader, TextLine
from vision.profile import CodesRule, ColourRule, CounterRule, Profile, ScreenEntry, ScreenRule

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
            stars = count_stars(image, profile) if entry.outcome == "won" else 0 if entry.outcome else None
            found = find(entry, image, profile, reader)
            return ScreenReading(entry.name, found, entry.outcome, stars, entry.closed_by)
    return ScreenReading(UNKNOWN_SCREEN, {})


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
    if isinstance(rule, CodesRule):
        return bool(stage_codes(reader.lines(crop)))
    texts = [line.text for line in reader.lines(crop)] if rule.search else [reader.text(crop)]
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
        if isinstance(rule, CodesRule):
            x, y, _, _ = profile.rectangles[rule.inside]
            codes = stage_codes(reader.lines(profile.crop(image, rule.inside)))
            found |= {code: (x + place[0], y + place[1]) for code, place in codes.items()}
    if entry.title:
        x, y, width, height = profile.rectangles[entry.title]
        code = CODE.search(as_code(reader.text(profile.crop(image, entry.title))))
        if code:
            found[code.group()] = (x + width // 2, y + height // 2)
    return found


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


def count_stars(image: Image, profile: Profile) -> int:
    """How many stars (0 to 3) the result page shows: each third of their rectangle is tested by itself."""
    if profile.stars is None:
        return 0
    crop = profile.crop(image, profile.stars.inside)
    thirds = np.array_split(crop, 3, axis=1)
    return sum(share(np.ascontiguousarray(third), profile.stars) >= profile.stars.least for third in thirds)
