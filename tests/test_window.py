"""The whole loop on a real window: the practice game in a process of its own, seen by `mss`, touched by `pyautogui`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import skins
from runs import quick_level

START_SECONDS = 90
PLAY_SECONDS = 280


@pytest.fixture
def desktop(display: str, tmp_path: Path) -> dict[str, str]:
    """The environment of programs on the virtual screen."""
    return {
        **os.environ,
        "DISPLAY": display,
        "SDL_VIDEODRIVER": "x11",
        "SDL_AUDIODRIVER": "dummy",
        "XAUTHORITY": str(tmp_path / "empty-authority"),
    }


@pytest.fixture
def level(tmp_path: Path) -> Path:
    """What is played: a battle of ten seconds."""
    return quick_level(tmp_path)


@pytest.fixture
def window(desktop: dict[str, str], level: Path, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The practice game in a window at the screen's corner, in a look that the eyes were never taught; it prints the
    name of every screen it shows.
    """
    skin = skins.make(skins.NEON, tmp_path)
    options = ["--window", "--position", "0,0", "--no-popups", "--say", "--stage", level, "--skin", skin]
    command = [sys.executable, "-m", "bot", "practice", *options]
    with subprocess.Popen(command, env=desktop, stdout=subprocess.PIPE, text=True) as game:
        assert game.stdout is not None
        assert game.stdout.readline().strip() == "home"
        yield game
        game.terminate()


@pytest.mark.timeout(START_SECONDS + PLAY_SECONDS)
def test_a_battle_is_played_through_a_real_window(window, desktop, level, tmp_path, port):
    """From the home screen to a settled battle and home again, by pixels and the mouse alone, as on a client that was
    never seen: no detector, no portraits.
    """
    (tmp_path / "empty-authority").touch()
    config = tmp_path / "bot.toml"
    config.write_text(
        f'[play]\nstage = "{level}"\nplanning_seconds = 0\n'
        f'[screen]\nkind = "window"\ntitle = "holdfast practice"\nprofile = "arknights-en"\n[mqtt]\nport = {port}\n',
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "bot", "run", "--config", config, "--battles", "1", "--fresh", "--json"]
    done = subprocess.run(command, env=desktop, capture_output=True, text=True, timeout=PLAY_SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines[-1]["battles"] == 1
    assert lines[-1]["decisions"] > 0
    window.terminate()
    shown = [line.strip() for line in window.stdout]
    ended = next(index for index, screen in enumerate(shown) if screen in ("settle", "failed"))
    assert "battle" in shown[:ended]
    assert "home" in shown[ended:]
    gestures = {line["kind"] for line in lines if line.get("event") == "gesture"}
    assert {"tap", "deploy"} <= gestures
