"""At home: closes what lies over the screen and goes to the terminal."""

from __future__ import annotations

from states.commands import Command, Finish
from states.events import Event, ScreenSeen
from states.state import State


class Menu(State):
    """Wants to be at the terminal, from which stages are chosen."""

    name = "menu"

    def enter(self, event: Event) -> None:
        """At home no battle is running."""
        super().enter(event)
        self.machine.battle.forget()

    def on_screen_seen(self, event: ScreenSeen) -> list[Command]:
        """Close what pops up, then tap the terminal."""
        interruption = self.on_interruption(event)
        if interruption is not None:
            return interruption
        if event.screen == "home" and self.machine.last_one:
            return [Finish(code=0, why="all battles asked for were played")]
        if event.screen == "home":
            return self.tap("terminal", event, "go and choose a stage")
        return []
