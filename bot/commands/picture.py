"""`holdfast picture`: an annotated frame of the bot playing."""

# ruff: noqa: T201 - a command line prints
from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from bot.commands.arguments import Verbs, add_config, add_verb
from game.errors import DONE


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    verb = add_verb(verbs, "picture", picture, "Play until there is something to see, and write an annotated frame.")
    add_config(verb)
    verb.add_argument("out", type=Path, metavar="OUT.png", help="the file to write")


def picture(options: Namespace) -> int:
    """Play a battle and write its best moment."""
    from bot import config
    from bot.pictures import write_picture

    print(write_picture(config.load(options.config), options.out))
    return DONE
