"""What a client of the game is: a screen to look at, a pointer to touch it with, and the clock they go by."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from bot.config import Config
from game.characters.models import Operator
from game.errors import HoldfastError
from game.levels.stage import Stage
from vision.capture import Screen

CLIENTS = {
    "practice": "bot.clients.practice",
    "window": "bot.clients.desktop",
    "adb": "bot.clients.adb",
}
"""What `kind` in bot.toml's [screen] stands for: a module with `make_client(config, stage, squad) -> Client`, and with
`check(config) -> str` for `holdfast doctor`: what it found, or a HoldfastError with the remedy.
"""


class PointerError(HoldfastError):
    """The pointer cannot be used. The message says why."""


class MissedError(PointerError):
    """The gesture would not hit what it was aimed at: the client area is elsewhere, or partly out of sight."""


class Pointer(Protocol):
    """Touches the game at pixels of its client area. Calls may block; they all come from one thread."""

    def press(self, x: int, y: int) -> None:
        """Put the pointer down. Raises PointerError when it cannot be used."""

    def move(self, x: int, y: int) -> None:
        """Move it, down or not. Raises PointerError when it cannot be used."""

    def release(self) -> None:
        """Let it go where it is; never fails, and does nothing when it is not down."""

    def check(self) -> None:
        """Raise PointerError when a person has taken the pointer."""


class Threads(NamedTuple):
    """The threads that call the screen and the pointer; the same thread twice where the calls must not overlap."""

    screen: Executor
    pointer: Executor


@dataclass(frozen=True)
class Client:
    """Where a game is seen and touched."""

    screen: Screen
    pointer: Pointer
    clock: Callable[[], float]
    """The time that frames and events are stamped with, in seconds."""
    threads: Threads
    size: tuple[int, int]
    """(width, height) of the client area, and of every frame, in pixels."""
    pass_time: Callable[[float], None] | None = None
    """For a game in lock-step, lets so many seconds pass in it, called in the pointer's thread; None for a game whose
    time passes by itself."""

    @property
    def lock_step(self) -> bool:
        """Whether the game's clock moves only when the bot grabs a frame or waits: the game waits for the bot."""
        return self.pass_time is not None


def open_client(config: Config, stage: Stage, squad: tuple[Operator, ...]) -> Client:
    """The client that the configuration asks for; `stage` and `squad` are what a practice game is about."""
    client: Client = _module(config).make_client(config, stage, squad)
    return client


def check_client(config: Config) -> str:
    """What the configured client's own check finds, in one line. Raises HoldfastError with the remedy if it fails."""
    told: str = _module(config).check(config)
    return told


def _module(config: Config) -> Any:
    """The module of the client that the configuration asks for; only this client's libraries are imported."""
    return importlib.import_module(CLIENTS[config.screen.kind])
