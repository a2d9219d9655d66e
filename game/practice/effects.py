"""What flashes or is announced in a battle for a moment: hits, gained DP, skills as they are used, deaths that do harm,
and enemies seen for the first time.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from game.practice.marks import effects_by, place_of
from game.practice.scene import Burst, Struck
from game.simulator.battle import Battle
from game.simulator.effect_records import DEATH, INTERVAL, SKILL_BEGINS

BANNER_SECONDS = 2.0
HIT_SECONDS = 0.15
"""How long a hit flashes."""
DP_SECONDS = 0.3
"""How long gained DP flash."""
BURST_SECONDS = 0.5
"""How long a skill that was used, or a death that does harm, shows."""
OWN_RADIUS = 0.7
"""Tiles around a unit in which a skill shows that says no radius."""


class BattleEffects:
    """Compares a battle with how it was at the last call of `notice`. `now` is the game's clock in seconds."""

    def __init__(self, battle: Battle) -> None:
        self.struck: dict[Struck, float] = {}
        """When each unit was hit, for the hits that still flash."""
        self._health: dict[Struck, float] = {}
        self._dp = battle.dp
        self._dp_gained_at = -1.0
        self._kinds_met: set[str] = set()
        self._banner: tuple[str, float] = ("", -BANNER_SECONDS)
        """The kind of enemy announced last, and when."""
        self._bursts: list[tuple[Burst, float]] = []
        """What happened a moment ago, and when."""
        self._uses, self._due = battle.records.unit[0]["uses_in_battle"].copy(), battle.records.due[0].copy()
        self._gone = len(battle.gone())

    def notice(self, battle: Battle, now: float) -> None:
        """Note every change since the last call."""
        if battle.dp > self._dp:
            self._dp_gained_at = now
        self._dp = battle.dp
        self._notice_hits(battle, now)
        self._bursts = [(burst, since) for burst, since in self._bursts if now - since < BURST_SECONDS]
        self._bursts += [(burst, now) for burst in (*self._skills(battle), *self._deaths(battle))]
        for enemy in battle.enemies_on_field():
            if enemy.kind not in self._kinds_met:
                self._kinds_met.add(enemy.kind)
                self._banner = (enemy.kind, now)

    def _notice_hits(self, battle: Battle, now: float) -> None:
        health: dict[Struck, float] = {("enemy", one.number): one.health for one in battle.enemies_on_field()}
        health |= {("operator", one.slot): one.health for one in battle.operators_on_field()}
        hit = [unit for unit, left in health.items() if left < self._health.get(unit, 1.0)]
        self.struck = {unit: at for unit, at in self.struck.items() if now - at < HIT_SECONDS}
        self.struck |= dict.fromkeys(hit, now)
        self._health = health

    def _skills(self, battle: Battle) -> Iterator[Burst]:
        """The skills that were used since the last call: operators', and those of enemies that have a cooldown."""
        uses, due, slots = battle.records.unit[0]["uses_in_battle"], battle.records.due[0], len(battle.units)
        for s in np.flatnonzero(uses > self._uses).tolist():
            radius = max((row.radius for _, row in effects_by(battle, s) if row.when == SKILL_BEGINS), default=0.0)
            yield Burst(place_of(battle, s), radius or OWN_RADIUS, hostile=False, age=0.0)
        for i in np.flatnonzero(due > self._due).tolist():
            row = battle.world.effect[i]
            if row.when == INTERVAL and row.waits and self._due[i] > 0:
                yield Burst(
                    place_of(battle, int(row.owner)), row.radius or OWN_RADIUS, int(row.owner) >= slots, age=0.0
                )
        self._uses, self._due = uses.copy(), due.copy()

    def _deaths(self, battle: Battle) -> Iterator[Burst]:
        """The enemies that died since the last call and thereby did something around them."""
        gone, slots = battle.gone(), len(battle.units)
        for one in gone[self._gone :]:
            around = [row.radius for _, row in effects_by(battle, slots + one.number) if row.when == DEATH]
            if around and not one.leaked:
                place = place_of(battle, slots + one.number)
                yield Burst(place, max(around) or OWN_RADIUS, hostile=True, age=0.0)
        self._gone = len(gone)

    def bursts_now(self, now: float) -> tuple[Burst, ...]:
        """What happened a moment ago, as old as it is now."""
        return tuple(burst._replace(age=min((now - since) / BURST_SECONDS, 1.0)) for burst, since in self._bursts)

    def dp_flash(self, now: float) -> float:
        """How brightly the DP flash, 0 to 1."""
        return max(0.0, 1 - (now - self._dp_gained_at) / DP_SECONDS) if self._dp_gained_at >= 0 else 0.0

    def banner(self, now: float) -> str:
        """The kind of enemy that is announced now, or nothing."""
        kind, shown_at = self._banner
        return kind if now - shown_at < BANNER_SECONDS else ""
