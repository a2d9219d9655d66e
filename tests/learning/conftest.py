"""A small world to learn in: the easiest shipped stage with its squad."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from levels import CATALOGUE

from game.characters.builds import default_squad
from game.levels.stage import load_stage, shipped_stages
from game.simulator.battle import Battle
from learning.encoding import make_ground
from learning.settings import Settings


@pytest.fixture(autouse=True)
def one_thread():
    """Small tensors are slower on many threads, and the other tests want the cores."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def stage():
    """The easiest of the shipped stages."""
    return load_stage(shipped_stages()[0], CATALOGUE)


@pytest.fixture(scope="session")
def squad():
    """Twelve operators of all roles."""
    return default_squad(CATALOGUE)


@pytest.fixture(scope="session")
def ground(stage, squad):
    """The unchanging part of a battle."""
    return make_ground(stage, squad)


@pytest.fixture
def settings():
    """Learning that starts early, keeps little and is soon done."""
    return Settings(warm_up=20, batch_size=8, buffer_size=500, epsilon_decisions=100, replay_ratio=0.3)


@pytest.fixture(scope="session")
def views(stage, squad, ground):
    """Every second's view of three battles played at random, deployments and losses included."""
    rng, found = np.random.default_rng(5), []
    for seed in range(3):
        battle = Battle(stage, squad, seed=seed)
        while battle.outcome is None:
            found.append(battle.view())
            choices = np.flatnonzero(ground.legal(found[-1]))
            battle.act(ground.action(int(rng.choice(choices))))
            battle.step()
    return found
