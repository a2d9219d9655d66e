"""What is written down about a fault."""

from __future__ import annotations

import json

import cv2
import numpy as np

from bot.fault_dump import KEPT, dump
from vision.capture import Frame


def test_a_dump_holds_the_frames_and_what_was_known(tmp_path):
    """A user who looks for the cause finds the pictures as they were and the machine's state beside them."""
    image = np.full((4, 6, 3), 77, np.uint8)
    folder = dump(
        tmp_path,
        "20260101",
        [Frame(image, 1.5), Frame(image, 2.0)],
        {"machine": {"state": "fault"}, "q": np.float32(1)},
    )
    pictures = sorted(folder.glob("*.png"))
    assert [picture.name for picture in pictures] == ["frame_00_1.50.png", "frame_01_2.00.png"]
    assert np.array_equal(cv2.imread(str(pictures[0])), image)
    assert json.loads((folder / "known.json").read_text()) == {"machine": {"state": "fault"}, "q": 1.0}


def test_dumps_do_not_fill_the_disk(tmp_path):
    """A fault that comes back every minute for weeks leaves the newest few."""
    for number in range(KEPT + 5):
        dump(tmp_path, f"{number:04}", [], {})
    assert [folder.name for folder in sorted(tmp_path.iterdir())] == [f"{number:04}" for number in range(5, KEPT + 5)]
