"""The game is found beside bars: plain ones, and those of an emulator."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from vision.bars import beside_tools, inside_bars


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
@pytest.mark.parametrize("bars", [(80, 80, 0, 0), (0, 0, 70, 70), (91, 91, 0, 0)])
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
    page = noise(1280, 720)
    page[-39:] = 0
    page[-4:] = 8
    assert inside_bars(page) is None
    assert inside_bars(np.zeros((720, 1280, 3), np.uint8)) is None


@pytest.mark.parametrize(("tone", "ink"), [((52, 48, 45), (190, 190, 190)), ((235, 236, 240), (90, 90, 90))])
@pytest.mark.parametrize("bars", [(36, 0, 0, 44), (40, 2, 2, 50), (30, 0, 48, 0)])
def test_an_emulators_bars_with_its_name_and_icons_are_left_out(bars, tone, ink):
    """Its window's title on top and a column of icons left or right of the game."""
    left, right = bars[2:]
    picture = noise(1280, 720)
    window = with_bars(picture, *bars, tone)
    cv2.putText(window, "Emulator 9 - a game", (12, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.6, ink, 1)
    for at in range(90, 600, 60):
        cv2.circle(window, (left // 2 if left > right else window.shape[1] - right // 2, at), 10, ink, 2)
    for found in (beside_tools(window), inside_bars(window)):
        assert found is None or max(abs(one - two) for one, two in zip(found.shape, picture.shape, strict=True)) <= 2
    assert beside_tools(window) is not None


def test_nothing_is_left_out_of_a_picture_of_the_games_shape():
    """Nor of one that is too wide or too narrow for its bars."""
    assert beside_tools(noise(1280, 720)) is None
    assert beside_tools(with_bars(noise(1400, 720), 20, 0, 0, 10)) is None
