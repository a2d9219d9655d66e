"""Turns a stage and a squad into the tables that the rules read. Every table is filled by the names of its fields."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from game.characters.builds import with_squad_effects
from game.characters.models import Offset, Operator, Skill, extended
from game.characters.summons import cards_of
from game.levels.friends import Friend, FriendMove
from game.levels.runes import is_forbidden, under_rules
from game.levels.stage import Fragment, Stage, check_squad, chosen
from game.simulator import options, records
from game.simulator.effect_records import ATTRIBUTES, AWAY, FACTOR, PULL, PUSH
from game.simulator.effect_tables import effect_tables
from game.simulator.enemy_tables import enemy_rows
from game.simulator.memory import BattleFigures, FoeState, UnitState
from game.simulator.plain import readable
from game.simulator.records import (
    DAMAGES,
    TICKS,
    USUAL_ATTACK_SPEED,
    Battles,
    Deployable,
    EnemyStats,
    Flags,
    Floats,
    FragmentTiming,
    FriendOrder,
    FriendPost,
    Ints,
    Rules,
    Stance,
    World,
    ticks,
)
from game.simulator.route_tables import nodes_of, steps_of, ways_of
from game.simulator.rows import rows_of
from game.simulator.tick import run

SP_RECOVERIES = {
    "second": records.PER_SECOND,
    "attack": records.PER_ATTACK,
    "hit": records.PER_HIT,
    "deploy": records.ON_DEPLOYMENT,
}
AIMS = (
    "exit", "highest defense", "lowest defense", "heaviest", "shooters", "unblocked", "lowest health", "highest health",
)  # fmt: skip
NO_SKILL = Skill(name="", gain="deploy", by_hand=False, cost=0, initial=0, duration=0.0)
LARGEST_SEED = 0x7FFFFFFF
PITS = ("tile_hole",)
"""The kinds of tiles into which enemies can fall."""


def world_of(stage: Stage, squad: Sequence[Operator]) -> World:
    """Everything about battles of this squad on this stage that does not change while they are fought.

    Raises StageError where the stage does not allow a squad of this size.
    """
    check_squad(stage, squad)
    units = list(units_of(stage, with_squad_effects(squad)))
    cards = len(units) - len(stage.friends)
    for slot, one in enumerate(units):
        if not one.device:  # no rule is for devices
            units[slot] = under_rules(one, stage.squad_rules)
    cost_time = stage.options.cost_increase_time
    stances = [_stance(one, skill) for skill in (False, True) for one in units]
    effects = effect_tables(stage, units)
    stands = np.pad(room_of(stage, units[: len(squad)]), ((0, len(stage.friends)), (0, 0)))
    stands[[cards + k for k, friend in enumerate(stage.friends) if friend.left_by >= 0]] = stage.melee.ravel()
    shifts = bool(np.isin(effects.effect_part["what"], (PUSH, AWAY, PULL)).any())
    ways = ways_of(stage, shifts)
    return World(
        width=stage.width,
        height=stage.height,
        character_limit=stage.options.character_limit,
        max_cost=stage.options.max_cost,
        max_life=stage.options.max_life,
        initial_cost=stage.options.initial_cost + int(sum(one.initial_dp for one in squad)),
        cost_ticks=0 if cost_time >= options.NEVER else max(ticks(cost_time), 1),
        time_limit=ticks(stage.options.time_limit),
        arrivals=sum(spawn.parent < 0 for spawn in stage.spawns),
        squad=len(squad),
        cards=cards,
        bodies=sum(spawn.friend >= 0 for spawn in stage.spawns),
        ways=len(ways),
        steps=steps_of(stage) if ways else np.zeros((0, 9), np.bool_),
        high=stage.high.ravel(),
        pits=np.array([key in PITS for row in stage.tile_keys for key in row]),
        stands=stands,
        stance=readable(rows_of(Stance, stances).reshape(2, len(units))),
        deployable=readable(rows_of(Deployable, _deployables(stage, units, squad))),
        ranges=_ranges(units),
        enemy=readable(rows_of(EnemyStats, enemy_rows(stage, cards))),
        fragment=readable(rows_of(FragmentTiming, [_fragment(one) for one in stage.fragments])),
        route_size=np.array([len(route.nodes) if route else 0 for route in stage.routes], np.int64),
        node=readable(nodes_of(stage, ways)),
        friend=readable(rows_of(FriendPost, [_post(one, stage, cards) for one in stage.friends])),
        friend_order=readable(rows_of(FriendOrder, [_order(one) for one in stage.friend_moves])),
        **effects._asdict(),
        rules=readable(rows_of(Rules, [options.unsettled()])),
    )


def units_of(stage: Stage, squad: Sequence[Operator]) -> tuple[Operator, ...]:
    """All units of a battle by slot: the squad; each copy of the devices that the stage gives the player, then of what
    the squad summons; and the operators that the level puts on the field, as these fight.
    """
    devices = (card.unit for card in stage.devices for _ in range(card.copies))
    summoned = (card.summoned.unit for card in cards_of(squad) for _ in range(card.summoned.copies))
    return (*squad, *devices, *summoned, *(_of_level(friend.operator) for friend in stage.friends))


def _of_level(one: Operator) -> Operator:
    """An operator of the level: no card plays it, it takes no place of the squad, and its skill triggers itself. The
    player triggers those of devices.
    """
    skill = one.skill
    if one.device:
        return one
    if skill is not None and skill.by_hand:
        skill = msgspec.structs.replace(skill, by_hand=False) if options.FRIENDS_TRIGGER_SKILLS else None
    return msgspec.structs.replace(one, skill=skill, takes_slot=False, redeploy_time=0.0)


def room_of(stage: Stage, squad: Sequence[Operator]) -> npt.NDArray[np.bool_]:
    """Where each unit with a card may be deployed on an empty field, bool[cards, tiles]. Devices stand where melee
    operators may.
    """
    devices = sum(card.copies for card in stage.devices)
    summoned = [np.tile(_room(stage, one.unit).ravel(), (one.copies, 1)) for _, one in cards_of(squad)]
    return np.concatenate([standing_room(stage, squad), np.tile(stage.melee.ravel(), (devices, 1)), *summoned])


def new_battles(world: World, stage: Stage, seeds: Sequence[int]) -> Battles:
    """One fresh battle for each seed. The seed decides which enemies of a random group come and how far from its
    route's start each appears, where the level says that this varies, and the chances of effects.
    """
    battles = empty_battles(world, len(seeds))
    for b, seed in enumerate(seeds):
        start(world, stage, battles, b, seed)
    return battles


def empty_battles(world: World, count: int) -> Battles:
    """Tables for `count` battles, none of which has been started."""
    (slots, tiles), enemies, fragments = world.stands.shape, world.enemy.shape[0], world.fragment.shape[0]
    fighters = max(world.effects_from.shape[0] - 1, 0)
    return Battles(
        battle=np.zeros(count, BattleFigures.dtype),
        fragment_start=np.zeros((count, fragments), np.int64),
        wave_start=np.zeros((count, fragments), np.int64),
        standing=np.zeros((count, tiles), np.int64),
        covers=np.zeros((count, slots, tiles), np.bool_),
        unit=np.zeros((count, slots), UnitState.dtype),
        foe=np.zeros((count, enemies), FoeState.dtype),
        present=np.zeros((count, enemies), np.int64),
        way=np.zeros((count, world.ways, tiles + 1), np.float64),
        modifier=np.zeros((count, fighters, ATTRIBUTES, 3)),
        until=np.zeros((count, world.timers, fighters + 1), np.int64),
        due=np.zeros((count, world.effect.shape[0]), np.int64),
        pending=np.zeros((count, world.effect.shape[0]), np.int64),
        entered=np.zeros((count, fighters), np.int64),
        marked=np.zeros((count, fighters), np.bool_),
    )


def start(world: World, stage: Stage, battles: Battles, b: int, seed: int) -> None:
    """Begin battle `b` of a batch afresh, whatever was played there before."""
    for table in battles:
        if table.size:
            table[b : b + 1].view(np.uint8).fill(0)  # a third of the time that assigning a record to records takes
    comes, total = _coming(stage, seed if _spawn_points(stage).drawn else 0)
    battle, unit, foe = battles.battle[b], battles.unit[b], battles.foe[b]
    battle["dp"] = min(world.initial_cost, world.max_cost)
    battle["life"] = world.max_life
    battle["total"] = total
    battle["outcome"] = records.RUNNING if total else records.WON
    battle["fragment_clock"] = -world.fragment[0].delay
    battles.standing[b] = -1
    unit["tile"] = unit["target"] = -1
    foe["blocker"] = foe["aim"] = foe["link"] = foe["gone_at"] = foe["way_tile"] = foe["place_until"] = -1
    foe["next_attack"] = -1.0  # idle, also in the first tick
    foe["phase"] = np.where(comes, records.ABSENT, records.GONE)
    foe["row"], foe["col"] = _starts(stage, seed)
    if world.effect.shape[0] > 0:
        battle["seed"] = int(seed) & LARGEST_SEED
        battles.modifier[b, :, :, FACTOR] = 1.0
    if world.friend.shape[0] > 0:
        run(world, battles, b, 0)  # they take their posts


def standing_room(stage: Stage, squad: Sequence[Operator]) -> npt.NDArray[np.bool_]:
    """Where each operator may be deployed on an empty field, bool[slots, tiles]; all False for a forbidden operator."""
    room = np.stack([_room(stage, operator).ravel() for operator in squad])
    room[[is_forbidden(operator, stage.squad_rules) for operator in squad]] = False
    return room


def _room(stage: Stage, one: Operator) -> npt.NDArray[np.bool_]:
    """The tiles of the kind on which an operator may stand, bool[height, width]."""
    if one.high_ground_too:
        return stage.melee | stage.ranged
    return stage.melee if one.melee else stage.ranged


def _range_of(one: Operator, skill: bool) -> tuple[Offset, ...]:
    """An operator's range, with or without its skill."""
    if not skill or one.skill is None:
        return one.range
    return extended(one.skill.range or one.range, one.skill.reach)


def _ranges(squad: Sequence[Operator]) -> Ints:
    """All ranges without (0) and with (1) the skill, [2, S, tiles, 2], padded with zeros."""
    ranges = [[_range_of(one, skill) for one in squad] for skill in (False, True)]
    tiles = np.zeros((2, len(squad), max(len(offsets) for row in ranges for offsets in row), 2), np.int64)
    for mode, row in enumerate(ranges):
        for slot, offsets in enumerate(row):
            tiles[mode, slot, : len(offsets)] = np.reshape(offsets, (-1, 2))
    return tiles


def _stance(one: Operator, skill: bool) -> dict[str, float]:
    """An operator's row of `World.stance`, without or with its skill."""
    changed = (one.skill if skill else None) or NO_SKILL
    attack = one.attack * (1.0 + changed.attack) * changed.strength
    interval = one.attack_interval * one.attack_speed + changed.interval * USUAL_ATTACK_SPEED
    interval /= min(max(one.attack_speed + changed.attack_speed, options.SLOWEST), options.FASTEST)
    return {
        "max_health": one.max_health * (1.0 + changed.max_health),
        "attack": attack,
        "defense": one.defense * (1.0 + changed.defense),
        "resistance": one.resistance + changed.resistance,
        "interval": max(interval * TICKS, 1.0),
        "damage": DAMAGES[changed.damage or one.damage],
        "block": 0 if one.lets_pass and not skill else max(one.block + changed.block, 0),
        "splash": _or(changed.splash, one.splash),
        "targets": _or(changed.targets, one.targets),
        "regeneration": (one.regeneration + changed.regeneration) * one.max_health / TICKS,
        "stun": ticks(_or(changed.stun, one.stun)),
        "bare_attack": one.attack / (1.0 + max(one.attack_share, -0.99)) * changed.strength,
        "bare_defense": one.defense / (1.0 + max(one.defense_share, -0.99)),
        "attack_speed": one.attack_speed + changed.attack_speed,
        "hits": _or(changed.hits, one.hits),
        "targets_by_block": _or(changed.targets_by_block, one.targets_by_block),
        "range_size": len(_range_of(one, skill)),
        "can_block": one.melee,
        "reaches_air": not one.melee or one.reaches_air,
        "aims": AIMS.index(changed.aims or one.aims),
        "leaps": one.leaps,
        "scatters": changed.scatters,
        "prefers_air": one.prefers_air if changed.prefers_air is None else changed.prefers_air,
        "far_strength": _or(changed.far_strength, one.far_strength),
        "slow": _or(changed.slow, one.slow),
        "slow_ticks": ticks(_or(changed.slow_time, one.slow_time)),
        "taunt": one.taunt + changed.taunt,
        "dp_ticks": changed.dp_each * TICKS,
        "holds_fire": changed.holds_fire if skill else one.holds_fire,
        "unhealable": one.unhealable or changed.unhealable,
        "heals_others_only": one.heals_others_only,
        "heals_below": changed.heals_below,
    }


def _deployables(stage: Stage, units: Sequence[Operator], squad: Sequence[Operator]) -> list[dict[str, float]]:
    """The rows of `World.deployable`; after the squad come the copies of devices and of what is summoned, which share
    a card, and then the level's own units.
    """
    rows = [_deployable(one, slot) for slot, one in enumerate(units)]
    for row, friend in zip(rows[len(rows) - len(stage.friends) :], stage.friends, strict=True):
        row |= {"barrier": friend.barrier, "walks": friend.walks}
    first = len(squad)
    cards = [(card.copies, -1, card.device.barrier) for card in stage.devices]
    cards += [(card.summoned.copies, card.owner, False) for card in cards_of(squad)]
    for copies, owner, barrier in cards:
        for copy in range(first, first + copies):
            rows[copy] |= {"card": first, "copies": copies, "owner": owner, "barrier": barrier}
        if owner >= 0:
            rows[owner]["summons"] = first
        first += copies
    return rows


def _deployable(one: Operator, slot: int) -> dict[str, float]:
    """An operator's row of `World.deployable`; one without a skill gets a skill that nothing ever fills."""
    skill = one.skill or NO_SKILL
    full_health = one.max_health * (1.0 + skill.max_health)
    return {
        "cost": one.cost,
        "redeploy_ticks": ticks(one.redeploy_time),
        "sp_recovery": SP_RECOVERIES[skill.gain] if one.skill else records.NO_RECOVERY,
        "by_hand": skill.by_hand,
        "sp_cost": skill.cost * TICKS,
        "sp_most": skill.cost * max(skill.charges, 1) * TICKS,
        "sp_initial": skill.initial * TICKS,
        "duration": ticks(skill.duration),
        "toggles": skill.toggles,
        "single_attack": skill.strikes,
        "dp": skill.dp,
        "heal_self": skill.heal_self * full_health,
        "shield": skill.shield * full_health,
        "dp_per_kill": one.dp_per_kill,
        "skill_range": skill.range is not None or skill.reach > 0,
        "skill_aims": skill.aims is not None or skill.prefers_air is not None,
        "takes_slot": one.takes_slot,
        "card": slot,
        "copies": 1,
        "owner": -1,
        "summons": -1,
        "barrier": False,
        "walks": False,
        "aimed_at": one.aimed_at,
        "refunds_first_cost": one.refunds_first_cost,
        "refunds_nothing": one.refunds_nothing,
        "sp_when_blocking": one.sp_when_blocking,
        "uses_most": skill.uses or -1,
        "uses_in_battle": skill.uses_in_battle or -1,
        "endless_from": skill.endless_from,
    }


def _or(changed: float | None, own: float) -> float:
    """The value that a skill sets or, where it sets none, the operator's own."""
    return own if changed is None else changed


def _fragment(one: Fragment) -> dict[str, float]:
    """A fragment's row of `World.fragment`."""
    return {
        "wave": one.wave,
        "delay": ticks(one.delay),
        "length": ticks(one.length),
        "patience": ticks(one.patience),
    }


def _post(one: Friend, stage: Stage, cards: int) -> dict[str, float]:
    """A friend's row of `World.friend`."""
    row, col = one.tile
    left_by = cards + one.left_by if one.left_by >= 0 else -1
    return {"tile": row * stage.width + col, "direction": one.direction, "hidden": one.hidden, "left_by": left_by}


def _order(one: FriendMove) -> dict[str, float]:
    """A row of `World.friend_order`."""
    return {"friend": one.friend, "comes": one.comes, "fragment": one.fragment, "offset": ticks(one.offset)}


class _SpawnPoints(NamedTuple):
    """Where enemies appear, and what a battle's seed decides of it. E enemies."""

    centres: Floats
    """[E, 2] the (row, column) around which each appears"""
    spread: Floats
    """[E, 2] how many tiles from there it may appear"""
    spreads: bool
    """Any of them does."""
    drawn: bool
    """Which enemies come is drawn by lot."""


@lru_cache(maxsize=32)
def _spawn_points(stage: Stage) -> _SpawnPoints:
    """Where a stage's enemies appear."""
    routes = [stage.routes[spawn.route] for spawn in stage.spawns]
    centres = np.array([(route.row, route.col) for route in routes if route], np.float64)
    spread = np.array([spawn.spread for spawn in stage.spawns], np.float64)
    return _SpawnPoints(centres, spread, bool(spread.any()), any(spawn.group for spawn in stage.spawns))


@lru_cache(maxsize=32)
def _coming(stage: Stage, seed: int) -> tuple[Flags, int]:
    """Which enemies come in a battle of this seed, [E], and how many of them the kill counter counts."""
    comes = np.array(chosen(stage.spawns, seed))
    return comes, sum(spawn.counts for spawn, mine in zip(stage.spawns, comes, strict=True) if mine)


def _starts(stage: Stage, seed: int) -> tuple[Floats, Floats]:
    """The row and the column where each enemy of one battle appears, [E] each."""
    points = _spawn_points(stage)
    places = points.centres
    if points.spreads:
        places = places + np.random.default_rng(seed).uniform(-1.0, 1.0, places.shape) * points.spread
    return places[:, 0], places[:, 1]
