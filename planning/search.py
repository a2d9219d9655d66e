"""Finds a plan that wins a stage: who is deployed where, when, and which skills are used.

A plan is a list of moves, done in order, each as soon as it is allowed and its gates are open. The search breeds plans:
it begins with random ones that deploy where much of the enemies' way is covered, changes the best of them a little, and
keeps what leaks less. Battles cost about a millisecond, so thousands of plans are tried in seconds. The same seed
always finds the same plan.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import count
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from game.actions import DEPLOY, RETREAT, SKILL, turned
from game.characters.catalogue import Operator
from game.levels.stage import MOVE, Route, Stage
from game.simulator.actions import act, can_use_skill, use_skill
from game.simulator.compiling import compiled
from game.simulator.field import field_within
from game.simulator.records import ABSENT, RUNNING, TICKS, WON, Battles, Ints, World
from game.simulator.tables import new_battles, standing_room, world_of
from game.simulator.tick import run

Traffic = npt.NDArray[np.float64]
"""[busy fragments, tiles]"""

KIND, SLOT, TILE, DIRECTION, KILLS, CLOCK = range(6)
"""Columns of a plan as an array; CLOCK in ticks."""

LIMIT = 900 * TICKS
"""Whoever has not won by then stands in front of somebody he cannot hurt."""
ENDLESS = 1_000_000
"""Life points while plans are compared: all leaks are counted, not only those up to the defeat."""
PACES = (1, 10, 30, 5, 15)
"""A plan must work in as many battles, of the seeds 0, 1, ..., looked after every so many ticks: nothing in it may hang
on a lucky moment."""

POOL = 12
"""Plans that are kept and changed."""
FRESH = 60
"""Random plans that a pool is begun with."""
STALE = 700
"""Changes without a better plan, after which all begins anew."""
SHIFTS = 0.3
"""Share of the random plans in which operators take turns."""
POLISH = 400
"""Changes that are still tried on a plan that does all that is asked, for a simpler one."""
MOVE_COST, DEATH_COST = 0.01, 0.005
"""What a move and the loss of an operator weigh against a leaked life point."""


class Move(NamedTuple):
    """One action (see game.actions), and its gates: not before so many kills, and not before that second."""

    kind: int
    slot: int
    tile: int = 0
    direction: int = 0
    kills: int = 0
    seconds: float = 0.0


class Draft(NamedTuple):
    """A plan in slots and numbers (`planning.solutions` writes it for people): moves in order; `skills` names the slots
    whose skill is used whenever it is ready.
    """

    moves: tuple[Move, ...]
    skills: tuple[int, ...] = ()


class Found(NamedTuple):
    """The best plan of a search, and the worst that it comes to in the battles it was tried in."""

    draft: Draft
    stars: int
    """3 won without a leak, 2 won, 0 lost."""
    lost_life: int
    battles: int
    """How many were played until it was found and made simple."""


class Tally(NamedTuple):
    """How good a plan is: larger is better, and the score says it."""

    score: float
    lost_life: int
    finished: bool


def search(stage: Stage, squad: Sequence[Operator], seed: int = 0, budget: int = 6000, stars: int = 3) -> Found:
    """The best plan that `budget` battles find; they end early, after some polishing, at a plan of so many stars."""
    return _Search(stage, squad, seed).find(budget, stars)


def outcome(stage: Stage, squad: Sequence[Operator], draft: Draft, seed: int = 0, pace: int = 1) -> int:
    """How many stars a plan wins in the battle of a seed, looked after every `pace` ticks; 0 for a defeat."""
    world = world_of(stage, squad)
    state = new_battles(world, stage, [seed])
    follow(world, state, 0, as_array(draft), _handy(draft, len(squad)), pace, LIMIT)
    if state.battle[0]["outcome"] != WON:
        return 0
    return 2 if state.battle[0]["leaks"] else 3


@compiled
def follow(world: World, state: Battles, b: int, moves: Ints, handy: Ints, pace: int, limit: int) -> None:
    """Play battle `b` by a plan to its end, or for `limit` ticks: what is due is done, then `pace` ticks go by."""
    field = field_within(state, b)
    done = 0
    battle = field.battle[0]
    while battle.outcome == RUNNING and battle.clock < limit:
        while (
            done < moves.shape[0]
            and battle.counter >= moves[done, KILLS]
            and battle.clock >= moves[done, CLOCK]
            and act(world, state, b, moves[done, KIND], moves[done, SLOT], moves[done, TILE], moves[done, DIRECTION])
        ):
            done += 1
        for s in range(handy.shape[0]):
            if handy[s] and can_use_skill(world, field, s):
                use_skill(world, field, s)
        run(world, state, b, pace)


def as_array(draft: Draft) -> Ints:
    """A plan's moves as the compiled player reads them, int64[moves, 6]."""
    rows = [(*move[:KILLS], move.kills, round(move.seconds * TICKS)) for move in draft.moves]
    return np.array(rows, np.int64).reshape(len(rows), 6)


def _handy(draft: Draft, slots: int) -> Ints:
    """Of each slot whether its skill is used whenever it is ready."""
    return np.array([slot in draft.skills for slot in range(slots)], np.int64)


class _Search:
    """One search: the battles it plays, and what it draws its plans from."""

    def __init__(self, stage: Stage, squad: Sequence[Operator], seed: int) -> None:
        self.stage, self.squad = stage, tuple(squad)
        self.rng = np.random.default_rng(seed)
        self.world = world_of(stage, squad)
        self.state = new_battles(self.world, stage, range(len(PACES)))
        self.fresh = new_battles(self.world, stage, range(len(PACES)))
        shape, traffic = (stage.height, stage.width), [_traffic(stage, air=air) for air in (False, True)]
        self.places = [
            _places(one, room, shape, traffic[not one.melee])
            for one, room in zip(squad, standing_room(stage, squad), strict=True)
        ]
        self.usable = [slot for slot, places in enumerate(self.places) if len(places.spot)]
        self.by_hand = tuple(slot for slot in self.usable if squad[slot].skill and self.world.deployable[slot].by_hand)
        self.last_spawn = max(spawn.time for spawn in stage.spawns)
        self.lulls = _lulls(stage)
        self.battles = 0
        self.known: dict[Draft, Tally] = {}

    def find(self, budget: int, stars: int) -> Found:
        """Breed plans until the budget is spent, or a plan is good enough and polished.

        Every other time all begins anew, leaks cost no life while plans are compared: then what counts is how many
        leak in the whole battle, else how far it goes.
        """
        wanted = 0 if stars == 3 else self.stage.options.max_life - 1
        best: list[Draft] = []
        for attempt in count():
            self._grant(self.stage.options.max_life if attempt % 2 else ENDLESS)
            draft, good = self._breed(budget, wanted)
            best.append(draft)
            if good or self.battles >= budget:
                break
        self._grant(ENDLESS)
        return self._report(self._pruned(max(best, key=self.tally)))

    def _grant(self, life: int) -> None:
        """From now on battles are played with so many life points."""
        self.fresh.battle["life"] = self.life = life
        self.known.clear()

    def _breed(self, budget: int, wanted: int) -> tuple[Draft, bool]:
        """The best plan that comes of one pool of random ones, and whether it loses no more life than wanted."""
        pool = sorted(((self.tally(draft), draft) for draft in self._start()), reverse=True)[:POOL]
        stale, left = 0, POLISH
        while self.battles < budget and stale < STALE and left:
            child = self._changed(pool[self._rank()][1])
            entry = (self.tally(child), child)
            stale += 1
            if entry > pool[-1] and entry not in pool:
                stale = 0 if entry[0] > pool[0][0] else stale
                pool = sorted([*pool[:-1], entry], reverse=True)
            if pool[0][0].finished and pool[0][0].lost_life <= wanted:
                left, stale = left - 1, 0
        return pool[0][1], not left

    def tally(self, draft: Draft) -> Tally:
        """What a plan comes to: one that wins the battle of seed 0 in the worst of all battles."""
        if draft not in self.known:
            moves, handy = as_array(draft), _handy(draft, len(self.squad))
            worst = self._played(draft, moves, handy, 0)
            for b in range(1, len(PACES)):
                if worst.finished and worst.lost_life < self.stage.options.max_life:
                    worst = min(worst, self._played(draft, moves, handy, b))
            self.known[draft] = worst
        return self.known[draft]

    def _played(self, draft: Draft, moves: Ints, handy: Ints, b: int) -> Tally:
        """One battle of a plan. What leaks counts by its life points, and whoever is not dead by the health it has."""
        for table, fresh in zip(self.state, self.fresh, strict=True):
            table[b] = fresh[b]
        follow(self.world, self.state, b, moves, handy, PACES[b], LIMIT)
        self.battles += 1
        foe, battle = self.state.foe[b], self.state.battle[b]
        health = foe["health"] / self.world.enemy["max_health"]
        health[foe["phase"] == ABSENT] = 1.0
        life, finished = int(self.life - battle["life"]), bool(battle["outcome"] == WON)
        dead = int(battle["deployments"]) - int(battle["deployed"])
        score = -life - float(health.clip(0.0).sum()) - MOVE_COST * len(draft.moves) - DEATH_COST * dead
        return Tally(score if finished else score - self.stage.options.max_life, life, finished)

    def _report(self, draft: Draft) -> Found:
        """A plan with what it comes to."""
        tally = self.tally(draft)
        won = tally.finished and tally.lost_life < self.stage.options.max_life
        stars = (2 if tally.lost_life else 3) if won else 0
        return Found(draft, stars, tally.lost_life, self.battles)

    def _pruned(self, draft: Draft) -> Draft:
        """The plan without what it does not need."""
        while True:
            here = self.tally(draft)
            simpler = (one for one in _simpler(draft) if _no_worse(self.tally(one), here))
            less = next(simpler, None)
            if less is None:
                return draft
            draft = less

    def _rank(self) -> int:
        """Whom to change: the better a plan, the likelier."""
        return int(POOL * self.rng.random() ** 2)

    # --- Random plans -------------------------------------------------------------------------------------------------

    def _start(self) -> list[Draft]:
        """Random plans: the cheap first, more or less, each where it covers much."""
        return [self._random_draft() for _ in range(FRESH)]

    def _random_draft(self) -> Draft:
        """As many operators as may stand on the field, as soon as there are the points for each."""
        many = min(self.world.character_limit, len(self.usable))
        costs = np.array([self.squad[slot].cost for slot in self.usable]) + self.rng.normal(0.0, 6.0, len(self.usable))
        chosen = self.rng.permutation(len(self.usable))[:many]
        order = chosen[np.argsort(costs[chosen])]
        moves = [self._deployment(self.usable[index]) for index in order.tolist()]
        if self.rng.random() < SHIFTS:
            moves += self._shift(moves)
        return Draft(tuple(moves), self.by_hand)

    def _shift(self, moves: list[Move]) -> list[Move]:
        """What relieves everybody who has been deployed: all are called back in a lull, others stand where it is next
        needed.
        """
        lull, tired = self._moment(), _standing(moves)
        rested = [slot for slot in self.usable if slot not in tired]
        fresh = self.rng.permutation(rested)[: len(tired)].tolist()
        retreats = [Move(RETREAT, slot, kills=lull) for slot in tired]
        return retreats + [self._deployment(slot, lull) for slot in fresh]

    def _deployment(self, slot: int, kills: int = 0) -> Move:
        """An operator on a tile, facing where it covers much; the likelier the more it covers of the ways of some
        fragment that comes after so many kills.
        """
        places = self.places[slot]
        now = min(bisect_right(self.lulls, kills), len(self.lulls) - 1)
        ahead = now if kills and self.rng.random() < 0.5 else int(self.rng.integers(now, len(self.lulls)))
        weight = places.weight[ahead]
        tile, direction = places.spot[self.rng.choice(len(weight), p=weight)].tolist()
        return Move(DEPLOY, slot, tile, direction)

    # --- Changes ------------------------------------------------------------------------------------------------------

    def _changed(self, draft: Draft) -> Draft:
        """One to three changes."""
        for _ in range(1 + int(self.rng.integers(3))):
            draft = self._change(draft)
        return draft

    def _change(self, draft: Draft) -> Draft:
        """One change: somewhere else, somebody else, in another order, later, one more or one less."""
        moves = list(draft.moves)
        if not moves:
            return self._random_draft()
        at = int(self.rng.integers(len(moves)))
        move, draw = moves[at], self.rng.random()
        kills = max(before.kills for before in moves[: at + 1])
        if draw < 0.35 and move.kind == DEPLOY:
            moves[at] = self._elsewhere(move, kills)
        elif draw < 0.45:
            moves.insert(int(self.rng.integers(len(moves))), moves.pop(at))
        elif draw < 0.55 and move.kind == DEPLOY:
            moves[at] = self._gated(move, self._deployment(self._anybody(), kills))
        elif draw < 0.65:
            moves.insert(at + int(self.rng.integers(2)), self._deployment(self._anybody(), kills))
        elif draw < 0.72:
            moves.pop(at)
        elif draw < 0.87:
            moves[at] = self._later(move)
        elif draw < 0.94 or not self.by_hand:
            moves[at + 1 : at + 1] = self._relief(moves[: at + 1])
        else:
            return self._other_skills(draft)
        return Draft(tuple(moves), draft.skills)

    def _relief(self, moves: list[Move]) -> list[Move]:
        """One of those on the field is called back, perhaps for somebody elsewhere; or all of them are relieved."""
        standing = _standing(moves)
        if not standing:
            return []
        if self.rng.random() < 0.3:
            return self._shift(moves)
        retreat = self._later(Move(RETREAT, standing[int(self.rng.integers(len(standing)))]))
        return [retreat, self._deployment(self._anybody(), retreat.kills)][: int(self.rng.integers(1, 3))]

    def _anybody(self) -> int:
        """Any slot that can stand somewhere."""
        return self.usable[int(self.rng.integers(len(self.usable)))]

    def _elsewhere(self, move: Move, kills: int) -> Move:
        """The same operator at the same time on another tile, or on the same tile facing elsewhere."""
        if self.rng.random() < 0.3:
            return move._replace(direction=int(self.rng.integers(4)))
        return self._gated(move, self._deployment(move.slot, kills))

    def _gated(self, old: Move, new: Move) -> Move:
        """A new move with the gates of an old one."""
        return new._replace(kills=old.kills, seconds=old.seconds)

    def _later(self, move: Move) -> Move:
        """A move behind another gate: of kills, of time, or none."""
        draw = self.rng.random()
        if draw < 0.4:
            return move._replace(kills=self._moment(), seconds=0.0)
        if draw < 0.7:
            return move._replace(kills=0, seconds=float(self.rng.integers(1, int(self.last_spawn) + 2)))
        return move._replace(kills=0, seconds=0.0)

    def _moment(self) -> int:
        """A number of kills to wait for: any, or that at which all who have come so far are gone."""
        if self.rng.random() < 0.5:
            return max(self.lulls[int(self.rng.integers(len(self.lulls)))], 1)
        return int(self.rng.integers(1, self.stage.total + 1))

    def _other_skills(self, draft: Draft) -> Draft:
        """A skill used whenever it is ready, or no more so; without that, used once at a moment of its own."""
        slot = self.by_hand[int(self.rng.integers(len(self.by_hand)))]
        if slot not in draft.skills:
            return draft._replace(skills=tuple(sorted((*draft.skills, slot))))
        moves = list(draft.moves)
        moves.insert(int(self.rng.integers(len(moves) + 1)), self._later(Move(SKILL, slot)))
        return Draft(tuple(moves), tuple(other for other in draft.skills if other != slot))


class _Places(NamedTuple):
    """Where an operator can stand and face, and how likely it is tried there."""

    spot: Ints
    """[places, 2] tile and direction"""
    weight: npt.NDArray[np.float64]
    """[busy fragments, places] for those who come with it; every row sums to 1"""


def _places(operator: Operator, room: npt.NDArray[np.bool_], shape: tuple[int, int], traffic: Traffic) -> _Places:
    """The places of an operator, weighted by how much of the enemies' way it covers there."""
    spots = [(tile, direction) for tile in np.flatnonzero(room).tolist() for direction in range(4)]
    covered = np.zeros((len(spots), shape[0] * shape[1]))
    for spot, (tile, direction) in zip(covered, spots, strict=True):
        row, col = divmod(tile, shape[1])
        for down, right in (turned(offset, direction) for offset in operator.range):
            if 0 <= row + down < shape[0] and 0 <= col + right < shape[1]:
                spot[(row + down) * shape[1] + col + right] = 1.0
    weight = (traffic @ covered.T) ** 2
    if spots:
        weight += 0.05 * weight.mean(axis=1, keepdims=True) + 1e-9
        weight /= weight.sum(axis=1, keepdims=True)
    return _Places(np.array(spots, np.int64).reshape(len(spots), 2), weight)


def _traffic(stage: Stage, *, air: bool) -> Traffic:
    """How busy each tile is with those who come in a fragment."""
    counts = np.zeros((len(stage.fragments), stage.height, stage.width))
    for spawn in stage.spawns:
        route = stage.routes[spawn.route]
        assert route is not None
        for row, col in route.tiles if not route.flying else _flown(route) if air else ():
            counts[spawn.fragment, row, col] += 1.0
    return np.sqrt(counts[_busy(stage)].reshape(-1, stage.height * stage.width))


def _flown(route: Route) -> tuple[tuple[int, int], ...]:
    """The tiles under a line of flight."""
    row, col, tiles = route.row, route.col, dict[tuple[int, int], None]()
    for node in route.nodes:
        if node.kind == MOVE:
            for part in np.linspace(0.0, 1.0, 40):
                tiles[round(row + (node.row - row) * part), round(col + (node.col - col) * part)] = None
            row, col = node.row, node.col
    return tuple(tiles)


def _standing(moves: Sequence[Move]) -> list[int]:
    """The slots that are on the field when these moves are done, if nobody has died."""
    standing: dict[int, None] = {}
    for move in moves:
        if move.kind == DEPLOY:
            standing[move.slot] = None
        elif move.kind == RETREAT:
            standing.pop(move.slot, None)
    return list(standing)


def _busy(stage: Stage) -> list[int]:
    """The fragments with which somebody comes."""
    return sorted({spawn.fragment for spawn in stage.spawns})


def _lulls(stage: Stage) -> list[int]:
    """Of every busy fragment what the counter says when all who have come by then are gone."""
    counts = np.zeros(len(stage.fragments), np.int64)
    for spawn in stage.spawns:
        counts[spawn.fragment] += spawn.counts
    return [int(count) for count in counts.cumsum()[_busy(stage)]]


def _simpler(draft: Draft) -> list[Draft]:
    """All plans with one thing less: a move, a gate, a skill in use."""
    moves = draft.moves
    fewer = [Draft((*moves[:at], *moves[at + 1 :]), draft.skills) for at in range(len(moves))]
    open_gates = [
        Draft((*moves[:at], move._replace(kills=0, seconds=0.0), *moves[at + 1 :]), draft.skills)
        for at, move in enumerate(moves)
        if move.kills or move.seconds
    ]
    idle = [draft._replace(skills=tuple(other for other in draft.skills if other != slot)) for slot in draft.skills]
    return [*fewer, *open_gates, *idle]


def _no_worse(one: Tally, other: Tally) -> bool:
    """Whether a plan comes to the same end as another, or to a better one."""
    return (one.finished, -one.lost_life) >= (other.finished, -other.lost_life)
