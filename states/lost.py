"""On an unknown screen: walks home step by step; when that leads to no known screen, it is a fault."""

from __future__ import annotations

from states.commands import Command, Look, Tap
from states.events import Event, ScreenLost, ScreenSeen, Tick
from states.state import State

WAYS = ("back", "popup_close")
"""The points tapped in turn: one of the two leads out of nearly every page."""
WAYS_IN_BATTLE = (None, "clear", "popup_close")
"""The same where the last known screen was a battle; None is a look without a tap. There `back` is the button of
the game's own menu, and the other two lie where a battle has no button.
"""
STEPS = 10
"""Steps without a known screen until it is a fault."""
STEP_SECONDS = 3.0
"""Seconds between two of them."""


class LostState(State):
    """Looks for a known screen. Seeing one leads out of this state."""

    name = "lost"
    steps = 0
    stepped_at = 0.0
    covered_by: str | None = None
    """The point that closes the interruption seen last, while one is seen; it is tapped in turn with `WAYS`, because
    another interruption may lie over it.
    """

    def enter(self, event: Event) -> None:
        """Begin to walk with a later tick."""
        super().enter(event)
        self.steps, self.stepped_at = 0, event.t
        self.covered_by = event.closed_by if isinstance(event, ScreenSeen) else None

    def on_screen_seen(self, event: ScreenSeen) -> list[Command]:
        """An interruption may have covered the known screen: close it when it has just appeared."""
        appeared = self.covered_by is None and event.closed_by is not None
        self.covered_by = event.closed_by
        return self._tap(event.closed_by, event) if appeared and event.closed_by else []

    def on_screen_lost(self, event: ScreenLost) -> list[Command]:
        """Take a step: the screen is still unknown."""
        self.covered_by = None
        return self._step(event)

    def on_tick(self, event: Tick) -> list[Command]:
        """Take a step every few seconds."""
        return self._step(event) if event.t - self.stepped_at >= STEP_SECONDS else []

    def _step(self, event: Event) -> list[Command]:
        """Take the next step; after `STEPS` it is a fault."""
        if self.steps >= STEPS:
            return self.machine.give_up(event, f"no known screen after {STEPS} steps towards home", "no_way_home")
        ways: tuple[str | None, ...] = WAYS_IN_BATTLE if self.machine.place == "battle" else WAYS
        if self.covered_by is not None:
            ways = (self.covered_by, *ways)
        commands = self._tap(ways[self.steps % len(ways)], event)
        # Without a report a screen that is known, but not new, would not be heard of.
        return commands if self.covered_by is None else [*commands, Look()]

    def _tap(self, point: str | None, event: Event) -> list[Command]:
        """Tap a point, or only look; either counts as a step."""
        self.steps, self.stepped_at = self.steps + 1, event.t
        return [Look()] if point is None else [Tap(id=self.machine.next_id(), point=point, why="walk home")]
