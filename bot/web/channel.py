"""The newest state of the bot, for all browsers that watch.

Each browser gets the newest message as soon as it has taken the one before; those in between are left out. So a slow
browser holds one message, and costs the bot and the other browsers nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Mapping
from typing import Any

import orjson

HEARTBEAT = 15.0
"""Seconds without a message after which an empty one is sent, so that both sides notice a connection that is gone."""
SAMPLE_SECONDS, SAMPLES = 10.0, 720
"""Seconds between two samples of the figures, and how many are kept: two hours."""
SAMPLED = ("loss", "q_mean", "epsilon", "updates", "memory_mib", "inbox", "learner_queue")


class Channel:
    """Server-sent events for any number of viewers. All of it runs in the server's loop, but for reading `viewers`."""

    def __init__(self) -> None:
        self.viewers = 0
        """How many browsers watch now; any thread may read it."""
        self._number = 0
        """How many messages there were."""
        self._message = b""
        self._news = asyncio.Event()
        self._closed = False

    def publish(self, what: Mapping[str, Any]) -> None:
        """Make this the newest message."""
        self._number += 1
        told = {**what, "number": self._number}
        self._message = b"data: " + orjson.dumps(told, default=str, option=orjson.OPT_SERIALIZE_NUMPY) + b"\n\n"
        self._wake()

    def close(self) -> None:
        """End the streams of all viewers."""
        self._closed = True
        self._wake()

    async def messages(self) -> AsyncIterator[bytes]:
        """Server-sent events, the newest message first, until the viewer leaves or the channel is closed."""
        self.viewers += 1
        seen = 0
        try:
            yield b"retry: 2000\n\n"
            while not self._closed:
                if seen == self._number and not await self._has_come(self._news):
                    yield b": \n\n"
                    continue
                seen = self._number
                yield self._message
        finally:
            self.viewers -= 1

    async def _has_come(self, news: asyncio.Event) -> bool:
        """Wait for the next message; False where none comes for a while."""
        try:
            async with asyncio.timeout(HEARTBEAT):
                await news.wait()
        except TimeoutError:
            return False
        return not self._closed

    def _wake(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()


class Samples:
    """Figures of the bot every few seconds, for curves."""

    def __init__(self) -> None:
        self._kept: deque[dict[str, Any]] = deque(maxlen=SAMPLES)
        self._due = 0.0

    def are_due(self) -> bool:
        """Whether the next sample is to be taken."""
        return time.monotonic() >= self._due

    def take(self, status: Mapping[str, Any]) -> None:
        """Take the figures out of a status."""
        self._due = time.monotonic() + SAMPLE_SECONDS
        latency, twin = status.get("latency_ms") or {}, status.get("twin") or {}
        self._kept.append(
            {
                "time": round(time.time(), 1),
                **{name: status.get(name) for name in SAMPLED},
                "p50": latency.get("p50"),
                "p99": latency.get("p99"),
                "twin_seconds_off": twin.get("seconds_off"),
            }
        )

    def all(self) -> list[dict[str, Any]]:
        """The samples, oldest first. Copying a deque cannot be interrupted by another thread."""
        return list(self._kept.copy())
