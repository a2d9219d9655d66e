"""The loop: events go into the machine, and its commands go to the parts that carry them out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from bot import log, state_file, systemd
from bot.capture_loop import CaptureLoop
from bot.clients.following import FollowingPointer
from bot.config import Config, playing
from bot.control import Control, Served
from bot.decision_loop import DecisionLoop
from bot.ending import LAST_CHECKPOINT, LEAVING, ORDERLY, EndingSignals
from bot.frame_keeper import FrameKeeper
from bot.garbage import only_new_objects_searched
from bot.hands import Hands
from bot.health import process_figures
from bot.inbox import Inbox
from bot.parts import Parts, advise, look_ahead, plan_policy
from bot.recorder import Recorder
from bot.report import report_night
from bot.reporter import Reporter
from bot.run_counts import RunCounts
from bot.schedule import BY, ScheduleMemory, Scheduler
from bot.screenshots import Screenshots
from bot.sources import open_stage, play_stage
from bot.squads import avoided, names_in
from bot.state_file import Pause, StateFile
from bot.trace_pictures import scene_of
from bot.twin_watch import TwinWatch
from bot.waiting import within
from bot.watchdog import Watchdog
from game.actions import Action
from game.errors import DONE, FAILED, HUMAN_NEEDED
from game.view import BattleView, EnemySeen
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
    Reject,
    Remember,
    Report,
    SetLearning,
    ShutGate,
    TakeScreenshot,
)
from states.events import Event, PartFailed, PauseAsked, ReloadAsked, ResumeAsked, StageAsked, StopAsked
from states.machine import Machine


class Daemon:
    """Plays until it is told to stop.

    `show` is called a few times a second, `hear` with every event once the machine has handled it, before its commands
    are carried out. With `collect`, frames of battles are kept for teaching the detector.
    """

    def __init__(
        self,
        config: Config,
        parts: Parts,
        show: Callable[[Daemon], None] | None = None,
        hear: Callable[[Event], None] | None = None,
        signals: EndingSignals | None = None,
        control: Control | None = None,
        counts: RunCounts | None = None,
        schedule: ScheduleMemory | None = None,
        collect: bool = False,
    ) -> None:
        self._config = config
        self._signals = signals or EndingSignals()
        self._hurried = asyncio.Event()
        """Set once the run is to end without waiting for the machine."""
        self._machine = parts.machine
        self._learner = parts.learner
        self._hear = hear
        client = self._client = parts.client
        self._inbox = Inbox()
        pointer = FollowingPointer(client.pointer, lambda: parts.watcher.area, client.size)
        self._hands = Hands(
            pointer,
            lambda: parts.geometry._replace(profile=parts.watcher.profile),
            self._inbox,
            client.clock,
            client.threads.pointer,
            client.pass_time,
        )
        interval = None if client.lock_step else 1 / config.screen.fps
        self._capture = CaptureLoop(client, parts.watcher, self._inbox, lambda: self._hands.open, interval)
        self._plan, self._ahead = plan_policy(config, parts, self._seconds), look_ahead(config, parts, self._seconds)
        policy, lock_step = self._plan or self._ahead, client.lock_step
        self._decisions = DecisionLoop(parts.learner, self._inbox, client.clock, lock_step=lock_step, policy=policy)
        advise(parts, self._seconds)
        self._parts = parts
        self._control = control or Control(config.mqtt)
        self._own_control = control is None
        counts = counts or RunCounts()
        self._screenshots = Screenshots(config.directory / "screenshots", self._control, self._capture.last_frames)
        watcher, frames = parts.watcher, config.directory / "frames"
        self._frame_keeper = (
            FrameKeeper(frames, parts.stage, lambda: watcher.sight, lambda: watcher.profile) if collect else None
        )
        self._twin = TwinWatch(
            parts.stage,
            parts.squad,
            completes=not parts.watcher.sees_enemies or watcher.profile.operators is not None,
            lock_step=lock_step,
            ahead=self._ahead,
            rest=config.hands.rest,
            tell=self._frame_keeper.followed if self._frame_keeper else None,
        )
        self._recorder = Recorder(config, client.clock, scene_of(parts.stage, parts.squad))
        self._kept = StateFile(config.directory / state_file.FILE)
        self._reporter = Reporter(
            parts,
            self._hands,
            self._capture,
            self._decisions,
            state=lambda: self._machine.state,
            kept=self._kept,
            publish=self._control.publish,
            post=self._inbox.put,
            show=lambda: show(self) if show else None,
            counts=counts,
        )
        self._scheduler = Scheduler(
            config.schedule,
            lambda: self._machine.state,
            lambda: counts.battles,
            self._inbox.put,
            client.clock,
            self._report,
            memory=schedule,
        )
        self._watchdog = Watchdog(self._capture, self._inbox, parts.learner, lambda: self._reporter.line)
        self._human_needed = False
        """Whether a person was asked for, and the machine has not recovered since."""
        self._stopped: StopAsked | None = None
        """The stop that a signal asked for, which the machine may not come to handle."""
        self._code: int | None = None
        """The exit code, once the run is to end."""

    @property
    def leaving(self) -> StopAsked | StageAsked | ReloadAsked | None:
        """The request because of which the run ended; None where it ended by itself."""
        return self._stopped or self._machine.leaving

    @property
    def schedule(self) -> ScheduleMemory:
        """What the schedule of the next turn goes on from."""
        return self._scheduler.memory

    async def run(self) -> int:
        """Play; returns the exit code. The learner is stopped and joined, and a checkpoint written, however it ends."""
        loop = asyncio.get_running_loop()

        def heard(name: str, first: bool) -> None:
            loop.call_soon_threadsafe(self._asked_to_end, name, first)

        with self._signals.heard_by(heard), only_new_objects_searched():
            self._reporter.started(self._config)
            await self._pause_as_before()
            lost = self._recorder.open(self._machine.setup)
            if lost:
                await self._inbox.put(lost)
            self._learner.start()
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
        more = {"twin": self._twin.describe(), "plan": self._plan_progress(), "inbox": len(self._inbox)}
        more["look_ahead"] = self._ahead.describe() if self._ahead else None
        return {**self._reporter.describe(), **more, **process_figures()}

    @property
    def parts(self) -> Parts:
        """What it plays with."""
        return self._parts

    @property
    def decisions(self) -> DecisionLoop:
        """What was decided."""
        return self._decisions

    @property
    def known(self) -> BattleView | None:
        """The battle at play as the machine knows it: as seen, with the operators' slots and directions."""
        memory = self._machine.battle.memory
        return memory.view if memory else None

    @property
    def inferred(self) -> tuple[EnemySeen, ...]:
        """Where the twin has enemies."""
        return self._twin.enemies if self._machine.battle.memory else ()

    def _seconds(self) -> float:
        """Seconds of play of the battle under way: the clock of the plan."""
        return self._twin.seconds

    def _plan_progress(self) -> dict[str, int] | None:
        """How many of the plan's steps are done in this battle, and how many there are; None without a plan."""
        plan, follower = self._parts.plan, self._plan or self._learner.policy.adviser
        return None if plan is None else {"done": follower.reached if follower else 0, "steps": len(plan.steps)}

    async def _play(self) -> None:
        """Run all tasks until the machine says Finish or one of them breaks."""
        consumer = asyncio.create_task(self._consume(), name="inbox")
        helpers = [
            asyncio.create_task(self._capture.run(), name="capture"),
            asyncio.create_task(self._hands.run(), name="hands"),
            asyncio.create_task(self._decisions.run(), name="decisions"),
            asyncio.create_task(self._reporter.run(), name="reporter"),
            asyncio.create_task(self._watchdog.run(), name="watchdog"),
            asyncio.create_task(self._scheduler.run(), name="schedule"),
        ]
        self._control.serve(Served(self._inbox.put_first, self._client.clock, self.describe, self._check))
        control = asyncio.create_task(self._control.run(), name="control") if self._own_control else None
        hurried = asyncio.create_task(self._hurried.wait(), name="hurried")
        try:
            await asyncio.wait([consumer, *helpers, hurried], return_when=asyncio.FIRST_COMPLETED)
            for task in (consumer, *helpers):
                if task.done():
                    task.result()
        except Exception as error:
            self._code = FAILED
            log.logger().error("part_failed", part="daemon", why=f"{type(error).__name__}: {error}")
            await self._dump("a part broke", error=repr(error))
            raise
        finally:
            if isinstance(self.leaving, StopAsked):
                systemd.notify(STOPPING=1)
            hurried.cancel()
            await within(LEAVING, "hands", self._hands.shut())
            for task in (consumer, *helpers):
                task.cancel()
            await within(LEAVING, "daemon", asyncio.gather(consumer, *helpers, return_exceptions=True))
            self._control.keep()
            if control is not None:
                await within(LEAVING, "broker", self._control.close(control))

    def _check(self, event: Event) -> None:
        """Raise HoldfastError where a stage is asked for that cannot be played, or without operators of no table."""
        if isinstance(event, StageAsked):
            asked, known = playing(self._config, event.stage, names_in(event.avoid)), self._parts.known
            open_stage(play_stage(asked), known)
            avoided(asked, known.catalogue)

    async def _consume(self) -> None:
        """Take events in order; the commands of one are carried out before the next is handled."""
        while self._code is None:
            event: Event | None = await self._inbox.get()
            with self._inbox.pending():
                while event is not None and self._code is None:
                    event = await self._handle(event)

    async def _handle(self, event: Event) -> Event | None:
        """Handle one event. Where the trace could not be written, returns the event that says so, to handle next."""
        event = self._twin.completed(event, self._machine.battle.memory)
        commands = self._machine.handle(event)
        self._keep_pause(event)
        self._reporter.event_happened(event)
        if self._frame_keeper:
            self._frame_keeper.event_happened(event)
        self._twin.event_happened(event, self._machine.battle.memory)
        lost = self._recorder.record(event, commands)
        if self._hear:
            self._hear(event)
        for command in commands:
            await self._carry_out(command)
        self._watchdog.event_handled()
        return lost or self._turn_page()

    async def _carry_out(self, command: Command) -> None:  # noqa: C901, PLR0912 - one branch a command
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
                kept = self._kept.state
                self._keep(battles=kept.battles + 1, won=kept.won + (command.outcome == "won"))
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
            case Reject():
                self._control.reject(command.id, command.code, command.why)
            case SetLearning():
                self._learner.set_learning(on=command.on)
            case TakeScreenshot():
                self._screenshots.take(command.id)
            case Report():
                self._human_needed &= command.state in ("fault", "entry", "paused")
                self._reporter.state_changed(command)
            case Dump():
                await self._dump(command.why)
            case NeedHuman():
                self._human_needed = True
                self._reporter.need_human(command.why)
            case Finish():
                self._code = HUMAN_NEEDED if self._human_needed and not command.code else command.code
                self._reporter.why = command.why

    def _keep(self, **fields: Any) -> None:
        """Change what outlives the daemon. It is written when this returns, and safe from a power cut soon after."""
        failed_before = self._kept.failed
        self._kept.change(**fields)
        if self._kept.failed and not failed_before:
            log.logger().warning("state_file", why=f"{self._kept.failed}; playing on, a restart will not know it")
        self._syncing = asyncio.get_running_loop().run_in_executor(None, self._kept.sync)

    def _keep_pause(self, event: Event) -> None:
        """Have a pause outlive the daemon and the schedule, from before it is acknowledged until it is ended. One of
        the schedule does not: the next start looks at the clock itself.
        """
        kept = self._kept.state.paused is not None
        if _is_persons_pause(event) or (isinstance(event, ResumeAsked) and event.by != BY):
            self._scheduler.give_way()
        if self._machine.state != "paused":
            if kept:
                self._keep(paused=None)
        elif _is_persons_pause(event) and not kept:
            since = datetime.now().astimezone().isoformat(timespec="seconds")
            self._keep(paused=Pause(why=self._machine.why, since=since))

    async def _pause_as_before(self) -> None:
        """Begin paused where the last run ended so, and say what could not be read of it."""
        if self._kept.note:
            log.logger().warning("state_file", why=self._kept.note)
        paused = self._kept.state.paused
        if paused is not None:
            why = f"paused since {paused.since} ({paused.why}), before this start; go on with: holdfast resume"
            log.logger().warning("state_file", why=why)
            await self._inbox.put(PauseAsked(t=self._client.clock(), id="", by="state file"))

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
        """Once a trace is large, or there is room for one again, begin the next with a fresh machine: between two
        battles, when nothing else is pending, so that each file replays by itself. Where the new one cannot be written,
        returns the event that says so.
        """
        machine = self._machine
        alone = self._inbox.under_way == 1 and machine.state in ("menu", "stage_select") and self._hands.open
        over = self._code is not None or machine.battles == machine.setup.battles
        if not alone or over:
            return None
        carried = {"played": machine.battles, "ids": machine.last_id, "entered_again": machine.entry.entered_again}
        setup, lost = msgspec.structs.replace(machine.setup, **carried), None
        if self._recorder.page_is_full:
            lost = self._recorder.turn_page(setup)
        elif not self._recorder.begin_again(setup):
            return None
        self._machine = Machine(setup)
        self._capture.look_again()
        return lost

    async def _report(self) -> None:
        """Write the report of the last 24 hours, as their playing hours are over."""
        since = datetime.now().astimezone() - timedelta(hours=24)
        await report_night(self._config.directory, since, self._control.publish)

    async def _end(self) -> None:
        """Stop learning with a last checkpoint, close the trace, and say how it went."""
        ended = await asyncio.to_thread(self._learner.stop, LAST_CHECKPOINT)
        unsaved = self._learner.unsaved if ended else f"the learner did not end within {LAST_CHECKPOINT:g} s"
        if unsaved:
            log.logger().error("checkpoint", why=unsaved)
            self._code = self._code or FAILED
        self._recorder.close()
        self._decisions.close()
        self._twin.close()
        if self._ahead:
            self._ahead.close()
        if self._frame_keeper:
            self._frame_keeper.close()
        for thread in self._client.threads:
            thread.shutdown(wait=False, cancel_futures=True)
        self._reporter.stopped(self._code)

    def _asked_to_end(self, signal_name: str, first: bool) -> None:
        """Have the first signal end the run in order, and a further one end it without waiting for the machine."""
        if not first:
            self._hurry()
            return
        self._reporter.why = f"stopped by {signal_name}"
        self._stopped = StopAsked(t=self._client.clock(), id="", by=signal_name)
        self._asking = asyncio.ensure_future(self._inbox.put(self._stopped))
        asyncio.get_running_loop().call_later(ORDERLY, self._hurry)

    def _hurry(self) -> None:
        """End the run without waiting for the machine."""
        if self._code is None:
            self._code = HUMAN_NEEDED if self._human_needed else DONE
        self._hurried.set()


def _is_persons_pause(event: Event) -> bool:
    """Whether a person asks for a pause with this event: by a request, or by taking the mouse."""
    taken = isinstance(event, PartFailed) and event.part == "hands"
    return taken or (isinstance(event, PauseAsked) and event.by != BY)
