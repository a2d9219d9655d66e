"""A folder of kept frames becomes a data set: by battle, with previews, and never over corrected labels."""

from __future__ import annotations

import pytest
from walks import keep_walk

from bot.cli import main
from game.errors import BAD_INPUT, DONE, InputError
from vision.dataset import read_dataset, read_labelled
from vision.detector import PADDING
from vision.label_folder import label_folder

WALK = [[("soldier", 5, 0.8 + 0.6 * step)] if step < 6 else [] for step in range(10)]


def test_battles_are_kept_apart_whole(tmp_path):
    """Two frames of one battle are never in both parts; each picture has its preview."""
    for name in "abcde":
        keep_walk(tmp_path / "frames" / name, WALK)
    facts = label_folder(tmp_path / "frames", tmp_path / "out", lambda _: None)
    found = read_dataset(tmp_path / "out")
    battles = {part: {path.name[0] for path in paths} for part, paths in found.pictures.items()}
    assert battles == {"train": {"b", "c", "d"}, "val": {"a", "e"}}
    assert (facts["battles"], facts["kept_apart"], facts["frames"]) == (5, 2, 30)
    assert facts["labels"] == {"soldier": 30}
    for part, paths in found.pictures.items():
        previews = {path.name for path in (tmp_path / "out" / "previews" / part).iterdir()}
        assert previews == {path.name for path in paths}
        assert all(len(read_labelled(path, found.names)[1]) == 1 for path in paths)


def test_what_is_doubtful_is_grey(tmp_path):
    """It teaches neither that there is a unit nor that there is none."""
    truth = keep_walk(tmp_path / "frames" / "a", [*WALK, [("soldier", 5, 2.0), ("hound", 2, 5.0), ("slug", 2, 5.3)]])
    label_folder(tmp_path / "frames", tmp_path / "out", lambda _: None)
    image, labels = read_labelled(tmp_path / "out" / "images" / "train" / "a_0010.jpg", ("",) * 20)
    assert len(labels) == 1
    for _, x, y, width, height in truth[10][:2]:
        assert abs(image[y + height // 2, x + width // 2].astype(int) - PADDING).max() < 8


def test_labels_are_not_written_over(tmp_path):
    """A person may have corrected them."""
    keep_walk(tmp_path / "frames" / "a", WALK)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "data.yaml").touch()
    with pytest.raises(InputError, match="perhaps with corrected labels"):
        label_folder(tmp_path / "frames", tmp_path / "out", lambda _: None)


def test_frames_without_a_certain_unit_are_said(tmp_path):
    """Nothing is written then."""
    keep_walk(tmp_path / "frames" / "a", [[], []])
    with pytest.raises(InputError, match=r"no unit is certain in any frame \(2 frames: it shows no unit"):
        label_folder(tmp_path / "frames", tmp_path / "out", lambda _: None)
    assert not (tmp_path / "out").exists()


def test_the_verb_labels_beside_the_folder(tmp_path, capsys):
    """And refuses, in a line, a folder without frames."""
    assert main(["vision", "label", str(tmp_path / "frames")]) == BAD_INPUT
    assert "holdfast vision collect" in capsys.readouterr().err
    keep_walk(tmp_path / "frames" / "a", WALK)
    assert main(["vision", "label", str(tmp_path / "frames"), "--json"]) == DONE
    assert '"labels": {"soldier": 6}' in capsys.readouterr().out
    assert read_dataset(tmp_path / "labelled").pictures["train"]
