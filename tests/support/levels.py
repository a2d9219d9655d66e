"""Small levels for tests: a lane between two walls, and whatever a test puts on it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from game.characters.builds import squad_of
from game.characters.catalogue import Catalogue, load_catalogue
from game.levels.stage import Stage, load_stage
from game.simulator.battle import Battle

CATALOGUE = load_catalogue()
"""The shipped operators and enemies, for all tests."""
TILES = {
    "#": ("tile_forbidden", "HIGHLAND", "NONE", "FLY_ONLY"),
    "^": ("tile_wall", "HIGHLAND", "RANGED", "FLY_ONLY"),
    ".": ("tile_road", "LOWLAND", "MELEE", "ALL"),
    "S": ("tile_start", "LOWLAND", "NONE", "ALL"),
    "E": ("tile_end", "LOWLAND", "NONE", "ALL"),
}
REAL_LEVELS = {
    # number: (height, width, total)
    "00-01": (6, 9, 11), "00-05": (7, 10, 24), "01-01": (7, 9, 33), "01-04": (7, 11, 39), "01-07": (7, 11, 41),
}  # fmt: skip
"""The public levels of the reference data."""
LANE = ("^^^^^^^^", "S......E", "^^^^^^^^")
"""A lane of eight tiles between two walls; its route is `lane()`."""


def place(height: int, tile: tuple[int, int]) -> dict[str, int]:
    """A tile of the map (row 0 at the top) as the format writes it (row 0 at the bottom)."""
    return {"row": height - 1 - tile[0], "col": tile[1]}


def lane(
    points: tuple[Any, ...] = (), motion: str = "WALK", start: tuple[int, int] = (1, 0), **more: Any
) -> dict[str, Any]:
    """A route along the lane; `points` are tiles to pass or dicts of other checkpoints."""
    checkpoints = [
        {"type": "MOVE", "time": 0.0, "position": place(3, point)} if isinstance(point, tuple) else point
        for point in points
    ]
    ends = {"startPosition": place(3, start), "endPosition": place(3, (1, 7))}
    return {"motionMode": motion, **ends, "checkpoints": checkpoints, "allowDiagonalMove": False, **more}


def spawn(
    key: str = "enemy_1007_slime", at: float = 0.0, count: int = 1, every: float = 1.0, **more: Any
) -> dict[str, Any]:
    """A SPAWN action, of slugs on route 0 unless told otherwise."""
    return {
        "actionType": "SPAWN",
        "key": key,
        "preDelay": at,
        "count": count,
        "interval": every,
        "routeIndex": 0,
        **more,
    }


def level(
    *fragments: list[dict[str, Any]],
    picture: tuple[str, ...] = LANE,
    routes: tuple[Any, ...] | None = None,
    refs: tuple[dict[str, Any], ...] = (),
    **options: Any,
) -> dict[str, Any]:
    """A level file of one wave: everything in it can be changed afterwards, as it is plain data."""
    marks = sorted(set("".join(picture)))
    tiles = [
        dict(zip(("tileKey", "heightType", "buildableType", "passableMask"), TILES[m], strict=True)) for m in marks
    ]
    rules = {"characterLimit": 8, "maxLifePoint": 3, "initialCost": 99, "maxCost": 99, "costIncreaseTime": 1.0}
    return {
        "options": {**rules, "moveMultiplier": 0.5, **options},
        "mapData": {"map": [[marks.index(mark) for mark in row] for row in picture], "tiles": tiles},
        "routes": list(routes or (lane(),)),
        "enemyDbRefs": list(refs),
        "waves": [{"preDelay": 0.0, "fragments": [{"preDelay": 0.0, "actions": actions} for actions in fragments]}],
    }


def number(value: float) -> dict[str, Any]:
    """A value of `overwrittenData` that is defined."""
    return {"m_defined": True, "m_value": value}


def dummy(key: str = "enemy_1007_slime", **attributes: float) -> dict[str, Any]:
    """An enemy reference whose attributes (maxHp, atk, moveSpeed, ...) are overwritten; it does no damage."""
    defined = {name: number(value) for name, value in {"atk": 0, **attributes}.items()}
    return {"useDb": True, "id": key, "level": 0, "overwrittenData": {"attributes": defined}}


def rune(
    key: str, difficulty: str | int = "ALL", /, *, professions: Any = 1023, stands: Any = "ALL", **values: Any
) -> Any:
    """A rune of these numbers and texts."""
    board = [
        {"key": name, "value": 0.0, "valueStr": value} if isinstance(value, str) else {"key": name, "value": value}
        for name, value in values.items()
    ]
    masks = {"difficultyMask": difficulty, "professionMask": professions, "buildableMask": stands}
    return {**masks, "key": key, "blackboard": board}


class Workshop:
    """Makes level data, stages and battles for a test."""

    lane, spawn, level, dummy, number, rune = (staticmethod(made) for made in (lane, spawn, level, dummy, number, rune))

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def file(self, data: Any, name: str = "made.json") -> Path:
        """Level data as a file."""
        path = self.folder / name
        path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
        return path

    def stage(self, data: Any, *, challenge: bool = False, catalogue: Catalogue = CATALOGUE) -> Stage:
        """Level data as a stage."""
        return load_stage(self.file(data), catalogue, challenge=challenge)

    def battle(
        self, data: Any, names: tuple[str, ...] = ("Fang", "Kroos"), seed: int = 0, *, challenge: bool = False
    ) -> Battle:
        """A battle of a few operators on level data."""
        return Battle(self.stage(data, challenge=challenge), squad_of(names, CATALOGUE), seed=seed)


def play_plan(battle: Battle, plan: list[Any], seconds: float = 400.0, *, skills: bool = True) -> Battle:
    """Play a list of actions in order, and by-hand skills whenever an enemy is there."""
    from game.actions import SKILL, Action

    waiting = list(plan)
    while battle.outcome is None and battle.seconds < seconds:
        while waiting and battle.act(waiting[0]):
            waiting.pop(0)
        for one in battle.operators_on_field() if skills and battle.enemies_on_field() else ():
            if one.skill_ready:
                battle.act(Action(SKILL, one.slot))
        battle.step(15)
    return battle
