"""`holdfast stage`: what is in level files."""

# ruff: noqa: T201 - a command line prints
from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from bot.commands.arguments import Verbs, add_json, add_tables, add_verb
from bot.commands.output import print_json
from game.errors import BAD_INPUT, DONE, StageError


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    verb = add_verb(verbs, "stage", stage, "Load level files, and say what is in them, one line a file.")
    verb.add_argument("files", nargs="+", metavar="FILE", help="a level file, or a shipped stage's name")
    verb.add_argument("--challenge", action="store_true", help="challenge mode: with the level's runes of that mode")
    add_tables(verb)
    add_json(verb)


def stage(options: Namespace) -> int:
    """Load level files, one line each; the error, and BAD_INPUT, for those that are broken."""
    from game.characters.catalogue import load_catalogue
    from game.levels.stage import describe, load_stage

    broken, catalogue = False, load_catalogue(options.tables)
    for file in options.files:
        try:
            entry = {"file": file, **describe(load_stage(file, catalogue, challenge=options.challenge))}
        except StageError as error:
            broken = True
            entry = {"file": file, "error": str(error)}
        if options.json:
            print_json(entry)
        else:
            print(_line(entry))
    return BAD_INPUT if broken else DONE


def _line(entry: Mapping[str, Any]) -> str:
    """What is in a level file, for people."""
    if "error" in entry:
        return str(entry["error"])
    given = entry["options"]
    enemies = ", ".join(f"{number} {kind}" for kind, number in entry["enemies"].items())
    return (
        f"{entry['file']}: {entry['code']} {entry['height']}x{entry['width']}; {entry['total']} enemies ({enemies}); "
        f"{len(entry['routes'])} routes; "
        + " ".join(f"{key}={value}" for key, value in given.items())
        + (f"; rules about operators: {len(entry['squad_rules'])}" if entry["squad_rules"] else "")
        + f"; without a rule: {', '.join(entry['unknown']) or 'nothing'}"
    )
