"""`holdfast coach`: ask for something in words; a language model carries it out with the tools of `holdfast mcp`."""

# ruff: noqa: T201 - a command line prints
from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from bot.commands.arguments import Verbs, add_config, add_json, add_verb, port
from bot.commands.mcp import add_control, desk_for
from bot.commands.output import print_json, print_progress
from bot.extras import need_extra
from game.errors import DONE, FAILED, InputError

if TYPE_CHECKING:
    from pathlib import Path

    from bot.agents.coach import CoachReport
    from bot.agents.memory import Worked
    from bot.agents.tools import Desk
    from bot.config import Config

ENGINES = ("llama.cpp", "transformers", "vllm", "deepspeed")
"""The names of `bot.agents.serving.ENGINES`, which is not imported for a help text."""
PORT = 8766
"""Where `coach serve` has a model answer, and `coach` asks: beside the page's."""


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    verb = add_verb(
        verbs, "coach", coach, "Ask in words, in any language; a language model of yours does it with tools."
    )
    verb.add_argument(
        "request",
        metavar="REQUEST|serve|doctor",
        help='such as "plan CE-6, leave Myrtle at home"; serve: start a model; doctor: say which this machine can run',
    )
    verb.add_argument(
        "--url", default=f"http://127.0.0.1:{PORT}/v1", help="a server of the OpenAI protocol (default: %(default)s)"
    )
    verb.add_argument(
        "--model",
        default="",
        metavar="NAME",
        help="its model (default: the first that it names); for serve: a file, folder or name",
    )
    verb.add_argument("--engine", choices=ENGINES, default=ENGINES[0], help="for serve (default: %(default)s)")
    verb.add_argument("--port", type=port, default=PORT, help="for serve (default: %(default)s)")
    add_control(verb)
    add_config(verb)
    add_json(verb)


def coach(options: Namespace) -> int:
    """Carry out a request; FAILED where no answer came, or none that is borne out. Or serve a model, or the doctor."""
    if options.request in ("serve", "doctor"):
        return serve(options) if options.request == "serve" else doctor(options)
    need_extra("coach", "holdfast coach", "httpx")
    import asyncio

    from bot import config
    from bot.agents.memory import FILE, read_memory

    loaded = config.load(options.config)
    desk = desk_for(options, "coach")
    memory = desk.directory / FILE
    entries = read_memory(memory)
    report = asyncio.run(_coached(options, loaded, desk, entries))
    _remember(report, loaded.mqtt.name, memory, entries)
    if options.json:
        print_json(report.facts())
    else:
        print("\n".join(report.lines()))
    return DONE if report.kept else FAILED


async def _coached(options: Namespace, loaded: Config, desk: Desk, entries: Sequence[Worked]) -> CoachReport:
    """What comes of the request."""
    from bot.agents.coach import coach as carry_out
    from bot.agents.coach import named_in
    from bot.agents.engine import Engine
    from bot.sources import sources

    characters = sources(loaded).catalogue.characters.values()
    named = named_in(options.request, [(one.name, one.chinese) for one in characters])
    own = [one for one in entries if one.player == loaded.mqtt.name]
    async with Engine(options.url, options.model) as engine:
        return await carry_out(options.request, engine, desk, loaded.mqtt.name, own, named, print_progress)


def _remember(report: CoachReport, player: str, memory: Path, entries: Sequence[Worked]) -> None:
    """Keep what worked."""
    from bot.agents.memory import entry_of, with_entry, write_memory

    today = datetime.now().astimezone().date().isoformat()
    found = tuple(entries)
    for one in report.calls:
        if one.tool == "make_plan" and one.answer.ok and (entry := entry_of(one.answer.value, player, today)):
            found = with_entry(found, entry)
    if found != tuple(entries):
        write_memory(memory, found)


def serve(options: Namespace) -> int:
    """Serve a model on this machine until Ctrl-C; FAILED where the engine ends by itself."""
    import shlex
    import subprocess

    from bot.agents.computer import this_computer
    from bot.agents.serving import SILENT, command_for
    from bot.own_process import environment_with

    if not options.model:
        raise InputError(
            "--model: which? a .gguf file for llama.cpp, else a folder or a name; see: holdfast coach doctor"
        )
    command = command_for(options.engine, options.model, options.port, this_computer())
    print_progress(shlex.join(command))
    environment = environment_with() | SILENT
    try:
        if os.name == "posix":
            os.execvpe(command[0], command, environment)  # noqa: S606 - the engine of the table; signals reach it so
        return DONE if subprocess.call(command, env=environment) == 0 else FAILED  # noqa: S603 - the same
    except OSError as error:
        raise InputError(f"{options.engine}: {command[0]} cannot be started: {error.strerror}") from None


def doctor(options: Namespace) -> int:
    """Print which engines this machine can run, and how large a model fits."""
    from bot.agents.computer import this_computer
    from bot.agents.serving import ENGINES, doctor_lines

    computer = this_computer()
    if options.json:
        engines = {one.name: {"installed": one.installed(), "billions": one.billions(computer)} for one in ENGINES}
        print_json({"free_gib": computer.gib, "cards": [card._asdict() for card in computer.cards], "engines": engines})
    else:
        print("\n".join(doctor_lines(computer)))
    return DONE
