"""On the home screen: closes interruptions and goes to the terminal."""

from __future__ import annotations

from states.commands import Command, Finish
from states.events import Event, ScreenSeen
from states.state import State


class MenuState(State):
    """Leads to the terminal, where stages are chosen."""

    name = "menu"

    def enter(self, event: Event) -> None:
        """On the home screen no battle is running, and the way into the game is behind."""
        super().enter(event)
        self.machine.battle.forget()
        self.machine.entry.arrive()

    def on_screen_seen(self, event: ScreenSeen) -> list[Command]:
        """Close an interruption, then tap the terminal."""
        interruption = self.close_interruption(event)
        if interruption is not None:
            return interruption
        if event.screen == "home" and self.machine.last_one:
            return [Finish(code=0, why="all battles asked for were played")]
        if event.screen == "home":
            return self.tap("terminal", event, "go and choose a stage")
        return []
