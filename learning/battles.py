"""Many varied battles of one squad on one stage, side by side: what a policy is trained and measured in.

Each battle differs from the simulator's in its own way (planning.variation). A decision is one second of play. A
gesture takes time and may be lost, as on a real screen: the battle goes on until the gesture has its effect, and only
then the next decision is made. Battles that differ share no numbers, so compiled code plays one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from game.actions import WAIT, unflatten
from game.simulator.actions import act
from game.simulator.compiling import entry
from game.simulator.display import ViewArrays, arrays_for, show
from game.simulator.records import LOST, RUNNING, TICKS, WON, Battles, World
from game.simulator.tables import empty_battles, start, world_of
from game.simulator.tick import run
from game.view import BattleView
from game.view_arrays import view_of
from learning.arrays import AnyArray, Doubles, Integers, Mask
from learning.encoding import StageEncoding
from learning.observation import BatchObservation, observe, situations_of
from learning.reward import Situation, reward
from planning.player import Gestures
from planning.variation import EXACT, Variation, gestures, varied

SECOND = TICKS
"""Ticks from one decision to the next."""
LONGEST = 1800 * TICKS
"""Ticks after which a battle that does not end is given up: operators block enemies that they cannot hurt."""


class Ends(NamedTuple):
    """How B battles stand."""

    over: Mask
    """[B] it was decided, or given up"""
    won: Mask
    stars: Integers
    """[B] 3 without a leak that cost life, 2 with one, 0 for a battle that is not won"""
    leaks: Integers
    """[B] enemies that leaked and cost life"""


class BattleBatch:
    """`count` battles side by side, none of which has begun. All arrays that it returns are copies."""

    def __init__(self, encoding: StageEncoding, count: int) -> None:
        self.encoding = encoding
        self.actions = np.array(
            [unflatten(int(flat), encoding.slots, encoding.tiles) for flat in encoding.flat_actions]
        )
        """[actions, 4]: kind, slot, tile and direction of each compact action."""
        self._world = world_of(encoding.stage, encoding.squad)
        self._records = empty_battles(self._world, count)
        self._worlds = [self._world] * count
        self._gestures = [gestures(EXACT, [0])] * count
        self._made = np.zeros(count, np.int64)
        self._arrays = arrays_for(self._world, count)
        self._rows = [
            (Battles._make(_row(self._records, b)), ViewArrays._make(_row(self._arrays, b))) for b in range(count)
        ]
        """Records and arrays of each battle alone: views of those of all."""

    def begin(self, b: int, variation: Variation, seed: int) -> None:
        """Begin battle `b` afresh; variation and seed decide how it differs."""
        stage = self.encoding.stage
        start(self._world, stage, self._records, b, seed)
        self._worlds[b] = varied(self._world, stage, variation, seed)
        self._gestures[b], self._made[b] = gestures(variation, [seed]), 0

    def look(self) -> tuple[BatchObservation, Situation]:
        """What a player sees of all battles, and what the reward looks at."""
        for b in range(len(self._rows)):
            self.show(b)
        seen = observe(self._arrays, self.encoding)
        return seen, situations_of(self._arrays, seen)

    def show(self, b: int) -> None:
        """Look at battle `b` alone, as `view` then has it."""
        show(self._worlds[b], *self._rows[b])  # with its own numbers: what is seen of a health is a share

    def view(self, b: int) -> BattleView:
        """What a player saw of battle `b` at the last `look` or `show`."""
        return view_of(self._arrays, self.encoding.kinds, b)

    def seconds(self, b: int) -> float:
        """Seconds of play that battle `b` has lasted."""
        return int(self._records.battle[b]["clock"]) / TICKS

    def decide(self, numbers: Integers, ticks: int = SECOND) -> None:
        """Do a compact action in each battle, and play on to its next decision; battles that are over stand still."""
        over = self.ends().over
        for b, number in enumerate(numbers.tolist()):
            if not over[b]:
                self.decide_one(b, number, ticks)

    def decide_one(self, b: int, number: int, ticks: int = SECOND) -> None:
        """Do a compact action in battle `b`, which is not over, and play on to its next decision."""
        kind, slot, tile, direction = self.actions[number].tolist()
        delay, lost = self._gesture(b) if kind != WAIT else (0, False)
        _play(self._worlds[b], self._records, b, WAIT if lost else kind, slot, tile, direction, delay, ticks)

    def _gesture(self, b: int) -> tuple[int, bool]:
        """Ticks that the next gesture of a battle takes, and whether it is lost."""
        drawn: Gestures = self._gestures[b]
        number = self._made[b] % drawn.ticks.shape[1]
        self._made[b] += 1
        return int(drawn.ticks[0, number]), bool(drawn.lost[0, number])

    def ends(self) -> Ends:
        """How the battles stand."""
        battle = self._records.battle
        won = battle["outcome"] == WON
        over = won | (battle["outcome"] == LOST) | (battle["clock"] >= LONGEST)
        return Ends(over, won, np.where(won, np.where(battle["leaks"] > 0, 2, 3), 0), battle["leaks"].copy())

    def rewards(self, before: Situation, after: Situation, ends: Ends, discount: float) -> Doubles:
        """[B]: the reward of the last decision; a battle that was given up counts as lost."""
        options = self.encoding.stage.options
        earned: Doubles = reward(before, after, ends.won, ends.over & ~ends.won, ends.stars, options, discount)
        return earned


def _row(tables: Iterable[AnyArray], b: int) -> list[AnyArray]:
    """Battle `b` of each table, with a leading axis of one."""
    return [table[b : b + 1] for table in tables]


@entry
def _play(
    world: World, battles: Battles, b: int, kind: int, slot: int, tile: int, direction: int, delay: int, ticks: int
) -> None:
    """Play battle `b` for `delay` ticks, do the action if still allowed, and play on until `ticks` have passed."""
    run(world, battles, b, delay)
    if battles.battle[b].outcome == RUNNING:
        act(world, battles, b, kind, slot, tile, direction)
    run(world, battles, b, ticks - delay)
