"""The search finds plans that win, the same ones again, and says so where there is none."""

from __future__ import annotations

import pytest
from levels import CATALOGUE

from game.actions import DEPLOY, RIGHT, Action
from game.characters.builds import default_squad
from game.levels.stage import load_stage
from game.simulator.battle import Battle
from planning.search import LIMIT, Draft, Move, outcome, search

SQUAD = default_squad(CATALOGUE)
NAMES = [one.name for one in SQUAD]


@pytest.mark.parametrize("name", ["first_watch", "two_roads"])
def test_what_is_found_wins_without_a_leak(name):
    """Also in battles of seeds, and looked after at moments, that it was not tried with."""
    stage = load_stage(name, CATALOGUE)
    found = search(stage, SQUAD, seed=3)
    assert (found.stars, found.lost_life) == (3, 0)
    assert [outcome(stage, SQUAD, found.draft, seed, 20) for seed in (7, 8, 9)].count(3) >= 2


def test_the_same_seed_finds_the_same_plan():
    """Stored solutions and generated stages hang on it."""
    stage = load_stage("first_watch", CATALOGUE)
    assert search(stage, SQUAD, 5, 900) == search(stage, SQUAD, 5, 900)
    assert search(stage, SQUAD, 5, 900).draft != search(stage, SQUAD, 6, 900).draft


def test_a_plan_needs_all_that_is_in_it():
    """Whatever can be left out was left out, so that people can read it."""
    stage = load_stage("first_watch", CATALOGUE)
    draft = search(stage, SQUAD, seed=1).draft
    for at in range(len(draft.moves)):
        shorter = draft._replace(moves=draft.moves[:at] + draft.moves[at + 1 :])
        assert min(outcome(stage, SQUAD, shorter, seed, pace) for seed, pace in enumerate((1, 10, 30, 5, 15))) < 3


def test_a_stage_that_cannot_be_won_is_said_to_be_lost(make):
    """The best there is comes back, with no star."""
    data = make.level([make.spawn("enemy_1500_skulsr", count=9)], picture=("####", "S..E", "####"), maxLifePoint=1)
    data["routes"] = [make.lane(endPosition={"row": 1, "col": 3})]
    found = search(make.stage(data), SQUAD, budget=300)
    assert found.stars == 0
    assert found.lost_life > 0


def test_a_plan_waits_for_its_gates(make):
    """A move comes after its kills and its second, and those behind it wait with it."""
    stage = make.stage(make.level([make.spawn(count=3, every=5.0)]))
    held = Move(DEPLOY, NAMES.index("Melantha"), 8 + 4, RIGHT, seconds=400.0)
    assert outcome(stage, SQUAD, Draft((held,))) == 0
    assert outcome(stage, SQUAD, Draft((held._replace(seconds=0.0),))) == 3
    assert outcome(stage, SQUAD, Draft((Move(DEPLOY, 0, 8 + 1, RIGHT, kills=1), held._replace(seconds=0.0)))) == 2


def test_a_plan_is_what_a_player_does_by_hand():
    """The compiled player and a Battle that is told the same come to the same end."""
    stage = load_stage("first_watch", CATALOGUE)
    draft = search(stage, SQUAD, seed=2).draft._replace(skills=())
    battle, waiting = Battle(stage, SQUAD, seed=0), list(draft.moves)
    while battle.outcome is None and battle.ticks < LIMIT:
        while waiting and battle.view().kills >= waiting[0].kills and battle.seconds >= waiting[0].seconds:
            if not battle.act(Action(*waiting[0][:4])):
                break
            waiting.pop(0)
        battle.step(10)
    assert battle.stars == outcome(stage, SQUAD, draft, 0, 10)


def test_fragments_of_fliers_alone_are_searched_too(make):
    """Whoever stands on the ground has no way to cover there, and plans are found all the same."""
    fliers = make.lane(motion="FLY")
    data = make.level([make.spawn()], [make.spawn("enemy_1005_yokai", routeIndex=1)], routes=(make.lane(), fliers))
    assert search(make.stage(data), SQUAD, budget=2000).stars == 3
