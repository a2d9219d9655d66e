"""From the terminal into the battle: the map, the stage's panel, the squad, the loading screen."""

from __future__ import annotations

from collections.abc import Callable

from states.commands import Command, Swipe, TapAt
from states.events import Event, ScreenName, ScreenSeen, Tick
from states.state import State

SWIPES = 8
"""How often the map is scrolled before the stage counts as absent from it."""
LOADING = 90.0
"""Seconds a battle may take to load."""


class StageSelectState(State):
    """Leads to the battle of the configured stage."""

    name = "stage_select"
    loading_since: float | None = None
    swiped = 0

    def enter(self, event: Event) -> None:
        """Begin a new search of the map; no battle is running."""
        super().enter(event)
        self.machine.battle.forget()
        self.loading_since, self.swiped = None, 0

    def on_screen_seen(self, event: ScreenSeen) -> list[Command]:
        """Take the step that `STEPS` has for the screen, or go back home after the last battle."""
        interruption = self.close_interruption(event)
        if interruption is not None:
            return interruption
        self.tapped_at = None
        self.loading_since = event.t if event.screen == "loading" else None
        if self.machine.last_one:
            return self.tap("back", event, "go home after the last battle")
        return STEPS.get(event.screen, StageSelectState.wait)(self, event)

    def wait(self, _event: ScreenSeen) -> list[Command]:
        """Nothing has to be tapped while the battle loads."""
        return []

    def open_map(self, event: ScreenSeen) -> list[Command]:
        """Open the map from the terminal."""
        return self.tap("last_stage", event, "open the map of the last stage")

    def on_tick(self, event: Tick) -> list[Command]:
        """A battle that loads for longer than `LOADING` leads to a walk home."""
        if self.loading_since is not None and event.t - self.loading_since > LOADING:
            return self.machine.lose_the_way(event, f"loading took more than {LOADING:.0f} s")
        return super().on_tick(event)

    def find(self, event: ScreenSeen) -> list[Command]:
        """Tap the stage's code on the map, or scroll the map until it is in sight; not after `SWIPES`: a fault."""
        code = self.machine.setup.stage_code
        if code in event.found:
            if self.too_often(code):
                return self.machine.lose_the_way(event, f"stage {code} was tapped without effect")
            self.tapped_at = event.t
            x, y = event.found[code]
            return [TapAt(id=self.machine.next_id(), x=x, y=y, why=f"open stage {code}")]
        if self.swiped >= SWIPES:
            why = f"stage {code} is not on the map that is open; open it once by hand, or change play.stage"
            return self.machine.give_up(event, why, "stage_absent")
        start, end = ("map_right", "map_left") if self.swiped < SWIPES // 2 else ("map_left", "map_right")
        self.swiped += 1
        self.tapped_at = event.t
        return [Swipe(id=self.machine.next_id(), start=start, end=end, why=f"look for stage {code}")]

    def start(self, event: ScreenSeen) -> list[Command]:
        """Start the stage if the panel shows its code; leave the panel of another stage."""
        code = self.machine.setup.stage_code
        if event.found and code not in event.found:
            return self.tap("back", event, f"this is not stage {code}")
        return self.tap("stage_start", event, "choose the squad")

    def begin(self, event: ScreenSeen) -> list[Command]:
        """Start the battle from the squad screen."""
        return self.tap("squad_start", event, "begin the battle")


STEPS: dict[ScreenName, Callable[[StageSelectState, ScreenSeen], list[Command]]] = {
    "terminal": StageSelectState.open_map,
    "stage_map": StageSelectState.find,
    "stage_panel": StageSelectState.start,
    "squad": StageSelectState.begin,
}
"""What to do on each screen between the terminal and the battle."""
