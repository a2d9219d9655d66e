"""Crates in the practice game: a card that says how many are left, and a crate on its tile."""

from __future__ import annotations

import numpy as np
import pygame
from levels import CATALOGUE, level, spawn

from game.actions import DEPLOY, RIGHT, Action
from game.camera import Camera
from game.characters.builds import default_squad
from game.levels.stage import stage_of
from game.practice.battle_input import BattleInput
from game.practice.draw import Painter
from game.practice.layout import Scale
from game.practice.picking import Picker
from game.practice.scene import BattleScene, Hold
from game.simulator.battle import Battle

SQUAD = default_squad(CATALOGUE)
CRATE = len(SQUAD)
SIZE = (1280, 720)


def battle_with_crates(copies=6):
    """A battle on a broad lane, with crates in the hand."""
    data = level([spawn(at=20)], picture=("S......E", "........", "########"), routes=None)
    data["routes"][0] |= {"startPosition": {"row": 2, "col": 0}, "endPosition": {"row": 2, "col": 7}}
    data["predefines"] = {"tokenCards": [{"inst": {"characterKey": "trap_001_crate"}, "initialCnt": copies}]}
    return Battle(stage_of(data, "crates", CATALOGUE), SQUAD)


def drawn(battle, **scene):
    """A painter that has just drawn the battle, and the camera it was seen through."""
    painter = Painter(SIZE, SQUAD)
    camera = Camera(battle.stage.height, battle.stage.width, battle.stage.view, SIZE)
    painter.battle(BattleScene(battle, battle.view().cards, **scene), camera)
    return painter, camera


def pixels(painter):
    """What a painter has drawn."""
    return pygame.surfarray.array3d(painter.surface).astype(int)


def test_the_card_says_how_many_are_left():
    """Six and five look different on the card alone, which is the first of the hand: nothing costs less."""
    battle, other = battle_with_crates(6), battle_with_crates(5)
    assert battle.view().cards[0].slot == CRATE
    one, two = pixels(drawn(battle)[0]), pixels(drawn(other)[0])
    left, top, pitch = Scale(SIZE).card(0, len(battle.view().cards))
    changed = np.argwhere((one != two).any(axis=2))
    assert len(changed)
    assert changed[:, 0].min() >= left
    assert changed[:, 0].max() < left + pitch
    assert changed[:, 1].min() >= top


def test_a_crate_is_drawn_on_its_tile_and_while_it_is_held():
    """Where the camera sees the tile, without a true box; under the pointer it is drawn too."""
    battle = battle_with_crates()
    empty = pixels(drawn(battle)[0])
    held = pixels(drawn(battle, hold=Hold(CRATE, at=(300.0, 300.0)))[0])
    assert battle.act(Action(DEPLOY, CRATE, 8 + 3, RIGHT))
    painter, camera = drawn(battle)
    x, y = camera.pixel(1, 3)
    there = np.abs(pixels(painter) - empty).sum(axis=2)[round(x) - 20 : round(x) + 20, round(y) - 30 : round(y)]
    assert (there > 0).mean() > 0.5
    assert "operator" not in [name for name, *_ in painter.labels]
    assert held.shape == empty.shape


def test_a_dragged_crate_may_stand_where_the_rules_allow_it():
    """The tiles that light up are those on which it can be deployed now."""
    battle = battle_with_crates()
    camera = Camera(battle.stage.height, battle.stage.width, battle.stage.view, SIZE)
    hand = BattleInput(battle, Picker(battle.stage, camera, Scale(SIZE)))
    assert (1, 3) in hand.legal_tiles(CRATE)
    assert (0, 0) not in hand.legal_tiles(CRATE)
    assert battle.act(Action(DEPLOY, CRATE, 3, RIGHT))
    battle.step(150)
    assert (1, 3) not in hand.legal_tiles(CRATE), "it would close the last way"
