"""How well detections agree with labels: precision, recall, F1 and average precision, by class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vision.dataset import Label, read_labelled
from vision.detector import Detection, Detector, iou
from vision.localisation import OPERATOR, SKILL_READY

OTHERS = (OPERATOR, SKILL_READY)
SAME = 0.5
"""Intersection over union from which a detection and a label are the same unit."""
LEAST = 0.01
"""A detection with a lower score is not looked at: average precision counts those that the bot would not use, too."""
ALL, ENEMIES = "all", "enemies"
"""What the scores of all units are called, and of all but operators and marks."""


class ClassScore(NamedTuple):
    """How well the units of one class are found, or those of all."""

    boxes: int
    """How many there are."""
    precision: float
    """Share of the detections above the threshold that are right."""
    recall: float
    """Share of the units that they find."""
    f1: float
    ap50: float
    """Average precision; for all classes its mean over those that have units."""


def score_pictures(
    weights: Path, pictures: Sequence[Path], names: Sequence[str], tell: Callable[[str], None]
) -> dict[str, ClassScore]:
    """Have weights look at labelled pictures (their classes are `names`): the score of each class that has units, of
    `ENEMIES` and of `ALL`. Raises DetectorError, and InputError where a picture or its labels cannot be read.
    """
    detector = Detector(weights, threshold=LEAST, threads=2)
    used, found, true = Detector(weights).threshold, [], []
    for number, picture in enumerate(pictures, 1):
        image, labels = read_labelled(picture, names)
        found.append(detector.detect(image))
        true.append(labels)
        if number % 50 == 0:
            tell(f"looked at {number} of {len(pictures)} pictures")
    return score(found, true, used)


def score(
    found: Sequence[Sequence[Detection]], true: Sequence[Sequence[Label]], threshold: float
) -> dict[str, ClassScore]:
    """The score of each class with labels, of `ENEMIES` and of `ALL`: detections and labels of the same pictures.
    Precision, recall and F1 are those of detections with a score of `threshold` or more.
    """
    kinds = sorted({label[0] for labels in true for label in labels})
    scores, counts, others = {}, np.zeros(3, np.int64), np.zeros(3, np.int64)
    for kind in sorted({*kinds, *(one.name for some in found for one in some)}):
        each = [
            ([one for one in some if one.name == kind], [one for one in labels if one[0] == kind])
            for some, labels in zip(found, true, strict=True)
        ]
        judged = sorted((pair for some, labels in each for pair in matched(some, labels)), reverse=True)
        boxes = sum(len(labels) for _, labels in each)
        right = [hit for grade, hit in judged if grade >= threshold]
        count = np.array([sum(right), len(right), boxes])
        counts += count
        others += count * (kind in OTHERS)
        if boxes:
            scores[kind] = _score(count, average_precision([hit for _, hit in judged], boxes))
    enemies = [one.ap50 for kind, one in scores.items() if kind not in OTHERS]
    every = [one.ap50 for one in scores.values()]
    return {**scores, ENEMIES: _score(counts - others, _mean(enemies)), ALL: _score(counts, _mean(every))}


def matched(found: Sequence[Detection], labels: Sequence[Label]) -> list[tuple[float, bool]]:
    """For each detection of one class in a picture its score, and whether it finds a unit that none before it has."""
    left = list(labels)
    pairs = []
    for one in sorted(found, key=lambda one: -one.score):
        best = max(left, key=lambda label: _iou(one, label), default=None)
        hit = best is not None and _iou(one, best) >= SAME
        if hit and best is not None:
            left.remove(best)
        pairs.append((one.score, hit))
    return pairs


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _iou(one: Detection, label: Label) -> float:
    return iou(one, Detection(label[0], 1.0, *label[1:]))


def average_precision(hits: Sequence[bool], boxes: int) -> float:
    """The area below the curve of precision over recall, for detections with the highest score first."""
    right = np.cumsum(hits, dtype=np.float64)
    precision = right / np.arange(1, len(hits) + 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    return float((best * np.array(hits, np.float64)).sum() / boxes)


def in_words(one: ClassScore) -> str:
    """A score in a line."""
    return (
        f"F1 {one.f1:.3f} (precision {one.precision:.3f}, recall {one.recall:.3f}), AP50 {one.ap50:.3f}, "
        f"{one.boxes} boxes"
    )


def table(scores: dict[str, ClassScore]) -> dict[str, dict[str, float]]:
    """Scores for JSON, rounded."""
    return {name: {key: round(value, 4) for key, value in one._asdict().items()} for name, one in scores.items()}


def _score(count: NDArray[np.int64], ap50: float) -> ClassScore:
    """The score by how many detections are right, how many there are, and how many units."""
    right, found, boxes = (int(one) for one in count)
    f1 = 2 * right / (found + boxes) if found + boxes else 0.0
    return ClassScore(boxes, right / found if found else 0.0, right / boxes if boxes else 0.0, f1, ap50)
