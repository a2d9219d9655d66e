"""One battle of a batch, and the small facts about it that every part of the rules asks for."""

from __future__ import annotations

from game.simulator.compiling import often, passed
from game.simulator.plain import PLAIN, readable
from game.simulator.records import PRESENT, Battles, Field, World

NO_INDEX = passed(-1)
"""The slot of no operator, and the index of no enemy."""
BASE, SKILLED = passed(0), passed(1)
"""Rows of `World.stance`: an operator's figures without its skill and with it."""


def _views(battles: Battles, b: int) -> Field:
    """The rows of battle `b` of a batch."""
    return Field(
        battles.battle[b : b + 1],  # type: ignore[arg-type]
        battles.fragment_start[b],
        battles.wave_start[b],
        battles.standing[b],
        battles.covers[b],
        battles.unit[b],
        battles.foe[b],
        battles.present[b],
        battles.way[b],
        battles.modifier[b],
        battles.until[b],
        battles.due[b],
        battles.pending[b],
        battles.entered[b],
        battles.marked[b],
    )


def field_of(battles: Battles, b: int) -> Field:
    """Battle `b` of a batch. The field's arrays are views: what is done to them is done to the batch."""
    return Field(*map(readable, _views(battles, b)))


field_within = field_of if PLAIN else often(_views)
"""`field_of` for compiled code; compiled code must not hand arrays to Python (see compiling)."""


@often
def add_dp(world: World, field: Field, amount: int) -> None:
    """Give DP, up to the most that the stage lets a player hold."""
    field.battle[0].dp = min(field.battle[0].dp + amount, world.max_cost)


@often
def mode_of(field: Field, s: int) -> int:
    """An operator's row of `World.stance`: 1 while its skill is active, else 0."""
    return min(field.unit[s].skill_ticks, 1)


@often
def can_be_hit(field: Field, e: int) -> bool:
    """Whether an enemy is on the field and not hidden."""
    return field.foe[e].phase == PRESENT and not field.foe[e].hidden


@often
def is_aloft(world: World, field: Field, e: int) -> bool:
    """Whether an enemy is in the air now: some hover until their first stun, others fly some time after they came."""
    stats = world.enemy[e]
    if not stats.flying:
        return False
    if stats.hovers:
        return field.foe[e].stunned_until == 0
    return stats.flies_after == 0 or field.battle[0].clock >= field.entered[field.unit.shape[0] + e] + stats.flies_after


@often
def tile_of(world: World, field: Field, e: int) -> int:
    """The tile whose centre is nearest to an enemy."""
    # int() cuts off, which is faster than to round down, and the same but for what lies above or left of the map.
    row, col = int(field.foe[e].row + 0.5), int(field.foe[e].col + 0.5)
    row = min(max(row, 0), world.height - 1)
    col = min(max(col, 0), world.width - 1)
    return row * world.width + col
