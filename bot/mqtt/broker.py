"""The broker inside the bot: on loopback, for users who have none."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

from amqtt.broker import Broker
from amqtt.contexts import Action
from amqtt.errors import BrokerError
from amqtt.plugins.base import BaseTopicPlugin

from bot.mqtt.rate import Rate, Rejections

LOOPBACK = "127.0.0.1"
BURST, PER_SECOND = 200, 50.0
"""Requests that one connection may send at once, and how many more each second after that."""

SLOWED = 0.02
"""Seconds that the messages of a connection wait for each request that is dropped: other connections go first."""


@contextlib.asynccontextmanager
async def embedded_broker(port: int) -> AsyncIterator[None]:
    """A broker on loopback, for as long as the block lasts. Raises OSError when the port cannot be opened."""
    config = {
        "listeners": {"default": {"type": "tcp", "bind": f"{LOOPBACK}:{port}"}},
        "plugins": {
            "amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True},
            f"{__name__}.{CommandRate.__name__}": {},
        },
    }
    asyncio.get_running_loop().set_exception_handler(_all_but_cancelled)
    broker = Broker(config)
    broker._subscriptions = Subscriptions()  # noqa: SLF001 - amqtt loses a message otherwise
    try:
        await broker.start()
    except BrokerError as error:
        raise error.__cause__ if isinstance(error.__cause__, OSError) else OSError(str(error)) from None
    try:
        yield
    finally:
        with contextlib.suppress(Exception):  # errors of a broker that is ending do not matter
            async with asyncio.timeout(3.0):
                await broker.shutdown()


def _all_but_cancelled(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """As asyncio does, but say nothing of a client that had not yet said its name when the broker ended: Python 3.11
    takes the cancelled connection for an error and prints where it was.
    """
    if not isinstance(context.get("exception"), asyncio.CancelledError):
        loop.default_exception_handler(context)


class Subscriptions(dict[str, list[Any]]):
    """Who reads what. Amqtt goes through it with pauses, while other clients subscribe and leave."""

    def __iter__(self) -> Iterator[str]:
        """The topics as they are now, for a client that connects: an error here would leave it without any answer."""
        return iter(list(super().__iter__()))

    def items(self) -> Any:
        """The topics and their readers as they are now, for a message: none is left out because another one left."""
        return [(topic, list(readers)) for topic, readers in super().items()]


class CommandRate(BaseTopicPlugin):  # type: ignore[misc] # amqtt has no types
    """Drops requests of a connection that sends too many: amqtt hands messages on in one queue, so that a flood would
    have all others wait. Pauses have an allowance of their own.
    """

    @dataclass
    class Config:
        """There is nothing to set."""

    def __init__(self, context: Any) -> None:
        super().__init__(context)
        self._rate = Rate(BURST, PER_SECOND)
        self._rejections = Rejections()

    async def topic_filtering(
        self, *, session: Any = None, topic: str | None = None, action: Action | None = None
    ) -> bool:
        """Whether a message may be handed on."""
        if action is not Action.PUBLISH or session is None or topic is None or "/command" not in topic:
            return True
        pause = topic.endswith("/pause")
        if self._rate.allows((session.client_id, pause), time.monotonic()):
            return True
        await asyncio.sleep(SLOWED)
        self._rejections.add("too_many", topic.rsplit("/", 1)[-1], "sent faster than the embedded broker takes them")
        return False

    async def close(self) -> None:
        """Log what was not logged yet."""
        self._rejections.close()
