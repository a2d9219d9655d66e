"""Frames come from the right place, at the right time, and belong to whoever asked for them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time

import numpy as np
import pytest

from vision.capture import CaptureError, DesktopScreen, Frame, PracticeScreen

DISPLAY_SIZE = (640, 480)


class Metronome:
    """The smallest game there is: a clock whose picture is as bright as its time."""

    size = (8, 4)

    def __init__(self):
        self.time = 0.0

    def advance(self, seconds):
        """Let time pass."""
        self.time += seconds

    def draw(self):
        """The picture of now."""
        return np.full((4, 8, 3), round(self.time * 10), np.uint8)


@pytest.fixture
def display(monkeypatch, tmp_path):
    """A virtual display whose root window is painted in one colour by each call."""
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
    monkeypatch.setenv("DISPLAY", f":{number}")
    monkeypatch.setenv("SDL_VIDEODRIVER", "x11")
    yield f":{number}"
    server.terminate()
    server.wait(10)


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


def test_every_grab_of_the_practice_game_is_one_step_later():
    """Lock-step: the game goes on only while somebody looks, so a run does not depend on the machine's speed."""
    screen = PracticeScreen(Metronome(), step=0.5)
    assert [screen.grab().t for _ in range(3)] == [0.5, 1.0, 1.5]
    assert screen.grab().image[0, 0, 0] == 20


def test_a_held_practice_game_can_be_looked_at_without_moving():
    """While the gate is shut the battle must not run on unattended."""
    screen = PracticeScreen(Metronome(), step=0.5)
    screen.grab()
    screen.hold(True)
    assert [screen.grab().t for _ in range(3)] == [0.5, 0.5, 0.5]
    screen.hold(False)
    assert screen.grab().t == 1.0


def test_a_frame_knows_when_its_grab_began():
    """Latency is counted from the grab's beginning, not from whenever somebody first asks."""
    before = time.perf_counter()
    frame = Frame(np.zeros((2, 2, 3), np.uint8), 0.0)
    assert before <= frame.taken <= time.perf_counter()
