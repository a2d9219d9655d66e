"""One hash over many battles: it stays the same exactly as long as the rules do.

python benchmarks/battle_hash.py [--random N]

It plays the stored plan of every shipped stage in three battles, N random battles (200; see properties.py), and the
real plans of plans.py on their stages at every build, and hashes everything that can be seen of each battle along the
way, to the last bit. How the rules keep a battle in memory does not matter. `NUMBA_DISABLE_JIT=1` must print the
same.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Iterator

import numpy as np
import plans
import properties

from game.actions import unflatten
from game.characters.catalogue import load_catalogue
from game.characters.models import Build
from game.levels.stage import Stage, load_stage, shipped_stages
from game.simulator.battle import Battle
from game.simulator.records import TICKS
from planning.assignment import assign_operators
from planning.jobs import read_plan
from planning.plans import Plan
from planning.playing import LONGEST, PlanPlayer
from planning.solutions import solution

CATALOGUE = load_catalogue()

SEEDS = (0, 1, 2)


def looks(battle: Battle) -> bytes:
    """Everything that can be seen of a battle now."""
    seen = (
        battle.view(), battle.ticks, battle.outcome, battle.stars, battle.leaks, battle.operators_on_field(),
        battle.enemies_on_field(), battle.card_cooldowns(), battle.gone(),
    )  # fmt: skip
    return repr(seen).encode()


def planned(plan: Plan, stage: Stage, build: Build, seed: int) -> str:
    """The hash of a plan's battle, looked at every second."""
    squad = assign_operators(plan, CATALOGUE, build)
    player = PlanPlayer(plan, Battle(stage, squad.operators, seed), squad)
    battle, digest = player.battle, hashlib.sha256()
    while battle.outcome is None and battle.seconds < LONGEST:
        player.look()
        battle.step(1)
        if battle.ticks % TICKS == 0 or battle.outcome:
            digest.update(looks(battle))
    return digest.hexdigest()


def random(recipe: properties.Recipe) -> str:
    """The hash of a random battle, looked at before and after every decision. Some decisions are illegal."""
    battle, chance = properties.made(recipe)
    slots, tiles = len(battle.squad), battle.stage.height * battle.stage.width
    digest = hashlib.sha256(looks(battle))
    for _ in range(recipe.decisions):
        legal = battle.legal_actions()
        choices = np.flatnonzero(legal) if chance.random() < 0.9 else np.arange(len(legal))
        battle.act(unflatten(int(chance.choice(choices)), slots, tiles))
        digest.update(legal.tobytes() + looks(battle))
        battle.step(int(chance.integers(1, 60)))
        digest.update(looks(battle))
    battle.step(properties.LONGEST * TICKS - battle.ticks)
    digest.update(looks(battle))
    return digest.hexdigest()


def hashes(battles: int) -> Iterator[tuple[str, str]]:
    """Every battle's name and hash."""
    for name in shipped_stages():
        stage, plan = load_stage(name, CATALOGUE), solution(name)
        for seed in SEEDS:
            yield f"{name}, seed {seed}", planned(plan, stage, Build(), seed)
    for seed in range(battles):
        yield f"random battle {seed}", random(properties.Recipe(seed))
    if not plans.REFERENCE.is_dir():
        print(f"without the real plans: {plans.REFERENCE} does not exist", file=sys.stderr)
        return
    for level, file in plans.given(plans.REFERENCE):
        stage, plan = load_stage(level, CATALOGUE), read_plan(file)
        for build in plans.BUILDS:
            yield f"{file.name} at {plans.name(build)}", planned(plan, stage, build, 0)


def main() -> None:
    """Print the hash."""
    parser = argparse.ArgumentParser(description="One hash over many battles.")
    parser.add_argument("--random", type=int, default=200, metavar="N", help="random battles (200)")
    parser.add_argument("--each", action="store_true", help="print the hash of every battle as well")
    chosen = parser.parse_args()
    whole, count = hashlib.sha256(), 0
    for name, digest in hashes(chosen.random):
        count += 1
        whole.update(digest.encode())
        if chosen.each:
            print(f"{digest[:16]}  {name}")
    print(f"{whole.hexdigest()}  {count} battles")


if __name__ == "__main__":
    main()
