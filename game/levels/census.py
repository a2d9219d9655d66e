"""How many levels are whole, by chapter, and which of what they lack stands in the way of most of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

KINDS = {
    "enemy": "enemies", "predefined": "devices", "friend": "operators of the level", "tile": "tiles", "rune": "runes",
    "optionalRunes": "runes", "globalBuff": "runes", "branches": "branches", "action": "actions",
    "option": "options",
}  # fmt: skip
"""What the first word of a part without a rule (`Stage.unknown`) is of; all others are "others"."""
OTHERS = "others"
_CHAPTER = re.compile(r"level_(?:main|hard|tough|easy|st|sub|spst)_(\d+)-")
_EVENT = re.compile(r"level_([a-z]+\d*[a-z]*\d*)")


class LevelFacts(NamedTuple):
    """A level, and what of it has no rule."""

    name: str
    """The name of its file, without ending."""
    unknown: tuple[str, ...]


class Share(NamedTuple):
    """How many of some levels are whole."""

    whole: int
    levels: int


class Lack(NamedTuple):
    """A part of levels that is not played."""

    name: str
    kind: str
    """One of the values of `KINDS`, or `OTHERS`."""
    levels: int
    """In how many levels it is."""
    alone: int
    """Of how many it is all that is missing: these become whole with it."""


def chapter_of(name: str) -> str:
    """The chapter of a main-story level's file, as "chapter 7", or else the event's part of its name.

    Levels of a chapter's other difficulties belong to the chapter.
    """
    lowered = name.lower()
    if found := _CHAPTER.match(lowered):
        return f"chapter {int(found[1])}"
    found = _EVENT.match(lowered)
    return found[1] if found else lowered


def shares(levels: Iterable[LevelFacts]) -> dict[str, Share]:
    """How many levels are whole, by chapter; chapters by number, then events by name."""
    found: dict[str, Share] = {}
    for level in levels:
        chapter = chapter_of(level.name)
        whole, count = found.get(chapter, Share(0, 0))
        found[chapter] = Share(whole + (not level.unknown), count + 1)
    return dict(sorted(found.items(), key=lambda one: _in_order(one[0])))


def lacks(levels: Iterable[LevelFacts]) -> list[Lack]:
    """What is missing, that of most levels first; of an enemy, all that it does is one part."""
    count: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for level in levels:
        parts = {_part(what) for what in level.unknown}
        count.update(parts)
        alone.update(parts if len(parts) == 1 else ())
    ranked = sorted(count.items(), key=lambda one: (-one[1], -alone[one[0]], one[0]))
    return [Lack(name, _kind(name), number, alone[name]) for name, number in ranked]


def by_kind(levels: Iterable[LevelFacts]) -> Mapping[str, int]:
    """In how many levels something of each kind is missing, the most first."""
    found: Counter[str] = Counter()
    for level in levels:
        found.update({_kind(what) for what in level.unknown})
    return dict(found.most_common())


def _part(what: str) -> str:
    """The part that a line of `Stage.unknown` is about: an enemy at any of its levels, a device with any number."""
    name = what.partition(": ")[0]
    return re.sub(r" level \d+$", "", name) if name.startswith("enemy ") else name


def _kind(what: str) -> str:
    """What a part is of."""
    return KINDS.get(what.split(" ", maxsplit=1)[0], OTHERS)


def _in_order(chapter: str) -> tuple[bool, int, str]:
    """Chapters by their number come first."""
    number = chapter.removeprefix("chapter ")
    return (not number.isdigit(), int(number) if number.isdigit() else 0, chapter)
