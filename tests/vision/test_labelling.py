"""Frames label themselves: right boxes for what moves, none where it is not certain."""

from __future__ import annotations

import msgspec
import pytest
from walks import keep_walk

from vision.dataset import Label
from vision.kept_frames import read_battle
from vision.labelling import Thing, label_battles, spread
from vision.scenery import shared

WALK = [[("soldier", 5, 0.8 + 0.6 * step)] if step < 10 else [] for step in range(14)]
"""A soldier that walks by, and what is there without it."""


def labelled(folder):
    """What labelling makes of the battle in a folder."""
    battle, frames = read_battle(folder)
    return label_battles(battle, [(folder, frame) for frame in frames])


def is_right(label: Label, true: Label) -> bool:
    """Whether a label is of the kind, lies in the true box (but for the bars below) and fills most of it."""
    return label[0] == true[0] and shared(label[1:], true[1:]) > 0.8 and shared(true[1:], label[1:]) > 0.5


def test_what_walks_where_the_twin_has_an_enemy_is_labelled(tmp_path):
    """Each box is the enemy's, although the twin is most of a tile late; a frame without units has nothing to teach."""
    truth = keep_walk(tmp_path / "one", WALK, late=0.7)
    found = labelled(tmp_path / "one")
    assert len(found.frames) == 10
    for frame in found.frames:
        true = truth[int(frame.picture.stem)]
        assert len(frame.labels) == 1
        assert is_right(frame.labels[0], true[0])
        assert not frame.doubtful
    assert sum(found.left_out.values()) == 4


def test_an_operator_is_labelled_where_it_stands(tmp_path):
    """Its box is what has changed since before it came."""
    truth = keep_walk(tmp_path / "one", [[] for _ in range(10)], operator=5)
    found = labelled(tmp_path / "one")
    assert [frame.picture.stem for frame in found.frames] == [f"{number:04}" for number in range(5, 10)]
    assert all(is_right(label, truth[9][0]) for frame in found.frames for label in frame.labels)


def test_enemies_of_two_kinds_side_by_side_are_left_grey(tmp_path):
    """Which of them is which cannot be told from where the twin has them."""
    both = [[("soldier", 5, 0.8 + 0.6 * step), ("hound", 5, 1.7 + 0.6 * step)] for step in range(8)]
    keep_walk(tmp_path / "one", [*WALK, *both])
    found = labelled(tmp_path / "one")
    assert len(found.frames) == 10
    assert found.doubts["of several kinds"] >= 10


def test_two_in_one_another_are_never_taken_for_one(tmp_path):
    """Nor do they tell how large their kind is, even where nothing else does."""
    pairs = [[("slug", 5, 0.8 + 0.6 * step), ("slug", 5, 1.2 + 0.6 * step)] if step < 8 else [] for step in range(12)]
    keep_walk(tmp_path / "one", pairs)
    found = labelled(tmp_path / "one")
    assert found.frames == []
    assert found.doubts == {"odd size": 8}


def test_what_the_twin_does_not_know_is_left_grey(tmp_path):
    """An enemy that is not labelled would teach that there is none."""
    walk = [[*places, ("slug", 2, 5.0)] if step == 4 else places for step, places in enumerate(WALK)]
    keep_walk(tmp_path / "one", walk)
    battle, frames = read_battle(tmp_path / "one")
    frames[4] = msgspec.structs.replace(frames[4], enemies=frames[4].enemies[:1])
    found = label_battles(battle, [(tmp_path / "one", frame) for frame in frames])
    assert [len(frame.doubtful) for frame in found.frames] == [0, 0, 0, 0, 1, 0, 0, 0, 0, 0]
    assert found.doubts == {"not known to the twin": 1}


def test_an_enemy_that_cannot_be_made_out_is_left_grey(tmp_path):
    """The twin has one and nothing moves there: it may stand hidden, or be elsewhere."""
    keep_walk(tmp_path / "one", WALK)
    battle, frames = read_battle(tmp_path / "one")
    ghost = msgspec.structs.replace(frames[0].enemies[0], row=2.0, col=5.0)
    frames[3] = msgspec.structs.replace(frames[3], enemies=(*frames[3].enemies, ghost))
    found = label_battles(battle, [(tmp_path / "one", frame) for frame in frames])
    assert found.doubts == {"not made out": 1}


def test_frames_that_tell_nothing_are_counted(tmp_path):
    """A lost twin and a file that is no picture: left out, and said how many."""
    keep_walk(tmp_path / "one", WALK)
    battle, frames = read_battle(tmp_path / "one")
    frames[0] = msgspec.structs.replace(frames[0], enemies=None)
    (tmp_path / "one" / frames[1].picture).write_bytes(b"no picture")
    found = label_battles(battle, [(tmp_path / "one", frame) for frame in frames])
    assert len(found.frames) == 8
    assert found.left_out["the twin had lost the battle"] == found.left_out["no picture that can be read"] == 1
    nothing = [(tmp_path / "one", msgspec.structs.replace(frame, enemies=None)) for frame in frames]
    assert label_battles(battle, nothing).frames == []


@pytest.mark.parametrize(("grey", "doubt"), [((0.0, 0.0, 6.0, 10.0), "beside doubt"), ((8.0, 0.0, 9.0, 10.0), "")])
def test_what_grey_covers_is_doubtful_too(grey, doubt):
    """A box of which only a part is to be seen would teach a wrong size. What covers little counts with the rest."""
    found = spread([Thing("slug", (0.0, 0.0, 10.0, 10.0), 50.0), Thing("", grey, 50.0, "odd size")])
    assert found[0].doubt == doubt
    twice = [Thing("slug", (0.0, 0.0, 10.0, 10.0), 50.0), Thing("", (8.0, 0.0, 9.0, 10.0), 50.0, "odd size")]
    assert spread([*twice, Thing("", (0.0, 8.0, 10.0, 9.0), 50.0, "odd size")])[0].doubt == "beside doubt"
