"""`holdfast practice`: the sheet, and the game as bot.toml sets it up."""

from __future__ import annotations

import pytest

from bot.cli import main


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
