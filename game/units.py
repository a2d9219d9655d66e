"""Operators and enemies, read from the tables in `game/tables`, where every field is explained."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal, TypeVar

import msgspec

from game.errors import TableError

T = TypeVar("T")

Offset = tuple[int, int]
"""(row, column) from an operator facing RIGHT; rows grow downwards, as everywhere on the map."""

ROLES = ("vanguard", "guard", "defender", "sniper", "caster", "medic", "supporter", "specialist")


class Skill(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an operator's skill costs and does. Effects that a skill does not have keep their defaults."""

    name: str
    gain: Literal["second", "attack", "hit", "deploy"]
    by_hand: bool
    cost: int
    initial: int
    duration: float
    dp: int = 0
    dp_each: float = 0.0
    attack: float = 0.0
    defense: float = 0.0
    attack_speed: float = 0.0
    reach: int = 0
    heal_self: float = 0.0
    shield: float = 0.0
    strength: float = 1.0
    hits: int = 1
    splash: float = 1.0
    holds_fire: bool = False

    @property
    def strikes(self) -> bool:
        """Whether the skill is spent by one stronger attack rather than lasting or happening at once."""
        return self.strength != 1.0 or self.hits != 1


class Operator(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One operator of the squad."""

    name: str
    role: Literal["vanguard", "guard", "defender", "sniper", "caster", "medic", "supporter", "specialist"]
    melee: bool
    max_health: float
    attack: float
    defense: float
    resistance: float = 0.0
    cost: int
    block: int
    attack_interval: float
    redeploy_time: float
    range: tuple[Offset, ...]
    damage: Literal["physical", "arts", "heal"]
    splash: float = 0.0
    attacks_blocked: Literal["one", "all"] = "one"
    prefers_air: bool = False
    skill: Skill | None = None


class Enemy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One kind of enemy with the numbers of one public id."""

    kind: str
    ids: tuple[str, ...] = ()
    max_health: float
    attack: float
    defense: float = 0.0
    resistance: float = 0.0
    speed: float
    attack_interval: float
    range: float = 0.0
    damage: Literal["physical", "arts"] = "physical"
    flying: bool = False
    block: int = 1
    life_cost: int = 1
    counts: bool = True
    """Whether the stage's counter counts it."""


@cache
def load_operators() -> Mapping[str, Operator]:
    """All operators by name, in the order of the table."""
    table = _read("operators.toml")
    ranges = {name: _offsets(name, drawing) for name, drawing in table.pop("ranges").items()}
    operators = {}
    for name, entry in table.items():
        if entry.get("range") not in ranges:
            raise TableError(f"operators.toml: {name}.range: {entry.get('range')!r} is not drawn under [ranges]")
        entry["range"] = ranges[entry["range"]]
        operators[name] = _convert("operators.toml", name, {"name": name, **entry}, Operator)
        skill = operators[name].skill
        if skill and skill.strikes and (skill.by_hand or skill.duration):
            raise TableError(f"operators.toml: {name}.skill: strikes, so it needs by_hand = false and duration = 0")
    return MappingProxyType(operators)


@cache
def load_enemies() -> Mapping[str, Enemy]:
    """All kinds of enemies by their plain word, in the order of the table, each with its first id's numbers."""
    return MappingProxyType({kind: own for kind, (own, _) in _enemy_table().items()})


@cache
def enemies_by_id() -> Mapping[str, Enemy]:
    """Enemies by the public ids of the level format; several ids may be of one kind, each with numbers of its own."""
    found = {}
    for own, variants in _enemy_table().values():
        found.update(dict.fromkeys(own.ids, own))
        found.update(variants)
    return MappingProxyType(found)


def squad_of(names: Sequence[str]) -> tuple[Operator, ...]:
    """The operators of these names, in this order. Slots are places in this tuple; a name may stand in it once."""
    operators = load_operators()
    for index, name in enumerate(names):
        if name not in operators:
            raise TableError(f"squad: there is no operator {name!r}{_nearest(name, operators)}")
        if name in names[:index]:
            raise TableError(f"squad: {name!r} is there twice; name every operator once")
    if not names:
        raise TableError("squad: is empty; name at least one operator")
    return tuple(operators[name] for name in names)


def extended(offsets: Iterable[Offset], reach: int) -> tuple[Offset, ...]:
    """A range with `reach` tiles more at the front of each of its rows."""
    found = set(offsets)
    for row in {row for row, _ in found}:
        front = max(col for there, col in found if there == row)
        found |= {(row, front + step) for step in range(1, reach + 1)}
    return tuple(sorted(found))


@cache
def _enemy_table() -> dict[str, tuple[Enemy, dict[str, Enemy]]]:
    """Of each kind its own numbers, and those of the ids that differ."""
    found = {}
    for kind, entry in _read("enemies.toml").items():
        variants = entry.pop("variants", {})
        own = _convert("enemies.toml", kind, {"kind": kind, **entry}, Enemy)
        found[kind] = (
            own,
            {
                name: _convert(
                    "enemies.toml", f"{kind}.variants.{name}", {"kind": kind, **entry, **other, "ids": [name]}, Enemy
                )
                for name, other in variants.items()
            },
        )
    return found


def _read(name: str) -> dict[str, Any]:
    """A table of the package as plain data."""
    text = resources.files("game").joinpath("tables", name).read_text(encoding="utf-8")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TableError(f"{name}: is not TOML: {error}") from None


def _convert(table: str, name: str, entry: dict[str, Any], kind: type[T]) -> T:
    """One entry of a table as its type; a TableError names the field that does not fit."""
    try:
        return msgspec.convert(entry, kind)
    except msgspec.ValidationError as error:
        raise TableError(f"{table}: {name}: {error}") from None


def _offsets(name: str, drawing: Sequence[str]) -> tuple[Offset, ...]:
    """The offsets that a range's drawing covers."""
    places = {(row, col): mark for row, line in enumerate(drawing) for col, mark in enumerate(line)}
    own = [place for place, mark in places.items() if mark == "@"]
    if len(own) != 1 or set(places.values()) - set("@#."):
        raise TableError(f"operators.toml: ranges.{name}: draw one @, and around it only # and .")
    row, col = own[0]
    return tuple(sorted((there - row, across - col) for (there, across), mark in places.items() if mark in "@#"))


def _nearest(name: str, known: Iterable[str]) -> str:
    """The hint with the nearest known name, or all of them."""
    near = get_close_matches(name, known, 1, 0.4)
    return f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(known)}"
