"""Operators and enemies choose their targets."""

from __future__ import annotations

import numpy as np

from game.simulator import options
from game.simulator.choosing import is_touched
from game.simulator.compiling import compiled, often
from game.simulator.field import NO_INDEX, can_be_hit, is_aloft, mode_of
from game.simulator.modifiers import enemy_taunt, is_camouflaged, is_revealed, is_spared, more_taunt
from game.simulator.records import (
    HEAVIEST,
    HIGHEST_DEFENSE,
    LEAST_HEALTH,
    LOWEST_DEFENSE,
    MOST_HEALTH,
    NEAREST_EXIT,
    UNBLOCKED,
    Field,
    World,
)

HIGHEST_TAUNT = 1e10
"""Puts an enemy's taunt before all else by which operators choose."""
LONGEST_WAY = 1e4
"""More tiles than any way to an exit has."""
NO_TARGET, IN_RANGE, PREFERRED, BLOCKED = range(4)
"""Priority of an enemy as an operator's target, the highest last."""


@often
def search(world: World, field: Field, clock: int) -> None:
    """Operators and enemies on the field that can attack before the next search choose their targets."""
    soon = clock + options.SEARCH_TICKS
    for s in range(field.unit.shape[0]):
        unit = field.unit[s]
        if unit.tile >= 0 and unit.next_attack < soon:
            unit.target = find_enemy(world, field, s, mode_of(field, s))
    for k in range(field.battle[0].listed):
        e = field.present[k]
        if world.enemy[e].reach > 0.0 and field.foe[e].next_attack < soon:
            field.foe[e].aim = find_operator(world, field, e)


@often
def find_enemy(world: World, field: Field, s: int, mode: int) -> int:
    """An operator's next target by priority (`priority_of`), of equal ones the first by `order_of`; -1 for none.

    It chooses as without its skill (BASE) or as with it (SKILLED).
    """
    best, best_priority, shortest = -1, NO_TARGET, np.inf
    for k in range(field.battle[0].listed):
        e = field.present[k]
        priority = priority_of(world, field, s, e, mode)
        if priority == NO_TARGET or priority < best_priority:
            continue
        distance = order_of(world, field, s, e, mode)
        if priority > best_priority or distance < shortest:
            best, best_priority, shortest = e, priority, distance
    return best


@often
def priority_of(world: World, field: Field, s: int, e: int, mode: int) -> int:  # noqa: PLR0911 - one line a case
    """Priority of an enemy as an operator's target: BLOCKED by it, PREFERRED (a flier), IN_RANGE or NO_TARGET."""
    foe, stats = field.foe[e], world.enemy[e]
    if is_spared(world, field, s, e):
        return NO_TARGET
    if foe.blocker == s:
        return BLOCKED
    if not field.covers[s, foe.tile] or not can_be_hit(field, e):
        return NO_TARGET
    hides = stats.hides or is_camouflaged(world, field, field.unit.shape[0] + e)
    if hides and foe.blocker < 0 and not _is_found(world, field, s, e):
        return NO_TARGET
    if is_aloft(world, field, e):
        if not world.stance[0, s].reaches_air:
            return NO_TARGET
        return PREFERRED if world.stance[mode, s].prefers_air else IN_RANGE
    return IN_RANGE


@often
def _is_found(world: World, field: Field, s: int, e: int) -> bool:
    """Whether an operator can aim at an enemy that hides: it is revealed, or the operator stands beside one that can be
    attacked only from there.
    """
    if world.enemy[e].touched_within > 0.0:
        return bool(is_touched(world, field, s, e))
    return bool(is_revealed(world, field, e))


@often
def order_of(world: World, field: Field, s: int, e: int, mode: int) -> float:  # noqa: PLR0911 - one line a case
    """The order in which an operator chooses among enemies of one priority, the least first: the way to the exit, but
    for those who aim at something else that counts before.
    """
    distance, aims = field.foe[e].distance_to_exit, world.stance[mode, s].aims
    distance -= enemy_taunt(world, field, e) * HIGHEST_TAUNT
    if aims == NEAREST_EXIT:
        return distance
    stats = world.enemy[e]
    if aims == HIGHEST_DEFENSE:
        return distance - stats.defense * LONGEST_WAY
    if aims == LOWEST_DEFENSE:
        return distance + stats.defense * LONGEST_WAY
    if aims == HEAVIEST:
        return distance - stats.weight * LONGEST_WAY
    foe = field.foe[e]
    if aims == UNBLOCKED:
        return distance - LONGEST_WAY if foe.blocker < 0 else distance
    if aims == LEAST_HEALTH:
        return distance + foe.health / stats.max_health * LONGEST_WAY
    if aims == MOST_HEALTH:
        return distance - foe.health * LONGEST_WAY
    return distance - LONGEST_WAY if stats.reach > 0.0 and not stats.only_escorts else distance


@often
def find_operator(world: World, field: Field, e: int) -> int:
    """An enemy's next target among the operators in its reach: highest taunt, then latest deployment; -1 for none."""
    return -1 if field.foe[e].hidden else next_operator(world, field, e, NO_INDEX, np.inf, NO_INDEX)


@often
def next_operator(world: World, field: Field, e: int, but: int, taunt: float, number: int) -> int:
    """The target that an enemy would choose after one with this taunt and deployment number; -1 for none.

    The order is highest taunt, then latest deployment; slot `but` is skipped.
    """
    best, best_taunt, latest = -1, -np.inf, -1
    for s in range(field.unit.shape[0]):
        unit = field.unit[s]
        if unit.tile < 0 or s == but or not _in_reach(world, field, e, s):
            continue
        if not world.deployable[s].aimed_at or is_camouflaged(world, field, s):
            continue
        if world.enemy[e].only_escorts and not world.deployable[s].walks:
            continue
        if world.enemy[e].ground_only and not world.stance[0, s].can_block:
            continue
        own = taunt_of(world, field, s)
        follows = own < taunt or (own == taunt and unit.deployment_number < number)
        if follows and (own > best_taunt or (own == best_taunt and unit.deployment_number > latest)):
            best, best_taunt, latest = s, own, unit.deployment_number
    return best


@often
def taunt_of(world: World, field: Field, s: int) -> float:
    """An operator's taunt now: enemies aim at the highest first."""
    return float(world.stance[mode_of(field, s), s].taunt) + more_taunt(world, field, s)


@often
def _in_reach(world: World, field: Field, e: int, s: int) -> bool:
    """Whether an enemy can shoot an operator."""
    down, right = field.unit[s].row - field.foe[e].row, field.unit[s].col - field.foe[e].col
    reach = world.enemy[e].reach
    return down * down + right * right <= reach * reach


@compiled
def cover(world: World, field: Field, s: int, mode: int) -> None:
    """Set `field.covers` to the tiles that an operator's range covers, without (0) or with (1) its skill."""
    unit = field.unit[s]
    row, col = unit.tile // world.width, unit.tile % world.width
    field.covers[s, :] = False
    for i in range(world.stance[mode, s].range_size):
        down, right = world.ranges[mode, s, i, 0], world.ranges[mode, s, i, 1]
        # The table faces right; a quarter turn clockwise makes (down, right) into (right, -down).
        for _ in range(unit.direction):
            down, right = right, -down
        if 0 <= row + down < world.height and 0 <= col + right < world.width:
            field.covers[s, (row + down) * world.width + col + right] = True
