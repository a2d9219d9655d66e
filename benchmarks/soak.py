"""Whether anything grows: python benchmarks/soak.py [--game-hours 24 | --wall-hours 1] [--plot PNG] [--json].

With `--game-hours` a daemon plays and learns in lock-step until so much time has passed in the game, or `--minutes` of
the wall. With `--wall-hours` it plays the practice game in a real window under Xvfb, with the mouse, for so long.
Resident memory, file descriptors, threads, tasks, the inbox and the learner's queue are noted all along. The slope of
the memory is that of a straight line through the notes after the warm-up, which is the first fifth of the run.
Pages of files that are mapped into memory, as the replay buffer is, count as resident once they were touched, and are
given back when memory is short; so the process's own memory is noted apart.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import psutil

from bot import log
from bot.config import parse
from bot.daemon import Daemon
from bot.health import process_figures
from bot.inbox import SIZE
from bot.parts import build
from states.events import Event

WARM_UP = 0.2
"""Share of the run that the slope of the memory leaves out."""
LOCK_STEP_BATCH = 16
"""Experiences of an update in lock-step, where play waits for each: a quarter of the usual, which changes what is kept
in memory by nothing but that.
"""
NO_BROKER = {"host": "127.0.0.1", "port": 1}
DRAWN = ("memory_mib", "own_mib", "open_files", "threads", "tasks", "inbox", "learner")


class Note(NamedTuple):
    """The figures of the process at one moment; times in seconds since the beginning."""

    wall: float
    game: float
    memory_mib: float
    own_mib: float
    """Resident memory without the pages of mapped files."""
    open_files: int
    threads: int
    tasks: int
    inbox: int
    learner: int
    """Decisions that wait for the learner, and updates that are due."""


def slope(notes: Sequence[Note], memory: str = "memory_mib", clock: str = "wall") -> float:
    """MiB that an hour adds to the `memory` of the notes after the warm-up, by the clock of the wall or the game."""
    late = [note for note in notes if note.wall >= WARM_UP * notes[-1].wall]
    hours = [getattr(note, clock) / 3600 for note in late]
    return float(np.polynomial.Polynomial.fit(hours, [getattr(note, memory) for note in late], 1).deriv()(0.0))


class Watch:
    """Notes the figures of a daemon, and counts its events; the fullest the inbox ever was is kept."""

    def __init__(self, daemon: Daemon, clock: Any) -> None:
        self._daemon = daemon
        self._clock = clock
        self._began, self._game_began = time.monotonic(), clock()
        self.notes: list[Note] = []
        self.events = 0
        self.fullest = 0

    def hear(self, _: Event) -> None:
        """Count an event."""
        self.events += 1
        self.fullest = max(self.fullest, self._daemon._inbox._events.qsize() + 1)

    async def run(self, every: float, *, game_seconds: float, wall_seconds: float) -> None:
        """Note until the time is over, in the game or of the wall."""
        while True:
            note = self._note()
            self.notes.append(note)
            if note.game >= game_seconds or note.wall >= wall_seconds:
                return
            if sys.stderr.isatty():
                sys.stderr.write(f"\r{note.game / 3600:.2f} h in the game, {note.memory_mib:.0f} MiB ")
            await asyncio.sleep(every)

    def _note(self) -> Note:
        figures, learner = process_figures(), self._daemon._learner.status()
        used = psutil.Process().memory_info()
        return Note(
            time.monotonic() - self._began,
            self._clock() - self._game_began,
            figures["memory_mib"],
            round((used.rss - getattr(used, "shared", 0)) / (1 << 20), 1),
            figures["open_files"],
            figures["threads"],
            figures["tasks"],
            self._daemon._inbox._events.qsize(),
            learner["owed"],
        )


async def watch(folder: Path, tables: dict[str, Any], *, game_seconds: float, wall_seconds: float) -> dict[str, Any]:
    """Play until the time is over; the figures, and the notes under "notes"."""
    config = parse({"play": {"planning_seconds": 0}, "mqtt": NO_BROKER, **tables}, folder=folder)
    log.set_up(config.directory / log.FILE, "info", None)
    parts = build(config, battles=0, fresh=True, tell=lambda _: None)
    daemon = Daemon(config, parts, hear=lambda event: noted.hear(event))  # noqa: PLW0108 - it is made after this
    noted = Watch(daemon, parts.client.clock)
    running = asyncio.create_task(daemon.run())
    try:
        every = 10.0 if wall_seconds > 600 else 1.0
        noting = asyncio.create_task(noted.run(every, game_seconds=game_seconds, wall_seconds=wall_seconds))
        await asyncio.wait([noting, running], return_when=asyncio.FIRST_COMPLETED)
        noting.cancel()
        alive = not running.done()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        log.close()
    last = noted.notes[-1]
    return {
        "hours in the game": round(last.game / 3600, 2),
        "hours of the wall": round(last.wall / 3600, 3),
        "battles": daemon.summary["battles"],
        "battles won": daemon.summary["won"],
        "won of the last 20": daemon.summary["win_rate_last_20"],
        "alive at the end": alive,
        "events": noted.events,
        "inbox, the fullest": noted.fullest,
        "inbox, its size": SIZE,
        "memory MiB, first and last": f"{noted.notes[0].memory_mib:.0f} {last.memory_mib:.0f}",
        "memory MiB an hour": round(slope(noted.notes), 2),
        "own memory MiB, first and last": f"{noted.notes[0].own_mib:.0f} {last.own_mib:.0f}",
        "own memory MiB an hour": round(slope(noted.notes, "own_mib"), 2),
        "own memory MiB an hour of the game": round(slope(noted.notes, "own_mib", "game"), 2),
        "open files, first and last": f"{noted.notes[0].open_files} {last.open_files}",
        "threads, most": max(note.threads for note in noted.notes),
        "tasks, most": max(note.tasks for note in noted.notes),
        "learner's queue, longest": max(note.learner for note in noted.notes),
        "notes": noted.notes,
    }


@contextlib.contextmanager
def window(stage: str, *options: str) -> Iterator[None]:
    """The practice game in a window of a virtual screen, which DISPLAY names while the block lasts."""
    if shutil.which("Xvfb") is None:
        raise SystemExit("Xvfb is not installed; run: make system")
    read, write = os.pipe()
    server = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x720x24", "-nolisten", "tcp"]
    with subprocess.Popen(server, pass_fds=[write], stderr=subprocess.DEVNULL) as screen:
        os.close(write)
        with os.fdopen(read) as told:
            os.environ["DISPLAY"] = f":{told.readline().strip()}"
        environment = {**os.environ, "SDL_VIDEODRIVER": "x11", "SDL_AUDIODRIVER": "dummy"}
        command = [sys.executable, "-m", "bot", "practice", "--window", "--position", "0,0", "--say", "--stage", stage]
        with subprocess.Popen([*command, *options], env=environment, stdout=subprocess.PIPE, text=True) as game:
            assert game.stdout is not None
            game.stdout.readline()
            try:
                yield
            finally:
                game.terminate()
                screen.terminate()


def draw(notes: Sequence[Note], file: Path) -> None:
    """Draw every figure over the time, as a PNG."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 10), dpi=100, layout="constrained")
    hours = [note.wall / 3600 for note in notes]
    all_axes: Any = figure.subplots(len(DRAWN), 1, sharex=True)
    for axes, name in zip(all_axes, DRAWN, strict=True):
        axes.plot(hours, [getattr(note, name) for note in notes], linewidth=1)
        axes.set_ylabel(name.replace("_", " "))
        axes.grid(alpha=0.3)
    all_axes[-1].set_xlabel("hours of wall time")
    figure.savefig(file)


def measure(game_hours: float, minutes: float, wall_hours: float, stage: str) -> dict[str, Any]:
    """The figures of a run: in a window where `wall_hours` are given, else in lock-step, `minutes` at most."""
    play = {"stage": stage, "planning_seconds": 0}
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        if wall_hours:
            stack.enter_context(window(stage))
            tables: dict[str, Any] = {"play": play, "screen": {"kind": "window", "region": [0, 0, 1280, 720]}}
            return asyncio.run(watch(Path(name), tables, game_seconds=float("inf"), wall_seconds=3600 * wall_hours))
        small = {"width": 640, "height": 360, "frame_step": 0.5}
        tables = {"play": play, "practice": small, "learning": {"batch_size": LOCK_STEP_BATCH}}
        return asyncio.run(watch(Path(name), tables, game_seconds=3600 * game_hours, wall_seconds=60 * minutes))


def main() -> None:
    """Measure, print and draw."""
    parser = argparse.ArgumentParser(description="Whether anything grows.")
    parser.add_argument("--game-hours", type=float, default=24.0)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="of the wall, at most, in lock-step")
    parser.add_argument("--wall-hours", type=float, default=0.0)
    parser.add_argument("--stage", default="first_watch")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    figures = measure(options.game_hours, options.minutes, options.wall_hours, options.stage)
    notes = figures.pop("notes")
    if options.plot:
        draw(notes, options.plot)
    if options.json:
        print(json.dumps(figures))
    else:
        print("\n".join(f"{name:<36}{value!s:>14}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
