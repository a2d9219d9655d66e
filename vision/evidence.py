"""The last frames before a fault: the newest as they were, the ones before them small and compressed.

Sixty whole frames of 1280x720 would take 166 MB. Measured on a frame of a battle: 8 whole frames take 22 MB, 52 small
ones 2.5 MB, and making one of those takes 2 ms (a whole frame as JPEG 5 ms, as PNG 24 ms).
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

import cv2

from vision.capture import Frame

WHOLE = 8
"""Frames that are kept as they were."""
SMALL = 52
"""Frames before those, at half the width and height, as JPEG."""
SECONDS = 0.5
"""Least time between two frames that are kept: together they show half a minute."""
QUALITY = 90
"""Of the JPEG, in percent."""


class SmallFrame(NamedTuple):
    """A frame at half its width and height, as JPEG, at time `t` (seconds of the loop's clock)."""

    jpeg: bytes
    t: float


class Evidence:
    """Keeps frames for the evidence of a fault. One thread adds; another may ask for them meanwhile."""

    def __init__(self) -> None:
        self.whole: deque[Frame] = deque(maxlen=WHOLE)
        """The newest frames, as they were."""
        self._small: deque[SmallFrame] = deque(maxlen=SMALL)

    def add(self, frame: Frame) -> None:
        """Keep a frame, unless the last one was kept a moment ago."""
        if self.whole and frame.t - self.whole[-1].t < SECONDS:
            return
        if len(self.whole) == WHOLE:
            self._small.append(shrunk(self.whole[0]))
        self.whole.append(frame)

    def frames(self) -> list[SmallFrame | Frame]:
        """All frames that are kept, oldest first. Copying a deque cannot be interrupted by another thread."""
        return [*self._small.copy(), *self.whole.copy()]


def shrunk(frame: Frame) -> SmallFrame:
    """A frame at half its width and height, as JPEG."""
    small = cv2.resize(frame.image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return SmallFrame(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes(), frame.t)
