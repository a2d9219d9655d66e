"""Observations and masks of a batch of battles, read from the state of the rules without making a BattleView.

The same numbers to the last bit as `learning.encoding.observe` and `game.actions.legal_actions`, a hundred times as
fast: compiled loops that write into arrays they are given. A test compares the two.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from game.simulator.actions import act, can_retreat, can_use_skill, cost_now, playable
from game.simulator.compiling import compiled, often
from game.simulator.field import field_within, mode_of
from game.simulator.records import Battles, Field, World
from game.simulator.tick import run
from learning.arrays import Bytes, Doubles, Floats, Integers, Mask, MaskBytes
from learning.encoding import (
    BLOCK,
    COOLING,
    COST,
    ENEMIES,
    FIREPOWER,
    FIREPOWER_UNIT,
    FLYING_STRENGTH,
    GROUND_STRENGTH,
    HEALTH,
    IN_HAND,
    ON_FIELD,
    READY,
    SKILL_READY,
    SLOT_CHANNELS,
    SLOT_HEALTH,
    STRENGTH_UNIT,
    TILE_CHANNELS,
    StageEncoding,
    damage_rate,
)
from learning.reward import WEIGHTS

THREAT_UNIT = WEIGHTS.threat_unit


class ObservationTables(NamedTuple):
    """What observing needs of a StageEncoding, as arrays. E enemies to come, S slots, T tiles."""

    strength: Doubles
    """[E] full strength"""
    channel: Integers
    """[E] the tile channel that it counts in"""
    nearness: Floats
    """[T]"""
    reach: Mask
    """[S, T, 4, T] as in StageEncoding"""
    firepower: Floats
    """[S] added to the tiles covered; 0 for healers"""
    block: Bytes
    """[S] as the BLOCK channel shows it"""


class BatchObservation(NamedTuple):
    """The arrays that observing B battles fills."""

    tiles: Bytes
    """[B, TILE_CHANNELS, T]"""
    slots: Bytes
    """[B, S, SLOT_CHANNELS]"""
    mask: MaskBytes
    """[B, flat actions]"""
    threat: Doubles
    """[B] as in learning.reward"""
    enemies: Integers
    """[B] how many are in sight"""


def observation_tables(encoding: StageEncoding) -> ObservationTables:
    """What observing needs of a StageEncoding."""
    enemies = [encoding.stage.enemies[spawn.enemy].kind for spawn in encoding.stage.spawns]
    strengths = [encoding.strengths[kind] for kind in enemies]
    fire = [0.0 if one.damage == "heal" else damage_rate(one) / FIREPOWER_UNIT for one in encoding.squad]
    return ObservationTables(
        strength=np.array([strength for strength, _ in strengths], np.float64),
        channel=np.array([FLYING_STRENGTH if flying else GROUND_STRENGTH for _, flying in strengths], np.int64),
        nearness=encoding.nearness,
        reach=encoding.reach,
        firepower=np.array(fire, np.float32),
        block=np.array([64 * one.block * one.melee for one in encoding.squad], np.uint8),
    )


def empty_observation(battles: int, world: World, actions: int) -> BatchObservation:
    """Fresh arrays for the observations of so many battles; `actions` is the number of flat actions."""
    slots, tiles = world.stands.shape
    return BatchObservation(
        tiles=np.empty((battles, TILE_CHANNELS, tiles), np.uint8),
        slots=np.empty((battles, slots, SLOT_CHANNELS), np.uint8),
        mask=np.empty((battles, actions), np.int8),
        threat=np.empty(battles, np.float64),
        enemies=np.empty(battles, np.int64),
    )


@compiled
def observe_all(world: World, state: Battles, sight: ObservationTables, work: Floats, seen: BatchObservation) -> None:
    """Observe every battle; `work` is scratch space, float32[TILE_CHANNELS, T]."""
    for b in range(state.battle.shape[0]):
        field = field_within(state, b)
        work[:, :] = 0.0
        _see_enemies(world, field, sight, work, seen, b)
        _see_operators(world, field, sight, work, seen, b)
        _see_actions(world, field, seen.mask[b])
        for channel in range(work.shape[0]):
            for tile in range(work.shape[1]):
                seen.tiles[b, channel, tile] = np.uint8(min(work[channel, tile], np.float32(255.0)))


@often
def _see_enemies(
    world: World, field: Field, sight: ObservationTables, work: Floats, seen: BatchObservation, b: int
) -> None:
    """Enemies on their tiles, and the threat as learning.reward counts it."""
    threat, count = 0.0, 0
    for k in range(field.battle[0].listed):
        e = field.present[k]
        if field.foe[e].hidden:
            continue
        row = min(max(int(np.rint(field.foe[e].row)), 0), world.height - 1)
        col = min(max(int(np.rint(field.foe[e].col)), 0), world.width - 1)
        tile = row * world.width + col
        health = min(max(field.foe[e].health / world.enemy[e].max_health, 0.0), 1.0)
        work[ENEMIES, tile] += np.float32(32.0)
        work[sight.channel[e], tile] += np.float32(sight.strength[e] * health / STRENGTH_UNIT + 1.0)
        threat += sight.strength[e] * health * float(sight.nearness[tile])
        count += 1
    seen.threat[b] = min(max(threat / THREAT_UNIT, 0.0), 1.0)
    seen.enemies[b] = count


@often
def _see_operators(
    world: World, field: Field, sight: ObservationTables, work: Floats, seen: BatchObservation, b: int
) -> None:
    """Operators on their tiles with what they cover, and the cards of the others."""
    for s in range(field.unit.shape[0]):
        known = seen.slots[b, s]
        known[:] = 0
        tile = field.unit[s].tile
        if tile < 0:
            cost, cooling = cost_now(world, field, s), field.unit[s].ready_at > field.battle[0].clock
            known[IN_HAND], known[COST] = 255, min(cost * 5, 255)
            known[COOLING] = 255 if cooling else 0
            known[READY] = 255 if not cooling and cost <= field.battle[0].dp else 0
            continue
        full = world.stance[mode_of(field, s), s].max_health
        health = int(min(max(255.0 * (field.unit[s].health / full), 0.0), 255.0))
        known[ON_FIELD], known[SLOT_HEALTH] = 255, health
        known[SKILL_READY] = 255 if can_use_skill(world, field, s) else 0
        work[HEALTH, tile] = max(health, 1)
        work[BLOCK, tile] = sight.block[s]
        if sight.firepower[s] > 0.0:
            covered = sight.reach[s, tile, field.unit[s].direction]
            for other in range(work.shape[1]):
                if covered[other]:
                    work[FIREPOWER, other] += sight.firepower[s]


@often
def _see_actions(world: World, field: Field, mask: MaskBytes) -> None:
    """Which flat actions are legal."""
    slots, tiles = world.stands.shape
    mask[:] = 0
    mask[0] = 1
    for s in range(slots):
        if playable(world, field, s):
            for tile in range(tiles):
                if world.stands[s, tile] and field.standing[tile] < 0:
                    first = 1 + (s * tiles + tile) * 4
                    mask[first : first + 4] = 1
        skills = 1 + slots * tiles * 4
        mask[skills + s] = can_use_skill(world, field, s)
        mask[skills + slots + s] = can_retreat(field, s)


@compiled
def decide_all(
    world: World,
    state: Battles,
    actions: Integers,
    waiting: Mask,
    ticks: int,
    illegal: Mask,
) -> None:
    """In every battle that is not `waiting`, do what `actions` [B, 4] says and play on for so many ticks.

    `illegal` [B] is set where an action was not legal.
    """
    for b in range(state.battle.shape[0]):
        illegal[b] = False
        if not waiting[b]:
            kind, slot, tile, direction = actions[b, 0], actions[b, 1], actions[b, 2], actions[b, 3]
            illegal[b] = not act(world, state, b, kind, slot, tile, direction)
            run(world, state, b, ticks)
