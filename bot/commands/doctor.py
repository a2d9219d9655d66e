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
    """Print what was found, one line each; FAILED where something is missing."""
    from bot import config
    from bot.doctor import examine

    findings = examine(config.load(options.config))
    for finding in findings:
        if options.json:
            print_json(finding._asdict())
        else:
            print(f"{'ok  ' if finding.ok else 'FAIL'}  {finding.what:<12} {finding.told}")
    return DONE if all(finding.ok for finding in findings) else FAILED
