"""Labelled pictures as `ultralytics` and labelling tools know them: images/, labels/ and data.yaml in a folder.

images/train and images/val hold the pictures, labels/ has a text of the same name for each: a line a box, with the
number of its class, its centre and its size as fractions of the picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import yaml

from game.characters.catalogue import load_catalogue
from game.errors import InputError
from vision.capture import Image
from vision.localisation import OPERATOR, SKILL_READY

Label = tuple[str, float, float, float, float]
"""A unit's class and its box (x, y, width, height) in pixels."""
Rectangle = tuple[float, float, float, float]
"""x, y, width and height in pixels."""

DESCRIPTION = "data.yaml"
TRAIN, KEPT_APART = "train", "val"
"""The parts of a data set, as `ultralytics` calls them: what is learned from, and what it is judged by."""
ENDINGS = (".jpg", ".jpeg", ".png")


class Dataset(NamedTuple):
    """Labelled pictures."""

    folder: Path
    names: tuple[str, ...]
    """Their classes, by number."""
    pictures: dict[str, list[Path]]
    """The files of each part."""


def classes() -> tuple[str, ...]:
    """The classes of the detector that ships: every kind of enemy, operators, and the mark of a ready skill."""
    return (*sorted(load_catalogue().kinds), OPERATOR, SKILL_READY)


def label_line(label: Label, names: Sequence[str], shape: tuple[int, ...]) -> str:
    """A label as `ultralytics` writes it: class, then the box's centre and size as fractions of the image."""
    name, x, y, width, height = label
    rows, columns = shape[:2]
    left, right = np.clip((x, x + width), 0, columns) / columns
    top, bottom = np.clip((y, y + height), 0, rows) / rows
    centre = f"{(left + right) / 2:.6f} {(top + bottom) / 2:.6f}"
    return f"{list(names).index(name)} {centre} {right - left:.6f} {bottom - top:.6f}\n"


def describe(folder: Path, names: Iterable[str]) -> Path:
    """Write which classes the pictures of a data set have; returns the file. Raises OSError."""
    lines = ["train: images/train", "val: images/val", "names:", *(f"  {n}: {name}" for n, name in enumerate(names))]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / DESCRIPTION).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / DESCRIPTION


def add_picture(file: Path, image: Image, labels: Iterable[Label], names: Sequence[str]) -> None:
    """Write a picture, images/<part>/<name> of a data set, and its labels. Raises OSError."""
    text = labels_file(file)
    for path in (file, text):
        path.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(cv2.imencode(file.suffix, image, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes())
    text.write_text("".join(label_line(label, names, image.shape) for label in labels), encoding="ascii")


def labels_file(picture: Path) -> Path:
    """Where the labels of a picture are."""
    return picture.parents[2] / "labels" / picture.parent.name / f"{picture.stem}.txt"


def read_dataset(folder: Path) -> Dataset:
    """The labelled pictures in a folder. Raises InputError where there are none."""
    file = folder / DESCRIPTION
    if not file.is_file():
        raise InputError(
            f"{folder}: no {DESCRIPTION} here; make a folder of labelled frames with: holdfast vision label"
        )
    try:
        names = _names(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise InputError(f"{file}: {str(error).splitlines()[0]}") from None
    pictures = {
        part: sorted(path for path in (folder / "images" / part).glob("*") if path.suffix.lower() in ENDINGS)
        for part in (TRAIN, KEPT_APART)
    }
    if not any(labels_file(picture).is_file() for found in pictures.values() for picture in found):
        raise InputError(f"{folder}: no picture in images/{TRAIN} or images/{KEPT_APART} has labels")
    return Dataset(folder, names, pictures)


def _names(described: Any) -> tuple[str, ...]:
    """The classes that a data.yaml names, as a list or by number. Raises ValueError."""
    names = described.get("names") if isinstance(described, dict) else None
    if isinstance(names, dict) and set(names) == set(range(len(names))):
        names = [names[number] for number in range(len(names))]
    if not isinstance(names, list) or not names:
        raise ValueError("names must list the classes, numbered from 0")
    return tuple(map(str, names))


def read_labelled(picture: Path, names: Sequence[str]) -> tuple[Image, list[Label]]:
    """A picture and its labels; one without a file of labels shows no unit. Raises InputError."""
    image = read_picture(picture)
    if image is None:
        raise InputError(f"{picture}: not a picture that can be read; delete it, or write it again")
    file = labels_file(picture)
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines() if file.is_file() else []
    rows, columns = image.shape[:2]
    labels = []
    for number, line in enumerate(lines, 1):
        try:
            kind, x, y, width, height = line.split()
            wide, tall = float(width) * columns, float(height) * rows
            box = float(x) * columns - wide / 2, float(y) * rows - tall / 2, wide, tall
            label = (dict(enumerate(names))[int(kind)], *box)
        except (ValueError, KeyError):
            label = ("", 0.0, 0.0, 0.0, 0.0)
        if label[3] > 0 and label[4] > 0:
            labels.append(label)
        else:
            told = f"a class from 0 to {len(names) - 1} and x, y, width, height of a box"
            raise InputError(f"{file}, line {number}: must be {told}, is {line!r}")
    return image, labels


def read_picture(path: Path) -> Image | None:
    """The picture in a file, BGR; None where there is none that can be read."""
    data = np.fromfile(path, np.uint8) if path.is_file() else np.empty(0, np.uint8)
    image = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    return None if image is None else np.asarray(image, np.uint8)
