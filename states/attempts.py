"""Gestures of a battle that are under way: when their effect counts as seen, and when as lost."""

from __future__ import annotations

from dataclasses import dataclass

from game.actions import DEPLOY, RETREAT, Action
from game.view import BattleView

CONFIRM = 2.0
"""Seconds after a gesture within which its effect must be seen."""
SETTLE = 0.5
"""Seconds after a gesture before its effect can be judged: until then its animation may still run."""
REPEATS = 2
"""How often a gesture whose effect was not seen is made again."""
BAN_SECONDS = 20.0
"""For how long an action is not tried again after that, in seconds of the events' clock."""

Banned = tuple[int, int, int]
"""Kind, slot and tile of an action (see game.actions); the tile is 0 where none is chosen."""


@dataclass
class Attempt:
    """A gesture under way, and the effect it should have."""

    action: Action
    row: int
    col: int
    gesture: int
    """Its id."""
    done_at: float | None = None
    lost: bool = False
    """Whether its effect was waited for in vain, so that it is made again or given up."""
    made: int = 1
    """How often the gesture was made."""

    @property
    def key(self) -> Banned:
        """What is banned when it fails for good."""
        return banned_key(self.action)

    def again(self, gesture: int) -> None:
        """It is made once more, under another id."""
        self.gesture, self.done_at, self.lost = gesture, None, False
        self.made += 1

    def can_be_judged(self, t: float, lag: float) -> bool:
        """Whether a picture of time `t` can show the effect, where pictures may be `lag` seconds old."""
        return self.done_at is not None and t - self.done_at >= SETTLE + lag

    def is_overdue(self, t: float, lag: float) -> bool:
        """Whether the effect should have been seen by now."""
        return self.done_at is not None and t - self.done_at > CONFIRM + 2 * lag

    def worked(self, view: BattleView) -> bool:
        """Whether the screen shows the effect the gesture should have."""
        in_hand = any(card.slot == self.action.slot for card in view.cards)
        if self.action.kind == DEPLOY:
            return not in_hand and not view.deploying
        if self.action.kind == RETREAT:
            return in_hand
        there = [unit for unit in view.operators if (unit.row, unit.col) == (self.row, self.col)]
        return not any(unit.skill_ready for unit in there)


def banned_key(action: Action) -> Banned:
    """Under which key an action is banned: a deployment by its tile, whatever its direction."""
    return action.kind, action.slot, action.tile if action.kind == DEPLOY else 0
