"""Something is wrong that more tapping would not mend: stop acting, keep watching, leave evidence, ask for a person."""

from __future__ import annotations

from states.commands import Command
from states.events import Event
from states.state import State


class Fault(State):
    """Wants nothing. A known screen, seen anew, or a resume leads out."""

    name = "fault"

    def handle(self, event: Event) -> list[Command]:
        """Wait."""
        return self.ignore(event)
