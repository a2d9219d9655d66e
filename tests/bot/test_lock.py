"""One daemon for one data directory."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bot.config import ConfigError
from bot.lock import only_daemon

HOLD = """
import sys, time
from pathlib import Path
from bot.lock import only_daemon
with only_daemon(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_daemon_is_refused_until_the_first_is_gone(tmp_path):
    """Two daemons never write over each other's checkpoints; one that was killed leaves no lock behind."""
    with subprocess.Popen([sys.executable, "-c", HOLD, tmp_path / "data"], stdout=subprocess.PIPE) as first:
        assert first.stdout.readline() == b"held\n"
        with pytest.raises(ConfigError, match="another daemon plays with"), only_daemon(tmp_path / "data"):
            pass
        first.kill()
    with only_daemon(tmp_path / "data"):
        pass


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    """One line, with the place."""
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="cannot write in"), only_daemon(tmp_path / "file" / "data"):
        pass
