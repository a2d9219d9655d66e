"""Checkpoints on disk: safetensors for arrays, JSON for the rest, written whole or not at all.

A checkpoint is a folder `checkpoint-00000012` with `learned.safetensors` (weights, optimiser), `buffer.safetensors` and
`state.json`, which names the SHA-256 of the other two. It is written under another name, synced and renamed, so a kill
at any moment leaves the last good one. The newest two are kept; an unreadable one is moved aside, never deleted.

`buffer.safetensors` is empty where the buffer is in a file of its own beside the checkpoints, `buffer-00000003`, which
the fact `buffers` names with how far it was written (see learning.replay).
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import orjson
from safetensors import SafetensorError
from safetensors.numpy import load, save

from game.errors import InputError
from learning.arrays import Arrays
from learning.durable import move_aside, sync_folder, write_synced

FORMAT = 1
KEPT = 2
LEARNED, BUFFER, STATE = "learned.safetensors", "buffer.safetensors", "state.json"
BUFFERS = "buffers"
"""The fact that has the position in each buffer's file: see ReplayBuffer.position."""


class CheckpointError(InputError):
    """A checkpoint cannot be used. The message names the file and what is wrong with it."""


class Checkpoint(NamedTuple):
    """Weights and optimiser, the buffer, and counters and facts, each by name."""

    learned: Arrays
    buffer: Arrays
    facts: dict[str, Any]


def checkpoints(directory: Path) -> list[Path]:
    """The checkpoints of a folder, oldest first."""
    return sorted(directory.glob("checkpoint-[0-9]*"))


def journals(directory: Path) -> list[Path]:
    """The journals of a folder (see learning.journal), oldest first."""
    return sorted(directory.glob("journal-[0-9]*"))


def buffers(directory: Path) -> list[Path]:
    """The files of buffers in a folder, oldest first."""
    return sorted(directory.glob("buffer-[0-9]*"))


def next_buffer(directory: Path) -> Path:
    """The name for a new file of a buffer."""
    return directory / f"buffer-{max(map(number_of, buffers(directory)), default=0) + 1:08d}"


def number_of(path: Path) -> int:
    """The number of a checkpoint, journal or buffer."""
    return int(path.name.rsplit("-", 1)[-1])


def tidy(directory: Path) -> None:
    """Remove what a kill left: what is half-written, and buffers that no checkpoint can name, since there is none."""
    _remove_unfinished(directory)
    if not any(directory.glob("*checkpoint-[0-9]*")):
        for path in buffers(directory):
            path.unlink()


def _remove_unfinished(directory: Path) -> None:
    for left in directory.glob("writing-*"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink()


def write(directory: Path, checkpoint: Checkpoint) -> Path:
    """Write the next checkpoint, whole or not at all, and drop all but the newest two, with their journals.

    Raises OSError where it cannot be written; then the room that was taken is free again.
    """
    directory.mkdir(parents=True, exist_ok=True)
    _remove_unfinished(directory)
    number = max(map(number_of, [*checkpoints(directory), *journals(directory)]), default=0) + 1
    final, unfinished = directory / f"checkpoint-{number:08d}", directory / f"writing-{number:08d}"
    try:
        _write_parts(unfinished, checkpoint)
    except OSError:
        _remove_unfinished(directory)
        raise
    unfinished.rename(final)
    sync_folder(directory)
    _drop_old(directory)
    return final


def _write_parts(folder: Path, checkpoint: Checkpoint) -> None:
    """Write the files of a checkpoint into a new folder, and wait until they are on the disk."""
    folder.mkdir()
    parts = {LEARNED: save(_contiguous(checkpoint.learned)), BUFFER: save(_contiguous(checkpoint.buffer))}
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()}
    facts = {"format": FORMAT, "sha256": digests, **checkpoint.facts}
    # The state of numpy's generators has 128-bit integers, which orjson refuses: callers pass such facts as text.
    for name, data in {**parts, STATE: orjson.dumps(facts, option=orjson.OPT_INDENT_2)}.items():
        write_synced(folder / name, data)
    sync_folder(folder)


def _drop_old(directory: Path) -> None:
    """Delete all but the newest two checkpoints, and the journals and buffers that neither of these two needs."""
    kept = checkpoints(directory)[-KEPT:]
    for path in checkpoints(directory)[:-KEPT]:
        shutil.rmtree(path)
    for path in journals(directory):
        if len(kept) == KEPT and number_of(path) < number_of(kept[0]):
            path.unlink()
    named = [_named_buffers(path) for path in kept]
    for path in buffers(directory):
        if not any(names is None or path.name in names for names in named):
            path.unlink()


def _named_buffers(path: Path) -> set[str] | None:
    """The files of buffers that a checkpoint names; None where it cannot be read."""
    try:
        return {str(one["file"]) for one in orjson.loads((path / STATE).read_bytes()).get(BUFFERS, ())}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def read(path: Path) -> Checkpoint:
    """The checkpoint in a folder. Raises CheckpointError where it is incomplete or damaged."""
    try:
        facts = orjson.loads((path / STATE).read_bytes())
        if not isinstance(facts, dict) or facts.get("format") != FORMAT:
            raise CheckpointError(f"{path / STATE}: is not of format {FORMAT}; use the version that wrote it")
        learned, buffer = (_read_part(path / name, facts["sha256"][name]) for name in (LEARNED, BUFFER))
    except OSError as error:
        raise CheckpointError(f"{error.filename}: cannot be read ({error.strerror})") from None
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise CheckpointError(f"{path / STATE}: is damaged ({error})") from None
    return Checkpoint(learned, buffer, facts)


def read_newest(directory: Path) -> tuple[Checkpoint | None, tuple[str, ...]]:
    """The newest readable checkpoint, and a line for each unreadable one, which is moved aside."""
    notes: list[str] = []
    for path in reversed(checkpoints(directory)):
        try:
            return read(path), tuple(notes)
        except CheckpointError as error:
            aside = move_aside(path, "damaged")
            older = [other.name for other in checkpoints(directory)]
            rest = f"going on from {older[-1]}" if older else "beginning anew"
            notes.append(f"{error}; moved aside as {aside.name}, {rest}")
    if notes:
        for path in buffers(directory):
            move_aside(path, "damaged")
    return None, tuple(notes)


def set_aside(directory: Path) -> None:
    """Rename all that is kept in a folder, so that the next start is a fresh one and nothing is lost."""
    for path in (*checkpoints(directory), *journals(directory), *buffers(directory)):
        move_aside(path, "earlier")


def _contiguous(arrays: Arrays) -> Arrays:
    """The arrays in C order: of others safetensors writes the wrong numbers."""
    return {name: np.ascontiguousarray(array) for name, array in arrays.items()}


def _read_part(path: Path, digest: str) -> Arrays:
    """The arrays of one file. Raises CheckpointError where its SHA-256 is not this one."""
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise CheckpointError(f"{path}: is damaged (its SHA-256 is not the one in {STATE})")
    try:
        arrays: Arrays = load(data)
    except SafetensorError as error:
        raise CheckpointError(f"{path}: is damaged ({error})") from None
    return arrays
