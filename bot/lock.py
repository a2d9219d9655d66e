"""One daemon for one data directory: two would write over each other's checkpoints."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from bot.config import ConfigError


@contextlib.contextmanager
def only_daemon(directory: Path) -> Iterator[None]:
    """Lock the data directory while the block runs, and make it first where it is missing. Raises ConfigError when
    another daemon has locked it, or nothing can be written there.

    The system releases the lock when the process ends, even when it is killed.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        file = (directory / "daemon.lock").open("a")
    except OSError as error:
        raise ConfigError(f"data.directory: cannot write in {directory}: {error.strerror}") from None
    with file:
        try:
            _lock(file.fileno())
        except OSError:
            raise ConfigError(
                f"another daemon plays with {directory}; end it with: holdfast stop, or choose another data.directory"
            ) from None
        yield


def is_locked(directory: Path) -> bool:
    """Whether a daemon has locked the data directory. Nothing is made or changed."""
    try:
        with (directory / "daemon.lock").open("r+") as file:
            _lock(file.fileno())
    except FileNotFoundError:
        return False
    except OSError as error:
        return error.errno in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return False


def _lock(descriptor: int) -> None:
    """Lock an open file for this process. Raises OSError at once where another process has locked it."""
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        return
    import fcntl

    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
