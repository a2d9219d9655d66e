"""Turns a stage and a squad into the arrays that the rules play on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from game.characters.models import Offset, Operator, Skill, extended
from game.levels.runes import is_forbidden, under_rules
from game.levels.stage import MOVE, Fragment, Node, Route, Spawn, Stage, check_squad, chosen
from game.simulator import rules
from game.simulator.rules import TICKS, State, World

GAINS = {"second": rules.BY_SECOND, "attack": rules.BY_ATTACK, "hit": rules.BY_HIT, "deploy": rules.BY_DEPLOYMENT}
DAMAGES = {"physical": rules.PHYSICAL, "arts": rules.ARTS, "true": rules.TRUE, "heal": rules.HEAL}
NO_SKILL = Skill(name="", gain="deploy", by_hand=False, cost=0, initial=0, duration=0.0)
ASPD = 100.0
"""Points of attack speed at which an attack takes as long as the table says."""


def world_of(stage: Stage, squad: Sequence[Operator]) -> World:
    """Everything about battles of this squad on this stage that does not change while they are fought.

    Raises StageError where the stage does not allow a squad of this size.
    """
    check_squad(stage, squad)
    squad = [under_rules(one, stage.squad_rules) for one in squad]
    cost_time = stage.options.cost_increase_time
    range_size, ranges = _ranges(squad)
    stances = [[_stance(one, skill) for one in squad] for skill in (False, True)]
    return World(
        width=stage.width,
        height=stage.height,
        character_limit=stage.options.character_limit,
        max_cost=stage.options.max_cost,
        max_life=stage.options.max_life,
        initial_cost=stage.options.initial_cost,
        cost_ticks=0 if cost_time >= rules.NEVER else max(ticks(cost_time), 1),
        time_limit=ticks(stage.options.time_limit),
        comers=sum(spawn.parent < 0 for spawn in stage.spawns),
        stands=standing_room(stage, squad),
        op=np.array(stances, np.float64),
        card=np.array([_card(one) for one in squad], np.float64),
        range_size=range_size,
        ranges=ranges,
        foe=np.array([_enemy(stage, spawn) for spawn in stage.spawns], np.float64),
        coming=_coming(stage),
        fragment=np.array([_fragment(one) for one in stage.fragments], np.int64),
        route_size=np.array([len(route.nodes) if route else 0 for route in stage.routes], np.int64),
        node=_nodes(stage),
    )


def new_state(world: World, stage: Stage, seeds: Sequence[int]) -> State:
    """One fresh battle for each seed. The seed decides which enemies of a random group come and how far from its
    route's start each appears, where the level says that this varies; nothing else in a battle is left to chance.
    """
    state = empty_state(world, len(seeds))
    for b, seed in enumerate(seeds):
        start(world, stage, state, b, seed)
    return state


def empty_state(world: World, battles: int) -> State:
    """Room for so many battles, none of which has been started."""
    (slots, tiles), enemies, fragments = world.stands.shape, len(world.foe), len(world.fragment)
    return State(
        battle=np.zeros((battles, rules.TAKEN + 1), np.int64),
        started=np.zeros((battles, 2, fragments), np.int64),
        standing=np.zeros((battles, tiles), np.int64),
        covers=np.zeros((battles, slots, tiles), np.bool_),
        unit=np.zeros((battles, slots, rules.STUNNED + 1), np.int64),
        body=np.zeros((battles, slots, rules.DP_WAIT + 1), np.float64),
        foe=np.zeros((battles, enemies, rules.LEAKED + 1), np.int64),
        foe_body=np.zeros((battles, enemies, rules.SLOWNESS + 1), np.float64),
        present=np.zeros((battles, enemies), np.int64),
    )


def start(world: World, stage: Stage, state: State, b: int, seed: int) -> None:
    """Begin battle `b` of a State afresh, whatever was played there before."""
    for table in state:
        table[b] = 0
    state.battle[b, rules.DP] = min(world.initial_cost, world.max_cost)
    state.battle[b, rules.LIFE] = world.max_life
    comes = np.array(chosen(stage.spawns, seed))
    state.battle[b, rules.TOTAL] = sum(spawn.counts for spawn, mine in zip(stage.spawns, comes, strict=True) if mine)
    if state.battle[b, rules.TOTAL] == 0:
        state.battle[b, rules.OUTCOME] = rules.WON
    state.battle[b, rules.CURRENT_CLOCK] = -world.fragment[0, rules.FRAGMENT_DELAY]
    state.standing[b] = -1
    state.unit[b, :, (rules.TILE, rules.TARGET)] = -1
    state.foe[b, :, (rules.BLOCKER, rules.AIM, rules.GONE_AT)] = -1
    state.foe[b, ~comes, rules.PHASE] = rules.GONE
    state.foe_body[b, :, rules.ROW : rules.COL + 1] = _starts(stage, seed)


def ticks(seconds: float) -> int:
    """A time in whole ticks."""
    return round(seconds * TICKS)


def standing_room(stage: Stage, squad: Sequence[Operator]) -> npt.NDArray[np.bool_]:
    """Where each operator may stand, bool[slots, tiles], whoever else stands there; nowhere where it may not come."""
    room = np.stack([(stage.melee if operator.melee else stage.ranged).ravel() for operator in squad])
    room[[is_forbidden(operator, stage.squad_rules) for operator in squad]] = False
    return room


def _reach(one: Operator, skill: bool) -> tuple[Offset, ...]:
    """An operator's range, with or without its skill."""
    if not skill or one.skill is None:
        return one.range
    return extended(one.skill.range or one.range, one.skill.reach)


def _ranges(squad: Sequence[Operator]) -> tuple[rules.Ints, rules.Ints]:
    """All ranges, without and with the skill: their sizes and their tiles."""
    reaches = [[_reach(one, skill) for one in squad] for skill in (False, True)]
    sizes = np.array([[len(offsets) for offsets in row] for row in reaches], np.int64)
    tiles = np.zeros((2, len(squad), sizes.max(), 2), np.int64)
    for mode, row in enumerate(reaches):
        for slot, offsets in enumerate(row):
            tiles[mode, slot, : len(offsets)] = offsets
    return sizes, tiles


def _stance(one: Operator, skill: bool) -> list[float]:
    """An operator's numbers by column of `World.op`, as it is or with its skill."""
    changed = (one.skill if skill else None) or NO_SKILL
    attack = one.attack * (1.0 + changed.attack) * changed.strength
    interval = one.attack_interval * one.attack_speed + changed.interval * ASPD
    interval /= min(max(one.attack_speed + changed.attack_speed, rules.SLOWEST), rules.FASTEST)
    return _row(
        {
            rules.MAX_HEALTH: one.max_health * (1.0 + changed.max_health),
            rules.ATTACK: attack,
            rules.DEFENSE: one.defense * (1.0 + changed.defense),
            rules.RESISTANCE: one.resistance + changed.resistance,
            rules.INTERVAL: max(interval * TICKS, 1.0),
            rules.DAMAGE: DAMAGES[changed.damage or one.damage],
            rules.BLOCK: 0 if one.lets_pass and not skill else max(one.block + changed.block, 0),
            rules.SPLASH: _or(changed.splash, one.splash),
            rules.TARGETS: _or(changed.targets, one.targets),
            rules.REGENERATION: (one.regeneration + changed.regeneration) * one.max_health / TICKS,
            rules.STUN: ticks(_or(changed.stun, one.stun)),
            rules.HITS: _or(changed.hits, one.hits),
            rules.STRIKES_ALL: one.attacks_blocked == "all",
            rules.BLOCKS: one.melee,
            rules.REACHES_AIR: not one.melee or one.reaches_air,
            rules.PREFERS_AIR: one.prefers_air,
            rules.FAR_STRENGTH: one.far_strength,
            rules.SLOW: _or(changed.slow, one.slow),
            rules.SLOW_TICKS: ticks(_or(changed.slow_time, one.slow_time)),
            rules.TAUNT: one.taunt + changed.taunt,
            rules.DP_TICKS: changed.dp_each * TICKS,
            rules.HOLDS_FIRE: changed.holds_fire if skill else one.holds_fire,
            rules.UNHEALABLE: one.unhealable,
            rules.HEALS_OTHERS: one.heals_others_only,
        }
    )


def _card(one: Operator) -> list[float]:
    """An operator's numbers by column of `World.card`; one without a skill has one that nothing ever fills."""
    skill = one.skill or NO_SKILL
    most = one.max_health * (1.0 + skill.max_health)
    return _row(
        {
            rules.COST: one.cost,
            rules.REDEPLOY: ticks(one.redeploy_time),
            rules.GAIN: GAINS[skill.gain] if one.skill else rules.BY_NOTHING,
            rules.BY_HAND: skill.by_hand,
            rules.SP_COST: skill.cost * TICKS,
            rules.SP_INITIAL: skill.initial * TICKS,
            rules.DURATION: ticks(skill.duration),
            rules.STRIKES: skill.strikes,
            rules.DP_GAIN: skill.dp,
            rules.HEAL_SELF: skill.heal_self * most,
            rules.WARD: skill.shield * most,
            rules.KILL_DP: one.dp_per_kill,
            rules.ELSEWHERE: skill.range is not None or skill.reach > 0,
            rules.TAKES: one.takes_slot,
        }
    )


def _enemy(stage: Stage, spawn: Spawn) -> list[float]:
    """The numbers of one enemy to come by column of `World.foe`."""
    kind = stage.enemies[spawn.enemy]
    return _row(
        {
            rules.MAX_HEALTH: kind.max_health,
            rules.ATTACK: kind.attack,
            rules.DEFENSE: kind.defense,
            rules.RESISTANCE: kind.resistance,
            rules.INTERVAL: kind.attack_interval * TICKS,
            rules.DAMAGE: DAMAGES[kind.damage],
            rules.BLOCK: kind.block,
            rules.SPLASH: kind.splash,
            rules.TARGETS: kind.targets,
            rules.REGENERATION: kind.regeneration / TICKS,
            rules.STUN: ticks(kind.stun),
            rules.STEP: kind.speed * stage.options.move_multiplier / TICKS,
            rules.RADIUS: kind.range + rules.BODY if kind.range > 0.0 else 0.0,
            rules.FLYING: kind.flying,
            rules.LIFE_COST: kind.life_cost,
            rules.COUNTS: spawn.counts,
            rules.HARMLESS: spawn.harmless,
            rules.HOLDS: spawn.holds_fragment,
            rules.HOLDS_WAVE: spawn.holds_wave,
            rules.HIDES: kind.hides,
            rules.UNBLOCKABLE: kind.unblockable,
            rules.STUN_IMMUNE: kind.stun_immune,
        }
    )


def _or(changed: float | None, own: float) -> float:
    """What a skill sets, or where it sets nothing what the operator has."""
    return own if changed is None else changed


def _row(numbers: Mapping[int, float]) -> list[float]:
    """Numbers by column as a row of a table; none may be missing."""
    return [float(numbers[column]) for column in range(len(numbers))]


def _coming(stage: Stage) -> rules.Ints:
    """The columns of `World.coming`; an enemy's offspring stands together."""
    rows = [[one.route, one.fragment, ticks(one.offset), one.parent, 0, 0] for one in stage.spawns]
    for child, one in enumerate(stage.spawns):
        if one.parent >= 0:
            siblings = rows[one.parent][rules.CHILDREN]
            rows[one.parent][rules.FIRST_CHILD :] = child - siblings, siblings + 1
    return np.array(rows, np.int64)


def _fragment(one: Fragment) -> tuple[int, int, int, int]:
    """A fragment's numbers by column of `World.fragment`."""
    return one.wave, ticks(one.delay), ticks(one.length), ticks(one.patience)


def _nodes(stage: Stage) -> rules.Floats:
    """The routes' nodes as one table, padded to the longest route."""
    table = np.zeros((len(stage.routes), max(len(route.nodes) for route in stage.routes if route), 5))
    for r, route in enumerate(stage.routes):
        for n, node in enumerate(route.nodes if route else ()):
            assert route is not None
            table[r, n] = node.kind, node.row, node.col, ticks(node.seconds), _rest(route, n)
    return table


def _rest(route: Route, start: int) -> float:
    """How many tiles a route still goes from its node `start` on; leaping from hiding to a place counts nothing."""
    places = [node for node in route.nodes[: start + 1] if node.kind in (MOVE, rules.APPEAR)]
    length, here = 0.0, places[-1] if places else Node(MOVE, route.row, route.col)
    for node in route.nodes[start + 1 :]:
        if node.kind == MOVE:
            length += _apart(here, node)
        if node.kind in (MOVE, rules.APPEAR):
            here = node
    return length


def _apart(one: Node, other: Node) -> float:
    """The distance between two nodes that have places."""
    return float(np.sqrt((one.row - other.row) ** 2 + (one.col - other.col) ** 2))


def _starts(stage: Stage, seed: int) -> rules.Floats:
    """Where each enemy of one battle appears, [E, 2]."""
    chance = np.random.default_rng(seed).uniform(-1.0, 1.0, (len(stage.spawns), 2))
    routes = [stage.routes[spawn.route] for spawn in stage.spawns]
    places = np.array([(route.row, route.col) for route in routes if route], np.float64)
    return places + chance * np.array([spawn.spread for spawn in stage.spawns], np.float64)
