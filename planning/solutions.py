"""The plans that win the shipped stages: `planning/solved/NAME.json`, as other bots read plans (see planning.jobs).

They are found by `planning.search` and written by `python scripts/solve_stages.py`, which finds the same ones again.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from game.actions import DEPLOY, RETREAT, SKILL
from game.characters.builds import default_squad
from game.characters.catalogue import Catalogue
from game.characters.models import Operator
from game.errors import StageError
from game.levels.stage import Stage, load_stage
from planning.assignment import assign_operators
from planning.drafts import Draft, PlannedMove
from planning.jobs import read_plan
from planning.plans import BY_HAND, WHENEVER_READY, Candidate, Plan, PlanGroup, PlanStep, StepKind
from planning.playing import play_plan
from planning.search import search

BATTLES = range(5)
"""Seeds of the battles that a solution has to win, played by `planning.playing`."""
SEEDS = range(12)
"""Seeds of the searches, tried in order until one finds such a plan."""
BUDGET = 40_000
"""Battles of one search."""
KINDS: dict[int, StepKind] = {DEPLOY: "Deploy", SKILL: "Skill", RETREAT: "Retreat"}


def solution(name: str) -> Plan:
    """The stored plan that wins a shipped stage. Raises PlanError where there is none."""
    return read_plan(solution_path(name))


def solution_path(name: str) -> Path:
    """Where the plan for a shipped stage is stored."""
    return Path(str(resources.files("planning").joinpath("solved", f"{name}.json")))


def stars_of(plan: Plan, stage: Stage, catalogue: Catalogue) -> int:
    """The fewest stars that a plan wins in the battles of the seeds BATTLES."""
    return min(play_plan(plan, stage, assign_operators(plan, catalogue), seed).stars for seed in BATTLES)


def solve(name: str, catalogue: Catalogue, stars: int = 3) -> Plan:
    """Search for a plan that wins a shipped stage with `stars` stars. Raises StageError if no search finds one."""
    stage, squad = load_stage(name, catalogue), default_squad(catalogue)
    for seed in SEEDS:
        found = search(stage, squad, seed, BUDGET, stars)
        plan = as_plan(found.draft, stage, squad)
        if found.stars >= stars and stars_of(plan, stage, catalogue) >= stars:
            return plan
    raise StageError(f"{name}: no plan of {stars} stars was found; make the stage easier")


def as_plan(draft: Draft, stage: Stage, squad: Sequence[Operator]) -> Plan:
    """A draft with names and tiles instead of numbers. Its groups are in the order of the squad."""
    used = sorted({move.slot for move in draft.moves})
    return Plan(
        stage=stage.code,
        title=stage.name,
        details=stage.lesson,
        groups=tuple(_group(squad[slot], slot in draft.skills) for slot in used),
        steps=tuple(_step(move, stage, squad) for move in draft.moves),
    )


def _group(one: Operator, is_automatic: bool) -> PlanGroup:
    """An operator with its skill, used whenever it is ready or only by a step."""
    usage = WHENEVER_READY if is_automatic else BY_HAND
    return PlanGroup(name=one.name, candidates=(Candidate(name=one.name, skill=one.skill_number, usage=usage),))


def _step(move: PlannedMove, stage: Stage, squad: Sequence[Operator]) -> PlanStep:
    """The step of a move."""
    row, col = divmod(move.tile, stage.width)
    return PlanStep(
        kind=KINDS[move.kind],
        name=squad[move.slot].name,
        tile=(row, col) if move.kind == DEPLOY else None,
        direction=move.direction,
        kills=move.kills,
        time_elapsed=move.seconds,
    )
