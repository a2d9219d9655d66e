"""Detections in a frame become units on their tiles, with their health and their ready skills."""

from __future__ import annotations

import numpy as np
import pytest
from levels import CATALOGUE

from game.camera import Camera
from game.characters.builds import default_squad
from game.levels.stage import load_stage, shipped_stages
from game.practice.draw import Painter
from game.practice.scene import BattleScene
from game.view import UNKNOWN
from vision.detector import Detection
from vision.detector_training import Staged
from vision.localisation import OPERATOR_BAR, bar_fill, localise

SIZE = (1280, 720)
SQUAD = default_squad(CATALOGUE)
BLUE = (255, 190, 70)
"""Of an operator's bar, and of some bodies."""


@pytest.fixture(scope="module")
def looks():
    """Crowded fields on all stages: the units' true boxes put on the map, and the truth."""
    random = np.random.default_rng(0)
    painter = Painter(SIZE, SQUAD)
    found = []
    for name in shipped_stages() * 3:
        stage = load_stage(name, CATALOGUE)
        battle, camera = Staged(stage, SQUAD, random), Camera(stage.height, stage.width, stage.view, SIZE)
        painter.battle(BattleScene(battle, battle.view().cards), camera)
        boxes = [Detection(name, 1.0, *box) for name, *box in painter.labels]
        found.append((*localise(boxes, painter.frame(), camera, stage), battle.view()))
    return found


def test_every_operator_is_on_its_tile(looks):
    """High ground or low: a deployment is confirmed, or not, by this."""
    assert sum(len(truth.operators) for *_, truth in looks) > 50
    for operators, _, truth in looks:
        assert {(one.row, one.col) for one in operators} == {(one.row, one.col) for one in truth.operators}
        assert all(one.slot == one.direction == UNKNOWN for one in operators)


def test_a_ready_skill_belongs_to_the_right_operator(looks):
    """The mark hangs over the operator whose skill is ready, not over its neighbour."""
    assert any(one.skill_ready for *_, truth in looks for one in truth.operators)
    for operators, _, truth in looks:
        ready = {(one.row, one.col) for one in truth.operators if one.skill_ready}
        assert {(one.row, one.col) for one in operators if one.skill_ready} == ready


def test_every_enemy_is_where_it_walks_or_flies(looks):
    """Within a seventh of a tile, fliers too, when the box is right to the pixel: on the widest maps a tile has few."""
    assert any(one.kind == "drone" for *_, truth in looks for one in truth.enemies)
    for _, enemies, truth in looks:
        for one in truth.enemies:
            away = [np.hypot(one.row - it.row, one.col - it.col) for it in enemies if it.kind == one.kind]
            assert min(away, default=9) < 0.14, one


def test_health_is_read_from_the_bars(looks):
    """Even in a crowd, where bodies stand before bars, two in three are read to a twelfth."""
    off = []
    for operators, _, truth in looks:
        true = {(one.row, one.col): one.health for one in truth.operators}
        off += [abs(one.health - true[one.row, one.col]) for one in operators]
    assert np.percentile(off, 67) < 1 / 12


@pytest.mark.parametrize(
    ("health", "covered", "read"),
    [(0.1, 0.4, 0.1), (0.3, 0.5, 0.3), (0.7, 0.0, 0.7), (0.7, 0.5, 1.0), (1.0, 0.5, 1.0), (0.0, 0.5, 0.0)],
)
def test_a_bar_that_is_covered_in_part_is_read_by_where_its_colour_ends(health, covered, read):
    """A body of the bar's own colour over its right part is no health; where the end is covered, it counts as full."""
    tile, (x, y), width = 100.0, (200, 100), 50
    image = np.full((200, 400, 3), 90, np.uint8)
    left, top = x - width // 2, y + 2
    image[top : top + 6, left : left + width] = 12
    image[top : top + 6, left : left + round(width * health)] = BLUE
    body = left + round(width * (1 - covered))
    image[y - 40 : y + 40, body : body + 60] = (40, 34, 30)
    image[y - 37 : y + 37, body + 3 : body + 57] = BLUE
    assert bar_fill(image, (x, y), tile, OPERATOR_BAR) == pytest.approx(read, abs=0.03)


def test_detections_off_the_map_are_dropped():
    """A portrait or a button that is taken for a unit is not put on the map."""
    stage = load_stage(shipped_stages()[0], CATALOGUE)
    camera = Camera(stage.height, stage.width, stage.view, SIZE)
    image = np.zeros((720, 1280, 3), np.uint8)
    corner = [Detection("slug", 0.9, 2, 2, 40, 30), Detection("operator", 0.9, 2, 2, 40, 60)]
    assert localise(corner, image, camera, stage) == ((), ())


def test_a_class_that_no_table_contains_is_an_enemy_too():
    """Weights may know more kinds than the table of enemies; such an enemy counts as walking."""
    stage = load_stage("first_watch", CATALOGUE)
    camera = Camera(stage.height, stage.width, stage.view, SIZE)
    x, y = camera.pixel(2, 4)
    _, (enemy,) = localise(
        [Detection("dragon", 0.9, x - 20, y - 60, 40, 60)], np.zeros((720, 1280, 3), np.uint8), camera, stage
    )
    assert (enemy.kind, round(enemy.row), round(enemy.col)) == ("dragon", 2, 4)
