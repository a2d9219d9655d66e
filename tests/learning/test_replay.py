"""The buffer keeps experiences in order and samples them by recency."""

from __future__ import annotations

import numpy as np
import pytest

from learning.encoding import Observation
from learning.observation import look
from learning.replay import ReplayBuffer, joined, recent_ages

DISCOUNT = 0.9


@pytest.fixture
def replay(encoding):
    """An empty buffer for a hundred frames."""
    return ReplayBuffer(encoding, 100, 3, DISCOUNT)


def shares(seen):
    """Bytes of an observation as the network reads them."""
    return seen / np.float32(255)


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
    assert (batch.after.tiles[0] == shares(look(views[3], encoding).observation.tiles)).all()
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
    assert (batch.after.tiles == shares(look(views[2], encoding).observation.tiles)).all()


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


def equal(one, other):
    """Whether two batches are the same to the last bit."""
    sides = zip(
        (*one.before, *one.after, *one[1:5], one.after_legal),
        (*other.before, *other.after, *other[1:5], other.after_legal),
        strict=True,
    )
    return all((left == right).all() for left, right in sides)


def many(encoding, views):
    """Observations and masks of views, side by side."""
    seen = [look(view, encoding) for view in views]
    return Observation(*map(np.stack, zip(*(one.observation for one in seen), strict=True))), np.stack(
        [one.legal for one in seen]
    )


def test_battles_side_by_side_give_the_experiences_of_each_alone(encoding, views):
    """Three of them, whose battles end and begin anew at other moments: every experience is the same."""
    ends, steps = ({3, 12}, {6, 12}, {12}), 13
    shown = [[views[20 * b + step] for step in range(steps)] for b in range(3)]
    side, alone = ReplayBuffer(encoding, 100, 3, DISCOUNT), ReplayBuffer(encoding, 100, 3, DISCOUNT)
    firsts = [side.add_frames(*many(encoding, [shown[b][step] for b in range(3)])) for step in range(steps)]
    for step in range(steps):
        for b in range(3):
            side.add(firsts[step] + b, step, 10.0 * b + step, None if step in ends[b] else firsts[step + 1] + b, b)
    places = []
    for b in range(3):
        frames = [alone.add_frame(*look(view, encoding)[:2]) for view in shown[b]]
        for step, frame in enumerate(frames):
            alone.add(frame, step, 10.0 * b + step, None if step in ends[b] else frames[step + 1])
        places += [first + b for first in firsts]
    assert side.arrays["complete"].sum() == alone.arrays["complete"].sum() == 3 * steps
    assert equal(side.batch(np.array(places)), alone.batch(np.arange(3 * steps)))


def test_a_battle_that_is_cut_leaves_the_others_pending(encoding, views):
    """Only its own experiences are completed."""
    replay = ReplayBuffer(encoding, 100, 3, DISCOUNT)
    firsts = [replay.add_frames(*many(encoding, views[step : step + 2])) for step in range(3)]
    for step in range(2):
        for b in range(2):
            replay.add(firsts[step] + b, step, 1.0, firsts[step + 1] + b, b)
    replay.cut(1)
    assert replay.arrays["complete"][:6].tolist() == [False, True, False, True, False, False]
    assert replay.batch(np.array([1])).rewards == pytest.approx([1.9])


def test_side_by_side_the_oldest_is_overwritten_too(encoding, views):
    """In a small ring every experience drawn is one that was added, with its own next state."""
    replay, rng = ReplayBuffer(encoding, 21, 3, 1.0), np.random.default_rng(0)
    frames = many(encoding, views[:4])
    first = replay.add_frames(*frames)
    for step in range(40):
        then = replay.add_frames(*frames)
        for b in range(4):
            replay.add(first + b, b, 1.0 + b, then + b, b)
        first = then
        if step > 3:
            batch = replay.sample(32, 10.0, 0.5, rng)
            assert (batch.rewards == 3 * (1.0 + batch.actions)).all()
            assert all((batch.after.tiles[n] == shares(frames[0].tiles[b])).all() for n, b in enumerate(batch.actions))
    assert len(replay) == 21


def test_batches_are_joined_one_after_the_other(encoding, views):
    """Every array, with the number of demonstrations among the last."""
    replay = ReplayBuffer(encoding, 100, 3, DISCOUNT)
    fill(replay, encoding, views, [float(number) for number in range(20)], ends=True)
    first, second = replay.batch(np.arange(5)), replay.batch(np.arange(5, 20))
    together = joined([first, second], 15)
    assert together.taught == 15
    assert equal(together, replay.batch(np.arange(20)))
    assert equal(joined([first], 0), first)


def test_advice_that_comes_later_is_added_to_its_frame(encoding, views):
    """As live play does, where the frame may already be there; one that was overwritten is left alone."""
    replay = ReplayBuffer(encoding, 5, 1, DISCOUNT)
    frames = fill(replay, encoding, views, [1.0, 2.0, 3.0], ends=False)
    replay.advise(frames[1], (7, -1))
    assert replay.batch(np.array([0, 1])).before.advice.tolist() == [[-1, -1], [7, -1]]
    fill(replay, encoding, views[10:], [1.0] * 4, ends=True)
    replay.advise(frames[0], (9, 9))
    assert (replay.arrays["advice"] != 9).all()
