"""Turns a stage and a squad into the arrays that the rules play on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from game import rules
from game.rules import TICKS, State, World
from game.stage import MOVE, Fragment, Node, Route, Spawn, Stage
from game.units import Operator, Skill, extended

GAINS = {"second": rules.BY_SECOND, "attack": rules.BY_ATTACK, "hit": rules.BY_HIT, "deploy": rules.BY_DEPLOYMENT}
DAMAGES = {"physical": rules.PHYSICAL, "arts": rules.ARTS, "true": rules.ARTS, "heal": rules.HEAL}
NO_SKILL = Skill(name="", gain="deploy", by_hand=False, cost=0, initial=0, duration=0.0)


def world_of(stage: Stage, squad: Sequence[Operator]) -> World:
    """Everything about battles of this squad on this stage that does not change while they are fought."""
    cost_time = stage.options.cost_increase_time
    range_size, ranges = _ranges(squad)
    return World(
        width=stage.width,
        height=stage.height,
        character_limit=stage.options.character_limit,
        max_cost=stage.options.max_cost,
        max_life=stage.options.max_life,
        initial_cost=stage.options.initial_cost,
        cost_ticks=0 if cost_time >= rules.NEVER else max(ticks(cost_time), 1),
        total=stage.total,
        stands=standing_room(stage, squad),
        op=np.array([_operator(one) for one in squad], np.float64).T.copy(),
        range_size=range_size,
        ranges=ranges,
        foe=np.array([_enemy(stage, spawn) for spawn in stage.spawns], np.float64).T.copy(),
        coming=np.array([(one.route, one.fragment, ticks(one.offset)) for one in stage.spawns], np.int64).T.copy(),
        fragment=np.array([_fragment(one) for one in stage.fragments], np.int64).T.copy(),
        route_size=np.array([len(route.nodes) if route else 0 for route in stage.routes], np.int64),
        node=_nodes(stage),
    )


def new_state(world: World, stage: Stage, seeds: Sequence[int]) -> State:
    """One fresh battle for each seed. The seed decides how far from its route's start each enemy appears, where the
    level says that this varies; nothing else in a battle is left to chance.
    """
    battles, slots, tiles = len(seeds), *world.stands.shape
    enemies, fragments = len(stage.spawns), len(stage.fragments)
    state = State(
        battle=np.zeros((battles, rules.HOLDING + 1), np.int64),
        started=np.zeros((battles, 2, fragments), np.int64),
        standing=np.full((battles, tiles), -1, np.int64),
        covers=np.zeros((battles, slots, tiles), np.bool_),
        unit=np.zeros((battles, rules.ACTIVE + 1, slots), np.int64),
        body=np.zeros((battles, rules.DP_WAIT + 1, slots), np.float64),
        foe=np.zeros((battles, rules.HIDDEN + 1, enemies), np.int64),
        foe_body=np.zeros((battles, rules.REST + 1, enemies), np.float64),
    )
    state.battle[:, rules.DP] = min(world.initial_cost, world.max_cost)
    state.battle[:, rules.LIFE] = world.max_life
    state.battle[:, rules.CURRENT_CLOCK] = -world.fragment[rules.FRAGMENT_DELAY, 0]
    state.unit[:, (rules.TILE, rules.TARGET)] = -1
    state.foe[:, (rules.BLOCKER, rules.AIM)] = -1
    for b, seed in enumerate(seeds):
        state.foe_body[b, rules.ROW], state.foe_body[b, rules.COL] = _starts(stage, seed)
    return state


def ticks(seconds: float) -> int:
    """A time in whole ticks."""
    return round(seconds * TICKS)


def standing_room(stage: Stage, squad: Sequence[Operator]) -> npt.NDArray[np.bool_]:
    """Where each operator may stand, bool[slots, tiles], whoever else stands there."""
    return np.stack([(stage.melee if operator.melee else stage.ranged).ravel() for operator in squad])


def _ranges(squad: Sequence[Operator]) -> tuple[rules.Ints, rules.Ints]:
    """The ranges by slot, without and with the skill's reach: their sizes and their tiles."""
    pairs = [(one.range, extended(one.range, one.skill.reach if one.skill else 0)) for one in squad]
    sizes = np.array([[len(offsets) for offsets in pair] for pair in pairs], np.int64)
    tiles = np.zeros((len(squad), 2, sizes.max(), 2), np.int64)
    for slot, pair in enumerate(pairs):
        for reach, offsets in enumerate(pair):
            tiles[slot, reach, : len(offsets)] = offsets
    return sizes, tiles


def _operator(one: Operator) -> list[float]:
    """An operator's numbers by row of `World.op`; one without a skill has one that nothing ever fills."""
    skill = one.skill or NO_SKILL
    numbers = {
        rules.MAX_HEALTH: one.max_health,
        rules.ATTACK: one.attack,
        rules.DEFENSE: one.defense,
        rules.RESISTANCE: one.resistance,
        rules.INTERVAL: one.attack_interval * TICKS,
        rules.DAMAGE: DAMAGES[one.damage],
        rules.BLOCK: one.block,
        rules.COST: one.cost,
        rules.REDEPLOY: ticks(one.redeploy_time),
        rules.SPLASH: one.splash,
        rules.STRIKES_ALL: one.attacks_blocked == "all",
        rules.BLOCKS: one.melee,
        rules.REACHES_AIR: not one.melee or rules.MELEE_REACHES_AIR,
        rules.SKILL_GAIN: GAINS[skill.gain] if one.skill else rules.BY_NOTHING,
        rules.SKILL_BY_HAND: skill.by_hand,
        rules.SKILL_COST: skill.cost * TICKS,
        rules.SKILL_INITIAL: skill.initial * TICKS,
        rules.SKILL_DURATION: ticks(skill.duration),
        rules.SKILL_DP: skill.dp,
        rules.SKILL_DP_TICKS: skill.dp_each * TICKS,
        rules.SKILL_ATTACK: skill.attack,
        rules.SKILL_DEFENSE: skill.defense,
        rules.SKILL_SPEED: skill.attack_speed,
        rules.SKILL_HEAL: skill.heal_self,
        rules.SKILL_SHIELD: skill.shield,
        rules.SKILL_STRENGTH: skill.strength,
        rules.SKILL_HITS: skill.hits or 1,
        rules.SKILL_SPLASH: skill.splash / one.splash if skill.splash and one.splash else 1.0,
        rules.SKILL_HOLDS_FIRE: skill.holds_fire,
        rules.SKILL_STRIKES: skill.strikes,
        rules.PREFERS_AIR: one.prefers_air,
    }
    return [numbers[row] for row in range(len(numbers))]


def _enemy(stage: Stage, spawn: Spawn) -> list[float]:
    """The numbers of one enemy to come by row of `World.foe`."""
    kind = stage.enemies[spawn.enemy]
    numbers = {
        rules.MAX_HEALTH: kind.max_health,
        rules.ATTACK: kind.attack,
        rules.DEFENSE: kind.defense,
        rules.RESISTANCE: kind.resistance,
        rules.INTERVAL: kind.attack_interval * TICKS,
        rules.DAMAGE: DAMAGES[kind.damage],
        rules.BLOCK: kind.block,
        rules.STEP: kind.speed * stage.options.move_multiplier / TICKS,
        rules.RADIUS: kind.range,
        rules.FLYING: kind.flying,
        rules.LIFE_COST: kind.life_cost,
        rules.COUNTS: spawn.counts,
        rules.HARMLESS: spawn.harmless,
        rules.HOLDS: spawn.holds_fragment,
    }
    return [numbers[row] for row in range(len(numbers))]


def _fragment(one: Fragment) -> tuple[int, int, int, int]:
    """A fragment's numbers by row of `World.fragment`."""
    return one.wave, ticks(one.delay), ticks(one.length), ticks(one.patience)


def _nodes(stage: Stage) -> rules.Floats:
    """The routes' nodes as one table, padded to the longest route."""
    table = np.zeros((5, len(stage.routes), max(len(route.nodes) for route in stage.routes if route)))
    for index, route in enumerate(stage.routes):
        for n, node in enumerate(route.nodes if route else ()):
            assert route is not None
            table[:, index, n] = node.kind, node.row, node.col, ticks(node.seconds), _rest(route, n)
    return table


def _rest(route: Route, start: int) -> float:
    """How many tiles a route still goes from its node `start` on; leaping from hiding to a place counts nothing."""
    length, here = 0.0, route.nodes[start]
    for node in route.nodes[start + 1 :]:
        if node.kind == MOVE:
            length += _apart(here, node)
        if node.kind in (MOVE, rules.APPEAR):
            here = node
    return length


def _apart(one: Node, other: Node) -> float:
    """The distance between two nodes that have places."""
    return float(np.sqrt((one.row - other.row) ** 2 + (one.col - other.col) ** 2))


def _starts(stage: Stage, seed: int) -> tuple[rules.Floats, rules.Floats]:
    """Where each enemy of one battle appears."""
    chance = np.random.default_rng(seed).uniform(-1.0, 1.0, (len(stage.spawns), 2))
    places = []
    for spawn, (down, right) in zip(stage.spawns, chance, strict=True):
        route = stage.routes[spawn.route]
        assert route is not None
        places.append((route.row + down * spawn.spread[0], route.col + right * spawn.spread[1]))
    rows, cols = np.array(places).T
    return rows, cols
