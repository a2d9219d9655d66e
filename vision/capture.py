"""What a picture of the game is, and what it takes to be a screen that such pictures come from."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from game.errors import HoldfastError

Image = NDArray[np.uint8]
"""Height x width x 3, BGR."""


class CaptureError(HoldfastError):
    """The screen cannot be read. The message says what to do about it."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of the game, BGR, at time `t` (seconds of the client's clock). Its pixels are never changed."""

    image: Image
    t: float
    taken: float = field(default_factory=time.perf_counter)
    """When the grab began, on `time.perf_counter`: for latency figures only, never for decisions."""


class Screen(Protocol):
    """A source of frames."""

    def grab(self) -> Frame:
        """The picture as it is now. Raises CaptureError when there is none to be had."""

    def hold(self, held: bool) -> None:
        """Stop the game's clock where the client owns it, so that grabbing is only looking; elsewhere do nothing."""
