"""One battle, played step by step: the simulator that the practice game and training run on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from game.actions import Action, legal_actions
from game.characters.models import Operator
from game.levels.stage import Stage
from game.simulator.actions import act
from game.simulator.display import COOLING, READY, UNAFFORDABLE, empty_display, show_enemies, show_squad
from game.simulator.field import field_of
from game.simulator.records import TICKS, columns
from game.simulator.tables import new_battles, world_of
from game.simulator.tick import run
from game.view import BattleView, Card, CardState, EnemySeen, OperatorSeen

OUTCOMES: tuple[None, Literal["won"], Literal["lost"]] = (None, "won", "lost")
"""What the outcomes of the records are called: RUNNING, WON, LOST."""
CARD_STATES: dict[int, CardState] = {READY: "ready", UNAFFORDABLE: "unaffordable", COOLING: "cooling"}


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
        self._battles = new_battles(self._world, stage, [seed])
        self._field = field_of(self._battles, 0)
        self._figures = columns(self._field.battle)
        self._display = empty_display(self._world)
        self._kinds = [stage.enemies[spawn.enemy].kind for spawn in stage.spawns]

    def step(self, ticks: int = TICKS) -> None:
        """Let so many ticks of 1/30 s pass; none do once the battle is decided."""
        run(self._world, self._battles, 0, ticks)

    def act(self, action: Action) -> bool:
        """Do something at once. False, and nothing happens, where it is not allowed."""
        return bool(act(self._world, self._battles, 0, *action))

    def view(self) -> BattleView:
        """What a player sees now."""
        deployed = show_squad(self._world, self._field, self._display)
        return BattleView(
            kills=self.kills,
            total=self._figure("total"),
            life=self._figure("life"),
            dp=self.dp,
            slots_left=self.stage.options.character_limit - self._figure("slots_taken"),
            cards=tuple(
                Card(slot, cost, CARD_STATES[state])
                for cost, slot, state in sorted(self._display.cards[: len(self.squad) - deployed].tolist())
            ),
            operators=tuple(
                OperatorSeen(slot, row, col, direction, health, skill_ready)
                for slot, row, col, direction, health, _, skill_ready, _ in self._display.operators[:deployed].tolist()
            ),
            enemies=tuple(
                EnemySeen(self._kinds[number], row, col, health)
                for number, row, col, health, *_ in self._shown_enemies()
            ),
        )

    def legal_actions(self, view: BattleView | None = None) -> npt.NDArray[np.bool_]:
        """Which flat actions are allowed now (see game.actions); a caller that has a view of now may pass it."""
        allowed = legal_actions(view or self.view(), self.stage, self.squad)
        allowed[1:] &= self.outcome is None
        return allowed

    @property
    def outcome(self) -> Literal["won", "lost"] | None:
        """How it ended, or None while it goes on."""
        return OUTCOMES[self._figure("outcome")]

    @property
    def stars(self) -> int:
        """3 for a victory without a leak that cost life, 2 for one with, 0 otherwise."""
        if self.outcome != "won":
            return 0
        return 2 if self.leaks else 3

    @property
    def kills(self) -> int:
        """What the counter says: enemies that are gone, leaks included."""
        return self._figure("counter")

    @property
    def dp(self) -> int:
        """Deployment points."""
        return self._figure("dp")

    @property
    def leaks(self) -> int:
        """How many enemies reached an exit and cost life."""
        return self._figure("leaks")

    @property
    def ticks(self) -> int:
        """How long it has lasted, in ticks."""
        return self._figure("clock")

    @property
    def seconds(self) -> float:
        """How long it has lasted, in seconds of game time."""
        return self.ticks / TICKS

    def gone(self) -> tuple[Gone, ...]:
        """The enemies that have left the field, in the order in which they left."""
        gone_at, leaked = self._field.foe["gone_at"], self._field.foe["leaked"]
        left = [Gone(e, int(gone_at[e]), bool(leaked[e])) for e in np.flatnonzero(gone_at >= 0).tolist()]
        return tuple(sorted(left, key=lambda one: (one.tick, one.number)))

    def enemies_on_field(self) -> tuple[EnemyOnField, ...]:
        """All enemies a player could see now, in the order of their coming."""
        return tuple(EnemyOnField(number, self._kinds[number], *rest) for number, *rest in self._shown_enemies())

    def operators_on_field(self) -> tuple[OperatorOnField, ...]:
        """All operators on the field, by slot."""
        deployed = show_squad(self._world, self._field, self._display)
        return tuple(map(OperatorOnField._make, self._display.operators[:deployed].tolist()))

    def card_cooldowns(self) -> tuple[Cooldown, ...]:
        """The redeploy timer of every slot."""
        left = np.maximum(self._field.unit["ready_at"] - self.ticks, 0)
        return tuple(
            Cooldown(remaining / TICKS, total / TICKS)
            for remaining, total in zip(left.tolist(), self._world.deployable["redeploy_ticks"].tolist(), strict=True)
        )

    def _figure(self, name: str) -> int:
        """One of the figures of the battle as a whole (see records.BattleState)."""
        return int(self._figures[name][0])

    def _shown_enemies(self) -> list[Any]:
        """The enemies that a player can see now, each a tuple of the fields of display.ShownEnemy."""
        count = show_enemies(self._world, self._field, self._display)
        shown: list[Any] = self._display.enemies[:count].tolist()
        return shown
