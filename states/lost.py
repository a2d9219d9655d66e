"""On an unknown screen: walks home step by step; when that leads to no known screen, it is a fault."""

from __future__ import annotations

from states.commands import Command, Tap
from states.events import Event, ScreenLost, ScreenSeen, Tick
from states.state import State

WAYS = ("back", "popup_close")
"""The points tapped in turn: one of the two leads out of nearly every page."""
STEPS = 10
"""Taps without a known screen until it is a fault."""
STEP_SECONDS = 3.0
"""Seconds between two of them."""


class LostState(State):
    """Looks for a known screen. Seeing one leads out of this state."""

    name = "lost"
    steps = 0
    stepped_at = 0.0

    def enter(self, event: Event) -> None:
        """Begin to walk with a later tick."""
        super().enter(event)
        self.steps, self.stepped_at = 0, event.t

    def on_screen_seen(self, event: ScreenSeen) -> list[Command]:
        """An interruption may have covered the known screen: close it."""
        return self.close_interruption(event) or []

    def on_screen_lost(self, event: ScreenLost) -> list[Command]:
        """Take a step: the screen is still unknown."""
        return self._step(event)

    def on_tick(self, event: Tick) -> list[Command]:
        """Take a step every few seconds."""
        return self._step(event) if event.t - self.stepped_at >= STEP_SECONDS else []

    def _step(self, event: Event) -> list[Command]:
        """Tap the next of `WAYS`; after `STEPS` taps it is a fault."""
        if self.steps >= STEPS:
            return self.machine.give_up(event, f"no known screen after {STEPS} steps towards home")
        point = WAYS[self.steps % len(WAYS)]
        self.steps, self.stepped_at = self.steps + 1, event.t
        return [Tap(id=self.machine.next_id(), point=point, why="walk home")]
