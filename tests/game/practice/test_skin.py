"""A skin changes how the practice game looks, and a broken one is refused in one line."""

from __future__ import annotations

import numpy as np
import pytest
import skins
from levels import CATALOGUE

from game.camera import Camera
from game.characters.builds import default_squad
from game.levels.stage import load_stage
from game.practice.draw import Painter
from game.practice.scene import BattleScene
from game.practice.skin import OWN, SkinError, read_skin
from game.simulator.battle import Battle

SQUAD = default_squad(CATALOGUE)
STAGE = load_stage("first_watch", CATALOGUE)
SIZE = (640, 360)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One of the skins that the benchmark plays in."""
    return skins.make(skins.NEON, tmp_path_factory.mktemp("skins"))


def battle(skin):
    """A frame of a battle, in pixels."""
    painter, one = Painter(SIZE, SQUAD, skin), Battle(STAGE, SQUAD)
    one.step(300)
    painter.battle(BattleScene(one, one.view().cards), Camera(STAGE.height, STAGE.width, STAGE.view, SIZE))
    return painter.frame()


def test_everything_that_a_skin_changes_looks_otherwise(folder):
    """Field, enemies, operators, portraits and letters; the same skin always looks the same."""
    skin = read_skin(folder)
    assert (battle(skin) != battle(OWN)).any(axis=2).mean() > 0.7
    assert np.array_equal(battle(skin), battle(read_skin(folder)))
    one = SQUAD[0]
    for own, other in (
        (OWN.enemy("slug", 60), skin.enemy("slug", 60)),
        (OWN.operator(one, 0, 60), skin.operator(one, 0, 60)),
        (OWN.portrait(one, 76, 72), skin.portrait(one, 76, 72)),
        (OWN.text("START", 30, (255, 255, 255)), skin.text("START", 30, (255, 255, 255))),
    ):
        assert own.get_buffer().raw != other.get_buffer().raw


def test_an_empty_folder_is_a_skin(tmp_path):
    """What it does not bring is drawn as usual; only bars are those of the real client."""
    skin = read_skin(tmp_path)
    assert skin.is_foreign
    assert skin.enemy("slug", 60) is OWN.enemy("slug", 60)


def test_scenery_stands_where_it_stood(folder):
    """The same tile has the same thing in every battle; without clutter there is none."""
    skin = read_skin(folder)
    assert skin.scenery(3, 40) is skin.scenery(3, 40)
    assert OWN.scenery(3, 40) is None


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"skin.toml": b"ui_scale = 0.2"}, "`float` >= 0.8"),
        ({"skin.toml": b"colour = 1"}, "unknown field `colour`"),
        ({"skin.toml": b"[colours]\nground = [1, 2, 300]"}, "<= 255"),
        ({"skin.toml": b"[colours]\nplate = [200, 200, 200]"}, "<= 90"),
        ({"skin.toml": b"ui_scale ="}, "skin.toml: "),
        ({"skin.toml": b'font = "none.ttf"'}, "No such file"),
        ({"skin.toml": b'font = "a.ttf"', "a.ttf": b"text"}, "is no TrueType"),
        ({"enemies/slug.png": b"no picture"}, "is no picture"),
    ],
)
def test_a_broken_skin_is_one_line(tmp_path, files, why):
    """It names the file, and nothing of the game is started."""
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    with pytest.raises(SkinError) as refused:
        read_skin(tmp_path)
    assert why in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_folder_that_does_not_exist_is_one_line(tmp_path):
    """The line says what a skin is."""
    with pytest.raises(SkinError, match=r"nowhere: there is no such folder"):
        read_skin(tmp_path / "nowhere")
