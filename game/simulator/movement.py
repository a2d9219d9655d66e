"""Enemies walk along their routes."""

from __future__ import annotations

from game.simulator import options
from game.simulator.blocking import gets_blocked, unblock
from game.simulator.compiling import compiled, often
from game.simulator.field import tile_of
from game.simulator.modifiers import step_of
from game.simulator.presence import head_for_node, leak
from game.simulator.records import (
    APPEAR,
    HIDE,
    MOVE,
    PRESENT,
    WAIT,
    WAIT_BATTLE,
    WAIT_FRAGMENT,
    WAIT_WAVE,
    Field,
    World,
)
from game.simulator.ways import begin_leg, go_on


@often
def move(world: World, field: Field, e: int, clock: int) -> None:
    """A tick of an enemy's walk: it goes on, waits as its route says, leaks, or stays with its blocker."""
    foe = field.foe[e]
    if foe.blocker >= 0 or (clock % options.SEARCH_TICKS == 0 and gets_blocked(world, field, e)):
        return
    if foe.paused_until > clock:
        return
    step = step_of(world, field, e)
    if foe.slowed_until > clock:
        step = step * (1.0 - foe.slow)
    if step < foe.distance_to_node:
        _walk(field, e, step)
    else:
        _arrive(world, field, e, step, clock)
    if foe.phase == PRESENT:
        foe.tile = tile_of(world, field, e)


@compiled
def leap(world: World, field: Field, e: int, tiles: float) -> None:
    """An enemy gets so far ahead on its way at once, past the operator that blocks it; it may leak."""
    foe, clock = field.foe[e], field.battle[0].clock
    unblock(world, field, e)
    if tiles < foe.distance_to_node:
        _walk(field, e, tiles)
    else:
        _arrive(world, field, e, tiles, clock)
    if foe.phase == PRESENT:
        foe.tile = tile_of(world, field, e)


@often
def _walk(field: Field, e: int, step: float) -> None:
    """Go `step` tiles straight towards the next node."""
    foe = field.foe[e]
    foe.row += foe.heading_down * step
    foe.col += foe.heading_right * step
    foe.distance_to_node -= step
    foe.distance_to_exit -= step


@compiled
def _arrive(world: World, field: Field, e: int, step: float, clock: int) -> None:
    """Reach a node, and go on with the rest of the step; the last node of a route is the exit."""
    r, foe = world.enemy[e].route, field.foe[e]
    while True:
        node = world.node[r, foe.node]
        if node.kind != MOVE:
            if not _node_done(world, field, e, clock):
                return
        elif step < foe.distance_to_node:
            _walk(field, e, step)
            return
        else:
            step -= foe.distance_to_node
            if foe.way_tile >= 0 and _takes_turn(world, field, e):
                continue
            foe.row, foe.col = node.row, node.col
            foe.distance_to_node, foe.distance_to_exit = 0.0, node.distance_to_exit
        foe.node += 1
        if foe.node >= world.route_size[r]:
            leak(world, field, e)
            return
        enter_node(world, field, e)


@compiled
def _takes_turn(world: World, field: Field, e: int) -> bool:
    """Reach a turn of a detour and go on; False at the end of the leg, where the detour is over."""
    foe = field.foe[e]
    if foe.way_tile == world.node[world.enemy[e].route, foe.node].goal:
        foe.way_tile = -1
        return False
    foe.row, foe.col = foe.way_row, foe.way_col
    go_on(world, field, e, foe.way_tile)
    return True


@compiled
def enter_node(world: World, field: Field, e: int) -> None:
    """Begin what the next node of an enemy's route asks for: a walk, a wait, hiding or appearing again."""
    stats, foe = world.enemy[e], field.foe[e]
    node = world.node[stats.route, foe.node]
    if node.kind == WAIT:
        foe.wait_until = field.battle[0].clock + node.ticks
    elif node.kind == WAIT_FRAGMENT:
        foe.wait_until = field.fragment_start[stats.fragment] + node.ticks
    elif node.kind == WAIT_WAVE:
        foe.wait_until = field.wave_start[world.fragment[stats.fragment].wave] + node.ticks
    elif node.kind == WAIT_BATTLE:
        foe.wait_until = node.ticks
    elif node.kind == HIDE:
        foe.hidden = True
    elif node.kind == APPEAR:
        foe.hidden = stats.unit >= 0  # an escort's body always is
        foe.row, foe.col = node.row, node.col
    head_for_node(world, field, e)
    if field.battle[0].barriers > 0:
        begin_leg(world, field, e)


@often
def _node_done(world: World, field: Field, e: int, clock: int) -> bool:
    """Whether an enemy is done with a node to which it does not walk: a wait until its time, the others at once."""
    kind = world.node[world.enemy[e].route, field.foe[e].node].kind
    waits = kind in (WAIT, WAIT_FRAGMENT, WAIT_WAVE, WAIT_BATTLE) and not world.enemy[e].restless
    return not waits or clock >= field.foe[e].wait_until
