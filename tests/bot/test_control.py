"""Control over MQTT, against a real mosquitto and against our own embedded broker."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import uuid
from collections.abc import AsyncIterator
from typing import Any

import aiomqtt
import pytest

from bot import control, requests
from bot.config import MqttOptions
from bot.control import Control, NoDaemonError, ask
from states.events import PartFailed, PauseAsked

PATIENCE = 15.0
ALONE = """
import asyncio, sys
from bot.config import MqttOptions
from bot.control import Control
asyncio.run(Control(MqttOptions(host="127.0.0.1", port=int(sys.argv[1]), name="tester"), print, float, dict).run())
"""


class Daemon:
    """A control connection, and a loop that answers each request the way the machine does."""

    def __init__(self, options: MqttOptions) -> None:
        self.options = options
        self.events: list[Any] = []
        self.control = Control(options, self.take, lambda: 1.5, lambda: {"state": "battle", "battles": 3})

    async def take(self, event: Any) -> None:
        """Note an event and answer it, if it is a request."""
        self.events.append(event)
        if not isinstance(event, PartFailed):
            self.control.answer(event.id, type(event).__name__)

    async def connected(self, wanted: bool = True) -> None:
        """Wait for the connection to come or to go."""
        async with asyncio.timeout(PATIENCE):
            while self.control.connected != wanted:  # noqa: ASYNC110 - the daemon polls this too
                await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def daemon(options: MqttOptions) -> AsyncIterator[Daemon]:
    """A daemon's side, connected."""
    one = Daemon(options)
    task = asyncio.create_task(one.control.run())
    try:
        await one.connected()
        yield one
    finally:
        await one.control.close(task)


@contextlib.asynccontextmanager
async def listener(port: int, topic: str) -> AsyncIterator[aiomqtt.Client]:
    """Another client of the broker."""
    async with asyncio.timeout(PATIENCE), aiomqtt.Client("127.0.0.1", port, identifier=uuid.uuid4().hex) as client:
        await client.subscribe(topic, qos=1)
        yield client


async def next_json(client: aiomqtt.Client) -> Any:
    """The payload of the next message."""
    message = await anext(aiter(client.messages))
    return json.loads(message.payload)


async def next_text(client: aiomqtt.Client) -> str:
    """The payload of the next message, as text."""
    return bytes((await anext(aiter(client.messages))).payload).decode()


@pytest.fixture
def real(mosquitto):
    """Options for the real broker."""
    return MqttOptions(host="127.0.0.1", port=mosquitto.port, name="tester")


async def test_a_request_is_answered_with_the_callers_id(real):
    """The caller can tell its own answer from others."""
    async with daemon(real) as one, listener(real.port, "holdfast/tester/response") as client:
        await client.publish("holdfast/tester/command/pause", '{"id": "mine-7"}', qos=1)
        assert await next_json(client) == {"id": "mine-7", "verb": "pause", "ok": True, "what": "PauseAsked"}
        assert isinstance(one.events[0], PauseAsked)
        assert one.events[0].t == 1.5


@pytest.mark.parametrize("verb", ["pause", "resume", "stop"])
async def test_the_verbs_of_the_command_line_get_their_answers(real, verb):
    """`holdfast pause` and its like return what the daemon says."""
    async with daemon(real):
        answer = await ask(real, verb, PATIENCE)
    assert answer["ok"]
    assert answer["verb"] == verb


async def test_status_is_answered_without_the_machine(real):
    """A status request leaves no mark in the trace."""
    async with daemon(real) as one:
        answer = await ask(real, "status", PATIENCE)
        assert (answer["state"], answer["battles"]) == ("battle", 3)
        assert one.events == []


@pytest.mark.parametrize(
    ("verb", "payload", "told"),
    [
        ("pause", b"\xff\xfe{", "not JSON"),
        ("pause", b"[1]", "no object"),
        ("pause", b'{"id": {}}', "neither text nor a number"),
        ("dance", b"{}", "unknown command"),
    ],
)
async def test_garbage_is_refused_and_harms_nothing(real, verb, payload, told):
    """One clear answer, no event, and the next request works."""
    async with daemon(real) as one, listener(real.port, "holdfast/tester/response") as client:
        await client.publish(f"holdfast/tester/command/{verb}", payload, qos=1)
        answer = await next_json(client)
        assert not answer["ok"]
        assert told in answer["what"]
        assert one.events == []
        await client.publish("holdfast/tester/command/pause", b"", qos=1)
        assert (await next_json(client))["ok"]


async def test_the_arguments_of_a_request_arrive_in_its_event(real, monkeypatch):
    """As a later request may have them; without one that it needs it is refused, and no event is posted."""

    class StageAsked(PauseAsked, tag="stage_asked", frozen=True, kw_only=True):
        stage: str

    monkeypatch.setattr(requests, "REQUESTS", (requests.Request("change", StageAsked, "Play another stage."),))
    async with daemon(real) as one:
        assert (await ask(real, "change", PATIENCE, {"stage": "ridge_line"}))["ok"]
        assert one.events == [StageAsked(t=1.5, id="1", by="mqtt", stage="ridge_line")]
        refused = await ask(real, "change", PATIENCE, {"stage": 5})
        assert (refused["ok"], len(one.events)) == (False, 1)
        assert refused["what"] == "change: Expected `str`, got `int` - at `$.stage`"


async def test_a_retained_command_is_an_old_one_and_ignored(real):
    """A retained `stop` does not end every daemon that ever starts."""
    async with listener(real.port, "holdfast/tester/response") as client:
        await client.publish("holdfast/tester/command/stop", '{"id": "old"}', qos=1, retain=True)
        async with daemon(real) as one:
            await client.publish("holdfast/tester/command/pause", '{"id": "new"}', qos=1)
            assert (await next_json(client))["id"] == "new"
            assert [type(event) for event in one.events] == [PauseAsked]


async def test_availability_tells_apart_running_stopped_and_gone(real):
    """Online while it runs, stopped when it ended by itself, offline when it was cut off."""
    async with listener(real.port, "holdfast/tester/availability") as client:
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


async def test_play_goes_on_without_a_broker_and_retained_topics_return(real, mosquitto, monkeypatch):
    """Losing the broker is told once; when it is back, so is the state, and requests are answered again."""
    monkeypatch.setattr(control, "FIRST_WAIT", 0.1)
    async with daemon(real) as one:
        one.control.publish("state", {"state": "menu"}, retain=True)
        mosquitto.end()
        await one.connected(wanted=False)
        one.control.publish("state", {"state": "battle"}, retain=True)
        one.control.publish("event/battle", {"number": 1})
        await asyncio.sleep(0.5)
        mosquitto.start()
        await one.connected()
        assert [event.part for event in one.events] == ["broker"]
        async with listener(real.port, "holdfast/tester/state") as client:
            assert await next_json(client) == {"state": "battle"}
        assert (await ask(real, "pause", PATIENCE))["ok"]


async def test_the_embedded_broker_needs_no_set_up(port):
    """With an empty host the daemon is its own broker, on loopback."""
    options = MqttOptions(port=port, name="tester")
    async with daemon(options):
        assert (await ask(options, "status", PATIENCE))["state"] == "battle"
        assert (await ask(options, "pause", PATIENCE))["what"] == "PauseAsked"
    with pytest.raises(NoDaemonError, match="cannot be reached"):
        await ask(options, "status", PATIENCE)


async def test_a_taken_port_is_told_and_play_goes_on(port):
    """A second daemon on the same port plays without control, and says what to change."""
    async with daemon(MqttOptions(port=port)):
        second = Daemon(MqttOptions(port=port))
        await asyncio.wait_for(second.control.run(), PATIENCE)
        (event,) = second.events
        assert event.part == "broker"
        assert "Choose another [mqtt] port" in event.why
        assert "\n" not in event.why


async def test_no_daemon_is_told_apart_from_no_broker(real):
    """A broker without a daemon: the request is not answered."""
    with pytest.raises(NoDaemonError, match="answered within"):
        await ask(real, "status", 0.5)
