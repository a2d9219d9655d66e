"""Builds everything the loop consists of from the configuration. What is slow says so before it begins."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot import log
from bot.config import Config, ConfigError
from bot.hands import DesktopPointer, Geometry, Pointer, PracticePointer, Timing
from game.camera import Camera
from game.characters.builds import squad_of
from game.characters.catalogue import load_catalogue
from game.characters.models import Operator
from game.levels.stage import Stage, load_stage
from game.simulator.battle import Battle
from learning.learner import Learner
from states.machine import Machine, Setup
from vision.capture import DesktopScreen, Image, PracticeScreen, Screen
from vision.watcher import Watcher


@dataclass(frozen=True)
class Parts:
    """The parts of a running bot, not yet connected."""

    stage: Stage
    squad: tuple[Operator, ...]
    screen: Screen
    watcher: Watcher
    pointer: Pointer
    where: Geometry
    learner: Learner
    machine: Machine
    setup: Setup
    now: Callable[[], float]
    eyes_thread: Executor
    hands_thread: Executor
    in_step: bool
    """Whether the game waits for us: off-screen practice in lock-step."""


Tell = Callable[[str], None]


def build(config: Config, *, battles: int, fresh: bool, tell: Tell) -> Parts:
    """All parts, warmed up; `battles` as in the machine's setup, `tell` hears what takes long.

    Raises the errors of the parts: GameDataError, ProfileError, DetectorError.
    """
    catalogue = load_catalogue(config.tables)
    stage = load_stage(_stage_source(config), catalogue)
    squad = squad_of(config.play.squad, catalogue)
    tell("compiling the rules of the game (once; the result is kept)")
    warm_up(stage, squad)
    tell("loading the eyes: screens, numbers, units")
    size = (config.practice.width, config.practice.height) if _practice(config) else config.screen.region[2:]
    watcher, where = _eyes(config, stage, squad, (size[0], size[1]))
    tell("loading the mind: what was learned so far")
    learner = _learner(config, stage, squad, fresh=fresh)
    setup = _setup(config, stage, squad, battles)
    screen, pointer, now, threads = _world(config, stage, squad)
    return Parts(
        stage, squad, screen, watcher, pointer, where, learner, Machine(setup), setup, now, *threads, _practice(config)
    )


def warm_up(stage: Stage, squad: tuple[Operator, ...]) -> None:
    """Have the rules compiled before the first battle needs them."""
    battle = Battle(stage, squad, seed=0)
    battle.step(1)
    battle.view()


def _practice(config: Config) -> bool:
    return config.screen.kind == "practice"


def _stage_source(config: Config) -> str | Path:
    """A level file's path starts where bot.toml lies; a name is a name."""
    name = config.play.stage
    return Path(config.folder) / name if name.endswith(".json") else name


def _eyes(config: Config, stage: Stage, squad: tuple[Operator, ...], size: tuple[int, int]) -> tuple[Watcher, Geometry]:
    """The watcher and the geometry the hands share with it."""
    from vision.cutter import Cutter
    from vision.detector import Detector
    from vision.ocr import Reader
    from vision.profile import load_profile

    profile = load_profile(config.screen.profile, size)
    camera = Camera(stage.height, stage.width, stage.view, size)
    reader = Reader()
    cutter = Cutter(profile, reader, _portraits(config, squad))
    detector = Detector(Path(config.vision.weights))
    timing = Timing(config.hands.hold, config.hands.drag, config.hands.rest)
    return Watcher(profile, cutter, detector, reader, camera, stage), Geometry(profile, camera, stage, timing)


def _portraits(config: Config, squad: tuple[Operator, ...]) -> list[Image]:
    """The pictures by which the cards are told apart. Raises ConfigError when one is missing."""
    if not config.screen.portraits:
        from game.practice.art import portraits

        return list(portraits(squad))
    import cv2

    folder = Path(config.folder) / config.screen.portraits
    pictures = [cv2.imread(str(folder / f"{operator.name}.png")) for operator in squad]
    missing = [f"{operator.name}.png" for operator, picture in zip(squad, pictures, strict=True) if picture is None]
    if missing:
        raise ConfigError(f"screen.portraits: {folder} lacks {', '.join(missing)}: cut them out of a frame at 1280x720")
    return [np.asarray(picture, dtype=np.uint8) for picture in pictures]


def _learner(config: Config, stage: Stage, squad: tuple[Operator, ...], *, fresh: bool) -> Learner:
    """The learner, going on from its last checkpoint unless `fresh`."""
    settings = config.learning
    learner = Learner(stage, squad, settings, settings.seed, config.directory / "checkpoint", fresh=fresh)
    for note in learner.notes:
        log.logger().warning("checkpoint", note=note)
    return learner


def _setup(config: Config, stage: Stage, squad: tuple[Operator, ...], battles: int) -> Setup:
    return Setup(
        stage_code=stage.code,
        width=stage.width,
        squad_size=len(squad),
        battles=battles or None,
        speed=config.play.speed,
        decision_interval=config.play.decision_interval,
    )


def _world(
    config: Config, stage: Stage, squad: tuple[Operator, ...]
) -> tuple[Screen, Pointer, Callable[[], float], tuple[Executor, Executor]]:
    """What is looked at and touched, whose clock counts, and the threads the eyes and the hands work in."""
    if not _practice(config):
        left, top, _, _ = config.screen.region
        threads = (ThreadPoolExecutor(1, "eyes"), ThreadPoolExecutor(1, "pointer"))
        return DesktopScreen(config.screen.region), DesktopPointer((left, top)), _loop_time, threads
    from game.practice.app import PracticeGame
    from game.practice.faults import Faults

    options = config.practice
    size, faults = (options.width, options.height), Faults(options.faults, options.seed, options.fault_rate)
    game = PracticeGame([stage], squad, size=size, seed=options.seed, popups=options.popups, faults=faults)
    thread = ThreadPoolExecutor(1, "game")
    return PracticeScreen(game, options.frame_step), PracticePointer(game), lambda: game.time, (thread, thread)


def _loop_time() -> float:
    """The clock of the desktop's frames."""
    return time.monotonic()
