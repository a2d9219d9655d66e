"""Records a run: the trace of all events and commands, in files of a bounded size, and the evidence of a fault."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from bot import log
from bot.config import Config
from bot.fault_dump import dump, prune
from bot.trace import TraceWriter
from states.commands import Command
from states.events import Event, PartFailed
from states.machine import Setup
from vision.capture import Frame

LAST_EVENTS = 200
"""Events kept for a fault's evidence."""


class Recorder:
    """Writes the trace and the fault dumps of a run into the data directory.

    When the trace cannot be written, for example to a full disk, the trace ends and play goes on: the methods that
    write it then return the event that reports this, and None otherwise.
    """

    def __init__(self, config: Config, clock: Callable[[], float]) -> None:
        self._options = config.trace
        self._traces = config.directory / "traces"
        self._faults = config.directory / "faults"
        self._clock = clock
        self._path = self._traces
        """The trace that is being written."""
        self._trace: TraceWriter | None = None
        self._last_events: deque[Event] = deque(maxlen=LAST_EVENTS)

    def open(self, setup: Setup) -> PartFailed | None:
        """Begin a trace of a machine that was made from `setup`, unless the configuration says not to write any."""
        if not self._options.enabled:
            return None
        try:
            self._traces.mkdir(parents=True, exist_ok=True)
            prune(self._traces, self._options.keep - 1, "*.jsonl")
            self._path = self._traces / f"{_stamp()}.jsonl"
            self._trace = TraceWriter(self._path, setup)
        except OSError as error:
            return self._lose(str(error))
        log.logger().info("trace", path=str(self._path))
        return None

    def record(self, event: Event, commands: list[Command]) -> PartFailed | None:
        """Keep an event as evidence, and write it and the commands it caused into the trace."""
        self._last_events.append(event)
        if self._trace is None:
            return None
        try:
            self._trace.write(event, commands)
        except OSError as error:
            return self._lose(str(error))
        return None

    @property
    def page_is_full(self) -> bool:
        """Whether the trace is so large that another should be begun."""
        if self._trace is None:
            return False
        try:
            return self._path.stat().st_size >= self._options.megabytes << 20
        except OSError:  # a user deleted the file that is being written
            return False

    def turn_page(self, setup: Setup) -> PartFailed | None:
        """End the trace and begin another, of a machine made from `setup`."""
        self.close()
        return self.open(setup)

    def close(self) -> None:
        """End the trace, if there is one."""
        if self._trace is not None:
            with contextlib.suppress(OSError):
                self._trace.close()
            self._trace = None

    async def dump(self, frames: Iterable[Frame], known: dict[str, Any]) -> None:
        """Write the evidence of a fault into a folder of its own: frames, last events and what else is `known`."""
        evidence = {**known, "events": [repr(event) for event in self._last_events]}
        try:
            folder = await asyncio.to_thread(dump, self._faults, _stamp(), frames, evidence)
        except OSError as error:
            log.logger().error("dump", why=known["why"], error=str(error))
        else:
            log.logger().warning("dump", why=known["why"], folder=str(folder))

    def _lose(self, why: str) -> PartFailed:
        self._trace = None
        log.logger().warning("trace", why=f"{why}; playing on without a trace")
        return PartFailed(t=self._clock(), part="trace", why=why)


def _stamp() -> str:
    """A name that sorts by time."""
    return datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
