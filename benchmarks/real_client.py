"""Whether the bot wins through a real window and over the real adb: python benchmarks/real_client.py WAY [STAGE...]

WAY is `window` (the practice game in a window of a virtual screen, seen and clicked as a desktop program) or `adb` (the
practice game as an Android device, by screenshots and touches). The game is a process of its own, runs in real time and
looks as no eyes were taught (a skin of benchmarks/skins.py). Each stage is a cold start, without a detector and without
portraits, and is played by its stored plan. `benchmarks/foreign_look.py` has the same in the game's own time, beside
perfect sight. Needs a core of its own: a machine that is too slow loses gestures. Xvfb and adb: make system.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import skins
from brokers import free_port
from foreign_look import NO_BROKER, Played, heard
from soak import window

from bot import log
from bot.config import parse
from bot.parts import build
from game.levels.stage import shipped_stages
from planning.assignment import assign_operators
from planning.solutions import solution

Screen = dict[str, Any]
"""The table [screen] of a configuration."""


@contextlib.contextmanager
def through_window(stage: str, *options: str) -> Iterator[Screen]:
    """The practice game in a window."""
    with window(stage, *options):
        yield {"kind": "window", "title": "holdfast practice"}


@contextlib.contextmanager
def over_adb(stage: str, *options: str) -> Iterator[Screen]:
    """The practice game as a device of an adb server of its own."""
    program = shutil.which("adb")
    if program is None:
        sys.exit("adb is not installed; run: make system")
    own, device = free_port(), free_port()
    os.environ |= {"ANDROID_ADB_SERVER_PORT": str(own), "ADB_LOCAL_TRANSPORT_MAX_PORT": "5554"}
    command = [sys.executable, "-m", "bot", "practice", "--adb", str(device), "--say", "--stage", stage]
    with (
        tempfile.TemporaryDirectory() as home,
        subprocess.Popen(
            [program, "nodaemon", "server"],
            env={**os.environ, "HOME": home},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as adb,
        subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as game,
    ):
        assert game.stdout is not None
        game.stdout.readline()
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", own), 1):
                break
            time.sleep(0.05)
        try:
            yield {"kind": "adb", "serial": f"127.0.0.1:{device}"}
        finally:
            game.terminate()
            adb.terminate()


WAYS: dict[str, Callable[..., contextlib.AbstractContextManager[Screen]]] = {
    "window": through_window, "adb": over_adb,
}  # fmt: skip


def play(way: str, stage: str, skin: Path, battles: int) -> Played:
    """Play battles of a stage from a cold start, with the operators of its plan."""
    plan = solution(stage)
    squad = assign_operators(plan, skins.CATALOGUE).operators
    names = [one.name for one in squad]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "game.toml"
        file.write_text(f"[play]\nsquad = {json.dumps(names)}\n", encoding="utf-8")
        with WAYS[way](stage, "--config", str(file), "--skin", str(skin)) as screen:
            tables = {
                "play": {"stage": stage, "policy": "plan", "planning_seconds": 0, "squad": names},
                "screen": screen | {"profile": "arknights-en"},
                "mqtt": NO_BROKER,
            }
            config = parse(tables, folder=Path(folder))
            log.set_up(config.directory / log.FILE, "warning", None)
            try:
                parts = build(config, squad, plan, battles=battles, fresh=True, tell=lambda _: None)
                parts.learner.set_learning(on=False)
                return asyncio.run(heard(config, parts, battles))
            finally:
                log.close()


def main() -> None:
    """Measure and print, a line for each stage."""
    parser = argparse.ArgumentParser(description="Whether the bot wins through a real window and over adb.")
    parser.add_argument("way", choices=list(WAYS))
    parser.add_argument("stages", nargs="*", metavar="STAGE")
    parser.add_argument("--battles", type=int, default=1, help="of each stage")
    parser.add_argument("--skin", choices=[look.name for look in skins.LOOKS], default=skins.PAPER.name)
    options = parser.parse_args()
    won: list[bool] = []
    steps: list[bool] = []
    with tempfile.TemporaryDirectory() as folder:
        skin = skins.make(next(look for look in skins.LOOKS if look.name == options.skin), Path(folder))
        for stage in options.stages or shipped_stages():
            began = time.monotonic()
            one = play(options.way, stage, skin, options.battles)
            won += one.won
            steps += one.in_step
            print(
                f"{options.way:<8}{options.skin:<8}{stage:<18}won {sum(one.won)} of {len(one.won)}, stars {one.stars}, "
                f"in step {np.mean(one.in_step):.1%}, {(time.monotonic() - began) / 60:.1f} minutes",
                flush=True,
            )
    print(f"{options.way:<8}{options.skin:<8}all: won {sum(won)} of {len(won)}, in step {np.mean(steps):.1%}")


if __name__ == "__main__":
    main()
