"""`holdfast config`: a fresh bot.toml."""

from __future__ import annotations

import pytest

from bot.cli import main
from bot.config import Config, as_toml, load


def test_it_prints_the_file(capsys):
    """Without a file name it goes to standard output."""
    assert main(["config"]) == 0
    assert capsys.readouterr().out == as_toml()


def test_it_writes_a_file_that_changes_no_default(tmp_path, capsys):
    """Every option with its default."""
    file = tmp_path / "bot.toml"
    assert main(["config", str(file)]) == 0
    assert capsys.readouterr().out == ""
    assert load(file).model_dump() == Config().model_dump()


def test_it_overwrites_a_file_only_with_force(tmp_path, capsys):
    """The user's own settings are not lost by mistake."""
    file = tmp_path / "bot.toml"
    file.write_text("mine", encoding="utf-8")
    assert main(["config", str(file)]) == 2
    assert capsys.readouterr().err == f"{file}: exists already; name another file, or write over it with --force\n"
    assert file.read_text(encoding="utf-8") == "mine"
    assert main(["config", str(file), "--force"]) == 0
    assert file.read_text(encoding="utf-8") == as_toml()


@pytest.mark.parametrize("place", ["nowhere/bot.toml", "."])
def test_a_place_that_cannot_be_written_is_one_line(tmp_path, capsys, monkeypatch, place):
    """A folder that is missing, or a folder in place of a file."""
    monkeypatch.chdir(tmp_path)
    assert main(["config", place, "--force"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
