"""The capture loop: when to ask for the next frame, and what to do when there is none."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Literal

from bot.clients.client import Client
from bot.inbox import Inbox
from bot.waiting import done_within
from states.events import Event, PartFailed
from vision.capture import CaptureError, Frame
from vision.evidence import SmallFrame
from vision.watcher import Watcher

HELD_WAIT = 0.25
"""Seconds between two frames of a game whose clock is held."""
BLIND_WAIT = 1.0
"""Seconds before another try when a frame could not be had."""

LONGEST_LOOK = 30.0
"""Seconds that a frame may take to be had and looked at; then the bot counts as blind until one comes."""


class CaptureLoop:
    """Grabs a frame, has the watcher look at it, and posts the watcher's events.

    The watcher is used in the client's screen thread only. With an `interval` (seconds) frames come at most that often,
    in real time. Without one (None) this is lock-step: the next frame is asked for as soon as nothing is pending in the
    inbox, and while `playing` says no, the game's clock is held.
    """

    def __init__(
        self, client: Client, watcher: Watcher, inbox: Inbox, playing: Callable[[], bool], interval: float | None
    ) -> None:
        self._client = client
        self._watcher = watcher
        self._inbox = inbox
        self._playing = playing
        self._interval = interval
        self._again = False
        self._blind = False
        """Whether the last frame could not be had or looked at."""
        self.frames = 0
        """Frames grabbed so far."""
        self.looked: float | None = None
        """When the last look ended, with a frame or without, on the monotonic clock; None before the first."""

    async def run(self) -> None:
        """Look until cancelled."""
        loop = asyncio.get_running_loop()
        due = time.monotonic()
        while True:
            due = await self._pace(due)
            again, self._again = self._again, False
            looking = loop.run_in_executor(self._client.threads.screen, self._look, again)
            if not await done_within(looking, LONGEST_LOOK):
                for event in self._failed("capture", f"no frame could be had and looked at within {LONGEST_LOOK:g} s"):
                    await self._inbox.put(event)
            for event in await looking:
                await self._inbox.put(event)
            self.looked = time.monotonic()
            if self._blind:
                await asyncio.sleep(BLIND_WAIT)

    def look_again(self) -> None:
        """Have the watcher report the screen of the next frame even if it is the one it reported last."""
        self._again = True

    def last_frames(self) -> list[SmallFrame | Frame]:
        """The frames kept as evidence, oldest first."""
        return self._watcher.evidence.frames()

    async def _pace(self, due: float) -> float:
        """Wait for the moment of the next frame; returns the time.monotonic() at which the one after it is due."""
        if self._interval is None:
            await self._inbox.quiet()
            held = not self._playing()
            self._client.screen.hold(held)
            if held:
                await asyncio.sleep(HELD_WAIT)
            return due
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        return max(due + self._interval, time.monotonic())

    def _look(self, again: bool) -> list[Event]:
        """One frame's events, in the screen's thread. A failure is reported once, until a frame works again."""
        if again:
            self._watcher.look_again()
        try:
            frame = self._client.screen.grab()
            self.frames += 1
            events = self._watcher.look(frame)
        except CaptureError as error:
            return self._failed("capture", str(error))
        except Exception as error:  # noqa: BLE001 - a bug in the watcher is a fault, which the machine must hear of
            return self._failed("detector", f"{type(error).__name__}: {error}")
        if self._blind:
            self._blind = False
            self._watcher.look_again()
        return events

    def _failed(self, part: Literal["capture", "detector"], why: str) -> list[Event]:
        reported, self._blind = self._blind, True
        return [] if reported else [PartFailed(t=self._client.clock(), part=part, why=why)]
