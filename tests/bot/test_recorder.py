"""The recorder: traces in files of a bounded size, and a full disk that ends the trace only."""

from __future__ import annotations

import gzip
import json
import resource

import numpy as np
import pytest
from player import SETUP

from bot.config import parse
from bot.recorder import Recorder
from bot.trace import TraceWriter, read_trace
from states.commands import Look
from states.events import PartFailed, Tick
from vision.capture import Frame


@pytest.fixture
def setup():
    """The setup of some machine."""
    return SETUP


def recorder(folder, **trace):
    """A recorder of a data directory in this folder, at 4.5 s on the clock."""
    return Recorder(parse({"trace": trace}, folder=folder), lambda: 4.5)


def test_events_and_commands_can_be_read_again(tmp_path, setup):
    """What was recorded is in the trace, in order."""
    one = recorder(tmp_path)
    assert one.open(setup) is None
    for t in range(3):
        assert one.record(Tick(t=t), [Look()]) is None
    one.close()
    (file,) = (tmp_path / "data" / "traces").iterdir()
    recording = read_trace(file)
    assert recording.setup == setup
    assert [(line.event, line.commands) for line in recording.lines] == [(Tick(t=t), [Look()]) for t in range(3)]


def test_without_a_trace_nothing_is_written(tmp_path, setup):
    """`[trace] enabled = false` leaves no file, and no page is ever full."""
    one = recorder(tmp_path, enabled=False)
    assert one.open(setup) is None
    assert one.record(Tick(t=1), []) is None
    assert not one.page_is_full
    assert not (tmp_path / "data").exists()


def test_a_trace_that_cannot_be_begun_is_reported(tmp_path, setup):
    """The event names the part; what happens after it is not recorded, without another report."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "traces").write_text("a file where the folder should be")
    one = recorder(tmp_path)
    lost = one.open(setup)
    assert isinstance(lost, PartFailed)
    assert (lost.part, lost.t) == ("trace", 4.5)
    assert one.record(Tick(t=1), []) is None


def test_a_trace_that_a_user_deletes_is_never_full(tmp_path, setup):
    """Cleaning up the data directory does not stop the play."""
    one = recorder(tmp_path)
    one.open(setup)
    assert not one.page_is_full
    for file in (tmp_path / "data" / "traces").iterdir():
        file.unlink()
    assert not one.page_is_full


def test_old_traces_make_room(tmp_path, setup):
    """As many files are kept as the configuration says, the newest."""
    one = recorder(tmp_path, keep=2)
    one.open(setup)
    for _ in range(4):
        assert one.turn_page(setup) is None
    one.close()
    assert len(list((tmp_path / "data" / "traces").iterdir())) == 2


async def test_evidence_holds_the_last_events(tmp_path):
    """A dump contains what it was given and the events before it, whether or not there is a trace."""
    one = recorder(tmp_path, enabled=False)
    for t in range(300):
        one.record(Tick(t=t), [])
    await one.dump([Frame(np.zeros((4, 6, 3), np.uint8), 1.0)], {"why": "test", "state": "fault"})
    (folder,) = (tmp_path / "data" / "faults").iterdir()
    known = json.loads((folder / "known.json").read_text())
    assert (known["why"], known["state"]) == ("test", "fault")
    assert len(known["events"]) == 200
    assert known["events"][-1] == repr(Tick(t=299))
    assert len(list(folder.glob("*.png"))) == 1


def test_a_closed_trace_is_compressed(tmp_path, setup):
    """It reads as before, in a fraction of the space."""
    one = recorder(tmp_path)
    one.open(setup)
    for t in range(500):
        one.record(Tick(t=t), [Look()])
    one.close()
    (file,) = (tmp_path / "data" / "traces").iterdir()
    assert file.name.endswith(".jsonl.gz")
    assert len(read_trace(file).lines) == 500
    assert file.stat().st_size * 3 < len(gzip.decompress(file.read_bytes()))


def test_what_a_killed_run_left_is_compressed_by_the_next(tmp_path, setup):
    """Its trace, and a compression that was not finished."""
    traces = tmp_path / "data" / "traces"
    traces.mkdir(parents=True)
    writer = TraceWriter(traces / "20260101-000000-000000.jsonl", setup)
    writer.write(Tick(t=1), [])
    (traces / ".20260101-000000-000000.jsonl.part").write_bytes(b"half")
    one = recorder(tmp_path)
    one.open(setup)
    one.close()
    first, second = sorted(traces.iterdir())
    assert first.name == "20260101-000000-000000.jsonl.gz"
    assert "no end line" in str(read_trace(first).torn)
    assert read_trace(second).torn is None


def test_traces_are_bounded_by_their_size(tmp_path, setup):
    """The oldest go once all together are larger than the configuration says."""
    traces = tmp_path / "data" / "traces"
    traces.mkdir(parents=True)
    for number in range(4):
        (traces / f"2026010{number}-000000-000000.jsonl.gz").write_bytes(bytes(400_000))
    one = recorder(tmp_path, total_megabytes=1)
    one.open(setup)
    one.close()
    names = [path.name[:8] for path in sorted(traces.iterdir())]
    assert names[:2] == ["20260102", "20260103"]
    assert len(names) == 3


async def test_a_fault_keeps_its_trace(tmp_path, setup):
    """Two faults in one trace hold it whole, whatever becomes of it elsewhere; they hold the log too."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "log.jsonl").write_text('{"event": "started"}\n', encoding="utf-8")
    one = recorder(tmp_path, keep=1)
    one.open(setup)
    for t in range(2):
        one.record(Tick(t=t), [])
        await one.dump([], {"why": "test"})
    one.record(Tick(t=9), [])
    one.turn_page(setup)
    one.turn_page(setup)
    one.close()
    first, second = sorted((tmp_path / "data" / "faults").iterdir())
    assert (first / "trace.jsonl.gz").samefile(second / "trace.jsonl.gz")
    assert [line.event.t for line in read_trace(first / "trace.jsonl.gz").lines] == [0, 1, 9]
    assert [json.loads((folder / "known.json").read_text())["trace_line"] for folder in (first, second)] == [2, 3]
    assert sorted(path.name for path in first.iterdir()) == ["known.json", "log.jsonl", "trace.jsonl.gz"]
    assert not list((tmp_path / "data" / "traces").glob(".*"))
    assert len(list((tmp_path / "data" / "traces").iterdir())) == 1


def test_a_trace_comes_back_once_there_is_room(tmp_path, setup, monkeypatch):
    """The full disk is told once; the trace ends with its last whole line, and another begins later."""
    one, told = recorder(tmp_path), []
    one.open(setup)
    one.record(Tick(t=0), [])
    (file,) = (tmp_path / "data" / "traces").iterdir()
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size + 20, hard))
    try:
        told += [one.record(Tick(t=t), []) for t in range(1, 9)]
        assert not one.begin_again(setup)
        monkeypatch.setattr("bot.recorder.RETRY", 0.0)
        one._retry_at = 0.0
        resource.setrlimit(resource.RLIMIT_FSIZE, (20, hard))
        assert not one.begin_again(setup)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    assert [event.part for event in told if event] == ["trace"]
    assert one.begin_again(setup)
    assert one.record(Tick(t=9), []) is None
    one.close()
    first, *_, last = (read_trace(path) for path in sorted((tmp_path / "data" / "traces").iterdir()))
    assert len(first.lines) == 1
    assert "no end line" in first.torn
    assert (len(last.lines), last.torn) == (1, None)
