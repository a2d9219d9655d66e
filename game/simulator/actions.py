"""What a player can do in a battle: deploy, use a skill, retreat."""

from __future__ import annotations

import numpy as np

from game.actions import DEPLOY, RETREAT, SKILL, WAIT
from game.simulator import options
from game.simulator.choosing import in_hand
from game.simulator.compiling import compiled, entry, not_inlined, often
from game.simulator.effect_records import COST
from game.simulator.field import add_dp, field_within
from game.simulator.modifiers import has_effects
from game.simulator.presence import remove, update_list
from game.simulator.records import RUNNING, Battles, Field, Flags, World
from game.simulator.skills import activate, enter, skill_ready
from game.simulator.tick import decide
from game.simulator.ways import barriers_changed, closes_a_way


@often
def cost_now(world: World, field: Field, s: int) -> int:
    """DP that a card costs now: an operator's first redeployment 1.5 times the first cost, later ones twice, never over
    99; a device always the same.
    """
    cost, times = world.deployable[s].cost, field.unit[s].times_deployed
    if has_effects(world):
        cost = max(cost + int(in_hand(world, field, s, COST)), 0)
    if times == 0 or s >= world.squad:
        return cost
    factor = options.SECOND_PRICE if times == 1 else options.LATER_PRICE
    return int(min(np.floor(cost * factor), options.MAX_PRICE))


@often
def copy_to_deploy(world: World, field: Field, s: int) -> int:
    """The slot that the card of a slot puts on the field: an operator's own, or the next copy of a device that was not
    used yet; -1 if all were, or if it is not there: what an operator summons is while its owner stands on the field.
    """
    if s < world.squad:
        return s
    first, owner = world.deployable[s].card, world.deployable[s].owner
    if owner >= 0 and field.unit[owner].tile < 0:
        return -1
    for copy in range(first, first + world.deployable[s].copies):
        if field.unit[copy].times_deployed == 0:
            return copy
    return -1


@often
def playable(world: World, field: Field, slot: int) -> bool:
    """Whether the card of a slot can be played now, if there is a tile for it."""
    s = copy_to_deploy(world, field, slot)
    if s < 0:
        return False
    unit, battle = field.unit[s], field.battle[0]
    if battle.outcome != RUNNING or unit.tile >= 0 or unit.ready_at > battle.clock:
        return False
    room = battle.slots_taken + int(world.deployable[s].takes_slot) <= world.character_limit
    return room and battle.dp >= cost_now(world, field, s)


@compiled
def can_deploy(world: World, field: Field, s: int, tile: int) -> bool:
    """Whether the card can be played on this tile now."""
    if not (playable(world, field, s) and world.stands[s, tile] and field.standing[tile] < 0):
        return False
    if not world.deployable[s].barrier or not options.CLOSING_REFUSED:
        return True
    return not closes_a_way(world, field, s, tile)


@compiled
def deploy(world: World, field: Field, slot: int, tile: int, direction: int) -> None:
    """Put an operator, or the next copy of a device, on the field. The caller has checked `can_deploy`."""
    not_inlined()
    s = copy_to_deploy(world, field, slot)
    unit, battle = field.unit[s], field.battle[0]
    unit.price_paid = cost_now(world, field, s)
    battle.dp -= unit.price_paid
    enter(world, field, s, tile, direction)
    if s >= world.squad:
        _deployed_device(world, field, s)


@compiled
def _deployed_device(world: World, field: Field, s: int) -> None:
    """The next copy of the same card has to wait, and walkers go around a barrier."""
    deployable = world.deployable[s]
    if s + 1 < deployable.card + deployable.copies:
        field.unit[s + 1].ready_at = field.battle[0].clock + deployable.redeploy_ticks
    if deployable.barrier:
        field.battle[0].barriers += 1
        barriers_changed(world, field)


@often
def can_use_skill(world: World, field: Field, s: int) -> bool:
    """Whether the player can trigger the skill now, and pay what it costs."""
    battle, deployable = field.battle[0], world.deployable[s]
    ours = battle.outcome == RUNNING and deployable.by_hand and battle.dp + min(deployable.dp, 0) >= 0
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
    """Retreat an operator and give back half of what it cost; a device gives nothing. The caller has checked
    `can_retreat`.
    """
    not_inlined()
    remove(world, field, s)
    if s >= world.squad or world.deployable[s].refunds_nothing:
        return
    if world.deployable[s].refunds_first_cost:
        add_dp(world, field, world.deployable[s].cost)
    else:
        add_dp(world, field, int(np.floor(field.unit[s].price_paid * options.REFUND)))


@entry
def next_of_card(world: World, battles: Battles, b: int, slot: int) -> tuple[int, int]:
    """The slot that the card of a slot would put on the field of battle `b` now, and its cost in DP; (-1, 0) for a
    device of which all copies are used.
    """
    field = field_within(battles, b)
    s = copy_to_deploy(world, field, slot)
    return (s, cost_now(world, field, s)) if s >= 0 else (-1, 0)


@entry
def mark_places(world: World, battles: Battles, b: int, slot: int, marks: Flags) -> None:
    """Note in `marks`, bool[tiles], where the card of a slot can be deployed in battle `b` now."""
    field = field_within(battles, b)
    for tile in range(marks.shape[0]):
        marks[tile] = can_deploy(world, field, slot, tile)


@entry
def act(world: World, battles: Battles, b: int, kind: int, slot: int, tile: int, direction: int) -> bool:
    """Do an action in battle `b` at once; `kind` is WAIT, DEPLOY, SKILL or RETREAT.

    Returns whether it was allowed; if not, nothing happens.
    """
    if kind == WAIT:
        return True
    field = field_within(battles, b)
    if not 0 <= slot < (field.unit.shape[0] if kind == SKILL else world.cards):
        return False
    if kind == DEPLOY:
        on_map = 0 <= tile < field.standing.shape[0] and 0 <= direction < 4
        if not on_map or not can_deploy(world, field, slot, tile):
            return False
        deploy(world, field, slot, tile, direction)
    elif kind == SKILL:
        if not can_use_skill(world, field, slot):
            return False
        use_skill(world, field, slot)
    else:
        if kind != RETREAT or not can_retreat(field, slot):
            return False
        retreat(world, field, slot)
    if field.battle[0].list_outdated:  # a skill has killed an enemy, and no tick is running that would notice it
        update_list(field)
        decide(world, field)
    return True
