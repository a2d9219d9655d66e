"""What a player can see in a battle, and nothing else.

The simulator and the watcher both produce a `BattleView`, and the policy gets only that. What the screen does not show
(waves to come, an enemy's exact attack) is not part of it.
"""

from __future__ import annotations

from typing import Literal

import msgspec

CardState = Literal["ready", "unaffordable", "cooling"]
Origin = Literal["seen", "known", "inferred"]
"""How a unit of a view is known: seen in this frame; known from earlier frames and from what was done, as while the
view is tilted or an effect hides it; or inferred by the twin, which simulates what cannot be seen.
"""

UNKNOWN = -1
"""A slot or a direction that the screen does not show."""


class Card(msgspec.Struct, frozen=True, array_like=True, repr_omit_defaults=True):
    """One card of the hand. Hands are sorted by cost from left to right, then by slot."""

    slot: int
    """Index in the squad; UNKNOWN if the portrait was not recognised."""
    cost: int
    state: CardState
    copies: int = 1
    """How often it can still be played; more than 1 only for devices, whose slots come after those of the squad."""


class OperatorSeen(msgspec.Struct, frozen=True, array_like=True):
    """An operator or device on the field. Row 0 is the top row."""

    slot: int
    """Index in the squad, of a device after the squad, or UNKNOWN, as of operators that the level put on the field."""
    row: int
    col: int
    direction: int
    """As in `game.actions`, or UNKNOWN."""
    health: float
    """Fraction of full health, 0 to 1."""
    skill_ready: bool
    sp: float | None = None
    """How full the bar of its SP is, 0 to 1; None where it was not seen."""
    skill_active: bool = False
    origin: Origin = "seen"


class EnemySeen(msgspec.Struct, frozen=True, array_like=True):
    """An enemy on the field. Row 0 is the top row; fractions lie between tile centres."""

    kind: str
    row: float
    col: float
    health: float
    """Fraction of full health, 0 to 1."""
    origin: Origin = "seen"


class BattleView(msgspec.Struct, frozen=True, kw_only=True):
    """A battle as a player could see it in one frame."""

    kills: int
    """The left number of the counter: enemies killed or leaked so far."""
    total: int
    """The right number of the counter: how many enemies it counts in this battle."""
    life: int
    dp: int
    slots_left: int
    """How many more operators may stand on the field."""
    paused: bool = False
    speed: int = 1
    deploying: bool = False
    """A card or a unit is selected: the battle is slowed and the view may be tilted."""
    cards: tuple[Card, ...] = ()
    operators: tuple[OperatorSeen, ...] = ()
    enemies: tuple[EnemySeen, ...] = ()
    dp_share: float | None = None
    """The part of the next DP that has come, 0 to 1, by the bar below their number; None where it was not seen."""
