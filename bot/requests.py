"""The requests to a running daemon: one table for MQTT, the command line, the page and the documentation.

A new request is a row here and an event that the machine handles. The fields that the event declares beside `t`, `id`
and `by` are the request's arguments: keys of the JSON on MQTT, options of the verb on the command line. Types and help
texts come from the event too: `stage: Annotated[str, msgspec.Meta(description="…")]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from game.errors import InputError
from states.events import (
    Event,
    LearnAsked,
    PauseAsked,
    ReloadAsked,
    ResumeAsked,
    ScreenshotAsked,
    SpeedAsked,
    StageAsked,
    StopAsked,
)

OF_EVERY_REQUEST = {"t", "id", "by"}
"""Fields of a request's event that the daemon fills in."""


CODES = {
    "bad_payload": "the payload is no JSON object of at most 64 KiB, or its id is neither text nor a whole number",
    "unknown_verb": "there is no such request",
    "bad_argument": "an argument is missing, has another type, or is none of the values that are possible",
    "retained": "the request was published with the retain flag; it is not obeyed, and deleted from the broker",
    "stale": "the request's `t` is more than 30 s ago",
    "duplicate": "the same verb came with the same id within five minutes; `first` is the answer to that, if any",
    "too_many": "this caller asked for this more often than it may, or too many requests wait for their answer",
    "not_now": "the bot is not in a state in which this can be done",
    "failed": "it was tried and failed",
    "ended": "the daemon ended before it was done",
}
"""Every code of a rejected request, with what it means."""


class RequestError(InputError):
    """A request is rejected. The message says why, `code` is one of `CODES`."""

    def __init__(self, why: str, code: str = "bad_argument") -> None:
        super().__init__(why)
        self.code = code


class Argument(NamedTuple):
    """An argument of a request."""

    name: str
    type: Any
    required: bool
    help: str | None

    def read(self, text: str) -> Any:
        """The value that a text on the command line stands for. Raises RequestError where it does not fit the type."""
        try:
            return msgspec.convert(text, self.type, strict=False)
        except msgspec.ValidationError as error:
            raise RequestError(str(error)) from None


class Request(NamedTuple):
    """Something a running daemon can be asked for."""

    verb: str
    event: type[Event] | None
    """The event that the machine handles; None where the daemon answers without the machine."""
    help: str
    command_line: str = ""
    """The verb on the command line, where that is another word because this one is taken there."""
    later: bool = False
    """Whether it is done only after the battle under way: the command line then waits until it is accepted."""
    at_once: bool = False
    """Whether it is answered in one step, as soon as it is done, instead of two: accepted, then done."""

    def arguments(self) -> list[Argument]:
        """What the request carries, in the event's order."""
        fields = msgspec.structs.fields(self.event) if self.event else ()
        return [
            Argument(field.encode_name, field.type, field.required, _sentence(field.type))
            for field in fields
            if field.name not in OF_EVERY_REQUEST
        ]

    def event_from(self, payload: Mapping[str, Any], t: float, id_: str, by: str = "mqtt") -> Event:
        """The event of a request that came at time `t`, over MQTT or another way; unknown keys are left alone.

        Raises RequestError where an argument is missing or has the wrong type.
        """
        assert self.event is not None
        given = {argument.name: payload[argument.name] for argument in self.arguments() if argument.name in payload}
        try:
            return msgspec.convert({**given, "t": t, "id": id_, "by": by}, self.event)
        except msgspec.ValidationError as error:
            raise RequestError(f"{self.verb}: {error}") from None


def _sentence(annotation: Any) -> str | None:
    """The description in an annotated type, if it has one."""
    notes = getattr(annotation, "__metadata__", ())
    return next((note.description for note in notes if isinstance(note, msgspec.Meta)), None)


REQUESTS = (
    Request(
        "pause",
        PauseAsked,
        "Take the running daemon's hands off the screen; nothing is tapped once this returns.",
        at_once=True,
    ),
    Request("resume", ResumeAsked, "Have the paused daemon go on where it was."),
    Request("status", None, "Say what the running daemon is doing.", at_once=True),
    Request("stop", StopAsked, "End the running daemon, with a checkpoint."),
    Request(
        "stage", StageAsked, "Have another stage played, after the battle under way.", command_line="switch", later=True
    ),
    Request("reload", ReloadAsked, "Have the configuration file read again, after the battle under way.", later=True),
    Request("speed", SpeedAsked, "Have battles played at the game's speed 1 or 2."),
    Request("learn", LearnAsked, "Have the learner go on learning, or only remember."),
    Request("screenshot", ScreenshotAsked, "Keep the frame that was seen last as a PNG, and publish it."),
)
"""Every request, in the order in which they are told."""


def find(verb: str) -> Request | None:
    """The request with this verb, if there is one."""
    return next((request for request in REQUESTS if request.verb == verb), None)
