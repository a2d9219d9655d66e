"""`holdfast run` on the off-screen practice game: everything real, nothing replaced.

A process takes ten seconds to start, so tests share runs: each fixture of the module is one run.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from runs import PATIENCE, SMALL, configuration, events_of, finished, holdfast, make, short_level

from bot.log_events import unknown_names
from bot.trace import read_trace, replay
from states.events import Event, PartFailed

SEED = 7
PLAYED = {"learning": {"seed": SEED}, "practice": SMALL, "play": {"stage": "short_watch.json"}}
"""What differs from the usual configuration: a seed, fewer and smaller frames, and a short battle."""

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
    return max((folder / "data" / "traces").glob("*.jsonl*"))


@pytest.fixture(scope="module")
def one_battle(tmp_path_factory, unused_port) -> Run:
    """`holdfast run --battles 1 --fresh --json`."""
    folder = short_level(tmp_path_factory.mktemp("one_battle")).parent
    config = configuration(folder, unused_port, **PLAYED)
    return Run(folder, finished(holdfast("run", "--config", config, "--battles", 1, "--fresh", "--json")))


@pytest.fixture(scope="module")
def full_disk(tmp_path_factory) -> Run:
    """The same battle in this process, without a broker, while no checkpoint can be written."""

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    folder = short_level(tmp_path_factory.mktemp("full_disk")).parent
    daemon = make(folder, PLAYED | {"learning": {"seed": SEED, "checkpoint_every": 1}}, battles=1)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr("learning.checkpoint.write", full)
        code = asyncio.run(daemon.run())
    return Run(folder, events_of(folder), code)


@pytest.fixture(scope="module")
def started_fresh(tmp_path_factory, one_battle, unused_port) -> Run:
    """`holdfast run --fresh` beside what was learned in one battle, on the stage that the configuration has by default,
    ended by SIGTERM at its first decision.
    """
    folder = tmp_path_factory.mktemp("started_fresh")
    shutil.copytree(one_battle.folder / "data", folder / "data")
    return interrupted(configuration(folder, unused_port, practice=SMALL), signal.SIGTERM, "--fresh")


class Beside(NamedTuple):
    """A second daemon with the same data directory, and how it ended."""

    code: int
    err: str


@pytest.fixture(scope="module")
def started_on_garbage(tmp_path_factory, one_battle, unused_port) -> tuple[Run, Beside]:
    """`holdfast run` on a corrupt checkpoint, ended by SIGINT at its first decision; meanwhile another is started."""
    folder = short_level(tmp_path_factory.mktemp("started_on_garbage")).parent
    shutil.copytree(one_battle.folder / "data", folder / "data")
    for weights in (folder / "data" / "checkpoint").rglob("*.safetensors"):
        weights.write_bytes(b"garbage")
    others: list[Beside] = []

    def start_another() -> None:
        another = holdfast("run", "--config", folder / "bot.toml", "--json")
        _, err = another.communicate(timeout=PATIENCE)
        others.append(Beside(another.returncode, err))

    config = configuration(folder, unused_port, **PLAYED)
    run = interrupted(config, signal.SIGINT, meanwhile=start_another)
    return run, others[0]


def interrupted(
    config: Path, number: signal.Signals, *options: str, meanwhile: Callable[[], None] | None = None
) -> Run:
    """A run that gets a signal at its first decision; `meanwhile` is called once it has begun."""
    with holdfast("run", "--config", config, "--json", *options) as process:
        early = [json.loads(process.stdout.readline())]
        if meanwhile:
            meanwhile()
        while early[-1]["event"] != "decision":
            early.append(json.loads(process.stdout.readline()))
        process.send_signal(number)
        return Run(config.parent, early + finished(process))


def test_one_battle_from_one_command(one_battle):
    """`holdfast run --battles 1 --json` plays, learns, writes a trace that replays, and ends with a summary."""
    folder, lines, _ = one_battle
    summary = lines[-1]
    figures = {"battles", "won", "stars", "win_rate_last_20", "decisions", "seconds"}
    assert set(summary) == {*figures, "grade", "grade_reasons"}
    assert summary["battles"] == 1
    assert summary["decisions"] > 5
    events = [line["event"] for line in lines[:-1]]
    assert {"started", "ready", "state", "screen", "decision", "gesture", "battle", "stopped"} <= set(events)
    started = lines[events.index("started")]
    told = {"stage": "short_watch", "screen": "practice", "seed": SEED, "data": str(folder / "data")}
    assert {name: started[name] for name in told} == told
    recording = read_trace(the_trace(folder))
    assert recording.torn is None
    assert replay(recording) is None
    assert any((folder / "data" / "checkpoint").iterdir())
    again = finished(holdfast("replay", the_trace(folder), "--json"))
    assert again[0]["identical"]


def test_every_line_of_a_run_is_documented(one_battle):
    """No event and no field that docs/log-events.md does not tell; all lines name the same run."""
    lines = one_battle.lines[:-1]
    assert [unknown_names(line["event"], line) for line in lines if unknown_names(line["event"], line)] == []
    assert len({line["run"] for line in lines}) == 1
    (started,) = [line for line in lines if line["event"] == "started"]
    assert started["config"] == str(one_battle.folder / "bot.toml")
    assert started["version"]


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
    assert [line["stage"] for line in started_fresh.lines if line.get("event") == "started"] == ["first_watch"]


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
