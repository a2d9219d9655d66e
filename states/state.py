"""What every state has in common: it gets events, returns commands, and gives up after a while.

A state never waits, taps or reads a clock: the time is in the events, and what should be done is returned.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from states.commands import Command, Look, Tap
from states.events import EVENT_NAMES, Event, GestureFailed, ScreenSeen, Stuck, Tick

if TYPE_CHECKING:
    from states.machine import Machine

PATIENCE = 6.0
"""Seconds a tap may take to show an effect before it is made again, where pictures are at hand at once."""
TRIES = 4
"""How often the same point is tapped since a state was entered; one more, and the bot walks home instead."""
HANDLER = "on_"
"""How the names of methods that handle events begin."""


class State:
    """One state of the machine. `on_<event>` returns what to do about an event; an event without a method is ignored.

    A subclass whose `on_<event>` names no event is refused with a TypeError when the class is made.
    """

    name = ""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        check_handlers(cls)

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.since = 0.0
        self.tapped_at: float | None = None
        self.tries: dict[str, int] = {}

    def enter(self, event: Event) -> None:
        """Begin anew in this state: forget taps and attempts. `event` is what led here."""
        self.since = event.t
        self.tapped_at = None
        self.tries = {}

    def handle(self, event: Event) -> list[Command]:
        """What to do about an event."""
        return getattr(self, f"{HANDLER}{event.__struct_config__.tag}", self.ignore)(event)

    def ignore(self, _event: Event) -> list[Command]:
        """Do nothing: most events do not concern most states."""
        return []

    def on_tick(self, event: Tick) -> list[Command]:
        """When a tap has shown no effect for `PATIENCE`, have the screen reported again, so that it is tapped again."""
        if self.tapped_at is not None and event.t - self.tapped_at >= PATIENCE + 3 * self.machine.lag:
            self.tapped_at = event.t
            return [Look()]
        return []

    def on_stuck(self, _event: Stuck) -> list[Command]:
        """The picture stands still: have the screen reported again."""
        return [Look()]

    def on_gesture_failed(self, event: GestureFailed) -> list[Command]:
        """A gesture was not made: have the screen reported again, and try again from there."""
        self.tapped_at = event.t
        return [Look()]

    def tap(self, point: str, event: Event, why: str) -> list[Command]:
        """Tap a named point; after `TRIES` taps without effect, walk home instead."""
        if self.too_often(point):
            return self.machine.lose_the_way(event, f"{point} was tapped {TRIES} times without effect")
        self.tapped_at = event.t
        return [Tap(id=self.machine.next_id(), point=point, why=why)]

    def too_often(self, what: str) -> bool:
        """Count an attempt; True when there have been enough."""
        self.tries[what] = self.tries.get(what, 0) + 1
        return self.tries[what] > TRIES

    def close_interruption(self, event: ScreenSeen) -> list[Command] | None:
        """Tap what closes an interruption, in whichever state it appears. None when the screen is not one."""
        if event.closed_by is None:
            return None
        if self.machine.closings >= TRIES:
            return self.machine.lose_the_way(event, f"{event.screen} was tapped {TRIES} times without effect")
        self.machine.closings += 1
        self.tapped_at = event.t
        why = "connect again" if event.screen == "connection_lost" else "close a pop-up"
        return [Tap(id=self.machine.next_id(), point=event.closed_by, why=why)]


def check_handlers(state: type[State]) -> None:
    """Raise a TypeError that names class and method when an `on_<event>` of the class names no event."""
    for method in vars(state):
        event = method.removeprefix(HANDLER)
        if method.startswith(HANDLER) and event not in EVENT_NAMES:
            near = get_close_matches(event, EVENT_NAMES, 1)
            hint = f"; did you mean {HANDLER}{near[0]}?" if near else ""
            raise TypeError(f"{state.__name__}.{method}: there is no event {event}{hint}")


check_handlers(State)
