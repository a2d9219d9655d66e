"""The state machine: which state the bot is in, and what leads from one to another.

Pure and synchronous: an event goes in, commands come out. `TRANSITIONS` is the whole of it as data; the README's
diagram and the replay of traces read the same list.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from transitions import Machine as Table

from states.battle import BattleState
from states.commands import Answer, Command, Finish, Look, Reject, Report, SetLearning, ShutGate, TakeScreenshot
from states.entry import EntryState
from states.events import (
    BattleSeen,
    Event,
    LearnAsked,
    PartFailed,
    PauseAsked,
    ReloadAsked,
    ResultSeen,
    ResumeAsked,
    ScreenLost,
    ScreenName,
    ScreenSeen,
    ScreenshotAsked,
    SpeedAsked,
    StageAsked,
    StopAsked,
)
from states.fault import FaultState
from states.lost import LostState
from states.menu import MenuState
from states.paused import PausedState
from states.settle import SettleState
from states.stage_select import StageSelectState
from states.state import State
from states.troubles import TroubleName

PLAYING = ("menu", "stage_select", "battle", "settle", "entry", "lost", "fault")
"""The states a pause interrupts and a resume returns to. `*` in the table stands for each of them."""

TRANSITIONS: list[tuple[str, str, str]] = [
    # trigger         from            to
    ("stage_seen",    "menu",         "stage_select"),
    ("battle_seen",   "stage_select", "battle"),
    ("result_seen",   "battle",       "settle"),
    ("home_seen",     "settle",       "menu"),
    # from wherever a person, a pop-up or a lost connection led to the screen
    ("home_seen",     "*",            "menu"),
    ("stage_seen",    "*",            "stage_select"),
    ("battle_seen",   "*",            "battle"),
    ("result_seen",   "*",            "settle"),
    ("entry_seen",    "*",            "entry"),
    ("screen_lost",   "*",            "lost"),
    ("given_up",      "*",            "fault"),
    ("pause_asked",   "*",            "paused"),
    ("resume_asked",  "paused",       "*"),
]  # fmt: skip

SCREENS: dict[ScreenName, str] = {
    "home": "home_seen",
    "terminal": "stage_seen",
    "stage_map": "stage_seen",
    "stage_panel": "stage_seen",
    "squad": "stage_seen",
    "loading": "stage_seen",
    "battle": "battle_seen",
    "settle": "result_seen",
    "failed": "result_seen",
    "logged_in_elsewhere": "entry_seen",
    "title": "entry_seen",
    "login": "entry_seen",
    "password": "entry_seen",
    "update": "entry_seen",
    "maintenance": "entry_seen",
}
"""What seeing a screen triggers. Interruptions trigger nothing: the state they appear in closes them."""

BLINDING = ("capture", "detector", "policy")
"""Parts whose failure is a fault. When the hands fail the bot pauses, without the other parts it plays on."""
LAG_KEPT = 0.95
"""Share of the longest lag of a picture that is still expected one picture later."""
WALKS = 3
"""How often the bot walks home without reaching a battle before it is a fault."""


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """What the machine must know before it begins."""

    stage_code: str
    width: int
    """Tiles in a row of the stage: an action names its tile by row * width + column."""
    squad_size: int
    battles: int | None = None
    """How many battles to play; None for no limit."""
    played: int = 0
    """How many of them were settled before this trace began."""
    ids: int = 0
    """The number of the last gesture or question before this trace began."""
    state: Literal["menu", "stage_select"] = "menu"
    """The state in which the machine begins."""
    speed: int = 2
    """What the game's speed button should show, 1 or 2."""
    decision_interval: float = 1.0
    """Seconds of game time between two decisions."""
    pause_game: bool = False
    """Whether a pause in a battle presses the game's own pause button too. (Older traces know no such setting.)"""
    ask_cards: bool = False
    """Whether the game is asked whose a card is that the eyes do not know. (Nor this.)"""
    entered_again: tuple[float, ...] = ()
    """When the bot entered after another device had taken the account over, before this trace. (Nor this.)"""


class Machine:
    """The bot's behaviour: `handle` takes an event and returns commands."""

    def __init__(self, setup: Setup, transitions: Sequence[tuple[str, str, str]] = TRANSITIONS) -> None:
        self.setup = setup
        self.state: str = setup.state
        self.battle, self.paused, self.stage_select = BattleState(self), PausedState(self), StageSelectState(self)
        self.entry, self.fault = EntryState(self), FaultState(self)
        others = (MenuState(self), SettleState(self), LostState(self))
        named = (*others, self.stage_select, self.entry, self.fault, self.battle, self.paused)
        self.states: dict[str, State] = {state.name: state for state in named}
        self.battles = setup.played
        """Battles settled so far in this run."""
        self.last_one = False
        """The last battle asked for is over: go home and end."""
        self.leaving: StopAsked | StageAsked | ReloadAsked | None = None
        """The request because of which the run ends; None where it ends by itself."""
        self.lag = 0.0
        """A high estimate of the seconds in which a picture becomes an event: effects are waited for so much longer."""
        self.last_id = setup.ids
        """The number of the last gesture or question."""
        self.closings = 0
        """Taps in a row that were to close an interruption, with no other screen seen between them."""
        self.place: str = setup.state
        """The last state that was one of a known screen."""
        self._walks = 0
        self._before_pause = "menu"
        self._why = "started"
        self._entered: list[Command] = []
        self._table = Table(
            model=self,
            states=list(self.states),
            initial=setup.state,
            transitions=self._rows(transitions),
            queued=True,
            auto_transitions=False,
            send_event=True,
            after_state_change=self._enter,
        )

    def handle(self, event: Event) -> list[Command]:
        """What to do about an event. Never raises for any event at any time."""
        asked = self._asked(event)
        if asked is not None:
            return asked
        if isinstance(event, ScreenSeen | BattleSeen):
            self.lag = max(event.lag, LAG_KEPT * self.lag)
        commands = self._failed(event) if isinstance(event, PartFailed) else []
        if isinstance(event, ScreenSeen) and event.closed_by is None:
            self.closings = 0
        trigger = _trigger(event)
        if trigger is not None and not self._stays_in_fault(event):
            commands += self._move(trigger, event)
        return commands + self.states[self.state].handle(event)

    def _asked(self, event: Event) -> list[Command] | None:  # noqa: PLR0911 - one return a request
        """What to do about a request that every state takes in the same way; None for every other event."""
        match event:
            case StopAsked(when="after_battle"):
                going_home = self._leave_after_battle(event)
                said = "stopping once home" if going_home else "stopping after this battle"
                return [Answer(id=event.id, what=said), *going_home]
            case StageAsked() | ReloadAsked():
                return self._change_after_battle(event)
            case StopAsked():
                self.leaving = event
                return [ShutGate(), Answer(id=event.id, what="stopping"), Finish(code=0, why=f"stopped by {event.by}")]
            case ResumeAsked() if self.state != "paused":
                self.entry.resume()
                look: list[Command] = [Look()] if self.state in ("fault", "entry") else []
                return [Answer(id=event.id, what="resumed"), *look]
            case SpeedAsked():
                return self._play_at(event)
            case LearnAsked():
                said = "learning" if event.on else "remembering without learning"
                return [SetLearning(on=event.on), Answer(id=event.id, what=said)]
            case ScreenshotAsked():
                return [TakeScreenshot(id=event.id)]
        return None

    def _change_after_battle(self, event: StageAsked | ReloadAsked) -> list[Command]:
        """End the run after the battle for the sake of another one, which answers the request. The latest one counts,
        and none after a stop.
        """
        earlier = self.leaving
        if isinstance(earlier, StopAsked):
            return [Reject(id=event.id, code="not_now", why="the bot is about to stop")]
        why = "another change was asked for before this one was made"
        superseded = [Reject(id=earlier.id, code="failed", why=why)] if earlier is not None else []
        return [*superseded, *self._leave_after_battle(event)]

    def _leave_after_battle(self, event: StopAsked | StageAsked | ReloadAsked) -> list[Command]:
        """Make the battle under way the last one; without one, go home and end, which the returned commands begin."""
        self.leaving = event
        state = self._before_pause if self.state == "paused" else self.state
        loading = state == "stage_select" and self.stage_select.loading_since is not None
        if loading or self.battle.memory is not None:
            self.setup = msgspec.structs.replace(self.setup, battles=self.battles + 1)
            return []
        self.setup = msgspec.structs.replace(self.setup, battles=self.battles)
        self.last_one = True
        return [Look()]

    def _play_at(self, event: SpeedAsked) -> list[Command]:
        """Have the battles played at another speed, from the next frame on."""
        self.setup = msgspec.structs.replace(self.setup, speed=event.speed)
        if self.battle.memory is not None:
            self.battle.memory.buttons.pop("speed", None)
        return [Answer(id=event.id, what=f"playing at speed {event.speed}")]

    def next_id(self) -> int:
        """A number for a gesture or a question, never used before."""
        self.last_id += 1
        return self.last_id

    def count_battle(self) -> int:
        """Count a settled battle; returns its number."""
        self.battles += 1
        return self.battles

    def lose_the_way(self, event: Event, why: str) -> list[Command]:
        """Walk home from a screen that does not do what it should."""
        self._walks += 1
        if self._walks > WALKS:
            return self.give_up(event, f"{why}, and walking home {WALKS} times did not help", "no_way_home")
        return self._move("screen_lost", event, why)

    def arrive(self) -> None:
        """A battle was reached: walks home are counted from zero again."""
        self._walks = 0

    def give_up(self, event: Event, why: str, trouble: TroubleName = "dead_button") -> list[Command]:
        """Enter the fault state and write the evidence; ask for a person where `trouble` is sorted so."""
        if self.last_one:
            return [Finish(code=0, why="all battles asked for were played")]
        # What comes after a fault is tried once, without further walks, so that no button is tapped for hours.
        self._walks = WALKS
        return [*self._move("given_up", event, why), *self.fault.explain(why, trouble)]

    @property
    def why(self) -> str:
        """Why the machine is in its state."""
        return self._why

    def snapshot(self) -> dict[str, Any]:
        """Where the machine stands, in plain data."""
        memory = self.battle.memory
        return {
            "state": self.state,
            "why": self._why,
            "battles": self.battles,
            "deployed": dict(memory.deployed) if memory else {},
            "attempt": repr(memory.attempt) if memory else None,
        }

    def _move(self, trigger: str, event: Event, why: str = "") -> list[Command]:
        """Make the transition the table has for a trigger, if it has one here; returns what that causes.

        Without a `why` the trigger is reason enough.
        """
        self._entered = []
        if trigger in self._table.get_triggers(self.state):
            self._table.events[trigger].trigger(self, event=event, why=why or trigger)
        return self._entered

    def _enter(self, data: Any) -> None:
        """Begin the new state, and say so. Pausing shuts the gate before anything else, and answers after it."""
        event, source, target = data.kwargs["event"], data.transition.source, data.transition.dest
        self._why = data.kwargs["why"]
        if target not in ("lost", "fault", "paused"):
            self.place = target
        report = Report(state=target, why=self._why)
        if target == "paused":
            self._before_pause = source
            self.battle.forget_question()
            self._entered = [ShutGate(last_tap=self._pause_button(source)), report]
        elif source == "paused":
            self.states[target].enter(event)
            self._entered = [*self.paused.leave(event.id), report]
        else:
            self.states[target].enter(event)
            self._entered = [report]

    def _pause_button(self, source: str) -> str | None:
        """The button that makes the game itself stand still, where a pause interrupts a battle that goes on."""
        memory = self.battle.memory if source == "battle" else None
        if memory is None or memory.view is None or memory.view.paused or memory.asking.is_paused:
            return None
        return "pause" if self.setup.pause_game else None

    def _failed(self, event: PartFailed) -> list[Command]:
        """What the bot does without a part: without hands it pauses, without a part of BLINDING it is a fault."""
        why = f"{event.part}: {event.why}"
        if event.part == "hands":
            return self._move("pause_asked", PauseAsked(t=event.t, id="", by="hands"), why)
        blind = event.part in BLINDING and self.state != "paused"
        return self.give_up(event, why, "blind") if blind else []

    def _stays_in_fault(self, event: Event) -> bool:
        """A fault ends with a screen that is reported anew, not with the next frame of the battle it happened in."""
        return self.state == "fault" and isinstance(event, BattleSeen | ResultSeen | ScreenLost)

    def _rows(self, transitions: Sequence[tuple[str, str, str]]) -> list[dict[str, Any]]:
        """The table in the form of the library `transitions`; a resume leads back to the state that was paused."""
        rows: dict[tuple[str, str, str], dict[str, Any]] = {}
        for trigger, source, target in transitions:
            for a in PLAYING if source == "*" else (source,):
                for b in PLAYING if target == "*" else (target,):
                    row: dict[str, Any] = {"trigger": trigger, "source": a, "dest": b}
                    if target == "*":
                        row["conditions"] = lambda _data, b=b: self._before_pause == b
                    if a != b:
                        rows[trigger, a, b] = row
        return list(rows.values())


def _trigger(event: Event) -> str | None:
    """What an event may trigger."""
    if isinstance(event, ScreenSeen):
        return SCREENS.get(event.screen)
    return str(event.__struct_config__.tag)


def mermaid(transitions: Sequence[tuple[str, str, str]] = TRANSITIONS) -> str:
    """The table as a mermaid state diagram; `playing` stands for every state a pause interrupts."""
    lines = ["stateDiagram-v2", "    [*] --> menu", "    state playing {"]
    lines += [f"        {state}" for state in PLAYING]
    lines += ["    }"]
    lines += [
        f"    {source.replace('*', 'playing')} --> {target.replace('*', 'playing')}: {trigger}"
        for trigger, source, target in transitions
    ]
    return "\n".join(lines) + "\n"
