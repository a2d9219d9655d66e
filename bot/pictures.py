"""A picture of the bot playing: a real frame, annotated with detections, the decision and the state."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

import cv2

from bot import log
from bot.commands.output import print_progress
from bot.config import Config, ConfigError, DataOptions, ScheduleOptions, ScreenOptions
from bot.daemon import Daemon
from bot.mqtt.connection import selector_loop
from bot.parts import Parts, build
from bot.sources import open_stage, play_stage, sources
from bot.squads import configured_squad
from game.actions import Action
from game.view import BattleView
from states.events import BattleSeen, Decided, Event
from vision.overlay import draw_overlay


class Photographer:
    """Keeps the picture of the moment of a battle with the most units in sight."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._decision: tuple[Action, float] | None = None
        self._best = -1
        self.picture: cv2.typing.MatLike | None = None

    def hear(self, event: Event) -> None:
        """Note a decision; take a picture of a battle that shows more units than any before."""
        if isinstance(event, Decided):
            self._decision = Action(*event.action), event.q
        if isinstance(event, BattleSeen) and not event.view.deploying and units_in_sight(event.view) > self._best:
            self._best = units_in_sight(event.view)
            self._take(event.view)

    def _take(self, view: BattleView) -> None:
        """Annotate a new frame of the held game. It is the one the watcher saw: in lock-step the game waits for us."""
        parts = self._parts
        parts.client.screen.hold(True)
        image = parts.client.screen.grab().image
        names = [operator.name for operator in parts.squad]
        found, state = parts.watcher.detections, parts.machine.state
        self.picture = draw_overlay(
            image, view, found, state, decision=self._decision, camera=parts.geometry.camera, squad=names
        )


def units_in_sight(view: BattleView) -> int:
    """How much there is to see: operators count twice, and at most five of each kind count."""
    return min(len(view.enemies), 5) + 2 * min(len(view.operators), 5)


def _practising(config: Config, folder: str) -> Config:
    """The configuration for a battle of the practice game that leaves its traces in this folder."""
    screen = config.screen if config.screen.kind == "practice" else ScreenOptions()
    return config.model_copy(
        update={
            "screen": screen,
            "schedule": ScheduleOptions(),
            "mqtt": config.mqtt.model_copy(update={"host": ""}),
            "data": DataOptions(directory=folder),
        }
    )


def write_picture(config: Config, out: Path) -> Path:
    """Play one battle of the practice game with what was learned so far, and write its best moment as PNG.

    It is the practice game whatever [screen] says, at any hour, and no broker but an own one hears of it. What was
    learned is copied, not touched. Raises ConfigError when the picture cannot be written.
    """
    log.set_up(None, "warning", sys.stderr)
    with tempfile.TemporaryDirectory(prefix="holdfast-picture-") as folder:
        if (config.directory / "checkpoint").is_dir():
            shutil.copytree(config.directory / "checkpoint", Path(folder) / "checkpoint")
        known, changed = sources(config), _practising(config, folder)
        squad = configured_squad(config, open_stage(play_stage(config), known), known.catalogue)
        parts = build(changed, squad, known=known, battles=1, fresh=False, tell=print_progress)
        photographer = Photographer(parts)
        with asyncio.Runner(loop_factory=selector_loop()) as runner:
            runner.run(Daemon(changed, parts, hear=photographer.hear).run())
    if photographer.picture is None or not cv2.imwrite(str(out), photographer.picture):
        raise ConfigError(f"{out}: the picture could not be written; give a folder that exists and a name in .png")
    return out
