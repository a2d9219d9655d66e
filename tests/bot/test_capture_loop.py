"""The eyes' place in the loop: pace, and what happens when there is nothing to be seen."""

from __future__ import annotations

import asyncio
import contextlib
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from bot import capture_loop as module
from bot.capture_loop import Eyes
from bot.inbox import Inbox
from states.events import PartFailed, Tick
from vision.capture import CaptureError, Frame

PATIENCE = 15.0


class Screen:
    """A screen whose clock goes on by a second a frame unless it is held, and that can fail."""

    size = (64, 36)

    def __init__(self) -> None:
        self.t = 0.0
        self.held = False
        self.broken = False
        self.grabs: list[float] = []

    def hold(self, held):
        """Stop the clock, or not."""
        self.held = held

    def grab(self):
        """The next frame."""
        self.grabs.append(time.monotonic())
        if self.broken:
            raise CaptureError("the window is gone")
        self.t += 0 if self.held else 1
        return Frame(np.zeros((36, 64, 3), np.uint8), self.t)


class Watcher:
    """Says the time of each frame."""

    def __init__(self) -> None:
        self.asked_again = 0

    def look(self, frame):
        """One tick a frame."""
        return [Tick(t=frame.t)]

    def look_again(self):
        """Count."""
        self.asked_again += 1


@contextlib.asynccontextmanager
async def looking(interval, *, free=True):
    """Eyes at work: screen, watcher, inbox, and what says whether the gate is open."""
    screen, watcher, inbox, gate = Screen(), Watcher(), Inbox(), {"free": free}
    with ThreadPoolExecutor(1) as thread:
        one = Eyes(screen, watcher, inbox, lambda: screen.t, lambda: gate["free"], thread, interval)
        task = asyncio.create_task(one.run())
        try:
            async with asyncio.timeout(PATIENCE):
                yield screen, watcher, inbox, gate
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_in_lock_step_the_game_waits_for_the_loop():
    """No frame is asked for while the last one's events are being handled."""
    async with looking(None) as (screen, _, inbox, _):
        for number in range(1, 4):
            event = await inbox.get()
            await asyncio.sleep(0.05)
            assert (event.t, len(screen.grabs)) == (number, number)
            inbox.end()


async def test_in_lock_step_a_shut_gate_stops_the_games_clock():
    """While it is paused the game is looked at, and not one second of it is lost."""
    async with looking(None, free=False) as (screen, _, inbox, gate):
        for _ in range(2):
            assert (await inbox.get()).t == 0
            inbox.end()
        gate["free"] = True
        assert (await inbox.get()).t <= 1
        inbox.end()
        assert (await inbox.get()).t >= 1
        assert not screen.held


async def test_in_real_time_frames_come_at_their_pace():
    """A window is looked at as often as asked for, whether or not the loop is busy."""
    async with looking(0.1) as (screen, _, inbox, _):
        for _ in range(6):
            await inbox.get()
    gaps = np.diff(screen.grabs)
    assert np.mean(gaps) == pytest.approx(0.1, abs=0.05)


async def test_a_lost_window_is_told_once_and_looked_for_again(monkeypatch):
    """The machine hears that the eyes failed, not a hundred times; when frames are back the screen is told anew."""
    monkeypatch.setattr(module, "BLIND_WAIT", 0.02)
    async with looking(0.01) as (screen, watcher, inbox, _):
        screen.broken = True
        event = await inbox.get()
        while isinstance(event, Tick):
            event = await inbox.get()
        assert isinstance(event, PartFailed)
        assert (event.part, event.why) == ("capture", "the window is gone")
        tried = len(screen.grabs)
        while len(screen.grabs) < tried + 3:  # noqa: ASYNC110 - the eyes work in a thread
            await asyncio.sleep(0.01)
        assert watcher.asked_again == 0
        screen.broken = False
        assert isinstance(await inbox.get(), Tick)
        assert watcher.asked_again == 1
