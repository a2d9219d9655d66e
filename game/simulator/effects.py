"""Effects happen: which fighters they choose, what they do to them, and which numbers they change while they last.

A fighter `f` is an operator (its slot) or an enemy (S plus its number); `i` is a row of `World.effect`. Nothing here is
called in a battle without effects. What an effect does raises no further attacks and hits, so that none runs for ever;
kills and deaths it raises, and they happen at the end of the tick.
"""

from __future__ import annotations

import numpy as np

from game.simulator import options
from game.simulator.blocking import release_above
from game.simulator.choosing import chooses, fits, foes_in_range, health_of, holds_now, stands
from game.simulator.compiling import compiled, not_inlined, often
from game.simulator.effect_deeds import damage_by_effect, do, lose_some, points_of
from game.simulator.effect_events import clear
from game.simulator.effect_records import (
    ADD,
    ALLIES,
    ALWAYS,
    ATTACKS,
    BURN,
    DAMAGE_ATTACK,
    DAMAGE_DEFENSE,
    DEATH,
    DEFENSE,
    DRAIN,
    FACTOR,
    FRIENDS,
    HIT_TAKEN,
    IDLE,
    IDLE_TIME,
    INTERVAL,
    KILLED,
    LEAP,
    LEND,
    LOST_HEALTH,
    ONE,
    ONLY,
    PIERCE_POINTS,
    REGENERATION,
    REGENERATION_LOW,
    REGENERATION_SHARE,
    SECONDS,
    SELF,
    SHIELD,
    SHIELD_ATTACK,
    SKILL_TIME,
    SP_RATE,
    STREAK,
    TARGET,
    TIMES,
    USES,
)  # fmt: skip
from game.simulator.field import BASE, NO_INDEX, SKILLED, mode_of
from game.simulator.modifiers import block_of, changed, draw, full_health, gain_sp, keep_share
from game.simulator.presence import remove
from game.simulator.records import ARTS, PER_SECOND, TICKS, Field, World
from game.simulator.shifting import move_shifted

# --- What effects do --------------------------------------------------------------------------------------------------


@compiled
def happen(world: World, field: Field, i: int, target: int) -> None:
    """An effect happens to all that it chooses."""
    not_inlined()
    row = world.effect[i]
    if row.who == SELF:
        _affect(world, field, i, row.owner)
        return
    if row.who == TARGET:
        _affect(world, field, i, target)
        return
    listed = field.battle[0].listed
    _mark(world, field, i, target, listed)
    slots = field.unit.shape[0]
    for k in range(slots + listed):
        g = k if k < slots else slots + field.present[k - slots]
        if field.marked[g]:
            field.marked[g] = False
            if stands(field, g):
                _affect(world, field, i, g)


@compiled
def _mark(world: World, field: Field, i: int, target: int, listed: int) -> None:
    """Mark the fighters that an effect chooses: all that fit, or the first `most` of them."""
    most, slots = world.effect[i].most, field.unit.shape[0]
    rounds = most if most > 0 else 1
    for _ in range(rounds):
        best, least = NO_INDEX, np.inf
        for k in range(slots + listed):
            g = k if k < slots else slots + field.present[k - slots]
            if field.marked[g] or not chooses(world, field, i, g, target):
                continue
            if most == 0:
                field.marked[g] = True
            else:
                urgency = _urgency(world, field, i, g)
                if urgency < least:
                    best, least = g, urgency
        if best >= 0:
            field.marked[best] = True


@often
def _urgency(world: World, field: Field, i: int, g: int) -> float:
    """The order in which an effect chooses, the least first: allies by health, enemies by the way to their exit, and
    operators as targets by their deployment, the last first; or by chance.
    """
    if world.effect[i].at_random:
        return draw(field)
    slots = field.unit.shape[0]
    if world.effect[i].who == ALLIES:
        return health_of(field, g) / full_health(world, field, g)
    return field.foe[g - slots].distance_to_exit if g >= slots else -float(field.unit[g].deployment_number)


@compiled
def _affect(world: World, field: Field, i: int, g: int) -> None:
    """An effect does to one fighter what it does; its changes begin, or begin again."""
    row = world.effect[i]
    if row.timer >= 0:
        field.until[row.timer, g] = field.battle[0].clock + row.ticks
        field.battle[0].changed = True
    for p in range(row.first, row.first + row.parts):
        if world.effect_part[p].what >= DAMAGE_ATTACK:
            do(world, field, row.owner, p, g)
            if world.effect_part[p].what in (SHIELD, SHIELD_ATTACK) and row.ticks > 0 and g < field.unit.shape[0]:
                field.unit[g].shield_until = field.battle[0].clock + row.ticks


# --- When effects happen ----------------------------------------------------------------------------------------------


@compiled
def fired_by_attack(world: World, field: Field, f: int, mode: int, g: int) -> int:
    """Which effects of an attack of `f` happen to this target, a bit for each of its effects."""
    not_inlined()
    fired, first = 0, world.effects_from[f]
    for i in range(first, world.effects_from[f + 1]):
        row = world.effect[i]
        holds = row.when == ATTACKS and _is_due(field, i) and holds_now(world, field, i, mode)
        if holds and fits(world, field, i, g) and _comes_up(field, row.chance):
            field.due[i] = field.battle[0].clock + row.period
            fired |= 1 << (i - first)
    return fired


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
    if world.effect[i].per != LEAP:
        return 1.0 + (amount - 1.0) * _grown(world, field, i)
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


@compiled
def spend(world: World, field: Field, s: int) -> None:
    """An operator has attacked: the changes that end with an attack end."""
    not_inlined()
    for i in range(world.effect.shape[0]):
        timer = world.effect[i].timer
        if world.effect[i].spent and field.until[timer, s] > field.battle[0].clock:
            field.until[timer, s] = 0
            field.battle[0].changed = True


@compiled
def after_attack(world: World, field: Field, f: int, fired: int, g: int) -> None:
    """The effects of an attack happen, those on its target only if that still stands."""
    not_inlined()
    first = world.effects_from[f]
    for i in range(first, world.effects_from[f + 1]):
        if (fired >> (i - first)) & 1 and (world.effect[i].who != TARGET or stands(field, g)):
            happen(world, field, i, g)


@compiled
def after_hit(world: World, field: Field, f: int, by: int) -> None:
    """The effects of `f` happen that wait for a hit, with the attacker as their target."""
    not_inlined()
    for i in range(world.effects_from[f], world.effects_from[f + 1]):
        row = world.effect[i]
        mode = mode_of(field, f) if f < field.unit.shape[0] else BASE
        holds = row.when == HIT_TAKEN and _is_due(field, i) and holds_now(world, field, i, mode)
        if holds and fits(world, field, i, by) and _comes_up(field, row.chance):
            field.due[i] = field.battle[0].clock + row.period
            happen(world, field, i, by)


@compiled
def play_effects(world: World, field: Field, clock: int) -> None:
    """A tick of all effects: what has been raised happens, then what happens at intervals; health comes and goes; and
    the changed numbers are made anew where something has changed, or before the next search.
    """
    not_inlined()
    for i in range(world.effect.shape[0]):
        row, mode = world.effect[i], BASE
        if row.owner < field.unit.shape[0]:
            mode = mode_of(field, row.owner)
        if row.when == INTERVAL:
            if field.due[i] <= clock:
                field.due[i] = max(field.due[i], clock) + row.period
                _may_happen(world, field, i, mode)
        elif field.pending[i] > 0:
            times = field.pending[i]
            field.pending[i] = 0
            for _ in range(times if row.period == 0 else int(_is_due(field, i))):
                _may_happen(world, field, i, mode if row.skill != ONLY else SKILLED)
    move_shifted(world, field)
    _live(world, field)
    if field.battle[0].changed or (clock + 1) % options.SEARCH_TICKS == 0:
        _renew(world, field)


@often
def _is_due(field: Field, i: int) -> bool:
    """Whether enough time has passed since an effect happened last."""
    return bool(field.due[i] <= field.battle[0].clock)


@often
def _comes_up(field: Field, chance: float) -> bool:
    """Whether a chance comes up; what is certain draws nothing."""
    return bool(chance >= 1.0 or draw(field) < chance)


@compiled
def _may_happen(world: World, field: Field, i: int, mode: int) -> None:
    """An effect happens if its conditions hold and its chance comes up."""
    row = world.effect[i]
    may = row.when == DEATH or (stands(field, row.owner) and holds_now(world, field, i, mode))
    if may and _comes_up(field, row.chance):
        if row.when != INTERVAL:
            field.due[i] = field.battle[0].clock + row.period
        happen(world, field, i, NO_INDEX)


@compiled
def _live(world: World, field: Field) -> None:
    """A tick of what effects give and take of health, and of SP, all the time."""
    slots, listed = field.unit.shape[0], field.battle[0].listed
    for k in range(slots + listed):
        g = k if k < slots else slots + field.present[k - slots]
        if not stands(field, g):
            continue
        full = full_health(world, field, g)
        gain = changed(field, g, REGENERATION, 0.0, 0.0) + changed(field, g, REGENERATION_SHARE, 0.0, 0.0) * full
        if field.modifier[g, REGENERATION_LOW, ADD] > 0.0 and health_of(field, g) < 0.5 * full:
            gain += field.modifier[g, REGENERATION_LOW, ADD]
        burn = field.modifier[g, BURN, ADD] / TICKS
        if field.modifier[g, DRAIN, ADD] > 0.0:
            lose_some(field, g, field.modifier[g, DRAIN, ADD] * full / TICKS)
        if g < slots:
            _gain_part(world, field, g)
            _end_times(world, field, g)
            if gain != 0.0:
                field.unit[g].health = min(field.unit[g].health + gain / TICKS, full)
        elif gain != 0.0:
            field.foe[g - slots].health = min(field.foe[g - slots].health + gain / TICKS, full)
        if burn > 0.0 and stands(field, g):
            damage_by_effect(world, field, g, g, burn, ARTS)


@compiled
def _end_times(world: World, field: Field, s: int) -> None:
    """A shield that is given for a time ends; an operator that has to leave goes."""
    unit, clock = field.unit[s], field.battle[0].clock
    if 0 < unit.shield_until <= clock:
        unit.shield, unit.shield_until = 0.0, 0
    if 0 < unit.leaves_at <= clock:
        unit.leaves_at = 0
        remove(world, field, s)


@often
def _gain_part(world: World, field: Field, s: int) -> None:
    """A tick of the SP that effects give by the second."""
    rate = field.modifier[s, SP_RATE, ADD]
    if rate > 0.0 and world.deployable[s].sp_recovery == PER_SECOND:
        field.unit[s].sp_part += rate
        whole = int(field.unit[s].sp_part)
        field.unit[s].sp_part -= whole
        gain_sp(world, field, s, whole)


@compiled
def _renew(world: World, field: Field) -> None:  # noqa: C901 - compiled as one
    """Make the modifiers of all fighters on the field anew."""
    slots, listed, clock = field.unit.shape[0], field.battle[0].listed, field.battle[0].clock
    field.battle[0].changed = False
    for k in range(slots + listed):
        g = k if k < slots else slots + field.present[k - slots]
        clear(field, g)
    for i in range(world.effect.shape[0]):  # silence comes with these, and stops some of the others
        timer = world.effect[i].timer
        for k in range(slots + listed if timer >= 0 else 0):
            g = k if k < slots else slots + field.present[k - slots]
            if field.until[timer, g] > clock:
                _change(world, field, i, g, False)
    for i in range(world.effect.shape[0]):
        if world.effect[i].when == ALWAYS:
            _change_always(world, field, i, slots + listed, False)
    for i in range(world.effect.shape[0]):
        if world.effect[i].lends:
            _lend(world, field, i, slots + listed)
    for s in range(slots):
        if stands(field, s):
            keep_share(world, field, s)
            release_above(world, field, s, block_of(world, field, s))


@compiled
def _lend(world: World, field: Field, i: int, count: int) -> None:
    """Add what an effect lends of its owner's numbers, which are changed already."""
    timer, slots = world.effect[i].timer, field.unit.shape[0]
    if timer < 0:
        _change_always(world, field, i, count, True)
        return
    for k in range(count):
        g = k if k < slots else slots + field.present[k - slots]
        if field.until[timer, g] > field.battle[0].clock:
            _change(world, field, i, g, True)


@compiled
def _change_always(world: World, field: Field, i: int, count: int, lending: bool) -> None:
    """Add what an effect that is there always changes, for all that it chooses now."""
    f, slots = world.effect[i].owner, field.unit.shape[0]
    mode = mode_of(field, f) if f < slots else BASE
    if not stands(field, f) or not holds_now(world, field, i, mode):
        return
    for k in range(count):
        g = k if k < slots else slots + field.present[k - slots]
        if chooses(world, field, i, g, NO_INDEX):
            _change(world, field, i, g, lending)


@compiled
def _change(world: World, field: Field, i: int, g: int, lending: bool) -> None:
    """Add what an effect changes, or what it lends, to a fighter's modifiers."""
    row, times = world.effect[i], _grown(world, field, i)
    for p in range(row.first, row.first + row.parts):
        part = world.effect_part[p]
        if part.what > LEND or (part.what == LEND) != lending:
            continue
        if part.what == LEND:
            whole = DAMAGE_DEFENSE if part.of == DEFENSE else DAMAGE_ATTACK
            field.modifier[g, part.of, ADD] += times * points_of(world, field, row.owner, whole, part.amount)
        elif part.what == FACTOR:
            field.modifier[g, part.of, FACTOR] *= 1.0 + (part.amount - 1.0) * times
        else:
            field.modifier[g, part.of, part.what] += part.amount * times


@often
def _grown(world: World, field: Field, i: int) -> float:
    """How many times the changes of an effect count; 1 for one that does not grow."""
    row = world.effect[i]
    if row.per == ONE:
        return 1.0
    steps = _measure(world, field, i) / row.step
    if not LOST_HEALTH <= row.per <= SKILL_TIME:
        steps = np.floor(steps)
    return float(min(max(steps, 0.0), float(row.stacks)))


@compiled
def _measure(world: World, field: Field, i: int) -> float:  # noqa: PLR0911 - one line a case
    """What an effect of an operator grows with."""
    row, clock = world.effect[i], field.battle[0].clock
    s, per, unit = row.owner, row.per, field.unit[row.owner]
    if per == SECONDS:
        return float(clock - field.entered[s])
    if per in (IDLE, IDLE_TIME):
        return float(clock - unit.last_attack)
    if per == KILLED:
        return float(unit.kills)
    if per == USES:
        return float(unit.uses - 1)
    if per == STREAK:
        return float(unit.streak)
    if per == SKILL_TIME:
        return float(world.deployable[s].duration - unit.skill_ticks)
    if per == LOST_HEALTH:
        return 1.0 - unit.health / full_health(world, field, s)
    return float(_count(world, field, i))


@compiled
def _count(world: World, field: Field, i: int) -> int:
    """How many enemies are in the range of an effect's owner, or how many operators of its sort on the field."""
    row, found, slots = world.effect[i], 0, field.unit.shape[0]
    if row.per == FRIENDS:
        for s in range(slots):
            found += int(field.unit[s].tile >= 0 and (row.sort < 0 or world.sort[row.sort, s]))
        return found
    return foes_in_range(field, row.owner)
