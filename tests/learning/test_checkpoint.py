"""Checkpoints survive bad disks and kills, and no checkpoint is lost."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from learning import checkpoint
from learning.checkpoint import BUFFER, LEARNED, STATE, Checkpoint, CheckpointError


def numbered(number, size=10):
    """A checkpoint whose arrays all hold its number."""
    learned = {"weights": np.full((size, 3), number, np.float32)}
    buffer = {"legal": np.full(size, number, np.uint8), "complete": np.ones(size, np.bool_)}
    return Checkpoint(learned, buffer, {"number": number})


def test_it_comes_back_as_it_was(tmp_path):
    """Arrays keep their types and shapes, facts their values."""
    checkpoint.write(tmp_path, numbered(7))
    kept, notes = checkpoint.read_newest(tmp_path)
    assert notes == ()
    assert kept.facts["number"] == 7
    assert (kept.learned["weights"] == 7).all()
    assert kept.buffer["complete"].dtype == np.bool_


def test_arrays_that_are_not_contiguous_are_written_as_they_read(tmp_path):
    """A transposed array comes back transposed, not scrambled."""
    array = np.arange(6, dtype=np.float32).reshape(2, 3).T
    checkpoint.write(tmp_path, Checkpoint({"a": array}, {}, {}))
    assert (checkpoint.read_newest(tmp_path)[0].learned["a"] == array).all()


def test_the_newest_two_are_kept(tmp_path):
    """There is one to fall back to, and the disk does not fill."""
    for number in range(5):
        checkpoint.write(tmp_path, numbered(number))
    assert [path.name for path in checkpoint.checkpoints(tmp_path)] == ["checkpoint-00000004", "checkpoint-00000005"]


@pytest.mark.parametrize("part", [LEARNED, BUFFER, STATE])
@pytest.mark.parametrize("damage", ["cut", "flip", "gone"])
def test_a_damaged_one_gives_one_line_and_the_one_before(tmp_path, part, damage):
    """The line names the file and what is used instead; the damaged one is moved aside, not deleted."""
    for number in (1, 2):
        checkpoint.write(tmp_path, numbered(number))
    victim = checkpoint.checkpoints(tmp_path)[-1] / part
    data = bytearray(victim.read_bytes())
    if damage == "gone":
        victim.unlink()
    else:
        data[len(data) // 2] ^= 0xFF
        victim.write_bytes(data[: len(data) // 2] if damage == "cut" else data)
    kept, notes = checkpoint.read_newest(tmp_path)
    assert kept.facts["number"] == 1
    (note,) = notes
    assert part in note
    assert "going on from checkpoint-00000001" in note
    assert "\n" not in note
    assert (tmp_path / "damaged-1-checkpoint-00000002").is_dir()


def test_when_all_are_damaged_it_starts_from_nothing_and_says_so(tmp_path):
    """One line for each, and every folder is kept."""
    for number in (1, 2):
        (checkpoint.write(tmp_path, numbered(number)) / STATE).write_text("{", encoding="utf-8")
    kept, notes = checkpoint.read_newest(tmp_path)
    assert kept is None
    assert len(notes) == 2
    assert "beginning anew" in notes[1]
    assert len(list(tmp_path.glob("damaged-*"))) == 2


def test_another_format_is_refused_by_name(tmp_path):
    """A checkpoint of a later version is not misread."""
    path = checkpoint.write(tmp_path, numbered(1)) / STATE
    path.write_text(path.read_text(encoding="utf-8").replace('"format": 1', '"format": 9'), encoding="utf-8")
    with pytest.raises(CheckpointError, match=r"state\.json: is not of format 1"):
        checkpoint.read(path.parent)


def test_a_fresh_start_keeps_what_was_there(tmp_path):
    """Starting over renames; it does not delete."""
    checkpoint.write(tmp_path, numbered(1))
    checkpoint.set_aside(tmp_path)
    assert checkpoint.read_newest(tmp_path) == (None, ())
    assert (tmp_path / "earlier-1-checkpoint-00000001").is_dir()


WRITER = """
import sys
from pathlib import Path
import numpy as np
from learning import checkpoint
from learning.checkpoint import Checkpoint
number = 0
while True:
    number += 1
    learned = {"weights": np.full((300_000, 3), number, np.float32)}
    buffer = {"legal": np.full(500_000, number % 256, np.uint8)}
    checkpoint.write(Path(sys.argv[1]), Checkpoint(learned, buffer, {"number": number}))
    print(number, flush=True)
"""


def test_a_kill_at_any_moment_leaves_a_whole_checkpoint(tmp_path):
    """A writer is killed outright, again and again; what is found is whole and at least as new as it had reported."""
    rng = np.random.default_rng(4)
    for _ in range(6):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        writer.stdout.readline()
        time.sleep(rng.random() * 0.12)
        writer.send_signal(signal.SIGKILL)
        reported = int((writer.communicate()[0].split() or ["1"])[-1])
        kept, notes = checkpoint.read_newest(tmp_path)
        assert notes == ()
        assert kept.facts["number"] >= reported
        assert (kept.learned["weights"] == kept.facts["number"]).all()
        assert (kept.buffer["legal"] == kept.facts["number"] % 256).all()
    checkpoint.write(tmp_path, numbered(1))
    assert not list(tmp_path.glob("writing-*"))
