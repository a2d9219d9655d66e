"""The elite phases of the public tables, of operators and of what they summon."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from game.gamedata.talents import short


def frames_of(phase: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The attributes of a phase at its first and at its last level."""
    frames = phase["attributesKeyFrames"]
    return frames[0]["data"], frames[-1]["data"]


def phase_fields(phase: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a `Phase`, its range by name."""
    first, last = frames_of(phase)
    return {
        "levels": phase["maxLevel"],
        "max_health": [first["maxHp"], last["maxHp"]],
        "attack": [first["atk"], last["atk"]],
        "defense": [first["def"], last["def"]],
        "resistance": short(last["magicResistance"]),
        "cost": last["cost"],
        "block": last["blockCnt"],
        "range": phase["rangeId"] or "0-1",
    }
