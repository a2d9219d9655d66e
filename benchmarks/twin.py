"""How well the twin follows battles that differ from the simulator: python benchmarks/twin.py [--battles 20] [NAME...].

The battles of the shipped stages are played by their stored plans in worlds of a variation. The twin sees what the
screen is sure of (counter, life, DP, cards, the bot's own operators and skills), a few frames a second, and no enemy.
Printed is the share of frames in step and of those in which it was lost, how far from the real enemies those of the
twin are, and what a frame costs.
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import NamedTuple

import msgspec
import numpy as np

from game.actions import SKILL
from game.characters.catalogue import load_catalogue
from game.levels.stage import load_stage, shipped_stages
from game.simulator.battle import Battle
from game.simulator.records import TICKS
from game.view import BattleView, EnemySeen
from learning.plan_policy import PlanPolicy
from planning import twin
from planning.assignment import assign_operators
from planning.solutions import solution
from planning.variation import VARIATIONS, varied

CATALOGUE = load_catalogue()
FRAME = TICKS // 4
"""Ticks from one frame to the next."""
DECISION = 4
"""Frames from one decision to the next."""


class Followed(NamedTuple):
    """One battle: a figure for each frame."""

    in_step: list[bool]
    lost: list[bool]
    off: list[float]
    """Mean distance in tiles from the real enemies to the nearest of the twin's, at most 3; frames without enemies are
    left out."""
    missing: list[int]
    """By how many the twin has more or fewer enemies on the field."""
    seconds: float
    """Of the processor, for all frames."""


def follow(name: str, variation: str, seed: int, frame: int = FRAME) -> Followed:
    """Play one battle by its plan, and have a twin follow it."""
    plan, stage = solution(name), load_stage(name, CATALOGUE)
    squad = assign_operators(plan, CATALOGUE)
    battle = Battle(stage, squad.operators, seed)
    battle.world = varied(battle.world, stage, VARIATIONS[variation], seed)
    policy = PlanPolicy(plan, stage, squad, lambda: battle.seconds)
    follower = twin.Twin(stage, squad.operators, seed)
    found = Followed([], [], [], [], 0.0)
    spent, frames, skills = 0.0, 0, list[int]()
    while battle.outcome is None:
        view = battle.view()
        began = time.process_time()
        fit = follower.see(battle.seconds, sure(view), skills)
        inferred = follower.view().enemies
        spent += time.process_time() - began
        note(found, fit, battle, inferred)
        skills = []
        if frames % DECISION == 0:
            action = policy.decide(view).action
            if battle.act(action) and action.kind == SKILL:
                skills = [action.slot]
        battle.step(frame)
        frames += 1
    return found._replace(seconds=spent)


def sure(view: BattleView) -> BattleView:
    """What the screen is sure of: no enemies."""
    return msgspec.structs.replace(view, enemies=())


def note(found: Followed, fit: twin.Fit, battle: Battle, inferred: tuple[EnemySeen, ...]) -> None:
    """Add the figures of a frame."""
    found.in_step.append(fit.in_step)
    found.lost.append(fit.lost)
    real = battle.enemies_on_field()
    found.missing.append(abs(len(real) - len(inferred)))
    if real:
        places = np.array([(one.row, one.col) for one in inferred]).reshape(-1, 2)
        off = [min(np.hypot(*(places - (one.row, one.col)).T), default=3.0) for one in real]
        found.off.append(float(np.mean(np.minimum(off, 3.0))))


def main() -> None:
    """Measure and print, stage by stage."""
    parser = argparse.ArgumentParser(description="How well the twin follows battles that differ from the simulator.")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--battles", type=int, default=20)
    parser.add_argument("--variation", choices=VARIATIONS, default="far")
    options = parser.parse_args()
    sys.stdout.write("stage            in step   lost   off (tiles): mean   95 %   enemies missing   ms a frame\n")
    for name in options.names or shipped_stages():
        battles = [follow(name, options.variation, seed) for seed in range(options.battles)]
        in_step, lost, off, missing = (np.concatenate([one[n] for one in battles]) for n in range(4))
        spent = sum(one.seconds for one in battles) / len(in_step)
        sys.stdout.write(
            f"{name:<17}{in_step.mean():7.1%}{lost.mean():7.1%}{off.mean():20.2f}{np.percentile(off, 95):7.2f}"
            f"{missing.mean():18.2f}{1000 * spent:13.2f}\n"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main()
