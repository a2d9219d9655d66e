"""Operators' skills: they fill, begin, last and end; and the entry of an operator, with which one may begin."""

from __future__ import annotations

from game.characters.models import UNLIMITED
from game.simulator.blocking import release_above
from game.simulator.combat import strike_or_heal
from game.simulator.compiling import compiled, not_inlined, often
from game.simulator.effect_events import begin_effects, raise_event
from game.simulator.effect_records import SKILL_BEGINS, SKILL_ENDS
from game.simulator.field import BASE, SKILLED, add_dp, mode_of
from game.simulator.modifiers import block_of, draw, full_health, gain_sp, has_effects, keep_share
from game.simulator.records import ON_DEPLOYMENT, PER_ATTACK, PER_HIT, PER_SECOND, TICKS, Field, World
from game.simulator.targeting import cover, find_enemy

ENDLESS = round(UNLIMITED * TICKS)


@often
def upkeep(world: World, field: Field, s: int) -> None:
    """A tick of an operator apart from its attacks: it regenerates; its skill lasts, or fills and triggers."""
    unit, deployable, mode = field.unit[s], world.deployable[s], mode_of(field, s)
    stance = world.stance[mode, s]
    if stance.regeneration > 0.0:
        unit.health = min(unit.health + stance.regeneration, full_health(world, field, s))
    if mode == 1:
        _continue_skill(world, field, s)
    if deployable.sp_recovery == PER_SECOND and (unit.block_taken > 0 or not deployable.sp_when_blocking):
        gain_sp(world, field, s, 1)
    left = mode == 1 and deployable.toggles  # a stance is not left by itself
    if not deployable.by_hand and not deployable.single_attack and not left and skill_ready(world, field, s):
        activate(world, field, s)


@compiled
def _continue_skill(world: World, field: Field, s: int) -> None:
    """A tick of an active skill: DP are gained one by one, the shield fades, and perhaps the skill ends."""
    unit, deployable = field.unit[s], world.deployable[s]
    if deployable.shield > 0.0:
        unit.shield = max(unit.shield - deployable.shield / max(deployable.duration, 1), 0.0)
    dp_ticks = world.stance[1, s].dp_ticks
    if dp_ticks > 0.0:
        unit.skill_dp_ticks += 1.0
        if unit.skill_dp_ticks >= dp_ticks:
            unit.skill_dp_ticks -= dp_ticks
            add_dp(world, field, 1)
    unit.skill_ticks -= 1
    if unit.skill_ticks == 0:
        _end_skill(world, field, s)


@compiled
def _end_skill(world: World, field: Field, s: int) -> None:
    """The skill is over."""
    field.unit[s].skill_ticks = 0
    if world.deployable[s].shield > 0.0:
        field.unit[s].shield = 0.0
    _change_mode(world, field, s, BASE)
    raise_event(world, field, s, SKILL_ENDS)


@often
def skill_ready(world: World, field: Field, s: int) -> bool:
    """Whether an operator is on the field and not stunned, and its skill full and not active, or one that is ended by
    its next use.
    """
    unit, deployable = field.unit[s], world.deployable[s]
    fills = deployable.sp_recovery in (PER_SECOND, PER_ATTACK, PER_HIT)
    free = max(unit.stunned_until, unit.frozen_until, unit.rots_until) <= field.battle[0].clock
    idle = (unit.skill_ticks == 0 or deployable.toggles) and free
    left = deployable.uses_most != unit.uses and deployable.uses_in_battle != unit.uses_in_battle
    return fills and unit.sp >= deployable.sp_cost and idle and unit.tile >= 0 and left


@compiled
def activate(world: World, field: Field, s: int) -> None:
    """Begin the skill: apply what happens at once, and start what lasts. A stance that is active ends."""
    not_inlined()
    unit, deployable = field.unit[s], world.deployable[s]
    unit.sp = max(unit.sp - deployable.sp_cost, 0)
    if unit.skill_ticks > 0:
        _end_skill(world, field, s)
        return
    unit.uses += 1
    unit.uses_in_battle += 1
    unit.skill_ticks = deployable.duration
    if 0 < deployable.endless_from <= unit.uses:
        unit.skill_ticks = ENDLESS
    if has_effects(world):
        unit.skill_lot = draw(field)
    unit.skill_dp_ticks = 0.0
    add_dp(world, field, deployable.dp)
    unit.shield = max(unit.shield, deployable.shield)
    raise_event(world, field, s, SKILL_BEGINS)
    mode = mode_of(field, s)
    if mode == 1:
        _change_mode(world, field, s, SKILLED)
    unit.health = min(unit.health + deployable.heal_self, full_health(world, field, s))
    if deployable.single_attack:
        unit.target = find_enemy(world, field, s, BASE)
        strike_with_skill(world, field, s)


@compiled
def enter(world: World, field: Field, s: int, tile: int, direction: int) -> None:
    """An operator takes its place on the field; a skill that triggers when deployed begins."""
    not_inlined()
    unit, battle, deployable = field.unit[s], field.battle[0], world.deployable[s]
    unit.times_deployed += 1
    battle.deployments += 1
    battle.deployed += 1
    battle.slots_taken += int(deployable.takes_slot)
    unit.deployment_number = battle.deployments
    unit.tile, unit.direction = tile, direction
    if not deployable.walks:
        field.standing[tile] = s
    unit.row, unit.col = tile // world.width, tile % world.width
    unit.health, unit.shield = world.stance[0, s].max_health, 0.0
    unit.target = -1
    unit.block_taken = unit.skill_ticks = unit.stunned_until = 0
    unit.sp = min(deployable.sp_initial, deployable.sp_most)
    unit.uses = unit.kills = unit.streak = unit.wards = unit.shield_until = unit.leaves_at = 0
    unit.last_attack, unit.streak_on, unit.attacks = battle.clock, -1, 0
    unit.cold_until = unit.frozen_until = unit.uninjured_until = unit.singed_until = unit.rots_until = 0
    unit.worn = unit.neural = unit.corrosion = unit.burning = unit.necrosis = 0.0
    unit.place_until = 0
    unit.full_health = unit.health
    if has_effects(world):
        unit.lot = draw(field)
    cover(world, field, s, BASE)
    begin_effects(world, field, s)
    if deployable.sp_recovery == ON_DEPLOYMENT:
        activate(world, field, s)
    unit.next_attack = battle.clock + world.rules[0].deployment


@compiled
def _change_mode(world: World, field: Field, s: int, mode: int) -> None:
    """Switch to the figures without (0) or with (1) the skill.

    Health keeps its fraction of the full health (exactly full stays exactly full, despite rounding), and the time to
    the next attack keeps its fraction of the attack interval. The range changes, enemies above the new block are
    released, and the operator looks for a target at once.
    """
    not_inlined()
    unit, clock = field.unit[s], field.battle[0].clock
    field.battle[0].changed = True
    now, before = world.stance[mode, s], world.stance[1 - mode, s]
    if has_effects(world):
        keep_share(world, field, s)
    else:
        fraction = unit.health / before.max_health
        unit.health = now.max_health if fraction >= 1.0 else fraction * now.max_health
    left = unit.next_attack - clock
    if left > 0.0:
        quicker = now.interval / before.interval
        unit.next_attack = clock + left * quicker
    cover(world, field, s, mode)
    release_above(world, field, s, block_of(world, field, s))
    unit.target = find_enemy(world, field, s, mode)


@compiled
def strike_with_skill(world: World, field: Field, s: int) -> bool:
    """Make the one attack of which a skill consists, with the skill's own range and aim; False without a target."""
    unit, deployable = field.unit[s], world.deployable[s]
    target = unit.target
    looks = deployable.skill_range or (deployable.skill_aims and target >= 0)
    if looks:
        cover(world, field, s, SKILLED)
        unit.target = find_enemy(world, field, s, SKILLED)
    done = strike_or_heal(world, field, s, SKILLED)
    if looks:
        cover(world, field, s, BASE)
        unit.target = target
    return done
