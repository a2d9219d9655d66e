"""Drafts are tried in battles as they would be played, and no battle is played further or more often than it needs."""

from __future__ import annotations

import numpy as np
import pytest
from levels import CATALOGUE

from game.actions import DEPLOY, DOWN, RIGHT
from game.characters.builds import default_squad
from game.levels.stage import load_stage
from planning.assignment import assign_operators
from planning.drafts import Draft, DraftMaker, Limits, PlannedMove
from planning.evaluation import ENDLESS, LEAKED_HEALTH, Arena, Block, Score, battles_of
from planning.mutations import Mutator
from planning.playing import play_plan
from planning.solutions import as_plan
from planning.variation import EXACT, FAR, NEAR

SQUAD = default_squad(CATALOGUE)
NAMES = [one.name for one in SQUAD]
EVERYTHING = Score(-1, -np.inf)
"""A floor that nothing is worse than."""
OURS = (Block(((EXACT, 0),)),)


def drafts_for(stage, seed=0):
    """What draws drafts for a stage."""
    return DraftMaker(stage, SQUAD, Arena(stage, SQUAD, ()).world, np.random.default_rng(seed), Limits())


def test_a_plan_waits_for_its_gates(make):
    """A move waits for its kills and its second, and later moves wait with it."""
    stage = make.stage(make.level([make.spawn(count=3, every=5.0)]))
    arena = Arena(stage, SQUAD, OURS)
    held = PlannedMove(DEPLOY, NAMES.index("Melantha"), 8 + 4, RIGHT, seconds=400.0)
    assert arena.stars(Draft((held,))) == 0
    assert arena.stars(Draft((held._replace(seconds=0.0),))) == 3
    first = PlannedMove(DEPLOY, 0, 8 + 1, RIGHT, kills=1)
    assert arena.stars(Draft((first, held._replace(seconds=0.0)))) == 2


@pytest.mark.parametrize("seed", range(8))
def test_a_draft_wins_what_its_plan_wins(seed):
    """The plan that is written down is played as the draft was tried."""
    stage = load_stage("first_watch", CATALOGUE)
    draft = drafts_for(stage, seed).random_draft()
    plan = as_plan(draft, stage, SQUAD)
    played = play_plan(plan, stage, assign_operators(plan, CATALOGUE))
    assert played.stars == Arena(stage, SQUAD, ()).stars(draft)


@pytest.mark.parametrize("name", ["first_watch", "two_gates", "ridge_line"])
def test_a_battle_that_goes_on_from_a_common_beginning_is_the_same(name):
    """A child's score is what it is without a parent, in our battle and in others."""
    stage = load_stage(name, CATALOGUE)
    arena = Arena(stage, SQUAD, (Block(((EXACT, 0), (NEAR, 1), (FAR, 2)), failures=3),))
    drafts = drafts_for(stage)
    mutator, branched = Mutator(drafts), 0
    for _ in range(20):
        parent, _ = arena.score(drafts.random_draft(), EVERYTHING)
        child = mutator.changed(parent.draft)
        assert arena.score(child, EVERYTHING, parent)[0][:2] == arena.score(child, EVERYTHING)[0][:2]
        branched += child.skills == parent.draft.skills and child.moves[:1] == parent.draft.moves[:1]
    assert branched > 3


def test_a_draft_that_is_worse_than_the_floor_is_given_up():
    """In the first battle that tells, and its score says that it is worse."""
    stage = load_stage("ridge_line", CATALOGUE)
    arena = Arena(stage, SQUAD, (Block(battles_of(FAR, range(6))),))
    idle = Draft((PlannedMove(DEPLOY, NAMES.index("Fang"), 0, kills=999),))
    whole, battles = arena.score(idle, EVERYTHING)
    assert battles == 6
    floor = Score(0, whole.score.value / 100)
    given_up, battles = arena.score(idle, floor)
    assert battles == 1
    assert given_up.score < floor


def test_only_drafts_that_hold_are_tried_in_the_next_block():
    """A draft that fails costs the battles of its block, and says which enemies it did not stop."""
    stage = load_stage("first_watch", CATALOGUE)
    arena = Arena(stage, SQUAD, (*OURS, Block(battles_of(NEAR, range(9)))))
    entry, battles = arena.score(Draft((PlannedMove(DEPLOY, NAMES.index("Fang"), 0, kills=999),)), EVERYTHING)
    assert (entry.score.blocks, battles) == (0, 1)
    assert set(entry.escaped) == set(range(len(stage.spawns)))


def test_all_leaks_count_unless_a_battle_ends_with_the_life(make):
    """With endless life ten leaks are worse than three; with the stage's they are not reached."""
    stage = make.stage(make.level([make.spawn(count=10)], maxLifePoint=3))
    nothing = Draft((PlannedMove(DEPLOY, NAMES.index("Fang"), 8 + 1, kills=99),))
    arena = Arena(stage, SQUAD, OURS)
    assert arena.most_lost == ENDLESS
    assert arena.score(nothing, EVERYTHING)[0].score.value == pytest.approx(-10 * (1 + LEAKED_HEALTH), abs=0.1)


def test_an_enemy_that_leaks_hurt_costs_less(make):
    """It is nearer to being stopped."""
    stage = make.stage(make.level([make.spawn("enemy_1006_shield")]))
    arena = Arena(stage, SQUAD, OURS)
    shooting = Draft((PlannedMove(DEPLOY, NAMES.index("Kroos"), 3, DOWN),))
    idle = Draft((shooting.moves[0]._replace(kills=99),))
    better, worse = (arena.score(draft, EVERYTHING)[0].score.value for draft in (shooting, idle))
    assert -1.6 < worse < better < -1.0
