"""What a player can see of a batch of battles, as arrays, and the compiled code that fills them.

The simulator fills a `ViewArrays` here; `game.view_arrays` fills one from a `BattleView`, whether the simulator or the
bot's vision made that. Legality and the network's observation read a `ViewArrays` and do not know where it comes from.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from game.simulator.actions import can_use_skill, copy_to_deploy, cost_now
from game.simulator.compiling import entry, often
from game.simulator.field import field_within
from game.simulator.modifiers import full_health
from game.simulator.records import RUNNING, Battles, Field, Records, World
from game.simulator.rows import Record
from game.view import UNKNOWN

READY, UNAFFORDABLE, COOLING = range(3)
"""ShownCard.state."""


class ShownBattle(Record):
    """The figures of a battle, and how many cards and units of it are listed."""

    kills: int
    total: int
    life: int
    dp: int
    slots_left: int
    """How many more operators may stand on the field."""
    decided: bool
    """It is won or lost; nothing can be done any more."""
    cards: int
    operators: int
    enemies: int


class ShownCard(Record):
    """A card of the hand. Cards sort by cost, then by slot."""

    cost: int
    slot: int
    """Index in the squad; `game.view.UNKNOWN` if the portrait was not recognised."""
    state: int
    """READY, UNAFFORDABLE or COOLING."""
    copies: int
    """How often it can still be played, as a card of a device says; 1 for an operator."""


class ShownOperator(Record):
    """An operator or device on the field. Only the simulator fills the last three fields, used for drawing."""

    slot: int
    """Index in the squad; `game.view.UNKNOWN` also for an operator of the level."""
    row: int
    col: int
    direction: int
    """As in game.actions, or `game.view.UNKNOWN`."""
    health: float
    """Fraction of full health."""
    skill_ready: bool
    sp: float
    """Fraction of the skill's cost."""
    skill_active: bool
    unit: int
    """Its row of UnitState: the slot, which operators of the level have as well."""


class ShownEnemy(Record):
    """An enemy that a player can see. Only the simulator fills the last three fields, which are used for drawing."""

    kind: int
    """Index in `enemy_tables.kinds_of(stage)`; the length of that tuple for a kind that is not in it."""
    row: float
    col: float
    health: float
    """Fraction of full health."""
    number: int
    """Which of the stage's spawns it is."""
    flying: bool
    blocked: bool


class ViewArrays(NamedTuple):
    """What a player sees of B battles. Of each list as many rows count as the battle's figures say; the rest is unused.

    The order of the lists matters, because sums of floats depend on it: from the simulator, enemies in the order in
    which they appeared and operators by slot; from a `BattleView`, all in the view's order.
    """

    battle: Records
    """ShownBattle [B]"""
    cards: Records
    """ShownCard [B, cards]"""
    operators: Records
    """ShownOperator [B, operators]"""
    enemies: Records
    """ShownEnemy [B, enemies]"""


def empty_arrays(battles: int, cards: int, operators: int, enemies: int) -> ViewArrays:
    """Zeroed arrays for `battles` battles, with lists of these lengths."""
    return ViewArrays(
        battle=np.zeros(battles, ShownBattle.dtype),
        cards=np.zeros((battles, cards), ShownCard.dtype),
        operators=np.zeros((battles, operators), ShownOperator.dtype),
        enemies=np.zeros((battles, enemies), ShownEnemy.dtype),
    )


def arrays_for(world: World, battles: int) -> ViewArrays:
    """Zeroed arrays that are large enough for any moment of `battles` battles in this world."""
    return empty_arrays(battles, world.cards, world.deployable.shape[0], world.enemy.shape[0])


@entry
def show(world: World, battles: Battles, arrays: ViewArrays) -> None:
    """Write down what a player sees of every battle of the batch."""
    for b in range(battles.battle.shape[0]):
        field = field_within(battles, b)
        _show_figures(world, field, arrays, b)
        _show_squad(world, field, arrays, b)
        _show_enemies(world, field, arrays, b)


@often
def _show_figures(world: World, field: Field, arrays: ViewArrays, b: int) -> None:
    """Write down the counters of battle `b`."""
    battle, shown = field.battle[0], arrays.battle[b]
    shown.kills, shown.total = battle.counter, battle.total
    shown.life, shown.dp = battle.life, battle.dp
    shown.slots_left = world.character_limit - battle.slots_taken
    shown.decided = battle.outcome != RUNNING


@often
def _show_squad(world: World, field: Field, arrays: ViewArrays, b: int) -> None:
    """Write down what stands on the field and the cards of the hand, by slot. The copies of a device have one card."""
    deployed, hand = 0, 0
    for s in range(field.unit.shape[0]):
        if field.unit[s].tile >= 0 and world.deployable[s].walks:
            continue  # shown where its body is
        if field.unit[s].tile >= 0:
            _show_operator(world, field, arrays.operators[b, deployed], s)
            deployed += 1
        elif s < world.cards and copy_to_deploy(world, field, s) == s:
            _show_card(world, field, arrays.cards[b, hand], s)
            hand += 1
    arrays.battle[b].operators, arrays.battle[b].cards = deployed, hand


@often
def _show_card(world: World, field: Field, shown: ShownCard, s: int) -> None:
    """Write down one card."""
    cost = cost_now(world, field, s)
    shown.cost, shown.slot = cost, s
    shown.copies = world.deployable[s].card + world.deployable[s].copies - s
    if field.unit[s].ready_at > field.battle[0].clock:
        shown.state = COOLING
    else:
        shown.state = READY if cost <= field.battle[0].dp else UNAFFORDABLE


@often
def _show_operator(world: World, field: Field, shown: ShownOperator, s: int) -> None:
    """Write down one operator on the field."""
    unit = field.unit[s]
    shown.slot, shown.unit = s if s < world.cards else UNKNOWN, s
    shown.row, shown.col = unit.tile // world.width, unit.tile % world.width
    shown.direction = unit.direction
    shown.health = unit.health / full_health(world, field, s)
    shown.skill_ready = can_use_skill(world, field, s)
    shown.sp = min(unit.sp / max(world.deployable[s].sp_cost, 1), 1.0)
    shown.skill_active = unit.skill_ticks > 0


@often
def _show_enemies(world: World, field: Field, arrays: ViewArrays, b: int) -> None:
    """Write down the enemies that a player can see, in the order in which they appeared."""
    count = 0
    for k in range(field.battle[0].listed):
        e = field.present[k]
        foe, stats = field.foe[e], world.enemy[e]
        if not _is_seen(world, field, e):
            continue
        shown = arrays.enemies[b, count]
        shown.kind, shown.row, shown.col = stats.kind, foe.row, foe.col
        shown.health = (field.unit[stats.unit].health if stats.unit >= 0 else foe.health) / stats.max_health
        shown.number, shown.flying, shown.blocked = e, stats.flying, foe.blocker >= 0
        count += 1
    arrays.battle[b].enemies = count


@often
def _is_seen(world: World, field: Field, e: int) -> bool:
    """Whether a player sees an enemy: of a unit's body that of an escort, the others show as units."""
    s = world.enemy[e].unit
    if s >= 0:
        return world.deployable[s].walks and field.unit[s].tile >= 0
    return not field.foe[e].hidden


@often
def tile_seen(height: int, width: int, row: float, col: float) -> int:
    """The tile nearest to a position between tile centres; a position off the map belongs to the nearest edge tile."""
    down = min(max(int(np.rint(row)), 0), height - 1)
    right = min(max(int(np.rint(col)), 0), width - 1)
    return down * width + right
