"""Cold, freezing and elemental injury: what adds up on a fighter until it breaks out.

Nothing here is called in a battle without effects.
"""

from __future__ import annotations

from game.simulator import options
from game.simulator.compiling import compiled, not_inlined, often
from game.simulator.effect_records import ADD, BURNING, CORROSION, NECROSIS, NEURAL, RESIST
from game.simulator.modifiers import is_steadfast
from game.simulator.records import TICKS, Field, World


@compiled
def resisted(field: Field, g: int, ticks: int) -> int:
    """Ticks for which a state lasts on a fighter: half of them where it resists."""
    return ticks // 2 if field.modifier[g, RESIST, ADD] > 0.0 else ticks


@compiled
def chill(world: World, field: Field, g: int, ticks: int) -> None:
    """Cold for a fighter; one that is cold or frozen already is frozen instead, and cold no longer."""
    not_inlined()
    slots, clock = field.unit.shape[0], field.battle[0].clock
    end = clock + resisted(field, g, ticks)
    if g < slots:
        unit = field.unit[g]
        if max(unit.cold_until, unit.frozen_until) > clock:
            unit.frozen_until, unit.cold_until = max(unit.frozen_until, end), 0
        else:
            unit.cold_until = end
        return
    foe = field.foe[g - slots]
    if max(foe.cold_until, foe.frozen_until) <= clock:
        foe.cold_until = end
    elif not world.enemy[g - slots].freeze_immune and not is_steadfast(world, field, g - slots):
        foe.frozen_until, foe.cold_until = max(foe.frozen_until, end), 0
        foe.stunned_until = max(foe.stunned_until, end)


@often
def injury_of(field: Field, s: int, element: int) -> float:
    """How far an operator is injured by an element, in points."""
    unit = field.unit[s]
    if element == NEURAL:
        return unit.neural
    if element == CORROSION:
        return unit.corrosion
    return unit.burning if element == BURNING else unit.necrosis


@compiled
def injure(field: Field, s: int, element: int, points: float) -> bool:
    """Add elemental injury to an operator; whether it bursts now. After a burst none is added for a time."""
    not_inlined()
    unit, clock = field.unit[s], field.battle[0].clock
    if unit.uninjured_until > clock:
        return False
    total = injury_of(field, s, element) + points
    if total < options.BURST:
        if element == NEURAL:
            unit.neural = total
        elif element == CORROSION:
            unit.corrosion = total
        elif element == BURNING:
            unit.burning = total
        else:
            unit.necrosis = total
        return False
    unit.neural = unit.corrosion = unit.burning = unit.necrosis = 0.0
    seconds = options.ROT_SECONDS if element == NECROSIS else options.BURST_SECONDS
    unit.uninjured_until = clock + seconds * TICKS
    return True


@compiled
def weaken(field: Field, s: int, element: int) -> None:
    """What a burst leaves behind on an operator besides its damage."""
    unit, clock = field.unit[s], field.battle[0].clock
    if element == CORROSION:
        unit.worn += options.CORRODED
    elif element == BURNING:
        unit.singed_until = clock + options.BURST_SECONDS * TICKS
    elif element == NECROSIS:
        unit.rots_until = clock + options.ROT_SECONDS * TICKS
