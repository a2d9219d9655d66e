"""Control over MQTT: what becomes of requests, against a real mosquitto (MQTT 5) and our own broker (3.1.1)."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import uuid
from typing import Any

import pytest
from mqtt_sides import PATIENCE, Side, collected, daemon, final, listener, steps

from bot import requests
from bot.config import MqttOptions
from bot.mqtt import session
from bot.mqtt.caller import ask
from states.events import PartFailed, PauseAsked, ResumeAsked, SpeedAsked, StopAsked


@pytest.fixture
def real(mosquitto):
    """Options for the real broker."""
    return MqttOptions(host="127.0.0.1", port=mosquitto.port, name="tester")


@pytest.fixture(params=["mosquitto", "embedded"])
def either(request, port):
    """Options for the real broker, and for our own."""
    if request.param == "mosquitto":
        return MqttOptions(host="127.0.0.1", port=request.getfixturevalue("mosquitto").port, name="tester")
    return MqttOptions(port=port, name="tester")


async def test_a_request_is_accepted_and_then_done_with_the_callers_id(either):
    """The caller can tell its own answers from others, and the first from the last."""
    async with daemon(either), listener(either.port, "holdfast/tester/response") as client:
        await client.publish("holdfast/tester/command/resume", '{"id": "mine-7"}', qos=1)
        assert await steps(client) == [
            {"id": "mine-7", "verb": "resume", "step": "accepted"},
            {"id": "mine-7", "verb": "resume", "step": "done", "what": "ResumeAsked"},
        ]


async def test_a_pause_is_answered_once_when_it_holds(either):
    """No answer comes before nothing is pressed any more; an earlier one would promise nothing."""
    async with daemon(either) as one, listener(either.port, "holdfast/tester/response") as client:
        await client.publish("holdfast/tester/command/pause", '{"id": 7}', qos=1)
        assert await steps(client) == [{"id": 7, "verb": "pause", "step": "done", "what": "PauseAsked"}]
        assert one.events == [PauseAsked(t=1.5, id="1")]


@pytest.mark.parametrize("verb", ["pause", "resume", "stop", "screenshot"])
async def test_the_verbs_of_the_command_line_get_their_last_answer(real, verb):
    """`holdfast pause` and its like return what the daemon says."""
    async with daemon(real):
        answer = await ask(real, verb, PATIENCE)
    assert (answer["step"], answer["verb"]) == ("done", verb)


async def test_status_is_answered_without_the_machine(either):
    """A status request leaves no mark in the trace."""
    async with daemon(either) as one:
        answer = await ask(either, "status", PATIENCE)
        assert (answer["state"], answer["battles"]) == ("battle", 3)
        assert one.events == []


async def test_a_caller_in_this_process_is_answered_like_one_on_the_broker(real):
    """In two steps, under the same checks, and its event says how it came."""
    async with daemon(real) as one:
        said: list[dict[str, Any]] = []
        one.control.ask("speed", {"speed": 2}, "web", said.append)
        one.control.ask("speed", {"speed": 3}, "web", said.append)
        one.control.ask("dance", {}, "web", said.append)
        await one.heard(1)
        async with asyncio.timeout(PATIENCE):
            while len(said) < 4:  # noqa: ASYNC110 - it is only a list
                await asyncio.sleep(0.01)
    assert one.events[0] == SpeedAsked(t=1.5, id="1", by="web", speed=2)
    assert sorted(answer.get("code", answer["step"]) for answer in said) == [
        "accepted", "bad_argument", "done", "unknown_verb",
    ]  # fmt: skip


async def test_the_arguments_of_a_request_arrive_in_its_event(real):
    """One of another type or value is rejected, and no event is posted."""
    async with daemon(real) as one:
        assert (await ask(real, "stop", PATIENCE, {"when": "after_battle"}))["step"] == "done"
        assert one.events == [StopAsked(t=1.5, id="1", when="after_battle")]
        for arguments in ({"when": "soon"}, {"when": 5}):
            rejected = await ask(real, "stop", PATIENCE, arguments)
            assert (rejected["step"], rejected["code"], len(one.events)) == ("rejected", "bad_argument", 1)
            assert "at `$.when`" in rejected["why"]


@pytest.mark.parametrize(
    ("verb", "payload", "code", "id_"),
    [
        ("pause", b"\xff\xfe{", "bad_payload", None),
        ("pause", b"[1]", "bad_payload", None),
        ("pause", b"", "bad_payload", None),
        ("pause", b" \n", "bad_payload", None),
        ("pause", b"[" * 30_000, "bad_payload", None),
        ("pause", b'{"x": ' * 5_000 + b"1" + b"}" * 5_000, "bad_payload", None),
        ("pause", b'{"id": 1, "x": "' + b"y" * 10_000_000 + b'"}', "bad_payload", None),
        ("pause", b'{"id": {}}', "bad_payload", None),
        ("pause", b'{"id": true}', "bad_payload", None),
        ("pause", b'{"id": 1.5}', "bad_payload", None),
        ("pause", b'{"id": 123456789012345678901234567890}', "bad_payload", None),
        ("pause", b'{"id": "' + b"i" * 300 + b'"}', "bad_payload", None),
        ("pause", b'{"id": 1, "t": "now"}', "bad_argument", 1),
        ("pause", b'{"id": 1, "t": 1700000000}', "stale", 1),
        ("dance", b'{"id": "a"}', "unknown_verb", "a"),
        ("pause/now", b'{"id": "a"}', "unknown_verb", "a"),
        ("speed", b'{"id": "a", "speed": 3}', "bad_argument", "a"),
        ("speed", b'{"id": "a"}', "bad_argument", "a"),
    ],
)
async def test_what_makes_no_sense_is_answered_and_harms_nothing(real, verb, payload, code, id_):
    """One clear answer with a documented code, no event, and the next request works."""
    async with daemon(real) as one, listener(real.port, "holdfast/tester/response") as client:
        await client.publish(f"holdfast/tester/command/{verb}", payload, qos=1)
        answer = (await steps(client))[-1]
        assert (answer["step"], answer["code"], answer["id"], one.events) == ("rejected", code, id_, [])
        assert len(answer["why"]) < 250
        await client.publish("holdfast/tester/command/pause", b"{}", qos=1)
        assert await final(client) == {"id": None, "verb": "pause", "step": "done", "what": "PauseAsked"}


async def test_the_verb_may_stand_in_the_payload(real):
    """For a caller that has one topic only, as a switch of Home Assistant."""
    async with daemon(real) as one, listener(real.port, "holdfast/tester/response") as client:
        await client.publish("holdfast/tester/command", '{"verb": "pause"}', qos=1)
        assert (await final(client))["step"] == "done"
        await client.publish("holdfast/tester/command", "{}", qos=1)
        assert (await final(client))["code"] == "unknown_verb"
        assert len(one.events) == 1


async def test_the_same_id_is_not_taken_twice(real):
    """A message that was delivered twice acts once. The same id with another verb is another request."""
    async with daemon(real) as one, listener(real.port, "holdfast/tester/response") as client:
        for verb, expected in (("pause", "done"), ("pause", "rejected"), ("resume", "done")):
            await client.publish(f"holdfast/tester/command/{verb}", '{"id": "same"}', qos=1)
            assert (await final(client))["step"] == expected
        assert [type(event) for event in one.events] == [PauseAsked, ResumeAsked]


async def test_a_retained_request_found_at_the_start_is_deleted_and_not_obeyed(either):
    """A retained `stop` does not end every daemon that ever starts."""
    if not either.host:
        pytest.skip("the embedded broker begins with nothing retained")
    async with listener(either.port, "holdfast/tester/response") as client:
        await client.publish("holdfast/tester/command/stop", '{"id": "old"}', qos=1, retain=True)
        async with daemon(either) as one:
            rejected = await final(client)
            assert (rejected["id"], rejected["code"]) == ("old", "retained")
            await until_nothing_is_retained(either)
            assert one.events == []


async def test_a_request_published_with_the_retain_flag_is_rejected_at_once(real):
    """MQTT 5 tells the flag of a live message too; the broker keeps nothing."""
    async with daemon(real) as one, listener(real.port, "holdfast/tester/response") as client:
        await client.publish("holdfast/tester/command/pause", '{"id": "kept"}', qos=1, retain=True)
        rejected = await final(client)
        assert (rejected["id"], rejected["code"], one.events) == ("kept", "retained", [])
        await until_nothing_is_retained(real)
        assert await collected(client, 0.2) == []


async def test_before_mqtt_5_a_retained_request_is_deleted_from_the_broker(port):
    """The flag of a live message cannot be seen there: it is obeyed once, and not again at the next connection."""
    options = MqttOptions(port=port, name="tester")
    async with daemon(options) as one, listener(port, "holdfast/tester/response") as client:
        await client.publish("holdfast/tester/command/pause", '{"id": "kept"}', qos=1, retain=True)
        assert (await final(client))["step"] == "done"
        await until_nothing_is_retained(options)
        assert len(one.events) == 1
        assert await collected(client, 0.2) == []


async def test_deleting_a_retained_message_is_no_request(real):
    """The empty message by which a user deletes one from the broker pauses nothing and is not answered."""
    async with daemon(real) as one, listener(real.port, "holdfast/tester/response") as client:
        await client.publish("holdfast/tester/command/pause", b"", qos=1, retain=True)
        assert await collected(client, 0.3) == []
        assert one.events == []


async def until_nothing_is_retained(options: MqttOptions) -> None:
    """Wait until the broker keeps no request."""
    async with asyncio.timeout(PATIENCE):
        while True:
            async with listener(options.port, "holdfast/tester/command/#") as other:
                if not [message for message in await collected(other, 0.2) if message.retain and message.payload]:
                    return


async def test_identical_requests_that_wait_become_one_event(real):
    """Each caller gets its answer; a request in between keeps them apart, so that the last word counts."""
    async with daemon(real, answers=False) as one, listener(real.port, "holdfast/tester/response") as client:
        for id_, verb in enumerate(["pause", "pause", "resume", "pause"]):
            await client.publish(f"holdfast/tester/command/{verb}", json.dumps({"id": id_}), qos=1)
        await one.heard(3)
        assert [type(event) for event in one.events] == [PauseAsked, ResumeAsked, PauseAsked]
        for event in one.events:
            one.control.answer(event.id, "well")
        done = [(await final(client))["id"] for _ in range(4)]
        assert sorted(done) == [0, 1, 2, 3]


async def test_a_caller_whose_answer_was_lost_gets_it_with_the_same_id(real):
    """The second request is a duplicate; its rejection has the answer to the first."""
    async with daemon(real), listener(real.port, "holdfast/tester/response") as client:
        for _ in range(2):
            await client.publish("holdfast/tester/command/pause", '{"id": "x"}', qos=1)
        assert (await final(client))["what"] == "PauseAsked"
        repeated = await final(client)
        assert (repeated["code"], repeated["first"]) == ("duplicate", {"step": "done", "what": "PauseAsked"})


async def test_too_many_waiting_requests_are_rejected_but_for_pauses(real):
    """A machine that does not answer is not filled without bound, and is paused all the same."""
    async with daemon(real, answers=False) as one, listener(real.port, "holdfast/tester/response") as client:
        for number in range(70):
            payload = {"id": number, "caller": str(number), "speed": 1 + number % 2}
            await client.publish("holdfast/tester/command/speed", json.dumps(payload), qos=1)
        assert (await final(client))["code"] == "too_many"
        await client.publish("holdfast/tester/command/pause", "{}", qos=1)
        async with asyncio.timeout(PATIENCE):
            while not any(isinstance(event, PauseAsked) for event in one.events):  # noqa: ASYNC110
                await asyncio.sleep(0.01)


async def test_what_has_no_answer_at_the_end_is_rejected(real):
    """A caller is not left waiting by a daemon that ends."""
    async with listener(real.port, "holdfast/tester/response") as client:
        async with daemon(real, answers=False) as one:
            await client.publish("holdfast/tester/command/resume", '{"id": 1}', qos=1)
            await one.heard(1)
        assert (await final(client))["code"] == "ended"


@pytest.mark.parametrize("verb", ["status", "pause", "resume"])
async def test_in_a_flood_other_callers_are_answered(either, verb, caplog):
    """Thousands of requests of one: status and pause of another are not held up, and the log gets a few lines."""
    if shutil.which("mosquitto_pub") is None:
        pytest.skip("mosquitto_pub is not installed; on Debian: apt-get install mosquitto-clients")
    with caplog.at_level("INFO", "holdfast"):
        async with daemon(either) as one:
            count = 2_000 if either.host else 300
            flooding = asyncio.create_task(flood(either.port, f"holdfast/tester/command/{verb}", count))
            for asked in ("status", "pause"):
                assert (await ask(either, asked, PATIENCE))["step"] == "done"
            await flooding
            await ask(either, "status", PATIENCE)
            assert len(one.events) < 1_000
    assert len(caplog.records) < 1_000


async def flood(port: int, topic: str, count: int) -> None:
    """Publish requests from a process of its own, as fast as the broker takes them."""
    command = ["mosquitto_pub", "-p", str(port), "-q", "1", "-t", topic, "-l"]
    process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE)
    lines = "".join(json.dumps({"id": uuid.uuid4().hex}) + "\n" for _ in range(count))
    try:
        async with asyncio.timeout(4 * PATIENCE):
            await process.communicate(lines.encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def publish_many(client: Any, topic: str, count: int) -> None:
    """Publish requests as fast as the broker takes them."""
    for first in range(0, count, 100):
        messages = (json.dumps({"id": uuid.uuid4().hex}) for _ in range(min(100, count - first)))
        await asyncio.gather(*(client.publish(topic, message, qos=1, timeout=60) for message in messages))


async def test_a_pause_beyond_the_rate_is_obeyed_and_none_is_lost_to_others(real):
    """A flood of other requests does not use up the pauses; of very many pauses some are not answered, all count."""
    async with daemon(real) as one, listener(real.port, "nothing") as client:
        await publish_many(client, "holdfast/tester/command/speed", 200)
        await publish_many(client, "holdfast/tester/command/pause", 300)
        await client.publish("holdfast/tester/command/resume", "{}", qos=1)
        await client.publish("holdfast/tester/command/pause", "{}", qos=1)
        async with asyncio.timeout(PATIENCE):
            while ResumeAsked not in map(type, one.events[:-1]):  # noqa: ASYNC110 - events are only listed
                await asyncio.sleep(0.05)
        assert isinstance(one.events[-1], PauseAsked)


async def test_play_goes_on_without_a_broker_and_retained_topics_return(real, mosquitto, monkeypatch):
    """Losing the broker is told once; when it is back, so is the state, and requests are answered again."""
    monkeypatch.setattr(session, "FIRST_WAIT", 0.1)
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
            assert json.loads((await anext(aiter(client.messages))).payload) == {"state": "battle"}
        assert (await ask(real, "pause", PATIENCE))["step"] == "done"


async def test_a_taken_port_is_told_and_play_goes_on(port):
    """A second daemon on the same port plays without control, and says what to change."""
    async with daemon(MqttOptions(port=port)):
        second = Side(MqttOptions(port=port))
        await asyncio.wait_for(second.control.run(), PATIENCE)
        (event,) = second.events
        assert isinstance(event, PartFailed)
        assert event.part == "broker"
        assert "Choose another [mqtt] port" in event.why
        assert "\n" not in event.why


async def test_every_code_that_is_used_is_documented():
    """A rejection whose code the table lacks would mean nothing to a caller."""
    side = Side(MqttOptions())
    with contextlib.suppress(KeyError):
        side.control.reject("none", "failed", "")
    assert {"bad_payload", "too_many", "ended"} <= set(requests.CODES)
