"""One battle, played step by step: the simulator that the practice game and training run on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from game import rules
from game.actions import DEPLOY, RETREAT, SKILL, WAIT, Action, legal_actions
from game.arrays import new_state, world_of
from game.rules import TICKS
from game.stage import Stage
from game.units import Operator
from game.view import BattleView, Card, CardState, EnemySeen, OperatorSeen

OUTCOMES: tuple[None, Literal["won"], Literal["lost"]] = (None, "won", "lost")


class EnemyOnField(NamedTuple):
    """An enemy as it is drawn. Row 0 is the top row; fractions lie between tile centres."""

    number: int
    """Which of the stage's spawns it is; stays the same as long as it lives."""
    kind: str
    row: float
    col: float
    health: float
    flying: bool
    blocked: bool


class OperatorOnField(NamedTuple):
    """An operator as it is drawn. `health` and `sp` are fractions."""

    slot: int
    row: int
    col: int
    direction: int
    health: float
    sp: float
    skill_ready: bool
    """It waits to be triggered by hand."""
    skill_active: bool


class Cooldown(NamedTuple):
    """A card's redeploy timer in seconds; nothing remains of one that can be played."""

    remaining: float
    total: float


class Battle:
    """A battle of a squad on a stage. The same actions at the same ticks always give the same battle.

    The seed decides only where around its route's start an enemy appears, where the level says that this varies.
    """

    def __init__(self, stage: Stage, squad: Sequence[Operator], seed: int = 0) -> None:
        self.stage = stage
        self.squad = tuple(squad)
        self._world = world_of(stage, self.squad)
        self._state = new_state(self._world, stage, [seed])

    def step(self, ticks: int = TICKS) -> None:
        """Let so many ticks of 1/30 s pass; none do once the battle is decided."""
        rules.run(self._world, self._state, 0, ticks)

    def act(self, action: Action) -> bool:
        """Do something at once. False, and nothing happens, where it is not allowed."""
        kind, slot, tile, direction = action
        world, state = self._world, self._state
        if kind == WAIT:
            return True
        if not 0 <= slot < len(self.squad):
            return False
        if kind == DEPLOY and self._on_map(tile, direction) and rules.can_deploy(world, state, 0, slot, tile):
            rules.deploy(world, state, 0, slot, tile, direction)
        elif kind == SKILL and rules.can_use_skill(world, state, 0, slot):
            rules.use_skill(world, state, 0, slot)
        elif kind == RETREAT and rules.can_retreat(state, 0, slot):
            rules.retreat(world, state, 0, slot)
        else:
            return False
        return True

    def view(self) -> BattleView:
        """What a player sees now."""
        state = self._state
        return BattleView(
            kills=int(state.battle[0, rules.COUNTER]),
            total=self.stage.total,
            life=int(state.battle[0, rules.LIFE]),
            dp=int(state.battle[0, rules.DP]),
            slots_left=self.stage.options.character_limit - int(state.battle[0, rules.DEPLOYED]),
            cards=self._cards(),
            operators=tuple(
                OperatorSeen(one.slot, one.row, one.col, one.direction, one.health, one.skill_ready)
                for one in self.operators_on_field()
            ),
            enemies=tuple(EnemySeen(one.kind, one.row, one.col, one.health) for one in self.enemies_on_field()),
        )

    def legal_actions(self) -> npt.NDArray[np.bool_]:
        """Which flat actions are allowed now (see game.actions)."""
        return legal_actions(self.view(), self.stage, self.squad)

    @property
    def outcome(self) -> Literal["won", "lost"] | None:
        """How it ended, or None while it goes on."""
        return OUTCOMES[self._state.battle[0, rules.OUTCOME]]

    @property
    def stars(self) -> int:
        """3 for a victory without a leak, 2 for one with, 0 otherwise."""
        if self.outcome != "won":
            return 0
        return 2 if self.leaks else 3

    @property
    def leaks(self) -> int:
        """How many enemies reached an exit and did harm."""
        return int(self._state.battle[0, rules.LEAKS])

    @property
    def ticks(self) -> int:
        """How long it has lasted, in ticks."""
        return int(self._state.battle[0, rules.CLOCK])

    @property
    def seconds(self) -> float:
        """How long it has lasted, in seconds of game time."""
        return self.ticks / TICKS

    def enemies_on_field(self) -> tuple[EnemyOnField, ...]:
        """All enemies a player could see now, in the order of their coming."""
        world, state = self._world, self._state
        return tuple(
            EnemyOnField(
                number=e,
                kind=self.stage.enemies[self.stage.spawns[e].enemy].kind,
                row=float(state.foe_body[0, rules.ROW, e]),
                col=float(state.foe_body[0, rules.COL, e]),
                health=float(state.foe_body[0, rules.HEALTH, e] / world.foe[rules.MAX_HEALTH, e]),
                flying=bool(world.foe[rules.FLYING, e]),
                blocked=bool(state.foe[0, rules.BLOCKER, e] >= 0),
            )
            for e in range(int(state.battle[0, rules.FIRST]), int(state.battle[0, rules.SPAWNED]))
            if state.foe[0, rules.PHASE, e] == rules.PRESENT and not state.foe[0, rules.HIDDEN, e]
        )

    def operators_on_field(self) -> tuple[OperatorOnField, ...]:
        """All operators on the field, by slot."""
        world, state = self._world, self._state
        found = []
        for slot in np.flatnonzero(state.unit[0, rules.TILE] >= 0).tolist():
            row, col = divmod(int(state.unit[0, rules.TILE, slot]), self.stage.width)
            full = max(int(world.op[rules.SKILL_COST, slot]), 1)
            found.append(
                OperatorOnField(
                    slot=slot,
                    row=row,
                    col=col,
                    direction=int(state.unit[0, rules.DIRECTION, slot]),
                    health=float(state.body[0, rules.HEALTH, slot] / world.op[rules.MAX_HEALTH, slot]),
                    sp=int(state.unit[0, rules.SP, slot]) / full,
                    skill_ready=bool(rules.can_use_skill(world, state, 0, slot)),
                    skill_active=bool(state.unit[0, rules.ACTIVE, slot] > 0),
                )
            )
        return tuple(found)

    def card_cooldowns(self) -> tuple[Cooldown, ...]:
        """The redeploy timer of every slot."""
        left = np.maximum(self._state.unit[0, rules.READY_AT] - self._state.battle[0, rules.CLOCK], 0)
        return tuple(
            Cooldown(remaining / TICKS, total / TICKS)
            for remaining, total in zip(left.tolist(), self._world.op[rules.REDEPLOY].tolist(), strict=True)
        )

    def _cards(self) -> tuple[Card, ...]:
        """The hand: everybody who is not on the field, sorted by cost, then by slot."""
        state = self._state
        cards = []
        for slot in np.flatnonzero(state.unit[0, rules.TILE] < 0).tolist():
            cost = int(rules.cost_now(self._world, state, 0, slot))
            look: CardState = "ready" if cost <= state.battle[0, rules.DP] else "unaffordable"
            if state.unit[0, rules.READY_AT, slot] > state.battle[0, rules.CLOCK]:
                look = "cooling"
            cards.append(Card(slot, cost, look))
        return tuple(sorted(cards, key=lambda card: (card.cost, card.slot)))

    def _on_map(self, tile: int, direction: int) -> bool:
        """Whether a tile and a direction exist at all."""
        return 0 <= tile < self.stage.height * self.stage.width and 0 <= direction < 4
