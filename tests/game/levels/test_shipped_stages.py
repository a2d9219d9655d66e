"""The shipped stages need a plan: their stored plans win, greedy and random play mostly do not."""

from __future__ import annotations

import json

import msgspec
import pytest
from levels import CATALOGUE

from game.characters.builds import default_squad
from game.levels.stage import load_stage, shipped_stages
from game.simulator.battle import Battle
from game.simulator.tables import standing_room
from learning.measuring import play as decide
from learning.policy import Greedy, Random
from planning.assignment import assign_operators
from planning.jobs import write_copilot
from planning.playing import play_plan
from planning.search import BLOCKS, search
from planning.solutions import as_plan, solution, solution_path, solve, stars_of

STAGES = shipped_stages()
SQUAD = default_squad(CATALOGUE)
FIRST_TWO = STAGES[:2]


def wins(stage, policy, seed):
    """Whether a policy wins a battle."""
    battle = Battle(stage, SQUAD, seed)
    decide(battle, policy)
    return battle.outcome == "won"


@pytest.mark.parametrize("name", STAGES)
def test_a_stored_plan_wins_every_stage_without_a_leak(name):
    """With operators of the default squad, in five battles; in the first no step is skipped, but its last ones may be
    there for battles that go another way.
    """
    plan, stage = solution(name), load_stage(name, CATALOGUE)
    assert plan.stage == stage.code
    assert {part.name for part in plan.groups} <= {one.name for one in SQUAD}
    assert stars_of(plan, stage, CATALOGUE) == 3
    undone = play_plan(plan, stage, assign_operators(plan, CATALOGUE)).undone
    assert undone == tuple(range(len(plan.steps) - len(undone), len(plan.steps)))


@pytest.mark.parametrize("name", STAGES)
def test_a_stored_plan_is_cast_as_it_was_searched(name):
    """The default squad at its default build, in its order, without the operators that the plan does not use."""
    parts = {part.name for part in solution(name).groups}
    assert assign_operators(solution(name), CATALOGUE).operators == tuple(one for one in SQUAD if one.name in parts)


def test_the_greedy_script_fails_on_more_than_half():
    """To cover most path tiles with the hardest hitters is not enough for most lessons."""
    lost = [
        name for name in STAGES if not wins(load_stage(name, CATALOGUE), Greedy(load_stage(name, CATALOGUE), SQUAD), 0)
    ]
    assert 2 * len(lost) > len(STAGES)
    assert not set(lost) & set(FIRST_TWO)


@pytest.mark.parametrize("name", STAGES[2:])
def test_random_play_fails_on_all_but_the_first_two(name):
    """Ten battles of any legal action, and ten of any but a retreat, which win one at most."""
    stage = load_stage(name, CATALOGUE)
    assert not any(wins(stage, Random(stage, SQUAD, seed), seed) for seed in range(10))
    assert sum(wins(stage, Random(stage, SQUAD, seed, retreats=False), seed) for seed in range(10)) <= 1


def test_random_play_wins_an_easy_stage_sometimes():
    """A learner that starts from nothing finds a victory there by chance."""
    stage = load_stage("short_road", CATALOGUE)
    assert 0 < sum(wins(stage, Random(stage, SQUAD, seed), seed) for seed in range(40)) < 20


def finds_victory(name, squad, battles):
    """Whether a search of so many battles finds a victory without a leak; it ends with the first one."""
    stage = load_stage(name, CATALOGUE)
    found = search(stage, squad, 0, battles, blocks=BLOCKS[:1], goes_on=lambda progress: progress.best.score.blocks < 1)
    return found.stars == 3


@pytest.mark.parametrize(
    ("name", "without", "battles"),
    [
        ("over_the_wall", ("Kroos", "Catapult", "Steward", "Lava", "Orchid"), 300),
        ("the_ledge", ("Kroos", "Catapult", "Steward", "Lava", "Orchid"), 700),
        ("rush_hour", ("Popukar", "Catapult", "Lava"), 400),
        ("iron_column", ("Steward", "Lava", "Orchid"), 300),
    ],
)
def test_the_operators_that_the_lesson_is_about_are_needed(name, without, battles):
    """Without shooters, splash or arts a search finds no victory without a leak in twice as many battles as with
    the whole squad.
    """
    assert finds_victory(name, SQUAD, battles // 2)
    assert not finds_victory(name, [one for one in SQUAD if one.name not in without], battles)


def test_a_skill_is_needed_where_it_has_to_be_timed():
    """The same operators without their skills do not hold."""
    assert finds_victory("drawn_breath", SQUAD, 350)
    assert not finds_victory("drawn_breath", [msgspec.structs.replace(one, skill=None) for one in SQUAD], 700)


def test_the_healer_is_needed_where_the_lesson_is_about_healing():
    """The stored plan leaks with any other operator on the healer's tile. A search takes too long to find other plans:
    it finds none in thousands of battles, with the healer or without.
    """
    plan, stage = solution("healers_reach"), load_stage("healers_reach", CATALOGUE)
    squad = assign_operators(plan, CATALOGUE)
    (row, col) = next(step.tile for step in plan.steps if step.name == "Ansel" and step.tile)
    idle = [one for one in SQUAD if one not in squad.operators]
    others = [one for one in idle if standing_room(stage, [one])[0, row * stage.width + col]]
    assert len(others) >= 2
    for other in others:
        operators = tuple(other if one.name == "Ansel" else one for one in squad.operators)
        assert play_plan(plan, stage, squad._replace(operators=operators)).stars < 3, other.name


def test_the_stage_about_retreats_needs_them():
    """Its stored plan retreats operators to deploy them elsewhere."""
    assert any(step.kind == "Retreat" for step in solution("two_gates").steps)


def test_solutions_are_found_again():
    """One command searches and stores them; this is what it does for one."""
    stored = json.loads(solution_path("first_watch").read_text(encoding="utf-8"))
    assert write_copilot(solve("first_watch", CATALOGUE)) == stored


def test_a_found_plan_reads_like_those_of_players(make):
    """Names, tiles and conditions as in plans that players exchange."""
    stage = load_stage("first_watch", CATALOGUE)
    draft = search(stage, SQUAD, 0, 2000, blocks=BLOCKS[:2]).draft
    plan = as_plan(draft, stage, SQUAD)
    assert len(plan.steps) == len(draft.moves)
    assert stars_of(plan, stage, CATALOGUE) == 3
