"""The search finds plans that win, finds the same ones again, and says if there is none."""

from __future__ import annotations

import pytest
from levels import CATALOGUE

from game.characters.builds import default_squad
from game.levels.stage import load_stage
from planning.evaluation import outcome
from planning.search import search

SQUAD = default_squad(CATALOGUE)


@pytest.mark.parametrize("name", ["first_watch", "two_roads"])
def test_what_is_found_wins_without_a_leak(name):
    """Also in battles with seeds and a pace that the search did not use."""
    stage = load_stage(name, CATALOGUE)
    found = search(stage, SQUAD, seed=3)
    assert (found.stars, found.lost_life) == (3, 0)
    assert [outcome(stage, SQUAD, found.draft, seed, 20) for seed in (7, 8, 9)].count(3) >= 2


def test_the_same_seed_finds_the_same_plan():
    """Stored solutions and generated stages depend on it."""
    stage = load_stage("first_watch", CATALOGUE)
    assert search(stage, SQUAD, 5, 900) == search(stage, SQUAD, 5, 900)
    assert search(stage, SQUAD, 5, 900).draft != search(stage, SQUAD, 6, 900).draft


def test_a_plan_needs_all_that_is_in_it():
    """Everything that can be left out was left out, which keeps plans readable."""
    stage = load_stage("first_watch", CATALOGUE)
    draft = search(stage, SQUAD, seed=1).draft
    for at in range(len(draft.moves)):
        shorter = draft._replace(moves=draft.moves[:at] + draft.moves[at + 1 :])
        assert min(outcome(stage, SQUAD, shorter, seed, pace) for seed, pace in enumerate((1, 10, 30, 5, 15))) < 3


def test_a_stage_that_cannot_be_won_is_said_to_be_lost(make):
    """The best plan is returned, with no star."""
    data = make.level([make.spawn("enemy_1500_skulsr", count=9)], picture=("####", "S..E", "####"), maxLifePoint=1)
    data["routes"] = [make.lane(endPosition={"row": 1, "col": 3})]
    found = search(make.stage(data), SQUAD, budget=300)
    assert found.stars == 0
    assert found.lost_life > 0


def test_fragments_of_fliers_alone_are_searched_too(make):
    """Melee operators have no route to cover there; plans are found all the same."""
    fliers = make.lane(motion="FLY")
    data = make.level([make.spawn()], [make.spawn("enemy_1005_yokai", routeIndex=1)], routes=(make.lane(), fliers))
    assert search(make.stage(data), SQUAD, budget=2000).stars == 3
