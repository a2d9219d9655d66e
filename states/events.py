"""Everything that happens, as data. An event says what was noticed and when, and nothing else.

`t` is the time of the loop's clock in seconds: the practice game's own in lock-step, the wall's otherwise. The machine
knows no other time. Positions are in pixels of the client area.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from game.view import BattleView

Outcome = Literal["won", "lost"]


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    """Something that happened at time `t`."""

    t: float


class ScreenSeen(Event, tag="screen_seen", frozen=True, kw_only=True):
    """A screen was recognised, steadily, and it is another one than before (or is said again after a `Look`)."""

    screen: str
    found: dict[str, tuple[int, int]] = {}
    """Things with a text of their own that can be tapped, such as stage codes on the map."""


class BattleSeen(Event, tag="battle_seen", frozen=True, kw_only=True):
    """The battle as a player could see it in one frame. Slots and directions of operators on the field are UNKNOWN
    unless the screen tells them: the battle state fills in what it deployed itself.
    """

    view: BattleView
    latency: float
    """Seconds from the frame's grab to this event."""


class ResultSeen(Event, tag="result_seen", frozen=True, kw_only=True):
    """The page at the end of a battle."""

    outcome: Outcome
    stars: int


class ScreenLost(Event, tag="screen_lost", frozen=True, kw_only=True):
    """No screen has been recognised for a while."""

    seconds: float


class Stuck(Event, tag="stuck", frozen=True, kw_only=True):
    """The picture has not changed at all for a while."""

    seconds: float


class Tick(Event, tag="tick", frozen=True, kw_only=True):
    """A second has passed. What gives up after a time counts these."""


class Decided(Event, tag="decided", frozen=True, kw_only=True):
    """The policy's answer to a `Decide`."""

    id: int
    action: tuple[int, int, int, int]
    q: float
    explored: bool
    latency: float


class GestureDone(Event, tag="gesture_done", frozen=True, kw_only=True):
    """The hands made the gesture. Whether it had an effect, only the eyes can tell."""

    id: int


class GestureFailed(Event, tag="gesture_failed", frozen=True, kw_only=True):
    """The hands could not make the gesture, or the gate was shut before it ended."""

    id: int
    why: str


class PauseAsked(Event, tag="pause_asked", frozen=True, kw_only=True):
    """Somebody wants the bot's hands off the screen. `id` is the caller's, empty when nobody waits for an answer."""

    id: str
    by: str = "mqtt"


class ResumeAsked(Event, tag="resume_asked", frozen=True, kw_only=True):
    """Somebody wants the bot to go on."""

    id: str
    by: str = "mqtt"


class StopAsked(Event, tag="stop_asked", frozen=True, kw_only=True):
    """Somebody wants the daemon to end, with a checkpoint."""

    id: str
    by: str = "mqtt"


class PartFailed(Event, tag="part_failed", frozen=True, kw_only=True):
    """A part of the bot failed. The machine decides what that means (DESIGN.md, a ladder down)."""

    part: Literal["capture", "detector", "learner", "policy", "hands", "broker", "trace"]
    why: str


AnyEvent = (
    ScreenSeen
    | BattleSeen
    | ResultSeen
    | ScreenLost
    | Stuck
    | Tick
    | Decided
    | GestureDone
    | GestureFailed
    | PauseAsked
    | ResumeAsked
    | StopAsked
    | PartFailed
)
