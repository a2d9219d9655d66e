"""The practice game in a real window, played with the mouse in real time."""

from __future__ import annotations

import signal
from collections.abc import Callable
from threading import Lock

import pygame

from game.errors import InputError
from game.practice.app import PracticeGame
from game.practice.placement import WindowPlacement
from game.simulator.battle import Battle

FRAMES = 30
"""Frames a second."""
LONGEST_FRAME = 0.1
"""Most seconds of game time for one frame, so that the battle does not run on while the process is held up."""
ADVICE = "start it on a desktop, or watch the bot play without one: holdfast run"


class NoDisplayError(InputError):
    """There is no display on which a window could be opened."""


def play_in_window(game: PracticeGame, say: Callable[[str], None] | None = None, lock: Lock | None = None) -> None:
    """Play until the window is closed or the process receives SIGTERM. `say` is called with every new screen's name.

    `lock` is held while the game is touched, drawn or advanced, for a game that is touched elsewhere too.
    Raises NoDisplayError if no window can be opened.
    """
    Battle(game.stages[0], game.squad).step(1)  # compiles the rules before the window opens
    window = _open(game.size)
    opened_at = pygame.display.get_window_position()
    before = signal.signal(signal.SIGTERM, lambda *_: pygame.event.post(pygame.event.Event(pygame.QUIT)))
    try:
        _play(game, window, opened_at, say, lock or Lock())
    finally:
        pygame.display.quit()
        signal.signal(signal.SIGTERM, before)


def _play(
    game: PracticeGame,
    window: pygame.Surface,
    opened_at: tuple[int, int],
    say: Callable[[str], None] | None,
    lock: Lock,
) -> None:
    """Play until the window is closed."""
    place, clock, shown, passed = WindowPlacement(), pygame.time.Clock(), "", 0.0
    while True:
        with lock:
            game.advance(passed)
            if not _obey(game):
                return
            now, pixels = game.place, game.picture().tobytes()
        if now != place:
            place = now
            window = _put(place, game.size, opened_at)
        picture = pygame.image.frombuffer(pixels, game.size, "BGR")
        window.blit(picture if place.factor == 1 else pygame.transform.scale(picture, window.get_size()), (0, 0))
        pygame.display.flip()
        if say and game.screen != shown:
            shown = game.screen
            say(shown)
        passed = min(clock.tick(FRAMES) / 1000, LONGEST_FRAME)


def _open(size: tuple[int, int]) -> pygame.Surface:
    """Open a visible window. Raises NoDisplayError, also for SDL's drivers 'dummy' and 'offscreen', which show none."""
    try:
        pygame.display.init()
        window = pygame.display.set_mode(size)
    except pygame.error as error:
        raise NoDisplayError(f"no window can be opened: {error}; {ADVICE}") from None
    if pygame.display.get_driver() in ("dummy", "offscreen"):
        raise NoDisplayError(f"no window can be opened: there is no display; {ADVICE}")
    pygame.display.set_caption("Holdfast practice")
    return window


def _put(place: WindowPlacement, size: tuple[int, int], opened_at: tuple[int, int]) -> pygame.Surface:
    """Move and resize the window; `opened_at` is where it was opened, in desktop pixels."""
    window = pygame.display.get_surface()
    wanted = round(size[0] * place.factor), round(size[1] * place.factor)
    if window is None or window.get_size() != wanted:
        window = pygame.display.set_mode(wanted)
    pygame.display.set_window_position((round(opened_at[0] + place.right), round(opened_at[1] + place.down)))
    return window


def _obey(game: PracticeGame) -> bool:
    """Pass mouse events to the game, whose pixels are those of the rectangle where it was opened.

    False if the window is to be closed.
    """
    right, down, _ = game.place
    for event in pygame.event.get():
        if event.type == pygame.QUIT:
            return False
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            game.pointer_down(event.pos[0] + right, event.pos[1] + down)
        elif event.type == pygame.MOUSEBUTTONUP and event.button == 1:
            game.pointer_up(event.pos[0] + right, event.pos[1] + down)
        elif event.type == pygame.MOUSEMOTION:
            game.pointer_move(event.pos[0] + right, event.pos[1] + down)
    return True
