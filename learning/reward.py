"""The reward of a decision, from what could be seen before and after it.

One function for a single battle (live play, headless training, `ArknightEnv`) and for a batch of them side by side
(`ArknightVectorEnv`): every number may be a Python number or an array[B].

The counter advances for leaks as well as for kills, so the life that was lost is subtracted before kills are rewarded.
The threat on the field is a shaping potential, which does not change which policy is best (Ng, Harada, Russell 1999).
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np

from game.levels.reader import StageOptions

Numeric: TypeAlias = Any
"""A Python number, or an array[B] of them."""


class Weights(NamedTuple):
    """The weight of each term of the reward. All of them are in the fingerprint of checkpoints."""

    won: float = 1.0
    lost: float = -1.0
    kills: float = 1.0
    """For killing everything; a kill earns its share."""
    life: float = -1.0
    """For losing all life; a life point costs its share."""
    stars: float = 0.5
    """For three stars; the third star is only given without a leak."""
    threat: float = 0.5
    """For the largest threat on the field: this much is added when it is gone."""
    threat_unit: float = 12_000.0
    """The health, weighted by armour and nearness to the exit, that counts as the largest threat."""
    idle: float = -0.004
    """For each decision after which DP are at their maximum, so that further DP are lost."""


WEIGHTS = Weights()

LARGEST_RETURN = WEIGHTS.won + WEIGHTS.kills + WEIGHTS.stars + WEIGHTS.threat
"""No return can be larger: everything killed, won with three stars, and the largest threat gone."""


class Situation(NamedTuple):
    """What the reward looks at: of one battle numbers, of a batch arrays[B]."""

    kills: Numeric
    """The counter: enemies killed or leaked."""
    total: Numeric
    life: Numeric
    dp: Numeric
    threat: Numeric
    """0 to 1: the enemies' remaining strength, each weighted by its nearness to the exit; see learning.observation."""


def reward(
    before: Situation,
    after: Situation,
    won: Numeric,
    lost: Numeric,
    stars: Numeric,
    options: StageOptions,
    discount: float,
) -> Numeric:
    """The reward of the decision between two situations: a float, or for a batch float64[B].

    `won` and `lost` say whether the battle ended so (bool, or bool[B]). Where it ended, `after` and `discount` are not
    used; where it was not won, `stars` is not used.
    """
    going_on = _along(before, after, options, discount)
    return _where(won, _victory(before, stars), _where(lost, _defeat(before, options), going_on))


def _along(before: Situation, after: Situation, options: StageOptions, discount: float) -> Numeric:
    """The reward while the battle goes on: kills, lost life, DP at the cap, and how the threat changed."""
    leaked = _at_least(before.life - after.life, 0)
    killed = _at_least(after.kills - before.kills - leaked, 0)
    earned = WEIGHTS.kills * killed / _at_least(before.total, 1) + WEIGHTS.life * leaked / max(options.max_life, 1)
    earned = _where(after.dp >= options.max_cost, earned + WEIGHTS.idle, earned)
    return earned + WEIGHTS.threat * (before.threat - discount * after.threat)


def _victory(before: Situation, stars: Numeric) -> Numeric:
    """The reward of the decision that won: what was left must have been killed since the last view."""
    left = _at_least(before.total - before.kills, 0)
    kills = WEIGHTS.kills * left / _at_least(before.total, 1)
    return WEIGHTS.won + WEIGHTS.stars * stars / 3 + kills + WEIGHTS.threat * before.threat


def _defeat(before: Situation, options: StageOptions) -> Numeric:
    """The reward of the decision that lost: what was left of life must have been lost since the last view."""
    return WEIGHTS.lost + WEIGHTS.life * before.life / max(options.max_life, 1) + WEIGHTS.threat * before.threat


def _at_least(value: Numeric, least: int) -> Numeric:
    """The larger of the two. Not np.maximum for a Python number: it takes ten times as long, at every decision."""
    return np.maximum(value, least) if isinstance(value, np.ndarray) else max(value, least)


def _where(condition: Numeric, yes: Numeric, no: Numeric) -> Numeric:
    """`yes` where the condition holds, else `no`."""
    return np.where(condition, yes, no) if isinstance(condition, np.ndarray) else (yes if condition else no)
