"""How a real battle may differ from the simulator's, in one place: the battles in which a plan has to hold.

A `Variation` says how far off the numbers may be and how well gestures work. `varied` and `gestures` draw one battle of
it from a seed; the same seed always draws the same one. docs/planning.md says where the figures come from:

- numbers: public tables are months old and rounded, and trust, potentials and modules are not always known;
- spawns: in the recorded battle of stage 0-5 enemies came within a few tenths of a second of ours;
- rules: the choices that game.simulator.options.unsettled lists: unverified, or measured only once;
- gestures: a tap or a drag with its confirmation takes 0.3 to 2 s on players' emulators, and some are lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from game.levels.stage import Stage
from game.simulator.plain import readable
from game.simulator.records import TICKS, Ints, World
from planning.player import Gestures, no_gestures

GESTURES = 512
"""Gestures that are drawn for a battle; a battle with more begins again with the first."""
ENEMY_NUMBERS = ("max_health", "attack", "defense", "resistance", "interval", "step")
OPERATOR_NUMBERS = ("max_health", "attack", "defense")
RULES: Mapping[str, tuple[int, int]] = MappingProxyType({
    "shooting_pause": (0, 30), "enemy_wind_up": (0, 24), "deployment": (36, 69), "wind_up": (12, 18),
    "split_pause": (0, 8), "sp_while_active": (0, 1), "splash_hits_air": (0, 1), "heals_lowest_fraction": (0, 1),
})  # fmt: skip
"""The least and the most that each unsettled rule may be, in its own unit (see game.simulator.options)."""


class Variation(NamedTuple):
    """How far battles may differ from the simulator's. Times in seconds."""

    name: str
    numbers: float = 0.0
    """Each number of each kind of enemy and of each operator is off by up to this share, up or down."""
    spawns: float = 0.0
    """Each enemy comes up to this much later."""
    rules: bool = False
    """Unsettled rules are drawn from RULES."""
    quickest: float = 0.0
    """Time that a gesture takes, from its decision to its effect: at least this, at most `slowest`."""
    slowest: float = 0.0
    lost: float = 0.0
    """Share of the gestures that have no effect and are made again."""


EXACT = Variation("exact")
NEAR = Variation("near", numbers=0.02, spawns=0.3, rules=True, quickest=0.3, slowest=1.5)
FAR = Variation("far", numbers=0.05, spawns=1.0, rules=True, quickest=0.3, slowest=3.0, lost=0.03)
VARIATIONS: Mapping[str, Variation] = MappingProxyType({one.name: one for one in (EXACT, NEAR, FAR)})


def varied(world: World, stage: Stage, variation: Variation, seed: int) -> World:
    """The world of one battle of a variation."""
    if variation == EXACT:
        return world
    rng = np.random.default_rng([seed, 4])
    tables = (world.enemy, world.fragment, world.stance, world.rules)
    enemy, fragment, stance, rules = (np.array(_table(one)) for one in tables)
    _vary_enemies(enemy, fragment, stage, variation, rng)
    for name in OPERATOR_NUMBERS:
        stance[name] *= _factors(variation, rng, stance.shape[1])
    if variation.rules:
        for name, (least, most) in RULES.items():
            rules[name] = rng.integers(least, most + 1)
    return world._replace(
        enemy=readable(enemy), fragment=readable(fragment), stance=readable(stance), rules=readable(rules)
    )


def _vary_enemies(enemy: Any, fragment: Any, stage: Stage, variation: Variation, rng: np.random.Generator) -> None:
    """Change the numbers of each kind of enemy, and when each enemy comes; their order stays."""
    kinds = np.array([spawn.enemy for spawn in stage.spawns])
    for name in ENEMY_NUMBERS:
        enemy[name] *= _factors(variation, rng, len(stage.enemies))[kinds]
    late = rng.integers(0, round(variation.spawns * TICKS) + 1, len(kinds))
    for f in range(len(fragment)):
        these = (enemy["fragment"] == f) & (enemy["parent"] < 0)
        if these.any():
            enemy["offset"][these] = np.maximum.accumulate((enemy["offset"] + late)[these])
            fragment["length"][f] = max(fragment["length"][f], enemy["offset"][these].max())


def _factors(variation: Variation, rng: np.random.Generator, count: int) -> Any:
    """Factors around 1, as many as asked for."""
    return 1.0 + variation.numbers * rng.uniform(-1.0, 1.0, count)


def _table(table: Any) -> Any:
    """The array behind a table, however the rules read it."""
    return getattr(table, "table", table)


def gestures(variation: Variation, seeds: Ints | list[int]) -> Gestures:
    """The gestures of one battle of a variation for each seed, a row each."""
    if variation.slowest <= 0.0 and variation.lost <= 0.0:
        return no_gestures(len(seeds))
    drawn = [np.random.default_rng([int(seed), 5]).random((2, GESTURES)) for seed in seeds]
    time, chance = np.array([one[0] for one in drawn]), np.array([one[1] for one in drawn])
    seconds = variation.quickest + (variation.slowest - variation.quickest) * time
    return Gestures(np.round(seconds * TICKS).astype(np.int64), chance < variation.lost)
