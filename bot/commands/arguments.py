"""What the verbs' arguments have in common: adding a verb, the options that several take, and the checks of values."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from bot.extras import need_extra

Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001
"""Where verbs are added; argparse gives it no public name."""


STAGE_HELP = "a stage as players name it (1-7, CE-6, '9-6 easy'), a shipped stage's name, or a level file"
"""The help of every argument that takes a stage (see `bot.sources.open_stage`)."""
TIME_OF_DAY = re.compile(r"\d\d:\d\d(:\d\d)?")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
VARIATION_NAMES = ("exact", "near", "far")
"""The names of planning.variation, which is not imported for a help text."""
KEPT = Path()
"""What --roster without a file means: the kept roster."""


def add_verb(
    verbs: Verbs, name: str, work: Callable[[argparse.Namespace], int], sentence: str
) -> argparse.ArgumentParser:
    """Add a verb with the sentence of its help. `work` gets the parsed options and returns the exit code."""
    verb: argparse.ArgumentParser = verbs.add_parser(name, help=sentence, description=sentence)
    verb.set_defaults(work=work)
    return verb


def add_config(verb: argparse.ArgumentParser) -> None:
    """Add --config, the configuration file."""
    verb.add_argument(
        "--config", type=Path, metavar="F", help="the configuration file (default: bot.toml here, if any)"
    )


def add_json(verb: argparse.ArgumentParser, sentence: str = "print JSON for programs") -> None:
    """Add --json."""
    verb.add_argument("--json", action="store_true", help=sentence)


def add_cluster(verb: argparse.ArgumentParser, what: str) -> None:
    """Add --cluster, for `bot.cluster.connected`."""
    verb.add_argument(
        "--cluster", metavar="ADDRESS",
        help=f"{what} by the workers of a Ray cluster: HOST:PORT of its head, auto, or local for one of this machine",
    )  # fmt: skip


def check_cluster(options: argparse.Namespace) -> None:
    """Raise ExtraError where --cluster is given without its extra: before anything else is done."""
    if options.cluster is not None:
        need_extra("cluster", "--cluster", "ray")


def add_tables(verb: argparse.ArgumentParser) -> None:
    """Add --tables, a folder of the user's own tables, for `bot.sources.sources`."""
    verb.add_argument(
        "--tables",
        type=Path,
        metavar="FOLDER",
        help="your own tables, as import writes them (default: [play] tables, else gamedata, else the shipped ones)",
    )


def add_squad(
    verb: argparse.ArgumentParser,
    sentence: str = "a squad file (TOML): the operators that play, at most 12",
    *,
    several: bool = False,
) -> None:
    """Add --squad, with one file or `several`, and --roster; at most one may be given. They are for `bot.squads`."""
    either = verb.add_mutually_exclusive_group()
    either.add_argument("--squad", type=Path, nargs="+" if several else None, metavar="FILE", help=sentence)
    either.add_argument(
        "--roster",
        type=Path,
        nargs="?",
        const=KEPT,
        metavar="FILE",
        help="your operators: a roster, MAA's operator box or a CSV (without FILE: what holdfast roster import kept)",
    )


def add_variation(verb: argparse.ArgumentParser, sentence: str, default: str | None) -> None:
    """Add --variation, the name of a variation of `planning.variation`."""
    verb.add_argument("--variation", choices=VARIATION_NAMES, default=default, help=sentence)


def moment(text: str) -> datetime:
    """A time of --since: so long ago, or a date and time, local unless it says otherwise; a time of day is today's."""
    now = datetime.now().astimezone()
    ago = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", text)
    try:
        if ago:
            return now - timedelta(**{UNITS[ago[2]]: float(ago[1])})
        return datetime.fromisoformat(f"{now:%Y-%m-%d}T{text}" if TIME_OF_DAY.fullmatch(text) else text).astimezone()
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"write 30m, 2h, 3d, 08:00 or 2026-11-26T08:00, not {text!r}") from None


def count(text: str) -> int:
    """A whole number above 0."""
    return _at_least(1, text)


def seed(text: str) -> int:
    """A whole number from 0 on."""
    return _at_least(0, text)


def port(text: str) -> int:
    """A port's number."""
    number = int(text)
    if not 1 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"must be from 1 to 65535, is {text}")
    return number


def positive(text: str) -> float:
    """A number above 0."""
    number = float(text)
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"must be above 0, is {text}")
    return number


def _at_least(least: int, text: str) -> int:
    """A whole number of at least `least`."""
    number = int(text)
    if number < least:
        raise argparse.ArgumentTypeError(f"must be {least} or more, is {number}")
    return number


def pair(text: str) -> tuple[int, int]:
    """Two whole numbers with a comma between them."""
    try:
        x, y = map(int, text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError("write X,Y, for example 100,50") from None
    return x, y
