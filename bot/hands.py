"""The hands: gestures as lists of small steps, a pointer that makes them, and a gate in front.

What a gesture consists of is data (`steps`), so where it taps can be tested without a screen. The gate is looked at
before every step: once `shut` has returned, nothing leaves.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from bot import log
from bot.inbox import Inbox
from game.actions import STEPS
from game.camera import Camera
from game.errors import HoldfastError
from game.levels.stage import Stage
from game.practice.app import PracticeGame
from states.commands import Deploy, Gesture, Retreat, Swipe, Tap, TapAt, UseSkill
from states.events import GestureDone, GestureFailed, PartFailed
from vision.profile import Profile

SWIPE = 220
"""Pixels at 720p a direction swipe is long; the game wants at least 200."""
STRIDE = 8
"""Steps of one drag: a pointer that jumps is not followed."""

Point = tuple[float, float]


class Press(NamedTuple):
    """Put the pointer down on a pixel of the client area."""

    x: int
    y: int


class Move(NamedTuple):
    """Take the pointer to a pixel of the client area."""

    x: int
    y: int


class Release(NamedTuple):
    """Let the pointer go where it is."""


class Wait(NamedTuple):
    """Let so many seconds pass."""

    seconds: float


Step = Press | Move | Release | Wait


class Timing(NamedTuple):
    """Seconds a press rests, a drag is on its way, and the game has to follow (bot.toml's [hands])."""

    hold: float = 0.1
    drag: float = 0.3
    rest: float = 0.3


class Geometry(NamedTuple):
    """Where things are: the user interface's points, the camera's tiles, and which tiles are high."""

    profile: Profile
    camera: Camera
    stage: Stage
    timing: Timing = Timing()

    def tile(self, row: int, col: int, *, tilted: bool) -> Point:
        """The pixel of a tile's middle, in the normal view or in the one while deploying."""
        return self.camera.pixel(row, col, bool(self.stage.high[row, col]), tilted)


def steps(gesture: Gesture, where: Geometry) -> list[Step]:
    """The steps a gesture consists of."""
    return list(_steps(gesture, where))


def _steps(gesture: Gesture, where: Geometry) -> Iterator[Step]:
    points, timing = where.profile.points, where.timing
    match gesture:
        case Tap():
            yield from _tap(points[gesture.point], timing)
        case TapAt():
            yield from _tap((gesture.x, gesture.y), timing)
        case Swipe():
            yield from _drag(points[gesture.start], points[gesture.end], timing)
        case Deploy():
            yield from _deploy(gesture, where)
        case UseSkill() | Retreat():
            yield from _select(gesture, where)
        case _:
            raise TypeError(f"the hands do not know {type(gesture).__name__}")


def _tap(at: Point, timing: Timing) -> Iterator[Step]:
    yield Press(*_pixel(at))
    yield Wait(timing.hold)
    yield Release()
    yield Wait(timing.rest)


def _drag(start: Point, end: Point, timing: Timing) -> Iterator[Step]:
    """Press, rest, go there in small steps, rest, let go, rest."""
    yield Press(*_pixel(start))
    yield Wait(timing.hold)
    for step in range(1, STRIDE + 1):
        share = step / STRIDE
        yield Move(*_pixel((start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)))
        yield Wait(timing.drag / STRIDE)
    yield Wait(timing.hold)
    yield Release()
    yield Wait(timing.rest)


def _deploy(gesture: Deploy, where: Geometry) -> Iterator[Step]:
    """Drag the card to the tile as the tilted view shows it, then swipe from there in the direction."""
    tile = where.tile(gesture.row, gesture.col, tilted=True)
    down, right = STEPS[gesture.direction]
    yield from _drag(where.profile.card_centre(gesture.card, gesture.cards), tile, where.timing)
    end = (tile[0] + right * SWIPE * where.profile.across, tile[1] + down * SWIPE * where.profile.down)
    yield from _drag(tile, end, where.timing)


def _select(gesture: UseSkill | Retreat, where: Geometry) -> Iterator[Step]:
    """Tap the operator where the normal view shows it, then the button that appears beside it."""
    row, col = gesture.row, gesture.col
    button = where.camera.skill_button if isinstance(gesture, UseSkill) else where.camera.retreat_button
    yield from _tap(where.tile(row, col, tilted=False), where.timing)
    yield from _tap(button(row, col, bool(where.stage.high[row, col])), where.timing)


def _pixel(point: Point) -> tuple[int, int]:
    return round(point[0]), round(point[1])


class HandsError(HoldfastError):
    """The pointer cannot be used. The message says why."""


class GateShutError(HandsError):
    """The gate was shut before the gesture ended."""


class Pointer(Protocol):
    """Something that touches the game. Calls may block; they all come from one thread."""

    def press(self, x: int, y: int) -> None:
        """Put the pointer down."""

    def move(self, x: int, y: int) -> None:
        """Take it somewhere, down or not."""

    def release(self) -> None:
        """Let it go where it is; never fails, and does nothing when it is not down."""

    def wait(self, seconds: float) -> None:
        """Let time pass."""


class PracticePointer:
    """Touches the off-screen practice game; waiting lets the game's own clock run."""

    def __init__(self, game: PracticeGame) -> None:
        self._game = game
        self._down: tuple[int, int] | None = None

    def press(self, x: int, y: int) -> None:
        """Put the pointer down."""
        self._down = (x, y)
        self._game.pointer_down(x, y)

    def move(self, x: int, y: int) -> None:
        """Take it somewhere."""
        if self._down:
            self._down = (x, y)
        self._game.pointer_move(x, y)

    def release(self) -> None:
        """Let it go."""
        if self._down:
            self._game.pointer_up(*self._down)
            self._down = None

    def wait(self, seconds: float) -> None:
        """Let the game go on for so long."""
        self._game.advance(seconds)


class DesktopPointer:
    """The mouse, by `pyautogui`, which is imported by the first call: it connects to the display there and then.

    `origin` is where the client area's corner lies on the desktop. Whoever throws the mouse into a corner of the screen
    takes it from us (pyautogui's fail-safe): HandsError.
    """

    def __init__(self, origin: tuple[int, int]) -> None:
        self._origin = origin
        self._mouse: Any = None
        self._down = False

    def press(self, x: int, y: int) -> None:
        """Put the button down."""
        self._do("mouseDown", x, y)
        self._down = True

    def move(self, x: int, y: int) -> None:
        """Take the mouse there."""
        self._do("moveTo", x, y)

    def release(self) -> None:
        """Let the button go, even while a person holds the mouse in a corner."""
        if not self._down:
            return
        self._down = False
        self._mouse.FAILSAFE = False
        try:
            self._mouse.mouseUp(_pause=False)
        finally:
            self._mouse.FAILSAFE = True

    def wait(self, seconds: float) -> None:
        """Sleep: the game keeps its own time."""
        time.sleep(seconds)

    def _do(self, what: str, x: int, y: int) -> None:
        """Call one of pyautogui's functions at a pixel of the client area."""
        mouse = self._mouse or self._open()
        try:
            getattr(mouse, what)(x + self._origin[0], y + self._origin[1], _pause=False)
        except mouse.FailSafeException:
            raise HandsError("paused by a person: the mouse was thrown into a corner of the screen") from None

    def _open(self) -> Any:
        """Import pyautogui, which needs a display and, on X11, an authority file, if only an empty one."""
        if "XAUTHORITY" not in os.environ and not (Path.home() / ".Xauthority").exists():
            empty = Path(tempfile.gettempdir()) / "holdfast.Xauthority"
            empty.touch()
            os.environ["XAUTHORITY"] = str(empty)
        try:
            with contextlib.redirect_stdout(sys.stderr):  # Xlib's warnings are not what was asked for
                import pyautogui
        except Exception as error:  # noqa: BLE001 - KeyError without DISPLAY, Xlib's own without a server
            raise HandsError(f"no mouse to move: {type(error).__name__}: {error}; is DISPLAY set?") from None
        pyautogui.PAUSE = 0
        self._mouse = pyautogui
        return pyautogui


class Hands:
    """Makes one gesture after the other, and answers each with `GestureDone` or `GestureFailed`.

    `now` is the loop's clock, `thread` runs the pointer (the practice game is touched in the thread that draws it).
    A gesture asked for before the gate was shut is never made after it was opened again.
    """

    def __init__(
        self,
        pointer: Pointer,
        where: Geometry,
        inbox: Inbox,
        now: Callable[[], float],
        thread: Executor,
    ) -> None:
        self._pointer = pointer
        self._where = where
        self._inbox = inbox
        self._now = now
        self._thread = thread
        self._queue: asyncio.Queue[tuple[Gesture, int]] = asyncio.Queue()
        self._shuttings = 0
        self._resting = asyncio.Event()
        self._resting.set()
        self.open = True
        """Whether input may leave."""
        self.made: Counter[str] = Counter()
        """How many gestures of each kind were made."""

    def make(self, gesture: Gesture) -> None:
        """Have a gesture made after those asked for before it."""
        self._inbox.begin()
        self._queue.put_nowait((gesture, self._shuttings))

    async def run(self) -> None:
        """Make gestures for ever. When this is cancelled the pointer is let go."""
        try:
            while True:
                gesture, shuttings = await self._queue.get()
                self._resting.clear()
                try:
                    failure = await self._attempt(gesture, shuttings)
                finally:
                    self._resting.set()
                await self._answer(gesture, failure)
                self._inbox.end()
        finally:
            self.open = False

    async def shut(self) -> None:
        """Let nothing leave any more. A gesture under way is broken off and the pointer let go before this returns."""
        self.open = False
        self._shuttings += 1
        await self._resting.wait()

    def unshut(self) -> None:
        """Let input leave again."""
        self.open = True

    async def _attempt(self, gesture: Gesture, shuttings: int) -> HandsError | None:
        """Take the steps of one gesture, looking at the gate before each; says what broke it off, if anything did."""
        try:
            for step in steps(gesture, self._where):
                if not self.open or shuttings != self._shuttings:
                    return GateShutError("the gate is shut")
                await self._take(step)
        except HandsError as error:
            return error
        finally:
            await asyncio.shield(self._in_thread(self._pointer.release))
        return None

    async def _answer(self, gesture: Gesture, failure: HandsError | None) -> None:
        """Say how a gesture went, in the log and as an event."""
        kind, t = _kind(gesture), self._now()
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
    """What a gesture is aimed at."""
    return {name: getattr(gesture, name) for name in gesture.__struct_fields__ if name not in ("id", "why")}
