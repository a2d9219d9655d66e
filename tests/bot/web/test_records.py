"""What the page tells of the data directory: log, results, reports and faults."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import cv2
import numpy as np
import pytest
from web_side import page

from bot.web.records import Reports, battles, faults, inside, log_lines


def line(second: int, event: str = "decision", level: str = "info", **fields: object) -> str:
    """A line of the log, so many seconds after an hour ago."""
    when = datetime.now().astimezone() - timedelta(hours=1) + timedelta(seconds=second)
    return json.dumps({"time": when.isoformat(), "level": level, "event": event, **fields}, separators=(",", ":"))


@pytest.fixture
def data(tmp_path):
    """A data directory with a log in two files, of which one line is torn."""
    folder = tmp_path / "data"
    folder.mkdir()
    result = {"outcome": "won", "stars": 3, "win_rate_last_20": 1.0}
    old = [line(0, "started", stage="1-7"), *(line(n, "battle", number=n, **result) for n in range(1, 31))]
    new = [line(n, action=f"wait {n}") for n in range(31, 61)] + [line(61, "part_failed", "warning", part="learner")]
    (folder / "log.jsonl.1").write_text("\n".join(old) + "\n", encoding="utf-8")
    (folder / "log.jsonl").write_text("\n".join(new) + '\n{"torn', encoding="utf-8")
    return folder


def test_the_log_is_read_backwards_through_its_files(data):
    """Newest first, at most so many, torn lines left out."""
    assert [one["event"] for one in log_lines(data, most=2)] == ["part_failed", "decision"]
    assert [one["number"] for one in log_lines(data, event="battle", most=2)] == [30, 29]
    assert len(log_lines(data)) == 62


def test_the_log_is_filtered_by_level_event_and_text(data):
    """Each alone and together; the text in any case."""
    assert [one["part"] for one in log_lines(data, "warning")] == ["learner"]
    assert [one["action"] for one in log_lines(data, text="WAIT 4")] == [f"wait {n}" for n in range(49, 39, -1)]
    assert log_lines(data, "error") == log_lines(data, event="batt") == log_lines(data, event="battle", text="1x") == []


def test_results_come_oldest_first(data):
    """For the curves."""
    assert [one["number"] for one in battles(data)] == list(range(1, 31))
    assert battles(data / "nowhere") == []


def test_the_report_of_the_last_hours_is_made_once_in_a_while(data):
    """It has the win rates for a curve and the names of the written ones; a written one is read by its name only."""
    (data / "reports").mkdir()
    (data / "reports" / "202611270730.md").write_text("# a night", encoding="utf-8")
    (data / "reports" / "202611270730.json").write_text('{"battles": 7}', encoding="utf-8")
    reports = Reports(data)
    report = reports.of_last(24.0)
    assert (report["battles"], report["won"], len(report["rates"])) == (30, 30, 11)
    assert report["written"] == ["202611270730.md"]
    (data / "log.jsonl").unlink()
    assert reports.of_last(24.0)["battles"] == 30
    assert reports.written("202611270730.md") == "# a night"
    assert reports.written("202611270730.json") == '{"battles": 7}'
    assert reports.written("../log.jsonl.1") is None


def test_faults_come_newest_first_with_their_pictures_over_http(data):
    """A folder whose evidence is damaged is listed all the same."""
    for name, known in (("20261127-010000-000000", '{"why": "stuck", "machine": {"state": "fault"}}'), ("2026x", "{")):
        folder = data / "faults" / name
        folder.mkdir(parents=True)
        (folder / "known.json").write_text(known, encoding="utf-8")
        cv2.imwrite(str(folder / "frame_01_2.00.png"), np.zeros((4, 4, 3), np.uint8))
    assert [(one["name"], one["why"]) for one in faults(data / "faults")] == [
        ("2026x", ""), ("20261127-010000-000000", "stuck"),
    ]  # fmt: skip
    with page(data.parent) as browser:
        (_, fault) = browser.get("/api/faults").json
        answer = browser.get(f"/api/faults/{fault['name']}/{fault['pictures'][0]}")
        assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
        assert browser.get(f"/api/faults/{fault['name']}/known.json").status == 404


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/etc/passwd", "a\\b", "a\0b", "missing"])
def test_a_name_leads_to_a_file_of_the_folder_or_nowhere(tmp_path, name):
    """Whatever a caller sends."""
    (tmp_path / "there").write_text("x", encoding="utf-8")
    assert inside(tmp_path, name) is None
    assert inside(tmp_path, "there") == tmp_path / "there"
