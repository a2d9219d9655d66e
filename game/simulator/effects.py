"""Effects happen: which fighters they choose, what they do to them, and which numbers they change while they last.

A fighter `f` is an operator (its slot) or an enemy (S plus its number); `i` is a row of `World.effect`. Nothing here is
called in a battle without effects. What an effect does raises no further attacks and hits, so that none runs for ever;
kills and deaths it raises, and they happen at the end of the tick.
"""

from __future__ import annotations

import numpy as np

from game.simulator import options
from game.simulator.blocking import RELEASE_ALL, release_above
from game.simulator.choosing import chooses, fits, full_health, health_of, holds_now, stands
from game.simulator.compiling import compiled, not_inlined, often
from game.simulator.damage import damage_dealt
from game.simulator.effect_events import clear, raise_event
from game.simulator.effect_records import (
    ADD,
    ALLIES,
    ALWAYS,
    ATTACKS,
    BURN,
    DAMAGE_ATTACK,
    DAMAGE_DEFENSE,
    DEATH,
    FACTOR,
    GIVE_DP,
    GIVE_SP,
    HEAL_ATTACK,
    HEAL_POINTS,
    HEAL_SHARE,
    HEALING_GIVEN,
    HEALING_TAKEN,
    HIT_TAKEN,
    INTERVAL,
    KILLS,
    ONLY,
    REGENERATION,
    REGENERATION_SHARE,
    RESIST,
    SELF,
    SHIELD,
    SP_RATE,
    STUN,
    TARGET,
)
from game.simulator.field import BASE, NO_INDEX, SKILLED, add_dp, mode_of
from game.simulator.modifiers import (
    attack_of,
    changed,
    defense_of,
    draw,
    enemy_attack,
    enemy_defense,
    enemy_resistance,
    gain_sp,
    resistance_of,
    taken,
)
from game.simulator.presence import die, remove
from game.simulator.records import ARTS, PER_SECOND, TICKS, Field, World

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
            elif _urgency(world, field, i, g) < least:
                best, least = g, _urgency(world, field, i, g)
        if best >= 0:
            field.marked[best] = True


@often
def _urgency(world: World, field: Field, i: int, g: int) -> float:
    """The order in which an effect chooses, the least first: allies by health, enemies by the way to their exit, and
    operators as targets by their deployment, the last first.
    """
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
            _do(world, field, row.owner, p, g)


@compiled
def _do(world: World, field: Field, f: int, p: int, g: int) -> None:
    """One part of an effect of `f` on `g`: damage, healing, a shield, a stun, SP or DP."""
    part, slots = world.effect_part[p], field.unit.shape[0]
    what, amount = part.what, part.amount
    if what <= DAMAGE_DEFENSE:
        _damage(world, field, f, g, _points(world, field, f, what, amount), part.of)
    elif what <= HEAL_POINTS:
        _heal(world, field, f, g, _points(world, field, f, what, amount) if what != HEAL_SHARE else -amount)
    elif what == SHIELD:
        if g < slots:
            field.unit[g].shield = max(field.unit[g].shield, amount * full_health(world, field, g))
    elif what == STUN:
        stun(world, field, g, int(amount))
    elif what == GIVE_DP:
        add_dp(world, field, int(amount))
    elif what == GIVE_SP and g < slots:
        gain_sp(world, field, g, int(amount))


@often
def _points(world: World, field: Field, f: int, what: int, amount: float) -> float:
    """Points of a part that is given in points, or in parts of its owner's attack or defense."""
    slots = field.unit.shape[0]
    if what in (DAMAGE_ATTACK, HEAL_ATTACK):
        own = attack_of(world, field, f, mode_of(field, f)) if f < slots else enemy_attack(world, field, f - slots)
        return amount * own
    if what == DAMAGE_DEFENSE:
        own = defense_of(world, field, f, mode_of(field, f)) if f < slots else enemy_defense(world, field, f - slots)
        return amount * own
    return amount


@compiled
def _damage(world: World, field: Field, f: int, g: int, points: float, kind: int) -> None:
    """Damage by an effect; it may kill."""
    not_inlined()
    slots = field.unit.shape[0]
    if g < slots:
        mode = mode_of(field, g)
        hurt = damage_dealt(points, defense_of(world, field, g, mode), resistance_of(world, field, g, mode), kind)
        lose_health(world, field, g, hurt * taken(field, g, kind))
        return
    e = g - slots
    hurt = damage_dealt(points, enemy_defense(world, field, e), enemy_resistance(world, field, e), kind)
    field.foe[e].health -= hurt * taken(field, g, kind)
    if field.foe[e].health <= 0.0:
        fall(world, field, e, f)


@compiled
def lose_health(world: World, field: Field, s: int, hurt: float) -> None:
    """An operator takes damage: its shield absorbs what it can. It may die."""
    not_inlined()
    unit = field.unit[s]
    absorbed = min(hurt, unit.shield)
    unit.shield -= absorbed
    unit.health -= hurt - absorbed
    if unit.health <= 0.0:
        raise_event(world, field, s, DEATH)
        remove(world, field, s)


@compiled
def fall(world: World, field: Field, e: int, by: int) -> None:
    """An enemy dies by a fighter's doing."""
    not_inlined()
    raise_event(world, field, field.unit.shape[0] + e, DEATH)
    raise_event(world, field, by, KILLS)
    die(world, field, e)
    if by < field.unit.shape[0]:
        add_dp(world, field, world.deployable[by].dp_per_kill)


@compiled
def _heal(world: World, field: Field, f: int, g: int, points: float) -> None:
    """Give health points, or, if negative, that fraction of the full health."""
    full, slots = full_health(world, field, g), field.unit.shape[0]
    amount = points if points >= 0.0 else -points * full
    amount *= field.modifier[f, HEALING_GIVEN, FACTOR] * field.modifier[g, HEALING_TAKEN, FACTOR]
    if g < slots:
        if g == f or not world.stance[0, g].unhealable:
            field.unit[g].health = min(field.unit[g].health + amount, full)
    else:
        field.foe[g - slots].health = min(field.foe[g - slots].health + amount, full)


@compiled
def stun(world: World, field: Field, g: int, ticks: int) -> None:
    """Stun a fighter, if it is not immune."""
    slots, clock = field.unit.shape[0], field.battle[0].clock
    if g < slots:
        shorter = 2 if field.modifier[g, RESIST, ADD] > 0.0 else 1
        field.unit[g].stunned_until = max(field.unit[g].stunned_until, clock + ticks // shorter)
        release_above(world, field, g, RELEASE_ALL)
    elif not world.enemy[g - slots].stun_immune:
        foe = field.foe[g - slots]
        foe.stunned_until = max(foe.stunned_until, clock + ticks)


# --- When effects happen ----------------------------------------------------------------------------------------------


@compiled
def fired_by_attack(world: World, field: Field, f: int, mode: int, g: int) -> int:
    """Which effects of an attack of `f` happen to this target, a bit for each of its effects."""
    not_inlined()
    fired, first = 0, world.effects_from[f]
    for i in range(first, world.effects_from[f + 1]):
        row = world.effect[i]
        holds = row.when == ATTACKS and holds_now(world, field, i, mode) and fits(world, field, i, g)
        if holds and _comes_up(field, row.chance):
            fired |= 1 << (i - first)
    return fired


@compiled
def product_of(world: World, f: int, fired: int, what: int) -> float:
    """The product of the strengths (STRENGTH) or of the factors on the defense (PIERCE) of effects that happen."""
    not_inlined()
    product, first = 1.0, world.effects_from[f]
    for i in range(first, world.effects_from[f + 1]):
        if (fired >> (i - first)) & 1:
            row = world.effect[i]
            for p in range(row.first, row.first + row.parts):
                if world.effect_part[p].what == what:
                    product *= world.effect_part[p].amount
    return product


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
        holds = row.when == HIT_TAKEN and holds_now(world, field, i, mode) and fits(world, field, i, by)
        if holds and _comes_up(field, row.chance):
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
            for _ in range(times):
                _may_happen(world, field, i, mode if row.skill != ONLY else SKILLED)
    _live(world, field)
    if field.battle[0].changed or (clock + 1) % options.SEARCH_TICKS == 0:
        _renew(world, field)


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
        burn = field.modifier[g, BURN, ADD] / TICKS
        if g < slots:
            _gain_part(world, field, g)
            if gain != 0.0:
                field.unit[g].health = min(field.unit[g].health + gain / TICKS, full)
        elif gain != 0.0:
            field.foe[g - slots].health = min(field.foe[g - slots].health + gain / TICKS, full)
        if burn > 0.0:
            _damage(world, field, g, g, burn, ARTS)


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
def _renew(world: World, field: Field) -> None:
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
                _change(world, field, i, g)
    for i in range(world.effect.shape[0]):
        if world.effect[i].when == ALWAYS:
            _change_always(world, field, i, slots + listed)


@compiled
def _change_always(world: World, field: Field, i: int, count: int) -> None:
    """Add what an effect that is there always changes, for all that it chooses now."""
    f, slots = world.effect[i].owner, field.unit.shape[0]
    mode = mode_of(field, f) if f < slots else BASE
    if not stands(field, f) or not holds_now(world, field, i, mode):
        return
    for k in range(count):
        g = k if k < slots else slots + field.present[k - slots]
        if chooses(world, field, i, g, NO_INDEX):
            _change(world, field, i, g)


@often
def _change(world: World, field: Field, i: int, g: int) -> None:
    """Add what an effect changes to a fighter's modifiers."""
    row = world.effect[i]
    for p in range(row.first, row.first + row.parts):
        part = world.effect_part[p]
        if part.what < FACTOR:
            field.modifier[g, part.of, part.what] += part.amount
        elif part.what == FACTOR:
            field.modifier[g, part.of, FACTOR] *= part.amount
