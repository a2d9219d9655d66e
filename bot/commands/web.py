"""`holdfast web`: the page for browsers, without a bot in this process."""

# ruff: noqa: T201 - a command line prints
from __future__ import annotations

import sys
from argparse import Namespace

from bot.commands.arguments import Verbs, add_config, add_verb, port
from game.errors import DONE


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    verb = add_verb(verbs, "web", web, "Serve the page for browsers: stages, traces, log, reports; a bot if one runs.")
    add_config(verb)
    verb.add_argument("--port", type=port, metavar="PORT", help="the port to listen on (default: [web] port)")


def web(options: Namespace) -> int:
    """Serve the page until it is ended."""
    from bot.web.extra import check_extra

    check_extra()
    import threading

    from bot import config, log
    from bot.ending import EndingSignals
    from bot.web.alone import serving

    loaded = config.load(options.config)
    log.set_up(None, "warning", sys.stderr)
    ended, signals = threading.Event(), EndingSignals()
    with serving(loaded, options.port or loaded.web.port) as address:
        print(f"{address}  (Ctrl-C ends it)", flush=True)
        with signals.heard_by(lambda _name, _first: ended.set()):
            while not ended.wait(1.0):
                pass
    return DONE
