"""Trains the detector: draws labelled frames of the practice game, trains a small YOLO on them, exports it to ONNX.

No weights are downloaded: the network starts from its description in `weights/units.yaml`. It is trained on staged
fields, with units placed at random; `benchmarks/eyes.py` measures how well it does in battles that are played.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import msgspec
import numpy as np

from game.camera import Camera
from game.characters.builds import default_squad
from game.characters.catalogue import load_catalogue
from game.characters.models import Operator
from game.errors import InputError
from game.levels.stage import Stage, load_stage, shipped_stages
from game.practice.draw import Painter
from game.practice.scene import BattleScene
from game.simulator.battle import Battle, EnemyOnField, OperatorOnField
from game.view import BattleView, EnemySeen, OperatorSeen
from vision.dataset import KEPT_APART, TRAIN, Label, add_picture, classes, describe, read_dataset
from vision.detector import SHIPPED, Image, sha256
from vision.fitting import Tell, fit

IMAGE_SIZE = (512, 288)
"""Width and height of the network's input: 16:9, both multiples of its stride, units 16 pixels and more."""
DRAWN_SIZE = (1280, 720)
PAUSED, READY, BLOCKED = 0.08, 0.5, 0.25
"""Share of the frames dimmed by a pause, of operators with a skill ready, of enemies blocked by one."""
LATEST = 1500
"""Ticks of a battle within which a frame is drawn, so that clock, DP and cards differ."""
TOP_BAR: Label = ("", 449, 6, 371, 46)
"""Where kills and life stand: enemies that fly behind it cannot be seen."""
HIDDEN = 0.8
"""Share of a box from which a unit is hidden by another."""
VALIDATION_EVERY = 6
"""One frame in so many is kept for validation."""
LEAST_FRAMES = 2 * VALIDATION_EVERY


class DrawnFrame(NamedTuple):
    """One drawn frame and the boxes of the units in it."""

    image: Image
    labels: list[Label]


class Staged(Battle):
    """A battle with a field that is staged, not played: many units of all kinds, with any health and readiness.

    Battles that are played show few kinds at a time and most units at the same places.
    """

    def __init__(self, stage: Stage, squad: Sequence[Operator], random: np.random.Generator) -> None:
        super().__init__(stage, squad, seed=int(random.integers(1 << 31)))
        self._operators = staged_operators(stage, len(squad), random)
        self._enemies = staged_enemies(stage, self._operators, random)

    def operators_on_field(self) -> tuple[OperatorOnField, ...]:
        """The staged operators."""
        return self._operators

    def enemies_on_field(self) -> tuple[EnemyOnField, ...]:
        """The staged enemies."""
        return self._enemies

    def view(self) -> BattleView:
        """The figures and cards of a fresh battle, with the staged units."""
        return msgspec.structs.replace(
            super().view(),
            operators=tuple(
                OperatorSeen(one.slot, one.row, one.col, one.direction, one.health, one.skill_ready)
                for one in self._operators
            ),
            enemies=tuple(EnemySeen(one.kind, one.row, one.col, one.health) for one in self._enemies),
        )


def labelled_frames(count: int, seed: int) -> Iterator[DrawnFrame]:
    """`count` frames on all shipped stages in turn, each with another field; the same seed draws the same."""
    random = np.random.default_rng(seed)
    catalogue = load_catalogue()
    squad = default_squad(catalogue)
    stages = [load_stage(name, catalogue) for name in shipped_stages()]
    painter = Painter(DRAWN_SIZE, squad)
    for number in range(count):
        stage = stages[number % len(stages)]
        battle = Staged(stage, squad, random)
        battle.step(int(random.integers(LATEST)))
        painter.battle(staged_scene(battle, random), Camera(stage.height, stage.width, stage.view, DRAWN_SIZE))
        yield DrawnFrame(painter.frame(), visible(painter.labels))


def staged_operators(stage: Stage, slots: int, random: np.random.Generator) -> tuple[OperatorOnField, ...]:
    """Four to nine operators of the squad on tiles on which operators can stand."""
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
    """10 to 27 enemies of all kinds all over the map, some of them blocked by an operator."""
    known = list(stage.kinds.values())
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


def staged_scene(battle: Battle, random: np.random.Generator) -> BattleScene:
    """The battle as it stands, with what the interface may show around it; now and then dimmed by a pause.

    No card is held: the view would be tilted, and the watcher detects no units then.
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
    """The labels of visible units: those of which no unit drawn later, nor the top bar, covers `HIDDEN` or more."""
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


def write_drawn(found: Iterable[DrawnFrame], count: int, folder: Path, tell: Tell) -> Path:
    """Write frames and labels as a data set; returns the path of its description."""
    names = classes()
    for index, frame in enumerate(found):
        part = KEPT_APART if index % VALIDATION_EVERY == 0 else TRAIN
        small = np.asarray(cv2.resize(frame.image, IMAGE_SIZE, interpolation=cv2.INTER_AREA), np.uint8)
        across, down = IMAGE_SIZE[0] / frame.image.shape[1], IMAGE_SIZE[1] / frame.image.shape[0]
        labels = [(name, x * across, y * down, w * across, h * down) for name, x, y, w, h in frame.labels]
        add_picture(folder / "images" / part / f"{index:05}.png", small, labels, names)
        if (index + 1) % 50 == 0 or index + 1 == count:
            tell(f"drawn {index + 1} of {count} frames")
    return describe(folder, names)


def train(
    frames: int = 600,
    epochs: int = 24,
    seed: int = 0,
    out: Path = SHIPPED.parent,
    tell: Tell = print,
    start: Path | None = None,
) -> dict[str, Any]:
    """Draw, train, export; writes `units.onnx` and `units.json` into `out` and returns what the latter says.

    It goes on from the weights `start`, or begins anew. Raises InputError when there are too few frames or epochs.
    """
    if frames < LEAST_FRAMES or epochs < 1:
        raise InputError(
            f"{frames} frames and {epochs} epochs are too few: take at least {LEAST_FRAMES} frames and 1 epoch"
        )
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="holdfast-training-") as folder:
        write_drawn(labelled_frames(frames, seed), frames, Path(folder), tell)
        trained = fit(read_dataset(Path(folder)), start, epochs, seed, IMAGE_SIZE, Path(folder), tell)
        weights = out / SHIPPED.name
        shutil.move(trained.weights, weights)
    going_on = f" --start {start.name}" if start else ""
    facts = {
        "sha256": sha256(weights),
        "command": f"holdfast vision train --frames {frames} --epochs {epochs} --seed {seed}{going_on}",
        "classes": classes(),
        "image_size": IMAGE_SIZE,
        "mAP50": trained.map50,
        "mAP50_95": trained.map50_95,
    }
    weights.with_suffix(".json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    tell(f"wrote {weights}: mAP50 {trained.map50:.3f} on frames kept for validation")
    return facts
