"""Battles that a plan wins, as experiences: what is learned from before anything was played, and beside play.

They are varied as battles to be learned from are (planning.variation), and gestures take time and are lost in them, so
that more than one sequence of views is learned from. They are kept in a buffer of their own, from which nothing is
evicted; since a seed always gives the same battles, they are played again at each start and never stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from game.characters.models import Operator
from game.levels.stage import Stage
from learning.collector import Collector, Played, as_advised
from learning.encoding import Observation
from learning.replay import Batch, ReplayBuffer, joined
from learning.settings import Settings
from planning.plans import Plan
from planning.variation import FAR, NEAR

BATTLES = 96
"""Battles in which a plan is played, half of them in each variation."""
FIRST_SEED = 3000
"""Seed of the first battle; plans are neither searched for nor checked with these seeds."""


class Demonstrations(NamedTuple):
    """The decisions of the battles that a plan has won as well as it mostly does."""

    buffer: ReplayBuffer
    battles: int
    tried: int
    """How many it has played, those included."""
    stars: int = 3
    """The fewest stars of these battles: 3, or 2 for a plan that mostly wins with a leak."""


def demonstrations(
    plan: Plan, stage: Stage, squad: Sequence[Operator], settings: Settings, battles: int = BATTLES
) -> Demonstrations:
    """Play a plan in varied battles, one decision a second, and keep those that it wins: only those without a leak,
    if they are at least half of them.
    """
    collector = Collector(stage, squad, plan, battles, (NEAR, FAR), FIRST_SEED, stays=False)
    played: list[Played] = []
    while collector.active.any():
        played.append(collector.play(as_advised, settings.discount))
    stars = collector.battles.ends().stars
    lengths = [next(n for n, one in enumerate(played, 1) if one.over[b]) for b in range(battles)]
    least = 3 if 2 * np.count_nonzero(stars == 3) >= np.count_nonzero(stars) else 2
    kept = np.flatnonzero(stars >= least).tolist()
    buffer = ReplayBuffer(collector.encoding, max(sum(lengths[b] for b in kept), 1), settings.n_step, settings.discount)
    for b in kept:
        _add(buffer, [_only(one, b) for one in played[: lengths[b]]])
    return Demonstrations(buffer, len(kept), battles, least)


def _add(buffer: ReplayBuffer, battle: Sequence[Played]) -> None:
    """Add the decisions of one battle from its first to its last."""
    frames = [buffer.add_frames(one.observation, one.legal) for one in battle]
    for one, frame, after in zip(battle, frames, [*frames[1:], None], strict=True):
        buffer.add(frame, int(one.actions[0]), one.rewards[0], after)


def _only(played: Played, b: int) -> Played:
    """The decision of one battle, with a leading axis of one."""
    observation = Observation._make(part[b : b + 1] for part in played.observation)
    return Played(
        observation, played.legal[b : b + 1], played.actions[b : b + 1], [played.rewards[b]], [played.over[b]]
    )


def share_shown(settings: Settings, decisions: int) -> float:
    """The share of each batch that is demonstrated after so many decisions of play: it falls linearly."""
    done = min(decisions / settings.demonstrated_decisions, 1.0)
    return settings.demonstrated + done * (settings.demonstrated_end - settings.demonstrated)


def mixed_batch(
    buffer: ReplayBuffer, shown: Demonstrations | None, share: float, settings: Settings, rng: np.random.Generator
) -> Batch | None:
    """Experiences for one update, this share of them demonstrations where there are any; None where there is nothing.

    Before `learning_starts` experiences there are only demonstrations.
    """
    taught = round(share * settings.batch_size) if shown and shown.battles else 0
    parts = []
    if len(buffer) > settings.learning_starts:
        parts.append(buffer.sample(settings.batch_size - taught, settings.recency, settings.uniform_share, rng))
    if taught and shown:
        parts.append(shown.buffer.sample(taught, len(shown.buffer), 1.0, rng))
    there = [one for one in parts if one is not None]
    return joined(there, taught) if there else None
