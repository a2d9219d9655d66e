"""The side of the command line: asks a running daemon and waits for its answer."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Mapping
from typing import Any

import aiomqtt
import orjson

from bot.config import MqttOptions
from bot.mqtt import connection
from bot.mqtt.broker import LOOPBACK
from game.errors import NO_DAEMON, HoldfastError

AGAIN_SECONDS = 0.3
"""Seconds without any answer after which the request is sent again with the same id: a broker that is flooded with
messages may drop one. Should both arrive, the daemon rejects the second as a duplicate, with the answer to the first.
"""

LATER_SECONDS = 2.0
"""Seconds between two tries once the request was accepted."""


class NoDaemonError(HoldfastError):
    """No daemon answers a request."""

    exit_code = NO_DAEMON


async def ask(
    options: MqttOptions,
    verb: str,
    patience: float,
    arguments: Mapping[str, Any] | None = None,
    *,
    later: bool = False,
) -> dict[str, Any]:
    """Send a request to a running daemon and return its last answer: that it is done, or why it is rejected. With
    `later` that it is accepted is enough.

    Raises NoDaemonError when none comes in `patience` seconds.
    """
    place, id_ = f"{options.host or LOOPBACK}:{options.port}", uuid.uuid4().hex
    payload = orjson.dumps({"id": id_, "caller": id_, **(arguments or {})})
    try:
        async with (
            asyncio.timeout(patience),
            connection.client(options, f"holdfast-{id_}") as client,  # amqtt confuses callers without an identifier
        ):
            last = {"done", "rejected", "accepted"} if later else {"done", "rejected"}
            return await _exchange(client, f"holdfast/{options.name}", verb, payload, id_, last)
    except TimeoutError:
        raise NoDaemonError(f"no daemon called {options.name!r} answered within {patience:g} s") from None
    except aiomqtt.MqttError as error:
        raise NoDaemonError(f"no daemon: the broker at {place} cannot be reached ({error})") from None


async def _exchange(
    client: aiomqtt.Client, base: str, verb: str, payload: bytes, id_: str, last: set[str]
) -> dict[str, Any]:
    """Send the request, again until a first answer comes, and wait for one of the steps `last`."""
    await client.subscribe(f"{base}/response", qos=1)
    await client.subscribe(f"{base}/status", qos=1)
    taken = asyncio.Event()
    sending = asyncio.create_task(_send(client, f"{base}/command/{verb}", payload, taken))
    try:
        async for message in client.messages:
            answer = _answer(message, base, id_)
            if answer is None:
                continue
            if answer.get("code") == "duplicate":
                answer |= answer["first"] or {"step": "accepted"}  # the first answer was lost, or is still to come
            taken.set()
            if answer.get("step") in last:
                return answer
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    raise aiomqtt.MqttError("it closed the connection")


async def _send(client: aiomqtt.Client, topic: str, payload: bytes, taken: asyncio.Event) -> None:
    """Publish a request until an answer came, and then now and then, lest the last answer is lost."""
    while True:
        await client.publish(topic, payload, qos=1)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(AGAIN_SECONDS):
                await taken.wait()
        if taken.is_set():
            await asyncio.sleep(LATER_SECONDS)


def _answer(message: aiomqtt.Message, base: str, id_: str) -> dict[str, Any] | None:
    """The answer to our request, if this message is it. Raises NoDaemonError if it says that no daemon is running."""
    payload = message.payload if isinstance(message.payload, bytes) else b""
    if str(message.topic) == f"{base}/status":
        if message.retain and payload in {b"offline", b"stopped"}:
            raise NoDaemonError(f"no daemon is running: {base}/status says {payload.decode()}")
        return None
    try:
        answer = orjson.loads(payload)
    except orjson.JSONDecodeError:
        return None
    return answer if isinstance(answer, dict) and answer.get("id") == id_ else None
