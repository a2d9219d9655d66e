"""Screens of clients that no profile was made for: what emulators, recorders and phones draw around it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from vision.desktop import between_pillars
from vision.ocr import is_ring
from vision.reading import read_image

REFERENCE = Path(__file__).resolve().parents[2].parent / "shared" / "reference" / "more_screens"


def read(name, reader):
    """What is read on a reference picture; the test skips where it is absent."""
    path = REFERENCE / name
    if not path.exists():
        pytest.skip(f"{path} is absent: the real client's screens are not part of the project")
    return read_image(path, reader=reader)


@pytest.mark.parametrize("name", ["map_cn_gsq_ls.jpg", "map_jp_ano_map.jpg"])
def test_a_map_between_pillars_has_its_codes(name, reader):
    """A phone wider than the page draws dark pillars beside it."""
    entry = read(name, reader)
    assert entry["screen"] == "stage_map"
    assert {code.partition("-")[0] for code in entry["found"]} in ({"LS"}, {"GT"})
    assert len(entry["found"]) >= 5


def test_a_panel_is_known_whatever_a_recorder_shows_over_its_corner(reader):
    """By its blue button and its code."""
    entry = read("panel_cn_gsq_ls5.jpg", reader)
    assert (entry["screen"], entry["code"]) == ("stage_panel", "LS-5")


def test_the_speed_is_read_beside_a_key_hint(reader):
    """The hint covers a part of the arrows; the number above them is whole."""
    assert read("battle_tw_ely_battle_client.jpg", reader)["speed"] == 2


def test_a_battle_is_read_under_a_phones_status_line(reader):
    """It covers the upper half of the counter's mark, and the tops of the life points."""
    entry = read("battle_cn_gsq_tr.jpg", reader)
    assert (entry["screen"], entry["kills"], entry["total"], entry["life"]) == ("battle", 2, 5, 10)


def test_no_more_slots_are_read_as_zero(reader):
    """A lone zero is a ring, of which the network is not sure."""
    assert read("desktop_cn_ccrc_battle.jpg", reader)["slots_left"] == 0


@pytest.mark.parametrize(("digit", "ring"), [("0", True), ("6", False), ("8", False), ("9", False), ("7", False)])
def test_only_a_zero_is_a_ring(digit, ring):
    """Sixes and nines have a hole too, eights two."""
    image = np.zeros((60, 50), np.uint8)
    if digit == "0":
        cv2.ellipse(image, (25, 30), (14, 18), 0, 0, 360, 255, 3)
    else:
        cv2.putText(image, digit, (8, 48), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 255, 4)
    assert is_ring(image) == ring


def test_only_two_pillars_of_one_width_are_cut_away():
    """A dark page, or a bar on one side, is no pillar; nor has a picture of 16:9 any."""
    page = np.full((360, 780, 3), 120, np.uint8)
    page[:, :30] = page[:, -30:] = 10
    assert between_pillars(page).shape[1] == pytest.approx(720, abs=2)
    page[:, -30:] = 120
    assert between_pillars(page) is page
    page[:] = 10
    assert between_pillars(page) is page
    assert between_pillars(page[:, :640]).shape == (360, 640, 3)
