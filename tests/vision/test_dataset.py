"""Data sets are written as others read them, read as others write them, and what is wrong is named."""

from __future__ import annotations

import numpy as np
import pytest

from game.errors import InputError
from vision.dataset import add_picture, classes, describe, label_line, labels_file, read_dataset, read_labelled

NAMES = ("slug", "operator")


def one_picture(folder):
    """A data set of one picture."""
    picture = folder / "images" / "train" / "a.png"
    add_picture(picture, np.full((90, 160, 3), 40, np.uint8), [("operator", 16.0, 9.0, 32.0, 18.0)], NAMES)
    describe(folder, NAMES)
    return picture


def test_a_label_is_written_as_fractions_of_the_picture():
    """Class, centre and size; what sticks out of the picture is cut off."""
    names = classes()
    assert label_line((names[2], 320, 180, 64, 36), names, (360, 640, 3)) == "2 0.550000 0.550000 0.100000 0.100000\n"
    assert label_line((names[0], -64, 0, 128, 36), names, (360, 640, 3)) == "0 0.050000 0.050000 0.100000 0.100000\n"


def test_what_is_written_is_read(tmp_path):
    """Classes by number, pictures by part, boxes in pixels."""
    picture = one_picture(tmp_path)
    found = read_dataset(tmp_path)
    assert (found.names, found.pictures) == (NAMES, {"train": [picture], "val": []})
    image, labels = read_labelled(picture, found.names)
    assert image.shape == (90, 160, 3)
    assert labels == [("operator", 16.0, 9.0, 32.0, 18.0)]


def test_a_picture_without_labels_shows_no_unit(tmp_path):
    """So tools write what has no box."""
    picture = one_picture(tmp_path)
    labels_file(picture).unlink()
    assert read_labelled(picture, NAMES)[1] == []
    with pytest.raises(InputError, match="no picture in images/train or images/val has labels"):
        read_dataset(tmp_path)


def test_names_may_be_a_list(tmp_path):
    """As other tools write them."""
    one_picture(tmp_path)
    (tmp_path / "data.yaml").write_text("names: [slug, operator]\nnc: 2\n")
    assert read_dataset(tmp_path).names == NAMES


@pytest.mark.parametrize("text", ["names: 3", "names: {1: slug}", "- a", "names: [", "\x00"])
def test_a_description_without_classes_is_refused(tmp_path, text):
    """One line, which names the file."""
    one_picture(tmp_path)
    (tmp_path / "data.yaml").write_text(text)
    with pytest.raises(InputError, match=r"data\.yaml: ") as caught:
        read_dataset(tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("line", ["2 .5 .5 .1 .1", "-1 .5 .5 .1 .1", "0 .5 .5 .1", "slug .5 .5 .1 .1", "0 .5 .5 0 .1"])
def test_a_wrong_label_is_named_with_its_line(tmp_path, line):
    """A class that is not described, a number that is missing, a box without a size."""
    picture = one_picture(tmp_path)
    labels_file(picture).write_text(f"0 0.5 0.5 0.1 0.1\n{line}\n")
    with pytest.raises(InputError, match=r"a\.txt, line 2: must be a class from 0 to 1 and x, y"):
        read_labelled(picture, NAMES)


def test_what_is_no_picture_and_what_is_no_data_set_are_refused(tmp_path):
    """Each in a line that says what to do."""
    with pytest.raises(InputError, match="holdfast vision label"):
        read_dataset(tmp_path)
    picture = one_picture(tmp_path)
    for content in (b"", b"no picture"):
        picture.write_bytes(content)
        with pytest.raises(InputError, match=r"a\.png: not a picture"):
            read_labelled(picture, NAMES)
