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


def test_a_summary_counts_whole_levels_by_chapter(capsys, reference):
    """Of folders and files; without tables most enemies of later chapters are stand-ins."""
    assert main(["stage", "--summary", str(reference / "levels" / "level_main_00-01.json"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["whole"] == {"chapter 0": {"whole": 1, "levels": 1}}
    assert found["missing"] == []
    assert main(["stage", "--summary", str(reference / "levels" / "level_lt01_01.json")]) == 0
    said = capsys.readouterr().out
    assert said.startswith("0 of 1 levels are whole\n  lt01: 0 of 1\nmissing, by kind: ")
    assert main(["stage", "--summary", "nowhere"]) == 2
