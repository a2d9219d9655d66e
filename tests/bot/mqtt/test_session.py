"""The connection to a real broker: who is told what, and brokers that are slow, half open or gone."""

from __future__ import annotations

import asyncio
import json
import signal
import sys

import aiomqtt
import pytest
from mqtt_sides import PATIENCE, Side, daemon, final, listener
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from ports import free_port

from bot.config import MqttOptions
from bot.mqtt import session
from bot.mqtt.caller import NoDaemonError, ask

ALONE = """
import asyncio, sys
from bot.config import MqttOptions
from bot.control import Control
asyncio.run(Control(MqttOptions(host="127.0.0.1", port=int(sys.argv[1]), name="tester")).run())
"""


@pytest.fixture
def real(mosquitto):
    """Options for the real broker."""
    return MqttOptions(host="127.0.0.1", port=mosquitto.port, name="tester")


async def next_text(client: aiomqtt.Client) -> str:
    """The payload of the next message, as text."""
    async with asyncio.timeout(PATIENCE):
        return bytes((await anext(aiter(client.messages))).payload).decode()


async def test_status_tells_apart_running_stopped_and_gone(real):
    """Online while it runs, stopped when it ended by itself, offline when it was cut off."""
    async with listener(real.port, "holdfast/tester/status") as client:
        async with daemon(real):
            assert await next_text(client) == "online"
        assert await next_text(client) == "stopped"
        with pytest.raises(NoDaemonError, match="stopped"):
            await ask(real, "status", PATIENCE)
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", ALONE, str(real.port))
        assert await next_text(client) == "online"
        process.kill()
        assert await next_text(client) == "offline"
        await process.wait()


async def test_online_is_published_last(real, mosquitto, monkeypatch):
    """A listener who reads it finds the description for Home Assistant and the state there."""
    monkeypatch.setattr(session, "FIRST_WAIT", 0.1)
    async with daemon(real) as one:
        one.control.publish("state", {"state": "menu"}, retain=True)
        mosquitto.end()
        await one.connected(wanted=False)
        mosquitto.start()
        async with listener(real.port, "#") as client, asyncio.timeout(PATIENCE):
            topics = []
            async for message in client.messages:
                topics.append(str(message.topic).removeprefix("holdfast/tester/"))
                if message.payload == b"online":
                    break
        assert topics == ["homeassistant/device/holdfast_tester/config", "state", "status"]


async def test_mqtt_5_is_used_where_the_broker_speaks_it(real, monkeypatch):
    """And 3.1.1 where it does not; the embedded one is known not to, another is asked."""
    monkeypatch.setattr(session, "TIMEOUT", 1.0)
    monkeypatch.setattr(session, "FIRST_WAIT", 0.1)
    async with daemon(real) as one:
        assert one.control._session.is_mqtt_5
    old = MqttOptions(port=free_port())
    async with daemon(old) as one:
        assert not one.control._session.is_mqtt_5
        async with daemon(MqttOptions(host="127.0.0.1", port=old.port, name="other")) as another:
            assert not another.control._session.is_mqtt_5


async def test_the_answer_goes_to_the_response_topic_with_the_correlation_data(real):
    """As MQTT 5 has it; the usual topic stays silent."""
    properties = Properties(PacketTypes.PUBLISH)
    properties.ResponseTopic, properties.CorrelationData = "replies/me", b"\x00\x01mine"
    async with (
        daemon(real),
        listener(real.port, "replies/me", "holdfast/tester/response", protocol=aiomqtt.ProtocolVersion.V5) as client,
    ):
        await client.publish("holdfast/tester/command/pause", "{}", qos=1, properties=properties)
        message = await asyncio.wait_for(anext(aiter(client.messages)), PATIENCE)
        assert str(message.topic) == "replies/me"
        assert message.properties.CorrelationData == b"\x00\x01mine"
        assert json.loads(message.payload)["step"] == "done"
        properties.ResponseTopic = "holdfast/tester/command/resume"
        await client.publish("holdfast/tester/command/pause", "{}", qos=1, properties=properties)
        assert (await final(client))["code"] == "bad_argument"


async def test_a_half_open_broker_is_noticed_and_its_return_too(real, mosquitto, monkeypatch):
    """It takes the connection's bytes and says nothing: after keepalive the connection counts as lost."""
    monkeypatch.setattr(session, "KEEPALIVE", 1)
    monkeypatch.setattr(session, "TIMEOUT", 1.0)
    monkeypatch.setattr(session, "FIRST_WAIT", 0.1)
    async with daemon(real) as one:
        mosquitto.signal(signal.SIGSTOP)
        try:
            await one.connected(wanted=False)
        finally:
            mosquitto.signal(signal.SIGCONT)
        await one.connected()
        assert [event.part for event in one.events] == ["broker"]
        assert (await ask(real, "pause", PATIENCE))["step"] == "done"


async def test_a_slow_broker_that_takes_no_message_is_left_and_found_again(real, mosquitto, monkeypatch):
    """A message that is not acknowledged ends the connection; the sender is not dead while the reader lives."""
    monkeypatch.setattr(session, "TIMEOUT", 0.5)
    monkeypatch.setattr(session, "FIRST_WAIT", 0.1)
    async with daemon(real) as one:
        mosquitto.signal(signal.SIGSTOP)
        try:
            one.control.publish("state", {"state": "menu"}, retain=True)
            await one.connected(wanted=False)
        finally:
            mosquitto.signal(signal.SIGCONT)
        await one.connected()
        async with listener(real.port, "holdfast/tester/state") as client:
            assert json.loads(await next_text(client)) == {"state": "menu"}


async def test_waits_grow_while_the_broker_is_away_and_it_is_told_once(port, monkeypatch):
    """A broker that is gone for a night is not asked every second, and is one line of the log."""
    waits, real_sleep = [], asyncio.sleep
    monkeypatch.setattr(session.random, "uniform", lambda _low, high: waits.append(high) or 0.0)
    side = Side(MqttOptions(host="127.0.0.1", port=port))
    task = asyncio.create_task(side.control.run())
    async with asyncio.timeout(PATIENCE):
        while len(waits) < 9:
            await real_sleep(0.01)
    await side.control.close(task)
    assert waits[:9] == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert len(side.events) == 1


@pytest.mark.parametrize("heard", ["_on_connect", "_on_subscribe", "_on_publish"])
async def test_a_daemon_that_is_ended_when_the_broker_answers_ends(port, monkeypatch, heard):
    """While it connects, it is always waiting for some answer; none of them makes it forget that it has to end."""
    tasks: list[asyncio.Task[None]] = []
    end_when_the_broker_answers(monkeypatch, heard, tasks)
    task = asyncio.create_task(Side(MqttOptions(port=port)).control.run())
    tasks.append(task)
    assert await ended(task)


async def test_a_daemon_that_is_ended_while_it_sends_ends(port, monkeypatch):
    """In a flood of requests it is sending answers nearly always, also in the moment in which it ends."""
    tasks: list[asyncio.Task[None]] = []
    side = Side(MqttOptions(port=port))
    task = asyncio.create_task(side.control.run())
    end_when_the_broker_answers(monkeypatch, "_on_publish", tasks)
    await side.connected()
    tasks.append(task)
    side.control.publish("state", {"state": "menu"}, retain=True)
    assert await ended(task)


async def test_a_caller_that_waits_only_so_long_for_the_end_is_told_that_it_did_not_come():
    """A part that does not end is given up and told in the log; its wait does not count as its end."""
    side, asked = Side(MqttOptions()), asyncio.Event()

    async def deaf() -> None:
        try:
            await asyncio.sleep(PATIENCE)
        except asyncio.CancelledError:
            asked.set()
        await asyncio.sleep(PATIENCE)

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)  # it has begun
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await side.control.close(task)
    assert asked.is_set()
    task.cancel()


def end_when_the_broker_answers(monkeypatch: pytest.MonkeyPatch, heard: str, tasks: list[asyncio.Task[None]]) -> None:
    """Have tasks cancelled, once, in the same turn of the event loop in which an answer of the broker comes."""
    answered = getattr(aiomqtt.Client, heard)

    def answered_and_ended(client: aiomqtt.Client, *arguments: object) -> None:
        answered(client, *arguments)
        while tasks:
            tasks.pop().cancel()

    monkeypatch.setattr(aiomqtt.Client, heard, answered_and_ended)


async def ended(task: asyncio.Task[None]) -> bool:
    """Whether a cancelled task ends; if not, it is cancelled again."""
    await asyncio.wait([task], timeout=5.0)
    in_time = task.done()
    task.cancel()
    await asyncio.wait([task])
    return in_time


async def test_a_command_line_without_a_daemon_or_broker_says_so(real, port):
    """No daemon at the broker, and no broker."""
    with pytest.raises(NoDaemonError, match="answered within"):
        await ask(real, "status", 0.5)
    with pytest.raises(NoDaemonError, match="cannot be reached"):
        await ask(MqttOptions(port=1), "status", PATIENCE)
