"""The command line: quick to start, one line for what is wrong, exit codes as documented."""

from __future__ import annotations

import atexit
import gc
import subprocess
import sys

import pytest

from bot import __version__
from bot.cli import leave_objects, main, parser
from bot.requests import REQUESTS

VERBS = (
    "run", *(request.command_line or request.verb for request in REQUESTS), "logs", "replay", "read", "train",
    "evaluate", "stage", "import",
    "practice", "plan", "simulate", "generate", "graph", "doctor", "config", "picture", "roster", "roster import",
    "roster show", "roster set", "gamedata use", "gamedata update", "gamedata show", "vision collect", "vision label",
    "vision train", "vision evaluate", "service install",
    "service uninstall", "service status", "report", "web", "trace ls", "trace show", "trace diff", "trace cut",
    "trace why", "mcp", "coach",
)  # fmt: skip
HEAVY = {
    "asyncio",
    "subprocess",
    "torch",
    "cv2",
    "numba",
    "onnxruntime",
    "ultralytics",
    "pygame",
    "pyautogui",
    "pydantic",
    "aiomqtt",
    "gymnasium",
    "starlette",
    "mcp",
    "httpx",
    "ray",
    "tensorboard",
    "uvicorn",
}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(capsys, verb):
    """`holdfast VERB --help` says what it does."""
    with pytest.raises(SystemExit) as ended:
        main([*verb.split(), "--help"])
    assert ended.value.code == 0
    assert "usage: holdfast" in capsys.readouterr().out


def test_the_parser_knows_the_verbs_of_the_documentation():
    """No verb is added without a line in VERBS, and none is lost."""
    (table,) = (action for action in parser()._actions if action.metavar == "VERB")
    assert set(table.choices) == {verb.split()[0] for verb in VERBS}


def test_it_names_its_version(capsys):
    """`holdfast --version`."""
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"holdfast {__version__}\n"


def test_python_m_bot_is_holdfast_and_starts_quickly(monkeypatch):
    """The same help by either name, without loading heavy libraries: those are imported by the verbs that need them."""
    monkeypatch.setenv("COLUMNS", "80")
    command = [sys.executable, "-X", "importtime", "-m", "bot", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == parser().format_help()
    loaded = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
    assert "bot.commands.run" in loaded
    assert not HEAVY & loaded


def test_the_exit_code_reaches_the_shell(tmp_path):
    """And what is wrong is one line on standard error, without a traceback."""
    command = [sys.executable, "-m", "bot", "practice", "--sheet", tmp_path / "sheet.jpg"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_bad_configuration_is_told_without_a_traceback(capsys, tmp_path):
    """All three problems in one message on standard error, exit code 2."""
    file = tmp_path / "bot.toml"
    file.write_text('[mqqt]\nx = 1\n[play]\nspeed = "fast"\n[vision]\nweights = "none.onnx"\n', encoding="utf-8")
    assert main(["run", "--config", str(file)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("bot.toml: 3 problems\n")
    for word in ("mqqt", "did you mean [mqtt]", "play.speed", "none.onnx", "holdfast vision train"):
        assert word in told.err


@pytest.mark.parametrize("triton", [False, True])
def test_the_end_of_a_program_is_not_spent_on_garbage(monkeypatch, capsys, triton):
    """What a verb has loaded is not looked through once more before the process is gone; triton's objects are."""
    at_the_end, frozen = [], []
    monkeypatch.setattr(atexit, "register", at_the_end.append)
    monkeypatch.setattr(gc, "freeze", lambda: frozen.append(True))
    monkeypatch.delitem(sys.modules, "triton", raising=False)
    if triton:
        monkeypatch.setitem(sys.modules, "triton", atexit)
    assert main(["graph"]) == 0
    assert leave_objects in at_the_end
    leave_objects()
    assert bool(frozen) == (not triton)
