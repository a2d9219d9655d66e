"""The last frames before a fault: half a minute of them, in little memory."""

from __future__ import annotations

import numpy as np

from vision.capture import Frame
from vision.evidence import SMALL, WHOLE, Evidence, SmallFrame


def test_half_a_minute_is_kept_in_little_memory():
    """Sixty frames in order, the newest as they were; the others take a small part of what they took."""
    evidence = Evidence()
    chance = np.random.default_rng(0)
    smooth = np.repeat(np.repeat(chance.integers(0, 255, (36, 64, 3), np.uint8), 20, axis=0), 20, axis=1)
    for number in range(200):
        evidence.add(Frame(smooth, number * 0.25))
    frames = evidence.frames()
    small = [frame for frame in frames if isinstance(frame, SmallFrame)]
    assert (len(small), len(frames)) == (SMALL, SMALL + WHOLE)
    times = [frame.t for frame in frames]
    assert times == sorted(times)
    assert times[-1] - times[0] >= 29
    assert isinstance(frames[-1], Frame)
    assert frames[-1].image is smooth
    assert sum(len(frame.jpeg) for frame in small) < 3 * smooth.nbytes


def test_no_frame_means_no_evidence():
    """A fault before the first frame."""
    assert Evidence().frames() == []
