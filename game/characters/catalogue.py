"""Operators and enemies, read from the tables in `game/characters/tables`, where every field is explained.

A `Character` is what a table knows of an operator at every elite phase and level. An `Operator` is that character as
one squad brings it: its numbers at one `Build`. The rules know operators only.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeVar

import msgspec

from game.errors import TableError

T = TypeVar("T")

Offset = tuple[int, int]
"""(row, column) from an operator facing RIGHT; rows grow downwards, as everywhere on the map."""

Role = Literal["vanguard", "guard", "defender", "sniper", "caster", "medic", "supporter", "specialist"]
ROLES = ("vanguard", "guard", "defender", "sniper", "caster", "medic", "supporter", "specialist")
Damage = Literal["physical", "arts", "true", "heal"]
Gain = Literal["second", "attack", "hit", "deploy"]

OPERATORS, ENEMIES = "operators.toml", "enemies.toml"
"""The tables' files."""
EVER = 9999.0
"""Seconds of a skill that lasts until its operator leaves the field."""
SKILL_LEVELS = (4, 7, 10)
"""How far skills can be levelled in each elite phase; from 8 on it is mastery. Skill 2 comes with elite 1, 3 with 2."""


class Skill(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an operator's skill costs and does, at one skill level. Effects that it does not have keep their defaults.

    Effects compose: some happen at once (`dp`, `heal_self`, `shield`), all others change the operator's own numbers
    while the skill lasts, or, of a skill that `strikes`, for one attack.
    """

    name: str
    gain: Gain
    by_hand: bool
    cost: int
    initial: int
    duration: float
    strikes: bool = False
    """It is one attack with the changed numbers: by hand made at once, else the next one."""
    dp: int = 0
    heal_self: float = 0.0
    shield: float = 0.0
    dp_each: float = 0.0
    max_health: float = 0.0
    attack: float = 0.0
    strength: float = 1.0
    defense: float = 0.0
    resistance: float = 0.0
    block: int = 0
    attack_speed: float = 0.0
    interval: float = 0.0
    hits: int | None = None
    targets: int | None = None
    damage: Damage | None = None
    splash: float | None = None
    range: tuple[Offset, ...] | None = None
    reach: int = 0
    slow: float | None = None
    slow_time: float | None = None
    stun: float | None = None
    regeneration: float = 0.0
    taunt: int = 0
    holds_fire: bool = False


class Operator(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One operator of a squad, with the numbers it fights with."""

    name: str
    role: Role
    branch: str = ""
    melee: bool
    max_health: float
    attack: float
    defense: float
    resistance: float = 0.0
    cost: int
    block: int
    attack_interval: float
    """Seconds between attacks, its attack speed included."""
    attack_speed: float = 100.0
    """Points of attack speed; those of a skill add to them."""
    redeploy_time: float
    range: tuple[Offset, ...]
    damage: Damage
    splash: float = 0.0
    attacks_blocked: Literal["one", "all"] = "one"
    targets: int = 1
    """How many one attack strikes or heals; 0 for everybody in range."""
    hits: int = 1
    prefers_air: bool = False
    far_strength: float = 1.0
    """Factor on the attack against enemies that it does not block."""
    slow: float = 0.0
    slow_time: float = 0.0
    stun: float = 0.0
    regeneration: float = 0.0
    taunt: int = 0
    heals_others_only: bool = False
    unhealable: bool = False
    dp_per_kill: int = 0
    reaches_air: bool = False
    """It stands on the ground and strikes fliers all the same."""
    takes_slot: bool = True
    """It counts against the stage's limit of operators on the field."""
    holds_fire: bool = False
    """It attacks only while its skill lasts."""
    lets_pass: bool = False
    """It blocks only while its skill lasts."""
    skill: Skill | None = None


class Phase(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The numbers of one elite phase. Pairs are at its first and at its last level; in between they go evenly."""

    levels: int
    max_health: tuple[float, float]
    attack: tuple[float, float]
    defense: tuple[float, float]
    resistance: float = 0.0
    cost: int
    block: int
    range: str


class Bonus(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A talent that only changes numbers, from a phase, level and potential on.

    All three kinds name fields of Operator, `attack_speed` (points) among them. The fractions of `scale` (0.1 is a
    tenth more) add up over all bonuses and the skill; `factor` is for what makes the whole stronger, such as blows
    that are harder by chance, on the average; `add` comes last. Of bonuses with the same name only the last one that is
    reached counts, as a talent grows.
    """

    name: str
    elite: int = 0
    level: int = 1
    potential: int = 1
    add: dict[str, float] = {}
    scale: dict[str, float] = {}
    factor: dict[str, float] = {}


class Build(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How far somebody's operator has come. None stands for the most that the elite phase allows."""

    elite: int = 0
    level: int | None = None
    skill: int = 1
    """Which of its skills, from 1; 0 for none."""
    skill_level: int | None = None
    trust: int = 0
    """0 to 200 percent, as the game shows it; it adds to its numbers evenly up to 100."""
    potential: int = 1


class Character(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a table knows of an operator at every phase and level."""

    name: str
    id: str = ""
    """Its public id, char_123_fang."""
    chinese: str = ""
    role: Role
    branch: str = ""
    melee: bool
    damage: Damage
    attack_interval: float
    redeploy_time: float
    phases: tuple[Phase, ...]
    trust: dict[str, float] = {}
    """What full trust adds to max_health, attack, defense or resistance."""
    potentials: tuple[dict[str, float], ...] = ()
    """What the potentials 2, 3, ... add to fields of Operator; they and trust come before any bonus."""
    splash: float = 0.0
    attacks_blocked: Literal["one", "all"] = "one"
    targets: int = 1
    hits: int = 1
    prefers_air: bool = False
    far_strength: float = 1.0
    slow: float = 0.0
    slow_time: float = 0.0
    stun: float = 0.0
    regeneration: float = 0.0
    taunt: int = 0
    heals_others_only: bool = False
    unhealable: bool = False
    dp_per_kill: int = 0
    reaches_air: bool = False
    takes_slot: bool = True
    holds_fire: bool = False
    lets_pass: bool = False
    skills: tuple[dict[str, Any], ...] = ()
    """Fields of Skill; a list stands for the numbers of the skill levels 1, 2, 3, ..., its last for those after it."""
    bonuses: tuple[Bonus, ...] = ()
    missing: tuple[str, ...] = ()
    """What the operator can do in the real game and not here, in words."""


class Enemy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One enemy's numbers."""

    name: str
    kind: str
    """Its look: what the eyes can tell apart."""
    ids: tuple[str, ...] = ()
    rank: Literal["normal", "elite", "boss"] = "normal"
    max_health: float
    attack: float
    defense: float = 0.0
    resistance: float = 0.0
    speed: float
    attack_interval: float
    range: float = 0.0
    damage: Literal["physical", "arts", "true"] = "physical"
    flying: bool = False
    block: int = 1
    life_cost: int = 1
    counts: bool = True
    """Whether the stage's counter counts it."""
    splash: float = 0.0
    targets: int = 1
    """How many operators one of its attacks strikes."""
    regeneration: float = 0.0
    """Health points a second."""
    weight: int = 0
    unblockable: bool = False
    hides: bool = False
    """Nobody but whoever blocks it can aim at it."""
    stun: float = 0.0
    """Seconds for which its attack stuns an operator."""
    stun_immune: bool = False
    splits_into: str = ""
    """The name of the enemies that appear where it dies."""
    splits: int = 0
    missing: tuple[str, ...] = ()
    """What the real enemy does and ours does not, in words."""


_own_tables: list[Path] = []
"""The folder of somebody's own tables, if any; see `use_tables`."""


def use_tables(folder: Path | None) -> None:
    """From now on lay the tables of a folder, as `holdfast import` writes them, over those that come with Holdfast.

    None takes them away again. Whatever was loaded before keeps its numbers. Raises TableError, in one line.
    """
    if folder is not None and not any((folder / name).is_file() for name in (OPERATORS, ENEMIES)):
        raise TableError(f"{folder}: holds neither {OPERATORS} nor {ENEMIES}; make them with: holdfast import TABLE...")
    _own_tables[:] = [] if folder is None else [folder]
    for loader in (load_characters, load_operators, load_ranges, load_enemies, enemy_kinds, enemies_by_id, _enemies):
        loader.cache_clear()
    load_characters()
    load_enemies()


@cache
def load_characters() -> Mapping[str, Character]:
    """All characters by name, in the order of the table."""
    found: dict[str, Character] = {}
    for table, entries in _tables(OPERATORS):
        found |= _characters(table, entries)
    return MappingProxyType(found)


@cache
def load_operators() -> Mapping[str, Operator]:
    """All operators by name, in the order of the table, each at the end of its first phase (`Build()`)."""
    return MappingProxyType({name: operator_of(one, Build()) for name, one in load_characters().items()})


@cache
def load_ranges() -> Mapping[str, tuple[Offset, ...]]:
    """The ranges that the table of operators draws, by name."""
    found = {}
    for table, entries in _tables(OPERATORS):
        for name, drawing in entries.get("ranges", {}).items():
            found[name] = _offsets(table, name, drawing)
    return MappingProxyType(found)


@cache
def load_enemies() -> Mapping[str, Enemy]:
    """All enemies by their plain word, in the order of the table, each with its first id's numbers."""
    return MappingProxyType({name: own for name, (own, _) in _enemies().items()})


@cache
def enemy_kinds() -> Mapping[str, Enemy]:
    """The looks that the eyes can tell apart, each with the enemy that gave it its name."""
    return MappingProxyType({name: own for name, own in load_enemies().items() if own.kind == name})


@cache
def enemies_by_id() -> Mapping[str, Enemy]:
    """Enemies by the public ids of the level format; several ids may be of one kind, each with numbers of its own."""
    found = {}
    for own, variants in _enemies().values():
        found.update(dict.fromkeys(own.ids, own))
        found.update(variants)
    return MappingProxyType(found)


def id_at(id_: str, level: int) -> str:
    """The id under which a table has an enemy at a level above 0 (`enemyDbRefs` asks for them)."""
    return f"{id_}@{level}" if level else id_


def squad_of(members: Sequence[str | Mapping[str, Any]]) -> tuple[Operator, ...]:
    """A squad: names, or tables of a name and whatever of a Build differs, in this order; nobody may be there twice.

    Names are English or Chinese ones, or public ids. Slots are places in this tuple. Raises TableError where a name or
    a build does not exist.
    """
    found: dict[str, Operator] = {}
    for member in members:
        character, build = _member(member)
        if character.name in found:
            raise TableError(f"squad: {character.name!r} is there twice; name every operator once")
        found[character.name] = operator_of(character, build)
    if not found:
        raise TableError("squad: is empty; name at least one operator")
    return tuple(found.values())


def read_squad(path: str | Path) -> tuple[Operator, ...]:
    """The squad of a file as `read_builds` reads it, in its order."""
    return squad_of([{"name": name, **msgspec.structs.asdict(build)} for name, build in read_builds(path).items()])


def read_builds(path: str | Path) -> dict[str, Build]:
    """The builds of a squad file, by name: TOML with one `[[operator]]` table an operator, its name and its Build.

    Raises TableError, in one line.
    """
    try:
        data = tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise TableError(f"{path}: cannot be read: {error}") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise TableError(f"{path}: is not TOML: {error}") from None
    entries = data.get("operator")
    if set(data) != {"operator"} or not isinstance(entries, list) or not entries:
        raise TableError(f'{path}: write one [[operator]] table for each operator, with name = "Fang" and its build')
    squad_of(entries)  # says what is wrong with a name or a build
    return {character.name: build for character, build in map(_member, entries)}


def operator_of(character: Character, build: Build) -> Operator:
    """A character's numbers at a build. Raises TableError for a phase, level, skill or bond that it does not have.

    Fractions of one number add up, those of talents and of the skill: number * (1 + talents + skill). The Operator's
    number is the one with its talents, and what its skill adds is a fraction of that.
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
    speed = numbers.pop("attack_speed")
    traits: dict[str, Any] = {key: getattr(character, key) for key in _TRAITS}
    return Operator(
        name=character.name,
        **traits,
        **{**numbers, "cost": int(numbers["cost"]), "block": int(numbers["block"])},  # type: ignore[arg-type]
        attack_interval=character.attack_interval * 100.0 / speed,
        attack_speed=speed,
        range=load_ranges()[phase.range],
        skill=_beside_talents(_skill_of(character, build), shares),
    )


def _bare_numbers(character: Character, build: Build, phase: Phase, level: int) -> dict[str, float]:
    """A character's numbers with trust and potentials, before any bonus."""
    share = (level - 1) / max(phase.levels - 1, 1)
    numbers = {
        # Numbers of the real game are whole at every level (rounded half up, as its interface shows them).
        key: float(int(low + (high - low) * share + 0.5))
        for key in ("max_health", "attack", "defense")
        for low, high in [getattr(phase, key)]
    }
    numbers |= {"resistance": phase.resistance, "cost": phase.cost, "block": phase.block}
    numbers |= {"redeploy_time": character.redeploy_time, "regeneration": character.regeneration, "attack_speed": 100.0}
    for key, amount in character.trust.items():
        numbers[key] += amount * min(build.trust, 100) / 100
    for potential in character.potentials[: build.potential - 1]:
        for key, amount in potential.items():
            numbers[key] += amount
    return numbers


def _shares(bonuses: Iterable[Bonus]) -> dict[str, float]:
    """The sums of the fractions by which bonuses change each number."""
    found: dict[str, float] = {}
    for bonus in bonuses:
        for key, fraction in bonus.scale.items():
            found[key] = found.get(key, 0.0) + fraction
    return found


def _beside_talents(skill: Skill | None, shares: Mapping[str, float]) -> Skill | None:
    """A skill whose fractions are of the numbers with talents; it leaves nothing less than nothing of them."""
    if skill is None:
        return None
    changed = {
        key: max(getattr(skill, key) / (1.0 + share), -1.0)
        for key, share in shares.items()
        if key in ("max_health", "attack", "defense") and share > -1.0
    }
    return msgspec.structs.replace(skill, **changed)


_TRAITS = (
    "role", "branch", "melee", "damage", "splash", "attacks_blocked", "targets", "hits", "prefers_air",
    "far_strength", "slow", "slow_time", "stun", "taunt", "heals_others_only", "unhealable",
    "dp_per_kill", "reaches_air", "takes_slot", "holds_fire", "lets_pass",
)  # fmt: skip
"""What an operator has of its character as it stands there."""
_CHANGING = (
    "max_health", "attack", "defense", "resistance", "cost", "block", "redeploy_time", "regeneration", "attack_speed",
)  # fmt: skip
"""The numbers of an operator that trust, potentials and bonuses change."""


def extended(offsets: Iterable[Offset], reach: int) -> tuple[Offset, ...]:
    """A range with `reach` tiles more at the front of each of its rows."""
    found = set(offsets)
    for row in {row for row, _ in found}:
        front = max(col for there, col in found if there == row)
        found |= {(row, front + step) for step in range(1, reach + 1)}
    return tuple(sorted(found))


def characters_by_any_name() -> dict[str, Character]:
    """All characters by their English name, Chinese name and public id, in small letters."""
    found: dict[str, Character] = {}
    for one in load_characters().values():
        found |= {name.lower(): one for name in (one.name, one.chinese, one.id) if name}
    return found


def _member(member: str | Mapping[str, Any]) -> tuple[Character, Build]:
    """A squad member as character and build."""
    fields = {"name": member} if isinstance(member, str) else dict(member)
    name = str(fields.pop("name", ""))
    if not name:
        raise TableError(f'squad: {dict(fields)} has no name; write name = "Fang" and what differs from the default')
    character = characters_by_any_name().get(name.lower())
    if character is None:
        raise TableError(f"squad: there is no operator {name!r}{_nearest(name, load_characters())}")
    return character, _convert("squad", name, fields, Build)


def _phase_of(character: Character, build: Build) -> tuple[Phase, int]:
    """The phase of a build and its level there."""
    if not 0 <= build.elite < len(character.phases):
        most = len(character.phases) - 1
        raise TableError(f"squad: {character.name} has no elite phase {build.elite}; give one of 0 to {most}")
    phase = character.phases[build.elite]
    level = phase.levels if build.level is None else build.level
    if not 1 <= level <= phase.levels:
        raise TableError(f"squad: {character.name} at elite {build.elite} has levels 1 to {phase.levels}, not {level}")
    return phase, level


def _check_bond(character: Character, build: Build) -> None:
    """Whether a build's trust and potential are some that there are."""
    for what, given, least, most in (("trust", build.trust, 0, 200), ("potentials", build.potential, 1, 6)):
        if not least <= given <= most:
            raise TableError(f"squad: {character.name} has {what} {least} to {most}, not {given}")


def _reached(character: Character, build: Build, level: int) -> list[Bonus]:
    """The bonuses that a build has reached, of each name the last."""
    here = (build.elite, level)
    found = {
        bonus.name: bonus
        for bonus in character.bonuses
        if here >= (bonus.elite, bonus.level) and build.potential >= bonus.potential
    }
    return list(found.values())


def _skill_of(character: Character, build: Build) -> Skill | None:
    """The skill that a build has chosen, at its level; None for 0 or where there is none to choose from."""
    if not character.skills or build.skill == 0:
        return None
    if not 1 <= build.skill <= len(character.skills):
        most = len(character.skills)
        raise TableError(f"squad: {character.name} has no skill {build.skill}; give one of 0 (none) to {most}")
    if build.skill > build.elite + 1:
        raise TableError(f"squad: {character.name} has skill {build.skill} from elite {build.skill - 1} on")
    most = SKILL_LEVELS[build.elite]
    level = most if build.skill_level is None else build.skill_level
    if not 1 <= level <= most:
        raise TableError(f"squad: {character.name} at elite {build.elite} has skill levels 1 to {most}, not {level}")
    fields = {key: _at_level(value, level) for key, value in character.skills[build.skill - 1].items()}
    if isinstance(fields.get("range"), str):
        fields["range"] = load_ranges()[fields["range"]]
    skill = _convert(OPERATORS, f"{character.name}.skills", fields, Skill)
    if skill.strikes and skill.duration:
        raise TableError(f"{OPERATORS}: {character.name}.skills: strikes once, so duration must be 0")
    return skill


def _at_level(value: Any, level: int) -> Any:
    """A skill's number at a level: of a list the level's entry, or its last."""
    return value[min(level, len(value)) - 1] if isinstance(value, list) else value


def _characters(table: str, entries: Mapping[str, Any]) -> dict[str, Character]:
    """The characters of a table, checked: whatever it says can be built."""
    found = {}
    for name, entry in entries.items():
        if name == "ranges":
            continue
        found[name] = character = _convert(table, name, {"name": name, **entry}, Character)
        for phase in character.phases:
            if phase.range not in load_ranges():
                raise TableError(f"{table}: {name}.phases: {phase.range!r} is not drawn under [ranges]")
        _check_changes(table, character)
        for elite in range(len(character.phases)):
            for skill in range(1, min(len(character.skills), elite + 1) + 1):
                operator_of(character, Build(elite=elite, skill=skill, potential=6))
    return found


def _check_changes(table: str, character: Character) -> None:
    """Whether trust, potentials and bonuses change numbers that an operator has."""
    kinds = [kind for bonus in character.bonuses for kind in (bonus.add, bonus.scale, bonus.factor)]
    named = {key for changes in (character.trust, *character.potentials, *kinds) for key in changes}
    if named - set(_CHANGING):
        raise TableError(
            f"{table}: {character.name}: {min(named - set(_CHANGING))!r} is none of {', '.join(_CHANGING)}"
        )


@cache
def _enemies() -> dict[str, tuple[Enemy, dict[str, Enemy]]]:
    """Of each enemy its own numbers, and those of the ids that differ."""
    found: dict[str, tuple[Enemy, dict[str, Enemy]]] = {}
    for table, entries in _tables(ENEMIES):
        for name, entry in entries.items():
            found[name] = _enemy(table, name, entry)
    kinds = {own.kind for own, _ in found.values()} - set(found)
    if kinds:
        raise TableError(f"{ENEMIES}: kind {min(kinds)!r} is no enemy's name; name the enemy it looks like")
    known = {name: own for name, (own, _) in found.items()}
    for name in found:
        _check_splitting(name, known)
    return found


def _check_splitting(name: str, known: Mapping[str, Enemy]) -> None:
    """Whether what an enemy falls into is there, and comes to an end."""
    line = [name]
    while into := known[line[-1]].splits_into:
        if into not in known or into in line:
            wrong = "falls into itself" if into in line else f"there is no enemy {into!r}"
            raise TableError(f"{ENEMIES}: {name}.splits_into: {wrong}")
        line.append(into)


def _enemy(table: str, name: str, entry: dict[str, Any]) -> tuple[Enemy, dict[str, Enemy]]:
    """An enemy, and its variants by id."""
    variants = _tables_in(table, f"{name}.variants", entry.pop("variants", {}))
    own = {"name": name, "kind": name, **entry}
    return (
        _convert(table, name, own, Enemy),
        {
            id_: _convert(table, f"{name}.variants.{id_}", {**own, **other, "ids": [id_]}, Enemy)
            for id_, other in variants.items()
        },
    )


def _tables(name: str) -> list[tuple[str, dict[str, Any]]]:
    """The shipped table of this name and the one laid over it, each as what errors call it and as plain data."""
    shipped = resources.files("game.characters").joinpath("tables", name).read_text(encoding="utf-8")
    laid_over = [folder / name for folder in _own_tables if (folder / name).is_file()]
    texts = {name: shipped, **{str(file): _text(file) for file in laid_over}}
    return [(table, _parsed(table, text)) for table, text in texts.items()]


def _text(file: Path) -> str:
    """The text of somebody's own table."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TableError(f"{file}: cannot be read: {error}") from None


def _parsed(table: str, text: str) -> dict[str, Any]:
    """A table as plain data: tables by name."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise TableError(f"{table}: is not TOML: {error}") from None
    return _tables_in(table, "", data)


def _tables_in(table: str, place: str, value: Any) -> dict[str, Any]:
    """What stands at a place of a table, where there must be tables by name."""
    entries = value if isinstance(value, dict) else {"": value}
    for name, entry in entries.items():
        if not isinstance(entry, dict):
            where = ".".join(part for part in (place, name) if part)
            raise TableError(f"{table}: {where}: is {entry!r}; write a table, [{where}]")
    return entries


def _convert(table: str, name: str, entry: dict[str, Any], kind: type[T]) -> T:
    """One entry of a table as its type; a TableError names the field that does not fit."""
    try:
        return msgspec.convert(entry, kind)
    except msgspec.ValidationError as error:
        raise TableError(f"{table}: {name}: {error}") from None


def _offsets(table: str, name: str, drawing: Any) -> tuple[Offset, ...]:
    """The offsets that a range's drawing covers; what is no list of texts is no drawing."""
    texts = isinstance(drawing, list) and all(isinstance(line, str) for line in drawing)
    lines = drawing if texts else []
    places = {(row, col): mark for row, line in enumerate(lines) for col, mark in enumerate(line)}
    own = [place for place, mark in places.items() if mark in "@o"]
    if len(own) != 1 or set(places.values()) - set("@o#."):
        raise TableError(f"{table}: ranges.{name}: draw one @ (or o), and around it only # and .")
    row, col = own[0]
    return tuple(sorted((there - row, across - col) for (there, across), mark in places.items() if mark in "@#"))


def _nearest(name: str, known: Mapping[str, Any]) -> str:
    """The hint with the nearest known name, or some of them."""
    near = get_close_matches(name, known, 1, 0.4)
    if near:
        return f"; did you mean {near[0]!r}?"
    first, others = list(known)[:12], len(list(known)) - 12
    return f"; there are {', '.join(first)}" + (f" and {others} more" if others > 0 else "")
