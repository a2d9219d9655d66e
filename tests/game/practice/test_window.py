"""The practice game in a real window: it opens where it is told, answers the mouse, and moves and resizes by faults."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import mss
import numpy as np
import pygame
import pytest
from levels import CATALOGUE

from game.characters.builds import default_squad
from game.levels.stage import load_stage
from game.practice import window
from game.practice.app import PracticeGame

SECONDS = 60
CORNER = (100, 50)
SIZE = (640, 360)
MOVED = {"faults": '["moved"]', "fault_rate": 60.0, "seed": 5425}
RESIZED = {"faults": '["resized"]', "fault_rate": 60.0, "seed": 5489}
"""A fault in the first second, which lasts 5 to 7 s, and then none for 4 s, in which to see that it is over."""

Box = tuple[int, int, int, int]


@pytest.fixture(autouse=True)
def desktop(display, monkeypatch, tmp_path):
    """The virtual display, for this process and those it starts."""
    (tmp_path / "authority").touch()
    for name, value in (("DISPLAY", display), ("SDL_VIDEODRIVER", "x11"), ("XAUTHORITY", str(tmp_path / "authority"))):
        monkeypatch.setenv(name, value)


@contextmanager
def opened(folder, **practice) -> Iterator[subprocess.Popen[str]]:
    """A practice game in a window of `SIZE` at `CORNER`."""
    settings = {"width": SIZE[0], "height": SIZE[1], **practice}
    config = folder / "bot.toml"
    config.write_text("[practice]\n" + "".join(f"{key} = {value}\n" for key, value in settings.items()), "utf-8")
    place = ",".join(map(str, CORNER))
    command = [sys.executable, "-m", "bot", "practice", "--config", str(config), "--position", place, "--no-popups"]
    with subprocess.Popen([*command, "--say"], env=os.environ, stdout=subprocess.PIPE, text=True) as game:
        assert game.stdout is not None
        assert game.stdout.readline().strip() == "home"
        yield game
        game.terminate()


def click(x: int, y: int) -> None:
    """Click on the desktop, in a process of its own: `pyautogui` stays on the display on which it was imported."""
    subprocess.run([sys.executable, "-c", f"import pyautogui; pyautogui.click({x}, {y})"], env=os.environ, check=True)


def box() -> Box | None:
    """The rectangle of the desktop that is not black: x, y, width, height."""
    with mss.MSS() as grabber:
        lit = np.asarray(grabber.grab(grabber.monitors[0]))[:, :, :3].any(axis=2)
    if not lit.any():
        return None
    rows, columns = np.flatnonzero(lit.any(axis=1)), np.flatnonzero(lit.any(axis=0))
    return int(columns[0]), int(rows[0]), int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1


def wait_until(holds: Callable[[Box], bool]) -> Box:
    """Wait until the window's rectangle fulfils a condition, and return it."""
    deadline, last = time.monotonic() + SECONDS, None
    while time.monotonic() < deadline:
        last = box()
        if last is not None and holds(last):
            return last
        time.sleep(0.2)
    return pytest.fail(f"the window stays at {last}")


def test_the_window_opens_where_it_is_told_and_answers_the_mouse(tmp_path):
    """A click on the terminal's button opens the terminal; SIGTERM ends the game with exit code 0."""
    with opened(tmp_path) as game:
        assert wait_until(lambda seen: seen == (*CORNER, *SIZE))
        click(CORNER[0] + 978 // 2, CORNER[1] + 194 // 2)
        assert game.stdout.readline().strip() == "terminal"
        game.terminate()
        assert game.wait(SECONDS) == 0


def test_an_end_by_ctrl_c_gives_sigterm_back(monkeypatch):
    """However the window ends, the process obeys SIGTERM afterwards as it did before."""

    def interrupt(_game):
        raise KeyboardInterrupt

    monkeypatch.setattr(window, "_open", pygame.Surface)
    monkeypatch.setattr(window, "_obey", interrupt)
    monkeypatch.setattr(pygame.display, "get_window_position", lambda: CORNER)
    before = signal.getsignal(signal.SIGTERM)
    game = PracticeGame([load_stage("first_watch", CATALOGUE)], default_squad(CATALOGUE), size=SIZE)
    with pytest.raises(KeyboardInterrupt):
        window.play_in_window(game)
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_moved_window_comes_back(tmp_path):
    """Its size stays the same."""
    with opened(tmp_path, **MOVED):
        away = wait_until(lambda seen: seen[:2] != CORNER)
        assert away[2:] == SIZE or away[:2] == (0, 0) or 0 in away[:2]
        wait_until(lambda seen: seen == (*CORNER, *SIZE))


def test_a_resized_window_is_drawn_at_its_new_size(tmp_path):
    """The whole picture, larger or smaller, in the same proportions; then at its first size again."""
    with opened(tmp_path, **RESIZED):
        other = wait_until(lambda seen: seen[2:] != SIZE)
        assert other[2] / other[3] == pytest.approx(SIZE[0] / SIZE[1], abs=0.05)
        wait_until(lambda seen: seen == (*CORNER, *SIZE))
