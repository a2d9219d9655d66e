"""The trace of a run, and its replay: what happened, and what the machine returned.

JSON lines. The first is a header with the setup of the machine; then comes one line for each event, with the commands
it caused; and a run that was not killed leaves an end line. Every line carries its number, the checksum of the line
before (`after`) and its own (`check`): so a line that is missing, doubled, swapped or edited is noticed and named.
A line is written in one piece and flushed, so a kill tears the last one at most.

Version 1 had neither numbers nor checksums nor an end line; it is still read.
"""

from __future__ import annotations

import contextlib
import difflib
import re
import time
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec

from bot.trace_files import unpacked
from game.errors import InputError
from learning.durable import append_whole
from states.commands import AnyCommand, BattleEnded, Command, Finish
from states.events import AnyEvent, Event, ScreenSeen
from states.machine import Machine, Setup

VERSION = 2
RECORD_ANOTHER = "record another with: holdfast run"
SEAL = re.compile(rb',"check":"([0-9a-f]{8})"}$')
"""How a line with a checksum ends; the checksum is the CRC-32 of everything before."""
CLOSED_BY: dict[str, str] = {"popup": "popup_close", "connection_lost": "connection_confirm"}
"""Version 1 only: the point that closes an interruption. Its events did not carry it: it followed from the name."""


class TraceError(InputError):
    """A trace cannot be read. The message names file, line and remedy."""


class Numbered(msgspec.Struct, frozen=True, kw_only=True):
    """What every line of a trace says about its place; in version 1 `line` is 0 and `after` is empty."""

    line: int = 0
    """Its number, the header's is 1."""
    after: str = ""
    """The checksum of the line before; empty in the header."""


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """What was played, for pictures of a run (`holdfast replay --frames`)."""

    stage: str
    map: tuple[str, ...] = ()
    """A row of the stage a text, a letter a tile; see `bot.trace_pictures.TILES`."""
    squad: tuple[str, ...] = ()
    """The names of the operators, in the order of their slots."""


class TraceHeader(Numbered, frozen=True, kw_only=True):
    """The first line of a trace. What has a default is absent from older traces."""

    holdfast_trace: int
    """The version of the format."""
    setup: Setup
    scene: Scene | None = None
    began: str = ""
    """When it began: local time in ISO 8601, with its offset from UTC."""
    cut_from: str = ""
    """Of which lines of which trace it is a part."""


class TraceLine(Numbered, frozen=True, kw_only=True):
    """One event and the commands it caused."""

    event: AnyEvent
    commands: list[AnyCommand]


class TraceEnd(Numbered, frozen=True, kw_only=True):
    """The last line of a trace that was closed: it tells a run that ended from one whose last lines are missing.

    What has a default is absent from older traces.
    """

    end: Literal[True] = True
    events: int | None = None
    """How many events there are."""
    seconds: float | None = None
    """From the first event to the last, on the run's clock."""
    battles: int | None = None
    """Battles settled in this trace."""
    why: str = ""
    """Why the trace ends."""


class Difference(NamedTuple):
    """The first place where a replay and its trace differ. `str` of it is for people."""

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

    header: TraceHeader
    lines: list[TraceLine]
    torn: str | None
    """What is wrong with the end of the file, after a kill: a torn last line, or no end line."""
    end: TraceEnd | None = None

    @property
    def setup(self) -> Setup:
        """What the machine knew before it began."""
        return self.header.setup


class TraceWriter:
    """Writes a trace. Raises OSError when a line cannot be written."""

    def __init__(self, path: Path, setup: Setup, scene: Scene | None = None, cut_from: str = "") -> None:
        self._encoder = msgspec.json.Encoder()
        self._file = path.open("wb", buffering=0)
        self.number, self._check = 0, ""
        """The number of the last line."""
        self.bytes = 0
        """The size of the file."""
        self._began: float | None = None
        self._seconds, self._battles, self._why = 0.0, 0, ""
        began = time.strftime("%Y-%m-%dT%H:%M:%S%z")
        try:
            self._put(TraceHeader(**self._next(), holdfast_trace=VERSION, setup=setup, scene=scene, began=began,
                                  cut_from=cut_from))  # fmt: skip
        except OSError:
            self.abandon()
            path.unlink(missing_ok=True)
            raise

    def write(self, event: Event, commands: Sequence[Command]) -> None:
        """Add one event and its commands."""
        self._put(TraceLine(**self._next(), event=event, commands=list(commands)))  # type: ignore[arg-type]
        self._began = event.t if self._began is None else self._began
        self._seconds = event.t - self._began
        for command in commands:
            self._battles += isinstance(command, BattleEnded)
            self._why = command.why if isinstance(command, Finish) else self._why

    def close(self, why: str = "") -> None:
        """Write the end line and close the file; without a `why`, that of the command Finish is the reason.

        On a full disk the end line is missing, which reading reports.
        """
        with contextlib.suppress(OSError):
            self._put(TraceEnd(**self._next(), events=self.number - 1, seconds=round(self._seconds, 3),
                               battles=self._battles, why=why or self._why))  # fmt: skip
        with contextlib.suppress(OSError):
            self._file.close()

    def abandon(self) -> None:
        """Close the file without an end line, which reading reports: it ends where the disk was full."""
        with contextlib.suppress(OSError):
            self._file.close()

    def _next(self) -> dict[str, Any]:
        """The number of the line that is written next, and the checksum of the line before it."""
        return {"line": self.number + 1, "after": self._check}

    def _put(self, line: Numbered) -> None:
        """Write a line with its checksum."""
        body = self._encoder.encode(line)[:-1]
        check = checksum(body)
        written = body + f',"check":"{check}"}}\n'.encode()
        append_whole(self._file, written)
        self.number, self._check = line.line, check
        self.bytes += len(written)


def checksum(body: bytes) -> str:
    """The checksum of a line: CRC-32 in 8 hexadecimal digits. It detects any one changed byte; it is no signature."""
    return f"{zlib.crc32(body):08x}"


def read_trace(path: Path) -> Recording:
    """Read a whole trace. A torn end is left out and told in `torn`; anything else broken raises TraceError."""
    try:
        rows = unpacked(path.read_bytes()).split(b"\n")
    except OSError as error:
        raise TraceError(f"{path}: {error.strerror}") from None
    except ValueError as error:
        raise TraceError(f"{path}: {error}; {RECORD_ANOTHER}") from None
    # A line that a kill tore has no line end; what it contains may even be whole.
    torn = f"{path}:{len(rows) + 1}: torn last line left out" if rows.pop() else None
    if not rows:
        raise TraceError(f"{path}: no trace: it has no whole header line; {RECORD_ANOTHER}")
    if any(SEAL.search(row) for row in rows):
        damage = find_damage(rows)
        if damage is not None:
            raise TraceError(f"{path}: {damage}")
    header = header_line(path, rows[0])
    if header.holdfast_trace == 1:
        return Recording(header, [_version_2(line) for line in _lines(path, rows[1:])], torn)
    end = end_line(rows[-1])
    if end is None and torn is None:
        torn = f"{path}:{len(rows) + 1}: no end line: the run was killed, or lines are missing from here on"
    return Recording(header, _lines(path, rows[1 : len(rows) - (end is not None)]), torn, end)


def find_damage(rows: Sequence[bytes]) -> str | None:
    """The first missing, doubled, swapped or edited line of a version 2 trace, with the remedy; None if it is whole."""
    numbers, check = [line_number(row) for row in rows], ""
    for expected, (row, number) in enumerate(zip(rows, numbers, strict=True), 1):
        if number is None:
            return f"line {expected} was edited; {_cut(expected)}"
        if number < expected:
            return f"line {number} is there twice; take one of the two out"
        if number > expected:
            return _not_next(expected, number, numbers)
        if msgspec.json.decode(row, type=Numbered).after != check:
            return f"line {expected} is from another trace; {_cut(expected)}"
        check = checksum(SEAL.sub(b"", row))
    return None


def line_number(row: bytes) -> int | None:
    """The number a line carries; None when the line does not have the checksum that it says."""
    seal = SEAL.search(row)
    if seal is None or checksum(row[: seal.start()]).encode() != seal[1]:
        return None
    try:
        return msgspec.json.decode(row, type=Numbered).line
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _not_next(expected: int, number: int, numbers: Sequence[int | None]) -> str:
    """What happened when line `number` stands in the place of an earlier one: swapped, moved, or lines are missing."""
    if expected in numbers[number - 1 : number]:
        return f"lines {expected} and {number} are swapped; swap them back"
    if expected in numbers:
        return f"line {expected} stands after line {number}; put the lines back in order"
    missing = f"line {expected} is" if number == expected + 1 else f"lines {expected} to {number - 1} are"
    return f"{missing} missing; {_cut(expected)}"


def _cut(line: int) -> str:
    """What to do about a trace that is broken at a line."""
    return f"cut the file before line {line} to replay what came earlier" if line > 1 else RECORD_ANOTHER


def header_line(path: Path, row: bytes) -> TraceHeader:
    """The header in the first line; raises TraceError when it is none, or of a version this program cannot read."""
    try:
        header = msgspec.json.decode(row, type=TraceHeader)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise TraceError(f"{path}:1: not a trace's header ({error}); {RECORD_ANOTHER}") from None
    sealed = SEAL.search(row) is not None
    if header.holdfast_trace not in (1, VERSION):
        raise TraceError(f"{path}:1: trace version {header.holdfast_trace}, this Holdfast reads 1 and {VERSION}")
    if sealed != (header.holdfast_trace == VERSION):
        raise TraceError(f"{path}: line 1 was edited; {RECORD_ANOTHER}")
    return header


def _lines(path: Path, rows: Sequence[bytes]) -> list[TraceLine]:
    """The events and commands of all lines but the header; raises TraceError for a line that is none."""
    decoder = msgspec.json.Decoder(TraceLine)
    lines = []
    for number, row in enumerate(rows, 2):
        try:
            lines.append(decoder.decode(row))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise TraceError(f"{path}:{number}: broken line ({error}); {_cut(number)}") from None
    return lines


def end_line(row: bytes) -> TraceEnd | None:
    """The end line of a trace; None for every other line."""
    with contextlib.suppress(msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return msgspec.json.decode(row, type=TraceEnd) if b'"end":true' in row else None
    return None


def _version_2(line: TraceLine) -> TraceLine:
    """A line of version 1 with what its event did not say then."""
    event = line.event
    if isinstance(event, ScreenSeen) and event.screen in CLOSED_BY:
        event = msgspec.structs.replace(event, closed_by=CLOSED_BY[event.screen])
    return msgspec.structs.replace(line, event=event)


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
