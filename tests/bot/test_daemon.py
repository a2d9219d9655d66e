"""The daemon on the off-screen practice game: everything real, nothing replaced."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
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

from bot import log
from bot.config import Config, parse
from bot.daemon import Daemon
from bot.parts import build
from bot.trace import TraceWriter, read_trace, replay
from states.events import Event, PartFailed

PLAY_SECONDS = 150
PATIENCE = 60.0
UNHURRIED = 0.3
"""Seconds a frame takes where there must be time for a request to arrive."""

pytestmark = pytest.mark.timeout(300)


def configuration(folder: Path, port: int, **tables: Any) -> Path:
    """A bot.toml of our own."""
    written = {"mqtt": {"port": port}, **tables}
    lines = []
    for name, options in written.items():
        lines += [f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in options.items())]
    file = folder / "bot.toml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def holdfast(*arguments: Any, **options: Any) -> subprocess.Popen[str]:
    """The program, in a process of its own."""
    command = [sys.executable, "-m", "bot", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def finished(process: subprocess.Popen[str]) -> list[dict[str, Any]]:
    """Wait for its end with exit code 0; the JSON lines it printed."""
    out, err = process.communicate(timeout=PLAY_SECONDS)
    assert process.returncode == 0, f"{out[-2000:]}\n{err}"
    return [json.loads(line) for line in out.splitlines()]


def the_trace(folder: Path) -> Path:
    """The one trace of a run."""
    (trace,) = (folder / "data" / "traces").glob("*.jsonl")
    return trace


def test_one_battle_from_one_command(tmp_path, port):
    """`holdfast run --battles 1 --json` plays, learns, writes a trace that replays, and ends with a summary."""
    config = configuration(tmp_path, port, learning={"seed": 7})
    lines = finished(holdfast("run", "--config", config, "--battles", 1, "--fresh", "--json"))
    summary = lines[-1]
    assert set(summary) == {"battles", "won", "stars", "win_rate_last_20", "decisions", "seconds"}
    assert summary["battles"] == 1
    assert summary["decisions"] > 10
    events = [line["event"] for line in lines[:-1]]
    assert {"started", "ready", "state", "screen", "decision", "gesture", "battle", "stopped"} <= set(events)
    started = lines[events.index("started")]
    told = {"stage": "first_watch", "screen": "practice", "seed": 7, "data": str(tmp_path / "data")}
    assert {name: started[name] for name in told} == told
    recording = read_trace(the_trace(tmp_path))
    assert recording.torn is None
    assert replay(recording) is None
    assert any((tmp_path / "data" / "checkpoint").iterdir())
    again = finished(holdfast("replay", the_trace(tmp_path), "--json"))
    assert again[0]["identical"]


def test_the_same_seed_plays_the_same_battle(tmp_path):
    """In lock-step a run depends on its seeds, not on how fast the machine is."""
    traces = []
    for name in ("first", "second"):
        daemon = make(tmp_path / name, {"mqtt": {"port": 1, "host": "127.0.0.1"}}, battles=1)
        assert asyncio.run(daemon.run()) == 0
        recording = read_trace(the_trace(tmp_path / name))
        traces.append([timeless(line.event) for line in recording.lines if not isinstance(line.event, PartFailed)])
    assert traces[0] == traces[1]


def timeless(event: Event) -> dict[str, Any]:
    """An event without the figures that are the machine's speed."""
    return {name: getattr(event, name) for name in event.__struct_fields__ if name != "latency"}


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_signal_ends_it_with_a_checkpoint(tmp_path, port, asked):
    """What was learned until then is not lost, and the exit code is 0."""
    config = configuration(tmp_path, port)
    with holdfast("run", "--config", config, "--json") as process:
        for line in process.stdout:
            if json.loads(line)["event"] == "decision":
                break
        process.send_signal(asked)
        lines = finished(process)
    assert lines[-1]["battles"] == 0
    assert lines[-1]["decisions"] >= 1
    assert any((tmp_path / "data" / "checkpoint").iterdir())
    assert replay(read_trace(the_trace(tmp_path))) is None


def test_fresh_moves_what_was_learned_aside(tmp_path, port):
    """`--fresh` begins from nothing and deletes nothing."""
    config = configuration(tmp_path, port)
    finished(holdfast("run", "--config", config, "--battles", 1, "--json"))
    before = {path.name for path in (tmp_path / "data").rglob("*") if path.suffix in (".safetensors", ".json")}
    finished(holdfast("run", "--config", config, "--battles", 1, "--fresh", "--json"))
    kept = [path for path in (tmp_path / "data").rglob("*") if path.suffix == ".safetensors"]
    assert before
    assert len(kept) > 1


def make(folder: Path, tables: dict[str, Any], battles: int = 0, hear: Callable[[Event], None] | None = None) -> Daemon:
    """A daemon in this process."""
    folder.mkdir(exist_ok=True)
    config: Config = parse(tables, folder=folder)
    log.set_up(config.directory / log.FILE, "info", None)
    return Daemon(config, build(config, battles=battles, fresh=True, tell=lambda _: None), hear=hear)


class Eyes:
    """A screen that takes a moment for every frame, so that there is time to pause in every state, and can go dark."""

    def __init__(self, screen: Any, seconds: float) -> None:
        self._screen = screen
        self.seconds = seconds
        self.size = screen.size
        self.hold = screen.hold
        self.dark = False

    def grab(self) -> Any:
        """A frame, after a moment; a black one while it is dark."""
        time.sleep(self.seconds)
        frame = self._screen.grab()
        return dataclasses.replace(frame, image=np.zeros_like(frame.image)) if self.dark else frame


class Recorder:
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
    """Somebody with an MQTT client."""

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
    """Somebody on the broker who hears the answers."""
    async with aiomqtt.Client("127.0.0.1", port) as client:
        await client.subscribe("holdfast/tester/response", qos=1)
        yield Caller(client, "tester")


async def until(condition: Callable[[], Any], seconds: float = PATIENCE) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - threads and processes bring it about
            await asyncio.sleep(0.02)


def watched(folder: Path, port: int, seconds: float) -> tuple[Daemon, Eyes, Recorder]:
    """A daemon on a real broker whose touches are noted, and whose frames take so many seconds."""
    tables = {"mqtt": {"host": "127.0.0.1", "port": port, "name": "tester"}}
    config = parse(tables, folder=folder)
    configuration(folder, port, **tables)
    log.set_up(config.directory / log.FILE, "info", None)
    parts = build(config, battles=0, fresh=True, tell=lambda _: None)
    eyes, recorder = Eyes(parts.screen, seconds), Recorder(parts.pointer)
    return Daemon(config, dataclasses.replace(parts, screen=eyes, pointer=recorder)), eyes, recorder


async def test_no_gesture_leaves_after_the_acknowledgement_in_any_state(tmp_path, mosquitto):
    """Whoever reads 'paused' may put a hand on the mouse, whatever the bot was doing."""
    daemon, eyes, recorder = watched(tmp_path, mosquitto.port, UNHURRIED)
    machine, paused_in = daemon._machine, set()

    def take_time(_: Event) -> None:
        """Play on quickly through the states that are done, and slowly through those still to be paused in."""
        eyes.seconds = 0.0 if machine.state in paused_in else UNHURRIED
        eyes.dark = paused_in >= {"menu", "stage_select", "battle", "settle"}

    daemon._hear = take_time
    async with playing(daemon), caller(mosquitto.port) as somebody, asyncio.timeout(PLAY_SECONDS):
        while paused_in != {"menu", "stage_select", "battle", "settle", "lost", "fault"}:
            await until(lambda: machine.state not in paused_in, PLAY_SECONDS)
            acknowledged = await somebody.ask("pause")
            assert machine.state == "paused"
            await asyncio.sleep(0.5)
            assert all(touch <= acknowledged for touch in recorder.touches)
            paused_in.add(machine._before_pause)
            await somebody.ask("resume")
    assert recorder.touches


async def test_a_pause_from_a_second_shell_and_the_same_battle_after_it(tmp_path, mosquitto):
    """`holdfast pause` returns when the hands are off; the game stands still; `holdfast resume` carries on."""
    daemon, eyes, recorder = watched(tmp_path, mosquitto.port, 0.01)
    game, machine = eyes._screen._game, daemon._machine
    async with playing(daemon):
        await until(lambda: machine.state == "battle" and game.battle is not None and game.battle.seconds > 10)
        assert await shell("pause", tmp_path) == 0
        paused, touched = game.time, len(recorder.touches)
        battle, memory = game.battle, machine.battle.memory
        await asyncio.sleep(1.5)
        assert (game.time, len(recorder.touches), machine.state) == (paused, touched, "paused")
        assert await shell("status", tmp_path) == 0
        assert await shell("resume", tmp_path) == 0
        await until(lambda: machine.state == "battle" and len(recorder.touches) > touched)
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
    """The ladder down: each of these is told once, and the battle is played to its end."""

    def full(self: TraceWriter, event: Event, commands: list[Any]) -> None:
        raise OSError(28, "No space left on device")

    daemon = make(tmp_path, {"mqtt": {"port": 1, "host": "127.0.0.1"}}, battles=1)
    monkeypatch.setattr(TraceWriter, "write", full)
    monkeypatch.setattr(daemon._learner._agent, "remember", lambda *_: 1 / 0)
    assert await asyncio.wait_for(daemon.run(), PLAY_SECONDS) == 0
    failed = [line["part"] for line in events_of(tmp_path) if line["event"] == "part_failed"]
    assert sorted(failed) == ["broker", "learner", "trace"]
    assert daemon.summary["battles"] == 1


async def test_broken_eyes_stop_the_hands_and_leave_evidence(tmp_path, monkeypatch):
    """Without a detector nothing sensible can be done: no more gestures, a dump, a person is asked for, exit code 4."""
    daemon = make(tmp_path, {"mqtt": {"port": 1, "host": "127.0.0.1"}})
    task = asyncio.create_task(daemon.run())
    await until(lambda: daemon._machine.state == "battle")
    monkeypatch.setattr(daemon._watcher, "look", lambda _: 1 / 0)
    await until(lambda: daemon._machine.state == "fault")
    await until(lambda: any(line["event"] == "dump" for line in events_of(tmp_path)))
    made = daemon._hands.made.total()
    await asyncio.sleep(1.5)
    assert daemon._hands.made.total() == made
    os.kill(os.getpid(), signal.SIGTERM)
    assert await asyncio.wait_for(task, PATIENCE) == 4
    assert any(line["event"] == "need_human" for line in events_of(tmp_path))
    (folder,) = (tmp_path / "data" / "faults").iterdir()
    assert list(folder.glob("*.png"))
    assert json.loads((folder / "known.json").read_text())["machine"]["state"] == "fault"


def test_two_daemons_do_not_share_a_data_directory(tmp_path, port):
    """The second one says so in one line, exit code 2."""
    config = configuration(tmp_path, port)
    with holdfast("run", "--config", config, "--json") as first:
        first.stdout.readline()
        second = holdfast("run", "--config", config, "--json")
        _, err = second.communicate(timeout=PATIENCE)
        assert second.returncode == 2
        assert err.startswith("another daemon plays with")
        assert err.count("\n") == 1
        first.send_signal(signal.SIGTERM)
        first.communicate(timeout=PATIENCE)


def test_a_corrupt_checkpoint_is_told_and_kept_aside(tmp_path, port):
    """One line in the log; the run begins from what is good, and nothing is deleted."""
    config = configuration(tmp_path, port)
    finished(holdfast("run", "--config", config, "--battles", 1, "--json"))
    for weights in (tmp_path / "data" / "checkpoint").rglob("*.safetensors"):
        weights.write_bytes(b"garbage")
    lines = finished(holdfast("run", "--config", config, "--battles", 1, "--json"))
    notes = [line["note"] for line in lines if line.get("event") == "checkpoint" and "note" in line]
    assert notes
    assert any(path.read_bytes() == b"garbage" for path in (tmp_path / "data").rglob("*") if path.is_file())


async def test_a_large_trace_is_followed_by_another_that_replays_by_itself(tmp_path):
    """A run of weeks leaves many readable traces instead of one that nobody can open, and loses no battle count."""
    config = parse({"mqtt": {"port": 1, "host": "127.0.0.1"}}, folder=tmp_path)
    config = config.model_copy(update={"trace": config.trace.model_copy(update={"megabytes": 0, "keep": 50})})
    log.set_up(config.directory / log.FILE, "info", None)
    daemon = Daemon(config, build(config, battles=2, fresh=True, tell=lambda _: None))
    assert await asyncio.wait_for(daemon.run(), PLAY_SECONDS) == 0
    traces = sorted((tmp_path / "data" / "traces").glob("*.jsonl"))
    assert len(traces) > 2
    assert all(replay(read_trace(trace)) is None for trace in traces)
    assert daemon.summary["battles"] == 2
    assert [line["number"] for line in events_of(tmp_path) if line["event"] == "battle"] == [1, 2]


async def test_a_checkpoint_that_cannot_be_written_is_told(tmp_path, monkeypatch):
    """Play goes on, the reason is in the log, and the exit code does not claim that all is well."""

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    daemon = make(tmp_path, {"mqtt": {"port": 1, "host": "127.0.0.1"}, "learning": {"checkpoint_every": 1}}, battles=1)
    monkeypatch.setattr("learning.checkpoint.write", full)
    assert await asyncio.wait_for(daemon.run(), PLAY_SECONDS) == 1
    told = [line["why"] for line in events_of(tmp_path) if line["event"] == "checkpoint" and "why" in line]
    assert told
    assert "No space left on device" in told[0]
