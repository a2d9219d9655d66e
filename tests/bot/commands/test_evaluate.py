"""`holdfast evaluate`: figures of a policy, and one line for what is wrong."""

from __future__ import annotations

import json

from bot.cli import main


def test_an_unknown_stage_names_those_there_are(capsys):
    """The message for a misspelt name lists the known names."""
    assert main(["evaluate", "--stage", "first_wach", "--policy", "random", "--battles", "1"]) == 2
    assert "first_watch" in capsys.readouterr().err


def test_evaluate_prints_one_object(capsys):
    """Programs read the figures."""
    assert (
        main(["evaluate", "--stage", "first_watch", "--policy", "random", "--battles", "2", "--seed", "1", "--json"])
        == 0
    )
    figures = json.loads(capsys.readouterr().out)
    assert figures["battles"] == 2
    assert 0 <= figures["win_rate"] <= 1
    assert figures["grade"] == "partly"  # what some operators of the default squad do is not played
    assert "Myrtle" in figures["grade_reasons"][0]


def test_a_policy_that_is_not_there_is_one_line(capsys, tmp_path):
    """A folder without a checkpoint is named."""
    assert main(["evaluate", "--stage", "first_watch", "--policy", str(tmp_path), "--battles", "1"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_evaluate_says_nothing_where_there_is_nothing_to_say(capsys, tmp_path):
    """The user's own squad needs no line on standard error, not even an empty one."""
    squad = tmp_path / "squad.toml"
    squad.write_text('[[operator]]\nname = "Fang"\n', encoding="utf-8")
    asked = ["evaluate", "--stage", "first_watch", "--policy", "random", "--battles", "1", "--json"]
    assert main([*asked, "--squad", str(squad)]) == 0
    assert capsys.readouterr().err == ""
    assert main(asked) == 0
    assert capsys.readouterr().err.startswith("squad: the default one")
