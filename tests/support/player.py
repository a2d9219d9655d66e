"""Feeds a state machine the events of an imaginary game, each with its time."""

from __future__ import annotations

import itertools

from game.view import BattleView, Card, OperatorSeen
from states.commands import Command, Gesture, Look, Tap
from states.events import BattleSeen, Decided, Event, GestureDone, ResultSeen, ScreenSeen, Tick
from states.machine import Machine, Setup

SETUP = Setup(stage_code="1-1", width=9, squad_size=2, speed=2)
CLOSED_BY = {"popup": "popup_close", "connection_lost": "connection_confirm"}
WAY = ("home", "terminal", "stage_map", "stage_panel", "squad", "loading", "battle")


def view(**known) -> BattleView:
    """A battle with two affordable cards and no units; `known` replaces fields."""
    cards = (Card(0, 9, "ready"), Card(1, 12, "ready"))
    return BattleView(
        **({"kills": 0, "total": 5, "life": 3, "dp": 20, "slots_left": 8, "speed": 2, "cards": cards} | known)
    )


def unit(row: int, col: int, *, ready: bool = False) -> OperatorSeen:
    """An operator as vision reports it, without its slot and direction."""
    return OperatorSeen(-1, row, col, -1, 1.0, skill_ready=ready)


def gestures(commands: list[Command]) -> list[Gesture]:
    """The commands that would touch the screen."""
    return [command for command in commands if isinstance(command, Gesture)]


def taps(commands: list[Command]) -> list[str]:
    """The named points that are tapped."""
    return [command.point for command in commands if isinstance(command, Tap)]


def stay(player: Player, screen: str, seconds: int, every: int = 1) -> list[Command]:
    """What ticks on an unchanged screen cause, with the screen reported whenever it is asked for.

    A tick comes `every` so many seconds; where days pass, fewer ticks show the same.
    """
    told = []
    for _ in range(seconds // every):
        player.skip(every - 1)
        commands = player.tell(Tick)
        told += [*commands, *(player.see(screen) if Look() in commands else [])]
    return told


class Player:
    """Feeds a machine events, a second apart."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.clock = itertools.count(1)

    def tell(self, kind: type[Event], **fields) -> list[Command]:
        """Handle an event; returns its commands."""
        return self.machine.handle(kind(**({"t": float(next(self.clock))} | fields)))

    def skip(self, seconds: int) -> None:
        """Let time pass without an event."""
        for _ in range(seconds):
            next(self.clock)

    def see(self, screen: str, **fields) -> list[Command]:
        """Handle a recognised screen."""
        found = {"1-1": (5, 6)} if screen in ("stage_map", "stage_panel") else {}
        return self.tell(ScreenSeen, screen=screen, **({"found": found, "closed_by": CLOSED_BY.get(screen)} | fields))

    def battle(self, seen: BattleView | None = None, **fields) -> list[Command]:
        """Handle a frame of a battle."""
        return self.tell(BattleSeen, view=seen or view(), latency=0.0, **fields)

    def walk(self, to: str) -> list[Command]:
        """Go from home to a screen on the way into battle; returns the commands of the last event."""
        return [self.see(screen) for screen in WAY[: WAY.index(to) + 1]][-1]

    def decide(self, commands: list[Command], *action: int) -> list[Command]:
        """Answer the `Decide` among the commands."""
        return self.tell(Decided, id=commands[-1].id, action=action, q=0.5, explored=False, latency=0.0)

    def deploy(self) -> list[Command]:
        """Deploy the second card on row 2, column 2; returns the commands of the decision."""
        self.walk("battle")
        commands = self.decide(self.battle(), 1, 1, 20, 0)
        self.tell(GestureDone, id=commands[-1].id)
        return commands

    def settle(self, outcome: str = "won", stars: int = 3) -> list[Command]:
        """Handle the result page and its result."""
        self.see("settle" if outcome == "won" else "failed")
        return self.tell(ResultSeen, outcome=outcome, stars=stars)
