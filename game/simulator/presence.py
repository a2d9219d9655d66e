"""Enemies and operators enter the field and leave it, and what is listed and counted when they do."""

from __future__ import annotations

import numpy as np

from game.simulator.blocking import RELEASE_ALL, release_above, unblock
from game.simulator.choosing import in_hand
from game.simulator.compiling import compiled, not_inlined
from game.simulator.effect_events import begin_effects, raise_event
from game.simulator.effect_records import LEAKS, REDEPLOY_TIME
from game.simulator.field import tile_of
from game.simulator.modifiers import has_effects
from game.simulator.records import ABSENT, GONE, MOVE, PRESENT, Field, World
from game.simulator.ways import barriers_changed, change_way


@compiled
def appear(world: World, field: Field, e: int) -> None:
    """An enemy enters the field at the row and column of its state."""
    field.foe[e].phase = PRESENT
    field.foe[e].health = world.enemy[e].max_health
    field.foe[e].tile = tile_of(world, field, e)
    begin_effects(world, field, field.unit.shape[0] + e)
    battle = field.battle[0]
    field.present[battle.listed] = e
    battle.listed += 1
    if world.enemy[e].holds_wave:
        battle.holding_wave += 1
    if world.enemy[e].holds_fragment:
        battle.holding_fragment += 1


@compiled
def _leave(world: World, field: Field, e: int) -> None:
    """An enemy leaves the field, dead or leaked; the counter counts both. The unit whose body it is goes with it."""
    unblock(world, field, e)
    battle = field.battle[0]
    field.foe[e].phase = GONE
    s = world.enemy[e].unit
    if s >= 0 and field.unit[s].tile >= 0:
        remove(world, field, s)
    field.foe[e].gone_at = battle.clock
    battle.list_outdated = True
    if world.enemy[e].holds_wave:
        battle.holding_wave -= 1
    if world.enemy[e].holds_fragment:
        battle.holding_fragment -= 1
    if world.enemy[e].counts:
        battle.counter += 1


@compiled
def die(world: World, field: Field, e: int) -> None:
    """An enemy dies; the enemies into which it splits go on along its route, one after the other."""
    not_inlined()
    _leave(world, field, e)
    foe = field.foe[e]
    for k in range(world.enemy[e].children):
        c = world.enemy[e].first_child + k
        child = field.foe[c]
        child.row, child.col = foe.row, foe.col
        appear(world, field, c)
        child.node = foe.node
        child.wait_until = foe.wait_until
        child.paused_until = field.battle[0].clock + k * world.rules[0].split_pause
        head_for_node(world, field, c)
        if foe.way_tile >= 0:
            child.way_tile = foe.way_tile
            change_way(world, field, c)


@compiled
def leak(world: World, field: Field, e: int) -> None:
    """An enemy reaches the exit: it costs life, and the counter advances as well."""
    not_inlined()
    _leave(world, field, e)
    field.foe[e].leaked = True
    raise_event(world, field, field.unit.shape[0] + e, LEAKS)
    if world.enemy[e].children > 0:
        _leak_children(world, field)
    stats, battle = world.enemy[e], field.battle[0]
    if not stats.harmless and stats.life_cost > 0:
        battle.leaks += 1
        battle.life = max(battle.life - stats.life_cost, 0)


@compiled
def _leak_children(world: World, field: Field) -> None:
    """Count the enemies into which a leaked one would have split as leaked too, and their own children.

    One pass is enough, because parents stand before their children.
    """
    for c in range(world.arrivals, world.enemy.shape[0]):
        child = field.foe[c]
        parent = world.enemy[c].parent
        split = 0 <= c - world.enemy[parent].first_child < world.enemy[parent].children
        if child.phase == ABSENT and split and field.foe[parent].leaked:
            child.phase, child.leaked = GONE, True
            child.gone_at = field.battle[0].clock
            if world.enemy[c].counts:
                field.battle[0].counter += 1


@compiled
def head_for_node(world: World, field: Field, e: int) -> None:
    """Turn an enemy towards the node it goes to; it stays where it is for a node to which it does not walk."""
    foe = field.foe[e]
    node = world.node[world.enemy[e].route, foe.node]
    foe.distance_to_node = 0.0
    foe.distance_to_exit = node.distance_to_exit
    if node.kind == MOVE:
        down, right = node.row - foe.row, node.col - foe.col
        distance = np.sqrt(down * down + right * right)
        foe.distance_to_node = distance
        foe.distance_to_exit += distance
        if distance > 0.0:
            foe.heading_down, foe.heading_right = down / distance, right / distance


@compiled
def update_list(field: Field) -> None:
    """Drop the enemies that are gone from the list of those present."""
    battle, kept = field.battle[0], 0
    for k in range(battle.listed):
        e = field.present[k]
        if field.foe[e].phase == PRESENT:
            field.present[kept] = e
            kept += 1
    battle.listed, battle.list_outdated = kept, False


@compiled
def remove(world: World, field: Field, s: int) -> None:
    """An operator leaves the field, dead or retreated, and what it has summoned with it; its redeploy time begins, and
    the enemies it blocked go on. A device is used up.
    """
    not_inlined()
    _remove_one(world, field, s)
    first = world.deployable[s].summons
    if first >= 0:
        for copy in range(first, first + world.deployable[first].copies):
            if field.unit[copy].tile >= 0:
                _remove_one(world, field, copy)
            field.unit[copy].times_deployed, field.unit[copy].ready_at = 0, 0  # it has all of them when it comes again


@compiled
def _remove_one(world: World, field: Field, s: int) -> None:
    """What `remove` does, without what the operator has summoned."""
    not_inlined()
    release_above(world, field, s, RELEASE_ALL)
    unit, battle = field.unit[s], field.battle[0]
    if field.standing[unit.tile] == s:
        field.standing[unit.tile] = -1
    unit.tile = -1
    unit.skill_ticks = 0
    unit.shield = 0.0
    if s < world.squad:
        unit.ready_at = battle.clock + world.deployable[s].redeploy_ticks
        if has_effects(world):
            less = -in_hand(world, field, s, REDEPLOY_TIME)
            unit.ready_at -= int(world.deployable[s].redeploy_ticks * less)
    battle.deployed -= 1
    battle.slots_taken -= int(world.deployable[s].takes_slot)
    if world.deployable[s].barrier:
        field.battle[0].barriers -= 1
        barriers_changed(world, field)
