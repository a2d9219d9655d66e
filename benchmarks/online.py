"""What learning costs the play: python benchmarks/online.py [--minutes 10] [--buffers-only] [--json].

A daemon plays the practice game in a real window under Xvfb, with the mouse, for so many minutes with the learner on
and as many with it off: how long a decision took, and how late the event loop woke from sleeps of 10 ms. The rounding
of the operating system's timer (up to 1 ms) counts as lag. The learner has a plan's demonstrations and its default
settings, but for `learning_starts = 0`, so that it makes an update for every decision from the beginning.

Then what a replay buffer costs, ours beside those of other libraries (peers.buffers); one that is not installed is left
out: pip install --constraint constraints.txt --editable ".[bench]".
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from peers import buffers
from soak import NO_BROKER, window

from bot import log
from bot.config import parse
from bot.daemon import Daemon
from bot.parts import build
from planning.solutions import solution
from states.events import Decided, Event

SLEEP = 0.01
"""Seconds of the sleeps by which the event loop's lag is measured."""
WARM_UP = 20.0
"""Seconds from the first decision that are not counted: updates from the demonstrations alone are made in them."""
CAPACITY = 20_000
"""Experiences in each buffer."""


class Spread(NamedTuple):
    """Times in milliseconds."""

    p50: float
    p99: float
    most: float


class Beside(NamedTuple):
    """How play went, with the learner on or off."""

    learner: str
    minutes: float
    decisions: int
    decision: Spread
    """How long a decision took."""
    lag: Spread
    """How much later than asked for the event loop woke."""
    updates: float
    """A second."""
    load: float
    """Processes that wanted a core, in the mean of the last minute, when it ended."""


def spread(seconds: Sequence[float]) -> Spread:
    """The spread of times in seconds; of none it is 0."""
    times = 1000 * np.array(seconds or [0.0])
    return Spread(*(round(float(one), 2) for one in (*np.percentile(times, (50, 99)), times.max())))


class Notes:
    """Decisions and lags of a daemon, from the time when they are to be counted."""

    def __init__(self) -> None:
        self.counts = False
        self.began = asyncio.Event()
        """Set by the first decision."""
        self.decisions: list[float] = []
        self.lags: list[float] = []

    def hear(self, event: Event) -> None:
        """Note a decision."""
        if isinstance(event, Decided):
            self.began.set()
            if self.counts:
                self.decisions.append(event.latency)

    async def watch(self) -> None:
        """Note the loop's lag, until cancelled."""
        while True:
            due = time.perf_counter() + SLEEP
            await asyncio.sleep(SLEEP)
            if self.counts:
                self.lags.append(max(time.perf_counter() - due, 0.0))


async def play(folder: Path, seconds: float, stage: str, *, learning: bool) -> Beside:
    """Play in the window that DISPLAY names for so long, and note. Raises RuntimeError where play ends before that."""
    tables: dict[str, Any] = {
        "play": {"stage": stage, "planning_seconds": 0},
        "screen": {"kind": "window", "region": [0, 0, 1280, 720]},
        "learning": {"learning_starts": 0},
        "mqtt": NO_BROKER,
    }
    config = parse(tables, folder=folder)
    log.set_up(config.directory / log.FILE, "info", None)
    notes = Notes()
    parts = build(config, plan=solution(stage), battles=0, fresh=True, tell=lambda _: None)
    daemon = Daemon(config, parts, hear=notes.hear)
    parts.learner.set_learning(on=learning)
    running, watching = asyncio.create_task(daemon.run()), asyncio.create_task(notes.watch())
    try:
        await asyncio.wait([running, asyncio.create_task(notes.began.wait())], return_when=asyncio.FIRST_COMPLETED)
        await asyncio.sleep(WARM_UP)
        notes.counts, updates = True, parts.learner.status()["updates"]
        await asyncio.wait([running], timeout=seconds)
        notes.counts, made = False, parts.learner.status()["updates"] - updates
        if running.done():
            raise RuntimeError(f"play ended early: {daemon.summary}")
    finally:
        watching.cancel()
        running.cancel()
        await asyncio.gather(running, watching, return_exceptions=True)
        log.close()
    return Beside(
        "on" if learning else "off", round(seconds / 60, 2), len(notes.decisions), spread(notes.decisions),
        spread(notes.lags), round(made / seconds, 2), round(os.getloadavg()[0], 1),
    )  # fmt: skip


def measure(minutes: float, stage: str) -> list[Beside]:
    """Play with the learner on, then with it off."""
    found = []
    for learning in (True, False):
        with tempfile.TemporaryDirectory() as name, window(stage):
            found.append(asyncio.run(play(Path(name), 60 * minutes, stage, learning=learning)))
    return found


def table(rows: Sequence[Beside]) -> str:
    """The rows as Markdown."""
    lines = [
        "| learner | minutes | decisions | decision ms: p50, p99, max | lag ms: p50, p99, max | updates/s | load |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        times = (", ".join(f"{one:.1f}" for one in part) for part in (row.decision, row.lag))
        parts = (row.learner, row.minutes, row.decisions, *times, row.updates, row.load)
        lines.append("| " + " | ".join(map(str, parts)) + " |")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0, help="with the learner on, and again with it off")
    parser.add_argument("--stage", default="two_roads", help="an included stage that has a stored plan")
    parser.add_argument("--buffers-only", action="store_true", help="leave out the play")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    rows = [] if options.buffers_only else measure(options.minutes, options.stage)
    costs = buffers.measure(options.stage, CAPACITY, seconds=2.0)
    if options.json:
        kept = {name: one._asdict() for name, one in costs.items()}
        print(json.dumps({"play": [row._asdict() for row in rows], "buffers": kept}))
    else:
        print(f"{table(rows)}\n\n{buffers.table(costs)}" if rows else buffers.table(costs))


if __name__ == "__main__":
    main()
