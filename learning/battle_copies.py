"""Battles side by side, of which copies go on in other worlds: what looking ahead tries continuations in."""

from __future__ import annotations

import numpy as np

from game.simulator.records import TICKS, World
from learning.battles import BattleBatch
from planning.evaluation import Trial
from planning.player import Gestures
from planning.recovery import trial_of

DECIDING = TICKS // 2
"""Ticks by which a decision falls later than its moment, on average: decisions come once a second."""


class CopiedBattles(BattleBatch):
    """Varied battles whose state may be taken over into trials."""

    def progress(self, b: int) -> tuple[int, float]:
        """The kill counter of battle `b`, and the seconds of play that it has lasted."""
        return int(self._records.battle[b]["counter"]), self.seconds(b)

    def trial(self, b: int, world: World, hands: Gestures) -> Trial:
        """A trial that begins with a copy of battle `b` and goes on in another world, with gestures of its own."""
        return trial_of(self._records, b, self._worlds[b], world, hands)

    def own_trial(self, b: int) -> Trial:
        """A trial that goes on from battle `b` as it would itself: in its own world, with its next gestures."""
        hands, made = self._gestures[b], int(self._made[b])
        later = Gestures(np.roll(hands.ticks, -made, axis=1) + DECIDING, np.roll(hands.lost, -made, axis=1))
        return self.trial(b, self._worlds[b], later)
