"""Tries drafts of plans in battles that differ from ours (see planning.variation), and scores them.

A draft is tried in one block of battles after the other, from the battle as we know it to the most different ones, and
goes on to the next block as long as it holds. So bad drafts cost a battle, and only good ones many. A draft that cannot
become better than the worst of those it competes with is given up, in the middle of a battle where possible. A draft
that begins like one of those goes on from the moment where the two part.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from game.characters.models import Operator
from game.levels.stage import Stage
from game.simulator.records import ABSENT, PRESENT, TICKS, WON, Battles, World
from game.simulator.tables import empty_battles, new_battles, world_of
from planning.drafts import Draft
from planning.player import (
    MOMENTS, WHENEVER_READY, Gestures, Kept, Players, Script, ScriptStep, copy_battle, follow, keeping, new_players,
    nothing_kept,
)  # fmt: skip
from planning.variation import EXACT, Variation, gestures, varied

PATIENCE = 200 * TICKS
"""Ticks without a dead or leaked enemy after which a battle is given up: the operators are blocking enemies that they
cannot hurt. The longest pause between two enemies of the 150 reference levels is 80 s (8-13).
"""
ENDLESS = 1_000_000
"""Life points that no battle uses up: all leaks are counted, not only those before the defeat."""
MOVE_COST, DEATH_COST = 0.002, 0.02
"""Penalties for a move and for the death of an operator; a lost life point costs 1."""
KEPT_TRIALS = 4
"""The first trials of a draft, whose moments are kept for the drafts that begin like it."""


class Score(NamedTuple):
    """How good a draft is; larger is better."""

    blocks: int
    """Blocks of trials in which it held."""
    value: float
    """Less than 0: its mean loss in the last block that it was tried in."""


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
    """The enemies that were not stopped in the first trial in which it did not hold, by their spawns."""


class Arena:
    """The battles in which the drafts for one stage and squad are tried.

    `lives` is how much life a
    battle may lose and still count as held. Several threads may use it.
    """

    def __init__(
        self, stage: Stage, squad: Sequence[Operator], blocks: Sequence[Block], lives: int = 0
    ) -> None:
        self.stage, self.slots, self.lives = stage, len(squad), lives
        self.world = world_of(stage, squad)
        self.most_lost = ENDLESS
        """A battle that has lost more life is given up."""
        self.blocks = [(block, [self._trial(*one) for one in block.battles]) for block in blocks]

    def _trial(self, variation: Variation, seed: int) -> Trial:
        """A trial from its seed."""
        start = new_battles(self.world, self.stage, [seed])
        start.battle["life"] = ENDLESS
        return Trial(varied(self.world, self.stage, variation, seed), gestures(variation, [seed]), start)

    def score(self, draft: Draft, floor: Score, parent: Entry | None = None) -> tuple[Entry, int]:
        """The draft's entry, and the battles that it took. It is given up as soon as it is worse than `floor`."""
        script, kept, battles, room = script_of(draft, self.slots), list[Kept](), 0, empty_battles(self.world, 1)
        score, escaped = Score(0, 0.0), tuple[int, ...]()
        for number, (block, trials) in enumerate(self.blocks):
            worst = -floor.value * len(trials) if number == floor.blocks else np.inf if number > floor.blocks else 0.0
            losses, failed = 0.0, 0
            for trial in trials:
                battles += 1
                moments = _moments(script, room) if battles <= KEPT_TRIALS else None
                loss, alive = self._played(trial, script, draft, worst - losses, parent, battles - 1, moments, room)
                if moments is not None:
                    kept.append(moments)
                losses += loss
                failed += alive is not None
                escaped = escaped or alive or ()
                if (failed > block.failures and number < floor.blocks) or losses > worst:
                    return Entry(Score(number, -losses / len(trials) - 1e-9), draft), battles
            score = Score(number + (failed <= block.failures), -losses / len(trials))
            if failed > block.failures:
                break
        return Entry(score, draft, tuple(kept), escaped), battles

    def holds(self, draft: Draft, trials: Sequence[Trial]) -> int:
        """In how many of some battles a draft holds."""
        script, room = script_of(draft, self.slots), empty_battles(self.world, 1)
        return sum(self._played(trial, script, draft, np.inf, None, 0, None, room)[1] is None for trial in trials)

    def stars(self, draft: Draft) -> int:
        """The stars that a draft wins in the battle as we know it."""
        battles = empty_battles(self.world, 1)
        self._played(self._trial(EXACT, 0), script_of(draft, self.slots), draft, np.inf, None, 0, None, battles)
        lost = ENDLESS - int(battles.battle[0]["life"])
        won = battles.battle[0]["outcome"] == WON and lost < self.stage.options.max_life
        return (2 if battles.battle[0]["leaks"] else 3) if won else 0

    def trials(self, variation: Variation, seeds: Sequence[int]) -> list[Trial]:
        """Further battles, to check drafts in."""
        return [self._trial(variation, seed) for seed in seeds]

    def _played(
        self, trial: Trial, script: Script, draft: Draft, worst: float, parent: Entry | None, number: int,
        moments: Kept | None, battles: Battles,
    ) -> tuple[float, tuple[int, ...] | None]:  # fmt: skip
        """The loss of a draft in a trial, and the enemies it did not stop; None if it held. A leak costs its life
        points, a living enemy its share of health.
        """
        players = new_players(script, trial.start)
        begun = 0
        if parent is not None and number < len(parent.kept):
            begun = _branch(parent, number, draft)
        if parent is not None and begun > 0:
            before = parent.kept[number]
            copy_battle(before.battles, begun, battles, 0)
            players.state[0] = before.players.state[begun]
            players.state["last"] = script.steps.shape[0]
            players.usage[0] = before.players.usage[begun]
            count = min(players.skipped.shape[1], before.players.skipped.shape[1])
            players.skipped[0, :count] = before.players.skipped[begun, :count]
            if moments is not None:
                _inherit(before, moments, begun)
        else:
            for table, fresh in zip(battles, trial.start, strict=True):
                table[0] = fresh[0]
        most = int(min(worst + self.lives, self.most_lost))
        follow(
            trial.world, battles, players, 0, script, trial.gestures, moments or nothing_kept(battles, players),
            PATIENCE, ENDLESS - max(most, self.lives),
        )  # fmt: skip
        return self._loss(trial, battles, draft)

    def _loss(self, trial: Trial, battles: Battles, draft: Draft) -> tuple[float, tuple[int, ...] | None]:
        """What a battle that has been played costs, and the enemies that the draft did not stop; None if it held."""
        foe, battle = battles.foe[0], battles.battle[0]
        life = ENDLESS - int(battle["life"])
        held = bool(battle["outcome"] == WON) and life <= self.lives
        dead = int(battle["deployments"]) - int(battle["deployed"])
        loss = max(life - self.lives, 0) + MOVE_COST * len(draft.moves) + DEATH_COST * dead
        if battle["outcome"] != WON:
            health = foe["health"] / trial.world.enemy["max_health"]
            health[foe["phase"] == ABSENT] = 1.0
            loss += float(health.clip(0.0).sum()) + self.stage.options.max_life
        if held:
            return loss, None
        return loss, tuple(np.flatnonzero(foe["leaked"] | (foe["phase"] == PRESENT)).tolist())


def _moments(script: Script, battles: Battles) -> Kept:
    """Room for the moments of a trial."""
    return keeping(battles, new_players(script, battles), script.steps.shape[0] + 1)


def _branch(parent: Entry, number: int, draft: Draft) -> int:
    """After how many moves a draft parts from its parent, of the moments that were kept; 0 for the start."""
    if parent.draft.skills != draft.skills:
        return 0
    same = 0
    for one, other in zip(parent.draft.moves, draft.moves, strict=False):
        if one != other:
            break
        same += 1
    valid = parent.kept[number].valid
    same = min(same, len(valid) - 1)
    while same > 0 and not valid[same]:
        same -= 1
    return same


def _inherit(before: Kept, moments: Kept, rows: int) -> None:
    """Take over the first moments of a parent."""
    for old, new in zip(before.battles, moments.battles, strict=True):
        new[: rows + 1] = old[: rows + 1]
    moments.players.state[: rows + 1] = before.players.state[: rows + 1]
    moments.players.usage[: rows + 1] = before.players.usage[: rows + 1]
    count = min(moments.players.skipped.shape[1], before.players.skipped.shape[1])
    moments.players.skipped[: rows + 1, :count] = before.players.skipped[: rows + 1, :count]
    moments.valid[: rows + 1] = before.valid[: rows + 1]


def script_of(draft: Draft, slots: int) -> Script:
    """A draft as the player reads it."""
    moves = np.array(draft.moves, np.float64).reshape(len(draft.moves), 6)
    steps = np.zeros(len(moves), ScriptStep.dtype)
    for column, name in enumerate(("kind", "slot", "tile", "direction", "kills")):
        steps[name] = moves[:, column]
    steps["time_elapsed"] = np.round(moves[:, 5] * MOMENTS)
    steps["cooling"], steps["timeout"], steps["times"] = -1, -1, 1
    usage = np.zeros((slots, 2), np.int64)
    usage[list(draft.skills), 0] = WHENEVER_READY
    return Script(steps, usage)
