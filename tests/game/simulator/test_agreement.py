"""The rules give the same battle every time, compiled and plain, alone and in a batch."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
from levels import CATALOGUE

from game.actions import DEPLOY, LEFT
from game.characters.builds import squad_of
from game.levels.stage import load_stage
from game.simulator.actions import act
from game.simulator.tables import new_battles, world_of
from game.simulator.tick import run, run_all

SCRIPT = """
import hashlib
from game.actions import DEPLOY, SKILL, Action
from game.simulator.battle import Battle
from game.levels.stage import load_stage
from game.characters.builds import default_squad
from game.characters.catalogue import load_catalogue
catalogue = load_catalogue()
stage, squad = load_stage("ridge_line", catalogue), default_squad(catalogue)
battle, digest = Battle(stage, squad, 5), hashlib.sha256()
for second in range(50):
    for slot, tile in ((0, 38), (6, 25), (3, 36), (10, 44), (9, 43), (11, 26)):
        battle.act(Action(DEPLOY, slot, tile, second % 4))
        battle.act(Action(SKILL, slot))
    battle.step(30)
    for array in battle.records:
        digest.update(array.tobytes())
print(digest.hexdigest(), battle.ticks, battle.view().kills)
"""


def test_compiled_and_plain_code_agree_to_the_last_bit():
    """NUMBA_DISABLE_JIT=1 is for debugging the very battle that was played."""
    said = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "NUMBA_DISABLE_JIT": plain},
            check=True,
            capture_output=True,
        ).stdout
        for plain in ("0", "1")
    ]
    assert said[0] == said[1]
    assert int(said[0].split()[2]) > 3, "something happened in it"


def test_battles_in_a_batch_are_the_battles_alone():
    """Stepping many together changes nothing in any of them."""
    stage, squad = load_stage("first_watch", CATALOGUE), squad_of(["Fang", "Kroos"], CATALOGUE)
    world = world_of(stage, squad)
    tiles = np.flatnonzero(world.stands[0]).tolist()
    together = new_battles(world, stage, [3, 4, 5])
    for b in range(3):
        assert act(world, together, b, DEPLOY, 0, tiles[b], LEFT)
    run_all(world, together, 900)
    for b in range(3):
        alone = new_battles(world, stage, [3 + b])
        assert act(world, alone, 0, DEPLOY, 0, tiles[b], LEFT)
        run(world, alone, 0, 900)
        for one, many in zip(alone, together, strict=True):
            assert (one[0] == many[b]).all()
