"""How well eyes can be taught by a player's own frames, in a look that they were never taught.

python benchmarks/taught_eyes.py [--look paper] [--battles 2] [--epochs 40] [--keep FOLDER] [STAGE...]

Battles are played in a skin as `holdfast vision collect` does: off-screen, without a detector, by the stored plans.
Their frames label themselves, and the labels are compared with where the practice game has drawn each enemy. Then the
weights that ship are taught by them, and old and new ones are compared on the battles that were kept apart.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import tempfile
from pathlib import Path
from typing import Any

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

STAGES = ("two_roads", "the_ledge")
TRUTH = "truth.json"


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


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How well eyes can be taught by a player's own frames.")
    parser.add_argument("stages", nargs="*", metavar="STAGE")
    parser.add_argument("--look", choices=[look.name for look in skins.LOOKS], default="paper")
    parser.add_argument("--battles", type=int, default=2, help="of each stage")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where frames, labels and weights stay")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        look = next(one for one in skins.LOOKS if one.name == options.look)
        skin = skins.make(look, folder / "skins")
        for number, stage in enumerate(options.stages or STAGES):
            play(stage, skin, options.battles, options.seed + number, folder / stage)


if __name__ == "__main__":
    main()
