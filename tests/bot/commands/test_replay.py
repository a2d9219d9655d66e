"""`holdfast replay`: what is no trace is not replayed."""

from __future__ import annotations

import time

import cv2
import pytest
from recorded import WON

from bot.cli import main


def test_a_torn_or_missing_trace_is_one_line(capsys, tmp_path):
    """What is no trace is not replayed."""
    missing = tmp_path / "none.jsonl"
    assert main(["replay", str(missing)]) == 2
    garbage = tmp_path / "garbage.jsonl"
    garbage.write_text("hello\n", encoding="utf-8")
    assert main(["replay", str(garbage)]) == 2
    assert capsys.readouterr().err.count("\n") == 2


def test_a_run_is_shown_as_fast_as_asked(capsys):
    """Each event with its commands, at its time; then the replay's result."""
    began = time.monotonic()
    assert main(["replay", str(WON), "--speed", "100"]) == 0
    assert time.monotonic() - began >= 0.6  # 67.8 s of the run
    out = capsys.readouterr().out
    assert "-> deploy: " in out
    assert out.endswith(": identical\n")


@pytest.mark.parametrize("speed", ["0", "-1", "nan", "inf", "fast"])
def test_a_speed_is_a_number_above_0(capsys, speed):
    """One line otherwise."""
    with pytest.raises(SystemExit) as end:
        main(["replay", str(WON), "--speed", speed])
    assert end.value.code == 2
    assert "--speed" in capsys.readouterr().err


def test_a_run_is_drawn(capsys, tmp_path):
    """Pictures that differ, called by line and second; and a video of as many pictures."""
    pictures, video = tmp_path / "pictures", tmp_path / "run.mp4"
    command = ["replay", str(WON), "--frames", str(pictures), "--video", str(video), "--every", "5"]
    assert main(command) == 0
    assert "14 pictures" in capsys.readouterr().err
    files = sorted(pictures.iterdir())
    assert files[0].name == "000002_00000.00.png"
    drawn = [cv2.imread(str(file)) for file in files]
    assert {picture.shape for picture in drawn} == {(720, 1280, 3)}
    assert not (drawn[3] == drawn[9]).all()
    shown = cv2.VideoCapture(str(video))
    assert int(shown.get(cv2.CAP_PROP_FRAME_COUNT)) == len(files)


def test_pictures_that_cannot_be_written_are_refused(capsys, tmp_path):
    """A file where the folder should be; a folder that is not there."""
    (tmp_path / "file").write_text("")
    assert main(["replay", str(WON), "--frames", str(tmp_path / "file" / "x")]) == 2
    assert main(["replay", str(WON), "--video", str(tmp_path / "no" / "x.mp4")]) == 2
    assert capsys.readouterr().err.count("cannot be written") == 2
