"""`holdfast service`: have systemd start the bot when you log in, and watch it."""

# ruff: noqa: T201 - a command line prints
from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.arguments import Verbs, add_config, add_json, add_verb
from bot.commands.output import print_facts, print_json
from game.errors import DONE, NO_DAEMON

if TYPE_CHECKING:
    from bot.config import Config
    from bot.service import Installed


def add(verbs: Verbs) -> None:
    """Declare the verb and its three parts."""
    verb = add_verb(verbs, "service", status, "Run the bot as a service of systemd: from log-in on, and watched.")
    parts = verb.add_subparsers(title="parts", metavar="PART", required=True)
    for name, work, sentence in (
        ("install", install, "Write the unit, or bring it up to date, and start the service."),
        ("uninstall", uninstall, "Stop the service and remove its unit."),
        ("status", status, "Say whether it is installed and runs; exit code 3 where it does not."),
    ):
        part = add_verb(parts, name, work, sentence)
        add_json(part)
        if work is not uninstall:
            add_config(part)


def install(options: Namespace) -> int:
    """Write the unit and start the service."""
    from bot import service

    return _tell(service.install(*_configured(options)), as_json=options.json)


def uninstall(options: Namespace) -> int:
    """Stop the service and remove the unit."""
    from bot import service

    return _tell(service.uninstall(), as_json=options.json)


def status(options: Namespace) -> int:
    """Print what is installed and what systemd says of it."""
    from bot import service

    facts = service.status(*_configured(options))
    print_facts(facts, as_json=options.json)
    return DONE if facts.get("ActiveState") == "active" else NO_DAEMON


def _configured(options: Namespace) -> tuple[Path, Config]:
    """The configuration file that the service is to use, and what stands in it. Raises ConfigError."""
    from bot import config

    file = options.config or config.DEFAULT_FILE
    return file, config.load(file)


def _tell(done: Installed, *, as_json: bool) -> int:
    """Say what was done and what is left to do."""
    if as_json:
        print_json(done._asdict())
        return DONE
    print(f"{done.unit}: {done.change}")
    if done.ran:
        print("ran: " + "; ".join(done.ran))
    if done.to_run:
        print("no systemd of this user answers here; in your session run:")
        print("\n".join(f"  {line}" for line in done.to_run))
    return DONE
