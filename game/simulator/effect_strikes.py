"""What effects make of an attack: which of them happen with it, and by how much they change what it does.

A fighter `f` is an operator (its slot) or an enemy (S plus its number); `i` is a row of `World.effect`. Nothing here is
called in a battle without effects.
"""

from __future__ import annotations

from game.simulator.choosing import fits, holds_now
from game.simulator.compiling import compiled, not_inlined, often
from game.simulator.effect_changes import grown
from game.simulator.effect_records import ATTACKS, PER_LEAP, PIERCE_POINTS, TIMES
from game.simulator.field import mode_of
from game.simulator.modifiers import draw
from game.simulator.records import Field, World


@often
def is_due(field: Field, i: int) -> bool:
    """Whether enough time has passed since an effect happened last."""
    return bool(field.due[i] <= field.battle[0].clock)


@often
def comes_up(field: Field, chance: float) -> bool:
    """Whether a chance comes up; what is certain draws nothing."""
    return bool(chance >= 1.0 or draw(field) < chance)


@compiled
def fired_by_attack(world: World, field: Field, f: int, mode: int, g: int) -> int:
    """Which effects of an attack of `f` happen to this target, a bit for each of its effects."""
    not_inlined()
    fired, first = 0, world.effects_from[f]
    for i in range(first, world.effects_from[f + 1]):
        row = world.effect[i]
        holds = row.when == ATTACKS and is_due(field, i) and _is_nth(world, field, i)
        holds = holds and holds_now(world, field, i, mode)
        if holds and fits(world, field, i, g) and comes_up(field, row.chance):
            field.due[i] = field.battle[0].clock + row.period
            fired |= 1 << (i - first)
    return fired


@often
def _is_nth(world: World, field: Field, i: int) -> bool:
    """Whether the attack that is made now is one of those with which an effect happens."""
    row, slots = world.effect[i], field.unit.shape[0]
    if row.nth < 2:
        return True
    before = field.unit[row.owner].attacks if row.owner < slots else field.foe[row.owner - slots].attacks
    return bool((before + 1 - row.nth_first) % row.nth == 0)


@compiled
def product_of(world: World, field: Field, f: int, fired: int, what: int) -> float:
    """The product of the factors of one kind (STRENGTH to LEAST) of effects that happen."""
    not_inlined()
    product, first = 1.0, world.effects_from[f]
    for i in range(first, world.effects_from[f + 1]):
        if (fired >> (i - first)) & 1:
            row = world.effect[i]
            for p in range(row.first, row.first + row.parts):
                if world.effect_part[p].what == what:
                    product *= _factor(world, field, i, world.effect_part[p].amount)
    return product


@compiled
def points_pierced(world: World, f: int, fired: int) -> float:
    """The sum of the points of defense that effects which happen take from what an attack meets."""
    not_inlined()
    points, first = 0.0, world.effects_from[f]
    for i in range(first, world.effects_from[f + 1]):
        if (fired >> (i - first)) & 1:
            for p in range(world.effect[i].first, world.effect[i].first + world.effect[i].parts):
                if world.effect_part[p].what == PIERCE_POINTS:
                    points += world.effect_part[p].amount
    return points


@compiled
def _factor(world: World, field: Field, i: int, amount: float) -> float:
    """A factor of an effect as it has grown; one that applies with each leap applies once for each before."""
    if world.effect[i].per != PER_LEAP:
        return 1.0 + (amount - 1.0) * grown(world, field, i)
    factor = 1.0
    for _ in range(field.unit[world.effect[i].owner].struck):
        factor *= amount
    return factor


@compiled
def guarded(world: World, field: Field, s: int, by: int) -> float:
    """The product of the factors by which an operator's effects change the damage of this attacker."""
    not_inlined()
    product = 1.0
    for i in range(world.effects_from[s], world.effects_from[s + 1]):
        if world.effect[i].guards and holds_now(world, field, i, mode_of(field, s)) and fits(world, field, i, by):
            for p in range(world.effect[i].first, world.effect[i].first + world.effect[i].parts):
                if world.effect_part[p].what == TIMES:
                    product *= world.effect_part[p].amount
    return product
