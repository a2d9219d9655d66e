"""The command line: collects the verbs of bot.commands, runs one, and turns errors into a line and an exit code.

The exit codes are defined in game.errors.
"""

from __future__ import annotations

import argparse
import atexit
import gc
import os
import sys
from collections.abc import Callable, Sequence

from bot import __version__
from bot.commands import (
    ask,
    coach,
    config,
    doctor,
    evaluate,
    gamedata,
    generate,
    graph,
    import_tables,
    logs,
    mcp,
    picture,
    plan,
    practice,
    read,
    replay,
    report,
    roster,
    run,
    service,
    simulate,
    stage,
    trace,
    train,
    vision,
    web,
)
from game.errors import DONE, HoldfastError

MODULES = (
    run, practice, picture, ask, web, logs, report, trace, replay, read, import_tables, gamedata, roster, stage, plan,
    simulate, generate, graph, doctor, service, config, train, evaluate, vision,
    mcp, coach,
)  # fmt: skip
"""One module for each verb, in the order of the help text; `ask` adds a verb for each request to a daemon."""
INTERRUPTED = 130
"""The exit code that shells give to a program ended by Ctrl-C."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit code."""
    atexit.register(leave_objects)
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")  # standard output is for results only
    options = parser().parse_args(arguments)
    work: Callable[[argparse.Namespace], int] = options.work
    try:
        return work(options)
    except KeyboardInterrupt as interrupt:
        return int(getattr(interrupt, "exit_code", INTERRUPTED))
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output is gone, so there is nothing left to write
        return DONE
    except HoldfastError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code


def leave_objects() -> None:
    """Have Python not look for garbage among all objects before it exits: with torch that takes two seconds.

    Triton, which the training of the detector loads, would tell the user of leaks then.
    """
    if "triton" not in sys.modules:
        gc.freeze()


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="holdfast", description="Plays tower-defence battles by itself, and learns as it plays."
    )
    top.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    verbs = top.add_subparsers(title="verbs", metavar="VERB", required=True)
    for module in MODULES:
        module.add(verbs)
    return top
