"""What a plan advises: its next step, and to put back what has fallen."""

from __future__ import annotations

import pytest
from small_plans import deploy, plan_of, used_by_hand

from game.actions import DEPLOY, RETREAT, SKILL, Action
from game.view import BattleView, Card, OperatorSeen
from learning.advice import NONE, Adviser
from learning.encoding import make_encoding
from planning.plans import WHENEVER_READY, PlanStep

FANG, KROOS = range(2)
HAND = (Card(FANG, 11, "ready"), Card(KROOS, 10, "ready"))
FANG_STANDS = Action(DEPLOY, FANG, 1 * 8 + 2, 0)
KROOS_STANDS = Action(DEPLOY, KROOS, 0 * 8 + 3, 0)
NOTHING = Action(0)
PLAN = plan_of(deploy("Fang", 1, 2), deploy("Kroos", 0, 3, kills=2))


class Advised:
    """An adviser with its clock, shown views by hand; its advice as actions, None for none."""

    def __init__(self, plan, stage):
        self._clock, self._encoding = [0.0], make_encoding(stage, used_by_hand("Fang", "Kroos"))
        self._adviser = Adviser(plan, self._encoding, lambda: self._clock[0])

    def at(self, seconds, view):
        """Both advices at a moment."""
        self._clock[0] = seconds
        return tuple(None if one == NONE else self._encoding.action(one) for one in self._adviser.advise(view))


@pytest.fixture
def advised(make):
    """Makes an adviser of a plan for Fang and Kroos on a lane of eight tiles."""
    stage = make.stage(make.level([make.spawn(count=20)]))
    return lambda plan: Advised(plan, stage)


def seen(*standing, kills=0, cooling=(), poor=(), ready=False):
    """A view with these operators on the field and the others in the hand."""
    states = {**dict.fromkeys(cooling, "cooling"), **dict.fromkeys(poor, "unaffordable")}
    hand = tuple(Card(one.slot, one.cost, states.get(one.slot, "ready")) for one in HAND if one.slot not in standing)
    places = {FANG: (1, 2), KROOS: (0, 3)}
    units = tuple(OperatorSeen(slot, *places[slot], 0, 1.0, ready) for slot in standing)
    return BattleView(kills=kills, total=20, life=3, dp=50, slots_left=8, cards=hand, operators=units)


def test_the_next_step_is_advised_and_a_wait_until_it_is_due(advised):
    """Again, as long as it is not seen to be done; nothing once all steps are done."""
    one = advised(PLAN)
    assert one.at(0, seen()) == (FANG_STANDS, None)
    assert one.at(1, seen()) == (FANG_STANDS, None)
    assert one.at(2, seen(FANG)) == (NOTHING, None)
    assert one.at(3, seen(FANG, kills=2)) == (KROOS_STANDS, None)
    assert one.at(4, seen(FANG, KROOS, kills=2)) == (None, None)
    assert one.at(5, seen(FANG, KROOS, kills=9)) == (None, None)


def test_an_operator_that_fell_is_advised_to_be_put_back(advised):
    """Where the plan had it, once its card is ready; before the plan has ended and afterwards."""
    one = advised(PLAN)
    one.at(0, seen())
    assert one.at(1, seen(FANG)) == (NOTHING, None)
    assert one.at(2, seen(cooling=[FANG])) == (NOTHING, None)
    assert one.at(3, seen(poor=[FANG])) == (NOTHING, None)
    assert one.at(4, seen()) == (NOTHING, FANG_STANDS)
    assert one.at(5, seen(kills=2)) == (KROOS_STANDS, FANG_STANDS)
    assert one.at(6, seen(FANG, KROOS, kills=2)) == (None, None)
    assert one.at(7, seen(KROOS, kills=3)) == (None, FANG_STANDS)
    assert one.at(8, seen(kills=3)) == (None, FANG_STANDS)


def test_what_the_plan_takes_back_is_not_put_back(advised):
    """An operator that the plan retreats has not fallen; one that was not deployed yet neither."""
    one = advised(plan_of(deploy("Fang", 1, 2), PlanStep(kind="Retreat", name="Fang"), deploy("Kroos", 0, 3, kills=5)))
    assert one.at(0, seen()) == (FANG_STANDS, None)
    assert one.at(1, seen(FANG)) == (Action(RETREAT, FANG), None)
    assert one.at(2, seen()) == (NOTHING, None)


def test_a_step_whose_operator_already_stands_counts_as_done(advised):
    """A policy that is ahead of the plan is not told to wait for what it has done."""
    one = advised(plan_of(deploy("Fang", 1, 2), deploy("Kroos", 0, 3)))
    assert one.at(0, seen()) == (FANG_STANDS, None)
    assert one.at(1, seen(FANG, KROOS)) == (None, None)
    one = advised(plan_of(deploy("Fang", 1, 2), deploy("Kroos", 0, 3)))
    one.at(0, seen())
    assert one.at(1, seen(KROOS)) == (FANG_STANDS, None)
    assert one.at(2, seen(FANG, KROOS)) == (None, None)


def test_the_same_thing_is_not_advised_twice(advised):
    """Where the plan itself deploys it again now, the second advice is silent."""
    one = advised(plan_of(deploy("Fang", 1, 2), deploy("Fang", 1, 2)))
    assert one.at(0, seen()) == (FANG_STANDS, None)
    assert one.at(1, seen(cooling=[FANG])) == (NOTHING, None)
    assert one.at(2, seen()) == (FANG_STANDS, None)


def test_skills_are_advised_as_the_plan_uses_them(advised):
    """Also once its steps are done; in between nothing is advised."""
    one = advised(plan_of(deploy("Fang", 1, 2), usage=WHENEVER_READY))
    assert one.at(0, seen()) == (FANG_STANDS, None)
    assert one.at(1, seen(FANG, ready=True)) == (Action(SKILL, FANG), None)
    assert one.at(2, seen(FANG)) == (None, None)


def test_a_new_battle_is_advised_from_its_beginning(advised):
    """The clock has begun again; what stood in the battle before has not fallen in this one."""
    one = advised(PLAN)
    one.at(0, seen())
    one.at(30, seen(FANG))
    assert one.at(1, seen()) == (FANG_STANDS, None)
