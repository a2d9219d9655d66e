"""Tries drafts of plans in battles that differ from the simulator's (see planning.variation), and scores them.

A draft is tried in one block of battles after the other, from the battle exactly as the simulator plays it to the most
different ones, and goes on to the next block as long as it holds. So a bad draft costs one battle, and only good drafts
cost many. A draft that cannot become better than the worst of those it competes with is given up, in the middle of a
battle where possible. A draft that begins like the one it was made from goes on from the moment where the two differ.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from game.characters.models import Operator
from game.levels.stage import Stage
from game.simulator.records import ABSENT, PRESENT, TICKS, WON, Battles, World
from game.simulator.tables import empty_battles, new_battles, world_of
from planning.drafts import Draft, PlannedMove
from planning.plans import WHENEVER_READY
from planning.player import (
    MOMENTS,
    Gestures,
    Kept,
    Players,
    Script,
    ScriptStep,
    copy_battle,
    copy_player,
    follow,
    keeping,
    new_players,
    nothing_kept,
)
from planning.variation import EXACT, Variation, gestures, varied

PATIENCE = 200 * TICKS
"""Ticks without a dead or leaked enemy after which a battle is given up: the operators are blocking enemies that they
cannot hurt. The longest pause between two enemies of the 150 reference levels is 80 s (8-13).
"""
ENDLESS = 1_000_000
"""Life points that no battle uses up: all leaks are counted, not only those before the defeat."""
MOVE_COST, DEATH_COST = 0.002, 0.02
"""Penalties for a move and for the death of an operator; a lost life point costs 1."""
LEAKED_HEALTH = 0.5
"""Penalty for the share of its health with which an enemy leaks: of two drafts that do not stop it, the one that hurts
it more is nearer to stopping it.
"""
GIVEN_UP = 1e-9
"""Subtracted from the score of a draft that was given up, so that it is worse than what it was compared with."""
KEPT_TRIALS = 4
"""In how many first trials of a draft the moments are kept, for the drafts that begin like it."""


class Score(NamedTuple):
    """How good a draft is; larger is better."""

    blocks: int
    """Blocks of trials in which it held."""
    value: float
    """Minus its mean loss in the last block in which it was tried."""


class Block(NamedTuple):
    """Battles in which a draft has to hold before it is tried in those of the next block."""

    battles: tuple[tuple[Variation, int], ...]
    """Variation and seed of each."""
    failures: int = 0
    """In how many of them it may fail."""


def battles_of(variation: Variation, seeds: range) -> tuple[tuple[Variation, int], ...]:
    """Battles of one variation, for a block."""
    return tuple((variation, seed) for seed in seeds)


class Trial(NamedTuple):
    """One battle in which drafts are tried."""

    world: World
    gestures: Gestures
    start: Battles
    """The battle at its start, a batch of one, with endless life."""


class Entry(NamedTuple):
    """A draft with its score, and the moments of its first trials."""

    score: Score
    draft: Draft
    kept: tuple[Kept, ...] = ()
    escaped: tuple[int, ...] = ()
    """The enemies (indexes in the stage's spawns) that were not stopped in the first trial in which it did not hold."""


class Arena:
    """The battles in which the drafts for one stage and squad are tried. Several threads may use it.

    `lives` is how many life points a battle may lose and still count as held; the operators named in `must` have to be
    deployed in it.
    """

    def __init__(
        self, stage: Stage, squad: Sequence[Operator], blocks: Sequence[Block], lives: int = 0,
        must: Collection[str] = (),
    ) -> None:  # fmt: skip
        self.stage, self.slots, self.lives = stage, len(squad), lives
        self.must = [[slot for slot, one in enumerate(squad) if one.name == name] for name in must]
        """For each operator that has to be deployed its slots."""
        self.world = world_of(stage, squad)
        self.most_lost = ENDLESS
        """A battle that has lost more life points than this is given up."""
        self.blocks = [(block, [self._trial(*one) for one in block.battles]) for block in blocks]

    def score(self, draft: Draft, floor: Score, parent: Entry | None = None) -> tuple[Entry, int]:
        """The draft's entry, and the number of battles played. It is given up as soon as it is worse than `floor`.

        A draft that was made from `parent` goes on from the moments that are kept there.
        """
        attempt = _Attempt(self, draft, parent)
        score = Score(0, 0.0)
        for number, (block, trials) in enumerate(self.blocks):
            most = len(trials) * -floor.value if number == floor.blocks else 0.0 if number < floor.blocks else np.inf
            losses, failed = 0.0, 0
            for trial in trials:
                loss, held = attempt.play(trial, np.inf if number < floor.blocks else most - losses)
                losses, failed = losses + loss, failed + (not held)
                if losses > most if number >= floor.blocks else failed > block.failures:
                    return attempt.entry(Score(number, -losses / len(trials) - GIVEN_UP)), attempt.battles
            score = Score(number + (failed <= block.failures), -losses / len(trials))
            if failed > block.failures:
                break
        return attempt.entry(score), attempt.battles

    def stars(self, draft: Draft) -> int:
        """The stars that a draft wins in the battle as the simulator plays it (seed 0)."""
        attempt = _Attempt(self, draft, None)
        attempt.play(self._trial(EXACT, 0), np.inf)
        battle = attempt.room.battle[0]
        if battle["outcome"] != WON or ENDLESS - int(battle["life"]) >= self.stage.options.max_life:
            return 0
        return 2 if battle["leaks"] else 3

    def _trial(self, variation: Variation, seed: int) -> Trial:
        """A trial from its seed."""
        start = new_battles(self.world, self.stage, [seed])
        start.battle["life"] = ENDLESS
        return Trial(varied(self.world, self.stage, variation, seed), gestures(variation, [seed]), start)


class _Attempt:
    """A draft that is tried."""

    def __init__(self, arena: Arena, draft: Draft, parent: Entry | None) -> None:
        self.arena, self.draft, self.parent = arena, draft, parent
        self.battles = 0
        """Battles played so far."""
        self.room = empty_battles(arena.world, 1)
        """Where its battles are played."""
        self.script = script_of(draft, arena.slots)
        self.kept: list[Kept] = []
        self.escaped: tuple[int, ...] = ()

    def entry(self, score: Score) -> Entry:
        """The draft's entry."""
        return Entry(score, self.draft, tuple(self.kept), self.escaped)

    def play(self, trial: Trial, most: float) -> tuple[float, bool]:
        """Play a trial, until it costs more than `most`; its loss, and whether the draft held."""
        players = new_players(self.script, trial.start)
        kept = nothing_kept(self.room, players)
        if self.battles < KEPT_TRIALS:
            kept = keeping(self.room, players, len(self.draft.moves) + 1)
            self.kept.append(kept)
        if not self._goes_on(players, kept):
            for table, fresh in zip(self.room, trial.start, strict=True):
                table[0] = fresh[0]
        self.battles += 1
        life = max(min(most + self.arena.lives, self.arena.most_lost), self.arena.lives)
        least_life = ENDLESS - int(min(life, ENDLESS))
        follow(trial.world, self.room, players, 0, self.script, trial.gestures, kept, PATIENCE, least_life)
        return self._outcome(trial)

    def _goes_on(self, players: Players, kept: Kept) -> bool:
        """Begin this trial where the draft starts to differ from its parent; False if they have nothing in common."""
        if self.parent is None or self.battles >= len(self.parent.kept):
            return False
        before = self.parent.kept[self.battles]
        begun = _common_moves(self.parent.draft, self.draft, before)
        if not begun:
            return False
        copy_battle(before.battles, begun, self.room, 0)
        copy_player(before.players, begun, players, 0)
        players.state["last"] = len(self.draft.moves)
        for n in np.flatnonzero(before.valid[: begun + 1]).tolist() if kept.valid.size else ():
            copy_battle(before.battles, n, kept.battles, n)
            copy_player(before.players, n, kept.players, n)
            kept.players.state[n]["last"], kept.valid[n] = len(self.draft.moves), True
        return True

    def _outcome(self, trial: Trial) -> tuple[float, bool]:
        """The loss of the battle that was played, and whether the draft held.

        Each lost life point beyond `lives` costs 1, and so does each operator that had to be deployed and was not.
        Moves and deaths cost a little. In a victory with such leaks, leaked enemies cost part of their remaining share
        of health; in a battle that is not won, all enemies cost that share (1 before they appear), and the stage's life
        is added.
        """
        foe, battle, arena = self.room.foe[0], self.room.battle[0], self.arena
        lost = max(ENDLESS - int(battle["life"]) - arena.lives, 0)
        dead = int(battle["deployments"]) - int(battle["deployed"])
        absent = sum(not self.room.unit[0]["times_deployed"][slots].any() for slots in arena.must)
        loss = lost + MOVE_COST * len(self.draft.moves) + DEATH_COST * dead + absent
        if battle["outcome"] == WON and not lost:
            return loss, not absent
        enemies = _opponents(arena.stage)
        escaped = (foe["leaked"] | (foe["phase"] == PRESENT)) & enemies
        self.escaped = self.escaped or tuple(np.flatnonzero(escaped).tolist())
        health = (foe["health"] / trial.world.enemy["max_health"]).clip(0.0) * enemies
        if battle["outcome"] == WON:
            return loss + LEAKED_HEALTH * float(health[foe["leaked"]].sum()), False
        health[(foe["phase"] == ABSENT) & enemies] = 1.0
        return loss + float(health.sum()) + arena.stage.options.max_life, False


@lru_cache(maxsize=32)
def _opponents(stage: Stage) -> npt.NDArray[np.bool_]:
    """Which of the stage's spawns are `Stage.opponents`."""
    return np.array([one.is_opponent for one in stage.spawns])


def _common_moves(parent: Draft, draft: Draft, kept: Kept) -> int:
    """How many moves two drafts have in common from the start, up to the last of them whose moment was kept.

    0 if they use skills differently.
    """
    if parent.skills != draft.skills:
        return 0
    same = next((n for n, pair in enumerate(zip(parent.moves, draft.moves, strict=False)) if pair[0] != pair[1]), None)
    most = min(len(parent.moves), len(draft.moves)) if same is None else same
    return max(np.flatnonzero(kept.valid[: most + 1]).tolist(), default=0)


def script_of(draft: Draft, slots: int) -> Script:
    """A draft as the player reads it."""
    moves = np.array(draft.moves, np.float64).reshape(len(draft.moves), len(PlannedMove._fields))
    steps: Any = np.zeros(len(moves), ScriptStep.dtype)
    for column, name in enumerate(PlannedMove._fields[:-1]):
        steps[name] = moves[:, column]
    steps["time_elapsed"] = np.round(moves[:, -1] * MOMENTS)
    steps["cooling"], steps["timeout"], steps["times"] = -1, -1, 1
    usage = np.zeros((slots, 2), np.int64)
    usage[list(draft.skills), 0] = WHENEVER_READY
    return Script(steps, usage)
