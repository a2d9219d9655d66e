"""A frame knows its time."""

from __future__ import annotations

import time

import numpy as np

from vision.capture import Frame


def test_a_frame_knows_when_its_grab_began():
    """Latency is counted from the beginning of the grab, not from the first time it is asked for."""
    before = time.perf_counter()
    frame = Frame(np.zeros((2, 2, 3), np.uint8), 0.0)
    assert before <= frame.taken <= time.perf_counter()
