"""What a player can see in a battle, and nothing else.

The simulator and the eyes both produce a `BattleView`; the policy sees only that. Whatever is not on the screen (the
waves still to come, an enemy's exact attack) is not here.
"""

from __future__ import annotations

from typing import Literal

import msgspec

CardState = Literal["ready", "unaffordable", "cooling"]

UNKNOWN = -1
"""Stands for a slot or a direction that cannot be told from the screen."""


class Card(msgspec.Struct, frozen=True, array_like=True):
    """One card of the hand. Hands are sorted by cost from left to right, then by slot."""

    slot: int
    """Index into the squad; UNKNOWN when the portrait was not recognised."""
    cost: int
    state: CardState


class OperatorSeen(msgspec.Struct, frozen=True, array_like=True):
    """An operator standing on the field."""

    slot: int
    row: int
    col: int
    direction: int
    health: float
    """Fraction of full health, 0 to 1."""
    skill_ready: bool


class EnemySeen(msgspec.Struct, frozen=True, array_like=True):
    """An enemy on the field. Row 0 is the top row; fractions lie between tile centres."""

    kind: str
    row: float
    col: float
    health: float


class BattleView(msgspec.Struct, frozen=True, kw_only=True):
    """A battle as a player could see it in one frame."""

    kills: int
    """The left number of the counter: enemies killed *or leaked* so far."""
    total: int
    life: int
    dp: int
    slots_left: int
    """How many more operators may stand on the field."""
    paused: bool = False
    speed: int = 1
    deploying: bool = False
    """A card or a unit is selected: play is slowed and the view may be tilted."""
    cards: tuple[Card, ...] = ()
    operators: tuple[OperatorSeen, ...] = ()
    enemies: tuple[EnemySeen, ...] = ()
