"""A fault that further taps would not repair: the bot stops acting, goes on watching and asks for a person."""

from __future__ import annotations

from states.commands import Command
from states.events import Event
from states.state import State


class FaultState(State):
    """Does nothing. A known screen, reported anew, or a resume leads out of this state."""

    name = "fault"

    def handle(self, event: Event) -> list[Command]:
        """Ignore every event."""
        return self.ignore(event)
