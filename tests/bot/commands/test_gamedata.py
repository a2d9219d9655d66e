"""`holdfast gamedata`: a user's own copy of the public data."""

from __future__ import annotations

import json
import subprocess

import pytest
from libraries import repository, resource

from bot.cli import main


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """The working directory, whose data directory is empty."""
    monkeypatch.chdir(tmp_path)


def test_game_data_is_used_by_every_verb_after_it(capsys, tmp_path):
    """Stages by their codes, and the numbers of its enemies; show says what is in use."""
    assert main(["gamedata", "show"]) == 0
    assert "no game data is in use" in capsys.readouterr().out
    assert main(["stage", "1-7"]) == 2
    assert "holdfast gamedata use" in capsys.readouterr().out
    assert main(["gamedata", "use", str(repository(tmp_path / "copy")), str(resource(tmp_path / "maa"))]) == 0
    told = capsys.readouterr().out
    assert "2 levels, 2 with a code; 2 stages are known" in told
    assert "missing: character_table.json, skill_table.json, range_table.json" in told
    assert main(["gamedata", "show"]) == 0
    assert capsys.readouterr().out == told
    assert main(["stage", "1-7", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["code"], said["title"], said["name"], said["total"]) == ("1-7", "暴君", "level_main_01-07", 1)


def test_json_and_a_data_directory_of_one_s_own(capsys, tmp_path):
    """Everything lies in the data directory of the configuration."""
    (tmp_path / "my.toml").write_text('[data]\ndirectory = "mine"\n', encoding="utf-8")
    folder = repository(tmp_path / "copy")
    assert main(["gamedata", "use", str(folder), "--config", "my.toml", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["levels"] == 2
    assert (tmp_path / "mine" / "gamedata" / "library.json").is_file()
    assert not (tmp_path / "data").exists()
    assert main(["gamedata", "show", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"folders": [], "update_broken_off": False}


def test_wrong_folders_give_one_line(capsys, tmp_path):
    """And exit code 2."""
    for folder in (tmp_path, tmp_path / "none"):
        assert main(["gamedata", "use", str(folder)]) == 2
        told = capsys.readouterr()
        assert (told.out, told.err.count("\n")) == ("", 1)


def test_update_fetches_uses_and_keeps_the_other_folders(capsys, tmp_path):
    """From a repository at an address; the second time it says that nothing changed."""
    origin = repository(tmp_path / "origin")
    who = ["-c", "user.name=t", "-c", "user.email=t@localhost"]
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "data"]):
        subprocess.run(["git", "-C", str(origin), *who, *command], check=True)
    assert main(["gamedata", "use", str(resource(tmp_path / "maa"))]) == 0
    assert main(["gamedata", "update", "--from", origin.as_uri()]) == 0
    told = capsys.readouterr().out
    assert "levels added: 2 (level_main_01-07, level_main_09-05)" in told
    assert "names of 2 operators" in told
    assert main(["stage", "9-6"]) == 0
    assert "深池" in capsys.readouterr().out
    assert main(["gamedata", "update"]) == 0
    assert "nothing changed" in capsys.readouterr().out
    assert main(["gamedata", "update", "--from", (tmp_path / "none").as_uri()]) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("file:///")
    (tmp_path / "data" / "gamedata" / "clone.updating").touch()
    assert main(["gamedata", "show"]) == 0
    assert "the last update was broken off" in capsys.readouterr().out
