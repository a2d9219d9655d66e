"""The numbers of operators and enemies as effects have changed them.

A number is (its value with talents and skill + its bare value * the sum of fractions + the sum of points) * the product
of factors. Battles without effects have no modifiers, and read the plain numbers.
"""

from __future__ import annotations

from game.simulator import options
from game.simulator.compiling import compiled, not_inlined, often
from game.simulator.effect_records import (
    ADD,
    ARTS_TAKEN,
    ASLEEP,
    ATTACK,
    ATTACK_SPEED,
    ATTACK_TIME,
    BLOCK,
    CAMOUFLAGE,
    DEFENSE,
    DISARMED,
    FACTOR,
    HIT_ARTS,
    HIT_MELEE,
    HIT_PHYSICAL,
    MAX_HEALTH,
    MOST_TAKEN,
    PHYSICAL_TAKEN,
    RESISTANCE,
    REVEALED,
    SCALE,
    SPARES_ABOVE,
    SPARES_BELOW,
    SPEED,
    STEADFAST,
    STEALTH,
    TARGETS,
    TAUNT,
    TRUE_TAKEN,
)
from game.simulator.field import mode_of
from game.simulator.records import ARTS, PHYSICAL, TICKS, TRUE, Field, World


@often
def has_effects(world: World) -> bool:
    """Whether anything in the battle has effects."""
    return world.effect.shape[0] > 0


@often
def is_altered(field: Field, f: int) -> bool:
    """Whether effects may change a fighter's numbers now; otherwise its modifiers are as at the start."""
    slots = field.unit.shape[0]
    return field.unit[f].altered if f < slots else field.foe[f - slots].altered


@often
def changed(field: Field, f: int, attribute: int, value: float, bare: float) -> float:
    """A number of a fighter with all that effects add to it; `bare` is what fractions refer to."""
    more = field.modifier[f, attribute, SCALE] * bare + field.modifier[f, attribute, ADD]
    return float((value + more) * field.modifier[f, attribute, FACTOR])


@often
def _number_now(world: World, field: Field, f: int, attribute: int, value: float, bare: float) -> float:
    """As `changed`, but never below 0, and the plain value in a battle without effects."""
    return max(changed(field, f, attribute, value, bare), 0.0) if has_effects(world) else value


@often
def attack_of(world: World, field: Field, s: int, mode: int) -> float:
    """An operator's attack now."""
    stance = world.stance[mode, s]
    return _number_now(world, field, s, ATTACK, stance.attack, stance.bare_attack)


@often
def defense_of(world: World, field: Field, s: int, mode: int) -> float:
    """An operator's defense now."""
    stance = world.stance[mode, s]
    if not has_effects(world):
        return stance.defense
    return max(changed(field, s, DEFENSE, stance.defense, stance.bare_defense) - field.unit[s].worn, 0.0)


@often
def resistance_of(world: World, field: Field, s: int, mode: int) -> float:
    """An operator's resistance now."""
    resistance = world.stance[mode, s].resistance
    if not has_effects(world):
        return resistance
    now = changed(field, s, RESISTANCE, resistance, 0.0)
    return max(now - options.SINGED, 0.0) if field.unit[s].singed_until > field.battle[0].clock else now


@often
def interval_of(world: World, field: Field, s: int, mode: int) -> float:
    """Ticks from one attack of an operator to the next, as effects change its attack speed."""
    stance = world.stance[mode, s]
    if not has_effects(world):
        return stance.interval
    return stance.interval * _slower(field, s, stance.attack_speed)


@often
def _slower(field: Field, f: int, points: float) -> float:
    """Factor on an attack interval that was made with these points of attack speed."""
    slots = field.unit.shape[0]
    cold = field.unit[f].cold_until if f < slots else field.foe[f - slots].cold_until
    now = changed(field, f, ATTACK_SPEED, points, 0.0)
    if cold > field.battle[0].clock:
        now -= options.COLD_SPEED
    usual = min(max(points, options.SLOWEST), options.FASTEST)
    return usual / min(max(now, options.SLOWEST), options.FASTEST)


@often
def enemy_attack(world: World, field: Field, e: int) -> float:
    """An enemy's attack now."""
    attack = world.enemy[e].attack * (1.0 - field.foe[e].faded)
    return _number_now(world, field, _fighter(field, e), ATTACK, attack, attack)


@often
def enemy_defense(world: World, field: Field, e: int) -> float:
    """An enemy's defense now."""
    defense = world.enemy[e].defense
    return _number_now(world, field, _fighter(field, e), DEFENSE, defense, defense)


@often
def enemy_resistance(world: World, field: Field, e: int) -> float:
    """An enemy's resistance now. A share of it may be taken by a factor or, as fractions of 100 points, by points."""
    resistance = _number_now(world, field, _fighter(field, e), RESISTANCE, world.enemy[e].resistance, 0.0)
    if has_effects(world) and field.foe[e].frozen_until > field.battle[0].clock:
        return max(resistance - options.FROZEN_RESISTANCE, 0.0)
    return resistance


@often
def enemy_interval(world: World, field: Field, e: int) -> float:
    """Ticks from one attack of an enemy to the next."""
    stats = world.enemy[e]
    if not has_effects(world):
        return stats.interval
    f = _fighter(field, e)
    interval = stats.interval + float(field.modifier[f, ATTACK_TIME, ADD]) * TICKS
    return interval * _slower(field, f, stats.attack_speed)


@often
def step_of(world: World, field: Field, e: int) -> float:
    """Tiles that an enemy walks in a tick, before what hits have slowed."""
    step = world.enemy[e].step
    return step * field.modifier[_fighter(field, e), SPEED, FACTOR] if has_effects(world) else step


@often
def more_taunt(world: World, field: Field, s: int) -> float:
    """What effects add to an operator's taunt."""
    return float(field.modifier[s, TAUNT, ADD]) if has_effects(world) else 0.0


@often
def enemy_taunt(world: World, field: Field, e: int) -> float:
    """An enemy's taunt: operators aim at the highest first."""
    return float(field.modifier[_fighter(field, e), TAUNT, ADD]) if has_effects(world) else 0.0


@often
def full_health(world: World, field: Field, f: int) -> float:
    """A fighter's full health now."""
    slots = field.unit.shape[0]
    full = world.stance[mode_of(field, f), f].max_health if f < slots else world.enemy[f - slots].max_health
    return _number_now(world, field, f, MAX_HEALTH, full, world.stance[0, f].max_health if f < slots else full)


@compiled
def keep_share(world: World, field: Field, s: int) -> None:
    """Where its full health has changed, an operator's health keeps its share of it."""
    not_inlined()
    unit, full = field.unit[s], full_health(world, field, s)
    if unit.full_health != full:
        unit.health = full if unit.health >= unit.full_health else unit.health / unit.full_health * full
        unit.full_health = full


@often
def health_share(world: World, field: Field, f: int) -> float:
    """The fraction of its full health that a fighter has; of an operator by its full health as it was changed last, so
    that the conditions of effects hold alike while the changed numbers are made anew.
    """
    slots = field.unit.shape[0]
    if f < slots:
        return min(field.unit[f].health / field.unit[f].full_health, 1.0)
    return min(field.foe[f - slots].health / full_health(world, field, f), 1.0)


@often
def block_of(world: World, field: Field, s: int) -> int:
    """How much an operator blocks now."""
    block = world.stance[mode_of(field, s), s].block
    return max(block + int(field.modifier[s, BLOCK, ADD]), 0) if has_effects(world) else block


@often
def is_disarmed(world: World, field: Field, f: int) -> bool:
    """Whether effects keep a fighter from attacking."""
    return bool(has_effects(world) and field.modifier[f, DISARMED, ADD] > 0.0)


@often
def is_camouflaged(world: World, field: Field, f: int) -> bool:
    """Whether the other side does not aim at a fighter."""
    if not has_effects(world):
        return False
    hidden = field.modifier[f, STEALTH, ADD] > 0.0 and field.modifier[f, REVEALED, ADD] <= 0.0
    return bool(hidden or field.modifier[f, CAMOUFLAGE, ADD] > 0.0)


@often
def is_safe_while_blocking(world: World, field: Field, s: int) -> bool:
    """Whether not even the enemies that an operator blocks attack it."""
    if not has_effects(world):
        return False
    return bool(field.modifier[s, STEALTH, ADD] > 1.0 and field.modifier[s, REVEALED, ADD] <= 0.0)


@often
def more_targets(world: World, field: Field, e: int) -> int:
    """How many operators more an enemy's attack hits."""
    return int(field.modifier[_fighter(field, e), TARGETS, ADD]) if has_effects(world) else 0


@often
def at_most(field: Field, f: int, hurt: float, blows: int) -> float:
    """The part of the damage of so many blows that a fighter takes at most."""
    most = field.modifier[f, MOST_TAKEN, ADD]
    return min(hurt, most * blows) if most > 0.0 else hurt


@often
def is_revealed(world: World, field: Field, e: int) -> bool:
    """Whether hiding is of no use to an enemy."""
    return bool(has_effects(world) and field.modifier[_fighter(field, e), REVEALED, ADD] > 0.0)


@often
def is_steadfast(world: World, field: Field, e: int) -> bool:
    """Whether an enemy can be neither stunned, frozen nor shifted now."""
    return bool(has_effects(world) and field.modifier[_fighter(field, e), STEADFAST, ADD] > 0.0)


@often
def is_asleep(world: World, field: Field, e: int) -> bool:
    """Whether an enemy sleeps, so that it can be neither struck nor hurt."""
    asleep = has_effects(world) and field.modifier[_fighter(field, e), ASLEEP, ADD] > 0.0
    return bool(asleep and field.foe[e].stunned_until > field.battle[0].clock)


@often
def is_spared(world: World, field: Field, s: int, e: int) -> bool:
    """Whether effects keep an operator from attacking an enemy: it sleeps, or has too much or too little health."""
    if not has_effects(world):
        return False
    above, below = field.modifier[s, SPARES_ABOVE, ADD], field.modifier[s, SPARES_BELOW, ADD]
    if above > 0.0 or below > 0.0:
        share = field.foe[e].health / full_health(world, field, _fighter(field, e))
        if share < below or share > above > 0.0:
            return True
    return is_asleep(world, field, e)


@often
def _fighter(field: Field, e: int) -> int:
    """An enemy's row of `field.modifier`."""
    return field.unit.shape[0] + e


@often
def taken(field: Field, f: int, kind: int) -> float:
    """Factor on damage of this kind that a fighter takes."""
    if kind == PHYSICAL:
        return float(field.modifier[f, PHYSICAL_TAKEN, FACTOR])
    return float(field.modifier[f, ARTS_TAKEN if kind == ARTS else TRUE_TAKEN, FACTOR])


@often
def dodges(field: Field, f: int, kind: int, near: bool) -> bool:
    """Whether a fighter dodges an attack of this kind, by a draw where it has a chance to. `near`: by one who attacks
    only at close quarters.
    """
    if kind == TRUE:
        return False
    hit = field.modifier[f, HIT_PHYSICAL if kind == PHYSICAL else HIT_ARTS, FACTOR]
    if near and kind == PHYSICAL:
        hit *= field.modifier[f, HIT_MELEE, FACTOR]
    return bool(hit < 1.0 and draw(field) >= hit)


@often
def draw(field: Field) -> float:
    """The next number of the battle's own chances, from 0 to below 1.

    It is a hash of the battle's seed and of how many were drawn, made of whole numbers of 31 bits, so that compiled
    code and plain Python agree.
    """
    field.battle[0].draws += 1
    return drawn(field, field.battle[0].draws)


@often
def drawn(field: Field, number: int) -> float:
    """A number of the battle's own chances, from 0 to below 1, always the same for one `number`."""
    x = (field.battle[0].seed * 0x2545F491 + number * 0x19660D + 0x3C6EF35F) & 0x7FFFFFFF
    for _ in range(3):
        x = ((x ^ (x >> 15)) * 0x45D9F3B) & 0x7FFFFFFF
    return ((x ^ (x >> 16)) & 0x7FFFFFFF) / 2147483648.0


@often
def gain_sp(world: World, field: Field, s: int, amount: int) -> None:
    """Give SP, in ticks, up to what the skill can hold."""
    unit, deployable = field.unit[s], world.deployable[s]
    if world.rules[0].sp_while_active or unit.skill_ticks == 0 or deployable.toggles:
        unit.sp = min(unit.sp + amount, deployable.sp_most)
