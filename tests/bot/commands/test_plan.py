"""`holdfast plan`: a plan for your stage and operators that obeys what you said, and that others can read."""

from __future__ import annotations

import json
import os
import signal
import threading

import cv2
import pytest
from befriended import FANG, KROOS, friend, training
from levels import CATALOGUE

from bot.cli import main
from bot.commands.output import OutputError
from game.errors import DONE, FAILED
from game.levels.stage import load_stage
from game.simulator.tables import standing_room
from planning.assignment import assign_operators
from planning.jobs import read_plan, write_copilot
from planning.playing import Holding, play_plan
from planning.search import search


@pytest.fixture(autouse=True)
def checks(monkeypatch):
    """Ten battles of each variation in which a plan is checked, instead of a hundred."""
    monkeypatch.setattr("bot.commands.plan.CHECKS", 10)


def planned(*more, code=0, seconds="20"):
    """What --json says of a plan for first_watch."""
    assert main(["plan", "--stage", "first_watch", "--seconds", seconds, "--json", *more]) == code


@pytest.fixture
def training_level(make, tmp_path):
    """A level file that brings its own squad, Fang and Kroos, against a slug."""
    file = tmp_path / "level_training.json"
    file.write_text(json.dumps(training(make, friend(FANG, (0, 0), level=20), friend(KROOS, (0, 0), level=20))))
    return file


def test_a_training_level_is_planned_and_played_with_its_own_squad(training_level, squad, tmp_path, capsys):
    """Not with the operators that are given; `simulate` plays the plan with the level's, too, as `evaluate` does."""
    job, asked = tmp_path / "job.json", ["--stage", str(training_level), "--squad", str(squad), "--json"]
    assert main(["plan", *asked, "--seconds", "20", "--out", str(job)]) == 0
    told = capsys.readouterr()
    assert "level_training: only the level's own squad plays: Fang, Kroos" in told.err
    assert set(json.loads(told.out)["operators"]) <= {"Fang", "Kroos"}
    assert main(["simulate", *asked, "--plan", str(job)]) == 0
    assert json.loads(capsys.readouterr().out)["stars"] == 3
    assert main(["evaluate", *asked, "--policy", "greedy", "--battles", "1"]) == 0
    assert "level_training: only the level's own squad plays: Fang, Kroos" in capsys.readouterr().err


def test_must_names_operators_of_the_levels_own_squad(training_level, squad, capsys):
    """Others cannot come."""
    assert main(["plan", "--stage", str(training_level), "--squad", str(squad), "--must", "Ansel"]) == 2
    assert "--must: Ansel is not among your operators" in capsys.readouterr().err


@pytest.fixture(scope="module")
def squad(tmp_path_factory):
    """A squad file of nine operators, some of them raised."""
    names = ("Fang", "Vanilla", "Melantha", "Beagle", "Kroos", "Catapult", "Steward", "Lava", "Ansel")
    file = tmp_path_factory.mktemp("squad") / "squad.toml"
    known = [name for name in names if name in CATALOGUE.characters]
    file.write_text("".join(f'[[operator]]\nname = "{name}"\nelite = 1\nlevel = 20\n\n' for name in known))
    return file


@pytest.mark.parametrize("seed", ["0", "1"])
def test_a_plan_obeys_what_was_said_and_reads_back(squad, tmp_path, capsys, seed):
    """Who stays at home, who has to come, and how many; every step is legal; the file holds the same plan."""
    out = tmp_path / "job.json"
    planned("--squad", str(squad), "--seed", seed, "--avoid", "克洛丝", "--must", "lava", "--operators", "5",
            "--out", str(out), seconds="4")  # fmt: skip
    told = json.loads(capsys.readouterr().out)
    assert "Lava" in told["operators"]
    assert "Kroos" not in told["operators"]
    assert len(told["operators"]) <= 5
    plan, stage = read_plan(out), load_stage("first_watch", CATALOGUE)
    assert write_copilot(plan) == told["job"]
    assigned = assign_operators(plan, CATALOGUE)
    room = standing_room(stage, assigned.operators)
    assert all(
        room[assigned.slots[step.name], step.tile[0] * stage.width + step.tile[1]]
        for step in plan.steps
        if step.kind == "Deploy"
    )
    assert play_plan(plan, stage, assigned).stars == told["stars"] == 3
    assert all(one.candidates[0].requirements.elite == 1 for one in plan.groups)
    assert all(one.candidates[0].requirements.level == 20 for one in plan.groups)


def test_a_plan_ends_with_all_that_a_player_needs(squad, tmp_path, capsys):
    """The outcome with its grade, the plan in words, how often it holds, what it costs; a job and a picture."""
    out, picture = tmp_path / "job.json", tmp_path / "plan.png"
    asked = ["plan", "--stage", "first_watch", "--squad", str(squad), "--seconds", "20"]
    asked += ["--must", "Ansel"]  # of whom a talent is not played, which makes the grade
    assert main([*asked, "--out", str(out), "--picture", str(picture)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("HF-1: won with 3 stars in the simulator; partly to be trusted: ")
    assert " of 10 (near), " in said
    assert " of 10 (far)\n" in said
    assert "facing" in said
    assert f"written: {out}\nwritten: {picture}\n" in said
    assert cv2.imread(str(picture)).shape == (720, 1280, 3)
    doc = json.loads(out.read_text(encoding="utf-8"))["doc"]
    assert "HF-1: 3 stars" in doc["title"]
    assert "3星" in doc["title"]
    assert "partly to be trusted" in doc["details"]
    assert "部分可信" in doc["details"]
    assert "Made by Holdfast" in doc["details"]
    assert main(["simulate", "--stage", "first_watch", "--plan", str(out), "--squad", str(squad)]) == 0
    assert "won with 3 stars" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--avoid", "Nobel"], "--avoid: 'Nobel' is in no table"),
        (["--must", "Nobel"], "--must: 'Nobel' is in no table"),
        (["--must", "Fang", "--avoid", "芬"], "--avoid and --must both name Fang"),
        (["--must", "Myrtle"], "--must: Myrtle is not among your operators"),
        (["--must", "Fang", "--must", "Lava", "--operators", "1"], "--must: 2 names, but only 1 may come"),
        (["--picture", "plan.bmp"], "plan.bmp: pictures are PNG"),
        (["--out", "no/such/job.json"], "there is no folder"),
        (["--stage", "first_wach"], "first_watch"),
        (["--challenge"], "first_watch.json: has no challenge mode"),
    ],
)
def test_what_cannot_be_obeyed_is_one_line(squad, capsys, asked, said):
    """Before anything is searched."""
    stage = [] if "--stage" in asked else ["--stage", "first_watch"]
    assert main(["plan", *stage, "--squad", str(squad), *asked]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_a_squad_file_of_more_than_a_squad_is_refused_as_by_other_verbs(tmp_path, capsys):
    """A squad is who comes; out of a roster, which the same file can be, the plan chooses."""
    file = tmp_path / "squad.toml"
    file.write_text("".join(f'[[operator]]\nname = "{name}"\n' for name in list(CATALOGUE.characters)[:13]), "utf-8")
    for asked in (["plan"], ["evaluate", "--policy", "random"]):
        assert main([*asked, "--stage", "first_watch", "--squad", str(file)]) == 2
        said = f"{file}: names 13 operators, and at most 12 come along; --roster FILE chooses among them\n"
        assert capsys.readouterr().err == said
    assert main(["plan", "--stage", "first_watch", "--roster", str(file), "--seconds", "1", "--json"]) in (DONE, FAILED)
    assert len(json.loads(capsys.readouterr().out)["operators"]) <= 12


def test_avoiding_all_leaves_nothing_to_plan_with(job, capsys):
    """A squad of two, neither of whom may come."""
    _, pair = job
    asked = ["plan", "--stage", "first_watch", "--squad", str(pair)]
    assert main([*asked, "--avoid", "Fang", "--avoid", "Kroos"]) == 2
    assert capsys.readouterr().err == "--avoid: leaves no operator\n"


def test_a_plan_that_does_not_win_is_said_to_be_none(tmp_path, capsys):
    """Plainly, with the best that was found, which is written and marked; the exit code says it as well."""
    squad = tmp_path / "squad.toml"
    squad.write_text('[[operator]]\nname = "Kroos"\nlevel = 1\n')
    out = tmp_path / "job.json"
    asked = ["plan", "--stage", "two_gates", "--squad", str(squad), "--seconds", "0.5", "--out", str(out)]
    assert main(asked) == 1
    said = capsys.readouterr()
    if said.out:
        assert said.out.startswith("HF-9: no plan of 3 stars was found; this is the best one\n")
        assert "NOT WON" in json.loads(out.read_text(encoding="utf-8"))["doc"]["details"]
    else:
        assert "no plan was found that stops anything" in said.err


def test_ctrl_c_gives_the_best_plan_so_far(squad, capsys, monkeypatch):
    """As if the time were up: the plan is printed, and nothing has failed."""
    timer = threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT))

    def search_begins(*asked, **named):
        timer.start()
        return search(*asked, **named)

    monkeypatch.setattr("planning.search.search", search_begins)
    code = main(["plan", "--stage", "drawn_breath", "--squad", str(squad), "--seconds", "60", "--json"])
    timer.join()
    told = json.loads(capsys.readouterr().out)
    assert code == 0
    assert told["stopped"] or told["stars"] == 3


@pytest.mark.parametrize("counted", [0, 1])
def test_ctrl_c_while_the_plan_is_checked_does_not_lose_it(squad, capsys, monkeypatch, counted):
    """It is printed with what was counted until then."""
    calls = []

    def interrupted(*asked):
        calls.append(asked)
        if len(calls) > counted:
            raise KeyboardInterrupt
        return Holding(asked[3], 9, 10)

    monkeypatch.setattr("bot.commands.plan.checked", interrupted)
    assert main(["plan", "--stage", "first_watch", "--squad", str(squad), "--seconds", "0.5"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[1] == (
        "holds in 9 of 10 (near)" if counted else "how often it holds was not counted: stopped by Ctrl-C"
    )
    assert " 1. at " in said[3]


def test_ctrl_c_while_substitutes_are_tried_writes_the_plan_without(squad, tmp_path, monkeypatch):
    """They are an addition."""

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("planning.substitutes.with_substitutes", interrupted)
    out = tmp_path / "job.json"
    asked = ["plan", "--stage", "first_watch", "--squad", str(squad), "--seconds", "0.5"]
    assert main([*asked, "--out", str(out)]) == 0
    assert read_plan(out).steps


def test_a_plan_that_cannot_be_written_is_printed(squad, tmp_path, capsys, monkeypatch):
    """The folder may go, or the disk be full, while the plan is searched for."""

    def full(file, _):
        raise OutputError(f"{file}: cannot be written: No space left on device")

    monkeypatch.setattr("bot.commands.plan.write_text", full)
    out = tmp_path / "job.json"
    asked = ["plan", "--stage", "first_watch", "--squad", str(squad), "--seconds", "0.5", "--out", str(out)]
    assert main(asked) == 2
    said = capsys.readouterr()
    assert said.out.startswith("HF-1: won with 3 stars")
    assert "written:" not in said.out
    assert said.err.endswith(f"{out}: cannot be written: No space left on device\n")


@pytest.mark.parametrize(
    ("seconds", "said"), [("soon", "a number of seconds, is 'soon'"), ("nan", "above 0"), ("0", "")]
)
def test_seconds_are_a_number_above_0(capsys, seconds, said):
    """Refused in words that a player knows."""
    with pytest.raises(SystemExit, match="2"):
        main(["plan", "--stage", "first_watch", "--seconds", seconds])
    assert f"argument --seconds: must be {said}" in capsys.readouterr().err


def test_a_table_that_cannot_say_the_plan_becomes_a_job(squad, tmp_path, capsys):
    """One of the two is written, and read back it plays the same."""
    out = tmp_path / "plan.toml"
    planned("--squad", str(squad), "--out", str(out), seconds="2")
    said = capsys.readouterr()
    (written,) = json.loads(said.out)["files"]
    assert (written == str(out)) != ("not written" in said.err)
    assert main(["simulate", "--stage", "first_watch", "--plan", written, "--squad", str(squad)]) == 0
    assert "won with 3 stars" in capsys.readouterr().out
