"""Every plan that is put out is legal step by step, reads back to itself, and obeys what was asked of it.

Forty searches in the suite, each of a seed: of small levels and shipped stages, with rosters at any builds that there
are and any limits. Their budgets are tiny: what is searched for is not a good plan, but one that breaks a promise.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import NamedTuple

import msgspec
import pytest
from levels import CATALOGUE, Workshop

from game.actions import DEPLOY, RETREAT, SKILL, Action, flatten
from game.characters.builds import SQUAD_SIZE, all_with_each_skill, operator_of
from game.characters.models import SKILL_LEVELS, Build
from game.errors import PlanError
from game.levels.runes import is_forbidden
from game.levels.stage import Stage, load_stage, shipped_stages
from game.simulator.battle import Battle
from planning.assignment import PlanSquad, assign_operators
from planning.candidates import candidates
from planning.drafts import Limits
from planning.evaluation import Block
from planning.jobs import read_plan, write_copilot, write_table
from planning.plans import BY_HAND, Candidate, Plan
from planning.playing import LONGEST, PlanPlayer, PlanResult, play_plan
from planning.publishing import published, with_ids
from planning.search import search
from planning.solutions import as_plan
from planning.telling import moments_of
from planning.variation import EXACT, NEAR

CASES = range(40)
BUDGETS = (30, 60, 100)
"""Battles of a search."""
FRESH = 16
"""Random drafts, so that most of the few battles are those of drafts that were changed."""
SHORT = (Block(((EXACT, 0),)), Block(((NEAR, 1000),)))
KINDS = {"Deploy": DEPLOY, "Skill": SKILL, "Retreat": RETREAT}
ENEMIES = ("enemy_1007_slime", "enemy_1007_slime_2", "enemy_1000_gopro", "enemy_1002_nsabr", "enemy_1005_yokai")
PICTURES = (
    ("^^^^^^^^", "S......E", "^^^^^^^^"),
    ("########", "S..^...E", "^..^..^^"),
    ("^^......", "S..#...E", "...^^..."),
)


class Case(NamedTuple):
    """What is asked of a plan."""

    stage: Stage
    builds: Mapping[str, Build]
    """Of all operators that there are, by name."""
    avoid: frozenset[str]
    must: tuple[str, ...]
    operators: int
    stars: int
    seed: int


def random_level(chance: Random, make: Workshop) -> Stage:
    """A small level: few enemies, few DP, and perhaps runes that forbid operators or limit the squad."""
    spawns = [
        make.spawn(
            chance.choice(ENEMIES), chance.uniform(0, 8), chance.randint(1, 3), chance.uniform(0.5, 3),
            routeIndex=chance.randrange(2),
        )
        for _ in range(chance.randint(1, 3))
    ]  # fmt: skip
    fragments = [[one] for one in spawns] if chance.random() < 0.5 else [spawns]
    picture = PICTURES[0] if chance.random() < 0.5 else chance.choice(PICTURES[1:])
    routes = (make.lane(motion="WALK"), make.lane(motion="FLY"))
    data = make.level(
        *fragments, picture=picture, routes=routes, maxLifePoint=chance.randint(1, 3),
        initialCost=chance.choice((5, 20, 99)), characterLimit=chance.randint(1, 8),
    )  # fmt: skip
    runes = [
        make.rune("global_squad_num_limit", value=float(chance.randint(1, 5))),
        make.rune("char_exclude", professions=chance.choice(("MEDIC", "PIONEER", "SNIPER"))),
    ]
    data["runes"] = [rune for rune in runes if chance.random() < 0.25]
    return make.stage(data)


def random_build(chance: Random, name: str) -> Build:
    """A build that the operator can have."""
    character = CATALOGUE.characters[name]
    elite = chance.randrange(len(character.phases))
    skills = [None, None, *range(min(len(character.skills), elite + 1) + 1)]
    return Build(
        elite=elite,
        level=chance.choice((None, 1, chance.randint(1, character.phases[elite].levels))),
        skill=chance.choice(skills),
        skill_level=chance.choice((None, chance.randint(1, SKILL_LEVELS[elite]))),
        trust=chance.randint(0, 200),
        potential=chance.randint(1, 6),
    )


def random_case(seed: int, make: Workshop) -> Case:
    """What is asked in the case of a seed; always something that a plan can obey."""
    chance = Random(seed)
    stage = random_level(chance, make) if chance.random() < 0.8 else shipped(chance.choice(shipped_stages()[:7]))
    names = chance.sample(list(CATALOGUE.characters), chance.choice((3, 8, 12, 20)))
    builds = {name: random_build(chance, name) for name in names}
    able = [name for name in names if can_stand(name, builds[name], stage)]
    operators = chance.choice((SQUAD_SIZE, SQUAD_SIZE, 1, 2, 5))
    most = min(operators, stage.options.squad_limit or operators)
    must = chance.sample(able, min(len(able), most, chance.choice((0, 0, 1, 2))))
    others = [name for name in names if name not in must]
    avoid = chance.sample(others, min(len(others), chance.choice((0, 1, 3))))
    return Case(stage, builds, frozenset(avoid), tuple(must), operators, chance.choice((2, 3)), seed)


def shipped(name: str) -> Stage:
    """A shipped stage."""
    return load_stage(name, CATALOGUE)


def can_stand(name: str, build: Build, stage: Stage) -> bool:
    """Whether an operator may be deployed somewhere."""
    operator = operator_of(CATALOGUE.characters[name], build)
    tiles = stage.melee if operator.melee else stage.ranged
    return bool(tiles.any()) and not is_forbidden(operator, stage.squad_rules)


def found_plan(case: Case) -> tuple[Plan, int] | None:
    """The plan that is found and the stars that the search promises; None where there is nothing to deploy."""
    kept = {name: build for name, build in case.builds.items() if name not in case.avoid}
    squad = candidates(all_with_each_skill(kept, CATALOGUE), case.stage, case.must)
    if not any(can_stand(one.name, kept[one.name], case.stage) for one in squad):
        with pytest.raises((PlanError, ValueError)):
            search(case.stage, squad, blocks=SHORT)
        return None
    limits, budget = Limits(case.operators, case.must), Random(case.seed).choice(BUDGETS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("planning.search.FRESH", FRESH)
        found = search(case.stage, squad, case.seed, budget, case.stars, SHORT, limits=limits)
    if not found.draft.moves:
        return None
    plan = as_plan(found.draft, case.stage, squad)
    if found.score.blocks:
        check_deploys(case, plan)
    return plan, found.stars


def check_deploys(case: Case, plan: Plan) -> None:
    """A plan that is said to hold deploys those who have to come before the battle ends."""
    assigned = assign_operators(plan, CATALOGUE, case.builds)
    steps = zip(plan.steps, moments_of(plan, case.stage, assigned), strict=True)
    deployed = {step.name for step, moment in steps if step.kind == "Deploy" and moment and moment.done}
    assert set(case.must) <= deployed, "an operator of must stays in the hand"


def check_obeys(case: Case, plan: Plan) -> None:
    """Who comes, with which skill, and how many."""
    brought = [candidate.name for group in plan.groups for candidate in group.candidates]
    deployed = {step.name for step in plan.steps if step.kind == "Deploy"}
    assert len(set(brought)) == len(brought), "an operator is brought twice"
    assert len(brought) <= min(case.operators, SQUAD_SIZE, case.stage.options.squad_limit or SQUAD_SIZE)
    assert {step.name for step in plan.steps} == set(brought)
    assert set(brought) <= set(case.builds) - case.avoid
    assert set(case.must) <= deployed, "an operator of must is not deployed"
    for group in plan.groups:
        (one,), build = group.candidates, case.builds[group.name]
        unlocked = min(len(CATALOGUE.characters[one.name].skills), build.elite + 1)
        assert 0 <= one.skill <= unlocked
        assert build.skill is None or one.skill == build.skill


def check_legal(plan: Plan, stage: Stage, squad: PlanSquad) -> None:
    """Play a plan beside a second battle, in which each of its steps must be allowed at the moment when it is made.

    The second battle is looked at as a player sees it, and asked for the mask that the policy gets; afterwards both are
    the same to the last bit, so that the plan's player did nothing else.
    """
    first, second = Battle(stage, squad.operators), Battle(stage, squad.operators)
    playing, units, behind = PlanPlayer(plan, first, squad), first.records.unit, 0
    automatic = [slot for slot, one in enumerate(squad.candidates) if one.usage != BY_HAND]
    while first.outcome is None and first.seconds < LONGEST:
        before, at = units.tobytes(), playing.reached
        playing.look()
        if units.tobytes() != before:
            second.step(behind)
            behind = 0
            for number in range(at, playing.reached):
                act_if_legal(second, plan, number, squad)
            for one in second.view().operators:
                if one.skill_ready and one.slot in automatic:
                    assert second.act(Action(SKILL, one.slot))
            assert second.records.unit.tobytes() == units.tobytes(), "something was done that is no step"
            assert second.dp == first.dp
        else:
            assert playing.reached == at, "a step was passed without an effect"
        first.step(1)
        behind += 1
    second.step(behind)
    assert (second.outcome, second.ticks, second.kills) == (first.outcome, first.ticks, first.kills)


def act_if_legal(battle: Battle, plan: Plan, number: int, squad: PlanSquad) -> None:
    """Make a step of a plan, after a look at whether it is allowed."""
    step, view, stage = plan.steps[number], battle.view(), battle.stage
    slot = squad.slots[step.name]
    on_field = {one.slot: one for one in view.operators}
    tile = 0
    if step.kind == "Deploy":
        (card,) = (card for card in view.cards if card.slot == slot)
        row, col = step.tile
        operator = squad.operators[slot]
        assert slot not in on_field
        assert card.state == "ready"
        assert card.cost <= view.dp
        assert view.slots_left > 0 or not operator.takes_slot
        assert (stage.melee if operator.melee else stage.ranged)[row, col]
        assert (row, col) not in {(one.row, one.col) for one in view.operators}
        assert not is_forbidden(operator, stage.squad_rules)
        tile = row * stage.width + col
    else:
        assert slot in on_field
        assert step.kind == "Retreat" or on_field[slot].skill_ready
    assert view.kills >= step.kills
    assert battle.seconds >= step.time_elapsed
    action = Action(KINDS[step.kind], slot, tile, step.direction if step.kind == "Deploy" else 0)
    assert battle.legal_actions()[flatten(action, len(squad.operators), stage.height * stage.width)]
    assert battle.act(action)


def with_others(case: Case, plan: Plan) -> Plan:
    """The plan with operators that it does not bring as substitutes in some of its groups."""
    chance, groups = Random(case.seed), []
    others = sorted(set(case.builds) - case.avoid - {group.name for group in plan.groups})
    for group in plan.groups:
        more = [Candidate(name=others.pop())] if others and chance.random() < 0.3 else []
        groups.append(msgspec.structs.replace(group, candidates=(*group.candidates, *more)))
    return msgspec.structs.replace(plan, groups=tuple(groups))


def check_table(case: Case, job: Plan, played: PlanResult, make: Workshop) -> None:
    """The table is read as it was written, and plays the same, where that format can say the plan."""
    try:
        table = write_table(with_ids(job, CATALOGUE))
    except PlanError:
        return
    again = read_plan(make.file(table, "table.toml"))
    assert write_table(again) == table
    result = play_plan(again, case.stage, assign_operators(again, CATALOGUE, case.builds))
    assert (result.stars, result.ends) == (played.stars, played.ends)


def check_reads_back(case: Case, plan: Plan, played: PlanResult, make: Workshop) -> Plan:
    """The job that is written for others is read as it was, and plays the same; the same of its table."""
    challenge = case.seed % 2 == 1
    job = published(with_others(case, plan), CATALOGUE, case.builds, "title", "details", challenge=challenge)
    again = read_plan(make.file(write_copilot(job), "job.json"))
    assert again == job
    assert play_plan(again, case.stage, assign_operators(again, CATALOGUE, case.builds)) == played
    check_table(case, published(plan, CATALOGUE, case.builds, "title", "", challenge=False), played, make)
    return again


def check(seed: int, make: Workshop) -> str:
    """Everything that holds of the plan of a seed; what became of it, in a word."""
    case = random_case(seed, make)
    found = found_plan(case)
    if found is None:
        return "none"
    plan, stars = found
    check_obeys(case, plan)
    squad = assign_operators(plan, CATALOGUE, case.builds)
    played = play_plan(plan, case.stage, squad)
    assert played.stars == stars
    again = check_reads_back(case, plan, played, make)
    check_legal(again, case.stage, assign_operators(again, CATALOGUE, case.builds))
    return f"{stars} stars"


@pytest.mark.parametrize("seed", CASES)
def test_a_plan_that_is_put_out_keeps_its_promises(seed, make):
    """Legal at every step, the same after it was written and read, and within the limits."""
    check(seed, make)


def test_cases_are_of_many_kinds(make):
    """Small and shipped stages, limited squads, operators that have to come or to stay."""
    cases = [random_case(seed, make) for seed in CASES]
    for kind in (
        lambda case: case.stage.name == "made", lambda case: case.stage.name != "made",
        lambda case: case.stage.options.squad_limit, lambda case: case.must, lambda case: case.avoid,
        lambda case: case.operators == 1, lambda case: case.stars == 2,
    ):  # fmt: skip
        assert sum(map(bool, map(kind, cases))) >= 4
