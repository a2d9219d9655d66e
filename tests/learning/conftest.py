"""A small world to learn in: the easiest shipped stage with its squad."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from levels import CATALOGUE

from game.characters.builds import default_squad
from game.levels.stage import load_stage, shipped_stages
from game.simulator.battle import Battle
from learning import training_task
from learning.demonstrations import demonstrations
from learning.encoding import make_encoding
from learning.learner import Learner
from learning.settings import Settings
from learning.training_task import Task
from planning.solutions import solution


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    """Small tensors are slower on many threads, and other tests may run on the other cores."""
    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def no_learner_goes_on(monkeypatch):
    """A learner that a test has started ends with the test, also where it fails: its thread would keep pytest alive."""
    started, start = [], Learner.start

    def recorded(self):
        """Start it, and remember that it runs."""
        start(self)
        started.append(self)

    monkeypatch.setattr(Learner, "start", recorded)
    yield
    ended = [one.stop(60) for one in started]
    assert all(ended)


@pytest.fixture(scope="session")
def stage():
    """The easiest of the shipped stages."""
    return load_stage(shipped_stages()[0], CATALOGUE)


@pytest.fixture(scope="session")
def squad():
    """Twelve operators of all roles."""
    return default_squad(CATALOGUE)


@pytest.fixture(scope="session")
def encoding(stage, squad):
    """What does not change in the battles of the squad on the stage."""
    return make_encoding(stage, squad)


@pytest.fixture(scope="session")
def settings():
    """Learning that starts early and stays small."""
    return Settings(
        learning_starts=20,
        batch_size=8,
        buffer_size=500,
        epsilon_decisions=100,
        replay_ratio=0.3,
        battles=4,
        taught_updates=10,
    )


@pytest.fixture(scope="session")
def views(stage, squad, encoding):
    """Every second's view of three battles played at random, with deployments and leaks."""
    rng, found = np.random.default_rng(5), []
    for seed in range(3):
        battle = Battle(stage, squad, seed=seed)
        while battle.outcome is None:
            found.append(battle.view())
            choices = np.flatnonzero(encoding.legal(found[-1]))
            battle.act(encoding.action(int(rng.choice(choices))))
            battle.step()
    return found


@pytest.fixture(scope="module")
def few_demonstrations():
    """Six battles of each plan are shown to trainings, not all."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(training_task, "demonstrations", lambda *given: demonstrations(*given, 6))
        yield


@pytest.fixture(scope="session")
def tasks(stage, squad):
    """Two stages to train on, one with its plan, and another squad for each."""
    return [Task(stage, squad, solution(stage.name)), Task(load_stage("two_roads", CATALOGUE), squad[:7])]
