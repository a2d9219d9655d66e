"""The practice game in a real window, played with the mouse in real time."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pygame

from game.practice.app import PracticeGame

FRAMES = 30
"""Frames a second."""
ADVICE = "start it on a desktop, or watch the bot play without one: holdfast run"


class NoDisplayError(RuntimeError):
    """There is no display to open a window on. The message says what to do."""


def play_in_window(game: PracticeGame, say: Callable[[str], None] | None = None) -> None:
    """Play until the window is closed or the process is told to end. `say` hears the name of every new screen.

    Raises NoDisplayError where no window can be opened.
    """
    window = _open(game.size)
    before = signal.signal(signal.SIGTERM, lambda *_: pygame.event.post(pygame.event.Event(pygame.QUIT)))
    clock, shown = pygame.time.Clock(), ""
    while _obey(game):
        frame = game.draw()
        window.blit(pygame.image.frombuffer(frame.tobytes(), game.size, "BGR"), (0, 0))
        pygame.display.flip()
        if say and game.screen != shown:
            shown = game.screen
            say(shown)
        game.advance(clock.tick(FRAMES) / 1000)
    pygame.display.quit()
    signal.signal(signal.SIGTERM, before)


def _open(size: tuple[int, int]) -> pygame.Surface:
    """A window that somebody can see: SDL would also draw to nowhere, without a word."""
    try:
        pygame.display.init()
        window = pygame.display.set_mode(size)
    except pygame.error as error:
        raise NoDisplayError(f"no window can be opened: {error}; {ADVICE}") from None
    if pygame.display.get_driver() in ("dummy", "offscreen"):
        raise NoDisplayError(f"no window can be opened: there is no display; {ADVICE}")
    pygame.display.set_caption("Holdfast practice")
    return window


def _obey(game: PracticeGame) -> bool:
    """Hand the mouse's doings to the game. False when the window is to be closed."""
    for event in pygame.event.get():
        if event.type == pygame.QUIT:
            return False
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            game.pointer_down(*event.pos)
        elif event.type == pygame.MOUSEBUTTONUP and event.button == 1:
            game.pointer_up(*event.pos)
        elif event.type == pygame.MOUSEMOTION:
            game.pointer_move(*event.pos)
    return True
