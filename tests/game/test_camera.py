"""Tiles and pixels agree, both ways, with the real game's picture."""

from __future__ import annotations

import pytest

from game.camera import HOVER, Camera

VIEW = ((0.0, -5.08, -8.04), (0.6461313484421196, -5.58, -8.917854334218152))
"""Where stage 1-4 puts the camera."""
SIZES = [(1280, 720), (1858, 1042), (1024, 768), (2340, 1080)]


def test_rows_fall_where_the_real_client_shows_them():
    """Read off a screen of stage 1-4: its road rows lie on y 236, 320 and 413 at 1280 x 720."""
    camera = Camera(7, 11, VIEW)
    assert [camera.pixel(row, 5)[1] for row in (2, 3, 4)] == pytest.approx([236, 320, 413], abs=3)
    assert camera.pixel(3, 5)[0] == pytest.approx(640)


def test_the_buttons_of_a_selected_unit_are_where_players_tap_them():
    """The camera follows the selected unit, so its buttons are always at the same place."""
    camera = Camera(7, 11, VIEW)
    for tile in ((0, 0), (3, 7), (6, 10)):
        assert camera.retreat_button(*tile) == pytest.approx((599, 216), abs=1)
        assert camera.skill_button(*tile) == pytest.approx((867, 407), abs=1)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("tilted", [False, True])
@pytest.mark.parametrize("high", [False, True])
@pytest.mark.parametrize("lift", [0.0, HOVER])
def test_a_pixel_leads_back_to_the_point_it_came_from(size, tilted, high, lift):
    """What the eyes put on a tile is what the hands would tap."""
    camera = Camera(7, 11, VIEW, size)
    for row, col in ((0, 0), (2.5, 7.25), (6, 10)):
        pixel = camera.pixel(row, col, high, tilted, lift=lift)
        assert camera.tile(*pixel, high=high, tilted=tilted, lift=lift) == pytest.approx((row, col))


def test_high_ground_and_fliers_are_drawn_higher_up():
    """Nearer to the viewer, who looks down from the front."""
    camera = Camera(7, 11, VIEW)
    assert camera.pixel(3, 5, high=True)[1] < camera.pixel(3, 5)[1]
    assert camera.pixel(3, 5, lift=HOVER)[1] < camera.pixel(3, 5)[1]


def test_a_tile_is_outlined_around_its_middle():
    """Clockwise from the upper left, the lower edge longer than the upper: that is perspective."""
    camera = Camera(7, 11, VIEW)
    (left, top), (right, _), (far_right, bottom), (far_left, _) = camera.polygon(3, 5)
    x, y = camera.pixel(3, 5)
    assert left < x < right
    assert top < y < bottom
    assert far_right - far_left > right - left


def test_a_camera_with_a_focus_looks_at_that_tile_as_it_did_at_the_middle():
    """A selected unit comes to the middle of the view."""
    camera = Camera(7, 11, VIEW)
    assert camera.pixel(1, 2, tilted=True, focus=(1, 2)) == pytest.approx(camera.pixel(3, 5, tilted=True))
