"""The numbers of a character at one build, and squads, whose members are named in code or in a file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from game.characters.effects import HAND, SQUAD, Effect
from game.characters.models import SKILL_LEVELS, TRAITS, Bonus, Build, Character, Operator, Phase, Skill
from game.characters.summons import SUMMONED, summoned_by
from game.errors import TableError
from game.texts import read_texts

if TYPE_CHECKING:
    from game.characters.catalogue import Catalogue

SQUAD_SIZE = 12
"""Operators in a full squad."""
CHANGING = (
    "max_health", "attack", "defense", "resistance", "cost", "block", "redeploy_time", "regeneration", "attack_speed",
    "initial_dp", "slow_time", "attack_interval",
)  # fmt: skip
"""The numbers of an operator that trust, potentials and bonuses may change."""
NAMES = ("roles", "groups", "spared_groups", "races", "on", "gains")
"""The fields of effects that are lists of names."""
SHOWN = 12
"""How many known names an error lists where none is like the wrong one."""


def squad_of(
    members: Sequence[str | Mapping[str, Any]], catalogue: Catalogue, where: str = "squad"
) -> tuple[Operator, ...]:
    """The squad of these members in this order; an operator's slot is its index.

    A member is a name (English, Chinese or a public id), or a table of a name and the fields of its `Build` that differ
    from the default. Raises TableError, which begins with `where`, for an unknown name, a build that does not exist, an
    operator that is named twice and an empty squad.
    """
    try:
        return tuple(_found(members, catalogue).values())
    except TableError as error:
        raise TableError(f"{where}: {error}") from None


def _found(members: Sequence[str | Mapping[str, Any]], catalogue: Catalogue) -> dict[str, Operator]:
    """The operators of a squad's members by name."""
    found: dict[str, Operator] = {}
    for member in members:
        character, build = _member(member, catalogue)
        if character.name in found:
            raise TableError(f"{character.name!r} is there twice; name every operator once")
        found[character.name] = operator_of(character, build)
    if not found:
        raise TableError("is empty; name at least one operator")
    return found


def default_squad(catalogue: Catalogue) -> tuple[Operator, ...]:
    """The squad that plays where the user names none: the first operators of the table at their default builds."""
    return squad_of(list(catalogue.characters)[:SQUAD_SIZE], catalogue)


def read_squad(path: str | Path, catalogue: Catalogue) -> tuple[Operator, ...]:
    """The squad of a squad file, in the order of the file. Raises TableError as `read_builds` does."""
    builds = read_builds(path, catalogue)
    return tuple(operator_of(catalogue.characters[name], build) for name, build in builds.items())


def read_builds(path: str | Path, catalogue: Catalogue) -> dict[str, Build]:
    """The builds of a squad file by the operators' English names.

    The file is TOML with one `[[operator]]` table for each operator: its name and the fields of its `Build`. Raises
    TableError where the file cannot be read, or names an operator or a build that does not exist.
    """
    try:
        readings = read_texts(Path(path))
    except (OSError, UnicodeError) as error:
        raise TableError(f"{path}: cannot be read: {error}") from None
    errors = []
    for text in readings.texts:
        try:
            return _builds(text, path, catalogue)
        except TableError as error:
            errors.append(error)
    raise errors[0] if readings.certain else TableError(f"{errors[0]}; it is not UTF-8: save it as UTF-8")


def _builds(text: str, path: str | Path, catalogue: Catalogue) -> dict[str, Build]:
    """The builds of a squad file with this text. Raises TableError as `read_builds` does."""
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise TableError(f"{path}: is not TOML: {error}; a box of MAA or a CSV is read by --roster") from None
    entries = data.get("operator", [])
    if set(data) != {"operator"} or not _are_tables(entries):
        raise TableError(f'{path}: write one [[operator]] table for each operator, with name = "Fang" and its build')
    squad_of(entries, catalogue, str(path))  # raises what is wrong with a name or a build
    return {character.name: build for character, build in (_member(entry, catalogue) for entry in entries)}


def _are_tables(value: Any) -> bool:
    """Whether a value of a file is a list of tables, one at least."""
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def operator_of(character: Character, build: Build) -> Operator:
    """A character's numbers at a build.

    Fractions of one number add up, those of talents and that of the skill: number * (1 + talents + skill). The number
    of the Operator includes the talents, so the skill's fraction is converted to a fraction of that number.
    Raises TableError for a phase, level, skill, trust or potential that the character does not have.
    """
    phase, level = _phase_of(character, build)
    _check_bond(character, build)
    numbers = _bare_numbers(character, build, phase, level)
    bonuses = _reached(character, build, level)
    shares = _shares(bonuses)
    for key, share in shares.items():
        numbers[key] *= 1.0 + share
    for bonus in bonuses:
        for key, factor in bonus.factor.items():
            numbers[key] *= factor
        for key, amount in bonus.add.items():
            numbers[key] += amount
    skill = _beside_talents(_skill_of(character, build), shares)
    interval = numbers.pop("attack_interval")
    fields: dict[str, Any] = {key: getattr(character, key) for key in TRAITS} | numbers
    for key in ("aims", "prefers_air", "targets"):
        fields[key] = next((told for one in reversed(bonuses) if (told := getattr(one, key)) is not None), fields[key])
    fields |= {"cost": int(numbers["cost"]), "block": int(numbers["block"])}
    return Operator(
        **fields,
        attack_interval=interval * 100.0 / numbers["attack_speed"],
        range=next((one.range for one in bonuses if one.range is not None), phase.range),
        skill=skill,
        skill_number=build.skill_number if character.skills else 0,
        effects=_with_skill(_effects_at(character, build, level), skill),
        attack_share=shares.get("attack", 0.0),
        defense_share=shares.get("defense", 0.0),
        summon=summoned_by(character, build.elite, level),
    )


def with_each_skill(character: Character, build: Build) -> tuple[Operator, ...]:
    """A character's operators at a build: one for each skill that it may bring, only one if the build names a skill.

    Raises TableError as `operator_of` does.
    """
    most = min(len(character.skills), build.elite + 1)
    numbers = (build.skill,) if build.skill is not None or most == 0 else range(1, most + 1)
    return tuple(operator_of(character, msgspec.structs.replace(build, skill=number)) for number in numbers)


def all_with_each_skill(builds: Mapping[str, Build], catalogue: Catalogue) -> tuple[Operator, ...]:
    """The operators of these builds by English name, each as in `with_each_skill`."""
    characters = catalogue.characters
    return tuple(one for name, build in builds.items() for one in with_each_skill(characters[name], build))


def _bare_numbers(character: Character, build: Build, phase: Phase, level: int) -> dict[str, float]:
    """A character's `CHANGING` numbers with trust and potentials, before any bonus."""
    numbers = phase.numbers(level)
    numbers |= {"resistance": phase.resistance, "cost": phase.cost, "block": phase.block}
    numbers |= {"redeploy_time": character.redeploy_time, "regeneration": character.regeneration, "attack_speed": 100.0}
    numbers |= {"initial_dp": 0.0, "slow_time": character.slow_time, "attack_interval": character.attack_interval}
    for key, amount in character.trust.items():
        numbers[key] += amount * min(build.trust, 100) / 100
    for potential in character.potentials[: build.potential - 1]:
        for key, amount in potential.items():
            numbers[key] += amount
    return numbers


def _shares(bonuses: Iterable[Bonus]) -> dict[str, float]:
    """The sum of the fractions by which bonuses change each number."""
    found: dict[str, float] = {}
    for bonus in bonuses:
        for key, fraction in bonus.scale.items():
            found[key] = found.get(key, 0.0) + fraction
    return found


def _beside_talents(skill: Skill | None, shares: Mapping[str, float]) -> Skill | None:
    """A skill whose fractions refer to the numbers with talents; no number falls below 0."""
    if skill is None:
        return None
    changed = {
        key: max(getattr(skill, key) / (1.0 + share), -1.0)
        for key, share in shares.items()
        if key in ("max_health", "attack", "defense") and share > -1.0
    }
    return msgspec.structs.replace(skill, **changed)


NO_CHANGE = Skill(name="", gain="deploy", by_hand=False, cost=0, initial=0, duration=0.0)
TALENT_FIELDS = tuple(field for field in Skill.__struct_fields__ if field.startswith("talent_"))
"""How a skill changes what talents do."""


def _with_skill(effects: tuple[Effect, ...], skill: Skill | None) -> tuple[Effect, ...]:
    """The effects of talents, those that a skill changes once without it and once as they are while it is active."""
    if skill is None or all(getattr(skill, field) == getattr(NO_CHANGE, field) for field in TALENT_FIELDS):
        return effects
    found: list[Effect] = []
    for one in effects:
        changes = one.name == f"talent {skill.talent}" or (not skill.talent and one.name.startswith("talent"))
        if not changes or one.skill != "any":
            found.append(one)
            continue
        found += [msgspec.structs.replace(one, skill="idle"), _grown(one, skill)]
    return tuple(found)


def _grown(effect: Effect, skill: Skill) -> Effect:
    """A talent's effect as it is while a skill that changes it is active."""
    times = skill.talent_times
    by_chance = effect.when != "always" and effect.chance < 1.0
    chance = min(skill.talent_chance_to or effect.chance * skill.talent_chance, 1.0) if by_chance else effect.chance
    amounts = ("damage", "damage_points", "heal", "heal_points", "sp")
    parts = {name: getattr(effect, name) * times for name in amounts}
    kinds = ("add", "scale", "lend")
    sums = {name: {key: amount * times for key, amount in getattr(effect, name).items()} for name in kinds}
    return msgspec.structs.replace(
        effect,
        skill="active",
        chance=chance,
        radius=skill.talent_radius if skill.talent_radius and effect.radius else effect.radius,
        below=skill.talent_below if skill.talent_below and effect.below < 1.0 else effect.below,
        factor={key: max(1.0 + (factor - 1.0) * times, 0.0) for key, factor in effect.factor.items()},
        strength=1.0 + (effect.strength - 1.0) * times,
        times=1.0 + (effect.times - 1.0) * times,
        seconds=effect.seconds * skill.talent_seconds,
        stun=effect.stun * skill.talent_seconds,
        **parts,
        **sums,
    )


def with_squad_effects(squad: Sequence[Operator]) -> tuple[Operator, ...]:
    """The operators of a squad with what the talents of all of them change before the battle."""
    changes = [effect for one in squad for effect in one.effects if effect.when == "squad"]
    if not changes:
        return tuple(squad)
    return tuple(_changed(one, [change for change in changes if is_for(change, one)]) for one in squad)


def is_for(effect: Effect, one: Operator) -> bool:
    """Whether an operator is of the sort that an effect chooses."""
    summoned = SUMMONED in one.groups and effect.when != "squad"
    return (
        (not one.device or summoned or bool(set(effect.groups) & set(one.groups)))
        and (not effect.roles or (one.role in effect.roles and not one.device))
        and (not effect.rarities or one.rarity in effect.rarities)
        and (not effect.groups or bool(set(effect.groups) & set(one.groups)))
        and not set(effect.spared_groups) & set(one.groups)
        and (effect.melee is None or one.melee is effect.melee)
        and (not effect.cost_most or one.cost <= effect.cost_most)
        and (not effect.gains or (one.skill is not None and one.skill.gain in effect.gains))
    )


def _own_part(effect: Effect) -> Effect | None:
    """What an effect on the squad changes in battle, as an effect of each of its operators; None for nothing."""
    add = {key: amount for key, amount in effect.add.items() if key not in (*SQUAD, *HAND)}
    return Effect(add=add, factor=effect.factor) if add or effect.factor else None


def _changed(one: Operator, effects: Sequence[Effect]) -> Operator:
    """An operator with what effects on the squad add to its numbers; fractions add to those of its own talents."""
    add: dict[str, float] = {}
    share: dict[str, float] = {}
    for effect in effects:
        for found, changes in ((add, effect.add), (share, effect.scale)):
            for key, amount in changes.items():
                found[key] = found.get(key, 0.0) + amount
    share = {key: amount for key, amount in share.items() if key in CHANGING}
    own = {"attack": one.attack_share, "defense": one.defense_share}
    more = {key: 1.0 + amount / (1.0 + own.get(key, 0.0)) for key, amount in share.items()}
    skill = _beside_talents(one.skill, {key: factor - 1.0 for key, factor in more.items()})
    others = tuple(own_part for effect in effects if (own_part := _own_part(effect)) is not None)
    if skill is not None and "initial_sp" in add:
        skill = msgspec.structs.replace(skill, initial=skill.initial + int(add["initial_sp"]))
    return msgspec.structs.replace(
        one,
        skill=skill,
        effects=(*one.effects, *others),
        cost=max(one.cost + int(add.get("cost", 0.0)), 0),
        attack_share=one.attack_share + share.get("attack", 0.0),
        defense_share=one.defense_share + share.get("defense", 0.0),
        **{key: getattr(one, key) * factor for key, factor in more.items()},
    )


def _member(member: str | Mapping[str, Any], catalogue: Catalogue) -> tuple[Character, Build]:
    """A squad member as character and build."""
    fields = {"name": member} if isinstance(member, str) else dict(member)
    id_ = str(fields.pop("id", ""))
    name = str(fields.pop("name", id_))
    if not name:
        raise TableError(f'{dict(fields)} has no name; write name = "Fang" and what differs from the default')
    character = catalogue.find_character(id_) or catalogue.find_character(name)
    if character is None:
        raise TableError(f"there is no operator {name!r}{_nearest(name, catalogue.characters)}")
    try:
        return character, msgspec.convert(fields, Build)
    except msgspec.ValidationError as error:
        raise TableError(f"{name}: {error}") from None


def _nearest(name: str, known: Iterable[str]) -> str:
    """The end of an error: the known name nearest to a wrong one, or some of them."""
    names = list(known)
    near = get_close_matches(name, names, 1, 0.4)
    if near:
        return f"; did you mean {near[0]!r}?"
    more = len(names) - SHOWN
    return f"; there are {', '.join(names[:SHOWN])}" + (f" and {more} more" if more > 0 else "")


def _phase_of(character: Character, build: Build) -> tuple[Phase, int]:
    """The phase of a build and its level there."""
    if not 0 <= build.elite < len(character.phases):
        most = len(character.phases) - 1
        raise TableError(f"{character.name} has no elite phase {build.elite}; give one of 0 to {most}")
    phase = character.phases[build.elite]
    level = phase.levels if build.level is None else build.level
    if not 1 <= level <= phase.levels:
        raise TableError(f"{character.name} at elite {build.elite} has levels 1 to {phase.levels}, not {level}")
    return phase, level


def _check_bond(character: Character, build: Build) -> None:
    """Raise TableError for a trust or a potential that no operator can have."""
    for what, given, least, most in (("trust", build.trust, 0, 200), ("potentials", build.potential, 1, 6)):
        if not least <= given <= most:
            raise TableError(f"{character.name} has {what} {least} to {most}, not {given}")


def _reached(character: Character, build: Build, level: int) -> list[Bonus]:
    """The bonuses that a build has reached; of several with one name only the last."""
    here = (build.elite, level)
    found = {
        bonus.name: bonus
        for bonus in character.bonuses
        if here >= (bonus.elite, bonus.level) and build.potential >= bonus.potential
    }
    return list(found.values())


def _effects_at(character: Character, build: Build, level: int) -> tuple[Effect, ...]:
    """The effects that a build has reached; of those with one name only the ones with the last requirement."""
    here, brought = (build.elite, level), (0, build.skill_number)
    reached = [
        one
        for one in character.effects
        if here >= (one.elite, one.level) and build.potential >= one.potential and one.brings in brought
    ]
    last = {one.name: (one.elite, one.level, one.potential) for one in reached}
    return tuple(one for one in reached if not one.name or last[one.name] == (one.elite, one.level, one.potential))


def _skill_of(character: Character, build: Build) -> Skill | None:
    """The skill that a build names, at its level; None if it names 0 or the character has no skill."""
    number = build.skill_number
    if not character.skills or number == 0:
        return None
    if not 1 <= number <= len(character.skills):
        most = len(character.skills)
        raise TableError(f"{character.name} has no skill {number}; give one of 0 (none) to {most}")
    if number > build.elite + 1:
        raise TableError(f"{character.name} has skill {number} from elite {number - 1} on")
    most = SKILL_LEVELS[build.elite]
    level = most if build.skill_level is None else build.skill_level
    if not 1 <= level <= most:
        raise TableError(f"{character.name} at elite {build.elite} has skill levels 1 to {most}, not {level}")
    return skill_at(character, number, level)


def skill_at(character: Character, number: int, level: int) -> Skill:
    """A character's skill (number from 1) at a skill level. Raises TableError where the table's fields do not fit."""
    return skill_of(character.skills[number - 1], level, f"{character.name}.skills")


def skill_of(table: Mapping[str, Any], level: int, where: str) -> Skill:
    """A skill of a table at a level; TableError, with its place, where the fields do not fit."""
    try:
        skill = msgspec.convert(at_level(table, level), Skill)
    except msgspec.ValidationError as error:
        raise TableError(f"{where}: {error}") from None
    if skill.strikes and skill.duration:
        raise TableError(f"{where}: strikes once, so duration must be 0")
    return skill


def at_level(value: Any, level: int) -> Any:
    """A skill's number at a level: of a list the level's entry, or its last. A list of tables (effects) has numbers by
    level inside; a condition that is a list of names (roles, groups) is what it is at every level.
    """
    if isinstance(value, Mapping):
        return {key: one if key in NAMES else at_level(one, level) for key, one in value.items()}
    if not isinstance(value, list) or not value:
        return value
    if isinstance(value[0], dict):
        return [at_level(one, level) for one in value]
    return value[min(level, len(value)) - 1]
