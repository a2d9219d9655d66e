"""Somebody else has the hands on the screen. No gesture leaves; what is seen is not acted upon."""

from __future__ import annotations

from states.commands import Answer, Command, Look, OpenGate
from states.events import Event, PauseAsked
from states.state import State


class Paused(State):
    """Wants nothing until it is resumed, then goes on where it was."""

    name = "paused"

    def handle(self, event: Event) -> list[Command]:
        """Answer whoever asks for a pause again; everything else has to wait."""
        if isinstance(event, PauseAsked):
            return [Answer(id=event.id, what="paused")]
        return []

    def leave(self, id: str) -> list[Command]:  # noqa: A002 - the word of the protocol
        """Open the gate, say so, and look where the screen is now."""
        return [OpenGate(), Answer(id=id, what="resumed"), Look()]
