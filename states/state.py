"""What every state has in common: it gets events, returns commands, and gives up after a while.

A state is a page. It never waits, taps or asks the time: time is in the events, and what should happen is returned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from states.commands import Command, Look, Tap
from states.events import Event, GestureFailed, ScreenSeen, Stuck, Tick

if TYPE_CHECKING:
    from states.machine import Machine

PATIENCE = 6.0
"""Seconds a tap may take to show an effect before it is made again."""
TRIES = 4
"""How often the same tap is made on the same screen before the bot admits that it is lost."""


class State:
    """One state of the machine. `on_<event>` says what to do about an event; what is not named is ignored."""

    name = ""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.since = 0.0
        self.tapped_at: float | None = None
        self.tries: dict[str, int] = {}

    def enter(self, event: Event) -> None:
        """Begin afresh. `event` is what led here."""
        self.since = event.t
        self.tapped_at = None
        self.tries = {}

    def handle(self, event: Event) -> list[Command]:
        """What to do about an event."""
        return getattr(self, f"on_{event.__struct_config__.tag}", self.ignore)(event)

    def ignore(self, _event: Event) -> list[Command]:
        """Do nothing: most events do not concern most states."""
        return []

    def on_tick(self, event: Tick) -> list[Command]:
        """When a tap has shown no effect for a while, have the screen told again, so that it is tapped again."""
        if self.tapped_at is not None and event.t - self.tapped_at >= PATIENCE:
            self.tapped_at = event.t
            return [Look()]
        return []

    def on_stuck(self, _event: Stuck) -> list[Command]:
        """A picture that stands still: look again at where we are."""
        return [Look()]

    def on_gesture_failed(self, event: GestureFailed) -> list[Command]:
        """The hands could not: look where we are, and try again from there."""
        self.tapped_at = event.t
        return [Look()]

    def tap(self, point: str, event: Event, why: str) -> list[Command]:
        """Tap a named point, but not for ever: too often in vain means that the screen is not what it seems."""
        if self.too_often(point):
            return self.machine.lose_the_way(event, f"{point} was tapped {TRIES} times without effect")
        self.tapped_at = event.t
        return [Tap(id=self.machine.next_id(), point=point, why=why)]

    def too_often(self, what: str) -> bool:
        """Count an attempt; True when there have been enough."""
        self.tries[what] = self.tries.get(what, 0) + 1
        return self.tries[what] > TRIES

    def on_interruption(self, event: ScreenSeen) -> list[Command] | None:
        """What pops up over any screen is closed where it came up. None when this is no interruption."""
        if event.screen == "popup":
            return self.tap("popup_close", event, "close a pop-up")
        if event.screen == "connection_lost":
            return self.tap("connection_confirm", event, "connect again")
        return None
