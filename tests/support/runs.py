"""Runs of the daemon for tests: configurations, a short level, and the program in this process or one of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import game.levels
from bot import log
from bot.config import Config, parse
from bot.daemon import Daemon
from bot.log_reader import read
from bot.parts import build

PLAY_SECONDS = 280
"""Real seconds a run of one battle may take."""
PATIENCE = 120.0
"""Real seconds anything shorter may take."""
SMALL = {"frame_step": 0.5, "width": 640, "height": 360}
"""[practice] where neither pictures nor their number are the point: half as many, and text is found in a quarter of the
time. Reading larger ones is proven in tests/vision; test_window.py and test_slow_capture.py play at the usual size.
"""
NO_BROKER = {"host": "127.0.0.1", "port": 1}


def short_level(folder: Path, groups: int = 1) -> Path:
    """A level file: the shipped stage first_watch with its first three enemies only, over in about 30 seconds.

    With more of its `groups` of enemies it lasts longer.
    """
    data = _first_watch()
    data["waves"][0]["fragments"] = data["waves"][0]["fragments"][:groups]
    return _written(data, folder)


def quick_level(folder: Path) -> Path:
    """A level file for what happens with every battle: one enemy, which runs, so that it is over in ten seconds."""
    data = _first_watch()
    fragment = data["waves"][0]["fragments"][0]
    fragment["actions"][0]["count"] = 1
    data["waves"][0]["fragments"] = [fragment]
    data["options"]["moveMultiplier"] = 2.0
    return _written(data, folder)


def _first_watch() -> dict[str, Any]:
    """The shipped stage first_watch, as it is written."""
    shipped = Path(game.levels.__file__).parent / "stages" / "first_watch.json"
    data: dict[str, Any] = json.loads(shipped.read_text(encoding="utf-8"))
    return data


def _written(level: dict[str, Any], folder: Path) -> Path:
    """The file of a level."""
    file = folder / "short_watch.json"
    file.write_text(json.dumps(level), encoding="utf-8")
    return file


def configuration(folder: Path, port: int | None = None, **tables: dict[str, Any]) -> Path:
    """A bot.toml in `folder`: these tables, this MQTT port and no planning unless they say otherwise."""
    written = {"mqtt": {"port": port}, **tables, "play": {"planning_seconds": 0, **tables.get("play", {})}}
    lines = []
    for name, options in written.items():
        lines += [f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in options.items())]
    file = folder / "bot.toml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def holdfast(*arguments: Any, **options: Any) -> subprocess.Popen[str]:
    """The program, in a process of its own."""
    command = [sys.executable, "-m", "bot", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def finished(process: subprocess.Popen[str]) -> list[dict[str, Any]]:
    """Wait for its end with exit code 0; the JSON lines it printed."""
    out, err = process.communicate(timeout=PLAY_SECONDS)
    assert process.returncode == 0, f"{out[-2000:]}\n{err}"
    return [json.loads(line) for line in out.splitlines()]


def make(folder: Path, tables: dict[str, Any], battles: int = 0, *, collect: bool = False) -> Daemon:
    """A daemon in this process, without a broker unless the tables name one."""
    config: Config = parse({"mqtt": NO_BROKER, **tables}, folder=folder)
    log.set_up(config.directory / log.FILE, "info", None)
    return Daemon(config, build(config, battles=battles, fresh=True, tell=lambda _: None), collect=collect)


def events_of(folder: Path) -> list[dict[str, Any]]:
    """What a daemon in this folder logged."""
    return list(read(folder / "data" / log.FILE))
