"""The inbox of events, and the count of what is pending: together they say when the loop has come to rest."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterator
from typing import Any

from states.events import Event

SIZE = 256
"""The most events that wait."""


class Inbox:
    """A bounded queue of events with a lane for what people ask for, and the count of everything pending in the loop.

    Pending is what waits in the inbox or in a queue made by `queue`, and every block under `with inbox.pending():`.
    In lock-step the next frame is asked for only once the loop is `quiet`: nothing is pending.
    """

    def __init__(self, size: int = SIZE) -> None:
        self._blocks = 0
        """Blocks under `with inbox.pending():` that have not ended."""
        self._queues: list[asyncio.Queue[Any]] = []
        self._rest = asyncio.Event()
        self._events: asyncio.Queue[Event] = self.queue(size)
        self._first: deque[Event] = deque()
        """Events that are handled before all others, in their own order."""
        self._waiting = asyncio.Semaphore(0)
        """Counts what waits in both."""

    def queue(self, size: int = 0) -> asyncio.Queue[Any]:
        """A queue whose entries are pending while they wait; 0 sets no bound.

        The task that takes an entry works on it under `with inbox.pending():`, entered before the task waits for
        anything else. So an entry is pending from when it is put in until that block ends.
        """
        queue: asyncio.Queue[Any] = asyncio.Queue(size)
        self._queues.append(queue)
        return queue

    async def put(self, event: Event) -> None:
        """Add an event; waits while the inbox is full."""
        with self.pending():
            await self._events.put(event)
            self._waiting.release()

    def put_first(self, event: Event) -> None:
        """Add an event that is handled before those that wait, after earlier ones added so. It never waits: the caller
        bounds how many there are.
        """
        self._first.append(event)
        self._waiting.release()

    async def get(self) -> Event:
        """The next event, to be handled under `with inbox.pending():`."""
        await self._waiting.acquire()
        return self._first.popleft() if self._first else self._events.get_nowait()

    def __len__(self) -> int:
        """How many events wait."""
        return len(self._first) + self._events.qsize()

    @contextlib.contextmanager
    def pending(self) -> Iterator[None]:
        """Count as pending until the block ends, however it ends."""
        self._blocks += 1
        try:
            yield
        finally:
            self._blocks -= 1
            if not self.under_way:
                self._rest.set()

    @property
    def under_way(self) -> int:
        """How many things are pending: waiting entries and running blocks."""
        return self._blocks + len(self._first) + sum(queue.qsize() for queue in self._queues)

    async def quiet(self) -> None:
        """Wait until nothing is pending."""
        while self.under_way:
            self._rest.clear()
            await self._rest.wait()
