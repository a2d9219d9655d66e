"""After a battle: counts the result and taps the corner that leaves every result page."""

from __future__ import annotations

from states.commands import Command
from states.events import Event, ResultSeen, ScreenSeen, Tick
from states.state import State

UNREADABLE = 20.0
"""Seconds after which a result page is left although its result could not be read."""


class SettleState(State):
    """Counts the result once, and leads back to a menu."""

    name = "settle"
    unread_since: float | None = None
    """When the result page was seen whose result has not been read yet."""

    def enter(self, event: Event) -> None:
        """Wait for the result."""
        super().enter(event)
        self.unread_since = event.t

    def on_screen_seen(self, event: ScreenSeen) -> list[Command]:
        """Close an interruption; the result page itself is left once its result has been read."""
        return self.close_interruption(event) or []

    def on_tick(self, event: Tick) -> list[Command]:
        """Leave a page whose result cannot be read: the battle is not counted then."""
        if self.unread_since is not None and event.t - self.unread_since > UNREADABLE:
            self.unread_since = event.t
            return self.tap("result_leave", event, "the result cannot be read")
        return super().on_tick(event)

    def on_result_seen(self, event: ResultSeen) -> list[Command]:
        """Count the battle and leave the page; after the last battle asked for, the bot goes home and ends."""
        self.unread_since = None
        commands = self.machine.battle.finish(event.t, event.outcome, event.stars)
        battles = self.machine.setup.battles
        if commands and battles is not None and self.machine.battles >= battles:
            self.machine.last_one = True
        return [*commands, *self.tap("result_leave", event, "leave the result page")]
