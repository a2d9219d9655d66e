"""The requests to a running daemon: one verb for each row of `bot.requests.REQUESTS`."""

# ruff: noqa: T201 - a command line prints
from __future__ import annotations

import sys
from argparse import ArgumentTypeError, Namespace
from typing import Any

from bot import requests
from bot.commands.arguments import Verbs, add_config, add_json, add_verb
from bot.commands.output import print_json, print_table
from game.errors import DONE, FAILED


def add(verbs: Verbs) -> None:
    """Declare the verb of each request, with an option for each argument of the request."""
    for request in requests.REQUESTS:
        verb = add_verb(verbs, request.command_line or request.verb, ask, request.help)
        add_config(verb)
        add_json(verb)
        verb.add_argument(
            "--timeout", type=float, default=5.0, metavar="SECONDS", help="how long to wait for its answer"
        )
        for argument in request.arguments():
            verb.add_argument(
                f"--{argument.name.replace('_', '-')}",
                dest=argument.name,
                type=_reader(argument),
                required=argument.required,
                metavar=argument.name.upper(),
                help=argument.help,
            )
        verb.set_defaults(request=request)


def _reader(argument: requests.Argument) -> Any:
    """What turns the text of an option into the argument's value, for argparse."""

    def read(text: str) -> Any:
        try:
            return argument.read(text)
        except requests.RequestError as error:
            raise ArgumentTypeError(str(error)) from None

    return read


def ask(options: Namespace) -> int:
    """Ask a running daemon, and print its answer."""
    import asyncio

    from bot import config
    from bot.mqtt import caller, connection

    loaded = config.load(options.config)
    given = {argument.name: getattr(options, argument.name) for argument in options.request.arguments()}
    arguments = {name: value for name, value in given.items() if value is not None}
    verb = options.request.verb
    with asyncio.Runner(loop_factory=connection.selector_loop()) as runner:
        answer = runner.run(caller.ask(loaded.mqtt, verb, options.timeout, arguments, later=options.request.later))
    done = answer["step"] != "rejected"
    if options.json:
        print_json(answer)
    elif not done:
        print(f"{answer['why']} ({answer['code']})", file=sys.stderr)
    elif verb == "status":
        print_table({key: value for key, value in answer.items() if key not in ("id", "verb", "step", "what")})
    else:
        print(answer.get("what", "accepted; it is done after the battle under way"))
    return DONE if done else FAILED
