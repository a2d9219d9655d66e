"""The practice game in a real window, played with the mouse in real time."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pygame

from game.practice.app import PracticeGame

FRAMES = 30
"""Frames a second."""


def play_in_window(game: PracticeGame, say: Callable[[str], None] | None = None) -> None:
    """Play until the window is closed or the process is told to end. `say` hears the name of every new screen.

    Raises pygame.error when there is no display.
    """
    pygame.display.init()
    window = pygame.display.set_mode(game.size)
    pygame.display.set_caption("Holdfast practice")
    signal.signal(signal.SIGTERM, lambda *_: pygame.event.post(pygame.event.Event(pygame.QUIT)))
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
