"""Writing so that a kill or a full disk leaves files whole."""

from __future__ import annotations

import contextlib
import os
from io import FileIO
from pathlib import Path


def write_synced(path: Path, data: bytes) -> None:
    """Write a file and wait until it is on the disk."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(directory: Path) -> None:
    """Wait until the entries of a folder are on the disk; Windows has no call for it and needs none."""
    if os.name != "nt":
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def append_whole(file: FileIO, data: bytes) -> None:
    """Write at the end of an unbuffered file, whole or not at all. Raises OSError where it cannot be written."""
    start, rest = file.tell(), memoryview(data)
    try:
        while rest:
            rest = rest[file.write(rest) or 0 :]
    except OSError:
        with contextlib.suppress(OSError):
            file.truncate(start)
            file.seek(start)
        raise


def move_aside(path: Path, why: str) -> Path:
    """Rename a file or folder so that it is no longer found, such as to damaged-1-NAME. Returns its new path."""
    number = 1
    while (aside := path.with_name(f"{why}-{number}-{path.name}")).exists():
        number += 1
    return path.rename(aside)
