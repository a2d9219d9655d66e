"""A short run of benchmarks/learning_kills.py: SIGKILL while checkpoints, journal and buffers are written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).resolve().parents[1] / "benchmarks" / "learning_kills.py"


@pytest.mark.timeout(600)
@pytest.mark.skipif(not hasattr(os, "fork"), reason="what is killed is a fork, which Windows does not have")
def test_kills_cost_nothing_that_was_kept():
    """Four kills, of learner and training: all loads, nothing settled is lost, and training comes to the same."""
    command = [sys.executable, str(PROGRAM), "--kills", "4", "--more", "50", "--json"]
    ended = subprocess.run(command, check=True, capture_output=True, text=True, cwd=PROGRAM.parents[1])
    told = json.loads(ended.stdout)
    each = told.pop("each")
    assert [one["failed"] for one in each] == [None] * 4
    assert told["kills"] == 4
    assert told["the training comes to the same"] is True
    faults = ("starts that complained of a file", "kills that lost a settled battle", "kills that lost kept decisions",
              "experiences that were never made", "half-written files left")  # fmt: skip
    assert {name: told[name] for name in faults} == dict.fromkeys(faults, 0)
    assert told["battles settled"] > 0
