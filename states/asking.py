"""Asking the game whose a card is: pause it, tap the card, and let the eyes read the name that it shows.

The eyes keep the card's picture with the name, so the next frames have its slot: that is all that is waited for here.
What selects the card and what pauses the game are undone as in any battle (`BattleState`), once nothing is asked.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from game.view import UNKNOWN, BattleView

STEADY = 1.0
"""Seconds for which the same cards must be unknown before the game is paused for them."""
PATIENCE = 1.5
"""Seconds in which the game must pause after a tap on its button, or show the name of a card that was tapped."""
TAPS = 2
"""How often a card is tapped, and the pause button, before that is given up."""
PAUSE = -1
"""Instead of a card's place: the pause button."""

Hand = tuple[int, tuple[int, ...]]
"""How many cards there are, and the places of those that are unknown."""


@dataclass
class Asking:
    """What was asked in one battle, and what is being asked. Times are seconds of the events' clock."""

    nameless: int = 0
    """Cards that no tap gave a name to: devices, and operators that are not of the squad."""
    hand: Hand = (0, ())
    since: float = 0.0
    """When this hand was seen first."""
    under_way: bool = False
    """Whether the game is being asked now."""
    is_paused: bool = False
    """Whether the tap on the pause button has worked."""
    todo: list[int] = field(default_factory=list)
    """Places of the cards that are still to be tapped; the first is the one being asked about."""
    taps: int = 0
    """Taps on the card that is asked about or, before the first card, on the pause button."""
    due: float = 0.0
    """When the last tap has had its time."""
    over: bool = False
    """Whether the game could not be paused, so that it is not asked in this battle."""

    def stop(self) -> None:
        """Ask no more for now: a pause or another page came between."""
        self.under_way, self.is_paused, self.todo, self.taps = False, False, [], 0

    def look(self, view: BattleView, t: float, squad_size: int, known: Collection[int]) -> None:
        """Note what a frame shows, and begin once the same cards have been unknown for a while. `known` are the slots
        whose cards were recognised, or deployed.

        Nothing is asked when all of the squad are known, or only as many cards are unknown as could not be named.
        """
        unknown = tuple(place for place, card in enumerate(view.cards) if card.slot == UNKNOWN)
        if self.under_way:
            return
        hand = len(view.cards), unknown
        if hand != self.hand or view.deploying:
            self.hand, self.since = hand, t
        wanted = len(unknown) > self.nameless and len(known) < squad_size
        if wanted and not self.over and t - self.since >= STEADY:
            self.under_way, self.todo, self.taps, self.due = True, list(unknown), 0, t

    def next_tap(self, view: BattleView, t: float, lag: float) -> int | None:
        """The place of the card to tap now, or `PAUSE`; None to wait, or once `under_way` is over."""
        if not view.paused and not view.deploying:
            return self._tap(PAUSE, t, lag)
        if self.taps and not self.is_paused:
            self.is_paused, self.taps, self.due = True, 0, t
        while self.todo and len(view.cards) == self.hand[0] and view.cards[self.todo[0]].slot != UNKNOWN:
            self._next_card(t)
        if self.todo and t >= self.due and self.taps >= TAPS:
            self.nameless += 1
            self._next_card(t)
        if not self.todo or len(view.cards) != self.hand[0]:
            self.stop()
            return None
        return self._tap(self.todo[0], t, lag)

    def _next_card(self, t: float) -> None:
        """Go on to the next card at once."""
        self.todo, self.taps, self.due = self.todo[1:], 0, t

    def _tap(self, what: int, t: float, lag: float) -> int | None:
        """Count a tap and return what is tapped, unless the last one may yet work. After `TAPS` in vain on the pause
        button nothing is asked in this battle.
        """
        if t < self.due:
            return None
        if self.taps >= TAPS:
            self.stop()
            self.over = True
            return None
        self.taps, self.due = self.taps + 1, t + PATIENCE + 2 * lag
        return what
