"""Plays a plan on a stage with a squad, and reports the outcome: in one battle, or in many varied ones."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import msgspec
import numpy as np

from game.actions import DEPLOY, RETREAT, SKILL
from game.errors import PlanError
from game.levels.runes import is_forbidden
from game.levels.stage import Stage
from game.simulator.actions import next_of_card
from game.simulator.battle import Battle
from game.simulator.records import TICKS, WON, Battles
from game.simulator.rows import rows_of
from game.simulator.tables import new_battles, room_of, units_of, world_of
from planning import player
from planning.assignment import PlanSquad
from planning.plans import Plan, PlanStep
from planning.player import (
    MOMENTS,
    NO_DUE,
    Script,
    ScriptStep,
    follow,
    keeping,
    look,
    new_players,
    no_gestures,
    nothing_kept,
)
from planning.variation import Variation, gestures, varied

LONGEST = 1800
"""Seconds of play after which a battle that does not end is given up."""
KINDS = {
    "Deploy": DEPLOY, "Skill": SKILL, "Retreat": RETREAT, "SpeedUp": player.SPEED_UP,
    "BulletTime": player.BULLET_TIME, "SkillUsage": player.USAGE, "ResetStopwatch": player.RESET_STOPWATCH,
    "SkillDaemon": player.SKILL_DAEMON, "Output": player.NOTHING, "MoveCamera": player.NOTHING,
}  # fmt: skip
"""The kinds of steps by the names that plans have for them."""


class EnemyEnd(msgspec.Struct, frozen=True, kw_only=True):
    """How an enemy left the battle, killed or leaked, and when."""

    enemy: str
    seconds: float
    leaked: bool


class PlanResult(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of a plan's battle."""

    won: bool
    stars: int
    life: int
    leaks: int
    """Enemies that reached an exit and cost life points."""
    kills: int
    """The screen's kill counter, which includes leaks."""
    total: int
    seconds: float
    """Seconds of play that the battle lasted."""
    ends: tuple[EnemyEnd, ...]
    """All enemies that left the battle, in that order."""
    undone: tuple[int, ...]
    """Numbers, from 0, of the steps whose turn never came or that were skipped."""
    notes: tuple[str, ...]


def play_plan(plan: Plan, stage: Stage, squad: PlanSquad, seed: int = 0) -> PlanResult:
    """Play a plan on a stage. Raises PlanError if the stage forbids an operator or one of the plan's deployments, and
    StageError if it allows no squad of this size.
    """
    _check(plan, stage, squad)
    playing = PlanPlayer(plan, Battle(stage, squad.operators, seed), squad)
    battle = playing.battle
    while battle.outcome is None and battle.seconds < LONGEST:
        playing.look()
        battle.step(1)
    life = max(battle.view().life, 0)
    return PlanResult(
        won=battle.outcome == "won",
        stars=battle.stars,
        life=life,
        leaks=battle.leaks,
        kills=battle.kills,
        total=battle.view().total,
        seconds=round(battle.seconds, 2),
        ends=tuple(_end(stage, one.number, one.tick, leaked=one.leaked) for one in battle.gone()),
        undone=tuple(playing.undone()),
        notes=squad.notes,
    )


class Holding(NamedTuple):
    """How often a plan holds in battles of a variation."""

    variation: str
    held: int
    battles: int
    failures: tuple[tuple[EnemyEnd, ...], ...] = ()
    """For each battle in which it did not hold, the enemies that leaked."""

    def __str__(self) -> str:
        return f"holds in {self.held} of {self.battles} ({self.variation})"


def hold(
    plan: Plan, stage: Stage, squad: PlanSquad, variation: Variation, battles: int, stars: int = 3,
    tell: Callable[[int], object] = int,
) -> Holding:  # fmt: skip
    """In how many battles of a variation, with the seeds from 0 on, a plan wins at least `stars` stars.

    `tell` is called with the number of battles played so far. Raises PlanError and StageError as `play_plan` does.
    """
    _check(plan, stage, squad)
    script, world = script_of(plan, stage, squad), world_of(stage, squad.operators)

    def failure(seed: int) -> tuple[EnemyEnd, ...] | None:
        """The enemies that leaked in the battle of a seed; None where the plan held."""
        records = new_battles(world, stage, [seed])
        players = new_players(script, records)
        other = varied(world, stage, variation, seed)
        hands, kept = gestures(variation, [seed]), nothing_kept(records, players)
        follow(other, records, players, 0, script, hands, kept, LONGEST * TICKS, 0)
        battle = records.battle[0]
        held = battle["outcome"] == WON and (stars < 3 or battle["leaks"] == 0)
        return None if held else _leaked(records, stage)

    failures = []
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for done, one in enumerate(threads.map(failure, range(battles)), 1):
            failures += [] if one is None else [one]
            tell(done)
    return Holding(variation.name, battles - len(failures), battles, tuple(failures))


def _leaked(records: Battles, stage: Stage) -> tuple[EnemyEnd, ...]:
    """The enemies that leaked in the only battle of a batch and cost life, and the escorts that fell, in that order."""
    foe = records.foe[0]
    gone = np.flatnonzero(foe["leaked"] | (foe["gone_at"] >= 0)).tolist()
    leaked = [n for n in gone if _costs_life(stage, n, leaked=bool(foe["leaked"][n]))]
    numbers = sorted(leaked, key=lambda number: int(foe["gone_at"][number]))
    return tuple(_end(stage, number, int(foe["gone_at"][number]), leaked=True) for number in numbers)


def _costs_life(stage: Stage, number: int, *, leaked: bool) -> bool:
    """Whether it cost life that a spawn leaked or, if not, died."""
    spawn = stage.spawns[number]
    lost = leaked and not spawn.harmless if spawn.friend < 0 else not leaked
    return lost and stage.enemies[spawn.enemy].life_cost > 0


def _end(stage: Stage, number: int, tick: int, *, leaked: bool) -> EnemyEnd:
    """How the enemy of a spawn left the battle."""
    name = stage.enemies[stage.spawns[number].enemy].name
    return EnemyEnd(enemy=name, seconds=round(tick / TICKS, 2), leaked=leaked)


def _check(plan: Plan, stage: Stage, squad: PlanSquad) -> None:
    """Raise PlanError if an operator is forbidden on the stage, or cannot stand where the plan deploys it."""
    units, room = units_of(stage, squad.operators), room_of(stage, squad.operators)
    for number, step in enumerate(plan.steps):
        slot = squad.slots.get(step.name)
        if step.kind != "Deploy" or step.tile is None or slot is None:
            continue
        operator, (row, col) = units[slot], step.tile
        if slot < len(squad.operators) and is_forbidden(operator, stage.squad_rules):
            raise PlanError(f"{operator.name} may not be brought to {stage.code} in this mode")
        on_map = 0 <= row < stage.height and 0 <= col < stage.width
        if not on_map or not room[slot, row * stage.width + col]:
            raise PlanError(f"step {number}: {operator.name} cannot stand on column {col}, row {row} of {stage.code}")


class PlanPlayer:
    """Does the steps of a plan in a battle that the caller lets run."""

    def __init__(self, plan: Plan, battle: Battle, squad: PlanSquad) -> None:
        self.battle = battle
        self._script = script_of(plan, battle.stage, squad)
        self._players = new_players(self._script, battle.records)
        self._gestures = no_gestures(1)
        self._kept = keeping(battle.records, self._players, len(plan.steps) + 1)

    def look(self) -> None:
        """Do what is due in this tick; call it before every tick."""
        battle = self.battle
        look(battle.world, battle.records, self._players, 0, self._script, self._gestures, self._kept)

    @property
    def reached(self) -> int:
        """The number, from 0, of the step whose turn it is: all before it were done or skipped."""
        return int(self._players.state[0]["next"])

    def undone(self) -> Sequence[int]:
        """Numbers, from 0, of the steps that were skipped or not reached."""
        return [*self._skipped(), *range(self.reached, self._script.steps.shape[0])]

    def hindrances(self) -> dict[int, str]:
        """Why steps could not be done, by their numbers from 0.

        Of those that were skipped it says what hindered them then, of one that is tried in vain what hinders it now.
        """
        state = self._players.state[0]
        found = {number: self._hindrance(number, self._kept.battles, number + 1) for number in self._skipped()}
        if state["next"] < state["last"] and NO_DUE < state["due"] <= state["now"]:
            found[self.reached] = self._hindrance(self.reached, self.battle.records, 0)
        return found

    def _skipped(self) -> list[int]:
        """The numbers of the steps that were skipped."""
        return [int(number) for number in np.flatnonzero(self._players.skipped[0, : self.reached])]

    def _hindrance(self, number: int, battles: Battles, b: int) -> str:
        """Why battle `b` does not allow a step, in words."""
        step, world, battle = self._script.steps[number], self.battle.world, battles.battle[b]
        here = battles.standing[b, step.tile] if step.tile >= 0 else -1
        slot = here if step.slot == player.ON_TILE else step.slot
        if slot < 0:
            return "not in the squad" if step.slot == player.NOT_BROUGHT else "no operator is there"
        if slot >= world.cards and not (step.kind == SKILL and world.deployable[slot].by_hand):
            return "a unit of the level, which takes no orders, stands there"
        cost = 0
        if step.kind == DEPLOY:
            slot, cost = next_of_card(world, battles, b, slot)
            if slot < 0:
                return "all copies are used"
        unit = battles.unit[b, slot]
        if step.kind != DEPLOY:
            return "not on the field" if unit.tile < 0 else "the skill is not ready"
        checks = (
            (unit.tile >= 0, "already on the field"),
            (unit.ready_at > battle.clock, "the card is cooling down"),
            (here >= 0, "the tile is taken"),
            (battle.slots_taken + world.deployable[slot].takes_slot > world.character_limit, "the field is full"),
        )
        if why := next((why for holds, why in checks if holds), ""):
            return why
        return "it would close the enemies' last way" if battle.dp >= cost else "too few DP"


def script_of(plan: Plan, stage: Stage, squad: PlanSquad) -> Script:
    """A plan as compiled code reads it. Names without an operator are skipped when their turn comes."""
    usage = np.array([(one.usage, one.times) for one in squad.candidates], np.int64)
    return Script(rows_of(ScriptStep, [_row(step, stage, squad) for step in plan.steps]), usage)


def _row(step: PlanStep, stage: Stage, squad: PlanSquad) -> dict[str, float]:
    """A step's row."""
    tile = -1 if step.tile is None else step.tile[0] * stage.width + step.tile[1]
    on_map = step.tile is None or (0 <= step.tile[0] < stage.height and 0 <= step.tile[1] < stage.width)
    return {
        "kind": KINDS[step.kind],
        "slot": squad.slots.get(step.name, player.NOT_BROUGHT) if step.name or not on_map else player.ON_TILE,
        "tile": tile if on_map else 0,
        "direction": step.direction,
        "kills": step.kills,
        "costs": step.costs,
        "cost_changes": step.cost_changes,
        "cooling": step.cooling,
        "time_elapsed": round(step.time_elapsed * MOMENTS),
        "pre_delay": round(step.pre_delay * MOMENTS),
        "post_delay": round(step.post_delay * MOMENTS),
        "timeout": round(step.timeout * MOMENTS),
        "usage": step.usage,
        "times": step.times,
    }
