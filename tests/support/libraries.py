"""Small folders of game data for tests: a repository, MAA's resource folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from levels import level, spawn

STAGES = {
    "main_01-07": {"stageId": "main_01-07", "code": "1-7", "levelId": "Obt/Main/level_main_01-07", "name": "暴君"},
    "main_09-05": {"stageId": "main_09-05", "code": "9-6", "levelId": "Obt/Main/level_main_09-05", "name": "深池"},
}
ENEMY = {
    "Key": "enemy_1000_gopro",
    "Value": [
        {
            "level": 0,
            "enemyData": {
                "attributes": {
                    "maxHp": {"m_defined": True, "m_value": 77},
                    "moveSpeed": {"m_defined": True, "m_value": 1.0},
                }
            },
        }
    ],
}
NAMES = {
    "chars": {
        "char_123_fang": {"name": "芬", "name_en": "Fang", "name_jp": "フェン", "name_kr": "팽", "name_tw": "芬"},
        "char_286_cast3": {"name": "Castle-3", "name_en": "Castle 3", "name_jp": "x", "name_jp_unavailable": True},
        "token_1": {"name": "装置"},
    }
}


def write(file: Path, data: Any) -> None:
    """Write JSON, or a text as it is, into a file; its folders are made."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(data if isinstance(data, str) else json.dumps(data, ensure_ascii=False), encoding="utf-8")


def repository(folder: Path, language: str = "zh_CN") -> Path:
    """A folder laid out as the game-data repository, with two stages and an enemy."""
    inside = folder / language / "gamedata"
    write(inside / "excel" / "stage_table.json", {"stages": STAGES})
    write(inside / "excel" / "item_table.json", {"unused": 1})
    write(inside / "levels" / "enemydata" / "enemy_database.json", {"enemies": [ENEMY]})
    for id_ in STAGES:
        write(inside / "levels" / "obt" / "main" / f"level_{id_}.json", level([spawn()]))
    return folder


def resource(folder: Path) -> Path:
    """A folder laid out as MAA's resource folder."""
    write(folder / "battle_data.json", NAMES)
    rows = {f"{id_}-x": {**row, "levelId": row["levelId"].lower()} for id_, row in STAGES.items()}
    write(folder / "Arknights-Tile-Pos" / "overview.json", rows)
    write(folder / "Arknights-Tile-Pos" / "main_01-07-obt-main-level_main_01-07.json", rows["main_01-07-x"])
    return folder
