"""Notes what happens to operators and enemies that have effects, for `game.simulator.effects` to act on."""

from __future__ import annotations

from game.simulator.compiling import compiled, not_inlined
from game.simulator.effect_records import ADD, DEPLOYED, FACTOR, INTERVAL, SCALE
from game.simulator.modifiers import drawn
from game.simulator.records import Battles, Field, World

TIMES_DRAWN = 0x40000000
"""The first number of the chances that times are drawn from; the battle's other draws count from 1."""


@compiled
def raise_event(world: World, field: Field, f: int, when: int) -> None:
    """Something happened to a fighter: its effects that wait for it happen at the end of the tick."""
    if world.effect.shape[0] == 0:
        return
    for i in range(world.effects_from[f], world.effects_from[f + 1]):
        if world.effect[i].when == when:
            field.pending[i] += 1
            field.battle[0].raised = True


@compiled
def clear(field: Field, f: int) -> None:
    """Nothing changes a fighter's numbers."""
    slots = field.unit.shape[0]
    if f < slots:
        field.unit[f].altered = False
    else:
        field.foe[f - slots].altered = False
    for attribute in range(field.modifier.shape[1]):
        field.modifier[f, attribute, SCALE] = 0.0
        field.modifier[f, attribute, ADD] = 0.0
        field.modifier[f, attribute, FACTOR] = 1.0


@compiled
def begin_effects(world: World, field: Field, f: int) -> None:
    """A fighter comes onto the field: nothing that changed it before counts, and its own effects begin."""
    not_inlined()
    if world.effect.shape[0] == 0:
        return
    clock = field.battle[0].clock
    field.entered[f] = clock
    field.battle[0].changed = True
    clear(field, f)
    for timer in range(field.until.shape[0]):
        field.until[timer, f] = 0
    begin_intervals(world, field, f)
    raise_event(world, field, f, DEPLOYED)


@compiled
def begin_intervals(world: World, field: Field, f: int) -> None:
    """The intervals of a fighter's effects begin, and what comes once may come again."""
    clock = field.battle[0].clock
    for i in range(world.effects_from[f], world.effects_from[f + 1]):
        field.due[i] = 0
        if world.effect[i].when == INTERVAL:
            field.due[i] = next_time(world, field, i, clock, world.effect[i].first_time)
    field.battle[0].changed = True
    field.battle[0].next_due = 0


@compiled
def next_time(world: World, field: Field, i: int, clock: int, later: int) -> int:
    """When an effect at an interval is due next: so much `later`, or at the battle's own times, which are drawn.

    The time number k is the middle interval k times, and up to `spread` later; so the intervals are drawn as well.
    """
    row = world.effect[i]
    if row.spread < 0:
        return clock + later
    k = max(clock // row.period, 1)
    while True:
        time = k * row.period + int(drawn(field, TIMES_DRAWN + k) * (row.spread + 1))
        if time > clock:
            return time
        k += 1


@compiled
def copy_effects(source: Battles, b: int, target: Battles, to: int) -> None:
    """Copy what effects have done so far in battle `b` to row `to` of another batch of the same shape."""
    for f in range(source.modifier.shape[1]):
        for attribute in range(source.modifier.shape[2]):
            for how in range(source.modifier.shape[3]):
                target.modifier[to, f, attribute, how] = source.modifier[b, f, attribute, how]
        target.entered[to, f], target.marked[to, f] = source.entered[b, f], source.marked[b, f]
    for timer in range(source.until.shape[1]):
        for f in range(source.until.shape[2]):
            target.until[to, timer, f] = source.until[b, timer, f]
    for i in range(source.due.shape[1]):
        target.due[to, i], target.pending[to, i] = source.due[b, i], source.pending[b, i]
