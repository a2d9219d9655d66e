"""Whether the bot wins in looks that its eyes were never taught.

python benchmarks/foreign_look.py [--battles 4] [--skin FOLDER] [--weights W.onnx] [STAGE...]

The stages are played by their stored plans through the whole loop: pages, cards that are asked about, gestures, and the
twin for what is not seen. Each look is a cold start without a detector, with the eyes for a real client. Beside them
plays a bot of perfect sight: the same loop in the practice game's own look, to which each view of a battle is told as
it is. With weights a detector looks too, and what it misses is inferred. The battles are those of a variation
(planning.variation), the same ones for all. Everything is in the game's time, and the same seed gives the same results.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import skins

from bot import log
from bot.clients.practice import PracticeScreen
from bot.config import parse
from bot.daemon import Daemon
from bot.parts import Parts, build
from game.levels.stage import shipped_stages
from game.practice.app import PracticeGame
from planning.assignment import assign_operators
from planning.solutions import solution
from planning.variation import VARIATIONS, Variation, varied
from states.events import BattleSeen, Event, ResultSeen
from vision.capture import Frame
from vision.watcher import Watcher

NO_BROKER = {"host": "127.0.0.1", "port": 1}
PERFECT = "perfect sight"


class Played(NamedTuple):
    """The battles of one look, a variation and a stage."""

    won: list[bool]
    stars: list[int]
    in_step: list[bool]
    """For each frame of a battle, whether the twin was in step."""
    game_seconds: float


class VariedScreen:
    """A practice game whose battles are those of a variation; the first one has `seed`, the next one the next."""

    def __init__(self, screen: PracticeScreen, game: PracticeGame, variation: Variation, seed: int) -> None:
        self._screen, self._game = screen, game
        self._variation, self._seed = variation, seed
        self._battle: Any = None

    def grab(self) -> Frame:
        """The next frame. A battle becomes another one in the frame in which it begins."""
        frame = self._screen.grab()
        battle = self._game.battle
        if battle is not None and battle is not self._battle:
            battle.world = varied(battle.world, battle.stage, self._variation, self._seed)
            self._seed += 1
        self._battle = battle
        return frame

    def hold(self, held: bool) -> None:
        """Let the game's clock stand still, or go on."""
        self._screen.hold(held)


class PerfectSight:
    """A watcher that is told each battle as it is."""

    sees_enemies = True

    def __init__(self, watcher: Watcher, game: PracticeGame) -> None:
        self._watcher, self._game = watcher, game

    def look(self, frame: Frame) -> list[Event]:
        """The watcher's events, with true views of the battle."""
        return [self._true(event) for event in self._watcher.look(frame)]

    def _true(self, event: Event) -> Event:
        if not isinstance(event, BattleSeen) or self._game.battle is None:
            return event
        seen, true = event.view, self._game.battle.view()
        view = msgspec.structs.replace(true, paused=seen.paused, speed=seen.speed, deploying=seen.deploying)
        return msgspec.structs.replace(event, view=view)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._watcher, name)


def play(
    stage: str, look: str, variation: str, battles: int, seed: int, policy: str = "plan", weights: Path | None = None
) -> Played:
    """Play battles of a stage from a cold start; `look` is a skin's folder, or PERFECT. A detector sees with `weights`,
    if any.
    """
    with tempfile.TemporaryDirectory() as folder:
        tables: dict[str, Any] = {
            "play": {"stage": stage, "policy": policy, "planning_seconds": 0},
            "practice": {"seed": seed},
            "mqtt": NO_BROKER,
        }
        if look != PERFECT:
            tables |= {"practice": {"seed": seed, "skin": look}, "screen": {"profile": "arknights-en"}}
            tables |= {"vision": {"weights": str(weights.absolute())}} if weights else {}
        config = parse(tables, folder=Path(folder))
        log.set_up(config.directory / log.FILE, "warning", None)
        try:
            return asyncio.run(_played(config, stage, look, VARIATIONS[variation], battles, seed))
        finally:
            log.close()


async def _played(config: Any, stage: str, look: str, variation: Variation, battles: int, seed: int) -> Played:
    """The battles of a variation."""
    plan = solution(stage)
    squad = assign_operators(plan, skins.CATALOGUE).operators
    parts = build(config, squad, plan, battles=battles, fresh=True, tell=lambda _: None)
    parts.learner.set_learning(on=False)
    return await heard(config, in_varied_battles(parts, variation, seed, perfect=look == PERFECT), battles)


async def heard(config: Any, parts: Parts, battles: int) -> Played:
    """Run a daemon until its battles are over, and say how they went."""
    found: list[ResultSeen] = []
    steps: list[bool] = []

    def hear(event: Event) -> None:
        if isinstance(event, ResultSeen):
            found.append(event)
        elif isinstance(event, BattleSeen):
            twin = daemon.describe()["twin"]
            steps.append(bool(twin and twin["in_step"]))

    daemon = Daemon(config, parts, hear=hear)
    await daemon.run()
    won = [one.outcome == "won" for one in found][:battles]
    return Played(won, [one.stars for one in found][:battles], steps, parts.client.clock())


def in_varied_battles(parts: Parts, variation: Variation, seed: int, *, perfect: bool = False) -> Parts:
    """The parts with varied battles, and perfect sight where it is asked for."""
    screen = parts.client.screen
    assert isinstance(screen, PracticeScreen)
    game = screen._game
    client = dataclasses.replace(parts.client, screen=VariedScreen(screen, game, variation, seed))
    watcher: Any = PerfectSight(parts.watcher, game) if perfect else parts.watcher
    return dataclasses.replace(parts, client=client, watcher=watcher)


def looks(folder: Path, own: Iterable[Path]) -> dict[str, str]:
    """The looks that are compared, by name: perfect sight, our two skins, and those of the caller."""
    made = {look.name: str(skins.make(look, folder)) for look in skins.LOOKS}
    return {PERFECT: PERFECT, **made, **{path.name: str(path.absolute()) for path in own}}


def main() -> None:
    """Measure and print, a line for each look and variation."""
    parser = argparse.ArgumentParser(description="Whether the bot wins in looks that its eyes were never taught.")
    parser.add_argument("stages", nargs="*", metavar="STAGE")
    parser.add_argument("--battles", type=int, default=4, help="of each stage, look and variation")
    parser.add_argument("--seed", type=int, default=100)
    parser.add_argument("--skin", type=Path, action="append", default=[], metavar="FOLDER", help="another look to try")
    parser.add_argument(
        "--weights", type=Path, metavar="W.onnx", help="a detector that was taught a look (taught_eyes.py)"
    )
    parser.add_argument("--policy", choices=("plan", "dqn"), default="plan")
    options = parser.parse_args()
    print("variation  look              battles    won    stars  twin in step  hours of game  minutes of the wall")
    with tempfile.TemporaryDirectory() as folder:
        every = looks(Path(folder), options.skin)
        for variation in ("near", "far"):
            for name, look in every.items():
                began = time.monotonic()
                played = [
                    play(stage, look, variation, options.battles, options.seed, options.policy, options.weights)
                    for stage in options.stages or shipped_stages()
                ]
                won, stars, steps = (np.concatenate([one[n] for one in played]) for n in range(3))
                hours, minutes = sum(one.game_seconds for one in played) / 3600, (time.monotonic() - began) / 60
                sys.stdout.write(
                    f"{variation:<11}{name:<18}{len(won):7}{won.mean():7.1%}{stars.mean():9.2f}{steps.mean():14.1%}"
                    f"{hours:15.2f}{minutes:21.1f}\n"
                )
                for stage, one in zip(options.stages or shipped_stages(), played, strict=True):
                    print(f"    {stage}: won {sum(one.won)} of {len(one.won)}, in step {np.mean(one.in_step):.1%}")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
