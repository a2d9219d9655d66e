"""What a message on a command topic asks for: the caller, the payload, and the reasons to reject it.

A request is a JSON object. Every key is optional: `id` comes back in the answers, `t` (seconds since 1970) has an old
request rejected, `caller` names the caller whose rate is bounded, `verb` may stand here instead of in the topic; the
other keys are the request's arguments. With MQTT 5 a response topic and correlation data say where the answers go.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import orjson
from aiomqtt import Message

from bot import requests
from bot.requests import Request, RequestError

LARGEST = 64 << 10
"""Bytes of a payload."""
LONGEST_ID = 256
"""Characters of an id."""
STALE_SECONDS = 30.0
"""Age at which a request with a time is rejected."""
DUPLICATE_SECONDS = 300.0
"""For how long the id of a request may not come again with the same verb."""
REMEMBERED = 4096
"""Ids that are remembered for that, at most."""

Id = str | int | None


class Caller(NamedTuple):
    """Where the answers to a request go, and whose rate it counts for."""

    verb: str
    id: Id = None
    name: str = ""
    topic: str | None = None
    """The response topic of MQTT 5; None for our own."""
    correlation: bytes | None = None
    by: str = "mqtt"
    """How the request came, as its event says."""
    reply: Callable[[dict[str, Any]], None] | None = None
    """Takes the steps of the answer, for a caller in this process; None for one on the broker."""


def verb_of(topic: str, base: str) -> str:
    """The verb in a command topic; empty for `base` itself, where the payload names it."""
    return topic[len(base) :].lstrip("/")


def payload_of(sent: object) -> dict[str, Any]:
    """The JSON object in a message. Raises RequestError where it is none, empty or too large."""
    if not isinstance(sent, bytes | bytearray) or not sent.strip():
        raise RequestError("the payload is empty; send {}", "bad_payload")
    if len(sent) > LARGEST:
        raise RequestError(f"the payload has {len(sent)} bytes; send at most {LARGEST}", "bad_payload")
    try:
        payload = orjson.loads(sent)
    except orjson.JSONDecodeError:
        why = f'the payload is not JSON: {bytes(sent[:40])!r}; send {{"id": "…"}}'
        raise RequestError(why, "bad_payload") from None
    if not isinstance(payload, dict):
        raise RequestError('the payload is not a JSON object; send {"id": "…"}', "bad_payload")
    return payload


def named(caller: Caller, payload: dict[str, Any]) -> Caller:
    """The caller with id, name and verb of the payload. Raises RequestError for those of another type."""
    id_, name, verb = payload.get("id"), payload.get("caller", ""), caller.verb or payload.get("verb", "")
    if isinstance(id_, bool) or not isinstance(id_, str | int | None):
        raise RequestError("the id is neither text nor a whole number", "bad_payload")
    if isinstance(id_, str) and len(id_) > LONGEST_ID:
        raise RequestError(f"the id has more than {LONGEST_ID} characters", "bad_payload")
    if not isinstance(name, str) or len(name) > LONGEST_ID:
        raise RequestError(f"the caller is no text of at most {LONGEST_ID} characters", "bad_payload")
    if not isinstance(verb, str):
        raise RequestError("the verb is no text", "unknown_verb")
    return caller._replace(verb=verb, id=id_, name=name)


def answered_at(caller: Caller, message: Message, commands: str) -> Caller:
    """The caller with the response topic and correlation data of MQTT 5, if the message has them. A caller without a
    name is told apart by that topic.

    Raises RequestError for a topic that cannot be used; `commands` is the topic of requests, which is one of those.
    """
    topic = getattr(message.properties, "ResponseTopic", None)
    if topic is None:
        return caller
    if not topic or any(sign in topic for sign in "+#\0") or topic.startswith(("$", commands)):
        raise RequestError("nothing can be published on the response topic")
    correlation = getattr(message.properties, "CorrelationData", None)
    return caller._replace(name=caller.name or topic, topic=topic, correlation=correlation)


def request_of(verb: str) -> Request:
    """The request with this verb. Raises RequestError where there is none."""
    request = requests.find(verb)
    if request is None:
        known = ", ".join(request.verb for request in requests.REQUESTS)
        raise RequestError(f"unknown request; known are: {known}", "unknown_verb")
    return request


def check_age(payload: dict[str, Any], now: float) -> None:
    """Raise RequestError where a request says that it was made long before `now`, in seconds since 1970."""
    made = payload.get("t", now)
    if isinstance(made, bool) or not isinstance(made, int | float) or not math.isfinite(made):
        raise RequestError("t is no number of seconds since 1970")
    if now - made > STALE_SECONDS:
        raise RequestError(f"made {now - made:.0f} s ago by its t; send it anew, or check the clocks", "stale")


class RecentIds:
    """Which requests came within the last minutes, and how they were answered.

    `clock` gives seconds and only goes on.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._came: dict[tuple[str, Id], tuple[float, dict[str, Any] | None]] = {}
        """When, and the last answer if there is one, by verb and id; the oldest first."""

    def __contains__(self, caller: Caller) -> bool:
        """Whether a request of this verb and id came within the last minutes. One without an id never did."""
        came = self._came.get((caller.verb, caller.id))
        return came is not None and self._clock() - came[0] < DUPLICATE_SECONDS

    def add(self, caller: Caller) -> None:
        """Remember a request."""
        if caller.id is None:
            return
        self._came.pop((caller.verb, caller.id), None)
        self._came[caller.verb, caller.id] = self._clock(), None
        if len(self._came) > REMEMBERED:
            del self._came[next(iter(self._came))]

    def answered(self, caller: Caller, said: dict[str, Any]) -> None:
        """Remember the last answer to a request."""
        came = self._came.get((caller.verb, caller.id))
        if came is not None:
            self._came[caller.verb, caller.id] = came[0], said

    def answer(self, caller: Caller) -> dict[str, Any] | None:
        """The last answer to a request that came before, if it has one."""
        came = self._came.get((caller.verb, caller.id))
        return came[1] if came else None
