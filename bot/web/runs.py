"""Traces for the page, a battle at a time: a trace of weeks has far more lines than a browser, or the bot, should hold.

A file is read line by line, and only the lines of the battle that was asked for are decoded. Checksums are left to
`holdfast replay`; a line that cannot be read ends what is shown.
"""

from __future__ import annotations

import contextlib
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from bot.trace import TraceError, TraceHeader, TraceLine, header_line
from bot.trace_files import GZIP, IN_FAULT, TRACES
from bot.trace_tools import name_of, tell
from bot.web.records import inside
from game.actions import DEPLOY
from game.view import BattleView
from states.commands import BattleEnded, Command, Decide, Report
from states.events import BattleSeen, Decided, Event, Tick

MOST_STEPS = 6000
"""Lines of a battle that are sent; a battle has a few hundred."""
TELLING = (b'"command":"report"', b'"command":"battle_ended"')
"""What a line has that changes the state, or the battle to which the next line belongs."""


class Fought(NamedTuple):
    """A battle of a trace, from the way to it until it is settled."""

    number: int
    first: int
    """The number of its first line in the file."""
    last: int
    seconds: float
    """From its first line to its last, on the run's clock."""
    outcome: str
    """won, lost, or empty where the trace ends before."""
    stars: int


def listed(directory: Path) -> list[dict[str, Any]]:
    """The traces of a data directory, newest first, with those that a fault holds: name, bytes, and when it began."""
    files = [path for path in (directory / "traces").glob(TRACES) if not path.name.startswith(".")]
    held = sorted((directory / "faults").glob(f"*/{IN_FAULT}*"), reverse=True)
    found = []
    for path in (*sorted(files, reverse=True), *held):
        with contextlib.suppress(TraceError, OSError):
            header = _header(path)
            name = f"{path.parent.name}:{path.name}" if path in held else path.name
            stage = header.scene.stage if header.scene else header.setup.stage_code
            found.append({"name": name, "began": header.began, "stage": stage, "bytes": path.stat().st_size,
                          "fault": path in held})  # fmt: skip
    return found


def trace_of(directory: Path, name: str) -> Path:
    """The file of a name that `listed` gives. Raises TraceError where there is none."""
    fault, _, file = name.rpartition(":")
    found = inside(directory / "faults", fault, file) if fault else inside(directory / "traces", file)
    if found is None or ".jsonl" not in found.name:
        raise TraceError(f"there is no trace {name}; it may have been deleted to make room")
    return found


def outline(path: Path) -> dict[str, Any]:
    """The battles of a trace, with its map and squad. Raises TraceError where the file is no trace."""
    header = _header(path)
    battles, number, first = list[Fought](), header.setup.played + 1, 2
    began: float | None = None
    line, seconds = 1, 0.0
    for row in _rows(path):
        at = _seconds(row)
        if at is None:
            break
        line, seconds = line + 1, at
        began = at if began is None else began
        ended = _ending(row)
        if ended is not None:
            battles.append(Fought(number, first, line, round(seconds - began, 2), ended.outcome, ended.stars))
            number, first, began = number + 1, line + 1, None
    if began is not None:
        battles.append(Fought(number, first, line, round(seconds - began, 2), "", 0))
    scene = header.scene
    return {
        "stage": scene.stage if scene else header.setup.stage_code,
        "map": list(scene.map) if scene else [],
        "squad": list(scene.squad) if scene else [],
        "width": header.setup.width,
        "battles": [battle._asdict() for battle in battles],
    }


def steps(path: Path, first: int, last: int) -> list[dict[str, Any]]:
    """The lines from `first` to `last` but for ticks, in plain data for the page. Raises TraceError for no trace."""
    header = _header(path)
    state, found, known = str(header.setup.state), list[dict[str, Any]](), dict[tuple[int, int], tuple[int, int]]()
    began: float | None = None
    for number, raw in enumerate(_rows(path), 2):
        if number > last or len(found) >= MOST_STEPS:
            break
        if number < first and not any(word in raw for word in TELLING):
            continue
        decoded = _decoded(raw)
        if decoded is None:
            break
        state = next((one.state for one in reversed(decoded.commands) if isinstance(one, Report)), state)
        if number < first or isinstance(decoded.event, Tick):
            continue
        began = decoded.event.t if began is None else began
        for command in decoded.commands:
            if isinstance(command, Decide):
                known = {(one.row, one.col): (one.slot, one.direction) for one in command.view.operators}
        found.append(_step(decoded, number, decoded.event.t - began, state, known, header.setup.width))
    return found


def _ending(row: bytes) -> BattleEnded | None:
    """The command of a line that settles a battle, if it has one."""
    decoded = _decoded(row) if TELLING[1] in row else None
    commands = decoded.commands if decoded else ()
    return next((one for one in commands if isinstance(one, BattleEnded)), None)


def _step(
    line: TraceLine, number: int, seconds: float, state: str, known: dict[tuple[int, int], tuple[int, int]], width: int
) -> dict[str, Any]:
    """One line in plain data; `known` are slot and direction of the operators by their tiles."""
    event = line.event
    step = {
        "line": number,
        "seconds": round(seconds, 2),
        "state": state,
        **said(event),
        "did": [said(one) for one in line.commands],
    }
    if isinstance(event, BattleSeen):
        step["view"] = seen(event.view, known)
    if isinstance(event, Decided):
        tile = list(divmod(event.action[2], width)) if event.action[0] == DEPLOY else None
        step["decided"] = {"q": round(event.q, 3), "explored": event.explored, "tile": tile, "slot": event.action[1]}
    return step


def said(what: Event | Command) -> dict[str, Any]:
    """An event or a command: its name, how it is told in English, and its values for those who tell it otherwise."""
    values = {field: getattr(what, field) for field in what.__struct_fields__}
    if isinstance(what, BattleSeen | Decide):
        view = what.view
        values |= {name: getattr(view, name) for name in ("kills", "total", "life", "dp", "paused")}
        values |= {name: len(getattr(view, name)) for name in ("cards", "operators", "enemies")}
    plain = {field: value for field, value in values.items() if not isinstance(value, BattleView)}
    return {"name": name_of(what), "told": tell(what), "values": plain}


def seen(view: BattleView, known: dict[tuple[int, int], tuple[int, int]]) -> dict[str, Any]:
    """A battle as it was seen, in plain data, with what is known of its operators."""
    operators = []
    for one in view.operators:
        slot, direction = known.get((one.row, one.col), (one.slot, one.direction))
        operators.append({"slot": slot, "row": one.row, "col": one.col, "direction": direction,
                          "health": round(one.health, 2), "ready": one.skill_ready})  # fmt: skip
    return {
        **{name: getattr(view, name) for name in ("kills", "total", "life", "dp", "slots_left", "speed", "paused")},
        "operators": operators,
        "enemies": [[one.kind, round(one.row, 2), round(one.col, 2), round(one.health, 2)] for one in view.enemies],
        "cards": [[card.slot, card.cost, card.state] for card in view.cards],
    }


def _header(path: Path) -> TraceHeader:
    """The header of a trace. Raises TraceError where there is none."""
    return header_line(path, next(_lines(path), b""))


def _rows(path: Path) -> Iterator[bytes]:
    """The lines after the header."""
    lines = _lines(path)
    next(lines, None)
    yield from lines


def _lines(path: Path) -> Iterator[bytes]:
    """The lines of a trace, unpacked; of a torn or damaged file those up to there. Raises TraceError."""
    try:
        with path.open("rb") as file:
            packed = file.read(len(GZIP)) == GZIP
        with gzip.open(path) if packed else path.open("rb") as lines, contextlib.suppress(EOFError, zlib.error):
            yield from (line.rstrip(b"\n") for line in lines)
    except OSError as error:
        raise TraceError(f"{path.name}: {error.strerror or error}") from None


class _Timed(msgspec.Struct):
    t: float


class _TimedLine(msgspec.Struct):
    event: _Timed


def _seconds(raw: bytes) -> float | None:
    """When the event of a line happened; None for a line without one."""
    try:
        return msgspec.json.decode(raw, type=_TimedLine).event.t
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _decoded(raw: bytes) -> TraceLine | None:
    try:
        return msgspec.json.decode(raw, type=TraceLine)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
