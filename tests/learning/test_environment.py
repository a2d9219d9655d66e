"""The environment is what Gymnasium's tools expect, and its masks are the rules'."""

from __future__ import annotations

import sys

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import learning.environment
from game.actions import NOTHING, Action, unflatten

NAME = "holdfast/Arknight-v0"


@pytest.fixture
def environment(stage):
    """A battle of the easiest stage."""
    return gymnasium.make(NAME, stage=stage.name).unwrapped


@pytest.mark.filterwarnings("error")
def test_it_passes_gymnasium_s_own_check(environment):
    """Without so much as a warning."""
    check_env(environment, skip_render_check=True)


def test_importing_the_package_is_enough_to_make_it():
    """Since 1.0 Gymnasium follows no entry points: importing the package registers the environment."""
    assert learning.__name__ in sys.modules
    assert gymnasium.spec(NAME).entry_point == "learning.environment:ArknightEnv"


def test_the_same_seed_gives_the_same_battle(environment):
    """Observations and rewards of a whole battle agree; the action space is seeded too."""
    runs = []
    for _ in range(2):
        seen, _ = environment.reset(seed=11)
        rng, rewards, ended = np.random.default_rng(0), [], False
        while not ended:
            choice = int(rng.choice(np.flatnonzero(environment.action_masks())))
            action = unflatten(choice, len(environment.squad), environment.encoding.tiles)
            seen, reward, ended, truncated, info = environment.step(np.array(action))
            assert not truncated
            assert not info["illegal"]
            rewards.append(reward)
        runs.append((rewards, seen["tiles"].tolist(), info["outcome"]))
    assert runs[0] == runs[1]
    assert runs[0][2] in {"won", "lost"}


def test_masks_agree_and_waiting_is_always_legal(environment):
    """`info` has the mask in the type that Gymnasium's samplers want, and it is never all zeros."""
    _, info = environment.reset(seed=0)
    assert environment.action_masks().dtype == np.bool_
    assert info["action_mask"].dtype == np.int8
    assert (info["action_mask"] == environment.action_masks()).all()
    assert info["action_mask"][0] == 1


def test_an_action_that_is_not_legal_waits_and_says_so(environment):
    """The battle goes on exactly as after waiting."""
    seen = []
    for action in (NOTHING, Action(2, 3), Action(1, 0, 0, 0)):
        environment.reset(seed=4)
        observation, _, _, _, info = environment.step(np.array(action))
        seen.append(observation)
        assert info["illegal"] == (action != NOTHING)
    for other in seen[1:]:
        assert all((seen[0][key] == other[key]).all() for key in seen[0])


def test_it_says_that_it_draws_nothing(stage):
    """A render mode is refused with a way out."""
    with pytest.raises(ValueError, match="render_mode must be None"):
        learning.environment.ArknightEnv(stage.name, render_mode="human")
