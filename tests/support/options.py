"""What each unsettled rule of game/simulator/options.py does by default, and with its other choice: the two, as JSON.

A program of its own, for it needs NUMBA_DISABLE_JIT=1: compiled rules have their options compiled into them.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from worlds import IMMORTAL, battle_of, deploy, health, own_health, until

from game.actions import RETREAT, SKILL, UP, Action
from game.simulator import options
from game.simulator.records import TICKS


def healed(make: Any) -> str:
    """Which operator a medic heals: Fang with 530 points of 1060, or Beagle with 610 of 1526."""
    names = ("Ansel", "Fang", "Beagle")
    battle = battle_of(make, [make.spawn(at=90)], names=names)
    for slot, row, col in ((0, 0, 2), (1, 1, 2), (2, 1, 3)):
        deploy(battle, slot, row, col)
    battle.step(options.DEPLOYMENT + options.WIND_UP)
    own = battle._field.unit["health"]
    own[1:] = 530.0, 610.0
    before = own.copy()
    until(battle, lambda: own.sum() > before.sum())
    return names[int((own - before).argmax())]


def gathered(make: Any) -> bool:
    """Whether Myrtle has SP half way through her skill."""
    battle = battle_of(make, [make.spawn(at=90)], names=("Myrtle",))
    deploy(battle, 0, 1, 1)
    until(battle, lambda: battle.act(Action(SKILL, 0)))
    battle.step(4 * TICKS)
    return bool(battle._field.unit[0].sp > 0)


def splashed(make: Any) -> bool:
    """Whether a shell for a walker hits the flier at its side."""
    refs = (make.dummy(**IMMORTAL, moveSpeed=0.0), make.dummy("enemy_1005_yokai", **IMMORTAL, moveSpeed=0.0))
    routes = (make.lane(start=(1, 1)), make.lane(motion="FLY", start=(1, 1)))
    spawns = [make.spawn(), make.spawn("enemy_1005_yokai", routeIndex=1)]
    battle = battle_of(make, spawns, names=("Catapult",), refs=refs, routes=routes)
    deploy(battle, 0, 0, 1)
    battle.step(10)
    until(battle, lambda: health(battle, 0) < IMMORTAL["maxHp"])
    return health(battle, 1) < IMMORTAL["maxHp"]


def paused(make: Any) -> bool:
    """Whether an enemy that shot a moment ago has walked on since."""
    shooter = make.dummy("enemy_1003_ncbow", **IMMORTAL, atk=10)
    battle = battle_of(make, [make.spawn("enemy_1003_ncbow")], names=("Beagle", "Kroos"), refs=(shooter,))
    deploy(battle, 1, 0, 3, UP)
    until(battle, lambda: own_health(battle, 1) < 826)
    before = battle.enemies_on_field()[0].col
    battle.step(10)
    return battle.enemies_on_field()[0].col > before


def struck(make: Any) -> bool:
    """Whether an enemy has struck ten ticks after it was held."""
    battle = battle_of(make, [make.spawn()], names=("Beagle",), refs=(make.dummy(**IMMORTAL, atk=999),))
    deploy(battle, 0, 1, 3)
    until(battle, lambda: battle.enemies_on_field() and battle.enemies_on_field()[0].blocked)
    battle.step(10)
    return own_health(battle) < 1526


def split(make: Any) -> bool:
    """Whether the two that one enemy falls into are at different places."""
    battle = battle_of(make, [make.spawn("splitter")], names=("Melantha",), maxLifePoint=9)
    deploy(battle, 0, 1, 4)
    until(battle, battle.gone)
    battle.act(Action(RETREAT, 0))
    battle.step(30)
    first, second = (one.col for one in battle.enemies_on_field())
    return abs(first - second) > 0.05


OPTIONS: dict[str, tuple[Any, Callable[[Any], Any]]] = {
    "HEALS_LOWEST_FRACTION": (False, healed),
    "SP_WHILE_ACTIVE": (True, gathered),
    "SPLASH_HITS_AIR": (False, splashed),
    "SHOOTING_PAUSE": (0, paused),
    "ENEMY_WIND_UP": (0, struck),
    "SPLIT_PAUSE": (0, split),
}
"""Each option with its other choice and the battle that shows it."""


def main() -> None:
    """Print {option: [what its default does, what its other choice does]}."""
    from levels import Workshop

    said = {}
    with tempfile.TemporaryDirectory() as folder:
        make = Workshop(Path(folder))
        for name, (other, seen) in OPTIONS.items():
            usual = seen(make)
            default = getattr(options, name)
            setattr(options, name, other)
            said[name] = [usual, seen(make)]
            setattr(options, name, default)
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()
