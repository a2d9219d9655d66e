"""Every group of a plan gets an operator the squad has, and what is missing is said in one line."""

from __future__ import annotations

import pytest
from levels import CATALOGUE
from small_plans import deploy, group, plan_of, plan_with

from game.characters.models import Build
from game.errors import PlanError
from planning.assignment import assign_operators
from planning.plans import Candidate, Plan, PlanGroup, PlanStep


def test_a_group_brings_its_first_operator_that_is_available():
    """The first name is unknown, so Ansel heals; a squad without either is refused."""
    plan = plan_with([group("芬"), group("Kroos"), group("奶", "Unknown", "安赛尔")], deploy("奶", 0, 3))
    squad = assign_operators(plan, CATALOGUE, Build())
    assert [one.name for one in squad.operators] == ["Fang", "Kroos", "Ansel"]
    assert squad.slots == {"芬": 0, "Kroos": 1, "奶": 2}
    with pytest.raises(PlanError, match="no operator for '奶': 'Unknown' is in no table; 'Ansel' is not in the squad"):
        assign_operators(plan, CATALOGUE, {"Fang": Build(), "Kroos": Build(), "Myrtle": Build()})


@pytest.mark.parametrize(
    ("groups", "squad"),
    [
        ({"A": "芬 香草", "B": "芬"}, ["Vanilla", "Fang"]),
        ({"A": "芬 香草", "B": "香草 翎羽", "C": "芬"}, ["Vanilla", "Plume", "Fang"]),
        ({"A": "芬 香草", "B": "芬 翎羽"}, ["Fang", "Plume"]),
    ],
)
def test_operators_are_assigned_so_that_every_group_has_one(groups, squad):
    """A free operator is preferred; only without one does an earlier group take another operator."""
    listed = [group(name, *names.split()) for name, names in groups.items()]
    assigned = assign_operators(plan_with(listed, *(deploy(name, 1, 1) for name in groups)), CATALOGUE)
    assert [one.name for one in assigned.operators] == squad


def test_a_group_without_an_operator_is_refused_in_one_line():
    """Fang is the only operator for two groups."""
    plan = plan_with([group("A", "芬"), group("B", "Unknown", "芬")], deploy("A", 1, 1), deploy("B", 1, 2))
    with pytest.raises(PlanError) as told:
        assign_operators(plan, CATALOGUE)
    assert str(told.value) == "no operator for 'B': 'Unknown' is in no table; its operators are needed elsewhere"


def test_a_group_that_no_step_needs_may_stay_empty():
    """It takes no operator from a group that is needed, and a note says so."""
    plan = plan_with([group("芬"), group("Unknown"), group("A", "芬")], deploy("A", 1, 1))
    squad = assign_operators(plan, CATALOGUE)
    assert [one.name for one in squad.operators] == ["Fang"]
    assert squad.notes == (
        "no operator for '芬': its operators are needed elsewhere, and no step needs it",
        "no operator for 'Unknown': 'Unknown' is in no table, and no step needs it",
    )


def test_an_operator_that_is_listed_twice_comes_once():
    """The second entry is ignored."""
    plan = plan_with([group("芬"), group("芬")], deploy("芬", 1, 1))
    assert [one.name for one in assign_operators(plan, CATALOGUE).operators] == ["Fang"]


def test_an_operator_that_only_the_steps_name_comes_too():
    """In any language; one that the given squad lacks is refused."""
    plan = plan_with([group("芬")], deploy("芬", 1, 1), deploy("克洛丝", 0, 1))
    assert [one.name for one in assign_operators(plan, CATALOGUE).operators] == ["Fang", "Kroos"]
    with pytest.raises(PlanError, match="no operator for '克洛丝': 'Kroos' is not in the squad"):
        assign_operators(plan, CATALOGUE, {"Fang": Build()})


def test_a_step_may_name_the_operator_instead_of_its_group():
    """That brings no further operator."""
    squad = assign_operators(plan_with([group("pack", "芬", "香草")], deploy("Fang", 1, 1)), CATALOGUE)
    assert [one.name for one in squad.operators] == ["Fang"]
    assert squad.slots == {"pack": 0, "Fang": 0}


def test_bullet_time_needs_no_operator():
    """Its name is what the author tapped to slow the battle down; any unit would do."""
    slow = PlanStep(kind="BulletTime", name="障碍物")
    squad = assign_operators(plan_with([group("Fang")], slow, deploy("Fang", 1, 5)), CATALOGUE)
    assert ([one.name for one in squad.operators], squad.notes) == (["Fang"], ())


def test_an_operator_that_is_listed_and_needed_must_be_known():
    """A plan without it would be another plan; one with a device alone brings no operator."""
    with pytest.raises(PlanError, match="no operator for 'Mon3tr': 'Mon3tr' is in no table"):
        assign_operators(
            plan_with([group("Fang"), group("Mon3tr")], PlanStep(kind="Retreat", name="Mon3tr")), CATALOGUE
        )
    with pytest.raises(PlanError, match="the plan brings no operator"):
        assign_operators(plan_with([], deploy("障碍物", 1, 1)), CATALOGUE)


def test_skills_that_are_not_unlocked_fall_back():
    """Elite 0 has its first skill only, and a note says so."""
    gravel = PlanGroup(name="Gravel", candidates=(Candidate(name="Gravel", skill=2),))
    plan = Plan(stage="", groups=(gravel,), steps=(deploy("Gravel", 1, 1),))
    assert assign_operators(plan, CATALOGUE, Build()).operators[0].skill is not None
    assert all("not unlocked at elite 0" in note for note in assign_operators(plan, CATALOGUE, Build()).notes)


def test_a_build_for_all_goes_as_far_as_each_can():
    """Elite 2 of an operator with three stars is the end of elite 1."""
    plan = plan_of(deploy("Fang", 1, 1))
    assert (
        assign_operators(plan, CATALOGUE, Build(elite=2, level=5)).operators
        == assign_operators(plan, CATALOGUE, Build(elite=1)).operators
    )
