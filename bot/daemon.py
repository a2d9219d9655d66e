"""The loop: events go into the machine, and its commands go to the parts that carry them out."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from bot import log, systemd
from bot.capture_loop import CaptureLoop
from bot.clients.following import FollowingPointer
from bot.config import Config
from bot.control import Control
from bot.decision_loop import DecisionLoop
from bot.hands import Hands
from bot.inbox import Inbox
from bot.parts import Parts, plan_policy
from bot.recorder import Recorder
from bot.reporter import Reporter
from bot.trace_pictures import scene_of
from bot.watchdog import Watchdog
from game.actions import Action
from game.errors import DONE, FAILED, HUMAN_NEEDED
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
from states.events import Event, StopAsked
from states.machine import Machine


class Daemon:
    """Plays until it is told to stop.

    `show` is called a few times a second, `hear` with every event once the machine has handled it, before its commands
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
        self._machine = parts.machine
        self._learner = parts.learner
        self._hear = hear
        client = self._client = parts.client
        self._inbox = Inbox()
        pointer = FollowingPointer(client.pointer, lambda: parts.watcher.area, client.size)
        self._hands = Hands(
            pointer, parts.geometry, self._inbox, client.clock, client.threads.pointer, client.pass_time
        )
        interval = None if client.lock_step else 1 / config.screen.fps
        self._capture = CaptureLoop(client, parts.watcher, self._inbox, lambda: self._hands.open, interval)
        self._decisions = DecisionLoop(
            parts.learner,
            self._inbox,
            client.clock,
            lock_step=client.lock_step,
            policy=plan_policy(config, parts, lambda: self._machine.battle.game_time),
        )
        self._control = Control(config.mqtt, self._inbox.put, client.clock, self.describe)
        self._recorder = Recorder(config, client.clock, scene_of(parts.stage, parts.squad))
        self._reporter = Reporter(
            parts,
            self._hands,
            self._capture,
            self._decisions,
            state=lambda: self._machine.state,
            publish=self._control.publish,
            post=self._inbox.put,
            show=lambda: show(self) if show else None,
        )
        self._watchdog = Watchdog(self._capture, self._inbox, parts.learner, lambda: self._reporter.line)
        self._human_needed = False
        """Whether a person was asked for, and the machine has not recovered since."""
        self._code: int | None = None
        """The exit code, once the run is to end."""

    async def run(self) -> int:
        """Play; returns the exit code. The learner is stopped and joined, and a checkpoint written, however it ends."""
        self._reporter.started(self._config)
        lost = self._recorder.open(self._machine.setup)
        if lost:
            await self._inbox.put(lost)
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
        return self._reporter.summary

    def describe(self) -> dict[str, Any]:
        """Everything a user wants to see of the bot as it is now, in plain data."""
        return self._reporter.describe()

    async def _play(self) -> None:
        """Run all tasks until the machine says Finish or one of them breaks."""
        consumer = asyncio.create_task(self._consume(), name="inbox")
        helpers = [
            asyncio.create_task(self._capture.run(), name="capture"),
            asyncio.create_task(self._hands.run(), name="hands"),
            asyncio.create_task(self._decisions.run(), name="decisions"),
            asyncio.create_task(self._reporter.run(), name="reporter"),
            asyncio.create_task(self._watchdog.run(), name="watchdog"),
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
            systemd.notify(STOPPING=1)
            await self._hands.shut()
            for task in (consumer, *helpers):
                task.cancel()
            await asyncio.gather(consumer, *helpers, return_exceptions=True)
            await self._control.close(control)

    async def _consume(self) -> None:
        """Take events in order; the commands of one are carried out before the next is handled."""
        while self._code is None:
            event: Event | None = await self._inbox.get()
            with self._inbox.pending():
                while event is not None and self._code is None:
                    event = await self._handle(event)

    async def _handle(self, event: Event) -> Event | None:
        """Handle one event. Where the trace could not be written, returns the event that says so, to handle next."""
        commands = self._machine.handle(event)
        self._reporter.event_happened(event)
        lost = self._recorder.record(event, commands)
        if self._hear:
            self._hear(event)
        for command in commands:
            await self._carry_out(command)
        self._watchdog.event_handled()
        return lost or self._turn_page()

    async def _carry_out(self, command: Command) -> None:  # noqa: C901 - one branch a command
        """Hand a command to the part that carries it out."""
        match command:
            case Gesture():
                self._hands.make(command)
            case Decide():
                self._decisions.decide(command)
            case Remember():
                action = Action(*command.action)
                self._learner.remember(command.before, action, command.after, command.outcome, command.stars)
            case BattleEnded():
                self._reporter.battle_ended(command)
                self._save_when_due(command.number)
            case Look():
                self._capture.look_again()
            case ShutGate():
                await self._hands.shut(command.last_tap)
                log.logger().info("gate", open=False)
            case OpenGate():
                self._hands.unshut()
                log.logger().info("gate", open=True)
            case Answer():
                self._control.answer(command.id, command.what)
            case Report():
                self._human_needed &= command.state in ("fault", "paused")
                self._reporter.state_changed(command)
            case Dump():
                await self._dump(command.why)
            case NeedHuman():
                self._human_needed = True
                self._reporter.need_human(command.why)
            case Finish():
                self._code = HUMAN_NEEDED if self._human_needed and not command.code else command.code
                self._reporter.why = command.why

    def _save_when_due(self, battles: int) -> None:
        """Have a checkpoint written after every so many battles."""
        if battles % self._config.learning.checkpoint_every == 0:
            self._learner.save()
            log.logger().info("checkpoint", battles=battles)

    async def _dump(self, why: str, **more: Any) -> None:
        """Write down the evidence of a fault."""
        known = {
            "why": why,
            "machine": self._machine.snapshot(),
            "status": self.describe(),
            "view": repr(self._reporter.view),
            **more,
        }
        await self._recorder.dump(self._capture.last_frames(), known)

    def _turn_page(self) -> Event | None:
        """Once a trace is large, begin the next with a fresh machine: between two battles, when nothing else is
        pending, so that each file replays by itself. Where the new one cannot be written, returns the event that says
        so.
        """
        machine = self._machine
        alone = self._inbox.under_way == 1 and machine.state in ("menu", "stage_select") and self._hands.open
        over = self._code is not None or machine.battles == machine.setup.battles
        if not alone or over or not self._recorder.page_is_full:
            return None
        self._machine = Machine(msgspec.structs.replace(machine.setup, played=machine.battles, ids=machine.last_id))
        self._capture.look_again()
        return self._recorder.turn_page(self._machine.setup)

    async def _end(self) -> None:
        """Stop learning with a last checkpoint, close the trace, and say how it went."""
        await asyncio.to_thread(self._learner.stop)
        if self._learner.unsaved:
            log.logger().error("checkpoint", why=self._learner.unsaved)
            self._code = self._code or FAILED
        self._recorder.close()
        self._reporter.stopped(self._code)

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        """Have Ctrl-C and SIGTERM end the run cleanly; the second one ends it without waiting for the machine."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        asked_before = False

        def ask(number: int, _frame: object = None) -> None:
            nonlocal asked_before
            event = StopAsked(t=self._client.clock(), id="", by=signal.Signals(number).name)
            end = task.cancel if asked_before else lambda: asyncio.ensure_future(self._inbox.put(event))
            asked_before = True
            loop.call_soon_threadsafe(end)

        before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
