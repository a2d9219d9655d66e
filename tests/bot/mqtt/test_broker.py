"""The embedded broker: what becomes of clients that come and go at the same time."""

from __future__ import annotations

import asyncio

from mqtt_sides import PATIENCE, daemon, listener

from bot.config import MqttOptions
from bot.mqtt.broker import LOOPBACK, Subscriptions, embedded_broker

TIMES = 8
FILTERS = (
    "#", "+/#", "+/+/+", "+/+/#", "+/tester/+", "+/tester/status", "+/+/status", "holdfast/#", "holdfast/+/+",
    "holdfast/+/#", "holdfast/+/status", "holdfast/tester/+", "holdfast/tester/#", "holdfast/tester/status",
)  # fmt: skip
"""All match the retained status: for each that is subscribed, amqtt pauses once while a client connects."""


async def test_a_client_that_connects_while_others_subscribe_is_answered(port):
    """Each gets its subscriptions, however many come and go: none has to try again."""
    options = MqttOptions(port=port, name="tester")
    async with daemon(options), listener(port, *FILTERS):
        await asyncio.gather(*(come_and_go(port, str(number)) for number in range(8)))


async def come_and_go(port: int, name: str) -> None:
    """Connect, subscribe and leave, several times. Raises MqttError where the broker does not answer in time."""
    for time in range(TIMES):
        async with listener(port, f"{name}/{time}", "holdfast/tester/status", timeout=PATIENCE):
            pass


def test_a_client_that_is_still_silent_as_the_bot_ends_is_no_error(port, caplog):
    """Nothing is logged of it, and so nothing is printed between the lines of the log."""

    async def bot() -> None:
        async with embedded_broker(port):
            _reader, writer = await asyncio.open_connection(LOOPBACK, port)
            await asyncio.sleep(0.05)
        writer.close()

    asyncio.run(bot())
    assert [record for record in caplog.records if record.name == "asyncio"] == []


def test_a_message_goes_to_all_who_read_its_topic_while_one_of_them_leaves():
    """The one that leaves does not take the place of the next in the list."""
    subscriptions = Subscriptions({"topic": ["first", "second", "third"]})
    reached = []
    for _topic, readers in subscriptions.items():  # noqa: PERF102 - as amqtt does
        for reader in readers:
            reached.append(reader)
            if reader == "first":
                subscriptions["topic"].pop(0)
    assert reached == ["first", "second", "third"]
