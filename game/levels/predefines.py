"""What a level puts on the field or in the player's hand by itself: the lists of `predefines`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from game.characters.devices import Device, unit_of
from game.characters.models import Operator
from game.levels.reader import JsonValue
from game.levels.runes import Rune

GROUPS = ("characterInsts", "tokenInsts", "characterCards", "tokenCards")
"""The lists: operators and devices on the field, operators and devices in the hand."""
CHANGES = ("uniEquipIds", "masterInfos", "overrideSkillBlackboard", "overrideTalents")
"""Fields by which a level changes an operator or a device in a way that is not played."""
MOST_COPIES = 99
"""The most copies of one card; a level that gives more is taken to give so many."""


class Predefined(NamedTuple):
    """One entry of a list."""

    group: str
    """One of GROUPS."""
    key: str
    """The public id of the operator or device."""
    there: bool
    """It is there from the start: the level says so, unless a rune does."""
    unit: JsonValue


class DeviceCard(NamedTuple):
    """A card of the hand that puts a device on the field, once for each of its copies."""

    device: Device
    copies: int
    level: int = 1
    skill_level: int = 1

    @property
    def names(self) -> tuple[str, ...]:
        """What plans call it."""
        return (self.device.name, *self.device.names, *self.device.ids)

    @property
    def unit(self) -> Operator:
        """A copy as the rules deploy it."""
        return unit_of(self.device, self.level, self.skill_level)


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


def device_cards(units: tuple[Predefined, ...], devices: Mapping[str, Device]) -> tuple[DeviceCard, ...]:
    """The cards of devices that the hand holds from the start, as far as the catalogue's `devices` have them."""
    found = []
    for one in units:
        if one.group == "tokenCards" and is_played(one, devices):
            copies = min(one.unit.get("initialCnt", 1).whole(), MOST_COPIES)
            found += [DeviceCard(devices[one.key], copies, *levels_of(one.unit))] if copies else []
    return tuple(found)


def is_played(one: Predefined, devices: Mapping[str, Device]) -> bool:
    """Whether a device of the level is played: as a card that is there from the start, or on the field, from the start
    or later; one that is fought only from the start.
    """
    device = devices.get(one.key)
    changed = any(not one.unit.get(field).quiet() for field in CHANGES)
    if device is None or changed or one.group not in ("tokenCards", "tokenInsts"):
        return False
    if one.group == "tokenInsts":
        return device.on_field and (one.there or not device.fought)
    return one.there and not device.on_field


def levels_of(unit: JsonValue) -> tuple[int, int]:
    """The level and the skill level that a level gives a device."""
    return unit.get("inst", {}).get("level", 1).whole(1), unit.get("mainSkillLvl", 1).whole(1)


def has_hard_units(data: JsonValue) -> bool:
    """Whether challenge mode has its own list of units that the level puts on the field or in the hand."""
    return any(True for _ in _units(data.get("hardPredefines", {})))


def _units(predefines: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    """All units of one set of lists, with the list's name."""
    for group in GROUPS:
        for unit in predefines.get(group, []).each():
            yield group, unit
