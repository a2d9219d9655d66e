"""The trace of a run, and its replay: what happened, and what the machine made of it.

JSON lines: a header with what the machine was built from, then one line an event with the commands it caused. A line is
written as one piece and flushed, so a kill tears at most the last one.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from game.errors import InputError
from states.commands import AnyCommand, Command
from states.events import AnyEvent, Event
from states.machine import Machine, Setup

VERSION = 1


class TraceError(InputError):
    """A trace cannot be read. The message names file, line and remedy."""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The first line of a trace."""

    holdfast_trace: int
    setup: Setup


class Line(msgspec.Struct, frozen=True):
    """One event and what it caused."""

    event: AnyEvent
    commands: list[AnyCommand]


class Difference(NamedTuple):
    """The first place where a replay and its trace part. `str` of it is for people."""

    line: int
    event: Event
    expected: Sequence[Command]
    got: Sequence[Command]

    def __str__(self) -> str:
        """Where, after which event, and what differs, as a unified diff of the commands."""
        expected, got = ([str(command) for command in commands] for commands in (self.expected, self.got))
        diff = difflib.unified_diff(expected, got, "recorded", "replayed", lineterm="", n=1)
        return "\n".join([f"line {self.line}: after {self.event}", *diff])


class Recording(NamedTuple):
    """A trace in memory."""

    setup: Setup
    lines: list[Line]
    torn: str | None
    """What is wrong with the last line, if a kill tore it."""


class TraceWriter:
    """Writes a trace. Raises OSError when the disk will not take it."""

    def __init__(self, path: Path, setup: Setup) -> None:
        self._encoder = msgspec.json.Encoder()
        self._file = path.open("wb")
        self._put(Header(holdfast_trace=VERSION, setup=setup))

    def write(self, event: Event, commands: list[Command]) -> None:
        """Add one event and its commands."""
        self._put({"event": event, "commands": commands})

    def close(self) -> None:
        """End the trace."""
        self._file.close()

    def _put(self, what: Any) -> None:
        self._file.write(self._encoder.encode(what) + b"\n")
        self._file.flush()


def read_trace(path: Path) -> Recording:
    """Read a whole trace. A torn last line is left out and told in `torn`; anything else broken raises TraceError."""
    try:
        rows = path.read_bytes().split(b"\n")
    except OSError as error:
        raise TraceError(f"{path}: {error.strerror}") from None
    torn = rows.pop() != b""
    if torn:
        # The line a kill tore has no end; what it holds may even look whole.
        torn_at = len(rows) + 1
    if not rows:
        raise TraceError(f"{path}: no trace: it has no whole header line; record one with: holdfast run")
    try:
        header = msgspec.json.decode(rows[0], type=Header)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise TraceError(f"{path}:1: not a trace's header ({error}); record one with: holdfast run") from None
    if header.holdfast_trace != VERSION:
        raise TraceError(f"{path}:1: trace version {header.holdfast_trace}, this Holdfast reads {VERSION}")
    decoder = msgspec.json.Decoder(Line)
    lines = []
    for number, row in enumerate(rows[1:], 2):
        try:
            lines.append(decoder.decode(row))
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise TraceError(
                f"{path}:{number}: broken line ({error}); cut the file before it to replay what came earlier"
            ) from None
    return Recording(header.setup, lines, f"{path}:{torn_at}: torn last line left out" if torn else None)


def replay(recording: Recording, **table: Any) -> Difference | None:
    """Feed a trace's events to a fresh machine; the first difference in its commands, None when there is none.

    `table` goes to the machine (`transitions`), to try another one.
    """
    machine = Machine(recording.setup, **table)
    for number, line in enumerate(recording.lines, 2):
        got = machine.handle(line.event)
        if got != line.commands:
            return Difference(number, line.event, line.commands, got)
    return None
