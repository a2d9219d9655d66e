"""The files of traces: compressed ones are read like others, torn and damaged ones too."""

from __future__ import annotations

import contextlib
import gzip
from random import Random

import pytest
from recorded import WON

from bot import trace_files
from bot.trace import TraceError, read_trace, replay
from bot.trace_files import hold, make_room, pack, unpacked


@pytest.fixture(scope="module")
def plain():
    """A recorded trace, as bytes."""
    return WON.read_bytes()


def test_a_compressed_trace_reads_like_the_plain_one(tmp_path, plain):
    """Whatever it is called."""
    file = tmp_path / "renamed.jsonl"
    file.write_bytes(gzip.compress(plain))
    assert read_trace(file).lines == read_trace(WON).lines


def test_a_torn_compressed_trace_gives_what_came_before(tmp_path, plain):
    """Cut off anywhere, its beginning still replays, and it is told that the end is missing."""
    packed = gzip.compress(plain)
    whole = len(read_trace(WON).lines)
    for share in (0.2, 0.5, 0.9):
        file = tmp_path / "torn.jsonl.gz"
        file.write_bytes(packed[: int(len(packed) * share)])
        torn = read_trace(file)
        assert torn.torn is not None
        assert 0 < len(torn.lines) < whole
        assert replay(torn) is None


def test_a_damaged_compressed_trace_gets_one_line_or_its_beginning(tmp_path, plain):
    """Bytes that were changed: no traceback, and never another run."""
    packed, chance = gzip.compress(plain), Random(13)
    original = read_trace(WON).lines
    for _ in range(40):
        at = chance.randrange(10, len(packed))
        file = tmp_path / "damaged.jsonl.gz"
        file.write_bytes(packed[:at] + bytes([packed[at] ^ (1 << chance.randrange(8))]) + packed[at + 1 :])
        with contextlib.suppress(TraceError):
            read = read_trace(file)
            assert read.lines == original[: len(read.lines)]


def test_what_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    """A small file may be a large one."""
    monkeypatch.setattr(trace_files, "LARGEST", 1 << 20)
    file = tmp_path / "bomb.jsonl.gz"
    file.write_bytes(gzip.compress(bytes(5 << 20)))
    with pytest.raises(TraceError, match="unpacked it has more than"):
        read_trace(file)


def test_packing_leaves_the_compressed_file_only(tmp_path, plain):
    """And the links of faults, which hold it too."""
    traces, fault = tmp_path / "traces", tmp_path / "faults" / "1"
    traces.mkdir()
    fault.mkdir(parents=True)
    trace = traces / "a.jsonl"
    trace.write_bytes(plain)
    hold(trace, fault)
    hold(trace, fault)
    pack(trace, tmp_path / "faults")
    assert [path.name for path in traces.iterdir()] == ["a.jsonl.gz"]
    assert [path.name for path in fault.iterdir()] == ["trace.jsonl.gz"]
    assert unpacked((fault / "trace.jsonl.gz").read_bytes()) == plain


def test_a_disk_without_links_gets_a_copy(tmp_path, plain, monkeypatch):
    """As memory cards are."""

    def refuse(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(trace_files.os, "link", refuse)
    (tmp_path / "a.jsonl").write_bytes(plain)
    fault = tmp_path / "fault"
    fault.mkdir()
    hold(tmp_path / "a.jsonl", fault)
    assert (fault / "trace.jsonl").read_bytes() == plain


def test_room_is_made_by_number_and_by_size(tmp_path):
    """The oldest names go first; the newest stays."""
    for name in "abcd":
        (tmp_path / name).write_bytes(bytes(1 << 19))
    make_room(tmp_path, 3, 100)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b", "c", "d"]
    make_room(tmp_path, 3, 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c", "d"]
    make_room(tmp_path, 3, 0.1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["d"]
