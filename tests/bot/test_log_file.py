"""The log on a disk that is full: lines are lost, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from bot import log
from bot.log_reader import read

FULL = """
import resource, sys
from pathlib import Path
from bot import log
from bot.log_reader import read
file = Path(sys.argv[1])
log.set_up(file, "info", None)
log.logger().info("checkpoint", battles=0)
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size + 30, hard))
for number in range(1, 200):
    log.logger().info("checkpoint", battles=number)
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
log.logger().info("checkpoint", battles=200)
log.close()
"""


def test_a_full_disk_is_told_once_and_the_log_comes_back(tmp_path):
    """One line on standard error and no traceback; afterwards one line says how many are missing."""
    file = tmp_path / log.FILE
    done = subprocess.run([sys.executable, "-c", FULL, file], capture_output=True, text=True, check=True)
    assert done.stderr.count("\n") == 1
    assert "cannot be written (File too large); going on without a log" in done.stderr
    lines = list(read(file))
    assert [line.get("battles") for line in lines] == [0, 200, None]
    assert lines[-1]["why"].startswith("199 lines")


def test_standard_output_that_is_full_or_gone_is_no_error():
    """Whatever the terminal does, the play goes on."""
    program = (
        'import sys; from bot import log; log.set_up(None, "info", sys.stdout); log.logger().info("trace", path="x")'
    )
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", program], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert "Traceback" not in done.stderr


def test_a_torn_line_does_not_swallow_the_next(tmp_path):
    """A crash tears one line; what is logged after it stands in a line of its own."""
    file = tmp_path / log.FILE
    file.write_bytes(b'{"event": "scr')
    log.set_up(file, "info", None)
    log.logger().info("trace", path="x")
    log.close()
    assert orjson.loads(file.read_bytes().splitlines()[1])["path"] == "x"


@pytest.mark.parametrize("level", ["info", "warning"])
def test_it_rotates_as_before(tmp_path, level):
    """Size and number of the files are those of the configuration."""
    log.set_up(tmp_path / log.FILE, "info", None, megabytes=1, keep=2)
    for number in range(70):
        getattr(log.logger(), level)("checkpoint", battles=number, why="x" * 50_000)
    log.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == [log.FILE, f"{log.FILE}.1", f"{log.FILE}.2"]
