"""The buffer keeps experiences in order and samples them by recency."""

from __future__ import annotations

import numpy as np
import pytest

from learning.observation import look
from learning.replay import ReplayBuffer, recent_ages

DISCOUNT = 0.9


@pytest.fixture
def replay(encoding):
    """An empty buffer for a hundred frames."""
    return ReplayBuffer(encoding, 100, 3, DISCOUNT)


def fill(replay, encoding, views, rewards, *, ends):
    """Play through views with these rewards; the last decision ends the battle if `ends`. The frames' numbers."""
    frames = [replay.add_frame(look(views[0], encoding).observation, encoding.legal(views[0]))]
    for step, reward in enumerate(rewards):
        last = ends and step == len(rewards) - 1
        if not last:
            frames.append(
                replay.add_frame(look(views[step + 1], encoding).observation, encoding.legal(views[step + 1]))
            )
        replay.add(frames[step], step, reward, None if last else frames[step + 1])
    return frames


def test_three_steps_are_summed_as_by_hand(replay, encoding, views):
    """The return is r0 + 0.9 r1 + 0.81 r2, and the state three decisions later has the weight 0.9 cubed."""
    fill(replay, encoding, views, [1.0, 2.0, 4.0, 8.0], ends=False)
    batch = replay.batch(np.array([0, 1]))
    assert batch.rewards == pytest.approx([1 + 0.9 * 2 + 0.81 * 4, 2 + 0.9 * 4 + 0.81 * 8])
    assert batch.discounts == pytest.approx([DISCOUNT**3, DISCOUNT**3])
    assert batch.actions.tolist() == [0, 1]
    assert (batch.after.tiles[0] == look(views[3], encoding).observation.tiles).all()
    assert (batch.after_legal[0] == encoding.legal(views[3])).all()
    assert not replay.arrays["complete"][2:].any()


def test_no_state_counts_after_the_end(replay, encoding, views):
    """The last decisions of a battle get shorter sums, and the next state has the weight 0."""
    fill(replay, encoding, views, [1.0, 2.0, 4.0], ends=True)
    batch = replay.batch(np.arange(3))
    assert batch.rewards == pytest.approx([1 + 1.8 + 3.24, 2 + 3.6, 4])
    assert batch.discounts.tolist() == [0, 0, 0]


def test_a_broken_chain_is_completed_with_fewer_rewards(replay, encoding, views):
    """When a view was missed, sums end early at the last frame seen; rewards of another battle never enter."""
    fill(replay, encoding, views, [1.0, 2.0], ends=False)
    fill(replay, encoding, views[10:], [100.0], ends=True)
    batch = replay.batch(np.array([0, 1]))
    assert batch.rewards == pytest.approx([1 + 0.9 * 2, 2])
    assert batch.discounts == pytest.approx([DISCOUNT**2, DISCOUNT])
    assert (batch.after.tiles == look(views[2], encoding).observation.tiles).all()


def test_the_oldest_is_overwritten(encoding, views):
    """A ring of 30 frames holds the youngest 30, and every experience drawn from it is complete."""
    replay, rng = ReplayBuffer(encoding, 30, 3, DISCOUNT), np.random.default_rng(0)
    for battle in range(6):
        fill(replay, encoding, views, [float(battle)] * 12, ends=True)
        for _ in range(20):
            batch = replay.sample(16, 10.0, 0.25, rng)
            youngest = range(max(battle - 2, 0), battle + 1)
            possible = np.array([[one * whole for whole in (1, 1.9, 2.71)] for one in youngest]).ravel()
            assert np.abs(batch.rewards[:, None] - possible).min(axis=1).max() < 1e-5
    assert len(replay) == 30


def test_ages_are_exponential_and_cut_off_at_the_oldest():
    """Shares by age agree with the exponential's, and no draw is older than the buffer."""
    uniform = (np.arange(200_000) + 0.5) / 200_000
    ages = recent_ages(1000, 300.0, uniform)
    assert ages.min() == 0
    assert ages.max() == 999
    edges = np.arange(0, 1001, 100)
    expected = np.diff(1 - np.exp(-edges / 300)) / (1 - np.exp(-1000 / 300))
    assert np.histogram(ages, edges)[0] / ages.size == pytest.approx(expected, abs=1e-3)


def test_a_quarter_is_drawn_uniformly(encoding, views):
    """However strong the recency, the oldest experiences keep their share of a quarter of the draws."""
    replay, rng = ReplayBuffer(encoding, 1000, 1, DISCOUNT), np.random.default_rng(1)
    frame, legal = look(views[0], encoding).observation, encoding.legal(views[0])
    for index in range(1000):
        replay.add(replay.add_frame(frame, legal), 0, float(index), None)
    rewards = np.concatenate([replay.sample(64, 5.0, 0.25, rng).rewards for _ in range(300)])
    assert np.mean(rewards < 900) == pytest.approx(0.25 * 0.9, abs=0.02)


def test_an_empty_buffer_gives_nothing(replay):
    """Without an experience there is no batch."""
    assert replay.sample(8, 10.0, 0.25, np.random.default_rng(0)) is None


def test_a_kept_buffer_comes_back_as_it_was(encoding, views):
    """After restoring, the same draws give the same batches; of too many frames the youngest are kept."""
    replay = ReplayBuffer(encoding, 40, 3, DISCOUNT)
    for battle in range(4):
        fill(replay, encoding, views[battle:], [1.0 + battle] * 14, ends=True)
    same, small = ReplayBuffer(encoding, 40, 3, DISCOUNT), ReplayBuffer(encoding, 10, 3, DISCOUNT)
    same.restore(replay.state())
    small.restore(replay.state())
    before, after = (one.sample(32, 10.0, 0.25, np.random.default_rng(3)) for one in (replay, same))
    assert (before.rewards == after.rewards).all()
    assert (before.after.tiles == after.after.tiles).all()
    assert small.state()["reward"].tolist() == replay.state()["reward"][-10:].tolist()
