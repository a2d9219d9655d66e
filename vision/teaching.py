"""Teaches the detector: draws labelled frames from the practice game, trains a small YOLO on them, exports it to ONNX.

No weights are downloaded: the network starts from its description in `weights/units.yaml`. Frames of one battle are
either all learned from or all judged by, because neighbouring frames are nearly the same picture.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np

from game.actions import DEPLOY, NOTHING, SKILL, Action, coverage, unflatten
from game.battle import Battle
from game.camera import Camera
from game.practice.draw import BattleScene, Painter
from game.stage import Stage, load_stage, shipped_stages
from game.units import load_enemies, load_operators, squad_of
from vision.detector import SHIPPED, Image, quiet_ultralytics, sha256

Label = tuple[str, float, float, float, float]
"""A unit's class and its box (x, y, width, height) in pixels."""
Report = Callable[[str], None]

IMAGE_SIZE = (512, 288)
"""(width, height) the network looks at: 16:9, both multiples of its stride, units still 16 pixels and more."""
OPERATOR, SKILL_READY = "operator", "skill_ready"
FRAMES_A_BATTLE = 20
DRAWN_SIZE = (1280, 720)
PAUSED = 0.08
"""Share of the frames under the veil of a pause."""
TOP_BAR: Label = ("", 449, 6, 371, 46)
"""Where kills and life stand; what flies behind them cannot be seen."""
HIDDEN = 0.8
"""Share of a box from which a unit is hidden by another."""
JUDGED = 6
"""Every so many-th battle is kept for judging."""
SQUAD = 12
LEAST_FRAMES = 2 * FRAMES_A_BATTLE
"""Fewer are from one battle, which cannot both be learned from and judged by."""
THREADS = 2
"""Cores it trains on: what a small machine has to spare."""


class Lesson(NamedTuple):
    """One drawn frame, what stands in it, and the number of the battle it is from."""

    image: Image
    labels: list[Label]
    battle: int


def classes() -> tuple[str, ...]:
    """What the detector tells apart: every kind of enemy, operators as one, and the mark of a ready skill."""
    return (*sorted(load_enemies()), OPERATOR, SKILL_READY)


def lessons(count: int, seed: int) -> Iterator[Lesson]:
    """`count` frames from battles on all shipped stages in turn, with squads in random order, played at random."""
    random = np.random.default_rng(seed)
    drawn = 0
    for number, battle in enumerate(battles(random)):
        for _, painter in scenes(battle, random):
            yield Lesson(painter.frame(), visible(painter.labels), number)
            drawn += 1
            if drawn == count:
                return


def battles(random: np.random.Generator) -> Iterator[Battle]:
    """Battles for ever, on each shipped stage in turn, always with another squad."""
    for name in cycle(shipped_stages()):
        squad = squad_of([str(operator) for operator in random.permutation(sorted(load_operators()))[:SQUAD]])
        yield Battle(mixed(load_stage(name), random), squad, seed=int(random.integers(1 << 31)))


def mixed(stage: Stage, random: np.random.Generator) -> Stage:
    """A stage on which other kinds walk and fly the same ways: the rare ones are to be known as well as the common."""
    known = tuple(load_enemies().values())
    alike = [[other for other in known if other.flying == enemy.flying] for enemy in stage.enemies]
    return replace(stage, enemies=tuple(kinds[int(random.integers(len(kinds)))] for kinds in alike))


def scenes(battle: Battle, random: np.random.Generator) -> Iterator[tuple[BattleScene, Painter]]:
    """Up to FRAMES_A_BATTLE moments, spread over a battle that is played at random, each just drawn by the painter."""
    stage = battle.stage
    painter = Painter(DRAWN_SIZE, battle.squad)
    camera = Camera(stage.height, stage.width, stage.view, DRAWN_SIZE)
    for _ in range(FRAMES_A_BATTLE):
        for _ in range(int(random.integers(0, 3))):
            battle.act(choose(battle, random))
        battle.step(int(random.integers(20, 140)))
        if battle.outcome is not None:
            return
        scene = moment(battle, random)
        painter.battle(scene, camera)
        yield scene, painter


def moment(battle: Battle, random: np.random.Generator) -> BattleScene:
    """The battle as it stands, with whatever may show around it; now and then under the veil of a pause.

    No card is held: the view is tilted then, and the watcher looks for no units.
    """
    return BattleScene(
        battle,
        battle.view().cards,
        paused=bool(random.random() < PAUSED),
        speed=int(random.integers(1, 3)),
        dp_flash=float(max(0.0, random.uniform(-1, 1))),
        banner=battle.stage.enemies[0].kind if random.random() < PAUSED else "",
    )


def visible(labels: Sequence[Label]) -> list[Label]:
    """The labels of what can be seen: without boxes that are all but covered by one drawn later, or by the top bar."""
    return [
        label
        for index, label in enumerate(labels)
        if all(covered(label, by) < HIDDEN for by in (*labels[index + 1 :], TOP_BAR))
    ]


def covered(label: Label, by: Label) -> float:
    """The share of a label's box that lies in another's."""
    _, x, y, width, height = label
    _, left, top, across, down = by
    shared = max(0.0, min(x + width, left + across) - max(x, left)) * max(
        0.0, min(y + height, top + down) - max(y, top)
    )
    return shared / (width * height)


def choose(battle: Battle, random: np.random.Generator) -> Action:
    """A legal action: seldom a ready skill (its mark is to be seen), else the best of some deployments, or nothing."""
    squad, tiles = battle.squad, battle.stage.height * battle.stage.width
    legal = [unflatten(int(index), len(squad), tiles) for index in np.flatnonzero(battle.legal_actions())]
    skills = [action for action in legal if action.kind == SKILL]
    if skills and random.random() < 0.15:
        return skills[int(random.integers(len(skills)))]
    deployments = [action for action in legal if action.kind == DEPLOY]
    if not deployments:
        return NOTHING
    path_tiles = coverage(battle.stage, squad)
    few = [deployments[int(index)] for index in random.integers(len(deployments), size=8)]
    gains = [int(path_tiles[action.slot, action.tile, action.direction]) for action in few]
    return few[int(np.argmax(gains))]


def write_lessons(found: Iterator[Lesson], count: int, folder: Path, report: Report) -> Path:
    """Write frames and labels as `ultralytics` reads them; the path of the description to train from."""
    for part in ("train", "val"):
        (folder / "images" / part).mkdir(parents=True)
        (folder / "labels" / part).mkdir(parents=True)
    names = classes()
    for index, lesson in enumerate(found):
        part = "val" if lesson.battle % JUDGED == 0 else "train"
        small = cv2.resize(lesson.image, IMAGE_SIZE, interpolation=cv2.INTER_AREA)
        cv2.imwrite(str(folder / "images" / part / f"{index:05}.png"), small)
        text = "".join(label_line(label, names, lesson.image.shape) for label in lesson.labels)
        (folder / "labels" / part / f"{index:05}.txt").write_text(text, encoding="ascii")
        if (index + 1) % 50 == 0 or index + 1 == count:
            report(f"drawn {index + 1} of {count} frames")
    description = folder / "units.json"
    lists = {"path": str(folder), "train": "images/train", "val": "images/val", "names": dict(enumerate(names))}
    description.write_text(json.dumps(lists), encoding="utf-8")  # JSON is YAML too
    return description.rename(folder / "units.yaml")


def label_line(label: Label, names: tuple[str, ...], shape: tuple[int, ...]) -> str:
    """A label as `ultralytics` writes it: class, then the box's centre and size as fractions of the image."""
    name, x, y, width, height = label
    rows, columns = shape[:2]
    left, right = np.clip((x, x + width), 0, columns) / columns
    top, bottom = np.clip((y, y + height), 0, rows) / rows
    centre = f"{(left + right) / 2:.6f} {(top + bottom) / 2:.6f}"
    return f"{names.index(name)} {centre} {right - left:.6f} {bottom - top:.6f}\n"


def learn(description: Path, epochs: int, seed: int, report: Report) -> tuple[Path, dict[str, float]]:
    """Train the network on a written set of lessons; its ONNX file and how well it did on the frames kept for judging.

    Frames keep their aspect (`rect`), so the mosaics that `ultralytics` makes of square images are off. `nms=False` is
    the end-to-end head: it is judged as it is exported.
    """
    library = quiet_ultralytics()
    import torch

    torch.set_num_threads(THREADS)
    model = library.YOLO(str(SHIPPED.with_suffix(".yaml")), task="detect")
    model.add_callback("on_fit_epoch_end", lambda trainer: _tell(trainer, report))
    model.train(
        data=str(description), imgsz=IMAGE_SIZE[0], rect=True, epochs=epochs, batch=8, seed=seed, device="cpu",
        workers=0, cache="ram", amp=False, pretrained=False, optimizer="AdamW", lr0=2e-3, lrf=0.02, cos_lr=True,
        warmup_epochs=1, patience=0, mosaic=0.0, fliplr=0.5, scale=0.15, translate=0.05, hsv_h=0.01, hsv_s=0.3,
        hsv_v=0.3, erasing=0.0, plots=False, verbose=False, nms=False,
        project=str(description.parent), name="run", exist_ok=True,
    )  # fmt: skip
    best = library.YOLO(str(model.trainer.best))
    judged = best.val(
        data=str(description), imgsz=IMAGE_SIZE[0], rect=True, batch=8, device="cpu", workers=0, nms=False,
        plots=False, verbose=False, project=str(description.parent), name="judged",
    )  # fmt: skip
    scores = {"mAP50": round(float(judged.box.map50), 4), "mAP50_95": round(float(judged.box.map), 4)}
    exported = best.export(format="onnx", imgsz=IMAGE_SIZE[::-1], nms=False, device="cpu", verbose=False)
    return Path(exported), scores


def train(
    frames: int = 600, epochs: int = 12, seed: int = 0, out: Path = SHIPPED.parent, report: Report = print
) -> dict[str, Any]:
    """Draw, train, export; writes `units.onnx` and `units.json` into `out` and returns what the latter says.

    Raises ValueError when there are too few frames or epochs.
    """
    if frames < LEAST_FRAMES or epochs < 1:
        raise ValueError(
            f"{frames} frames and {epochs} epochs teach nothing: take {LEAST_FRAMES} frames, 1 epoch or more"
        )
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="holdfast-teaching-") as folder:
        description = write_lessons(lessons(frames, seed), frames, Path(folder), report)
        exported, scores = learn(description, epochs, seed, report)
        weights = out / SHIPPED.name
        shutil.move(exported, weights)
    facts = {
        "sha256": sha256(weights),
        "command": f"holdfast vision train --frames {frames} --epochs {epochs} --seed {seed}",
        "classes": classes(),
        "image_size": IMAGE_SIZE,
        **scores,
    }
    weights.with_suffix(".json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    report(f"wrote {weights}: mAP50 {scores['mAP50']:.3f} on battles not learned from")
    return facts


def _tell(trainer: Any, report: Report) -> None:
    """Report the epoch that has just ended; the library also calls this for a last judging after all epochs."""
    if trainer.epoch < trainer.epochs:
        score = trainer.metrics.get("metrics/mAP50(B)", 0.0)
        report(f"epoch {trainer.epoch + 1} of {trainer.epochs}: mAP50 {score:.3f}, {trainer.epoch_time:.0f} s")


def main() -> None:
    """`python -m vision.teaching`: the same as `holdfast vision train`."""
    parser = argparse.ArgumentParser(description="Teach the detector of units from drawn frames.")
    parser.add_argument("--frames", type=int, default=600, help="how many frames to draw (600)")
    parser.add_argument("--epochs", type=int, default=12, help="how often to go through them (12)")
    parser.add_argument("--seed", type=int, default=0, help="decides battles, frames and first weights (0)")
    parser.add_argument("--out", type=Path, default=SHIPPED.parent, help="where units.onnx and units.json go")
    chosen = parser.parse_args()
    try:
        train(chosen.frames, chosen.epochs, chosen.seed, chosen.out)
    except ValueError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
