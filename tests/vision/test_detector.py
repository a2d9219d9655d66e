"""The detector loads only weights that match their description, and maps boxes back to the frame's pixels."""

from __future__ import annotations

import json
import shutil

import cv2
import numpy as np
import pytest

from vision.detector import (
    SHIPPED,
    Detection,
    Detector,
    DetectorError,
    UltralyticsDetector,
    iou,
    letterbox,
    nms,
    sha256,
)
from vision.detector_training import labelled_frames


def boxed(label) -> Detection:
    """A label (name, x, y, width, height) as a detection."""
    return Detection(label[0], 1.0, *label[1:])


def refusal(weights) -> str:
    """The message with which weights are refused; it is one line and ends with the remedy."""
    with pytest.raises(DetectorError) as caught:
        Detector(weights)
    message = str(caught.value)
    assert "\n" not in message
    assert message.endswith("make it with: holdfast vision train")
    return message


def described(weights, digest):
    """Write the description of weights."""
    weights.with_suffix(".json").write_text(json.dumps({"sha256": digest}))


def test_missing_weights_are_named_with_the_command_that_makes_them(tmp_path):
    """A fresh clone without weights tells its owner what to type."""
    assert "units.onnx does not exist" in refusal(tmp_path / "units.onnx")


def test_weights_without_a_description_are_refused(tmp_path):
    """Without it their hash and classes are unknown."""
    (tmp_path / "units.onnx").write_bytes(b"whatever")
    assert "units.json does not exist" in refusal(tmp_path / "units.onnx")


def test_weights_that_were_exchanged_are_refused(tmp_path):
    """A file with another hash is another network, whatever its name."""
    shutil.copy(SHIPPED, tmp_path / "units.onnx")
    described(tmp_path / "units.onnx", "0" * 64)
    assert "is not the file that units.json describes" in refusal(tmp_path / "units.onnx")


def test_a_torn_description_is_one_line(tmp_path):
    """A half-written JSON file is a message, not a stack trace."""
    (tmp_path / "units.onnx").write_bytes(b"whatever")
    (tmp_path / "units.json").write_text('{"sha256": ')
    assert "units.json" in refusal(tmp_path / "units.onnx")


def test_weights_that_are_no_network_are_one_line(tmp_path):
    """Even with the right hash, a file that is no network gives one line."""
    weights = tmp_path / "units.onnx"
    weights.write_bytes(b"this is not a network")
    described(weights, sha256(weights))
    assert "units.onnx" in refusal(weights)


@pytest.mark.parametrize("size", [(1280, 720), (1858, 1042), (1024, 768), (2340, 1080)])
def test_a_box_goes_back_to_where_its_pixels_were(size):
    """Whatever the window's size and aspect, a point found in the network's view is the point in the frame."""
    image = np.zeros((size[1], size[0], 3), np.uint8)
    x, y = size[0] * 3 // 4, size[1] // 3
    cv2.circle(image, (x, y), size[1] // 40, (255, 255, 255), -1)
    tensor, scale, left, top = letterbox(image, 512, 288)
    assert tensor.shape == (1, 3, 288, 512)
    rows, columns = np.nonzero(tensor[0, 0] > 0.9)
    assert (columns.mean() - left) / scale == pytest.approx(x, abs=1.5 / scale)
    assert (rows.mean() - top) / scale == pytest.approx(y, abs=1.5 / scale)


@pytest.fixture(scope="module")
def crowd():
    """A drawn frame with many units, and their labels."""
    return next(labelled_frames(1, seed=77))


def agreed(ones, others, least) -> float:
    """The share of `ones` that coincide with one of `others` of the same class, by at least so much overlap."""
    return float(np.mean([any(a.name == b.name and iou(a, b) >= least for b in others) for a in ones]))


def test_units_of_a_crowd_are_found_by_their_kinds(crowd, detector):
    """The shipped weights give boxes of the right class in the right place."""
    labels = [boxed(label) for label in crowd.labels]
    assert agreed(labels, detector.detect(crowd.image), 0.5) > 0.6


def test_ultralytics_finds_the_same_in_the_same_weights(crowd):
    """The pre- and postprocessing of `Detector` does what that of `ultralytics` does."""
    ours, theirs = Detector(threshold=0.5).detect(crowd.image), UltralyticsDetector(threshold=0.5).detect(crowd.image)
    assert len(ours) > 3
    assert agreed(ours, theirs, 0.8) > 0.85
    assert agreed(theirs, ours, 0.6) > 0.85


def test_a_frame_of_another_size_finds_the_same_units(crowd, detector):
    """Boxes are in the pixels of the frame, whatever window it is from."""
    size = (1858, 1042)
    large = detector.detect(cv2.resize(crowd.image, size, interpolation=cv2.INTER_LINEAR))
    found = [Detection(one.name, one.score, *(part * 720 / size[1] for part in one[2:])) for one in large]
    assert agreed(Detector(threshold=0.7).detect(crowd.image), found, 0.7) > 0.9


def test_of_boxes_that_coincide_only_the_highest_score_stays():
    """Two boxes that all but coincide are one enemy; two that stand side by side, or of two kinds, are two."""
    slug, twin = Detection("slug", 0.9, 100, 100, 60, 50), Detection("slug", 0.4, 104, 102, 60, 50)
    beside, hound = Detection("slug", 0.3, 140, 100, 60, 50), Detection("hound", 0.2, 101, 101, 60, 50)
    assert nms([slug, twin, beside, hound]) == [slug, beside, hound]


def test_what_the_aspect_leaves_empty_is_grey():
    """As in training, so that an edge of the frame is not taken for the edge of a thing."""
    tensor, _, _, top = letterbox(np.zeros((100, 400, 3), np.uint8), 512, 288)
    assert top > 0
    assert tensor[0, :, 0, 0] == pytest.approx(114 / 255)
