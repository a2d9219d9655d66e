"""Small plans to play on the lane of tests/support/levels.py."""

from __future__ import annotations

import msgspec
from levels import CATALOGUE

from game.actions import RIGHT
from game.characters.builds import squad_of
from planning.plans import Candidate, Plan, PlanGroup, PlanStep


def used_by_hand(*names):
    """The squad of these operators, whose skills are used by hand whatever their tables say."""
    replace = msgspec.structs.replace
    return tuple(replace(one, skill=replace(one.skill, by_hand=True)) for one in squad_of(names, CATALOGUE))


def deploy(name, row, col, direction=RIGHT, **more):
    """A Deploy step."""
    return PlanStep(kind="Deploy", name=name, tile=(row, col), direction=direction, **more)


def group(name, *names):
    """A group of these operators, or of the one with its name."""
    return PlanGroup(name=name, candidates=tuple(Candidate(name=one, skill=1) for one in names or (name,)))


def plan_with(groups, *steps):
    """A plan with these groups and steps."""
    return Plan(stage="made", groups=tuple(groups), steps=steps)


def plan_of(*steps, usage=0, times=1):
    """A plan with Fang and Kroos."""
    groups = tuple(
        PlanGroup(name=name, candidates=(Candidate(name=name, skill=1, usage=usage, times=times),))
        for name in ("Fang", "Kroos")
    )
    return Plan(stage="made", groups=groups, steps=steps)
