"""Where the practice game's window stands on the desktop, and what is then visible at its original rectangle."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]


class WindowPlacement(NamedTuple):
    """The window's offset in pixels and its scale, both relative to the rectangle in which the game was opened."""

    right: float = 0.0
    down: float = 0.0
    factor: float = 1.0

    def inside(self, x: float, y: float) -> tuple[float, float]:
        """The game's own pixel under a pixel of the original rectangle."""
        return (x - self.right) / self.factor, (y - self.down) / self.factor


def displaced(frame: Image, placement: WindowPlacement) -> Image:
    """What the original rectangle shows of a displaced window: BGR, height x width x 3; black beside the window."""
    if placement == WindowPlacement():
        return frame
    height, width, _ = frame.shape
    across = np.floor((np.arange(width) - placement.right) / placement.factor).astype(np.int64)
    down = np.floor((np.arange(height) - placement.down) / placement.factor).astype(np.int64)
    seen = np.zeros_like(frame)
    right, below = (across >= 0) & (across < width), (down >= 0) & (down < height)
    seen[np.ix_(below, right)] = frame[np.ix_(down[below], across[right])]
    return seen
