"""What a real client needs to know of a stage: its code, which is written on its button on the map."""

from __future__ import annotations

from bot.config import ConfigError
from game.levels.stage import Stage


def check_code(stage: Stage) -> None:
    """Raise ConfigError where no table gives the stage's code, by which its button is found on the map."""
    if stage.code == stage.name:
        known = "holdfast gamedata use FOLDER (or: gamedata update)"
        raise ConfigError(
            f"play.stage: no table of stages knows {stage.name}, so its button cannot be found on the map; run: {known}"
        )
