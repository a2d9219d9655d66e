"""One battle, played step by step: the simulator that the practice game and training run on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from game.actions import Action
from game.characters.models import Operator
from game.levels.stage import Stage
from game.simulator.actions import act, mark_places
from game.simulator.display import ViewArrays, arrays_for, show
from game.simulator.enemy_tables import kinds_of
from game.simulator.field import field_of
from game.simulator.legality import legal_actions, places_of
from game.simulator.records import TICKS, Flags
from game.simulator.rows import columns
from game.simulator.tables import new_battles, units_of, world_of
from game.simulator.tick import run
from game.view import BattleView
from game.view_arrays import view_of

OUTCOMES: tuple[None, Literal["won"], Literal["lost"]] = (None, "won", "lost")
"""What the outcomes of the records are called: RUNNING, WON, LOST."""


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
    """Index in `Battle.units`; operators of the level come after those of the squad."""
    row: int
    col: int
    direction: int
    health: float
    sp: float
    skill_ready: bool
    """It waits to be triggered by hand."""
    skill_active: bool


class Cooldown(NamedTuple):
    """A card's redeploy timer in seconds; `remaining` is 0 for a card that is not cooling down."""

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
        self.units = units_of(stage, self.squad)
        """The operators by slot: the squad, then those that the level puts on the field."""
        self.world = world_of(stage, self.squad)
        self.records = new_battles(self.world, stage, [seed])
        """The battle as compiled code reads and changes it, a batch of one."""
        self._field = field_of(self.records, 0)
        self._figures = columns(self._field.battle)
        self._arrays = arrays_for(self.world, 1)

    def step(self, ticks: int = TICKS) -> None:
        """Let `ticks` ticks of 1/30 s pass; the battle stops as soon as it is decided."""
        run(self.world, self.records, 0, ticks)

    def act(self, action: Action) -> bool:
        """Do an action at once. Returns whether it is allowed; if not, nothing happens."""
        return bool(act(self.world, self.records, 0, *action))

    def view(self) -> BattleView:
        """What a player sees now."""
        return view_of(self.view_arrays(), kinds_of(self.stage))

    def view_arrays(self) -> ViewArrays:
        """What a player sees now, as the arrays of one battle. They belong to the battle: the next call of any method
        that reads what is seen overwrites them.
        """
        show(self.world, self.records, self._arrays)
        return self._arrays

    def legal_actions(self) -> Flags:
        """Which flat actions are allowed now (see game.actions), bool[action_count]."""
        mask: Flags = legal_actions(self.view_arrays(), places_of(self.stage, self.squad))[0]
        return mask

    def places_for(self, slot: int) -> list[tuple[int, int]]:
        """The (row, column) of the tiles on which the card of a slot, a device's too, may be deployed now."""
        marks = np.zeros(self.world.width * self.world.height, np.bool_)
        mark_places(self.world, self.records, 0, slot, marks)
        return [divmod(tile, self.world.width) for tile in np.flatnonzero(marks).tolist()]

    @property
    def outcome(self) -> Literal["won", "lost"] | None:
        """How it ended, or None while it goes on."""
        return OUTCOMES[self._figure("outcome")]

    @property
    def stars(self) -> int:
        """3 for a victory without a leak that cost life, 2 for a victory with such leaks, 0 otherwise."""
        if self.outcome != "won":
            return 0
        return 2 if self.leaks else 3

    @property
    def kills(self) -> int:
        """The left number of the counter: enemies that are gone, leaks included."""
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
        """All enemies a player could see now, in the order in which they appeared."""
        kinds, arrays = kinds_of(self.stage), self.view_arrays()
        shown = arrays.enemies[0, : arrays.battle[0].enemies].tolist()
        return tuple(
            EnemyOnField(number, kinds[kind], row, col, health, flying, blocked)
            for kind, row, col, health, number, flying, blocked in shown
        )

    def operators_on_field(self) -> tuple[OperatorOnField, ...]:
        """All operators on the field, by slot."""
        arrays = self.view_arrays()
        shown = arrays.operators[0, : arrays.battle[0].operators].tolist()
        return tuple(
            OperatorOnField(unit, row, col, direction, health, sp, skill_ready, skill_active)
            for _, row, col, direction, health, skill_ready, sp, skill_active, unit in shown
        )

    def card_cooldowns(self) -> tuple[Cooldown, ...]:
        """The redeploy timer of every card."""
        left = np.maximum(self._field.unit["ready_at"] - self.ticks, 0)[: self.world.cards]
        total = self.world.deployable["redeploy_ticks"][: self.world.cards]
        return tuple(Cooldown(*times) for times in zip((left / TICKS).tolist(), (total / TICKS).tolist(), strict=True))

    def _figure(self, name: str) -> int:
        """One of the figures of the battle as a whole (see records.BattleFigures)."""
        return int(self._figures[name][0])
