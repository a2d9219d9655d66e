"""What flashes or is announced in a battle for a moment: hits, gained DP, and enemies seen for the first time."""

from __future__ import annotations

from game.practice.scene import Struck
from game.simulator.battle import Battle

BANNER_SECONDS = 2.0
HIT_SECONDS = 0.15
"""How long a hit flashes."""
DP_SECONDS = 0.3
"""How long gained DP flash."""


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

    def notice(self, battle: Battle, now: float) -> None:
        """Note every change since the last call."""
        if battle.dp > self._dp:
            self._dp_gained_at = now
        self._dp = battle.dp
        self._notice_hits(battle, now)
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

    def dp_flash(self, now: float) -> float:
        """How brightly the DP flash, 0 to 1."""
        return max(0.0, 1 - (now - self._dp_gained_at) / DP_SECONDS) if self._dp_gained_at >= 0 else 0.0

    def banner(self, now: float) -> str:
        """The kind of enemy that is announced now, or nothing."""
        kind, shown_at = self._banner
        return kind if now - shown_at < BANNER_SECONDS else ""
