"""Files that verbs write: a path that cannot be written is reported before the work begins."""

from __future__ import annotations

import pytest

from bot.cli import main


@pytest.mark.parametrize(
    "arguments",
    [
        ["generate", "--difficulty", "9", "--out", "level.json"],
        ["generate", "--out", "nowhere/level.json"],
        ["generate", "--out", "."],
        ["generate", "--out", "/proc/level.json"],
        ["generate", "--out", "level.json", "--plan", "/proc/plan.json"],
        ["generate", "--out", "level.json", "--plan", "./level.json"],
        ["practice", "--sheet", "sheet.jpg"],
        ["practice", "--sheet", "nowhere/sheet.png"],
        ["practice", "--sheet", "/proc/sheet.PNG"],
        ["train", "--stage", "first_watch", "--out", "/proc/learned"],
        ["train", "--stage", "first_watch", "--out", "/proc"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_written_is_said_before_the_work(capsys, tmp_path, monkeypatch, arguments):
    """In one line; and nothing is written, and no search or training begun."""
    for work in ("planning.generator.search", "game.practice.sheet.write_sheet", "learning.training.train"):
        monkeypatch.setattr(work, None)
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_there_is_not_harmed_before_there_is_another(tmp_path):
    """The check whether a file can be written does not change the file."""
    level = tmp_path / "level.json"
    level.write_text("mine", encoding="utf-8")
    assert main(["generate", "--difficulty", "9", "--out", str(level)]) == 2
    assert level.read_text(encoding="utf-8") == "mine"
