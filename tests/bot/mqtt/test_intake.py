"""What a message asks for, without a broker."""

from __future__ import annotations

import pytest
from aiomqtt import Message
from hypothesis import given, settings
from hypothesis import strategies as st
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from bot.mqtt import intake
from bot.mqtt.intake import Caller, RecentIds
from bot.requests import CODES, RequestError

COMMANDS = "holdfast/tester/command"


def message(**properties) -> Message:
    """A message with these properties of MQTT 5."""
    given = Properties(PacketTypes.PUBLISH)
    for name, value in properties.items():
        setattr(given, name, value)
    return Message(COMMANDS, b"{}", 1, retain=False, mid=1, properties=given)


def outcome(call) -> str:
    """The type of what a call returns, or the code of the rejection that it raises."""
    try:
        return type(call()).__name__
    except RequestError as error:
        return error.code


@settings(max_examples=settings().max_examples // 4)  # benchmarks/fuzz_mqtt.py is the long proof
@given(st.binary(max_size=60) | st.text(max_size=20).map(str.encode))
def test_every_payload_is_an_object_or_a_documented_rejection(sent):
    """Nothing else is raised, whatever the bytes are."""
    assert outcome(lambda: intake.payload_of(sent)) in ["dict", *CODES]


json_values = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=2)


@settings(max_examples=settings().max_examples // 4)
@given(st.dictionaries(st.sampled_from(["id", "t", "caller", "verb", "when"]), json_values))
def test_every_object_is_understood_or_rejected(payload):
    """Ids, names, verbs and times of any kind."""

    def understood() -> Caller:
        caller = intake.named(Caller(""), payload)
        intake.check_age(payload, 1e9)
        intake.request_of(caller.verb)
        return caller

    assert outcome(understood) in ["Caller", *CODES]


def test_a_caller_without_a_name_is_told_apart_by_its_response_topic():
    """And is answered there, with its data."""
    caller = intake.answered_at(Caller("pause"), message(ResponseTopic="me/1", CorrelationData=b"\x00x"), COMMANDS)
    assert caller == Caller("pause", None, "me/1", "me/1", b"\x00x")
    assert intake.answered_at(Caller("pause", name="me"), message(), COMMANDS) == Caller("pause", name="me")


@pytest.mark.parametrize("topic", ["a/+", "a/#", "$SYS/x", f"{COMMANDS}/pause", COMMANDS])
def test_an_answer_is_not_published_just_anywhere(topic):
    """Not on a filter, and not as a request to this bot."""
    with pytest.raises(RequestError, match="response topic"):
        intake.answered_at(Caller("pause"), message(ResponseTopic=topic), COMMANDS)


def test_a_request_is_stale_after_half_a_minute():
    """One without a time never is; one of a clock that is ahead is taken."""
    for age in (-3600, 0, 29):
        intake.check_age({"t": 1000 - age}, 1000)
    intake.check_age({}, 1000)
    with pytest.raises(RequestError, match="made 31 s ago"):
        intake.check_age({"t": 969}, 1000)


def test_ids_are_remembered_for_a_while_and_not_without_bound():
    """By verb; the oldest go first."""
    now = 0.0
    recent = RecentIds(lambda: now)
    recent.add(Caller("pause", "a"))
    recent.add(Caller("pause"))
    assert Caller("pause", "a") in recent
    assert Caller("resume", "a") not in recent
    assert Caller("pause") not in recent
    now = intake.DUPLICATE_SECONDS
    assert Caller("pause", "a") not in recent
    for number in range(10_000):
        recent.add(Caller("pause", number))
    assert len(recent._came) == intake.REMEMBERED
    assert Caller("pause", 9_999) in recent
