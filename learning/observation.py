"""From what a player sees to the numbers of the network: one reader for a single view and for a batch of battles.

What is seen comes as `ViewArrays`, filled from a `BattleView` (live play, headless training) or by the simulator
(`ArknightEnv`, `ArknightVectorEnv`). Compiled loops write the observation, the mask and the threat into arrays that
they are given.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from game.actions import action_count
from game.simulator.compiling import entry, often
from game.simulator.display import COOLING as CARD_COOLING
from game.simulator.display import READY as CARD_READY
from game.simulator.display import ViewArrays, tile_seen
from game.simulator.legality import MaskBytes, Places, allow
from game.view import BattleView
from game.view_arrays import arrays_of
from learning.arrays import AnyArray, Bytes, Doubles, Floats, Mask, Shorts
from learning.encoding import (
    BLOCK,
    COOLING,
    COST,
    COST_STEP,
    DP_UNIT,
    ENEMIES,
    ENEMIES_UNIT,
    ENEMY_STEP,
    FIREPOWER,
    GLOBALS,
    HEALTH,
    IN_HAND,
    NO_ADVICE,
    ON_FIELD,
    READY,
    SKILL_READY,
    SLOT_CHANNELS,
    SLOT_HEALTH,
    STRENGTH_UNIT,
    TILE_CHANNELS,
    Observation,
    ObservationTables,
    StageEncoding,
)
from learning.reward import WEIGHTS, Situation

THREAT_UNIT = WEIGHTS.threat_unit


class BatchObservation(NamedTuple):
    """What is read from the ViewArrays of B battles. S slots, T tiles."""

    tiles: Bytes
    """[B, TILE_CHANNELS, T]"""
    slots: Bytes
    """[B, S, SLOT_CHANNELS]"""
    world: AnyArray
    """[B, GLOBALS], in half precision once it is complete"""
    posts: Shorts
    """[B, S]"""
    mask: MaskBytes
    """[B, flat actions]"""
    threat: Doubles
    """[B] as in learning.reward"""


class Reading(NamedTuple):
    """All that learning reads from one view."""

    observation: Observation
    legal: Mask
    """bool[actions]: what may be done, by compact number"""
    situation: Situation


def look(view: BattleView, encoding: StageEncoding, advice: Sequence[int] = NO_ADVICE) -> Reading:
    """What learning reads from one view; `advice` are the compact actions that a plan advises.

    What the eyes misread (a cost of -1, a position off the map) is clipped to the possible range. An operator whose
    slot is UNKNOWN still occupies its tile; without a direction it covers none.
    """
    arrays = arrays_of([view], encoding.kinds)
    seen = observe(arrays, encoding)
    observation = Observation(seen.tiles[0], seen.slots[0], seen.world[0], seen.posts[0], np.array(advice, np.int64))
    return Reading(observation, seen.mask[0, encoding.flat_actions].view(np.bool_), situation_of(arrays, seen))


def observe(arrays: ViewArrays, encoding: StageEncoding) -> BatchObservation:
    """What is read from the arrays of B battles, in arrays of its own."""
    battles, (slots, tiles) = arrays.battle.shape[0], encoding.places.stands.shape
    seen = BatchObservation(
        tiles=np.empty((battles, TILE_CHANNELS, tiles), np.uint8),
        slots=np.empty((battles, slots, SLOT_CHANNELS), np.uint8),
        world=np.empty((battles, GLOBALS), np.float64),
        posts=np.empty((battles, slots), np.int16),
        mask=np.empty((battles, action_count(slots, tiles)), np.int8),
        threat=np.empty(battles, np.float64),
    )
    _observe_all(encoding.tables, encoding.places, arrays, np.empty((TILE_CHANNELS, tiles), np.float32), seen)
    return seen._replace(world=seen.world.astype(np.float16))


def situation_of(arrays: ViewArrays, seen: BatchObservation) -> Situation:
    """What the reward looks at in the arrays of one battle, in Python numbers."""
    battle = arrays.battle[0]
    return Situation(int(battle.kills), int(battle.total), int(battle.life), int(battle.dp), float(seen.threat[0]))


def situations_of(arrays: ViewArrays, seen: BatchObservation) -> Situation:
    """What the reward looks at in B battles: arrays[B], copies of what the simulator may write over."""
    kills, total, life, dp = (arrays.battle[name].copy() for name in ("kills", "total", "life", "dp"))
    return Situation(kills, total, life, dp, seen.threat)


@entry
def _observe_all(
    tables: ObservationTables, places: Places, arrays: ViewArrays, work: Floats, seen: BatchObservation
) -> None:
    """Observe every battle; `work` is scratch space, float32[TILE_CHANNELS, T]."""
    for b in range(arrays.battle.shape[0]):
        work[:, :] = 0.0
        seen.slots[b, :, :] = 0
        seen.posts[b, :] = -1
        seen.threat[b] = _see_enemies(tables, places, arrays, b, work)
        for k in range(arrays.battle[b].operators):
            _see_operator(tables, places, arrays, b, k, work, seen.slots[b], seen.posts[b])
        for k in range(arrays.battle[b].cards):
            _see_card(arrays, b, k, seen.slots[b])
        _see_world(tables, arrays, b, seen.threat[b], seen.world[b])
        allow(places, arrays, b, seen.mask[b])
        for channel in range(work.shape[0]):
            for tile in range(work.shape[1]):
                seen.tiles[b, channel, tile] = np.uint8(min(work[channel, tile], np.float32(255.0)))


@often
def _see_enemies(tables: ObservationTables, places: Places, arrays: ViewArrays, b: int, work: Floats) -> float:
    """Enemies on their tiles. Returns the threat: their remaining strength, each weighted by its nearness to the exit,
    in THREAT_UNIT and at most 1.
    """
    threat = 0.0
    for k in range(arrays.battle[b].enemies):
        enemy = arrays.enemies[b, k]
        strength = tables.strength[enemy.kind]
        tile = tile_seen(places.height, places.width, enemy.row, enemy.col)
        health = min(max(enemy.health, 0.0), 1.0)
        work[ENEMIES, tile] += np.float32(ENEMY_STEP)
        work[tables.channel[enemy.kind], tile] += np.float32(strength * health / STRENGTH_UNIT + 1.0)
        threat += strength * health * float(tables.nearness[tile])
    return min(max(threat / THREAT_UNIT, 0.0), 1.0)


@often
def _see_operator(
    tables: ObservationTables, places: Places, arrays: ViewArrays, b: int, k: int, work: Floats, slots: Bytes,
    posts: Shorts,
) -> None:  # fmt: skip
    """An operator on its tile and, where its slot and direction are known, its firepower on the tiles it covers. One
    without a slot on the post of a friend is that friend, whose direction the stage knows.
    """
    shown = arrays.operators[b, k]
    slot, direction = shown.slot, shown.direction
    tile = tile_seen(places.height, places.width, shown.row, shown.col)
    health = _byte(255.0 * shown.health)
    work[HEALTH, tile] = max(health, 1)
    if 0 <= slot < slots.shape[0]:
        work[BLOCK, tile] = tables.block[slot]
        slots[slot, ON_FIELD], slots[slot, SLOT_HEALTH] = 255, health
        slots[slot, SKILL_READY] = 255 if shown.skill_ready else 0
        if 0 <= direction < 4:
            posts[slot] = tile * 4 + direction
        if 0 <= direction < 4 and tables.firepower[slot] > 0.0:
            for other in range(work.shape[1]):
                if tables.reach[slot, tile, direction, other]:
                    work[FIREPOWER, other] += tables.firepower[slot]
    elif tables.friend_on[tile] >= 0:
        _see_friend(tables, tables.friend_on[tile], tile, slots.shape[0], work)


@often
def _see_friend(tables: ObservationTables, friend: int, tile: int, first: int, work: Floats) -> None:
    """A friend on its post: what it blocks and covers; `first` is the row of the first friend in the tables."""
    work[BLOCK, tile] = tables.block[first + friend]
    for other in range(work.shape[1]):
        if tables.friend_reach[friend, other]:
            work[FIREPOWER, other] += tables.firepower[first + friend]


@often
def _see_card(arrays: ViewArrays, b: int, k: int, slots: Bytes) -> None:
    """A card of the hand, where its slot is known."""
    card = arrays.cards[b, k]
    if 0 <= card.slot < slots.shape[0]:
        slots[card.slot, IN_HAND], slots[card.slot, COST] = 255, _byte(float(card.cost * COST_STEP))
        slots[card.slot, READY] = 255 if card.state == CARD_READY else 0
        slots[card.slot, COOLING] = 255 if card.state == CARD_COOLING else 0


@often
def _see_world(tables: ObservationTables, arrays: ViewArrays, b: int, threat: float, world: Doubles) -> None:
    """The numbers of WORLD_NAMES, each about 0 to 1 and clipped to 0 to 100."""
    battle, limit = arrays.battle[b], max(tables.character_limit, 1)
    world[0] = battle.dp / DP_UNIT
    world[1] = battle.kills / max(battle.total, 1)
    world[2] = battle.life / max(tables.max_life, 1)
    world[3] = battle.slots_left / limit
    world[4] = battle.enemies / ENEMIES_UNIT
    world[5] = battle.operators / limit
    world[6] = threat
    come = min(max(battle.kills + battle.enemies, 0), tables.forecast.shape[0] - 1)
    for column in range(tables.forecast.shape[1]):
        world[7 + column] = tables.forecast[come, column]
    for number in range(world.shape[0]):
        world[number] = min(max(world[number], 0.0), 100.0)


@often
def _byte(value: float) -> int:
    """A number clipped to a byte, since the eyes may misread any of them."""
    return int(min(max(value, 0.0), 255.0))
