"""What people do with traces: list them, read them, compare two, and cut a part out that replays by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from bot.trace import (
    Recording,
    TraceError,
    TraceLine,
    TraceWriter,
    end_line,
    header_line,
    read_trace,
    replay,
)
from bot.trace_files import IN_FAULT, TRACES, inodes, unpacked
from states.commands import BattleEnded, Command, Decide, Finish, Gesture, Remember, Report
from states.events import BattleSeen, Event
from states.machine import Machine, Setup

KILLED = "no end: the run was killed, or is still going on"
UNTOLD = ("t", "lag", "latency")
"""Fields that are left out when an event is told."""
STARTS = 20
"""How many places before and after the one asked for are tried as the beginning of a part."""


class TraceSummary(NamedTuple):
    """A trace in figures."""

    path: Path
    began: str
    """Local time; empty in older traces."""
    events: int
    seconds: float
    """From the first event to the last, on the run's clock."""
    battles: int
    ended: str
    bytes: int
    fault: bool
    """Whether it is kept because of a fault."""


def summaries(traces: Path, faults: Path) -> list[TraceSummary | str]:
    """The traces of a data directory, oldest first, then those that only a fault holds; a text where one is broken."""
    held = sorted(faults.glob(f"*/{IN_FAULT}*"))
    named = sorted(path for path in traces.glob(TRACES) if not path.name.startswith("."))
    of_faults, of_runs = inodes(held), inodes(named)
    found: list[TraceSummary | str] = []
    for path in (*named, *(path for path in held if not inodes([path]) & of_runs)):
        try:
            found.append(summary(path, fault=bool(inodes([path]) & of_faults)))
        except TraceError as error:
            found.append(str(error))
    return found


def summary(path: Path, *, fault: bool = False) -> TraceSummary:
    """The figures of a trace; from its header and its end line, where these tell them. Raises TraceError."""
    try:
        packed = path.read_bytes()
        content = unpacked(packed)
    except OSError as error:
        raise TraceError(f"{path}: {error.strerror}") from None
    except ValueError as error:
        raise TraceError(f"{path}: {error}") from None
    end = end_line(content[content.rfind(b"\n", 0, -1) + 1 :].rstrip(b"\n"))
    if end is not None and end.events is not None:
        header = header_line(path, content[: content.find(b"\n")])
        figures: tuple[int, float, int] = (end.events, end.seconds or 0.0, end.battles or 0)
        return TraceSummary(path, header.began, *figures, end.why or "closed", len(packed), fault)
    recording = read_trace(path)
    ended = next((one.why for line in recording.lines[-1:] for one in line.commands if isinstance(one, Finish)), "")
    if not ended:
        ended = KILLED if recording.end is None else "closed"
    return TraceSummary(path, recording.header.began, *figures_of(recording.lines), ended, len(packed), fault)


def figures_of(lines: Sequence[TraceLine]) -> tuple[int, float, int]:
    """Events, seconds from the first to the last, and battles settled."""
    seconds = lines[-1].event.t - lines[0].event.t if lines else 0.0
    return len(lines), round(seconds, 3), sum(isinstance(one, BattleEnded) for line in lines for one in line.commands)


class Step(NamedTuple):
    """A line of a trace with what it belongs to."""

    number: int
    """The line's number in the file."""
    seconds: float
    """Since the trace's first event."""
    state: str
    """The machine's state after the event."""
    battle: int
    """The battle that is on, or on the way: the first is 1."""
    line: TraceLine


def steps(recording: Recording) -> Iterator[Step]:
    """Every line of a trace, with the state and the battle that it belongs to."""
    state, battle = str(recording.setup.state), recording.setup.played + 1
    for number, line in enumerate(recording.lines, 2):
        for command in line.commands:
            state = command.state if isinstance(command, Report) else state
        yield Step(number, line.event.t - recording.lines[0].event.t, state, battle, line)
        battle += sum(isinstance(command, BattleEnded) for command in line.commands)


def chosen(
    recording: Recording,
    *,
    state: str | None = None,
    event: str | None = None,
    begin: float | None = None,
    end: float | None = None,
    battle: int | None = None,
) -> Iterator[Step]:
    """The lines of one state, kind of event, battle, and time (`begin` and `end` in seconds since the first event)."""
    for step in steps(recording):
        if (
            (state is None or step.state == state)
            and (event is None or name_of(step.line.event) == event)
            and (begin is None or step.seconds >= begin)
            and (end is None or step.seconds <= end)
            and (battle is None or step.battle == battle)
        ):
            yield step


def name_of(what: Event | Command) -> str:
    """The name of an event or a command, as the trace has it."""
    return str(what.__struct_config__.tag)


def tell_step(step: Step) -> str:
    """A line of a trace for people: number, seconds, state, event, and under it each command."""
    head = f"{step.number:>6} {step.seconds:>9.2f} s  {step.state:<12} {tell(step.line.event)}"
    return "\n".join([head, *(f"{'':>33}-> {tell(command)}" for command in step.line.commands)])


def tell(what: Event | Command) -> str:
    """An event or a command in a line."""
    match what:
        case BattleSeen(view=view) | Decide(view=view):
            return (
                f"{name_of(what)}: kills {view.kills}/{view.total}, life {view.life}, DP {view.dp}, {len(view.cards)} "
                f"cards, {len(view.operators)} operators, {len(view.enemies)} enemies{', paused' * view.paused}"
            )
        case Remember(action=action, outcome=outcome):
            return f"remember: action {action}{f', {outcome}' if outcome else ''}"
    fields = {name: getattr(what, name) for name in what.__struct_fields__ if name not in UNTOLD}
    said = ", ".join(f"{name} {value}" for name, value in fields.items() if value not in (None, "", {}))
    return f"{name_of(what)}: {said}" if said else name_of(what)


def difference(one: Recording, other: Recording) -> str | None:
    """The first difference of two traces, None where there is none. How long things took in the machine is left out."""
    if one.setup != other.setup:
        return f"the setups differ:\n- {one.setup}\n+ {other.setup}"
    for number, (left, right) in enumerate(zip(one.lines, other.lines, strict=False), 2):
        if _timeless(left.event) != _timeless(right.event):
            return f"line {number}: the events differ:\n- {left.event}\n+ {right.event}"
        if left.commands != right.commands:
            told = [f"{sign} {command}" for sign, line in (("-", left), ("+", right)) for command in line.commands]
            return "\n".join([f"line {number}: after {tell(left.event)} the commands differ:", *told])
    if len(one.lines) != len(other.lines):
        shorter, longer = sorted((one, other), key=lambda recording: len(recording.lines))
        which = "second" if longer is other else "first"
        line = len(shorter.lines)
        return f"line {line + 2}: only the {which} trace goes on: {tell(longer.lines[line].event)}"
    return None


def _timeless(event: Event) -> Event:
    """An event without how long seeing and deciding took, which differs between runs that are otherwise the same."""
    timed = {name: 0.0 for name in ("lag", "latency") if hasattr(event, name)}
    return msgspec.structs.replace(event, **timed)


def figures(recording: Recording) -> dict[str, Any]:
    """What two traces are compared by."""
    events, seconds, battles = figures_of(recording.lines)
    commands = [command for line in recording.lines for command in line.commands]
    ended = [command for command in commands if isinstance(command, BattleEnded)]
    return {
        "events": events,
        "seconds": seconds,
        "battles": battles,
        "won": sum(command.outcome == "won" for command in ended),
        "stars": sum(command.stars for command in ended),
        "gestures": sum(isinstance(command, Gesture) for command in commands),
        "decisions": sum(isinstance(command, Decide) for command in commands),
        "states": dict(Counter(command.state for command in commands if isinstance(command, Report))),
    }


def cut(recording: Recording, first: int, last: int, out: Path, name: str, latest: int = 0) -> tuple[int, int]:
    """Write the lines from `first` to `last` (numbers of the file) as a trace that replays by itself.

    It begins at the first line from `first` to `latest` from which a fresh machine does what the recorded one did, else
    at the last such line before. Returns the lines it has. Raises TraceError where there is no such line, and OSError.
    """
    lines = recording.lines
    last = min(last, len(lines) + 1)
    if not 2 <= first <= last:
        raise TraceError(f"{name} has no line from {first} to {last}; its events are the lines 2 to {len(lines) + 1}")
    for start, setup in _beginnings(recording, first, max(first, latest)):
        part = Recording(msgspec.structs.replace(recording.header, setup=setup), lines[start - 2 : last - 1], None)
        if replay(part) is None:
            break
    else:
        raise TraceError(
            f"{name}: no part that begins at line {first} or a little earlier replays by itself: what the machine does "
            f"there depends on what came before; look at it with: holdfast trace show"
        )
    writer = TraceWriter(out, setup, recording.header.scene, f"lines {start} to {last} of {name}")
    for line in part.lines:
        writer.write(line.event, line.commands)
    writer.close("cut")
    return start, last


def _beginnings(recording: Recording, first: int, latest: int) -> list[tuple[int, Setup]]:
    """The lines before which no battle is on, each with the setup of a machine that begins there, in the order in which
    they are tried: from `first` to `latest`, then backwards from `first`.

    Raises TraceError where the trace itself does not replay.
    """
    machine, found = Machine(recording.setup), []
    for number, line in enumerate(recording.lines[: latest - 1], 2):
        if machine.state in ("menu", "stage_select"):
            setup = msgspec.structs.replace(
                recording.setup, played=machine.battles, ids=machine.last_id, state=machine.state
            )
            found.append((number, setup))
        if machine.handle(line.event) != line.commands:
            raise TraceError(f"the trace does not replay: line {number} differs; see: holdfast replay")
    later, earlier = [one for one in found if one[0] >= first], [one for one in found if one[0] < first]
    return [*later[:STARTS], *earlier[: -STARTS - 1 : -1]]
