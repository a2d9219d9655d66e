"""A fault: the bot plays no more, keeps watching, and tries to find its way back after waits that grow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from states.commands import Command, Dump, Look, NeedHuman, Tap
from states.events import Event, GestureFailed, ScreenSeen, Stuck, Tick
from states.lost import STEP_SECONDS, WAYS, WAYS_IN_BATTLE
from states.state import PATIENCE, State
from states.troubles import TROUBLES, TroubleName
from states.waits import Waits

if TYPE_CHECKING:
    from states.machine import Machine

WALK_AFTER = 30.0
"""Seconds to the first attempt to go on."""
ASK_AFTER = 300.0
"""Seconds after which a fault that did not end by itself needs a person."""
CALM = 120.0
"""Seconds without a fault after which the next is a new one: what was said and tried before is forgotten."""


class FaultState(State):
    """Closes interruptions, and tries now and then to go on. A known screen, reported anew, or a resume leads out."""

    name = "fault"

    def __init__(self, machine: Machine) -> None:
        super().__init__(machine)
        self._closing, self._walking = Waits(PATIENCE, 0.0), Waits(WALK_AFTER, 0.0)
        self._began = 0.0
        """When the first of the faults in close succession began."""
        self._last: float | None = None
        """When the last of them was still there."""
        self._said: set[str] = set()
        """What was said since."""
        self._steps: list[str] = []
        """The points of a walk home that are still to be tapped."""
        self._stepped_at = 0.0
        self._covered = False
        """Whether the screen seen last is an interruption."""

    def enter(self, event: Event) -> None:
        """Wait before anything is tried: for longer where trying did not help shortly before."""
        super().enter(event)
        if self._last is None or event.t - self._last > CALM:
            self._began, self._said = event.t, set()
            self._closing, self._walking = Waits(PATIENCE, event.t), Waits(WALK_AFTER, event.t)
        self._last, self._steps, self._covered = event.t, [], False
        self._closing.restart(event.t)
        self._walking.restart(event.t)

    def explain(self, why: str, trouble: TroubleName) -> list[Command]:
        """The evidence of a fault, and that a person is needed if so; once for each reason."""
        if why in self._said:
            return []
        self._said.add(why)
        human = TROUBLES[trouble].sort == "human_needed"
        return [Dump(why=why), *([NeedHuman(why=why)] if human else [])]

    def on_screen_seen(self, event: ScreenSeen) -> list[Command]:
        """Close an interruption. `Look` has one that stays reported again, after waits that grow."""
        self._covered = event.closed_by is not None
        if event.closed_by is None:
            return []
        return [Tap(id=self.machine.next_id(), point=event.closed_by, why="close what covers the screen")]

    def on_tick(self, event: Tick) -> list[Command]:
        """Take the next step of a walk, begin one, or have an interruption reported again; ask for a person in time."""
        self._last = event.t
        asked = self._ask(event.t)
        if self._walking.are_over(event.t):
            self._walking.grow(event.t)
            self._steps, self._stepped_at = self._ways(event.t), event.t
            return [*asked, Look()]
        if self._steps and event.t - self._stepped_at >= STEP_SECONDS:
            self._stepped_at = event.t
            return [*asked, Tap(id=self.machine.next_id(), point=self._steps.pop(0), why="walk home")]
        if self._covered and self._closing.are_over(event.t):
            self._closing.grow(event.t)
            return [*asked, Look()]
        return asked

    def _ways(self, t: float) -> list[str]:
        """The points of a walk home. What was a battle is one for `ASK_AFTER` yet: it may be known again, or end."""
        in_battle = self.machine.place == "battle" and t - self._began < ASK_AFTER
        return [point for point in (WAYS_IN_BATTLE if in_battle else WAYS) if point is not None]

    def _ask(self, t: float) -> list[Command]:
        """Ask for a person once, when the fault has lasted for `ASK_AFTER`."""
        if t - self._began < ASK_AFTER or "long_fault" in self._said:
            return []
        self._said.add("long_fault")
        return [NeedHuman(why=f"the fault has lasted for {ASK_AFTER / 60:.0f} minutes: {self.machine.why}")]

    def on_stuck(self, event: Stuck) -> list[Command]:
        """A picture that stands still is no reason to try sooner."""
        return self.ignore(event)

    def on_gesture_failed(self, event: GestureFailed) -> list[Command]:
        """A tap that was not made is made again with the next attempt."""
        return self.ignore(event)
