"""What effects do to a fighter: damage, healing, shields, stuns, SP and DP; and what losing health leads to.

A fighter `f` or `g` is an operator (its slot) or an enemy (S plus its number); `p` is a row of `World.effect_part`.
Nothing here is called in a battle without effects.
"""

from __future__ import annotations

from game.simulator import options
from game.simulator.afflictions import chill, injure, resisted, weaken
from game.simulator.arrivals import FALLING, leave_rubble, summon, turn_away
from game.simulator.blocking import RELEASE_ALL, release_above, unblock
from game.simulator.choosing import health_of, in_reach, stands, tile_under
from game.simulator.compiling import compiled, not_inlined, often
from game.simulator.damage import damage_dealt
from game.simulator.effect_events import begin_intervals, raise_event
from game.simulator.effect_records import (
    ADD,
    BURNING,
    CHARGE,
    COLD,
    CORROSION,
    DAMAGE_ATTACK,
    DAMAGE_DEFENSE,
    DEATH,
    FACTOR,
    FALL_DOWN,
    FALLS,
    GIVE_DP,
    GIVE_SP,
    HEAL_ATTACK,
    HEAL_DEALT,
    HEAL_SHARE,
    HEAL_SP,
    HEALING_GIVEN,
    HEALING_TAKEN,
    HURT,
    INJURE_ATTACK,
    INJURE_POINTS,
    INTERVAL,
    KILLS,
    LAY,
    LEAP,
    LEAVE,
    LINK,
    LINK_BROKEN,
    LOSE,
    LOSE_SHARE,
    NEURAL,
    PULL,
    PUSH,
    RISES,
    RUBBLE,
    SAVED,
    SHIELD,
    SHIELD_ATTACK,
    SHIELD_POINTS,
    SP_SHARE,
    STUN,
    SUMMON,
    TALLY,
    TURN,
    UNDYING,
    WARD_BROKEN,
    WARDS,
    WEAR,
)  # fmt: skip
from game.simulator.field import add_dp, mode_of
from game.simulator.modifiers import (
    at_most,
    attack_of,
    defense_of,
    enemy_attack,
    enemy_defense,
    enemy_resistance,
    full_health,
    gain_sp,
    is_asleep,
    is_steadfast,
    resistance_of,
    taken,
)  # fmt: skip
from game.simulator.movement import leap
from game.simulator.presence import die, remove
from game.simulator.records import ARTS, PER_HIT, PHYSICAL, TICKS, TRUE, Field, World
from game.simulator.shifting import shift


@compiled
def do(world: World, field: Field, f: int, p: int, g: int) -> None:  # noqa: C901, PLR0912 - one branch a deed
    """One part of an effect of `f` on `g`."""
    not_inlined()
    part, slots = world.effect_part[p], field.unit.shape[0]
    what, amount = part.what, part.amount
    if what <= DAMAGE_DEFENSE:
        damage_by_effect(world, field, f, g, points_of(world, field, f, what, amount), part.of)
    elif what <= HEAL_DEALT:
        _heal(world, field, f, g, points_of(world, field, f, what, amount) if what != HEAL_SHARE else -amount)
    elif what == STUN:
        stun(world, field, g, int(amount))
    elif what == GIVE_DP:
        _give_dp(world, field, f, int(amount))
    elif what == COLD:
        chill(world, field, g, int(amount))
    elif PUSH <= what <= PULL:
        shift(world, field, f, g, what, int(amount))
    elif what == LINK:
        _link(field, f, g, int(amount))
    elif what == CHARGE:
        _charge(world, field, int(amount))
    elif what == LAY:
        _lay(world, field, f, g, int(amount))
    elif what == FALL_DOWN:
        fall(world, field, (g if g >= slots else f) - slots, f)
    elif what == SUMMON:
        summon(world, field, f - slots, int(amount))
    elif what == RUBBLE:
        leave_rubble(world, field, f, int(amount))
    elif what in (LOSE, LOSE_SHARE):
        lose_some(field, g, amount * (health_of(field, g) if what == LOSE else full_health(world, field, g)))
    elif g < slots:
        _do_to_operator(world, field, f, p, g)
    elif what == LEAP:
        leap(world, field, g - slots, amount)
    elif what == TURN:
        _turn(world, field, g - slots)
    elif what == TALLY:
        field.foe[g - slots].tally += int(amount)
        field.battle[0].changed = True


@compiled
def _lay(world: World, field: Field, f: int, g: int, ticks: int) -> None:
    """The place of `g` is kept for the effects of `f` that work there; those of an enemy begin."""
    slots, clock = field.unit.shape[0], field.battle[0].clock
    if f < slots:
        field.unit[f].place = tile_under(world, field, g)
        field.unit[f].place_until = clock + ticks
        return
    field.foe[f - slots].place = tile_under(world, field, g)
    field.foe[f - slots].place_until = clock + ticks
    for i in range(world.effects_from[f], world.effects_from[f + 1]):
        if world.effect[i].at_place and world.effect[i].when == INTERVAL:
            field.due[i] = clock + world.effect[i].first_time
    field.battle[0].next_due = 0


@compiled
def _link(field: Field, f: int, g: int, ticks: int) -> None:
    """An enemy is linked to a fighter: it stands still and does not attack meanwhile."""
    slots, end = field.unit.shape[0], field.battle[0].clock + ticks
    if f >= slots:
        foe = field.foe[f - slots]
        foe.link, foe.link_until = g, end
        foe.paused_until = end
        foe.next_attack = float(end)


@compiled
def _charge(world: World, field: Field, ticks: int) -> None:
    """What is charged happens sooner, or later, but not later than from the start."""
    field.battle[0].next_due = 0
    for i in range(world.effect.shape[0]):
        if world.effect[i].charged:
            field.due[i] = min(field.due[i] - ticks, field.battle[0].clock + world.effect[i].period)


@compiled
def _give_dp(world: World, field: Field, f: int, amount: int) -> None:
    """Give DP; or take them, and an operator for which there are not enough leaves the field."""
    if amount >= 0 or field.battle[0].dp + amount >= 0:
        add_dp(world, field, amount)
    elif f < field.unit.shape[0]:
        field.unit[f].leaves_at = field.battle[0].clock


@compiled
def _do_to_operator(world: World, field: Field, f: int, p: int, g: int) -> None:
    """Shields, wards and SP, or the order to leave; nothing of it is for enemies."""
    part, unit = world.effect_part[p], field.unit[g]
    what, amount = part.what, part.amount
    if what == SHIELD:
        unit.shield = max(unit.shield, amount * full_health(world, field, g))
    elif what == SHIELD_POINTS:
        unit.shield = max(unit.shield, amount)
    elif what == SHIELD_ATTACK:
        unit.shield = max(unit.shield, points_of(world, field, f, HEAL_ATTACK, amount))
    elif what == WARDS:
        unit.wards = max(unit.wards, min(unit.wards + int(amount), part.of)) if amount > 0.0 else 0
    elif what == GIVE_SP:
        gain_sp(world, field, g, int(amount))
    elif what == SP_SHARE:
        gain_sp(world, field, g, int(amount * world.deployable[g].sp_cost))
    elif what == LEAVE:
        unit.leaves_at = field.battle[0].clock + int(amount)
    elif what == WEAR:
        unit.worn += amount
    elif what in (INJURE_ATTACK, INJURE_POINTS) and unit.tile >= 0:  # the same blow may have killed it
        points = points_of(world, field, f, DAMAGE_ATTACK, amount) if what == INJURE_ATTACK else amount
        add_injury(world, field, f, g, part.of, points)


@compiled
def add_injury(world: World, field: Field, f: int, s: int, element: int, points: float) -> None:
    """An operator takes points of elemental injury, which may burst."""
    if injure(field, s, element, points):
        _burst(world, field, f, s, element)


@compiled
def _burst(world: World, field: Field, f: int, s: int, element: int) -> None:
    """An operator's elemental injury bursts."""
    if element == NEURAL:
        stun(world, field, s, options.BURST_SECONDS * TICKS)
        damage_by_effect(world, field, f, s, options.NEURAL_DAMAGE, TRUE)
    elif element == CORROSION:
        damage_by_effect(world, field, f, s, options.CORROSION_DAMAGE, PHYSICAL)
    elif element == BURNING:
        damage_by_effect(world, field, f, s, options.BURNING_DAMAGE, ARTS)
    if field.unit[s].tile >= 0:
        weaken(field, s, element)


@compiled
def rot(world: World, field: Field, s: int) -> None:
    """A tick of an operator's burst of necrosis: arts damage, and SP are lost."""
    not_inlined()
    field.unit[s].sp = max(field.unit[s].sp - 1, 0)
    damage_by_effect(world, field, s, s, options.ROT_DAMAGE / TICKS, ARTS)


@compiled
def lose_some(field: Field, g: int, points: float) -> None:
    """A fighter loses health, but keeps a point."""
    slots = field.unit.shape[0]
    if g < slots:
        field.unit[g].health = max(field.unit[g].health - points, min(field.unit[g].health, 1.0))
    else:
        foe = field.foe[g - slots]
        foe.health = max(foe.health - points, min(foe.health, 1.0))


@often
def points_of(world: World, field: Field, f: int, what: int, amount: float) -> float:
    """Points of a part that is given in points, or in parts of its owner's attack or defense."""
    slots = field.unit.shape[0]
    if what in (DAMAGE_ATTACK, HEAL_ATTACK):
        own = attack_of(world, field, f, mode_of(field, f)) if f < slots else enemy_attack(world, field, f - slots)
        return amount * own
    if what == DAMAGE_DEFENSE:
        own = defense_of(world, field, f, mode_of(field, f)) if f < slots else enemy_defense(world, field, f - slots)
        return amount * own
    return amount * field.battle[0].dealt if what == HEAL_DEALT else amount


@compiled
def damage_by_effect(world: World, field: Field, f: int, g: int, points: float, kind: int) -> None:
    """Damage by an effect; it may kill."""
    not_inlined()
    slots = field.unit.shape[0]
    if g < slots:
        mode = mode_of(field, g)
        hurt = damage_dealt(points, defense_of(world, field, g, mode), resistance_of(world, field, g, mode), kind)
        if f < slots and f != g and world.deployable[g].sp_recovery == PER_HIT:
            gain_sp(world, field, g, TICKS)  # by a device of the level
        lose_health(world, field, g, hurt * taken(field, g, kind))
        return
    e = g - slots
    if is_asleep(world, field, e):
        return
    hurt = damage_dealt(points, enemy_defense(world, field, e), enemy_resistance(world, field, e), kind)
    hurt = at_most(field, g, hurt * taken(field, g, kind), 1)
    field.foe[e].health -= hurt
    if field.foe[e].health <= 0.0:
        fall(world, field, e, f)
    elif hurt > 0.0:
        raise_event(world, field, g, HURT)


@compiled
def lose_health(world: World, field: Field, s: int, hurt: float) -> None:
    """An operator takes damage: a ward takes all of it, else its shield absorbs what it can. It may die."""
    not_inlined()
    unit = field.unit[s]
    if unit.wards > 0:
        unit.wards -= 1
        raise_event(world, field, s, WARD_BROKEN)
        return
    absorbed = min(hurt, unit.shield)
    unit.shield -= absorbed
    left = unit.health - (hurt - absorbed)
    least = field.modifier[s, UNDYING, ADD]
    if least > 0.0:
        kept = min(max(least * full_health(world, field, s), 1.0), unit.health)
        if left <= 0.0:
            raise_event(world, field, s, SAVED)
        left = max(left, kept)
    unit.health = left
    raise_event(world, field, s, HURT)
    if left <= 0.0:
        raise_event(world, field, s, DEATH)
        if s < world.squad or s >= world.cards:
            _tell_of_fall(world, field, s)
        remove(world, field, s)


@compiled
def fall(world: World, field: Field, e: int, by: int) -> None:
    """An enemy dies by a fighter's doing, or lies down until it rises in its second form."""
    not_inlined()
    slots = field.unit.shape[0]
    rises = world.enemy[e].rises_after > 0 and field.foe[e].form == 0
    if rises or (world.enemy[e].dies_after > 0 and field.foe[e].form != FALLING):
        _lie_down(world, field, e, by, rises)
        return
    raise_event(world, field, slots + e, DEATH)
    if world.enemy[e].unit >= 0:
        raise_event(world, field, world.enemy[e].unit, DEATH)
    if field.foe[e].link >= 0:
        raise_event(world, field, slots + e, LINK_BROKEN)
    raise_event(world, field, by, KILLS)
    _tell_of_fall(world, field, slots + e)
    die(world, field, e)
    if by < slots:
        field.unit[by].kills += 1
        add_dp(world, field, world.deployable[by].dp_per_kill)


@compiled
def _tell_of_fall(world: World, field: Field, g: int) -> None:
    """A fighter dies: the effects of others wait for it, those of operators only for an enemy."""
    slots = field.unit.shape[0]
    for i in range(world.effect.shape[0]):
        owner = world.effect[i].owner
        told = world.effect[i].when == FALLS and stands(field, owner) and owner != g
        if told and (g >= slots or owner >= slots):
            field.pending[i] += int(in_reach(world, field, i, g, g))
            field.battle[0].raised = True


@compiled
def _lie_down(world: World, field: Field, e: int, by: int, rises: bool) -> None:
    """An enemy lies until it rises, or until its death comes: it can neither act nor be hit, and blocks nothing of an
    operator.
    """
    not_inlined()
    foe, stats = field.foe[e], world.enemy[e]
    unblock(world, field, e)
    foe.health, foe.hidden = 0.0, True
    foe.lying_until = foe.stunned_until = field.battle[0].clock + (stats.rises_after if rises else stats.dies_after)
    if not rises:
        foe.form = FALLING
        turn_away(world, field, e, by)


@compiled
def rise(world: World, field: Field, e: int) -> None:
    """An enemy that lies rises in its second form, and its effects of that form begin; or its death has come."""
    not_inlined()
    foe, g = field.foe[e], field.unit.shape[0] + e
    if foe.form == FALLING:
        fall(world, field, e, g)
        return
    foe.lying_until, foe.form, foe.hidden = 0, 1, False
    foe.health = full_health(world, field, g) * world.enemy[e].rises_with
    foe.slowed_until = foe.cold_until = foe.frozen_until = 0
    begin_intervals(world, field, g)
    raise_event(world, field, g, RISES)


@compiled
def _turn(world: World, field: Field, e: int) -> None:
    """An enemy goes on in its second form, and its effects of that form begin."""
    if field.foe[e].form == 0:
        field.foe[e].form = 1
        begin_intervals(world, field, field.unit.shape[0] + e)


@compiled
def _heal(world: World, field: Field, f: int, g: int, points: float) -> None:
    """Give health points, or, if negative, that fraction of the full health."""
    full, slots = full_health(world, field, g), field.unit.shape[0]
    amount = points if points >= 0.0 else -points * full
    amount *= field.modifier[f, HEALING_GIVEN, FACTOR] * field.modifier[g, HEALING_TAKEN, FACTOR]
    if g < slots:
        heal_gives_sp(world, field, f, g)
        if g == f or not world.stance[mode_of(field, g), g].unhealable:
            field.unit[g].health = min(field.unit[g].health + amount, full)
    else:
        field.foe[g - slots].health = min(field.foe[g - slots].health + amount, full)


@compiled
def heal_gives_sp(world: World, field: Field, f: int, g: int) -> None:
    """Give an operator that is wounded the SP that the heals of another fighter give; before it is healed."""
    points = field.modifier[f, HEAL_SP, ADD]
    if points > 0.0 and f != g and field.unit[g].health < full_health(world, field, g):
        gain_sp(world, field, g, int(points))


@compiled
def stun(world: World, field: Field, g: int, ticks: int) -> None:
    """Stun a fighter, if it is not immune."""
    slots, clock = field.unit.shape[0], field.battle[0].clock
    end = clock + resisted(field, g, ticks)
    if g < slots:
        field.unit[g].stunned_until = max(field.unit[g].stunned_until, end)
        release_above(world, field, g, RELEASE_ALL)
    elif not world.enemy[g - slots].stun_immune and not is_steadfast(world, field, g - slots):
        foe = field.foe[g - slots]
        foe.stunned_until = max(foe.stunned_until, end)
