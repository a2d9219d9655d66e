"""`holdfast config`: a fresh bot.toml, every option with its default."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from bot.commands.arguments import Verbs, add_verb
from bot.commands.output import OutputError, check_file, write_text
from game.errors import DONE


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    verb = add_verb(verbs, "config", config, "Write a fresh configuration file: every option, with its default.")
    verb.add_argument("out", type=Path, nargs="?", metavar="FILE", help="the file to write (default: standard output)")
    verb.add_argument("--force", action="store_true", help="write over a file that exists")


def config(options: Namespace) -> int:
    """Write the file, or print it."""
    from bot.config import as_toml

    if options.out is None:
        sys.stdout.write(as_toml())
        return DONE
    if options.out.exists() and not options.force:
        raise OutputError(f"{options.out}: exists already; name another file, or write over it with --force")
    check_file(options.out)
    write_text(options.out, as_toml())
    return DONE
