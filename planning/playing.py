"""Plays a plan in the simulator, as MAA would play it with a perfect hand.

A deployment waits for its card before its `pre_delay` begins. Delays are seconds at the screen: these hold two seconds
of the game after SpeedUp, and a fifth of that in bullet time. Human or tool latency is not simulated: every step is
done in the tick in which it becomes possible.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from game.actions import DEPLOY, RETREAT, SKILL, Action
from game.errors import PlanError
from game.levels.runes import is_forbidden
from game.levels.stage import Stage
from game.simulator.battle import Battle
from game.simulator.records import TICKS
from game.simulator.tables import standing_room
from planning.assignment import PlanSquad
from planning.plans import BY_HAND, LIMITED_TIMES, Plan, PlanStep

MOMENTS = 10 * TICKS
"""Moments in a second at the screen. A whole number of them passes in a tick at every speed of play."""
LONGEST = 1800
"""Seconds of play after which a battle that does not end is given up."""


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
    """Play a plan on a stage. Raises PlanError if one of its deployments is impossible there."""
    _check(plan, stage, squad)
    player = PlanPlayer(plan, Battle(stage, squad.operators, seed), squad)
    battle = player.battle
    while battle.outcome is None and battle.seconds < LONGEST:
        player.look()
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
        ends=tuple(
            EnemyEnd(
                enemy=stage.enemies[stage.spawns[one.number].enemy].name,
                seconds=round(one.tick / TICKS, 2),
                leaked=one.leaked,
            )
            for one in battle.gone()
        ),
        undone=tuple(player.undone()),
        notes=squad.notes,
    )


def _check(plan: Plan, stage: Stage, squad: PlanSquad) -> None:
    """Raise PlanError if an operator is forbidden on the stage, or cannot stand where the plan deploys it."""
    room = standing_room(stage, squad.operators)
    for number, step in enumerate(plan.steps):
        slot = squad.slots.get(step.name)
        if step.kind != "Deploy" or step.tile is None or slot is None:
            continue
        operator, (row, col) = squad.operators[slot], step.tile
        if is_forbidden(operator, stage.squad_rules):
            raise PlanError(f"{operator.name} may not be brought to {stage.code} in this mode")
        on_map = 0 <= row < stage.height and 0 <= col < stage.width
        if not on_map or not room[slot, row * stage.width + col]:
            raise PlanError(f"step {number}: {operator.name} cannot stand on column {col}, row {row} of {stage.code}")


class PlanPlayer:
    """Does the steps of a plan in a battle that the caller lets run."""

    def __init__(self, plan: Plan, battle: Battle, squad: PlanSquad) -> None:
        self.battle = battle
        self._steps = plan.steps
        self._squad = squad
        self._next = 0
        self._ticks = 0
        self._now = 0
        """Moments that have passed at the screen."""
        self._fast = self._slow = False
        self._turn_dp = battle.dp
        self._due: int | None = None
        """The moment from which the next step may be tried; None until its conditions hold."""
        self._resumes_at = 0
        self._stopwatch = 0
        self._skipped: list[int] = []
        self._uses = {slot: (one.usage, one.times) for slot, one in enumerate(squad.candidates)}

    def look(self) -> None:
        """Do what is due in this tick; call it before every tick."""
        one = MOMENTS // TICKS
        self._now += (self.battle.ticks - self._ticks) * (one * 5 if self._slow else one // 2 if self._fast else one)
        self._ticks = self.battle.ticks
        while self._next < len(self._steps) and self._now >= self._resumes_at and self._advance():
            pass
        self._use_skills()

    def undone(self) -> Sequence[int]:
        """Numbers, from 0, of the steps that were skipped or not reached."""
        return [*self._skipped, *range(self._next, len(self._steps))]

    def _advance(self) -> bool:
        """Go on with the next step; whether it is finished, done or skipped."""
        step, now = self._steps[self._next], self._now
        if self._due is None:
            if not self._holds(step):
                return False
            self._due = now + round(step.pre_delay * MOMENTS)
        if now < self._due:
            return False
        if not self._do(step):
            if self._waits(step, now - self._due):
                return False
            self._skipped.append(self._next)
        self._next += 1
        self._resumes_at = now + round(step.post_delay * MOMENTS)
        self._turn_dp, self._due = self.battle.dp, None
        return True

    def _holds(self, step: PlanStep) -> bool:
        """Whether all conditions of a step hold; a deployment with a delay also waits for its card."""
        battle = self.battle
        changed = battle.dp - self._turn_dp
        enough = changed >= step.cost_changes if step.cost_changes >= 0 else changed <= step.cost_changes
        cooling = sum(one.remaining > 0 for one in battle.card_cooldowns()) if step.cooling >= 0 else step.cooling
        return (
            battle.kills >= step.kills
            and battle.dp >= step.costs
            and enough
            and cooling == step.cooling
            and self._now - self._stopwatch >= round(step.time_elapsed * MOMENTS)
            and (step.kind != "Deploy" or step.pre_delay == 0 or self._playable(self._meant(step)))
        )

    def _playable(self, slot: int | None) -> bool:
        """Whether a card is in the hand, affordable and not cooling down; a step without a slot does not wait."""
        return slot is None or any(card.slot == slot and card.state == "ready" for card in self.battle.view().cards)

    def _do(self, step: PlanStep) -> bool:
        """Try a step and note the speed it leaves; False if it is not possible yet. An action ends bullet time."""
        done = self._try(step)
        self._fast ^= step.kind == "SpeedUp"
        self._slow = step.kind == "BulletTime" or (
            self._slow and not (done and step.kind in ("Deploy", "Skill", "Retreat"))
        )
        return done

    def _waits(self, step: PlanStep, waited: int) -> bool:
        """Whether to try an impossible step again: not after its timeout, nor for an operator off the field."""
        if 0 <= round(step.timeout * MOMENTS) <= waited:
            return False
        slot = self._meant(step)
        standing = any(one.slot == slot for one in self.battle.operators_on_field())
        return standing or (step.kind == "Deploy" and slot is not None)

    def _try(self, step: PlanStep) -> bool:
        """Try a step; False if the battle does not allow it yet."""
        slot = self._meant(step)
        if step.kind == "Deploy" and step.tile is not None:
            tile = step.tile[0] * self.battle.stage.width + step.tile[1]
            return slot is not None and self.battle.act(Action(DEPLOY, slot, tile, step.direction))
        if step.kind in ("Skill", "Retreat"):
            return slot is not None and self.battle.act(Action(SKILL if step.kind == "Skill" else RETREAT, slot))
        if step.kind == "SkillUsage":
            if slot is not None:  # devices have no slot
                self._uses[slot] = (step.usage, step.times)
        elif step.kind == "ResetStopwatch":
            self._stopwatch = self._now
        elif step.kind == "SkillDaemon":
            self._steps = self._steps[: self._next + 1]
        return True

    def _meant(self, step: PlanStep) -> int | None:
        """The slot of the name or, without one, of the unit on the tile; None if there is no such unit."""
        if step.name:
            return self._squad.slots.get(step.name)
        return next((one.slot for one in self.battle.operators_on_field() if (one.row, one.col) == step.tile), None)

    def _use_skills(self) -> None:
        """Use the skills whose usage is automatic and not used up."""
        for slot, (usage, left) in self._uses.items():
            if usage == BY_HAND or (usage == LIMITED_TIMES and left <= 0):
                continue
            if self.battle.act(Action(SKILL, slot)):
                self._uses[slot] = (usage, left - 1)
