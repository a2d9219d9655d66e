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


def battle_with(*devices):
    """A battle on a broad lane whose devices of the level stand on tiles of its lowest row."""
    data = level([spawn(at=20)], picture=("S......E", "........", "########"), routes=None)
    data["routes"][0] |= {"startPosition": {"row": 2, "col": 0}, "endPosition": {"row": 2, "col": 7}}
    data["predefines"] = {
        "tokenInsts": [
            {"inst": {"characterKey": id_, "level": 10}, "position": {"row": 0, "col": col}, "direction": direction}
            for id_, col, direction in devices
        ]
    }
    return Battle(stage_of(data, "devices", CATALOGUE), SQUAD)


def test_devices_of_the_level_look_different_and_turrets_point_their_way():
    """A turret to the left is not one to the right, and neither is a crystal."""
    battles = [battle_with((id_, 3, way)) for id_, way in (
        ("trap_007_ballis", "RIGHT"), ("trap_007_ballis", "LEFT"), ("trap_010_frosts", "RIGHT"),
    )]  # fmt: skip
    pictures = [pixels(drawn(battle)[0]) for battle in battles]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert (pictures[one] != pictures[other]).any(axis=2).sum() > 50


def test_a_tap_triggers_a_stun_generator_and_does_nothing_to_a_turret():
    """Selected by a tap it shows its button for the skill, which pays 10 DP; it cannot be retreated."""
    battle = battle_with(("trap_002_emp", 3, "UP"), ("trap_007_ballis", 5, "UP"))
    camera = Camera(battle.stage.height, battle.stage.width, battle.stage.view, SIZE)
    hand = BattleInput(battle, Picker(battle.stage, camera, Scale(SIZE)))

    def tap(at):
        hand.release(at, at, tapped=True)

    battle.step(180)
    tap(camera.pixel(2, 5, high=True))
    assert hand.hold is None
    before = battle.dp
    for button, cost in ((camera.retreat_button(2, 3, True), 0), (camera.skill_button(2, 3, True), 10)):
        tap(camera.pixel(2, 3, high=True))
        assert hand.hold is not None
        tap(button)
        assert before - battle.dp == cost
