"""Teaching the detector by labelled frames of a player's own client; what is learned is used only if it sees better."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

from game.errors import InputError
from vision.dataset import KEPT_APART, TRAIN, labels_file, read_dataset, read_labelled
from vision.detector import sha256
from vision.detector_training import IMAGE_SIZE
from vision.fitting import Tell, fit
from vision.scoring import ALL, ENEMIES, ClassScore, in_words, score_pictures, table

LEAST_FRAMES = 8
"""Labelled frames below which nothing is learned."""


class Taught(NamedTuple):
    """What came of teaching."""

    before: dict[str, ClassScore]
    """How well the weights see that it began from, on the frames that were kept apart; by class."""
    after: dict[str, ClassScore]
    better: bool
    """Whether those that were taught are in use now."""


def teach(folder: Path, start: Path, out: Path, epochs: int, seed: int, tell: Tell) -> Taught:
    """Teach the weights `start` by the data set in a folder; writes them to the ONNX file `out` if they are better.

    Better is a higher F1 of enemies on the battles that were kept apart (`is_better`). Raises InputError where there
    are too few frames, or none kept apart; DetectorError where the weights cannot be used; OSError where they cannot be
    written.
    """
    data = read_dataset(folder)
    learned, judged = (
        [picture for picture in data.pictures[part] if labels_file(picture).is_file()] for part in (TRAIN, KEPT_APART)
    )
    if len(learned) < LEAST_FRAMES:
        raise InputError(f"{folder}: {len(learned)} labelled frames in images/{TRAIN}, {LEAST_FRAMES} are needed")
    if not judged:
        raise InputError(
            f"{folder}: no labelled frames in images/{KEPT_APART} to judge by; "
            "keep frames of more battles, and label again"
        )
    for picture in learned:  # what is broken is said before the work
        read_labelled(picture, data.names)
    before = score_pictures(start, judged, data.names, tell)
    tell(f"enemies before: {in_words(before[ENEMIES])}")
    with tempfile.TemporaryDirectory(prefix="holdfast-training-") as temporary:
        made = Path(temporary) / out.name
        shutil.move(fit(data, start, epochs, seed, IMAGE_SIZE, Path(temporary), tell).weights, made)
        facts = {
            "sha256": sha256(made), "command": f"holdfast vision train {folder} --epochs {epochs} --seed {seed}",
            "classes": data.names, "image_size": IMAGE_SIZE, "frames": len(learned),
        }  # fmt: skip
        made.with_suffix(".json").write_text(json.dumps(facts), encoding="utf-8")
        after = score_pictures(made, judged, data.names, tell)
        scores = {"scores": table(after), "scores_before": table(before)}
        made.with_suffix(".json").write_text(json.dumps({**facts, **scores}, indent=2) + "\n", encoding="utf-8")
        better = is_better(after, before)
        if better:
            put_to_use(made, out)
    tell(f"enemies after: {in_words(after[ENEMIES])}")
    return Taught(before, after, better)


def is_better(after: dict[str, ClassScore], before: dict[str, ClassScore]) -> bool:
    """Whether weights see better than before: enemies, by F1, and all units together at least as well."""
    return after[ENEMIES].f1 > before[ENEMIES].f1 and after[ALL].f1 >= before[ALL].f1


def put_to_use(made: Path, out: Path) -> None:
    """Put weights and their description where they are used from; those there are replaced. Raises OSError."""
    out.parent.mkdir(parents=True, exist_ok=True)
    for file, into in ((made, out), (made.with_suffix(".json"), out.with_suffix(".json"))):
        part = into.with_name(f".{into.name}.part")
        shutil.copyfile(file, part)
        part.replace(into)
