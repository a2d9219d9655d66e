"""Which operator blocks which enemy."""

from __future__ import annotations

from game.simulator import options
from game.simulator.compiling import compiled, often, passed
from game.simulator.field import is_aloft, mode_of
from game.simulator.modifiers import block_of
from game.simulator.records import Field, World

RELEASE_ALL = passed(-1)
"""A block below every sum of blocks: even enemies that take up no block are released."""


@often
def gets_blocked(world: World, field: Field, e: int) -> bool:
    """Let the nearest operator that can block an enemy do so. Returns whether the enemy is blocked now.

    The operator on the enemy's own tile is always near enough. Of the tiles around it only two can be: those towards
    which the enemy stands off its tile's centre, one in its column and one in its row.
    """
    foe, stats = field.foe[e], world.enemy[e]
    if stats.unblockable or foe.hidden or is_aloft(world, field, e):
        return False
    row, col = foe.tile // world.width, foe.tile % world.width
    if _block_from(world, field, e, row, col):
        return True
    down, right = foe.row - row, foe.col - col
    above, beside = (-1 if down < 0.0 else 1), (-1 if right < 0.0 else 1)
    if abs(down) > abs(right):
        return _block_from(world, field, e, row + above, col) or _block_from(world, field, e, row, col + beside)
    return _block_from(world, field, e, row, col + beside) or _block_from(world, field, e, row + above, col)


@often
def _block_from(world: World, field: Field, e: int, row: int, col: int) -> bool:
    """Let the operator on a tile block an enemy, if it is near enough, not stunned and has block left.

    Returns whether it blocks the enemy now.
    """
    if not (0 <= row < world.height and 0 <= col < world.width):
        return False
    s = field.standing[row * world.width + col]
    if s < 0 or field.unit[s].stunned_until > field.battle[0].clock:
        return False
    foe, block = field.foe[e], world.enemy[e].block
    down, right = foe.row - row, foe.col - col
    if down * down + right * right > options.BLOCK_DISTANCE_SQUARED:
        return False
    stance = world.stance[mode_of(field, s), s]
    if not stance.can_block or field.unit[s].block_taken + block > block_of(world, field, s):
        return False
    field.unit[s].block_taken += block
    field.battle[0].blocks += 1
    foe.blocker, foe.block_number = s, field.battle[0].blocks
    foe.paused_until = 0
    return True


@often
def unblock(world: World, field: Field, e: int) -> None:
    """Release an enemy from its blocker, if it has one."""
    s = field.foe[e].blocker
    if s >= 0:
        field.unit[s].block_taken -= world.enemy[e].block
        field.foe[e].blocker = -1


@compiled
def release_above(world: World, field: Field, s: int, block: int) -> None:
    """Release the enemies that were blocked last until an operator blocks no more than `block`; RELEASE_ALL for all."""
    while field.unit[s].block_taken > block:
        last, latest = -1, 0
        for k in range(field.battle[0].listed):
            e = field.present[k]
            if field.foe[e].blocker == s and field.foe[e].block_number > latest:
                last, latest = e, field.foe[e].block_number
        if last < 0:
            return
        unblock(world, field, last)
