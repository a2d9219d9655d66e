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


@pytest.fixture
def tasks(monkeypatch):
    """What would be trained and how, instead of a training."""
    found = []

    def noted(tasks, *_, settings, **more):
        found.append((tasks, settings, more))
        return {"decisions": 0}

    monkeypatch.setattr("learning.training.train", noted)
    return found


def test_each_stage_is_learned_with_each_squad(capsys, config, tmp_path, tasks):
    """Two squad files and two stages are four tasks; what fine-tunes goes into the settings."""
    files = []
    for number, names in enumerate((["Fang", "Kroos"], ["Lava", "Ansel", "Beagle"])):
        files.append(tmp_path / f"{number}.toml")
        files[-1].write_text("".join(f'[[operator]]\nname = "{name}"\n' for name in names), encoding="utf-8")
    more = ["--squad", *map(str, files), "--no-plan", "--freeze", "--learning-rate", "0.0001"]
    trained(capsys, config, tmp_path / "out", "--stage", "first_watch", "two_roads", *more)
    ((found, settings, _),) = tasks
    assert [(one.stage.name, len(one.squad)) for one in found] == [
        ("first_watch", 2), ("first_watch", 3), ("two_roads", 2), ("two_roads", 3),
    ]  # fmt: skip
    assert (settings.freeze, settings.learning_rate, settings.battles) == (True, 0.0001, 4)


def test_generated_stages_are_learned_with_their_plans(capsys, config, tmp_path, tasks, monkeypatch):
    """Beside named stages or alone; --no-plan leaves their plans out too."""
    monkeypatch.setattr("learning.generated.DIFFICULTIES", range(1, 2))
    trained(capsys, config, tmp_path / "out", "--generated", "1")
    trained(capsys, config, tmp_path / "out", "--generated", "1", "--stage", "first_watch", "--no-plan")
    (alone, _, _), (beside, _, _) = tasks
    assert [one.stage.code[:2] for one in (*alone, *beside)] == ["G1", beside[0].stage.code[:2], "G1"]
    assert alone[0].plan is not None
    assert [one.plan for one in beside] == [None, None]


def test_a_training_without_a_stage_is_one_line(capsys, config, tmp_path):
    """Before anything is searched or written."""
    assert main(["train", "--out", str(tmp_path / "out"), "--config", str(config)]) == 2
    assert capsys.readouterr().err == "there is nothing to learn; give --stage S, --generated N, or both\n"
    assert not (tmp_path / "out").exists()


def test_a_cluster_that_does_not_answer_is_told_before_a_plan_is_searched(capsys, config, tmp_path, monkeypatch):
    """A search takes a minute, and with rules to be compiled several."""
    monkeypatch.setattr("bot.commands.train.check_cluster", lambda _: None)
    monkeypatch.setattr("bot.stage_plans.stage_plan", pytest.fail)
    asked = ["train", "--stage", "first_watch", "--out", str(tmp_path / "out"), "--config", str(config)]
    assert main([*asked, "--cluster", "127.0.0.1:1"]) == 2
    assert "no Ray cluster answers" in capsys.readouterr().err.splitlines()[-1]
