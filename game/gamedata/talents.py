"""Talents and traits of the public tables: what they add to numbers, and which effects they are."""

# ruff: noqa: RUF001 - the tables are Chinese, and so is their punctuation
# ruff: noqa: ARG005 - all settings take the same arguments

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from game.gamedata import descriptions
from game.gamedata.branches import Branch
from game.gamedata.descriptions import Meaning
from game.gamedata.phrases import FACTOR

INITIAL_DP = re.compile(r"编入队伍后，额外获得(\d+)点初始部署费用")
"""Texas and others: DP that a squad with them has more at the start."""


AIMS = ("aims", "prefers_air", "targets", "range")
"""What a talent sets rather than changes."""
Setting = Callable[[Mapping[str, Any], Mapping[str, float]], Any]
SETTING: dict[re.Pattern[str], dict[str, Any | Setting]] = {
    re.compile("优先攻击使用远程武器的敌人"): {"aims": "shooters"},
    re.compile("优先攻击防御力最高的敌人"): {"aims": "highest defense"},
    re.compile("优先攻击【无人机】(单位)?"): {"prefers_air": True},
    re.compile("攻击时同时攻击两个目标"): {"targets": 2},
    re.compile("(稍微|略微)延长特性停顿的持续时间"): {"slow_time": lambda one, board: board["sluggish"]},
    re.compile("攻击范围扩大，但攻击间隔略微增大"): {
        "range": lambda one, board: one["rangeId"],
        "attack_interval": lambda one, board: board["base_attack_time"],
    },
    re.compile("攻击间隔略微增大，但(?=攻击力)"): {"attack_interval": lambda one, board: board["base_attack_time"]},
}
"""Parts of talents that set what an operator is, and the fields of `Bonus` that they set."""


WORDS = ("when", "who", "per", "skill")
"""Fields of a branch's effect whose texts are no keys."""


def _given(value: Any, board: Mapping[str, float]) -> Any:
    """A field of a branch's effect: for a text that is a key of the tables, the number that they give."""
    if isinstance(value, dict):
        return {key: _given(one, board) for key, one in value.items()}
    found = board[value] if isinstance(value, str) and value in board else value
    return int(found) if isinstance(found, float) and found == int(found) else found


def branch_effects(entry: Mapping[str, Any], branch: Branch) -> list[dict[str, Any]]:
    """The effects of a branch, whose numbers the tables may give with each of its operators."""
    candidates = (entry.get("trait") or {}).get("candidates") or [{}]
    found = []
    for one in candidates:
        condition = one.get("unlockCondition") or {"phase": 0, "level": 1}
        reached = {"name": "trait", "elite": phase_number(condition["phase"]), "level": condition["level"]}
        numbers = board_of(one.get("blackboard"))
        found += [
            reached | {field: value if field in WORDS else _given(value, numbers) for field, value in effect.items()}
            for effect in branch.effects
        ]
    return found


def _talent_effects(one: Mapping[str, Any], name: str, read: Meaning) -> list[dict[str, Any]]:
    """A talent as effects, without those that only change its owner's own numbers, which have been read; none unless
    all of it, or all of the rest, is understood.
    """
    numbers, rest = read.effects, read.rest
    condition = one.get("unlockCondition") or {"phase": 0, "level": 1}
    reached = {
        "name": name,
        "elite": phase_number(condition["phase"]),
        "level": condition["level"],
        "potential": one.get("requiredPotentialRank", 0) + 1,
    }
    text, board = descriptions.plain(one.get("description")), board_of(one.get("blackboard"))
    found = descriptions.talent_effects(text, board)
    if found is None and rest:
        found = descriptions.talent_effects("，".join(rest), board)
    found = found or []
    return [reached | effect for effect in found if not _only_changes(effect, numbers)]


def _only_changes(effect: Mapping[str, Any], numbers: Mapping[str, Any]) -> bool:
    """Whether an effect does nothing but change these numbers of its owner, always."""
    changed = {field for change in effect.values() if isinstance(change, dict) for field in change}
    return set(effect) <= {"add", "scale"} and changed <= set(numbers)


def talents_of(entry: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[str]]:
    """The numbers that talents change, as bonuses; what else they do, as effects; and the words of those of which not
    all is understood, at their highest level.
    """
    effects: list[dict[str, Any]] = []
    bonuses: list[dict[str, Any]] = []
    rest: list[str] = []
    for number, talent in enumerate(entry.get("talents") or (), 1):
        name, candidates = f"talent {number}", talent.get("candidates") or ()
        read = [_numbers_of(one) for one in candidates]
        composed = [_talent_effects(one, name, own) for one, own in zip(candidates, read, strict=True)]
        bonuses += [_bonus(one, name, own.effects) for one, own in zip(candidates, read, strict=True) if own.effects]
        if all(found or not own.rest for found, own in zip(composed, read, strict=True)):
            effects += [effect for found in composed for effect in found]
        elif read[-1].rest:
            rest.append(f"{name}: {'，'.join(read[-1].rest)}")
    return bonuses, effects, rest


def _numbers_of(one: Mapping[str, Any]) -> Meaning:
    """The numbers that a talent changes, and the clauses that do anything else."""
    text = descriptions.plain(one.get("description"))
    board = board_of(one.get("blackboard"))
    for pattern, fields in SETTING.items():
        if pattern.search(text):
            found = {field: value(one, board) if callable(value) else value for field, value in fields.items()}
            other = descriptions.bonus(pattern.sub("", text, count=1).strip("，"), board)
            return Meaning(other.effects | found, other.rest)
    if not text.strip("？"):
        return Meaning({}, ())
    if given := INITIAL_DP.fullmatch(descriptions.plain(one.get("description"))):
        return Meaning({"initial_dp": float(given[1])}, ())
    return descriptions.bonus(one.get("description") or "", board_of(one.get("blackboard")))


def _bonus(one: Mapping[str, Any], name: str, effects: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a `Bonus`."""
    condition = one.get("unlockCondition") or {"phase": 0, "level": 1}
    changes = {field: value for field, value in effects.items() if field not in (FACTOR, *AIMS)}
    told = {field: effects[field] for field in AIMS if field in effects}
    scale = {field: short(value) for field, value in changes.items() if descriptions.is_fraction(field, value)}
    add = {field: short(value) for field, value in changes.items() if field not in scale}
    factor = {field: short(value) for field, value in effects.get(FACTOR, {}).items()}
    return {
        "name": name,
        "elite": phase_number(condition["phase"]),
        "level": condition["level"],
        "potential": one.get("requiredPotentialRank", 0) + 1,
        **told,
        **({"add": add} if add else {}),
        **({"scale": scale} if scale else {}),
        **({"factor": factor} if factor else {}),
    }


def phase_number(phase: Any) -> int:
    """An elite phase, written 1 or "PHASE_1"."""
    return int(phase) if not isinstance(phase, str) else int(phase.rsplit("_", 1)[1])


def board_of(rows: Iterable[Mapping[str, Any]] | None) -> dict[str, float]:
    """The numbers of a blackboard by key."""
    return {row["key"]: row["value"] for row in rows or () if isinstance(row.get("value"), int | float)}


def short(value: Any) -> Any:
    """A number as a table has it: whole numbers without a point, others rounded to four digits."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    rounded = round(float(value), 4)
    return int(rounded) if rounded == int(rounded) else rounded
