"""The enemies of a level: which of our table each id is, and with which numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from game.characters.catalogue import Enemy, enemies_by_id, id_at, load_enemies
from game.levels.reader import Place, Unknown
from game.levels.runes import Rune, changed_enemy, replaced_enemies

STAND_IN = "soldier"
STAND_IN_FLYING = "drone"
"""The kinds whose numbers stand in for an enemy that our table does not know and the level does not define."""

RANKS = ("NORMAL", "ELITE", "BOSS")
APPLY_WAYS = ("NONE", "MELEE", "RANGED", "ALL")
READERS: dict[str, tuple[str, Callable[[Place], Any]]] = {
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
"""Fields of the format's enemies: ours, and how each is read. `attack_speed` is in points."""


class Roster:
    """The enemies of a level, each entered when it is first asked for."""

    def __init__(self, data: Place, runes: Iterable[Rune], unknown: Unknown) -> None:
        self.enemies: list[Enemy] = []
        self.unknown = unknown
        self._runes = tuple(runes)
        self._replaced = replaced_enemies(self._runes)
        self._refs = {ref.at("id").text(): ref for ref in data.at("enemyDbRefs").each()}
        self._inline = {str(one.get("key").value): one for one in data.get("enemies", []).each()}
        self._indexes: dict[tuple[str, bool], int] = {}

    def index(self, key: str, *, flying: bool) -> int:
        """The place in `enemies` of the enemy with this id."""
        key = self._replaced.get(key, key)
        if (key, flying) not in self._indexes:
            self._indexes[key, flying] = len(self.enemies)
            self.enemies.append(changed_enemy(self._enemy(key, flying=flying), key, self._runes))
        return self._indexes[key, flying]

    def _enemy(self, key: str, *, flying: bool) -> Enemy:
        """An enemy's numbers: our table's, or a stand-in's, and over them what the level says of it."""
        ref = self._refs.get(key)
        overwritten = ref.get("overwrittenData", {}) if ref else Place("", "", {})
        defined = _inline(self._inline[key]) if key in self._inline else {}
        defined |= defined_fields(overwritten)
        base, exact = _base(key, overwritten, flying=flying)
        level = ref.get("level", 0).whole() if ref else 0
        stronger = enemies_by_id().get(id_at(key, level), base) if level else base
        own = "max_health" in defined and not (ref and ref.get("useDb", default=True).value)
        if not exact and not own:
            self.unknown.note(f"enemy {key}")
        if level and stronger is base:
            self.unknown.note(f"enemy {key} level {level}")
        if exact and key != base.name:  # by our own name it is ours, and does what it does here
            for what in base.missing:
                self.unknown.note(f"enemy {key}: {what}")
        speed = defined.pop("attack_speed", 100.0)
        enemy = msgspec.structs.replace(stronger, **{**defined, "flying": flying})
        return msgspec.structs.replace(enemy, attack_interval=enemy.attack_interval * 100.0 / max(speed, 1.0))


def _base(key: str, overwritten: Place, *, flying: bool) -> tuple[Enemy, bool]:
    """The entry an enemy's numbers start from, and whether it is that enemy's own.

    A later form of an enemy (enemy_1007_slime_2) that is not in the table starts from the first one.
    """
    names = [key]
    if _is_defined(overwritten.get("prefabKey")):
        names.append(str(overwritten.get("prefabKey").at("m_value").value))
    names += [re.sub(r"_\d+$", "", name) for name in names]
    known = {**load_enemies(), **enemies_by_id()}
    for name in names:
        if name in known:
            return known[name], name in names[: len(names) // 2]
    stand_in = load_enemies()[STAND_IN_FLYING if flying else STAND_IN]
    return msgspec.structs.replace(stand_in, name=key, ids=(key,)), False


def _is_defined(place: Place) -> bool:
    """Whether a field of `overwrittenData` overwrites anything."""
    return bool(place.get("m_defined", default=False).value) and place.get("m_value").value is not None


def defined_fields(data: Place) -> dict[str, Any]:
    """The fields of `overwrittenData`, or of an enemy in the public tables, that are defined, under our names."""
    fields = data.get("attributes", {}).fields() | data.fields()
    return _named({name: place.at("m_value") for name, place in fields.items() if _is_defined(place)})


def _inline(data: Place) -> dict[str, Any]:
    """The fields of an enemy that the level's list `enemies` describes whole, under our names."""
    return _named(data.get("attributes", {}).fields() | data.fields())


def _named(fields: dict[str, Place]) -> dict[str, Any]:
    """Fields of the format under our names; whoever strikes only what blocks it has no range."""
    found = {READERS[name][0]: READERS[name][1](place) for name, place in fields.items() if name in READERS}
    if found.get("rank") not in (*(rank.lower() for rank in RANKS), None):
        del found["rank"]
    if "applyWay" in fields and fields["applyWay"].enum(APPLY_WAYS) in ("NONE", "MELEE"):
        found["range"] = 0.0
    return found
