"""`holdfast report`: what happened in the last hours, from the log."""

# ruff: noqa: T201 - a command line prints
from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from bot.commands.arguments import Verbs, add_config, add_json, add_verb, moment
from bot.commands.output import OutputError, print_json
from game.errors import DONE, InputError


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    verb = add_verb(verbs, "report", report, "Report the last hours: battles, wins, drops of the win rate, faults.")
    add_config(verb)
    add_json(verb)
    verb.add_argument("--since", type=moment, metavar="T", help="since 30m, 12h or 3d ago or a time (default: 24h)")
    verb.add_argument("--out", type=Path, metavar="FOLDER", help="write it there as Markdown, with a drawing")


def report(options: Namespace) -> int:
    """Print the report, or write it."""
    from bot import config, log, log_reader
    from bot.report import markdown, report_of, write

    file = config.load(options.config).directory / log.FILE
    since = options.since or moment("24h")
    made = report_of(log_reader.read(file), since)
    if not made.end:
        raise InputError(f"{file}: nothing was logged since {since:%Y-%m-%d %H:%M}; play with: holdfast run")
    if options.json:
        print_json(made.facts())
    elif options.out is None:
        print(markdown(made, Path()), end="")
    if options.out is not None:
        try:
            written = write(made, options.out)
        except OSError as error:
            raise OutputError(f"{options.out}: the report cannot be written: {error.strerror}") from None
        if not options.json:
            print(written)
    return DONE
