"""The night's report: what it takes from the log, and how it reads."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import cv2
import numpy as np
import pytest

from bot.report import NightReport, drawing, markdown, report_of, write


def line(minute: int, event: str, **fields):
    """A log line, so many minutes after ten in the evening."""
    hour, minute = divmod(22 * 60 + minute, 60)
    return {"time": f"2026-03-{4 + hour // 24:02}T{hour % 24:02}:{minute:02}:00+0100", "event": event, **fields}


def night(folder=""):
    """Two stages: 30 battles won, then 10 lost, a fault with its evidence, and one that needed a person."""
    yield line(0, "started", stage="first_watch")
    for number in range(30):
        yield line(number + 1, "battle", outcome="won", stars=3, win_rate_last_20=1.0)
    yield line(31, "screen", screen="connection_lost")
    yield line(32, "started", stage="two_roads")
    for number in range(30):
        won = number < 20
        rate = 1.0 if won else 1 - (number - 19) / 20
        yield line(number + 40, "battle", outcome="won" if won else "lost", stars=3 * won, win_rate_last_20=rate)
    yield line(80, "state", state="paused")
    yield line(118, "dump", why="no known screen", folder=folder)
    yield line(118, "need_human", why="no known screen")
    yield line(125, "need_human", why="the client wants an update")


def test_battles_are_counted_for_each_stage():
    """The stage is that of the run a battle belongs to."""
    report = report_of(night())
    assert [(name, count.battles, count.won, count.stars) for name, count in report.stages.items()] == [
        ("first_watch", 30, 30, 90), ("two_roads", 30, 20, 60),
    ]  # fmt: skip
    assert (report.battles, report.won, report.runs, report.disconnections, report.pauses) == (60, 50, 2, 1, 1)


def test_a_drop_of_the_win_rate_is_named_once_for_each_quarter():
    """From 100 % to 75 %, then to 50 %; what a run's first 19 battles say means nothing yet."""
    drops = [(high, low) for _, high, low in report_of(night()).drops]
    assert drops == [(1.0, 0.75), (0.75, 0.5)]


def test_a_fault_and_its_call_for_a_person_are_one():
    """The evidence stays with it."""
    faults = [(fault.why, fault.folder) for fault in report_of(night("faults/a")).faults]
    assert faults == [("no known screen", "faults/a"), ("the client wants an update", "")]


def test_only_the_hours_asked_for_count_and_earlier_lines_tell_the_stage():
    """A run that began in the evening is reported in the morning."""
    report = report_of(night(), datetime.fromisoformat("2026-03-04T23:00:00+01:00"))
    assert list(report.stages) == ["two_roads"]
    assert report.battles == 10
    assert report.runs == 0
    assert report.start == "2026-03-04T23:00:00+0100"


def test_an_empty_log_and_broken_lines_give_an_empty_report():
    """A line without a time or with strange fields is no reason to have no report."""
    assert report_of([]).end == ""
    report = report_of([{"event": 3}, {}, {"event": "battle"}, {"event": "dump"}])
    assert (report.battles, len(report.faults)) == (1, 1)


@pytest.fixture
def evidence(tmp_path):
    """A fault's folder with two frames."""
    folder = tmp_path / "faults" / "20260304-2258"
    folder.mkdir(parents=True)
    for number in (7, 8):
        cv2.imwrite(str(folder / f"frame_{number:02}_1.00.png"), np.zeros((9, 16, 3), np.uint8))
    return folder


def test_the_report_reads_well_and_shows_the_last_frame_before_a_fault(evidence, tmp_path):
    """Its links start where it is written, and the drawing lies beside it."""
    file = write(report_of(night(str(evidence))), tmp_path / "reports")
    text = file.read_text(encoding="utf-8")
    assert file.name == "202603050005.md"
    assert "# 2026-03-04 22:00 to 2026-03-05 00:05\n\n60 battles, 50 won (83%)\n" in text
    assert "| two_roads | 30 | 20 | 60 |" in text
    assert "the win rate fell from 100% to 75%" in text
    assert "- 23:58: no known screen\n  ![the last frame before it](../faults/20260304-2258/frame_08_1.00.png)" in text
    assert (tmp_path / "reports" / "../faults/20260304-2258/frame_08_1.00.png").is_file()
    drawing = cv2.imread(str(tmp_path / "reports" / "202603050005.png"))
    assert drawing is not None
    assert json.loads(file.with_suffix(".json").read_bytes())["battles"] == 60
    assert markdown(report_of(night()), tmp_path).count("frame_") == 0


@pytest.mark.parametrize("seconds", [0.1, 4, 30, 240])
def test_no_two_times_of_the_drawing_read_the_same(seconds):
    """Twenty battles of a few seconds as well as a night of them."""
    begin = datetime.fromisoformat("2026-03-04T22:00:07+01:00")
    rates = [((begin + timedelta(seconds=seconds * number)).isoformat(), 0.5) for number in range(100)]
    axes = drawing(NightReport(start=rates[0][0], end=rates[-1][0], rates=rates)).axes[0]
    labels = [label.get_text() for label in axes.get_xticklabels()]
    assert len(set(labels)) == len(labels) > 2
