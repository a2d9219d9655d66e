"""Every door without the packages of its extra, in an interpreter that has none of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from bot.extras import ROOT, install_command

MISSING = ("starlette", "uvicorn", "mcp", "httpx", "xllamacpp", "ray", "tensorboard")
TRAIN = ("train", "--stage", "first_watch", "--out", "out")
DOORS = {
    "web": (["web"], "the page needs starlette and uvicorn"),
    "run": (["run"], "the page needs starlette and uvicorn"),
    "mcp": (["mcp"], "holdfast mcp needs mcp"),
    "coach": (["coach", "plan HF-1"], "holdfast coach needs httpx"),
    "train --cluster": ([*TRAIN, "--cluster", "local"], "--cluster needs ray"),
    "plan --cluster": (["plan", "--stages", "stages.txt", "--out", "out", "--cluster", "local"], "--cluster needs ray"),
    "train --tensorboard": ([*TRAIN, "--tensorboard"], "--tensorboard needs tensorboard"),
}
EXTRAS = {"page": "web", "mcp": "coach", "httpx": "coach", "ray": "cluster", "tensorboard": "tensorboard"}
RUN = """
import contextlib, io, json, sys
sys.modules |= dict.fromkeys(json.loads(sys.argv[1]))
from bot.cli import main
for door, arguments in json.loads(sys.argv[2]).items():
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        code = main(arguments)
    print(json.dumps([door, code, said.getvalue()]))
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What each door says, with its exit code."""
    folder = tmp_path_factory.mktemp("bare")
    (folder / "bot.toml").write_text("[web]\nenabled = true\n", encoding="utf-8")
    (folder / "stages.txt").write_text("first_watch\n", encoding="utf-8")
    asked = json.dumps({door: arguments for door, (arguments, _) in DOORS.items()})
    done = subprocess.run(
        [sys.executable, "-c", RUN, json.dumps(MISSING), asked],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["bot.toml", "stages.txt"]  # nothing began
    return {door: (code, err) for door, code, err in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("door", DOORS)
def test_a_door_whose_extra_is_missing_says_how_to_install_it(said, door):
    """In one line, with the exit code of bad input, before anything else is said or done."""
    needs = DOORS[door][1]
    extra = next(extra for word, extra in EXTRAS.items() if word in needs.split())
    assert said[door] == (2, f"{needs}; install with: {install_command(extra)}\n")
