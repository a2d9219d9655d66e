"""The rules of a battle: what happens in one tick of 1/30 s.

Plain loops over arrays, compiled by numba; `NUMBA_DISABLE_JIT=1` runs the same code as Python, with the same result to
the last bit. `World` holds what a stage and a squad fix, `State` what a battle changes; every array of `State` has the
battle as its first axis, and every function here plays battle `b` of it. Nothing is allocated in a tick.

Whatever times are counted in are ticks, except where a name says seconds; lengths are tiles; row 0 is the top row.
SP are counted in ticks as well: 1 SP is TICKS of them, so that a second's worth is one a tick.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

often = njit(cache=True, inline="always")
"""For what happens many times a tick: a call that is not inlined passes all arrays and counts references to them."""

TICKS = 30
"""Ticks a second."""

# Rules that public sources do not settle, each with what we take until somebody measures the real game.
SEARCH_TICKS = 3
"""Operators look for a new target every so many ticks (settled); enemies do so at the same ticks (unverified)."""
SHOOTING_PAUSE = 20
"""An enemy that shoots without being blocked stands still for so many ticks (unverified)."""
LEAST_DAMAGE = 0.05
"""Share of the attack that always comes through (settled)."""
REFUND = 0.5
"""Share of the price paid that a retreat gives back, rounded down (settled)."""
DEAREST = 99
"""No redeployment costs more (settled)."""
SECOND_PRICE, LATER_PRICE = 1.5, 2.0
"""Factor on the cost of the first redeployment and of those after it (settled); rounded down (unverified)."""
GAINS_WHILE_ACTIVE = False
"""Whether a skill that lasts gathers SP meanwhile (unverified)."""
SPLASH_HITS_AIR = True
"""Whether a splash reaches fliers beside a target on the ground, and the other way round (unverified)."""
MELEE_REACHES_AIR = False
"""Whether operators on the ground can strike fliers (settled: they cannot)."""

NEVER = 99999.0
"""A costIncreaseTime from here on means that DP do not come by themselves."""

ABSENT, PRESENT, GONE = range(3)
"""An enemy before it appears, on the field (hiding included), and after its death or leak."""
RUNNING, WON, LOST = range(3)
PHYSICAL, ARTS, HEAL = range(3)
BY_NOTHING, BY_SECOND, BY_ATTACK, BY_HIT, BY_DEPLOYMENT = range(5)
MOVE, WAIT, WAIT_FRAGMENT, WAIT_WAVE, WAIT_BATTLE, HIDE, APPEAR = range(7)
"""Kinds of a route's nodes, numbered as in game.stage."""


# Tables are cut into rows by what is in them, so that one row holds one number of everybody.
# `World.op[row, slot]` and `World.foe[row, enemy]` begin alike:
MAX_HEALTH, ATTACK, DEFENSE, RESISTANCE, INTERVAL, DAMAGE, BLOCK = range(7)
"""INTERVAL in ticks, DAMAGE one of the kinds below, BLOCK what an operator has of it and an enemy takes of it."""
COST, REDEPLOY, SPLASH, STRIKES_ALL, BLOCKS, REACHES_AIR, SKILL_GAIN, SKILL_BY_HAND, SKILL_COST = range(7, 16)
SKILL_INITIAL, SKILL_DURATION, SKILL_DP, SKILL_DP_TICKS, SKILL_ATTACK, SKILL_DEFENSE, SKILL_SPEED = range(16, 23)
SKILL_HEAL, SKILL_SHIELD, SKILL_STRENGTH, SKILL_HITS, SKILL_SPLASH, SKILL_HOLDS_FIRE, SKILL_STRIKES = range(23, 30)
PREFERS_AIR = 30
"""Rows of `World.op` alone, named like the fields of the table of operators."""
STEP, RADIUS, FLYING, LIFE_COST, COUNTS, HARMLESS, HOLDS = range(7, 14)
"""Rows of `World.foe` alone; STEP in tiles a tick, HOLDS says that its fragment waits for it."""
ROUTE, FRAGMENT, OFFSET = range(3)
"""Rows of `World.coming`; OFFSET in ticks after the fragment's start."""
FRAGMENT_WAVE, FRAGMENT_DELAY, FRAGMENT_LENGTH, FRAGMENT_PATIENCE = range(4)
NODE_KIND, NODE_ROW, NODE_COL, NODE_TICKS, NODE_REST = range(5)
"""Rows of `World.node`; NODE_REST is how many tiles the route goes on from there."""

CLOCK, OUTCOME, DP, DP_CLOCK, LIFE, COUNTER, LEAKS, DEPLOYED, DEPLOYMENTS = range(9)
CURRENT, CURRENT_CLOCK, SPAWNED, FIRST, ON_FIELD, HOLDING = range(9, 15)
"""Columns of `State.battle`. CURRENT is the fragment, CURRENT_CLOCK the ticks since its start (negative in its delay),
FIRST the first enemy that may still be on the field, HOLDING how many there are for whom their fragment waits."""
TILE, DIRECTION, READY_AT, PRICE, TIMES, ORDER, TARGET, BLOCKED, SP, ACTIVE = range(10)
"""Rows of `State.unit`. TILE -1 in the hand, READY_AT the clock at which the card can be used, TARGET -1 for none,
BLOCKED how much block is taken, ACTIVE the ticks for which the skill still lasts."""
PHASE, NODE, WAIT_UNTIL, PAUSE, BLOCKER, AIM, HIDDEN = range(7)
"""Rows of `State.foe`. BLOCKER and AIM are slots, -1 for none."""
HEALTH, COOLDOWN = range(2)
SHIELD, DP_WAIT = range(2, 4)
ROW, COL, REST = range(2, 5)
"""Rows of `State.body` (HEALTH to DP_WAIT) and of `State.foe_body` (HEALTH, COOLDOWN, ROW to REST: tiles to go)."""
WAVES, FRAGMENTS = range(2)
"""Rows of `State.started`."""


class World(NamedTuple):
    """What a stage and a squad fix. S slots, E enemies to come, R routes, N nodes, F fragments, T tiles."""

    width: int
    height: int
    character_limit: int
    max_cost: int
    max_life: int
    initial_cost: int
    cost_ticks: int
    """Ticks per DP; 0 for none."""
    total: int
    stands: Flags
    """[S, T] where each operator may stand."""
    op: Floats
    """[31, S]"""
    range_size: Ints
    """[S, 2] how many tiles the range has, without and with the skill's reach."""
    ranges: Ints
    """[S, 2, most, 2] row and column of those tiles, from an operator facing right."""
    foe: Floats
    """[14, E]"""
    coming: Ints
    """[3, E]"""
    fragment: Ints
    """[4, F]"""
    route_size: Ints
    """[R] how many nodes there are."""
    node: Floats
    """[5, R, N]"""


class State(NamedTuple):
    """What battles change. B battles, S slots, E enemies, T tiles, F fragments (there are never more waves)."""

    battle: Ints
    """[B, 15]"""
    started: Ints
    """[B, 2, F] the clock at which each wave and each fragment began."""
    standing: Ints
    """[B, T] the slot that stands on a tile, or -1."""
    covers: Flags
    """[B, S, T] the tiles an operator's range covers now."""
    unit: Ints
    """[B, 10, S]"""
    body: Floats
    """[B, 4, S]"""
    foe: Ints
    """[B, 7, E]"""
    foe_body: Floats
    """[B, 5, E]"""


@njit(cache=True)
def run(world: World, state: State, b: int, ticks: int) -> None:
    """Play battle `b` for so many ticks, or until it is decided."""
    for _ in range(ticks):
        if state.battle[b, OUTCOME] != RUNNING:
            return
        _tick(world, state, b)


@njit(cache=True)
def run_all(world: World, state: State, ticks: int) -> None:
    """Play all battles for so many ticks."""
    for b in range(state.battle.shape[0]):
        run(world, state, b, ticks)


@often
def _tick(world: World, state: State, b: int) -> None:
    """One tick: what comes, who aims at whom, who walks, who strikes, and whether that decides the battle."""
    _gain_dp(world, state, b)
    _advance_waves(world, state, b)
    if state.battle[b, CLOCK] % SEARCH_TICKS == 0:
        _search(world, state, b)
    for e in range(state.battle[b, FIRST], state.battle[b, SPAWNED]):
        if state.foe[b, PHASE, e] == PRESENT:
            _move_enemy(world, state, b, e)
            _enemy_strikes(world, state, b, e)
    for s in range(state.unit.shape[2]):
        if state.unit[b, TILE, s] >= 0:
            _operator_strikes(world, state, b, s)
    _gain_sp(world, state, b)
    while state.battle[b, FIRST] < state.battle[b, SPAWNED] and state.foe[b, PHASE, state.battle[b, FIRST]] == GONE:
        state.battle[b, FIRST] += 1
    state.battle[b, CLOCK] += 1
    _decide(world, state, b)


@often
def _decide(world: World, state: State, b: int) -> None:
    """No life left is failure, even with the last enemy; a full counter is victory."""
    if state.battle[b, LIFE] <= 0:
        state.battle[b, OUTCOME] = LOST
    elif state.battle[b, COUNTER] >= world.total:
        state.battle[b, OUTCOME] = WON


@often
def _add_dp(world: World, state: State, b: int, amount: int) -> None:
    """DP up to the stage's most."""
    state.battle[b, DP] = min(state.battle[b, DP] + amount, world.max_cost)


@often
def _gain_dp(world: World, state: State, b: int) -> None:
    """DP by themselves, one every costIncreaseTime."""
    if world.cost_ticks == 0:
        return
    state.battle[b, DP_CLOCK] += 1
    if state.battle[b, DP_CLOCK] >= world.cost_ticks:
        state.battle[b, DP_CLOCK] = 0
        _add_dp(world, state, b, 1)


# --- What comes -------------------------------------------------------------------------------------------------------


@njit(cache=True)
def _advance_waves(world: World, state: State, b: int) -> None:
    """Let enemies appear whose time it is, and go on to the next fragment when this one is done."""
    f = state.battle[b, CURRENT]
    if f >= world.fragment.shape[1]:
        return
    clock = state.battle[b, CURRENT_CLOCK]
    if clock == 0:
        _start_fragment(world, state, b, f)
    while state.battle[b, SPAWNED] < world.foe.shape[1] and _is_due(world, state, b, f, clock):
        _appear(world, state, b, state.battle[b, SPAWNED])
    state.battle[b, CURRENT_CLOCK] = clock + 1
    if (
        clock >= world.fragment[FRAGMENT_LENGTH, f]
        and state.battle[b, HOLDING] == 0
        and _may_follow(world, state, b, f)
    ):
        state.battle[b, CURRENT] = f + 1
        if f + 1 < world.fragment.shape[1]:
            # A tick has already gone since the fragment ended, hence the 1.
            state.battle[b, CURRENT_CLOCK] = min(1 - world.fragment[FRAGMENT_DELAY, f + 1], 0)


@njit(cache=True)
def _start_fragment(world: World, state: State, b: int, f: int) -> None:
    """Remember when a fragment, and with it perhaps a wave, began."""
    state.started[b, FRAGMENTS, f] = state.battle[b, CLOCK]
    wave = world.fragment[FRAGMENT_WAVE, f]
    if f == 0 or world.fragment[FRAGMENT_WAVE, f - 1] != wave:
        state.started[b, WAVES, wave] = state.battle[b, CLOCK]


@njit(cache=True)
def _is_due(world: World, state: State, b: int, f: int, clock: int) -> bool:
    """Whether the next enemy to come belongs here and now."""
    e = state.battle[b, SPAWNED]
    return bool(world.coming[FRAGMENT, e] == f and world.coming[OFFSET, e] <= clock)


@njit(cache=True)
def _may_follow(world: World, state: State, b: int, f: int) -> bool:
    """Within a wave fragments follow at once; a new wave waits for an empty field, as long as its patience lasts."""
    if f + 1 >= world.fragment.shape[1] or world.fragment[FRAGMENT_WAVE, f + 1] == world.fragment[FRAGMENT_WAVE, f]:
        return True
    patience = world.fragment[FRAGMENT_PATIENCE, f + 1]
    waited = state.battle[b, CURRENT_CLOCK] - world.fragment[FRAGMENT_LENGTH, f]
    return bool(state.battle[b, ON_FIELD] == 0 or 0 <= patience <= waited)


@njit(cache=True)
def _appear(world: World, state: State, b: int, e: int) -> None:
    """An enemy enters the field where `enemy_row` and `enemy_col` were prepared."""
    state.battle[b, SPAWNED] += 1
    state.foe[b, PHASE, e] = PRESENT
    state.foe_body[b, HEALTH, e] = world.foe[MAX_HEALTH, e]
    state.battle[b, ON_FIELD] += 1
    if world.foe[HOLDS, e]:
        state.battle[b, HOLDING] += 1
    _enter_node(world, state, b, e)


@njit(cache=True)
def _leave(world: World, state: State, b: int, e: int) -> None:
    """An enemy leaves the field, dead or leaked; the counter counts both."""
    _unblock(world, state, b, e)
    state.foe[b, PHASE, e] = GONE
    state.battle[b, ON_FIELD] -= 1
    if world.foe[HOLDS, e]:
        state.battle[b, HOLDING] -= 1
    if world.foe[COUNTS, e]:
        state.battle[b, COUNTER] += 1


# --- Who walks --------------------------------------------------------------------------------------------------------


@often
def _tile_of(world: World, state: State, b: int, e: int) -> int:
    """The tile whose centre is nearest to an enemy."""
    row = int(np.floor(state.foe_body[b, ROW, e] + 0.5))
    col = int(np.floor(state.foe_body[b, COL, e] + 0.5))
    row = min(max(row, 0), world.height - 1)
    col = min(max(col, 0), world.width - 1)
    return row * world.width + col


@often
def _move_enemy(world: World, state: State, b: int, e: int) -> None:
    """An enemy that is not blocked walks on, waits as its route says, or leaks."""
    if state.foe[b, BLOCKER, e] >= 0 or _gets_blocked(world, state, b, e):
        return
    if state.foe[b, PAUSE, e] > 0:
        state.foe[b, PAUSE, e] -= 1
        return
    left = world.foe[STEP, e]
    r = world.coming[ROUTE, e]
    while state.foe[b, PHASE, e] == PRESENT:
        n = state.foe[b, NODE, e]
        if world.node[NODE_KIND, r, n] != MOVE:
            if not _node_done(world, state, b, e):
                return
        else:
            left = _step_towards(state, b, e, world.node[NODE_ROW, r, n], world.node[NODE_COL, r, n], left)
            down, right = (
                world.node[NODE_ROW, r, n] - state.foe_body[b, ROW, e],
                world.node[NODE_COL, r, n] - state.foe_body[b, COL, e],
            )
            away = np.sqrt(down * down + right * right)
            state.foe_body[b, REST, e] = away + world.node[NODE_REST, r, n]
            if away > 0.0:
                return
        state.foe[b, NODE, e] = n + 1
        if n + 1 >= world.route_size[r]:
            _leak(world, state, b, e)
        else:
            _enter_node(world, state, b, e)


@often
def _step_towards(state: State, b: int, e: int, row: float, col: float, left: float) -> float:
    """Walk at most `left` tiles towards a point; says how much of that is left over."""
    down, right = row - state.foe_body[b, ROW, e], col - state.foe_body[b, COL, e]
    away = np.sqrt(down * down + right * right)
    if away <= left:
        state.foe_body[b, ROW, e], state.foe_body[b, COL, e] = row, col
        return float(left - away)
    state.foe_body[b, ROW, e] += down / away * left
    state.foe_body[b, COL, e] += right / away * left
    return 0.0


@njit(cache=True)
def _enter_node(world: World, state: State, b: int, e: int) -> None:
    """Begin what the route asks for next."""
    r, n = world.coming[ROUTE, e], state.foe[b, NODE, e]
    kind, ticks = world.node[NODE_KIND, r, n], world.node[NODE_TICKS, r, n]
    f = world.coming[FRAGMENT, e]
    if kind == WAIT:
        state.foe[b, WAIT_UNTIL, e] = state.battle[b, CLOCK] + ticks
    elif kind == WAIT_FRAGMENT:
        state.foe[b, WAIT_UNTIL, e] = state.started[b, FRAGMENTS, f] + ticks
    elif kind == WAIT_WAVE:
        state.foe[b, WAIT_UNTIL, e] = state.started[b, WAVES, world.fragment[FRAGMENT_WAVE, f]] + ticks
    elif kind == WAIT_BATTLE:
        state.foe[b, WAIT_UNTIL, e] = ticks
    elif kind == HIDE:
        state.foe[b, HIDDEN, e] = True
    elif kind == APPEAR:
        state.foe[b, HIDDEN, e] = False
        state.foe_body[b, ROW, e], state.foe_body[b, COL, e] = world.node[NODE_ROW, r, n], world.node[NODE_COL, r, n]
    else:
        down, right = (
            world.node[NODE_ROW, r, n] - state.foe_body[b, ROW, e],
            world.node[NODE_COL, r, n] - state.foe_body[b, COL, e],
        )
        state.foe_body[b, REST, e] = np.sqrt(down * down + right * right) + world.node[NODE_REST, r, n]


@njit(cache=True)
def _node_done(world: World, state: State, b: int, e: int) -> bool:
    """Whether a node that is no walk is over."""
    kind = world.node[NODE_KIND, world.coming[ROUTE, e], state.foe[b, NODE, e]]
    waits = kind in (WAIT, WAIT_FRAGMENT, WAIT_WAVE, WAIT_BATTLE)
    return bool(not waits or state.battle[b, CLOCK] >= state.foe[b, WAIT_UNTIL, e])


@njit(cache=True)
def _leak(world: World, state: State, b: int, e: int) -> None:
    """An enemy reaches the exit: it costs life, and the counter advances as well."""
    _leave(world, state, b, e)
    if not world.foe[HARMLESS, e]:
        state.battle[b, LEAKS] += 1
        state.battle[b, LIFE] = max(state.battle[b, LIFE] - world.foe[LIFE_COST, e], 0)


@often
def _gets_blocked(world: World, state: State, b: int, e: int) -> bool:
    """A walker on the tile of an operator that has block left stays there."""
    if world.foe[FLYING, e] or state.foe[b, HIDDEN, e]:
        return False
    s = state.standing[b, _tile_of(world, state, b, e)]
    if s < 0 or not world.op[BLOCKS, s] or state.unit[b, BLOCKED, s] + world.foe[BLOCK, e] > world.op[BLOCK, s]:
        return False
    state.unit[b, BLOCKED, s] += world.foe[BLOCK, e]
    state.foe[b, BLOCKER, e] = s
    state.foe[b, PAUSE, e] = 0
    return True


@often
def _unblock(world: World, state: State, b: int, e: int) -> None:
    """Free whatever block an enemy takes."""
    s = state.foe[b, BLOCKER, e]
    if s >= 0:
        state.unit[b, BLOCKED, s] -= world.foe[BLOCK, e]
        state.foe[b, BLOCKER, e] = -1


# --- Who aims at whom -------------------------------------------------------------------------------------------------


@njit(cache=True)
def _search(world: World, state: State, b: int) -> None:
    """Everybody on the field chooses a target."""
    for s in range(state.unit.shape[2]):
        if state.unit[b, TILE, s] >= 0 and world.op[DAMAGE, s] != HEAL:
            state.unit[b, TARGET, s] = _find_enemy(world, state, b, s)
    for e in range(state.battle[b, FIRST], state.battle[b, SPAWNED]):
        if state.foe[b, PHASE, e] == PRESENT:
            state.foe[b, AIM, e] = _find_operator(world, state, b, e)


@njit(cache=True)
def _find_enemy(world: World, state: State, b: int, s: int) -> int:
    """The enemy an operator blocks, else the one in its range that is nearest the exit; -1 for none."""
    best, best_claim, best_rest = -1, 0, np.inf
    for e in range(state.battle[b, FIRST], state.battle[b, SPAWNED]):
        claim = _claim(world, state, b, s, e)
        rest = state.foe_body[b, REST, e]
        if claim > best_claim or (claim == best_claim and claim > 0 and rest < best_rest):
            best, best_claim, best_rest = e, claim, rest
    return best


@often
def _claim(world: World, state: State, b: int, s: int, e: int) -> int:
    """What an enemy is to an operator: 0 no target, 1 one of those in range, 2 a flier it prefers, 3 held by itself."""
    if state.foe[b, PHASE, e] != PRESENT or state.foe[b, HIDDEN, e]:
        return 0
    if state.foe[b, BLOCKER, e] == s:
        return 3
    flying = world.foe[FLYING, e] > 0.0
    if (flying and not world.op[REACHES_AIR, s]) or not state.covers[b, s, _tile_of(world, state, b, e)]:
        return 0
    return 2 if flying and world.op[PREFERS_AIR, s] > 0.0 else 1


@njit(cache=True)
def _find_operator(world: World, state: State, b: int, e: int) -> int:
    """The operator that blocks an enemy, else the last deployed one that it can shoot; -1 for none."""
    if state.foe[b, BLOCKER, e] >= 0:
        return int(state.foe[b, BLOCKER, e])
    best, latest = -1, -1
    if world.foe[RADIUS, e] <= 0.0 or state.foe[b, HIDDEN, e]:
        return best
    for s in range(state.unit.shape[2]):
        if state.unit[b, TILE, s] >= 0 and state.unit[b, ORDER, s] > latest:
            down = state.unit[b, TILE, s] // world.width - state.foe_body[b, ROW, e]
            right = state.unit[b, TILE, s] % world.width - state.foe_body[b, COL, e]
            if down * down + right * right <= world.foe[RADIUS, e] * world.foe[RADIUS, e]:
                best, latest = s, state.unit[b, ORDER, s]
    return best


# --- Who strikes ------------------------------------------------------------------------------------------------------


@often
def _damage(attack: float, defense: float, resistance: float, arts: bool) -> float:
    """What comes through of an attack."""
    through = attack * (1.0 - resistance / 100.0) if arts else attack - defense
    return max(through, attack * LEAST_DAMAGE)


@often
def _enemy_strikes(world: World, state: State, b: int, e: int) -> None:
    """An enemy attacks whoever it aims at, when its interval is over."""
    if state.foe[b, PHASE, e] != PRESENT or world.foe[ATTACK, e] <= 0.0:
        return
    if state.foe_body[b, COOLDOWN, e] > 0.0:
        state.foe_body[b, COOLDOWN, e] -= 1.0
    s = state.foe[b, BLOCKER, e] if state.foe[b, BLOCKER, e] >= 0 else state.foe[b, AIM, e]
    if s < 0 or state.unit[b, TILE, s] < 0 or state.foe_body[b, COOLDOWN, e] > 0.0:
        return
    state.foe_body[b, COOLDOWN, e] += world.foe[INTERVAL, e]
    if state.foe[b, BLOCKER, e] < 0:
        state.foe[b, PAUSE, e] = SHOOTING_PAUSE
    _hurt_operator(world, state, b, s, world.foe[ATTACK, e], world.foe[DAMAGE, e])


@njit(cache=True)
def _hurt_operator(world: World, state: State, b: int, s: int, attack: float, arts: bool) -> None:
    """An operator is hit: its shield takes what it can, then its health; a hit may give SP."""
    defense = world.op[DEFENSE, s]
    if state.unit[b, ACTIVE, s] > 0:
        defense = defense * (1.0 + world.op[SKILL_DEFENSE, s])
    hurt = _damage(attack, defense, world.op[RESISTANCE, s], arts)
    warded = min(hurt, state.body[b, SHIELD, s])
    state.body[b, SHIELD, s] -= warded
    state.body[b, HEALTH, s] -= hurt - warded
    if world.op[SKILL_GAIN, s] == BY_HIT:
        _charge(world, state, b, s, TICKS)
    if state.body[b, HEALTH, s] <= 0.0:
        remove(world, state, b, s)


@often
def _operator_strikes(world: World, state: State, b: int, s: int) -> None:
    """An operator attacks or heals, when its interval is over and it has somebody to."""
    if state.body[b, COOLDOWN, s] > 0.0:
        state.body[b, COOLDOWN, s] -= 1.0
    active = state.unit[b, ACTIVE, s] > 0
    if state.body[b, COOLDOWN, s] > 0.0 or (active and world.op[SKILL_HOLDS_FIRE, s]):
        return
    attack = world.op[ATTACK, s] * (1.0 + world.op[SKILL_ATTACK, s]) if active else world.op[ATTACK, s]
    struck = _heal(world, state, b, s, attack) if world.op[DAMAGE, s] == HEAL else _attack(world, state, b, s, attack)
    if struck:
        speed = 100.0 + world.op[SKILL_SPEED, s] if active else 100.0
        state.body[b, COOLDOWN, s] += world.op[INTERVAL, s] * 100.0 / speed


@njit(cache=True)
def _heal(world: World, state: State, b: int, s: int, amount: float) -> bool:
    """Heal the one in range with the lowest fraction of its health; nobody who is in full health."""
    worst, lowest = -1, 1.0
    for ally in range(state.unit.shape[2]):
        tile = state.unit[b, TILE, ally]
        if tile >= 0 and state.covers[b, s, tile]:
            fraction = state.body[b, HEALTH, ally] / world.op[MAX_HEALTH, ally]
            if fraction < lowest:
                worst, lowest = ally, fraction
    if worst < 0:
        return False
    state.body[b, HEALTH, worst] = min(state.body[b, HEALTH, worst] + amount, world.op[MAX_HEALTH, worst])
    if world.op[SKILL_GAIN, s] == BY_ATTACK:
        _charge(world, state, b, s, TICKS)
    return True


@njit(cache=True)
def _attack(world: World, state: State, b: int, s: int, attack: float) -> bool:
    """Strike the target, or all blocked enemies; a full skill that strikes is spent on it."""
    target = state.unit[b, TARGET, s]
    if target < 0 or state.foe[b, PHASE, target] != PRESENT:
        return False
    hits = 1
    if (
        world.op[SKILL_STRIKES, s]
        and state.unit[b, SP, s] >= world.op[SKILL_COST, s]
        and not world.op[SKILL_BY_HAND, s]
    ):
        attack, hits = attack * world.op[SKILL_STRENGTH, s], world.op[SKILL_HITS, s]
        state.unit[b, SP, s] = 0
    elif world.op[SKILL_GAIN, s] == BY_ATTACK:
        _charge(world, state, b, s, TICKS)
    if world.op[STRIKES_ALL, s] and state.foe[b, BLOCKER, target] == s:
        for e in range(state.battle[b, FIRST], state.battle[b, SPAWNED]):
            if state.foe[b, PHASE, e] == PRESENT and state.foe[b, BLOCKER, e] == s:
                _hit(world, state, b, s, e, attack, hits)
    else:
        _hit(world, state, b, s, target, attack, hits)
    return True


@njit(cache=True)
def _hit(world: World, state: State, b: int, s: int, target: int, attack: float, hits: int) -> None:
    """Hit a target, and with splash everybody around it."""
    radius = world.op[SPLASH, s]
    if radius <= 0.0:
        _hurt_enemy(world, state, b, s, target, attack, hits)
        return
    if state.unit[b, ACTIVE, s] > 0:
        radius = radius * world.op[SKILL_SPLASH, s]
    row, col = state.foe_body[b, ROW, target], state.foe_body[b, COL, target]
    for e in range(state.battle[b, FIRST], state.battle[b, SPAWNED]):
        if state.foe[b, PHASE, e] != PRESENT or state.foe[b, HIDDEN, e]:
            continue
        if not SPLASH_HITS_AIR and world.foe[FLYING, e] != world.foe[FLYING, target]:
            continue
        down, right = state.foe_body[b, ROW, e] - row, state.foe_body[b, COL, e] - col
        if down * down + right * right <= radius * radius:
            _hurt_enemy(world, state, b, s, e, attack, hits)


@njit(cache=True)
def _hurt_enemy(world: World, state: State, b: int, s: int, e: int, attack: float, hits: int) -> None:
    """So many hits of one attack on one enemy."""
    hurt = _damage(attack, world.foe[DEFENSE, e], world.foe[RESISTANCE, e], world.op[DAMAGE, s] == ARTS)
    state.foe_body[b, HEALTH, e] -= hurt * hits
    if state.foe_body[b, HEALTH, e] <= 0.0:
        _leave(world, state, b, e)


# --- Skills -----------------------------------------------------------------------------------------------------------


@often
def _charge(world: World, state: State, b: int, s: int, amount: int) -> None:
    """SP up to the skill's cost."""
    if GAINS_WHILE_ACTIVE or state.unit[b, ACTIVE, s] == 0:
        state.unit[b, SP, s] = min(state.unit[b, SP, s] + amount, world.op[SKILL_COST, s])


@often
def _gain_sp(world: World, state: State, b: int) -> None:
    """A tick of every skill on the field: it lasts, or it gathers SP and perhaps triggers itself."""
    for s in range(state.unit.shape[2]):
        if state.unit[b, TILE, s] < 0:
            continue
        if state.unit[b, ACTIVE, s] > 0:
            _last(world, state, b, s)
        if world.op[SKILL_GAIN, s] == BY_SECOND:
            _charge(world, state, b, s, 1)
        if not world.op[SKILL_BY_HAND, s] and not world.op[SKILL_STRIKES, s] and skill_ready(world, state, b, s):
            _activate(world, state, b, s)


@njit(cache=True)
def _last(world: World, state: State, b: int, s: int) -> None:
    """A tick of a skill that is active: DP come one by one, the shield fades."""
    state.body[b, SHIELD, s] = max(state.body[b, SHIELD, s] - _fading(world, s), 0.0)
    if world.op[SKILL_DP_TICKS, s] > 0.0:
        state.body[b, DP_WAIT, s] += 1.0
        if state.body[b, DP_WAIT, s] >= world.op[SKILL_DP_TICKS, s]:
            state.body[b, DP_WAIT, s] -= world.op[SKILL_DP_TICKS, s]
            _add_dp(world, state, b, 1)
    state.unit[b, ACTIVE, s] -= 1
    if state.unit[b, ACTIVE, s] == 0:
        state.body[b, SHIELD, s] = 0.0
        _cover(world, state, b, s, 0)


@often
def _fading(world: World, s: int) -> float:
    """How much of a shield a tick takes, so that it ends with the skill."""
    return float(world.op[MAX_HEALTH, s] * world.op[SKILL_SHIELD, s] / max(world.op[SKILL_DURATION, s], 1.0))


@often
def skill_ready(world: World, state: State, b: int, s: int) -> bool:
    """Whether an operator on the field has its skill full and not running already."""
    gains = world.op[SKILL_GAIN, s] in (BY_SECOND, BY_ATTACK, BY_HIT)
    full = gains and state.unit[b, SP, s] >= world.op[SKILL_COST, s]
    return bool(full and state.unit[b, TILE, s] >= 0 and state.unit[b, ACTIVE, s] == 0)


@njit(cache=True)
def _activate(world: World, state: State, b: int, s: int) -> None:
    """The skill begins: what happens at once happens, what lasts starts to."""
    state.unit[b, SP, s] = 0
    state.unit[b, ACTIVE, s] = world.op[SKILL_DURATION, s]
    state.body[b, DP_WAIT, s] = 0.0
    _add_dp(world, state, b, world.op[SKILL_DP, s])
    healed = state.body[b, HEALTH, s] + world.op[MAX_HEALTH, s] * world.op[SKILL_HEAL, s]
    state.body[b, HEALTH, s] = min(healed, world.op[MAX_HEALTH, s])
    state.body[b, SHIELD, s] = world.op[MAX_HEALTH, s] * world.op[SKILL_SHIELD, s]
    if state.unit[b, ACTIVE, s] > 0:
        _cover(world, state, b, s, 1)


# --- What the player does ---------------------------------------------------------------------------------------------


@njit(cache=True)
def _cover(world: World, state: State, b: int, s: int, reach: int) -> None:
    """Write the tiles that an operator's range covers, without (0) or with (1) its skill's reach."""
    row, col = state.unit[b, TILE, s] // world.width, state.unit[b, TILE, s] % world.width
    direction = state.unit[b, DIRECTION, s]
    for tile in range(state.covers.shape[2]):
        state.covers[b, s, tile] = False
    for i in range(world.range_size[s, reach]):
        down, right = world.ranges[s, reach, i, 0], world.ranges[s, reach, i, 1]
        # The table faces right; a quarter turn clockwise makes (down, right) into (right, -down).
        for _ in range(direction):
            down, right = right, -down
        if 0 <= row + down < world.height and 0 <= col + right < world.width:
            state.covers[b, s, (row + down) * world.width + col + right] = True


@njit(cache=True)
def cost_now(world: World, state: State, b: int, s: int) -> int:
    """What a card costs: the first redeployment half as much again, later ones double, never over 99."""
    if state.unit[b, TIMES, s] == 0:
        return int(world.op[COST, s])
    factor = SECOND_PRICE if state.unit[b, TIMES, s] == 1 else LATER_PRICE
    return int(min(np.floor(world.op[COST, s] * factor), DEAREST))


@njit(cache=True)
def can_deploy(world: World, state: State, b: int, s: int, tile: int) -> bool:
    """Whether the card can be played on this tile now."""
    if (
        state.battle[b, OUTCOME] != RUNNING
        or state.unit[b, TILE, s] >= 0
        or state.unit[b, READY_AT, s] > state.battle[b, CLOCK]
    ):
        return False
    if state.battle[b, DEPLOYED] >= world.character_limit or state.battle[b, DP] < cost_now(world, state, b, s):
        return False
    return bool(world.stands[s, tile] and state.standing[b, tile] < 0)


@njit(cache=True)
def deploy(world: World, state: State, b: int, s: int, tile: int, direction: int) -> None:
    """Put an operator on the field. It must be allowed."""
    state.unit[b, PRICE, s] = cost_now(world, state, b, s)
    state.battle[b, DP] -= state.unit[b, PRICE, s]
    state.unit[b, TIMES, s] += 1
    state.battle[b, DEPLOYMENTS] += 1
    state.battle[b, DEPLOYED] += 1
    state.unit[b, ORDER, s] = state.battle[b, DEPLOYMENTS]
    state.unit[b, TILE, s], state.unit[b, DIRECTION, s] = tile, direction
    state.standing[b, tile] = s
    state.body[b, HEALTH, s], state.body[b, SHIELD, s] = world.op[MAX_HEALTH, s], 0.0
    state.body[b, COOLDOWN, s] = 0.0
    state.unit[b, TARGET, s] = -1
    state.unit[b, BLOCKED, s] = 0
    state.unit[b, ACTIVE, s] = 0
    state.unit[b, SP, s] = min(world.op[SKILL_INITIAL, s], world.op[SKILL_COST, s])
    _cover(world, state, b, s, 0)
    if world.op[SKILL_GAIN, s] == BY_DEPLOYMENT:
        _activate(world, state, b, s)


@njit(cache=True)
def can_use_skill(world: World, state: State, b: int, s: int) -> bool:
    """Whether the skill waits for a hand now."""
    return bool(state.battle[b, OUTCOME] == RUNNING and world.op[SKILL_BY_HAND, s] and skill_ready(world, state, b, s))


@njit(cache=True)
def use_skill(world: World, state: State, b: int, s: int) -> None:
    """Trigger a skill. It must be allowed."""
    _activate(world, state, b, s)


@njit(cache=True)
def can_retreat(state: State, b: int, s: int) -> bool:
    """Whether an operator is there to be called back."""
    return bool(state.battle[b, OUTCOME] == RUNNING and state.unit[b, TILE, s] >= 0)


@njit(cache=True)
def retreat(world: World, state: State, b: int, s: int) -> None:
    """Call an operator back for half of what it cost. It must be allowed."""
    remove(world, state, b, s)
    _add_dp(world, state, b, int(np.floor(state.unit[b, PRICE, s] * REFUND)))


@njit(cache=True)
def remove(world: World, state: State, b: int, s: int) -> None:
    """An operator leaves the field, dead or called back; its redeploy time begins, and whom it blocked walks on."""
    for e in range(state.battle[b, FIRST], state.battle[b, SPAWNED]):
        if state.foe[b, BLOCKER, e] == s:
            _unblock(world, state, b, e)
    state.standing[b, state.unit[b, TILE, s]] = -1
    state.unit[b, TILE, s] = -1
    state.battle[b, DEPLOYED] -= 1
    state.unit[b, ACTIVE, s] = 0
    state.body[b, SHIELD, s] = 0.0
    state.unit[b, READY_AT, s] = state.battle[b, CLOCK] + world.op[REDEPLOY, s]
