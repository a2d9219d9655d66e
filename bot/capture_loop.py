"""The eyes' place in the loop: when to ask for the next frame, and what to do when there is none."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Executor

from bot.inbox import Inbox
from states.events import Event, PartFailed
from vision.capture import CaptureError, Screen
from vision.watcher import Watcher

HELD_LOOKS = 0.25
"""Seconds between two looks at a practice game whose clock stands still."""
BLIND_WAIT = 1.0
"""Seconds before another try when a frame could not be had."""


class Eyes:
    """Grabs a frame, has the watcher look at it, and posts what it says.

    With an `interval` frames come at most so often, in real time. Without one (None) this is lock-step: the next frame
    is asked for once the loop has come to rest, as soon as that may be; while `free` says no, the game's clock stands.
    """

    def __init__(
        self,
        screen: Screen,
        watcher: Watcher,
        inbox: Inbox,
        now: Callable[[], float],
        free: Callable[[], bool],
        thread: Executor,
        interval: float | None,
    ) -> None:
        self._screen = screen
        self._watcher = watcher
        self._inbox = inbox
        self._now = now
        self._free = free
        self._thread = thread
        self._interval = interval
        self._blind = False
        self.frames = 0

    async def run(self) -> None:
        """Look for ever."""
        loop = asyncio.get_running_loop()
        due = time.monotonic()
        while True:
            due = await self._pace(due)
            for event in await loop.run_in_executor(self._thread, self._look):
                await self._inbox.put(event)
            if self._blind:
                await asyncio.sleep(BLIND_WAIT)

    async def _pace(self, due: float) -> float:
        """Wait for the moment of the next frame; returns when the one after it is due."""
        if self._interval is None:
            await self._inbox.quiet()
            held = not self._free()
            self._screen.hold(held)
            if held:
                await asyncio.sleep(HELD_LOOKS)
            return due
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        return max(due + self._interval, time.monotonic())

    def _look(self) -> list[Event]:
        """One frame's events. What fails is said once, until it works again."""
        try:
            frame = self._screen.grab()
            self.frames += 1
            events = self._watcher.look(frame)
        except CaptureError as error:
            return self._failed(PartFailed(t=self._now(), part="capture", why=str(error)))
        except Exception as error:  # noqa: BLE001 - whatever the eyes trip over, the machine decides what it means
            return self._failed(PartFailed(t=self._now(), part="detector", why=f"{type(error).__name__}: {error}"))
        if self._blind:
            self._blind = False
            self._watcher.look_again()
        return events

    def _failed(self, event: PartFailed) -> list[Event]:
        told, self._blind = self._blind, True
        return [] if told else [event]
