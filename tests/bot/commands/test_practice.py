"""`holdfast practice`: the sheet, and the game as bot.toml sets it up."""

from __future__ import annotations

import pytest

from bot.cli import main
from game.practice.adb_device import listening


def test_the_sheet_takes_an_ending_in_any_letters(tmp_path, monkeypatch):
    """X.PNG is as good a name as x.png."""
    drawn = []
    monkeypatch.setattr("game.practice.sheet.write_sheet", lambda file, *_: drawn.append(file) or 1)
    assert main(["practice", "--sheet", str(tmp_path / "X.PNG")]) == 0
    assert drawn == [tmp_path / "X.PNG"]


@pytest.mark.parametrize(
    ("options", "arguments", "seed", "popups"),
    [
        ("", [], 0, True),
        ("seed = 5\npopups = false", [], 5, False),
        ("seed = 5\npopups = true", ["--seed", "0", "--no-popups"], 0, False),
    ],
)
def test_practice_goes_by_its_configuration(tmp_path, monkeypatch, options, arguments, seed, popups):
    """As [practice] says, unless the command line says otherwise; faults come by the same seed."""
    made = {}
    monkeypatch.setattr("game.practice.app.PracticeGame", lambda *_, **given: made.update(given))
    monkeypatch.setattr("game.practice.faults.Faults", lambda _, seed, __: seed)
    monkeypatch.setattr("game.practice.window.play_in_window", lambda *_, **__: None)
    file = tmp_path / "bot.toml"
    file.write_text(f"[practice]\n{options}\n", encoding="utf-8")
    assert main(["practice", "--config", str(file), *arguments]) == 0
    assert (made["seed"], made["faults"], made["popups"]) == (seed, seed, popups)


@pytest.mark.parametrize(("arguments", "in_window"), [([], False), (["--window"], True)])
def test_a_device_has_a_window_only_where_it_is_asked_for(tmp_path, monkeypatch, arguments, in_window):
    """A machine without a display can serve the game to adb."""
    played = {}
    monkeypatch.setattr("game.practice.app.PracticeGame", lambda *_, **__: None)
    monkeypatch.setattr(
        "game.practice.adb_device.play_as_device", lambda _, port, **given: played.update(given, port=port)
    )
    file = tmp_path / "bot.toml"
    file.write_text("", encoding="utf-8")
    assert main(["practice", "--config", str(file), "--adb", "5599", *arguments]) == 0
    assert (played["port"], played["in_window"]) == (5599, in_window)


def test_a_port_that_cannot_be_had_is_one_line(tmp_path, capsys):
    """It is no port, or another program listens there."""
    file = tmp_path / "bot.toml"
    file.write_text("", encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["practice", "--adb", "0"])
    assert ended.value.code == 2
    assert "must be from 1 to 65535, is 0" in capsys.readouterr().err
    with listening(0) as door:
        assert main(["practice", "--config", str(file), "--adb", str(door.getsockname()[1])]) == 2
    assert capsys.readouterr().err.startswith("--adb: cannot listen on 127.0.0.1:")
