"""`holdfast evaluate`: figures of a policy, and one line for what is wrong."""

from __future__ import annotations

import json

import pytest
from learned import kept_plan

from bot import log
from bot.cli import main


@pytest.fixture(autouse=True)
def _closed():
    """What a verb logs ends with it."""
    yield
    log.close()


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
    asked = ["evaluate", "--stage", "first_watch", "--policy", str(tmp_path), "--battles", "1", "--no-plan"]
    assert main(asked) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_plan_that_is_kept_is_measured(capsys, tmp_path):
    """In battles that differ as far as is asked for, with the intervals of both rates."""
    config = kept_plan(tmp_path, "first_watch")
    asked = ["evaluate", "--stage", "first_watch", "--battles", "4", "--config", str(config), "--json"]
    for variation, clean in (("exact", 4), ("near", 3)):
        assert main([*asked, "--policy", "plan", "--variation", variation]) == 0
        figures = json.loads(capsys.readouterr().out)
        assert (figures["policy"], figures["variation"]) == ("plan", variation)
        assert (figures["won"], figures["without_a_leak"]) == (4, clean)
        assert figures["win_rate_95"] == [pytest.approx(0.5101), 1.0]
    assert main([*asked, "--policy", "plan", "--variation", "near", "--look-ahead", "9"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["look_ahead"], figures["won"], figures["without_a_leak"]) == (9, 4, 3)


def test_looking_ahead_needs_a_plan(capsys):
    """It tries what is left of one."""
    asked = ["evaluate", "--stage", "first_watch", "--policy", "greedy", "--battles", "1", "--look-ahead", "9"]
    assert main(asked) == 2
    said = capsys.readouterr().err
    assert "--look-ahead needs a plan" in said
    assert said.count("\n") == 1


def test_a_plan_is_searched_for_now_where_that_is_asked_for(capsys, tmp_path, monkeypatch):
    """Whatever is kept; with the time of the configuration."""
    config, searched = kept_plan(tmp_path, "first_watch"), []
    monkeypatch.setattr("bot.stage_plans._searched", lambda seconds, *_: searched.append(seconds))
    asked = ["evaluate", "--stage", "first_watch", "--battles", "1", "--config", str(config)]
    assert main([*asked, "--policy", "search"]) == 2
    assert searched == [0.0]
    assert "no plan wins with this squad" in capsys.readouterr().err


@pytest.mark.parametrize("policy", ["plan", "search"])
def test_a_plan_that_is_not_there_is_one_line(policy, capsys, tmp_path):
    """And what may help is named; `random` and `greedy` need none and search none."""
    config = kept_plan(tmp_path, "first_watch")
    asked = ["evaluate", "--stage", "two_roads", "--battles", "1", "--config", str(config)]
    assert main([*asked, "--policy", policy]) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert "planning_seconds" in last
    assert main([*asked, "--policy", "greedy"]) == 0


def test_a_variation_that_there_is_not_is_refused(capsys):
    """Those that there are are named."""
    with pytest.raises(SystemExit):
        main(["evaluate", "--stage", "first_watch", "--policy", "random", "--variation", "wild"])
    assert "near" in capsys.readouterr().err


def test_evaluate_says_nothing_where_there_is_nothing_to_say(capsys, tmp_path):
    """The user's own squad needs no line on standard error, not even an empty one."""
    squad = tmp_path / "squad.toml"
    squad.write_text('[[operator]]\nname = "Fang"\n', encoding="utf-8")
    asked = ["evaluate", "--stage", "first_watch", "--policy", "random", "--battles", "1", "--json"]
    assert main([*asked, "--squad", str(squad)]) == 0
    assert capsys.readouterr().err == ""
    assert main(asked) == 0
    assert capsys.readouterr().err.startswith("squad: the default one")
