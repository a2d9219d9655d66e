"""What Python reads of a battle, written down by compiled code: reading record after record from Python is slow."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from game.simulator.actions import can_use_skill, cost_now
from game.simulator.compiling import compiled, often
from game.simulator.field import mode_of
from game.simulator.records import Field, Record, Rows, World

READY, UNAFFORDABLE, COOLING = range(3)
"""ShownCard.state."""


class ShownEnemy(Record):
    """An enemy that a player can see. The fields are those of battle.EnemyOnField but its kind."""

    number: int
    row: float
    col: float
    health: float
    """Fraction of full health."""
    flying: bool
    blocked: bool


class ShownOperator(Record):
    """An operator on the field. The fields are those of battle.OperatorOnField."""

    slot: int
    row: int
    col: int
    direction: int
    health: float
    """Fraction of full health."""
    sp: float
    """Fraction of the skill's cost."""
    skill_ready: bool
    skill_active: bool


class ShownCard(Record):
    """A card of the hand. Cards sort by cost, then by slot."""

    cost: int
    slot: int
    state: int
    """READY, UNAFFORDABLE or COOLING."""


class Display(NamedTuple):
    """Room for what a player sees of one battle. E enemies, S slots."""

    enemies: Rows[ShownEnemy]
    """[E]"""
    operators: Rows[ShownOperator]
    """[S]"""
    cards: Rows[ShownCard]
    """[S]"""


def empty_display(world: World) -> Display:
    """Room for any moment of a battle in this world."""
    slots, enemies = world.deployable.shape[0], world.enemy.shape[0]
    return Display(
        enemies=np.zeros(enemies, ShownEnemy.dtype),  # type: ignore[arg-type]
        operators=np.zeros(slots, ShownOperator.dtype),  # type: ignore[arg-type]
        cards=np.zeros(slots, ShownCard.dtype),  # type: ignore[arg-type]
    )


@compiled
def show_enemies(world: World, field: Field, display: Display) -> int:
    """Write down the enemies that a player can see, in the order in which they appeared. Returns how many."""
    count = 0
    for k in range(field.battle[0].listed):
        e = field.present[k]
        foe = field.foe[e]
        if foe.hidden:
            continue
        shown = display.enemies[count]
        shown.number = e
        shown.row, shown.col = foe.row, foe.col
        shown.health = foe.health / world.enemy[e].max_health
        shown.flying = world.enemy[e].flying
        shown.blocked = foe.blocker >= 0
        count += 1
    return count


@compiled
def show_squad(world: World, field: Field, display: Display) -> int:
    """Write down the operators on the field and the cards of the others, by slot. Returns how many are on the field."""
    deployed = 0
    for s in range(field.unit.shape[0]):
        if field.unit[s].tile < 0:
            _show_card(world, field, display, s, s - deployed)
        else:
            _show_operator(world, field, display, s, deployed)
            deployed += 1
    return deployed


@often
def _show_operator(world: World, field: Field, display: Display, s: int, at: int) -> None:
    """Write down one operator in row `at`."""
    unit, shown = field.unit[s], display.operators[at]
    shown.slot = s
    shown.row, shown.col = unit.tile // world.width, unit.tile % world.width
    shown.direction = unit.direction
    shown.health = unit.health / world.stance[mode_of(field, s), s].max_health
    shown.sp = unit.sp / max(world.deployable[s].sp_cost, 1)
    shown.skill_ready = can_use_skill(world, field, s)
    shown.skill_active = unit.skill_ticks > 0


@often
def _show_card(world: World, field: Field, display: Display, s: int, at: int) -> None:
    """Write down one card in row `at`."""
    shown, cost = display.cards[at], cost_now(world, field, s)
    shown.cost, shown.slot = cost, s
    if field.unit[s].ready_at > field.battle[0].clock:
        shown.state = COOLING
    else:
        shown.state = READY if cost <= field.battle[0].dp else UNAFFORDABLE
