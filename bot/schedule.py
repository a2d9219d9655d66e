"""When to play: hours of the day, and how many battles or how much sanity may be spent.

The rules are pure functions of the configuration, the local time and the counts. `Scheduler` asks them once a second,
and posts what follows from them as requests, like those of a person.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, time
from typing import NamedTuple

from bot.config import ScheduleOptions
from states.events import Event, PauseAsked, ResumeAsked, StopAsked

BY = "schedule"
"""Who asks, in the requests that follow from the schedule."""
ROUND = 1.0
"""Seconds between two looks at the clock."""
HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


class Hours(NamedTuple):
    """A part of every day, by the machine's local time; it goes on past midnight where it ends before it begins."""

    start: time
    end: time

    def __contains__(self, moment: object) -> bool:
        """Whether a local time of day lies in it; the end does not."""
        if not isinstance(moment, time):
            return False
        if self.start <= self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end


def parse_hours(text: str) -> Hours:
    """The hours in a text such as "22:00-07:30". Raises ValueError for any other text, and for hours without length."""
    found = HOURS.fullmatch(text.replace(" ", ""))
    if found is None:
        raise ValueError('must be hours like "22:00-07:30"')
    first, second, third, fourth = map(int, found.groups())
    hours = Hours(time(first, second), time(third, fourth))
    if hours.start == hours.end:
        raise ValueError("begin and end at the same time; leave hours out to play at any time")
    return hours


def is_open(hours: Sequence[Hours], now: datetime) -> bool:
    """Whether to play now; without hours always."""
    return not hours or any(now.time() in one for one in hours)


def spent(battles: int, sanity_per_battle: int, limit: int) -> bool:
    """Whether another battle would cost more sanity in all than `limit`; 0 is no limit."""
    return limit > 0 and (battles + 1) * sanity_per_battle > limit


class ScheduleMemory(NamedTuple):
    """What the schedule remembers from one look at the clock to the next."""

    open: bool = True
    """Whether the last look fell into the hours."""
    due: bool = False
    """Whether the hours have ended and the bot is not paused yet: it finishes its battle."""
    resting: bool = False
    """Whether the bot is paused because of the schedule."""


def look(
    memory: ScheduleMemory, *, opened: bool, state: str
) -> tuple[ScheduleMemory, type[PauseAsked | ResumeAsked] | None]:
    """What to ask for at one look at the clock, where `opened` says whether it falls into the hours, and what to
    remember. `state` is the machine's.

    What a person asks for counts until the hours begin or end the next time: a pause of theirs is not resumed, and a
    resume of theirs is not paused again.
    """
    resting = memory.resting and state == "paused"
    due = not opened and (memory.due or memory.open)
    if due and state == "paused":
        return ScheduleMemory(opened, due=False, resting=resting), None
    if due and state not in ("battle", "settle"):
        return ScheduleMemory(opened, due=True, resting=True), PauseAsked
    if opened and not memory.open and resting:
        return ScheduleMemory(opened), ResumeAsked
    return ScheduleMemory(opened, due, resting), None


class Scheduler:
    """Pauses the bot when the hours end and resumes it when they begin, or stops it where `outside` is "stop". Stops it
    before it would spend more than `sanity`, too.

    `state` gives the machine's state, `battles` how many battles were settled, `post` takes the requests, `clock` gives
    the time of events, and `rested` is called after each pause. It goes on from the `memory` of another one.
    """

    def __init__(
        self,
        options: ScheduleOptions,
        state: Callable[[], str],
        battles: Callable[[], int],
        post: Callable[[Event], Awaitable[None]],
        clock: Callable[[], float],
        rested: Callable[[], Awaitable[None]],
        now: Callable[[], datetime] = datetime.now,
        memory: ScheduleMemory | None = None,
    ) -> None:
        self._options = options
        self._hours = [parse_hours(text) for text in options.hours]
        self._state = state
        self._battles = battles
        self._post = post
        self._clock = clock
        self._rested = rested
        self._now = now
        self.memory = memory or ScheduleMemory()
        """What the one of the next turn goes on from."""
        self._stopping = False

    async def run(self) -> None:
        """Look at the clock until cancelled."""
        while True:
            await self.round()
            await asyncio.sleep(ROUND)

    def give_way(self) -> None:
        """Leave it to a person who has asked for a pause or its end, until the hours begin or end the next time."""
        self.memory = self.memory._replace(due=False, resting=False)

    async def round(self) -> None:
        """Look at the clock once, and ask for what follows."""
        opened = is_open(self._hours, self._now())
        over = not opened and self._options.outside == "stop"
        if over or spent(self._battles(), self._options.sanity_per_battle, self._options.sanity):
            await self._stop()
            return
        self.memory, request = look(self.memory, opened=opened, state=self._state())
        if request is not None:
            await self._post(request(t=self._clock(), id="", by=BY))
        if request is PauseAsked:
            await self._rested()

    async def _stop(self) -> None:
        """Ask once for a stop after the battle."""
        if not self._stopping:
            self._stopping = True
            await self._post(StopAsked(t=self._clock(), id="", by=BY, when="after_battle"))
