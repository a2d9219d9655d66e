"""How Home Assistant finds the bot: the shape of the description, and when it is sent, with a real broker."""

from __future__ import annotations

import asyncio
import json

import pytest
from mqtt_sides import PATIENCE, collected, daemon, listener, steps

from bot.config import MqttOptions
from bot.mqtt import discovery
from states.events import PauseAsked, ResumeAsked, StopAsked

TOPIC = "homeassistant/device/holdfast_tester/config"


@pytest.fixture
def real(mosquitto):
    """Options for the real broker."""
    return MqttOptions(host="127.0.0.1", port=mosquitto.port, name="tester")


def test_every_part_says_what_it_is_and_where_its_values_come_from():
    """What Home Assistant requires of each platform."""
    described = discovery.description("tester")
    assert described["dev"]["ids"] == ["holdfast_tester"]
    assert described["o"]["name"] == "Holdfast"
    assert described["availability"][0]["topic"] == "holdfast/tester/status"
    parts = described["cmps"]
    wanted = {"switch": "command_topic", "button": "command_topic", "sensor": "state_topic", "image": "image_topic"}
    assert all(part[wanted[part["p"]]].startswith("holdfast/tester/") for part in parts.values())
    assert len({part["unique_id"] for part in parts.values()}) == len(parts)
    asked_for = {"pause", "stop", "screenshot", "state", "win_rate", "battles", "last_result", "latency", "faults"}
    assert asked_for <= set(parts)


def test_any_name_of_a_bot_makes_a_topic_that_home_assistant_accepts():
    """Letters, digits, - and _."""
    assert discovery.config_topic("方舟.bot-1") == "homeassistant/device/holdfast____bot-1/config"


async def test_the_description_is_kept_by_the_broker_and_sent_again_after_a_birth(real):
    """A Home Assistant that starts later, or anew, finds the bot and its state."""
    async with daemon(real) as one:
        one.control.publish("state", {"state": "menu"}, retain=True)
        async with listener(real.port, TOPIC) as client:
            (kept,) = await collected(client, 0.3)
            assert kept.retain
            assert json.loads(kept.payload) == discovery.description("tester")
        async with listener(real.port, TOPIC, "holdfast/tester/#") as client:
            await collected(client, 0.3)
            await client.publish(discovery.BIRTH, "online", qos=1)
            topics = {str(message.topic) for message in await collected(client, 0.5)}
            assert topics == {TOPIC, *(f"holdfast/tester/{part}" for part in ("status", "state", "health"))}
            await client.publish(discovery.BIRTH, "offline", qos=1)
            assert await collected(client, 0.2) == []


async def test_without_home_assistant_nothing_of_it_is_published(real):
    """For brokers on which the bot may use its own topics only."""
    without = real.model_copy(update={"home_assistant": False})
    async with daemon(without), listener(real.port, "homeassistant/#") as client:
        await client.publish(discovery.BIRTH, "online", qos=1)
        assert [str(message.topic) for message in await collected(client, 0.3)] == [discovery.BIRTH]


async def test_what_its_switch_and_buttons_send_is_understood(real):
    """The payloads of the description, published on its topics."""
    parts = discovery.description("tester")["cmps"]
    presses = [(parts["pause"], "payload_on"), (parts["pause"], "payload_off"), (parts["stop"], "payload_press")]
    async with daemon(real) as one, listener(real.port, "holdfast/tester/response") as client:
        for part, payload in presses:
            await client.publish(part["command_topic"], part[payload], qos=1)
            async with asyncio.timeout(PATIENCE):
                assert (await steps(client))[-1]["step"] == "done"
        assert [type(event) for event in one.events] == [PauseAsked, ResumeAsked, StopAsked]
        assert one.events[-1].when == "after_battle"
