"""Training frames show what their labels say, and the weights trained on them can be used."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise

import cv2
import numpy as np
import pytest
import torch
from levels import CATALOGUE

from game.errors import InputError
from vision import detector_training
from vision.dataset import classes
from vision.detector import Detector
from vision.detector_training import (
    IMAGE_SIZE,
    VALIDATION_EVERY,
    DrawnFrame,
    labelled_frames,
    train,
    visible,
    write_drawn,
)


@pytest.fixture(scope="module")
def drawn():
    """The first frames of a run, as training draws them."""
    return list(labelled_frames(36, seed=5))


def test_every_label_names_a_class_and_lies_on_the_picture(drawn):
    """A box off the picture or of an unknown class would spoil the training."""
    names = set(classes())
    assert sum(len(frame.labels) for frame in drawn) > len(drawn), "the frames are not empty"
    for frame in drawn:
        rows, columns = frame.image.shape[:2]
        for name, x, y, width, height in frame.labels:
            assert name in names
            assert width > 0
            assert height > 0
            assert x < columns
            assert y < rows
            assert x + width > 0
            assert y + height > 0


def test_frames_differ(drawn):
    """Two equal pictures train no more than one."""
    assert all(not np.array_equal(one.image, other.image) for one, other in pairwise(drawn))


def test_the_same_seed_draws_the_same_frames(drawn):
    """The command beside the weights makes the same weights again."""
    again = list(labelled_frames(3, seed=5))
    for one, other in zip(drawn, again, strict=False):
        assert np.array_equal(one.image, other.image)
        assert one.labels == other.labels


def test_all_kinds_are_drawn_about_as_often(drawn):
    """A kind that is rare in training is missed in battle."""
    drawn_labels = Counter(name for frame in drawn for name, *_ in frame.labels)
    assert set(drawn_labels) == set(classes())
    kinds = [number for name, number in drawn_labels.items() if name in CATALOGUE.kinds]
    assert max(kinds) < 4 * min(kinds)


def test_frames_for_validation_are_not_trained_on(tmp_path):
    """Validated on its own training frames, an overfitted network would score well."""
    shades = [DrawnFrame(np.full((72, 128, 3), 10 * number, np.uint8), []) for number in range(13)]
    write_drawn(shades, len(shades), tmp_path / "set", lambda _: None)
    found = {
        part: {int(cv2.imread(str(path))[0, 0, 0]) // 10 for path in (tmp_path / "set" / "images" / part).iterdir()}
        for part in ("train", "val")
    }
    assert found["val"] == {0, VALIDATION_EVERY, 2 * VALIDATION_EVERY}
    assert found["train"] == set(range(13)) - found["val"]


def test_a_unit_behind_another_is_not_labelled():
    """A hidden unit has no label; one that is hidden in part keeps it."""
    behind, before, beside = ("slug", 10, 10, 20, 20), ("operator", 8, 8, 30, 30), ("hound", 30, 10, 20, 20)
    assert visible([behind, before, beside]) == [before, beside]
    assert visible([before, behind]) == [before, behind]


def test_what_is_trained_loads_and_is_described(tmp_path, monkeypatch):
    """One epoch on a few frames learns nothing, but makes a file that the detector takes and knows the classes of.

    Of a quarter of the pixels, and without what makes torch load its compiler: equal weights are not promised here.
    """
    small = (IMAGE_SIZE[0] // 2, IMAGE_SIZE[1] // 2 + 16)
    monkeypatch.setattr(detector_training, "IMAGE_SIZE", small)
    monkeypatch.setattr(torch, "use_deterministic_algorithms", lambda *_, **__: None)
    said = []
    facts = train(frames=12, epochs=1, seed=3, out=tmp_path, tell=said.append)
    detector = Detector(tmp_path / "units.onnx", threshold=0.0)
    assert detector.names == classes()
    assert detector.detect(np.zeros((720, 1280, 3), np.uint8)), "everything passes a threshold of zero"
    written = json.loads((tmp_path / "units.json").read_text())
    assert written["sha256"] == facts["sha256"]
    assert written["command"] == "holdfast vision train --frames 12 --epochs 1 --seed 3"
    assert tuple(written["image_size"]) == small
    assert any("epoch 1 of 1" in line for line in said), "progress is shown"


def test_too_few_frames_are_refused_before_any_is_drawn(tmp_path):
    """The error says how many are needed."""
    with pytest.raises(InputError, match="at least 12 frames and 1 epoch"):
        train(frames=10, epochs=1, out=tmp_path)
