"""The search finds plans that win and hold, finds the same ones again, and says if there is none."""

from __future__ import annotations

import os

import msgspec
import pytest
from levels import CATALOGUE

from game.actions import DEPLOY
from game.characters.builds import default_squad, with_each_skill
from game.characters.models import Build
from game.errors import PlanError
from game.levels.stage import load_stage
from planning.assignment import assign_operators
from planning.drafts import Limits
from planning.evaluation import Arena, Block, battles_of
from planning.playing import hold
from planning.search import BLOCKS, search
from planning.solutions import as_plan
from planning.variation import EXACT, FAR, NEAR

SQUAD = default_squad(CATALOGUE)
SHORT = (Block(((EXACT, 0), (NEAR, 1000))),)
"""Trials for tests that need a plan, and none that holds everywhere."""


@pytest.mark.parametrize("name", ["first_watch", "short_road"])
def test_what_is_found_holds_in_battles_that_the_search_did_not_try(name):
    """Nearly always where the game is almost ours, mostly where it differs more."""
    stage = load_stage(name, CATALOGUE)
    found = search(stage, SQUAD, seed=3)
    assert (found.stars, found.score.blocks) == (3, len(BLOCKS))
    plan = as_plan(found.draft, stage, SQUAD)
    squad = assign_operators(plan, CATALOGUE)
    assert hold(plan, stage, squad, NEAR, 40).held >= 36
    assert hold(plan, stage, squad, FAR, 40).held >= 30


def test_the_same_seed_finds_the_same_plan_on_any_number_of_cores(monkeypatch):
    """Stored solutions and generated stages depend on it."""
    stage = load_stage("first_watch", CATALOGUE)
    found = search(stage, SQUAD, 5, 200, blocks=BLOCKS[:3])
    assert search(stage, SQUAD, 6, 200, blocks=BLOCKS[:3]).draft != found.draft
    for cores in (1, 3):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        assert search(stage, SQUAD, 5, 200, blocks=BLOCKS[:3]) == found


def test_a_plan_needs_all_that_is_in_it():
    """Everything that can be left out was left out, which keeps plans readable."""
    stage = load_stage("first_watch", CATALOGUE)
    found = search(stage, SQUAD, 1, blocks=SHORT)
    arena = Arena(stage, SQUAD, SHORT)
    for at in range(len(found.draft.moves)):
        shorter = found.draft._replace(moves=found.draft.moves[:at] + found.draft.moves[at + 1 :])
        assert arena.score(shorter, found.score)[0].score < found.score


def test_a_stage_that_cannot_be_won_is_said_to_be_lost(make):
    """The best plan is returned, with no star."""
    data = make.level([make.spawn("enemy_1500_skulsr", count=9)], picture=("####", "S..E", "####"), maxLifePoint=1)
    data["routes"] = [make.lane(endPosition={"row": 1, "col": 3})]
    found = search(make.stage(data), SQUAD, budget=300)
    assert (found.stars, found.score.blocks) == (0, 0)


def test_two_stars_are_enough_where_they_are_asked_for(make):
    """Fang cannot reach the drone: without its leak she wins nothing, with it two stars."""
    fliers = make.lane(motion="FLY")
    spawns = [make.spawn(), make.spawn("enemy_1005_yokai", routeIndex=1)]
    stage = make.stage(make.level(spawns, routes=(make.lane(), fliers)))
    fang = [one for one in SQUAD if one.name == "Fang"]
    assert search(stage, fang, budget=100, blocks=SHORT).stars == 2
    found = search(stage, fang, budget=100, stars=2, blocks=SHORT)
    assert (found.stars, found.score.blocks) == (2, len(SHORT))


def test_fragments_of_fliers_alone_are_searched_too(make):
    """Melee operators have no route to cover there; plans are found all the same."""
    fliers = make.lane(motion="FLY")
    data = make.level([make.spawn()], [make.spawn("enemy_1005_yokai", routeIndex=1)], routes=(make.lane(), fliers))
    assert search(make.stage(data), SQUAD, budget=2000, blocks=SHORT).stars == 3


@pytest.mark.parametrize("seed", range(3))
def test_limits_are_obeyed(seed):
    """At most four operators come, Lava and Ansel among them, although others would do."""
    stage = load_stage("first_watch", CATALOGUE)
    found = search(stage, SQUAD, seed, 200, blocks=SHORT, limits=Limits(4, ("Lava", "Ansel")))
    used = {SQUAD[move.slot].name for move in found.draft.moves if move.kind == DEPLOY}
    assert len(used) <= 4
    assert used >= {"Lava", "Ansel"}


def test_an_operator_is_brought_with_one_of_its_skills():
    """The one with which the plan is better; a chosen skill stays."""
    stage = load_stage("first_watch", CATALOGUE)
    idle = [msgspec.structs.replace(one, skill=None, skill_number=0) for one in SQUAD]
    found = search(stage, [*idle, *SQUAD], 1, 400, blocks=BLOCKS[:2])
    plan = as_plan(found.draft, stage, [*idle, *SQUAD])
    assert found.stars == 3
    assert len({group.name for group in plan.groups}) == len(plan.groups)
    build = Build(elite=1)
    myrtle = CATALOGUE.characters["Myrtle"]
    assert [one.skill_number for one in with_each_skill(myrtle, build)] == [1, 2]
    assert [one.skill_number for one in with_each_skill(myrtle, Build())] == [1]
    assert [one.skill_number for one in with_each_skill(myrtle, Build(elite=1, skill=2))] == [2]
    assert [one.skill_number for one in with_each_skill(myrtle, Build(elite=1, skill=0))] == [0]


def test_limits_that_no_plan_can_obey_are_refused(make):
    """In one line, before anything is tried."""
    stage = load_stage("first_watch", CATALOGUE)
    with pytest.raises(PlanError, match=r"^HF-1: a plan of 1 operators cannot use 2"):
        search(stage, SQUAD, limits=Limits(1, ("Fang", "Lava")))
    road = make.stage(make.level([make.spawn()], picture=("########", "S......E", "########")))
    with pytest.raises(PlanError, match="Kroos cannot be deployed there"):
        search(road, SQUAD, limits=Limits(must=("Kroos",)))
    with pytest.raises(PlanError, match="none of the operators can be deployed there"):
        search(road, [one for one in SQUAD if not one.melee])


def test_a_search_ends_when_it_is_told_to():
    """It gives the best it has found; how far it is was said after every round."""
    stage, said = load_stage("ridge_line", CATALOGUE), []

    def goes_on(progress):
        said.append(progress)
        return len(said) < 4

    found = search(stage, SQUAD, goes_on=goes_on)
    assert len(said) == 4
    assert [one.battles for one in said] == sorted(one.battles for one in said)
    assert found.score >= said[-1].best.score


def test_battles_of_a_variation_are_others_than_ours():
    """The blocks of trials go from our battle to the most different ones, and no seed is used twice."""
    battles = [battle for block in BLOCKS for battle in block.battles]
    assert battles[0] == (EXACT, 0)
    assert len(set(battles)) == len(battles)
    assert battles_of(FAR, range(2)) == ((FAR, 0), (FAR, 1))
