"""`holdfast read`: what is to be read on pictures."""

from __future__ import annotations

import json

from bot.cli import main


def test_a_picture_that_is_none_is_one_line(capsys, tmp_path):
    """A text file is not a frame."""
    file = tmp_path / "frame.png"
    file.write_text("hello", encoding="utf-8")
    assert main(["read", str(file), "--profile", "arknights-cn", "--json"]) == 2
    told = capsys.readouterr()
    assert "error" in json.loads(told.out)
    assert told.err.count("\n") == 1
