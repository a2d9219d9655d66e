"""The game is found on a picture of a whole desktop."""

from __future__ import annotations

import numpy as np
import pytest
from levels import CATALOGUE

from game.characters.builds import default_squad
from game.levels.stage import load_stage
from game.practice.app import PracticeGame
from vision.client_area import Area, is_framed
from vision.desktop import game_areas


def desktop(size, seed):
    """A wallpaper with some windows of one colour each."""
    rng = np.random.default_rng(seed)
    picture = np.repeat(np.linspace(20, 90, size[0]).astype(np.uint8)[None, :, None], size[1], axis=0).repeat(3, axis=2)
    for _ in range(4):
        left, top = rng.integers(0, size[0] // 2), rng.integers(0, size[1] // 2)
        picture[top : top + size[1] // 3, left : left + size[0] // 3] = rng.integers(0, 256, 3)
    return picture


@pytest.mark.parametrize("bars", [(0, 36, 40, 0), (62, 41, 102, 51), (8, 30, 8, 8)])
@pytest.mark.parametrize("tone", [(12, 12, 14), (235, 235, 238)])
def test_an_emulator_with_bars_of_any_width_and_tone_is_found(bars, tone):
    """To the pixel or next to it, among the places that are tried; bars left, above, right and below the game."""
    left, above, right, below = bars
    game = PracticeGame([load_stage("first_watch", CATALOGUE)], default_squad(CATALOGUE), popups=False).draw()
    picture = desktop((1600, 900), 3)
    x, y = 90, 20
    picture[y : y + above + 720 + below, x : x + left + 1280 + right] = tone
    picture[y + above : y + above + 720, x + left : x + left + 1280] = game
    true = (x + left, y + above, 1280, 720)
    assert min(np.abs(np.array(area) - true).max() for area in game_areas(picture)) <= 2


def test_a_frame_is_an_edge_along_each_side():
    """A game between windows of other colours has one; a part of its own page has none."""
    game = PracticeGame([load_stage("first_watch", CATALOGUE)], default_squad(CATALOGUE), popups=False).draw()
    picture = np.full((900, 1600, 3), 240, np.uint8)
    picture[97 : 97 + 720, 163 : 163 + 1280] = game
    assert is_framed(picture, Area(163, 97, 1280, 720))
    assert not is_framed(picture, Area(163, 157, 1280, 720))
    assert not is_framed(game, Area(0, 0, 640, 360))


def test_the_whole_picture_is_no_part_of_it():
    """Nor is anything found where there is nothing but a wallpaper."""
    game = PracticeGame([load_stage("first_watch", CATALOGUE)], default_squad(CATALOGUE), popups=False).draw()
    assert all(area.width < 1270 for area in game_areas(game))
    assert game_areas(np.full((720, 1280, 3), 40, np.uint8)) == []
