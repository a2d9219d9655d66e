"""A window found by its title: by words that are its own, wherever it is moved to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from Xlib import Xatom
from Xlib import display as xdisplay

from bot.clients.desktop import DesktopScreen, check, client_area
from bot.clients.titled_window import chosen_window
from bot.clients.x11 import WindowError
from bot.config import parse
from vision.capture import CaptureError

SECONDS = 20
TITLED = [("Emulator 1", 1), ("Emulator 2", 2), ("Files", 3), ("", 4)]

PAINT = """
import json, sys, pygame
pygame.display.init()
window = pygame.display.set_mode((200, 100))
pygame.display.set_caption(sys.argv[1])

def paint():
    window.fill((200, 100, 50))
    window.fill((0, 0, 255), (0, 0, window.get_width() // 10, window.get_height() // 10))
    pygame.display.flip()
    pygame.event.pump()
    print("painted", flush=True)

paint()
for line in sys.stdin:
    x, y, width, height = json.loads(line)
    if (width, height) != window.get_size():
        window = pygame.display.set_mode((width, height))
    pygame.display.set_window_position((x, y))
    paint()
"""


@pytest.fixture(autouse=True)
def desktop(display, monkeypatch, tmp_path):
    """The virtual display, for this process and those it starts."""
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.setenv("SDL_VIDEODRIVER", "x11")
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".Xauthority").touch()
    monkeypatch.delenv("XAUTHORITY", raising=False)


@contextmanager
def painted(title, position="30,40") -> Iterator[subprocess.Popen[str]]:
    """An orange window of 200x100 with a blue corner; a line to it moves and resizes it."""
    environment = {**os.environ, "SDL_VIDEO_WINDOW_POS": position, "PYGAME_HIDE_SUPPORT_PROMPT": "1"}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", PAINT, title], env=environment, **pipes) as window:
        window.stdout.readline()
        yield window
        window.kill()


def put(window, *place):
    """Move the window and resize it."""
    window.stdin.write(json.dumps(place) + "\n")
    window.stdin.flush()
    window.stdout.readline()


def options(title):
    """[screen] with a title."""
    return parse({"screen": {"kind": "window", "title": title}}).screen


def wait_until(holds):
    """Wait until a condition holds."""
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize(("wanted", "number"), [("emulator 2", 2), ("les", 3), ("FILES", 3)])
def test_a_part_of_the_title_will_do_where_no_other_has_it(wanted, number):
    """Capitals do not matter."""
    assert chosen_window(TITLED, wanted) == number


def test_the_same_title_goes_before_one_that_has_it_in_it():
    """A folder named like the game may be open beside it."""
    assert chosen_window([("Emulator: files", 1), ("Emulator", 2)], "emulator") == 2


def test_none_and_several_are_one_line_that_lists_titles():
    """Those that were meant, or all there are."""
    with pytest.raises(WindowError, match=r'several windows .*: "Emulator 1", "Emulator 2"; set'):
        chosen_window(TITLED, "emulator")
    with pytest.raises(WindowError, match=r'there are: "Emulator 1", "Emulator 2", "Files"; see'):
        chosen_window(TITLED, "phone")
    with pytest.raises(WindowError, match="there are: none"):
        chosen_window([], "phone")


def test_a_window_is_followed_where_it_is_moved():
    """Its picture stays the same; a larger one is scaled to the size that it had."""
    with painted("Näme 明日方舟") as window:
        assert client_area(options("明日方舟")) == (30, 40, 200, 100)
        screen = DesktopScreen((30, 40, 200, 100), "明日方舟")
        for place in ((30, 40, 200, 100), (300, 200, 200, 100), (300, 200, 400, 200)):
            put(window, *place)
            wait_until(lambda place=place: client_area(options("näme")) == place)
            wait_until(lambda: screen.grab().image[5, 5].tolist() == [255, 0, 0])
            image = screen.grab().image
            assert image.shape == (100, 200, 3)
            assert image[60, 100].tolist() == [50, 100, 200]
        put(window, 300, 200, 200, 200)
        wait_until(lambda: client_area(options("näme"))[3] == 200)
        with pytest.raises(CaptureError, match="200x200 now and was 200x100"):
            screen.grab()


def test_a_window_that_is_closed_is_found_again_when_it_is_back():
    """Meanwhile a line says which windows there are."""
    screen = DesktopScreen((30, 40, 200, 100), "game")
    with painted("The game"):
        assert screen.grab().image.shape == (100, 200, 3)
    with painted("Other"):
        with pytest.raises(CaptureError, match=r'there are: "Other"'):
            screen.grab()
        with painted("The game", "250,300"):
            assert screen.grab().image.shape == (100, 200, 3)


def test_where_a_window_manager_lists_windows_these_are_looked_at(display):
    """Frames around them may have the same titles."""
    root = xdisplay.Display(display).screen().root
    with painted("The game"), painted("The game", "250,300"):
        game = next(window for window in root.query_tree().children if window.get_geometry().x == 250)
        with pytest.raises(WindowError, match="several"):
            client_area(options("game"))
        listed = root.display.get_atom("_NET_CLIENT_LIST")
        root.change_property(listed, Xatom.WINDOW, 32, [game.id])
        root.display.flush()
        wait_until(lambda: root.get_full_property(listed, Xatom.WINDOW))
        assert client_area(options("game"))[:2] == (250, 300)


def test_the_check_says_where_the_window_is():
    """As `holdfast doctor` shows it."""
    with painted("The game"):
        told = check(parse({"screen": {"kind": "window", "title": "game"}}))
    assert told == 'the window "game" is at (30, 40, 200, 100) and can be read'


def test_without_a_display_one_line_says_so(monkeypatch):
    """No traceback of Xlib."""
    monkeypatch.setenv("DISPLAY", ":987")
    with pytest.raises(CaptureError, match="windows cannot be found") as caught:
        client_area(options("game"))
    assert "\n" not in str(caught.value)


MOUSE = """
import json, sys, time
from bot.clients.client import MissedError
from bot.clients.desktop import DesktopPointer
pointer = DesktopPointer((30, 40, 200, 100), "game")
pointer.press(20, 10)
import pyautogui
print(tuple(pyautogui.position()), flush=True)
sys.stdin.readline()
try:
    pointer.move(30, 10)
except MissedError as error:
    print(error, flush=True)
pointer.release()
pointer.press(20, 10)
print(tuple(pyautogui.position()), flush=True)
"""


def test_the_mouse_goes_where_the_window_went():
    """A gesture under way is broken off rather than ended elsewhere; the next one hits, at the window's new size."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with painted("The game") as window, subprocess.Popen([sys.executable, "-c", MOUSE], **pipes) as mouse:
        assert mouse.stdout.readline() == "(50, 50)\n"
        put(window, 300, 200, 400, 200)
        wait_until(lambda: client_area(options("game")) == (300, 200, 400, 200))
        told, _ = mouse.communicate("\n", SECONDS)
    assert told.splitlines() == ["the window moved during the gesture", "(340, 220)"]
