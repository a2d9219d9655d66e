"""Fixtures of several packages: small levels, the reference data, a free port, a real broker, a screen."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, settings
from levels import Workshop, play_plan
from ports import START_SECONDS, free_port, wait_for_port

from game.simulator.battle import Battle

LONGEST = (
    "bot/test_cluster.py", "vision/test_screens.py", "test_adb_battle.py", "bot/commands/test_run.py",
    "vision/test_watcher.py", "test_window.py", "bot/test_daemon.py", "vision/test_client_area.py", "test_kills.py",
    "test_reliability.py", "bot/test_ending.py", "bot/test_turns.py", "bot/web/test_page.py",
    "vision/test_detector_training.py", "learning/test_learner.py", "bot/test_control.py",
    "game/practice/test_window.py", "vision/test_entry_pages.py", "vision/test_ui_scale.py", "test_security.py",
    "planning/test_generator.py", "vision/test_practice.py", "game/simulator/test_properties.py",
    "test_learning_kills.py", "bot/commands/test_train_killed.py", "learning/test_training_resumed.py",
    "vision/test_cutter.py", "bot/test_systemd.py", "bot/test_watchdog.py", "test_wheel.py",
    "bot/test_slow_capture.py", "game/levels/test_shipped_stages.py", "bot/commands/test_plan.py",
    "planning/test_search.py", "bot/test_plan_picture.py", "learning/test_training.py", "game/practice/test_layout.py",
    "test_benchmarks.py", "test_fuzz.py",
)  # fmt: skip
"""Files of tests that begin first, below tests/."""

settings.register_profile(
    "usual", max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
settings.register_profile("thorough", settings.get_profile("usual"), max_examples=10_000)
settings.load_profile("usual")


@pytest.fixture
def make(tmp_path: Path) -> Workshop:
    """The workshop of small levels."""
    return Workshop(tmp_path)


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of real levels and public tables; tests that need it skip where it is absent."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "reference"
    if not folder.is_dir():
        pytest.skip("the public reference data is not here (../shared/reference)")
    return folder


@pytest.fixture(scope="session")
def play() -> Callable[..., Battle]:
    """Plays a plan: each step (action) as soon as it is allowed, one try each half second, skills as they are ready."""
    return play_plan


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files, so that two workers end at about the same time."""
    rank = {Path(__file__).parent / name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path, len(LONGEST)))


class Broker(NamedTuple):
    """A mosquitto that can be stopped and started again on the same port."""

    port: int
    start: Callable[[], None]
    end: Callable[[], None]
    signal: Callable[[int], None]
    """Sends a signal to its process."""


@pytest.fixture
def port() -> int:
    """A port on which no program listens."""
    return free_port()


@pytest.fixture(scope="module")
def unused_port() -> int:
    """A free port for the runs that the tests of a module share; they run one after the other."""
    return free_port()


@pytest.fixture
def mosquitto(port: int, tmp_path: Path) -> Iterator[Broker]:
    """A real broker on loopback, in a process of its own."""
    program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("mosquitto is not installed; on Debian: apt-get install mosquitto")
    settings = tmp_path / "mosquitto.conf"
    settings.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\nuser root\n", encoding="utf-8")
    running: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        running.append(subprocess.Popen([program, "-c", str(settings)], stderr=subprocess.DEVNULL))
        wait_for_port(port)

    def end() -> None:
        while running:
            process = running.pop()
            process.terminate()
            process.wait(START_SECONDS)

    def signal(number: int) -> None:
        running[-1].send_signal(number)

    start()
    yield Broker(port, start, end, signal)
    end()


@pytest.fixture
def display() -> Iterator[str]:
    """A virtual screen of 1280x720, in an X server of its own; the server picks a free display number."""
    program = shutil.which("Xvfb")
    if program is None:
        pytest.skip("Xvfb is not installed; on Debian: apt-get install xvfb")
    command = [program, "-displayfd", "1", "-screen", "0", "1280x720x24", "-nolisten", "tcp", "-ac"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        assert server.stdout is not None
        number = server.stdout.readline().decode().strip()
        if not number:
            pytest.skip("Xvfb does not start here")
        yield f":{number}"
        server.terminate()
