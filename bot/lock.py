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
    try:
        file = _opened(directory / DAEMON)
    except OSError as error:
        raise ConfigError(f"data.directory: cannot write in {directory}: {error.strerror}") from None
    with file:
        if not _lock(file):
            raise ConfigError(
                f"another daemon plays with {directory}; end it with: holdfast stop, or choose another data.directory"
            )
        yield


@contextlib.contextmanager
def only_training(folder: Path) -> Iterator[None]:
    """Lock the folder of a training while the block runs, and make it first where it is missing; where the block has
    put nothing there, the folder is removed again. Raises InputError when another training has locked it, or nothing
    can be written there.
    """
    try:
        file = _opened(folder / TRAINING)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error.strerror}") from None
    with file:
        if not _lock(file):
            raise InputError(f"{folder}: another training writes here; wait for its end, or give another --out")
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


def _opened(place: Path) -> IO[str]:
    """The file that is locked, made with its folder where it is missing. Raises OSError."""
    place.parent.mkdir(parents=True, exist_ok=True)
    return place.open("a")


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
