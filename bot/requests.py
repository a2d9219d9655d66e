"""The requests to a running daemon: one table for MQTT, the command line and the documentation.

A new request is a row here and an event that the machine handles. The fields that the event declares beside `t`, `id`
and `by` are the request's arguments: keys of the JSON on MQTT, options of the verb on the command line. Types and help
texts come from the event too: `stage: Annotated[str, msgspec.Meta(description="…")]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from game.errors import InputError
from states.events import Event, PauseAsked, ResumeAsked, StopAsked

OF_EVERY_REQUEST = {"t", "id", "by"}
"""Fields of a request's event that the daemon fills in."""


class RequestError(InputError):
    """A request cannot be taken. The message says what is wrong with it."""


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

    def arguments(self) -> list[Argument]:
        """What the request carries, in the event's order."""
        fields = msgspec.structs.fields(self.event) if self.event else ()
        return [
            Argument(field.encode_name, field.type, field.required, _sentence(field.type))
            for field in fields
            if field.name not in OF_EVERY_REQUEST
        ]

    def event_from(self, payload: Mapping[str, Any], t: float, id_: str) -> Event:
        """The event of a request that came over MQTT at time `t`; keys that it does not declare are left alone.

        Raises RequestError where an argument is missing or has the wrong type.
        """
        assert self.event is not None
        given = {argument.name: payload[argument.name] for argument in self.arguments() if argument.name in payload}
        try:
            return msgspec.convert({**given, "t": t, "id": id_, "by": "mqtt"}, self.event)
        except msgspec.ValidationError as error:
            raise RequestError(f"{self.verb}: {error}") from None


def _sentence(annotation: Any) -> str | None:
    """The description in an annotated type, if it has one."""
    notes = getattr(annotation, "__metadata__", ())
    return next((note.description for note in notes if isinstance(note, msgspec.Meta)), None)


REQUESTS = (
    Request(
        "pause", PauseAsked, "Take the running daemon's hands off the screen; nothing is tapped once this returns."
    ),
    Request("resume", ResumeAsked, "Have the paused daemon go on where it was."),
    Request("status", None, "Say what the running daemon is doing."),
    Request("stop", StopAsked, "End the running daemon, with a checkpoint."),
)
"""Every request, in the order in which they are told."""


def find(verb: str) -> Request | None:
    """The request with this verb, if there is one."""
    return next((request for request in REQUESTS if request.verb == verb), None)
