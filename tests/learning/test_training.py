"""Headless training: repeatable to the last bit, with a checkpoint that can be gone on from and a learning curve."""

from __future__ import annotations

import json

import numpy as np
import pytest

from learning import checkpoint
from learning.agent import Agent
from learning.checkpoint import CheckpointError
from learning.training import train

STEPS = 320
pytestmark = pytest.mark.usefixtures("few_demonstrations")


@pytest.fixture(scope="module")
def quick(settings):
    """Settings for trainings of a few seconds."""
    return settings.model_copy(update={"decisions_per_update": 16, "learning_starts": 100})


def learned(folder):
    """The weights of a folder."""
    kept, notes = checkpoint.read_newest(folder)
    assert notes == ()
    return kept.learned


def same(one, other):
    """Whether all weights agree to the last bit."""
    return one.keys() == other.keys() and all(one[name].tobytes() == other[name].tobytes() for name in one)


@pytest.fixture(scope="module")
def trained(tasks, quick, tmp_path_factory):
    """A short training on one task: its result, what it reported, and its folder."""
    reports, folder = [], tmp_path_factory.mktemp("trained")
    result = train(tasks[:1], STEPS, 0, folder, reports.append, settings=quick)
    return result, reports, folder


def test_a_seed_gives_the_same_weights_every_time(trained, tasks, quick, tmp_path):
    """Two trainings with one seed agree to the last bit; another seed gives others."""
    for folder, seed in (("same", 0), ("other", 1)):
        train(tasks[:1], STEPS, seed, tmp_path / folder, lambda _: None, settings=quick)
    first = learned(trained[2])
    assert same(first, learned(tmp_path / "same"))
    assert not same(first, learned(tmp_path / "other"))
    assert all(np.isfinite(array).all() for array in first.values())


def test_two_tasks_at_once_are_learned_repeatably_too(tasks, quick, tmp_path):
    """Also two stages with two squads give the same weights, other ones than one of them alone."""
    for folder, chosen in (("a", tasks), ("b", tasks), ("alone", tasks[:1])):
        train(chosen, 160, 0, tmp_path / folder, lambda _: None, settings=quick)
    assert same(learned(tmp_path / "a"), learned(tmp_path / "b"))
    assert not same(learned(tmp_path / "a"), learned(tmp_path / "alone"))


def test_it_reports_keeps_and_draws(trained):
    """Progress whenever battles ended, at the end a checkpoint and a learning curve."""
    result, reports, folder = trained
    assert 1 < len(reports) <= result["battles"]
    assert result["decisions"] >= STEPS
    assert [one.steps for one in reports] == sorted({one.steps for one in reports})
    assert "epsilon" in str(reports[-1])
    assert reports[-1].seconds_left == 0
    assert reports[-1].battles == result["battles"]
    assert 0 <= result["three_stars_last_100"] <= 1
    assert (folder / "learning_curve.png").read_bytes().startswith(b"\x89PNG")


def test_an_agent_goes_on_from_what_was_trained(trained, tasks, quick):
    """With its buffer, its counters, and as little exploration as in the end."""
    kept, _ = checkpoint.read_newest(trained[2])
    agent = Agent(tasks[0].stage, tasks[0].squad, quick, 3)
    assert agent.restore(kept, trained[2]) == ()
    assert agent.remembered == trained[0]["decisions"]
    assert agent.battles == trained[0]["battles"]
    assert agent.dqn.updates == kept.facts["updates"] > quick.taught_updates
    assert agent.policy.schedule.epsilon == pytest.approx(quick.epsilon_end)
    assert len(agent.buffer) == min(quick.buffer_size, trained[0]["decisions"])
    assert json.loads(kept.facts["rng"])


def test_ctrl_c_keeps_what_was_learned(tasks, quick, tmp_path):
    """The training ends early with its checkpoint and curve."""
    seen = []

    def interrupt(progress):
        seen.append(progress)
        raise KeyboardInterrupt

    result = train(tasks[:1], 10**9, 0, tmp_path, interrupt, settings=quick)
    assert result["decisions"] == seen[0].steps > 0
    assert result["battles"] == seen[0].battles > 0
    assert learned(tmp_path)
    assert (tmp_path / "learning_curve.png").exists()


def test_it_begins_with_the_weights_of_a_folder(trained, tasks, quick, tmp_path):
    """Also for another stage and squad. Without an update they are still the same, in both networks."""
    still = quick.model_copy(update={"learning_starts": 10**6})
    train(tasks[1:], 8, 5, tmp_path, lambda _: None, settings=still, start=trained[2])
    begun, first = learned(tmp_path), learned(trained[2])
    online = [name for name in first if name.startswith("online.")]
    assert online
    for name in online:
        assert (begun[name] == first[name]).all()
        assert (begun[name.replace("online", "target", 1)] == first[name]).all()


def test_a_folder_without_weights_is_refused(tasks, quick, tmp_path):
    """Before anything is played or written."""
    with pytest.raises(CheckpointError, match="holds no checkpoint"):
        train(tasks[:1], 8, 0, tmp_path / "out", lambda _: None, settings=quick, start=tmp_path)
    assert not (tmp_path / "out").exists()
