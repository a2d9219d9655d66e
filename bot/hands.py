"""The hands: gestures as lists of small steps, which a client's pointer makes, and a gate in front.

What a gesture consists of is data (`steps`), so where it taps can be tested without a screen. The gate is checked
before every step: once `shut` has returned, no input leaves.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from typing import Any, NamedTuple

from bot import log
from bot.clients.client import Pointer, PointerError
from bot.inbox import Inbox
from game.actions import STEPS
from game.camera import Camera
from game.errors import HoldfastError
from game.levels.stage import Stage
from states.commands import Deploy, Gesture, Retreat, Swipe, Tap, TapAt, UseSkill
from states.events import GestureDone, GestureFailed, PartFailed
from vision.profile import Profile

SWIPE = 220
"""Length of a direction swipe in pixels at 1280x720; the game wants at least 200."""
MOVES = 8
"""How many moves a drag consists of: the game does not follow a pointer that jumps."""

Point = tuple[float, float]


class Press(NamedTuple):
    """Put the pointer down on a pixel of the client area."""

    x: int
    y: int


class Move(NamedTuple):
    """Move the pointer to a pixel of the client area."""

    x: int
    y: int


class Release(NamedTuple):
    """Lift the pointer where it is."""


class Wait(NamedTuple):
    """Let this many seconds pass."""

    seconds: float


Step = Press | Move | Release | Wait


class Timing(NamedTuple):
    """Seconds that a press rests, that a drag moves, and that the game gets to follow (bot.toml's [hands])."""

    hold: float = 0.1
    drag: float = 0.3
    rest: float = 0.3


class Geometry(NamedTuple):
    """What gives the pixels of a gesture: the profile's points, the camera, and the stage's high tiles."""

    profile: Profile
    camera: Camera
    stage: Stage
    timing: Timing = Timing()

    def tile(self, row: int, col: int, *, tilted: bool) -> Point:
        """The pixel of a tile's centre, in the normal view or in the tilted one while deploying."""
        return self.camera.pixel(row, col, bool(self.stage.high[row, col]), tilted)


def steps(gesture: Gesture, geometry: Geometry) -> list[Step]:
    """The steps a gesture consists of."""
    return list(_steps(gesture, geometry))


def _steps(gesture: Gesture, geometry: Geometry) -> Iterator[Step]:
    points, timing = geometry.profile.points, geometry.timing
    match gesture:
        case Tap():
            yield from _tap(points[gesture.point], timing)
        case TapAt():
            yield from _tap((gesture.x, gesture.y), timing)
        case Swipe():
            yield from _drag(points[gesture.start], points[gesture.end], timing)
        case Deploy():
            yield from _deploy(gesture, geometry)
        case UseSkill() | Retreat():
            yield from _select(gesture, geometry)
        case _:
            raise TypeError(f"no steps are known for the gesture {type(gesture).__name__}")


def _tap(at: Point, timing: Timing) -> Iterator[Step]:
    yield Press(*_pixel(at))
    yield Wait(timing.hold)
    yield Release()
    yield Wait(timing.rest)


def _drag(start: Point, end: Point, timing: Timing) -> Iterator[Step]:
    """Press, rest, move in small steps, rest, release, rest."""
    yield Press(*_pixel(start))
    yield Wait(timing.hold)
    for step in range(1, MOVES + 1):
        share = step / MOVES
        yield Move(*_pixel((start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)))
        yield Wait(timing.drag / MOVES)
    yield Wait(timing.hold)
    yield Release()
    yield Wait(timing.rest)


def _deploy(gesture: Deploy, geometry: Geometry) -> Iterator[Step]:
    """Drag the card to the tile as the tilted view shows it, then swipe from there in the direction."""
    tile = geometry.tile(gesture.row, gesture.col, tilted=True)
    down, right = STEPS[gesture.direction]
    yield from _drag(geometry.profile.card_centre(gesture.card, gesture.cards), tile, geometry.timing)
    end = (tile[0] + right * SWIPE * geometry.profile.across, tile[1] + down * SWIPE * geometry.profile.down)
    yield from _drag(tile, end, geometry.timing)


def _select(gesture: UseSkill | Retreat, geometry: Geometry) -> Iterator[Step]:
    """Tap the operator where the normal view shows it, then the button that appears beside it."""
    row, col = gesture.row, gesture.col
    button = geometry.camera.skill_button if isinstance(gesture, UseSkill) else geometry.camera.retreat_button
    yield from _tap(geometry.tile(row, col, tilted=False), geometry.timing)
    yield from _tap(button(row, col, bool(geometry.stage.high[row, col])), geometry.timing)


def _pixel(point: Point) -> tuple[int, int]:
    return round(point[0]), round(point[1])


class GateShutError(HoldfastError):
    """The gate was shut before the gesture ended."""


class Hands:
    """Makes one gesture after the other, and answers each with `GestureDone` or `GestureFailed`.

    `clock` is the client's, in seconds; `thread` runs the pointer. A gesture that was asked for before the gate was
    shut is never made, not even once the gate is open again.
    """

    def __init__(
        self,
        pointer: Pointer,
        geometry: Geometry,
        inbox: Inbox,
        clock: Callable[[], float],
        thread: Executor,
    ) -> None:
        self._pointer = pointer
        self._geometry = geometry
        self._inbox = inbox
        self._clock = clock
        self._thread = thread
        self._queue: asyncio.Queue[tuple[Gesture, int]] = inbox.queue()
        self._shut_count = 0
        self._idle = asyncio.Event()
        """Set while no gesture is under way."""
        self._idle.set()
        self.open = True
        """Whether input may leave."""
        self.made: Counter[str] = Counter()
        """How many gestures of each kind were made."""

    def make(self, gesture: Gesture) -> None:
        """Have a gesture made after those asked for before it."""
        self._queue.put_nowait((gesture, self._shut_count))

    async def run(self) -> None:
        """Make gestures until cancelled; then the pointer is released."""
        try:
            while True:
                gesture, shut_count = await self._queue.get()
                with self._inbox.pending():
                    self._idle.clear()
                    try:
                        failure = await self._attempt(gesture, shut_count)
                    finally:
                        self._idle.set()
                    await self._answer(gesture, failure)
        finally:
            self.open = False

    async def shut(self) -> None:
        """Let no input leave. A gesture under way is broken off and the pointer released before this returns."""
        self.open = False
        self._shut_count += 1
        await self._idle.wait()

    def unshut(self) -> None:
        """Let input leave again."""
        self.open = True

    async def _attempt(self, gesture: Gesture, shut_count: int) -> HoldfastError | None:
        """Take the steps of one gesture, checking the gate before each; returns the error that broke it off, if any."""
        try:
            for step in steps(gesture, self._geometry):
                if not self.open or shut_count != self._shut_count:
                    return GateShutError("the gate is shut")
                await self._take(step)
        except PointerError as error:
            return error
        finally:
            await asyncio.shield(self._in_thread(self._pointer.release))
        return None

    async def _answer(self, gesture: Gesture, failure: HoldfastError | None) -> None:
        """Say how a gesture went, in the log and as an event."""
        kind, t = _kind(gesture), self._clock()
        told = {"kind": kind, "reason": gesture.why, **_aim(gesture), "t": round(t, 2)}
        if failure is None:
            self.made[kind] += 1
            log.logger().info("gesture", **told)
            await self._inbox.put(GestureDone(t=t, id=gesture.id))
            return
        log.logger().warning("gesture_failed", **told, error=str(failure))
        if not isinstance(failure, GateShutError):
            await self._inbox.put(PartFailed(t=t, part="hands", why=str(failure)))
        await self._inbox.put(GestureFailed(t=t, id=gesture.id, why=str(failure)))

    async def _take(self, step: Step) -> None:
        match step:
            case Press(x, y):
                await self._in_thread(self._pointer.press, x, y)
            case Move(x, y):
                await self._in_thread(self._pointer.move, x, y)
            case Release():
                await self._in_thread(self._pointer.release)
            case Wait(seconds):
                await self._in_thread(self._pointer.wait, seconds)

    async def _in_thread(self, call: Callable[..., None], *arguments: float) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, call, *arguments)


def _kind(gesture: Gesture) -> str:
    """A gesture's name: tap, deploy, …"""
    return str(gesture.__struct_config__.tag)


def _aim(gesture: Gesture) -> dict[str, Any]:
    """What a gesture is aimed at: its own fields."""
    return {name: getattr(gesture, name) for name in gesture.__struct_fields__ if name not in ("id", "why")}
