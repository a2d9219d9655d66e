"""`holdfast doctor`: what Holdfast needs, and how to get what is missing."""

# ruff: noqa: T201 - a command line prints
from __future__ import annotations

from argparse import Namespace

from bot.commands.arguments import Verbs, add_config, add_json, add_verb
from bot.commands.output import print_json
from game.errors import DONE, FAILED


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    verb = add_verb(verbs, "doctor", doctor, "Check what Holdfast needs, and say how to get what is missing.")
    add_config(verb)
    add_json(verb)


def doctor(options: Namespace) -> int:
    """Print what was found, one line each; FAILED where one is a failure."""
    from bot import config
    from bot.doctor import examine

    code = DONE
    for finding in examine(config.load(options.config)):
        if finding.level == "failure":
            code = FAILED
        if options.json:
            print_json(finding._asdict())
        else:
            told = f"{finding.told}; {finding.fix}" if finding.fix else finding.told
            print(f"{finding.level:<8} {finding.what:<11} {told}", flush=True)
    return code
