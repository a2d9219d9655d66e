"""What browsers that watch cost the bot: python benchmarks/web_viewers.py [--viewers N] [--seconds S] [--rounds R].

A real `holdfast run` of the practice game at its usual size, paused in its first battle: it still looks at frames and
hands them to the page, but does not play, so what is left is the cost of watching. Shares of one core that the process
takes, in turns: with no viewer, with one, with N, and with N of which half do not read what is sent; and how many
messages a second those that read get. Then the CPU time of whole runs, which play the same battles to the same end,
with no viewer and with one that does not read: the start, decisions and learning are in it.
"""

from __future__ import annotations

import argparse
import json
import os
import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

import psutil
from brokers import free_port

START_SECONDS = 300.0
SETTLING = 3.0
"""Seconds after a change before it is measured."""


def status(port: int) -> dict[str, Any]:
    """The figures of the bot."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/status", timeout=30) as answer:
        told: dict[str, Any] = json.load(answer)
    return told


def ask(port: int, verb: str) -> None:
    """Ask the bot for something."""
    address = f"http://127.0.0.1:{port}"
    headers = {"origin": address, "content-type": "application/json"}
    request = urllib.request.Request(f"{address}/api/request/{verb}", b"{}", headers)  # noqa: S310 - our own
    urllib.request.urlopen(request, timeout=60).close()  # noqa: S310 - our own


@contextmanager
def running(folder: Path) -> Iterator[tuple[psutil.Process, int]]:
    """A run with a page, once it has reached a battle: its process and the page's port."""
    command, port = prepared(folder)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        until_served(port, "battle")
        yield psutil.Process(process.pid), port
        process.terminate()


def prepared(folder: Path) -> tuple[list[str], int]:
    """The command of a run with a page, and the page's port."""
    port = free_port()
    mqtt = f"[mqtt]\nport = {free_port()}\n"
    (folder / "bot.toml").write_text(f"[play]\nplanning_seconds = 0\n{mqtt}[web]\nenabled = true\nport = {port}\n")
    return [sys.executable, "-m", "bot", "run", "--config", str(folder / "bot.toml"), "--fresh"], port


def until_served(port: int, state: str = "") -> None:
    """Wait until a page is served, and its bot is in a state."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            if status(port)["state"].startswith(state):
                return
        except OSError:
            pass
        time.sleep(0.2)


class Crowd:
    """Viewers: those that read take everything in one process of their own, so that they do not cost the bot's time."""

    def __init__(self, port: int, reading: int, stuck: int = 0) -> None:
        self._stuck = [connected(port, 4096) for _ in range(stuck)]
        command = [sys.executable, __file__, "--read", str(port), "--viewers", str(reading)]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self._reader = subprocess.Popen(command, **pipes) if reading else None
        self.rate = 0.0
        """Messages a second that a viewer who reads got, once they have left."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._stuck:
            one.close()
        if self._reader:
            told, _ = self._reader.communicate("enough\n")
            self.rate = float(told)


def connected(port: int, room: int = 0) -> socket.socket:
    """A connection that has asked for the stream; `room` bytes are what it takes without being read."""
    one = socket.socket()
    if room:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    one.connect(("127.0.0.1", port))
    one.sendall(f"GET /api/live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    return one


def read(port: int, viewers: int) -> None:
    """Be so many viewers until a line comes on standard input; print the messages a second that each got."""
    chosen, messages, began = selectors.DefaultSelector(), 0, time.monotonic()
    for _ in range(viewers):
        chosen.register(connected(port), selectors.EVENT_READ)
    chosen.register(sys.stdin, selectors.EVENT_READ)
    while True:
        for key, _ in chosen.select():
            if not isinstance(key.fileobj, socket.socket):
                print(messages / viewers / (time.monotonic() - began))
                return
            messages += key.fileobj.recv(1 << 18).count(b"data: {")


def share(process: psutil.Process, seconds: float) -> float:
    """The share of one core that a process takes."""
    time.sleep(SETTLING)
    before, began = process.cpu_times(), time.monotonic()
    time.sleep(seconds)
    after = process.cpu_times()
    return (after.user + after.system - before.user - before.system) / (time.monotonic() - began)


def played(battles: int, stuck: int) -> float:
    """Seconds of CPU time of a run of so many battles, with viewers who do not read from its beginning on."""
    with tempfile.TemporaryDirectory() as name:
        command, port = prepared(Path(name))
        with subprocess.Popen([*command, "--battles", str(battles)], stdout=subprocess.DEVNULL) as process:
            until_served(port)
            with Crowd(port, 0, stuck):
                _, _, used = os.wait4(process.pid, 0)
                process.returncode = 0
    return used.ru_utime + used.ru_stime


def measure(viewers: int, seconds: float, rounds: int, battles: int) -> dict[str, float]:
    """All figures; those of the cost are medians of the rounds."""
    crowds = {"no viewer": (0, 0), "1 viewer": (1, 0), f"{viewers} viewers": (viewers, 0),
              f"{viewers} viewers, half of them stuck": (viewers - viewers // 2, viewers // 2)}  # fmt: skip
    shares: dict[str, list[float]] = {name: [] for name in crowds}
    rates: dict[str, float] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        process, port = stack.enter_context(running(folder))
        ask(port, "pause")
        for _ in range(rounds):
            for name, crowd in crowds.items():
                with Crowd(port, *crowd) as there:
                    shares[name].append(share(process, seconds))
                rates[name] = there.rate
    figures = {f"{name}, cores": statistics.median(found) for name, found in shares.items()}
    figures[f"{viewers} viewers beyond 1, cores"] = figures[f"{viewers} viewers, cores"] - figures["1 viewer, cores"]
    figures |= {f"{name}, messages/s each": rate for name, rate in rates.items() if rate}
    runs: dict[str, list[float]] = {"no viewer": [], "a stuck viewer": []}
    for _ in range(rounds):
        for name, stuck in zip(runs, (0, 1), strict=True):
            runs[name].append(played(battles, stuck))
    return figures | {f"{battles} battles, {name}, CPU s": statistics.median(found) for name, found in runs.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What browsers that watch cost the bot.")
    parser.add_argument("--viewers", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=15.0, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--battles", type=int, default=2, help="of each of the runs that are compared")
    parser.add_argument("--read", type=int, metavar="PORT", help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    if options.read:
        read(options.read, options.viewers)
        return
    figures = measure(options.viewers, options.seconds, options.rounds, options.battles)
    if options.json:
        print(json.dumps(figures))
    else:
        print("\n".join(f"{name:<52}{value:>10.4f}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
