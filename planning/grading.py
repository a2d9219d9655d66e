"""How far a victory in the simulator may be believed: what of a stage and its operators is not played as in the game.

A victory is reported with a `Trust`: its level, and the reasons why it is no higher. Something that is played wrongly,
so that the battle may go quite another way, makes a result not to be trusted; something that is left out of units that
are played apart from it makes a result partly trusted. RULES says which is which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from game.characters.catalogue import Catalogue
from game.characters.models import Character, Operator
from game.levels.stage import Stage
from planning.assignment import PlanSquad
from planning.plans import AIMED, Plan

Level = Literal["whole", "partly", "not to be trusted"]
WHOLE: Level = "whole"
PARTLY: Level = "partly"
NOT_TRUSTED: Level = "not to be trusted"

SHOWN_REASONS = 3
"""How many reasons are given where there is little room."""
SHOWN_NAMES = 3
"""How many names of one reason are given there."""

REASONS: Mapping[str, str] = {
    "stand_ins": "{count} of {of} kinds of enemies are stand-ins",
    "enemies_weaker": "enemies with the numbers of a weaker form",
    "enemies_partly": "enemies of which something is not played",
    "friends_absent": "operators of the level that no table has, and that do not fight along",
    "friends_stronger": "operators of the level who are stronger there",
    "cards_left_out": "operators of the level's own cards, whom only the squad brings here",
    "devices_unusable": "devices for the player that cannot be used",
    "devices_not_played": "devices that are not played",
    "tiles_plain": "tiles that are played as plain ones",
    "tiles_not_played": "tiles whose effect is not played",
    "rules_not_played": "rules of the level that are not played",
    "enemies_absent": "enemies that come only if something happens, and never here",
    "actions_not_played": "actions of the level that are not played",
    "points_not_played": "points of routes that are not played",
    "ways_absent": "routes on which no way is found",
    "rules_off": "rules that a player may choose, and that are off here",
    "options_not_played": "options of the level that are not played",
    "spawns_otherwise": "spawns that may come at other times",
    "parts_not_played": "parts of the level that are not played",
    "operators_partly": "operators of whom a talent or skill is not wholly played",
    "steps_for_none": "steps of the plan for what is not there",
    "steps_not_played": "steps of the plan that are not played",
    "plan_otherwise": "parts of the plan not played as written",
}
"""What each reason says in English, by its code."""
RULES: Sequence[tuple[str, Level, str]] = (
    # An entry of Stage.unknown (its groups: a name and perhaps a detail), what it makes of a result, and the reason.
    # The first that fits counts; what comes first is said first.
    (r"enemy (\S+)", NOT_TRUSTED, "stand_ins"),
    (r"enemy (\S+) (level \d+)", NOT_TRUSTED, "enemies_weaker"),
    (r"enemy (\S+): (.*)", PARTLY, "enemies_partly"),
    (r"friend (\S+)", NOT_TRUSTED, "friends_absent"),
    (r"friend (\S+): (.*)", PARTLY, "friends_stronger"),
    # Cards that help the player: without them a stage is harder here than in the game.
    (r"predefined (char_\S+)", PARTLY, "cards_left_out"),
    (r"predefined (trap_(?:001_crate|002_emp|005_sensor|006_antidr|007_ballis))", PARTLY, "devices_unusable"),
    (r"predefined (.+)", NOT_TRUSTED, "devices_not_played"),
    # These tiles only look different, or only hide operators.
    (r"tile (tile_(?:fence|fence_bound|grass|gazebo))", PARTLY, "tiles_plain"),
    (r"tile (.+)", NOT_TRUSTED, "tiles_not_played"),
    (r"rune (.+)", NOT_TRUSTED, "rules_not_played"),
    (r"globalBuff (.+)", NOT_TRUSTED, "rules_not_played"),
    (r"(branches)", NOT_TRUSTED, "enemies_absent"),
    (r"hiddenGroup (.+)", NOT_TRUSTED, "enemies_absent"),
    (r"action (.+)", NOT_TRUSTED, "actions_not_played"),
    (r"checkpoint (.+)", NOT_TRUSTED, "points_not_played"),
    (r"(.+) cannot be reached on foot", NOT_TRUSTED, "ways_absent"),
    (r"(optionalRunes)", PARTLY, "rules_off"),
    (r"option (.+)", PARTLY, "options_not_played"),
    (r"(advancedWaveTag .+|refreshType .+|managedByScheduler false)", PARTLY, "spawns_otherwise"),
    (r"(.+)", NOT_TRUSTED, "parts_not_played"),
)  # fmt: skip
LEFT_OUT_ACTIONS = "actions of the type"
"""Start of the note in `Plan.notes` that steps of an unknown kind are left out (see planning.jobs)."""


class TrustReason(NamedTuple):
    """One kind of thing that is not played, and which ones."""

    level: Level
    code: str
    """One of `REASONS`."""
    details: Mapping[str, tuple[str, ...]]
    """By name, what of it is not played; empty where there is no more to say than the name."""
    of: int = 0
    """How many there are of what is counted, played or not."""

    @property
    def what(self) -> str:
        """The kind in English."""
        return REASONS[self.code].format(count=len(self.details), of=self.of)

    def facts(self) -> dict[str, Any]:
        """The reason as plain data, for those who word it in another language."""
        return {"code": self.code, "count": len(self.details), "of": self.of, "details": self.details}

    def short(self) -> str:
        """The reason with the first names alone."""
        names = list(self.details)
        more = len(names) - SHOWN_NAMES
        return f"{self.what}: {', '.join(names[:SHOWN_NAMES])}" + (f" and {more} more" if more > 0 else "")

    def __str__(self) -> str:
        told = (name + (f" ({'; '.join(rest)})" if rest else "") for name, rest in self.details.items())
        return f"{self.what}: {', '.join(told)}"


class Trust(NamedTuple):
    """How far a result on a stage may be believed, and the reasons why no further."""

    level: Level
    reasons: tuple[TrustReason, ...]
    """Those that weigh most come first."""

    def __str__(self) -> str:
        if not self.reasons:
            return "to be trusted: all that this stage and these operators do is played"
        said = [reason.short() for reason in self.reasons[:SHOWN_REASONS]]
        more = len(self.reasons) - SHOWN_REASONS
        level = "partly to be trusted" if self.level == PARTLY else self.level
        return f"{level}: {'; '.join(said)}" + (f"; and {more} more (--json says all)" if more > 0 else "")

    def facts(self, *, as_json: bool = True) -> dict[str, Any]:
        """The grade as plain data: with all reasons for programs, in a line for people."""
        if not as_json:
            return {"grade": str(self)}
        return {"grade": self.level, "grade_reasons": [str(reason) for reason in self.reasons]}


def trust_in(stage: Stage, operators: Sequence[Operator], catalogue: Catalogue) -> Trust:
    """How far battles of these operators on a stage may be believed."""
    return _trust([*_stage_reasons(stage, catalogue), *_operator_reasons([*operators, *_friends(stage)], catalogue)])


def trust_in_plan(plan: Plan, stage: Stage, squad: PlanSquad, catalogue: Catalogue) -> Trust:
    """The same for a plan, whose own steps may not all be played."""
    reasons = [
        *_stage_reasons(stage, catalogue),
        *_operator_reasons([*squad.operators, *_friends(stage)], catalogue),
        *_plan_reasons(plan, squad),
    ]
    return _trust(reasons)


def _trust(reasons: Sequence[TrustReason]) -> Trust:
    """The grade that follows from reasons: the lowest of theirs."""
    heavy = [reason for reason in reasons if reason.level == NOT_TRUSTED]
    light = [reason for reason in reasons if reason.level == PARTLY]
    return Trust(NOT_TRUSTED if heavy else PARTLY if light else WHOLE, (*heavy, *light))


def _stage_reasons(stage: Stage, catalogue: Catalogue) -> Iterator[TrustReason]:
    """What of a stage is not played, like things together, in the order of RULES."""
    found: dict[tuple[Level, str], dict[str, tuple[str, ...]]] = {rule[1:]: {} for rule in RULES}
    for entry in stage.unknown:
        level, code, name, detail = _rule_for(entry)
        names, name = found[level, code], _named(name, catalogue)
        names[name] = (*names.get(name, ()), *detail)
    for (level, code), names in found.items():
        if names:
            yield TrustReason(level, code, names, len({enemy.name for enemy in stage.enemies}))


def _named(name: str, catalogue: Catalogue) -> str:
    """The name of an operator or enemy of which a level gives the public id; other names stay as they are."""
    known = catalogue.find_character(name) or catalogue.find_enemy(name)
    return known.name if known else name


def _rule_for(entry: str) -> tuple[Level, str, str, tuple[str, ...]]:
    """The level and the reason of an entry of Stage.unknown, its name, and a detail if it has one."""
    for pattern, level, code in RULES:
        if match := re.fullmatch(pattern, entry):
            name, *detail = match.groups()
            return level, code, name, tuple(detail)
    raise AssertionError(entry)  # the last rule fits all


def _friends(stage: Stage) -> list[Operator]:
    """The operators that the level itself puts on the field."""
    return [friend.operator for friend in stage.friends]


def _operator_reasons(operators: Sequence[Operator], catalogue: Catalogue) -> Iterator[TrustReason]:
    """What of the operators is not played; of skills only the one that is brought counts."""
    known = ((one, catalogue.characters.get(one.name)) for one in operators)
    missing = {one.name: _missing(one, character) for one, character in known if character is not None}
    if names := {name: what for name, what in missing.items() if what}:
        yield TrustReason(PARTLY, "operators_partly", names)


def _missing(one: Operator, character: Character) -> tuple[str, ...]:
    """What of an operator is not played; entries about a skill begin with its name."""
    brought = one.skill.name if one.skill else ""
    others = [skill["name"] for skill in character.skills if skill["name"] != brought]
    return tuple(what for what in character.missing if not any(what.startswith(f"{name}: ") for name in others))


def _plan_reasons(plan: Plan, squad: PlanSquad) -> Iterator[TrustReason]:
    """Which steps of a plan are not played."""
    acted_on = (step.name for step in plan.steps if step.kind in AIMED and step.name)
    left_out = [note for note in plan.notes if note.startswith(LEFT_OUT_ACTIONS)]
    for level, code, names in (
        (NOT_TRUSTED, "steps_for_none", [one for one in acted_on if one not in squad.slots]),
        (NOT_TRUSTED, "steps_not_played", left_out),
        (PARTLY, "plan_otherwise", [note for note in plan.notes if note not in left_out]),
    ):
        if names:
            yield TrustReason(level, code, dict.fromkeys(names, ()))
