"""One battle, played step by step: the simulator that the practice game and training run on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from game.actions import Action, legal_actions
from game.characters.models import Operator
from game.levels.stage import Stage
from game.simulator import rules
from game.simulator.rules import TICKS
from game.simulator.tables import new_state, world_of
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


class Gone(NamedTuple):
    """An enemy that has left the field: killed, or leaked."""

    number: int
    tick: int
    """When, on the battle's clock."""
    leaked: bool


class Battle:
    """A battle of a squad on a stage. The same actions at the same ticks always give the same battle.

    The seed decides only which enemies of a random group come, and where around its route's start an enemy appears,
    where the level says that this varies.
    """

    def __init__(self, stage: Stage, squad: Sequence[Operator], seed: int = 0) -> None:
        self.stage = stage
        self.squad = tuple(squad)
        self._world = world_of(stage, self.squad)
        self._state = new_state(self._world, stage, [seed])
        self._field = rules.field_of(self._state, 0)
        self._costs = np.zeros(len(self.squad), np.int64)
        self._skills = np.zeros(len(self.squad), np.bool_)

    def step(self, ticks: int = TICKS) -> None:
        """Let so many ticks of 1/30 s pass; none do once the battle is decided."""
        rules.run(self._world, self._state, 0, ticks)

    def act(self, action: Action) -> bool:
        """Do something at once. False, and nothing happens, where it is not allowed."""
        return bool(rules.act(self._world, self._state, 0, *action))

    def view(self) -> BattleView:
        """What a player sees now."""
        battle = self._field.battle
        return BattleView(
            kills=int(battle[rules.COUNTER]),
            total=int(battle[rules.TOTAL]),
            life=int(battle[rules.LIFE]),
            dp=int(battle[rules.DP]),
            slots_left=self.stage.options.character_limit - int(battle[rules.TAKEN]),
            cards=self._cards(),
            operators=tuple(
                OperatorSeen(one.slot, one.row, one.col, one.direction, one.health, one.skill_ready)
                for one in self.operators_on_field()
            ),
            enemies=tuple(EnemySeen(one.kind, one.row, one.col, one.health) for one in self.enemies_on_field()),
        )

    def legal_actions(self, view: BattleView | None = None) -> npt.NDArray[np.bool_]:
        """Which flat actions are allowed now (see game.actions); whoever has a view of now may hand it in."""
        allowed = legal_actions(view or self.view(), self.stage, self.squad)
        allowed[1:] &= self.outcome is None
        return allowed

    @property
    def outcome(self) -> Literal["won", "lost"] | None:
        """How it ended, or None while it goes on."""
        return OUTCOMES[self._field.battle[rules.OUTCOME]]

    @property
    def stars(self) -> int:
        """3 for a victory without a leak that cost life, 2 for one with, 0 otherwise."""
        if self.outcome != "won":
            return 0
        return 2 if self.leaks else 3

    @property
    def kills(self) -> int:
        """What the counter says: enemies that are gone, leaks included."""
        return int(self._field.battle[rules.COUNTER])

    @property
    def dp(self) -> int:
        """Deployment points."""
        return int(self._field.battle[rules.DP])

    @property
    def leaks(self) -> int:
        """How many enemies reached an exit and cost life."""
        return int(self._field.battle[rules.LEAKS])

    @property
    def ticks(self) -> int:
        """How long it has lasted, in ticks."""
        return int(self._field.battle[rules.CLOCK])

    @property
    def seconds(self) -> float:
        """How long it has lasted, in seconds of game time."""
        return self.ticks / TICKS

    def gone(self) -> tuple[Gone, ...]:
        """Everybody who has left the field, in the order in which they left."""
        foe = self._field.foe
        left = [
            Gone(e, int(foe[e, rules.GONE_AT]), bool(foe[e, rules.LEAKED]))
            for e in np.flatnonzero(foe[:, rules.GONE_AT] >= 0).tolist()
        ]
        return tuple(sorted(left, key=lambda one: (one.tick, one.number)))

    def enemies_on_field(self) -> tuple[EnemyOnField, ...]:
        """All enemies a player could see now, in the order of their coming."""
        world, field = self._world, self._field
        return tuple(
            EnemyOnField(
                number=e,
                kind=self.stage.enemies[self.stage.spawns[e].enemy].kind,
                row=float(field.foe_body[e, rules.ROW]),
                col=float(field.foe_body[e, rules.COL]),
                health=float(field.foe_body[e, rules.HEALTH] / world.foe[e, rules.MAX_HEALTH]),
                flying=bool(world.foe[e, rules.FLYING]),
                blocked=bool(field.foe[e, rules.BLOCKER] >= 0),
            )
            for e in field.present[: field.battle[rules.LISTED]].tolist()
            if not field.foe[e, rules.HIDDEN]
        )

    def operators_on_field(self) -> tuple[OperatorOnField, ...]:
        """All operators on the field, by slot."""
        world, unit = self._world, self._field.unit
        rules.tell(world, self._field, self._costs, self._skills)
        found = []
        for slot in np.flatnonzero(unit[:, rules.TILE] >= 0).tolist():
            row, col = divmod(int(unit[slot, rules.TILE]), self.stage.width)
            active = int(unit[slot, rules.ACTIVE] > 0)
            full = max(int(world.card[slot, rules.SP_COST]), 1)
            health = self._field.body[slot, rules.HEALTH] / world.op[active, slot, rules.MAX_HEALTH]
            found.append(
                OperatorOnField(
                    slot=slot,
                    row=row,
                    col=col,
                    direction=int(unit[slot, rules.DIRECTION]),
                    health=float(health),
                    sp=int(unit[slot, rules.SP]) / full,
                    skill_ready=bool(self._skills[slot]),
                    skill_active=bool(active),
                )
            )
        return tuple(found)

    def card_cooldowns(self) -> tuple[Cooldown, ...]:
        """The redeploy timer of every slot."""
        left = np.maximum(self._field.unit[:, rules.READY_AT] - self.ticks, 0)
        return tuple(
            Cooldown(remaining / TICKS, total / TICKS)
            for remaining, total in zip(left.tolist(), self._world.card[:, rules.REDEPLOY].tolist(), strict=True)
        )

    def _cards(self) -> tuple[Card, ...]:
        """The hand: everybody who is not on the field, sorted by cost, then by slot."""
        battle, unit = self._field.battle, self._field.unit
        rules.tell(self._world, self._field, self._costs, self._skills)
        cards = []
        for slot in np.flatnonzero(unit[:, rules.TILE] < 0).tolist():
            cost = int(self._costs[slot])
            look: CardState = "ready" if cost <= battle[rules.DP] else "unaffordable"
            if unit[slot, rules.READY_AT] > battle[rules.CLOCK]:
                look = "cooling"
            cards.append(Card(slot, cost, look))
        return tuple(sorted(cards, key=lambda card: (card.cost, card.slot)))
