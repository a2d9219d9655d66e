"""`holdfast replay`: feed a trace to the machine again."""

# ruff: noqa: T201 - a command line prints
from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from bot.commands.arguments import Verbs, add_json, add_verb
from bot.commands.output import print_json
from game.errors import DONE, FAILED


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    verb = add_verb(
        verbs, "replay", replay, "Feed a trace to the machine again; exit code 1 and the first difference if any."
    )
    verb.add_argument("trace", type=Path, metavar="TRACE")
    add_json(verb)


def replay(options: Namespace) -> int:
    """Compare what the machine does with what it did; FAILED where they differ."""
    from bot.trace import read_trace
    from bot.trace import replay as first_difference

    recording = read_trace(options.trace)
    if recording.torn:
        sys.stderr.write(f"{recording.torn}\n")
    difference = first_difference(recording)
    if options.json:
        told = difference and str(difference)
        print_json({"trace": str(options.trace), "identical": difference is None, "difference": told})
    else:
        print(f"{options.trace}: identical" if difference is None else difference)
    return DONE if difference is None else FAILED
