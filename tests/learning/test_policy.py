"""Every policy names legal actions only; exploration is counted, repeatable and seldom retreats."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
import torch

from game.actions import DEPLOY, RETREAT, WAIT
from game.simulator.battle import Battle
from learning.dqn import Dqn
from learning.measuring import play
from learning.network import make_terrain
from learning.policy import EpsilonGreedy, Explorer, Greedy, Random
from learning.settings import Settings


@pytest.fixture
def learned(encoding, settings):
    """The learned policy before it has learned anything."""
    return EpsilonGreedy(encoding, Dqn(encoding, settings, 0).snapshot(make_terrain(encoding)), settings, 0)


def test_no_policy_ever_names_an_illegal_action(stage, squad, learned):
    """The rules accept every decision of whole battles, explored or not."""
    for policy in (Random(stage, squad, 1), Greedy(stage, squad), learned):
        battle = Battle(stage, squad, seed=2)
        while battle.outcome is None:
            decision = policy.decide(battle.view())
            assert decision.legal == battle.legal_actions().sum()
            assert battle.act(decision.action)
            battle.step()


def test_random_draws_from_the_flat_list(stage, squad, encoding, views):
    """Each legal action is as likely as any other, so nearly all draws deploy where deploying is possible."""
    view = max(views, key=lambda one: encoding.legal(one).sum())
    policy = Random(stage, squad, 0)
    kinds = [policy.decide(view).action.kind for _ in range(300)]
    legal = encoding.legal(view)
    deploys = sum(encoding.action(index).kind == DEPLOY for index in np.flatnonzero(legal)) / legal.sum()
    assert kinds.count(DEPLOY) / 300 == pytest.approx(deploys, abs=0.05)


def test_random_wins_the_easiest_stage_in_less_than_fifteen_of_a_hundred(stage, squad):
    """The easiest stage is not won by chance. (Every other shipped stage is at least as hard.)"""
    battles = [Battle(stage, squad, seed=seed) for seed in range(40)]
    for seed, battle in enumerate(battles):
        play(battle, Random(stage, squad, seed))
    assert sum(battle.outcome == "won" for battle in battles) < 6


def test_epsilon_falls_with_decisions_and_stays_at_its_end(learned, settings, views):
    """Exploration is scheduled by the number of decisions, not by time."""
    assert learned.schedule.epsilon == settings.epsilon_start
    for _ in range(50):
        learned.decide(views[0])
    assert learned.schedule.epsilon == pytest.approx((settings.epsilon_start + settings.epsilon_end) / 2)
    learned.schedule.decisions = 10_000
    assert learned.schedule.epsilon == pytest.approx(settings.epsilon_end)


def test_less_is_explored_where_a_plan_is_shown(learned, settings):
    """From the beginning on; in the end as little as without a plan."""
    learned.schedule.taught = True
    assert learned.schedule.epsilon == settings.epsilon_taught < settings.epsilon_start
    learned.schedule.decisions = 10_000
    assert learned.schedule.epsilon == pytest.approx(settings.epsilon_end)


def test_less_is_explored_the_oftener_battles_are_won_without_a_leak(learned, settings):
    """What the plan held counts until there are results; a run of bad ones has it explore as with a poor plan."""
    schedule = learned.schedule
    schedule.taught, schedule.hold = True, 1.0
    assert schedule.epsilon == 0.0
    schedule.recent.extend([True] * 16 + [False] * 4)
    assert schedule.epsilon == 0.0, "a random deployment in every second battle loses more than it finds"
    schedule.recent.extend([False] * 8)
    assert schedule.epsilon == pytest.approx(settings.epsilon_taught / 2)
    schedule.recent.extend([False] * 20)
    assert schedule.epsilon == pytest.approx(settings.epsilon_taught)
    schedule.taught = False
    assert schedule.epsilon == settings.epsilon_start


def test_a_frozen_policy_neither_explores_nor_counts(learned, views):
    """Measuring a trained policy changes nothing and involves no chance."""
    learned.frozen = True
    decisions = [learned.decide(views[30]) for _ in range(20)]
    assert len(set(decisions)) == 1
    assert not decisions[0].explored
    assert learned.schedule.decisions == 0


@pytest.mark.parametrize("life", [1, 2, 3])
def test_the_last_life_point_is_not_risked_where_that_is_not_wanted(encoding, settings, views, life):
    """With it no decision explores, and each is the best one; with more life, or by default, it explores as ever."""
    view = msgspec.structs.replace(max(views, key=lambda one: encoding.legal(one).sum()), life=life)
    snapshot = Dqn(encoding, settings, 0).snapshot(make_terrain(encoding))
    for risk in (True, False):
        always = settings.model_copy(update={"risk_last_life": risk, "epsilon_end": 1.0})
        policy = EpsilonGreedy(encoding, snapshot, always, 0)
        decisions = [policy.decide(view) for _ in range(50)]
        assert {one.explored for one in decisions} == {risk or life > 1}
        assert (len({one.action for one in decisions}) == 1) == (not risk and life <= 1)


def test_exploring_waits_its_share_and_rarely_retreats(encoding, settings, views):
    """Half of the exploratory actions save DP; few of them retreat an operator."""
    explorer, rng = Explorer(encoding, settings.wait_share), np.random.default_rng(0)
    legal = encoding.legal(
        next(view for view in views if view.operators and any(c.state == "ready" for c in view.cards))
    )
    kinds = [encoding.action(explorer.explore(legal, rng)).kind for _ in range(2000)]
    assert kinds.count(WAIT) / 2000 == pytest.approx(settings.wait_share, abs=0.04)
    assert 0 < kinds.count(RETREAT) < kinds.count(DEPLOY) / 4


def test_whom_a_plan_has_placed_is_not_taken_back_by_chance(encoding, learned, views):
    """While nothing but a retreat is possible, an exploring decision waits where a plan was shown."""
    view = next(one for one in views if one.operators)
    legal = encoding.legal(view)
    kinds = np.array([encoding.action(number).kind for number in range(len(legal))])
    legal &= (kinds == RETREAT) | (kinds == WAIT)
    assert legal.sum() > 1
    explorer, rng = Explorer(encoding, 0.0), np.random.default_rng(0)
    assert {int(kinds[explorer.explore(legal, rng)]) for _ in range(20)} == {RETREAT}
    assert {int(kinds[explorer.explore(legal, rng, retreats=False)]) for _ in range(20)} == {WAIT}
    learned.schedule.taught = True
    learned._rng = rng
    with_plan = [learned.decide(view) for _ in range(400)]
    assert any(one.explored for one in with_plan)
    assert all(one.action.kind != RETREAT for one in with_plan if one.explored)


def test_exploring_never_leaves_what_is_legal(encoding, views):
    """Also where only waiting is legal."""
    explorer, rng = Explorer(encoding, 0.2), np.random.default_rng(1)
    for view in views:
        legal = encoding.legal(view)
        assert all(legal[explorer.explore(legal, rng)] for _ in range(5))


def test_a_decision_names_what_else_was_considered(learned, views):
    """The legal actions with the highest scores, best first; without exploration the best is the one taken."""
    learned.frozen = True
    for view in views:
        decision = learned.decide(view)
        scores = [q for _, q in decision.considered]
        assert decision.considered[0] == (decision.action, decision.q)
        assert scores == sorted(scores, reverse=True)
        assert len(scores) == min(decision.legal, 5)
        assert np.isfinite(scores).all()


def test_what_is_banned_is_not_decided(learned, encoding, views):
    """In no direction, explored or not; every other action stays possible."""
    view = next(one for one in views if encoding.legal(one).sum() > 5)
    legal = [encoding.action(int(index)) for index in np.flatnonzero(encoding.legal(view))]
    deploys = sorted({action[:3] for action in legal if action.kind == DEPLOY})
    learned.banned = deploys[1:]
    decided = {learned.decide(view).action for _ in range(100)}
    assert {action[:3] for action in decided if action.kind == DEPLOY} == {deploys[0]}


def test_exploration_continues_from_its_saved_state(encoding, learned, settings, views):
    """Restored, a policy draws the same numbers that it would have drawn."""
    for view in views[:10]:
        learned.decide(view)
    other = EpsilonGreedy(encoding, learned.snapshot, settings, 99)
    other.restore(learned.state())
    assert [other.decide(view) for view in views[10:40]] == [learned.decide(view) for view in views[10:40]]


def test_greedy_saves_for_the_highest_damage(stage, squad, views):
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


def test_the_published_snapshot_decides(encoding, learned, views):
    """One assignment replaces the weights that decide."""
    learned.frozen = True
    before = learned.decide(views[20]).q
    learned.snapshot = Dqn(encoding, Settings(), 5).snapshot(make_terrain(encoding))
    assert learned.decide(views[20]).q != before


class Says:
    """Advises the numbers that it is given, view after view."""

    def __init__(self, *advice):
        self._advice = list(advice)

    def advise(self, view):
        """The next of them."""
        del view
        return self._advice.pop(0)


def test_a_fresh_network_follows_the_plan(encoding, learned, views):
    """What is advised is decided if it is legal, whatever it is; illegal advice is never followed."""
    view = max(views, key=lambda one: encoding.legal(one).sum())
    legal = encoding.legal(view)
    learned.frozen = True
    for number in (0, *np.flatnonzero(legal)[1::40].tolist(), len(legal) - 1):
        learned.adviser = Says((number, -1))
        decision = learned.decide(view)
        assert legal[encoding.index(decision.action)]
        assert (encoding.index(decision.action) == number) == legal[number]


def test_a_plan_that_holds_is_followed_whatever_the_network_thinks(encoding, learned, views, settings):
    """Its next step, a wait once it is done, or one to deploy again; one that holds in less than 80 of 100 only until
    the network has experience.
    """
    view = max(views, key=lambda one: encoding.legal(one).sum())
    numbers = np.flatnonzero(encoding.legal(view)).tolist()
    learned.frozen = True
    free = encoding.index(learned.decide(view).action)
    step, again = [number for number in numbers[1:] if number != free][:2]
    learned.snapshot = _Prefers(free, len(encoding.legal(view)))
    schedule = learned.schedule
    schedule.taught = True
    new, old = 0, settings.demonstrated_decisions
    for decisions, hold, advice, chosen in (
        (old, 1.0, (step, -1), {step}), (old, 1.0, (-1, -1), {0}), (old, 1.0, (0, again), {0, again}),
        (old, 0.9, (step, -1), {step}), (old, 0.8, (step, -1), {free}), (old, 0.0, (-1, -1), {free}),
        (new, 0.4, (step, -1), {step}), (new, 0.4, (-1, -1), {0}), (new, 0.2, (step, -1), {free}),
    ):  # fmt: skip
        schedule.decisions, schedule.hold = decisions, hold
        learned.adviser = Says(advice)
        assert encoding.index(learned.decide(view).action) in chosen
    schedule.decisions, schedule.hold = old, 1.0
    schedule.recent.extend([False] * 5)
    learned.adviser = Says((step, -1))
    assert encoding.index(learned.decide(view).action) == free, "it does not hold in play"


class _Prefers:
    """A snapshot that scores one action a quarter higher than all others."""

    def __init__(self, number, count):
        self._scores = torch.zeros(count)
        self._scores[number] = 0.25

    def scores(self, observation, legal):
        """The same in every view."""
        del observation
        return torch.where(torch.as_tensor(legal), self._scores, -torch.inf)


def test_the_advice_of_the_last_views_is_kept_until_they_are_remembered(encoding, learned, views):
    """By the view; of an older one, or without a plan, nothing was advised."""
    learned.adviser = Says(*((number, -1) for number in range(6)))
    for view in views[10:16]:
        learned.decide(view)
    assert [learned.advice_for(view) for view in views[12:16]] == [(number, -1) for number in range(2, 6)]
    assert learned.advice_for(views[10]) == learned.advice_for(views[40]) == (-1, -1)
