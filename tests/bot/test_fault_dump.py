"""What is written down about a fault."""

from __future__ import annotations

import json

import cv2
import numpy as np

from bot import fault_dump
from bot.fault_dump import KEPT, dump
from vision.capture import Frame
from vision.evidence import shrunk


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


def test_dumps_are_bounded_by_their_size(tmp_path, monkeypatch):
    """The oldest go first; the newest stays however large it is."""
    monkeypatch.setattr(fault_dump, "MEGABYTES", 1)
    for number in range(4):
        dump(tmp_path, f"{number:04}", [], {"note": "x" * 400_000})
    assert [folder.name for folder in sorted(tmp_path.iterdir())] == ["0002", "0003"]
    dump(tmp_path, "0004", [], {"note": "x" * 2_000_000})
    assert [folder.name for folder in sorted(tmp_path.iterdir())] == ["0004"]


def test_small_frames_are_written_as_they_are(tmp_path):
    """Half as wide and high, as JPEG, in one order with the whole ones."""
    image = np.full((40, 60, 3), 77, np.uint8)
    folder = dump(tmp_path, "20260101", [shrunk(Frame(image, 1.0)), Frame(image, 1.5)], {})
    assert sorted(path.name for path in folder.glob("frame*")) == ["frame_00_1.00.jpg", "frame_01_1.50.png"]
    small = cv2.imread(str(folder / "frame_00_1.00.jpg"))
    assert small.shape == (20, 30, 3)
    assert abs(int(small.mean()) - 77) <= 1


def test_the_end_of_the_log_begins_with_a_whole_line(tmp_path):
    """However long the log is."""
    log = tmp_path / "log.jsonl"
    log.write_text("".join(f'{{"n": {number}}}\n' for number in range(50_000)), encoding="utf-8")
    folder = dump(tmp_path / "faults", "20260101", [], {}, log=log)
    lines = [json.loads(line)["n"] for line in (folder / "log.jsonl").read_text().splitlines()]
    assert lines == list(range(lines[0], 50_000))
    assert len(lines) > 5000
