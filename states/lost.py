"""On a screen nobody knows: walks home, step by step, and admits a fault when that leads nowhere."""

from __future__ import annotations

from states.commands import Command, Tap
from states.events import Event, ScreenLost, ScreenSeen, Tick
from states.state import State

WAYS = ("back", "popup_close")
"""What is tapped in turn: one of the two leads out of nearly every page."""
STEPS = 10
STEP_SECONDS = 3.0


class Lost(State):
    """Wants any screen it knows. Seeing one leads out of this state."""

    name = "lost"
    steps = 0
    stepped_at = 0.0

    def enter(self, event: Event) -> None:
        """Begin to walk with the next tick."""
        super().enter(event)
        self.steps, self.stepped_at = 0, event.t

    def on_screen_seen(self, event: ScreenSeen) -> list[Command]:
        """A pop-up may be what we were lost behind."""
        return self.on_interruption(event) or []

    def on_screen_lost(self, event: ScreenLost) -> list[Command]:
        """Still lost: take a step."""
        return self._step(event)

    def on_tick(self, event: Tick) -> list[Command]:
        """Take a step every few seconds."""
        return self._step(event) if event.t - self.stepped_at >= STEP_SECONDS else []

    def _step(self, event: Event) -> list[Command]:
        """Tap one of the ways out; after enough of them this is a fault."""
        if self.steps >= STEPS:
            return self.machine.give_up(event, f"no known screen after {STEPS} steps towards home")
        point = WAYS[self.steps % len(WAYS)]
        self.steps, self.stepped_at = self.steps + 1, event.t
        return [Tap(id=self.machine.next_id(), point=point, why="walk home")]
