"""The one loop: events into the machine, its commands out to whoever carries them out."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np

from bot import log
from bot.capture_loop import Eyes
from bot.config import Config
from bot.control import Control
from bot.decision_loop import Mind
from bot.fault_dump import dump, prune
from bot.hands import Hands
from bot.inbox import Inbox
from bot.parts import Parts
from bot.tally import Tally
from bot.trace import TraceWriter
from game.actions import DEPLOY, DIRECTIONS, KINDS, WAIT
from game.errors import DONE, FAILED, HUMAN_NEEDED
from game.view import BattleView
from states.commands import (
    Answer,
    BattleEnded,
    Command,
    Decide,
    Dump,
    Finish,
    Gesture,
    Look,
    NeedHuman,
    OpenGate,
    Remember,
    Report,
    ShutGate,
)
from states.events import BattleSeen, Decided, Event, PartFailed, ScreenSeen, StopAsked
from states.machine import Machine

CLOCK = 0.25
"""Seconds between two rounds of the clock: dashboard, the learner's health."""
STATUS_ROUNDS = 20
"""Rounds of the clock between two status messages."""
TALE = 200
"""Events kept for a fault's evidence."""


class Daemon:
    """Plays until it is told to stop.

    `show` is called a few times a second, `hear` with every event once the machine has taken it, before its commands
    are carried out.
    """

    def __init__(
        self,
        config: Config,
        parts: Parts,
        show: Callable[[Daemon], None] | None = None,
        hear: Callable[[Event], None] | None = None,
    ) -> None:
        self._config = config
        self._parts = parts
        self._show = show
        self._hear = hear
        self._machine = parts.machine
        self._learner = parts.learner
        self._watcher = parts.watcher
        self._now = parts.now
        self._inbox = Inbox()
        self._own: deque[Event] = deque()
        """Events that carrying out commands gave rise to; they go before those in the inbox."""
        self._hands = Hands(parts.pointer, parts.where, self._inbox, parts.now, parts.hands_thread)
        self._mind = Mind(parts.learner, self._inbox, parts.now, in_step=parts.in_step)
        interval = None if parts.in_step else 1 / config.screen.fps
        self._eyes = Eyes(
            parts.screen, parts.watcher, self._inbox, parts.now, lambda: self._hands.open, parts.eyes_thread, interval
        )
        self._control = Control(config.mqtt, self._inbox.put, parts.now, self.describe)
        self._setup = parts.setup
        self._trace: TraceWriter | None = None
        self._trace_path = config.directory
        self._tale: deque[Event] = deque(maxlen=TALE)
        self._tally = Tally()
        self._started = time.monotonic()
        self._why = ""
        self._screen = ""
        self._view: BattleView | None = None
        self._ills: dict[str, str | None] = {}
        """What was said about the learner."""
        self._human_needed = False
        """Whether a person was asked for, and the machine has not found its way since."""
        self._code: int | None = None

    async def run(self) -> int:
        """Play; returns the exit code. The learner is stopped and joined, and a checkpoint written, however it ends."""
        log.logger().info("started", stage=self._parts.stage.name, screen=self._config.screen.kind,
                          seed=self._config.learning.seed, data=str(self._config.directory))  # fmt: skip
        self._open_trace()
        self._learner.start()
        with self._signals():
            try:
                await self._play()
            finally:
                await self._end()
        return DONE if self._code is None else self._code

    @property
    def summary(self) -> dict[str, Any]:
        """The figures of the run so far."""
        seconds = round(time.monotonic() - self._started, 1)
        return {**self._tally.as_dict(), "decisions": self._mind.decisions, "seconds": seconds}

    def describe(self) -> dict[str, Any]:
        """Everything a person wants to see of the bot as it is now, in plain data."""
        learner = self._learner.status()
        return {
            "state": self._machine.state,
            "why": self._why,
            "screen": self._screen,
            "stage": self._parts.stage.name,
            "gate": "open" if self._hands.open else "shut",
            **self.summary,
            "gestures": sum(self._hands.made.values()),
            "frames": self._eyes.frames,
            "hud": _hud(self._view),
            "decision": self._decision(),
            "latency_ms": _latency(self._mind.latencies),
            **{key: learner.get(key) for key in ("epsilon", "buffer", "updates", "q_mean", "loss")},
            "learner_failed": self._learner.failed,
        }

    async def _play(self) -> None:
        """Run all tasks until the machine says Finish or one of them breaks."""
        consumer = asyncio.create_task(self._consume(), name="inbox")
        helpers = [
            asyncio.create_task(self._eyes.run(), name="eyes"),
            asyncio.create_task(self._hands.run(), name="hands"),
            asyncio.create_task(self._mind.run(), name="mind"),
            asyncio.create_task(self._tick(), name="clock"),
        ]
        control = asyncio.create_task(self._control.run(), name="control")
        try:
            await asyncio.wait([consumer, *helpers], return_when=asyncio.FIRST_COMPLETED)
            for task in (consumer, *helpers):
                if task.done():
                    task.result()
        except Exception as error:
            self._code = FAILED
            log.logger().error("part_failed", part="daemon", why=f"{type(error).__name__}: {error}")
            await self._dump("a part broke", error=repr(error))
            raise
        finally:
            await self._hands.shut()
            for task in (consumer, *helpers):
                task.cancel()
            await asyncio.gather(consumer, *helpers, return_exceptions=True)
            await self._control.close(control)

    async def _consume(self) -> None:
        """Take events in order, and carry out what the machine makes of each before the next."""
        while self._code is None:
            event = self._own.popleft() if self._own else await self._inbox.get()
            try:
                await self._handle(event)
            finally:
                self._inbox.end()

    async def _handle(self, event: Event) -> None:
        commands = self._machine.handle(event)
        self._notice(event)
        self._record(event, commands)
        if self._hear:
            self._hear(event)
        for command in commands:
            await self._carry_out(command)
        self._turn_page()

    async def _carry_out(self, command: Command) -> None:  # noqa: C901 - one line a command
        """Do what the machine asks, or hand it to whoever does."""
        match command:
            case Gesture():
                self._hands.make(command)
            case Decide() | Remember():
                self._mind.take(command)
            case BattleEnded():
                self._settle(command)
            case Look():
                self._watcher.look_again()
            case ShutGate():
                await self._hands.shut()
                log.logger().info("gate", open=False)
            case OpenGate():
                self._hands.unshut()
                log.logger().info("gate", open=True)
            case Answer():
                self._control.answer(command.id, command.what)
            case Report():
                self._report(command)
            case Dump():
                await self._dump(command.why)
            case NeedHuman():
                self._human_needed = True
                log.logger().error("need_human", why=command.why)
                self._control.publish("event/need_human", {"why": command.why})
            case Finish():
                self._code = HUMAN_NEEDED if self._human_needed and not command.code else command.code
                self._why = command.why

    def _notice(self, event: Event) -> None:
        """Keep and log what people want to know of an event."""
        self._tale.append(event)
        match event:
            case BattleSeen():
                self._view = event.view
            case ScreenSeen():
                self._screen = event.screen
                log.logger().info("screen", t=round(event.t, 2), screen=event.screen)
            case Decided():
                said = {"action": self._words(event.action), "q": round(event.q, 3), "explored": event.explored}
                log.logger().info("decision", t=round(event.t, 2), **said, ms=round(event.latency * 1000, 2))
            case PartFailed():
                log.logger().warning("part_failed", part=event.part, why=event.why)

    def _settle(self, battle: BattleEnded) -> None:
        """Count a battle, tell of it, and ask for a checkpoint when one is due."""
        self._tally.add(battle)
        learner = self._learner.status()
        told = {
            "number": self._tally.battles,
            "outcome": battle.outcome,
            "stars": battle.stars,
            "seconds": round(battle.seconds, 1),
            "win_rate_last_20": round(self._tally.win_rate, 3),
            "epsilon": round(learner["epsilon"], 3),
            "buffer": learner["buffer"],
        }
        log.logger().info("battle", **told)
        self._control.publish("event/battle", told)
        if self._tally.battles % self._config.learning.checkpoint_every == 0:
            self._learner.save()
            log.logger().info("checkpoint", battles=self._tally.battles)

    def _report(self, report: Report) -> None:
        """Say that the state changed."""
        self._why = report.why
        self._human_needed &= report.state in ("fault", "paused")
        log.logger().info("state", state=report.state, why=report.why)
        self._control.publish("state", {"state": report.state, "why": report.why}, retain=True)

    async def _tick(self) -> None:
        """What is looked after a few times a second, whatever the game does."""
        rounds = 0
        while True:
            await self._ask_the_learner()
            if rounds % STATUS_ROUNDS == 0:
                self._control.publish("status", self.describe(), retain=True)
            if self._show:
                self._show(self)
            rounds += 1
            await asyncio.sleep(CLOCK)

    async def _ask_the_learner(self) -> None:
        """Say once what is wrong with learning: that it failed, that it cannot be saved, that its figures cannot be."""
        learner = self._learner.status()
        news = {name: learner[name] for name in ("failed", "unsaved", "alarm") if learner[name] != self._ills.get(name)}
        self._ills |= news
        if news.get("failed"):
            await self._inbox.put(PartFailed(t=self._now(), part="learner", why=news["failed"]))
        if news.get("unsaved"):
            log.logger().warning("checkpoint", why=news["unsaved"])
        if news.get("alarm"):
            log.logger().warning("part_failed", part="learner", why=news["alarm"])

    async def _dump(self, why: str, **more: Any) -> None:
        """Write down the evidence of a fault."""
        known = {
            "why": why,
            "machine": self._machine.snapshot(),
            "status": self.describe(),
            "events": [repr(event) for event in self._tale],
            "view": repr(self._view),
            **more,
        }
        frames = list(self._watcher.last_frames)
        try:
            folder = await asyncio.to_thread(dump, self._config.directory / "faults", _stamp(), frames, known)
        except OSError as error:
            log.logger().error("dump", why=why, error=str(error))
        else:
            log.logger().warning("dump", why=why, folder=str(folder))

    def _open_trace(self) -> None:
        """Begin the record of this run; without one, play on and say so."""
        options, folder = self._config.trace, self._config.directory / "traces"
        if not options.enabled:
            return
        try:
            folder.mkdir(parents=True, exist_ok=True)
            prune(folder, options.keep - 1, "*.jsonl")
            self._trace_path = folder / f"{_stamp()}.jsonl"
            self._trace = TraceWriter(self._trace_path, self._setup)
        except OSError as error:
            self._lose_trace(str(error))
        else:
            log.logger().info("trace", path=str(self._trace_path))

    def _turn_page(self) -> None:
        """Once a trace is large, begin the next one, with a fresh machine: between two battles, when nothing else is
        under way, so that each file replays by itself.
        """
        alone = self._inbox.under_way == 1 and self._machine.state in ("menu", "stage_select") and self._hands.open
        if self._trace is None or not alone or self._code is not None:
            return
        left = self._setup.battles and self._setup.battles - self._machine.battles
        if left == 0 or self._trace_path.stat().st_size < self._config.trace.megabytes << 20:
            return
        self._trace.close()
        self._setup = msgspec.structs.replace(self._setup, battles=left)
        self._machine = Machine(self._setup)
        self._open_trace()
        self._watcher.look_again()

    def _record(self, event: Event, commands: list[Command]) -> None:
        """Write an event and what came of it into the trace; a full disk ends the trace, not the play."""
        if self._trace is None:
            return
        try:
            self._trace.write(event, commands)
        except OSError as error:
            self._lose_trace(str(error))

    def _lose_trace(self, why: str) -> None:
        self._trace = None
        log.logger().warning("trace", why=f"{why}; playing on without a trace")
        self._inbox.begin()
        self._own.append(PartFailed(t=self._now(), part="trace", why=why))

    async def _end(self) -> None:
        """Stop learning with a last checkpoint, close the trace, and say how it went."""
        await asyncio.to_thread(self._learner.stop)
        if self._learner.unsaved:
            log.logger().error("checkpoint", why=self._learner.unsaved)
            self._code = self._code or FAILED
        if self._trace is not None:
            with contextlib.suppress(OSError):
                self._trace.close()
        log.logger().info("stopped", code=self._code, why=self._why, **self.summary)

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        """Have Ctrl-C and SIGTERM end the run cleanly; asked again, end it without waiting for the machine."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        asked_before = False

        def asked(number: int, _frame: object = None) -> None:
            nonlocal asked_before
            event = StopAsked(t=self._now(), id="", by=signal.Signals(number).name)
            end = task.cancel if asked_before else lambda: asyncio.ensure_future(self._inbox.put(event))
            asked_before = True
            loop.call_soon_threadsafe(end)

        before = {number: signal.signal(number, asked) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _decision(self) -> dict[str, Any] | None:
        last = self._mind.last
        return last and {"action": self._words(last.action), "q": round(last.q, 3), "explored": last.explored}

    def _words(self, action: tuple[int, int, int, int]) -> str:
        """An action as one would say it."""
        kind, slot, tile, direction = action
        if kind == WAIT:
            return "wait"
        name = self._parts.squad[slot].name
        if kind != DEPLOY:
            return f"{KINDS[kind]} {name}"
        row, col = divmod(tile, self._parts.stage.width)
        return f"deploy {name} at row {row}, column {col} facing {DIRECTIONS[direction]}"


def _hud(view: BattleView | None) -> dict[str, int] | None:
    return None if view is None else {key: getattr(view, key) for key in ("kills", "total", "life", "dp", "slots_left")}


def _latency(spent: deque[float]) -> dict[str, float] | None:
    """Median and 99th percentile of the last decisions, in milliseconds."""
    if not spent:
        return None
    low, high = np.percentile(list(spent), (50, 99)) * 1000
    return {"p50": round(float(low), 2), "p99": round(float(high), 2)}


def _stamp() -> str:
    """A name that sorts by time."""
    return datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
