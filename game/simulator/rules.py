"""The rules of a battle: what happens in one tick of 1/30 s.

Plain loops over arrays, compiled by numba; `NUMBA_DISABLE_JIT=1` runs the same code as Python, with the same result to
the last bit. `World` holds what a stage and a squad fix, `State` what battles change: the battle is the first axis of
all its arrays. `field_of` cuts one battle out of it, a `Field`, and everything below plays on that. Nothing is
allocated in a tick.

Whatever times are counted in are ticks, except where a name says seconds; lengths are tiles; row 0 is the top row.
SP are counted in ticks as well: 1 SP is TICKS of them, so that a second's worth is one a tick. Where the rules come
from, and how sure we are of each, stands in docs/rules.md.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from game.simulator.compiling import compiled, often

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

TICKS = 30
"""Ticks a second."""

# Rules that public sources do not settle, each with what we take until somebody measures the real game.
SEARCH_TICKS = 3
"""Operators look for a new target, and for somebody to hold, every so many ticks (settled); enemies look at the same
ticks (unverified)."""
SHOOTING_PAUSE = 20
"""An enemy that shoots without being blocked stands still for so many ticks (unverified)."""
ENEMY_WIND_UP = 15
"""Ticks from an idle enemy's first sight of an operator to its blow (that there are some is settled, how many is not:
as many as operators need). A shooter stands still meanwhile."""
HOLD = 0.5
"""Square of the distance in tiles within which an operator holds enemies (settled)."""
BODY = 0.25
"""Tiles by which an operator's body comes nearer to what an enemy's range reaches (read)."""
SLOWEST, FASTEST = 20.0, 600.0
"""Points of attack speed, whatever adds to them or takes from them (read)."""
DEPLOYMENT = 45
"""Ticks from an operator's deployment to its first blow, at the earliest (measured once: 1.2 to 2.3 s)."""
WIND_UP = 15
"""Ticks from an idle operator's first sight of an enemy to its blow (measured once: 0.4 to 0.6 s). Between blows that
follow one another there is nothing but the attack interval (measured)."""
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
HEALS_LOWEST_FRACTION = True
"""Whether a heal goes to the lowest fraction of health, or else to the fewest health points (unverified)."""
SPLIT_PAUSE = 8
"""Ticks between the first steps of enemies that one enemy falls into (unverified)."""

NOBODY = -1
"""So much block is none at all, not even for those who take none."""
NEVER = 99999.0
"""A costIncreaseTime from here on means that DP do not come by themselves."""

ABSENT, PRESENT, GONE = range(3)
"""An enemy before it appears, on the field (hiding included), and after its death or leak."""
RUNNING, WON, LOST = range(3)
PHYSICAL, ARTS, TRUE, HEAL = range(4)
BY_NOTHING, BY_SECOND, BY_ATTACK, BY_HIT, BY_DEPLOYMENT = range(5)
MOVE, WAIT, WAIT_FRAGMENT, WAIT_WAVE, WAIT_BATTLE, HIDE, APPEAR = range(7)
"""Kinds of a route's nodes, numbered as in game.levels.stage."""

# Every table has a row for each operator or enemy, and its columns are named here. Enemies and operators begin alike.
MAX_HEALTH, ATTACK, DEFENSE, RESISTANCE, INTERVAL, DAMAGE, BLOCK, SPLASH, TARGETS, REGENERATION, STUN = range(11)
"""INTERVAL and STUN in ticks, DAMAGE one of the kinds above, BLOCK what an operator has of it and an enemy takes of it,
TARGETS how many one attack strikes (0 for all), REGENERATION in health points a tick."""
HITS, STRIKES_ALL, BLOCKS, REACHES_AIR, PREFERS_AIR, FAR_STRENGTH, SLOW, SLOW_TICKS, TAUNT, DP_TICKS = range(11, 21)
HOLDS_FIRE, UNHEALABLE, HEALS_OTHERS = range(21, 24)
"""Columns of `World.op` alone, which holds everything twice: as it is, and with the skill."""
COST, REDEPLOY, GAIN, BY_HAND, SP_COST, SP_INITIAL, DURATION, STRIKES, DP_GAIN, HEAL_SELF, WARD, KILL_DP = range(12)
ELSEWHERE, TAKES = range(12, 14)
"""Columns of `World.card`: what does not depend on whether the skill is active. HEAL_SELF and WARD in health points.
STRIKES says that the skill is one attack; by hand it is made at once, else it is the next one. ELSEWHERE says that this
attack has a range of its own, TAKES that the operator counts against the limit of those on the field."""
STEP, RADIUS, FLYING, LIFE_COST, COUNTS, HARMLESS, HOLDS, HOLDS_WAVE, HIDES, UNBLOCKABLE, STUN_IMMUNE = range(11, 22)
"""Columns of `World.foe` alone; STEP in tiles a tick, HOLDS says that its fragment waits for it, HOLDS_WAVE the next
wave."""
ROUTE, FRAGMENT, OFFSET, PARENT, FIRST_CHILD, CHILDREN = range(6)
"""Columns of `World.coming`; OFFSET in ticks after the fragment's start."""
FRAGMENT_WAVE, FRAGMENT_DELAY, FRAGMENT_LENGTH, FRAGMENT_PATIENCE = range(4)
NODE_KIND, NODE_ROW, NODE_COL, NODE_TICKS, NODE_REST = range(5)
"""Columns of `World.node`; NODE_REST is how many tiles the route goes on from there."""

CLOCK, OUTCOME, DP, DP_CLOCK, LIFE, COUNTER, TOTAL, LEAKS, DEPLOYED, DEPLOYMENTS = range(10)
CURRENT, CURRENT_CLOCK, SPAWNED, ON_FIELD, HOLDING, LISTED, STALE, TAKEN = range(10, 18)
"""Columns of `State.battle`. LEAKS counts those that cost life, DEPLOYED who is on the field, TAKEN how many of these
count against the limit. CURRENT is the fragment, CURRENT_CLOCK the ticks since its start (negative in its delay),
ON_FIELD how many enemies there are for whom the next wave waits, HOLDING for whom their fragment waits, LISTED how many
`State.present` names, STALE whether some of these are gone already."""
TILE, DIRECTION, READY_AT, PRICE, TIMES, ORDER, TARGET, BLOCKED, SP, ACTIVE, STUNNED = range(11)
"""Columns of `State.unit`. TILE -1 in the hand, READY_AT the clock at which the card can be used, TARGET -1 for none,
BLOCKED how much block is taken, ACTIVE the ticks for which the skill still lasts, STUNNED until which clock."""
PHASE, NODE, WAIT_UNTIL, PAUSED, BLOCKER, AIM, HIDDEN, PLACE, FOE_STUNNED, SLOWED, GONE_AT, LEAKED = range(12)
"""Columns of `State.foe`. BLOCKER and AIM are slots, -1 for none; PLACE the tile it is on; PAUSED, FOE_STUNNED and
SLOWED last until that clock; GONE_AT is -1 for whoever has not left the field, or never comes."""
HEALTH, NEXT, ROW, COL = range(4)
SHIELD, DP_WAIT = range(4, 6)
REST, AWAY, DOWN, RIGHT, SLOWNESS = range(4, 9)
"""Columns of `State.body` (HEALTH to DP_WAIT) and of `State.foe_body` (HEALTH to COL, REST to SLOWNESS). NEXT is the
clock at which it can attack again, REST the tiles to its exit, AWAY those to its next node, which lies DOWN and RIGHT.
"""
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
    time_limit: int
    """Ticks after which the battle is lost; 0 for never."""
    comers: int
    """How many of the enemies come by themselves; the others split off from them."""
    stands: Flags
    """[S, T] where each operator may stand"""
    op: Floats
    """[2, S, 24] without and with the skill"""
    card: Floats
    """[S, 14]"""
    range_size: Ints
    """[2, S]"""
    ranges: Ints
    """[2, S, offsets, 2] (down, right) from an operator facing right"""
    foe: Floats
    """[E, 22]"""
    coming: Ints
    """[E, 6]"""
    fragment: Ints
    """[F, 4]"""
    route_size: Ints
    """[R]"""
    node: Floats
    """[R, N, 5]"""


class State(NamedTuple):
    """What battles change. B battles; the other letters as in World."""

    battle: Ints
    """[B, 18]"""
    started: Ints
    """[B, 2, F] the clock at which each wave and each fragment began"""
    standing: Ints
    """[B, T] the slot that stands on a tile, -1 for none"""
    covers: Flags
    """[B, S, T] the tiles that an operator's range covers now"""
    unit: Ints
    """[B, S, 11]"""
    body: Floats
    """[B, S, 6]"""
    foe: Ints
    """[B, E, 12]"""
    foe_body: Floats
    """[B, E, 9]"""
    present: Ints
    """[B, E] the enemies on the field, in the order in which they appeared"""


class Field(NamedTuple):
    """One battle of a State: the same arrays without their first axis."""

    battle: Ints
    started: Ints
    standing: Ints
    covers: Flags
    unit: Ints
    body: Floats
    foe: Ints
    foe_body: Floats
    present: Ints


def field_of(state: State, b: int) -> Field:
    """Battle `b` of a State; what is done to it is done there."""
    return Field(*(table[b] for table in state))


@often
def field_within(state: State, b: int) -> Field:
    """`field_of` for compiled code, which knows no loop over a tuple of different arrays."""
    return Field(
        state.battle[b],
        state.started[b],
        state.standing[b],
        state.covers[b],
        state.unit[b],
        state.body[b],
        state.foe[b],
        state.foe_body[b],
        state.present[b],
    )


@compiled
def run(world: World, state: State, b: int, ticks: int) -> None:
    """Play battle `b` for so many ticks, or until it is decided."""
    field = field_within(state, b)
    for _ in range(ticks):
        if field.battle[OUTCOME] != RUNNING:
            return
        _tick(world, field)


@compiled
def run_all(world: World, state: State, ticks: int) -> None:
    """Play all battles for so many ticks."""
    for b in range(state.battle.shape[0]):
        run(world, state, b, ticks)


@often
def _tick(world: World, field: Field) -> None:
    """One tick: what comes, who aims at whom, who walks, who strikes, and whether that decides the battle."""
    _gain_dp(world, field)
    _advance_waves(world, field)
    clock = field.battle[CLOCK]
    if clock % SEARCH_TICKS == 0:
        _search(world, field, clock)
    for k in range(field.battle[LISTED]):
        e = field.present[k]
        if field.foe[e, PHASE] == PRESENT and field.foe[e, FOE_STUNNED] <= clock:
            _move(world, field, e, clock)
            if world.foe[e, ATTACK] > 0.0 and field.foe_body[e, NEXT] <= clock:
                _enemy_strikes(world, field, e, clock)
        if world.foe[e, REGENERATION] > 0.0 and field.foe[e, PHASE] == PRESENT:
            healed = field.foe_body[e, HEALTH] + world.foe[e, REGENERATION]
            field.foe_body[e, HEALTH] = min(healed, world.foe[e, MAX_HEALTH])
    for s in range(field.unit.shape[0]):
        if field.unit[s, TILE] >= 0:
            if field.body[s, NEXT] <= clock and field.unit[s, STUNNED] <= clock:
                _operator_strikes(world, field, s, clock)
            _live(world, field, s)
    if field.battle[STALE]:
        _forget_the_gone(field)
    field.battle[CLOCK] = clock + 1
    _decide(world, field)


@often
def _decide(world: World, field: Field) -> None:
    """No life left is failure, even with the last enemy; a full counter is victory; no time left is failure."""
    if field.battle[LIFE] <= 0:
        field.battle[OUTCOME] = LOST
    elif field.battle[COUNTER] >= field.battle[TOTAL]:
        field.battle[OUTCOME] = WON
    elif 0 < world.time_limit <= field.battle[CLOCK]:
        field.battle[OUTCOME] = LOST


@often
def _add_dp(world: World, field: Field, amount: int) -> None:
    """DP up to the stage's most."""
    field.battle[DP] = min(field.battle[DP] + amount, world.max_cost)


@often
def _gain_dp(world: World, field: Field) -> None:
    """DP by themselves, one every costIncreaseTime."""
    if world.cost_ticks == 0:
        return
    field.battle[DP_CLOCK] += 1
    if field.battle[DP_CLOCK] >= world.cost_ticks:
        field.battle[DP_CLOCK] = 0
        _add_dp(world, field, 1)


# --- What comes -------------------------------------------------------------------------------------------------------


@often
def _advance_waves(world: World, field: Field) -> None:
    """Let enemies appear whose time it is, and go on to the next fragment when this one is done."""
    f = field.battle[CURRENT]
    if f >= world.fragment.shape[0]:
        return
    clock = field.battle[CURRENT_CLOCK]
    if clock == 0:
        _start_fragment(world, field, f)
    while field.battle[SPAWNED] < world.comers and _is_due(world, field, f, clock):
        _come(world, field, field.battle[SPAWNED])
    field.battle[CURRENT_CLOCK] = clock + 1
    if clock >= world.fragment[f, FRAGMENT_LENGTH] and field.battle[HOLDING] == 0 and _may_follow(world, field, f):
        field.battle[CURRENT] = f + 1
        if f + 1 < world.fragment.shape[0]:
            # A tick has already gone since the fragment ended, hence the 1.
            field.battle[CURRENT_CLOCK] = min(1 - world.fragment[f + 1, FRAGMENT_DELAY], 0)


@compiled
def _start_fragment(world: World, field: Field, f: int) -> None:
    """Remember when a fragment, and with it perhaps a wave, began."""
    field.started[FRAGMENTS, f] = field.battle[CLOCK]
    wave = world.fragment[f, FRAGMENT_WAVE]
    if f == 0 or world.fragment[f - 1, FRAGMENT_WAVE] != wave:
        field.started[WAVES, wave] = field.battle[CLOCK]


@often
def _is_due(world: World, field: Field, f: int, clock: int) -> bool:
    """Whether the next enemy to come belongs here and now."""
    e = field.battle[SPAWNED]
    return bool(world.coming[e, FRAGMENT] == f and world.coming[e, OFFSET] <= clock)


@often
def _may_follow(world: World, field: Field, f: int) -> bool:
    """Within a wave fragments follow at once; a new wave waits for an empty field, as long as its patience lasts."""
    if f + 1 >= world.fragment.shape[0] or world.fragment[f + 1, FRAGMENT_WAVE] == world.fragment[f, FRAGMENT_WAVE]:
        return True
    patience = world.fragment[f + 1, FRAGMENT_PATIENCE]
    waited = field.battle[CURRENT_CLOCK] - world.fragment[f, FRAGMENT_LENGTH]
    return bool(field.battle[ON_FIELD] == 0 or 0 <= patience <= waited)


@compiled
def _come(world: World, field: Field, e: int) -> None:
    """The next enemy comes, unless the seed has left it out of this battle."""
    field.battle[SPAWNED] += 1
    if field.foe[e, PHASE] == ABSENT:
        _appear(world, field, e)
        _enter_node(world, field, e)


@compiled
def _appear(world: World, field: Field, e: int) -> None:
    """An enemy enters the field where its place was prepared."""
    field.foe[e, PHASE] = PRESENT
    field.foe_body[e, HEALTH] = world.foe[e, MAX_HEALTH]
    field.foe[e, PLACE] = _tile_of(world, field, e)
    field.present[field.battle[LISTED]] = e
    field.battle[LISTED] += 1
    if world.foe[e, HOLDS_WAVE]:
        field.battle[ON_FIELD] += 1
    if world.foe[e, HOLDS]:
        field.battle[HOLDING] += 1


@compiled
def _leave(world: World, field: Field, e: int) -> None:
    """An enemy leaves the field, dead or leaked; the counter counts both."""
    _unblock(world, field, e)
    field.foe[e, PHASE] = GONE
    field.foe[e, GONE_AT] = field.battle[CLOCK]
    field.battle[STALE] = 1
    if world.foe[e, HOLDS_WAVE]:
        field.battle[ON_FIELD] -= 1
    if world.foe[e, HOLDS]:
        field.battle[HOLDING] -= 1
    if world.foe[e, COUNTS]:
        field.battle[COUNTER] += 1


@compiled
def _die(world: World, field: Field, e: int) -> None:
    """An enemy dies; those it falls into go on along its way, one after the other."""
    _leave(world, field, e)
    first = world.coming[e, FIRST_CHILD]
    for k in range(world.coming[e, CHILDREN]):
        child = first + k
        field.foe_body[child, ROW], field.foe_body[child, COL] = field.foe_body[e, ROW], field.foe_body[e, COL]
        _appear(world, field, child)
        field.foe[child, NODE] = field.foe[e, NODE]
        field.foe[child, WAIT_UNTIL] = field.foe[e, WAIT_UNTIL]
        field.foe[child, PAUSED] = field.battle[CLOCK] + k * SPLIT_PAUSE
        _head_for(world, field, child)


@compiled
def _forget_the_gone(field: Field) -> None:
    """Take those who are gone off the list of those present."""
    kept = 0
    for k in range(field.battle[LISTED]):
        e = field.present[k]
        if field.foe[e, PHASE] == PRESENT:
            field.present[kept] = e
            kept += 1
    field.battle[LISTED], field.battle[STALE] = kept, 0


# --- Who walks --------------------------------------------------------------------------------------------------------


@often
def _tile_of(world: World, field: Field, e: int) -> int:
    """The tile whose centre is nearest to an enemy."""
    row = int(np.floor(field.foe_body[e, ROW] + 0.5))
    col = int(np.floor(field.foe_body[e, COL] + 0.5))
    row = min(max(row, 0), world.height - 1)
    col = min(max(col, 0), world.width - 1)
    return row * world.width + col


@often
def _move(world: World, field: Field, e: int, clock: int) -> None:
    """An enemy that is not blocked walks on, waits as its route says, or leaks."""
    if field.foe[e, BLOCKER] >= 0 or (clock % SEARCH_TICKS == 0 and _gets_blocked(world, field, e)):
        return
    if field.foe[e, PAUSED] > clock:
        return
    step = world.foe[e, STEP]
    if field.foe[e, SLOWED] > clock:
        step = step * (1.0 - field.foe_body[e, SLOWNESS])
    if step < field.foe_body[e, AWAY]:
        _walk(field, e, step)
    else:
        _arrive(world, field, e, step, clock)
    if field.foe[e, PHASE] == PRESENT:
        field.foe[e, PLACE] = _tile_of(world, field, e)


@often
def _walk(field: Field, e: int, step: float) -> None:
    """So many tiles straight towards the next node."""
    field.foe_body[e, ROW] += field.foe_body[e, DOWN] * step
    field.foe_body[e, COL] += field.foe_body[e, RIGHT] * step
    field.foe_body[e, AWAY] -= step
    field.foe_body[e, REST] -= step


@compiled
def _arrive(world: World, field: Field, e: int, step: float, clock: int) -> None:
    """Reach a node, and whatever else the step still leads to; the last node of a route is the exit."""
    r = world.coming[e, ROUTE]
    while True:
        n = field.foe[e, NODE]
        if world.node[r, n, NODE_KIND] != MOVE:
            if not _node_done(world, field, e, clock):
                return
        elif step < field.foe_body[e, AWAY]:
            _walk(field, e, step)
            return
        else:
            step -= field.foe_body[e, AWAY]
            field.foe_body[e, ROW], field.foe_body[e, COL] = world.node[r, n, NODE_ROW], world.node[r, n, NODE_COL]
            field.foe_body[e, AWAY], field.foe_body[e, REST] = 0.0, world.node[r, n, NODE_REST]
        field.foe[e, NODE] = n + 1
        if n + 1 >= world.route_size[r]:
            _leak(world, field, e)
            return
        _enter_node(world, field, e)


@compiled
def _enter_node(world: World, field: Field, e: int) -> None:
    """Begin what the route asks for next."""
    r, n = world.coming[e, ROUTE], field.foe[e, NODE]
    kind, ticks = world.node[r, n, NODE_KIND], int(world.node[r, n, NODE_TICKS])
    f = world.coming[e, FRAGMENT]
    if kind == WAIT:
        field.foe[e, WAIT_UNTIL] = field.battle[CLOCK] + ticks
    elif kind == WAIT_FRAGMENT:
        field.foe[e, WAIT_UNTIL] = field.started[FRAGMENTS, f] + ticks
    elif kind == WAIT_WAVE:
        field.foe[e, WAIT_UNTIL] = field.started[WAVES, world.fragment[f, FRAGMENT_WAVE]] + ticks
    elif kind == WAIT_BATTLE:
        field.foe[e, WAIT_UNTIL] = ticks
    elif kind == HIDE:
        field.foe[e, HIDDEN] = 1
    elif kind == APPEAR:
        field.foe[e, HIDDEN] = 0
        field.foe_body[e, ROW], field.foe_body[e, COL] = world.node[r, n, NODE_ROW], world.node[r, n, NODE_COL]
    _head_for(world, field, e)


@compiled
def _head_for(world: World, field: Field, e: int) -> None:
    """Turn towards the node an enemy goes to; at a node that is no walk it stays where it is."""
    r, n = world.coming[e, ROUTE], field.foe[e, NODE]
    field.foe_body[e, AWAY] = 0.0
    field.foe_body[e, REST] = world.node[r, n, NODE_REST]
    if world.node[r, n, NODE_KIND] == MOVE:
        down = world.node[r, n, NODE_ROW] - field.foe_body[e, ROW]
        right = world.node[r, n, NODE_COL] - field.foe_body[e, COL]
        away = np.sqrt(down * down + right * right)
        field.foe_body[e, AWAY] = away
        field.foe_body[e, REST] += away
        if away > 0.0:
            field.foe_body[e, DOWN], field.foe_body[e, RIGHT] = down / away, right / away


@often
def _node_done(world: World, field: Field, e: int, clock: int) -> bool:
    """Whether a node that is no walk is over."""
    kind = world.node[world.coming[e, ROUTE], field.foe[e, NODE], NODE_KIND]
    waits = kind in (WAIT, WAIT_FRAGMENT, WAIT_WAVE, WAIT_BATTLE)
    return bool(not waits or clock >= field.foe[e, WAIT_UNTIL])


@compiled
def _leak(world: World, field: Field, e: int) -> None:
    """An enemy reaches the exit: it costs life, and the counter advances as well."""
    _leave(world, field, e)
    field.foe[e, LEAKED] = 1
    if world.coming[e, CHILDREN]:
        _slip_through(world, field)
    if not world.foe[e, HARMLESS] and world.foe[e, LIFE_COST] > 0.0:
        field.battle[LEAKS] += 1
        field.battle[LIFE] = max(field.battle[LIFE] - int(world.foe[e, LIFE_COST]), 0)


@compiled
def _slip_through(world: World, field: Field) -> None:
    """What somebody would have fallen into has slipped through with it; parents stand before their children."""
    for child in range(world.comers, world.foe.shape[0]):
        if field.foe[child, PHASE] == ABSENT and field.foe[world.coming[child, PARENT], LEAKED]:
            field.foe[child, PHASE], field.foe[child, LEAKED] = GONE, 1
            field.foe[child, GONE_AT] = field.battle[CLOCK]
            if world.foe[child, COUNTS]:
                field.battle[COUNTER] += 1


@often
def _gets_blocked(world: World, field: Field, e: int) -> bool:
    """A walker that comes near an operator stays there, if it is held; of several the nearest holds it.

    The operator of its own tile is always near enough, and of the tiles around only the two on its side may be.
    """
    if world.foe[e, FLYING] > 0.0 or world.foe[e, UNBLOCKABLE] > 0.0 or field.foe[e, HIDDEN]:
        return False
    row, col = field.foe[e, PLACE] // world.width, field.foe[e, PLACE] % world.width
    if _holds(world, field, e, row, col):
        return True
    down, right = field.foe_body[e, ROW] - row, field.foe_body[e, COL] - col
    above, beside = (-1 if down < 0.0 else 1), (-1 if right < 0.0 else 1)
    if abs(down) > abs(right):
        return _holds(world, field, e, row + above, col) or _holds(world, field, e, row, col + beside)
    return _holds(world, field, e, row, col + beside) or _holds(world, field, e, row + above, col)


@often
def _holds(world: World, field: Field, e: int, row: int, col: int) -> bool:
    """Whether somebody on this tile is near enough, has block left and is not stunned: then it holds the enemy."""
    if not (0 <= row < world.height and 0 <= col < world.width):
        return False
    s = field.standing[row * world.width + col]
    if s < 0 or field.unit[s, STUNNED] > field.battle[CLOCK]:
        return False
    down, right = field.foe_body[e, ROW] - row, field.foe_body[e, COL] - col
    if down * down + right * right > HOLD:
        return False
    stance = world.op[min(field.unit[s, ACTIVE], 1), s]
    if not stance[BLOCKS] or field.unit[s, BLOCKED] + world.foe[e, BLOCK] > stance[BLOCK]:
        return False
    field.unit[s, BLOCKED] += int(world.foe[e, BLOCK])
    field.foe[e, BLOCKER] = s
    field.foe[e, PAUSED] = 0
    return True


@often
def _unblock(world: World, field: Field, e: int) -> None:
    """Free whatever block an enemy takes."""
    s = field.foe[e, BLOCKER]
    if s >= 0:
        field.unit[s, BLOCKED] -= int(world.foe[e, BLOCK])
        field.foe[e, BLOCKER] = -1


# --- Who aims at whom -------------------------------------------------------------------------------------------------


@often
def _search(world: World, field: Field, clock: int) -> None:
    """Everybody on the field who can attack before the next search chooses a target."""
    soon = clock + SEARCH_TICKS
    for s in range(field.unit.shape[0]):
        if field.unit[s, TILE] >= 0 and field.body[s, NEXT] < soon:
            field.unit[s, TARGET] = _find_enemy(world, field, s)
    for k in range(field.battle[LISTED]):
        e = field.present[k]
        if world.foe[e, RADIUS] > 0.0 and field.foe_body[e, NEXT] < soon:
            field.foe[e, AIM] = _find_operator(world, field, e)


@compiled
def _find_enemy(world: World, field: Field, s: int) -> int:
    """The enemy an operator blocks, else the one in its range that is nearest the exit; -1 for none."""
    best, best_claim, best_rest = -1, 0, np.inf
    for k in range(field.battle[LISTED]):
        e = field.present[k]
        claim = _claim(world, field, s, e)
        rest = field.foe_body[e, REST]
        if claim > best_claim or (claim == best_claim and claim > 0 and rest < best_rest):
            best, best_claim, best_rest = e, claim, rest
    return best


@often
def _is_there(field: Field, e: int) -> bool:
    """Whether an enemy is on the field, and does not hide."""
    return bool(field.foe[e, PHASE] == PRESENT and not field.foe[e, HIDDEN])


@often
def _claim(world: World, field: Field, s: int, e: int) -> int:
    """What an enemy is to an operator: 0 no target, 1 one of those in range, 2 a flier it prefers, 3 held by itself."""
    if field.foe[e, BLOCKER] == s:
        return 3
    if not field.covers[s, field.foe[e, PLACE]] or not _is_there(field, e):
        return 0
    if world.foe[e, HIDES] > 0.0 and field.foe[e, BLOCKER] < 0:
        return 0
    if world.foe[e, FLYING] > 0.0:
        if not world.op[0, s, REACHES_AIR]:
            return 0
        return 2 if world.op[0, s, PREFERS_AIR] > 0.0 else 1
    return 1


@compiled
def _find_operator(world: World, field: Field, e: int) -> int:
    """Of the operators that an enemy can shoot the one with most taunt, the last deployed of these; -1 for none."""
    return -1 if field.foe[e, HIDDEN] else _next_operator(world, field, e, -1, np.inf, 0)


@compiled
def _next_operator(world: World, field: Field, e: int, but: int, taunt: float, order: int) -> int:
    """Whom an enemy shoots after one of so much taunt who was deployed as so many-th; never `but`. -1 for nobody."""
    best, best_taunt, latest = -1, -np.inf, -1
    for s in range(field.unit.shape[0]):
        if field.unit[s, TILE] < 0 or s == but or not _in_radius(world, field, e, s):
            continue
        mine, since = _taunt(world, field, s), field.unit[s, ORDER]
        follows = mine < taunt or (mine == taunt and since < order)
        if follows and (mine > best_taunt or (mine == best_taunt and since > latest)):
            best, best_taunt, latest = s, mine, since
    return best


@often
def _taunt(world: World, field: Field, s: int) -> float:
    """How much an operator draws enemies' blows now."""
    return float(world.op[min(field.unit[s, ACTIVE], 1), s, TAUNT])


@often
def _in_radius(world: World, field: Field, e: int, s: int) -> bool:
    """Whether an enemy can shoot an operator."""
    down, right = field.body[s, ROW] - field.foe_body[e, ROW], field.body[s, COL] - field.foe_body[e, COL]
    return bool(down * down + right * right <= world.foe[e, RADIUS] * world.foe[e, RADIUS])


# --- Who strikes ------------------------------------------------------------------------------------------------------


@often
def _damage(attack: float, defense: float, resistance: float, kind: float) -> float:
    """What comes through of an attack."""
    if kind == TRUE:
        return attack
    through = attack * (1.0 - min(resistance, 100.0) / 100.0) if kind == ARTS else attack - defense
    return max(through, attack * LEAST_DAMAGE)


@often
def _again_at(before: float, interval: float, clock: int) -> float:
    """When the next attack is due: fractions of ticks carry over from one attack to the next that follows at once."""
    return (before if before > clock - 1 else float(clock)) + interval


@compiled
def _enemy_strikes(world: World, field: Field, e: int, clock: int) -> None:
    """An enemy attacks whoever blocks it, else whoever it aims at."""
    blocker = field.foe[e, BLOCKER]
    s = blocker if blocker >= 0 else field.foe[e, AIM]
    if s < 0 or field.unit[s, TILE] < 0 or field.foe[e, HIDDEN] or (blocker < 0 and world.foe[e, RADIUS] <= 0.0):
        return
    winds_up = ENEMY_WIND_UP > 0 and field.foe_body[e, NEXT] <= clock - 1
    if blocker < 0:
        field.foe[e, PAUSED] = clock + (ENEMY_WIND_UP if winds_up else SHOOTING_PAUSE)
    if winds_up:
        field.foe_body[e, NEXT] = clock + ENEMY_WIND_UP
        return
    field.foe_body[e, NEXT] = _again_at(field.foe_body[e, NEXT], world.foe[e, INTERVAL], clock)
    _hurt_operator(world, field, s, e)
    if world.foe[e, SPLASH] > 0.0:
        _strike_around(world, field, e, s)
    if world.foe[e, TARGETS] > 1.0:
        _strike_more(world, field, e, s)


@compiled
def _strike_around(world: World, field: Field, e: int, s: int) -> None:
    """An enemy's splash: everybody near the operator that it strikes."""
    for other in range(field.unit.shape[0]):
        down, right = field.body[other, ROW] - field.body[s, ROW], field.body[other, COL] - field.body[s, COL]
        near = down * down + right * right <= world.foe[e, SPLASH] * world.foe[e, SPLASH]
        if near and other != s and field.unit[other, TILE] >= 0:
            _hurt_operator(world, field, other, e)


@compiled
def _strike_more(world: World, field: Field, e: int, s: int) -> None:
    """An enemy's further targets beside the first, in the order in which it would choose them."""
    taunt, order = np.inf, 0
    for _ in range(int(world.foe[e, TARGETS]) - 1):
        other = _next_operator(world, field, e, s, taunt, order)
        if other < 0:
            return
        taunt, order = _taunt(world, field, other), field.unit[other, ORDER]
        _hurt_operator(world, field, other, e)


@compiled
def _hurt_operator(world: World, field: Field, s: int, e: int) -> None:
    """An operator is hit: its shield takes what it can, then its health; a hit may give SP."""
    stance = world.op[min(field.unit[s, ACTIVE], 1), s]
    hurt = _damage(world.foe[e, ATTACK], stance[DEFENSE], stance[RESISTANCE], world.foe[e, DAMAGE])
    warded = min(hurt, field.body[s, SHIELD])
    field.body[s, SHIELD] -= warded
    field.body[s, HEALTH] -= hurt - warded
    if world.foe[e, STUN] > 0.0:
        field.unit[s, STUNNED] = max(field.unit[s, STUNNED], field.battle[CLOCK] + int(world.foe[e, STUN]))
        _let_go(world, field, s, NOBODY)
    if world.card[s, GAIN] == BY_HIT:
        _charge(world, field, s, TICKS)
    if field.body[s, HEALTH] <= 0.0:
        remove(world, field, s)


@often
def _operator_strikes(world: World, field: Field, s: int, clock: int) -> None:
    """An operator attacks or heals, if it may and perhaps has somebody to."""
    active = min(field.unit[s, ACTIVE], 1)
    if world.op[active, s, HOLDS_FIRE]:
        return
    aim = field.unit[s, TARGET]
    if aim >= 0 and not _is_there(field, aim):
        field.unit[s, TARGET] = _find_enemy(world, field, s)  # somebody else was faster, or it hides
    idle = WIND_UP > 0 and field.body[s, NEXT] <= clock - 1
    if idle and field.unit[s, TARGET] >= 0 and world.op[active, s, DAMAGE] != HEAL:
        field.body[s, NEXT] = clock + WIND_UP
    elif field.unit[s, TARGET] >= 0 or world.op[active, s, DAMAGE] == HEAL or world.card[s, STRIKES] > 0.0:
        _strike(world, field, s, active, clock)


@compiled
def _strike(world: World, field: Field, s: int, active: int, clock: int) -> None:
    """One attack or heal, with the skill's numbers where it is spent on it."""
    next_one = world.card[s, STRIKES] > 0.0 and not world.card[s, BY_HAND]
    if next_one and field.unit[s, SP] >= world.card[s, SP_COST] and _strike_with_skill(world, field, s):
        field.unit[s, SP] = 0
        field.battle[DP] = min(field.battle[DP] + int(world.card[s, DP_GAIN]), world.max_cost)
    elif _act(world, field, s, active):
        if world.card[s, GAIN] == BY_ATTACK:
            _charge(world, field, s, TICKS)
    else:
        return
    field.body[s, NEXT] = _again_at(field.body[s, NEXT], world.op[active, s, INTERVAL], clock)


@compiled
def _strike_with_skill(world: World, field: Field, s: int) -> bool:
    """The one attack that a skill is; False where there is nobody to strike or heal."""
    if not world.card[s, ELSEWHERE]:
        return _act(world, field, s, 1)
    aim = field.unit[s, TARGET]
    _cover(world, field, s, 1)
    field.unit[s, TARGET] = _find_enemy(world, field, s)
    done = _act(world, field, s, 1)
    _cover(world, field, s, 0)
    field.unit[s, TARGET] = aim
    return done


@compiled
def _act(world: World, field: Field, s: int, mode: int) -> bool:
    """Attack or heal with these numbers; False where there is nobody to."""
    return _heal(world, field, s, mode) if world.op[mode, s, DAMAGE] == HEAL else _attack(world, field, s, mode)


@compiled
def _heal(world: World, field: Field, s: int, mode: int) -> bool:
    """Heal those in range with the least health; nobody who is in full health."""
    targets = world.op[mode, s, TARGETS]
    most = int(targets) if targets > 0.0 else field.unit.shape[0]
    # First who is the last of them, by health and then by slot; then everybody up to that one is healed.
    last, last_left = -1, -1.0
    for _ in range(most):
        worst, least = -1, np.inf
        for ally in range(field.unit.shape[0]):
            left = _left(world, field, s, ally)
            after = left > last_left or (left == last_left and ally > last)
            if after and left < least:
                worst, least = ally, left
        if worst < 0:
            break
        last, last_left = worst, least
    amount = world.op[mode, s, ATTACK] * world.op[mode, s, HITS]
    for ally in range(field.unit.shape[0]):
        left = _left(world, field, s, ally)
        if left < last_left or (left == last_left and ally <= last):
            full = world.op[min(field.unit[ally, ACTIVE], 1), ally, MAX_HEALTH]
            field.body[ally, HEALTH] = min(field.body[ally, HEALTH] + amount, full)
    return last >= 0


@often
def _left(world: World, field: Field, s: int, ally: int) -> float:
    """How much health is left to a wounded ally that an operator can heal, infinite for everybody else."""
    tile = field.unit[ally, TILE]
    if tile < 0 or not field.covers[s, tile] or world.op[0, ally, UNHEALABLE]:
        return np.inf
    if ally == s and world.op[0, s, HEALS_OTHERS]:
        return np.inf
    full = world.op[min(field.unit[ally, ACTIVE], 1), ally, MAX_HEALTH]
    if field.body[ally, HEALTH] >= full:
        return np.inf
    return float(field.body[ally, HEALTH] / full if HEALS_LOWEST_FRACTION else field.body[ally, HEALTH])


@compiled
def _attack(world: World, field: Field, s: int, mode: int) -> bool:
    """Strike the target, or as many as one attack strikes."""
    target = field.unit[s, TARGET]
    if target < 0 or not _is_there(field, target):
        return False
    targets = int(world.op[mode, s, TARGETS])
    holds = world.op[mode, s, STRIKES_ALL] > 0.0 and field.foe[target, BLOCKER] == s
    if holds or targets == 0:
        _strike_many(world, field, s, mode, holds)
    elif targets == 1:
        _hit(world, field, s, mode, target)
    else:
        _strike_best(world, field, s, mode, targets)
    return True


@compiled
def _strike_many(world: World, field: Field, s: int, mode: int, held: bool) -> None:
    """Strike everybody whom the operator holds, or everybody in its range."""
    for k in range(field.battle[LISTED]):
        e = field.present[k]
        if field.foe[e, PHASE] == PRESENT and (field.foe[e, BLOCKER] == s if held else _claim(world, field, s, e) > 0):
            _hit(world, field, s, mode, e)


@compiled
def _strike_best(world: World, field: Field, s: int, mode: int, targets: int) -> None:
    """Strike so many enemies in the order in which the operator would choose them."""
    last_claim, last_rest, last = 4, -np.inf, -1
    listed = field.battle[LISTED]  # those into which somebody falls meanwhile are not struck
    for _ in range(targets):
        best, best_claim, best_rest = -1, 0, np.inf
        for k in range(listed):
            e = field.present[k]
            if field.foe[e, PHASE] != PRESENT:
                continue
            claim, rest = _claim(world, field, s, e), field.foe_body[e, REST]
            later = claim < last_claim or (
                claim == last_claim and (rest > last_rest or (rest == last_rest and e > last))
            )
            better = claim > best_claim or (claim == best_claim and rest < best_rest)
            if later and claim > 0 and better:
                best, best_claim, best_rest = e, claim, rest
        if best < 0:
            return
        _hit(world, field, s, mode, best)
        last_claim, last_rest, last = best_claim, best_rest, best


@compiled
def _hit(world: World, field: Field, s: int, mode: int, target: int) -> None:
    """Hit a target, and with splash everybody around it."""
    radius = world.op[mode, s, SPLASH]
    if radius <= 0.0:
        _hurt_enemy(world, field, s, mode, target)
        return
    row, col = field.foe_body[target, ROW], field.foe_body[target, COL]
    for k in range(field.battle[LISTED]):
        e = field.present[k]
        if not _is_there(field, e):
            continue
        if not SPLASH_HITS_AIR and world.foe[e, FLYING] != world.foe[target, FLYING]:
            continue
        down, right = field.foe_body[e, ROW] - row, field.foe_body[e, COL] - col
        if down * down + right * right <= radius * radius:
            _hurt_enemy(world, field, s, mode, e)


@compiled
def _hurt_enemy(world: World, field: Field, s: int, mode: int, e: int) -> None:
    """All hits of one attack on one enemy."""
    stance = world.op[mode, s]
    attack = stance[ATTACK] if field.foe[e, BLOCKER] == s else stance[ATTACK] * stance[FAR_STRENGTH]
    hurt = _damage(attack, world.foe[e, DEFENSE], world.foe[e, RESISTANCE], stance[DAMAGE])
    field.foe_body[e, HEALTH] -= hurt * stance[HITS]
    if field.foe_body[e, HEALTH] <= 0.0:
        _die(world, field, e)
        _add_dp(world, field, int(world.card[s, KILL_DP]))
        return
    clock = field.battle[CLOCK]
    if stance[STUN] > 0.0 and not world.foe[e, STUN_IMMUNE]:
        field.foe[e, FOE_STUNNED] = max(field.foe[e, FOE_STUNNED], clock + int(stance[STUN]))
    if stance[SLOW] > 0.0:
        weaker = field.foe[e, SLOWED] > clock and field.foe_body[e, SLOWNESS] > stance[SLOW]
        if not weaker:
            field.foe_body[e, SLOWNESS] = stance[SLOW]
            field.foe[e, SLOWED] = clock + int(stance[SLOW_TICKS])


# --- Skills -----------------------------------------------------------------------------------------------------------


@often
def _charge(world: World, field: Field, s: int, amount: int) -> None:
    """SP up to the skill's cost."""
    if GAINS_WHILE_ACTIVE or field.unit[s, ACTIVE] == 0:
        field.unit[s, SP] = min(field.unit[s, SP] + amount, int(world.card[s, SP_COST]))


@often
def _live(world: World, field: Field, s: int) -> None:
    """A tick of an operator on the field: its skill lasts, or gathers SP and perhaps triggers itself."""
    active = min(field.unit[s, ACTIVE], 1)
    if world.op[active, s, REGENERATION] > 0.0:
        healed = field.body[s, HEALTH] + world.op[active, s, REGENERATION]
        field.body[s, HEALTH] = min(healed, world.op[active, s, MAX_HEALTH])
    if active:
        _last(world, field, s)
    if world.card[s, GAIN] == BY_SECOND:
        _charge(world, field, s, 1)
    if not world.card[s, BY_HAND] and not world.card[s, STRIKES] and skill_ready(world, field, s):
        _activate(world, field, s)


@compiled
def _last(world: World, field: Field, s: int) -> None:
    """A tick of a skill that is active: DP come one by one, the shield fades."""
    field.body[s, SHIELD] = max(field.body[s, SHIELD] - world.card[s, WARD] / max(world.card[s, DURATION], 1.0), 0.0)
    if world.op[1, s, DP_TICKS] > 0.0:
        field.body[s, DP_WAIT] += 1.0
        if field.body[s, DP_WAIT] >= world.op[1, s, DP_TICKS]:
            field.body[s, DP_WAIT] -= world.op[1, s, DP_TICKS]
            _add_dp(world, field, 1)
    field.unit[s, ACTIVE] -= 1
    if field.unit[s, ACTIVE] == 0:
        field.body[s, SHIELD] = 0.0
        _rescale(world, field, s, 1, 0)
        _cover(world, field, s, 0)
        _let_go(world, field, s, int(world.op[0, s, BLOCK]))


@often
def skill_ready(world: World, field: Field, s: int) -> bool:
    """Whether an operator on the field has its skill full, not running already, and is not stunned."""
    gains = world.card[s, GAIN] in (BY_SECOND, BY_ATTACK, BY_HIT)
    full = gains and field.unit[s, SP] >= world.card[s, SP_COST]
    idle = field.unit[s, ACTIVE] == 0 and field.unit[s, STUNNED] <= field.battle[CLOCK]
    return bool(full and idle and field.unit[s, TILE] >= 0)


@compiled
def _activate(world: World, field: Field, s: int) -> None:
    """The skill begins: what happens at once happens, what lasts starts to."""
    field.unit[s, SP] = 0
    field.unit[s, ACTIVE] = int(world.card[s, DURATION])
    field.body[s, DP_WAIT] = 0.0
    _add_dp(world, field, int(world.card[s, DP_GAIN]))
    field.body[s, SHIELD] = world.card[s, WARD]
    mode = min(field.unit[s, ACTIVE], 1)
    if mode:
        _rescale(world, field, s, 0, 1)
        _cover(world, field, s, 1)
        _let_go(world, field, s, int(world.op[1, s, BLOCK]))
    healed = field.body[s, HEALTH] + world.card[s, HEAL_SELF]
    field.body[s, HEALTH] = min(healed, world.op[mode, s, MAX_HEALTH])
    if world.card[s, STRIKES]:
        field.unit[s, TARGET] = _find_enemy(world, field, s)
        _strike_with_skill(world, field, s)


@compiled
def _rescale(world: World, field: Field, s: int, before: int, now: int) -> None:
    """The same fraction of another full health, and of another attack interval what is left of it.

    Who was in full health stays so, whatever rounding does.
    """
    full, fraction = world.op[now, s, MAX_HEALTH], field.body[s, HEALTH] / world.op[before, s, MAX_HEALTH]
    field.body[s, HEALTH] = full if fraction >= 1.0 else fraction * full
    left = field.body[s, NEXT] - field.battle[CLOCK]
    if left > 0.0:
        quicker = world.op[now, s, INTERVAL] / world.op[before, s, INTERVAL]
        field.body[s, NEXT] = field.battle[CLOCK] + left * quicker


@compiled
def _let_go(world: World, field: Field, s: int, block: int) -> None:
    """Let go whom an operator holds beyond so much block, the last comers first; of NOBODY everybody."""
    for back in range(field.battle[LISTED]):
        if field.unit[s, BLOCKED] <= block:
            return
        e = field.present[field.battle[LISTED] - 1 - back]
        if field.foe[e, BLOCKER] == s:
            _unblock(world, field, e)


# --- What the player does ---------------------------------------------------------------------------------------------


@compiled
def _cover(world: World, field: Field, s: int, mode: int) -> None:
    """Write the tiles that an operator's range covers, without (0) or with (1) its skill."""
    row, col = field.unit[s, TILE] // world.width, field.unit[s, TILE] % world.width
    field.covers[s, :] = False
    for i in range(world.range_size[mode, s]):
        down, right = world.ranges[mode, s, i, 0], world.ranges[mode, s, i, 1]
        # The table faces right; a quarter turn clockwise makes (down, right) into (right, -down).
        for _ in range(field.unit[s, DIRECTION]):
            down, right = right, -down
        if 0 <= row + down < world.height and 0 <= col + right < world.width:
            field.covers[s, (row + down) * world.width + col + right] = True


@often
def cost_now(world: World, field: Field, s: int) -> int:
    """What a card costs: the first redeployment half as much again, later ones double, never over 99."""
    if field.unit[s, TIMES] == 0:
        return int(world.card[s, COST])
    factor = SECOND_PRICE if field.unit[s, TIMES] == 1 else LATER_PRICE
    return int(min(np.floor(world.card[s, COST] * factor), DEAREST))


@often
def playable(world: World, field: Field, s: int) -> bool:
    """Whether a card can be played now, if there is a tile for it."""
    if field.battle[OUTCOME] != RUNNING or field.unit[s, TILE] >= 0 or field.unit[s, READY_AT] > field.battle[CLOCK]:
        return False
    room = field.battle[TAKEN] + world.card[s, TAKES] <= world.character_limit
    return bool(room and field.battle[DP] >= cost_now(world, field, s))


@compiled
def can_deploy(world: World, field: Field, s: int, tile: int) -> bool:
    """Whether the card can be played on this tile now."""
    return bool(playable(world, field, s) and world.stands[s, tile] and field.standing[tile] < 0)


@compiled
def deploy(world: World, field: Field, s: int, tile: int, direction: int) -> None:
    """Put an operator on the field. It must be allowed."""
    field.unit[s, PRICE] = cost_now(world, field, s)
    field.battle[DP] -= field.unit[s, PRICE]
    field.unit[s, TIMES] += 1
    field.battle[DEPLOYMENTS] += 1
    field.battle[DEPLOYED] += 1
    field.battle[TAKEN] += int(world.card[s, TAKES])
    field.unit[s, ORDER] = field.battle[DEPLOYMENTS]
    field.unit[s, TILE], field.unit[s, DIRECTION] = tile, direction
    field.standing[tile] = s
    field.body[s, ROW], field.body[s, COL] = tile // world.width, tile % world.width
    field.body[s, HEALTH], field.body[s, SHIELD] = world.op[0, s, MAX_HEALTH], 0.0
    field.unit[s, TARGET] = -1
    field.unit[s, BLOCKED] = field.unit[s, ACTIVE] = field.unit[s, STUNNED] = 0
    field.unit[s, SP] = int(min(world.card[s, SP_INITIAL], world.card[s, SP_COST]))
    _cover(world, field, s, 0)
    if world.card[s, GAIN] == BY_DEPLOYMENT:
        _activate(world, field, s)
    field.body[s, NEXT] = field.battle[CLOCK] + DEPLOYMENT


@often
def can_use_skill(world: World, field: Field, s: int) -> bool:
    """Whether the skill waits for a hand now."""
    return bool(field.battle[OUTCOME] == RUNNING and world.card[s, BY_HAND] and skill_ready(world, field, s))


@compiled
def use_skill(world: World, field: Field, s: int) -> None:
    """Trigger a skill. It must be allowed."""
    _activate(world, field, s)


@compiled
def tell(world: World, field: Field, costs: Ints, skills: Flags) -> None:
    """Write down what every card costs now, and whose skill waits for a hand: one call for a whole squad."""
    for s in range(field.unit.shape[0]):
        costs[s] = cost_now(world, field, s)
        skills[s] = can_use_skill(world, field, s)


@often
def can_retreat(field: Field, s: int) -> bool:
    """Whether an operator is there to be called back."""
    return bool(field.battle[OUTCOME] == RUNNING and field.unit[s, TILE] >= 0)


@compiled
def retreat(world: World, field: Field, s: int) -> None:
    """Call an operator back for half of what it cost. It must be allowed."""
    remove(world, field, s)
    _add_dp(world, field, int(np.floor(field.unit[s, PRICE] * REFUND)))


@compiled
def remove(world: World, field: Field, s: int) -> None:
    """An operator leaves the field, dead or called back; its redeploy time begins, and whom it blocked walks on."""
    _let_go(world, field, s, NOBODY)
    field.standing[field.unit[s, TILE]] = -1
    field.unit[s, TILE] = -1
    field.battle[DEPLOYED] -= 1
    field.battle[TAKEN] -= int(world.card[s, TAKES])
    field.unit[s, ACTIVE] = 0
    field.body[s, SHIELD] = 0.0
    field.unit[s, READY_AT] = field.battle[CLOCK] + int(world.card[s, REDEPLOY])


# --- An action as the flat numbering names it (game.actions) ----------------------------------------------------------


@compiled
def act(world: World, state: State, b: int, kind: int, slot: int, tile: int, direction: int) -> bool:
    """Do something in battle `b` at once: 0 wait, 1 deploy, 2 skill, 3 retreat. False, and nothing happens, where it
    is not allowed.
    """
    if kind == 0:
        return True
    field = field_within(state, b)
    if not 0 <= slot < field.unit.shape[0]:
        return False
    if kind == 1:
        on_map = 0 <= tile < field.standing.shape[0] and 0 <= direction < 4
        if not on_map or not can_deploy(world, field, slot, tile):
            return False
        deploy(world, field, slot, tile, direction)
    elif kind == 2:
        if not can_use_skill(world, field, slot):
            return False
        use_skill(world, field, slot)
    else:
        if kind != 3 or not can_retreat(field, slot):
            return False
        retreat(world, field, slot)
    if field.battle[STALE]:  # a skill killed somebody, and no tick is going on that would take notice
        _forget_the_gone(field)
        _decide(world, field)
    return True
