"""The capture loop: its pace, what happens when there is no frame, and in which thread the watcher is used."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from bot import capture_loop as module
from bot.capture_loop import CaptureLoop
from bot.clients.client import Client, Threads
from bot.inbox import Inbox
from states.events import PartFailed, Tick
from vision.capture import CaptureError, Frame

PATIENCE = 15.0


class Screen:
    """A screen whose clock goes on by a second a frame unless it is held, and that can fail."""

    def __init__(self) -> None:
        self.t = 0.0
        self.held = False
        self.broken = False
        self.grabs: list[float] = []

    def hold(self, held):
        """Stop the clock, or not."""
        self.held = held

    def advance(self, seconds):
        """Let time pass."""
        self.t += seconds

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
        self.threads: set[str] = set()
        """Where its methods were called."""

    def look(self, frame):
        """One tick a frame."""
        self.threads.add(threading.current_thread().name)
        return [Tick(t=frame.t)]

    def look_again(self):
        """Count."""
        self.threads.add(threading.current_thread().name)
        self.asked_again += 1


@contextlib.asynccontextmanager
async def looking(interval, *, is_open=True):
    """A loop at work: itself, its screen, watcher and inbox, and a gate that can be opened."""
    screen, watcher, inbox, gate = Screen(), Watcher(), Inbox(), {"open": is_open}
    with ThreadPoolExecutor(1, "screen") as thread:
        threads = Threads(thread, thread)
        pass_time = screen.advance if interval is None else None
        client = Client(screen, None, lambda: screen.t, threads, (64, 36), pass_time)
        one = CaptureLoop(client, watcher, inbox, lambda: gate["open"], interval)
        task = asyncio.create_task(one.run())
        try:
            async with asyncio.timeout(PATIENCE):
                yield one, screen, watcher, inbox, gate
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_in_lock_step_the_game_waits_for_the_loop():
    """No frame is asked for while the last one's events are being handled."""
    async with looking(None) as (_, screen, _, inbox, _):
        for number in range(1, 4):
            event = await inbox.get()
            with inbox.pending():
                await asyncio.sleep(0.05)
                assert (event.t, len(screen.grabs)) == (number, number)


async def test_in_lock_step_a_shut_gate_stops_the_games_clock():
    """While the bot is paused frames are grabbed, but the game's clock does not advance."""
    async with looking(None, is_open=False) as (_, screen, _, inbox, gate):
        for _ in range(2):
            assert (await handled(inbox)).t == 0
        gate["open"] = True
        assert (await handled(inbox)).t <= 1
        assert (await handled(inbox)).t >= 1
        assert not screen.held


async def handled(inbox):
    """The next event, handled in no time."""
    event = await inbox.get()
    with inbox.pending():
        return event


async def test_the_watcher_is_used_in_the_screens_thread_only():
    """A request to look again is met before the next frame, in the screen's thread; no other uses the watcher."""
    async with looking(None) as (one, _, watcher, inbox, _):
        await handled(inbox)
        event = await inbox.get()
        with inbox.pending():
            one.look_again()
            assert watcher.asked_again == 0
        assert (await handled(inbox)).t == event.t + 1
        assert watcher.asked_again == 1
        await handled(inbox)
        assert watcher.asked_again == 1
        assert watcher.threads == {"screen_0"}


async def test_in_real_time_frames_come_at_their_pace():
    """A window is looked at as often as asked for, whether or not the loop is busy."""
    async with looking(0.1) as (_, screen, _, inbox, _):
        for _ in range(6):
            await inbox.get()
    gaps = np.diff(screen.grabs)
    assert np.mean(gaps) == pytest.approx(0.1, abs=0.05)


async def test_a_lost_window_is_told_once_and_looked_for_again(monkeypatch):
    """The machine hears of the failure once, not a hundred times; when frames are back the screen is reported again."""
    monkeypatch.setattr(module, "BLIND_WAIT", 0.02)
    async with looking(0.01) as (_, screen, watcher, inbox, _):
        screen.broken = True
        event = await inbox.get()
        while isinstance(event, Tick):
            event = await inbox.get()
        assert isinstance(event, PartFailed)
        assert (event.part, event.why) == ("capture", "the window is gone")
        tried = len(screen.grabs)
        while len(screen.grabs) < tried + 3:  # noqa: ASYNC110 - the screen works in a thread
            await asyncio.sleep(0.01)
        assert watcher.asked_again == 0
        screen.broken = False
        assert isinstance(await inbox.get(), Tick)
        assert watcher.asked_again == 1


async def test_a_frame_that_never_comes_is_told_once_and_play_goes_on_after_it(monkeypatch):
    """A detector or a display that hangs: the machine hears of it; the screen is reported anew when it comes back."""
    monkeypatch.setattr(module, "LONGEST_LOOK", 0.1)
    monkeypatch.setattr(module, "BLIND_WAIT", 0.02)
    async with looking(0.01) as (_, screen, watcher, inbox, _):
        go_on, grab = threading.Event(), screen.grab
        screen.grab = lambda: go_on.wait(10) and grab()
        event = await inbox.get()
        while isinstance(event, Tick):
            event = await inbox.get()
        assert (event.part, event.why) == ("capture", "no frame could be had and looked at within 0.1 s")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(inbox.get(), 0.5)
        go_on.set()
        assert isinstance(await inbox.get(), Tick)
        assert watcher.asked_again == 1
