"""The bar below the DP: the part of the next one that has come, which is the battle's clock between two of them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from levels import CATALOGUE

from game.camera import Camera
from game.characters.builds import default_squad
from game.levels.stage import load_stage, shipped_stages
from game.practice.draw import Painter
from game.practice.scene import BattleScene, Hold
from game.simulator.battle import Battle
from vision.cutter import bar_share
from vision.profile import load_profile

REFERENCE = Path(__file__).resolve().parents[2].parent / "shared" / "reference"
SEEN = {
    "battle_cn_tilepos1.jpg": 0.0, "battle_cn_tilepos2.jpg": 0.45, "battle_cn_tilepos3.jpg": 0.73,
    "battle_cn_is109.jpg": 0.34, "battle_cn_try_pause.jpg": 0.53, "battle_cn_gsq_fighting.jpg": 0.35,
}  # fmt: skip
"""Pictures of the real client, and what a person sees of the bar."""
FRAMES = {1: 0.46, 3: 0.08, 5: 0.0, 7: 0.99, 9: 0.82, 11: 0.74, 13: 0.6, 19: 0.78}
"""The same of frames of the real run of 0-5."""


@pytest.mark.parametrize("number", FRAMES)
def test_the_bar_of_the_real_run_is_read(number):
    """Digits hang down to its upper edge."""
    path = REFERENCE / "battle_0-5" / f"frame_{number:02d}.jpg"
    if not path.exists():
        pytest.skip(f"{path} is absent: the real client's screens are not part of the project")
    image = cv2.imread(str(path))[54:]
    crop = load_profile("arknights-cn", image.shape[1::-1]).crop(image, "dp_bar")
    assert bar_share(crop) == pytest.approx(FRAMES[number], abs=0.025)


@pytest.mark.parametrize("name", SEEN)
def test_the_bar_of_the_real_client_is_read(name):
    """Running, selecting or paused, on 16:9 and wider."""
    path = REFERENCE / "more_screens" / name
    if not path.exists():
        pytest.skip(f"{path} is absent: the real client's screens are not part of the project")
    image = cv2.imread(str(path))
    crop = load_profile("arknights-cn", image.shape[1::-1]).crop(image, "dp_bar")
    assert bar_share(crop) == pytest.approx(SEEN[name], abs=0.025)


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (1280, 960)])
def test_the_bar_of_the_practice_game_is_exact_to_a_tick(size):
    """Bright, and dimmed while a card waits for its direction."""
    stage = load_stage(shipped_stages()[0], CATALOGUE)
    painter, battle = Painter(size, default_squad(CATALOGUE)), Battle(stage, default_squad(CATALOGUE))
    camera, profile = Camera(stage.height, stage.width, stage.view, size), load_profile("practice", size)
    for ticks in (7, 11, 5, 9, 13):
        battle.step(ticks)
        for hold in (None, Hold(0, tile=(2, 2))):
            painter.battle(BattleScene(battle, battle.view().cards, hold=hold), camera)
            true = battle.seconds % stage.options.cost_increase_time / stage.options.cost_increase_time
            assert bar_share(profile.crop(painter.frame(), "dp_bar")) == pytest.approx(true, abs=1 / 60)


def test_what_lies_over_the_bar_is_no_bar():
    """Bright pixels behind its end say that something covers it."""
    crop = np.full((3, 120, 3), 60, np.uint8)
    crop[:, :40] = 250
    assert bar_share(crop) == pytest.approx(40 / 120)
    crop[:, 80:100] = 250
    assert bar_share(crop) is None
    assert bar_share(crop[:, :0]) is None


def test_pale_scenery_beside_the_bar_is_not_taken_for_it():
    """At another scale the crop may be a pixel off: what lies beside the bar, pale from end to end, is no full bar."""
    crop = np.full((4, 120, 3), 36, np.uint8)
    crop[:2, :40] = 255
    crop[3] = 150
    assert bar_share(crop) == pytest.approx(40 / 120)
    crop[3] = 255
    assert bar_share(crop) == pytest.approx(40 / 120)
    crop[:2] = 36
    crop[3] = 150
    assert bar_share(crop) is None
    crop[:2] = 255
    assert bar_share(crop) == 1.0
