"""The one inbox, and the count of what is still under way: together they say when the loop has come to rest."""

from __future__ import annotations

import asyncio

from states.events import Event

SIZE = 256


class Inbox:
    """A bounded queue of events, and a count of everything that has been begun and not yet been answered.

    In lock-step the next frame is asked for only once the loop is `quiet`: no event waits, none is being handled, and
    no gesture, decision or write is under way.
    """

    def __init__(self, size: int = SIZE) -> None:
        self._events: asyncio.Queue[Event] = asyncio.Queue(size)
        self._open = 0
        self._quiet = asyncio.Event()
        self._quiet.set()

    async def put(self, event: Event) -> None:
        """Add an event; waits while the inbox is full."""
        self.begin()
        try:
            await self._events.put(event)
        except BaseException:
            self.end()
            raise

    async def get(self) -> Event:
        """The next event. Whoever takes it calls `end` once it has been handled."""
        return await self._events.get()

    def begin(self) -> None:
        """Something is under way from now on."""
        self._open += 1
        self._quiet.clear()

    def end(self) -> None:
        """Something that was under way is done."""
        self._open -= 1
        if not self._open:
            self._quiet.set()

    @property
    def under_way(self) -> int:
        """How many things are under way, events that wait or are being handled among them."""
        return self._open

    async def quiet(self) -> None:
        """Wait until nothing is under way."""
        await self._quiet.wait()
