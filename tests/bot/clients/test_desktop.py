"""The desktop client: frames come from the right place at the right time, and the mouse goes where it is sent."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time

import numpy as np
import pytest

from bot.clients.desktop import DesktopScreen
from vision.capture import CaptureError

DISPLAY_SIZE = (640, 480)


@pytest.fixture(scope="module")
def server():
    """A virtual display for the tests of this module."""
    if shutil.which("Xvfb") is None:
        pytest.skip("no Xvfb: install it with apt-get install xvfb")
    read, write = os.pipe()
    width, height = DISPLAY_SIZE
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as answer:
        number = answer.readline().strip()
    assert number, "Xvfb did not say which display it serves"
    yield f":{number}"
    server.terminate()
    server.wait(10)


@pytest.fixture
def display(server, monkeypatch):
    """The virtual display, as the one that programs and this process use."""
    monkeypatch.setenv("DISPLAY", server)
    monkeypatch.setenv("SDL_VIDEODRIVER", "x11")
    return server


PAINT = """
import time, pygame
window = pygame.display.set_mode((200, 100))
window.fill((200, 100, 50))
window.fill((0, 0, 255), (0, 0, 20, 10))
pygame.display.flip()
print("painted", flush=True)
while not pygame.event.get(pygame.QUIT):
    time.sleep(0.02)
"""


@pytest.fixture
def window(display):
    """A real window of 200 x 100 at the display's upper left corner: orange, with a blue rectangle in its corner."""
    environment = {**os.environ, "SDL_VIDEO_WINDOW_POS": "0,0", "PYGAME_HIDE_SUPPORT_PROMPT": "1"}
    painter = subprocess.Popen([sys.executable, "-c", PAINT], stdout=subprocess.PIPE, env=environment)
    assert painter.stdout is not None
    painter.stdout.readline()
    yield
    painter.terminate()
    painter.wait(10)


def test_the_desktop_is_seen_in_its_true_colours_and_only_inside_the_region(window):
    """BGR, contiguous, cropped before it is copied: what every reader behind it relies on."""
    screen = DesktopScreen((10, 5, 100, 50))
    deadline = time.monotonic() + 10
    while not (frame := screen.grab()).image.any() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert frame.image.shape == (50, 100, 3)
    assert frame.image.flags.c_contiguous
    assert frame.image[2, 4].tolist() == [255, 0, 0], "blue comes first"
    assert frame.image[40, 80].tolist() == [50, 100, 200]


def test_frames_of_the_desktop_are_stamped_with_the_monotonic_clock(display):
    """The loop's time and the frames' time are one."""
    before = time.monotonic()
    frame = DesktopScreen((0, 0, 20, 20)).grab()
    assert before <= frame.t <= time.monotonic()


def test_two_grabs_do_not_share_pixels(display):
    """The watcher compares a frame with the one before, so that one must not change under it."""
    screen = DesktopScreen((0, 0, 20, 20))
    first = screen.grab()
    copy = first.image.copy()
    second = screen.grab()
    second.image[:] = 77
    assert np.array_equal(first.image, copy)


def test_without_a_display_one_line_says_so(monkeypatch):
    """Started on a bare server, the bot says what is missing instead of a stack of X errors."""
    monkeypatch.setenv("DISPLAY", ":987")
    with pytest.raises(CaptureError, match="DISPLAY") as caught:
        DesktopScreen((0, 0, 20, 20)).grab()
    assert "\n" not in str(caught.value)


def test_a_region_beyond_the_screen_is_refused_in_one_line(display):
    """A window moved half off the screen cannot be played; the message names the rectangle."""
    with pytest.raises(CaptureError, match="600") as caught:
        DesktopScreen((600, 0, 200, 50)).grab()
    assert "\n" not in str(caught.value)


DESKTOP = """
import sys
from bot.clients.client import open_client
from bot.config import parse
from game.characters.catalogue import load_catalogue
from game.levels.stage import load_stage
stage = load_stage("first_watch", load_catalogue())
client = open_client(parse({"screen": {"kind": "window", "region": [10, 20, 1280, 720]}}), stage, ())
print(client.size, client.lock_step, [name for name in sys.modules if name.startswith("game.practice")])
"""


def test_a_desktop_needs_nothing_of_the_practice_game():
    """Opening the client of a window imports no module of the practice game, from the configuration on."""
    done = subprocess.run([sys.executable, "-c", DESKTOP], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "(1280, 720) False []"


MOUSE = """
from bot.clients.client import PointerError
from bot.clients.desktop import DesktopPointer
pointer = DesktopPointer((100, 50, 500, 400))
pointer.press(10, 20)
import pyautogui
assert tuple(pyautogui.position()) == (110, 70), pyautogui.position()
pointer.move(30, 40)
assert tuple(pyautogui.position()) == (130, 90)
pyautogui.FAILSAFE = False
pyautogui.moveTo(0, 0)
pyautogui.FAILSAFE = True
pointer.release()
assert pyautogui.FAILSAFE
try:
    pointer.press(5, 5)
except PointerError as error:
    print(error)
"""


MOVED_MOUSE = """
from bot.clients.client import PointerError
from bot.clients.desktop import DesktopPointer
pointer = DesktopPointer((100, 50, 500, 400), yields=True)
pyautogui = pointer._open()
pyautogui.FAILSAFE = False
pyautogui.moveTo(50, 50)
pyautogui.FAILSAFE = True
pointer.press(10, 20)
pointer.release()
pointer.check()
pyautogui.moveTo(300, 300)
for ask in (pointer.check, pointer.check, lambda: pointer.press(5, 5)):
    try:
        ask()
        print("taken back")
    except PointerError as error:
        print(error)
"""

NO_MOUSE = """
from bot.clients.client import PointerError
from bot.clients.desktop import DesktopPointer
try:
    DesktopPointer((0, 0, 600, 400)).press(1, 1)
except PointerError as error:
    print(error)
"""


def run_on(display, tmp_path, code):
    """Run a piece of Python on an X display; what it printed."""
    environment = {**os.environ, "DISPLAY": display, "HOME": str(tmp_path), "PYGAME_HIDE_SUPPORT_PROMPT": "1"}
    environment.pop("XAUTHORITY", None)
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    ).stdout


def test_the_real_mouse_goes_where_it_is_sent_and_a_person_can_take_it(display, tmp_path):
    """Pixels of the client area become pixels of the desktop; in a corner the mouse belongs to the user, but a button
    that is down is still released.
    """
    assert "paused by a person" in run_on(display, tmp_path, MOUSE)


def test_a_person_who_moves_the_mouse_has_it_until_the_bot_goes_on(display, tmp_path):
    """The first look after the movement reports it, once: the resume that a person asks for is not undone by it."""
    said = run_on(display, tmp_path, MOVED_MOUSE).splitlines()
    assert "the mouse was moved" in said[0]
    assert said[1:] == ["taken back", "taken back"]
    assert (
        run_on(display, tmp_path, MOVED_MOUSE.replace("yields=True", "yields=False")).splitlines() == ["taken back"] * 3
    )


def test_without_a_display_the_pointer_says_so(tmp_path):
    """One line instead of Xlib's traceback."""
    assert run_on(":999", tmp_path, NO_MOUSE).startswith("no mouse to move")


COMING_BACK = """
import os, signal, subprocess, sys, time
from bot.clients import desktop
from bot.clients.client import MissedError, PointerError
from vision.capture import CaptureError

def start():
    command = ["Xvfb", sys.argv[1], "-screen", "0", "640x480x24", "-nolisten", "tcp"]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL)

def settled(call, error):
    for _ in range(100):
        try:
            return call()
        except error:
            time.sleep(0.05)
    raise SystemExit("it did not come back")

def fails(call, error):
    try:
        call()
    except error as caught:
        print(caught, flush=True)
    else:
        raise SystemExit("there was no error")

desktop.ANSWER_SECONDS = 0.3
server = start()
screen, pointer = desktop.DesktopScreen((0, 0, 20, 20)), desktop.DesktopPointer((0, 0, 600, 400))
settled(screen.grab, CaptureError)
settled(lambda: pointer.press(100, 100), MissedError)
os.kill(server.pid, signal.SIGSTOP)
fails(screen.grab, CaptureError)
fails(lambda: pointer.move(120, 120), MissedError)
pointer.release()
os.kill(server.pid, signal.SIGCONT)
settled(screen.grab, CaptureError)
settled(lambda: pointer.press(50, 60), MissedError)
server.kill()
server.wait()
fails(screen.grab, CaptureError)
fails(lambda: pointer.move(70, 70), MissedError)
pointer.release()
server = start()
settled(screen.grab, CaptureError)
settled(lambda: pointer.press(30, 40), MissedError)
import pyautogui
print(tuple(pyautogui.position()))
pointer.release()
server.kill()
server.wait()
"""


def test_a_display_that_hangs_or_dies_is_reported_and_used_again_when_it_is_back(tmp_path):
    """Neither eyes nor hands stay blocked, none of it counts as a pause, and both connect again by themselves."""
    if shutil.which("Xvfb") is None:
        pytest.skip("no Xvfb: install it with apt-get install xvfb")
    environment = {**os.environ, "DISPLAY": ":797", "HOME": str(tmp_path)}
    environment.pop("XAUTHORITY", None)
    command = [sys.executable, "-c", COMING_BACK, ":797"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert "has not answered" in lines[0]
    assert "has not answered" in lines[1]
    assert lines[2].startswith("cannot read the screen")
    assert lines[3].startswith("the display is gone")
    assert lines[4] == "(30, 40)"
