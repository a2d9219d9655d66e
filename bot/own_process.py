"""The program in a process of its own: how it is started, and which secrets it gets to know."""

from __future__ import annotations

import os
import sys

from bot.extras import ROOT

SECRETS = ("HOLDFAST_MQTT_PASSWORD", "HOLDFAST_WEB_PASSWORD", "HOLDFAST_COACH_KEY")
"""Variables of the environment that only the process that needs one gets."""


def own_command(*arguments: str, module: str = "bot") -> list[str]:
    """The command line of a module of this project. A folder `bot` where the user happens to be is not taken for it."""
    return [sys.executable, "-P", "-m", module, *arguments]


def environment_with(*secrets: str) -> dict[str, str]:
    """The environment of this process, with no other secrets than these, and with this project on Python's path."""
    kept = {name: value for name, value in os.environ.items() if name not in SECRETS or name in secrets}
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), kept.get("PYTHONPATH", ""))))}
