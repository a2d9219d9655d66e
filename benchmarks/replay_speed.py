"""How fast a recorded hour is read and replayed, and what its file takes: python benchmarks/replay_speed.py [--hours N]

The hour is the recorded battle of tests/traces/won.jsonl, played again and again: its times and the numbers of its
gestures move on, and today's machine answers. One process, one core; the file is read from the disk's cache.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import msgspec

from bot.trace import TraceWriter, read_trace, replay
from bot.trace_files import pack
from states.events import Event
from states.machine import Machine

WON = Path(__file__).resolve().parent.parent / "tests" / "traces" / "won.jsonl"


class Figures(NamedTuple):
    """What was measured."""

    hours: float
    events: int
    battles: int
    write_seconds: float
    """To handle and write the events."""
    megabytes: float
    pack_seconds: float
    packed_megabytes: float
    read_seconds: float
    """To unpack, check and decode the compressed trace."""
    replay_seconds: float


def write_hours(file: Path, hours: float) -> tuple[int, int]:
    """Write a trace of so many hours; returns its events and its battles."""
    recording = read_trace(WON)
    setup = msgspec.structs.replace(recording.setup, battles=None)
    machine, writer = Machine(setup), TraceWriter(file, setup)
    length = recording.lines[-1].event.t + 1.0
    rounds = max(1, round(hours * 3600 / length))
    for number in range(rounds):
        ids = machine.last_id
        for line in recording.lines:
            event = _moved(line.event, number * length, ids)
            writer.write(event, machine.handle(event))
    writer.close()
    return rounds * len(recording.lines), machine.battles


def _moved(event: Event, seconds: float, ids: int) -> Event:
    """The same event later, about gestures and questions of higher numbers."""
    number = getattr(event, "id", None)
    change = {"id": number + ids} if isinstance(number, int) else {}
    return msgspec.structs.replace(event, t=event.t + seconds, **change)


def measure(hours: float) -> Figures:
    """Write, compress, read and replay a trace of so many hours. Raises AssertionError where it replays differently."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "hours.jsonl"
        marks = [time.perf_counter()]
        events, battles = write_hours(file, hours)
        size = file.stat().st_size
        marks.append(time.perf_counter())
        pack(file, Path(folder))
        packed = file.with_name(f"{file.name}.gz")
        marks.append(time.perf_counter())
        recording = read_trace(packed)
        marks.append(time.perf_counter())
        assert replay(recording) is None
        marks.append(time.perf_counter())
        write, pack_, read, replay_ = (later - earlier for earlier, later in pairwise(marks))
        return Figures(hours, events, battles, write, size / 1e6, pack_, packed.stat().st_size / 1e6, read, replay_)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=1.0, help="hours of the run's clock (default: 1)")
    for name, value in measure(parser.parse_args().hours)._asdict().items():
        print(f"{name:<18} {value:,.2f}" if isinstance(value, float) else f"{name:<18} {value:,}")


if __name__ == "__main__":
    main()
