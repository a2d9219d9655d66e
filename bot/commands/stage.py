"""`holdfast stage`: what is in level files."""

# ruff: noqa: T201 - a command line prints
from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from bot.commands.arguments import STAGE_HELP, Verbs, add_config, add_json, add_tables, add_verb
from bot.commands.output import print_json
from game.errors import BAD_INPUT, DONE, StageError


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    verb = add_verb(verbs, "stage", stage, "Load stages, and say what is in them, one line a stage.")
    verb.add_argument("stages", nargs="+", metavar="S", help=STAGE_HELP)
    verb.add_argument("--challenge", action="store_true", help="challenge mode: with the level's runes of that mode")
    add_tables(verb)
    add_config(verb)
    add_json(verb)


def stage(options: Namespace) -> int:
    """Load stages, and print a line for each: what is in it, or its error. BAD_INPUT where one is broken."""
    from bot import config
    from bot.sources import open_stage, sources
    from game.levels.stage import describe

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
        + (f"; fighting along: {', '.join(friend['name'] for friend in entry['friends'])}" if entry["friends"] else "")
        + (f"; stand-ins: {', '.join(entry['stand_ins'])}" if entry["stand_ins"] else "")
        + f"; without a rule: {', '.join(entry['unknown']) or 'nothing'}"
    )
