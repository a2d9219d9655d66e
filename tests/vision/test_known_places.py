"""Operators read at the tiles they stand on, without a detector."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from levels import CATALOGUE

from game.camera import Camera
from game.levels.stage import Stage, load_stage, shipped_stages
from vision.known_places import HIGH_LIFT, operators_at
from vision.profile import load_profile

REFERENCE = Path(__file__).resolve().parents[2].parent / "shared" / "reference"
PROFILE = load_profile("arknights-cn")
LAYOUT = PROFILE.operators
STAGE = load_stage(shipped_stages()[0], CATALOGUE)
CAMERA = Camera(STAGE.height, STAGE.width, STAGE.view, (1280, 720))
BLUE, GREEN, ORANGE, YELLOW = (213, 178, 104), (60, 165, 142), (17, 121, 174), (0, 205, 255)
"""What health, SP, what is left of a skill, and the mark are drawn with, BGR."""


def draw(image, tile, health, sp, colour=GREEN, *, mark=False, size=1.0) -> None:
    """An operator's bars and mark, as the real client draws them at 1280x720 with an interface of this size."""
    x, y = CAMERA.pixel(*tile, lift=HIGH_LIFT * bool(STAGE.high[tile]))
    left, top, length = round(x + LAYOUT.bar[0] * size), round(y + LAYOUT.bar[1] * size), 84 * size
    for line, (share, fill) in enumerate(((health, BLUE), (sp, colour))):
        upper = top + 5 * line
        image[upper : upper + 5, left : left + round(length)] = 40
        image[upper : upper + 5, left : left + round(length * share)] = fill
    if mark:
        corners = [(x + 2.5 + right, y - 101 + down) for right, down in ((0, -12), (12, 0), (0, 12), (-12, 0))]
        cv2.fillPoly(image, [np.array(corners).round().astype(np.int32)], YELLOW)


def blank() -> np.ndarray:
    """A field without operators."""
    return np.full((720, 1280, 3), 70, np.uint8)


@pytest.mark.parametrize("kind", ["melee", "ranged"])
def test_health_sp_and_skill_are_read_at_the_tile(kind):
    """On low ground and on high ground."""
    tile = tuple(np.argwhere(getattr(STAGE, kind))[0].tolist())
    image = blank()
    draw(image, tile, 0.5, 1.0, mark=True)
    (one,) = operators_at(image, CAMERA, STAGE, PROFILE)
    assert (one.row, one.col, one.skill_ready, one.skill_active) == (*tile, True, False)
    assert (one.health, one.sp) == (pytest.approx(0.5, abs=0.02), pytest.approx(1.0, abs=0.02))


def test_the_mark_alone_is_a_skill_to_use():
    """Skills that store several uses show it while the next one fills up."""
    tile, image = tuple(np.argwhere(STAGE.melee)[0].tolist()), blank()
    draw(image, tile, 1.0, 0.3, mark=True)
    (one,) = operators_at(image, CAMERA, STAGE, PROFILE)
    assert one.skill_ready


def test_a_full_bar_without_the_mark_is_no_skill_to_use():
    """Skills that trigger by themselves fill up too."""
    tile, image = tuple(np.argwhere(STAGE.melee)[0].tolist()), blank()
    draw(image, tile, 1.0, 1.0)
    (one,) = operators_at(image, CAMERA, STAGE, PROFILE)
    assert (one.sp, one.skill_ready) == (1.0, False)


def test_bars_are_as_large_as_the_interface():
    """At 90 % of its size too."""
    tile, image = tuple(np.argwhere(STAGE.melee)[0].tolist()), blank()
    draw(image, tile, 0.5, 0.7, size=0.9)
    (one,) = operators_at(image, CAMERA, STAGE, PROFILE.at_scale(0.9))
    assert (one.health, one.sp) == (pytest.approx(0.5, abs=0.02), pytest.approx(0.7, abs=0.02))


def test_a_short_blue_line_is_no_dying_operator():
    """Scenery has some; with SP below it the line is a bar."""
    tile, image = tuple(np.argwhere(STAGE.melee)[0].tolist()), blank()
    draw(image, tile, 0.1, 0.0)
    assert operators_at(image, CAMERA, STAGE, PROFILE) == ()
    draw(image, tile, 0.1, 0.4)
    assert len(operators_at(image, CAMERA, STAGE, PROFILE)) == 1


def test_an_orange_bar_is_a_skill_that_runs():
    """It says what is left of it."""
    tile, image = tuple(np.argwhere(STAGE.melee)[0].tolist()), blank()
    draw(image, tile, 1.0, 0.25, ORANGE)
    (one,) = operators_at(image, CAMERA, STAGE, PROFILE)
    assert (one.skill_active, one.sp) == (True, pytest.approx(0.25, abs=0.02))


def test_blue_scenery_is_no_operator():
    """Plates, and lines that go on to the left, are not as high and as long as a bar."""
    image = blank()
    image[::40, :] = BLUE
    assert operators_at(image, CAMERA, STAGE, PROFILE) == ()
    image[:] = BLUE
    assert operators_at(image, CAMERA, STAGE, PROFILE) == ()


def real(number: int) -> tuple[np.ndarray, Camera, Stage]:
    """A frame of the real run of 0-5, without the window's title bar; the test skips where it is absent."""
    path = REFERENCE / "battle_0-5" / f"frame_{number:02d}.jpg"
    if not path.exists():
        pytest.skip(f"{path} is absent: the real client's screens are not part of the project")
    image = cv2.imread(str(path))[54:]
    stage = load_stage(REFERENCE / "levels" / "level_main_00-05.json", CATALOGUE)
    return image, Camera(stage.height, stage.width, stage.view, image.shape[1::-1]), stage


FANG, KROOS, POPUKAR = (2, 7), (3, 6), (4, 7)
STANDING = {
    **{number: [] for number in (1, 3, 5, 7)},
    **{number: [FANG] for number in (9, 11, 13, 15, 17)},
    **{number: [FANG, POPUKAR] for number in range(21, 41, 2)},
    **{number: [FANG, KROOS, POPUKAR] for number in range(43, 77, 2)},
}
"""Frame → the tiles of those who stand; in frames 19 and 41 a card is held and the view tilted."""


@pytest.mark.parametrize("width", [1858, 1280])
def test_the_operators_of_the_real_run_are_found_in_every_frame(width):
    """All of them and no others; with the skill that is ready from frame 51 on, and the one that runs in 63 and 71."""
    for number, tiles in STANDING.items():
        image, _, stage = real(number)
        size = width, round(image.shape[0] * width / image.shape[1])
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        camera = Camera(stage.height, stage.width, stage.view, size)
        found = operators_at(image, camera, stage, load_profile("arknights-cn", size))
        assert [(one.row, one.col) for one in found] == tiles, number
        assert [(one.row, one.col) for one in found if one.skill_ready] == ([POPUKAR] if number >= 51 else []), number
        assert [one for one in found if one.skill_active] == [one for one in found[1:2] if number in (63, 71)], number


@pytest.mark.parametrize(("number", "health", "sp"), [(9, 1.0, 0.26), (17, 0.97, 0.71), (49, 0.92, 0.51)])
def test_health_and_sp_of_the_real_run_are_read(number, health, sp):
    """As a person measures them on the enlarged picture."""
    image, camera, stage = real(number)
    one = operators_at(image, camera, stage, load_profile("arknights-cn", camera.size))[0]
    assert (one.health, one.sp) == (pytest.approx(health, abs=0.02), pytest.approx(sp, abs=0.03))
