"""The game is found inside plain bars, and on a picture of a whole desktop."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from levels import CATALOGUE

from game.characters.builds import default_squad
from game.levels.stage import load_stage
from game.practice.app import PracticeGame
from vision.desktop import game_areas, inside_bars


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


def test_the_whole_picture_is_no_part_of_it():
    """Nor is anything found where there is nothing but a wallpaper."""
    game = PracticeGame([load_stage("first_watch", CATALOGUE)], default_squad(CATALOGUE), popups=False).draw()
    assert all(area.width < 1270 for area in game_areas(game))
    assert game_areas(np.full((720, 1280, 3), 40, np.uint8)) == []


def noise(width, height, seed=0):
    """A picture without a plain line."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def with_bars(picture, above, below, left, right, tone=(0, 0, 0)):
    """The picture with plain bars around it."""
    return cv2.copyMakeBorder(picture, above, below, left, right, cv2.BORDER_CONSTANT, value=tone)


@pytest.mark.parametrize("tone", [(0, 0, 0), (12, 12, 14), (240, 240, 240), (70, 60, 90)])
@pytest.mark.parametrize("bars", [(50, 50, 0, 0), (0, 0, 70, 70), (0, 0, 55, 0), (31, 44, 83, 60), (0, 90, 0, 160)])
def test_plain_bars_on_any_side_are_left_out(bars, tone):
    """Of any tone and width, equal or not, to the pixel."""
    picture = noise(1280, 720)
    np.testing.assert_array_equal(inside_bars(with_bars(picture, *bars, tone)), picture)


def test_compressed_bars_are_left_out_as_well():
    """A bar of a JPEG is not quite of one colour; its edge is found to a pixel."""
    packed = cv2.imencode(
        ".jpg", with_bars(noise(1280, 720), 0, 0, 70, 70, (40, 30, 60)), [cv2.IMWRITE_JPEG_QUALITY, 50]
    )
    inside = inside_bars(cv2.imdecode(packed[1], cv2.IMREAD_COLOR))
    assert np.abs(np.array(inside.shape[:2]) - (720, 1280)).max() <= 2


@pytest.mark.parametrize("bars", [(50, 50, 0, 0), (0, 0, 70, 70)])
def test_no_more_is_left_out_than_the_games_shape_asks_for(bars):
    """A page that is dark along its lower side keeps that side."""
    page = noise(1280, 720)
    page[-59:] = 0
    np.testing.assert_array_equal(inside_bars(with_bars(page, *bars)), page)


@pytest.mark.parametrize("size", [(2244, 1080), (1024, 768)])
@pytest.mark.parametrize("bars", [(80, 80, 0, 0), (0, 0, 70, 70)])
def test_the_picture_of_a_wide_phone_or_a_tablet_is_found_between_two_dark_bars(size, bars):
    """It has another shape than most, so both bars must be dark and of one width."""
    picture = noise(*size)
    np.testing.assert_array_equal(inside_bars(with_bars(picture, *bars)), picture)
    assert inside_bars(with_bars(picture, *bars, (200, 200, 200))) is None
    assert inside_bars(with_bars(picture, *(width // (1 + at) for at, width in enumerate(bars)))) is None


def test_it_is_found_between_four_bars_of_one_colour():
    """Whatever their widths and their tone: that is a window on a plain desktop."""
    picture = noise(2244, 1080)
    np.testing.assert_array_equal(inside_bars(with_bars(picture, 31, 44, 83, 60, (70, 60, 90))), picture)


def test_a_picture_without_bars_is_left_alone():
    """Nor is a plain picture taken for nothing but bars."""
    assert inside_bars(noise(1280, 720)) is None
    assert inside_bars(np.zeros((720, 1280, 3), np.uint8)) is None
