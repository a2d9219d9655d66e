"""`holdfast plan --stages`: a job for each stage of a list; those that are done are left out."""

from __future__ import annotations

import json
import re

import pytest

from bot.cli import main
from game.errors import DONE, FAILED, InputError
from planning.jobs import read_plan

SEARCH = ("--battles", "300", "--seconds", "600")


@pytest.fixture
def checks(monkeypatch):
    """Five battles of each variation in which a plan is checked, instead of a hundred."""
    monkeypatch.setattr("bot.commands.plan.CHECKS", 5)


@pytest.fixture
def listed(tmp_path):
    """A list of two stages."""
    file = tmp_path / "list.txt"
    file.write_text("first_watch  # the first one\n\nshort_road\n")
    return file


@pytest.mark.usefixtures("checks")
def test_each_stage_gets_its_job_and_what_is_there_is_not_planned_again(listed, tmp_path, capsys):
    """One was there; after a second call nothing is left to do."""
    out = tmp_path / "jobs"
    out.mkdir()
    (out / "first_watch.json").write_text("{}")
    for planned in (1, 0):
        assert main(["plan", "--stages", str(listed), "--out", str(out), "--json", *SEARCH]) == DONE
        printed = capsys.readouterr()
        *stages, summary = map(json.loads, printed.out.splitlines())
        assert [one["name"] for one in stages] == ["short_road"] * planned
        assert summary == {"stages": 2, "had": 2 - planned, "planned": planned, "missed": 0}
        assert f"{2 - planned} of 2 stages have a job in {out} already" in printed.err
    assert read_plan(out / "short_road.json").steps
    assert (out / "first_watch.json").read_text() == "{}"


@pytest.mark.usefixtures("checks")
def test_a_stage_without_a_plan_is_told_and_fails_the_list(tmp_path, capsys):
    """Its job is not written, so that the next call tries again."""
    file, out = tmp_path / "list.txt", tmp_path / "jobs"
    file.write_text("iron_column\n")
    assert main(["plan", "--stages", str(file), "--out", str(out), "--battles", "10", "--operators", "1"]) == FAILED
    assert "1 of 1  iron_column: " in capsys.readouterr().err
    assert not list(out.iterdir())


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# nothing\n", r"list.txt: names no stage; write one on each line"),
        ("first_watch\nnowhere\n", r"list.txt: .*nowhere"),
        (None, r"list.txt: cannot be read"),
        ("first_watch\n#first_watch\nfirst watch\n", r"list.txt: .*first watch"),
    ],
)
def test_a_list_that_is_no_good_is_one_line(tmp_path, capsys, text, line):
    """Before anything is planned."""
    file = tmp_path / "list.txt"
    if text is not None:
        file.write_text(text)
    assert main(["plan", "--stages", str(file), "--out", str(tmp_path / "jobs")]) == InputError.exit_code
    assert re.search(line, capsys.readouterr().err)
    assert not (tmp_path / "jobs").exists()


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (("--stages", "list.txt"), "--stages: give a folder"),
        (("--stages", "list.txt", "--out", "job.json"), "--stages: give a folder"),
        (("--stage", "first_watch", "--cluster", "local"), "--cluster: shares the stages of --stages out"),
    ],
)
def test_options_that_do_not_go_together_are_one_line(capsys, options, line):
    """They say what to give instead."""
    assert main(["plan", *options]) == InputError.exit_code
    assert line in capsys.readouterr().err
