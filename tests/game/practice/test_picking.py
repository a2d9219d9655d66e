"""Which unit of the practice game a pixel is on."""

from __future__ import annotations

import pytest
from levels import CATALOGUE

from game.actions import RIGHT
from game.camera import Camera
from game.levels.stage import load_stage, shipped_stages
from game.practice.layout import Scale
from game.practice.picking import Picker
from game.simulator.battle import OperatorOnField

SIZE = (1280, 720)


@pytest.mark.parametrize("name", shipped_stages())
def test_a_tap_on_the_middle_of_a_tile_selects_who_stands_there(name):
    """Also where the body of one who stands in front covers it, whichever of them was deployed first."""
    stage = load_stage(name, CATALOGUE)
    picker = Picker(stage, Camera(stage.height, stage.width, stage.view, SIZE), Scale(SIZE))
    for col in range(stage.width):
        for order in (1, -1):
            column = [
                OperatorOnField(order * row, row, col, RIGHT, 1.0, 0.0, False, False) for row in range(stage.height)
            ]
            for unit in column:
                middle = picker.camera.pixel(unit.row, col, bool(stage.high[unit.row, col]))
                assert picker.unit(sorted(column), *middle) == unit


def test_a_tap_beside_all_units_selects_none():
    """Half a tile from a foot is no longer on it."""
    stage = load_stage("first_watch", CATALOGUE)
    picker = Picker(stage, Camera(stage.height, stage.width, stage.view, SIZE), Scale(SIZE))
    unit = OperatorOnField(0, 1, 1, RIGHT, 1.0, 0.0, False, False)
    assert picker.unit([unit], *picker.camera.pixel(1, 2.0, bool(stage.high[1, 1]))) is None
    assert picker.unit([], 640.0, 360.0) is None
