"""Battles in a hall for the tests of single enemies: one lane with walls on which shooters may stand."""

from __future__ import annotations

from typing import Any

import msgspec
from levels import CATALOGUE, place

from game.characters.builds import squad_of
from game.characters.catalogue import Catalogue
from game.levels.stage import stage_of
from game.simulator.battle import Battle

HALL = ("^^^^^^^^", "S......E", "........", "........", "^^^^^^^^")
STILL = {"attack": 0.0, "holds_fire": True, "skill": None, "effects": (), "max_health": 1e5, "resistance": 0.0}
"""Operators that only stand there."""


def battle_with(
    make: Any,
    catalogue: Catalogue,
    *enemies: str,
    names: tuple[str, ...] = ("Fang", "Beagle", "Kroos"),
    start: tuple[int, int] = (1, 0),
    devices: tuple[tuple[str, tuple[int, int]], ...] = (),
    cards: tuple[tuple[str, int], ...] = (),
    motion: str = "WALK",
    checkpoints: tuple[dict[str, Any], ...] = (),
    **changes: Any,
) -> Battle:
    """A battle with these enemies, with devices on tiles, and with cards of devices, so many of each."""
    top = {"row": len(HALL) - 1 - start[0], "col": start[1]}
    end = {"row": len(HALL) - 2, "col": 7}
    way = {"motionMode": motion, "startPosition": top, "endPosition": end, "checkpoints": list(checkpoints)}
    refs = tuple({"useDb": True, "id": key, "level": 0} for key in dict.fromkeys(enemies))
    data = make.level([make.spawn(key) for key in enemies], picture=HALL, routes=(way,), refs=refs)
    data["predefines"] = {"tokenInsts": [
        {"position": place(len(HALL), tile), "direction": "UP", "hidden": False, "skillIndex": 0, "mainSkillLvl": 1,
         "inst": {"characterKey": key, "level": 1}}
        for key, tile in devices
    ], "tokenCards": [
        {"initialCnt": copies, "hidden": False, "skillIndex": 0, "mainSkillLvl": 1,
         "inst": {"characterKey": key, "level": 1}}
        for key, copies in cards
    ]}  # fmt: skip
    squad = squad_of(names, CATALOGUE)
    stage = stage_of(data, "hall", catalogue)
    return Battle(stage, tuple(msgspec.structs.replace(one, **{**STILL, **changes}) for one in squad))
