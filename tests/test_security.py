"""SECURITY.md is true: what listens, what is written, and that no file of a stranger is run."""

from __future__ import annotations

import ast
import json
import os
import re
import time
from functools import cache
from pathlib import Path

import psutil
import pytest
from runs import PATIENCE, SMALL, configuration, finished, holdfast, quick_level

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("bot", "states", "vision", "learning", "planning", "game")
RUNS_DATA = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "code", "runpy"}
"""Modules that run what they read."""
TELLING = re.compile(
    rf"^\s*(?:import|from)\s.*\b(?:{'|'.join(RUNS_DATA)})\b|\b(?:eval|exec|shell|load|system)\b|ultralytics",
    re.MULTILINE | re.IGNORECASE,
)
"""What the text of a module has that one of these tests could find fault with: parsing all of them takes seconds."""
JUDGED = {"shell", "weights_only"}
"""Arguments whose value tells whether a call runs what it reads."""
SECRET = "hush-4711"


@cache
def nodes():
    """Everything that names something, in every module that may be at fault, each with the module's path."""
    telling = ast.Import | ast.ImportFrom | ast.Call | ast.Name
    return [
        (path.relative_to(ROOT).as_posix(), node)
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if TELLING.search(text := path.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, telling)
    ]


def test_nothing_is_read_that_could_be_a_program():
    """No pickle and none of its relatives, no evaluation of text, no shell, no loading that pickles."""
    found = []
    for path, node in nodes():
        if isinstance(node, ast.Import):
            found += [(path, alias.name) for alias in node.names if alias.name.split(".")[0] in RUNS_DATA]
        elif isinstance(node, ast.ImportFrom):
            found += [(path, node.module)] * ((node.module or "").split(".")[0] in RUNS_DATA)
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func) if isinstance(node.func, ast.Name | ast.Attribute) else ""
            words = {word.arg: ast.unparse(word.value) for word in node.keywords if word.arg in JUDGED}
            safe = words.get("weights_only") == "True"
            found += [(path, name)] * (name in {"eval", "exec", "np.load", "os.system"})
            found += [(path, name)] * (name == "torch.load" and not safe)
            found += [(path, "shell=True")] * (words.get("shell", "False") != "False")
    assert found == []


def imported(node):
    """The modules that a statement imports, or imports from."""
    return [node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]


def test_only_the_training_of_the_detector_uses_ultralytics():
    """The daemon runs ONNX weights: what ultralytics reads and reports is no part of it."""
    imports = {
        path
        for path, node in nodes()
        if isinstance(node, ast.Import | ast.ImportFrom)
        and "ultralytics" in {str(name).split(".")[0] for name in imported(node)}
    }
    callers = {
        path
        for path, node in nodes()
        if isinstance(node, ast.Name) and node.id in {"quiet_ultralytics", "UltralyticsDetector"}
    }
    assert imports == {"vision/detector.py", "vision/network.py", "vision/fitting.py"}
    assert callers == imports, "it is imported after its settings"


@pytest.mark.timeout(600)
def test_a_running_bot_listens_on_loopback_only_and_writes_to_its_folder_only(tmp_path, port, request):
    """One port, of the broker inside; no connection leaves the machine; the home directory stays empty; the password
    is in no file but bot.toml.
    """
    home, folder = tmp_path / "home", tmp_path / "bot"
    home.mkdir()
    folder.mkdir()
    mqtt = {"port": port, "username": "bot", "password": SECRET}
    config = configuration(folder, mqtt=mqtt, play={"stage": quick_level(folder).name}, practice=SMALL)
    environment = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": "", "XDG_CONFIG_HOME": "", "MPLCONFIGDIR": ""}
    process = holdfast("run", "--config", config, "--battles", 1, "--json", env=environment, cwd=folder)
    request.addfinalizer(process.kill)
    listening, remote = set(), set()
    deadline = time.monotonic() + 2 * PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        for connection in sockets(process.pid):
            if connection.status == psutil.CONN_LISTEN or not connection.raddr:
                listening.add(connection.laddr)
            else:
                remote.add(connection.raddr.ip)
        time.sleep(0.2)
    lines = finished(process)
    assert listening == {("127.0.0.1", port)}
    assert remote <= {"127.0.0.1"}
    assert sorted(path.name for path in folder.iterdir()) == ["bot.toml", "data", "short_watch.json"]
    assert list(home.iterdir()) == []
    assert SECRET not in json.dumps(lines)
    secret = SECRET.encode()
    assert [path for path in (folder / "data").rglob("*") if path.is_file() and secret in path.read_bytes()] == []


def sockets(pid):
    """Every TCP and UDP socket of a process and its children."""
    try:
        one = psutil.Process(pid)
        return [found for process in (one, *one.children(recursive=True)) for found in process.net_connections("inet")]
    except psutil.NoSuchProcess:
        return []
