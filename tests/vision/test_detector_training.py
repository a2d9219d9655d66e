"""Lessons show what they say they show, and what is learned from them can be used."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise

import cv2
import numpy as np
import pytest
from levels import CATALOGUE

from vision.detector import Detector
from vision.detector_training import (
    IMAGE_SIZE,
    JUDGED,
    Lesson,
    classes,
    label_line,
    lessons,
    train,
    visible,
    write_lessons,
)


@pytest.fixture(scope="module")
def drawn():
    """The first frames of a run, as training draws them."""
    return list(lessons(36, seed=5))


def test_every_label_names_a_class_and_lies_on_the_picture(drawn):
    """A box off the picture or of an unknown class would teach nonsense."""
    names = set(classes())
    assert sum(len(lesson.labels) for lesson in drawn) > len(drawn), "the frames are not empty"
    for lesson in drawn:
        rows, columns = lesson.image.shape[:2]
        for name, x, y, width, height in lesson.labels:
            assert name in names
            assert width > 0
            assert height > 0
            assert x < columns
            assert y < rows
            assert x + width > 0
            assert y + height > 0


def test_frames_differ(drawn):
    """Twice the same picture is a wasted lesson."""
    assert all(not np.array_equal(one.image, other.image) for one, other in pairwise(drawn))


def test_the_same_seed_draws_the_same_lessons(drawn):
    """The command beside the weights makes the same weights again."""
    again = list(lessons(3, seed=5))
    for one, other in zip(drawn, again, strict=False):
        assert np.array_equal(one.image, other.image)
        assert one.labels == other.labels


def test_all_kinds_are_taught_about_as_often(drawn):
    """A kind seen seldom is a kind missed when it comes."""
    taught = Counter(name for lesson in drawn for name, *_ in lesson.labels)
    assert set(taught) == set(classes())
    kinds = [number for name, number in taught.items() if name in CATALOGUE.kinds]
    assert max(kinds) < 4 * min(kinds)


def test_what_is_judged_by_was_not_learned_from(tmp_path):
    """Judged by its own lessons, a network that learned by heart would shine."""
    shades = [Lesson(np.full((72, 128, 3), 10 * number, np.uint8), []) for number in range(13)]
    write_lessons(shades, len(shades), tmp_path / "set", lambda _: None)
    found = {
        part: {int(cv2.imread(str(path))[0, 0, 0]) // 10 for path in (tmp_path / "set" / "images" / part).iterdir()}
        for part in ("train", "val")
    }
    assert found["val"] == {0, JUDGED, 2 * JUDGED}
    assert found["train"] == set(range(13)) - found["val"]


def test_a_unit_behind_another_is_not_taught():
    """What cannot be seen cannot be learned; what can be seen in part can."""
    behind, before, beside = ("slug", 10, 10, 20, 20), ("operator", 8, 8, 30, 30), ("hound", 30, 10, 20, 20)
    assert visible([behind, before, beside]) == [before, beside]
    assert visible([before, behind]) == [before, behind]


def test_a_label_is_written_as_fractions_of_the_picture():
    """Class, centre and size; what sticks out of the picture is cut off."""
    names = classes()
    assert label_line((names[2], 320, 180, 64, 36), names, (360, 640, 3)) == "2 0.550000 0.550000 0.100000 0.100000\n"
    assert label_line((names[0], -64, 0, 128, 36), names, (360, 640, 3)) == "0 0.050000 0.050000 0.100000 0.100000\n"


def test_what_is_trained_loads_and_is_described(tmp_path):
    """One epoch on a few frames learns nothing, but makes a file that the detector takes and knows the classes of."""
    said = []
    facts = train(frames=24, epochs=1, seed=3, out=tmp_path, report=said.append)
    detector = Detector(tmp_path / "units.onnx", threshold=0.0)
    assert detector.names == classes()
    assert detector.detect(np.zeros((720, 1280, 3), np.uint8)), "everything passes a threshold of zero"
    written = json.loads((tmp_path / "units.json").read_text())
    assert written["sha256"] == facts["sha256"]
    assert written["command"] == "holdfast vision train --frames 24 --epochs 1 --seed 3"
    assert tuple(written["image_size"]) == IMAGE_SIZE
    assert any("epoch 1 of 1" in line for line in said), "progress is shown"


def test_too_few_frames_are_refused_before_any_is_drawn(tmp_path):
    """Whoever asks for what cannot teach anything learns so at once."""
    with pytest.raises(ValueError, match="teach nothing"):
        train(frames=10, epochs=1, out=tmp_path)
