"""Rosters: all operators that a player owns, with what is known of each build and what has to be assumed.

A roster holds only what the player or an export said; `Roster.assumed` names the fields of each build that were
filled in from `ASSUMED`. `game.characters.roster_files` reads the files that rosters come in.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from game.characters.builds import SQUAD_SIZE, operator_of
from game.characters.effects import ROLES, Role
from game.characters.models import Build, Character, Operator
from game.characters.roster_files import FIELDS, Box, OwnedOperator, known, read_box, shown
from game.errors import TableError

if TYPE_CHECKING:
    from game.characters.catalogue import Catalogue

ASSUMED: Sequence[Mapping[str, int]] = (
    {"level": 1, "skill_level": 1, "trust": 0, "potential": 1},
    {"level": 1, "skill_level": 4, "trust": 50, "potential": 1},
    {"level": 1, "skill_level": 7, "trust": 100, "potential": 1},
)
"""What is assumed of an operator at elite 0, 1 and 2 where its entry does not say.

MAA's export has elite, level and potential, but neither skill levels nor trust nor modules. The values are chosen low:
a plan made for a weaker squad mostly holds with a stronger one, a plan that counts on what the account lacks does not.
Skill level: the highest of the elite phase before, because it could be reached before the promotion, and the next ones
need the promotion and materials of their own (nothing in the game enforces it: a player who knows better sets it).
Trust: it grows with every battle an operator is brought to, so one that was promoted was used; 50 and 100 are our
estimate (the numbers do not grow beyond 100). Level 1, potential 1: what every operator has at least; an export in
which recognition failed says 0. Elite 0, for the same reason, where even that is missing. Modules are not played at
all, so none is assumed.
"""
MIX: Sequence[Role] = ("vanguard", "defender", "sniper", "medic", "guard", "caster")
"""The roles that `best_squad` takes in turn."""


@dataclass(frozen=True, eq=False)
class Roster:
    """The operators that a player owns."""

    owned: Mapping[str, OwnedOperator]
    """What is known of each operator, by English name."""
    builds: Mapping[str, Build]
    """The whole build of each, by English name."""
    assumed: Mapping[str, tuple[str, ...]]
    """The fields of each build that are assumed, by English name."""
    unknown: tuple[OwnedOperator, ...] = ()
    """Operators that are in no table."""
    given_up: tuple[OwnedOperator, ...] = ()
    """Operators that the file says are not owned, in tables or not."""
    problems: tuple[str, ...] = ()
    """Entries that are left out, one line each: place, what is wrong, the limit."""
    notes: tuple[str, ...] = ()
    """What else was noticed in the file."""

    def operators(self, catalogue: Catalogue) -> tuple[Operator, ...]:
        """All operators of the roster that tables know, at their builds, in the order of the roster."""
        return tuple(operator_of(catalogue.characters[name], build) for name, build in self.builds.items())


def read_roster(path: str | Path, catalogue: Catalogue) -> Roster:
    """The roster in a file: an operator box of MAA (JSON), a CSV, or TOML of ours.

    Entries that cannot be used are left out and listed in `problems`. Raises TableError, in one line, where the file
    cannot be read or has no entry that can be used.
    """
    box = read_box(Path(path), lambda entry: character_of(entry, catalogue) is not None)
    roster = roster_of(box, catalogue)
    if not (roster.owned or roster.unknown or roster.given_up):
        raise TableError(f"{path}: {roster.problems[0] if roster.problems else 'names no operator'}")
    return roster


def roster_of(box: Box, catalogue: Catalogue) -> Roster:
    """The roster of a file's entries; of two entries for one operator the first counts."""
    owned: dict[str, OwnedOperator] = {}
    unknown: dict[str, OwnedOperator] = {}
    given_up, problems = list[OwnedOperator](), list(box.problems)
    for place, entry, is_owned in box.entries:
        character = character_of(entry, catalogue)
        if not is_owned:
            given_up.append(entry)
        elif character is None:
            unknown.setdefault(entry.id or entry.name, entry)
        elif character.name in owned:
            problems.append(f"{place}: {character.name} is there already; the first entry counts")
        else:
            try:
                check(entry, character)
                owned[character.name] = entry
            except TableError as error:
                problems.append(f"{place}: {error}")
    return _with_builds(owned, tuple(unknown.values()), tuple(given_up), tuple(problems), box.notes)


def _with_builds(
    owned: Mapping[str, OwnedOperator],
    unknown: tuple[OwnedOperator, ...],
    given_up: tuple[OwnedOperator, ...] = (),
    problems: tuple[str, ...] = (),
    notes: tuple[str, ...] = (),
) -> Roster:
    """A roster with the builds that follow from what is known."""
    builds = {name: build_of(entry) for name, entry in owned.items()}
    assumed = {name: assumed_of(entry) for name, entry in owned.items()}
    return Roster(owned, builds, assumed, unknown, given_up, problems, notes)


def character_of(entry: OwnedOperator, catalogue: Catalogue) -> Character | None:
    """The character that an entry means: by its id, else by its name.

    An operator's other form has the same name and another id (Amiya): an id that no table has is therefore not
    overruled by a name, unless the table's operator has no id.
    """
    by_id = catalogue.find_character(entry.id) if entry.id else None
    by_name = catalogue.find_character(entry.name) if entry.name else None
    if by_id is not None or by_name is None or not entry.id or not by_name.id:
        return by_id or by_name
    return None


def build_of(entry: OwnedOperator) -> Build:
    """The build of an entry, with what is assumed where it does not say."""
    elite = entry.elite or 0
    return Build(**{"elite": elite, **ASSUMED[min(elite, 2)], **known(entry)})


def assumed_of(entry: OwnedOperator) -> tuple[str, ...]:
    """The fields of an entry's build that are assumed. Which skill it brings is a choice, so never among them."""
    return tuple(key for key in ("elite", *ASSUMED[0]) if getattr(entry, key) is None)


def check(entry: OwnedOperator, character: Character) -> None:
    """Raise TableError, in one line, where a character cannot have what an entry says."""
    operator_of(character, build_of(entry))


def merged(kept: Roster, new: Roster, catalogue: Catalogue) -> Roster:
    """A roster after an import: what the new one says replaces what was kept, what it does not say stays.

    Operators that it does not name stay too; those that it says are not owned are removed.
    """
    gone = {_key(entry, catalogue) for entry in new.given_up}
    owned = {name: entry for name, entry in kept.owned.items() if name not in gone}
    for name, entry in new.owned.items():
        owned[name] = _updated(owned.get(name), entry, catalogue.characters[name])
    unknown = {_key(one, catalogue): one for one in (*kept.unknown, *new.unknown)}
    return _with_builds(owned, tuple(one for key, one in unknown.items() if key not in gone))


def _key(entry: OwnedOperator, catalogue: Catalogue) -> str:
    """What tells operators apart: the English name or, if no table knows it, the id or the name in the file."""
    character = character_of(entry, catalogue)
    return character.name if character else entry.id or entry.name


def _updated(old: OwnedOperator | None, new: OwnedOperator, character: Character) -> OwnedOperator:
    """An entry with what a newer one says; what no longer fits (a skill level above the new elite's) is forgotten."""
    if old is None:
        return msgspec.structs.replace(new, name=character.name, id=character.id)
    changed = changed_by(old, known(new))
    try:
        check(changed, character)
    except TableError:
        return msgspec.structs.replace(new, name=character.name, id=character.id)
    return changed


def changed_by(entry: OwnedOperator, fields: Mapping[str, int]) -> OwnedOperator:
    """An entry with some fields changed.

    A promotion starts again at level 1, so a changed elite drops the old level unless a new one is given.
    """
    forgotten = {} if fields.get("elite", entry.elite or 0) == (entry.elite or 0) else {"level": None}
    return msgspec.structs.replace(entry, **{**forgotten, **fields})


def with_entry(roster: Roster, name: str, entry: OwnedOperator | None) -> Roster:
    """The roster with this entry for an operator that a table knows; with None the operator is no longer owned."""
    owned = {**roster.owned, **({name: entry} if entry else {})}
    if entry is None:
        owned.pop(name, None)
    return _with_builds(owned, roster.unknown)


def roster_text(roster: Roster) -> str:
    """A roster as TOML, which `read_roster` reads back: what is known, and nothing that is assumed."""
    head = (
        "# Your operators, written by holdfast roster. You may edit it: elite, level, skill (the chosen one),\n"
        "# skill_level, trust, potential. What is not given is assumed; to see it: holdfast roster show\n"
    )
    return "\n".join([head, *(_table(entry) for entry in (*roster.owned.values(), *roster.unknown))])


def _table(entry: OwnedOperator) -> str:
    """An entry as a table of TOML."""
    texts = {key: getattr(entry, key) for key in ("name", "id") if getattr(entry, key)}
    fields = {**texts, **known(entry)}
    # JSON writes text and numbers as TOML does, except for one character.
    values = {key: json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f") for key, value in fields.items()}
    return "\n".join(["[[operator]]", *(f"{key} = {value}" for key, value in values.items()), ""])


def best_squad(roster: Roster, catalogue: Catalogue, size: int = SQUAD_SIZE) -> tuple[Operator, ...]:
    """The squad that plays where a roster is given and nothing else chooses.

    It takes in turn the strongest vanguard, defender, sniper, medic, guard and caster that are left, until it is full
    or has two of each; the strongest of all others fill it up. Of two operators the one with the higher elite is
    stronger, then the higher level, then the higher rarity. The squad is in the order of `ROLES`. Raises TableError
    where the roster has no operator that a table knows.
    """
    order = by_strength(roster, catalogue)
    if not order:
        raise TableError("roster: names no operator that is in a table here")
    chosen: list[str] = []
    for role in (*MIX, *MIX):
        of_role = (name for name in order if catalogue.characters[name].role == role and name not in chosen)
        chosen += [name for name in [next(of_role, None)] if name]
    chosen = [*chosen, *(name for name in order if name not in chosen)][:size]
    chosen.sort(key=lambda name: (ROLES.index(catalogue.characters[name].role), order.index(name)))
    return tuple(operator_of(catalogue.characters[name], roster.builds[name]) for name in chosen)


def by_strength(roster: Roster, catalogue: Catalogue) -> list[str]:
    """The names of a roster's operators, the strongest first, as `best_squad` compares them."""

    def strength(name: str) -> tuple[int, int, int]:
        build, last = roster.builds[name], catalogue.characters[name].phases[-1]
        return build.elite, build.level or 0, last.levels  # the last level of the last phase grows with the rarity

    return sorted(roster.builds, key=strength, reverse=True)


def unknown_line(roster: Roster, most: int = 1000) -> str:
    """A line about the operators that no table knows, with at most `most` names; empty if there are none."""
    if not roster.unknown:
        return ""
    names = ", ".join(shown(entry.name or entry.id) for entry in roster.unknown[:most])
    if len(roster.unknown) > most:
        names = f"{names} and {len(roster.unknown) - most} more"
    are = "1 operator is" if len(roster.unknown) == 1 else f"{len(roster.unknown)} operators are"
    return f"{are} in no table here: {names}; holdfast gamedata use gives more"


def differences(before: OwnedOperator | None, after: OwnedOperator | None) -> list[str]:
    """What changed from one entry to another, for example "elite 0 -> 1"; None is an operator that is not owned."""
    old, new = (known(one) if one else {} for one in (before, after))
    return [
        f"{key.replace('_', ' ')} {old.get(key, 'assumed')} -> {new.get(key, 'assumed')}"
        for key in FIELDS
        if old.get(key) != new.get(key)
    ]
