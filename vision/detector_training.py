"""Teaches the detector: draws labelled frames of the practice game, trains a small YOLO on them, exports it to ONNX.

No weights are downloaded: the network starts from its description in `weights/units.yaml`. What it learns from is
staged; how well it does in battles that are played, `benchmarks/eyes.py` tells.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np

from game.camera import Camera
from game.characters.catalogue import Operator, enemy_kinds, load_operators
from game.levels.stage import Stage, load_stage, shipped_stages
from game.practice.draw import Painter
from game.practice.scene import BattleScene
from game.simulator.battle import Battle, EnemyOnField, OperatorOnField
from vision.detector import SHIPPED, Image, quiet_ultralytics, sha256

Label = tuple[str, float, float, float, float]
"""A unit's class and its box (x, y, width, height) in pixels."""
Report = Callable[[str], None]

IMAGE_SIZE = (512, 288)
"""(width, height) the network looks at: 16:9, both multiples of its stride, units still 16 pixels and more."""
OPERATOR, SKILL_READY = "operator", "skill_ready"
DRAWN_SIZE = (1280, 720)
SQUAD_SIZE = 12
"""Operators in a squad: the first of the table."""
PAUSED, READY, BLOCKED = 0.08, 0.5, 0.25
"""Share of the frames under the veil of a pause, of operators with a skill ready, of walkers held up by one."""
LATEST = 1500
"""Ticks of a battle within which a moment is drawn: clock, DP and the gear of the interface differ."""
TOP_BAR: Label = ("", 449, 6, 371, 46)
"""Where kills and life stand; what flies behind them cannot be seen."""
HIDDEN = 0.8
"""Share of a box from which a unit is hidden by another."""
JUDGED = 6
"""Every so many-th frame is kept for judging."""
LEAST_FRAMES = 2 * JUDGED
THREADS = 2
"""Cores it trains on: what a small machine has to spare."""


class Lesson(NamedTuple):
    """One drawn frame and what stands in it."""

    image: Image
    labels: list[Label]


def classes() -> tuple[str, ...]:
    """What the detector tells apart: every kind of enemy, operators as one, and the mark of a ready skill."""
    return (*sorted(enemy_kinds()), OPERATOR, SKILL_READY)


class Staged(Battle):
    """A battle whose field was set rather than played: many units of all kinds, hurt and ready in all degrees.

    Played battles show few kinds at a time and most units at the same spots; here every frame is worth its while.
    """

    def __init__(self, stage: Stage, squad: Sequence[Operator], random: np.random.Generator) -> None:
        super().__init__(stage, squad, seed=int(random.integers(1 << 31)))
        self._operators = staged_operators(stage, len(squad), random)
        self._enemies = staged_enemies(stage, self._operators, random)

    def operators_on_field(self) -> tuple[OperatorOnField, ...]:
        """The operators that were set."""
        return self._operators

    def enemies_on_field(self) -> tuple[EnemyOnField, ...]:
        """The enemies that were set."""
        return self._enemies


def lessons(count: int, seed: int) -> Iterator[Lesson]:
    """`count` frames on all shipped stages in turn, each with a field of its own."""
    random = np.random.default_rng(seed)
    squad = tuple(load_operators().values())[:SQUAD_SIZE]
    stages = [load_stage(name) for name in shipped_stages()]
    painter = Painter(DRAWN_SIZE, squad)
    for number in range(count):
        stage = stages[number % len(stages)]
        battle = Staged(stage, squad, random)
        battle.step(int(random.integers(LATEST)))
        painter.battle(moment(battle, random), Camera(stage.height, stage.width, stage.view, DRAWN_SIZE))
        yield Lesson(painter.frame(), visible(painter.labels))


def staged_operators(stage: Stage, slots: int, random: np.random.Generator) -> tuple[OperatorOnField, ...]:
    """A few operators of the squad on tiles on which somebody may stand."""
    tiles = random.permutation(np.argwhere(stage.melee | stage.ranged))
    chosen = random.permutation(slots)[: int(random.integers(4, 10))]
    return tuple(
        OperatorOnField(
            slot=int(slot),
            row=int(row),
            col=int(col),
            direction=int(random.integers(4)),
            health=float(random.uniform(0.05, 1.0)),
            sp=float(random.random()),
            skill_ready=bool(random.random() < READY),
            skill_active=bool(random.random() < READY / 2),
        )
        for slot, (row, col) in zip(chosen, tiles, strict=False)
    )


def staged_enemies(
    stage: Stage, operators: Sequence[OperatorOnField], random: np.random.Generator
) -> tuple[EnemyOnField, ...]:
    """A crowd of enemies of all kinds all over the map, some of them held up by an operator."""
    known = list(enemy_kinds().values())
    found = []
    for number in range(int(random.integers(10, 28))):
        enemy = known[int(random.integers(len(known)))]
        row, col = float(random.uniform(-0.3, stage.height - 1.3)), float(random.uniform(-0.3, stage.width - 0.7))
        if operators and random.random() < BLOCKED:
            blocker = operators[int(random.integers(len(operators)))]
            row, col = float(blocker.row), blocker.col + float(random.uniform(-0.9, 0.9))
        health = 1.0 if random.random() < 0.4 else float(random.uniform(0.02, 1.0))
        found.append(EnemyOnField(number, enemy.kind, row, col, health, enemy.flying, blocked=False))
    return tuple(found)


def moment(battle: Battle, random: np.random.Generator) -> BattleScene:
    """The battle as it stands, with whatever may show around it; now and then under the veil of a pause.

    No card is held: the view is tilted then, and the watcher looks for no units.
    """
    return BattleScene(
        battle,
        battle.view().cards[int(random.integers(0, 6)) :],
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


def write_lessons(found: Iterable[Lesson], count: int, folder: Path, report: Report) -> Path:
    """Write frames and labels as `ultralytics` reads them; the path of the description to train from."""
    for part in ("train", "val"):
        (folder / "images" / part).mkdir(parents=True)
        (folder / "labels" / part).mkdir(parents=True)
    names = classes()
    for index, lesson in enumerate(found):
        part = "val" if index % JUDGED == 0 else "train"
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


def learn(
    description: Path, epochs: int, seed: int, report: Report, start: Path | None = None
) -> tuple[Path, dict[str, float]]:
    """Train the network on a written set of lessons; its ONNX file and how well it did on the frames kept for judging.

    `start` is a network of an earlier run (a `.pt` file) to go on from, rather than to begin anew.

    Frames keep their aspect (`rect`), so the mosaics that `ultralytics` makes of square images are off. `nms=False` is
    the end-to-end head: it is judged as it is exported.
    """
    library = quiet_ultralytics()
    import torch

    torch.set_num_threads(THREADS)
    model = library.YOLO(str((start or SHIPPED.with_suffix(".yaml")).resolve()), task="detect")
    model.add_callback("on_fit_epoch_end", lambda trainer: _tell(trainer, report))
    model.train(
        data=str(description), imgsz=IMAGE_SIZE[0], rect=True, epochs=epochs, batch=4, seed=seed, device="cpu",
        workers=0, cache="ram", amp=False, optimizer="AdamW", lr0=1.5e-3, lrf=0.02, cos_lr=True,
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
    frames: int = 600,
    epochs: int = 24,
    seed: int = 0,
    out: Path = SHIPPED.parent,
    report: Report = print,
    start: Path | None = None,
) -> dict[str, Any]:
    """Draw, train, export; writes `units.onnx` and `units.json` into `out` and returns what the latter says.

    Also keeps the network itself as `units.pt`, from which a later run can `start`. Raises ValueError when there are
    too few frames or epochs.
    """
    if frames < LEAST_FRAMES or epochs < 1:
        raise ValueError(
            f"{frames} frames and {epochs} epochs teach nothing: take {LEAST_FRAMES} frames, 1 epoch or more"
        )
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="holdfast-teaching-") as folder:
        description = write_lessons(lessons(frames, seed), frames, Path(folder), report)
        exported, scores = learn(description, epochs, seed, report, start)
        weights = out / SHIPPED.name
        shutil.move(exported, weights)
        shutil.move(exported.with_suffix(".pt"), weights.with_suffix(".pt"))
    going_on = f" --start {start.name}" if start else ""
    facts = {
        "sha256": sha256(weights),
        "command": f"holdfast vision train --frames {frames} --epochs {epochs} --seed {seed}{going_on}",
        "classes": classes(),
        "image_size": IMAGE_SIZE,
        **scores,
    }
    weights.with_suffix(".json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    report(f"wrote {weights}: mAP50 {scores['mAP50']:.3f} on frames not learned from")
    return facts


def _tell(trainer: Any, report: Report) -> None:
    """Report the epoch that has just ended; the library also calls this for a last judging after all epochs."""
    if trainer.epoch < trainer.epochs:
        score = trainer.metrics.get("metrics/mAP50(B)", 0.0)
        report(f"epoch {trainer.epoch + 1} of {trainer.epochs}: mAP50 {score:.3f}, {trainer.epoch_time:.0f} s")


def main() -> None:
    """`python -m vision.detector_training`: the same as `holdfast vision train`."""
    parser = argparse.ArgumentParser(description="Teach the detector of units from drawn frames.")
    parser.add_argument("--frames", type=int, default=600, help="how many frames to draw (600)")
    parser.add_argument("--epochs", type=int, default=24, help="how often to go through them (24)")
    parser.add_argument("--seed", type=int, default=0, help="decides battles, frames and first weights (0)")
    parser.add_argument("--out", type=Path, default=SHIPPED.parent, help="where units.onnx and units.json go")
    parser.add_argument("--start", type=Path, help="a units.pt to go on from instead of beginning anew")
    chosen = parser.parse_args()
    try:
        train(chosen.frames, chosen.epochs, chosen.seed, chosen.out, start=chosen.start)
    except ValueError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
