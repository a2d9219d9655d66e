"""`holdfast simulate`: the result of a plan."""

from __future__ import annotations

import json

import pytest

from bot import sources
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
    assert "  never done: step 1 (counted from 0)" in capsys.readouterr().out.splitlines()


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


@pytest.mark.parametrize(
    ("difficulty", "asked", "challenge", "notes"),
    [
        (2, [], True, ["the plan is for challenge mode (difficulty 2), so challenge mode is played"]),
        (1, ["--challenge"], True, ["the plan is for normal mode (difficulty 1); challenge mode is played as asked"]),
        (1, [], False, []),
        (3, [], False, []),
        (3, ["--challenge"], True, []),
        (0, ["--challenge"], True, []),
    ],
)
def test_simulate_plays_the_mode_that_the_plan_is_for(
    job, hard, capsys, monkeypatch, difficulty, asked, challenge, notes
):
    """Difficulty 2 is challenge mode; 1 and 3 are normal mode unless the user asks for the other."""
    modes, load = [], sources.load_stage
    monkeypatch.setattr(
        sources, "load_stage", lambda *one, challenge: modes.append(challenge) or load(*one, challenge=challenge)
    )
    plan, _ = job
    plan.write_text(json.dumps({**json.loads(plan.read_text()), "difficulty": difficulty}))
    assert main(["simulate", "--stage", str(hard), "--plan", str(plan), "--json", *asked]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (modes, told["challenge"], told["notes"]) == ([challenge], challenge, notes)


def test_simulate_says_that_a_level_has_no_challenge_mode(job, capsys):
    """Where the user asks for it that is an error; where only the plan does, a note of what is played instead."""
    plan, _ = job
    asked = ["simulate", "--stage", "first_watch", "--plan", str(plan), "--json"]
    assert main([*asked, "--challenge"]) == 2
    assert capsys.readouterr().err.count("has no challenge mode") == 1
    plan.write_text(json.dumps({**json.loads(plan.read_text()), "difficulty": 2}))
    assert main(asked) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["challenge"], told["notes"]) == (
        False,
        ["the plan is for challenge mode (difficulty 2), which this level does not have, so normal mode is played"],
    )


def test_simulate_uses_what_the_plan_requires_or_says_what_falls_short(job, capsys):
    """Without a squad the operators are as required; with one, those below it are named."""
    plan, squad = job
    raised = {"elite": 1, "level": 55, "skill_level": 7, "potentiality": 6}
    opers = [{"name": "克洛丝", "skill": 1, "requirements": raised}]
    plan.write_text(json.dumps({**json.loads(plan.read_text()), "opers": opers}))
    asked = ["simulate", "--stage", "first_watch", "--plan", str(plan)]
    assert main(asked) == 0
    told = capsys.readouterr()
    assert "  note: Kroos plays as required: elite 1 level 55, skill level 7, potential 6, trust 0" in told.out
    assert told.err.startswith("squad: none given; operators are as the plan requires")
    assert main([*asked, "--squad", str(squad)]) == 0
    told = capsys.readouterr()
    assert "  note: Kroos falls short of what the plan requires: elite 0, not 1, level 20, not 55, " in told.out
    assert told.err == ""


def test_simulate_says_how_often_a_plan_holds_and_what_leaks(job, capsys):
    """In battles that differ a little, and who leaks where it does not hold; the grade stands beside a victory."""
    plan, _ = job
    asked = ["simulate", "--stage", "first_watch", "--plan", str(plan), "--battles", "3", "--variation", "far"]
    assert main([*asked, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["holds"]["far"]["battles"] == 3
    assert len(told["holds"]["far"]["failures"]) == 3 - told["holds"]["far"]["held"]
    assert told["grade"] in ("whole", "partly", "not to be trusted")
    assert main(asked) == 0
    assert f"holds in {told['holds']['far']['held']} of 3 (far)" in capsys.readouterr().out


def test_a_variation_without_battles_is_one_line(job, capsys):
    """It would change nothing."""
    plan, _ = job
    asked = ["simulate", "--stage", "first_watch", "--plan", str(plan), "--variation", "far"]
    assert main(asked) == 2
    assert capsys.readouterr().err == "--variation: says how --battles differ; give --battles N as well\n"


def test_a_result_against_stand_ins_is_not_to_be_trusted(reference, job, capsys):
    """The enemies of AS-EX-8 are in no included table, and its devices are not played."""
    plan, _ = job
    level = reference / "levels" / "level_act35side_ex08.json"
    actions = [{"type": "Skill", "name": "Fang"}]
    plan.write_text(json.dumps({"stage_name": "AS-EX-8", "actions": actions}))
    asked = ["simulate", "--stage", str(level), "--plan", str(plan)]
    assert main([*asked, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["grade"] == "not to be trusted"
    assert "9 of 9 kinds of enemies are stand-ins: " in told["grade_reasons"][0]
    assert "devices that are not played: trap_181_sgray, trap_182_sglink" in told["grade_reasons"]
    assert main(asked) == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("  not to be trusted: 9 of 9 kinds of enemies are stand-")
