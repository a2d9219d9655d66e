"""The overlay shows what was seen and decided, and leaves the frame itself alone."""

from __future__ import annotations

import numpy as np
import pytest

from game.actions import DEPLOY, Action
from game.camera import Camera
from game.view import UNKNOWN, BattleView, EnemySeen, OperatorSeen
from vision.detector import Detection
from vision.overlay import DECISION_COLOUR, ENEMY_COLOUR, draw_overlay

VIEW = BattleView(
    kills=3,
    total=27,
    life=3,
    dp=12,
    slots_left=5,
    operators=(OperatorSeen(UNKNOWN, 2, 3, UNKNOWN, 1.0, False),),
    enemies=(EnemySeen("slug", 2.0, 6.2, 0.5),),
)
CAMERA = Camera(6, 9, ((0.0, -4.81, -7.76), (0.6, -5.31, -8.64)))
SLUG = Detection("slug", 0.9, 700, 200, 60, 40)


@pytest.fixture
def frame():
    """A frame of one grey."""
    return np.full((720, 1280, 3), 60, np.uint8)


def shows(picture, colour):
    """How many pixels have exactly this colour."""
    return int((picture == colour).all(axis=2).sum())


def test_the_frame_itself_stays_as_it_was(frame):
    """It may be evidence."""
    picture = draw_overlay(frame, VIEW, [SLUG], "battle", camera=CAMERA)
    assert (frame == 60).all()
    assert picture.shape == frame.shape


def test_a_detection_is_boxed(frame):
    """Its box is drawn where it was found."""
    picture = draw_overlay(frame, None, [SLUG], "battle")
    assert (picture[200, 720:750] == ENEMY_COLOUR).all()
    assert shows(picture, ENEMY_COLOUR) > 300


def test_a_decision_outlines_its_tile(frame):
    """The tile that was chosen stands out from those that units stand on."""
    without = draw_overlay(frame, VIEW, [], "battle", camera=CAMERA)
    chosen = draw_overlay(frame, VIEW, [], "battle", camera=CAMERA, decision=(Action(DEPLOY, 1, 4 * 9 + 5, 0), 1.25))
    assert shows(without, DECISION_COLOUR) == 0
    assert shows(chosen, DECISION_COLOUR) > 100


def test_a_decision_in_words_makes_the_panel_larger(frame):
    """The panel tells action and Q value under the HUD."""
    plain = draw_overlay(frame, VIEW, [], "battle")
    told = draw_overlay(frame, VIEW, [], "battle", decision=(Action(DEPLOY, 0, 4, 0), 1.25), squad=["Fang"])
    assert np.nonzero((told != 60).any(axis=(1, 2)))[0].max() > np.nonzero((plain != 60).any(axis=(1, 2)))[0].max()


def test_a_small_frame_gets_an_overlay_too(frame):
    """Whatever the window's size, drawing does not fail."""
    assert draw_overlay(frame[:90, :160], VIEW, [SLUG], "battle").shape == (90, 160, 3)
