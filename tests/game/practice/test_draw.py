"""The picture shows the battle as it is: units on their tiles, true boxes, flashing hits; a sheet shows all pages."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import resources

import numpy as np
import pygame
import pytest
from levels import CATALOGUE

from bot.cli import main
from game.actions import DEPLOY, coverage, unflatten
from game.camera import HOVER, Camera
from game.characters.builds import default_squad
from game.levels.stage import load_stage, shipped_stages
from game.practice import layout
from game.practice.app import PracticeGame
from game.practice.draw import OPERATOR_BAR, Painter
from game.practice.enemies import SHAPES
from game.practice.scene import BattleScene, Hold
from game.practice.sheet import write_sheet
from game.simulator.battle import Battle

SQUAD = default_squad(CATALOGUE)
SIZES = [(1280, 720), (2560, 1440), (1280, 960)]
DRAWN_FROM = 4
"""Pixels by which a foot may be off: rounding."""


def fought(stage_name, seconds=30, seed=0):
    """A battle after some seconds, with a random deployment whenever one was possible."""
    stage, rng = load_stage(stage_name, CATALOGUE), np.random.default_rng(seed)
    battle = Battle(stage, SQUAD, seed)
    for _ in range(seconds):
        actions = [
            unflatten(int(n), len(SQUAD), stage.height * stage.width) for n in np.flatnonzero(battle.legal_actions())
        ]
        deploys = [action for action in actions if action.kind == DEPLOY]
        if deploys:
            battle.act(deploys[rng.integers(len(deploys))])
        battle.step(30)
    return battle


def drawn(battle, size=SIZES[0], **scene):
    """A painter that has just drawn the battle, and the camera it was seen through."""
    painter = Painter(size, SQUAD)
    camera = Camera(battle.stage.height, battle.stage.width, battle.stage.view, size)
    painter.battle(BattleScene(battle, battle.view().cards, **scene), camera)
    return painter, camera


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("stage", shipped_stages())
def test_units_stand_on_their_tiles(stage, size):
    """Every unit in sight has a box, the middle of whose lower edge is where the camera projects the unit."""
    battle = fought(stage)
    painter, camera = drawn(battle, size)
    high = battle.stage.high
    feet = [
        ("operator", camera.pixel(one.row, one.col, bool(high[one.row, one.col])))
        for one in battle.operators_on_field()
    ]
    feet += [
        (one.kind, camera.pixel(one.row, one.col, lift=HOVER if one.flying else 0.0))
        for one in battle.enemies_on_field()
    ]
    assert len(feet) > 2
    for name, (x, y) in feet:
        if not (60 < x < size[0] - 60 and 100 < y < size[1]):
            continue
        away = [
            max(abs(left + width / 2 - x), abs(top + height - y))
            for label, left, top, width, height in painter.labels
            if label == name
        ]
        assert min(away) <= DRAWN_FROM, (name, x, y)


def test_boxes_stay_inside_the_picture():
    """Also those of units at the edge, since the detector is trained with them."""
    for stage in shipped_stages():
        painter, _ = drawn(fought(stage))
        assert painter.labels
        for _, x, y, width, height in painter.labels:
            assert min(x, y) >= 0
            assert x + width <= 1280
            assert y + height <= 720


def test_a_box_holds_the_unit_it_names():
    """Without the unit, most of the picture inside the box is different."""
    battle = fought("first_watch")
    with_units, _ = drawn(battle)
    bare, _ = drawn(Battle(battle.stage, SQUAD, 0))
    changed = (with_units.frame() != bare.frame()).any(axis=2)
    for name, x, y, width, height in with_units.labels:
        assert changed[y : y + height, x : x + width].mean() > 0.3, name


def test_the_same_scene_is_drawn_the_same_twice():
    """Whatever was drawn in between."""
    battle = fought("two_roads")
    painter, camera = drawn(battle)
    scene, first = BattleScene(battle, battle.view().cards), painter.frame()
    painter.battle(replace(scene, paused=True, hold=None), camera)
    painter.home()
    painter.battle(scene, camera)
    assert np.array_equal(first, painter.frame())


def test_a_hit_flashes_on_its_target_only():
    """A spark inside the box, smaller than a fifth of it, so that the unit can still be recognised."""
    battle = fought("first_watch", 40)
    number = battle.enemies_on_field()[0].number
    calm, _ = drawn(battle)
    flash, _ = drawn(battle, struck={("enemy", number)})
    changed = (calm.frame() != flash.frame()).any(axis=2)
    assert changed.any()
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    assert calm.labels == flash.labels
    boxes = [box[1:] for box in calm.labels if inside(box[1:], rows, columns)]
    assert boxes
    assert changed.sum() < min(width * height for _, _, width, height in boxes) / 5


def inside(box, rows, columns):
    """Whether all these rows and columns lie in a box."""
    x, y, width, height = box
    return x <= columns[0] <= columns[-1] <= x + width and y <= rows[0] <= rows[-1] <= y + height


def test_units_that_lose_health_flash():
    """And only for a moment."""
    game = PracticeGame([load_stage("first_watch", CATALOGUE)], SQUAD, popups=False)
    for spot in (layout.TERMINAL, layout.LAST_STAGE, game.stage_map.nodes()[0], layout.STAGE_START, layout.SQUAD_START):
        game.pointer_down(*game.scale.middle(spot))
        game.pointer_up(*game.scale.middle(spot))
    game.advance(2.0)
    cover = coverage(game.battle.stage, SQUAD).ravel()
    hits = 0
    while game.screen == "battle" and game.time < 60 and hits < 3:
        worth = np.where(game.battle.legal_actions()[1 : 1 + cover.size], cover, 0)
        if worth.any():
            game.battle.act(unflatten(1 + int(worth.argmax()), len(SQUAD), cover.size // len(SQUAD) // 4))
        before = healths(game.battle)
        game.advance(0.25)
        lost = {unit for unit, left in healths(game.battle).items() if left < before.get(unit, 1.0)}
        assert set(game.battle_page.effects.struck) == lost
        hits += bool(lost)
    assert hits == 3


def healths(battle):
    """The health of every unit."""
    told = {("enemy", one.number): one.health for one in battle.enemies_on_field()}
    return told | {("operator", one.slot): one.health for one in battle.operators_on_field()}


@pytest.mark.parametrize("kind", SHAPES)
def test_every_look_can_be_drawn_on_the_field(kind):
    """With a box of its own name, even if no stage has it yet."""
    battle = fought("first_watch")
    painter = Painter(SIZES[0], SQUAD)
    camera = Camera(battle.stage.height, battle.stage.width, battle.stage.view, SIZES[0])
    painter.labels = []
    one = battle.enemies_on_field()[0]._replace(kind=kind, row=2.0, col=3.0)
    painter._enemy(one, camera, False, None, struck=False, escort=False)
    assert [label[0] for label in painter.labels] == [kind]


def test_an_escort_has_the_bar_of_its_side():
    """An enemy without a scratch has no bar; an escort always has one, in the operators' colour."""
    battle = fought("first_watch")
    one = battle.enemies_on_field()[0]._replace(row=2.0, col=3.0, health=1.0)
    camera = Camera(battle.stage.height, battle.stage.width, battle.stage.view, SIZES[0])
    pixels = []
    for escort in (False, True):
        painter = Painter(SIZES[0], SQUAD)
        painter._enemy(one, camera, False, None, struck=False, escort=escort)
        pixels.append(int((pygame.surfarray.array3d(painter.surface) == OPERATOR_BAR).all(axis=2).sum()))
    assert pixels[0] == 0 < pixels[1]


def test_what_is_held_shows():
    """A dragged card, a direction to be chosen, a unit with its two buttons: each changes the picture."""
    battle = fought("first_watch")
    one = battle.operators_on_field()[0]
    holds = [
        None,
        Hold(battle.view().cards[0].slot, at=(500, 300)),
        Hold(battle.view().cards[0].slot, tile=(1, 4)),
        Hold(battle.view().cards[0].slot, tile=(1, 4), direction=2),
        Hold(one.slot, tile=(one.row, one.col), standing=True),
    ]
    frames = {drawn(battle, hold=hold)[0].frame().tobytes() for hold in holds}
    assert len(frames) == len(holds)


def brightest(painter, spot):
    """The brightest pixel of a spot."""
    x, y, width, height = map(round, painter.scale.rectangle(spot))
    return int(painter.frame()[y : y + height, x : x + width].max())


def test_the_numbers_are_dim_while_a_direction_is_asked_for_and_bright_in_a_pause():
    """As on the real screens: DP and slots about 162 of 255 in direction mode, 255 under PAUSE with a dim field."""
    battle = fought("first_watch")
    one = battle.operators_on_field()[0]
    hold = Hold(battle.view().cards[0].slot, tile=(one.row, one.col))
    bright, asked, paused = (drawn(battle, **more)[0] for more in ({}, {"hold": hold}, {"paused": True}))
    for spot in (layout.DP, layout.SLOTS_LEFT, layout.KILLS):
        assert brightest(paused, spot) == brightest(bright, spot) > 250
        assert brightest(asked, spot) == pytest.approx(162, abs=4)
    board = np.s_[250:450, 500:780]
    assert paused.frame()[board].mean() < 0.8 * bright.frame()[board].mean()


def test_a_battle_whose_dp_come_at_once_is_drawn_too(tmp_path):
    """A level may set the time for a DP to 0."""
    level = json.loads(resources.files("game.levels.stages").joinpath("first_watch.json").read_text())
    level["options"]["costIncreaseTime"] = 0
    (tmp_path / "rich.json").write_text(json.dumps(level))
    battle = Battle(load_stage(tmp_path / "rich.json", CATALOGUE), SQUAD, 0)
    assert drawn(battle)[0].frame().any()


def test_the_sheet_shows_every_page_in_both_shapes(tmp_path):
    """One picture file, for visual checks."""
    stages = [load_stage(name, CATALOGUE) for name in shipped_stages()[:2]]
    count = write_sheet(tmp_path / "sheet.png", stages, SQUAD)
    sheet = pygame.image.load(str(tmp_path / "sheet.png"))
    assert count >= 40
    assert sheet.get_width() > 1000
    assert sheet.get_height() > sheet.get_width()


@pytest.mark.parametrize("name", ["nowhere/sheet.png", "sheet.txt"])
def test_a_sheet_that_cannot_be_written_is_one_line(name, tmp_path, capsys):
    """With the exit code of bad input, before anything is drawn."""
    assert main(["practice", "--sheet", str(tmp_path / name)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
