"""Units that have a body among the enemies (see `game.levels.companions`): both go, fall and leave together.

An escort's body is always hidden, so that nothing of the operators' side is for it, and walks all the same.
"""

from __future__ import annotations

from game.simulator.compiling import compiled, not_inlined, often
from game.simulator.field import BASE
from game.simulator.presence import die, remove
from game.simulator.records import APPEAR, HIDE, PRESENT, Field, World
from game.simulator.skills import enter
from game.simulator.targeting import cover
from game.simulator.ways import barriers_changed

HALT_SQUARED = 0.36
"""The square of the distance in tiles from a barrier's centre within which an escort stops."""


@often
def keep_company(world: World, field: Field) -> None:
    """A tick of all units with bodies, before enemies move and choose their targets."""
    if world.bodies > 0:
        _keep_company(world, field)


@compiled
def _keep_company(world: World, field: Field) -> None:
    """The same where there are some."""
    not_inlined()
    for k in range(field.battle[0].listed):
        e = field.present[k]
        s = world.enemy[e].unit
        if s < 0 or field.foe[e].phase != PRESENT:
            continue
        if world.deployable[s].walks:
            _walk_along(world, field, s, e)
        elif field.unit[s].tile >= 0:
            field.unit[s].health = field.foe[e].health
        else:
            die(world, field, e)
    for k in range(world.friend.shape[0]):
        if world.friend[k].left_by >= 0:
            _bring_rubble(world, field, world.cards + k)


@compiled
def _bring_rubble(world: World, field: Field, s: int) -> None:
    """What a device leaves behind comes where its fall has strewn it, unless that tile is taken by now."""
    unit = field.unit[s]
    if unit.place_until <= field.battle[0].clock or unit.times_deployed > 0 or field.standing[unit.place] >= 0:
        return
    enter(world, field, s, unit.place, 0)
    field.battle[0].barriers += 1
    barriers_changed(world, field)


@compiled
def _walk_along(world: World, field: Field, s: int, e: int) -> None:
    """An escort comes and goes with its body, and stands where that is; where it has fallen, its body falls."""
    foe, unit, battle = field.foe[e], field.unit[s], field.battle[0]
    foe.hidden = True
    if _is_away(world, field, e):
        if unit.tile >= 0:
            remove(world, field, s)
    elif unit.tile < 0 and unit.times_deployed > 0 and unit.health <= 0.0:
        die(world, field, e)
        battle.leaks += int(world.enemy[e].life_cost > 0)
        battle.life = max(battle.life - world.enemy[e].life_cost, 0)
    else:
        if unit.tile < 0:
            health = unit.health if unit.times_deployed > 0 else world.stance[BASE, s].max_health
            enter(world, field, s, foe.tile, 0)
            unit.health = health
        elif unit.tile != foe.tile:
            unit.tile = foe.tile
            cover(world, field, s, BASE)
        unit.row, unit.col = foe.row, foe.col
        if max(unit.stunned_until, unit.frozen_until) > battle.clock or _is_halted(world, field, s):
            foe.paused_until = battle.clock + 1


@compiled
def _is_away(world: World, field: Field, e: int) -> bool:
    """Whether a body's route has led it off the map."""
    away = False
    for n in range(field.foe[e].node + 1):
        kind = world.node[world.enemy[e].route, n].kind
        away = kind == HIDE or (away and kind != APPEAR)
    return away


@compiled
def _is_halted(world: World, field: Field, s: int) -> bool:
    """Whether a barrier of the level stands in an escort's way."""
    for k in range(world.friend.shape[0]):
        other = world.cards + k
        if world.deployable[other].barrier and field.unit[other].tile >= 0:
            down, right = field.unit[other].row - field.unit[s].row, field.unit[other].col - field.unit[s].col
            if down * down + right * right <= HALT_SQUARED:
                return True
    return False
