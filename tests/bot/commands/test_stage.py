"""`holdfast stage`: what is in level files."""

from __future__ import annotations

import json

from bot.cli import main


def test_level_files_are_told_one_a_line(capsys, tmp_path):
    """A broken file among good ones gives one line of its own, and exit code 2."""
    broken = tmp_path / "broken.json"
    broken.write_text('{"mapData": {"map": [[0]]', encoding="utf-8")
    assert main(["stage", "first_watch", str(broken), "two_roads", "--json"]) == 2
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["file"] for line in lines] == ["first_watch", str(broken), "two_roads"]
    assert [("error" in line) for line in lines] == [False, True, False]
    assert {"height", "width", "options", "enemies", "routes", "unknown"} <= set(lines[0])
    assert main(["stage", "first_watch"]) == 0


def test_challenge_mode_of_a_level_is_told(capsys, hard):
    """The facts of the same file change with the runes of that mode; a level without them has no such mode."""
    assert main(["stage", str(hard)]) == 0
    assert "rules about operators" not in capsys.readouterr().out
    assert main(["stage", "--challenge", "two_roads", str(hard)]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert "two_roads.json: has no challenge mode" in lines[0]
    assert "rules about operators: 1" in lines[1]
