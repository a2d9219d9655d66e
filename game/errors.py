"""The errors of the project. Each message is one line for a user: what is wrong, where, and what to do."""

from __future__ import annotations

DONE, FAILED, BAD_INPUT, NO_DAEMON, HUMAN_NEEDED = range(5)
"""Exit codes of the command line, which are an interface (README): done as asked; failed; bad input; no daemon answers;
a person is needed."""


class HoldfastError(Exception):
    """The base of every error that the command line reports in one line instead of a traceback."""

    exit_code = FAILED


class InputError(HoldfastError, ValueError):
    """Something the user gave cannot be used."""

    exit_code = BAD_INPUT


class GameDataError(InputError):
    """A stage, a table or a plan cannot be used. The message names the file, the place and the remedy."""


class LibraryError(GameDataError):
    """A user's copy of the game data is broken, holds no game data, or cannot be fetched."""


class StageError(GameDataError):
    """A level file is broken or uses the format in a way that cannot be played."""


class NoChallengeError(StageError):
    """A level that has no challenge mode is asked for in that mode."""


class TableError(GameDataError):
    """A table of operators or enemies is broken, or does not contain the name asked for."""


class PlanError(GameDataError):
    """A plan is broken, names an operator that no table contains, or cannot be played on its stage."""
