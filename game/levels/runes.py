"""Runes: what a level changes for a difficulty. Challenge mode is nothing but its runes.

A rune has a key, which says what it changes, and a blackboard of numbers and texts, which says how. Only runes of the
difficulty that is played are read; those without a rule here are noted as unknown. `docs/rules.md` says how certain
each rule is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from game.characters.catalogue import Catalogue
from game.characters.effects import ROLES
from game.characters.models import Enemy, Operator
from game.levels import reader
from game.levels.reader import JsonValue, StageOptions, Unknown

ENEMY_FIELDS = {
    "max_hp": "max_health", "atk": "attack", "def": "defense", "magic_resistance": "resistance",
    "move_speed": "speed", "base_attack_time": "attack_interval", "hp_recovery_per_sec": "regeneration",
    "mass_level": "weight",
}  # fmt: skip
OPERATOR_FIELDS = {
    "max_hp": "max_health", "atk": "attack", "def": "defense", "magic_resistance": "resistance", "cost": "cost",
    "block_cnt": "block", "base_attack_time": "attack_interval", "respawn_time": "redeploy_time",
    "hp_recovery_per_sec": "regeneration",
}  # fmt: skip
WHOLE = ("weight", "cost", "block")
"""Fields that stay whole numbers, rounded down."""
LEAST = {"max_health": 1.0, "attack_interval": 0.01}
"""The least value that a rune can give a field; 0 for all others."""

ENEMY_SCALES = ("ebuff_attribute", "enemy_attribute_mul", "enemy_attribute_additive_mul")
ENEMY_SUMS = ("enemy_attribute_add",)
ENEMY_RADIUS = ("ebuff_attack_radius", "enemy_attackradius_mul")
ENEMY_WEIGHT = ("ebuff_weight", "enemy_weight_add")
SQUAD_KEYS = {
    # key of the rune: (field of Operator or "" for those its blackboard names, how)
    "cbuff_attribute": ("", "scale"), "char_attribute_mul": ("", "scale"), "char_attribute_add": ("", "add"),
    "cbuff_char_cost": ("cost", "scale"), "char_cost_mul": ("cost", "scale"), "char_cost_add": ("cost", "add"),
    "cbuff_respawn_time": ("redeploy_time", "scale"), "char_respawntime_mul": ("redeploy_time", "scale"),
    "char_respawntime_add": ("redeploy_time", "add"), "char_blockcnt_add": ("block", "add"),
    "cbuff_excluded": ("", "forbid"), "char_exclude": ("", "forbid"),
}  # fmt: skip
MAP_KEYS = ("global_forbid_location", "level_predefines_enable")
ENEMY_LIST_KEYS = ("level_enemy_replace", "level_hidden_group_enable", "level_hidden_group_disable")
PROFESSION_ROLES = {
    "WARRIOR": "guard", "SNIPER": "sniper", "TANK": "defender", "MEDIC": "medic", "SUPPORT": "supporter",
    "CASTER": "caster", "SPECIAL": "specialist", "PIONEER": "vanguard",
}  # fmt: skip


@dataclass(frozen=True)
class Rune:
    """One rune of the difficulty that is played."""

    key: str
    numbers: dict[str, float]
    texts: dict[str, str]
    roles: tuple[str, ...] = ROLES
    melee: bool | None = None
    """Which operators it concerns: melee only (True), ranged only (False), all (None)."""

    @property
    def amount(self) -> float:
        """The one number of a rune that has one; its name differs from rune to rune."""
        return next(
            (self.numbers[name] for name in ("value", "scale", "range_scale", "max_cost") if name in self.numbers), 0.0
        )

    def names(self, *keys: str) -> tuple[str, ...]:
        """The names in texts such as "enemy_1|enemy_2"."""
        return tuple(name for key in keys for name in self.texts.get(key, "").split("|") if name)

    def places(self, key: str) -> list[tuple[int, int]]:
        """The positions (row from the bottom, column) in a text such as "(4,5)|(3,6)"."""
        return [(int(row), int(col)) for row, col in re.findall(r"\((-?\d+),\s*(-?\d+)\)", self.texts.get(key, ""))]


class SquadRule(NamedTuple):
    """What a rune changes about operators: one field of `Operator`, first scaled, then added to."""

    field: str
    """Empty if the operators that it concerns may not be deployed at all."""
    scale: float = 1.0
    add: float = 0.0
    roles: tuple[str, ...] = ROLES
    melee: bool | None = None
    names: tuple[str, ...] = ()
    """The English names of the operators it concerns; empty for all."""

    def covers(self, operator: Operator) -> bool:
        """Whether the rule concerns this operator."""
        named = not self.names or operator.name in self.names
        return named and operator.role in self.roles and self.melee in (None, operator.melee)


def read_runes(data: JsonValue, unknown: Unknown, *, challenge: bool) -> tuple[Rune, ...]:
    """The runes of the mode that is played; those without a rule are noted as unknown."""
    wanted = reader.DIFFICULTIES["FOUR_STAR" if challenge else "NORMAL"]
    found = []
    for place in data.get("runes", []).each():
        if place.get("difficultyMask", "ALL").mask(reader.DIFFICULTIES) & wanted:
            rune = _read_rune(place)
            found.append(rune)
            for missing in _without_rule(rune):
                unknown.note(f"rune {missing}")
    return tuple(found)


def has_optional_runes(data: JsonValue, *, challenge: bool) -> bool:
    """Whether a level has runes of a player's choice for this mode; those of six stars belong to neither."""
    wanted = reader.DIFFICULTIES["FOUR_STAR" if challenge else "NORMAL"]
    groups = data.get("optionalRunes", {})
    return any(
        rune.get("difficultyMask", "ALL").mask(reader.DIFFICULTIES) & wanted
        for group in (groups.fields().values() if isinstance(groups.value, dict) else ())
        for rune in group.each()
    )


def has_challenge_rune(data: JsonValue) -> bool:
    """Whether a level has a rune for challenge mode that is not one of the normal mode as well. Chapter 10 and later
    ones, which have no challenge mode, have no such rune in their level files.
    """
    normal, challenge = reader.DIFFICULTIES["NORMAL"], reader.DIFFICULTIES["FOUR_STAR"]
    masks = (place.get("difficultyMask", "ALL").mask(reader.DIFFICULTIES) for place in data.get("runes", []).each())
    return any(mask & challenge and not mask & normal for mask in masks)


def _read_rune(place: JsonValue) -> Rune:
    """One rune; a professionMask of 0 means all professions."""
    numbers, texts = {}, {}
    for entry in place.get("blackboard", []).each():
        name = entry.at("key").text()
        if entry.get("valueStr").value:
            texts[name] = entry.get("valueStr").text()
        else:
            numbers[name] = entry.get("value", 0.0).number()
    professions = place.get("professionMask", "ALL").mask(reader.PROFESSIONS) or reader.PROFESSIONS["ALL"]
    roles = tuple(role for word, role in PROFESSION_ROLES.items() if professions & reader.PROFESSIONS[word])
    stands = place.get("buildableMask", "ALL").mask(reader.BUILDABLE)
    melee = {reader.BUILDABLE["MELEE"]: True, reader.BUILDABLE["RANGED"]: False}.get(stands)
    return Rune(place.at("key").text(), numbers, texts, roles, melee)


def _without_rule(rune: Rune) -> list[str]:
    """The parts of a rune without a rule: its key, or the attributes that have no field here."""
    if rune.key in (*ENEMY_SCALES, *ENEMY_SUMS):
        return [f"{rune.key} {name}" for name in rune.numbers if name not in (*ENEMY_FIELDS, "attack_speed")]
    if rune.key in SQUAD_KEYS and not SQUAD_KEYS[rune.key][0] and SQUAD_KEYS[rune.key][1] != "forbid":
        return [f"{rune.key} {name}" for name in rune.numbers if name not in (*OPERATOR_FIELDS, "attack_speed")]
    known = (*SQUAD_KEYS, *OPTION_KEYS, *ENEMY_RADIUS, *ENEMY_WEIGHT, *MAP_KEYS, *ENEMY_LIST_KEYS)
    return [] if rune.key in known else [rune.key]


OPTION_KEYS = {
    # key of the rune: (option, how)
    "gbuff_lifepoint": ("max_life", "set"), "global_lifepoint": ("max_life", "set"),
    "global_lifepoint_add": ("max_life", "add"), "level_life_point_add": ("max_life", "add"),
    "level_life_point_mul": ("max_life", "scale"),
    "gbuff_placable_char_num": ("character_limit", "add"), "global_placable_char_num_add": ("character_limit", "add"),
    "cbuff_initial_cost": ("initial_cost", "add"), "global_initial_cost_add": ("initial_cost", "add"),
    "cbuff_max_cost": ("max_cost", "set"),
    "cbuff_cost_recovery": ("cost_increase_time", "scale"), "global_cost_recovery": ("cost_increase_time", "scale"),
    "global_cost_recovery_mul": ("cost_increase_time", "scale"),
    "global_squad_num_limit": ("squad_limit", "set"),
}  # fmt: skip


def changed_options(options: StageOptions, runes: Iterable[Rune]) -> StageOptions:
    """The options as runes change them; life is at least 1, all others at least 0."""
    for rune in runes:
        if rune.key in OPTION_KEYS:
            name, how = OPTION_KEYS[rune.key]
            now = getattr(options, name)
            value = {"set": rune.amount, "add": now + rune.amount, "scale": now * rune.amount}[how]
            value = max(value, 1.0 if name == "max_life" else 0.0)
            options = options._replace(**{name: value if name == "cost_increase_time" else int(value)})
    return options


def changed_enemy(enemy: Enemy, key: str, runes: Iterable[Rune]) -> Enemy:
    """An enemy as runes change it; `key` is its id in the level. First all sums are added, then all factors applied."""
    about = [rune for rune in runes if _concerns(rune, enemy, key)]
    numbers: dict[str, float] = {}
    for how in ("add", "scale"):
        for rune in about:
            for name, amount in _enemy_changes(rune, how):
                now = numbers.get(name, float(getattr(enemy, name)))
                numbers[name] = max(now + amount if how == "add" else now * amount, LEAST.get(name, 0.0))
    if "resistance" in numbers:
        numbers["resistance"] = min(numbers["resistance"], 100.0)
    whole = {name: int(value) if name in WHOLE else value for name, value in numbers.items()}
    return msgspec.structs.replace(enemy, **whole)


def _concerns(rune: Rune, enemy: Enemy, key: str) -> bool:
    """Whether a rune about enemies concerns this one: by id, by all ids but some, or by rank."""
    ids = {key, *enemy.ids}
    if rune.names("enemy"):
        return bool(ids & set(rune.names("enemy")))
    if rune.names("enemy_exclude"):
        return not ids & set(rune.names("enemy_exclude"))
    ranks = rune.names("enemy_level_type")
    return not ranks or enemy.rank.upper() in ranks


def _enemy_changes(rune: Rune, how: str) -> list[tuple[str, float]]:
    """The fields of `Enemy` that a rune changes in this way ("add" or "scale"), and the number of each change."""
    if how == "add":
        if rune.key in ENEMY_WEIGHT:
            return [("weight", rune.amount)]
        named = rune.numbers if rune.key in ENEMY_SUMS else {}
        return [(ENEMY_FIELDS[name], amount) for name, amount in named.items() if name in ENEMY_FIELDS]
    if rune.key in ENEMY_RADIUS:
        return [("range", rune.amount)]
    faster = rune.numbers.get("attack_speed", 0.0)
    if rune.key in ENEMY_SUMS:
        return [("attack_interval", 100.0 / max(100.0 + faster, 1.0))] if faster else []
    if rune.key not in ENEMY_SCALES:
        return []
    more = 1.0 if rune.key == "enemy_attribute_additive_mul" else 0.0
    found = [(ENEMY_FIELDS[name], more + amount) for name, amount in rune.numbers.items() if name in ENEMY_FIELDS]
    return [*found, ("attack_interval", 1.0 / max(more + faster, 0.01))] if faster else found


def replaced_enemies(runes: Iterable[Rune]) -> dict[str, str]:
    """The ids of enemies that the level replaces, and the id of each replacement."""
    return {
        rune.texts["key"]: rune.texts["value"]
        for rune in runes
        if rune.key == "level_enemy_replace" and {"key", "value"} <= set(rune.texts)
    }


def shown_groups(runes: Iterable[Rune]) -> frozenset[str]:
    """The hidden groups that appear in this mode; without a rune none does."""
    groups: dict[str, set[str]] = {"level_hidden_group_enable": set(), "level_hidden_group_disable": set()}
    for rune in runes:
        if rune.key in groups:
            groups[rune.key] |= set(rune.names(*rune.texts))
    return frozenset(groups["level_hidden_group_enable"] - groups["level_hidden_group_disable"])


def squad_rules(runes: Iterable[Rune], catalogue: Catalogue) -> tuple[SquadRule, ...]:
    """What runes change about operators, in the order of the level."""
    found = []
    for rune in runes:
        if rune.key not in SQUAD_KEYS:
            continue
        field, how = SQUAD_KEYS[rune.key]
        concerned = {"roles": rune.roles, "melee": rune.melee, "names": _operator_names(rune, catalogue)}
        if how == "forbid":
            found.append(SquadRule("", **concerned))  # type: ignore[arg-type]
        for name, scale, add in _operator_changes(rune, field, how):
            found.append(SquadRule(name, scale, add, **concerned))  # type: ignore[arg-type]
    return tuple(found)


def _operator_changes(rune: Rune, field: str, how: str) -> list[tuple[str, float, float]]:
    """For each number that a rune changes: the field of `Operator`, the factor, and what is added."""
    changes = {field: rune.amount} if field else {}
    if not field and how != "forbid":
        changes = {OPERATOR_FIELDS[name]: amount for name, amount in rune.numbers.items() if name in OPERATOR_FIELDS}
    found = [(name, amount, 0.0) if how == "scale" else (name, 1.0, amount) for name, amount in changes.items()]
    faster = rune.numbers.get("attack_speed", 0.0)
    if faster and not field:
        speed = faster if how == "scale" else 1.0 + faster / 100.0
        found.append(("attack_interval", 1.0 / max(speed, 0.01), 0.0))
    return found


def _operator_names(rune: Rune, catalogue: Catalogue) -> tuple[str, ...]:
    """The English names of the operators whose public ids a rune gives; an id the catalogue lacks stays as it is."""
    by_id = {one.id: one.name for one in catalogue.characters.values()}
    return tuple(by_id.get(name, name) for name in rune.names("char", "char_id", "character"))


def under_rules(operator: Operator, rules: Iterable[SquadRule]) -> Operator:
    """An operator as the squad rules of a stage change it."""
    for rule in rules:
        if rule.field and rule.covers(operator):
            value = max(getattr(operator, rule.field) * rule.scale + rule.add, LEAST.get(rule.field, 0.0))
            operator = msgspec.structs.replace(operator, **{rule.field: int(value) if rule.field in WHOLE else value})
    return operator


def is_forbidden(operator: Operator, rules: Iterable[SquadRule]) -> bool:
    """Whether the squad rules of a stage exclude this operator."""
    return any(not rule.field and rule.covers(operator) for rule in rules)
