"""Paused: no gesture is made, whatever is seen."""

from __future__ import annotations

from states.commands import Answer, Command, Look, OpenGate
from states.events import Event, PauseAsked
from states.state import State


class PausedState(State):
    """Waits for a resume, which leads back to the state that was paused."""

    name = "paused"

    def handle(self, event: Event) -> list[Command]:
        """Answer every further request to pause; ignore all other events."""
        if isinstance(event, PauseAsked):
            return [Answer(id=event.id, what="paused")]
        return []

    def leave(self, id: str) -> list[Command]:  # noqa: A002 - the name that requests use
        """Open the gate, answer the request, and have the screen reported again."""
        return [OpenGate(), Answer(id=id, what="resumed"), Look()]
