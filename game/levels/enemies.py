"""The enemies of a level: which entry of the catalogue each id is, and with which numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from game.characters.catalogue import Catalogue, id_at
from game.characters.effects import Effect
from game.characters.models import Enemy
from game.levels.reader import JsonValue, Unknown
from game.levels.runes import Rune, changed_enemy, replaced_enemies

STAND_IN = "soldier"
STAND_IN_FLYING = "drone"
"""The enemies whose numbers stand in for one that neither the catalogue nor the level defines."""

RANKS = ("NORMAL", "ELITE", "BOSS")
APPLY_WAYS = ("NONE", "MELEE", "RANGED", "ALL")
READERS: dict[str, tuple[str, Callable[[JsonValue], Any]]] = {
    "maxHp": ("max_health", lambda place: max(place.least(0.0), 1.0)),
    "atk": ("attack", lambda place: place.least(0.0)),
    "def": ("defense", lambda place: place.least(0.0)),
    "magicResistance": ("resistance", lambda place: place.least(0.0)),
    "moveSpeed": ("speed", lambda place: place.least(0.0)),
    "baseAttackTime": ("attack_interval", lambda place: place.least(0.0)),
    "attackSpeed": ("attack_speed", lambda place: place.least(0.0)),
    "hpRecoveryPerSec": ("regeneration", lambda place: place.least(0.0)),
    "massLevel": ("weight", lambda place: place.whole(-100)),
    "stunImmune": ("stun_immune", lambda place: bool(place.value)),
    "lifePointReduce": ("life_cost", lambda place: place.whole()),
    "rangeRadius": ("range", lambda place: max(place.number(), 0.0)),
    "notCountInTotal": ("counts", lambda place: not place.value),
    "levelType": ("rank", lambda place: place.enum(RANKS).lower()),
}
"""Fields of the format's enemies: the field of `Enemy` and how its value is read. `attack_speed` is in points."""


class EnemyList:
    """The enemies of a level, in the order in which they are first asked for.

    Noted as unknown are enemies without an entry, levels of an enemy without numbers, and what real enemies can do that
    is not played.
    """

    def __init__(self, data: JsonValue, runes: Iterable[Rune], catalogue: Catalogue, unknown: Unknown) -> None:
        self.enemies: list[Enemy] = []
        self.stand_ins: list[str] = []
        """The ids of the enemies whose numbers neither the catalogue nor the level has."""
        self._catalogue = catalogue
        self._unknown = unknown
        self._runes = tuple(runes)
        self._replaced = replaced_enemies(self._runes)
        self._refs = {ref.at("id").text(): ref for ref in data.at("enemyDbRefs").each()}
        self._inline = {str(one.get("key").value): one for one in data.get("enemies", []).each()}
        self._indexes: dict[tuple[str, bool], int] = {}
        self._seconds: dict[int, int] = {}

    def index(self, key: str, *, flying: bool) -> int:
        """The index in `enemies` of the enemy with this id; the motion of its route says whether it flies."""
        key = self._replaced.get(key, key)
        if (key, flying) not in self._indexes:
            self._indexes[key, flying] = len(self.enemies)
            self.enemies.append(changed_enemy(self._enemy(key, flying=flying), key, self._runes))
        return self._indexes[key, flying]

    def second(self, number: int) -> int:
        """The index of what an enemy of this index becomes at its first death."""
        if number not in self._seconds:
            first = self.enemies[number]
            fields = msgspec.to_builtins(first) | first.second | {"second": {}}
            fields["effects"] = [*msgspec.to_builtins(first.effects), *first.second.get("effects", [])]
            self._seconds[number] = len(self.enemies)
            self.enemies.append(msgspec.convert(fields, Enemy))
        return self._seconds[number]

    def _enemy(self, key: str, *, flying: bool) -> Enemy:
        """An enemy's numbers: the catalogue's, or a stand-in's, changed by what the level says of it."""
        ref = self._refs.get(key)
        overwritten = ref.get("overwrittenData", {}) if ref else JsonValue("", "", {})
        defined = _inline(self._inline[key]) if key in self._inline else {}
        defined |= defined_fields(overwritten)
        base, exact = self._base(key, overwritten, flying=flying)
        level = ref.get("level", 0).whole() if ref else 0
        stronger = self._catalogue.enemies_by_id.get(id_at(key, level), base) if level else base
        own = "max_health" in defined and not (ref and ref.get("useDb", default=True).value)
        if not exact and not own:
            self._unknown.note(f"enemy {key}")
            self.stand_ins += [key] if key not in self.stand_ins else []
        new = _new_numbers(overwritten.get("talentBlackboard"), stronger)
        if exact and (new is None or overwritten.get("skills").value):
            self._unknown.note(f"enemy {key}: the level changes its abilities")
        if level and stronger is base:
            self._unknown.note(f"enemy {key} level {level}")
        if exact and key != base.name:  # a level that uses our own name means our enemy
            for what in base.missing:
                self._unknown.note(f"enemy {key}: {what}")
        speed = defined.pop("attack_speed", 100.0)
        effects = _retuned(stronger, new or {})
        enemy = msgspec.structs.replace(stronger, **{**defined, "flying": flying, "effects": effects})
        return msgspec.structs.replace(enemy, attack_interval=enemy.attack_interval * 100.0 / max(speed, 1.0))

    def _base(self, key: str, overwritten: JsonValue, *, flying: bool) -> tuple[Enemy, bool]:
        """The entry from which an enemy's numbers start, and whether it is this enemy's own entry.

        A later form of an enemy (enemy_1007_slime_2) that is not in the catalogue starts from the first form.
        """
        names = [key]
        if _is_defined(overwritten.get("prefabKey")):
            names.append(str(overwritten.get("prefabKey").at("m_value").value))
        names += [re.sub(r"_\d+$", "", name) for name in names]
        for name in names:
            if found := self._catalogue.find_enemy(name):
                return found, name in names[: len(names) // 2]
        stand_in = self._catalogue.enemies[STAND_IN_FLYING if flying else STAND_IN]
        return msgspec.structs.replace(stand_in, name=key, ids=(key,)), False


def _new_numbers(place: JsonValue, enemy: Enemy) -> dict[str, float] | None:
    """The numbers of talents that a level changes, where only effects depend on them that say so; None where it changes
    more of what an enemy does.
    """
    if not place.value or not isinstance(place.value, list):
        return None if place.value else {}
    given = {
        str(one.get("key").value).lower(): one.get("valueStr").value or one.get("value", 0.0).number()
        for one in place.each()
    }
    new = {key: value for key, value in given.items() if key not in enemy.idle and enemy.numbers.get(key) != value}
    free = {effect.number for effect in enemy.effects if enemy.numbers.get(effect.number)}
    return new if new.keys() <= free and not any(isinstance(value, str) for value in new.values()) else None


def _retuned(enemy: Enemy, new: Mapping[str, float]) -> tuple[Effect, ...]:
    """An enemy's effects with the numbers that a level gives them; without those that do nothing then."""
    found = []
    for effect in enemy.effects:
        if effect.number not in new:
            found.append(effect)
        elif times := new[effect.number] / float(enemy.numbers[effect.number]):
            found.append(msgspec.structs.replace(effect, strength=1.0 + (effect.strength - 1.0) * times))
    return tuple(found)


def _is_defined(place: JsonValue) -> bool:
    """Whether a field of `overwrittenData` overwrites anything."""
    return bool(place.get("m_defined", default=False).value) and place.get("m_value").value is not None


def defined_fields(data: JsonValue) -> dict[str, Any]:
    """The defined fields of `overwrittenData`, or of an enemy in the public tables, as fields of `Enemy`."""
    fields = data.get("attributes", {}).fields() | data.fields()
    return _named({name: place.at("m_value") for name, place in fields.items() if _is_defined(place)})


def _inline(data: JsonValue) -> dict[str, Any]:
    """An enemy that the level's list `enemies` describes completely, as fields of `Enemy`."""
    return _named(data.get("attributes", {}).fields() | data.fields())


def _named(fields: dict[str, JsonValue]) -> dict[str, Any]:
    """Fields of the format as fields of `Enemy`; an enemy that attacks only its blocker has range 0."""
    found = {READERS[name][0]: READERS[name][1](place) for name, place in fields.items() if name in READERS}
    if found.get("rank") not in (*(rank.lower() for rank in RANKS), None):
        del found["rank"]
    if "applyWay" in fields and fields["applyWay"].enum(APPLY_WAYS) in ("NONE", "MELEE"):
        found["range"] = 0.0
    return found
