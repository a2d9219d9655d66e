"""What effects bring onto the field: enemies that others summon, and what a device leaves where it falls.

Nothing here is called in a battle without effects. Who comes has its row from the start, and nothing is allocated.
"""

from __future__ import annotations

from game.simulator.compiling import compiled, not_inlined, passed
from game.simulator.field import NO_INDEX
from game.simulator.presence import appear, head_for_node
from game.simulator.records import ABSENT, GONE, Field, World
from game.simulator.ways import DOWN, RIGHT, change_way

FALLING = passed(2)
"""FoeState.form of one whose death takes its time."""


@compiled
def summon(world: World, field: Field, e: int, count: int) -> None:
    """So many of the enemies that enemy `e` summons come where it is, as long as not all of them are on the field."""
    not_inlined()
    for _ in range(count):
        c = _next_summoned(world, field, e)
        if c >= 0:
            _come(world, field, e, c)


@compiled
def _next_summoned(world: World, field: Field, e: int) -> int:
    """The first of the enemies that an enemy summons that is not on the field, nor left it in this tick; -1 for none.

    Who left in this tick is still in the list of those present.
    """
    first = world.enemy[e].first_summoned
    for c in range(first, first + world.enemy[e].summoned):
        foe = field.foe[c]
        if foe.phase == ABSENT or (foe.phase == GONE and foe.gone_at < field.battle[0].clock):
            return c
    return NO_INDEX


@compiled
def _come(world: World, field: Field, e: int, c: int) -> None:
    """A summoned enemy comes, as if for the first time, and goes on along the way of the one that summons it."""
    foe, child = field.foe[e], field.foe[c]
    child.row, child.col = foe.row, foe.col
    child.blocker = child.aim = child.link = child.gone_at = child.way_tile = child.place_until = NO_INDEX
    child.next_attack = -1.0
    child.leaked = child.hidden = False
    child.form = child.attacks = child.tally = child.leapt_at = child.lying_until = 0
    child.stunned_until = child.frozen_until = child.cold_until = child.shifted_until = 0
    child.slowed_until = child.paused_until = 0
    appear(world, field, c)
    child.node, child.wait_until = foe.node, foe.wait_until
    head_for_node(world, field, c)
    if foe.way_tile >= 0:
        child.way_tile = foe.way_tile
        change_way(world, field, c)


@compiled
def turn_away(world: World, field: Field, e: int, by: int) -> None:
    """The unit whose body an enemy is turns away from a fighter, along a row if the two directions are the same."""
    not_inlined()
    s, slots = world.enemy[e].unit, field.unit.shape[0]
    if s < 0:
        return
    row, col = field.unit[s].row, field.unit[s].col
    if by < slots:
        down, right = row - field.unit[by].row, col - field.unit[by].col
    else:
        down, right = row - field.foe[by - slots].row, col - field.foe[by - slots].col
    if abs(right) >= abs(down):
        field.unit[s].direction = 0 if right >= 0.0 else 2
    else:
        field.unit[s].direction = 1 if down > 0.0 else 3


@compiled
def leave_rubble(world: World, field: Field, s: int, tiles: int) -> None:
    """What a device leaves behind is to come in the next tick on so many tiles in front of it, where there is room."""
    not_inlined()
    heading = field.unit[s].direction  # the first four of ways.DOWN and RIGHT are in the same order
    row, col = int(field.unit[s].row + 0.5), int(field.unit[s].col + 0.5)
    for _ in range(tiles):
        row, col = row + DOWN[heading], col + RIGHT[heading]
        piece = _next_piece(world, field, s)
        if piece < 0 or not (0 <= row < world.height and 0 <= col < world.width):
            return
        if world.stands[piece, row * world.width + col]:
            field.unit[piece].place = row * world.width + col
            field.unit[piece].place_until = field.battle[0].clock + 2


@compiled
def _next_piece(world: World, field: Field, s: int) -> int:
    """The slot of the next device that a device leaves behind; -1 if all have come."""
    for k in range(world.friend.shape[0]):
        piece = world.cards + k
        unit = field.unit[piece]
        waits = unit.times_deployed == 0 and unit.place_until <= field.battle[0].clock
        if world.friend[k].left_by == s and waits:
            return piece
    return NO_INDEX
