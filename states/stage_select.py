"""From the terminal into the battle: the map, the stage's panel, the squad, the loading screen."""

from __future__ import annotations

from states.commands import Command, Swipe, TapAt
from states.events import Event, ScreenSeen, Tick
from states.state import State

SWIPES = 8
"""How often the map is pushed along before we say that the stage is not on it."""
LOADING = 90.0
"""Seconds a battle may take to load."""


class StageSelect(State):
    """Wants the battle of the configured stage to begin."""

    name = "stage_select"
    loading_since: float | None = None
    swiped = 0

    def enter(self, event: Event) -> None:
        """A new search of the map."""
        super().enter(event)
        self.machine.battle.forget()
        self.loading_since, self.swiped = None, 0

    def on_screen_seen(self, event: ScreenSeen) -> list[Command]:
        """One step further on each screen of the way, or back home after the last battle."""
        interruption = self.on_interruption(event)
        if interruption is not None:
            return interruption
        self.tapped_at = None
        self.loading_since = event.t if event.screen == "loading" else None
        if self.machine.last_one:
            return self.tap("back", event, "go home after the last battle")
        return STEPS.get(event.screen, StageSelect.wait)(self, event)

    def wait(self, _event: ScreenSeen) -> list[Command]:
        """Nothing is to be tapped while the battle loads."""
        return []

    def open_map(self, event: ScreenSeen) -> list[Command]:
        """From the terminal to the map."""
        return self.tap("last_stage", event, "open the map of the last stage")

    def on_tick(self, event: Tick) -> list[Command]:
        """A battle that never finishes loading is not waited for for ever."""
        if self.loading_since is not None and event.t - self.loading_since > LOADING:
            return self.machine.lose_the_way(event, f"loading took more than {LOADING:.0f} s")
        return super().on_tick(event)

    def find(self, event: ScreenSeen) -> list[Command]:
        """Tap the stage's code on the map, or push the map along until it comes into sight."""
        code = self.machine.setup.stage_code
        if code in event.found:
            if self.too_often(code):
                return self.machine.lose_the_way(event, f"stage {code} was tapped without effect")
            self.tapped_at = event.t
            x, y = event.found[code]
            return [TapAt(id=self.machine.next_id(), x=x, y=y, why=f"open stage {code}")]
        if self.swiped >= SWIPES:
            why = f"stage {code} is not on the map that is open; open it once by hand, or change play.stage"
            return self.machine.give_up(event, why)
        start, end = ("map_right", "map_left") if self.swiped < SWIPES // 2 else ("map_left", "map_right")
        self.swiped += 1
        self.tapped_at = event.t
        return [Swipe(id=self.machine.next_id(), start=start, end=end, why=f"look for stage {code}")]

    def start(self, event: ScreenSeen) -> list[Command]:
        """Start the stage if the panel is ours; leave a foreign one."""
        code = self.machine.setup.stage_code
        if event.found and code not in event.found:
            return self.tap("back", event, f"this is not stage {code}")
        return self.tap("stage_start", event, "choose the squad")

    def begin(self, event: ScreenSeen) -> list[Command]:
        """From the squad into the battle."""
        return self.tap("squad_start", event, "begin the battle")


STEPS = {
    "terminal": StageSelect.open_map,
    "stage_map": StageSelect.find,
    "stage_panel": StageSelect.start,
    "squad": StageSelect.begin,
}
"""The step to take on each screen of the way."""
