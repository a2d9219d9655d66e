"""Reads the log back: its lines across rotation, those that were asked for, and how they read on a terminal."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import orjson

LEVELS = ("debug", "info", "warning", "error")
"""Of lines, the least important first."""
MARKS = {"warning": "! ", "error": "!!"}
HIDDEN = ("time", "level", "event", "run")
"""Fields that a readable line shows in a place of their own, or not at all."""
COLOURS = {"error": "\x1b[31m", "warning": "\x1b[33m", "event": "\x1b[36m", "time": "\x1b[2m", "end": "\x1b[0m"}


def readable(line: Mapping[str, Any], *, colours: bool = False) -> str:
    """A log line for people: the time of day, a mark for warnings and errors, the event, then name=value."""
    level = str(line.get("level"))
    rest = " ".join(f"{name}={_shown(value)}" for name, value in line.items() if name not in HIDDEN)
    clock, mark, event = str(line.get("time", ""))[11:19], MARKS.get(level, ""), f"{line.get('event', '')!s:<14}"
    if not colours:
        return f"{clock}  {mark:<2}{event} {rest}".rstrip()
    end, strong = COLOURS["end"], COLOURS.get(level, COLOURS["event"])
    return f"{COLOURS['time']}{clock}{end}  {strong}{mark:<2}{event}{end} {rest}".rstrip()


def _shown(value: object) -> str:
    """A value of a readable line: in quotes where it has spaces."""
    text = str(value)
    return f'"{text}"' if " " in text else text


def written(line: Mapping[str, Any]) -> datetime:
    """When a line was written; long ago where it does not say so."""
    try:
        return datetime.fromisoformat(str(line.get("time"))).astimezone()
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def read(file: Path, *, follow: bool = False, poll: float = 0.3) -> Iterator[dict[str, Any]]:
    """The lines of a log, those of the files put aside first; with `follow`, also those still to come.

    A line that is not a JSON object, such as one torn by a crash, is skipped.
    """
    return itertools.chain.from_iterable(batches(file, follow=follow, poll=poll))


def batches(file: Path, *, follow: bool = False, poll: float = 0.3) -> Iterator[list[dict[str, Any]]]:
    """As `read`, in the pieces in which they were read. An empty piece says that there is no more for now.

    A log that is put aside, deleted and made again, or cut short is followed.
    """
    reader = _Reader(file)
    try:
        while True:
            # Asked before reading: what is read from a file that has a successor by then is all the rest of it.
            following = reader.following()
            lines = reader.lines()
            if lines:
                yield lines
            if following is not None:
                reader.open(*following)
            elif not lines:
                yield []
                if not follow:
                    return
                time.sleep(poll)
    finally:
        reader.close()


def backwards(file: Path, holds: Callable[[bytes], bool]) -> Iterator[dict[str, Any]]:
    """The lines of a log, newest first, through the files put aside: those for which `holds` is true, which gets each
    as it stands in the file.
    """
    for path, _ in reversed(_files(file)):
        try:
            lines = path.read_bytes().split(b"\n")
        except OSError:
            continue
        yield from _parsed([line for line in reversed(lines) if line and holds(line)])


class _Reader:
    """Reads the files of a log one after the other. An inode tells which file is which while they are renamed."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._stream: BinaryIO | None = None
        self._torn = b""
        """The beginning of a line whose end has not been written yet."""
        self._seen: set[int] = set()

    def lines(self) -> list[dict[str, Any]]:
        """What is new in the open file; in one that was cut short, everything."""
        if self._stream is None:
            return []
        if os.fstat(self._stream.fileno()).st_size < self._stream.tell():
            self._stream.seek(0)
            self._torn = b""
        *lines, self._torn = (self._torn + self._stream.read()).split(b"\n")
        return list(_parsed(lines))

    def following(self) -> tuple[Path, int] | None:
        """The file that comes after the open one, with its inode; None where there is none yet."""
        files = _files(self._file)
        inodes = [inode for _, inode in files]
        if not files:
            return None
        if self._stream is None:
            return files[0]
        own = os.fstat(self._stream.fileno()).st_ino
        if own in inodes:
            return next(iter(files[inodes.index(own) + 1 :]), None)
        # A file that is made anew may have the inode of a deleted one; one that was put aside is not read again.
        return next((one for one in files if one[1] not in self._seen or one[0] == self._file), None)

    def open(self, path: Path, inode: int) -> None:
        """Go on with another file, unless it was renamed a moment ago."""
        try:
            stream = path.open("rb")
        except OSError:
            return
        if os.fstat(stream.fileno()).st_ino != inode:
            stream.close()
            return
        self.close()
        self._stream, self._torn = stream, b""
        self._seen.add(inode)

    def close(self) -> None:
        """Close the open file."""
        if self._stream is not None:
            self._stream.close()


def _files(file: Path) -> list[tuple[Path, int]]:
    """The files of a log with their inodes, the oldest first: FILE.2, FILE.1, FILE.

    They are listed until two lists agree: one made while files are renamed may lack some.
    """
    listed, before = list(_listed(file)), None
    while listed != before:
        listed, before = list(_listed(file)), listed
    return listed


def _listed(file: Path) -> Iterator[tuple[Path, int]]:
    """The files of a log, one after the other."""
    put_aside = [path for path in file.parent.glob(f"{file.name}.*") if path.suffix[1:].isdecimal()]
    for path in (*sorted(put_aside, key=lambda one: -int(one.suffix[1:])), file):
        try:
            yield path, path.stat().st_ino
        except FileNotFoundError:
            continue


def _parsed(lines: list[bytes]) -> Iterator[dict[str, Any]]:
    for line in lines:
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue
        if isinstance(value, dict):
            yield value
