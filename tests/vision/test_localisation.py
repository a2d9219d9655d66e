"""What stands in a frame is put on the tile it stands on, as hurt and as ready as it is."""

from __future__ import annotations

import numpy as np
import pytest

from game.camera import Camera
from game.characters.catalogue import load_operators
from game.levels.stage import load_stage, shipped_stages
from game.practice.draw import Painter
from game.practice.scene import BattleScene
from game.view import UNKNOWN
from vision.detector import Detection
from vision.detector_training import Staged
from vision.localisation import place

SIZE = (1280, 720)
SQUAD = tuple(load_operators().values())[:12]


@pytest.fixture(scope="module")
def looks():
    """Crowded fields on all stages: the units' true boxes put on the map, and the truth."""
    random = np.random.default_rng(0)
    painter = Painter(SIZE, SQUAD)
    found = []
    for name in shipped_stages() * 8:
        stage = load_stage(name)
        battle, camera = Staged(stage, SQUAD, random), Camera(stage.height, stage.width, stage.view, SIZE)
        painter.battle(BattleScene(battle, battle.view().cards), camera)
        boxes = [Detection(name, 1.0, *box) for name, *box in painter.labels]
        found.append((*place(boxes, painter.frame(), camera, stage), battle.view()))
    return found


def test_every_operator_is_on_its_tile(looks):
    """High ground or low: a deployment is confirmed, or not, by this."""
    assert sum(len(truth.operators) for *_, truth in looks) > 50
    for operators, _, truth in looks:
        assert {(one.row, one.col) for one in operators} == {(one.row, one.col) for one in truth.operators}
        assert all(one.slot == one.direction == UNKNOWN for one in operators)


def test_a_ready_skill_is_the_right_operators(looks):
    """The mark hangs over the one whose skill it is, not over its neighbour."""
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


def test_units_off_the_map_are_nobody():
    """A portrait or a button taken for an enemy must not walk the map."""
    stage = load_stage(shipped_stages()[0])
    camera = Camera(stage.height, stage.width, stage.view, SIZE)
    image = np.zeros((720, 1280, 3), np.uint8)
    corner = [Detection("slug", 0.9, 2, 2, 40, 30), Detection("operator", 0.9, 2, 2, 40, 60)]
    assert place(corner, image, camera, stage) == ((), ())


def test_a_look_that_no_table_knows_is_an_enemy_all_the_same():
    """Weights may have been taught more than this table holds; nothing breaks, and it counts as a walker."""
    stage = load_stage("first_watch")
    camera = Camera(stage.height, stage.width, stage.view, SIZE)
    x, y = camera.pixel(2, 4)
    _, (enemy,) = place(
        [Detection("dragon", 0.9, x - 20, y - 60, 40, 60)], np.zeros((720, 1280, 3), np.uint8), camera, stage
    )
    assert (enemy.kind, round(enemy.row), round(enemy.col)) == ("dragon", 2, 4)
