"""Weights are taught by labelled frames, and used only if they see better."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest
import torch

from bot.cli import main
from bot.config import load
from bot.weights import taught_weights, weights_in_use
from game.errors import BAD_INPUT, DONE, InputError
from vision import fine_tuning
from vision.dataset import add_picture, classes, describe
from vision.detector import SHIPPED, Detector, sha256
from vision.detector_training import labelled_frames
from vision.fine_tuning import is_better, put_to_use, teach
from vision.scoring import ALL, ENEMIES, ClassScore

SMALL = (256, 160)


@pytest.fixture(scope="module")
def frames(tmp_path_factory):
    """Ten labelled frames of the practice game, two of them kept apart."""
    folder = tmp_path_factory.mktemp("labelled")
    for number, frame in enumerate(labelled_frames(10, seed=4)):
        small = np.asarray(cv2.resize(frame.image, (512, 288), interpolation=cv2.INTER_AREA), np.uint8)
        labels = [(name, *(0.4 * value for value in box)) for name, *box in frame.labels]
        part = "val" if number < 2 else "train"
        add_picture(folder / "images" / part / f"{number}.jpg", small, labels, classes())
    describe(folder, classes())
    return folder


def test_what_is_taught_is_judged_and_used_only_if_better(frames, tmp_path, monkeypatch):
    """One epoch on a quarter of the pixels makes weights that the detector takes; the old ones see better, and stay."""
    monkeypatch.setattr(fine_tuning, "IMAGE_SIZE", SMALL)
    monkeypatch.setattr(torch, "use_deterministic_algorithms", lambda *_, **__: None)
    out, said = tmp_path / "weights" / "mine.onnx", []
    taught = teach(frames, SHIPPED, out, 1, 0, said.append)
    assert any("epoch 1 of 1" in line for line in said)
    assert taught.before[ALL].f1 > 0.5
    assert taught.after[ALL].boxes == taught.before[ALL].boxes > 10
    assert taught.better == is_better(taught.after, taught.before) == out.exists()


def test_better_is_a_higher_f1_of_enemies():
    """What is as good is not better: the old weights have seen more. Nor is what sees operators worse by more."""
    low, high = ClassScore(9, 0.5, 0.5, 0.5, 0.9), ClassScore(9, 0.6, 0.6, 0.6, 0.1)
    assert is_better({ENEMIES: high, ALL: high}, {ENEMIES: low, ALL: high})
    assert not is_better({ENEMIES: low, ALL: high}, {ENEMIES: high, ALL: low})
    assert not is_better({ENEMIES: low, ALL: high}, {ENEMIES: low, ALL: low})
    assert not is_better({ENEMIES: high, ALL: low}, {ENEMIES: low, ALL: high})


def test_weights_that_are_put_to_use_are_in_use(tmp_path, monkeypatch):
    """For the profile that was taught, unless others are configured."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bot.toml").write_text('[screen]\nprofile = "arknights-en"\n')
    config = load()
    assert weights_in_use(config) == SHIPPED
    put_to_use(SHIPPED, taught_weights(config))
    assert weights_in_use(config) == taught_weights(config) == config.directory / "weights" / "arknights-en.onnx"
    assert Detector(weights_in_use(config)).names == classes()
    (tmp_path / "bot.toml").write_text('[screen]\nprofile = "arknights-cn"\n')
    assert weights_in_use(load()) == SHIPPED
    (tmp_path / "own.onnx").write_bytes(b"")
    (tmp_path / "bot.toml").write_text('[screen]\nprofile = "arknights-en"\n[vision]\nweights = "own.onnx"\n')
    assert weights_in_use(load()) == tmp_path / "own.onnx"


def test_too_few_frames_and_no_frames_to_judge_by_are_refused(frames, tmp_path):
    """Before any training, in a line."""
    describe(tmp_path, classes())
    picture = cv2.imread(str(frames / "images" / "val" / "0.jpg"))
    for number in range(8):
        with pytest.raises(InputError, match=r"no picture|8 are needed"):
            teach(tmp_path, SHIPPED, tmp_path / "w.onnx", 1, 0, print)
        add_picture(tmp_path / "images" / "train" / f"{number}.jpg", picture, [("slug", 1, 1, 9, 9)], classes())
    with pytest.raises(InputError, match="keep frames of more battles, and label again"):
        teach(tmp_path, SHIPPED, tmp_path / "w.onnx", 1, 0, print)


def test_evaluate_says_how_well_weights_see(frames, tmp_path, monkeypatch, capsys):
    """Of the battles that were kept apart, by class; classes that the weights have never heard of are refused."""
    monkeypatch.chdir(tmp_path)
    assert main(["vision", "evaluate", str(frames), "--json"]) == DONE
    told = json.loads(capsys.readouterr().out)
    assert (told["pictures"], told["weights"]) == (2, str(SHIPPED))
    assert told["scores"][ALL]["f1"] > 0.5
    describe(tmp_path / "other", ("cat", "dog"))
    add_picture(
        tmp_path / "other" / "images" / "val" / "a.jpg", np.zeros((9, 16, 3), np.uint8), [("cat", 1, 1, 5, 5)], ("cat",)
    )
    assert main(["vision", "evaluate", str(tmp_path / "other")]) == BAD_INPUT
    assert "knows none of the classes" in capsys.readouterr().err
    assert main(["vision", "train", str(tmp_path / "other")]) == BAD_INPUT
    assert "no kinds of enemies: cat, dog" in capsys.readouterr().err
    assert main(["vision", "train", str(frames), "--frames", "9"]) == BAD_INPUT
    assert "are for drawn frames" in capsys.readouterr().err


def test_weights_in_use_are_replaced_whole(tmp_path):
    """The description goes with them."""
    out = tmp_path / "w" / "a.onnx"
    put_to_use(SHIPPED, out)
    put_to_use(SHIPPED, out)
    assert sha256(out) == json.loads(out.with_suffix(".json").read_text())["sha256"]
    assert sorted(path.name for path in out.parent.iterdir()) == ["a.json", "a.onnx"]
