"""Cards that cool down: their slots must be read, or the effect of a retreat cannot be seen."""

from __future__ import annotations

import numpy as np
import pytest
from levels import CATALOGUE

from game.actions import DEPLOY, RETREAT, Action, unflatten
from game.characters.builds import default_squad
from game.levels.stage import load_stage
from game.practice.app import PracticeGame
from game.practice.art import portraits
from vision.cutter import Cutter
from vision.profile import load_profile

STAGE = load_stage("first_watch", CATALOGUE)
SQUAD = default_squad(CATALOGUE)


def begin_battle(size):
    """A practice game in the middle of its battle, with DP for most operators."""
    game = PracticeGame([STAGE], SQUAD, size, seed=0, popups=False)
    for point in ("terminal", "last_stage", "stage_map", "stage_start", "squad_start"):
        x, y = game.stage_map.nodes()[0][:2] if point == "stage_map" else load_profile("practice", size).points[point]
        x, y = (round((x + 5) * size[0] / 1280), round((y + 5) * size[1] / 720)) if point == "stage_map" else (x, y)
        game.pointer_down(x, y)
        game.pointer_up(x, y)
        game.advance(0.1)
    game.advance(2.0)
    game.advance(14.0)
    assert game.screen == "battle"
    return game


def somewhere(battle, slot):
    """A legal deployment of an operator."""
    tiles = STAGE.height * STAGE.width
    legal = (unflatten(int(index), len(SQUAD), tiles) for index in np.flatnonzero(battle.legal_actions()))
    return next((action for action in legal if action.kind == DEPLOY and action.slot == slot), None)


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_cooling_card_is_known_wherever_its_timer_stands(size, reader):
    """Under the red tint and the ring, right after the retreat and later, every operator is recognised."""
    cutter, known = Cutter(load_profile("practice", size), reader, portraits(SQUAD)), 0
    for slot in range(len(SQUAD)):
        game = begin_battle(size)
        action = somewhere(game.battle, slot)
        if action is None:  # too dear for the DP there is
            continue
        game.battle.act(action)
        game.advance(1.0)
        game.battle.act(Action(RETREAT, slot))
        for seconds in (0.5, 4.0):
            game.advance(seconds)
            cutter.forget()
            read = cutter.read(game.draw()).cards
            assert read == game.battle.view().cards
            assert next(card for card in read if card.slot == slot).state == "cooling"
            known += 1
    assert known >= 20
