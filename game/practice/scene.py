"""What a drawn battle shows besides the battle itself: what the player holds, and what flashes or is announced."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from game.simulator.battle import Battle
from game.view import Card

Label = tuple[str, int, int, int, int]
Struck = tuple[Literal["operator", "enemy"], int]
"""An operator by slot or an enemy by number."""


class Burst(NamedTuple):
    """Something that happened a moment ago around a place: a skill was used, or a dying enemy did harm."""

    centre: tuple[float, float]
    """(row, column)."""
    radius: float
    """In tiles."""
    hostile: bool
    """By an enemy."""
    age: float
    """0 as it happens to 1 as it fades."""


@dataclass
class Hold:
    """What the player holds: a dragged card, one that was tapped, one on a tile that waits for its direction, or a
    selected unit.
    """

    slot: int
    at: tuple[float, float] | None = None
    """The pixel to which the card is dragged."""
    tile: tuple[int, int] | None = None
    """The (row, column) where the card was let go, or where the selected unit stands."""
    direction: int | None = None
    """The direction of the swipe (see game.actions); None while it is too short."""
    standing: bool = False
    """Whether it is a unit on the field, with a skill and a retreat button."""
    tapped: bool = False
    """Whether it is a card that was tapped: it stays in the hand, and another tap lets go of it."""


@dataclass
class BattleScene:
    """Everything that a drawn battle shows."""

    battle: Battle
    hand: tuple[Card, ...]
    paused: bool = False
    speed: int = 1
    hold: Hold | None = None
    legal: Sequence[tuple[int, int]] = ()
    """Tiles on which the held card may stand."""
    dp_flash: float = 0.0
    """How brightly the DP flash, 0 to 1."""
    banner: str = ""
    """The kind of enemy that is announced, or nothing."""
    struck: Collection[Struck] = ()
    """Units that were hit a moment ago."""
    bursts: Sequence[Burst] = ()

    @property
    def light(self) -> float:
        """Brightness of the numbers, 0 to 1: dim while a card waits for its direction or a unit is selected."""
        return 0.63 if self.hold is not None and self.hold.tile is not None else 1.0
