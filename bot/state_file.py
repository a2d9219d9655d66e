"""What outlives the daemon: whether it is paused, and how many battles it has played in all its runs.

`state.json` in the data directory, written under another name and renamed: a kill leaves the old one or the new one.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

import msgspec

from game.errors import InputError
from learning.durable import move_aside, sync_folder

FILE = "state.json"
FORMAT = 1


class StateFileError(InputError):
    """The state file cannot be used. The message names it and the remedy."""


class Pause(msgspec.Struct, frozen=True, kw_only=True):
    """A pause that has not been ended."""

    why: str
    since: str
    """Date and time of the wall clock, for people."""


class KeptState(msgspec.Struct, frozen=True, kw_only=True):
    """The content of the file."""

    format: int = FORMAT
    battles: int = 0
    """Battles settled in all runs."""
    won: int = 0
    paused: Pause | None = None


class StateFile:
    """The file, and what is known from it. `note` is a line about a file that could not be used.

    Raises StateFileError for a file of another version.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.note: str | None = None
        self.failed: str | None = None
        """Why the last change could not be written, if it could not."""
        self.state = self._read()

    def change(self, **fields: Any) -> None:
        """Write other values, so that a kill of the process does not lose them. On a full disk `failed` says why."""
        self.state = msgspec.structs.replace(self.state, **fields)
        fresh = self._path.with_suffix(".new")
        try:
            fresh.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_bytes(msgspec.json.format(msgspec.json.encode(self.state), indent=2) + b"\n")
            fresh.replace(self._path)
        except OSError as error:
            self.failed = f"{self._path}: cannot be written ({error.strerror})"
            with contextlib.suppress(OSError):
                fresh.unlink(missing_ok=True)
        else:
            self.failed = None

    def sync(self) -> None:
        """Wait until what was written is on the disk, so that a power cut does not lose it. May take long."""
        with contextlib.suppress(OSError):
            handle = os.open(self._path, os.O_RDWR)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
            sync_folder(self._path.parent)

    def _read(self) -> KeptState:
        """What the file says; a file that is damaged is moved aside."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return KeptState()
        except OSError as error:
            raise StateFileError(f"{self._path}: cannot be read ({error.strerror})") from None
        try:
            format_ = msgspec.json.decode(data, type=dict[str, Any]).get("format", FORMAT)
            state = msgspec.json.decode(data, type=KeptState) if format_ == FORMAT else None
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            aside = move_aside(self._path, "damaged")
            self.note = f"{self._path}: is damaged ({error}); moved aside as {aside.name}, beginning without it"
            return KeptState()
        if state is None:
            raise StateFileError(
                f"{self._path}: is of format {format_!r:.20}, this Holdfast reads {FORMAT}; use the version that wrote "
                "it, or move the file away to begin without its pause and its counts"
            )
        return state
