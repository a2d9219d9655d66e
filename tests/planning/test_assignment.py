"""Every group of a plan gets an operator the squad has, and what is missing is said in one line."""

from __future__ import annotations

import pytest
from levels import CATALOGUE
from small_plans import deploy, group, plan_of, plan_with

from game.characters.models import Build
from game.errors import PlanError
from planning.assignment import assign_operators, required_build
from planning.plans import Candidate, Plan, PlanGroup, PlanStep, Requirements


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


def required(name, skill=1, **requirements):
    """A plan with one operator, and what it is required to be."""
    candidate = Candidate(name=name, skill=skill, requirements=Requirements(**requirements))
    return plan_with([PlanGroup(name=name, candidates=(candidate,))], deploy(name, 1, 1))


def test_without_a_squad_operators_are_as_the_plan_requires():
    """And a note says so; the squad that is given counts more than what is required."""
    plan = required("Kroos", elite=1, level=55, skill_level=7, potentiality=6)
    squad = assign_operators(plan, CATALOGUE)
    build = Build(elite=1, level=55, skill_level=7, potential=6)
    assert squad.operators == assign_operators(plan, CATALOGUE, {"Kroos": build}).operators
    assert squad.notes == ("Kroos plays as required: elite 1 level 55, skill level 7, potential 6, trust 0",)
    assert assign_operators(plan, CATALOGUE, {"Kroos": build}).notes == ()


def test_operators_that_fall_short_of_the_plan_are_noted():
    """Each with what it has and what is required; a higher elite phase makes up for any level."""
    plan = required("Kroos", elite=1, level=50, skill_level=7, potentiality=6)
    told = assign_operators(plan, CATALOGUE, {"Kroos": Build(level=40)}).notes
    said = "Kroos falls short of what the plan requires: elite 0, not 1, level 40, not 50, skill level 4, not 7"
    assert told == (f"{said}, potential 1, not 6",)
    easy = required("Myrtle", level=40, module=2)
    told = assign_operators(easy, CATALOGUE, {"Myrtle": Build(elite=1, level=1)}).notes
    assert told == ("Myrtle is required to have module 2; modules are not played",)


@pytest.mark.parametrize(
    ("name", "skill", "requirements", "build"),
    [
        ("Kroos", 1, {}, Build()),
        ("Kroos", 1, {"elite": 1}, Build(elite=1, level=1, skill_level=4)),
        ("Kroos", 1, {"level": 55}, Build(elite=1, level=55, skill_level=4)),
        ("Kroos", 1, {"skill_level": 6}, Build(elite=1, level=1, skill_level=6)),
        ("Kroos", 1, {"elite": 2, "level": 90, "skill_level": 10}, Build(elite=1, level=55, skill_level=7)),
        ("Kroos", 1, {"potentiality": 3}, Build(level=40, potential=3)),
        ("SilverAsh", 3, {"level": 30}, Build(elite=2, level=30, skill_level=7)),
        ("Kroos", 1, {"elite": -1, "level": -5}, Build()),
    ],
)
def test_the_required_build_is_the_least_that_there_is(name, skill, requirements, build):
    """As far as the operator can be raised; what is not required is the least of the phase."""
    candidate = Candidate(name=name, skill=skill, requirements=Requirements(**requirements))
    assert required_build(CATALOGUE.characters[name], candidate) == build


def test_all_operators_that_are_missing_are_named_at_once():
    """In one line, so that the user need not try again and again."""
    plan = plan_with([group("芬"), group("Kroos"), group("奶", "Unknown", "安赛尔"), group("Myrtle")], *(
        deploy(name, 1, 1) for name in ("芬", "Kroos", "奶", "Myrtle")
    ))  # fmt: skip
    with pytest.raises(PlanError) as told:
        assign_operators(plan, CATALOGUE, {"Myrtle": Build()})
    assert str(told.value) == (
        "the squad lacks Fang, Kroos; no operator for '奶': 'Unknown' is in no table; 'Ansel' is not in the squad"
    )
