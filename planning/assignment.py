"""Which operator a plan brings for each of its groups, as far as the user's squad has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from game.characters.builds import operator_of
from game.characters.catalogue import Catalogue
from game.characters.models import SKILL_LEVELS, Build, Character, Operator
from game.characters.roster import ASSUMED
from game.characters.summons import cards_of
from game.errors import PlanError
from game.levels.predefines import DeviceCard
from planning.plans import AIMED, Candidate, Plan, PlanGroup, Requirements


class PlanSquad(NamedTuple):
    """The squad for a plan, and the slot that each name in the plan stands for."""

    operators: tuple[Operator, ...]
    slots: dict[str, int]
    """The slot of every group that has an operator and of every name in a step; steps for other names are skipped.

    A device, or what an operator summons, has the slot of the first copy on its card; these come after the squad's.
    """
    candidates: tuple[Candidate, ...]
    """The candidate in each slot."""
    notes: tuple[str, ...]
    """Where the squad is not what the plan asks for."""

    def operator_of(self, name: str) -> Operator | None:
        """The operator that a name in the plan stands for; None for a device, and for what is not brought."""
        slot = self.slots.get(name, len(self.operators))
        return self.operators[slot] if slot < len(self.operators) else None


def assign_operators(
    plan: Plan,
    catalogue: Catalogue,
    builds: Mapping[str, Build] | Build | None = None,
    devices: Sequence[DeviceCard] = (),
) -> PlanSquad:
    """The squad for a plan, in the order of its groups. Steps may also name the `devices` of the stage, and what the
    squad summons.

    `builds` is one build for all operators, reduced to what each of them can reach, or the builds of the operators that
    the user has, by English name; without it all operators are as the plan requires them (`required_build`). The notes
    say what is required, or which operators fall short of it. A skill that an elite phase does not have yet (the second
    comes with elite 1, the third with elite 2) is replaced by the last one it has. A group that no step uses may stay
    without an operator.
    Raises PlanError if groups that steps use cannot get one (it names them all), or if the plan brings no operator.
    """
    return _Assignment(plan, catalogue, builds, devices).squad()


class _Assignment:
    """Assigns operators to groups, each operator to one group at most."""

    def __init__(
        self, plan: Plan, catalogue: Catalogue, builds: Mapping[str, Build] | Build | None,
        devices: Sequence[DeviceCard],
    ) -> None:  # fmt: skip
        self._builds = builds
        self._devices = devices
        self._catalogue = catalogue
        self._used = dict.fromkeys(step.name for step in plan.steps if step.name and step.kind in AIMED)
        """The names that steps use, in order."""
        self._groups = self._all_groups(plan)
        self._assigned: dict[str, tuple[str, Candidate]] = {}
        """By operator: its group, and the candidate of the group that it is."""
        self._notes = list(plan.notes)

    def squad(self) -> PlanSquad:
        """Assign an operator to every group, first to those that steps use."""
        lacking = []
        for name in sorted(self._groups, key=lambda name: name not in self._used):
            if self._assign(name, set()):
                continue
            if name in self._used:
                lacking.append(name)
            else:
                self._notes.append(f"{self._unassigned(self._groups[name])}, and no step needs it")
        if lacking:
            raise PlanError(self._refusal(lacking))
        if not self._assigned:
            raise PlanError("the plan brings no operator")
        order = list(self._groups)
        chosen = sorted(self._assigned.items(), key=lambda one: order.index(one[1][0]))
        operators = tuple(self._operator(name, candidate) for name, (_, candidate) in chosen)
        slots = self._slots(operators)
        return PlanSquad(operators, slots, tuple(candidate for _, (_, candidate) in chosen), tuple(self._notes))

    def _all_groups(self, plan: Plan) -> dict[str, PlanGroup]:
        """A plan's groups by name, and one for each operator that only the steps name: MAA brings it as well.

        There is none for a candidate of another group, nor for a name that is in no table (a device or a summon).
        """
        groups: dict[str, PlanGroup] = {}
        for group in plan.groups:
            groups.setdefault(group.name, group)
        listed = {self._english(candidate.name) for group in plan.groups for candidate in group.candidates}
        for name in self._used:
            if name not in groups and self._english(name) not in {None, *listed}:
                groups[name] = PlanGroup(name=name, candidates=(Candidate(name=name),))
        return groups

    def _english(self, name: str) -> str | None:
        """The English name of an operator; None if no table knows it."""
        character = self._catalogue.find_character(name)
        return character.name if character else None

    def _absence(self, candidate: Candidate) -> str:
        """Why a candidate cannot be brought; empty if it can."""
        name = self._english(candidate.name)
        if name is None:
            return f"{candidate.name!r} is in no table"
        there = not isinstance(self._builds, Mapping) or name in self._builds
        return "" if there else f"{name!r} is not in the squad"

    def _is_lacking(self, candidate: Candidate) -> bool:
        """Whether a candidate is an operator that a table knows and the squad does not have."""
        return bool(self._english(candidate.name) and self._absence(candidate))

    def _assign(self, group: str, tried: set[str]) -> bool:
        """Assign a group its first free candidate, or one whose present group can take another.

        This is one augmenting path of a bipartite matching; `tried` are the operators already on the path.
        """
        candidates = self._groups[group].candidates
        there = [(self._english(one.name) or "", one) for one in candidates if not self._absence(one)]
        for name, candidate in there:
            if name not in self._assigned:
                self._assigned[name] = group, candidate
                return True
        for name, candidate in there:
            if name not in tried:
                tried.add(name)
                if self._assign(self._assigned[name][0], tried):
                    self._assigned[name] = group, candidate
                    return True
        return False

    def _unassigned(self, group: PlanGroup) -> str:
        """Why a group gets no operator."""
        reasons = [absence or "its operators are needed elsewhere" for absence in map(self._absence, group.candidates)]
        return f"no operator for {group.name!r}: {'; '.join(dict.fromkeys(reasons)) or 'it lists none'}"

    def _refusal(self, lacking: Sequence[str]) -> str:
        """Why the plan cannot be played, for the groups that get no operator."""
        if len(lacking) == 1:
            return self._unassigned(self._groups[lacking[0]])
        groups = [self._groups[name] for name in lacking]
        alone = [one for one in groups if len(one.candidates) == 1 and self._is_lacking(one.candidates[0])]
        names = [self._english(one.candidates[0].name) or one.name for one in alone]
        missing = [f"the squad lacks {', '.join(names)}"] if names else []
        return "; ".join([*missing, *(self._unassigned(one) for one in groups if one not in alone)])

    def _operator(self, name: str, candidate: Candidate) -> Operator:
        """An operator with the build and the skill that it is brought with."""
        character = self._catalogue.characters[name]
        build = self._build(character, candidate)
        self._notes += requirement_notes(character, candidate, build, chosen=self._builds is None)
        skill = _skill(character, candidate, build)
        if candidate.skill > skill > 0:
            self._notes.append(f"{name}: skill {candidate.skill} is not unlocked at elite {build.elite}; uses {skill}")
        return operator_of(character, msgspec.structs.replace(build, skill=skill))

    def _build(self, character: Character, candidate: Candidate) -> Build:
        """The build that an operator comes with."""
        match self._builds:
            case None:
                return required_build(character, candidate)
            case Build() as build:
                return within_reach(character, build)
            case builds:
                return builds[character.name]

    def _slots(self, operators: Sequence[Operator]) -> dict[str, int]:
        """The slot of every name: of a group its operator's, else the operator's own, whichever group it is for."""
        squad = [one.name for one in operators]
        slots = {self._assigned[name][0]: slot for slot, name in enumerate(squad)}
        for used in self._used:
            name = self._english(used)
            if name in squad:
                slots.setdefault(used, squad.index(name))
            elif (card := self._card(used, operators)) >= 0:
                slots[used] = len(squad) + card
            elif used not in slots:
                why = "is not brought" if name else "is in no table"
                self._notes.append(f"{used!r} {why}; steps for it are skipped")
        return slots

    def _card(self, name: str, squad: Sequence[Operator]) -> int:
        """The slot after the squad of the first copy of a device, or of what the squad summons; -1 if there is none of
        this name.
        """
        devices = ((card.names, card.copies) for card in self._devices)
        summoned = ((card.summoned.names, card.summoned.copies) for card in cards_of(squad))
        slot = 0
        for names, copies in (*devices, *summoned):
            if name in names:
                return slot
            slot += copies
        return -1


def within_reach(character: Character, build: Build) -> Build:
    """A build reduced to what a character can reach: operators of one and two stars have no elite phases."""
    elite = min(build.elite, len(character.phases) - 1)
    most = character.phases[elite].levels
    level = most if elite < build.elite or build.level is None else min(build.level, most)
    skill_level = build.skill_level and min(build.skill_level, SKILL_LEVELS[elite])
    return msgspec.structs.replace(build, elite=elite, level=level, skill_level=skill_level)


def required_build(character: Character, candidate: Candidate) -> Build:
    """The least build with which an operator meets a plan's requirements, as far as it can reach them.

    The elite phase is the lowest that has what is required, the skill included, as in MAA. Where no level is required,
    it is 1, and where no skill level is required, it is what rosters assume (`ASSUMED`); at elite 0 both are then the
    highest. Without requirements: the default build.
    """
    asked = candidate.requirements
    if not any((asked.elite > 0, asked.level > 0, asked.skill_level > 0, asked.potentiality > 0)):
        return Build()
    least = max(asked.elite, candidate.skill - 1, sum(asked.skill_level > most for most in SKILL_LEVELS[:2]), 0)
    fitting = [elite for elite, phase in enumerate(character.phases) if elite >= least and phase.levels >= asked.level]
    elite = fitting[0] if fitting else len(character.phases)  # none fits: `within_reach` makes it the end of the last
    level = max(asked.level, 1) if elite or asked.level > 0 else None
    assumed = ASSUMED[min(elite, 2)]["skill_level"] if elite else None
    skill_level = asked.skill_level if asked.skill_level > 0 else assumed
    build = Build(elite=elite, level=level, skill_level=skill_level, potential=min(max(asked.potentiality, 1), 6))
    return within_reach(character, build)


def requirement_notes(character: Character, candidate: Candidate, build: Build, *, chosen: bool) -> list[str]:
    """Notes on a plan's requirements for an operator: what its build lacks and, with `chosen`, which build follows."""
    asked = candidate.requirements
    name, notes = character.name, []
    if chosen and build != Build():
        notes.append(f"{name} plays as required: {in_words(build)}, trust 0")
    short = [f"{what} {has}, not {least}" for what, has, least in _compared(character, build, asked) if has < least]
    if short:
        notes.append(f"{name} falls short of what the plan requires: {', '.join(short)}")
    if asked.module > 0:
        notes.append(f"{name} is required to have module {asked.module}; modules are not played")
    return notes


def _compared(character: Character, build: Build, asked: Requirements) -> Iterator[tuple[str, int, int]]:
    """What is compared with a plan's requirements: its name, what a build has, what is required."""
    phase = character.phases[build.elite]
    yield "elite", build.elite, asked.elite
    if build.elite <= asked.elite:  # any level of a higher phase is more than the last one of a lower
        yield "level", phase.levels if build.level is None else build.level, asked.level
    if character.skills:
        most = SKILL_LEVELS[build.elite]
        yield "skill level", most if build.skill_level is None else build.skill_level, asked.skill_level
    yield "potential", build.potential, asked.potentiality


def in_words(build: Build) -> str:
    """A build in words, without its trust."""
    level = "the last level" if build.level is None else f"level {build.level}"
    skill = "the highest skill level" if build.skill_level is None else f"skill level {build.skill_level}"
    return f"elite {build.elite} {level}, {skill}, potential {build.potential}"


def _skill(character: Character, candidate: Candidate, build: Build) -> int:
    """The number of the skill that an operator brings: the plan's choice, else the build's, as far as unlocked."""
    wanted = candidate.skill or build.skill_number
    return min(wanted, len(character.skills), build.elite + 1)
