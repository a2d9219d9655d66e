"""What is kept of a battle is read again as it was, and what is broken is named."""

from __future__ import annotations

import pytest
from walks import SIZE, STAGE, keep_walk

from game.camera import Camera
from game.errors import InputError
from vision.dataset import read_picture
from vision.kept_frames import BATTLE, FRAMES, battles_in, kept_size, read_battle


def test_a_battle_is_read_as_it_was_kept(tmp_path):
    """The camera, and for each picture what was known."""
    keep_walk(tmp_path / "one", [[("slug", 5, 3.0)], []])
    battle, frames = read_battle(tmp_path / "one")
    assert battle.camera().pixel(2, 3) == Camera(STAGE.height, STAGE.width, STAGE.view, SIZE).pixel(2, 3)
    assert (battle.height, battle.width, battle.size) == (STAGE.height, STAGE.width, SIZE)
    assert [len(frame.enemies) for frame in frames] == [1, 0]
    assert read_picture(tmp_path / "one" / frames[0].picture).shape[:2] == SIZE[::-1]


def test_a_torn_line_is_left_out(tmp_path):
    """A kill in the middle of writing costs one frame."""
    keep_walk(tmp_path / "one", [[], []])
    lines = tmp_path / "one" / FRAMES
    lines.write_bytes(lines.read_bytes()[:-20])
    assert len(read_battle(tmp_path / "one")[1]) == 1


def test_what_is_no_battle_is_said_in_a_line(tmp_path):
    """An empty folder, and a file that says something else."""
    with pytest.raises(InputError, match="keep some with: holdfast vision collect"):
        battles_in(tmp_path)
    keep_walk(tmp_path / "one", [[]])
    (tmp_path / "one" / BATTLE).write_text("[]")
    assert battles_in(tmp_path) == [tmp_path / "one"]
    with pytest.raises(InputError, match=r"battle\.json: .*delete the folder one"):
        read_battle(tmp_path / "one")


def test_large_pictures_are_kept_smaller():
    """The detector looks at small ones; the shape stays."""
    assert kept_size((3840, 2160)) == (1280, 720)
    assert kept_size((2560, 1080)) == (1280, 540)
    assert kept_size((640, 360)) == (640, 360)
