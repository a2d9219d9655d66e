"""What the tests of several verbs need."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import game


@pytest.fixture
def hard(tmp_path: Path) -> Path:
    """The level file of first_watch with a rune for challenge mode: operators cost three times as much."""
    data = json.loads((Path(game.__file__).parent / "levels" / "stages" / "first_watch.json").read_text("utf-8"))
    cost = {"difficultyMask": "FOUR_STAR", "key": "cbuff_char_cost", "blackboard": [{"key": "scale", "value": 3.0}]}
    file = tmp_path / "hard.json"
    file.write_text(json.dumps({**data, "runes": [cost]}), encoding="utf-8")
    return file


@pytest.fixture
def job(tmp_path: Path) -> tuple[Path, Path]:
    """A copilot job for first_watch, and a squad for it."""
    actions = [
        {"name": "Fang", "location": [5, 2], "direction": "Left"},
        {"name": "Kroos", "location": [4, 1], "direction": "Left", "kills": 1},
    ]
    plan = tmp_path / "job.json"
    plan.write_text(json.dumps({"stage_name": "HF-1", "minimum_required": "v4.0.0", "actions": actions}))
    squad = tmp_path / "squad.toml"
    squad.write_text('[[operator]]\nname = "Fang"\nelite = 1\n\n[[operator]]\nname = "Kroos"\nlevel = 20\n')
    return plan, squad
