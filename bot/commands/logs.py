"""`holdfast logs`: what happened, from the JSON log."""

# ruff: noqa: T201 - a command line prints
from __future__ import annotations

import json
import os
import re
import sys
from argparse import ArgumentTypeError, Namespace
from collections import deque
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from bot.commands.arguments import Verbs, add_config, add_json, add_verb, count, moment
from bot.log_reader import LEVELS, batches, readable, written
from game.errors import DONE, InputError


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    verb = add_verb(verbs, "logs", logs, "Show what happened, from the JSON log; pretty on a terminal.")
    add_config(verb)
    add_json(verb)
    verb.add_argument("-f", "--follow", action="store_true", help="go on showing what happens")
    verb.add_argument("-n", "--lines", type=count, metavar="N", help="begin with the last N lines that fit")
    verb.add_argument("--event", type=event_names, action="extend", metavar="E", help="only these events: E, or E,E,…")
    verb.add_argument("--state", metavar="S", help="only lines written while the machine was in this state")
    verb.add_argument("--level", choices=LEVELS, help="only lines of at least this level")
    verb.add_argument("--since", type=moment, metavar="T", help="only lines since 30m, 2h or 3d ago, or since a time")
    verb.add_argument("--grep", type=pattern, metavar="RE", help="only lines in which this regular expression is found")
    verb.add_argument("--describe", action="store_true", help="say what each event and field means, as Markdown")


def event_names(text: str) -> list[str]:
    """The events of --event, which must exist."""
    from bot.log_events import EVENTS

    names = text.split(",")
    for name in names:
        if name not in EVENTS:
            near = get_close_matches(name, EVENTS, n=1)
            hint = f"; did you mean {near[0]}?" if near else f"; known are: {', '.join(EVENTS)}"
            raise ArgumentTypeError(f"there is no event {name}{hint}")
    return names


def pattern(text: str) -> re.Pattern[str]:
    """The regular expression of --grep."""
    try:
        return re.compile(text)
    except re.error as error:
        raise ArgumentTypeError(f"not a regular expression: {error}") from None


def logs(options: Namespace) -> int:
    """Print the lines of the log that were asked for."""
    from bot import config, log
    from bot.log_events import as_markdown

    if options.describe:
        print(as_markdown(), end="")
        return DONE
    file = config.load(options.config).directory / log.FILE
    if not file.exists() and not options.follow:
        raise InputError(f"{file} does not exist: nothing has been logged yet; play with: holdfast run")
    wanted, show = _wanted(options), _printer(options)
    last: deque[dict[str, Any]] | None = deque(maxlen=options.lines) if options.lines else None
    for lines in batches(file, follow=options.follow):
        fitting = [line for line in lines if wanted(line)]
        if last is not None:
            last.extend(fitting)
            fitting = [] if lines else list(last)  # an empty piece: this is the end of what there is so far
            last = last if lines else None
        for line in fitting:
            show(line)
        sys.stdout.flush()
    return DONE


def _wanted(options: Namespace) -> Callable[[Mapping[str, Any]], bool]:
    """Whether a line was asked for. It is told every line in order: those after a state line belong to that state."""
    state: Any = None
    levels = LEVELS[LEVELS.index(options.level or LEVELS[0]) :]

    def wanted(line: Mapping[str, Any]) -> bool:
        nonlocal state
        state = line.get("state", state)
        return (
            (options.event is None or line.get("event") in options.event)
            and options.state in (None, state)
            and (options.level is None or line.get("level") in levels)
            and (options.since is None or written(line) >= options.since)
            and (options.grep is None or options.grep.search(json.dumps(line, ensure_ascii=False)) is not None)
        )

    return wanted


def _printer(options: Namespace) -> Callable[[Mapping[str, Any]], None]:
    """Prints lines as JSON, or on a terminal for people, under a heading for each run."""
    pretty = sys.stdout.isatty() and not options.json
    colours = pretty and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    run: Any = None

    def show(line: Mapping[str, Any]) -> None:
        nonlocal run
        if not pretty:
            print(json.dumps(line, ensure_ascii=False))
            return
        if line.get("run") != run:
            run = line.get("run")
            print(f"-- run {run}, {str(line.get('time'))[:10]}")
        print(readable(line, colours=colours))

    return show
