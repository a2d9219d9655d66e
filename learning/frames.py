"""Where a replay buffer has its arrays: in memory, or mapped into a file, which has all that was written after a kill.

A file `buffer-00000003` begins with a page that says what follows, then come the arrays one after the other, whole from
the beginning: a disk that is full later does not touch them. They are written in place, so a checkpoint has to name the
frames that are its own; `reserved` says which of the others may have been written over since (see ReplayBuffer).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from learning.arrays import Arrays, Integers
from learning.checkpoint import CheckpointError
from learning.durable import sync_folder

FORMAT = 1
PAGE = 4096
"""Bytes of the first page: 8 for `reserved`, then JSON, then zeros."""
AHEAD = 1024
"""Frames that are reserved at a time, since each time the disk is waited for."""
CHUNK = 1 << 20
ALIGNED = 64

Layout = Mapping[str, np.dtype[Any]]
"""By name, the type of one row of an array, with its shape."""


class FramesError(CheckpointError):
    """A file of frames is missing, damaged, or of other arrays. The message names it."""


class Frames:
    """Arrays with so many rows each; `file` is None where they are in memory."""

    def __init__(self, arrays: Arrays, file: Path | None = None, mapped: np.memmap[Any, Any] | None = None) -> None:
        self.arrays, self.file, self._mapped = arrays, file, mapped
        self._reserved: Integers = np.zeros(1, np.int64) if mapped is None else np.asarray(mapped[:8]).view(np.int64)

    @property
    def rows(self) -> int:
        """How many frames there is room for."""
        return len(next(iter(self.arrays.values())))

    @property
    def reserved(self) -> int:
        """No frame from this number on was ever written. Not kept in memory, where no process follows."""
        return int(self._reserved[0])

    def reserve(self, end: int) -> None:
        """Have the disk know that frames below this number may be written from now on."""
        if self.file is not None and end > self.reserved:
            self._reserved[0] = end + AHEAD
            self.sync()

    def sync(self) -> None:
        """Wait until all that was written is on the disk."""
        if self.file is None or self._mapped is None:
            return
        if os.name == "nt":
            self._mapped.flush()
        with self.file.open("r+b") as file:
            os.fsync(file.fileno())  # mapped pages too; other threads run meanwhile, which mmap.flush keeps from it


def in_memory(layout: Layout, rows: int) -> Frames:
    """Arrays of zeros that end with the process."""
    return Frames({name: np.zeros(rows, row) for name, row in layout.items()})


def create(file: Path, layout: Layout, rows: int) -> Frames:
    """Arrays of zeros in a new file, which is there whole or not at all.

    Raises OSError where there is no room, FramesError where files cannot be mapped into memory.
    """
    unfinished = file.with_name(f"writing-{file.name}")
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with unfinished.open("wb") as out:
            out.write(bytes(8) + orjson.dumps(_described(layout, rows)).ljust(PAGE - 8))
            for size in _chunks(_places(layout, rows)[1] - PAGE):
                out.write(bytes(size))
            out.flush()
            os.fsync(out.fileno())
        unfinished.rename(file)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
    sync_folder(file.parent)
    return open_file(file, layout)


def open_file(file: Path, layout: Layout) -> Frames:
    """The arrays of a file. Raises FramesError where it is not there or has other arrays than these."""
    try:
        with file.open("rb") as found:
            told = orjson.loads(found.read(PAGE)[8:].rstrip() or b"null")
        rows = int(told["rows"])
        places, size = _places(layout, rows)
        fits = told == _described(layout, rows) and file.stat().st_size == size
    except OSError as error:
        raise FramesError(f"{file}: cannot be read ({error.strerror})") from None
    except (ValueError, TypeError, KeyError):
        fits = False
    if not fits:
        raise FramesError(f"{file}: is damaged, or of another stage, squad or version of Holdfast")
    try:
        data = np.memmap(file, np.uint8, mode="r+")
        data[::PAGE].any()  # has every page in memory from the start: what the process uses does not grow as it learns
    except OSError as error:
        raise FramesError(f"{file}: cannot be mapped into memory ({error.strerror})") from None
    arrays = {
        name: np.frombuffer(data, row.base, rows * (row.itemsize // row.base.itemsize), places[name]).reshape(
            rows, *row.shape
        )
        for name, row in layout.items()
    }
    return Frames(arrays, file, data)


def _described(layout: Layout, rows: int) -> dict[str, Any]:
    """What the first page says."""
    return {"format": FORMAT, "rows": rows, "arrays": {name: str(row) for name, row in layout.items()}}


def _places(layout: Layout, rows: int) -> tuple[dict[str, int], int]:
    """Where in a file each array begins, aligned for its numbers, and how long the file is."""
    found, end = dict[str, int](), PAGE
    for name, row in layout.items():
        found[name] = -(-end // ALIGNED) * ALIGNED
        end = found[name] + rows * row.itemsize
    return found, end


def _chunks(size: int) -> list[int]:
    return [CHUNK] * (size // CHUNK) + [size % CHUNK]
