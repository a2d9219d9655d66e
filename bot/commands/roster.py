"""`holdfast roster`: the operators you own, imported, shown and changed."""

# ruff: noqa: T201 - a command line prints
from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from shutil import copyfile
from typing import TYPE_CHECKING, Any

from bot.commands.arguments import Verbs, add_config, add_json, add_tables, add_verb
from bot.commands.output import OutputError, print_json, print_progress
from game.errors import DONE, TableError

if TYPE_CHECKING:
    from bot.config import Config
    from game.characters.catalogue import Catalogue
    from game.characters.roster import Roster

SETTABLE = "elite, level, skill, skill_level, trust, potential, own"


def add(verbs: Verbs) -> None:
    """Declare the verb and its three parts."""
    verb = add_verb(verbs, "roster", show, "The operators you own: import them, see them, change them.")
    parts = verb.add_subparsers(title="parts", metavar="PART", required=True)
    one = add_verb(parts, "import", import_, "Read your operators from MAA's operator box (JSON), a CSV, or TOML.")
    one.add_argument("file", type=Path, metavar="FILE", help="what MAA exports, a CSV with a row of names, or TOML")
    one.add_argument("--out", type=Path, metavar="FILE", help="the roster to change (default: in [data] directory)")
    two = add_verb(parts, "show", show, "Your operators and their builds, and what is assumed of them.")
    three = add_verb(parts, "set", set_, "Add an operator, change it, or with own=false remove it.")
    three.add_argument("name", metavar="NAME", help="in any language, or its id")
    three.add_argument("fields", nargs="*", metavar="FIELD=VALUE", help=f"of {SETTABLE}; level= makes it assumed")
    for part in (one, two, three):
        add_config(part)
        add_tables(part)
        add_json(part)


def import_(options: Namespace) -> int:
    """Lay the operators of a file over the kept ones; what changed is printed."""
    from game.characters.roster import merged, read_roster, unknown_line

    config, catalogue = _opened(options)
    new = read_roster(options.file, catalogue)
    file = options.out or _file(config)
    kept = _kept(file, catalogue)
    roster = merged(kept, new, catalogue)
    _write(file, roster, backup=True)
    changes = _changes(kept, roster)
    notes = [*new.notes, *filter(None, [unknown_line(roster)])]
    if options.json:
        facts = {"file": file, "operators": len(roster.owned), "unknown": _names(roster), **changes}
        print_json({**facts, "left_out": new.problems, "notes": notes})
    else:
        print("\n".join(_summary(changes)))
        print(f"{len(roster.owned)} operators in {file}; see them with: holdfast roster show")
    for line in [*new.problems, *([] if options.json else notes)]:
        print_progress(f"{options.file}: {line}")
    return DONE


def show(options: Namespace) -> int:
    """Print the kept roster, the strongest first."""
    from bot.squads import kept_roster
    from game.characters.roster import by_strength, unknown_line

    config, catalogue = _opened(options)
    roster = kept_roster(config, catalogue)
    order = by_strength(roster, catalogue)
    if options.json:
        operators = [_facts(roster, name, catalogue) for name in order]
        print_json({"file": _file(config), "operators": operators, "unknown": _names(roster)})
    else:
        print("\n".join(_lines(roster, order)))
    for line in [*roster.problems, *([] if options.json else filter(None, [unknown_line(roster)]))]:
        print_progress(f"{_file(config)}: {line}")
    return DONE


def set_(options: Namespace) -> int:
    """Change one operator of the kept roster; what changed is printed."""
    from game.characters.roster import changed_by, check, with_entry
    from game.characters.roster_files import OwnedOperator

    config, catalogue = _opened(options)
    file, fields = _file(config), _assignments(options.fields)
    roster = _kept(file, catalogue)
    character = catalogue.find_character(options.name)
    if character is None:
        raise TableError(f"roster set: there is no operator {options.name!r}{_nearest(options.name, catalogue)}")
    owned = fields.pop("own", True)
    entry = roster.owned.get(character.name, OwnedOperator(name=character.name, id=character.id))
    entry = changed_by(entry, fields)
    try:
        check(entry, character)
    except TableError as error:
        raise TableError(f"roster set: {error}") from None
    changed = with_entry(roster, character.name, entry if owned else None)
    _write(file, changed)
    if options.json:
        facts = {"file": file, **_changes(roster, changed)}
        print_json({**facts, "operator": _facts(changed, character.name, catalogue) if owned else None})
    else:
        print("\n".join(_summary(_changes(roster, changed)) if not owned else _lines(changed, [character.name])))
    return DONE


def _opened(options: Namespace) -> tuple[Config, Catalogue]:
    """The configuration, and the tables that it or --tables names."""
    from bot.config import load
    from bot.sources import sources

    config = load(options.config)
    return config, sources(config, options.tables).catalogue


def _file(config: Config) -> Path:
    """The kept roster's file."""
    from bot.squads import kept_file

    return kept_file(config)


def _kept(file: Path, catalogue: Catalogue) -> Roster:
    """The roster in a file, an empty one where there is no such file.

    Raises TableError for an entry that cannot be read: writing the file again would lose it.
    """
    from game.characters.roster import Roster, roster_of
    from game.characters.roster_files import read_box

    if not file.exists():
        return Roster({}, {}, {})
    roster = roster_of(read_box(file), catalogue)
    if roster.problems:
        raise TableError(f"{file}: {roster.problems[0]}; mend it, or take the entry out, before the roster is changed")
    return roster


def _write(file: Path, roster: Roster, *, backup: bool = False) -> None:
    """Write a roster as a whole or not at all; with `backup` a former file that differs is kept as FILE.bak."""
    from game.characters.roster import roster_text

    fresh, text = file.with_name(f"{file.name}.new"), roster_text(roster)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(text, encoding="utf-8", newline="\n")
        if backup and file.exists() and file.read_bytes() != text.encode():
            copyfile(file, file.with_name(f"{file.name}.bak"))
        fresh.replace(file)
    except OSError as error:
        raise OutputError(f"{file}: cannot be written: {error.strerror}") from None


def _assignments(texts: Sequence[str]) -> dict[str, Any]:
    """The fields that FIELD=VALUE arguments set. Raises TableError for an argument that is not one."""
    from game.characters.roster_files import FIELDS, is_owned, number_of

    found: dict[str, Any] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        key = key.strip().lower().replace("-", "_")
        if not equals or key not in (*FIELDS, "own"):
            raise TableError(f"roster set: {text!r} is no FIELD=VALUE; fields are {SETTABLE}")
        try:
            found[key] = is_owned(value) if key == "own" else number_of(key, value) if value.strip() else None
        except TableError as error:
            raise TableError(f"roster set: {error}") from None
    return found


def _nearest(name: str, catalogue: Catalogue) -> str:
    """The end of an error: the known name nearest to a wrong one, if one is near."""
    from difflib import get_close_matches

    near = get_close_matches(name, list(catalogue.characters), 1, 0.4)
    return f"; did you mean {near[0]!r}?" if near else "; holdfast gamedata use gives more operators"


def _changes(before: Roster, after: Roster) -> dict[str, Any]:
    """Which operators were added and removed, and what changed of the others."""
    from game.characters.roster import differences

    changed = {name: differences(before.owned[name], after.owned[name]) for name in after.owned if name in before.owned}
    return {
        "added": [name for name in after.owned if name not in before.owned],
        "changed": {name: words for name, words in changed.items() if words},
        "removed": [name for name in before.owned if name not in after.owned],
    }


def _summary(changes: dict[str, Any]) -> Iterator[str]:
    """What changed, for people."""
    for what in ("added", "removed"):
        if changes[what]:
            yield f"{what} {len(changes[what])}: {', '.join(changes[what])}"
    for name, words in changes["changed"].items():
        yield f"changed {name}: {', '.join(words)}"
    if not any(changes.values()):
        yield "nothing changed"


def _names(roster: Roster) -> list[str]:
    """The names, or else the ids, of the operators that no table knows."""
    return [entry.name or entry.id for entry in roster.unknown]


def _facts(roster: Roster, name: str, catalogue: Catalogue) -> dict[str, Any]:
    """An operator of a roster for programs."""
    import msgspec

    character = catalogue.characters[name]
    who = {"name": name, "chinese": character.chinese, "id": character.id, "role": character.role}
    return {**who, **msgspec.structs.asdict(roster.builds[name]), "assumed": roster.assumed[name]}


def _lines(roster: Roster, names: Sequence[str]) -> Iterator[str]:
    """Operators of a roster for people, one a line."""
    width = max(map(len, names), default=0)
    for name in names:
        build, assumed = roster.builds[name], roster.assumed[name]
        values = [
            f"{key.replace('_', ' ')} {getattr(build, key)}{' (assumed)' if key in assumed else ''}"
            for key in ("elite", "level", "skill_level", "trust", "potential")
        ]
        yield f"{name:<{width}}  {', '.join(values)}"
    if any(roster.assumed[name] for name in names):
        yield (
            "what the import did not say is assumed, on the low side (modules: none); "
            "set it with: holdfast roster set NAME skill_level=7 trust=100"
        )
