"""A search for a plan that the page asked for: `holdfast plan` in a process of its own, one at a time.

The process has a low priority, so that it takes little from the play where there is no core to spare.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
from collections import deque
from pathlib import Path
from typing import Any, Literal

import orjson

from bot.config import Config
from bot.own_process import environment_with, own_command
from bot.squads import kept_file

SECONDS = (10, 30, 60, 180)
"""How long a search may be asked to take."""
TOLD = 6
"""Lines of the search that are kept."""
NICE = 10
"""The priority of the search, as `nice` counts it: where play wants a core, the search gets a tenth of it."""
ENDING = 10.0
"""Seconds that the process has to end."""


class PlanJob:
    """The search that runs or was run last. Used in the server's loop only."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._state: dict[str, Any] = {"state": "none"}
        self._said: deque[str] = deque(maxlen=TOLD)
        self.picture: bytes | None = None
        """The plan that was found, drawn as PNG."""

    def told(self) -> dict[str, Any]:
        """How it goes: its state (none, running, done, failed), the stage, the last lines, and the plan."""
        return {**self._state, "said": list(self._said), "picture": self.picture is not None}

    def begin(self, stage: str, file: str, seconds: Literal[10, 30, 60, 180]) -> bool:
        """Begin a search with the kept roster, or without one with the default squad; False while another runs.

        `file` is what `holdfast plan` calls the stage (see `Stages.file`).
        """
        if self._state["state"] == "running":
            return False
        self._said.clear()
        self.picture = None
        self._state = {"state": "running", "stage": stage, "seconds": seconds}
        self._task = asyncio.create_task(self._run(file, seconds), name="plan")
        return True

    def stop(self) -> None:
        """Have the search end with the best plan so far, as Ctrl-C does."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGINT if sys.platform != "win32" else signal.SIGTERM)

    async def close(self) -> None:
        """End the search without its plan."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        if self._task is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ENDING):
                    await self._task

    async def _run(self, stage: str, seconds: int) -> None:
        """Search, and take in the result."""
        with tempfile.TemporaryDirectory(prefix="holdfast-web-") as folder:
            picture = Path(folder) / "plan.png"
            command = own_command(*self._arguments(stage, seconds, picture))
            try:
                self._process = await asyncio.create_subprocess_exec(
                    *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env=environment_with(),
                    limit=1 << 24,
                )  # fmt: skip
                _yield(self._process.pid)
            except OSError as error:
                self._state |= {"state": "failed", "why": str(error)}
                return
            assert self._process.stdout is not None
            _, out = await asyncio.gather(self._hear(self._process.stderr), self._process.stdout.read())
            code = await self._process.wait()
            if picture.is_file():
                self.picture = picture.read_bytes()
        self._settle(code, out)

    def _settle(self, code: int, out: bytes) -> None:
        """Take in what the process printed."""
        try:
            found = orjson.loads(out.strip().split(b"\n")[-1])
        except (orjson.JSONDecodeError, IndexError):
            self._state |= {"state": "failed", "why": self._said[-1] if self._said else f"exit code {code}"}
            return
        kept = ("stage", "won", "stars", "leaks", "holds", "grade", "grade_reasons", "grade_codes", "job")
        self._state |= {"state": "done", "found": {name: found[name] for name in kept if name in found}}

    def _arguments(self, stage: str, seconds: int, picture: Path) -> list[str]:
        """The command line of the search."""
        roster = ["--roster"] if kept_file(self._config).is_file() else []
        config = ["--config", self._config.file] if self._config.file else []
        searched = ["--stage", stage, "--seconds", str(seconds), "--picture", str(picture), "--json"]
        return ["plan", *searched, *roster, *config]

    async def _hear(self, stream: asyncio.StreamReader | None) -> None:
        """Keep what the process says of its progress."""
        assert stream is not None
        async for line in stream:
            self._said.append(line.decode(errors="replace").rstrip())


def _yield(process: int) -> None:
    """Have a process leave the cores to the play; where that is not possible, it does not."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process, NICE)
