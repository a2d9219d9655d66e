"""What a second of battle was worth, from what could be seen before and after it.

The counter advances for leaks as well as for kills, so it is not rewarded as it stands: what cost life is no kill. What
shapes the reward along the way is a potential (the threat on the field), which changes no policy's rank.
"""

from __future__ import annotations

import numpy as np

from game.view import BattleView
from learning.encoding import Ground

WON, LOST = 1.0, -1.0
KILLS = 1.0
"""For killing everything; a kill is worth its share."""
LIFE = -1.0
"""For losing all life; a life costs its share."""
STARS = 0.5
"""For three stars; the third star is only given without a leak."""
THREAT = 0.5
"""For the worst threat on the field: what is added when it is gone."""
THREAT_UNIT = 12_000.0
"""The health, weighted by armour and nearness to the exit, that makes the worst threat."""
IDLE = -0.004
"""For each decision at which DP lie at their cap, where what comes in is lost."""

LARGEST_RETURN = WON + KILLS + STARS + THREAT
"""No return can be larger: everything killed and won with three stars, and the worst threat gone."""


def reward(
    before: BattleView,
    after: BattleView | None,
    outcome: str | None,
    stars: int,
    ground: Ground,
    gamma: float,
) -> float:
    """The reward of the decision between two views. `after` is None at a battle's end, where `outcome` says which."""
    if after is None:
        end = 0.0 if outcome is None else _end(before, outcome, stars, ground)
        return end + THREAT * threat(before, ground)
    lost = max(before.life - after.life, 0)
    killed = max(after.kills - before.kills - lost, 0)
    worth = KILLS * killed / max(before.total, 1) + LIFE * lost / max(ground.stage.options.max_life, 1)
    if after.dp >= ground.stage.options.max_cost:
        worth += IDLE
    return worth + THREAT * (threat(before, ground) - gamma * threat(after, ground))


def _end(before: BattleView, outcome: str, stars: int, ground: Ground) -> float:
    """What the end of a battle is worth: the verdict, and what must have happened since the last view."""
    if outcome == "lost":
        return LOST + LIFE * before.life / max(ground.stage.options.max_life, 1)
    return WON + STARS * stars / 3 + KILLS * max(before.total - before.kills, 0) / max(before.total, 1)


def threat(view: BattleView, ground: Ground) -> float:
    """0 to 1: the enemies' remaining strength, counted the more the nearer it stands to the exit."""
    found = 0.0
    for enemy in view.enemies:
        strength, _ = ground.strengths.get(enemy.kind, (2000.0, False))
        found += strength * min(max(enemy.health, 0.0), 1.0) * ground.nearness(enemy.row, enemy.col)
    return float(np.clip(found / THREAT_UNIT, 0.0, 1.0))
