"""`holdfast mcp`: tools for agents, over the Model Context Protocol."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from bot.commands.arguments import Verbs, add_config, add_verb, port
from bot.extras import need_extra
from game.errors import DONE

if TYPE_CHECKING:
    from bot.agents.tools import Desk

CALLS = "tools.jsonl"
"""The log of calls, in the data directory: the daemon's own log belongs to the daemon."""


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    verb = add_verb(verbs, "mcp", mcp, "Serve tools for agents (Model Context Protocol): plan, simulate, explain, …")
    verb.add_argument("--http", type=port, metavar="PORT", help="on http://127.0.0.1:PORT/mcp instead of stdio")
    add_control(verb)
    add_config(verb)


def add_control(verb: ArgumentParser) -> None:
    """Add --allow-control."""
    verb.add_argument(
        "--allow-control", action="store_true", help="allow the tools that pause, resume and switch a running bot"
    )


def desk_for(options: Namespace, by: str) -> Desk:
    """What tools work on: the configuration's data directory, whose log of calls is opened."""
    from bot import config, log
    from bot.agents.tools import Desk

    loaded = config.load(options.config)
    log.set_up(loaded.directory / CALLS, "info", None, loaded.log.megabytes, loaded.log.keep)
    return Desk(options.config, loaded.directory, options.allow_control, by)


def mcp(options: Namespace) -> int:
    """Serve until the client is gone, or until Ctrl-C."""
    need_extra("coach", "holdfast mcp", "mcp")
    import asyncio

    from bot.agents.server import LOOPBACK, serve_http, serve_stdio

    desk = desk_for(options, "mcp")
    if options.http is None:
        asyncio.run(serve_stdio(desk))
    else:
        sys.stderr.write(f"tools for agents at http://{LOOPBACK}:{options.http}/mcp; Ctrl-C ends it\n")
        asyncio.run(serve_http(desk, options.http))
    return DONE
