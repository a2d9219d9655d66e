"""`holdfast train` after SIGKILL: the same command goes on, and comes to the same weights."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest
from learned import kept_plan

from bot import log
from bot.cli import main
from learning import checkpoint

STEPS = 2400
SETTINGS = """
[learning]
battles = 16
taught_updates = 3
decisions_per_update = 64
channels = 8
embedding = 4
buffer_size = 1000
"""


@pytest.fixture
def config(tmp_path):
    """A configuration with a small network, whose checkpoints come every two thousand decisions."""
    path = kept_plan(tmp_path, "first_watch")
    with path.open("a", encoding="utf-8") as file:
        file.write(SETTINGS)
    yield path
    log.close()


def asked(config, out):
    """The command's arguments."""
    more = ["--no-plan", "--steps", str(STEPS), "--seed", "1", "--out", str(out), "--config", str(config), "--json"]
    return ["train", "--stage", "first_watch", *more]


def learned(out):
    """The weights of a folder, and what its training goes on from."""
    kept, notes = checkpoint.read_newest(out)
    assert notes == ()
    return {name: array.tobytes() for name, array in kept.learned.items()}, kept.facts["training"]


@pytest.mark.timeout(300)
def test_the_same_command_goes_on_after_a_kill_and_comes_to_the_same(config, tmp_path, capsys):
    """Killed after its first checkpoint, in the middle of a round as it may be; another command is refused."""
    with subprocess.Popen([sys.executable, "-m", "bot", *asked(config, tmp_path / "killed")]) as training:
        while not checkpoint.checkpoints(tmp_path / "killed"):
            assert training.poll() is None
            time.sleep(0.01)
        training.kill()
    assert main([*asked(config, tmp_path / "killed"), "--steps", "100", "--seed", "2"]) == 2
    assert "training with other seed" in capsys.readouterr().err
    for out in ("killed", "whole"):
        assert main(asked(config, tmp_path / out)) == 0
        said = capsys.readouterr()
        assert ("going on after 2,0" in said.err) == (out == "killed")
        assert json.loads(said.out)["decisions"] >= STEPS
    assert learned(tmp_path / "killed") == learned(tmp_path / "whole")
