"""Plays drafts in the compiled simulator and scores them.

Life lost to leaks counts most, then the health of enemies not yet killed, then how many moves and deaths it takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from game.characters.models import Operator
from game.levels.stage import Stage
from game.simulator.actions import act, can_use_skill, use_skill
from game.simulator.compiling import compiled
from game.simulator.field import field_within
from game.simulator.records import ABSENT, RUNNING, TICKS, WON, Battles, Ints, Record, Rows, World, rows_of
from game.simulator.tables import new_battles, world_of
from game.simulator.tick import run
from planning.drafts import Draft

LIMIT = 900 * TICKS
"""Ticks after which a battle is given up: by then the operators are blocking enemies that they cannot hurt."""
ENDLESS = 1_000_000
"""Life points that no battle uses up: all leaks are counted, not only those before the defeat."""
PACES = (1, 10, 30, 5, 15)
"""Ticks between two looks at the plan, for the battles with seeds 0, 1, ...: a plan has to work in all of them, so
that it does not depend on the exact tick of a move."""
MOVE_COST, DEATH_COST = 0.01, 0.005
"""Penalties for a move and for the death of an operator; a lost life point costs 1."""


class MoveRow(Record):
    """A move as compiled code reads it: PlannedMove with its gate in ticks."""

    kind: int
    slot: int
    tile: int
    direction: int
    kills: int
    clock: int


class PlanScore(NamedTuple):
    """How good a draft is; larger is better. A battle that is not won scores less by the stage's life points."""

    score: float
    lost_life: int
    finished: bool


class Evaluator:
    """Scores the drafts of one stage and squad, remembers the scores, and counts the battles it plays."""

    def __init__(self, stage: Stage, squad: Sequence[Operator]) -> None:
        self.stage, self.squad = stage, tuple(squad)
        self.world = world_of(stage, squad)
        self.battles_of_seeds = new_battles(self.world, stage, range(len(PACES)))
        self.fresh = new_battles(self.world, stage, range(len(PACES)))
        self.battles = 0
        self.known: dict[Draft, PlanScore] = {}

    def grant(self, life: int) -> None:
        """Play from now on with `life` life points; scores with another life are forgotten."""
        self.fresh.battle["life"] = self.life = life
        self.known.clear()

    def score(self, draft: Draft) -> PlanScore:
        """The score of a draft: that of seed 0's battle, or the worst of all battles if it wins that one."""
        if draft not in self.known:
            moves, handy = as_rows(draft), _handy(draft, len(self.squad))
            worst = self._played(draft, moves, handy, 0)
            for b in range(1, len(PACES)):
                if worst.finished and worst.lost_life < self.stage.options.max_life:
                    worst = min(worst, self._played(draft, moves, handy, b))
            self.known[draft] = worst
        return self.known[draft]

    def _played(self, draft: Draft, moves: Rows[MoveRow], handy: Ints, b: int) -> PlanScore:
        """The score of battle `b`. A leak costs its life points, a living enemy its share of health."""
        for table, fresh in zip(self.battles_of_seeds, self.fresh, strict=True):
            table[b] = fresh[b]
        follow(self.world, self.battles_of_seeds, b, moves, handy, PACES[b], LIMIT)
        self.battles += 1
        foe, battle = self.battles_of_seeds.foe[b], self.battles_of_seeds.battle[b]
        health = foe["health"] / self.world.enemy["max_health"]
        health[foe["phase"] == ABSENT] = 1.0
        life, finished = int(self.life - battle["life"]), bool(battle["outcome"] == WON)
        dead = int(battle["deployments"]) - int(battle["deployed"])
        score = -life - float(health.clip(0.0).sum()) - MOVE_COST * len(draft.moves) - DEATH_COST * dead
        return PlanScore(score if finished else score - self.stage.options.max_life, life, finished)


def outcome(stage: Stage, squad: Sequence[Operator], draft: Draft, seed: int = 0, pace: int = 1) -> int:
    """Stars that a draft wins in the battle of a seed, with a look at the plan every `pace` ticks; 0 for a defeat."""
    world = world_of(stage, squad)
    battles = new_battles(world, stage, [seed])
    follow(world, battles, 0, as_rows(draft), _handy(draft, len(squad)), pace, LIMIT)
    if battles.battle[0]["outcome"] != WON:
        return 0
    return 2 if battles.battle[0]["leaks"] else 3


@compiled
def follow(world: World, battles: Battles, b: int, moves: Rows[MoveRow], handy: Ints, pace: int, limit: int) -> None:
    """Play battle `b` to its end, or for `limit` ticks: make the moves that are due, then run `pace` ticks.

    `moves` is what `as_rows` makes, `handy` int64[slots] (see `_handy`).
    """
    field = field_within(battles, b)
    battle, done = field.battle[0], 0
    while battle.outcome == RUNNING and battle.clock < limit:
        while (
            done < moves.shape[0]
            and battle.counter >= moves[done].kills
            and battle.clock >= moves[done].clock
            and act(world, battles, b, moves[done].kind, moves[done].slot, moves[done].tile, moves[done].direction)
        ):
            done += 1
        for s in range(handy.shape[0]):
            if handy[s] and can_use_skill(world, field, s):
                use_skill(world, field, s)
        run(world, battles, b, pace)


def as_rows(draft: Draft) -> Rows[MoveRow]:
    """A draft's moves as `follow` reads them."""
    rows = [move._asdict() | {"clock": round(move.seconds * TICKS)} for move in draft.moves]
    for row in rows:
        del row["seconds"]
    found: Rows[MoveRow] = rows_of(MoveRow, rows)
    return found


def _handy(draft: Draft, slots: int) -> Ints:
    """For each slot, 1 if its skill is used whenever it is ready: int64[slots]."""
    return np.array([slot in draft.skills for slot in range(slots)], np.int64)
