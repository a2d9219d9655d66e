"""The pointer that goes where the client area goes: pixels of the client area become those of the client's frames."""

from __future__ import annotations

from collections.abc import Callable

from bot.clients.client import MissedError, Pointer
from vision.client_area import Area


class FollowingPointer:
    """A client's pointer, for gestures in pixels of the client area at its usual `size` (width, height).

    `area` tells where the client area is now, or None while a part of it is out of sight. A gesture under way when that
    changes is broken off rather than ended elsewhere.
    """

    def __init__(self, pointer: Pointer, area: Callable[[], Area | None], size: tuple[int, int]) -> None:
        self._pointer = pointer
        self._area = area
        self._size = size
        self._pressed: Area | None = None
        """Where the client area was when the pointer went down."""

    def press(self, x: int, y: int) -> None:
        """Put the pointer down. Raises MissedError while a part of the client area is out of sight."""
        area = self._here()
        self._pressed = area
        self._pointer.press(*area.pixel(x, y, self._size))

    def move(self, x: int, y: int) -> None:
        """Move it. Raises MissedError when the client area is no longer where the pointer went down."""
        area = self._here()
        if self._pressed is not None and area != self._pressed:
            raise MissedError("the client area moved during the gesture")
        self._pointer.move(*area.pixel(x, y, self._size))

    def release(self) -> None:
        """Let it go where it is."""
        self._pressed = None
        self._pointer.release()

    def check(self) -> None:
        """Raise PointerError when a person has taken the pointer."""
        self._pointer.check()

    def _here(self) -> Area:
        area = self._area()
        if area is None:
            raise MissedError("a part of the client area is out of sight")
        return area
