"""What is played one after the other: stages in turn, a stage that a person asks for, a configuration that was changed.

A `Daemon` plays one stage. Between two of them everything but the connection to the broker and the counts of the run is
built anew, in a thread, so that people who ask meanwhile are answered.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from bot import log, systemd
from bot.config import Config, load, playing
from bot.control import Control
from bot.daemon import Daemon
from bot.ending import LEAVING, EndingSignals
from bot.parts import Parts
from bot.report import LEAST, report_night
from bot.run_counts import RunCounts
from bot.schedule import ScheduleMemory
from bot.squads import names_in
from bot.waiting import aside, within
from bot.web.beside import open_page
from game.errors import DONE, HoldfastError
from states.events import ReloadAsked, StageAsked, StopAsked

ROUND = 1.0
"""Seconds between two pings of systemd's watchdog while a turn is prepared."""
PREPARING = 300.0
"""Seconds that the preparations may take beside the planning; after that they count as hanging."""


class Turn(NamedTuple):
    """A stage, how many battles of it are played before the next turn (0 for no end), and who stays at home there."""

    stage: str
    battles: int
    avoid: tuple[str, ...] = ()


@dataclass(frozen=True)
class Prepared:
    """Everything that one turn is played with."""

    parts: Parts
    facts: dict[str, Any]
    """How far results of the stage may be trusted, for the summary."""


Prepare = Callable[[Config, int, int], Prepared]
"""Makes the parts for the configuration's stage, given the numbers of the last battle to play (0 for no end) and of the
last one before. Raises the errors of the parts. All but the first are made in a thread.
"""


def _each(*shows: Callable[[Daemon], None] | None) -> Callable[[Daemon], None]:
    """Calls each that is there."""
    given = [show for show in shows if show]

    def show_all(daemon: Daemon) -> None:
        for show in given:
            show(daemon)

    return show_all


def turns(config: Config) -> Iterator[Turn]:
    """What to play, without end: the stages of [schedule] turns over and over, or the one of [play] stage."""
    listed = [Turn(one.stage, one.battles) for one in config.schedule.turns]
    yield from itertools.cycle(listed or [Turn(config.play.stage, 0)])


class Run:
    """Plays turn after turn, until so many `battles` are settled (0 for no end) or a stop or a fault ends it.

    With `collect`, frames of battles are kept for teaching the detector.
    """

    def __init__(
        self,
        config: Config,
        battles: int,
        make: Prepare,
        signals: EndingSignals,
        show: Callable[[Daemon], None] | None = None,
        *,
        collect: bool = False,
    ) -> None:
        self._config = config
        self._collect = collect
        self._battles = battles
        self._make = make
        self._signals = signals
        self._show = show
        self._turns = turns(config)
        self._turn = next(self._turns)
        self._counts = RunCounts()
        self._schedule = ScheduleMemory()
        self._began = datetime.now().astimezone()
        self.summary: dict[str, Any] = {}
        """The figures of all turns, once the run has ended."""

    def prepare(self) -> Prepared:
        """The parts of the present turn. Raises the errors of the parts."""
        return self._make(self._playing, self._until(), self._counts.battles)

    @property
    def _playing(self) -> Config:
        """The configuration of the present turn."""
        return playing(self._config, self._turn.stage, self._turn.avoid)

    async def play(self, prepared: Prepared) -> int:
        """Play, beginning with what `prepare` returned; returns the exit code."""
        control = Control(self._config.mqtt)
        serving = asyncio.create_task(control.run(), name="control")
        page = open_page(self._config, control)
        daemon: Daemon | None = None
        try:
            following: Prepared | None = prepared
            while following is not None:
                prepared, following = following, None
                show = _each(self._show, page.show if page else None)
                daemon = Daemon(
                    self._playing, prepared.parts, show,
                    signals=self._signals, control=control, counts=self._counts, schedule=self._schedule,
                    collect=self._collect,
                )  # fmt: skip
                code = await daemon.run()
                self._schedule = daemon.schedule
                self.summary = {**daemon.summary, **prepared.facts}
                if code == DONE:
                    following = await self._next(daemon.leaving, control)
            await self._report(control)
            return code
        finally:
            if daemon is None or not isinstance(daemon.leaving, StopAsked):  # else the daemon has said so
                systemd.notify(STOPPING=1)
            if page is not None:
                await within(LEAVING, "web", page.close())
            await within(LEAVING, "broker", control.close(serving))

    async def _report(self, control: Control) -> None:
        """Write the report of a run of some length."""
        if self._counts.battles >= LEAST:
            await report_night(self._config.directory, self._began, control.publish)

    async def _next(self, leaving: StopAsked | StageAsked | ReloadAsked | None, control: Control) -> Prepared | None:
        """What is played after a turn that ended because of `leaving`, or by itself; None at the end of the run."""
        match leaving:
            case StopAsked():
                return None
            case StageAsked():
                turn = Turn(leaving.stage, 0, names_in(leaving.avoid))
                return await self._change(leaving, control, self._config, turn)
            case ReloadAsked():
                return await self._reload(leaving, control)
        if not self._config.schedule.turns or (self._battles and self._counts.battles >= self._battles):
            return None
        self._turn = next(self._turns)
        return await self._prepare_aside()

    async def _prepare_aside(self) -> Prepared | None:
        """What `prepare` returns; None where a signal ends the run meanwhile."""
        loop, preparing = asyncio.get_running_loop(), asyncio.ensure_future(aside(self.prepare))

        def heard(_name: str, _first: bool) -> None:
            loop.call_soon_threadsafe(preparing.cancel)

        patience = time.monotonic() + self._config.play.planning_seconds + PREPARING
        with self._signals.heard_by(heard):
            while not (await asyncio.wait([preparing], timeout=ROUND))[0]:
                if time.monotonic() < patience:
                    systemd.notify(WATCHDOG=1)
        return None if preparing.cancelled() else preparing.result()

    async def _reload(self, asked: ReloadAsked, control: Control) -> Prepared | None:
        """Read the configuration file again, and begin its turns."""
        try:
            config = load(Path(self._config.file) if self._config.file else None)
        except HoldfastError as error:
            return await self._go_on(asked, control, error)
        fresh = turns(config)
        following = await self._change(asked, control, config, next(fresh))
        if self._config is config:
            self._turns = fresh
        return following

    async def _change(
        self, asked: StageAsked | ReloadAsked, control: Control, config: Config, turn: Turn
    ) -> Prepared | None:
        """Play something else, or go on as before where that cannot be prepared; the caller hears which."""
        before, self._turn, self._config = (self._turn, self._config), turn, config
        try:
            following = await self._prepare_aside()
        except HoldfastError as error:
            self._turn, self._config = before
            return await self._go_on(asked, control, error)
        if following is not None:
            control.answer(asked.id, f"playing {following.parts.stage.code}")
        return following

    async def _go_on(self, asked: StageAsked | ReloadAsked, control: Control, error: HoldfastError) -> Prepared | None:
        """Say why a change is not made, and play on as before."""
        why = " ".join(str(error).split())
        log.logger().warning("request_failed", verb="reload" if isinstance(asked, ReloadAsked) else "stage", why=why)
        control.reject(asked.id, "failed", why)
        return await self._prepare_aside()

    def _until(self) -> int:
        """The number of the last battle of this turn; 0 for no end."""
        ends = [self._counts.battles + self._turn.battles] if self._turn.battles else []
        return min([*ends, self._battles] if self._battles else ends, default=0)
