"""After a battle: reads the result and leaves by the corner that is safe to tap on every result page."""

from __future__ import annotations

from states.commands import Command
from states.events import ResultSeen, ScreenSeen
from states.state import State


class Settle(State):
    """Wants the result counted once, and to be back at a menu."""

    name = "settle"

    def on_screen_seen(self, event: ScreenSeen) -> list[Command]:
        """Only what pops up needs a tap; the page itself is left once its result has been read."""
        return self.on_interruption(event) or []

    def on_result_seen(self, event: ResultSeen) -> list[Command]:
        """Count the battle, then leave, or end when that was the last one asked for."""
        commands = self.machine.battle.finish(event.t, event.outcome, event.stars)
        battles = self.machine.setup.battles
        if commands and battles is not None and self.machine.battles >= battles:
            self.machine.last_one = True
        return [*commands, *self.tap("result_leave", event, "leave the result page")]
