"""Exported weights become a network that sees the same, and that can be trained."""

from __future__ import annotations

import json

import numpy as np
import onnx
import pytest
import torch

from vision.dataset import classes
from vision.detector import SHIPPED, Detector, DetectorError, letterbox, sha256
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


def test_there_may_be_very_many_classes(picture):
    """The part that tells them is wider then, and new; what finds units is as it was."""
    names = (*classes(), *(f"kind_{number}" for number in range(60)))
    assert len(best(trainable(SHIPPED, names, [picture], IMAGE_SIZE), picture)) == len(names)


def test_another_network_is_refused(picture, tmp_path):
    """Else teaching would begin from nothing, unsaid."""
    network, file = onnx.load(str(SHIPPED)), tmp_path / "other.onnx"
    for one in network.graph.initializer:
        one.name = one.name.replace("model.0.", "other.0.")
    for node in network.graph.node:
        for at, name in enumerate(node.input):
            node.input[at] = name.replace("model.0.", "other.0.")
    onnx.save(network, str(file))
    file.with_suffix(".json").write_text(json.dumps({"sha256": sha256(file)}))
    with pytest.raises(DetectorError, match=r"other\.onnx: not a network as it is taught here"):
        trainable(file, classes(), [picture], IMAGE_SIZE)


def test_it_has_spread_to_learn_from(picture):
    """In training each layer is normalised by what it sees: the scores may then move, not vanish."""
    network = trainable(SHIPPED, classes(), [picture], IMAGE_SIZE)
    norms = [one for one in network.modules() if isinstance(one, torch.nn.BatchNorm2d)]
    assert all(bool((one.running_var > 0).all()) for one in norms)
    assert all(one.requires_grad for one in network.parameters())
