"""What a player can do in a battle: deploy, use a skill, retreat."""

from __future__ import annotations

import numpy as np

from game.simulator import options
from game.simulator.compiling import compiled, entry, often
from game.simulator.field import BASE, add_dp, field_within
from game.simulator.presence import remove, update_list
from game.simulator.records import ON_DEPLOYMENT, RUNNING, Battles, Field, World
from game.simulator.skills import activate, skill_ready
from game.simulator.targeting import cover
from game.simulator.tick import decide


@often
def cost_now(world: World, field: Field, s: int) -> int:
    """DP that a card costs now: the first redeployment 1.5 times the first cost, later ones twice, never over 99."""
    cost, times = world.deployable[s].cost, field.unit[s].times_deployed
    if times == 0:
        return cost
    factor = options.SECOND_PRICE if times == 1 else options.LATER_PRICE
    return int(min(np.floor(cost * factor), options.MAX_PRICE))


@often
def playable(world: World, field: Field, s: int) -> bool:
    """Whether a card can be played now, if there is a tile for it."""
    unit, battle = field.unit[s], field.battle[0]
    if battle.outcome != RUNNING or unit.tile >= 0 or unit.ready_at > battle.clock:
        return False
    room = battle.slots_taken + int(world.deployable[s].takes_slot) <= world.character_limit
    return room and battle.dp >= cost_now(world, field, s)


@compiled
def can_deploy(world: World, field: Field, s: int, tile: int) -> bool:
    """Whether the card can be played on this tile now."""
    return playable(world, field, s) and world.stands[s, tile] and field.standing[tile] < 0


@compiled
def deploy(world: World, field: Field, s: int, tile: int, direction: int) -> None:
    """Put an operator on the field. The caller has checked `can_deploy`."""
    unit, battle, deployable = field.unit[s], field.battle[0], world.deployable[s]
    unit.price_paid = cost_now(world, field, s)
    battle.dp -= unit.price_paid
    unit.times_deployed += 1
    battle.deployments += 1
    battle.deployed += 1
    battle.slots_taken += int(deployable.takes_slot)
    unit.deployment_number = battle.deployments
    unit.tile, unit.direction = tile, direction
    field.standing[tile] = s
    unit.row, unit.col = tile // world.width, tile % world.width
    unit.health, unit.shield = world.stance[0, s].max_health, 0.0
    unit.target = -1
    unit.block_taken = unit.skill_ticks = unit.stunned_until = 0
    unit.sp = min(deployable.sp_initial, deployable.sp_cost)
    cover(world, field, s, BASE)
    if deployable.sp_recovery == ON_DEPLOYMENT:
        activate(world, field, s)
    unit.next_attack = battle.clock + world.rules[0].deployment


@often
def can_use_skill(world: World, field: Field, s: int) -> bool:
    """Whether the player can trigger the skill now."""
    ours = field.battle[0].outcome == RUNNING and world.deployable[s].by_hand
    return ours and skill_ready(world, field, s)


@compiled
def use_skill(world: World, field: Field, s: int) -> None:
    """Trigger a skill. The caller has checked `can_use_skill`."""
    activate(world, field, s)


@often
def can_retreat(field: Field, s: int) -> bool:
    """Whether the operator is on the field of a battle that goes on."""
    return field.battle[0].outcome == RUNNING and field.unit[s].tile >= 0


@compiled
def retreat(world: World, field: Field, s: int) -> None:
    """Retreat an operator and give back half of what it cost. The caller has checked `can_retreat`."""
    remove(world, field, s)
    add_dp(world, field, int(np.floor(field.unit[s].price_paid * options.REFUND)))


@entry
def act(world: World, battles: Battles, b: int, kind: int, slot: int, tile: int, direction: int) -> bool:
    """Do an action in battle `b` at once; `kind` as in game.actions: 0 wait, 1 deploy, 2 skill, 3 retreat.

    Returns whether it was allowed; if not, nothing happens.
    """
    if kind == 0:
        return True
    field = field_within(battles, b)
    if not 0 <= slot < field.unit.shape[0]:
        return False
    if kind == 1:
        on_map = 0 <= tile < field.standing.shape[0] and 0 <= direction < 4
        if not on_map or not can_deploy(world, field, slot, tile):
            return False
        deploy(world, field, slot, tile, direction)
    elif kind == 2:
        if not can_use_skill(world, field, slot):
            return False
        use_skill(world, field, slot)
    else:
        if kind != 3 or not can_retreat(field, slot):
            return False
        retreat(world, field, slot)
    if field.battle[0].list_outdated:  # a skill has killed an enemy, and no tick is running that would notice it
        update_list(field)
        decide(world, field)
    return True
