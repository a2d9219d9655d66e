"""Everything that happens, as data. An event says what was noticed and when, and nothing else.

`t` is the time of the client's clock in seconds: the practice game's own in lock-step, `time.monotonic` otherwise. The
machine knows no other time. Positions are in pixels of the client area.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

import msgspec

from game.view import BattleView

Outcome = Literal["won", "lost"]
ScreenName = Literal[
    "home", "terminal", "stage_map", "stage_panel", "squad", "loading", "battle", "settle", "failed",
    "popup", "connection_lost", "logged_in_elsewhere", "title", "login", "password", "update",
    "maintenance",
]  # fmt: skip
"""Every screen a profile can describe and the machine can hear of."""
SCREEN_NAMES: tuple[ScreenName, ...] = get_args(ScreenName)
INTERRUPTIONS: tuple[ScreenName, ...] = ("popup", "connection_lost")
"""The screens that lie over another one and are closed by one tap. Every other screen is a place of its own."""


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    """Something that happened at time `t`."""

    t: float


class ScreenSeen(Event, tag="screen_seen", frozen=True, kw_only=True):
    """A screen was recognised in several frames in a row, and it differs from the one reported last (or a `Look` asked
    for it).
    """

    screen: ScreenName
    found: dict[str, tuple[int, int]] = {}
    """Things with a text of their own that can be tapped, such as stage codes on the map, with the pixel to tap."""
    closed_by: str | None = None
    """The profile's point whose tap closes an interruption; None for every other screen."""
    lag: float = 0.0
    """Seconds of the events' clock from the picture to this event."""


class BattleSeen(Event, tag="battle_seen", frozen=True, kw_only=True):
    """The battle as a player could see it in one frame. Slots and directions of operators on the field are UNKNOWN
    unless the screen tells them: the battle state fills in what it deployed itself.
    """

    view: BattleView
    latency: float
    """Seconds from the frame's grab to this event."""
    lag: float = 0.0
    """The same by the events' clock, which does not go on meanwhile where the game waits for the bot."""


class ResultSeen(Event, tag="result_seen", frozen=True, kw_only=True):
    """The page at the end of a battle."""

    outcome: Outcome
    stars: int


class ScreenLost(Event, tag="screen_lost", frozen=True, kw_only=True):
    """No screen has been recognised for this many seconds."""

    seconds: float


class AreaSeen(Event, tag="area_seen", frozen=True, kw_only=True):
    """The game's client area is elsewhere in what is captured than it was: x, y, width and height in pixels of that.

    While it is not `whole` a part of it lies outside, nothing can be read or touched, and the place is the last whole
    one. Events and commands are in pixels of the client area at its usual size, wherever it is.
    """

    x: int
    y: int
    width: int
    height: int
    whole: bool = True


class Stuck(Event, tag="stuck", frozen=True, kw_only=True):
    """The picture has not changed at all for this many seconds."""

    seconds: float


class Tick(Event, tag="tick", frozen=True, kw_only=True):
    """A second has passed. States compare its time with an earlier one to try again or to give up."""


class Decided(Event, tag="decided", frozen=True, kw_only=True):
    """The policy's answer to a `Decide`."""

    id: int
    action: tuple[int, int, int, int]
    q: float
    """The network's score of the action; 0 where a plan decided."""
    explored: bool
    latency: float
    """Seconds that the decision took."""


class GestureDone(Event, tag="gesture_done", frozen=True, kw_only=True):
    """The hands made the gesture. Whether it had an effect shows in later frames."""

    id: int


class GestureFailed(Event, tag="gesture_failed", frozen=True, kw_only=True):
    """The hands could not make the gesture, or the gate was shut before it ended."""

    id: int
    why: str


class PauseAsked(Event, tag="pause_asked", frozen=True, kw_only=True):
    """A caller asks that no further input reaches the screen. `id` is that of the `Answer`, empty if it awaits none."""

    id: str
    by: str = "mqtt"


class ResumeAsked(Event, tag="resume_asked", frozen=True, kw_only=True):
    """A caller asks the bot to go on."""

    id: str
    by: str = "mqtt"


class StopAsked(Event, tag="stop_asked", frozen=True, kw_only=True):
    """A caller asks the daemon to end, with a checkpoint."""

    id: str
    by: str = "mqtt"
    when: Annotated[
        Literal["now", "after_battle"],
        msgspec.Meta(description='"now", or "after_battle" to finish the battle under way and go home first'),
    ] = "now"


class SpeedAsked(Event, tag="speed_asked", frozen=True, kw_only=True):
    """A caller asks for another speed of the battles."""

    id: str
    by: str = "mqtt"
    speed: Annotated[Literal[1, 2], msgspec.Meta(description="the game's own speed, 1 or 2")]


class LearnAsked(Event, tag="learn_asked", frozen=True, kw_only=True):
    """A caller asks the learner to stop updating its network, or to go on."""

    id: str
    by: str = "mqtt"
    on: Annotated[bool, msgspec.Meta(description="false to remember what happens without learning from it")]


class ScreenshotAsked(Event, tag="screenshot_asked", frozen=True, kw_only=True):
    """A caller asks for the frame that was seen last."""

    id: str
    by: str = "mqtt"


class StageAsked(Event, tag="stage_asked", frozen=True, kw_only=True):
    """A caller asks for another stage, after the battle under way."""

    id: str
    by: str = "mqtt"
    stage: Annotated[str, msgspec.Meta(description="as [play] stage: 1-7, CE-6, a shipped stage's name, a level file")]
    avoid: Annotated[str, msgspec.Meta(description="operators to leave at home there, with commas between them")] = ""


class ReloadAsked(Event, tag="reload_asked", frozen=True, kw_only=True):
    """A caller asks that the configuration is read again, after the battle under way."""

    id: str
    by: str = "mqtt"


class PartFailed(Event, tag="part_failed", frozen=True, kw_only=True):
    """A part of the bot failed. `Machine` decides what the bot can still do without it."""

    part: Literal["capture", "detector", "learner", "policy", "hands", "broker", "trace"]
    why: str


AnyEvent = (
    ScreenSeen
    | BattleSeen
    | ResultSeen
    | ScreenLost
    | AreaSeen
    | Stuck
    | Tick
    | Decided
    | GestureDone
    | GestureFailed
    | PauseAsked
    | ResumeAsked
    | StopAsked
    | SpeedAsked
    | LearnAsked
    | ScreenshotAsked
    | StageAsked
    | ReloadAsked
    | PartFailed
)
EVENT_NAMES: tuple[str, ...] = tuple(str(kind.__struct_config__.tag) for kind in get_args(AnyEvent))
"""The tags of all events: `on_<name>` of a state handles the event of that name."""
