"""`holdfast logs`: what happened, from the JSON log."""

# ruff: noqa: T201 - a command line prints
from __future__ import annotations

import json
import sys
from argparse import Namespace

from bot.commands.arguments import Verbs, add_config, add_json, add_verb
from game.errors import DONE, InputError


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    verb = add_verb(verbs, "logs", logs, "Show what happened, from the JSON log; pretty on a terminal.")
    add_config(verb)
    add_json(verb)
    verb.add_argument("-f", "--follow", action="store_true", help="go on showing what happens")
    verb.add_argument("--event", metavar="E", help="only lines of this event")
    verb.add_argument("--state", metavar="S", help="only lines written while the machine was in this state")


def logs(options: Namespace) -> int:
    """Print the lines of the log that were asked for."""
    from bot import config, log

    file = config.load(options.config).directory / log.FILE
    if not file.exists() and not options.follow:
        raise InputError(f"{file} does not exist: nothing has been logged yet; play with: holdfast run")
    pretty = sys.stdout.isatty() and not options.json
    state = None
    for line in log.read(file, follow=options.follow):
        state = line.get("state", state)
        if options.event in (None, line.get("event")) and options.state in (None, state):
            print(log.readable(line) if pretty else json.dumps(line, ensure_ascii=False), flush=options.follow)
    return DONE
