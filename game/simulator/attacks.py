"""Enemies and operators attack when their time has come."""

from __future__ import annotations

import numpy as np

from game.simulator.blocking import RELEASE_ALL, release_above
from game.simulator.combat import strike_or_heal
from game.simulator.compiling import compiled, not_inlined, often
from game.simulator.damage import damage_dealt
from game.simulator.effect_deeds import add_injury, lose_health, stun
from game.simulator.effect_events import raise_event
from game.simulator.effect_records import ADD, DODGES, NECROSIS, NECROTIC, PIERCE, STRENGTH, TIMES
from game.simulator.effect_strikes import fired_by_attack, guarded, product_of
from game.simulator.effects import after_attack, after_hit, spend
from game.simulator.field import NO_INDEX, add_dp, can_be_hit, mode_of
from game.simulator.modifiers import (
    defense_of,
    dodges,
    enemy_attack,
    enemy_interval,
    gain_sp,
    has_effects,
    interval_of,
    is_camouflaged,
    is_disarmed,
    is_safe_while_blocking,
    more_targets,
    resistance_of,
    taken,
)
from game.simulator.presence import remove
from game.simulator.records import HEAL, PER_ATTACK, PER_HIT, TICKS, Field, World
from game.simulator.skills import skill_ready, strike_with_skill
from game.simulator.targeting import find_enemy, next_operator, taunt_of


@often
def _next_attack(due: float, interval: float, clock: int) -> float:
    """The clock at which the next attack is due, after one that was due at `due` and is made now.

    Between attacks without a pause the fractions of ticks carry over.
    """
    return (due if due > clock - 1 else float(clock)) + interval


@often
def enemy_attacks(world: World, field: Field, e: int, clock: int) -> None:
    """An enemy attacks its blocker, else the operator it aims at."""
    foe, stats = field.foe[e], world.enemy[e]
    s = foe.blocker if foe.blocker >= 0 else foe.aim
    if s < 0 or field.unit[s].tile < 0 or foe.hidden or (foe.blocker < 0 and stats.reach <= 0.0):
        return
    if is_disarmed(world, field, field.unit.shape[0] + e) or is_safe_while_blocking(world, field, s):
        return
    rules = world.rules[0]
    winds_up = rules.enemy_wind_up > 0 and foe.next_attack <= clock - 1
    if foe.blocker < 0:
        foe.paused_until = clock + (rules.enemy_wind_up if winds_up else rules.shooting_pause)
    if winds_up:
        foe.next_attack = clock + rules.enemy_wind_up
        return
    foe.next_attack = _next_attack(foe.next_attack, enemy_interval(world, field, e), clock)
    _hurt_operator(world, field, s, e)
    if stats.splash > 0.0:
        _hurt_around(world, field, e, s)
    if stats.leaps > 0.0:
        _leap(world, field, e, s)
    further = stats.targets - 1 + more_targets(world, field, e)
    if further > 0:
        _hurt_more(world, field, e, s, further)
    foe.attacks += 1


@compiled
def _hurt_around(world: World, field: Field, e: int, s: int) -> None:
    """Hit all operators within an enemy's splash radius around its target."""
    radius, target = world.enemy[e].splash, field.unit[s]
    for other in range(field.unit.shape[0]):
        down, right = field.unit[other].row - target.row, field.unit[other].col - target.col
        near = down * down + right * right <= radius * radius and other != s and field.unit[other].tile >= 0
        if near and world.deployable[other].aimed_at:
            _hurt_operator(world, field, other, e)


@compiled
def _leap(world: World, field: Field, e: int, s: int) -> None:
    """An enemy's attack leaps from operator to operator, each time to the nearest that it has not hit, and fades."""
    stats, battle, foe = world.enemy[e], field.battle[0], field.foe[e]
    battle.leaps += 1
    last = s
    field.unit[s].leapt = battle.leaps
    for _ in range(stats.leap_targets - 1):
        best, least = NO_INDEX, stats.leaps * stats.leaps
        for other in range(field.unit.shape[0]):
            unit = field.unit[other]
            if unit.tile < 0 or unit.leapt == battle.leaps or not world.deployable[other].aimed_at:
                continue
            down, right = unit.row - field.unit[last].row, unit.col - field.unit[last].col
            if down * down + right * right <= least and not is_camouflaged(world, field, other):
                best, least = other, down * down + right * right
        if best < 0:
            break
        foe.faded = 1.0 - (1.0 - foe.faded) * stats.leap_strength
        field.unit[best].leapt = battle.leaps
        _hurt_operator(world, field, best, e)
        last = best
    foe.faded = 0.0


@compiled
def _hurt_more(world: World, field: Field, e: int, s: int, further: int) -> None:
    """Hit an enemy's further targets besides the first, in the order in which it would choose them."""
    taunt, number = np.inf, NO_INDEX
    for _ in range(further):
        other = next_operator(world, field, e, s, taunt, number)
        if other < 0:
            return
        taunt, number = taunt_of(world, field, other), field.unit[other].deployment_number
        _hurt_operator(world, field, other, e)


@often
def _hurt_operator(world: World, field: Field, s: int, e: int) -> None:
    """An enemy hits an operator: the shield absorbs what it can, the rest is health; a hit may give SP."""
    unit, stats, stance = field.unit[s], world.enemy[e], world.stance[mode_of(field, s), s]
    if has_effects(world):
        _hurt_with_effects(world, field, s, e)
        return
    hurt = damage_dealt(stats.attack, stance.defense, stance.resistance, stats.damage)
    absorbed = min(hurt, unit.shield)
    unit.shield -= absorbed
    unit.health -= hurt - absorbed
    if stats.stun > 0:
        unit.stunned_until = max(unit.stunned_until, field.battle[0].clock + stats.stun)
        release_above(world, field, s, RELEASE_ALL)
    if world.deployable[s].sp_recovery == PER_HIT:
        gain_sp(world, field, s, TICKS)
    if unit.health <= 0.0:
        remove(world, field, s)


@compiled
def _hurt_with_effects(world: World, field: Field, s: int, e: int) -> None:
    """The same with the numbers that effects change, and what effects do then; what is dodged does nothing."""
    not_inlined()
    stats, mode, attacker = world.enemy[e], mode_of(field, s), field.unit.shape[0] + e
    if stats.throws:
        after_attack(world, field, attacker, fired_by_attack(world, field, attacker, 0, s), s)
        return
    kind = stats.damage if field.foe[e].form == 0 else stats.second_damage
    if dodges(field, s, kind, stats.reach <= 0.0 or stats.only_escorts):
        raise_event(world, field, s, DODGES)
        return
    fired = fired_by_attack(world, field, attacker, 0, s)
    attack = enemy_attack(world, field, e) * product_of(world, field, attacker, fired, STRENGTH)
    defense = defense_of(world, field, s, mode) * product_of(world, field, attacker, fired, PIERCE)
    hurt = damage_dealt(attack, defense, resistance_of(world, field, s, mode), kind) * taken(field, s, kind)
    hurt *= product_of(world, field, attacker, fired, TIMES) * guarded(world, field, s, attacker)
    field.battle[0].dealt = hurt
    if stats.stun > 0:
        stun(world, field, s, stats.stun)
    if world.deployable[s].sp_recovery == PER_HIT:
        gain_sp(world, field, s, TICKS)
    lose_health(world, field, s, hurt)
    necrotic = field.modifier[attacker, NECROTIC, ADD]
    if necrotic > 0.0 and field.unit[s].tile >= 0:
        add_injury(world, field, attacker, s, NECROSIS, necrotic * attack)
    after_attack(world, field, attacker, fired, s)
    if field.unit[s].tile >= 0:
        after_hit(world, field, s, attacker)


@often
def operator_attacks(world: World, field: Field, s: int, clock: int) -> None:
    """An operator attacks or heals, if it may and has a target."""
    unit, mode = field.unit[s], mode_of(field, s)
    stance = world.stance[mode, s]
    if stance.holds_fire or is_disarmed(world, field, s):
        return
    if unit.target >= 0 and not can_be_hit(field, unit.target):
        unit.target = find_enemy(world, field, s, mode)  # since the last search the old one has died, leaked or hidden
    idle = world.rules[0].wind_up > 0 and unit.next_attack <= clock - 1
    if idle and unit.target >= 0 and stance.damage != HEAL:
        unit.next_attack = clock + world.rules[0].wind_up
    elif unit.target >= 0 or stance.damage == HEAL or world.deployable[s].single_attack:
        _attack(world, field, s, mode, clock)


@often
def _attack(world: World, field: Field, s: int, mode: int, clock: int) -> None:
    """One attack or heal. A full skill that consists of the next attack is used for it."""
    unit, deployable = field.unit[s], world.deployable[s]
    is_skill = deployable.single_attack and not deployable.by_hand and skill_ready(world, field, s)
    if is_skill and strike_with_skill(world, field, s):
        unit.sp -= deployable.sp_cost
        unit.uses += 1
        unit.uses_in_battle += 1
        add_dp(world, field, deployable.dp)
    elif strike_or_heal(world, field, s, mode):
        if deployable.sp_recovery == PER_ATTACK:
            gain_sp(world, field, s, TICKS)
    else:
        return
    if has_effects(world):
        spend(world, field, s)
    unit.last_attack = clock
    unit.attacks += 1
    unit.next_attack = _next_attack(unit.next_attack, interval_of(world, field, s, mode), clock)
