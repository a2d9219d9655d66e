"""From what a player sees to numbers, for headless training and live play alike.

What never changes in a battle (the map, the squad, who covers what from where) is a `Ground`, made once for a stage and
a squad. What changes is an `Observation`, small enough to keep fifty thousand of them.

The network numbers its actions compactly: of all flat actions of `game.actions`, only those that could ever be legal on
this ground (no operator inside a wall). `Ground.numbers` translates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from game.actions import Action, action_count, flatten, legal_actions, turned, unflatten
from game.characters.models import ROLES, Enemy, Operator
from game.levels.stage import Stage
from game.view import BattleView, EnemySeen, OperatorSeen

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]

ENEMIES, GROUND_STRENGTH, FLYING_STRENGTH, HEALTH, BLOCK, FIREPOWER = range(6)
"""What is known of each tile: enemies on it, their remaining strength, our operator's health and block, and the
damage a second that our operators can do there."""
TILE_CHANNELS = 6

IN_HAND, READY, COOLING, COST, ON_FIELD, SLOT_HEALTH, SKILL_READY = range(7)
"""What is known of each operator of the squad."""
SLOT_CHANNELS = 7

GLOBALS = 6
"""DP, kills, life, free slots, enemies in sight, our operators: each about 0 to 1."""

STRENGTH_UNIT = 40.0
"""Health points of enemies in one step of a tile's strength: a byte holds 10,200."""
FIREPOWER_UNIT = 8.0
"""Damage a second in one step of a tile's firepower: a byte holds 2,040."""


class Observation(NamedTuple):
    """A battle's changing part: tiles uint8[channels, tiles], slots uint8[slots, channels], world float16[GLOBALS]."""

    tiles: Bytes
    slots: Bytes
    world: npt.NDArray[np.float16]


@dataclass(frozen=True, eq=False)
class Ground:
    """What does not change in a battle on this stage with this squad."""

    stage: Stage
    squad: tuple[Operator, ...]
    tile_features: Floats
    """[tiles, features]"""
    operator_features: Floats
    """[slots, features]"""
    reach: Mask
    """[slots, tiles, 4, tiles]: which tiles an operator covers from a tile in a direction."""
    path: Floats
    """[tiles]: how many ways over the ground lead over each tile."""
    place_slots: Numbers
    """[places]: the pairs of operator and tile that could ever be legal, and here the operator of each."""
    place_tiles: Numbers
    """[places]: the tile of each."""
    numbers: Numbers
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
        return {int(flat): index for index, flat in enumerate(self.numbers)}

    @cached_property
    def cover(self) -> Floats:
        """[places, 4]: path tiles covered from a place in a direction, tiles on two ways counted twice."""
        reach = self.reach[self.place_slots, self.place_tiles]
        return (reach @ self.path).astype(np.float32)

    @cached_property
    def strengths(self) -> dict[str, tuple[float, bool]]:
        """Full strength of each look (health, weighted by its armour) and whether it flies.

        Enemies of one look cannot be told apart, so a look stands for the mean of those that the stage brings.
        """
        known = dict(self.stage.kinds) | {enemy.kind: enemy for enemy in self.stage.enemies}
        come: dict[str, list[float]] = {kind: [] for kind in known}
        for spawn in self.stage.spawns:
            enemy = self.stage.enemies[spawn.enemy]
            come[enemy.kind].append(_strength(enemy))
        return {
            kind: (sum(come[kind]) / max(len(come[kind]), 1) or _strength(one), one.flying)
            for kind, one in known.items()
        }

    @cached_property
    def near(self) -> Floats:
        """[tiles]: 1 on an exit, falling with the distance as the crow flies, which is how fliers go."""
        rows, cols = np.divmod(np.arange(self.tiles), self.stage.width)
        exits = self.stage.exits or ((0, 0),)
        distance = np.min([np.hypot(rows - row, cols - col) for row, col in exits], axis=0)
        near: Floats = (1 - distance / (distance.max() + 1)).astype(np.float32)
        return np.maximum(near, self.tile_features[:, -1])

    def nearness(self, row: float, col: float) -> float:
        """0 to 1: how near to an exit an enemy stands, along the way where it stands on one."""
        return float(self.near[_tile(row, col, self)])

    def action(self, index: int) -> Action:
        """The action behind a compact number."""
        return unflatten(int(self.numbers[index]), self.slots, self.tiles)

    def index(self, action: Action) -> int:
        """The compact number of an action; 0 (wait) for one that could never be legal."""
        return self.compact.get(flatten(action, self.slots, self.tiles), 0)

    def legal(self, view: BattleView) -> Mask:
        """bool[actions]: what may be done now, by compact number."""
        return legal_actions(view, self.stage, self.squad)[self.numbers]


def _strength(enemy: Enemy) -> float:
    """How much it takes to kill an enemy."""
    return enemy.max_health * (1 + enemy.defense / 500)


def make_ground(stage: Stage, squad: Sequence[Operator]) -> Ground:
    """The unchanging part of every battle of this squad on this stage."""
    squad = tuple(squad)
    path = np.zeros(stage.height * stage.width, np.float32)
    for way in stage.paths:
        path[list({row * stage.width + col for row, col in way})] += 1
    standing = np.stack([(stage.melee if operator.melee else stage.ranged).ravel() for operator in squad])
    slots, tiles = np.nonzero(standing)
    return Ground(
        stage=stage,
        squad=squad,
        tile_features=_tile_features(stage, path),
        operator_features=np.array([_operator_features(operator) for operator in squad], np.float32),
        reach=np.stack([_reach(operator, stage) for operator in squad]),
        path=path,
        place_slots=slots,
        place_tiles=tiles,
        numbers=_numbers(slots, tiles, len(squad), path.size),
    )


def _numbers(slots: Numbers, tiles: Numbers, squad: int, size: int) -> Numbers:
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
    """[tiles, features]: the ground itself, how walked upon it is, and how near to the exits and entrances."""
    ends = np.zeros((2, stage.height, stage.width), np.float32)
    for layer, places in zip(ends, (stage.entrances, stage.exits), strict=True):
        for row, col in places:
            layer[row, col] = 1
    progress = np.zeros(path.size, np.float32)
    for way in stage.paths:
        for step, (row, col) in enumerate(way):
            tile = row * stage.width + col
            progress[tile] = max(progress[tile], (step + 1) / len(way))
    masks = [stage.high, stage.melee, stage.ranged, stage.walkable, stage.flyable]
    layers = [*(mask.ravel() for mask in masks), *ends.reshape(2, -1), np.minimum(path, 3) / 3, progress]
    return np.stack(layers, axis=1).astype(np.float32)


def damage_rate(operator: Operator) -> float:
    """Damage (or healing) a second without regard to armour."""
    return operator.attack / operator.attack_interval


def _operator_features(operator: Operator) -> list[float]:
    """What the table says of an operator, each about 0 to 1."""
    skill = operator.skill
    return [
        *(float(operator.role == role) for role in ROLES),
        float(operator.melee),
        operator.max_health / 2000,
        operator.attack / 600,
        operator.defense / 400,
        operator.resistance / 100,
        operator.cost / 30,
        operator.block / 3,
        damage_rate(operator) / 400,
        operator.redeploy_time / 100,
        len(operator.range) / 12,
        float(operator.damage == "physical"),
        float(operator.damage == "arts"),
        float(operator.damage == "heal"),
        min(operator.splash, 2.0) / 2,
        float(skill is not None and skill.by_hand),
        float(skill is not None and (skill.dp > 0 or skill.dp_each > 0)),
    ]


def observe(view: BattleView, ground: Ground) -> Observation:
    """A view in numbers. Slots and directions that are UNKNOWN count as far as they can: a body on a tile.

    Whatever the eyes misread (a cost of -1, a place off the map) is clipped to what can be.
    """
    tiles = np.zeros((TILE_CHANNELS, ground.tiles), np.float32)
    slots = np.zeros((ground.slots, SLOT_CHANNELS), np.uint8)
    for enemy in view.enemies:
        _add_enemy(enemy, ground, tiles)
    for operator in view.operators:
        _add_operator(operator, ground, tiles, slots)
    for card in view.cards:
        if 0 <= card.slot < ground.slots:
            known = slots[card.slot]
            known[IN_HAND], known[COST] = 255, _byte(card.cost * 5)
            known[READY], known[COOLING] = 255 * (card.state == "ready"), 255 * (card.state == "cooling")
    return Observation(np.minimum(tiles, 255).astype(np.uint8), slots, _world(view, ground))


def _world(view: BattleView, ground: Ground) -> npt.NDArray[np.float16]:
    """The numbers of the HUD, each about 0 to 1."""
    options = ground.stage.options
    numbers = np.array(
        [
            view.dp / 99,
            view.kills / max(view.total, 1),
            view.life / max(options.max_life, 1),
            view.slots_left / max(options.character_limit, 1),
            len(view.enemies) / 10,
            len(view.operators) / max(options.character_limit, 1),
        ]
    )
    world: npt.NDArray[np.float16] = np.clip(numbers, 0, 100).astype(np.float16)
    return world


def _byte(value: float) -> int:
    """A number as it fits a byte; what the eyes misread must not end the play."""
    return int(min(max(value, 0), 255))


def _tile(row: float, col: float, ground: Ground) -> int:
    """The tile that a place between tile centres belongs to; places off the map count to its edge."""
    height, width = ground.stage.height, ground.stage.width
    return min(max(round(row), 0), height - 1) * width + min(max(round(col), 0), width - 1)


def _add_enemy(enemy: EnemySeen, ground: Ground, tiles: Floats) -> None:
    """Count an enemy on its tile. A kind no table knows has the strength of a soldier."""
    strength, flying = ground.strengths.get(enemy.kind, (2000.0, False))
    tile = _tile(enemy.row, enemy.col, ground)
    tiles[ENEMIES, tile] += 32
    health = min(max(enemy.health, 0.0), 1.0)
    tiles[FLYING_STRENGTH if flying else GROUND_STRENGTH, tile] += strength * health / STRENGTH_UNIT + 1


def _add_operator(seen: OperatorSeen, ground: Ground, tiles: Floats, slots: Bytes) -> None:
    """Put an operator on its tile and, if it is known who it is and where it looks, its firepower on what it covers."""
    tile = _tile(seen.row, seen.col, ground)
    tiles[HEALTH, tile] = max(1, _byte(255 * seen.health))
    if not 0 <= seen.slot < ground.slots:
        return
    operator = ground.squad[seen.slot]
    tiles[BLOCK, tile] = 64 * operator.block * operator.melee
    known = slots[seen.slot]
    known[ON_FIELD], known[SLOT_HEALTH], known[SKILL_READY] = 255, _byte(255 * seen.health), 255 * seen.skill_ready
    if 0 <= seen.direction < 4 and operator.damage != "heal":
        tiles[FIREPOWER, ground.reach[seen.slot, tile, seen.direction]] += damage_rate(operator) / FIREPOWER_UNIT
