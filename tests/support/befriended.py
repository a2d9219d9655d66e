"""Levels with operators of their own, on the field or in the hand, for tests."""

from __future__ import annotations

from typing import Any

KROOS, FANG, ANSEL = "char_124_kroos", "char_123_fang", "char_212_ansel"


def friend(
    id_: str, tile: tuple[int, int], direction: str = "RIGHT", *, level: int = 1, phase: Any = "PHASE_0",
    favorPoint: int = 0, skill: int = 0, skill_level: int = 1, hidden: bool = False, alias: str | None = None,  # noqa: N803
) -> dict[str, Any]:  # fmt: skip
    """An operator of the level on a tile of the lane (row 0 at the top), as the format writes it."""
    return {
        "position": {"row": 2 - tile[0], "col": tile[1]},
        "direction": direction,
        "hidden": hidden,
        "alias": alias,
        "inst": {"characterKey": id_, "level": level, "phase": phase, "favorPoint": favorPoint, "potentialRank": 0},
        "skillIndex": skill,
        "mainSkillLvl": skill_level,
    }


def activate(key: str, at: float) -> dict[str, Any]:
    """The action that lets a friend come."""
    return {"actionType": "ACTIVATE_PREDEFINED", "key": key, "preDelay": at}


def withdraw(key: str, at: float) -> dict[str, Any]:
    """The action that lets a friend go."""
    return {"actionType": "WITHDRAW_PREDEFINED", "key": key, "preDelay": at}


def training(make: Any, *cards: dict[str, Any], **level: Any) -> dict[str, Any]:
    """A training level on the lane that gives the player these cards of operators."""
    data: dict[str, Any] = make.level([make.spawn()], **{"isTrainingLevel": True, **level})
    return {**data, "predefines": {"characterCards": list(cards)}}


def befriended(make: Any, *friends: dict[str, Any], actions: Any = (), **level: Any) -> dict[str, Any]:
    """A level on the lane with these operators of its own, one slug, and these actions."""
    data: dict[str, Any] = make.level([make.spawn(), *actions], **level)
    return {**data, "predefines": {"characterInsts": list(friends)}}
