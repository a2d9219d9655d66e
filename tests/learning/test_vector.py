"""Battles in one vector environment equal the same battles in single ones, number for number."""

from __future__ import annotations

import json
from importlib import resources

import gymnasium
import numpy as np
import pytest

from game.actions import unflatten

NAME = "holdfast/Arknight-v0"


def together(stage, count, mode=None):
    """`count` battles as one environment; with mode `sync` Gymnasium steps as many ArknightEnv one after the other."""
    return gymnasium.make_vec(NAME, num_envs=count, vectorization_mode=mode, stage=stage)


def choose(rng, masks, environments):
    """A random legal action for every battle, now and then one that is not."""
    flat = [int(rng.choice(np.flatnonzero(mask))) for mask in masks]
    slots, tiles = len(environments.squad), environments.encoding.tiles
    actions = np.array([unflatten(index, slots, tiles) for index in flat])
    if rng.random() < 0.2:
        actions[0] = environments.action_space.sample()[0]
    return actions


@pytest.mark.parametrize("stage", ["first_watch", "two_roads", "ridge_line"])
def test_every_number_is_that_of_the_battle_alone(stage):
    """Observations, rewards, endings and infos over hundreds of decisions, new battles included."""
    fast, slow = together(stage, 4), together(stage, 4, "sync")
    rng = np.random.default_rng(1)
    (one, infos), (other, others) = fast.reset(seed=5), slow.reset(seed=5)
    ends = 0
    for _ in range(260):
        for key in other:
            assert one[key].dtype == other[key].dtype
            np.testing.assert_array_equal(one[key], other[key], key)
        assert set(infos) == set(others)
        for key in others:
            np.testing.assert_array_equal(infos[key], others[key], key)
        actions = choose(rng, infos["action_mask"], fast)
        one, rewards, ended, cut, infos = fast.step(actions)
        other, other_rewards, others_ended, _, others = slow.step(actions)
        np.testing.assert_array_equal(rewards, other_rewards)
        np.testing.assert_array_equal(ended, others_ended)
        assert not cut.any()
        ends += int(ended.sum())
    assert ends > 4, "battles ended and began anew"


def test_what_a_step_returned_stays_as_it_was():
    """A caller that keeps observations needs no copies."""
    environments = together("first_watch", 2)
    seen, infos = environments.reset(seed=0)
    kept = {**{key: value.copy() for key, value in seen.items()}, "mask": infos["action_mask"].copy()}
    for _ in range(30):
        environments.step(np.zeros((2, 4), np.int64))
    assert all((seen[key] == kept[key]).all() for key in seen)
    assert (infos["action_mask"] == kept["mask"]).all()


def test_what_it_returns_lies_in_its_spaces():
    """The batched spaces hold every observation, and a space's own sample is an action."""
    environments = together("first_watch", 3)
    seen, _ = environments.reset(seed=2)
    for _ in range(20):
        assert environments.observation_space.contains(seen)
        seen, *_ = environments.step(environments.action_space.sample())
    assert environments.action_masks().dtype == np.bool_
    assert environments.action_masks()[:, 0].all()


def test_a_wrong_number_of_seeds_is_refused():
    """Two of three battles would not have begun."""
    with pytest.raises(ValueError, match="1 seeds for 3 battles"):
        together("first_watch", 3).reset(seed=[7])


def test_a_battle_that_is_won_before_it_begins_ends_as_it_does_alone(tmp_path):
    """A level in which a random group may bring no enemy at all."""
    level = json.loads(resources.files("game.levels.stages").joinpath("short_road.json").read_text())
    actions = level["waves"][0]["fragments"][0]["actions"][:1]
    no_enemy = {**actions[0], "key": "", "randomSpawnGroupKey": "g", "weight": 1}
    actions = [{**actions[0], "count": 1, "randomSpawnGroupKey": "g", "weight": 1}, no_enemy]
    level["waves"] = [{**level["waves"][0], "fragments": [{"preDelay": 0.0, "actions": actions}]}]
    file = tmp_path / "perhaps.json"
    file.write_text(json.dumps(level))
    fast, slow = together(str(file), 6), together(str(file), 6, "sync")
    fast.reset(seed=1), slow.reset(seed=1)
    ends = []
    for _ in range(60):
        waiting = np.zeros((6, 4), np.int64)
        _, rewards, ended, _, _ = fast.step(waiting)
        _, other_rewards, others_ended, _, _ = slow.step(waiting)
        np.testing.assert_array_equal(ended, others_ended)
        np.testing.assert_array_equal(rewards, other_rewards)
        ends.append(ended.copy())
    assert np.array(ends).sum(axis=0).max() > 2


def test_seeds_may_be_given_battle_by_battle():
    """As Gymnasium's own vector environments take them."""
    environments = together("first_watch", 3)
    one = environments.reset(seed=7)[0]
    other = environments.reset(seed=[7, 8, 9])[0]
    assert all((one[key] == other[key]).all() for key in one)
