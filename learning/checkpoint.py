"""Checkpoints on disk: safetensors for arrays, JSON for the rest, written whole or not at all.

A checkpoint is a folder `checkpoint-00000012` with `learned.safetensors` (weights, optimiser), `buffer.safetensors` and
`state.json`, which names the SHA-256 of the other two. It is written under another name, synced and renamed, so a kill
at any moment leaves the last good one. The newest two are kept; an unreadable one is moved aside, never deleted.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import orjson
from safetensors import SafetensorError
from safetensors.numpy import load, save

from game.errors import InputError
from learning.arrays import Arrays

FORMAT = 1
KEPT = 2
LEARNED, BUFFER, STATE = "learned.safetensors", "buffer.safetensors", "state.json"


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


def write(directory: Path, checkpoint: Checkpoint) -> Path:
    """Write the next checkpoint, whole or not at all, and drop all but the newest two."""
    directory.mkdir(parents=True, exist_ok=True)
    for left in directory.glob("writing-*"):
        shutil.rmtree(left)
    number = max((int(path.name.removeprefix("checkpoint-")) for path in checkpoints(directory)), default=0) + 1
    final, unfinished = directory / f"checkpoint-{number:08d}", directory / f"writing-{number:08d}"
    unfinished.mkdir()
    parts = {LEARNED: save(_contiguous(checkpoint.learned)), BUFFER: save(_contiguous(checkpoint.buffer))}
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()}
    facts = {"format": FORMAT, "sha256": digests, **checkpoint.facts}
    # The state of numpy's generators has 128-bit integers, which orjson refuses: callers pass such facts as text.
    for name, data in {**parts, STATE: orjson.dumps(facts, option=orjson.OPT_INDENT_2)}.items():
        _write_synced(unfinished / name, data)
    _sync(unfinished)
    unfinished.rename(final)
    _sync(directory)
    for old in checkpoints(directory)[:-KEPT]:
        shutil.rmtree(old)
    return final


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
            aside = _move_aside(path, "damaged")
            older = [other.name for other in checkpoints(directory)]
            rest = f"going on from {older[-1]}" if older else "starting from nothing"
            notes.append(f"{error}; moved aside as {aside.name}, {rest}")
    return None, tuple(notes)


def set_aside(directory: Path) -> None:
    """Rename all checkpoints of a folder, so that the next start is a fresh one and nothing is lost."""
    for path in checkpoints(directory):
        _move_aside(path, "earlier")


def _move_aside(path: Path, why: str) -> Path:
    """Rename a checkpoint so that it is no longer found. Returns its new path."""
    number = 1
    while (aside := path.with_name(f"{why}-{number}-{path.name}")).exists():
        number += 1
    return path.rename(aside)


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


def _write_synced(path: Path, data: bytes) -> None:
    """Write a file and wait until it is on the disk."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(directory: Path) -> None:
    """Wait until the entries of a folder are on the disk; Windows has no call for it and needs none."""
    if os.name != "nt":
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
