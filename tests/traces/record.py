"""Records the traces of this folder anew: python tests/traces/record.py

Each is a run of the daemon on the practice game with nothing replaced: `lost` with an untrained network, `won`, `pause`
and `walk_home` with the network of a longer run (--learned names its checkpoint). `table` is a machine alone, which
`scenarios.walk` takes through every transition. Needed when events, commands or the machine's behaviour change on
purpose. Where only commands change and the same events can still happen, --again keeps the events and records what
today's machine does.

The four were recorded as version 1 and upgraded: read with `bot.trace.read_trace` and written with
`bot.trace.TraceWriter`, event by event. `version_1/` and `version_2/` hold one of them as that version first wrote it.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))

import scenarios

from bot.config import Config, parse
from bot.daemon import Daemon
from bot.mqtt.caller import ask
from bot.parts import Parts, build
from bot.trace import TraceWriter, read_trace
from bot.trace_files import TRACES, unpacked
from states.events import BattleSeen, Event, ScreenSeen
from states.machine import Machine, Setup

HERE = Path(__file__).resolve().parent
PAUSE_AT = 30
"""Frames into the battle."""
PATIENCE = 20.0
TABLE = "table"
"""The trace of a machine alone."""

Hear = Callable[[Config, Parts], Callable[[Event], None]]


def quietly(_config: Config, _parts: Parts) -> Callable[[Event], None]:
    """Leave the run alone."""
    return lambda _event: None


def pausing(config: Config, _parts: Parts) -> Callable[[Event], None]:
    """Pause the battle over MQTT, and resume it a second later."""
    seen, tasks = 0, set()

    async def pause() -> None:
        await ask(config.mqtt, "pause", PATIENCE)
        await asyncio.sleep(1.0)
        await ask(config.mqtt, "resume", PATIENCE)

    def hear(event: Event) -> None:
        nonlocal seen
        seen += isinstance(event, BattleSeen)
        if seen == PAUSE_AT and not tasks:
            tasks.add(asyncio.ensure_future(pause()))

    return hear


def losing_the_way(_config: Config, parts: Parts) -> Callable[[Event], None]:
    """Cover the terminal with an unknown page."""
    game = parts.client.screen._game
    covered = False

    def hear(event: Event) -> None:
        nonlocal covered
        if isinstance(event, ScreenSeen) and event.screen == "terminal" and not covered:
            covered = True
            game.interrupt("unknown")

    return hear


RUNS: dict[str, tuple[bool, Hear]] = {
    "lost": (False, quietly),
    "won": (True, quietly),
    "pause": (True, pausing),
    "walk_home": (True, losing_the_way),
}
"""Name of the trace → whether it is played with the trained network, and what is done during the run."""


def record(name: str, learned: Path, port: int) -> None:
    """Play one battle and keep its trace."""
    knows, hear = RUNS[name]
    with tempfile.TemporaryDirectory() as folder:
        config = parse({"mqtt": {"port": port}, "data": {"directory": folder}, "learning": {"epsilon_start": 1.0}})
        if knows:
            shutil.copytree(learned, Path(folder) / "checkpoint")
        parts = build(config, battles=1, fresh=False, tell=print)
        asyncio.run(Daemon(config, parts, hear=hear(config, parts)).run())
        (trace,) = (Path(folder) / "traces").glob(TRACES)
        (HERE / f"{name}.jsonl").write_bytes(unpacked(trace.read_bytes()))


def record_table() -> None:
    """Have a machine take every transition of its table."""
    _write(TABLE, scenarios.SETUP, scenarios.walk())


def again(name: str) -> None:
    """Feed the events of a trace to today's machine, and write what it does."""
    recording = read_trace(HERE / f"{name}.jsonl")
    _write(name, recording.setup, [line.event for line in recording.lines])


def _write(name: str, setup: Setup, events: list[Event]) -> None:
    """Write the trace of a machine that gets these events."""
    machine, writer = Machine(setup), TraceWriter(HERE / f"{name}.jsonl", setup)
    for event in events:
        writer.write(event, machine.handle(event))
    writer.close()


def main() -> None:
    """Record all, or those named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=[*RUNS, TABLE], help=f"which (default: {' '.join(RUNS)} {TABLE})")
    parser.add_argument("--again", action="store_true", help="keep the events, and record what today's machine does")
    parser.add_argument("--learned", type=Path, default=Path("data/checkpoint"), help="the checkpoint to play with")
    parser.add_argument("--port", type=int, default=18831, help="the embedded broker's port")
    options = parser.parse_args()
    for name in options.names:
        if name == TABLE:
            record_table()
        elif options.again:
            again(name)
        else:
            record(name, options.learned, options.port)


if __name__ == "__main__":
    main()
