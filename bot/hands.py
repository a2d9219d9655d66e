"""The hands: gestures as lists of small steps, which a client's pointer makes, and a gate in front.

What a gesture consists of is data (`steps`), and so is what takes it back when it is broken off (`undo`): both can be
tested without a screen. The gate is checked before every step: once `shut` has returned, no input leaves.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from typing import Any, NamedTuple

from bot import log
from bot.clients.client import MissedError, Pointer, PointerError
from bot.inbox import Inbox
from game.actions import STEPS
from game.camera import Camera
from game.errors import HoldfastError
from game.levels.stage import Stage
from states.commands import Deploy, Gesture, Retreat, Swipe, Tap, TapAt, TapCard, UseSkill
from states.events import GestureDone, GestureFailed, PartFailed
from vision.profile import Profile

SWIPE = 220
"""Length of a direction swipe in pixels at 1280x720; the game wants at least 200."""
MOVES = 8
"""How many moves a drag consists of: the game does not follow a pointer that jumps."""
QUICK = 0.02
"""Seconds that each input of an `undo` and the last tap before a pause rest: about one picture of the game, because a
caller waits for the pause."""
IDLE_CHECK = 0.25
"""Seconds between two looks at whether a person has taken the pointer, while no gesture is made."""

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
        case TapCard():
            yield from _tap(geometry.profile.card_centre(gesture.card, gesture.cards), timing)
        case Swipe():
            yield from _drag(points[gesture.start], points[gesture.end], timing)
        case Deploy():
            yield from _deploy(gesture, geometry)
        case UseSkill() | Retreat():
            yield from _select(gesture, geometry)
        case _:
            raise TypeError(f"no steps are known for the gesture {type(gesture).__name__}")


def undo(gesture: Gesture, geometry: Geometry, made: Sequence[Step]) -> list[Step]:
    """What takes back a gesture that was broken off after the steps `made`.

    A pointer that is down is let go where that does nothing: a card at its place in the hand, a swipe where it began,
    a button beside it. A card that was tapped or waits for its direction and an operator that is selected are put back
    by a tap on an empty spot.
    """
    presses = [step for step in made if isinstance(step, Press)]
    released = sum(isinstance(step, Release) for step in made)
    back: list[Step] = []
    if len(presses) > released:
        x, y = (
            presses[-1] if isinstance(gesture, Deploy | Swipe | TapCard) else _pixel(geometry.profile.points["clear"])
        )
        back += [Move(x, y), Wait(QUICK), Release()]
    of_a_card = isinstance(gesture, Deploy | TapCard) and bool(presses) and released <= 1
    if of_a_card or (isinstance(gesture, UseSkill | Retreat) and released == 1):
        back += _tap(geometry.profile.points["clear"], Timing(hold=QUICK, rest=0.0))
    return back


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

    `clock` is the client's, in seconds; `thread` runs the pointer; `pass_time` lets seconds pass in a game in lock-step
    (without it time passes by itself). A gesture that was asked for before the gate was shut is never made, not even
    once the gate is open again.
    """

    def __init__(
        self,
        pointer: Pointer,
        geometry: Callable[[], Geometry],
        inbox: Inbox,
        clock: Callable[[], float],
        thread: Executor,
        pass_time: Callable[[float], None] | None = None,
    ) -> None:
        self._pointer = pointer
        self._geometry = geometry
        self._inbox = inbox
        self._clock = clock
        self._thread = thread
        self._pass_time = pass_time
        self._queue: asyncio.Queue[tuple[Gesture, int]] = inbox.queue()
        self._shut_count = 0
        self._shut = asyncio.Event()
        """Set while no input may leave."""
        self._idle = asyncio.Event()
        """Set while no gesture is under way."""
        self._idle.set()
        self.made: Counter[str] = Counter()
        """How many gestures of each kind were made."""

    @property
    def open(self) -> bool:
        """Whether input may leave."""
        return not self._shut.is_set()

    def make(self, gesture: Gesture) -> None:
        """Have a gesture made after those asked for before it."""
        self._queue.put_nowait((gesture, self._shut_count))

    async def run(self) -> None:
        """Make gestures until cancelled; then the pointer is released."""
        try:
            while True:
                gesture, shut_count = await self._next()
                with self._inbox.pending():
                    self._idle.clear()
                    try:
                        failure = await self._attempt(gesture, shut_count)
                    finally:
                        self._idle.set()
                    await self._answer(gesture, failure)
        finally:
            self._shut.set()

    async def shut(self, last_tap: str | None = None) -> None:
        """Let no input leave. Before this returns, a gesture under way is broken off and taken back, and the point
        `last_tap` of the profile, if any, is tapped.
        """
        self._shut.set()
        self._shut_count += 1
        await self._idle.wait()
        if last_tap is None:
            return
        try:
            for step in _tap(self._geometry().profile.points[last_tap], Timing(hold=QUICK, rest=0.0)):
                await self._take(step)
        except PointerError as error:
            log.logger().warning("gesture_failed", kind="tap", reason="pause the game", error=str(error))
        finally:
            await asyncio.shield(self._in_thread(self._pointer.release))

    def unshut(self) -> None:
        """Let input leave again."""
        self._shut.clear()

    async def _next(self) -> tuple[Gesture, int]:
        """The next gesture to make. While there is none, a person who takes the pointer is noticed."""
        while self._pass_time is None and self._queue.empty():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(IDLE_CHECK):
                    return await self._queue.get()
            if self.open:
                await self._check()
        return await self._queue.get()

    async def _check(self) -> None:
        """Report it when a person has taken the pointer."""
        try:
            await self._in_thread(self._pointer.check)
        except MissedError:
            return  # it cannot be touched now, which no person did
        except PointerError as error:
            await self._inbox.put(PartFailed(t=self._clock(), part="hands", why=str(error)))

    async def _attempt(self, gesture: Gesture, shut_count: int) -> HoldfastError | None:
        """Take the steps of one gesture; returns the error that broke it off, if any. The gate is checked before each
        input: what is left after the last one is waiting, and the gesture has been made.
        """
        todo = steps(gesture, self._geometry())
        inputs = max(number for number, step in enumerate(todo) if not isinstance(step, Wait))
        try:
            for number, step in enumerate(todo[: inputs + 1]):
                if not self.open or shut_count != self._shut_count:
                    return await self._break_off(gesture, todo[:number])
                await self._take(step)
            for rest in todo[inputs + 1 :]:
                await self._take(rest)
        except PointerError as error:
            return error
        finally:
            await asyncio.shield(self._in_thread(self._pointer.release))
        return None

    async def _break_off(self, gesture: Gesture, made: Sequence[Step]) -> GateShutError:
        """Take back what was made of a gesture."""
        for step in undo(gesture, self._geometry(), made):
            await self._take(step)
        return GateShutError("the gate is shut")

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
        if not isinstance(failure, GateShutError | MissedError):
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
                await self._wait(seconds)

    async def _wait(self, seconds: float) -> None:
        """Let time pass in the game. A wait in a gesture under way ends when the gate is shut."""
        if self._pass_time is not None:
            await self._in_thread(self._pass_time, seconds)
        elif self.open:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._shut.wait()
        else:
            await asyncio.sleep(seconds)

    async def _in_thread(self, call: Callable[..., None], *arguments: float) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, call, *arguments)


def _kind(gesture: Gesture) -> str:
    """A gesture's name: tap, deploy, …"""
    return str(gesture.__struct_config__.tag)


def _aim(gesture: Gesture) -> dict[str, Any]:
    """What a gesture is aimed at: its own fields."""
    return {name: getattr(gesture, name) for name in gesture.__struct_fields__ if name not in ("id", "why")}
