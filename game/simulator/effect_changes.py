"""Which numbers effects change while they last, and by how much.

A fighter `f` or `g` is an operator (its slot) or an enemy (S plus its number); `i` is a row of `World.effect`. Nothing
here is called in a battle without effects.
"""

from __future__ import annotations

import numpy as np

from game.simulator.blocking import release_above
from game.simulator.choosing import chooses, foes_in_range, holds_now, stands
from game.simulator.compiling import compiled, often
from game.simulator.effect_deeds import points_of
from game.simulator.effect_events import clear
from game.simulator.effect_records import (
    ADD,
    BLOCKED_WITH,
    DAMAGE_ATTACK,
    DAMAGE_DEFENSE,
    DEFENSE,
    ENEMIES_NEAR,
    FACTOR,
    FRIENDS,
    IDLE,
    IDLE_TIME,
    KILLED,
    LASTING,
    LEND,
    LOST_HEALTH,
    MAX_HEALTH,
    NEXT_CONSTANT,
    NEXT_LENDING,
    NEXT_TIMED,
    ONE,
    SECONDS,
    SELF,
    SKILL_TIME,
    STREAK,
    TALLIED,
    USES,
    EffectPart,
)
from game.simulator.field import BASE, NO_INDEX, mode_of
from game.simulator.modifiers import block_of, full_health, health_share, is_altered, keep_share
from game.simulator.records import Field, World


@compiled
def renew(world: World, field: Field) -> None:  # noqa: C901 - compiled as one
    """Make the modifiers of all fighters on the field anew."""
    slots, listed, clock = field.unit.shape[0], field.battle[0].listed, field.battle[0].clock
    field.battle[0].changed = False
    for k in range(slots + listed):
        g = k if k < slots else slots + field.present[k - slots]
        if is_altered(field, g):
            clear(field, g)
    i, last = world.next_effect[NEXT_TIMED, 0], world.effect.shape[0]
    while i < last:  # silence comes with these, and stops some of the others
        timer = world.effect[i].timer
        going_on = field.until[timer, field.until.shape[1] - 1] > clock
        for k in range(slots + listed if going_on else 0):
            g = k if k < slots else slots + field.present[k - slots]
            if field.until[timer, g] > clock:
                _change(world, field, i, g, False)
        i = world.next_effect[NEXT_TIMED, i + 1]
    i = world.next_effect[NEXT_CONSTANT, 0]
    while i < last:
        if stands(field, world.effect[i].owner):
            _change_always(world, field, i, slots + listed, False)
        i = world.next_effect[NEXT_CONSTANT, i + 1]
    i = world.next_effect[NEXT_LENDING, 0]
    while i < last:
        _lend(world, field, i, slots + listed)
        i = world.next_effect[NEXT_LENDING, i + 1]
    for s in range(slots):
        if stands(field, s):
            if field.unit[s].full_health != full_health(world, field, s):
                keep_share(world, field, s)
            if field.unit[s].block_taken > block_of(world, field, s):
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
    if world.effect[i].who == SELF:
        _change(world, field, i, f, lending)
        return
    for k in range(count):
        g = k if k < slots else slots + field.present[k - slots]
        if chooses(world, field, i, g, NO_INDEX):
            _change(world, field, i, g, lending)


@compiled
def _change(world: World, field: Field, i: int, g: int, lending: bool) -> None:
    """Add what an effect changes, or what it lends, to a fighter's modifiers."""
    row, times, slots = world.effect[i], grown(world, field, i), field.unit.shape[0]
    if g < slots:
        field.unit[g].altered = True
    else:
        field.foe[g - slots].altered = True
    if row.per == LASTING:
        lasted = field.battle[0].clock - (field.until[row.timer, g] - row.ticks)
        times = min(np.floor(lasted / row.step), float(row.stacks))
    for p in range(row.first, row.first + row.parts):
        part = world.effect_part[p]
        if part.what > LEND or (part.what == LEND) != lending:
            continue
        if part.what == LEND:
            field.modifier[g, part.of, ADD] += times * _lent(world, field, row.owner, part)
        elif part.what == FACTOR:
            field.modifier[g, part.of, FACTOR] *= 1.0 + (part.amount - 1.0) * times
        else:
            field.modifier[g, part.of, part.what] += part.amount * times


@compiled
def _lent(world: World, field: Field, f: int, part: EffectPart) -> float:
    """The points that a part lends of its owner's numbers."""
    if part.of == MAX_HEALTH:
        return float(part.amount * full_health(world, field, f))
    return points_of(world, field, f, DAMAGE_DEFENSE if part.of == DEFENSE else DAMAGE_ATTACK, part.amount)


@often
def grown(world: World, field: Field, i: int) -> float:
    """How many times the changes of an effect count; 1 for one that does not grow."""
    row = world.effect[i]
    if row.per in (ONE, LASTING):
        return 1.0
    steps = _measure(world, field, i) / row.step
    if not LOST_HEALTH <= row.per <= SKILL_TIME:
        steps = np.floor(steps)
    return float(min(max(steps, 0.0), float(row.stacks)))


@compiled
def _measure(world: World, field: Field, i: int) -> float:  # noqa: PLR0911 - one line a case
    """What an effect grows with; of an operator alone from IDLE to STREAK but for LOST_HEALTH."""
    row, clock = world.effect[i], field.battle[0].clock
    s, per = row.owner, row.per
    if per == SECONDS:
        return float(clock - field.entered[s])
    if per == LOST_HEALTH:
        return 1.0 - health_share(world, field, s)
    if per in (FRIENDS, ENEMIES_NEAR):
        return float(_count(world, field, i))
    if per in (BLOCKED_WITH, TALLIED):
        e = s - field.unit.shape[0]
        if e < 0:
            return 0.0
        return float(_blocked_with(field, e) if per == BLOCKED_WITH else field.foe[e].tally)
    unit = field.unit[s]
    if per in (IDLE, IDLE_TIME):
        return float(clock - unit.last_attack)
    if per == KILLED:
        return float(unit.kills)
    if per == USES:
        return float(unit.uses - 1)
    if per == STREAK:
        return float(unit.streak)
    return float(world.deployable[s].duration - unit.skill_ticks)


@compiled
def _blocked_with(field: Field, e: int) -> int:
    """How many enemies the operator blocks that blocks this one, itself included."""
    blocker, found = field.foe[e].blocker, 0
    for k in range(field.battle[0].listed):
        found += int(blocker >= 0 and field.foe[field.present[k]].blocker == blocker)
    return found


@compiled
def _count(world: World, field: Field, i: int) -> int:
    """How many enemies are in the range of an effect's owner, or how many of its side and sort on the field."""
    row, found, slots = world.effect[i], 0, field.unit.shape[0]
    if row.per == FRIENDS and row.owner >= slots:
        for k in range(field.battle[0].listed):
            g = slots + field.present[k]
            found += int(stands(field, g) and (row.sort < 0 or world.sort[row.sort, g]))
        return found
    if row.per == FRIENDS:
        for s in range(slots):
            found += int(field.unit[s].tile >= 0 and (row.sort < 0 or world.sort[row.sort, s]))
        return found
    return foes_in_range(field, row.owner)
