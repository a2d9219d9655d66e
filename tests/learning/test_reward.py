"""The reward counts what helps to win, its total has a ceiling, and a batch is rewarded like single battles."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import numpy as np
import pytest

from game.simulator.battle import Battle
from game.view import EnemySeen
from learning.observation import look
from learning.policy import Greedy
from learning.reward import LARGEST_RETURN, WEIGHTS, Situation, reward

DISCOUNT = 0.98


def later(view, **changes):
    """The view a second later, with an empty field."""
    return msgspec.structs.replace(view, enemies=(), **changes)


def between(before, after, encoding, outcome=None, stars=0):
    """The reward of the decision between two views."""
    first, then = look(before, encoding).situation, look(after, encoding).situation
    return reward(first, then, outcome == "won", outcome == "lost", stars, encoding.stage.options, DISCOUNT)


def test_a_leak_is_no_kill(encoding, views):
    """The counter advances for leaks too; a leak that costs life earns nothing and costs its share."""
    view = later(views[0])
    leaked = between(view, later(view, kills=1, life=view.life - 1), encoding)
    killed = between(view, later(view, kills=1), encoding)
    assert leaked == pytest.approx(WEIGHTS.life / encoding.stage.options.max_life)
    assert killed == pytest.approx(WEIGHTS.kills / view.total)


def test_saving_dp_is_free_until_the_cap(encoding, views):
    """At the cap, what comes in is lost, which costs a little."""
    view = later(views[0], dp=20)
    assert between(view, later(view, dp=21), encoding) == 0
    full = later(view, dp=encoding.stage.options.max_cost)
    assert between(view, full, encoding) == pytest.approx(WEIGHTS.idle)


def test_winning_beats_losing_and_three_stars_beat_two(encoding, views):
    """The verdict outweighs everything along the way."""
    view = later(views[0])
    verdicts = [("lost", 0), ("won", 2), ("won", 3)]
    ends = [between(view, view, encoding, outcome, stars) for outcome, stars in verdicts]
    assert ends[0] <= -1 < 1 <= ends[1] < ends[2] <= LARGEST_RETURN


def test_threat_grows_towards_the_exit_and_with_health(encoding, stage, views):
    """The potential depends on how far an enemy has come and how much health it has left."""
    start, end = stage.paths[0][0], stage.paths[0][-2]
    levels = []
    for (row, col), health in ((start, 1.0), (end, 0.5), (end, 1.0)):
        view = msgspec.structs.replace(views[0], enemies=(EnemySeen("soldier", row, col, health),))
        levels.append(look(view, encoding).situation.threat)
    assert 0 < levels[0] < levels[1] < levels[2] <= 1


def test_shaping_telescopes(encoding, views):
    """Summed with its discounts, the potential adds the threat at the start and nothing else."""
    battle = next(index for index, view in enumerate(views[1:], 1) if view.kills < views[index - 1].kills)
    course = views[10:battle]
    plain = [msgspec.structs.replace(view, enemies=()) for view in course]
    totals = []
    for seen in (course, plain):
        pairs = zip(seen, [*seen[1:], None], strict=True)
        rewards = [between(a, b or a, encoding, None if b else "lost") for a, b in pairs]
        totals.append(sum(DISCOUNT**step * value for step, value in enumerate(rewards)))
    assert totals[0] - totals[1] == pytest.approx(WEIGHTS.threat * look(course[0], encoding).situation.threat, abs=1e-6)


def test_no_battle_returns_more_than_the_largest_return(stage, squad, encoding):
    """The alarm's bound holds from every state of a battle that is won without a leak."""
    battle, policy = Battle(stage, squad), Greedy(stage, squad)
    seen = [battle.view()]
    while battle.outcome is None:
        battle.act(policy.decide(seen[-1]).action)
        battle.step()
        seen.append(battle.view())
    assert battle.outcome == "won"
    pairs = zip(seen[:-1], [*seen[1:-1], None], strict=True)
    rewards = [between(a, b or a, encoding, None if b else "won", battle.stars) for a, b in pairs]
    returns = np.cumsum(rewards[::-1])
    assert 1.0 < returns.max() <= LARGEST_RETURN


def test_a_batch_is_rewarded_like_single_battles(encoding, views):
    """One function for both: arrays give the same numbers to the last bit, whatever the outcomes beside one another."""
    options, pairs = encoding.stage.options, list(pairwise(views))
    befores, afters = ([look(view, encoding).situation for view in column] for column in zip(*pairs, strict=True))
    won, lost = (np.arange(len(pairs)) % 3 == remainder for remainder in (0, 1))
    stars = 2 + np.arange(len(pairs)) % 2
    side_by_side = (Situation(*(np.array(column) for column in zip(*ones, strict=True))) for ones in (befores, afters))
    batch = reward(*side_by_side, won, lost, stars, options, DISCOUNT)
    alone = [
        reward(before, after, bool(w), bool(o), int(s), options, DISCOUNT)
        for before, after, w, o, s in zip(befores, afters, won, lost, stars, strict=True)
    ]
    assert batch.tolist() == alone
    assert all(isinstance(one, float) for one in alone)
