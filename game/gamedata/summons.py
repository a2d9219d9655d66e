"""What operators of the public tables summon: talents that put a card in the player's hand, as entries of our tables.

The talent says how many and how they differ, the tables' own entry of the unit has its numbers. Whether it counts
against the limit of deployed operators is in neither: https://arknights.fandom.com/wiki/Summon says it.
"""

# ruff: noqa: RUF001 - the tables are Chinese, and so is their punctuation
from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from game.gamedata import descriptions
from game.gamedata.phases import frames_of, phase_fields
from game.gamedata.talents import board_of, phase_number, short


class Summoning(NamedTuple):
    """What a talent of an operator summons."""

    talent: str
    """As `talents_of` names it."""
    summon: dict[str, Any]
    """Fields of `Summon`."""


NAMES = {"幻影": "Nightingale's Mirage", "触手": "Deepcolor's Tentacle"}
"""The English names of what is summoned."""
FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], dict[str, Any]]], ...] = (
    (
        re.compile(
            r"可以使用(?P<name>幻影)。幻影无法攻击和阻挡敌人，拥有(?P<resistance>\d+)法术抗性，(?P<dodge>\d+)%的物理闪避"
            r"，并且更容易吸引敌人的攻击，同时每秒流失(?P<fades>\d+)%的最大生命"
        ),
        lambda said: {
            "takes_slot": False,
            "fades": int(said["fades"]) / 100,
            "effects": [{"add": {"dodge": int(said["dodge"]) / 100}}],
        },
    ),
    (re.compile(r"可以使用[一两三四]个(?P<name>触手)召唤物来协助作战"), lambda _: {}),
)
"""Sentences of talents, and the fields of `Summon` that they give."""


def summon_of(entry: Mapping[str, Any], characters: Mapping[str, Any]) -> Summoning | None:
    """What an operator summons, with the numbers that `characters` have for it; None for nothing that is played."""
    for number, talent in enumerate(entry.get("talents") or (), 1):
        candidates = talent.get("candidates") or ()
        read = [fields for one in candidates if (fields := _read(one)) is not None]
        if read and len(read) == len(candidates):
            id_ = entry.get("tokenKey") or next(iter(entry["displayTokenDict"]))
            copies = [_copies(candidates, elite) for elite in range(len(entry["phases"]))]
            return Summoning(f"talent {number}", {**_numbers(id_, characters[id_]), "copies": copies, **read[-1]})
    return None


def _read(one: Mapping[str, Any]) -> dict[str, Any] | None:
    """The fields that a talent gives what it summons; None if it summons nothing that is played."""
    text = descriptions.plain(one.get("description"))
    return next((fields(said) for pattern, fields in FORMS if (said := pattern.fullmatch(text))), None)


def _copies(candidates: Sequence[Mapping[str, Any]], elite: int) -> int:
    """How many a talent gives in an elite phase."""
    from_elite = [phase_number((one.get("unlockCondition") or {"phase": 0})["phase"]) for one in candidates]
    reached = [one for one, least in zip(candidates, from_elite, strict=True) if least <= elite]
    return int(board_of(reached[-1].get("blackboard"))["cnt"]) if reached else 0


def _numbers(id_: str, unit: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a `Summon` that the tables have as numbers, ranges by name."""
    first, _ = frames_of(unit["phases"][0])
    attacks = any(last["atk"] for _, last in map(frames_of, unit["phases"]))
    chinese = unit["name"].strip()
    fields = {
        "name": NAMES[chinese],
        "names": [chinese, id_],
        "melee": unit["position"] == "MELEE",
        "taunt": first.get("tauntLevel") or 0,
        "attack_interval": short(first["baseAttackTime"]) if attacks else 0,
        "redeploy_time": first["respawnTime"],
    }
    return fields | {"phases": [phase_fields(phase) for phase in unit["phases"]]}
