"""Both sides of adb for tests: a server of their own, never the user's, and practice devices in threads."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from levels import CATALOGUE
from ports import free_port, wait_for_port

from game.characters.builds import squad_of
from game.levels.stage import load_stage
from game.practice.adb_device import listening, serve_adb
from game.practice.adb_shell import ANDROID, DeviceShell
from game.practice.app import PracticeGame

TERMINAL = (978, 194)
"""The pixel of the home page's button that leads to the terminal, at 1280x720."""


def practice_game(size=(1280, 720)):
    """A game on its home page."""
    return PracticeGame([load_stage("first_watch", CATALOGUE)], squad_of(["Fang"], CATALOGUE), size, popups=False)


class PracticeDevice:
    """A practice game served to adb from a thread; it can be stopped and started again on the same port."""

    def __init__(self, game=None, android=ANDROID):
        self.game = game or practice_game()
        self.lock = threading.Lock()
        """While it is held the device draws nothing."""
        self._shell = DeviceShell(self.game, self.lock, android)
        self._loop = None
        self.port = 0
        self.start()

    @property
    def serial(self):
        """What adb calls it."""
        return f"127.0.0.1:{self.port}"

    def start(self):
        """Listen."""
        door = listening(self.port)
        self.port = door.getsockname()[1]
        running = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(door, running)), daemon=True)
        self._thread.start()
        assert running.wait(20)

    async def _serve(self, door, running):
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        running.set()
        with suppress(asyncio.CancelledError):
            await serve_adb(self._shell, door)

    def stop(self):
        """Be gone, with every connection."""
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(20)


class AdbServer:
    """A server of adb that can be killed; the environment must name its port already."""

    def __init__(self, program, port):
        self._command = [program, "nodaemon", "server"]
        self.program = program
        self.port = port
        self.start()

    def start(self):
        """Start it, and wait until it listens."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for_port(self.port)

    def kill(self):
        """Kill it without a warning."""
        self._process.kill()
        self._process.wait(20)

    def run(self, *arguments):
        """What adb prints, as bytes."""
        return subprocess.run([self.program, *arguments], capture_output=True, check=True, timeout=60).stdout


@contextmanager
def adb_server(folder, monkeypatch) -> Iterator[AdbServer]:
    """A private server, for this process and those it starts; the test skips where adb is not installed."""
    program = shutil.which("adb")
    if program is None:
        pytest.skip("adb is not installed; on Debian: apt-get install adb")
    port = free_port()
    # It looks for emulators at the ports up to the last one named; the user's own are none of the test's business.
    names = {"ANDROID_ADB_SERVER_PORT": str(port), "ADB_LOCAL_TRANSPORT_MAX_PORT": "5554", "HOME": str(folder)}
    for name, value in names.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("ANDROID_SERIAL", raising=False)
    server = AdbServer(program, port)
    yield server
    server.kill()
    subprocess.run([program, "kill-server"], capture_output=True, check=False, env=os.environ)  # one started meanwhile
