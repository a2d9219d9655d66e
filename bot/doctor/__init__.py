"""Checks what Holdfast needs, and says how to get what is missing. `examine` makes all the checks of `CHECKS`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from bot.config import Config
from bot.doctor import network, screen, system
from bot.doctor.finding import Found, Level, failure
from game.errors import HoldfastError

__all__ = ["CHECKS", "Check", "Finding", "Found", "Level", "examine"]


class Check(NamedTuple):
    """One thing to look at."""

    what: str
    find: Callable[[Config], Found]
    seconds: float = 10.0
    """How long it may take."""


class Finding(NamedTuple):
    """One thing that was looked at, and what was found."""

    what: str
    level: Level
    told: str
    fix: str = ""


CHECKS = (
    Check("python", system.python),
    Check("packages", system.packages),
    Check("adb", screen.adb, 30.0),
    Check("display", screen.display, 60.0),
    Check("xauthority", screen.xauthority),
    Check("wayland", screen.wayland),
    Check("capture", screen.capture, 30.0),
    Check("tap", screen.tap, 30.0),
    Check("area", screen.area, 60.0),
    Check("weights", system.weights, 30.0),
    Check("text", system.text),
    Check("broker", network.broker, 20.0),
    Check("disk", system.disk),
    Check("fsync", system.fsync, 30.0),
    Check("clock", system.clock),
    Check("telemetry", system.telemetry),
    Check("state", system.state, 60.0),
    Check("daemon", system.daemon),
)
"""Every check, the most basic first: a failed one may explain those after it."""


def examine(config: Config, checks: Sequence[Check] | None = None) -> Iterator[Finding]:
    """Make the checks, all where none are given, in order. One that breaks or takes too long is a failure too."""
    for check in CHECKS if checks is None else checks:
        yield Finding(check.what, *_made(check, config))


def _made(check: Check, config: Config) -> Found:
    """What a check finds. It is made in a thread of its own, because a call into a hanging display cannot be ended."""
    found: list[Found] = []
    thread = threading.Thread(target=lambda: found.append(_tried(check, config)), name=check.what, daemon=True)
    thread.start()
    thread.join(check.seconds)
    if found:
        return found[0]
    return failure(f"no answer in {check.seconds:g} s", "see whether what is checked hangs, and run the doctor again")


def _tried(check: Check, config: Config) -> Found:
    """What a check finds, or the error that ended it. Our own errors say themselves what to do."""
    try:
        return check.find(config)
    except HoldfastError as error:
        return failure(str(error), "")
    except BaseException as error:  # noqa: BLE001 - a library may raise anything, and every check is one line
        lines = str(error).splitlines() or [""]
        return failure(f"the check broke: {type(error).__name__}: {lines[0]}", "mend what it names, or report it")
