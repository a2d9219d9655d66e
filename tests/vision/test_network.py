"""Exported weights become a network that sees the same, and that can be trained."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from vision.dataset import classes
from vision.detector import SHIPPED, Detector, letterbox
from vision.detector_training import IMAGE_SIZE, labelled_frames
from vision.network import trainable


@pytest.fixture(scope="module")
def picture():
    """A drawn frame."""
    return next(labelled_frames(1, seed=3)).image


def best(network, picture):
    """The highest scores of each class that a network gives, sorted."""
    network.eval()
    with torch.no_grad():
        found = network(torch.from_numpy(letterbox(picture, *IMAGE_SIZE)[0]))
    found = found[0] if isinstance(found, tuple) else found
    return found[0, 4:].max(dim=1).values.numpy()


def test_it_gives_what_the_weights_give(picture):
    """Its normalisations have other numbers than when it was trained first, and the same effect."""
    detector = Detector(SHIPPED, threshold=0.05)
    true = {one.name: one.score for one in reversed(detector.detect(picture))}
    found = best(trainable(SHIPPED, classes(), [picture], IMAGE_SIZE), picture)
    assert len(true) > 5
    for name, grade in true.items():
        assert found[classes().index(name)] == pytest.approx(grade, abs=0.01)


def test_classes_keep_their_names_among_others(picture):
    """A new class between them, in another order: what was known of each is known still."""
    same = best(trainable(SHIPPED, classes(), [picture], IMAGE_SIZE), picture)
    names = ("another", *reversed(classes()))
    found = best(trainable(SHIPPED, names, [picture], IMAGE_SIZE), picture)
    assert np.allclose([found[names.index(name)] for name in classes()], same, atol=0.01)
    assert len(found) == len(classes()) + 1


def test_it_has_spread_to_learn_from(picture):
    """In training each layer is normalised by what it sees: the scores may then move, not vanish."""
    network = trainable(SHIPPED, classes(), [picture], IMAGE_SIZE)
    norms = [one for one in network.modules() if isinstance(one, torch.nn.BatchNorm2d)]
    assert all(bool((one.running_var > 0).all()) for one in norms)
    assert all(one.requires_grad for one in network.parameters())
