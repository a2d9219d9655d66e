"""How well eyes can be taught by a player's own frames, in a look that they were never taught.

python benchmarks/taught_eyes.py [--look paper] [--battles 2] [--epochs 12] [--keep FOLDER] [STAGE...]

Battles are played in a skin as `holdfast vision collect` does: off-screen, without a detector, by the stored plans.
Their frames label themselves, and the labels are compared with where the practice game has drawn each unit. Then the
weights that ship are taught by them, and old and new ones are compared on the battles that were kept apart: by their
own labels, and by the truth. True boxes are those of what is visible: without the margin of a sprite, without units
that others hide. With --keep, battles that are there already are not played again.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import skins
from foreign_look import NO_BROKER

from bot import log
from bot.clients.practice import PracticeScreen
from bot.config import parse
from bot.daemon import Daemon
from bot.parts import build
from game.practice.app import PracticeGame
from planning.assignment import assign_operators
from planning.solutions import solution
from vision.capture import Frame
from vision.dataset import (
    KEPT_APART,
    TRAIN,
    Label,
    add_picture,
    classes,
    describe,
    read_dataset,
    read_labelled,
    read_picture,
)
from vision.detector import PADDING, SHIPPED, Detection, iou
from vision.detector_training import visible
from vision.fine_tuning import teach
from vision.kept_frames import battles_in, read_battle
from vision.label_folder import label_folder
from vision.localisation import SKILL_READY
from vision.scenery import shared
from vision.scoring import SAME, ClassScore, in_words, score_pictures

STAGES = ("two_roads", "the_ledge", "iron_column")
TRUTH = "truth.json"
HIDDEN = 0.4
"""Share of a true box that is grey, or behind the interface, from which it need not be labelled."""


class TruthfulScreen:
    """A practice game that notes the true boxes of the units in each frame."""

    def __init__(self, screen: PracticeScreen, game: PracticeGame) -> None:
        self._screen, self._game = screen, game
        self.boxes: dict[float, list[Any]] = {}

    def grab(self) -> Frame:
        """The next frame."""
        frame = self._screen.grab()
        self.boxes[frame.t] = self._game.labels()
        return frame

    def hold(self, held: bool) -> None:
        """Let the game's clock stand still, or go on."""
        self._screen.hold(held)


def play(stage: str, skin: Path, battles: int, seed: int, folder: Path) -> None:
    """Play battles of a stage and keep frames of them below a folder, with the truth."""
    folder.mkdir(parents=True)
    tables: dict[str, Any] = {
        "play": {"stage": stage, "policy": "plan", "planning_seconds": 0},
        "practice": {"seed": seed, "skin": str(skin.absolute())},
        "screen": {"profile": "arknights-en"},
        "mqtt": NO_BROKER,
        "data": {"directory": str(folder.absolute())},
    }
    config = parse(tables, folder=folder)
    log.set_up(config.directory / log.FILE, "warning", None)
    try:
        plan = solution(stage)
        squad = assign_operators(plan, skins.CATALOGUE).operators
        parts = build(config, squad, plan, battles=battles, fresh=True, tell=lambda _: None)
        parts.learner.set_learning(on=False)
        screen = parts.client.screen
        assert isinstance(screen, PracticeScreen)
        truthful = TruthfulScreen(screen, screen._game)
        parts = dataclasses.replace(parts, client=dataclasses.replace(parts.client, screen=truthful))
        asyncio.run(Daemon(config, parts, collect=True).run())
    finally:
        log.close()
    (folder / TRUTH).write_text(json.dumps(truthful.boxes), encoding="utf-8")


class Truth:
    """What is really to be seen in kept frames."""

    def __init__(self, skin: Path) -> None:
        self._margins = {path.stem: _visible_part(path) for path in (skin / "enemies").glob("*.png")}
        self.labels: dict[str, list[Label]] = {}
        """By the names that pictures have in a data set."""
        self.hud: dict[str, Sequence[tuple[int, int, int, int]]] = {}

    def add(self, stage: Path) -> None:
        """Take the truth about the battles of a stage."""
        boxes = {float(t): found for t, found in json.loads((stage / TRUTH).read_text(encoding="utf-8")).items()}
        for folder in battles_in(stage / "frames"):
            battle, frames = read_battle(folder)
            for frame in frames:
                name = f"{folder.name}_{frame.picture}"
                units = [tuple(one) for one in boxes[frame.t] if one[0] != SKILL_READY]
                self.labels[name] = [self._tight(one) for one in visible(units)]
                self.hud[name] = battle.hud

    def _tight(self, label: Label) -> Label:
        """A box without the sprite's transparent margin."""
        name, x, y, width, height = label
        left, top, across, down = self._margins.get(name, (0.0, 0.0, 1.0, 1.0))
        return name, x + left * width, y + top * height, across * width, down * height


def _visible_part(path: Path) -> tuple[float, float, float, float]:
    """The rectangle of a picture that is not transparent, as shares of its width and height."""
    alpha = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)[..., 3]
    x, y, width, height = cv2.boundingRect((alpha > 0).astype(np.uint8))
    rows, columns = alpha.shape
    return x / columns, y / rows, width / columns, height / rows


def compare(data: Path, truth: Truth) -> Iterator[str]:
    """How right labels are, by class, in lines."""
    count: dict[str, Counter[str]] = {}
    overlaps = []
    found = read_dataset(data)
    for picture in (*found.pictures[TRAIN], *found.pictures[KEPT_APART]):
        image, labels = read_labelled(picture, found.names)
        left = list(truth.labels[picture.name])
        for label in labels:
            best = max(left, key=lambda one: _iou(one, label) if one[0] == label[0] else 0.0, default=None)
            right = best is not None and best[0] == label[0] and _iou(best, label) >= SAME
            count.setdefault(label[0], Counter()).update({"labels": 1, "right": int(right)})
            if right and best is not None:
                left.remove(best)
                overlaps.append(_iou(best, label))
        for one in left:
            hidden = _grey(image, one) > HIDDEN or any(shared(one[1:], box) > HIDDEN for box in truth.hud[picture.name])
            count.setdefault(one[0], Counter()).update({"grey" if hidden else "unlabelled": 1})
    for name, each in sorted(count.items()):
        units = each["right"] + each["grey"] + each["unlabelled"]
        precision, recall = each["right"] / max(each["labels"], 1), each["right"] / max(units, 1)
        yield (
            f"{name:16}{each['labels']:5} labels, right {precision:6.1%}; of {units:5} units labelled {recall:6.1%}, "
            f"grey {each['grey']:4}, neither {each['unlabelled']:4}"
        )
    least = np.percentile(overlaps, 5)
    yield f"a right label and its unit overlap by {np.mean(overlaps):.2f} on average, 5 % by {least:.2f} or less"


def _grey(image: Any, label: Label) -> float:
    """The share of a box that was made grey, about: JPEG changes it a little."""
    _, x, y, width, height = label
    part = image[max(round(y), 0) : round(y + height), max(round(x), 0) : round(x + width)].astype(np.int16)
    return float((np.abs(part - PADDING).max(axis=2) < 6).mean()) if part.size else 1.0


def _iou(one: Label, other: Label) -> float:
    return iou(Detection(one[0], 1.0, *one[1:]), Detection(other[0], 1.0, *other[1:]))


def true_data(folder: Path, data: Path, truth: Truth, out: Path) -> None:
    """Write the battles kept apart with the whole pictures and the true labels."""
    apart = {path.name: path for path in read_dataset(data).pictures[KEPT_APART]}
    for battle in battles_in(folder):
        for frame in read_battle(battle)[1]:
            name = f"{battle.name}_{frame.picture}"
            image = read_picture(battle / frame.picture)
            if name in apart and image is not None:
                add_picture(out / "images" / KEPT_APART / name, image, truth.labels[name], classes())
    describe(out, classes())


def report(title: str, scores: dict[str, ClassScore]) -> None:
    """Print scores, a line a class."""
    print(title)
    for name, one in scores.items():
        print(f"    {name:16}{in_words(one)}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How well eyes can be taught by a player's own frames.")
    parser.add_argument("stages", nargs="*", metavar="STAGE")
    parser.add_argument("--look", choices=[look.name for look in skins.LOOKS], default="paper")
    parser.add_argument("--battles", type=int, default=2, help="of each stage")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where frames, labels and weights stay")
    options = parser.parse_args()
    stages = options.stages or STAGES
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.keep or Path(temporary)) / options.look
        skin = skins.make(next(one for one in skins.LOOKS if one.name == options.look), folder / "skin")
        truth, frames = Truth(skin), folder / "frames"
        for number, stage in enumerate(stages):
            if not (folder / stage).exists():
                play(stage, skin, options.battles, options.seed + number, folder / stage)
            truth.add(folder / stage)
            frames.mkdir(exist_ok=True)
            for battle in battles_in(folder / stage / "frames"):
                if not (frames / battle.name).exists():
                    (frames / battle.name).symlink_to(battle.resolve(), target_is_directory=True)
        for name, value in label_folder(frames, folder / "labelled", print).items():
            print(f"{name}: {value}")
        print("\n".join(compare(folder / "labelled", truth)), flush=True)
        weights = folder / "weights" / "taught.onnx"
        taught = teach(folder / "labelled", SHIPPED, weights, options.epochs, options.seed, print)
        report("before, by their own labels", taught.before)
        report("after, by their own labels", taught.after)
        true_data(frames, folder / "labelled", truth, folder / "true")
        pictures = read_dataset(folder / "true").pictures[KEPT_APART]
        for title, file in (("before", SHIPPED), ("after", weights)):
            if file.exists():
                report(f"{title}, by the truth", score_pictures(file, pictures, classes(), print))


if __name__ == "__main__":
    main()
