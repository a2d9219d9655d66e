"""Reading numbers and text from crops."""

from __future__ import annotations

from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from vision.ocr import COUNTER, SIGNED, crop_to_ink, stretch_contrast


def written(text, size=(44, 110), ink=(255, 255, 255), ground=(30, 30, 30), noise=0):
    """A crop with text drawn in its middle."""
    image = np.full((*size, 3), ground, np.uint8)
    (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, 0.9, 1)
    corner = ((size[1] - width) // 2, (size[0] + height) // 2)
    cv2.putText(image, text, corner, cv2.FONT_HERSHEY_DUPLEX, 0.9, ink, 1, cv2.LINE_AA)
    grain = np.random.default_rng(0).integers(0, noise + 1, image.shape)
    return np.clip(image + grain, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("number", ["-5", "-12", "5", "12", "1", "71"])
def test_a_minus_before_a_number_is_seen_and_none_is_made_up(reader, number):
    """The game's DP can be below zero."""
    assert reader.digits(written(number), alphabet=SIGNED) == number


@pytest.mark.parametrize("number", ["0", "3", "7", "11", "42", "99", "100", "187"])
def test_numbers_of_one_to_three_digits_are_read(reader, number):
    """A number is read whatever its length, bright or dimmed to a third."""
    assert reader.digits(written(number)) == number
    assert reader.digits(written(number, ink=(90, 90, 90), ground=(8, 8, 8))) == number


@pytest.mark.parametrize("counter", ["0/39", "11/11", "7/24", "24/24", "101/112"])
def test_a_slash_stays_a_slash(reader, counter):
    """Counters are read with their slash, which readers like to take for a 1."""
    assert reader.digits(written(counter, (44, 160)), alphabet=COUNTER) == counter


@pytest.mark.parametrize("ground", [(200, 120, 20), (40, 160, 40), (110, 110, 110)])
def test_a_flash_behind_the_number_changes_nothing(reader, ground):
    """The blue flash when DP is gained and the green while dragging do not disturb the number before them."""
    assert reader.digits(written("58", ground=ground, noise=20)) == "58"


def test_tinted_ink_is_read_where_it_is_said_to_be_tinted(reader):
    """The life points are written in red."""
    assert reader.digits(written("15", ink=(90, 90, 230)), tinted=True) == "15"


def test_nothing_is_read_from_nothing(reader):
    """An empty or blank crop has no number and no text, and needs no network."""
    readings = reader.readings
    assert reader.digits(np.full((40, 80, 3), 128, np.uint8)) == ""
    assert reader.digits(np.zeros((0, 80, 3), np.uint8)) == ""
    assert reader.text(np.zeros((0, 80, 3), np.uint8)) == ""
    assert reader.readings == readings


def test_a_known_number_on_another_ground_costs_nothing(reader):
    """What has been read once is remembered by the shape of its ink, not by the scene that shines through."""
    first = written("64", ground=(20, 20, 20))
    assert reader.digits(first) == "64"
    readings = reader.readings
    assert reader.digits(np.maximum(first, 24)) == "64"
    assert reader.readings == readings


def test_what_touches_the_edge_is_a_neighbours():
    """A bright strip along the left edge is not taken for a 1."""
    crop = written("23")
    crop[:, :4] = 255
    grey = stretch_contrast(crop)
    assert grey is not None
    ink = crop_to_ink(grey)
    assert ink is not None
    assert ink.shape[1] < 80


def test_lines_are_found_with_their_places(reader):
    """Every line of text on a picture is found, from top to bottom, with the rectangle it stands in."""
    image = np.full((200, 400, 3), 25, np.uint8)
    cv2.putText(image, "TR-25", (220, 60), cv2.FONT_HERSHEY_DUPLEX, 1.0, (240, 240, 240), 1, cv2.LINE_AA)
    cv2.putText(image, "OPERATION", (30, 150), cv2.FONT_HERSHEY_DUPLEX, 1.0, (240, 240, 240), 1, cv2.LINE_AA)
    first, second = reader.lines(image)
    assert (first.text, second.text) == ("TR-25", "OPERATION")
    assert abs(first.centre[0] - 268) < 12
    assert abs(first.centre[1] - 49) < 8


def test_a_picture_is_searched_once_however_often_it_is_asked_about(reader, monkeypatch):
    """The search for lines takes longest of all reading; another picture is searched anew."""
    image = np.full((96, 320, 3), 25, np.uint8)
    cv2.putText(image, "TR-25", (120, 60), cv2.FONT_HERSHEY_DUPLEX, 1.0, (240, 240, 240), 1, cv2.LINE_AA)
    first = reader.lines(image)
    assert [line.text for line in first] == ["TR-25"]
    with monkeypatch.context() as broken:
        broken.setattr(reader, "_detect", lambda _: 1 / 0)
        assert reader.lines(image.copy()) == first
    image[:] = 25
    assert reader.lines(image) == []


@pytest.mark.parametrize("font", ["DejaVuSansMono-Bold", "DejaVuSerif-Bold", "DejaVuSans-Bold"])
def test_digits_that_stand_alone_are_read_in_other_fonts(reader, font):
    """The network is not sure of a two or a seven by itself; as none it would be taken for the number before."""
    letters = ImageFont.truetype(Path(mpl.get_data_path()) / "fonts" / "ttf" / f"{font}.ttf", 36)
    for digit in "0123456789":
        plate = Image.new("RGB", (80, 60), (22, 23, 28))
        ImageDraw.Draw(plate).text((28, 8), digit, font=letters, fill=(240, 240, 240))
        assert reader.digits(np.asarray(plate)) == digit
