"""Only what a player would be glad of is rewarded, and the total has a ceiling."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from game.simulator.battle import Battle
from game.view import EnemySeen
from learning.policy import Greedy
from learning.reward import IDLE, KILLS, LARGEST_RETURN, LIFE, reward, threat

GAMMA = 0.98


def after(view, **changes):
    """The view a second later, with an empty field."""
    return msgspec.structs.replace(view, enemies=(), **changes)


def test_a_leak_is_no_kill(ground, views):
    """The counter advances for leaks too; what cost life earns nothing and costs its share."""
    view = after(views[0])
    leaked = reward(view, after(view, kills=1, life=view.life - 1), None, 0, ground, GAMMA)
    killed = reward(view, after(view, kills=1), None, 0, ground, GAMMA)
    assert leaked == pytest.approx(LIFE / ground.stage.options.max_life)
    assert killed == pytest.approx(KILLS / view.total)


def test_dp_that_are_not_needed_are_not_missed(ground, views):
    """Saving is free until the cap, where what comes in is lost."""
    view = after(views[0], dp=20)
    assert reward(view, after(view, dp=21), None, 0, ground, GAMMA) == 0
    assert reward(view, after(view, dp=ground.stage.options.max_cost), None, 0, ground, GAMMA) == pytest.approx(IDLE)


def test_winning_beats_losing_and_three_stars_beat_two(ground, views):
    """The verdict outweighs everything along the way."""
    view = after(views[0])
    ends = [
        reward(view, None, outcome, stars, ground, GAMMA) for outcome, stars in [("lost", 0), ("won", 2), ("won", 3)]
    ]
    assert ends[0] <= -1 < 1 <= ends[1] < ends[2] <= LARGEST_RETURN


def test_threat_grows_towards_the_exit_and_with_health(ground, stage, views):
    """The potential knows how far an enemy has come and how much of it is left."""
    start, end = stage.paths[0][0], stage.paths[0][-2]
    levels = []
    for (row, col), health in ((start, 1.0), (end, 0.5), (end, 1.0)):
        view = msgspec.structs.replace(views[0], enemies=(EnemySeen("soldier", row, col, health),))
        levels.append(threat(view, ground))
    assert 0 < levels[0] < levels[1] < levels[2] <= 1


def test_shaping_telescopes(ground, views):
    """Summed with its discounts, the potential adds what the field was like at the start and nothing else."""
    battle = next(index for index, view in enumerate(views[1:], 1) if view.kills < views[index - 1].kills)
    course = views[10:battle]
    plain = [msgspec.structs.replace(view, enemies=()) for view in course]
    totals = []
    for seen in (course, plain):
        pairs = zip(seen, [*seen[1:], None], strict=True)
        worth = [reward(a, b, None if b else "lost", 0, ground, GAMMA) for a, b in pairs]
        totals.append(sum(GAMMA**step * value for step, value in enumerate(worth)))
    assert totals[0] - totals[1] == pytest.approx(0.5 * threat(course[0], ground), abs=1e-6)


def test_no_battle_returns_more_than_the_largest_return(stage, squad, ground):
    """The alarm's bound holds from every state of a battle that is won without a leak."""
    battle, policy = Battle(stage, squad), Greedy(stage, squad)
    seen = [battle.view()]
    while battle.outcome is None:
        battle.act(policy.decide(seen[-1]).action)
        battle.step()
        seen.append(battle.view())
    assert battle.outcome == "won"
    pairs = zip(seen[:-1], [*seen[1:-1], None], strict=True)
    rewards = [reward(a, b, None if b else "won", battle.stars, ground, GAMMA) for a, b in pairs]
    returns = np.cumsum(rewards[::-1])
    assert 1.0 < returns.max() <= LARGEST_RETURN
