"""What the twin does to its hypotheses, and how it measures them: pure functions of battles of the simulator."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from game.actions import DEPLOY, RETREAT, SKILL
from game.simulator.actions import act
from game.simulator.records import RUNNING, TICKS, Battles, World
from game.simulator.tick import run
from game.view import BattleView
from planning.player import copy_battle

SLOW_MOTION = 0.2
"""Speed of play while a card or a unit is selected."""
BAR_SLACK = 1.5
"""Ticks by which the bar below the DP may say otherwise: it is read exact to a pixel."""
NEAR_EDGE = TICKS // 4
"""Ticks by which the DP may come early or late without a word about the clock."""
FADES = 15.0 * TICKS
"""Ticks after which a difference of the counters counts for a third."""
HEALTH_OFF = 0.2
"""Share of its health by which an enemy of a hypothesis that is drawn may be off."""

Scores = npt.NDArray[np.float64]


class Deed(NamedTuple):
    """What the player did, or what became of an operator, at a tick of the twin's clock."""

    tick: int
    kind: int
    """DEPLOY, SKILL or RETREAT, as in game.actions."""
    slot: int
    tile: int = 0
    direction: int = 0
    free: bool = False
    """DP stay as they are: an operator fell, or stands although it fell in the simulator."""


class Glimpse(NamedTuple):
    """What the counter said at a tick of the twin's clock."""

    tick: int
    kills: int
    life: int


def run_to(tick: int, world: World, battles: Battles, b: int) -> None:
    """Let one battle go on until a tick, or until it is decided."""
    run(world, battles, b, max(tick - int(battles.battle["clock"][b]), 0))


def counters_off(battles: Battles, glimpse: Glimpse) -> Scores:
    """How much the counters and lives of battles differ from what was seen."""
    figures = battles.battle
    off = np.abs(figures["counter"] - glimpse.kills) + 0.5 * np.abs(figures["life"] - glimpse.life)
    return np.asarray(off + (figures["outcome"] != RUNNING), np.float64)


def do(world: World, battles: Battles, b: int, deed: Deed) -> None:
    """Do a deed in one battle whether its own DP, SP, cooldowns and tiles allow it or not: the real battle did."""
    figures, unit = battles.battle, battles.unit[b]
    dp, enough = int(figures["dp"][b]), world.max_cost if deed.kind == DEPLOY else 0
    if deed.kind == DEPLOY:
        for slot in {deed.slot, int(battles.standing[b, deed.tile])}:
            if slot >= 0 and unit["tile"][slot] >= 0:
                act(world, battles, b, RETREAT, slot, 0, 0)
        unit["ready_at"][deed.slot] = 0
    elif deed.kind == SKILL:
        unit["sp"][deed.slot] = max(unit["sp"][deed.slot], world.deployable["sp_cost"][deed.slot])
    figures["dp"][b] = enough
    act(world, battles, b, deed.kind, deed.slot, deed.tile, deed.direction)
    figures["dp"][b] = dp if deed.free else dp + int(figures["dp"][b]) - enough


def replayed(
    worlds: Sequence[World], moment: Battles, deeds: Sequence[Deed], stops: Sequence[int]
) -> Iterator[Battles]:
    """Play battles again from a moment on, each in its world, with the same deeds. Yields how they stand after each of
    the ticks `stops`, which grow.
    """
    battles, left = copied(moment), deque(sorted(deeds, key=lambda deed: deed.tick))
    for stop in stops:
        while left and left[0].tick <= stop:
            deed = left.popleft()
            for b, world in enumerate(worlds):
                run_to(deed.tick, world, battles, b)
                do(world, battles, b, deed)
        for b, world in enumerate(worlds):
            run_to(stop, world, battles, b)
        yield copied(battles)


def score_again(
    world: World, moments: Sequence[Battles], times: Sequence[int], row: int, events: Sequence[Deed | Glimpse]
) -> float:
    """Play one row of battles from the first of the moments to the last, and fill it in all of them. Returns how badly
    it explains what was seen.
    """
    left = deque(sorted((event for event in events if event.tick > times[0]), key=lambda event: event.tick))
    score, at = 0.0, times[0]
    for number, end in enumerate(times[1:], 1):
        battles = moments[number]
        copy_battle(moments[number - 1], row, battles, row)
        while left and left[0].tick <= end:
            event = left.popleft()
            run_to(event.tick, world, battles, row)
            if isinstance(event, Deed):
                do(world, battles, row, event)
            else:
                passed, at = event.tick - at, event.tick
                score = score * float(np.exp(-passed / FADES)) + passed * float(counters_off(battles, event)[row])
        run_to(end, world, battles, row)
    return score


def shift_health(moment: Battles, row: int, own: World, other: World, random: np.random.Generator) -> None:
    """Keep the fighters' shares of health in another world, but for what enemies may have lost more or less."""
    shift = 1.0 + HEALTH_OFF * random.uniform(-1.0, 1.0, moment.foe.shape[1])
    full, before = other.enemy["max_health"], own.enemy["max_health"]
    share = np.where(moment.foe["health"][row] < before, shift, 1.0)
    moment.foe["health"][row] = np.minimum(moment.foe["health"][row] * full / before * share, full)
    moment.unit["health"][row] *= other.stance["max_health"][0] / own.stance["max_health"][0]


def same_moment(one: BattleView, other: BattleView) -> bool:
    """Whether the DP and their bar say that no time has passed between two frames, as in a game that stalls."""
    bars = one.dp_share is not None and one.dp_share == other.dp_share and 0 < one.dp_share < 1
    return bars and (one.dp, one.kills, one.life) == (other.dp, other.kills, other.life)


def ticks_late(off: int, since: int, every: int, share: float | None) -> tuple[float, float]:
    """By how many ticks the clock is late, and how many of them say nothing. `off` are the DP that are missing, `since`
    the ticks since the last one came, `every` those from one to the next, `share` how far the bar is filled.
    """
    if share is not None:
        return off * every + share * every - since, BAR_SLACK
    if off == 0:
        return 0.0, NEAR_EDGE
    return off * every - since + (every if off < 0 else 0), NEAR_EDGE


def speed_of(view: BattleView) -> float:
    """How fast play goes on after a frame, as a factor of normal speed."""
    if view.paused:
        return 0.0
    return SLOW_MOTION if view.deploying else float(view.speed)


def played(passed: float, slowed: float, before: BattleView) -> float:
    """How much of the play passes in a time after a frame; in a part of it, `slowed`, a gesture slows the game down."""
    speed = speed_of(before)
    return (passed - slowed) * speed + slowed * min(speed, SLOW_MOTION)


def copied(battles: Battles) -> Battles:
    """A copy of all battles of a batch."""
    return Battles._make(np.array(table) for table in battles)


def row_of(battles: Battles, b: int) -> Battles:
    """A copy of one battle, as a batch of one."""
    return Battles._make(np.array(table[b : b + 1]) for table in battles)


def chosen_rows(battles: Battles, rows: npt.NDArray[np.int64]) -> Battles:
    """Copies of some battles of a batch."""
    return Battles._make(np.array(table[rows]) for table in battles)
