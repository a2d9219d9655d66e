"""What can go wrong with the game's data, each with the sentence a person needs."""

from __future__ import annotations


class GameDataError(ValueError):
    """A stage, a unit table or a plan cannot be used. The message names the file, the place and the remedy."""


class StageError(GameDataError):
    """A level file is broken or uses the format in a way that cannot be played."""


class TableError(GameDataError):
    """A table of operators or enemies is broken, or does not know the name asked for."""


class PlanError(GameDataError):
    """A plan is broken, names somebody whom no table knows, or cannot be played on its stage."""
