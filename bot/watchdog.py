"""The watchdog: systemd hears that the bot lives only while eyes, machine and learner are all fresh.

Each part has an age: the seconds since it last ended a piece of work, 0 while it has none to do. So a paused bot, which
keeps looking but has no events to handle and nothing to learn, is fresh, and a part that hangs is not. A part that
failed and said so does not hang: the machine has heard of it, and play goes on without it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import NamedTuple

from bot import systemd
from bot.capture_loop import CaptureLoop
from bot.inbox import Inbox
from learning.learner import Learner

ROUND = 0.5
"""Seconds between two looks at the parts, at most."""


class Ages(NamedTuple):
    """Seconds since each part last came to the end of a piece of work; 0 for a part that has none."""

    eyes: float
    machine: float
    learner: float


def stale(ages: Ages, longest: float) -> tuple[str, ...]:
    """The parts that have been on one piece of work for more than `longest` seconds, in the order of `Ages`."""
    return tuple(part for part, age in ages._asdict().items() if not age <= longest)


class Watchdog:
    """Tells systemd when the bot is ready, what it does, and that it lives.

    `status` gives the line that `systemctl status` shows. READY=1 is sent once the eyes have come back from their first
    look; a screen that cannot be read is a fault that the bot waits out, and no reason to be started again.
    """

    def __init__(self, capture: CaptureLoop, inbox: Inbox, learner: Learner, status: Callable[[], str]) -> None:
        self._capture = capture
        self._inbox = inbox
        self._learner = learner
        self._status = status
        self._began = self._handled = time.monotonic()

    def event_handled(self) -> None:
        """Note that the machine has handled an event and its commands are carried out."""
        self._handled = time.monotonic()

    @property
    def ages(self) -> Ages:
        """How long each part has been on its piece of work."""
        now = time.monotonic()
        return Ages(
            eyes=now - (self._capture.looked or self._began),
            machine=now - self._handled if self._inbox.under_way else 0.0,
            learner=self._learner.stalled,
        )

    async def run(self) -> None:
        """Report until cancelled. Pings come at half of the span that systemd waits for them."""
        span = systemd.watchdog_seconds()
        ping_every = span / 2 if span else float("inf")
        ready, told, pinged = False, "", time.monotonic()
        while True:
            if not ready and self._capture.looked is not None:
                ready = systemd.notify(READY=1)
            if (status := self._status()) != told:
                told = status
                systemd.notify(STATUS=status)
            if time.monotonic() - pinged >= ping_every and not stale(self.ages, ping_every):
                pinged = time.monotonic()
                systemd.notify(WATCHDOG=1)
            await asyncio.sleep(min(ROUND, ping_every / 4))
