"""Both sides of MQTT for tests: a daemon's control without the daemon, and other clients of the broker."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import aiomqtt

from bot.config import MqttOptions
from bot.control import Control, Served
from states.events import PartFailed

PATIENCE = 15.0


class Side:
    """A control connection, and a loop that answers each request the way the machine does, unless told not to."""

    def __init__(self, options: MqttOptions, *, answers: bool = True) -> None:
        self.options = options
        self.events: list[Any] = []
        self._answers = answers
        self.control = Control(options)
        self.control.serve(Served(self.take, lambda: 1.5, lambda: {"state": "battle", "battles": 3}))

    def take(self, event: Any) -> None:
        """Note an event and have it answered, if it is a request."""
        self.events.append(event)
        if self._answers and not isinstance(event, PartFailed):
            asyncio.get_running_loop().call_soon(self.control.answer, event.id, type(event).__name__)

    async def connected(self, wanted: bool = True) -> None:
        """Wait for the connection to come or to go."""
        async with asyncio.timeout(PATIENCE):
            while self.control.connected != wanted:  # noqa: ASYNC110 - the daemon polls this too
                await asyncio.sleep(0.02)

    async def heard(self, count: int) -> None:
        """Wait for so many events."""
        async with asyncio.timeout(PATIENCE):
            while len(self.events) < count:  # noqa: ASYNC110 - events are only listed
                await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def daemon(options: MqttOptions, *, answers: bool = True) -> AsyncIterator[Side]:
    """A daemon's side, connected."""
    one = Side(options, answers=answers)
    task = asyncio.create_task(one.control.run())
    try:
        await one.connected()
        yield one
    finally:
        async with asyncio.timeout(PATIENCE):  # a daemon that does not end fails its test, and not the whole run
            await one.control.close(task)


@contextlib.asynccontextmanager
async def listener(port: int, *topics: str, **options: Any) -> AsyncIterator[aiomqtt.Client]:
    """Another client of the broker; `options` are those of `aiomqtt.Client`."""
    name = uuid.uuid4().hex
    async with aiomqtt.Client("127.0.0.1", port, identifier=name, **options) as client:
        for topic in topics:
            await client.subscribe(topic, qos=1)
        yield client


async def steps(client: aiomqtt.Client) -> list[dict[str, Any]]:
    """The answers up to the next last one."""
    said: list[dict[str, Any]] = []
    async with asyncio.timeout(PATIENCE):
        async for message in client.messages:
            said.append(json.loads(bytes(message.payload)))
            if said[-1]["step"] != "accepted":
                break
    return said


async def final(client: aiomqtt.Client) -> dict[str, Any]:
    """The next last answer."""
    return (await steps(client))[-1]


async def collected(client: aiomqtt.Client, seconds: float) -> list[aiomqtt.Message]:
    """What arrives within so many seconds."""
    messages: list[aiomqtt.Message] = []
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            async for message in client.messages:
                messages.append(message)  # noqa: PERF401 - it ends with the time
    return messages
