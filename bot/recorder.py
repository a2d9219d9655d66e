"""Records a run: the trace of all events and commands, in files of a bounded size, and the evidence of a fault."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bot import log
from bot.config import Config
from bot.fault_dump import dump
from bot.names import next_name
from bot.trace import Scene, TraceWriter
from bot.trace_files import TRACES, make_room, pack
from states.commands import Command
from states.events import Event, PartFailed
from states.machine import Setup
from vision.capture import Frame
from vision.evidence import SmallFrame

LAST_EVENTS = 200
"""Events kept for a fault's evidence."""
RETRY = 30.0
"""Seconds from one attempt to begin a trace again to the next, after the disk was full."""
ROOM = 4 << 20
"""Bytes that must be free for it."""


class Recorder:
    """Writes the trace and the fault dumps of a run into the data directory.

    When the trace cannot be written, for example to a full disk, the trace ends and play goes on: the methods that
    write it then return the event that reports this, and None otherwise.
    """

    def __init__(self, config: Config, clock: Callable[[], float], scene: Scene | None = None) -> None:
        self._options = config.trace
        self._traces = config.directory / "traces"
        self._faults = config.directory / "faults"
        self._log = config.directory / log.FILE
        self._clock = clock
        self._scene = scene
        self._path = self._traces
        """The trace that is being written."""
        self._trace: TraceWriter | None = None
        self._retry_at: float | None = None
        """When a trace may be begun again; None while there is one, or none is wanted. Seconds of time.monotonic."""
        self._last_events: deque[Event] = deque(maxlen=LAST_EVENTS)
        self._packing = ThreadPoolExecutor(1, thread_name_prefix="trace")
        """Compresses closed traces and deletes old ones, beside the play and one after the other."""

    def open(self, setup: Setup) -> PartFailed | None:
        """Begin a trace of a machine that was made from `setup`, unless the configuration says not to write any."""
        if not self._options.enabled:
            return None
        try:
            self._traces.mkdir(parents=True, exist_ok=True)
            self._pack_left_over()
            self._path = self._traces / f"{next_name(self._traces)}.jsonl"
            self._trace = TraceWriter(self._path, setup, self._scene)
        except OSError as error:
            return self._lose(str(error))
        self._packing.submit(make_room, self._traces, self._options.keep, self._options.total_megabytes, TRACES)
        log.logger().info("trace", path=str(self._path))
        self._retry_at = None
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

    def begin_again(self, setup: Setup) -> bool:
        """Begin another trace after the last could not be written; False where that is not due or still fails."""
        if self._retry_at is None or time.monotonic() < self._retry_at:
            return False
        self._retry_at = time.monotonic() + RETRY
        with contextlib.suppress(OSError):
            if shutil.disk_usage(self._traces).free >= ROOM:
                self.open(setup)
        return self._trace is not None

    @property
    def page_is_full(self) -> bool:
        """Whether the trace is so large that another should be begun."""
        return self._trace is not None and self._trace.bytes >= self._options.megabytes << 20

    def turn_page(self, setup: Setup) -> PartFailed | None:
        """End the trace and begin another, of a machine made from `setup`."""
        self._end_page("the next trace goes on")
        return self.open(setup)

    def close(self) -> None:
        """End the trace, if there is one, and wait until it is compressed."""
        self._end_page()
        self._packing.shutdown()

    def _end_page(self, why: str = "") -> None:
        """End the trace, if there is one, and have it compressed."""
        if self._trace is not None:
            self._trace.close(why)
            self._trace = None
            self._packing.submit(self._pack, self._path)

    def _pack_left_over(self) -> None:
        """Have traces compressed that a killed run left, and delete what a killed compression left."""
        for part in self._traces.glob(".*.part"):
            self._packing.submit(part.unlink, missing_ok=True)  # after what is being compressed now
        for left in sorted(self._traces.glob("*.jsonl")):
            self._packing.submit(self._pack, left)

    def _pack(self, trace: Path) -> None:
        """Compress a trace. It stays as it is where that fails, or where it was deleted meanwhile."""
        try:
            pack(trace, self._faults)
        except FileNotFoundError:
            pass
        except OSError as error:
            log.logger().warning("trace", path=str(trace), why=f"not compressed: {error}")

    async def dump(self, frames: Iterable[Frame | SmallFrame], known: dict[str, Any]) -> None:
        """Write the evidence of a fault into a folder of its own: frames, last events and what else is `known`.

        The folder holds the trace too, which goes on until its page ends, and the end of the log.
        """
        line = self._trace.number if self._trace else None
        evidence = {**known, "trace_line": line, "events": [repr(event) for event in self._last_events]}
        trace = self._path if self._trace else None
        try:
            name = next_name(self._faults)
            folder = await asyncio.to_thread(dump, self._faults, name, frames, evidence, log=self._log, trace=trace)
        except OSError as error:
            log.logger().error("dump", why=known["why"], error=str(error))
        else:
            log.logger().warning("dump", why=known["why"], folder=str(folder))

    def _lose(self, why: str) -> PartFailed | None:
        """Go on without a trace. Said once, until there was one again."""
        if self._trace is not None:
            self._trace.abandon()
        self._trace, said = None, self._retry_at is not None
        self._retry_at = time.monotonic() + RETRY
        if said:
            return None
        log.logger().warning("trace", why=f"{why}; playing on without a trace")
        return PartFailed(t=self._clock(), part="trace", why=why)
