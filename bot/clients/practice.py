"""The embedded practice game, off-screen and in lock-step: its clock goes on only when it is looked at or touched."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock

from bot.clients.client import Client, Threads
from bot.config import Config, ConfigError
from game.characters.models import Operator
from game.levels.stage import Stage
from game.practice.app import PracticeGame
from game.practice.faults import Faults
from game.practice.skin import OWN, Skin, read_skin
from vision.capture import Frame


def make_client(config: Config, stage: Stage, squad: tuple[Operator, ...]) -> Client:
    """A practice game of this stage and squad, seen and touched from one thread. Raises SkinError and ConfigError."""
    options = config.practice
    size, faults = (options.width, options.height), Faults(options.faults, options.seed, options.fault_rate)
    skin = practice_skin(config)
    if skin.is_foreign and config.screen.profile == "practice":
        raise ConfigError(
            'practice.skin  the profile "practice" knows the own look of the practice game only; set [screen] profile '
            'to that of a real client: "arknights-en"'
        )
    game = PracticeGame([stage], squad, size=size, seed=options.seed, popups=options.popups, faults=faults, skin=skin)
    lock = threading.Lock()
    pointer = PracticePointer(game, lock)
    return Client(
        screen=PracticeScreen(game, options.frame_step, lock),
        pointer=pointer,
        clock=lambda: game.time,
        threads=Threads(ThreadPoolExecutor(1, "capture"), ThreadPoolExecutor(1, "pointer")),
        size=size,
        pass_time=pointer.pass_time,
    )


def practice_skin(config: Config) -> Skin:
    """The look that the configuration gives the practice game. Raises SkinError."""
    folder = config.practice.skin
    return read_skin(Path(config.folder) / folder) if folder else OWN


def check(_config: Config) -> str:
    """Nothing can be missing: the game is drawn in memory."""
    return "not needed: the practice game is drawn off-screen"


class PracticeScreen:
    """Draws the practice game: every grab lets `step` seconds pass in the game, then draws it."""

    def __init__(self, game: PracticeGame, step: float, lock: Lock | None = None) -> None:
        self._game = game
        self._step = step
        self._lock = lock or threading.Lock()
        self._held = False

    def grab(self) -> Frame:
        """The game one step later, or as it stands while it is held."""
        taken = time.perf_counter()
        with self._lock:
            if not self._held:
                self._game.advance(self._step)
            return Frame(self._game.draw(), self._game.time, taken)

    def hold(self, held: bool) -> None:
        """Let the game's clock stand still, or go on. A held game can still be looked at and touched."""
        self._held = held


class PracticePointer:
    """Touches the practice game. `lock` is held while it is touched or drawn: a touch waits for the drawing of a frame,
    not for what is read from it.
    """

    def __init__(self, game: PracticeGame, lock: Lock | None = None) -> None:
        self._game = game
        self._lock = lock or threading.Lock()
        self._down: tuple[int, int] | None = None

    def press(self, x: int, y: int) -> None:
        """Put the pointer down."""
        self._down = (x, y)
        with self._lock:
            self._game.pointer_down(x, y)

    def move(self, x: int, y: int) -> None:
        """Move the pointer, down or not."""
        if self._down:
            self._down = (x, y)
        with self._lock:
            self._game.pointer_move(x, y)

    def release(self) -> None:
        """Lift the pointer where it is, if it is down."""
        if self._down:
            with self._lock:
                self._game.pointer_up(*self._down)
            self._down = None

    def pass_time(self, seconds: float) -> None:
        """Let so many seconds pass in the game."""
        with self._lock:
            self._game.advance(seconds)

    def check(self) -> None:
        """No person can take this pointer."""
