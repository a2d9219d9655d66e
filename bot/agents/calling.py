"""Calls a tool: its arguments are checked, its verb runs in a process of its own, and what comes back is bounded.

A process of its own can be ended whatever it does, and a tool that fails takes nothing along.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from bot import log
from bot.agents.tools import TOOLS, Desk, Tool, ToolArguments, tools_for
from bot.mqtt.connection import PASSWORD
from bot.own_process import environment_with, own_command

LARGEST_OUTPUT = 4 << 20
"""Bytes that a verb may print."""
LARGEST_ANSWER = 12_000
"""Characters of JSON that a tool answers with at most; what is beyond is left out, and said to be."""
LONGEST_LIST, LONGEST_TEXT = 40, 600


class ToolAnswer(NamedTuple):
    """What a call came to: a JSON value, or why it was refused or failed, in one line."""

    ok: bool
    value: Any

    def text(self) -> str:
        """The answer as JSON, for a model or a protocol."""
        return json.dumps(self.value if self.ok else {"error": self.value}, ensure_ascii=False)


async def call(name: str, given: Mapping[str, Any], desk: Desk) -> ToolAnswer:
    """Call a tool by its name with arguments as JSON has them. Never raises for a wrong call or a verb that fails."""
    began = time.monotonic()
    answer = await _called(name, given, desk)
    log.logger().info(
        "tool",
        tool=name[:60],
        caller=desk.by,
        ok=answer.ok,
        seconds=round(time.monotonic() - began, 2),
        arguments=json.dumps(given, ensure_ascii=False, default=str)[:LONGEST_TEXT],
        why="" if answer.ok else str(answer.value),
    )
    return answer


async def _called(name: str, given: Mapping[str, Any], desk: Desk) -> ToolAnswer:
    """The answer of a tool."""
    tool = next((one for one in TOOLS if one.name == name), None)
    if tool is None:
        return ToolAnswer(ok=False, value=f"there is no tool {name!r}; there are: {_names(desk)}")
    if tool not in tools_for(desk):
        said = f"{name} changes what a running bot does, which is not allowed here; --allow-control allows it"
        return ToolAnswer(ok=False, value=said)
    try:
        arguments = tool.arguments.model_validate(dict(given))
    except ValidationError as error:
        return ToolAnswer(ok=False, value=f"{name}: {_told_problems(error)}")
    try:
        async with asyncio.timeout(tool.seconds(arguments)):
            return await _run(tool, arguments, desk)
    except TimeoutError:
        return ToolAnswer(ok=False, value=f"{name} took longer than {tool.seconds(arguments):g} s and was ended")
    except OSError as error:
        return ToolAnswer(ok=False, value=f"{name}: {error.strerror or error}")


def _names(desk: Desk) -> str:
    """The names of the tools that may be used."""
    return ", ".join(tool.name for tool in tools_for(desk))


def _told_problems(error: ValidationError) -> str:
    """What is wrong with arguments, in one line; values are not repeated."""
    return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'arguments'}: {one['msg']}" for one in error.errors()[:5])


async def _run(tool: Tool, arguments: ToolArguments, desk: Desk) -> ToolAnswer:
    """Run the verb of a tool, and keep what is asked for of what it prints."""
    verb, *options = tool.command(arguments, desk)
    config = [f"--config={desk.config}"] if desk.config else []
    part = [options.pop(0)] if options and not options[0].startswith("-") else []  # trace why, roster show
    code, out, err = await _printed([verb, *part, "--json", *config, *options])
    lines = [line for line in (_parsed(text) for text in out.splitlines()) if line is not None]
    value: Any = lines[0] if len(lines) == 1 else lines
    if (code and not (tool.partial and lines)) or (isinstance(value, dict) and "error" in value):
        why = value.get("why") or value.get("error") if isinstance(value, dict) else ""
        return ToolAnswer(ok=False, value=str(why or _last_line(err) or f"{tool.name} failed with exit code {code}"))
    if tool.keep and isinstance(value, dict):
        value = {key: value[key] for key in tool.keep if key in value}
    return ToolAnswer(ok=True, value=bounded(tool.finish(value, arguments, desk)))


async def _printed(arguments: list[str]) -> tuple[int, str, str]:
    """The exit code of the program and what it printed, at most `LARGEST_OUTPUT` bytes. It is ended if we are."""
    process = await asyncio.create_subprocess_exec(
        *own_command(*arguments),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env=environment_with(PASSWORD), start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        out, err = await asyncio.gather(_all_of(process.stdout), _all_of(process.stderr))
        return await process.wait(), out, err
    finally:
        if process.returncode is None:
            _end(process)
            await process.wait()


async def _all_of(stream: asyncio.StreamReader) -> str:
    """What a stream gives until its end; what is beyond the bound is read and forgotten."""
    found = bytearray()
    while piece := await stream.read(1 << 16):
        found += piece[: LARGEST_OUTPUT - len(found)]
    return found.decode("utf-8", "replace")


def _end(process: asyncio.subprocess.Process) -> None:
    """End a process and those that it began."""
    try:
        os.killpg(process.pid, signal.SIGKILL) if hasattr(os, "killpg") else process.kill()
    except ProcessLookupError:
        return


def _parsed(line: str) -> Any:
    """A line of JSON; None where it is none."""
    try:
        return json.loads(line)
    except ValueError:
        return None


def _last_line(text: str) -> str:
    """The last line that is not empty, bounded."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")[:LONGEST_TEXT]


def bounded(value: Any) -> Any:
    """A JSON value with long lists and texts cut, at most `LARGEST_ANSWER` characters; what is left out is said."""
    cut = _cut(value)
    if len(json.dumps(cut, ensure_ascii=False)) <= LARGEST_ANSWER:
        return cut
    if isinstance(cut, list):
        return bounded([*cut[: len(cut) // 2], "… and more"]) if len(cut) > 2 else ["left out: too large"]
    largest = max(cut, key=lambda key: len(json.dumps(cut[key], ensure_ascii=False)))
    rest = {key: inner for key, inner in cut.items() if key not in (largest, "left_out")}
    return bounded({**rest, "left_out": [*cut.get("left_out", []), largest]})


def _cut(value: Any) -> Any:
    """A JSON value with long lists and texts cut."""
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TEXT else f"{value[:LONGEST_TEXT]}…"
    if isinstance(value, list):
        more = [f"… and {len(value) - LONGEST_LIST} more"] * (len(value) > LONGEST_LIST)
        return [*map(_cut, value[:LONGEST_LIST]), *more]
    return {key: _cut(inner) for key, inner in value.items()} if isinstance(value, dict) else value
