"""The journal beside a checkpoint: what was remembered since, on disk as soon as a battle is settled.

`journal-00000012` belongs to `checkpoint-00000012` and is read after it; number 0 is that of a start from nothing. It
is a row of records, each with its length and CRC-32 in front: first whose journal it is, then one record a battle. A
kill tears the last record at most, which reading leaves out.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from learning.agent import Experience
from learning.checkpoint import journals, number_of
from learning.durable import append_whole, move_aside, sync_folder

FORMAT = 1
_FRAME = struct.Struct("<II")
"""In front of each record: its length in bytes and its CRC-32."""


class Owner(msgspec.Struct, frozen=True):
    """The first record: whose battles these are."""

    format: int
    stage: str
    squad: list[str]


class PlayedBattle(msgspec.Struct, frozen=True):
    """A settled battle: what was remembered of it, and the state of exploration after it, as JSON."""

    experiences: list[Experience]
    policy: str


class JournalRead(NamedTuple):
    """What could be read of a journal."""

    entries: list[PlayedBattle]
    size: int
    """Bytes of its whole records."""
    note: str | None
    """A line about what could not be used."""


class Journal:
    """Writes the journal of one checkpoint. Nothing is written before the first battle."""

    def __init__(self, directory: Path, number: int, owner: Owner) -> None:
        self._path = directory / f"journal-{number:08d}"
        self._owner = owner
        self._size: int | None = None
        """Bytes of its whole records, once they were counted."""

    def append(self, entry: PlayedBattle) -> None:
        """Add a battle and wait until it is on the disk, whole or not at all. Raises OSError."""
        new = not self._path.exists()
        size = 0 if new else read(self._path, self._owner).size if self._size is None else self._size
        head = b"" if size else _record(msgspec.msgpack.encode(self._owner))
        record = head + _record(zlib.compress(msgspec.msgpack.encode(entry), 1))
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("wb" if new else "r+b", buffering=0) as file:
            file.truncate(size)
            file.seek(size)
            append_whole(file, record)
            os.fsync(file.fileno())
        if new:
            sync_folder(self._path.parent)
        self._size = size + len(record)


def read_since(directory: Path, number: int, owner: Owner) -> tuple[list[PlayedBattle], tuple[str, ...]]:
    """The battles since the checkpoint with this number, oldest first, and a line for each part that cannot be used.

    The journals of checkpoints that were newer, and are damaged, continue those before them. A journal of other battles
    is moved aside.
    """
    entries: list[PlayedBattle] = []
    notes: list[str] = []
    for path in (path for path in journals(directory) if number_of(path) >= number):
        found = read(path, owner)
        entries += found.entries
        notes += [found.note] if found.note else []
        if found.note and not found.size:
            move_aside(path, "earlier")
    return entries, tuple(notes)


def read(path: Path, owner: Owner) -> JournalRead:
    """The whole records of a journal, as far as they belong to this owner."""
    try:
        data = path.read_bytes()
    except OSError as error:
        return JournalRead([], 0, f"{path}: cannot be read ({error.strerror}); its battles are left out")
    records = list(_records(data))
    try:
        if not records:
            return JournalRead([], 0, f"{path}: is torn or damaged from its beginning; moved aside")
        if msgspec.msgpack.decode(records[0], type=Owner) != owner:
            return JournalRead([], 0, f"{path}: is of another stage, squad or version; moved aside")
        entries = [msgspec.msgpack.decode(zlib.decompress(record), type=PlayedBattle) for record in records[1:]]
    except (msgspec.MsgspecError, zlib.error) as error:
        return JournalRead([], 0, f"{path}: is of another version ({error}); moved aside")
    size = sum(_FRAME.size + len(record) for record in records)
    note = None if size == len(data) else f"{path}: its last {len(data) - size} bytes are torn or damaged and left out"
    return JournalRead(entries, size, note)


def _record(payload: bytes) -> bytes:
    """A payload with its length and checksum in front."""
    return _FRAME.pack(len(payload), zlib.crc32(payload)) + payload


def _records(data: bytes) -> Iterator[bytes]:
    """The payloads, up to the first that is torn or damaged."""
    start = 0
    while start + _FRAME.size <= len(data):
        length, check = _FRAME.unpack_from(data, start)
        start += _FRAME.size
        payload = data[start : start + length]
        if len(payload) < length or zlib.crc32(payload) != check:
            return
        yield payload
        start += length


def owner_of(stage: str, squad: Sequence[str]) -> Owner:
    """The owner of the battles of a squad on a stage, both by name."""
    return Owner(FORMAT, stage, list(squad))
