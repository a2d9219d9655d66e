"""After a battle: counts the result and taps the corner that leaves every result page."""

from __future__ import annotations

from states.commands import Command
from states.events import ResultSeen, ScreenSeen
from states.state import State


class SettleState(State):
    """Counts the result once, and leads back to a menu."""

    name = "settle"

    def on_screen_seen(self, event: ScreenSeen) -> list[Command]:
        """Close an interruption; the result page itself is left once its result has been read."""
        return self.close_interruption(event) or []

    def on_result_seen(self, event: ResultSeen) -> list[Command]:
        """Count the battle and leave the page; after the last battle asked for, the bot goes home and ends."""
        commands = self.machine.battle.finish(event.t, event.outcome, event.stars)
        battles = self.machine.setup.battles
        if commands and battles is not None and self.machine.battles >= battles:
            self.machine.last_one = True
        return [*commands, *self.tap("result_leave", event, "leave the result page")]
