"""The pages before the home screen: what leads there, what leads on, and that the eyes know each."""

from __future__ import annotations

import pytest
from levels import CATALOGUE

from game.characters.builds import default_squad
from game.levels.stage import load_stage
from game.practice import layout
from game.practice.app import PracticeGame
from game.practice.faults import Faults
from game.practice.flow import LOADING_SECONDS

STAGE = load_stage("first_watch", CATALOGUE)
SQUAD = default_squad(CATALOGUE)


def opened(*kinds, rate=20.0):
    """A game at home in which only these faults come."""
    return PracticeGame([STAGE], SQUAD, (640, 360), popups=False, faults=Faults(kinds, 0, rate))


def tap(game, at):
    """Down and up on a spot."""
    point = game.scale.middle(at)
    game.pointer_down(*point)
    game.pointer_up(*point)


def until(game, screen):
    """Let time pass until a screen is shown."""
    for _ in range(4000):
        if game.screen == screen:
            return
        game.advance(0.25)
    pytest.fail(f"{screen} never came")


def in_battle(game):
    """Tap through the menus before any fault comes."""
    for spot in (layout.TERMINAL, layout.LAST_STAGE, game.stage_map.nodes()[0], layout.STAGE_START, layout.SQUAD_START):
        tap(game, spot)
    game.advance(LOADING_SECONDS)
    assert game.screen == "battle"


def enter(game):
    """From the title page home."""
    tap(game, layout.TITLE_START)
    assert game.screen == "login"
    tap(game, layout.LOGIN_ENTER)
    assert game.screen == "loading"
    game.faults = Faults()
    game.advance(LOADING_SECONDS)
    assert game.screen == "home"


def test_a_disconnected_player_comes_home_over_title_and_login():
    """The battle is lost without a result."""
    game = opened("disconnected", rate=5.0)
    in_battle(game)
    until(game, "connection_lost")
    tap(game, layout.CONFIRM)
    assert game.screen == "title"
    assert game.battle is None
    enter(game)


def test_an_update_restarts_the_game():
    """Its notice leads over a loading bar to the title page."""
    game = opened("update", rate=5.0)
    in_battle(game)
    until(game, "update")
    tap(game, layout.NOTICE_CONFIRM)
    assert game.screen == "loading"
    assert game.battle is None
    game.advance(LOADING_SECONDS)
    assert game.screen == "title"
    enter(game)


def test_maintenance_lets_no_player_in_while_it_lasts():
    """Its button leads to the title page, and that back to it; afterwards the way is free."""
    game = opened("maintenance")
    until(game, "maintenance")
    tap(game, layout.NOTICE_CONFIRM)
    assert game.screen == "title"
    tap(game, layout.TITLE_START)
    assert game.screen == "maintenance"
    while game.faults.lasting("maintenance", game.time):
        game.advance(0.25)
    tap(game, layout.NOTICE_CONFIRM)
    enter(game)


@pytest.mark.parametrize("kind", ["popup", "connection_lost", "disconnected", "update"])
def test_nothing_interrupts_a_player_who_is_not_in_the_game(kind):
    """On the title page there is no connection to lose."""
    game = opened(kind)
    game.flow.throw_out("title", 0.0)
    for _ in range(400):
        game.advance(0.5)
    assert game.screen == "title"
