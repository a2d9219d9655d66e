"""What the bot makes of arbitrary MQTT messages: an answer with a code each, or an event; never an exception.

python benchmarks/fuzz_mqtt.py [--count N] [--broker M] [--seed S] [--json]

N messages (100,000) go through the handler of `bot.control` in this process, with the rates that bound callers lifted,
so that each of them is read. M more (5,000) go through a real `mosquitto` to a connected `Control`, as fast as it takes
them; after them a request must still be answered. A crash is an exception, a message that is answered with neither an
event nor a code, or a code that `bot.requests` does not document.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
import time
from collections.abc import Iterator
from random import Random
from types import SimpleNamespace
from typing import Any

import aiomqtt
from brokers import broker
from damage import damaged
from fuzz import Row, table

from bot import log, requests
from bot.config import MqttOptions
from bot.control import Control, Served
from bot.mqtt.caller import ask
from bot.mqtt.rate import Rate
from bot.requests import CODES

NAME = "fuzz"
COMMANDS = f"holdfast/{NAME}/command"
SAMPLES = (
    b"{}", b'{"id": "a-1"}', b'{"id": 7, "caller": "phone", "t": 1790000000.5}', b'{"verb": "pause", "id": null}',
    b'{"stage": "1-7", "id": "s"}', b'{"value": 2, "id": "s"}', b'{"id": "x", "when": "now"}',
)  # fmt: skip
WORDS = ("", "a", "é", "阿", " ", "$SYS", "pause/pause", "\x00", "x" * 300, "..", "response")
"""What stands in a topic in the place of a verb."""


def messages(count: int, seed: int) -> Iterator[aiomqtt.Message]:
    """So many messages, of which about a third are damaged a little and the rest much."""
    verbs = [request.verb for request in requests.REQUESTS]
    for number in range(count):
        chance = Random(f"{seed}/mqtt/{number}")
        verb = chance.choice((*verbs, *verbs, *WORDS))
        topic = f"{COMMANDS}/{verb}" if chance.random() < 0.9 else COMMANDS
        payload = chance.choice(SAMPLES).replace(b"a-1", str(number).encode())
        if chance.random() < 0.9:
            payload = damaged(payload, chance, json_too=True)
        yield aiomqtt.Message(topic, payload, 1, chance.random() < 0.1, number, properties(chance))


def properties(chance: Random) -> Any:
    """Properties of MQTT 5 as a caller may send them; None for one of MQTT 3."""
    if chance.random() < 0.5:
        return None
    topic = chance.choice(("back", "", "a/b", "+", "#", "$SYS/x", f"{COMMANDS}/stop", "\x00", "x" * 70_000))
    return SimpleNamespace(ResponseTopic=topic, CorrelationData=chance.randbytes(chance.choice((0, 8, 5000))))


def judge(row: Row, name: str, message: aiomqtt.Message, said: list[dict[str, Any]], events: int) -> None:
    """Count what came of one message: an event or an answer that is done, or a rejection with a documented code. A
    retained one must have no event; it is rejected without an answer where the same request was answered before.
    """
    codes = {answer.get("code") for answer in said if answer.get("step") == "rejected"}
    if not codes <= set(CODES):
        row.crashes.append(f"{name}: rejected with {codes - set(CODES)}")
    elif message.retain and events:
        row.crashes.append(f"{name}: a retained request was obeyed")
    elif codes or message.retain:
        row.refused += 1
    elif said or events:
        row.accepted += 1
    else:
        row.crashes.append(f"{name}: neither an event nor an answer")


async def in_process(count: int, seed: int) -> Row:
    """Messages through the handler itself."""
    row, began = Row("mqtt"), time.perf_counter()
    events: list[Any] = []
    said: list[dict[str, Any]] = []
    control = Control(MqttOptions(host="127.0.0.1", port=1, name=NAME))
    control.serve(Served(events.append, lambda: 1.0, dict))
    control._rate = control._answers = Rate(count + 1, 1.0)
    control._say = lambda _caller, answer: said.append(answer)  # type: ignore[method-assign]
    for number, message in enumerate(messages(count, seed)):
        started, before = time.perf_counter(), len(events)
        said.clear()
        try:
            control.take(message, told_retained=True)
        except BaseException as error:  # noqa: BLE001 - any of them is a crash
            row.crashes.append(f"mqtt {number}: {type(error).__name__}: {str(error)[:200]}")
        else:
            judge(row, f"mqtt {number}", message, said, len(events) - before)
        row.slowest = max(row.slowest, time.perf_counter() - started)
        row.mutations += 1
        for event in events[before:]:
            control.answer(event.id, "done")
    row.seconds = time.perf_counter() - began
    return row


async def through_broker(count: int, seed: int) -> Row:
    """Messages through a real broker to a connected bot; then a request must be answered, and no message be a crash."""
    row, began = Row("broker"), time.perf_counter()
    with broker() as port:
        options = MqttOptions(host="127.0.0.1", port=port, name=NAME)
        control = Control(options)
        control.serve(Served(lambda event: control.answer(event.id, "done"), lambda: 1.0, dict))
        took = control.take

        def noted(message: aiomqtt.Message, **more: Any) -> None:
            started = time.perf_counter()
            try:
                took(message, **more)
            except BaseException as error:  # noqa: BLE001 - any of them is a crash
                row.crashes.append(f"broker {bytes(message.payload)[:80]!r}: {type(error).__name__}: {error}")
            row.mutations += 1
            row.slowest = max(row.slowest, time.perf_counter() - started)

        control.take = noted  # type: ignore[method-assign]
        task = asyncio.create_task(control.run())
        while not control.connected:
            await asyncio.sleep(0.02)
        async with aiomqtt.Client("127.0.0.1", port, protocol=aiomqtt.ProtocolVersion.V5) as client:
            for message in messages(count, seed):
                topic = str(message.topic)
                if "\0" not in topic:
                    await client.publish(topic, message.payload, qos=0, retain=message.retain)
        answer = await ask(options, "status", 30.0)
        row.accepted, row.refused = int(answer["step"] == "done"), 0
        if task.done() or answer["step"] != "done":
            row.crashes.append(f"broker: the bot does not answer any more: {answer}")
        await control.close(task)
    row.seconds = time.perf_counter() - began
    return row


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100_000, help="messages through the handler")
    parser.add_argument("--broker", type=int, default=5_000, help="messages through a real broker")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print one JSON object for each row")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    log.set_up(None, "error", None)
    rows = [asyncio.run(in_process(options.count, options.seed))]
    if options.broker:
        rows.append(asyncio.run(through_broker(options.broker, options.seed)))
    if options.json:
        for row in rows:
            print(json.dumps(row.facts(), ensure_ascii=False))
    else:
        print(table(rows))
    sys.exit(any(row.crashes for row in rows))


if __name__ == "__main__":
    main()
