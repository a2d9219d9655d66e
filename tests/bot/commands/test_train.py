"""`holdfast train`: what it writes is a policy."""

from __future__ import annotations

import json

import pytest
from learned import kept_plan

from bot import log
from bot.cli import main
from learning import training_task
from learning.demonstrations import demonstrations


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    """Four battles of each plan are shown, not all."""
    monkeypatch.setattr(training_task, "demonstrations", lambda *given: demonstrations(*given, 4))
    yield
    log.close()


@pytest.fixture
def config(tmp_path):
    """A configuration with the stored plan of the easiest stage, no time to search others, and four battles."""
    path = kept_plan(tmp_path, "first_watch")
    with path.open("a", encoding="utf-8") as file:
        file.write("[learning]\nbattles = 4\ntaught_updates = 3\n")
    return path


def trained(capsys, config, out, *more):
    """What a short training prints."""
    asked = ["train", "--steps", "60", "--seed", "1", "--out", str(out), "--config", str(config), "--json", *more]
    assert main(asked) == 0
    return json.loads(capsys.readouterr().out)


def test_training_leaves_what_evaluate_takes(capsys, config, tmp_path):
    """The folder that train writes is a policy, with a plan's advice or without."""
    out = tmp_path / "learned"
    result = trained(capsys, config, out, "--stage", "first_watch")
    assert result["decisions"] >= 60
    assert result["grade"] == "partly"
    asked = ["evaluate", "--stage", "first_watch", "--policy", str(out), "--battles", "1", "--json"]
    for more in ([], ["--no-plan"]):
        assert main([*asked, "--config", str(config), *more]) == 0
        assert json.loads(capsys.readouterr().out)["battles"] == 1


def test_several_stages_are_learned_together_from_what_was_learned_before(capsys, config, tmp_path):
    """With a plan where there is one; a folder is begun with."""
    trained(capsys, config, tmp_path / "first", "--stage", "first_watch", "--no-plan")
    more = ["--stage", "first_watch", "two_roads", "--from", str(tmp_path / "first")]
    assert trained(capsys, config, tmp_path / "both", *more)["decisions"] >= 60
    assert (tmp_path / "both" / "learning_curve.png").exists()


def test_without_a_plan_none_is_searched_or_shown(capsys, config, tmp_path, monkeypatch):
    """`--no-plan`: learned from play alone."""
    monkeypatch.setattr("bot.stage_plans.stage_plan", pytest.fail)
    monkeypatch.setattr(training_task, "demonstrations", pytest.fail)
    trained(capsys, config, tmp_path / "learned", "--stage", "first_watch", "--no-plan")


def test_a_folder_to_begin_with_that_has_no_weights_is_one_line(capsys, config, tmp_path):
    """It is named, and nothing is written."""
    asked = ["train", "--stage", "two_roads", "--out", str(tmp_path / "out"), "--config", str(config)]
    assert main([*asked, "--from", str(tmp_path)]) == 2
    assert str(tmp_path) in capsys.readouterr().err.splitlines()[-1]
    assert not (tmp_path / "out").exists()
