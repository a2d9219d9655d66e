"""Which operators of a roster can replace one of a plan: that is tried in battles, never guessed from numbers."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from game.characters.catalogue import Catalogue
from game.characters.models import Build
from game.levels.runes import is_forbidden
from game.levels.stage import Stage
from planning.assignment import assign_operators
from planning.candidates import strength
from planning.plans import Candidate, Plan, PlanGroup
from planning.playing import hold
from planning.variation import NEAR

BATTLES = 12
"""Battles in which a plan has to hold with a substitute as often as without."""
TRIED = 4
"""Operators that are tried for each operator of a plan, the strongest first."""
MOST = 2
"""Substitutes for one operator."""


def with_substitutes(
    plan: Plan, stage: Stage, builds: Mapping[str, Build], catalogue: Catalogue, stars: int = 3
) -> Plan:
    """The plan, with up to `MOST` substitutes from `builds` added to each group.

    A substitute has the same role and stands on the same kind of tile. When it alone replaces the group's operator, the
    plan wins `stars` stars at least as often as before in `BATTLES` battles of the variation NEAR. Operators that the
    plan brings already are no substitutes.
    """
    squad = assign_operators(plan, catalogue, builds)
    brought = {one.name for one in squad.operators}
    least = hold(plan, stage, squad, NEAR, BATTLES, stars).held
    groups = []
    for group in plan.groups:
        found: list[Candidate] = []
        for one in _alike(group, brought, stage, builds, catalogue):
            other = _with(plan, group, (one,))
            if hold(other, stage, assign_operators(other, catalogue, builds), NEAR, BATTLES, stars).held >= least > 0:
                found.append(one)
            if len(found) == MOST:
                break
        groups.append(msgspec.structs.replace(group, candidates=(*group.candidates, *found)))
    return msgspec.structs.replace(plan, groups=tuple(groups))


def _alike(
    group: PlanGroup, brought: set[str], stage: Stage, builds: Mapping[str, Build], catalogue: Catalogue
) -> list[Candidate]:
    """Up to `TRIED` operators with the role and the kind of tile of a group's first one, the strongest first."""
    first, usage = catalogue.characters[group.candidates[0].name], group.candidates[0].usage
    alike = [
        assign_operators(_single(name), catalogue, builds).operators[0]
        for name in builds
        if name not in brought
        and catalogue.characters[name].role == first.role
        and catalogue.characters[name].melee == first.melee
    ]
    allowed = [one for one in alike if not is_forbidden(one, stage.squad_rules)]
    best = sorted(allowed, key=strength, reverse=True)[:TRIED]
    return [Candidate(name=one.name, skill=one.skill_number, usage=usage) for one in best]


def _single(name: str) -> Plan:
    """A plan that brings one operator and does nothing."""
    return Plan(stage="", groups=(PlanGroup(name=name, candidates=(Candidate(name=name),)),), steps=())


def _with(plan: Plan, group: PlanGroup, candidates: tuple[Candidate, ...]) -> Plan:
    """The plan with other candidates in one of its groups."""
    changed = msgspec.structs.replace(group, candidates=candidates)
    return msgspec.structs.replace(plan, groups=tuple(changed if one == group else one for one in plan.groups))
