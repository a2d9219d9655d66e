"""Takes a machine through every transition of its table, for the trace `table`: where a run of the game hardly gets.

A new screen needs nothing here: seeing it is what triggers its transition. A new trigger that is no screen needs a line
in `TRIGGERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from game.view import BattleView, Card
from states.commands import Command
from states.events import (
    BattleSeen,
    Event,
    PartFailed,
    PauseAsked,
    ResumeAsked,
    ScreenLost,
    ScreenSeen,
    Tick,
)
from states.machine import PLAYING, SCREENS, TRANSITIONS, Machine, Setup

Row = tuple[str, str, str]
SETUP = Setup(stage_code="HF-1", width=9, squad_size=2)
VIEW = BattleView(
    kills=0, total=20, life=3, dp=20, slots_left=8, speed=2, cards=(Card(0, 9, "ready"), Card(1, 12, "ready"))
)
TRIGGERS: dict[str, Callable[[float], Event]] = {
    "screen_lost": lambda t: ScreenLost(t=t, seconds=5.0),
    "given_up": lambda t: PartFailed(t=t, part="detector", why="no weights"),
    "pause_asked": lambda t: PauseAsked(t=t, id="p"),
    "resume_asked": lambda t: ResumeAsked(t=t, id="r"),
    **{trigger: lambda t, screen=screen: ScreenSeen(t=t, screen=screen) for screen, trigger in SCREENS.items()},
}
"""What triggers the transitions: a trigger's name → the event at a time."""


def every_row() -> list[Row]:
    """The rows of the table, `*` replaced by each state that it stands for."""
    rows = [
        (trigger, a, b)
        for trigger, source, target in TRANSITIONS
        for a in (PLAYING if source == "*" else (source,))
        for b in (PLAYING if target == "*" else (target,))
        if a != b
    ]
    return list(dict.fromkeys(rows))


class WatchedMachine(Machine):
    """A machine that notes the rows of the table that it takes."""

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self.rows: list[Row] = []

    def _move(self, trigger: str, event: Event, why: str = "") -> list[Command]:
        before = self.state
        commands = super()._move(trigger, event, why)
        if self.state != before:
            self.rows.append((trigger, before, self.state))
        return commands


def rows_taken(setup: Setup, events: Iterable[Event]) -> list[Row]:
    """The rows of the table that a machine takes with these events."""
    machine = WatchedMachine(setup)
    for event in events:
        machine.handle(event)
    return machine.rows


class Walk:
    """Takes a machine from state to state, and notes the events, a second apart."""

    def __init__(self) -> None:
        self.machine = WatchedMachine(SETUP)
        self.events: list[Event] = []

    def tell(self, trigger: str) -> None:
        """Have something happen that triggers a transition, and a second pass."""
        for make in (TRIGGERS[trigger], lambda t: Tick(t=t)):
            self.events.append(make(float(len(self.events))))
            self.machine.handle(self.events[-1])
        if self.machine.state == "battle":
            self.events.append(BattleSeen(t=float(len(self.events)), view=VIEW, latency=0.0))
            self.machine.handle(self.events[-1])

    def reach(self, state: str) -> None:
        """Go to a state, by way of the home screen."""
        if self.machine.state == "paused":
            self.tell("resume_asked")
        self.tell("home_seen")
        if self.machine.state != state:
            self.tell(next(trigger for trigger, a, b in every_row() if (a, b) == ("menu", state)))

    def take(self, row: Row) -> None:
        """Take a row of the table, where the machine does."""
        trigger, source, target = row
        self.reach(target if source == "paused" else source)
        if source == "paused":
            self.tell("pause_asked")
        self.tell(trigger)


def walk() -> list[Event]:
    """The events of a walk through every row of the table that can be taken."""
    one = Walk()
    for row in every_row():
        one.take(row)
    return one.events
