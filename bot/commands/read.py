"""`holdfast read`: what can be read on pictures of the game."""

# ruff: noqa: T201 - a command line prints
from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from bot.commands.arguments import Verbs, add_json, add_verb
from bot.commands.output import print_json
from game.errors import BAD_INPUT, DONE


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    verb = add_verb(verbs, "read", read, "Print what can be read on pictures of the game.")
    verb.add_argument("images", type=Path, nargs="+", metavar="IMAGE")
    verb.add_argument(
        "--profile", default="arknights", metavar="P", help="whose screens these are (default: arknights, any client)"
    )
    add_json(verb)


def read(options: Namespace) -> int:
    """Read pictures, one line each; BAD_INPUT if one cannot be read."""
    from vision.reading import read_images

    broken = False
    for entry in read_images(options.images, options.profile):
        broken |= "error" in entry
        if "error" in entry:
            sys.stderr.write(f"{entry['error']}\n")
        if options.json:
            print_json(entry)
        elif "error" not in entry:
            print(f"{entry.pop('file')}: " + " ".join(f"{key}={value}" for key, value in entry.items()))
    return BAD_INPUT if broken else DONE
