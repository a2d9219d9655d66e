"""A plan that is handed to others names operators as MAA does, and says what they have to be."""

from __future__ import annotations

import pytest
from levels import CATALOGUE

from game.characters.models import SKILL_LEVELS, Build
from game.levels.stage import load_stage, shipped_stages
from planning.assignment import assign_operators
from planning.grading import trust_in_plan
from planning.plans import CHALLENGE, NORMAL, Requirements
from planning.playing import Holding, play_plan
from planning.publishing import details_of, published, title_of, with_ids
from planning.solutions import solution

BUILDS = {name: Build() for name in CATALOGUE.characters}


@pytest.mark.parametrize("name", shipped_stages()[:3])
def test_a_published_plan_plays_the_same(name):
    """Chinese names and requirements change nothing about the battle."""
    plan, stage = solution(name), load_stage(name, CATALOGUE)
    told = published(plan, CATALOGUE, BUILDS, "title", "details", challenge=False)
    assert (told.title, told.details, told.difficulty) == ("title", "details", NORMAL)
    results = [play_plan(one, stage, assign_operators(one, CATALOGUE, BUILDS)) for one in (plan, told)]
    assert results[0] == results[1]
    assert published(plan, CATALOGUE, BUILDS, "", "", challenge=True).difficulty == CHALLENGE


def test_requirements_are_the_builds():
    """What a build leaves open is the highest that its phase allows; operators without a build require nothing."""
    plan = solution("first_watch")
    name = plan.groups[0].name
    told = published(plan, CATALOGUE, {name: Build(elite=1, level=20)}, "", "", challenge=False)
    assert told.groups[0].candidates[0].requirements == Requirements(elite=1, level=20, skill_level=7)
    assert told.groups[0].name == CATALOGUE.characters[name].chinese
    assert all(one.candidates[0].requirements == Requirements() for one in told.groups[1:])
    assert with_ids(told, CATALOGUE).groups[0].candidates[0].name == CATALOGUE.characters[name].id


def test_no_requirement_is_beyond_what_an_operator_can_reach():
    """One build may be meant for all: a three-star operator is then played, and required, at the end of elite 1."""
    plan, beyond = solution("first_watch"), Build(elite=2, level=80, skill_level=10)
    names = [group.name for group in plan.groups]
    told = published(plan, CATALOGUE, dict.fromkeys(names, beyond), "", "", challenge=False)
    for name, group in zip(names, told.groups, strict=True):
        character = CATALOGUE.characters[name]
        required = group.candidates[0].requirements
        assert required.elite <= len(character.phases) - 1
        assert required.level <= character.phases[required.elite].levels
        assert required.skill_level <= SKILL_LEVELS[required.elite]
    assert not [note for note in assign_operators(told, CATALOGUE).notes if "falls short" in note]


def test_title_and_details_are_in_two_languages():
    """What it wins, how often it holds, how far it may be trusted, who comes, and what made it."""
    plan, stage = solution("first_watch"), load_stage("first_watch", CATALOGUE)
    squad = assign_operators(plan, CATALOGUE)
    played, trust = play_plan(plan, stage, squad), trust_in_plan(plan, stage, squad, CATALOGUE)
    assert title_of("HF-1", played).startswith("HF-1: 3 stars / HF-1")
    held = (Holding("near", 97, 100), Holding("far", 88, 100))
    details = details_of("HF-1", played, trust, held, ("Fang",), CATALOGUE, "9.9")
    assert "holds in 97 of 100 (near); holds in 88 of 100 (far)" in details
    for said in ("won with 3 stars", str(trust), "Squad: Fang", "Made by Holdfast 9.9", "100局守住88局", "编队", "芬"):
        assert said in details
