"""The operators and devices that a level itself gives: who they are, where they stand, and when they come and go.

Those on the field are the level's `characterInsts` and `tokenInsts`. Their numbers come from the catalogue, as those of
enemies do; one that no table has does nothing, and is noted as unknown. A training level has a squad of its own, its
`characterCards`, in place of the player's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from game.characters.builds import operator_of
from game.characters.catalogue import Catalogue
from game.characters.devices import Device, unit_of
from game.characters.models import SKILL_LEVELS, Build, Operator
from game.errors import TableError
from game.levels import reader
from game.levels.map import TileMap
from game.levels.pathfinding import Tile
from game.levels.predefines import CHANGES, Predefined, is_played, levels_of
from game.levels.reader import JsonValue, Unknown

FACING = {"RIGHT": 0, "DOWN": 1, "LEFT": 2, "UP": 3}
"""Quarter turns clockwise from facing right, as `game.actions` numbers them."""
PHASES = ("PHASE_0", "PHASE_1", "PHASE_2")
FULL_TRUST = 50
"""The `favorPoint` of full trust: the last of the two levels for which the public tables give what trust adds."""


class Friend(NamedTuple):
    """An operator of a level, or a device, hostile ones too: the rules see both as units of the level."""

    key: str
    """How the level's waves name it: its alias or, without one, its character's id."""
    operator: Operator
    tile: Tile
    direction: int
    """As in FACING."""
    hidden: bool
    """It is not there from the start, and comes when the waves say so."""
    barrier: bool = False
    """Walkers go around it until it falls, and operators attack it (see `game.levels.companions`)."""
    walks: bool = False
    """It is an escort: it comes with an enemy's body, and walks with it (see there)."""
    device: Device | None = None
    """What it is, of a barrier with a body."""
    left_by: int = -1
    """Index in the stage's friends of the device that leaves it behind; -1 for one of the level's own."""


class FriendMove(NamedTuple):
    """A moment of the waves at which an operator of the level comes or goes."""

    friend: int
    """Index in the stage's friends."""
    comes: bool
    """It enters the field; if not, it leaves it."""
    fragment: int
    offset: float
    """Seconds after the fragment's start."""


@dataclass(frozen=True)
class FriendList:
    """The operators of a level, and all names by which its waves may call an operator that the level lists."""

    friends: tuple[Friend, ...]
    keys: frozenset[str]
    """Those of operators without numbers as well, which never come."""

    def called(self, key: str) -> list[int]:
        """The indices of the friends of a name."""
        return [index for index, friend in enumerate(self.friends) if friend.key == key]


def read_friends(
    units: tuple[Predefined, ...], tile_map: TileMap, catalogue: Catalogue, unknown: Unknown
) -> FriendList:
    """The operators and devices that a level puts on the field.

    The tile of an operator that no table has is closed to all deployments if it stands from the start: it is there in
    the game.
    """
    friends, keys = [], set()
    for one in units:
        if one.group != "characterInsts" and not (one.group == "tokenInsts" and is_played(one, catalogue.devices)):
            continue
        key = one.key if one.unit.get("alias").quiet() else one.unit.get("alias").text()
        keys.add(key)
        operator, tile = _unit(one, catalogue, unknown), tile_map.tile(one.unit.at("position"))
        if operator is not None:
            direction = one.unit.get("direction", "RIGHT").enum(reader.DIRECTIONS)
            fought = one.group == "tokenInsts" and catalogue.devices[one.key].fought
            device = catalogue.devices[one.key] if fought else None
            friends.append(
                Friend(key, operator, tile, FACING.get(direction, 0), not one.there, barrier=fought, device=device)
            )
            friends += _rubble(len(friends) - 1, friends[-1], catalogue)
        elif one.there:
            tile_map.take(tile)
    return FriendList(tuple(friends), frozenset(keys))


def _unit(one: Predefined, catalogue: Catalogue, unknown: Unknown) -> Operator | None:
    """The operator or device as it fights; most devices hold nothing where the level puts them."""
    if one.group == "characterInsts":
        return _operator(one.unit, catalogue, unknown)
    acts = one.unit.get("skillIndex", 0).whole(-1) >= 0
    device = catalogue.devices[one.key]
    unit = unit_of(device, *levels_of(one.unit), acts=acts)
    return unit if device.attack_interval else msgspec.structs.replace(unit, block=0)


def _rubble(number: int, friend: Friend, catalogue: Catalogue) -> list[Friend]:
    """What a device of the level leaves behind: devices that come when it has fallen, and hold enemies."""
    if friend.device is None or not friend.device.rubble:
        return []
    unit = unit_of(catalogue.devices[friend.device.rubble])
    left = friend._replace(key="", operator=unit, hidden=True, device=None, left_by=number)
    return [left] * friend.device.rubble_most


def own_squad(units: tuple[Predefined, ...], catalogue: Catalogue) -> Mapping[str, Build]:
    """The builds by English name of the operators whose cards a level gives.

    Empty where it gives none, or one that is not in the hand from the start or cannot be played as the level has it.
    """
    builds = dict[str, Build]()
    for one in (one for one in units if one.group == "characterCards"):
        inst = one.unit.at("inst")
        character = catalogue.find_character(one.key)
        if character is None or not one.there or any(_unplayed(one.unit, inst)):
            return {}
        builds[character.name] = _build(one.unit, inst)
        try:
            operator_of(character, builds[character.name])
        except TableError:
            return {}
    return builds


def _operator(unit: JsonValue, catalogue: Catalogue, unknown: Unknown) -> Operator | None:
    """The operator with the numbers of the level's build; None, with a note, where the tables do not have it."""
    inst = unit.at("inst")
    id_ = (inst.at("characterKey") if unit.get("tmplId").quiet() else unit.get("tmplId")).text()
    character = catalogue.find_friend(id_)
    try:
        operator = None if character is None else operator_of(character, _build(unit, inst))
    except TableError:
        operator = None
    if operator is None:
        unknown.note(f"friend {id_}")
        return None
    for change in _unplayed(unit, inst):
        unknown.note(f"friend {id_}: {change}")
    return operator


def _build(unit: JsonValue, inst: JsonValue) -> Build:
    """The build that a level gives an operator; a `skillIndex` of -1 means that it brings no skill."""
    elite = _elite(inst)
    skill = unit.get("skillIndex", 0).whole(-1) + 1
    return Build(
        elite=elite,
        level=inst.get("level", 1).whole(1),
        skill=skill,
        skill_level=min(unit.get("mainSkillLvl", 1).whole(1), SKILL_LEVELS[min(elite, 2)]) if skill else None,
        trust=min(inst.get("favorPoint", 0).whole() * 100 // FULL_TRUST, 200),
        potential=inst.get("potentialRank", 0).whole() + 1,
    )


def _elite(inst: JsonValue) -> int:
    """The elite phase of an operator of the level."""
    phase = inst.get("phase", 0).enum(PHASES)
    if phase not in PHASES:
        raise inst.at("phase").error(f"is {phase}", f"write one of {', '.join(PHASES)}")
    return PHASES.index(phase)


def _unplayed(unit: JsonValue, inst: JsonValue) -> Iterator[str]:
    """What a level changes about an operator without effect here."""
    yield from (f"{field} of the level" for field in CHANGES if not unit.get(field).quiet())
    level, most = unit.get("mainSkillLvl", 1).whole(1), SKILL_LEVELS[_elite(inst)]
    if level > most and unit.get("skillIndex", 0).value != -1:
        yield f"skill level {level} is played as {most}"
