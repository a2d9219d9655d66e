"""The whole loop over the real adb: the practice game as a device in a foreign look, played by `holdfast run`."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import skins
from adb_side import adb_server
from runs import configuration, holdfast, quick_level

PLAY_SECONDS = 280


class Game:
    """The practice game as a device, in a look that the eyes were never taught; what it shows is noted until it is
    killed.
    """

    def __init__(self, level, port):
        skin = skins.make(skins.PAPER, level.parent)
        options = ["--adb", port, "--no-popups", "--say", "--stage", level, "--skin", skin]
        command = [sys.executable, "-m", "bot", "practice", *map(str, options)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        assert self.process.stdout.readline().strip() == "home"
        self.shown = ["home"]
        self.battle = threading.Event()
        self._thread = threading.Thread(target=self._note, daemon=True)
        self._thread.start()

    def _note(self):
        for line in self.process.stdout:
            self.shown.append(line.strip())
            if self.shown[-1] == "battle":
                self.battle.set()

    def kill(self):
        """End it without a warning."""
        self.process.kill()
        self.process.wait(20)
        self._thread.join(20)


@contextmanager
def game_on(level, port) -> Iterator[Game]:
    """A practice device that is gone in the end."""
    game = Game(level, port)
    yield game
    game.kill()


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A private adb server."""
    with adb_server(tmp_path, monkeypatch) as server:
        yield server


def playing(folder, level, port, broker_port):
    """`holdfast run` of one battle on the device at a port."""
    tables = {
        "play": {"stage": str(level)},
        "screen": {"kind": "adb", "serial": f"127.0.0.1:{port}", "profile": "arknights-en"},
    }
    config = configuration(folder, broker_port, **tables)
    return holdfast("run", "--config", config, "--battles", 1, "--fresh", "--json")


def lines_of(process):
    """The JSON lines of a run that ends well."""
    out, err = process.communicate(timeout=PLAY_SECONDS)
    assert process.returncode == 0, f"{out[-3000:]}\n{err}"
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.timeout(2 * PLAY_SECONDS)
def test_a_battle_is_played_over_adb_whatever_ends_meanwhile(server, tmp_path, port, unused_port):
    """From the home page to a settled battle and home again, by screenshots and touches alone. The device ends in a
    battle: the bot goes on by itself once it is back. In the next battle the adb server is killed: another is started.
    """
    level = quick_level(tmp_path)
    with game_on(level, port) as game:
        run = playing(tmp_path, level, port, unused_port)
        assert game.battle.wait(PLAY_SECONDS)
    with game_on(level, port) as game:
        assert game.battle.wait(PLAY_SECONDS)
        server.kill()
        lines = lines_of(run)
    assert lines[-1]["battles"] == 1
    ended = next(index for index, screen in enumerate(game.shown) if screen in ("settle", "failed"))
    assert "home" in game.shown[ended:]
    assert {"tap", "deploy"} <= {line["kind"] for line in lines if line.get("event") == "gesture"}
