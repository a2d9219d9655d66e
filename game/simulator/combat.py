"""What one attack or heal of an operator does to its targets."""

from __future__ import annotations

import numpy as np

from game.simulator.afflictions import resisted
from game.simulator.choosing import is_touched
from game.simulator.compiling import compiled, not_inlined, often
from game.simulator.damage import damage_dealt
from game.simulator.effect_deeds import fall, heal_gives_sp
from game.simulator.effect_events import raise_event
from game.simulator.effect_records import (
    ADD,
    DEFENSE_MET,
    FACTOR,
    HEALING_GIVEN,
    HEALING_TAKEN,
    HURT,
    LEAST,
    LEAST_DAMAGE,
    PIERCE,
    RESISTANCE_MET,
    STRENGTH,
    TIMES,
)
from game.simulator.effect_strikes import fired_by_attack, points_pierced, product_of
from game.simulator.effects import after_attack, after_hit
from game.simulator.field import NO_INDEX, add_dp, can_be_hit, mode_of
from game.simulator.modifiers import (
    at_most,
    attack_of,
    block_of,
    changed,
    dodges,
    draw,
    enemy_defense,
    enemy_resistance,
    full_health,
    has_effects,
    is_asleep,
    is_steadfast,
    taken,
)
from game.simulator.presence import die
from game.simulator.records import HEAL, PRESENT, Field, World
from game.simulator.targeting import BLOCKED, NO_TARGET, order_of, priority_of


@often
def strike_or_heal(world: World, field: Field, s: int, mode: int) -> bool:
    """One attack or heal with the figures of a mode; False if there is no target."""
    field.unit[s].struck = 0
    if world.stance[mode, s].damage == HEAL:
        return _heal(world, field, s, mode)
    return _strike(world, field, s, mode)


@often
def _heal(world: World, field: Field, s: int, mode: int) -> bool:
    """Heal the wounded operators in range with the least health; False if there is none."""
    stance = world.stance[mode, s]
    if stance.scatters:
        return _heal_anyone(world, field, s, mode)
    most = stance.targets if stance.targets > 0 else field.unit.shape[0]
    # First find the last one to be healed, by health and then by slot; then heal all up to that one.
    last, last_left = -1, -1.0
    for _ in range(most):
        worst, least = -1, np.inf
        for ally in range(field.unit.shape[0]):
            left = _health_left(world, field, s, mode, ally)
            after = left > last_left or (left == last_left and ally > last)
            if after and left < least:
                worst, least = ally, left
        if worst < 0:
            break
        last, last_left = worst, least
    amount = attack_of(world, field, s, mode) * stance.hits
    for ally in range(field.unit.shape[0]):
        left = _health_left(world, field, s, mode, ally)
        if left < last_left or (left == last_left and ally <= last):
            full = full_health(world, field, ally)
            if has_effects(world):
                _heal_with_effects(world, field, s, mode, ally, amount)
            else:
                field.unit[ally].health = min(field.unit[ally].health + amount, full)
    return last >= 0


@compiled
def _heal_anyone(world: World, field: Field, s: int, mode: int) -> bool:
    """Heal one of the wounded operators in range, drawn by chance; False if there is none."""
    slots, count = field.unit.shape[0], 0
    for ally in range(slots):
        count += int(_health_left(world, field, s, mode, ally) < np.inf)
    chosen = int(draw(field) * count) if count > 0 else -1
    for ally in range(slots):
        if _health_left(world, field, s, mode, ally) < np.inf:
            if chosen == 0:
                amount = attack_of(world, field, s, mode) * world.stance[mode, s].hits
                if has_effects(world):
                    _heal_with_effects(world, field, s, mode, ally, amount)
                else:
                    field.unit[ally].health = min(field.unit[ally].health + amount, full_health(world, field, ally))
            chosen -= 1
    return count > 0


@compiled
def _heal_with_effects(world: World, field: Field, s: int, mode: int, ally: int, amount: float) -> None:
    """Heal one operator by an amount that effects change, and let the effects of the heal happen."""
    not_inlined()
    fired = fired_by_attack(world, field, s, mode, ally)
    amount *= product_of(world, field, s, fired, STRENGTH)
    amount *= field.modifier[s, HEALING_GIVEN, FACTOR] * field.modifier[ally, HEALING_TAKEN, FACTOR]
    full = full_health(world, field, ally)
    heal_gives_sp(world, field, s, ally)
    field.unit[ally].health = min(field.unit[ally].health + amount, full)
    field.unit[s].struck += 1
    after_attack(world, field, s, fired, ally)


@often
def _health_left(world: World, field: Field, s: int, mode: int, ally: int) -> float:
    """Health of a wounded operator that operator `s` can heal; infinite for all others.

    It is a fraction, or points where `Rules.heals_lowest_fraction` is off.
    """
    unit = field.unit[ally]
    if unit.tile < 0 or not field.covers[s, unit.tile] or world.stance[mode_of(field, ally), ally].unhealable:
        return np.inf
    if ally == s and world.stance[0, s].heals_others_only:
        return np.inf
    full = full_health(world, field, ally)
    if unit.health >= full * world.stance[mode, s].heals_below:
        return np.inf
    return unit.health / full if world.rules[0].heals_lowest_fraction else unit.health


@often
def _strike(world: World, field: Field, s: int, mode: int) -> bool:
    """Attack the target, or as many enemies as one attack may hit; False if there is no target that can be hit."""
    target, stance = field.unit[s].target, world.stance[mode, s]
    if target < 0 or not can_be_hit(field, target):
        return False
    if stance.scatters:
        _strike_anyone(world, field, s, mode, stance.targets)
        return True
    if stance.leaps > 0.0:
        _strike_leaping(world, field, s, mode, target)
        return True
    targets = max(block_of(world, field, s), 1) if stance.targets_by_block else stance.targets
    if targets == 0:
        _strike_all(world, field, s, mode)
    elif targets == 1:
        _hit(world, field, s, mode, target)
    else:
        _strike_best(world, field, s, mode, targets)
    return True


@compiled
def _strike_all(world: World, field: Field, s: int, mode: int) -> None:
    """Attack all enemies in the operator's range."""
    for k in range(field.battle[0].listed):
        e = field.present[k]
        if field.foe[e].phase == PRESENT and priority_of(world, field, s, e, mode) > NO_TARGET:
            _hit(world, field, s, mode, e)


@compiled
def _strike_anyone(world: World, field: Field, s: int, mode: int, times: int) -> None:
    """Attack so many times one of the enemies in range, each drawn anew."""
    listed = field.battle[0].listed
    for _ in range(times):
        count = 0
        for k in range(listed):
            count += int(priority_of(world, field, s, field.present[k], mode) > NO_TARGET)
        chosen = int(draw(field) * count)
        for k in range(listed):
            if priority_of(world, field, s, field.present[k], mode) > NO_TARGET:
                if chosen == 0:
                    _hit(world, field, s, mode, field.present[k])
                    break
                chosen -= 1


@compiled
def _strike_leaping(world: World, field: Field, s: int, mode: int, target: int) -> None:
    """Attack the target, and leap from each enemy that is struck to the nearest one that was not struck yet."""
    clock, radius = field.battle[0].clock, world.stance[mode, s].leaps
    listed, e = field.battle[0].listed, target
    for _ in range(world.stance[mode, s].targets):
        row, col = field.foe[e].row, field.foe[e].col
        field.foe[e].leapt_at = clock + 1
        _hit(world, field, s, mode, e)
        e, nearest = NO_INDEX, radius * radius
        for k in range(listed):
            other = field.present[k]
            down, right = field.foe[other].row - row, field.foe[other].col - col
            distance = down * down + right * right
            fresh = _can_be_hit_by(world, field, s, other) and field.foe[other].leapt_at != clock + 1
            if fresh and distance < nearest and not is_asleep(world, field, other):
                e, nearest = other, distance
        if e < 0:
            return


@compiled
def _strike_best(world: World, field: Field, s: int, mode: int, targets: int) -> None:
    """Attack up to `targets` enemies in the order in which the operator would choose them."""
    last_priority, last_distance, last = BLOCKED + 1, -np.inf, -1
    listed = field.battle[0].listed  # enemies that split off during the attack are not among its targets
    for _ in range(targets):
        best, best_priority, shortest = NO_INDEX, NO_TARGET, np.inf
        for k in range(listed):
            e = field.present[k]
            if field.foe[e].phase != PRESENT:
                continue
            priority, distance = priority_of(world, field, s, e, mode), order_of(world, field, s, e, mode)
            later = priority < last_priority or (
                priority == last_priority and (distance > last_distance or (distance == last_distance and e > last))
            )
            better = priority > best_priority or (priority == best_priority and distance < shortest)
            if later and priority > NO_TARGET and better:
                best, best_priority, shortest = e, priority, distance
        if best < 0:
            return
        _hit(world, field, s, mode, best)
        last_priority, last_distance, last = best_priority, shortest, best


@often
def _can_be_hit_by(world: World, field: Field, s: int, e: int) -> bool:
    """Whether what an operator's attack does around its target reaches an enemy."""
    return can_be_hit(field, e) and (world.bodies == 0 or is_touched(world, field, s, e))


@often
def _hit(world: World, field: Field, s: int, mode: int, target: int) -> None:
    """Hit a target, and with splash all enemies around it."""
    radius = world.stance[mode, s].splash
    if radius <= 0.0:
        _hurt_enemy(world, field, s, mode, target)
        return
    row, col = field.foe[target].row, field.foe[target].col
    for k in range(field.battle[0].listed):
        e = field.present[k]
        if not _can_be_hit_by(world, field, s, e):
            continue
        if not world.rules[0].splash_hits_air and world.enemy[e].flying != world.enemy[target].flying:
            continue
        down, right = field.foe[e].row - row, field.foe[e].col - col
        if down * down + right * right <= radius * radius:
            _hurt_enemy(world, field, s, mode, e)


@often
def _hurt_enemy(world: World, field: Field, s: int, mode: int, e: int) -> None:
    """All hits of one attack on one enemy."""
    stance, stats, foe = world.stance[mode, s], world.enemy[e], field.foe[e]
    if has_effects(world):
        if is_asleep(world, field, e) or dodges(field, field.unit.shape[0] + e, stance.damage, False):
            return
        _strike_with_effects(world, field, s, mode, e)
        if foe.phase != PRESENT:
            return
    else:
        attack = stance.attack if foe.blocker == s else stance.attack * stance.far_strength
        foe.health -= damage_dealt(attack, stats.defense, stats.resistance, stance.damage) * stance.hits
        if foe.health <= 0.0:
            die(world, field, e)
            add_dp(world, field, world.deployable[s].dp_per_kill)
            return
    clock = field.battle[0].clock
    if stance.stun > 0 and not stats.stun_immune and not is_steadfast(world, field, e):
        ticks = resisted(field, field.unit.shape[0] + e, stance.stun) if has_effects(world) else stance.stun
        foe.stunned_until = max(foe.stunned_until, clock + ticks)
    if stance.slow > 0.0:
        weaker = foe.slowed_until > clock and foe.slow > stance.slow
        if not weaker:
            foe.slow = stance.slow
            foe.slowed_until = clock + stance.slow_ticks


@compiled
def _strike_with_effects(world: World, field: Field, s: int, mode: int, e: int) -> None:
    """All hits of one attack on one enemy, with the numbers that effects change, and what effects do then."""
    not_inlined()
    stance, foe, target = world.stance[mode, s], field.foe[e], field.unit.shape[0] + e
    if field.unit[s].streak_on != e:
        field.unit[s].streak, field.unit[s].streak_on = 0, e
    fired = fired_by_attack(world, field, s, mode, target)
    attack = attack_of(world, field, s, mode) * product_of(world, field, s, fired, STRENGTH)
    if foe.blocker != s:
        attack *= stance.far_strength
    defense = max(changed(field, s, DEFENSE_MET, enemy_defense(world, field, e), 0.0), 0.0)
    defense = max(defense * product_of(world, field, s, fired, PIERCE) - points_pierced(world, s, fired), 0.0)
    resistance = max(changed(field, s, RESISTANCE_MET, enemy_resistance(world, field, e), 0.0), 0.0)
    hurt = damage_dealt(attack, defense, resistance, stance.damage) * stance.hits
    least = attack * field.modifier[s, LEAST_DAMAGE, ADD] * product_of(world, field, s, fired, LEAST)
    hurt = max(hurt, least) * product_of(world, field, s, fired, TIMES) * taken(field, target, stance.damage)
    hurt = at_most(field, target, hurt, stance.hits)
    foe.health -= hurt
    field.battle[0].dealt = hurt
    field.unit[s].streak += 1
    field.unit[s].struck += 1
    if foe.health <= 0.0:
        fall(world, field, e, s)
    after_attack(world, field, s, fired, target)
    if foe.phase == PRESENT:
        if hurt > 0.0:
            raise_event(world, field, target, HURT)
        after_hit(world, field, target, s)
