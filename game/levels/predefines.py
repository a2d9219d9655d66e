"""What a level puts on the field or in the player's hand by itself: the lists of `predefines`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from game.levels.reader import JsonValue
from game.levels.runes import Rune

GROUPS = ("characterInsts", "tokenInsts", "characterCards", "tokenCards")
"""The lists: operators and devices on the field, operators and devices in the hand."""


class Predefined(NamedTuple):
    """One entry of a list."""

    group: str
    """One of GROUPS."""
    key: str
    """The public id of the operator or device."""
    there: bool
    """It is there from the start: the level says so, unless a rune does."""
    unit: JsonValue


def predefined(data: JsonValue, runes: tuple[Rune, ...], *, challenge: bool) -> Iterator[Predefined]:
    """The units that the level puts on the field or in the hand; challenge mode may have its own list."""
    shown = {
        alias: on > 0 for rune in runes if rune.key == "level_predefines_enable" for alias, on in rune.numbers.items()
    }
    hard, usual = ([*_units(data.get(key, {}))] for key in ("hardPredefines", "predefines"))
    for group, unit in hard if challenge and hard else usual:
        key = unit.get("inst", {}).get("characterKey", "without a name").text()
        there = shown.get(str(unit.get("alias").value), not unit.get("hidden", default=False).value)
        yield Predefined(group, key, there, unit)


def has_hard_units(data: JsonValue) -> bool:
    """Whether challenge mode has its own list of units that the level puts on the field or in the hand."""
    return any(True for _ in _units(data.get("hardPredefines", {})))


def _units(predefines: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    """All units of one set of lists, with the list's name."""
    for group in GROUPS:
        for unit in predefines.get(group, []).each():
            yield group, unit
