"""Effects happen: which fighters they choose, and what they do to them.

A fighter `f` is an operator (its slot) or an enemy (S plus its number); `i` is a row of `World.effect`. Nothing here is
called in a battle without effects. What an effect does raises no further attacks and hits, so that none runs for ever;
kills and deaths it raises, and they happen at the end of the tick.
"""

from __future__ import annotations

import numpy as np

from game.simulator import options
from game.simulator.choosing import (
    chooses,
    fits,
    health_of,
    holds_now,
    is_silenced,
    outlives,
    stands,
    urgency_of,
)
from game.simulator.compiling import compiled, not_inlined, often, passed
from game.simulator.effect_changes import renew
from game.simulator.effect_deeds import damage_by_effect, do, lose_some, rise, rot
from game.simulator.effect_events import next_time, raise_event
from game.simulator.effect_records import (
    ADD,
    BLEED,
    BURN,
    DAMAGE_ATTACK,
    DEATH,
    DRAIN,
    HIT_TAKEN,
    INTERVAL,
    LEAKS,
    LINK_BROKEN,
    LINK_OVER,
    LINKED,
    NEXT_ENDING,
    NEXT_INTERVAL,
    NEXT_TIMED,
    ONLY,
    REGENERATION,
    REGENERATION_LOW,
    REGENERATION_SHARE,
    SELF,
    SHIELD,
    SHIELD_ATTACK,
    SHIELD_POINTS,
    SP_RATE,
    TARGET,
)  # fmt: skip
from game.simulator.effect_strikes import comes_up, is_due
from game.simulator.field import BASE, NO_INDEX, SKILLED, mode_of
from game.simulator.modifiers import changed, full_health, gain_sp, is_altered
from game.simulator.presence import remove
from game.simulator.records import ARTS, PER_SECOND, TICKS, TRUE, Field, World
from game.simulator.shifting import move_shifted

NEVER_DUE = passed(1 << 62)
"""`BattleFigures.next_due` where no effect happens at intervals."""

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
    if row.who == LINKED:
        linked = field.foe[row.owner - field.unit.shape[0]].link
        if linked >= 0:
            _affect(world, field, i, linked)
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
                urgency = urgency_of(world, field, i, g)
                if urgency < least:
                    best, least = g, urgency
        if best >= 0:
            field.marked[best] = True


@compiled
def _affect(world: World, field: Field, i: int, g: int) -> None:
    """An effect does to one fighter what it does, unless that comes at its end; its changes begin, or begin again."""
    row = world.effect[i]
    if row.timer >= 0:
        end, latest = field.battle[0].clock + row.ticks, field.until.shape[1] - 1
        field.until[row.timer, g] = end
        field.until[row.timer, latest] = max(field.until[row.timer, latest], end)
        field.battle[0].changed = True
    if not row.at_end:
        _act_on(world, field, i, g)


@compiled
def _act_on(world: World, field: Field, i: int, g: int) -> None:
    """All parts of an effect that are no changes of numbers, on one fighter."""
    row = world.effect[i]
    for p in range(row.first, row.first + row.parts):
        if world.effect_part[p].what >= DAMAGE_ATTACK:
            do(world, field, row.owner, p, g)
            shields = world.effect_part[p].what in (SHIELD, SHIELD_ATTACK, SHIELD_POINTS)
            if shields and row.ticks > 0 and g < field.unit.shape[0]:
                field.unit[g].shield_until = field.battle[0].clock + row.ticks


# --- When effects happen ----------------------------------------------------------------------------------------------


@compiled
def spend(world: World, field: Field, s: int) -> None:
    """An operator has attacked: the changes that end with an attack end."""
    not_inlined()
    i = world.next_effect[NEXT_TIMED, 0]
    while i < world.effect.shape[0]:
        timer = world.effect[i].timer
        if world.effect[i].spent and field.until[timer, s] > field.battle[0].clock:
            field.until[timer, s] = 0
            field.battle[0].changed = True
        i = world.next_effect[NEXT_TIMED, i + 1]


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
        holds = row.when == HIT_TAKEN and is_due(field, i) and holds_now(world, field, i, mode)
        if holds and fits(world, field, i, by) and comes_up(field, row.chance):
            field.due[i] = field.battle[0].clock + row.period
            happen(world, field, i, by)


@compiled
def play_effects(world: World, field: Field, clock: int) -> None:  # noqa: C901 - compiled as one
    """A tick of all effects: what has been raised happens, then what happens at intervals; health comes and goes; and
    the changed numbers are made anew where something has changed, or before the next search.
    """
    not_inlined()
    battle, last = field.battle[0], world.effect.shape[0]
    raised = battle.raised
    battle.raised = False
    i = 0 if raised else world.next_effect[NEXT_INTERVAL, 0]
    if not raised and battle.next_due > clock:
        i = last
    else:
        battle.next_due = NEVER_DUE
    while i < last:
        row, mode = world.effect[i], BASE
        if row.owner < field.unit.shape[0]:
            mode = mode_of(field, row.owner)
        if row.when == INTERVAL:
            if field.due[i] <= clock and (not row.waits or _can_use(world, field, i, mode, clock)):
                field.due[i] = next_time(world, field, i, clock, row.period)
                if stands(field, row.owner) or outlives(field, row.owner, row.at_place):
                    _may_happen(world, field, i, mode)
            battle.next_due = min(battle.next_due, field.due[i] if field.due[i] > clock else _next_search(clock))
        elif field.pending[i] > 0:
            times = field.pending[i]
            field.pending[i] = 0
            for _ in range(times if row.period == 0 else int(is_due(field, i))):
                _may_happen(world, field, i, mode if row.skill != ONLY else SKILLED)
        i += 1
        if not (raised or battle.raised):
            i = world.next_effect[NEXT_INTERVAL, i]
    if world.next_effect[NEXT_ENDING, 0] < last:
        _end(world, field, clock)
    move_shifted(world, field)
    _live(world, field)
    if battle.changed or (clock + 1) % options.SEARCH_TICKS == 0:
        renew(world, field)


@compiled
def _end(world: World, field: Field, clock: int) -> None:
    """What comes at the end of effects happens to those who still stand."""
    i, fighters = world.next_effect[NEXT_ENDING, 0], field.until.shape[1] - 1
    while i < world.effect.shape[0]:
        timer = world.effect[i].timer
        for g in range(fighters if field.until[timer, fighters] > 0 else 0):
            if 0 < field.until[timer, g] <= clock:
                field.until[timer, g] = 0
                if stands(field, g):
                    _act_on(world, field, i, g)
        if field.until[timer, fighters] <= clock:
            field.until[timer, fighters] = 0
        i = world.next_effect[NEXT_ENDING, i + 1]


@compiled
def _can_use(world: World, field: Field, i: int, mode: int, clock: int) -> bool:
    """Whether an effect that waits may happen: its owner can act, and one is there whom it chooses."""
    row, slots = world.effect[i], field.unit.shape[0]
    if clock % options.SEARCH_TICKS != 0 or not stands(field, row.owner) or not holds_now(world, field, i, mode):
        return False
    stunned = field.unit[row.owner].stunned_until if row.owner < slots else field.foe[row.owner - slots].stunned_until
    if stunned > clock or (row.owner >= slots and field.foe[row.owner - slots].link >= 0):
        return False
    for k in range(slots + field.battle[0].listed):
        g = k if k < slots else slots + field.present[k - slots]
        if chooses(world, field, i, g, NO_INDEX):
            return True
    return False


@often
def _next_search(clock: int) -> int:
    """The next tick in which targets are searched for."""
    return clock + options.SEARCH_TICKS - clock % options.SEARCH_TICKS


@compiled
def _may_happen(world: World, field: Field, i: int, mode: int) -> None:
    """An effect happens if its conditions hold and its chance comes up."""
    row = world.effect[i]
    if row.when in (DEATH, LEAKS):
        may = row.firm or not is_silenced(field, row.owner)
    elif row.when == LINK_BROKEN:
        may = True
    else:
        there = stands(field, row.owner) or outlives(field, row.owner, row.at_place)
        may = there and holds_now(world, field, i, mode)
    if may and comes_up(field, row.chance):
        if row.when != INTERVAL:
            field.due[i] = field.battle[0].clock + row.period
        happen(world, field, i, NO_INDEX)


@compiled
def _live(world: World, field: Field) -> None:  # noqa: C901 - one branch a kind of gain or loss
    """A tick of what effects give and take of health, and of SP, all the time."""
    slots, listed = field.unit.shape[0], field.battle[0].listed
    for k in range(slots + listed):
        g = k if k < slots else slots + field.present[k - slots]
        if g >= slots and 0 < field.foe[g - slots].lying_until <= field.battle[0].clock:
            rise(world, field, g - slots)
        if not stands(field, g):
            continue
        altered = is_altered(field, g)
        full = full_health(world, field, g) if altered else 0.0
        gain = _regeneration(field, g, full) if altered else 0.0
        if altered and field.modifier[g, DRAIN, ADD] > 0.0:
            lose_some(field, g, field.modifier[g, DRAIN, ADD] * full / TICKS)
        if g >= slots and field.foe[g - slots].link >= 0:
            _keep_link(world, field, g - slots)
        if g < slots:
            if altered:
                _gain_part(world, field, g)
            _end_times(world, field, g)
            if gain != 0.0:
                field.unit[g].health = min(field.unit[g].health + gain / TICKS, full)
        elif gain != 0.0:
            field.foe[g - slots].health = min(field.foe[g - slots].health + gain / TICKS, full)
        if altered and field.modifier[g, BURN, ADD] > 0.0 and stands(field, g):
            damage_by_effect(world, field, g, g, field.modifier[g, BURN, ADD] / TICKS, ARTS)
        if altered and field.modifier[g, BLEED, ADD] > 0.0 and stands(field, g):
            damage_by_effect(world, field, g, g, field.modifier[g, BLEED, ADD] / TICKS, TRUE)


@compiled
def _keep_link(world: World, field: Field, e: int) -> None:
    """An enemy's link ends when its time is over, its operator gone, or the enemy stunned or silenced; then it goes
    on.
    """
    foe, clock, f = field.foe[e], field.battle[0].clock, field.unit.shape[0] + e
    stopped = foe.stunned_until > clock or is_silenced(field, f) or not stands(field, foe.link)
    if stopped and foe.link_until > clock:
        raise_event(world, field, f, LINK_BROKEN)
    if foe.link_until <= clock or stopped:
        linked = foe.link
        foe.link = NO_INDEX
        if not stopped:
            _finish_link(world, field, f, linked)
        foe.paused_until = clock
        foe.next_attack = float(clock)


@compiled
def _finish_link(world: World, field: Field, f: int, linked: int) -> None:
    """The effects of `f` happen that wait for the end of its link, with the one that was linked as their target."""
    for i in range(world.effects_from[f], world.effects_from[f + 1]):
        if world.effect[i].when == LINK_OVER:
            happen(world, field, i, linked)


@often
def _regeneration(field: Field, g: int, full: float) -> float:
    """Points of health that a fighter with this full health gets a second."""
    gain = changed(field, g, REGENERATION, 0.0, 0.0) + changed(field, g, REGENERATION_SHARE, 0.0, 0.0) * full
    if field.modifier[g, REGENERATION_LOW, ADD] > 0.0 and health_of(field, g) < 0.5 * full:
        gain += field.modifier[g, REGENERATION_LOW, ADD]
    return gain


@often
def _end_times(world: World, field: Field, s: int) -> None:
    """A shield that is given for a time ends; an operator that has to leave goes, and necrosis goes on."""
    unit, clock = field.unit[s], field.battle[0].clock
    if 0 < unit.shield_until <= clock:
        unit.shield, unit.shield_until = 0.0, 0
    if 0 < unit.leaves_at <= clock:
        unit.leaves_at = 0
        remove(world, field, s)
    elif unit.rots_until > clock:
        rot(world, field, s)


@often
def _gain_part(world: World, field: Field, s: int) -> None:
    """A tick of the SP that effects give by the second."""
    rate = field.modifier[s, SP_RATE, ADD]
    if rate > 0.0 and world.deployable[s].sp_recovery == PER_SECOND:
        field.unit[s].sp_part += rate
        whole = int(field.unit[s].sp_part)
        field.unit[s].sp_part -= whole
        gain_sp(world, field, s, whole)
