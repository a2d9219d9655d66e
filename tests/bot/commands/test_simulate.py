"""`holdfast simulate`: the result of a plan."""

from __future__ import annotations

import json

import pytest

from bot.cli import main


def test_simulate_says_what_comes_of_a_plan(job, capsys):
    """With --json one object, otherwise a line and one for each leak."""
    plan, squad = job
    asked = ["simulate", "--stage", "first_watch", "--plan", str(plan), "--squad", str(squad)]
    assert main([*asked, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["stage"] == "HF-1"
    assert {"won", "stars", "life", "leaks", "kills", "total", "seconds", "ends", "undone", "notes"} <= set(told)
    assert len(told["ends"]) == told["kills"] > 0
    assert told["kill_times"] == [end["seconds"] for end in told["ends"] if not end["leaked"]] != []
    assert main(asked) == 0
    lines = capsys.readouterr().out.splitlines()
    assert f"{told['kills']} of {told['total']} enemies gone" in lines[0]
    assert sum("leaked:" in line for line in lines) == sum(end["leaked"] for end in told["ends"])


def test_simulate_says_which_steps_were_never_done(job, capsys):
    """By their numbers from 0, as in the JSON and in messages."""
    plan, _ = job
    written = json.loads(plan.read_text())
    written["actions"][1]["kills"] = 99
    plan.write_text(json.dumps(written))
    assert main(["simulate", "--stage", "first_watch", "--plan", str(plan)]) == 0
    assert "  never done: step 1 (from 0)" in capsys.readouterr().out.splitlines()


def test_simulate_says_that_a_battle_was_given_up(job, capsys, monkeypatch):
    """A battle that was given up is reported as such, not as a defeat."""
    monkeypatch.setattr("planning.playing.LONGEST", 5)
    plan, _ = job
    assert main(["simulate", "--stage", "first_watch", "--plan", str(plan)]) == 0
    assert capsys.readouterr().out.startswith("HF-1: given up after 5.0 s; ")


@pytest.mark.parametrize(
    ("named", "notes"),
    [("OF-1", ["the plan is for OF-1"]), ("", []), ("HF-1", []), ("first_watch", [])],
)
def test_simulate_says_that_a_plan_is_for_another_stage(job, capsys, named, notes):
    """No note is made if the plan names no stage, or this one by code or name."""
    plan, _ = job
    plan.write_text(json.dumps({**json.loads(plan.read_text()), "stage_name": named}))
    assert main(["simulate", "--stage", "first_watch", "--plan", str(plan), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["notes"] == notes


@pytest.mark.parametrize(
    ("squad", "said"),
    [
        ('[[operator]]\nname = "Fang"\n', "'Kroos' is not in the squad"),
        ('[[operator]]\nname = "Fangg"\n', "did you mean 'Fang'"),
        ('[[operator]]\nname = "Fang"\nelite = 2\n', "elite phase 2"),
        ('squad = ["Fang"]\n', r"write one [[operator]] table"),
        ("[[", "is not TOML"),
    ],
)
def test_simulate_tells_a_broken_squad_in_one_line(job, capsys, squad, said):
    """What is wrong, and where; exit code 2."""
    plan, file = job
    file.write_text(squad)
    assert main(["simulate", "--stage", "first_watch", "--plan", str(plan), "--squad", str(file)]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
