"""Enemies are pushed and pulled by effects: how far, and where they go on from there.

Nothing here is called in a battle without effects. A shifted enemy is stunned meanwhile, slides along walls, and falls
into pits; then a walker looks for its way again from where it is.
"""

from __future__ import annotations

import numpy as np

from game.simulator.blocking import unblock
from game.simulator.compiling import compiled, not_inlined, often
from game.simulator.effect_events import raise_event
from game.simulator.effect_records import ADD, DEATH, PULL, PUSH, WEIGHT
from game.simulator.field import tile_of
from game.simulator.modifiers import is_steadfast
from game.simulator.presence import die, head_for_node
from game.simulator.records import PRESENT, Field, World
from game.simulator.ways import WALKABLE, go_on

LEAST_FORCE, MOST_FORCE = -2, 3
"""Force less weight below which nothing moves, and above which more force is of no use."""
PUSH_TILES = (0.12, 0.44, 1.7, 2.14, 2.96, 3.53)
PUSH_TICKS = (6, 12, 24, 27, 32, 35)
"""How far and for how long an enemy is pushed by each force less weight from -2 to 3 (arknights.wiki.gg, "Shift")."""
PULL_TILES = (0.03, 0.35, 99.0, 99.0, 99.0, 99.0)
"""The same for pulls (same page): from 0 on they go on to the one who pulls; in the time of a push (a guess)."""
ARM = 0.6
"""Tiles from the one who pulls at which a pull ends: within the distance at which operators block (a guess)."""
OFF_AXIS = 0.7071067811865476
"""Cosine of the angle to the direction beyond which a push in the owner's direction goes away from it instead, and is
weaker by two; so it does within `TOO_NEAR` tiles."""
TOO_NEAR = 0.25


@compiled
def shift(world: World, field: Field, f: int, g: int, how: int, force: int) -> None:
    """Begin to push or pull an enemy `g`; `how` is PUSH, AWAY or PULL, as seen from fighter `f`."""
    not_inlined()
    slots = field.unit.shape[0]
    if g < slots or is_steadfast(world, field, g - slots):
        return
    e = g - slots
    foe = field.foe[e]
    row, col = (
        (field.unit[f].row, field.unit[f].col) if f < slots else (field.foe[f - slots].row, field.foe[f - slots].col)
    )
    down, right = foe.row - row, foe.col - col
    distance = np.sqrt(down * down + right * right)
    ahead_down, ahead_right = _facing(field, f) if f < slots else (0.0, 1.0)
    along = down * ahead_down + right * ahead_right
    off = how == PUSH and (distance < TOO_NEAR or along < OFF_AXIS * distance)
    level = force - world.enemy[e].weight - int(field.modifier[g, WEIGHT, ADD]) - (2 if off else 0)
    if level < LEAST_FORCE:
        return
    level = min(level, MOST_FORCE) - LEAST_FORCE
    if distance > 0.0 and (off or how != PUSH):
        ahead_down, ahead_right = down / distance, right / distance
    tiles, ticks = PUSH_TILES[level], PUSH_TICKS[level]
    if how == PULL:
        tiles = min(PULL_TILES[level], max(distance - ARM, 0.0))
        ahead_down, ahead_right = -ahead_down, -ahead_right
    unblock(world, field, e)
    clock = field.battle[0].clock
    foe.shift_down, foe.shift_right = ahead_down * tiles / ticks, ahead_right * tiles / ticks
    foe.shifted_until = clock + ticks
    foe.stunned_until = max(foe.stunned_until, clock + ticks)


@often
def _facing(field: Field, s: int) -> tuple[float, float]:
    """(down, right) of the direction in which an operator faces."""
    down, right = 0.0, 1.0
    for _ in range(field.unit[s].direction):
        down, right = right, -down
    return down, right


@compiled
def move_shifted(world: World, field: Field) -> None:
    """A tick of all enemies that are being shifted."""
    not_inlined()
    for k in range(field.battle[0].listed):
        e = field.present[k]
        foe = field.foe[e]
        if foe.shifted_until > field.battle[0].clock and foe.phase == PRESENT:
            _slide(world, field, e)
            if world.pits[foe.tile] and not world.enemy[e].flying:
                raise_event(world, field, field.unit.shape[0] + e, DEATH)
                die(world, field, e)
            elif foe.shifted_until == field.battle[0].clock + 1:
                _go_on_from_here(world, field, e)


@compiled
def _slide(world: World, field: Field, e: int) -> None:
    """Move a shifted enemy on in each of both directions in which no wall stops it."""
    foe = field.foe[e]
    if _has_room(world, e, foe.row + foe.shift_down, foe.col):
        foe.row += foe.shift_down
    if _has_room(world, e, foe.row, foe.col + foe.shift_right):
        foe.col += foe.shift_right
    foe.tile = tile_of(world, field, e)


@often
def _has_room(world: World, e: int, row: float, col: float) -> bool:
    """Whether an enemy can be at a place: on the map, and if it walks not in a wall."""
    at_row, at_col = int(np.floor(row + 0.5)), int(np.floor(col + 0.5))
    if not (0 <= at_row < world.height and 0 <= at_col < world.width):
        return False
    tile = at_row * world.width + at_col
    return world.enemy[e].flying or world.steps[tile, WALKABLE] or world.pits[tile]


@compiled
def _go_on_from_here(world: World, field: Field, e: int) -> None:
    """Let an enemy go on along its route after a shift."""
    foe = field.foe[e]
    leg_end = world.node[world.enemy[e].route, foe.node].leg_end
    if leg_end >= 0:
        foe.node = leg_end
        go_on(world, field, e, foe.tile)
    else:
        head_for_node(world, field, e)
