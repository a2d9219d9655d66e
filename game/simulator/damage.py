"""How much an attack takes."""

from __future__ import annotations

from game.simulator import options
from game.simulator.compiling import often
from game.simulator.records import ARTS, TRUE


@often
def damage_dealt(attack: float, defense: float, resistance: float, kind: int) -> float:
    """Health points that an attack of this kind of damage takes."""
    if kind == TRUE:
        return attack
    through = attack * (1.0 - min(resistance, 100.0) / 100.0) if kind == ARTS else attack - defense
    return max(through, attack * options.LEAST_DAMAGE)
