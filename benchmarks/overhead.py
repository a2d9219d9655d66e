"""What the loop costs beside the play: python benchmarks/overhead.py [--events N] [--seconds S] [--json].

- events a second through inbox, machine, reporter, log and trace, beside those through an `asyncio.Queue` alone
- the share of one core that a paused daemon uses
- seconds from the start of `holdfast run` to its first frame and its first decision
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
from brokers import free_port

from bot import log
from bot.config import parse
from bot.daemon import Daemon
from bot.inbox import Inbox
from bot.parts import build
from bot.trace import read_trace
from states.events import Event

TRACE = Path(__file__).parent.parent / "tests" / "traces" / "won.jsonl"
NO_BROKER = {"host": "127.0.0.1", "port": 1}


def recorded(count: int) -> list[Event]:
    """So many events of a recorded battle, over and over."""
    events = [line.event for line in read_trace(TRACE).lines]
    return [events[number % len(events)] for number in range(count)]


async def through_queue(events: list[Event]) -> float:
    """Seconds for the events through an `asyncio.Queue` alone."""
    queue: asyncio.Queue[Event] = asyncio.Queue(256)

    async def consume() -> None:
        for _ in events:
            await queue.get()

    began = time.perf_counter()
    consumer = asyncio.create_task(consume())
    for event in events:
        await queue.put(event)
    await consumer
    return time.perf_counter() - began


async def through_daemon(events: list[Event], folder: Path) -> float:
    """Seconds for the events through inbox, machine, reporter, log and trace; no command is carried out."""
    config = parse({"play": {"planning_seconds": 0}, "mqtt": NO_BROKER}, folder=folder)
    log.set_up(config.directory / log.FILE, "info", None)
    parts = build(config, battles=0, fresh=True, tell=lambda _: None)
    daemon = Daemon(config, parts)
    inbox: Inbox = daemon._inbox
    daemon._recorder.open(parts.machine.setup)

    async def consume() -> None:
        for _ in events:
            event = await inbox.get()
            with inbox.pending():
                commands = daemon._machine.handle(event)
                daemon._reporter.event_happened(event)
                daemon._recorder.record(event, commands)

    began = time.perf_counter()
    consumer = asyncio.create_task(consume())
    for event in events:
        await inbox.put(event)
    await consumer
    spent = time.perf_counter() - began
    daemon._recorder.close()
    log.close()
    return spent


def log_lines(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    """The log of a running daemon, line by line."""
    assert process.stdout is not None
    for line in process.stdout:
        yield json.loads(line)


def start_and_idle(folder: Path, seconds: float) -> dict[str, float]:
    """A real `holdfast run`: seconds to its first screen and decision, then the CPU it uses while it is paused."""
    (folder / "bot.toml").write_text(f"[play]\nplanning_seconds = 0\n[mqtt]\nport = {free_port()}\n")
    command = [sys.executable, "-m", "bot", "run", "--config", str(folder / "bot.toml"), "--fresh"]
    began, found = time.monotonic(), {}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in log_lines(process):
            if line["event"] in ("screen", "decision"):
                found.setdefault(line["event"], time.monotonic() - began)
            if "decision" in found:
                break
        pause = [sys.executable, "-m", "bot", "pause", "--config", str(folder / "bot.toml"), "--timeout", "30"]
        subprocess.run(pause, check=True, stdout=subprocess.DEVNULL)
        time.sleep(3.0)  # updates that were due are made first
        used = psutil.Process(process.pid).cpu_times()
        time.sleep(seconds)
        now = psutil.Process(process.pid).cpu_times()
        process.terminate()
        process.communicate()
    idle = (now.user + now.system - used.user - used.system) / seconds
    return {"first screen s": found["screen"], "first decision s": found["decision"], "paused, cores": idle}


def measure(events: int, seconds: float) -> dict[str, float]:
    """All figures."""
    with tempfile.TemporaryDirectory() as name:
        folder, told = Path(name), recorded(events)
        alone = asyncio.run(through_queue(told))
        ours = asyncio.run(through_daemon(told, folder))
        figures = {"events/s, asyncio.Queue alone": events / alone, "events/s, all of the loop": events / ours}
        return figures | start_and_idle(folder, seconds)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What the loop costs beside the play.")
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=20.0, help="how long the paused daemon is watched")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    figures = measure(options.events, options.seconds)
    if options.json:
        print(json.dumps(figures))
    else:
        print("\n".join(f"{name:<32}{value:>12,.2f}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
