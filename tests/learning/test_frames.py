"""Frames in a file: all that was written is there for the next process, and what is no such file is refused."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

import numpy as np
import pytest

from learning import frames
from learning.frames import AHEAD, PAGE, FramesError

LAYOUT = {"tiles": np.dtype((np.uint8, (3, 5))), "reward": np.dtype(np.float32), "complete": np.dtype(np.bool_)}


def test_what_was_written_is_there_without_a_word(tmp_path):
    """Opened again, though nothing was closed or waited for; types and shapes are the same."""
    file = tmp_path / "deep" / "buffer-00000001"
    written = frames.create(file, LAYOUT, 20)
    assert all(not array.any() for array in written.arrays.values())
    written.arrays["tiles"][7] = np.arange(15).reshape(3, 5)
    written.arrays["reward"][19] = 2.5
    found = frames.open_file(file, LAYOUT)
    assert (found.rows, found.file) == (20, file)
    assert found.arrays["tiles"][7].tolist() == np.arange(15).reshape(3, 5).tolist()
    assert found.arrays["reward"].tolist() == [0.0] * 19 + [2.5]
    assert found.arrays["complete"].dtype == np.bool_
    assert file.stat().st_size == PAGE + 320 + 128 + 20
    assert all(array.flags.aligned and array.flags.writeable for array in found.arrays.values())


def test_the_file_knows_what_may_have_been_written(tmp_path):
    """Some frames more than were asked for, so that the disk is seldom waited for; never less than before."""
    file = tmp_path / "buffer-00000001"
    one = frames.create(file, LAYOUT, 20)
    assert one.reserved == 0
    one.reserve(3)
    assert frames.open_file(file, LAYOUT).reserved == 3 + AHEAD
    one.reserve(AHEAD)
    assert frames.open_file(file, LAYOUT).reserved == 3 + AHEAD


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_all_of_a_file_is_in_memory_from_the_start(tmp_path):
    """So that what a process uses does not grow while the buffer fills."""
    file = tmp_path / "buffer-00000001"
    kept = frames.create(file, LAYOUT, 20_000)
    lines = iter(Path("/proc/self/smaps").read_text().splitlines())
    assert next(line for line in lines if line.endswith(str(file)))
    resident = next(line for line in lines if line.startswith("Rss:"))
    assert int(resident.split()[1]) * 1024 >= file.stat().st_size
    assert kept.rows == 20_000


@pytest.mark.parametrize("damage", ["gone", "cut", "page", "empty", "other"])
def test_a_file_that_is_no_such_file_is_refused_by_name(tmp_path, damage):
    """Also one of other arrays: of another stage or squad."""
    file = tmp_path / "buffer-00000001"
    frames.create(file, LAYOUT, 20)
    data, layout = file.read_bytes(), dict(LAYOUT)
    if damage == "gone":
        file.unlink()
    elif damage == "other":
        layout["tiles"] = np.dtype((np.uint8, (3, 6)))
    else:
        file.write_bytes({"cut": data[:-1], "page": data[:8] + b"\xff" * PAGE + data[PAGE + 8 :], "empty": b""}[damage])
    with pytest.raises(FramesError, match=r"buffer-00000001: (cannot be read|is damaged)"):
        frames.open_file(file, layout)


def test_no_room_leaves_nothing_behind(tmp_path, monkeypatch):
    """The error is the disk's; the space that was taken is free again."""

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(frames.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        frames.create(tmp_path / "buffer-00000001", LAYOUT, 20)
    assert list(tmp_path.iterdir()) == []
