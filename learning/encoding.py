"""What the network's input numbers mean, and those of them that do not change during a battle.

What does not change in the battles of one squad on one stage (the map, the operators, which tiles they cover) is a
`StageEncoding`, made once. What changes is an `Observation`, small enough to keep fifty thousand of them; it is made by
`learning.observation`.

The network numbers its actions compactly: of all flat actions of `game.actions`, only those that could ever be legal on
this stage (no operator inside a wall). `StageEncoding.flat_actions` translates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from game.actions import Action, action_count, flatten, turned, unflatten
from game.characters.effects import ROLES
from game.characters.models import Enemy, Operator
from game.levels.stage import Stage
from game.simulator.enemy_tables import kinds_of
from game.simulator.legality import Places, legal_actions, places_of
from game.view import BattleView
from game.view_arrays import arrays_of
from learning.arrays import AnyArray, Doubles, Floats, Integers, Mask

TILE_NAMES = ("enemies", "ground_strength", "flying_strength", "health", "block", "firepower")
"""What is known of each tile: enemies on it, the remaining strength of walkers and of fliers, health and block of the
operator on it, and the damage a second that operators can do there."""
ENEMIES, GROUND_STRENGTH, FLYING_STRENGTH, HEALTH, BLOCK, FIREPOWER = range(len(TILE_NAMES))
TILE_CHANNELS = len(TILE_NAMES)

SLOT_NAMES = ("in_hand", "ready", "cooling", "cost", "on_field", "health", "skill_ready")
"""What is known of each operator of the squad."""
IN_HAND, READY, COOLING, COST, ON_FIELD, SLOT_HEALTH, SKILL_READY = range(len(SLOT_NAMES))
SLOT_CHANNELS = len(SLOT_NAMES)

WINDOWS = (4, 12, 1_000_000)
"""Enemies that come next whose strength is an input of its own: so many of them, and all that are left."""
SEEN_NAMES = ("dp", "kills", "life", "slots_left", "enemies", "operators", "threat")
FORECAST_NAMES = tuple(f"{kind}_{window}" for window in WINDOWS for kind in ("ground", "flying"))
WORLD_NAMES = (*SEEN_NAMES, *FORECAST_NAMES)
"""The numbers of the HUD, how many units are in sight, and the threat, each about 0 to 1; then what is to come by the
stage's file, which players can know: the strength of the next walkers and fliers."""
GLOBALS = len(WORLD_NAMES)

ADVICES = 2
"""Compact actions that a plan may advise; see learning.advice."""
NO_ADVICE = (-1,) * ADVICES

TILE_FEATURES = ("high", "melee", "ranged", "walkable", "flyable", "entrance", "exit", "paths", "progress")
"""What the map says of each tile; the last two: how many paths cross it, and how far along its path it lies."""

OPERATOR_UNITS = {
    **{f"role_{role}": 1.0 for role in ROLES},
    "melee": 1.0,
    "max_health": 2000.0,
    "attack": 600.0,
    "defense": 400.0,
    "resistance": 100.0,
    "cost": 30.0,
    "block": 3.0,
    "damage_rate": 400.0,
    "redeploy_time": 100.0,
    "range_tiles": 12.0,
    "physical": 1.0,
    "arts": 1.0,
    "heal": 1.0,
    "splash": 2.0,
    "skill_by_hand": 1.0,
    "skill_gives_dp": 1.0,
}
"""What the table says of an operator, and what each number is divided by to be about 0 to 1."""

STRENGTH_UNIT = 40.0
"""Health points of enemies in one step of a tile's strength: a byte holds 10,200."""
FIREPOWER_UNIT = 8.0
"""Damage a second in one step of a tile's firepower: a byte holds 2,040."""
ENEMY_STEP = 32
"""One enemy in the enemies channel."""
BLOCK_STEP = 64
"""One blocked enemy in the block channel."""
COST_STEP = 5
"""One DP in the cost channel."""
DP_UNIT = 99
"""DP that count 1 in the world's numbers: the most that the HUD usually shows."""
ENEMIES_UNIT = 10
"""Enemies in sight that count 1 in the world's numbers."""
PATHS_UNIT = 3
"""Paths across a tile that count 1 in its features; more count the same."""
ARMOUR_UNIT = 500.0
"""Defense that makes an enemy twice as hard to kill as its health says."""
FORECAST_UNIT, FORECAST_SCALE = 1000.0, 4.0
"""A strength to come is shown as log(1 + strength / unit) / scale: 0.3 for one soldier, 1.15 for a hundred thousand."""
UNKNOWN_STRENGTH = (2000.0, False)
"""Strength of an enemy that no table knows, and whether it flies: that of a soldier."""

LAYOUT = {
    "tiles": TILE_NAMES,
    "slots": SLOT_NAMES,
    "world": WORLD_NAMES,
    "tile_features": TILE_FEATURES,
    "operator_units": list(OPERATOR_UNITS.items()),
    "strength_unit": STRENGTH_UNIT,
    "firepower_unit": FIREPOWER_UNIT,
    "enemy_step": ENEMY_STEP,
    "block_step": BLOCK_STEP,
    "cost_step": COST_STEP,
    "dp_unit": DP_UNIT,
    "enemies_unit": ENEMIES_UNIT,
    "paths_unit": PATHS_UNIT,
    "armour_unit": ARMOUR_UNIT,
    "unknown_strength": UNKNOWN_STRENGTH,
    "forecast": (WINDOWS, FORECAST_UNIT, FORECAST_SCALE),
    "advices": ADVICES,
}
"""What the encoding's numbers mean, in plain data; see learning.fingerprint."""


class Observation(NamedTuple):
    """The changing part of a battle, or with a leading axis of several. As a replay buffer unpacks it, its numbers are
    float32 and int64, and tiles and slots shares of 255.
    """

    tiles: AnyArray
    """[TILE_CHANNELS, tiles]: bytes"""
    slots: AnyArray
    """[slots, SLOT_CHANNELS]: bytes"""
    world: AnyArray
    """[GLOBALS]: float16"""
    posts: AnyArray
    """[slots]: tile * 4 + direction of each operator on the field, -1 for others and where one of them is unknown:
    int16"""
    advice: Integers
    """[ADVICES]: compact actions that a plan advises, -1 for none"""


class ObservationTables(NamedTuple):
    """What observing needs of a stage and a squad, as arrays. K kinds of enemies, S slots, T tiles."""

    max_life: int
    character_limit: int
    strength: Doubles
    """[K + 1] full strength; last that of unknown kinds"""
    channel: Integers
    """[K + 1] the tile channel that it counts in"""
    nearness: Floats
    """[T] as in StageEncoding"""
    reach: Mask
    """[S, T, 4, T] as in StageEncoding"""
    firepower: Floats
    """[S + L] added to the tiles covered; 0 for healers. L friends, the level's own operators, follow the squad."""
    block: Floats
    """[S + L] as the BLOCK channel shows it"""
    friend_on: Integers
    """[T] the friend that stands on a tile if an operator without a slot does; -1 for none"""
    friend_reach: Mask
    """[L, T] the tiles that each friend covers"""
    forecast: Doubles
    """[spawns + 1, FORECAST_NAMES] what is to come once so many enemies have come"""


@dataclass(frozen=True, eq=False)
class StageEncoding:
    """What does not change in the battles of this squad on this stage."""

    stage: Stage
    squad: tuple[Operator, ...]
    tile_features: Floats
    """[tiles, TILE_FEATURES]"""
    operator_features: Floats
    """[slots, OPERATOR_UNITS]"""
    reach: Mask
    """[slots, tiles, 4, tiles]: which tiles an operator covers from a tile in a direction."""
    path: Floats
    """[tiles]: how many paths of walkers cross each tile."""
    place_slots: Integers
    """[places]: the operator of each pair of operator and tile that could ever be legal."""
    place_tiles: Integers
    """[places]: the tile of each of these pairs."""
    flat_actions: Integers
    """[actions]: the flat action behind each compact one: wait, 4 for each place, skills, retreats."""

    @property
    def tiles(self) -> int:
        """Tiles of the map."""
        return self.stage.height * self.stage.width

    @property
    def slots(self) -> int:
        """Operators of the squad."""
        return len(self.squad)

    @cached_property
    def compact(self) -> dict[int, int]:
        """The compact number of each flat action that could ever be legal."""
        return {int(flat): index for index, flat in enumerate(self.flat_actions)}

    @cached_property
    def cover(self) -> Floats:
        """[places, 4]: path tiles covered from a place in a direction; a tile on two paths counts twice."""
        reach = self.reach[self.place_slots, self.place_tiles]
        return (reach @ self.path).astype(np.float32)

    @cached_property
    def strengths(self) -> dict[str, tuple[float, bool]]:
        """By kind: full strength (health, weighted by armour) and whether it flies.

        Enemies of one kind look the same on the screen, so a kind has the mean strength of those in the stage's waves.
        """
        known = dict(self.stage.kinds) | {enemy.kind: enemy for enemy in self.stage.enemies}
        found: dict[str, list[float]] = {kind: [] for kind in known}
        for spawn in self.stage.opponents:
            enemy = self.stage.enemies[spawn.enemy]
            found[enemy.kind].append(_strength(enemy))
        return {
            kind: (sum(found[kind]) / max(len(found[kind]), 1) or _strength(one), one.flying)
            for kind, one in known.items()
        }

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of enemies by their numbers in ViewArrays."""
        return kinds_of(self.stage)

    @cached_property
    def places(self) -> Places:
        """What legality needs of the stage and the squad."""
        return places_of(self.stage, self.squad)

    @cached_property
    def tables(self) -> ObservationTables:
        """What observing needs, as arrays for compiled code."""
        strengths = [*(self.strengths[kind] for kind in self.kinds), UNKNOWN_STRENGTH]
        friends = self.stage.friends
        units = (*self.squad, *(friend.operator for friend in friends))
        fire = [0.0 if one.damage == "heal" else damage_rate(one) / FIREPOWER_UNIT for one in units]
        posts = [friend.tile[0] * self.stage.width + friend.tile[1] for friend in friends]
        friend_on = np.full(self.tiles, -1, np.int64)
        for number, friend in enumerate(friends):
            if friend.left_by < 0:  # who knows where a device falls?
                friend_on[posts[number]] = number
        reach = [_reach(one.operator, self.stage)[at, one.direction] for one, at in zip(friends, posts, strict=True)]
        return ObservationTables(
            max_life=self.stage.options.max_life,
            character_limit=self.stage.options.character_limit,
            strength=np.array([strength for strength, _ in strengths], np.float64),
            channel=np.array([FLYING_STRENGTH if flying else GROUND_STRENGTH for _, flying in strengths], np.int64),
            nearness=self.nearness,
            reach=self.reach,
            firepower=np.array(fire, np.float32),
            block=np.array([BLOCK_STEP * one.block * one.melee for one in units], np.float32),
            friend_on=friend_on,
            friend_reach=np.array(reach, np.bool_).reshape(len(friends), self.tiles),
            forecast=_forecast(self.stage),
        )

    @cached_property
    def nearness(self) -> Floats:
        """[tiles]: 1 on an exit, less the farther away: in a straight line, as fliers go, or along a path if that is
        more.
        """
        rows, cols = np.divmod(np.arange(self.tiles), self.stage.width)
        exits = self.stage.exits or ((0, 0),)
        distance = np.min([np.hypot(rows - row, cols - col) for row, col in exits], axis=0)
        near: Floats = (1 - distance / (distance.max() + 1)).astype(np.float32)
        return np.maximum(near, self.tile_features[:, TILE_FEATURES.index("progress")])

    def action(self, index: int) -> Action:
        """The action behind a compact number."""
        return unflatten(int(self.flat_actions[index]), self.slots, self.tiles)

    def index(self, action: Action) -> int:
        """The compact number of an action; 0 (wait) for one that could never be legal."""
        return self.compact.get(flatten(action, self.slots, self.tiles), 0)

    def legal(self, view: BattleView) -> Mask:
        """bool[actions]: what may be done now, by compact number."""
        return self.legal_flat(view)[self.flat_actions]

    def legal_flat(self, view: BattleView) -> Mask:
        """bool[flat actions]: what may be done now."""
        legal: Mask = legal_actions(arrays_of([view], self.kinds), self.places)[0]
        return legal


def _strength(enemy: Enemy) -> float:
    """The damage it takes to kill an enemy, roughly."""
    return enemy.max_health * (1 + enemy.defense / ARMOUR_UNIT)


def _forecast(stage: Stage) -> Doubles:
    """[spawns + 1, FORECAST_NAMES]: the strength of the next walkers and fliers once so many enemies have come.

    Enemies come in the order of their earliest times; those that appear at the death of others are left out.
    """
    spawns = sorted((one for one in stage.opponents if one.parent < 0), key=lambda one: one.time)
    enemies = [stage.enemies[one.enemy] for one in spawns]
    strengths = np.array([(_strength(one) * (not one.flying), _strength(one) * one.flying) for one in enemies])
    sums = np.concatenate([np.zeros((1, 2)), strengths.reshape(-1, 2).cumsum(axis=0)])
    come = np.arange(len(sums))
    parts = [sums[np.minimum(come + window, len(spawns))] - sums for window in WINDOWS]
    found: Doubles = np.log1p(np.concatenate(parts, axis=1) / FORECAST_UNIT) / FORECAST_SCALE
    return found


def make_encoding(stage: Stage, squad: Sequence[Operator]) -> StageEncoding:
    """What does not change in the battles of this squad on this stage."""
    squad = tuple(squad)
    path = np.zeros(stage.height * stage.width, np.float32)
    for walked in stage.paths:
        path[list({row * stage.width + col for row, col in walked})] += 1
    standing = np.stack([(stage.melee if operator.melee else stage.ranged).ravel() for operator in squad])
    slots, tiles = np.nonzero(standing)
    return StageEncoding(
        stage=stage,
        squad=squad,
        tile_features=_tile_features(stage, path),
        operator_features=np.array([_operator_features(operator) for operator in squad], np.float32),
        reach=np.stack([_reach(operator, stage) for operator in squad]),
        path=path,
        place_slots=slots,
        place_tiles=tiles,
        flat_actions=_flat_actions(slots, tiles, len(squad), path.size),
    )


def _flat_actions(slots: Integers, tiles: Integers, squad: int, size: int) -> Integers:
    """The flat actions that could ever be legal: wait, four for each place, skills, retreats."""
    places = 1 + (slots * size + tiles)[:, None] * 4 + np.arange(4)
    rest = np.arange(1 + squad * size * 4, action_count(squad, size))
    return np.concatenate([[0], places.ravel(), rest]).astype(np.int64)


def _reach(operator: Operator, stage: Stage) -> Mask:
    """bool[tiles, 4, tiles]: the tiles covered from each tile in each direction."""
    size = stage.height * stage.width
    rows, cols = np.divmod(np.arange(size), stage.width)
    found = np.zeros((size, 4, size), np.bool_)
    for direction in range(4):
        for offset in operator.range:
            down, right = turned(offset, direction)
            row, col = rows + down, cols + right
            inside = (row >= 0) & (row < stage.height) & (col >= 0) & (col < stage.width)
            found[inside, direction, (row * stage.width + col)[inside]] = True
    return found


def _tile_features(stage: Stage, path: Floats) -> Floats:
    """[tiles, TILE_FEATURES]"""
    ends = np.zeros((2, stage.height, stage.width), np.float32)
    for layer, places in zip(ends, (stage.entrances, stage.exits), strict=True):
        for row, col in places:
            layer[row, col] = 1
    progress = np.zeros(path.size, np.float32)
    for walked in stage.paths:
        for step, (row, col) in enumerate(walked):
            tile = row * stage.width + col
            progress[tile] = max(progress[tile], (step + 1) / len(walked))
    masks = [stage.high, stage.melee, stage.ranged, stage.walkable, stage.flyable]
    layers = [
        *(mask.ravel() for mask in masks),
        *ends.reshape(2, -1),
        np.minimum(path, PATHS_UNIT) / PATHS_UNIT,
        progress,
    ]
    return np.stack(layers, axis=1).astype(np.float32)


def damage_rate(operator: Operator) -> float:
    """Damage (or healing) a second without regard to armour."""
    return operator.attack / operator.attack_interval


def _operator_features(operator: Operator) -> list[float]:
    """The numbers of OPERATOR_UNITS, each in its unit."""
    numbers = _operator_numbers(operator)
    return [numbers[name] / unit for name, unit in OPERATOR_UNITS.items()]


def _operator_numbers(operator: Operator) -> dict[str, float]:
    """What the table says of an operator, by the names of OPERATOR_UNITS."""
    skill = operator.skill
    return {
        **{f"role_{role}": float(operator.role == role) for role in ROLES},
        "melee": float(operator.melee),
        "max_health": operator.max_health,
        "attack": operator.attack,
        "defense": operator.defense,
        "resistance": operator.resistance,
        "cost": operator.cost,
        "block": operator.block,
        "damage_rate": damage_rate(operator),
        "redeploy_time": operator.redeploy_time,
        "range_tiles": len(operator.range),
        "physical": float(operator.damage == "physical"),
        "arts": float(operator.damage == "arts"),
        "heal": float(operator.damage == "heal"),
        "splash": min(operator.splash, 2.0),
        "skill_by_hand": float(skill is not None and skill.by_hand),
        "skill_gives_dp": float(skill is not None and (skill.dp > 0 or skill.dp_each > 0)),
    }
