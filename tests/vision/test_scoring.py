"""Scores say how many units are found, and how many of the findings are units."""

from __future__ import annotations

import pytest

from vision.detector import Detection
from vision.scoring import ALL, ENEMIES, average_precision, score

SLUG = ("slug", 10.0, 10.0, 20.0, 20.0)


def seen(name, grade, x=10.0):
    """A detection as large as the slug, at its place or beside it."""
    return Detection(name, grade, x, 10.0, 20.0, 20.0)


def test_all_found_and_nothing_else_is_one():
    """Whatever the scores, above the threshold."""
    scores = score([[seen("slug", 0.3)], []], [[SLUG], []], 0.2)
    assert scores == dict.fromkeys(("slug", ENEMIES, ALL), (1, 1.0, 1.0, 1.0, 1.0))


def test_operators_are_no_enemies():
    """They are many and easy to see, and have a line of their own."""
    scores = score([[seen("operator", 0.9)]], [[SLUG, ("operator", *SLUG[1:])]], 0.2)
    assert (scores[ENEMIES].f1, scores[ENEMIES].boxes) == (0.0, 1)
    assert scores[ALL].f1 == pytest.approx(2 / 3)


def test_a_unit_is_found_once():
    """The second detection of it is wrong, as is one of another kind, and one that is elsewhere."""
    scores = score([[seen("slug", 0.9), seen("slug", 0.8), seen("hound", 0.7), seen("slug", 0.6, 40.0)]], [[SLUG]], 0.2)
    assert scores[ALL].recall == 1.0
    assert scores[ALL].precision == pytest.approx(0.25)
    assert scores[ALL].f1 == pytest.approx(0.4)
    assert scores["slug"].precision == pytest.approx(1 / 3)
    assert scores["slug"].ap50 == 1.0, "the right one has the highest score"
    assert "hound" not in scores, "there is none to be found"


def test_what_is_below_the_threshold_counts_for_average_precision_only():
    """The bot does not use it."""
    scores = score([[seen("slug", 0.1)]], [[SLUG]], 0.2)
    assert (scores[ALL].f1, scores[ALL].ap50) == (0.0, 1.0)


def test_nothing_at_all_is_no_division_by_zero():
    """Pictures without units and without detections."""
    assert score([[]], [[]], 0.2) == dict.fromkeys((ENEMIES, ALL), (0, 0.0, 0.0, 0.0, 0.0))


@pytest.mark.parametrize(
    ("hits", "boxes", "area"),
    [
        ([True, True], 2, 1.0),
        ([True, False], 2, 0.5),
        ([False, True], 1, 0.5),
        ([True, False, True], 2, 5 / 6),
        ([], 3, 0.0),
    ],
)
def test_average_precision_is_the_area_below_the_curve(hits, boxes, area):
    """By hand."""
    assert average_precision(hits, boxes) == pytest.approx(area)
