"""Whether a pause keeps its promise: python benchmarks/pauses.py [--pauses 2000] [--seed 0] [--json].

A daemon plays the practice game and learns, on a real `mosquitto`. Another process sends pause and resume at random
moments. Every touch of the game is noted with its time (the computer's monotonic clock, which all processes share):
none may fall between the answer to a pause and the resume that follows it. The figures are the touches that do, and the
milliseconds from a request to its answer.
"""

from __future__ import annotations

import argparse
import asyncio
import bisect
import dataclasses
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import aiomqtt
import numpy as np
from brokers import broker

LONGEST_PLAY = 0.4
"""Seconds of play between a resume and the next pause, at most; the moment is drawn uniformly."""
HELD = 0.02
"""Seconds that each pause lasts, in which touches would be noticed."""
PATIENCE = 60.0


class Promise(NamedTuple):
    """One pause, in seconds of the monotonic clock."""

    asked: float
    answered: float
    resumed: float


class NotedPointer:
    """A client's pointer whose touches are noted with their time, before and after the game has felt them."""

    def __init__(self, pointer: Any) -> None:
        self._pointer = pointer
        self.touches: list[float] = []

    def press(self, x: int, y: int) -> None:
        """Touch."""
        self._noted(self._pointer.press, x, y)

    def move(self, x: int, y: int) -> None:
        """Touch."""
        self._noted(self._pointer.move, x, y)

    def release(self) -> None:
        """Let go; noted only where something is let go, as every gesture ends with it to be safe."""
        if getattr(self._pointer, "_down", None):
            self._noted(self._pointer.release)
        else:
            self._pointer.release()

    def check(self) -> None:
        """As the pointer itself."""
        self._pointer.check()

    def _noted(self, touch: Any, *at: int) -> None:
        touch(*at)
        self.touches.append(time.monotonic())


def broken(promises: Sequence[Promise], touches: Sequence[float]) -> int:
    """How many touches fell between the answer to a pause and the resume after it."""
    times = sorted(touches)
    return sum(bisect.bisect_left(times, one.resumed) - bisect.bisect_right(times, one.answered) for one in promises)


async def ask_often(port: int, pauses: int, seed: int, out: Path) -> None:
    """The other process: pause and resume at random moments, and write down when."""
    rng, promises = np.random.default_rng(seed), []
    async with aiomqtt.Client("127.0.0.1", port) as client:
        await client.subscribe("holdfast/bench/response", qos=1)

        async def done(verb: str, number: int) -> None:
            """Send a request, and wait for its answer."""
            id_ = f"{verb}-{number}"
            await client.publish(f"holdfast/bench/command/{verb}", json.dumps({"id": id_}), qos=0)
            async with asyncio.timeout(PATIENCE):
                async for message in client.messages:
                    answer = json.loads(message.payload)
                    if answer.get("id") == id_ and answer.get("step") != "accepted":
                        if answer.get("step") != "done":
                            raise RuntimeError(f"rejected: {answer}")
                        return

        for number in range(pauses):
            await asyncio.sleep(rng.uniform(0, LONGEST_PLAY))
            asked = time.monotonic()
            await done("pause", number)
            answered = time.monotonic()
            await asyncio.sleep(HELD)
            promises.append(Promise(asked, answered, time.monotonic()))
            await done("resume", number)
    await asyncio.to_thread(out.write_text, json.dumps(promises), encoding="utf-8")


async def play(folder: Path, port: int, pauses: int, seed: int) -> tuple[list[Promise], list[float], int]:
    """Play while the other process asks; its pauses, the touches, and how many battles were settled meanwhile."""
    from bot import log  # here, since the process that asks starts six seconds sooner without them
    from bot.config import parse
    from bot.daemon import Daemon
    from bot.parts import build

    mqtt = {"host": "127.0.0.1", "port": port, "name": "bench"}
    config = parse({"play": {"planning_seconds": 0}, "mqtt": mqtt}, folder=folder)
    log.set_up(config.directory / log.FILE, "info", None)
    parts = build(config, battles=0, fresh=True, tell=lambda _: None)
    pointer = NotedPointer(parts.client.pointer)
    daemon = Daemon(config, dataclasses.replace(parts, client=dataclasses.replace(parts.client, pointer=pointer)))
    running = asyncio.create_task(daemon.run())
    out = folder / "promises.json"
    me = [sys.executable, __file__, "--ask", str(port), "--pauses", str(pauses), "--seed", str(seed), "--out", str(out)]
    while daemon.describe()["frames"] < 1:
        await asyncio.sleep(0.1)
    asking = await asyncio.create_subprocess_exec(*me)
    try:
        code = await asking.wait()
    finally:
        battles = daemon.summary["battles"]
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        log.close()
    if code:
        raise SystemExit(f"the process that asks for pauses ended with {code}")
    return [Promise(*one) for one in json.loads(out.read_text(encoding="utf-8"))], pointer.touches, battles


def measure(pauses: int, seed: int) -> dict[str, Any]:
    """All figures of a run."""
    with tempfile.TemporaryDirectory() as name, broker() as port:
        promises, touches, battles = asyncio.run(play(Path(name), port, pauses, seed))
    low, high, worst = np.percentile([one.answered - one.asked for one in promises], (50, 99, 100)) * 1000
    return {
        "pauses": len(promises),
        "touches": len(touches),
        "touches after an answer": broken(promises, touches),
        "battles": battles,
        "answer ms p50": round(float(low), 1),
        "answer ms p99": round(float(high), 1),
        "answer ms worst": round(float(worst), 1),
    }


def main() -> None:
    """Measure and print; exit code 1 where the promise was broken."""
    parser = argparse.ArgumentParser(description="Whether a pause keeps its promise.")
    parser.add_argument("--pauses", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--ask", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.ask:
        asyncio.run(ask_often(options.ask, options.pauses, options.seed, options.out))
        return
    figures = measure(options.pauses, options.seed)
    if options.json:
        print(json.dumps(figures))
    else:
        print("\n".join(f"{name:<26}{value:>10}" for name, value in figures.items()))
    sys.exit(figures["touches after an answer"] > 0)


if __name__ == "__main__":
    main()
