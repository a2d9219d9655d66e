"""Where frames come from: a rectangle of the desktop, or the practice game drawn off-screen."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import cv2
import mss
import numpy as np
from mss.exception import ScreenShotError
from numpy.typing import NDArray

from game.errors import HoldfastError

if TYPE_CHECKING:  # whoever plays on the desktop needs no practice game
    from game.practice.app import PracticeGame

Image = NDArray[np.uint8]


class CaptureError(HoldfastError):
    """The screen cannot be read. The message says what to do about it."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of the game, BGR, on which nobody draws again, at time `t` (seconds of the loop's clock)."""

    image: Image
    t: float
    taken: float = field(default_factory=time.perf_counter)
    """When the grab began, on `time.perf_counter`: for latency figures only, never for decisions."""


class Screen(Protocol):
    """Anything that can be looked at."""

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of every frame."""

    def grab(self) -> Frame:
        """The picture as it is now. Raises CaptureError when there is none to be had."""

    def hold(self, held: bool) -> None:
        """Stop the game's clock where we own it, so that grabbing is only looking; elsewhere this does nothing."""


class DesktopScreen:
    """A rectangle of the desktop, by `mss`: the game's client area as (x, y, width, height), no title bar in it.

    The connection to the display is made by the first grab and belongs to the thread that makes it.
    """

    def __init__(self, region: tuple[int, int, int, int]) -> None:
        left, top, width, height = region
        self.size = (width, height)
        self._area = {"left": left, "top": top, "width": width, "height": height}
        self._display: mss.MSS | None = None

    def grab(self) -> Frame:
        """The picture inside the rectangle, at the time of the monotonic clock (which asyncio's loop shows too)."""
        taken = time.perf_counter()
        t = time.monotonic()
        try:
            if self._display is None:
                self._display = mss.MSS()
            shot = self._display.grab(self._area)
        except ScreenShotError as error:
            self._display = None
            raise CaptureError(f"cannot read the screen at {self._area}: {_one_line(error)}; {_ADVICE}") from None
        # mss hands out BGRA; this is the one copy a frame costs, made after the crop.
        image = cv2.cvtColor(np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4), cv2.COLOR_BGRA2BGR)
        return Frame(image, t, taken)  # type: ignore[arg-type]

    def hold(self, held: bool) -> None:
        """Nothing: the desktop's game keeps its own clock."""


class PracticeScreen:
    """The practice game off-screen, in lock-step: every grab lets `step` seconds pass in the game, then draws it."""

    def __init__(self, game: PracticeGame, step: float) -> None:
        self.size = game.size
        self._game = game
        self._step = step
        self._held = False

    def grab(self) -> Frame:
        """The game one step later, or as it stands while it is held."""
        taken = time.perf_counter()
        if not self._held:
            self._game.advance(self._step)
        return Frame(self._game.draw(), self._game.time, taken)

    def hold(self, held: bool) -> None:
        """Let the game's clock stand still, or go on. A held game can still be looked at and touched."""
        self._held = held


_ADVICE = "start the game on an X11 display that DISPLAY names (Wayland cannot be read), and check the region"


def _one_line(error: Exception) -> str:
    """The first line of an error's text, for messages that are one line themselves."""
    return (str(error).splitlines() or [type(error).__name__])[0]
