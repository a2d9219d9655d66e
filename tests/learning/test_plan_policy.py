"""Following a plan from what is seen: in order, by its conditions, and until the view shows that it was done."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import pytest
from befriended import KROOS as FRIEND
from befriended import befriended, friend
from levels import CATALOGUE
from small_plans import deploy, group, plan_of, plan_with, used_by_hand

from game.actions import DEPLOY, NOTHING, RETREAT, SKILL, Action
from game.characters.builds import squad_of
from game.levels.stage import load_stage, shipped_stages
from game.simulator.battle import Battle
from game.view import BattleView, Card, OperatorSeen
from learning.plan_policy import PlanPolicy, brought
from planning.assignment import assign_operators
from planning.plans import LIMITED_TIMES, WHENEVER_READY, PlanStep
from planning.solutions import solution

HALF_A_SECOND = 15
FANG, KROOS = range(2)
HAND = (Card(FANG, 11, "ready"), Card(KROOS, 10, "ready"))


class Follower(NamedTuple):
    """A policy with its clock, shown views by hand: Fang and Kroos on a lane of eight tiles."""

    policy: PlanPolicy
    clock: list[float]

    def at(self, seconds, view):
        """The action at a moment."""
        self.clock[0] = seconds
        return self.policy.decide(view).action


@pytest.fixture
def follow(make):
    """Makes a follower of a plan."""
    stage, squad = make.stage(make.level([make.spawn(count=20)])), used_by_hand("Fang", "Kroos")

    def follower(plan):
        clock = [0.0]
        return Follower(PlanPolicy(plan, stage, brought(plan, squad), lambda: clock[0]), clock)

    return follower


def seen(*standing, kills=0, dp=50, cards=HAND, ready=False, slots_left=8):
    """A view with these operators on the field and the others in the hand."""
    units = tuple(OperatorSeen(slot, 1, 2 + slot, 0, 1.0, ready) for slot in standing)
    hand = tuple(card for card in cards if card.slot not in standing)
    return BattleView(kills=kills, total=20, life=3, dp=dp, slots_left=slots_left, cards=hand, operators=units)


def test_an_operator_of_the_level_does_not_make_the_beginning_a_middle(make):
    """A battle that begins with a friend on the field begins with the first step, and waits as it says."""
    stage, squad = make.stage(befriended(make, friend(FRIEND, (0, 3)))), squad_of(["Fang", "Kroos"], CATALOGUE)
    plan = plan_of(PlanStep(kind="SkillUsage", name="Fang", usage=1, pre_delay=5.0), deploy("Fang", 1, 2))
    clock = [0.0]
    policy = PlanPolicy(plan, stage, brought(plan, squad), lambda: clock[0])
    battle = Battle(stage, squad)
    assert policy.decide(battle.view()).action == NOTHING
    clock[0] = 4.0
    assert policy.decide(battle.view()).action == NOTHING
    clock[0] = 5.1
    assert policy.decide(battle.view()).action.kind == DEPLOY


FANG_STANDS = Action(DEPLOY, FANG, 1 * 8 + 2, 0)
KROOS_STANDS = Action(DEPLOY, KROOS, 0 * 8 + 3, 0)


def test_a_step_is_done_once_it_is_seen(follow):
    """An operator that should stand and is still in the hand is deployed again, whatever became of the gesture."""
    one = follow(plan_of(deploy("Fang", 1, 2), deploy("Kroos", 0, 3)))
    assert one.at(0, seen()) == FANG_STANDS
    assert one.at(1, seen()) == FANG_STANDS
    assert one.at(2, seen(FANG)) == KROOS_STANDS
    assert one.at(3, seen(FANG, KROOS)) == NOTHING


def test_a_step_whose_operator_already_stands_counts_as_done(follow):
    """However it came there, and wherever it stands; a step that waits for something waits for it none the less."""
    one = follow(plan_of(deploy("Fang", 1, 2), deploy("Kroos", 0, 6), deploy("Fang", 1, 4, kills=3), retreat("Kroos")))
    assert one.at(0, seen()) == FANG_STANDS
    assert one.at(1, seen(FANG, KROOS)) == NOTHING
    assert not one.policy.has_ended
    assert one.at(2, seen(FANG, KROOS, kills=3)) == Action(RETREAT, KROOS)
    assert one.at(3, seen(FANG, kills=3)) == NOTHING
    assert one.policy.has_ended


def retreat(name):
    """A Retreat step."""
    return PlanStep(kind="Retreat", name=name)


def test_a_plan_has_ended_once_its_last_step_is_seen(follow):
    """Not before the first view, nor while a step is only asked for; a new battle begins it again."""
    one = follow(plan_of(deploy("Fang", 1, 2)))
    assert not one.policy.has_ended
    one.at(5, seen())
    assert not one.policy.has_ended
    one.at(6, seen(FANG))
    assert one.policy.has_ended
    one.at(0, seen())
    assert not one.policy.has_ended


def test_an_operator_that_fell_at_once_was_deployed(follow):
    """Its card cools down: the step is not done again."""
    one = follow(plan_of(deploy("Fang", 1, 2), deploy("Kroos", 0, 3)))
    assert one.at(0, seen()) == FANG_STANDS
    assert one.at(1, seen(cards=(Card(FANG, 11, "cooling"), HAND[1]))) == KROOS_STANDS


@pytest.mark.parametrize(
    ("condition", "before", "after"),
    [
        ({"kills": 3}, seen(kills=2), seen(kills=3)),
        ({"costs": 30}, seen(dp=29), seen(dp=30)),
        ({"cost_changes": 5}, seen(dp=54), seen(dp=55)),
        ({"cost_changes": -5}, seen(dp=46), seen(dp=45)),
        ({"cooling": 1}, seen(), seen(cards=(HAND[0], Card(KROOS, 10, "cooling")))),
        ({}, seen(cards=(Card(FANG, 11, "unaffordable"),)), seen()),
        ({}, seen(slots_left=0), seen()),
    ],
    ids=["kills", "costs", "more", "fewer", "cooling", "card", "limit"],
)
def test_a_step_waits_until_its_conditions_hold_and_it_is_possible(follow, condition, before, after):
    """What a player sees decides: the counters, the cards, the room."""
    one = follow(plan_of(deploy("Fang", 1, 2, **condition)))
    assert one.at(0, seen(dp=50) if "cost_changes" in condition else before) == NOTHING
    assert one.at(1, before) == NOTHING
    assert one.at(2, after) == FANG_STANDS


def test_times_are_those_of_the_plans_author(follow):
    """Delays, the stopwatch, and after SpeedUp two seconds of play in one of the author's."""
    steps = (deploy("Fang", 1, 2, time_elapsed=2.0, post_delay=3.0), PlanStep(kind="SpeedUp"))
    one = follow(plan_of(*steps, deploy("Kroos", 0, 3, pre_delay=2.0)))
    assert one.at(0, seen()) == NOTHING
    assert one.at(1.9, seen()) == NOTHING
    assert one.at(2, seen()) == FANG_STANDS
    assert one.at(3, seen(FANG)) == NOTHING  # until 6
    assert one.at(6, seen(FANG)) == NOTHING  # from here on at double speed
    assert one.at(9, seen(FANG)) == NOTHING
    assert one.at(10, seen(FANG)) == KROOS_STANDS


def test_the_clock_that_begins_again_begins_a_new_battle(follow):
    """The next battle is played from its first step, also where the last one was broken off."""
    one = follow(plan_of(deploy("Fang", 1, 2), deploy("Kroos", 0, 3)))
    assert one.at(30, seen()) == FANG_STANDS
    assert one.at(31, seen(FANG)) == KROOS_STANDS
    assert one.at(0.5, seen()) == FANG_STANDS


def test_skills_are_used_by_their_usage(follow):
    """Whenever ready, or so many times; a use that is not seen is no use."""
    ready, busy = seen(FANG, ready=True), seen(FANG)
    always = follow(plan_of(deploy("Fang", 1, 2), usage=WHENEVER_READY))
    twice = follow(plan_of(deploy("Fang", 1, 2), usage=LIMITED_TIMES, times=2))
    by_hand = follow(plan_of(deploy("Fang", 1, 2), PlanStep(kind="Skill", name="Fang", kills=3)))
    for one in (always, twice, by_hand):
        assert one.at(0, seen()) == FANG_STANDS
    use = Action(SKILL, FANG)
    views = (ready, ready, busy, ready, busy, ready)
    assert [always.at(1 + t, view) for t, view in enumerate(views)] == [use, use, NOTHING, use, NOTHING, use]
    assert [twice.at(1 + t, view) for t, view in enumerate(views)] == [use, use, NOTHING, use, NOTHING, NOTHING]
    assert [by_hand.at(1 + t, view) for t, view in enumerate(views)] == [NOTHING] * 6
    assert by_hand.at(9, msgspec.structs.replace(ready, kills=3)) == use


def test_steps_for_operators_that_are_not_there_are_skipped(follow):
    """One that is not brought, one off the field, and a tile where no operator stands; a timeout ends the patience."""
    away = (PlanStep(kind="Retreat", name="Fang"), PlanStep(kind="Skill", tile=(1, 5)), deploy("Amiya", 1, 4))
    late = deploy("Kroos", 0, 3, timeout=2.0)
    one = follow(plan_of(*away, late, deploy("Fang", 1, 2)))
    poor = seen(cards=(HAND[0], Card(KROOS, 10, "unaffordable")))
    assert one.at(0, poor) == NOTHING
    assert one.at(2, poor) == FANG_STANDS


def test_a_retreat_names_an_operator_or_its_tile(follow):
    """And the operator may be deployed again afterwards."""
    one = follow(plan_of(deploy("Fang", 1, 2), PlanStep(kind="Retreat", tile=(1, 2)), deploy("Fang", 1, 2)))
    assert one.at(0, seen()) == FANG_STANDS
    assert one.at(1, seen(FANG)) == Action(RETREAT, FANG)
    assert one.at(2, seen(cards=(Card(FANG, 11, "cooling"), HAND[1]))) == NOTHING
    assert one.at(30, seen()) == FANG_STANDS


def test_begun_in_the_middle_it_goes_on_after_what_stands(follow):
    """After a restart of the bot the operators on the field tell which steps were done, and what these set holds."""
    usage = PlanStep(kind="SkillUsage", name="Fang", usage=WHENEVER_READY)
    steps = (deploy("Fang", 1, 2), usage, deploy("Kroos", 0, 3), PlanStep(kind="Retreat", name="Kroos", kills=9))
    one = follow(plan_of(*steps))
    assert one.at(40, seen(FANG, kills=5)) == KROOS_STANDS
    one = follow(plan_of(*steps))
    assert one.at(40, seen(FANG, KROOS, kills=5, ready=True)) == Action(SKILL, FANG)
    assert one.at(41, seen(FANG, KROOS, kills=9)) == Action(RETREAT, KROOS)


def test_a_squad_comes_along_as_it_is():
    """In its own order; a group stands for the first of its candidates that is there."""
    squad = squad_of(["Kroos", "Fang"], CATALOGUE)
    plan = plan_with([group("vanguard", "Myrtle", "Fang"), group("Amiya")], deploy("vanguard", 1, 2))
    slots = brought(plan, squad).slots
    assert (slots["vanguard"], slots["Fang"], slots["Kroos"]) == (1, 1, 0)
    assert "Amiya" not in slots


@pytest.mark.parametrize("name", shipped_stages())
def test_decisions_each_half_second_win_every_shipped_stage(name):
    """The stored plans need no hand that is quicker, and no action is named that the battle refuses."""
    stage, plan = load_stage(name, CATALOGUE), solution(name)
    squad = assign_operators(plan, CATALOGUE)
    battle = Battle(stage, squad.operators)
    policy = PlanPolicy(plan, stage, squad, lambda: battle.seconds)
    while battle.outcome is None:
        action = policy.decide(battle.view()).action
        assert action == NOTHING or battle.act(action)
        battle.step(HALF_A_SECOND)
    assert battle.stars == 3
