"""Drafts of plans. Random ones deploy operators where they cover much of the enemies' routes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from game.actions import DEPLOY, RETREAT, turned
from game.characters.builds import SQUAD_SIZE
from game.characters.models import Operator
from game.levels.stage import MOVE, Route, Stage
from game.simulator.records import Ints, World
from game.simulator.tables import standing_room

T = TypeVar("T")
Traffic = npt.NDArray[np.float64]
"""[busy fragments, tiles], or [spawns, tiles]"""

SHIFTS = 0.3
"""Share of the random drafts in which a second shift relieves the first."""


class PlannedMove(NamedTuple):
    """One action (see game.actions) and its gates: not before `kills` kills, and not before `seconds`."""

    kind: int
    slot: int
    tile: int = 0
    direction: int = 0
    kills: int = 0
    seconds: float = 0.0


class Draft(NamedTuple):
    """A plan as the search handles it; `planning.solutions` turns it into one that people can read.

    The moves are made in order, each as soon as it is legal and its gates are open.
    """

    moves: tuple[PlannedMove, ...]
    skills: tuple[int, ...] = ()
    """Slots whose skill is used whenever it is ready."""


class Limits(NamedTuple):
    """Which operators a plan may use."""

    operators: int = SQUAD_SIZE
    """How many different ones."""
    must: tuple[str, ...] = ()
    """Names of operators that it has to deploy."""


NO_LIMITS = Limits()
"""A full squad, of any operators."""


class DraftMaker:
    """Draws random drafts, and pieces of drafts, for one stage and squad."""

    def __init__(
        self, stage: Stage, squad: Sequence[Operator], world: World, rng: np.random.Generator, limits: Limits
    ) -> None:
        self.stage, self.squad, self.world, self.rng, self.limits = stage, tuple(squad), world, rng, limits
        self.names = [one.name for one in squad]
        """The operator of each slot. One that may bring several skills has a slot for each; a draft uses one."""
        self.others = [
            tuple(other for other, name in enumerate(self.names) if name == here and other != slot)
            for slot, here in enumerate(self.names)
        ]
        """For each slot the other slots of the same operator, which have other skills."""
        shape, traffic = (stage.height, stage.width), [_traffic(stage, air=air) for air in (False, True)]
        routes = [_crossed(stage, spawn.route) for spawn in stage.spawns]
        self.places = [
            _places(one, room, shape, traffic[not one.melee], np.array(routes))
            for one, room in zip(squad, standing_room(stage, squad), strict=True)
        ]
        self.usable = [slot for slot, places in enumerate(self.places) if len(places.spot)]
        """Slots of the operators that can stand somewhere."""
        self.by_hand = tuple(slot for slot in self.usable if squad[slot].skill and self.world.deployable[slot].by_hand)
        """Those of them with a skill that is used by hand."""
        self.last_spawn = max(spawn.time for spawn in stage.opponents)
        """Second of the last spawn."""
        self.lulls = _lulls(stage)
        """For each busy fragment (one in which enemies spawn) the kill count at which all enemies so far are gone."""

    def random_draft(self) -> Draft:
        """As many operators as may be deployed, each as soon as its DP are there; roughly the cheapest first."""
        many = min(self.world.character_limit, self.limits.operators)
        doubt = self.rng.normal(0.0, 6.0, len(self.usable)).tolist()
        costs = {slot: self.squad[slot].cost + more for slot, more in zip(self.usable, doubt, strict=True)}
        chosen = self._one_each(self.rng.permutation(self.usable).tolist())[:many]
        moves = [self.deployment(slot) for slot in sorted(chosen, key=lambda slot: costs[slot])]
        if self.rng.random() < SHIFTS:
            moves += self.shift(moves)
        return self.allowed(Draft(tuple(moves), self.by_hand))

    def allowed(self, draft: Draft) -> Draft:
        """The draft within the limits.

        Left out are the moves of operators beyond the number that may come, of an operator with another skill than the
        one it first comes with, and of operators that are never deployed. Operators that have to come and are missing
        are deployed at a random place in the order.
        """
        brought = self._one_each([move.slot for move in draft.moves if move.kind == DEPLOY])
        names = [self.names[slot] for slot in brought]
        lacking = [name for name in self.limits.must if name not in names]
        kept = {slot for slot in brought if self.names[slot] in self.limits.must}
        for slot in brought:
            if len(kept) + len(lacking) < self.limits.operators:
                kept.add(slot)
        moves = [move for move in draft.moves if move.slot in kept]
        if len(moves) == len(draft.moves) and not lacking:
            return draft
        for name in lacking:
            slot = self.any_of([slot for slot in self.usable if self.names[slot] == name])
            moves.insert(int(self.rng.integers(len(moves) + 1)), self.deployment(slot))
        return Draft(tuple(moves), draft.skills)

    def _one_each(self, slots: Sequence[int]) -> list[int]:
        """The first slot of each operator."""
        first: dict[str, int] = {}
        for slot in slots:
            first.setdefault(self.names[slot], slot)
        return list(first.values())

    def any_of(self, values: Sequence[T]) -> T:
        """A random one of some values."""
        return values[int(self.rng.integers(len(values)))]

    def shift(self, moves: list[PlannedMove]) -> list[PlannedMove]:
        """A second shift: all deployed operators retreat in a lull, and others are deployed for what comes next."""
        lull, tired = self.moment(), standing_after(moves)
        standing = {self.names[slot] for slot in tired}
        rested = [slot for slot in self.usable if self.names[slot] not in standing]
        fresh = self._one_each(self.rng.permutation(rested).tolist())[: len(tired)]
        retreats = [PlannedMove(RETREAT, slot, kills=lull) for slot in tired]
        return retreats + [self.deployment(slot, lull) for slot in fresh]

    def deployment(self, slot: int, kills: int = 0) -> PlannedMove:
        """Deploy an operator at random, the likelier the more of the enemies' routes it covers.

        The routes are those of one fragment that is due after `kills` kills, or later.
        """
        places = self.places[slot]
        now = min(bisect_right(self.lulls, kills), len(self.lulls) - 1)
        ahead = now if kills and self.rng.random() < 0.5 else int(self.rng.integers(now, len(self.lulls)))
        weight = places.weight[ahead]
        tile, direction = places.spot[self.rng.choice(len(weight), p=weight)].tolist()
        return PlannedMove(DEPLOY, slot, tile, direction)

    def deployment_against(self, slot: int, enemy: int) -> PlannedMove:
        """Deploy an operator where it covers the route of an enemy (an index in the spawns), the likelier the more."""
        places = self.places[slot]
        weight = places.against[enemy]
        tile, direction = places.spot[self.rng.choice(len(weight), p=weight)].tolist()
        return PlannedMove(DEPLOY, slot, tile, direction)

    def who_stands_on(self, tile: int) -> list[int]:
        """The slots whose operators can be deployed on a tile."""
        return [slot for slot in self.usable if (self.places[slot].spot[:, 0] == tile).any()]

    def any_slot(self, moves: Sequence[PlannedMove]) -> int:
        """A random one of the usable slots; an operator that these moves deploy keeps its skill."""
        drawn = self.any_of(self.usable)
        return next((move.slot for move in moves if move.slot in self.others[drawn]), drawn)

    def moment(self) -> int:
        """A number of kills to wait for: any, or one of the lulls."""
        if self.rng.random() < 0.5:
            return max(self.any_of(self.lulls), 1)
        return int(self.rng.integers(1, self.stage.total + 1))


class _Places(NamedTuple):
    """Where an operator can stand and which way it can face, and how likely each of these places is tried."""

    spot: Ints
    """[places, 2] tile and direction"""
    weight: npt.NDArray[np.float64]
    """[busy fragments, places] probabilities, for the enemies of each fragment; every row sums to 1"""
    against: npt.NDArray[np.float64]
    """[spawns, places] the same for the route of each enemy"""


def _places(
    operator: Operator, room: npt.NDArray[np.bool_], shape: tuple[int, int], traffic: Traffic, routes: Traffic
) -> _Places:
    """The places of an operator, weighted by how much of the enemies' routes it covers there.

    `room` is bool[tiles], where it may stand; `shape` is (height, width); `routes` are the tiles of each enemy's route.
    """
    spots = [(tile, direction) for tile in np.flatnonzero(room).tolist() for direction in range(4)]
    covered = np.zeros((len(spots), shape[0] * shape[1]))
    for tiles, (tile, direction) in zip(covered, spots, strict=True):
        row, col = divmod(tile, shape[1])
        for down, right in (turned(offset, direction) for offset in operator.range):
            if 0 <= row + down < shape[0] and 0 <= col + right < shape[1]:
                tiles[(row + down) * shape[1] + col + right] = 1.0
    spot = np.array(spots, np.int64).reshape(len(spots), 2)
    return _Places(spot, *(_likely(covered, these) for these in (traffic, routes)))


def _likely(covered: Traffic, traffic: Traffic) -> npt.NDArray[np.float64]:
    """[rows of the traffic, places] probabilities, which grow with the square of how much traffic a place covers."""
    weight = (traffic @ covered.T) ** 2
    if weight.size:
        weight += 0.05 * weight.mean(axis=1, keepdims=True) + 1e-9
        weight /= weight.sum(axis=1, keepdims=True)
    return weight


def _traffic(stage: Stage, *, air: bool) -> Traffic:
    """The square root of how many enemies of each busy fragment cross each tile; fliers count only with `air`."""
    counts = np.zeros((len(stage.fragments), stage.height, stage.width))
    for spawn in stage.opponents:
        route = stage.routes[spawn.route]
        assert route is not None
        if air or not route.flying:
            counts[spawn.fragment] += _crossed(stage, spawn.route).reshape(stage.height, stage.width)
    return np.sqrt(counts[_busy(stage)].reshape(-1, stage.height * stage.width))


def _crossed(stage: Stage, number: int) -> npt.NDArray[np.float64]:
    """1 for each tile that a route crosses or flies over, [tiles]."""
    route = stage.routes[number]
    assert route is not None
    tiles = np.zeros((stage.height, stage.width))
    for row, col in _flown(route) if route.flying else route.tiles:
        tiles[row, col] = 1.0
    return tiles.ravel()


def _flown(route: Route) -> tuple[tuple[int, int], ...]:
    """The tiles under a flight route."""
    row, col, tiles = route.row, route.col, dict[tuple[int, int], None]()
    for node in route.nodes:
        if node.kind == MOVE:
            for part in np.linspace(0.0, 1.0, 40):
                tiles[round(row + (node.row - row) * part), round(col + (node.col - col) * part)] = None
            row, col = node.row, node.col
    return tuple(tiles)


def standing_after(moves: Sequence[PlannedMove]) -> list[int]:
    """The slots whose operators are on the field after these moves, if none of them has died."""
    standing: dict[int, None] = {}
    for move in moves:
        if move.kind == DEPLOY:
            standing[move.slot] = None
        elif move.kind == RETREAT:
            standing.pop(move.slot, None)
    return list(standing)


def _busy(stage: Stage) -> list[int]:
    """The fragments in which enemies spawn."""
    return sorted({spawn.fragment for spawn in stage.opponents})


def _lulls(stage: Stage) -> list[int]:
    """For each busy fragment the kill count when all enemies spawned by then are gone."""
    counts = np.zeros(len(stage.fragments), np.int64)
    for spawn in stage.spawns:
        counts[spawn.fragment] += spawn.counts
    return [int(count) for count in counts.cumsum()[_busy(stage)]]
