"""One daemon for one data directory, one training for one folder: two would write over each other's checkpoints.

The system releases a lock when the process ends, even when it is killed.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from bot.config import ConfigError
from game.errors import InputError

DAEMON, TRAINING = "daemon.lock", "training.lock"


@contextlib.contextmanager
def only_daemon(directory: Path) -> Iterator[None]:
    """Lock the data directory while the block runs, and make it first where it is missing. Raises ConfigError when
    another daemon has locked it, or nothing can be written there.
    """
    taken = f"another daemon plays with {directory}; end it with: holdfast stop, or choose another data.directory"
    with _held(directory / DAEMON, ConfigError, f"data.directory: cannot write in {directory}", taken):
        yield


@contextlib.contextmanager
def only_training(folder: Path) -> Iterator[None]:
    """Lock the folder of a training while the block runs, and make it first where it is missing; where the block has
    put nothing there, the folder is removed again. Raises InputError when another training has locked it, or nothing
    can be written there.
    """
    taken = f"{folder}: another training writes here; wait for its end, or give another --out"
    with _held(folder / TRAINING, InputError, f"{folder}: cannot be written", taken):
        try:
            yield
        finally:
            if [path.name for path in folder.iterdir()] == [TRAINING]:
                (folder / TRAINING).unlink()
                folder.rmdir()


def is_locked(directory: Path) -> bool:
    """Whether a daemon has locked the data directory. Nothing is made or changed."""
    try:
        with (directory / DAEMON).open("r+") as file:
            return not _lock(file)
    except OSError:
        return False


@contextlib.contextmanager
def _held(place: Path, error: type[InputError], unwritable: str, taken: str) -> Iterator[None]:
    """Lock a file, made with its folder where it is missing, while the block runs. Raises the error with a message."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        file = place.open("a")
    except OSError as why:
        raise error(f"{unwritable}: {why.strerror}") from None
    with file:
        if not _lock(file):
            raise error(taken)
        yield


def _lock(file: IO[str]) -> bool:
    """Lock an open file for this process; False at once where another process has locked it."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
            return False
        raise
    return True
