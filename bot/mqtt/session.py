"""Stays connected to the broker: connects anew after a growing wait, sends what waits, hands over what arrives.

Losing the broker never stops play. What cannot be sent is dropped; only the last value of each retained topic is sent
once the connection is back. "online" is published last, so that a listener who reads it finds everything else there.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
import uuid
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, Protocol

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from bot.config import MqttOptions
from bot.mqtt import connection

KEEPALIVE = 10
"""Seconds of silence after which the broker is asked whether it is there; after as many more it counts as gone."""
TIMEOUT = 5.0
"""Seconds a broker may take to answer."""
OUTBOX = 256
"""The most messages that wait to be sent; while they are that many, new ones are dropped."""
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
"""Seconds between two attempts to connect: a random share of a span that doubles from the first to the second."""
STEADY = 10.0
"""Seconds a connection lasts before the waits begin anew with the first."""
REFUSED = 0x80
"""Reason codes from here on are refusals."""
SETTLED = 1.0
"""Seconds for which no more than one search for retained requests is begun."""


class Sent(NamedTuple):
    """A message to be sent."""

    topic: str
    payload: bytes
    retain: bool = False
    correlation: bytes | None = None
    qos: int = 1
    """0 for answers: they must not wait for one another's acknowledgement, and no broker keeps them for later."""


class Side(Protocol):
    """What the session works for."""

    def take(self, message: aiomqtt.Message, *, told_retained: bool) -> None:
        """Handle a message. With `told_retained` its retain flag is that with which it was published (MQTT 5)."""

    def greeting(self) -> Iterable[Sent]:
        """What to send after each connection, before "online"."""

    def came(self) -> None:
        """The connection is there."""

    def went(self, why: str) -> None:
        """The connection was lost or could not be made; called once until it is there again."""


class Arrivals(asyncio.Queue[aiomqtt.Message]):
    """The client's queue of messages, which hands each over as it arrives once `take` is set. A task for each message,
    as aiomqtt's iterator has, takes three times as long, which a flood of requests makes felt.
    """

    take: Callable[[aiomqtt.Message], None] | None = None

    def put_nowait(self, item: aiomqtt.Message) -> None:
        """Hand a message over, or keep it until it is known to what."""
        if self.take is None:
            super().put_nowait(item)
        else:
            self.take(item)

    def hand_over(self, take: Callable[[aiomqtt.Message], None]) -> None:
        """Hand over what came so far, and from now on everything at once."""
        while not self.empty():
            take(self.get_nowait())
        self.take = take


class Session:
    """One connection after the other. `filters` are the topics to subscribe to."""

    def __init__(self, options: MqttOptions, status: str, filters: Iterable[str], side: Side) -> None:
        self._options = options
        self._status = status
        self._filters = tuple(filters)
        self._side = side
        self._outbox: asyncio.Queue[Sent] = asyncio.Queue(OUTBOX)
        self._retained: dict[str, Sent] = {}
        self._newest = aiomqtt.ProtocolVersion.V5 if options.host else aiomqtt.ProtocolVersion.V311
        """The newest version that the broker may speak; the embedded one and those that say so do not speak 5."""
        self._version = self._newest
        self._deleted: set[str] = set()
        """Topics whose retained message was deleted, and the message that did so has not come back yet."""
        self._arrivals = Arrivals()
        self._search = asyncio.Event()
        """Set when the broker may keep a retained request."""
        self.connected = False

    @property
    def is_mqtt_5(self) -> bool:
        """Whether the connection speaks MQTT 5."""
        return self._version == aiomqtt.ProtocolVersion.V5

    def send(self, message: Sent) -> None:
        """Send a message. Without a connection it is dropped, unless retained."""
        if message.retain:
            self._retained[message.topic] = message
        if self.connected:
            with contextlib.suppress(asyncio.QueueFull):
                self._outbox.put_nowait(message)

    def send_retained(self) -> None:
        """Send the last value of every retained topic again."""
        for message in list(self._retained.values()):
            self.send(message)

    def delete(self, topic: str) -> None:
        """Delete a retained message from the broker."""
        self.send(Sent(topic, b"", retain=True))
        self._retained.pop(topic, None)
        if not self.is_mqtt_5:
            self._deleted.add(topic)

    def deleted(self, message: aiomqtt.Message) -> bool:
        """Whether a message is no request, but deletes a retained one: ours, or with MQTT 5 that of any client."""
        if message.payload:
            return False
        ours = str(message.topic) in self._deleted
        self._deleted.discard(str(message.topic))
        return message.retain or ours

    def search_retained(self) -> None:
        """Have retained messages delivered again: before MQTT 5 a message that arrives does not say whether it is also
        kept by the broker.
        """
        if not self.is_mqtt_5:
            self._search.set()

    async def close(self, task: asyncio.Task[None]) -> None:
        """Send what is waiting, say "stopped", and end the task that runs `stay`."""
        if self.connected:
            self.send(Sent(self._status, b"stopped", retain=True))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(2.0):
                    await self._outbox.join()
        task.cancel()
        await asyncio.wait([task])  # unlike `await task`, it tells a cancellation of the caller from that of the task
        if not task.cancelled():
            task.result()

    async def stay(self) -> None:
        """Connect and serve; when the connection is lost, try again after a random share of a growing wait."""
        longest, told = FIRST_WAIT, False
        while True:
            began = time.monotonic()
            try:
                async with self._client() as client:
                    await self._greet(client)
                    told = False
                    await self._serve(client)
            except (aiomqtt.MqttError, OSError) as error:
                if self._choose_version(error):
                    continue
                if not told:
                    self._side.went(str(error))
                told = True
            if time.monotonic() - began > STEADY:
                longest = FIRST_WAIT
            await asyncio.sleep(random.uniform(0, longest))
            longest = min(2 * longest, LONGEST_WAIT)

    def _choose_version(self, error: Exception) -> bool:
        """Choose the version for the next attempt. Returns True where it may be made at once.

        A broker that does not speak MQTT 5 should say so; some, like amqtt, do not answer at all when there is a will.
        """
        if self.is_mqtt_5 and connection.speaks_no_mqtt_5(error):
            self._newest = self._version = aiomqtt.ProtocolVersion.V311
            return True
        silent = str(error) == connection.TIMED_OUT
        self._version = aiomqtt.ProtocolVersion.V311 if silent and self.is_mqtt_5 else self._newest
        return False

    def _client(self) -> aiomqtt.Client:
        arrivals = self._arrivals = Arrivals()
        return connection.client(
            self._options,
            f"holdfast-{self._options.name}-{uuid.uuid4().hex[:8]}",
            protocol=self._version,
            queue_type=lambda maxsize: arrivals,  # noqa: ARG005 - aiomqtt names the bound, which is none
            will=aiomqtt.Will(self._status, b"offline", qos=1, retain=True),
            keepalive=KEEPALIVE,
            timeout=TIMEOUT,
        )

    async def _greet(self, client: aiomqtt.Client) -> None:
        """Subscribe, send the retained topics, then say "online"."""
        for topic in self._filters:
            await self._subscribe(client, topic)
        while not self._outbox.empty():
            self._outbox.get_nowait()
            self._outbox.task_done()
        for message in (*self._side.greeting(), *self._retained.values()):
            await self._publish(client, message)
        await self._publish(client, Sent(self._status, b"online", retain=True))
        self.connected = True
        self._side.came()

    async def _serve(self, client: aiomqtt.Client) -> None:
        """Receive and send until the connection is lost, which raises MqttError."""
        tasks = [
            asyncio.create_task(self._receive(client), name="mqtt: receiving"),
            asyncio.create_task(self._empty_outbox(client), name="mqtt: sending"),
            asyncio.create_task(self._keep_searching(client), name="mqtt: retained requests"),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task.done():
                    task.result()
        finally:
            self.connected = False
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _receive(self, client: aiomqtt.Client) -> None:
        """Have messages handed over; ends with MqttError when the connection is lost."""
        self._arrivals.hand_over(lambda message: self._side.take(message, told_retained=self.is_mqtt_5))
        await anext(client.messages)

    async def _empty_outbox(self, client: aiomqtt.Client) -> None:
        """Send what is put into the outbox, in order."""
        while True:
            message = await self._outbox.get()
            try:
                await self._publish(client, message)
            finally:
                self._outbox.task_done()

    async def _keep_searching(self, client: aiomqtt.Client) -> None:
        """Subscribe to the requests again when there may be retained ones, which the broker then delivers."""
        while True:
            await self._search.wait()
            await asyncio.sleep(SETTLED)  # amqtt keeps a message after it has delivered it
            self._search.clear()
            await self._subscribe(client, self._filters[0])

    async def _subscribe(self, client: aiomqtt.Client, topic: str) -> None:
        """Subscribe; with MQTT 5 so that retain flags are kept and own messages do not come back."""
        if self.is_mqtt_5:
            options = SubscribeOptions(qos=1, noLocal=True, retainAsPublished=True)
            granted = await client.subscribe(topic, options=options)
        else:
            granted = await client.subscribe(topic, qos=1)
        if any(_number(code) >= REFUSED for code in granted):
            raise aiomqtt.MqttError(f"the broker does not let this user read {topic}")

    async def _publish(self, client: aiomqtt.Client, message: Sent) -> None:
        properties: Any = None
        if message.correlation is not None and self.is_mqtt_5:
            properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
            properties.CorrelationData = message.correlation
        await client.publish(message.topic, message.payload, message.qos, message.retain, properties)


def _number(code: int | ReasonCode) -> int:
    """A reason code as a number."""
    return code.value if isinstance(code, ReasonCode) else code
