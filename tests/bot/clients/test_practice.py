"""The practice client: lock-step frames and a pointer in the game's own time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, wait

import numpy as np
from levels import CATALOGUE

from bot.clients.practice import PracticePointer, PracticeScreen, make_client
from bot.config import parse
from game.characters.builds import squad_of
from game.levels.stage import load_stage
from game.practice.app import PracticeGame
from vision.profile import load_profile


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


def test_every_grab_is_one_step_later():
    """Lock-step: the game goes on only while frames are asked for, so a run does not depend on the machine's speed."""
    screen = PracticeScreen(Metronome(), step=0.5)
    assert [screen.grab().t for _ in range(3)] == [0.5, 1.0, 1.5]
    assert screen.grab().image[0, 0, 0] == 20


def test_a_held_game_can_be_looked_at_without_moving():
    """While the gate is shut the battle must not run on unattended."""
    screen = PracticeScreen(Metronome(), step=0.5)
    screen.grab()
    screen.hold(True)
    assert [screen.grab().t for _ in range(3)] == [0.5, 0.5, 0.5]
    screen.hold(False)
    assert screen.grab().t == 1.0


def test_waiting_and_touching_happen_in_the_games_own_time():
    """A tap on the terminal's point takes the game off its home screen; the wait of the tap is game time."""
    game = PracticeGame(
        [load_stage("first_watch", CATALOGUE)], squad_of(["Fang", "Myrtle", "Kroos"], CATALOGUE), seed=0, popups=False
    )
    pointer, (x, y) = PracticePointer(game), load_profile("practice", (1280, 720)).points["terminal"]
    game.advance(1.0)
    began = game.time
    pointer.press(round(x), round(y))
    game.advance(0.1)
    pointer.release()
    pointer.release()
    assert game.time == began + 0.1
    game.advance(2.0)
    assert game.screen != "home"


def test_a_client_has_the_size_and_the_clock_of_its_game():
    """Everything that places a tap or stamps an event reads them here; screen and pointer have a thread each."""
    config = parse({"practice": {"width": 1920, "height": 1080, "frame_step": 0.5}})
    client = make_client(config, load_stage("first_watch", CATALOGUE), squad_of(["Fang"], CATALOGUE))
    frame = client.screen.grab()
    assert client.size == (1920, 1080)
    assert frame.image.shape == (1080, 1920, 3)
    assert frame.t == client.clock() == 0.5
    assert client.lock_step
    assert client.threads.screen is not client.threads.pointer, "a pause does not wait for what is read from a frame"


def test_a_touch_waits_while_a_frame_is_drawn():
    """Both have threads of their own, and the game is not made for two at a time."""
    game = PracticeGame([load_stage("first_watch", CATALOGUE)], squad_of(["Fang"], CATALOGUE), popups=False)
    lock = threading.Lock()
    pointer, screen = PracticePointer(game, lock), PracticeScreen(game, 0.25, lock)
    lock.acquire()
    with ThreadPoolExecutor(3) as threads:
        todo = (lambda: pointer.press(5, 5), screen.grab, lambda: pointer.pass_time(1.0))
        calls = [threads.submit(call) for call in todo]
        assert not wait(calls, 0.2).done
        lock.release()
        assert len(wait(calls, 60).done) == 3
    assert game.time == 1.25
