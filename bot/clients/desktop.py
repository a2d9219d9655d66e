"""A game on the desktop, in a rectangle or a window: its client area is read by `mss` and touched by `pyautogui`."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import cv2
import mss
import numpy as np

from bot.clients.bounded import BoundedThread
from bot.clients.client import Client, MissedError, PointerError, Threads
from bot.clients.coded_stage import check_code
from bot.clients.x11 import WindowError, allow_no_authority
from bot.config import Config, ConfigError, ScreenOptions
from game.characters.models import Operator
from game.levels.stage import Stage
from vision.capture import CaptureError, Frame, Image
from vision.client_area import Area

if TYPE_CHECKING:
    from bot.clients.titled_window import TitledWindow

MOVED = 10
"""Pixels of the desktop by which the mouse must be elsewhere than the bot left it for a person to have moved it."""
CORNER = "paused by a person: the mouse was pushed into a corner of the screen"
ANSWER_SECONDS = 10.0
"""How long the display may take to answer one call."""
ALIKE = 0.01
"""Share by which the shape of a resized window may differ from the one it had."""
_ADVICE = "start the game on an X11 display that DISPLAY names (Wayland cannot be read), and check the region"


def make_client(config: Config, stage: Stage, _squad: tuple[Operator, ...]) -> Client:
    """The window or region of the desktop that the configuration names; screen and pointer have a thread each.

    Raises ConfigError where no table gives the stage's code, WindowError or CaptureError where the window is not found.
    """
    check_code(stage)
    area, title = client_area(config.screen), config.screen.title
    return Client(
        screen=DesktopScreen(area, title),
        pointer=DesktopPointer(area, title, yields=config.control.yield_to_mouse),
        clock=time.monotonic,
        threads=Threads(ThreadPoolExecutor(1, "capture"), ThreadPoolExecutor(1, "pointer")),
        size=(area.width, area.height),
    )


def check(config: Config) -> str:
    """Read the window or region once. Raises CaptureError when there is no display, or the region is not on it, and
    WindowError where the window is not found.
    """
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        raise CaptureError("DISPLAY is not set; start Holdfast in a desktop session on X11")
    area, title = client_area(config.screen), config.screen.title
    DesktopScreen(area, title).grab()
    return f'the window "{title}" is at {tuple(area)} and can be read' if title else f"region {tuple(area)} can be read"


def client_area(options: ScreenOptions) -> Area:
    """Where the client area is on the desktop now: the region, or that of the window with the title.

    Raises WindowError where no window, or more than one, has the title, CaptureError without a display.
    """
    if not options.title:
        return Area(*options.region)
    window = _titled(options.title)
    try:
        return window.area()
    except WindowError:
        raise
    except Exception as error:  # noqa: BLE001 - Xlib has errors of many kinds
        raise CaptureError(f"windows cannot be found: {_one_line(error)}; {_ADVICE}") from None
    finally:
        window.close()


class DesktopScreen:
    """A rectangle of the desktop: the game's client area as (x, y, width, height), without the title bar.

    With a `title` it is that window's, wherever it is moved to; the picture of a resized window is scaled to the size
    that it had. The connection to the display is made by the first grab, and made anew after a display that was
    gone. It belongs to one thread, and a display that does not answer is not waited for longer than `ANSWER_SECONDS`.
    """

    def __init__(self, area: tuple[int, int, int, int], title: str = "") -> None:
        self._area = Area(*area)
        self._window = _titled(title) if title else None
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
        except WindowError as error:
            raise CaptureError(str(error)) from None
        except Exception as error:  # noqa: BLE001 - mss has assertions, too, for a connection that is gone
            raise CaptureError(
                f"cannot read the screen at {tuple(self._area)}: {_one_line(error)}; {_ADVICE}"
            ) from None
        return Frame(image, t, taken)

    def _read(self) -> Image:
        """The pixels, in the thread that has the connection; an error ends the connection."""
        size = self._area.width, self._area.height
        area = _followed(self._window, size) if self._window else self._area
        try:
            if self._display is None:
                self._display = mss.MSS()
            shot = self._display.grab({"left": area.x, "top": area.y, "width": area.width, "height": area.height})
        except Exception:
            broken, self._display = self._display, None
            with contextlib.suppress(Exception):
                if broken is not None:
                    broken.close()
            raise
        # mss hands out BGRA; this is the one copy a frame costs, made after the crop.
        pixels = np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4)
        image = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGRA2BGR), dtype=np.uint8)
        return Area(0, 0, shot.width, shot.height).picture(image, size)

    def hold(self, held: bool) -> None:
        """Do nothing: a game on the desktop keeps its own clock."""


class DesktopPointer:
    """The mouse. `pyautogui` is imported by the first call, because the import connects to the display.

    `area` is the client area on the desktop as (x, y, width, height) in pixels. With a `title` it is followed as that
    window is moved and resized, and a gesture under way meanwhile is broken off. When a person pushes the mouse into a
    corner of the screen, the next press, move or check raises PointerError (pyautogui's fail-safe); with `yields` also
    when a person has moved it. A display that is gone or does not answer is no person: MissedError, and the next call
    connects again.
    """

    def __init__(self, area: tuple[int, int, int, int], title: str = "", *, yields: bool = False) -> None:
        self._area = Area(*area)
        """The client area as it was when the button went down last."""
        self._size = self._area.width, self._area.height
        self._window = _titled(title) if title else None
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
        return found[0][0] - self._area.x, found[0][1] - self._area.y

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
        except WindowError as error:
            raise MissedError(str(error)) from None
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
        self._follow()
        pixel = self._area.pixel(x, y, self._size)
        try:
            getattr(mouse, function)(*pixel, _pause=False)
        except mouse.FailSafeException:
            raise PointerError(CORNER) from None
        self._left_at = pixel

    def _follow(self) -> None:
        """Take over where the window is. Raises MissedError when it was moved while the button is down."""
        if self._window is None:
            return
        area = _followed(self._window, self._size)
        if self._down and area != self._area:
            raise MissedError("the window moved during the gesture")
        self._area = area

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
        allow_no_authority()
        try:
            with contextlib.redirect_stdout(sys.stderr):  # Xlib's warnings do not belong on standard output
                import pyautogui
        except Exception as error:  # noqa: BLE001 - KeyError without DISPLAY, Xlib's own without a server
            raise MissedError(f"no mouse to move: {type(error).__name__}: {error}; is DISPLAY set?") from None
        pyautogui.PAUSE = 0
        self._mouse = pyautogui
        return pyautogui


def _titled(title: str) -> TitledWindow:
    """The window with a title. Raises ConfigError where there is no library for it: only X11 has one."""
    try:
        from bot.clients.titled_window import TitledWindow as Window
    except ImportError:
        raise ConfigError("screen.title: works on X11 only; leave it empty and set [screen] region") from None
    return Window(title)


def _followed(window: TitledWindow, size: tuple[int, int]) -> Area:
    """Where a window is that was of `size` (width, height). Raises WindowError where it has another shape now."""
    area = window.area()
    if abs(area.width * size[1] - area.height * size[0]) > ALIKE * area.width * size[1]:
        now, then = f"{area.width}x{area.height}", f"{size[0]}x{size[1]}"
        raise WindowError(f"the window is {now} now and was {then}: give it that shape again, or start anew")
    return area


def _one_line(error: Exception) -> str:
    """The first line of an error's text, for messages that are one line themselves."""
    return (str(error).splitlines() or [type(error).__name__])[0]
