"""A displaced window is seen where it is."""

from __future__ import annotations

import numpy as np
import pytest

from game.practice.placement import WindowPlacement, displaced


@pytest.mark.parametrize(
    ("place", "at"),
    [(WindowPlacement(3, -2), (7, 8)), (WindowPlacement(factor=0.5), (2, 5)), (WindowPlacement(1, 2, 2.0), (9, 22))],
)
def test_a_pixel_moves_and_grows_with_its_window(place, at):
    """Where the window no longer is, the picture is black."""
    frame = np.zeros((40, 40, 3), np.uint8)
    frame[10, 4] = 200
    assert displaced(frame, place)[at[1], at[0]].tolist() == [200] * 3
    assert not displaced(np.full_like(frame, 9), WindowPlacement(10, 0))[:, :10].any()
