"""A collector plays varied battles side by side with a plan's advice, and begins others as they end."""

from __future__ import annotations

import json

import numpy as np
import pytest

from learning.battles import BattleBatch
from learning.collector import Collector, as_advised, observation_of
from planning.solutions import solution
from planning.variation import EXACT, FAR, NEAR

FIRST = 500
"""Seed of the first battle."""


def waits(observations, legal):
    """Nothing but waiting: every battle is lost."""
    del observations
    return np.zeros(len(legal), np.int64)


def test_a_battle_that_ended_begins_anew_with_the_next_seed(stage, squad, encoding):
    """In its variation in turn, and from its first moment on; the others go on."""
    collector = Collector(stage, squad, None, 3, (NEAR, FAR), FIRST)
    seeds, same = [FIRST, FIRST + 1, FIRST + 2], BattleBatch(encoding, 3)
    for b, seed in enumerate(seeds):
        same.begin(b, (NEAR, FAR)[seed % 2], seed)
    following, begun = FIRST + 3, 0
    while begun < 5:
        seen, _ = same.look()
        played = collector.play(waits, 1.0)
        for one, other in zip(played.observation[:4], seen[:4], strict=True):
            assert (one == other).all()
        same.decide(played.actions)
        over = same.ends().over
        assert played.over == over.tolist()
        for b in np.flatnonzero(over).tolist():
            same.begin(b, (NEAR, FAR)[following % 2], following)
            following, begun = following + 1, begun + 1
    assert len(collector.ended) == begun
    assert not any(one.won or one.stars for one in collector.ended)
    assert collector.active.all()


def test_battles_that_do_not_stay_are_played_once(stage, squad):
    """Each ends once, then it stands still and is given no advice, while the others go on."""
    collector = Collector(stage, squad, solution("first_watch"), 3, (FAR,), FIRST, stays=False)
    over, last = np.zeros(3, int), {}
    while collector.active.any():
        played = collector.play(waits, 1.0)
        over += played.over
        for b in range(3):
            if b in last:
                assert played.observation.tiles[b].tobytes() == last[b]
                assert (played.observation.advice[b] == -1).all()
        last |= {b: collector._seen.tiles[b].tobytes() for b in np.flatnonzero(played.over).tolist()}
    assert over.tolist() == [1, 1, 1]
    assert len(collector.ended) == 3
    assert {one.seconds for one in collector.ended} == {collector.battles.seconds(b) for b in range(3)}


@pytest.mark.parametrize("variation", [EXACT, NEAR], ids=lambda one: one.name)
def test_the_advice_followed_wins(variation, stage, squad):
    """Each of a few battles of the plan's stage, without a leak; what is done is always legal."""
    collector = Collector(stage, squad, solution("first_watch"), 4, (variation,), FIRST, stays=False)
    while collector.active.any():
        played = collector.play(as_advised, 1.0)
        assert played.legal[np.arange(4), played.actions].all()
    assert [(one.won, one.stars, one.leaks) for one in collector.ended] == [(True, 3, 0)] * 4


def test_without_a_plan_nothing_is_advised(stage, squad):
    """And as_advised waits then."""
    played = Collector(stage, squad, None, 2, (EXACT,), 0).play(as_advised, 1.0)
    assert (played.observation.advice == -1).all()
    assert (played.actions == 0).all()


def test_illegal_advice_is_a_wait(stage, squad, encoding):
    """The second advice is never followed by the plan alone."""
    collector = Collector(stage, squad, None, 4, (EXACT,), 0)
    legal = np.zeros((4, len(encoding.flat_actions)), np.bool_)
    legal[:, [0, 7]] = True
    observation = observation_of(collector._seen, np.array([[7, -1], [8, 7], [-1, 7], [0, 7]]))
    assert as_advised(observation, legal).tolist() == [7, 0, 0, 0]


def test_rewards_of_a_battle_come_from_its_own_views(stage, squad):
    """A battle that began anew is not measured against the end of the one before it."""
    collector, over = Collector(stage, squad, None, 2, (EXACT,), 0), np.zeros(2, np.bool_)
    while not over.any():
        played = collector.play(waits, 1.0)
        over = np.array(played.over)
    assert all(reward < -0.5 for reward, ended in zip(played.rewards, over, strict=True) if ended)
    after = collector.play(waits, 1.0)
    assert all(reward == pytest.approx(0) for reward, ended in zip(after.rewards, over, strict=True) if ended)


def test_battles_are_played_again_up_to_where_they_were(stage, squad):
    """From seeds and decisions alone: what is seen, advised and decided afterwards is the same."""
    one = Collector(stage, squad, solution("first_watch"), 3, (NEAR, FAR), FIRST)
    for _ in range(70):
        one.play(as_advised, 0.9)
    state = json.loads(json.dumps(one.state()))
    other = Collector(stage, squad, solution("first_watch"), 3, (NEAR, FAR), 0)
    other.restore(state)
    one.ended.clear()
    for _ in range(70):
        played, again = (each.play(as_advised, 0.9) for each in (one, other))
        assert all((left == right).all() for left, right in zip(played.observation, again.observation, strict=True))
        assert (played.actions.tolist(), played.rewards, played.over) == (
            again.actions.tolist(),
            again.rewards,
            again.over,
        )
    assert one.ended == other.ended != []


def test_battles_of_other_rules_or_another_plan_are_refused(stage, squad):
    """They would come out otherwise than the first time."""
    one, without = (Collector(stage, squad, plan, 2, (NEAR,), FIRST) for plan in (solution("first_watch"), None))
    for _ in range(20):
        one.play(as_advised, 0.9)
    with pytest.raises(ValueError, match="come out otherwise"):
        without.restore(one.state())
