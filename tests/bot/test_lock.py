"""One daemon for one data directory, one training for one folder."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bot.config import ConfigError
from bot.lock import only_daemon, only_training
from game.errors import InputError

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


def test_a_second_training_is_refused_while_the_first_one_runs(tmp_path):
    """Two trainings never write over each other's checkpoints; afterwards the same folder can be gone on with."""
    with only_training(tmp_path / "out"):
        with pytest.raises(InputError, match="another training writes here"), only_training(tmp_path / "out"):
            pass
        with only_training(tmp_path / "other"):
            pass
        (tmp_path / "out" / "weights").touch()
    with only_training(tmp_path / "out"):
        pass
    assert (tmp_path / "out" / "weights").exists()
    assert not (tmp_path / "other").exists()
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be written"), only_training(tmp_path / "file" / "out"):
        pass
