"""How well vision finds units in battles: recall, precision, tile errors.

python benchmarks/eyes.py [--frames N] [--weights FILE]

The greedy script plays the shipped stages; every 1.5 s of play a frame is drawn, looked at, and compared with the truth
of the battle. An enemy counts as found when one of its kind is seen within a tile of it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

import numpy as np

from game.camera import Camera
from game.characters.builds import default_squad
from game.characters.catalogue import load_catalogue
from game.levels.stage import Stage, load_stage, shipped_stages
from game.practice.draw import Painter
from game.practice.scene import BattleScene
from game.simulator.battle import Battle
from game.view import BattleView, EnemySeen
from learning.policy import Greedy
from vision.detector import SHIPPED, Detector, Image
from vision.localisation import localise

CATALOGUE = load_catalogue()

SIZE = (1280, 720)
BETWEEN = 45
"""Ticks between two frames."""
NEAR = 1.0
"""Tiles within which a detection counts as an enemy found."""


def matched(seen: Sequence[EnemySeen], true: Sequence[EnemySeen]) -> list[tuple[float, int, int]]:
    """Pairs of one kind with their distance in tiles, nearest first; each unit is in one pair at most."""
    pairs = sorted(
        (float(np.hypot(one.row - other.row, one.col - other.col)), i, j)
        for i, one in enumerate(seen)
        for j, other in enumerate(true)
        if one.kind == other.kind
    )
    left: set[int] = set()
    right: set[int] = set()
    found = []
    for distance, i, j in pairs:
        if distance <= NEAR and i not in left and j not in right:
            left.add(i)
            right.add(j)
            found.append((distance, i, j))
    return found


class FrameCount(NamedTuple):
    """What one frame adds to the figures."""

    enemies: int
    seen: int
    off: list[float]
    wounds: list[float]
    operators: int
    found: int
    ready: int
    ready_found: int
    seconds: float


def count(image: Image, truth: BattleView, detector: Detector, camera: Camera, stage: Stage) -> FrameCount:
    """Look at one frame and compare with the truth."""
    started = time.perf_counter()
    detections = detector.detect(image)
    seconds = time.perf_counter() - started
    operators, enemies = localise(detections, image, camera, stage)
    pairs = matched(enemies, truth.enemies)
    marks = {(one.row, one.col): one.skill_ready for one in operators}
    there = [(one.row, one.col) for one in truth.operators]
    ready = [(one.row, one.col) for one in truth.operators if one.skill_ready]
    return FrameCount(
        enemies=len(truth.enemies),
        seen=len(enemies),
        off=[distance for distance, _, _ in pairs],
        wounds=[abs(enemies[i].health - truth.enemies[j].health) for _, i, j in pairs],
        operators=len(there),
        found=sum(tile in marks for tile in there),
        ready=len(ready),
        ready_found=sum(marks.get(tile, False) for tile in ready),
        seconds=seconds,
    )


def look(frames: int, weights: Path) -> Iterator[FrameCount]:
    """`frames` frames of battles on all shipped stages in turn, each compared with the truth."""
    detector = Detector(weights)
    squad = default_squad(CATALOGUE)
    painter = Painter(SIZE, squad)
    drawn = 0
    for seed, name in enumerate(cycle(shipped_stages())):
        stage = load_stage(name, CATALOGUE)
        camera = Camera(stage.height, stage.width, stage.view, SIZE)
        battle, policy = Battle(stage, squad, seed), Greedy(stage, squad)
        while battle.outcome is None:
            battle.act(policy.decide(battle.view()).action)
            battle.step(BETWEEN)
            painter.battle(BattleScene(battle, battle.view().cards), camera)
            yield count(painter.frame(), battle.view(), detector, camera, stage)
            drawn += 1
            if drawn == frames:
                return


def figures(counts: Sequence[FrameCount]) -> dict[str, float]:
    """The figures of all frames together."""
    off = np.concatenate([one.off for one in counts])
    wounds = np.concatenate([one.wounds for one in counts])
    spent = np.array([one.seconds for one in counts]) * 1000
    enemies, operators = sum(one.enemies for one in counts), sum(one.operators for one in counts)
    ready = sum(one.ready for one in counts)
    return {
        "frames": len(counts),
        "enemies": enemies,
        "enemy recall": len(off) / enemies,
        "enemy precision": len(off) / sum(one.seen for one in counts),
        "tile error p50": float(np.percentile(off, 50)),
        "tile error p95": float(np.percentile(off, 95)),
        "health error p50": float(np.percentile(wounds, 50)),
        "health error p95": float(np.percentile(wounds, 95)),
        "operators": operators,
        "operator recall": sum(one.found for one in counts) / operators,
        "ready skills": ready,
        "ready recall": sum(one.ready_found for one in counts) / max(1, ready),
        "detector ms p50": float(np.percentile(spent, 50)),
        "detector ms p99": float(np.percentile(spent, 99)),
    }


def main() -> None:
    """Print the figures, one a line."""
    parser = argparse.ArgumentParser(description="How well the shipped weights find units.")
    parser.add_argument("--frames", type=int, default=200, help="how many frames to look at (200)")
    parser.add_argument("--weights", type=Path, default=SHIPPED, help="the detector's weights (the shipped ones)")
    chosen = parser.parse_args()
    for name, value in figures(list(look(chosen.frames, chosen.weights))).items():
        print(f"{name:18}{value:10.3f}" if isinstance(value, float) else f"{name:18}{value:6}")


if __name__ == "__main__":
    main()
