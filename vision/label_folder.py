"""From a folder of kept frames to a data set that a person can look through and correct.

One battle in four is kept apart, to judge by: frames of one battle are too much alike to be in both parts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2

from game.errors import InputError
from vision.capture import Image
from vision.dataset import KEPT_APART, TRAIN, Rectangle, add_picture, classes, describe, read_picture
from vision.detector import PADDING
from vision.kept_frames import KeptBattle, KeptFrame, battles_in, read_battle
from vision.labelling import LabelledFrame, label_battles
from vision.overlay import draw_labels

PREVIEWS = "previews"
KEPT_APART_EVERY = 4
"""One battle in so many is kept apart, the newest first."""
EASY = 2
"""By how much previews are smaller."""


def label_folder(folder: Path, out: Path, tell: Callable[[str], None]) -> dict[str, Any]:
    """Label the frames of all battles in a folder; writes a data set with previews into `out` and returns the figures.

    Raises InputError where there are no frames, or no unit is certain, or `out` has something in it: labels may have
    been corrected there. Raises OSError where it cannot be written.
    """
    battles = battles_in(folder)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f"{out}: is there already, perhaps with corrected labels; delete it, or choose another --out")
    alike: dict[KeptBattle, list[tuple[Path, KeptFrame]]] = defaultdict(list)
    for path in battles:
        battle, frames = read_battle(path)
        alike[battle] += [(path, frame) for frame in frames]
    apart = set(battles[::-1][::KEPT_APART_EVERY]) if len(battles) > 1 else set()
    found: list[LabelledFrame] = []
    doubts, left_out = Counter[str](), Counter[str]()
    for battle, both in alike.items():
        tell(f"labelling {len(both)} frames of {battle.stage}")
        some = label_battles(battle, both)
        found += some.frames
        doubts += some.doubts
        left_out += some.left_out
    units = Counter(label[0] for frame in found for label in frame.labels)
    if not units:
        raise InputError(f"{folder}: no unit is certain in any frame ({_listed(left_out) or 'there are none'})")
    names = (*classes(), *sorted(set(units) - set(classes())))
    for frame in found:
        part = KEPT_APART if frame.picture.parent in apart else TRAIN
        _write(frame, out, part, names)
    describe(out, names)
    return {
        "folder": str(out), "battles": len(battles), "kept_apart": len(apart), "frames": len(found),
        "frames_left_out": dict(left_out), "labels": dict(units.most_common()),
        "without_label": dict(doubts.most_common()),
    }  # fmt: skip


def _write(frame: LabelledFrame, out: Path, part: str, names: tuple[str, ...]) -> None:
    """Write a frame, grey where it is doubtful, with its labels and its preview."""
    image = read_picture(frame.picture)
    assert image is not None  # it was labelled
    name = f"{frame.picture.parent.name}_{frame.picture.name}"
    preview = out / PREVIEWS / part / name
    preview.parent.mkdir(parents=True, exist_ok=True)
    shown = draw_labels(image, frame.labels, frame.doubtful)
    small = cv2.resize(shown, None, fx=1 / EASY, fy=1 / EASY, interpolation=cv2.INTER_AREA)
    preview.write_bytes(cv2.imencode(".jpg", small)[1].tobytes())
    add_picture(out / "images" / part / name, greyed(image, frame.doubtful), frame.labels, names)


def greyed(image: Image, doubtful: list[Rectangle]) -> Image:
    """A copy of the picture, grey where it is doubtful."""
    picture = image.copy()
    for x, y, width, height in doubtful:
        picture[max(round(y), 0) : max(round(y + height), 0), max(round(x), 0) : max(round(x + width), 0)] = PADDING
    return picture


def _listed(counts: Counter[str]) -> str:
    """Counts in words."""
    return ", ".join(f"{count} frames: {why}" for why, count in counts.most_common())
