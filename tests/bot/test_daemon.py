"""The daemon on the off-screen practice game: everything real, nothing replaced.

A battle takes ten seconds and a process another ten, so tests share runs: each fixture of the module is one run.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, NamedTuple

import aiomqtt
import numpy as np
import pytest
from runs import PLAY_SECONDS, configuration, finished, holdfast, short_level

from bot import log
from bot.config import Config, parse
from bot.daemon import Daemon
from bot.parts import build
from bot.trace import TraceWriter, read_trace, replay
from states.commands import BattleEnded
from states.events import Event, PartFailed

PATIENCE = 120.0
UNHURRIED = 0.3
"""Seconds a frame takes where there must be time for a request to arrive."""
SEED = 7
NO_BROKER = {"host": "127.0.0.1", "port": 1}

pytestmark = pytest.mark.timeout(600)


class Run(NamedTuple):
    """A run that has ended."""

    folder: Path
    """Where its bot.toml and its data directory are."""
    lines: list[dict[str, Any]]
    """What it printed or logged."""
    code: int = 0


def the_trace(folder: Path) -> Path:
    """The newest trace of the runs in this folder."""
    return max((folder / "data" / "traces").glob("*.jsonl"))


@pytest.fixture(scope="module")
def one_battle(tmp_path_factory, unused_port) -> Run:
    """`holdfast run --battles 1 --fresh --json`, on the stage that the configuration has by default."""
    folder = tmp_path_factory.mktemp("one_battle")
    config = configuration(folder, unused_port, learning={"seed": SEED})
    return Run(folder, finished(holdfast("run", "--config", config, "--battles", 1, "--fresh", "--json")))


@pytest.fixture(scope="module")
def full_disk(tmp_path_factory) -> Run:
    """The same battle in this process, without a broker, while no checkpoint can be written."""

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    folder = tmp_path_factory.mktemp("full_disk")
    daemon = make(folder, {"learning": {"seed": SEED, "checkpoint_every": 1}}, battles=1)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr("learning.checkpoint.write", full)
        code = asyncio.run(daemon.run())
    return Run(folder, events_of(folder), code)


@pytest.fixture(scope="module")
def started_fresh(tmp_path_factory, one_battle, unused_port) -> Run:
    """`holdfast run --fresh` beside what was learned in one battle, ended by SIGTERM at its first decision."""
    folder = tmp_path_factory.mktemp("started_fresh")
    shutil.copytree(one_battle.folder / "data", folder / "data")
    return interrupted(folder, unused_port, signal.SIGTERM, "--fresh")


class Beside(NamedTuple):
    """A second daemon with the same data directory, and how it ended."""

    code: int
    err: str


@pytest.fixture(scope="module")
def started_on_garbage(tmp_path_factory, one_battle, unused_port) -> tuple[Run, Beside]:
    """`holdfast run` on a corrupt checkpoint, ended by SIGINT at its first decision; meanwhile another is started."""
    folder = tmp_path_factory.mktemp("started_on_garbage")
    shutil.copytree(one_battle.folder / "data", folder / "data")
    for weights in (folder / "data" / "checkpoint").rglob("*.safetensors"):
        weights.write_bytes(b"garbage")
    others: list[Beside] = []

    def start_another() -> None:
        another = holdfast("run", "--config", folder / "bot.toml", "--json")
        _, err = another.communicate(timeout=PATIENCE)
        others.append(Beside(another.returncode, err))

    run = interrupted(folder, unused_port, signal.SIGINT, meanwhile=start_another)
    return run, others[0]


def interrupted(
    folder: Path, port: int, number: signal.Signals, *options: str, meanwhile: Callable[[], None] | None = None
) -> Run:
    """A run that gets a signal at its first decision; `meanwhile` is called once it has begun."""
    with holdfast("run", "--config", configuration(folder, port), "--json", *options) as process:
        early = [json.loads(process.stdout.readline())]
        if meanwhile:
            meanwhile()
        while early[-1]["event"] != "decision":
            early.append(json.loads(process.stdout.readline()))
        process.send_signal(number)
        return Run(folder, early + finished(process))


def test_one_battle_from_one_command(one_battle):
    """`holdfast run --battles 1 --json` plays, learns, writes a trace that replays, and ends with a summary."""
    folder, lines, _ = one_battle
    summary = lines[-1]
    figures = {"battles", "won", "stars", "win_rate_last_20", "decisions", "seconds"}
    assert set(summary) == {*figures, "grade", "grade_reasons"}
    assert summary["battles"] == 1
    assert summary["decisions"] > 10
    events = [line["event"] for line in lines[:-1]]
    assert {"started", "ready", "state", "screen", "decision", "gesture", "battle", "stopped"} <= set(events)
    started = lines[events.index("started")]
    told = {"stage": "first_watch", "screen": "practice", "seed": SEED, "data": str(folder / "data")}
    assert {name: started[name] for name in told} == told
    recording = read_trace(the_trace(folder))
    assert recording.torn is None
    assert replay(recording) is None
    assert any((folder / "data" / "checkpoint").iterdir())
    again = finished(holdfast("replay", the_trace(folder), "--json"))
    assert again[0]["identical"]


def test_the_same_seed_plays_the_same_battle(one_battle, full_disk):
    """In lock-step a run depends on its seeds, not on how fast the machine is, its broker or its disk."""
    traces = []
    for run in (one_battle, full_disk):
        recording = read_trace(the_trace(run.folder))
        traces.append([timeless(line.event) for line in recording.lines if not isinstance(line.event, PartFailed)])
    assert traces[0] == traces[1]


def timeless(event: Event) -> dict[str, Any]:
    """An event without the figures that are the machine's speed."""
    return {name: getattr(event, name) for name in event.__struct_fields__ if name != "latency"}


def test_a_checkpoint_that_cannot_be_written_is_told(full_disk):
    """Play goes on, the reason is in the log, and the exit code does not claim that all is well."""
    assert full_disk.code == 1
    told = [line["why"] for line in full_disk.lines if line["event"] == "checkpoint" and "why" in line]
    assert told
    assert "No space left on device" in told[0]


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_ends_it_with_a_checkpoint(started_fresh, started_on_garbage, name):
    """What was learned until then is not lost, and the exit code is 0."""
    run = started_fresh if name == "SIGTERM" else started_on_garbage[0]
    assert run.lines[-1]["battles"] == 0
    assert run.lines[-1]["decisions"] >= 1
    weights = list((run.folder / "data" / "checkpoint").rglob("*.safetensors"))
    assert any(file.read_bytes() != b"garbage" for file in weights)
    assert any(line.get("event") == "stopped" and line["why"] == f"stopped by {name}" for line in run.lines)
    assert replay(read_trace(the_trace(run.folder))) is None


def test_fresh_moves_what_was_learned_aside(one_battle, started_fresh):
    """`--fresh` begins from nothing and deletes nothing."""
    before = weights_in(one_battle.folder)
    assert before
    assert weights_in(started_fresh.folder) > before


def weights_in(folder: Path) -> set[bytes]:
    """The content of all weights below a folder."""
    return {path.read_bytes() for path in (folder / "data").rglob("*.safetensors")}


def test_two_daemons_do_not_share_a_data_directory(started_on_garbage):
    """The second one says so in one line, exit code 2."""
    code, err = started_on_garbage[1]
    assert code == 2
    assert err.startswith("another daemon plays with")
    assert err.count("\n") == 1


def test_a_corrupt_checkpoint_is_told_and_kept_aside(started_on_garbage):
    """One line in the log; the run begins from what is good, and nothing is deleted."""
    run, _ = started_on_garbage
    notes = [line["note"] for line in run.lines if line.get("event") == "checkpoint" and "note" in line]
    assert notes
    assert any(path.read_bytes() == b"garbage" for path in (run.folder / "data").rglob("*") if path.is_file())


def quick(folder: Path, **mqtt: Any) -> dict[str, Any]:
    """Configuration for what happens with every battle: a short one, with half as many frames."""
    return {
        "play": {"stage": short_level(folder).name},
        "practice": {"frame_step": 0.5},
        "mqtt": mqtt or NO_BROKER,
    }


def make(folder: Path, tables: dict[str, Any], battles: int = 0) -> Daemon:
    """A daemon in this process, without a broker unless the tables name one."""
    config: Config = parse({"mqtt": NO_BROKER, **tables}, folder=folder)
    log.set_up(config.directory / log.FILE, "info", None)
    return Daemon(config, build(config, battles=battles, fresh=True, tell=lambda _: None))


class SlowScreen:
    """A screen that takes a moment for every frame, so that there is time to pause in every state, and can go dark."""

    def __init__(self, screen: Any, seconds: float) -> None:
        self._screen = screen
        self.seconds = seconds
        self.hold = screen.hold
        self.dark = False

    def grab(self) -> Any:
        """A frame, after a moment; a black one while it is dark."""
        time.sleep(self.seconds)
        frame = self._screen.grab()
        return dataclasses.replace(frame, image=np.zeros_like(frame.image)) if self.dark else frame


class NotingPointer:
    """A pointer that notes when it touches the game."""

    def __init__(self, pointer: Any) -> None:
        self._pointer = pointer
        self.wait = pointer.wait
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
                if json.loads(message.payload)["id"] == self._asked:
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
    tables = quick(folder, host="127.0.0.1", port=port, name="tester")
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
    daemon, screen, pointer = watched(tmp_path, mosquitto.port, 0.01)
    game, machine = screen._screen._game, daemon._machine
    async with playing(daemon):
        await until(lambda: machine.state == "battle" and game.battle is not None and game.battle.seconds > 5)
        assert await shell("pause", tmp_path) == 0
        paused, touched = game.time, len(pointer.touches)
        battle, memory = game.battle, machine.battle.memory
        await asyncio.sleep(1.0)
        assert (game.time, len(pointer.touches), machine.state) == (paused, touched, "paused")
        assert await shell("status", tmp_path) == 0
        assert await shell("resume", tmp_path) == 0
        await until(lambda: machine.state == "battle" and len(pointer.touches) > touched)
        assert game.battle is battle
        assert machine.battle.memory is memory
        assert battle.outcome is None
        assert machine.battles == 0
        assert await shell("stop", tmp_path) == 0


async def shell(verb: str, folder: Path) -> int:
    """Call holdfast in a process of its own; its exit code."""
    command = [sys.executable, "-m", "bot", verb, "--config", str(folder / "bot.toml"), "--timeout", "30"]
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.DEVNULL)
    return await asyncio.wait_for(process.wait(), PATIENCE)


def events_of(folder: Path) -> list[dict[str, Any]]:
    """What was logged."""
    return list(log.read(folder / "data" / log.FILE))


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
    config = config.model_copy(update={"trace": config.trace.model_copy(update={"megabytes": 0, "keep": 50})})
    log.set_up(config.directory / log.FILE, "info", None)
    daemon = Daemon(config, build(config, battles=2, fresh=True, tell=lambda _: None))
    assert await asyncio.wait_for(daemon.run(), PLAY_SECONDS) == 0
    traces = [read_trace(file) for file in sorted((tmp_path / "data" / "traces").glob("*.jsonl"))]
    assert len(traces) > 2
    assert all(replay(trace) is None for trace in traces)
    assert daemon.summary["battles"] == 2
    assert [line["number"] for line in events_of(tmp_path) if line["event"] == "battle"] == [1, 2]
    ended = [command for trace in traces for line in trace.lines for command in line.commands]
    assert [command.number for command in ended if isinstance(command, BattleEnded)] == [1, 2]
