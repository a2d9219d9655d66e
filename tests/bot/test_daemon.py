"""The daemon on the off-screen practice game, in this process: everything real, but for what a test lets fail."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import gc
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiomqtt
import numpy as np
import pytest
from runs import NO_BROKER, PATIENCE, PLAY_SECONDS, SMALL, configuration, events_of, make, quick_level, short_level

from bot import log
from bot.cli import main
from bot.config import parse
from bot.daemon import Daemon
from bot.parts import build
from bot.trace import TraceWriter, read_trace, replay
from states.commands import BattleEnded
from states.events import Event

UNHURRIED = 0.3
"""Seconds a frame takes where there must be time for a request to arrive."""

pytestmark = pytest.mark.timeout(600)


def quick(folder: Path, level: Callable[[Path], Path] = quick_level, **mqtt: Any) -> dict[str, Any]:
    """Configuration for what happens with every battle: a short one, with fewer and smaller frames."""
    return {
        "play": {"stage": level(folder).name},
        "practice": SMALL,
        "mqtt": mqtt or NO_BROKER,
    }


class SlowScreen:
    """A screen that takes a moment for every frame, so that there is time to pause in every state.

    It can go dark, and keep the game's clock `still` while other processes start.
    """

    def __init__(self, screen: Any, seconds: float) -> None:
        self._screen = screen
        self._held = False
        self.seconds = seconds
        self.dark = self.still = False

    def hold(self, held: bool) -> None:
        """Let the game's clock stand still, or go on."""
        self._held = held

    def grab(self) -> Any:
        """A frame, after a moment; a black one while it is dark."""
        time.sleep(self.seconds)
        self._screen.hold(self._held or self.still)
        frame = self._screen.grab()
        return dataclasses.replace(frame, image=np.zeros_like(frame.image)) if self.dark else frame


class NotingPointer:
    """A pointer that notes when it touches the game."""

    def __init__(self, pointer: Any) -> None:
        self._pointer = pointer
        self.check = pointer.check
        self.release = pointer.release
        self.touches: list[float] = []

    def press(self, x: int, y: int) -> None:
        """Touch."""
        self.touches.append(time.monotonic())
        self._pointer.press(x, y)

    def move(self, x: int, y: int) -> None:
        """Touch."""
        self.touches.append(time.monotonic())
        self._pointer.move(x, y)


class Caller:
    """A user with an MQTT client."""

    def __init__(self, client: aiomqtt.Client, name: str) -> None:
        self._client = client
        self._name = name
        self._asked = 0

    async def ask(self, verb: str) -> float:
        """Send a request; when its answer came."""
        self._asked += 1
        await self._client.publish(f"holdfast/{self._name}/command/{verb}", json.dumps({"id": self._asked}), qos=1)
        async with asyncio.timeout(PATIENCE):
            async for message in self._client.messages:
                answer = json.loads(message.payload)
                if answer["id"] == self._asked and answer["step"] == "done":
                    return time.monotonic()
        raise AssertionError


@contextlib.asynccontextmanager
async def playing(daemon: Daemon) -> AsyncIterator[asyncio.Task[int]]:
    """A daemon at play, connected; ended at the end."""
    task = asyncio.create_task(daemon.run())
    try:
        await until(lambda: daemon._control.connected)
        yield task
    finally:
        if not task.done():
            os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(task, PATIENCE)


@contextlib.asynccontextmanager
async def caller(port: int) -> AsyncIterator[Caller]:
    """A user on the broker who gets the answers."""
    async with aiomqtt.Client("127.0.0.1", port) as client:
        await client.subscribe("holdfast/tester/response", qos=1)
        yield Caller(client, "tester")


async def until(condition: Callable[[], Any], seconds: float = PATIENCE) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - threads and processes bring it about
            await asyncio.sleep(0.02)


def watched(folder: Path, port: int, seconds: float) -> tuple[Daemon, SlowScreen, NotingPointer]:
    """A daemon on a real broker whose touches are noted, and whose frames take this many seconds."""
    tables = quick(folder, short_level, host="127.0.0.1", port=port, name="tester")
    config = parse(tables, folder=folder)
    configuration(folder, **tables)
    log.set_up(config.directory / log.FILE, "info", None)
    parts = build(config, battles=0, fresh=True, tell=lambda _: None)
    screen, pointer = SlowScreen(parts.client.screen, seconds), NotingPointer(parts.client.pointer)
    client = dataclasses.replace(parts.client, screen=screen, pointer=pointer)
    return Daemon(config, dataclasses.replace(parts, client=client)), screen, pointer


async def test_no_gesture_leaves_after_the_acknowledgement_in_any_state(tmp_path, mosquitto):
    """A user who reads 'paused' may take the mouse, whatever the bot was doing."""
    daemon, screen, pointer = watched(tmp_path, mosquitto.port, UNHURRIED)
    machine, paused_in = daemon._machine, set()

    def take_time(_: Event) -> None:
        """Play on quickly through the states that are done, and slowly through those still to be paused in."""
        screen.seconds = 0.0 if machine.state in paused_in else UNHURRIED
        screen.dark = paused_in >= {"menu", "stage_select", "battle", "settle"}

    daemon._hear = take_time
    async with playing(daemon), caller(mosquitto.port) as user, asyncio.timeout(PLAY_SECONDS):
        while paused_in != {"menu", "stage_select", "battle", "settle", "lost", "fault"}:
            await until(lambda: machine.state not in paused_in, PLAY_SECONDS)
            acknowledged = await user.ask("pause")
            assert machine.state == "paused"
            await asyncio.sleep(0.3)
            assert all(touch <= acknowledged for touch in pointer.touches)
            paused_in.add(machine._before_pause)
            await user.ask("resume")
    assert pointer.touches


async def test_a_pause_from_a_second_shell_and_the_same_battle_after_it(tmp_path, mosquitto):
    """`holdfast pause` returns when the hands are off; the game stands still; `holdfast resume` carries on."""
    daemon, screen, pointer = watched(tmp_path, mosquitto.port, 0.05)
    game, machine = screen._screen._game, daemon._machine
    async with playing(daemon):
        await until(lambda: machine.state == "battle" and game.battle is not None and game.battle.seconds > 5)
        screen.still = True
        assert await shell("pause", tmp_path) == 0
        screen.still = False
        paused, touched = game.time, len(pointer.touches)
        battle, memory = game.battle, machine.battle.memory
        await asyncio.sleep(1.0)
        assert (game.time, len(pointer.touches), machine.state) == (paused, touched, "paused")
        assert game.paused, "the game's own pause was pressed first"
        assert await asyncio.to_thread(main, ["status", "--config", str(tmp_path / "bot.toml"), "--timeout", "30"]) == 0
        screen.still = True
        assert await shell("resume", tmp_path) == 0
        screen.still = False
        await until(lambda: machine.state == "battle" and len(pointer.touches) > touched and not game.paused)
        assert game.battle is battle
        assert machine.battle.memory is memory
        assert battle.outcome is None
        assert machine.battles == 0
        assert await asyncio.to_thread(main, ["stop", "--config", str(tmp_path / "bot.toml"), "--timeout", "30"]) == 0


async def shell(verb: str, folder: Path) -> int:
    """Call holdfast in a process of its own; its exit code."""
    command = [sys.executable, "-m", "bot", verb, "--config", str(folder / "bot.toml"), "--timeout", "30"]
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.DEVNULL)
    return await asyncio.wait_for(process.wait(), PATIENCE)


async def test_play_goes_on_without_learner_trace_and_broker(tmp_path, monkeypatch):
    """The failure of each of these parts is reported once, and the battle is played to its end."""

    def full(self: TraceWriter, event: Event, commands: list[Any]) -> None:
        raise OSError(28, "No space left on device")

    daemon = make(tmp_path, quick(tmp_path), battles=1)
    monkeypatch.setattr(TraceWriter, "write", full)
    monkeypatch.setattr(daemon._learner._agent, "remember", lambda *_: 1 / 0)
    assert await asyncio.wait_for(daemon.run(), PLAY_SECONDS) == 0
    failed = [line["part"] for line in events_of(tmp_path) if line["event"] == "part_failed"]
    assert sorted(failed) == ["broker", "learner", "trace"]
    assert daemon.summary["battles"] == 1


async def test_a_broken_detector_stops_the_hands_and_leave_evidence(tmp_path, monkeypatch):
    """Without a detector nothing sensible can be done: no more gestures, a dump, a person is asked for, exit code 4."""
    daemon = make(tmp_path, quick(tmp_path))
    task = asyncio.create_task(daemon.run())
    await until(lambda: daemon._machine.state == "battle")
    assert gc.get_freeze_count() > 0  # see bot.garbage
    monkeypatch.setattr(daemon._capture._watcher, "look", lambda _: 1 / 0)
    await until(lambda: daemon._machine.state == "fault")
    await until(lambda: any(line["event"] == "dump" for line in events_of(tmp_path)))
    made = daemon._hands.made.total()
    await asyncio.sleep(1.0)
    assert daemon._hands.made.total() == made
    os.kill(os.getpid(), signal.SIGTERM)
    assert await asyncio.wait_for(task, PATIENCE) == 4
    assert any(line["event"] == "need_human" for line in events_of(tmp_path))
    (folder,) = (tmp_path / "data" / "faults").iterdir()
    assert list(folder.glob("*.png"))
    assert json.loads((folder / "known.json").read_text())["machine"]["state"] == "fault"


async def test_a_large_trace_is_followed_by_another_that_replays_by_itself(tmp_path):
    """A run of weeks leaves many readable traces instead of one too large to open, and loses no battle count."""
    config = parse(quick(tmp_path), folder=tmp_path)
    config = config.model_copy(update={"trace": config.trace.model_copy(update={"megabytes": 0, "keep": 500})})
    log.set_up(config.directory / log.FILE, "info", None)
    daemon = Daemon(config, build(config, battles=2, fresh=True, tell=lambda _: None))
    assert await asyncio.wait_for(daemon.run(), PLAY_SECONDS) == 0
    traces = [read_trace(file) for file in sorted((tmp_path / "data" / "traces").glob("*.jsonl*"))]
    assert len(traces) > 2
    assert all(replay(trace) is None for trace in traces)
    assert daemon.summary["battles"] == 2
    assert [line["number"] for line in events_of(tmp_path) if line["event"] == "battle"] == [1, 2]
    ended = [command for trace in traces for line in trace.lines for command in line.commands]
    assert [command.number for command in ended if isinstance(command, BattleEnded)] == [1, 2]
