"""`holdfast stage`: what is in level files."""

# ruff: noqa: T201 - a command line prints
from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.commands.arguments import STAGE_HELP, Verbs, add_config, add_json, add_tables, add_verb
from bot.commands.output import print_json
from game.errors import BAD_INPUT, DONE, StageError

MOST_LACKS = 30
"""How many of the missing parts the summary prints."""


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    verb = add_verb(verbs, "stage", stage, "Load stages, and say what is in them, one line a stage.")
    verb.add_argument("stages", nargs="+", metavar="S", help=STAGE_HELP)
    verb.add_argument(
        "--summary",
        action="store_true",
        help="S are level files or folders: how many levels are whole by chapter, and what stands in the way of most",
    )
    verb.add_argument("--challenge", action="store_true", help="challenge mode: with the level's runes of that mode")
    add_tables(verb)
    add_config(verb)
    add_json(verb)


def stage(options: Namespace) -> int:
    """Load stages, and print a line for each: what is in it, or its error. BAD_INPUT where one is broken."""
    from bot import config
    from bot.sources import open_stage, sources
    from game.levels.stage import describe

    if options.summary:
        return _summary(options)
    broken, known = False, sources(config.load(options.config), options.tables)
    for file in options.stages:
        try:
            entry = {"file": file, **describe(open_stage(file, known, challenge=options.challenge))}
        except StageError as error:
            broken = True
            entry = {"file": file, "error": str(error)}
        if options.json:
            print_json(entry)
        else:
            print(_line(entry))
    return BAD_INPUT if broken else DONE


def _summary(options: Namespace) -> int:
    """Print the shares of whole levels by chapter, and the ranking of what is missing."""
    from bot import config
    from bot.sources import open_stage, sources
    from game.levels.census import LevelFacts, by_kind, lacks, shares

    known = sources(config.load(options.config), options.tables)
    levels, errors = [], []
    for file in _level_files(options.stages):
        try:
            levels.append(LevelFacts(file.stem, open_stage(file, known, challenge=options.challenge).unknown))
        except StageError as error:
            errors.append(str(error))
    if not levels:
        raise StageError(errors[0] if errors else f"{options.stages[0]}: holds no level files (level_*.json)")
    whole, ranked, kinds = shares(levels), lacks(levels), by_kind(levels)
    if options.json:
        print_json(
            {
                "whole": {chapter: share._asdict() for chapter, share in whole.items()},
                "missing": [lack._asdict() for lack in ranked],
                "kinds": kinds,
                "unreadable": errors,
            }
        )
        return DONE
    count = sum(share.whole for share in whole.values())
    print(f"{count} of {len(levels)} levels are whole")
    print("\n".join(f"  {chapter}: {share.whole} of {share.levels}" for chapter, share in whole.items()))
    print("missing, by kind: " + (", ".join(f"{kind} in {number}" for kind, number in kinds.items()) or "nothing"))
    for lack in ranked[:MOST_LACKS]:
        print(f"  {lack.name}: in {lack.levels}" + (f", all that is missing of {lack.alone}" if lack.alone else ""))
    if len(ranked) > MOST_LACKS:
        print(f"  and {len(ranked) - MOST_LACKS} more; --json lists them")
    if errors:
        print(f"{len(errors)} files cannot be read, for example {errors[0]}")
    return DONE


def _level_files(names: Sequence[str]) -> list[Path]:
    """The level files in folders, at any depth, and those that are named, by name. StageError for no such place."""
    found: list[Path] = []
    for place in map(Path, names):
        if not place.exists():
            raise StageError(f"{place}: no such file or folder; --summary takes level files and folders of them")
        found += place.rglob("level_*.json") if place.is_dir() else [place]
    return sorted(set(found), key=lambda file: (file.stem, str(file)))


def _line(entry: Mapping[str, Any]) -> str:
    """What is in a stage, for people."""
    if "error" in entry:
        return str(entry["error"])
    given = entry["options"]
    enemies = ", ".join(f"{number} {kind}" for kind, number in entry["enemies"].items())
    called = f"{entry['code']} {entry['title']}".strip()
    return (
        f"{entry['file']}: {called} {entry['height']}x{entry['width']}; {entry['total']} enemies ({enemies}); "
        f"{len(entry['routes'])} routes; "
        + " ".join(f"{key}={value}" for key, value in given.items())
        + "".join(f"; gives {copies} {name}" for name, copies in entry["devices"].items())
        + (f"; rules about operators: {len(entry['squad_rules'])}" if entry["squad_rules"] else "")
        + (f"; on the field: {', '.join(one['name'] for one in entry['on_field'])}" if entry["on_field"] else "")
        + (f"; only its own squad plays: {', '.join(entry['own_squad'])}" if entry["own_squad"] else "")
        + (f"; fighting along: {', '.join(friend['name'] for friend in entry['friends'])}" if entry["friends"] else "")
        + (f"; stand-ins: {', '.join(entry['stand_ins'])}" if entry["stand_ins"] else "")
        + f"; without a rule: {', '.join(entry['unknown']) or 'nothing'}"
    )
