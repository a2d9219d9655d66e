"""Everything the machine may ask for, as data. The part that carries out a command may answer with an event.

Gestures carry an `id`; the hands answer each with `GestureDone` or `GestureFailed`. `why` is for readers of the log.
"""

from __future__ import annotations

import msgspec

from game.view import BattleView
from states.events import Outcome


class Command(msgspec.Struct, frozen=True, kw_only=True, tag_field="command"):
    """Something to be done."""


class Gesture(Command, frozen=True, kw_only=True):
    """An input to the game, answered by `GestureDone` or `GestureFailed` with the same id."""

    id: int
    why: str


class Tap(Gesture, tag="tap", frozen=True, kw_only=True):
    """Tap a point that the profile names."""

    point: str


class TapAt(Gesture, tag="tap_at", frozen=True, kw_only=True):
    """Tap a pixel of the client area that an event reported."""

    x: int
    y: int


class Swipe(Gesture, tag="swipe", frozen=True, kw_only=True):
    """Swipe between two points that the profile names (scrolling the stage map)."""

    start: str
    end: str


class Deploy(Gesture, tag="deploy", frozen=True, kw_only=True):
    """Drag a card to a tile and swipe in a direction."""

    card: int
    """Place in the hand, 0 the leftmost."""
    cards: int
    """Cards in the hand, on which their places depend."""
    row: int
    col: int
    direction: int
    """Index into game.actions.DIRECTIONS."""


class TapCard(Gesture, tag="tap_card", frozen=True, kw_only=True):
    """Tap a card, so that the game shows whose it is."""

    card: int
    """Place in the hand, 0 the leftmost."""
    cards: int
    """Cards in the hand, on which their places depend."""


class UseSkill(Gesture, tag="use_skill", frozen=True, kw_only=True):
    """Select the operator on a tile and tap its skill."""

    row: int
    col: int


class Retreat(Gesture, tag="retreat", frozen=True, kw_only=True):
    """Select the operator on a tile and tap retreat."""

    row: int
    col: int


class Decide(Command, tag="decide", frozen=True, kw_only=True):
    """Ask the policy; it answers with `Decided`."""

    id: int
    view: BattleView
    banned: tuple[tuple[int, int, int], ...] = ()
    """Kind, slot and tile of actions that must not be decided now (tile 0 but for deployments, which are banned in
    every direction): their gestures had no effect.
    """


class Remember(Command, tag="remember", frozen=True, kw_only=True):
    """One experience for the learner: what was seen, what was done, what came of it. `after` is None at the end."""

    before: BattleView
    action: tuple[int, int, int, int]
    after: BattleView | None
    outcome: Outcome | None = None
    stars: int = 0


class BattleEnded(Command, tag="battle_ended", frozen=True, kw_only=True):
    """A battle has a result: count it, log it, publish it, and write a checkpoint when one is due."""

    number: int
    outcome: Outcome
    stars: int
    seconds: float
    """From the first sight of the battle to its result, by the events' clock."""


class Look(Command, tag="look", frozen=True, kw_only=True):
    """Have the watcher report the current screen again, even if it is the one it reported last."""


class ShutGate(Command, tag="shut_gate", frozen=True, kw_only=True):
    """Let no further input leave. Before this is done, a gesture under way is broken off and taken back, and the
    profile's point `last_tap`, if any, is tapped: the game's own pause button.
    """

    last_tap: str | None = None


class OpenGate(Command, tag="open_gate", frozen=True, kw_only=True):
    """Let input leave again."""


class Answer(Command, tag="answer", frozen=True, kw_only=True):
    """Tell the caller that the request with this `id` was carried out, after all commands before this one."""

    id: str
    what: str


class Reject(Command, tag="reject", frozen=True, kw_only=True):
    """Tell the caller (`id` is that of the request) that it is not done: a code of `bot.requests.CODES`, and why."""

    id: str
    code: str
    why: str


class SetLearning(Command, tag="set_learning", frozen=True, kw_only=True):
    """Have the learner update its network, or only remember."""

    on: bool


class TakeScreenshot(Command, tag="take_screenshot", frozen=True, kw_only=True):
    """Keep and publish the frame that was seen last, then answer the request with this id."""

    id: str


class Report(Command, tag="report", frozen=True, kw_only=True):
    """Say on MQTT and in the log that the state changed, and why."""

    state: str
    why: str


class Dump(Command, tag="dump", frozen=True, kw_only=True):
    """Write the last frames and what was known to disk, as evidence of a fault."""

    why: str


class NeedHuman(Command, tag="need_human", frozen=True, kw_only=True):
    """Say on MQTT and in the log what a person has to do."""

    why: str


class Finish(Command, tag="finish", frozen=True, kw_only=True):
    """End the daemon with a checkpoint and this exit code."""

    code: int
    why: str


AnyCommand = (
    Tap
    | TapAt
    | Swipe
    | Deploy
    | TapCard
    | UseSkill
    | Retreat
    | Decide
    | Remember
    | BattleEnded
    | Look
    | ShutGate
    | OpenGate
    | Answer
    | Reject
    | SetLearning
    | TakeScreenshot
    | Report
    | Dump
    | NeedHuman
    | Finish
)
