"""Every policy names legal actions only, and exploring is sensible, counted and repeatable."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from game.actions import DEPLOY, RETREAT, WAIT
from game.simulator.battle import Battle
from learning.dqn import Dqn
from learning.policy import EpsilonGreedy, Greedy, Random
from learning.settings import Settings
from learning.training import play


@pytest.fixture
def learned(ground, settings):
    """The learned policy before it has learned anything."""
    return EpsilonGreedy(ground, Dqn(ground, settings, 0).snapshot(), settings, 0)


def test_no_policy_ever_names_an_illegal_action(stage, squad, learned):
    """The rules accept every decision of whole battles, explored or not."""
    for policy in (Random(stage, squad, 1), Greedy(stage, squad), learned):
        battle = Battle(stage, squad, seed=2)
        while battle.outcome is None:
            decision = policy.decide(battle.view())
            assert decision.legal == battle.legal_actions().sum()
            assert battle.act(decision.action)
            battle.step()


def test_random_draws_from_the_flat_list(stage, squad, ground, views):
    """Each legal action is as likely as any other, so nearly all draws deploy where deploying is possible."""
    view = max(views, key=lambda one: ground.legal(one).sum())
    policy = Random(stage, squad, 0)
    kinds = [policy.decide(view).action.kind for _ in range(300)]
    legal = ground.legal(view)
    deploys = sum(ground.action(index).kind == DEPLOY for index in np.flatnonzero(legal)) / legal.sum()
    assert kinds.count(DEPLOY) / 300 == pytest.approx(deploys, abs=0.05)


def test_random_wins_the_easiest_stage_in_less_than_fifteen_of_a_hundred(stage, squad):
    """Winning means something. (Every shipped stage is at least as hard.)"""
    battles = [Battle(stage, squad, seed=seed) for seed in range(40)]
    for seed, battle in enumerate(battles):
        play(battle, Random(stage, squad, seed))
    assert sum(battle.outcome == "won" for battle in battles) < 6


def test_epsilon_falls_with_decisions_and_stays_at_its_end(learned, settings, views):
    """Exploration is scheduled by what was decided, not by time."""
    assert learned.schedule.epsilon == settings.epsilon_start
    for _ in range(50):
        learned.decide(views[0])
    assert learned.schedule.epsilon == pytest.approx((settings.epsilon_start + settings.epsilon_end) / 2)
    learned.schedule.decisions = 10_000
    assert learned.schedule.epsilon == pytest.approx(settings.epsilon_end)


def test_a_frozen_policy_neither_explores_nor_counts(learned, views):
    """Measuring what was learned leaves no trace and has no luck in it."""
    learned.frozen = True
    decisions = [learned.decide(views[30]) for _ in range(20)]
    assert len(set(decisions)) == 1
    assert not decisions[0].explored
    assert learned.schedule.decisions == 0


def test_exploring_waits_its_share_and_rarely_retreats(learned, ground, settings, views):
    """Half of the exploratory actions save DP; what was paid for is seldom taken back."""
    legal = ground.legal(next(view for view in views if view.operators and any(c.state == "ready" for c in view.cards)))
    kinds = [ground.action(learned.explore(legal)).kind for _ in range(2000)]
    assert kinds.count(WAIT) / 2000 == pytest.approx(settings.wait_share, abs=0.04)
    assert 0 < kinds.count(RETREAT) < kinds.count(DEPLOY) / 4


def test_exploring_never_leaves_what_is_legal(learned, ground, views):
    """Also where only waiting is possible."""
    for view in views:
        legal = ground.legal(view)
        assert all(legal[learned.explore(legal)] for _ in range(5))


def test_exploration_goes_on_where_it_was_left(ground, learned, settings, views):
    """Restored, a policy draws the very numbers it would have drawn."""
    for view in views[:10]:
        learned.decide(view)
    other = EpsilonGreedy(ground, learned.snapshot, settings, 99)
    other.restore(learned.state())
    assert [other.decide(view) for view in views[10:40]] == [learned.decide(view) for view in views[10:40]]


def test_greedy_saves_for_the_hardest_hitter(stage, squad, views):
    """It waits rather than spend DP on something cheaper, and deploys as soon as it can pay."""
    view, greedy = views[0], Greedy(stage, squad)
    hitter = max(range(len(squad)), key=lambda slot: squad[slot].attack / squad[slot].attack_interval)
    cards = {state: tuple(cards_of(view, hitter, state)) for state in ("unaffordable", "ready")}
    assert greedy.decide(msgspec.structs.replace(view, dp=99, cards=cards["unaffordable"])).action.kind == WAIT
    action = greedy.decide(msgspec.structs.replace(view, dp=99, cards=cards["ready"])).action
    assert (action.kind, action.slot) == (DEPLOY, hitter)


def cards_of(view, slot, state):
    """The hand of a view, all ready, with one card in this state."""
    for card in view.cards:
        yield msgspec.structs.replace(card, state=state if card.slot == slot else "ready")


def test_the_published_snapshot_decides(ground, learned, views):
    """One assignment changes what is decided with; nothing else has to be told."""
    learned.frozen = True
    before = learned.decide(views[20]).q
    learned.snapshot = Dqn(ground, Settings(), 5).snapshot()
    assert learned.decide(views[20]).q != before
