"""A plan as it is handed to others: with the names that MAA knows, what the operators have to be, and what to expect.

Titles and details are in English and Chinese, the languages of the players who exchange plans.
"""

# ruff: noqa: RUF001 - Chinese has its own punctuation
from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from game.characters.catalogue import Catalogue
from game.characters.models import SKILL_LEVELS, Build
from planning.assignment import within_reach
from planning.grading import NOT_TRUSTED, PARTLY, WHOLE, Trust
from planning.plans import CHALLENGE, NORMAL, Candidate, Plan, PlanGroup, Requirements
from planning.playing import Holding, PlanResult

LEVELS = {WHOLE: "完整", PARTLY: "部分可信", NOT_TRUSTED: "不可信"}
"""The levels of trust in Chinese."""


def published(
    plan: Plan, catalogue: Catalogue, builds: Mapping[str, Build], title: str, details: str, *, challenge: bool
) -> Plan:
    """A plan with Chinese names, by which MAA knows operators, with what `builds` says of each as requirements.

    Operators without a Chinese name keep the one they have. Read back, it plays the same.
    """
    names = {group.name: _chinese(group.name, catalogue) for group in plan.groups}
    groups = tuple(
        PlanGroup(
            name=names[group.name],
            candidates=tuple(_published(one, catalogue, builds) for one in group.candidates),
        )
        for group in plan.groups
    )
    steps = tuple(msgspec.structs.replace(step, name=names.get(step.name, step.name)) for step in plan.steps)
    difficulty = CHALLENGE if challenge else NORMAL
    return msgspec.structs.replace(
        plan, groups=groups, steps=steps, title=title, details=details, difficulty=difficulty, notes=()
    )


def _chinese(name: str, catalogue: Catalogue) -> str:
    """The Chinese name of an operator; any other name stays as it is."""
    character = catalogue.find_character(name)
    return (character and character.chinese) or name


def with_ids(plan: Plan, catalogue: Catalogue) -> Plan:
    """A plan whose candidates are public ids, as azur-arknights-helper has them, as far as they are known."""

    def named(one: Candidate) -> Candidate:
        character = catalogue.find_character(one.name)
        return msgspec.structs.replace(one, name=(character and character.id) or one.name)

    groups = (PlanGroup(name=group.name, candidates=tuple(map(named, group.candidates))) for group in plan.groups)
    return msgspec.structs.replace(plan, groups=tuple(groups))


def _published(one: Candidate, catalogue: Catalogue, builds: Mapping[str, Build]) -> Candidate:
    """A candidate with what its build is as requirements."""
    character = catalogue.find_character(one.name)
    build = builds.get(character.name) if character else None
    if character is None or build is None:
        return one
    build = within_reach(character, build)
    requirements = Requirements(
        elite=build.elite,
        level=build.level or character.phases[build.elite].levels,
        skill_level=(build.skill_level or SKILL_LEVELS[build.elite]) if character.skills else 0,
    )
    return msgspec.structs.replace(one, name=character.chinese or one.name, requirements=requirements)


def title_of(stage: str, played: PlanResult) -> str:
    """The title of a plan for a stage: what it wins."""
    if not played.won:
        return f"{stage}: does not win yet / {stage}：尚未通关"
    return f"{stage}: {played.stars} stars / {stage}：{played.stars}星"


def details_of(
    stage: str, played: PlanResult, trust: Trust, holdings: Sequence[Holding], operators: Sequence[str],
    catalogue: Catalogue, version: str,
) -> str:  # fmt: skip
    """What players have to know of a plan, in English and in Chinese. `operators` are English names."""
    won = f"won with {played.stars} stars" if played.won else f"NOT WON ({played.leaks} leaked)"
    english = [
        f"{stage}: {won} in the simulator of Holdfast, not in the game; {trust}",
        "; ".join(map(str, holdings)),
        f"Squad: {', '.join(operators)}",
        f"Made by Holdfast {version}",
    ]
    win = f"{played.stars}星通关" if played.won else f"未通关（漏{played.leaks}）"
    held = "；".join(f"{one.battles}局守住{one.held}局（{one.variation}）" for one in holdings)
    chinese = [
        f"{stage}：在Holdfast模拟器中{win}，并非游戏实测；可信度：{LEVELS[trust.level]}",
        held,
        f"编队：{'、'.join(_chinese(name, catalogue) for name in operators)}",
        f"由Holdfast {version}生成",
    ]
    return "\n".join([*filter(None, english), "", *filter(None, chinese)])
