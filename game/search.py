"""Finds a plan that wins a stage: who is deployed where, when, and which skills are used.

A plan is a list of steps, done in order, each as soon as it is allowed and its gates are open. The search breeds plans:
it begins with random ones that deploy where much of the enemies' way is covered, changes the best of them a little, and
keeps what leaks less. Battles cost about a millisecond, so thousands of plans are tried in seconds. The same seed
always finds the same plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from game import rules
from game.actions import DEPLOY, RETREAT, SKILL, turned
from game.arrays import new_state, standing_room, world_of
from game.compiling import compiled
from game.rules import TICKS, Ints, State, World, act, can_use_skill, field_within, run
from game.stage import MOVE, Stage
from game.units import Operator

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
POLISH = 400
"""Changes that are still tried on a plan that does all that is asked, for a simpler one."""
STEP_COST, DEATH_COST = 0.01, 0.005
"""What a step and the loss of an operator weigh against a leaked life point."""


class Step(NamedTuple):
    """One action of a plan (see game.actions), and its gates: not before so many kills, and not before that second."""

    kind: int
    slot: int
    tile: int = 0
    direction: int = 0
    kills: int = 0
    seconds: float = 0.0


class Plan(NamedTuple):
    """Steps in order; `skills` names the slots whose skill is used whenever it is ready."""

    steps: tuple[Step, ...]
    skills: tuple[int, ...] = ()


class Found(NamedTuple):
    """The best plan of a search, and the worst that it comes to in the battles it was tried in."""

    plan: Plan
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


def outcome(stage: Stage, squad: Sequence[Operator], plan: Plan, seed: int = 0, pace: int = 1) -> int:
    """How many stars a plan wins in the battle of a seed, looked after every `pace` ticks; 0 for a defeat."""
    world = world_of(stage, squad)
    state = new_state(world, stage, [seed])
    follow(world, state, 0, as_array(plan), _handy(plan, len(squad)), pace, LIMIT)
    if state.battle[0, rules.OUTCOME] != rules.WON:
        return 0
    return 2 if state.battle[0, rules.LEAKS] else 3


@compiled
def follow(world: World, state: State, b: int, steps: Ints, handy: Ints, pace: int, limit: int) -> None:
    """Play battle `b` by a plan to its end, or for `limit` ticks: what is due is done, then `pace` ticks go by."""
    field = field_within(state, b)
    done = 0
    while field.battle[rules.OUTCOME] == rules.RUNNING and field.battle[rules.CLOCK] < limit:
        while (
            done < steps.shape[0]
            and field.battle[rules.COUNTER] >= steps[done, KILLS]
            and field.battle[rules.CLOCK] >= steps[done, CLOCK]
            and act(world, state, b, steps[done, KIND], steps[done, SLOT], steps[done, TILE], steps[done, DIRECTION])
        ):
            done += 1
        for s in range(handy.shape[0]):
            if handy[s] and can_use_skill(world, field, s):
                rules.use_skill(world, field, s)
        run(world, state, b, pace)


def as_array(plan: Plan) -> Ints:
    """A plan's steps as the compiled player reads them, int64[steps, 6]."""
    rows = [(*step[:KILLS], step.kills, round(step.seconds * TICKS)) for step in plan.steps]
    return np.array(rows, np.int64).reshape(len(rows), 6)


def _handy(plan: Plan, slots: int) -> Ints:
    """Of each slot whether its skill is used whenever it is ready."""
    return np.array([slot in plan.skills for slot in range(slots)], np.int64)


class _Search:
    """One search: the battles it plays, and what it draws its plans from."""

    def __init__(self, stage: Stage, squad: Sequence[Operator], seed: int) -> None:
        self.stage, self.squad = stage, tuple(squad)
        self.rng = np.random.default_rng(seed)
        self.world = world_of(stage, squad)._replace(max_life=ENDLESS)
        self.fresh = new_state(self.world, stage, range(len(PACES)))
        self.state = new_state(self.world, stage, range(len(PACES)))
        self.places = [_places(stage, one, room) for one, room in zip(squad, standing_room(stage, squad), strict=True)]
        self.usable = [slot for slot, places in enumerate(self.places) if len(places.weight)]
        self.by_hand = tuple(slot for slot in self.usable if squad[slot].skill and self.world.card[slot, rules.BY_HAND])
        self.last_spawn = max(spawn.time for spawn in stage.spawns)
        self.battles = 0
        self.known: dict[Plan, Tally] = {}

    def find(self, budget: int, stars: int) -> Found:
        """Breed plans until the budget is spent, or a plan is good enough and polished."""
        wanted = 0 if stars == 3 else self.stage.options.max_life - 1
        best: tuple[Tally, Plan] | None = None
        while self.battles < budget:
            pool = sorted(((self.tally(plan), plan) for plan in self._start()), reverse=True)[:POOL]
            stale, left = 0, POLISH
            while self.battles < budget and stale < STALE and left > 0:
                child = self._changed(pool[self._rank()][1])
                entry = (self.tally(child), child)
                stale += 1
                if entry > pool[-1] and entry not in pool:
                    stale = 0 if entry[0] > pool[0][0] else stale
                    pool = sorted([*pool[:-1], entry], reverse=True)
                if pool[0][0].finished and pool[0][0].lost_life <= wanted:
                    left, stale = left - 1, 0
            best = max(pool[0], best) if best else pool[0]
            if left == 0:
                break
        assert best is not None
        return self._report(self._pruned(best[1]))

    def tally(self, plan: Plan) -> Tally:
        """What a plan comes to: one that wins the battle of seed 0 in the worst of all battles."""
        if plan not in self.known:
            steps, handy = as_array(plan), _handy(plan, len(self.squad))
            worst = self._played(plan, steps, handy, 0)
            for b in range(1, len(PACES)):
                if worst.finished and worst.lost_life < self.stage.options.max_life:
                    worst = min(worst, self._played(plan, steps, handy, b))
            self.known[plan] = worst
        return self.known[plan]

    def _played(self, plan: Plan, steps: Ints, handy: Ints, b: int) -> Tally:
        """One battle of a plan. What leaks counts by its life points, and a little by the health it has left."""
        for table, fresh in zip(self.state, self.fresh, strict=True):
            table[b] = fresh[b]
        follow(self.world, self.state, b, steps, handy, PACES[b], LIMIT)
        self.battles += 1
        foe, battle = self.state.foe[b], self.state.battle[b]
        leaked = (foe[:, rules.LEAKED] > 0) & (self.world.foe[:, rules.HARMLESS] == 0.0)
        health = self.state.foe_body[b, :, rules.HEALTH] / self.world.foe[:, rules.MAX_HEALTH]
        life = int(ENDLESS - battle[rules.LIFE])
        finished = bool(battle[rules.OUTCOME] == rules.WON)
        score = -life - float(health[leaked].sum())
        if not finished:
            score -= float((foe[:, rules.PHASE] != rules.GONE).sum()) + self.stage.options.max_life
        dead = int(battle[rules.DEPLOYMENTS]) - int(battle[rules.DEPLOYED])
        return Tally(score - STEP_COST * len(plan.steps) - DEATH_COST * dead, life, finished)

    def _report(self, plan: Plan) -> Found:
        """A plan with what it comes to."""
        tally = self.tally(plan)
        won = tally.finished and tally.lost_life < self.stage.options.max_life
        stars = (2 if tally.lost_life else 3) if won else 0
        return Found(plan, stars, tally.lost_life, self.battles)

    def _pruned(self, plan: Plan) -> Plan:
        """The plan without what it does not need."""
        while True:
            here = self.tally(plan)
            simpler = (one for one in _simpler(plan) if _no_worse(self.tally(one), here))
            less = next(simpler, None)
            if less is None:
                return plan
            plan = less

    def _rank(self) -> int:
        """Whom to change: the better a plan, the likelier."""
        return int(POOL * self.rng.random() ** 2)

    # --- Random plans -------------------------------------------------------------------------------------------------

    def _start(self) -> list[Plan]:
        """Random plans: the cheap first, more or less, each where it covers much."""
        return [self._random_plan() for _ in range(FRESH)]

    def _random_plan(self) -> Plan:
        """As many operators as may stand on the field, as soon as there are the points for each."""
        many = min(self.world.character_limit, len(self.usable))
        costs = np.array([self.squad[slot].cost for slot in self.usable]) + self.rng.normal(0.0, 6.0, len(self.usable))
        chosen = self.rng.permutation(len(self.usable))[:many]
        order = chosen[np.argsort(costs[chosen])]
        return Plan(tuple(self._deployment(self.usable[index]) for index in order.tolist()), self.by_hand)

    def _deployment(self, slot: int) -> Step:
        """An operator on a tile, facing where it covers much; the likelier the more it covers."""
        places = self.places[slot]
        tile, direction = places.spot[self.rng.choice(len(places.weight), p=places.weight)].tolist()
        return Step(DEPLOY, slot, tile, direction)

    # --- Changes ------------------------------------------------------------------------------------------------------

    def _changed(self, plan: Plan) -> Plan:
        """One to three changes."""
        for _ in range(1 + int(self.rng.integers(3))):
            plan = self._change(plan)
        return plan

    def _change(self, plan: Plan) -> Plan:
        """One change: somewhere else, somebody else, in another order, later, one more or one less."""
        steps = list(plan.steps)
        if not steps:
            return self._random_plan()
        at = int(self.rng.integers(len(steps)))
        step, draw = steps[at], self.rng.random()
        if draw < 0.35 and step.kind == DEPLOY:
            steps[at] = self._elsewhere(step)
        elif draw < 0.45:
            steps.insert(int(self.rng.integers(len(steps))), steps.pop(at))
        elif draw < 0.55 and step.kind == DEPLOY:
            steps[at] = self._gated(step, self._deployment(self._anybody()))
        elif draw < 0.65:
            steps.insert(int(self.rng.integers(len(steps) + 1)), self._deployment(self._anybody()))
        elif draw < 0.72:
            steps.pop(at)
        elif draw < 0.87:
            steps[at] = self._later(step)
        elif draw < 0.94 or not self.by_hand:
            steps.insert(int(self.rng.integers(at, len(steps))) + 1, self._later(Step(RETREAT, step.slot)))
        else:
            return self._other_skills(plan)
        return Plan(tuple(steps), plan.skills)

    def _anybody(self) -> int:
        """Any slot that can stand somewhere."""
        return self.usable[int(self.rng.integers(len(self.usable)))]

    def _elsewhere(self, step: Step) -> Step:
        """The same operator at the same time on another tile, or on the same tile facing elsewhere."""
        if self.rng.random() < 0.3:
            return step._replace(direction=int(self.rng.integers(4)))
        return self._gated(step, self._deployment(step.slot))

    def _gated(self, old: Step, new: Step) -> Step:
        """A new step with the gates of an old one."""
        return new._replace(kills=old.kills, seconds=old.seconds)

    def _later(self, step: Step) -> Step:
        """A step behind another gate: of kills, of time, or none."""
        draw = self.rng.random()
        if draw < 0.4:
            return step._replace(kills=int(self.rng.integers(1, self.stage.total + 1)), seconds=0.0)
        if draw < 0.7:
            return step._replace(kills=0, seconds=float(self.rng.integers(1, int(self.last_spawn) + 2)))
        return step._replace(kills=0, seconds=0.0)

    def _other_skills(self, plan: Plan) -> Plan:
        """A skill used whenever it is ready, or no more so; without that, used once at a moment of its own."""
        slot = self.by_hand[int(self.rng.integers(len(self.by_hand)))]
        if slot not in plan.skills:
            return plan._replace(skills=tuple(sorted((*plan.skills, slot))))
        steps = list(plan.steps)
        steps.insert(int(self.rng.integers(len(steps) + 1)), self._later(Step(SKILL, slot)))
        return Plan(tuple(steps), tuple(other for other in plan.skills if other != slot))


class _Places(NamedTuple):
    """Where an operator can stand and face, and how likely it is tried there."""

    spot: Ints
    """[places, 2] tile and direction"""
    weight: npt.NDArray[np.float64]
    """[places] sums to 1"""


def _places(stage: Stage, operator: Operator, room: npt.NDArray[np.bool_]) -> _Places:
    """The places of an operator, weighted by how much of the enemies' way it covers there."""
    traffic = _traffic(stage, air=not operator.melee)
    tiles = np.flatnonzero(room)
    spots = [(tile, direction) for tile in tiles.tolist() for direction in range(4)]
    weights = []
    for tile, direction in spots:
        row, col = divmod(tile, stage.width)
        ahead = [turned(offset, direction) for offset in operator.range]
        weights.append(sum(traffic.get((row + down, col + right), 0.0) for down, right in ahead))
    heavy = np.array(weights) ** 2
    heavy += max(float(heavy.mean()), 1e-6) * 0.05 if len(heavy) else 0.0
    return _Places(np.array(spots, np.int64).reshape(len(spots), 2), heavy / heavy.sum() if len(heavy) else heavy)


def _traffic(stage: Stage, *, air: bool) -> dict[tuple[int, int], float]:
    """Of every tile on the enemies' ways how busy it is: the square root of how many take it, fliers only if asked."""
    counts: dict[tuple[int, int], float] = {}
    for spawn in stage.spawns:
        route = stage.routes[spawn.route]
        assert route is not None
        for tile in route.tiles if not route.flying else _flown(stage, spawn.route) if air else ():
            counts[tile] = counts.get(tile, 0.0) + 1.0
    return {tile: count**0.5 for tile, count in counts.items()}


def _flown(stage: Stage, index: int) -> tuple[tuple[int, int], ...]:
    """The tiles under a line of flight."""
    route = stage.routes[index]
    assert route is not None
    row, col, tiles = route.row, route.col, dict[tuple[int, int], None]()
    for node in route.nodes:
        if node.kind == MOVE:
            for part in np.linspace(0.0, 1.0, 40):
                tiles[round(row + (node.row - row) * part), round(col + (node.col - col) * part)] = None
            row, col = node.row, node.col
    return tuple(tiles)


def _simpler(plan: Plan) -> list[Plan]:
    """All plans with one thing less: a step, a gate, a skill in use."""
    steps = plan.steps
    fewer = [Plan((*steps[:at], *steps[at + 1 :]), plan.skills) for at in range(len(steps))]
    open_gates = [
        Plan((*steps[:at], step._replace(kills=0, seconds=0.0), *steps[at + 1 :]), plan.skills)
        for at, step in enumerate(steps)
        if step.kills or step.seconds
    ]
    idle = [plan._replace(skills=tuple(other for other in plan.skills if other != slot)) for slot in plan.skills]
    return [*fewer, *open_gates, *idle]


def _no_worse(one: Tally, other: Tally) -> bool:
    """Whether a plan comes to the same end as another, or to a better one."""
    return (one.finished, -one.lost_life) >= (other.finished, -other.lost_life)
