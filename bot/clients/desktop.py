"""A game in a window of the desktop: its client area is read by `mss` and touched with the mouse by `pyautogui`."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import mss
import numpy as np

from bot.clients.bounded import BoundedThread
from bot.clients.client import Client, MissedError, PointerError, Threads
from bot.config import Config, ConfigError
from game.characters.models import Operator
from game.levels.stage import Stage
from vision.capture import CaptureError, Frame, Image

MOVED = 10
"""Pixels of the desktop by which the mouse must be elsewhere than the bot left it for a person to have moved it."""
CORNER = "paused by a person: the mouse was pushed into a corner of the screen"
ANSWER_SECONDS = 10.0
"""How long the display may take to answer one call."""
_ADVICE = "start the game on an X11 display that DISPLAY names (Wayland cannot be read), and check the region"


def make_client(config: Config, stage: Stage, _squad: tuple[Operator, ...]) -> Client:
    """The region of the desktop that the configuration names; screen and pointer have a thread each.

    Raises ConfigError where no table gives the stage's code, by which its button is found on the map.
    """
    if stage.code == stage.name:
        known = "holdfast gamedata use FOLDER (or: gamedata update)"
        raise ConfigError(
            f"play.stage: no table of stages knows {stage.name}, so its button cannot be found on the map; run: {known}"
        )
    left, top, width, height = config.screen.region
    return Client(
        screen=DesktopScreen(config.screen.region),
        pointer=DesktopPointer((left, top), yields=config.control.yield_to_mouse),
        clock=time.monotonic,
        threads=Threads(ThreadPoolExecutor(1, "capture"), ThreadPoolExecutor(1, "pointer")),
        size=(width, height),
    )


def check(config: Config) -> str:
    """Read the region once. Raises CaptureError when there is no display, or the region is not on it."""
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        raise CaptureError("DISPLAY is not set; start Holdfast in a desktop session on X11")
    DesktopScreen(config.screen.region).grab()
    return f"region {config.screen.region} can be read"


class DesktopScreen:
    """A rectangle of the desktop: the game's client area as (x, y, width, height), without the title bar.

    The connection to the display is made by the first grab, and made anew after a display that was gone. It belongs to
    one thread, and a display that does not answer is not waited for longer than `ANSWER_SECONDS`.
    """

    def __init__(self, region: tuple[int, int, int, int]) -> None:
        left, top, width, height = region
        self._area = {"left": left, "top": top, "width": width, "height": height}
        self._display: mss.MSS | None = None
        self._thread = BoundedThread("display", ANSWER_SECONDS)

    def grab(self) -> Frame:
        """The picture inside the rectangle, with the time of `time.monotonic`.

        Raises CaptureError when the screen cannot be read.
        """
        taken = time.perf_counter()
        t = time.monotonic()
        try:
            image = self._thread.call(self._read)
        except TimeoutError:
            raise CaptureError(f"the display has not answered for {ANSWER_SECONDS:.0f} s; {_ADVICE}") from None
        except Exception as error:  # noqa: BLE001 - mss has assertions, too, for a connection that is gone
            raise CaptureError(f"cannot read the screen at {self._area}: {_one_line(error)}; {_ADVICE}") from None
        return Frame(image, t, taken)

    def _read(self) -> Image:
        """The pixels, in the thread that has the connection; an error ends the connection."""
        try:
            if self._display is None:
                self._display = mss.MSS()
            shot = self._display.grab(self._area)
        except Exception:
            broken, self._display = self._display, None
            with contextlib.suppress(Exception):
                if broken is not None:
                    broken.close()
            raise
        # mss hands out BGRA; this is the one copy a frame costs, made after the crop.
        pixels = np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4)
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGRA2BGR), dtype=np.uint8)

    def hold(self, held: bool) -> None:
        """Do nothing: a game on the desktop keeps its own clock."""


class DesktopPointer:
    """The mouse. `pyautogui` is imported by the first call, because the import connects to the display.

    `origin` is the (x, y) of the client area's upper left corner on the desktop, in pixels. When a person pushes the
    mouse into a corner of the screen, the next press, move or check raises PointerError (pyautogui's fail-safe); with
    `yields` also when a person has moved it. A display that is gone or does not answer is no person: MissedError, and
    the next call connects again.
    """

    def __init__(self, origin: tuple[int, int], *, yields: bool = False) -> None:
        self._origin = origin
        self._yields = yields
        self._mouse: Any = None
        self._gone = False
        """Whether the connection to the display must be made anew."""
        self._down = False
        self._left_at: tuple[int, int] | None = None
        """The pixel of the desktop where the bot left the mouse last; None when it has not moved it since a person
        did."""
        self._thread = BoundedThread("mouse", ANSWER_SECONDS)

    def press(self, x: int, y: int) -> None:
        """Put the button down."""
        self.release()  # one that could not be let go while the display did not answer
        self._call(lambda: self._touch("mouseDown", x, y))
        self._down = True

    def move(self, x: int, y: int) -> None:
        """Move the mouse."""
        self._call(lambda: self._touch("moveTo", x, y))

    def check(self) -> None:
        """Raise PointerError when a person holds the mouse in a corner or, with `yields`, has moved it."""
        if self._mouse is not None:
            self._call(self._check)

    def position(self) -> tuple[int, int]:
        """Where the mouse is, in pixels of the client area. Raises PointerError when it cannot be used."""
        found: list[tuple[int, int]] = []
        self._call(lambda: found.append(self._connected().position()))
        return found[0][0] - self._origin[0], found[0][1] - self._origin[1]

    def release(self) -> None:
        """Let the button go, even while a user holds the mouse in a corner; later, if there is no display now."""
        if not self._down:
            return
        with contextlib.suppress(PointerError):
            self._call(self._let_go)
            self._down = False

    def _call(self, function: Callable[[], None]) -> None:
        """Make a call to the display in the thread for it. Raises PointerError."""
        try:
            self._thread.call(function)
        except PointerError:
            raise
        except TimeoutError:
            self._down = True  # what was asked for may happen yet: let go before the next press
            raise MissedError(f"the display has not answered the mouse for {ANSWER_SECONDS:.0f} s") from None
        except Exception as error:  # noqa: BLE001 - Xlib has errors of many kinds for a connection that is gone
            self._gone, self._left_at = True, None
            raise MissedError(f"the display is gone: {type(error).__name__}: {_one_line(error)}") from None

    def _touch(self, function: str, x: int, y: int) -> None:
        """Call one of pyautogui's functions at a pixel of the client area."""
        mouse = self._connected()
        self._check()
        pixel = x + self._origin[0], y + self._origin[1]
        try:
            getattr(mouse, function)(*pixel, _pause=False)
        except mouse.FailSafeException:
            raise PointerError(CORNER) from None
        self._left_at = pixel

    def _check(self) -> None:
        """Raise PointerError when a person has taken the mouse."""
        mouse = self._connected()
        try:
            mouse.failSafeCheck()
        except mouse.FailSafeException:
            raise PointerError(CORNER) from None
        left_at, at = self._left_at, mouse.position()
        if self._yields and left_at is not None and max(abs(at.x - left_at[0]), abs(at.y - left_at[1])) > MOVED:
            self._left_at = None
            raise PointerError("paused by a person: the mouse was moved ([control] yield_to_mouse)")

    def _let_go(self) -> None:
        """Let the button go."""
        mouse = self._connected()
        mouse.FAILSAFE = False
        try:
            mouse.mouseUp(_pause=False)
        finally:
            mouse.FAILSAFE = True

    def _connected(self) -> Any:
        """Pyautogui with a connection to the display, which its module for the platform makes when it is loaded."""
        mouse = self._mouse or self._open()
        if self._gone:
            with contextlib.redirect_stdout(sys.stderr):  # as for the import
                importlib.reload(mouse.platformModule)
            self._gone = False
        return mouse

    def _open(self) -> Any:
        """Import pyautogui, which needs a display and, on X11, an authority file, which may be empty."""
        if "XAUTHORITY" not in os.environ and not (Path.home() / ".Xauthority").exists():
            empty = Path(tempfile.gettempdir()) / "holdfast.Xauthority"
            empty.touch()
            os.environ["XAUTHORITY"] = str(empty)
        try:
            with contextlib.redirect_stdout(sys.stderr):  # Xlib's warnings do not belong on standard output
                import pyautogui
        except Exception as error:  # noqa: BLE001 - KeyError without DISPLAY, Xlib's own without a server
            raise MissedError(f"no mouse to move: {type(error).__name__}: {error}; is DISPLAY set?") from None
        pyautogui.PAUSE = 0
        self._mouse = pyautogui
        return pyautogui


def _one_line(error: Exception) -> str:
    """The first line of an error's text, for messages that are one line themselves."""
    return (str(error).splitlines() or [type(error).__name__])[0]
