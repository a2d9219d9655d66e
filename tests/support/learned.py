"""A configuration without time for searches, with the stored plan of a stage as the one that was found for it."""

from __future__ import annotations

from pathlib import Path

from levels import CATALOGUE

from bot import config as configuration
from bot.stage_plans import plan_file
from game.characters.builds import default_squad
from game.levels.stage import load_stage
from planning.solutions import solution_path


def kept_plan(folder: Path, stage: str) -> Path:
    """The file of a configuration without time for searches, which has the stored plan for the default squad."""
    path = folder / "bot.toml"
    path.write_text("[play]\nplanning_seconds = 0\n", encoding="utf-8")
    file = plan_file(configuration.load(path), load_stage(stage, CATALOGUE), default_squad(CATALOGUE))
    file.parent.mkdir(parents=True)
    file.write_bytes(solution_path(stage).read_bytes())
    return path
