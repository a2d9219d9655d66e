"""The pointer goes where the client area went, and never to where it was."""

from __future__ import annotations

import pytest

from bot.clients.client import MissedError
from bot.clients.following import FollowingPointer
from vision.client_area import Area

SIZE = (1280, 720)


class Notes:
    """A pointer that notes what it is told."""

    def __init__(self) -> None:
        self.said = []

    def press(self, x, y):
        """Note it."""
        self.said.append(("press", x, y))

    def move(self, x, y):
        """Note it."""
        self.said.append(("move", x, y))

    def release(self):
        """Note it."""
        self.said.append(("release",))

    def check(self):
        """No person takes it."""


def test_pixels_of_the_client_area_become_those_of_the_frame():
    """Moved by (100, 50) and half as large."""
    notes = Notes()
    pointer = FollowingPointer(notes, lambda: Area(100, 50, 640, 360), SIZE)
    pointer.press(640, 360)
    pointer.move(1280, 720)
    pointer.release()
    assert notes.said == [("press", 420, 230), ("move", 740, 410), ("release",)]


def test_a_drag_is_broken_off_when_the_area_moves():
    """A card is not dropped on another tile."""
    areas = [Area(0, 0, *SIZE), Area(100, 0, *SIZE)]
    notes = Notes()
    pointer = FollowingPointer(notes, lambda: areas[0], SIZE)
    pointer.press(10, 10)
    areas.pop(0)
    with pytest.raises(MissedError):
        pointer.move(20, 20)
    pointer.release()
    assert notes.said == [("press", 10, 10), ("release",)]


def test_nothing_is_touched_while_the_area_is_out_of_sight():
    """What lies there may be another program."""
    notes = Notes()
    pointer = FollowingPointer(notes, lambda: None, SIZE)
    with pytest.raises(MissedError):
        pointer.press(10, 10)
    assert notes.said == []
