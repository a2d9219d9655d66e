"""Whom effects choose, and whether the conditions on their owners hold.

A fighter `f` or `g` is an operator (its slot) or an enemy (S plus its number); `i` is a row of `World.effect`.
"""

from __future__ import annotations

from game.simulator.compiling import compiled, not_inlined, often
from game.simulator.effect_records import (
    ADD,
    ALLIES,
    ANY_STATE,
    ATTACKS,
    AWAKE,
    COLD_NOW,
    EITHER,
    FACTOR,
    FROZEN,
    HELD,
    IN_OWN_RANGE,
    IN_RADIUS,
    LEAST_HEALTH,
    LEAST_HURT,
    LINKED,
    MOST_ATTACK,
    MOST_BLOCK,
    MOST_DEFENSE,
    MOST_HEALTH,
    NEAREST,
    NEXT_IN_HAND,
    ONLY,
    SELF,
    SILENCE,
    SKILL_BEGINS,
    SPEED,
    STUNNED,
    TARGET,
    USUAL,
)
from game.simulator.field import is_aloft, mode_of
from game.simulator.modifiers import attack_of, block_of, defense_of, draw, full_health, health_share, is_camouflaged
from game.simulator.records import PRESENT, Field, World

BESIDE_DOWN, BESIDE_RIGHT = (1, 0, -1, 0), (0, 1, 0, -1)
SLUGGISH = 0.79
"""An enemy that loses more of its speed than this is in the state "slow"."""

# --- Where a fighter is and how it does -------------------------------------------------------------------------------


@often
def stands(field: Field, f: int) -> bool:
    """Whether a fighter is on the field and can be seen."""
    slots = field.unit.shape[0]
    if f < slots:
        return field.unit[f].tile >= 0
    foe = field.foe[f - slots]
    return foe.phase == PRESENT and not foe.hidden


@often
def outlives(field: Field, f: int, at_place: bool) -> bool:
    """Whether an effect of an enemy works on without it, at the place that it has laid."""
    slots = field.unit.shape[0]
    return bool(at_place and f >= slots and field.foe[f - slots].place_until >= field.battle[0].clock)


@compiled
def is_touched(world: World, field: Field, s: int, e: int) -> bool:
    """Whether an operator stands where it can attack an enemy: some can be attacked only from beside them."""
    not_inlined()
    within = world.enemy[e].touched_within
    down, right = field.unit[s].row - field.foe[e].row, field.unit[s].col - field.foe[e].col
    return bool(within <= 0.0 or down * down + right * right <= within * within)


@often
def tile_under(world: World, field: Field, f: int) -> int:
    """The tile on which a fighter stands, or stood last."""
    slots = field.unit.shape[0]
    if f < slots:
        return int(field.unit[f].row + 0.5) * world.width + int(field.unit[f].col + 0.5)
    return field.foe[f - slots].tile


@often
def near(world: World, field: Field, f: int, g: int, radius: float) -> bool:
    """Whether two fighters stand on tiles at most so far from each other."""
    return near_tile(world, tile_under(world, field, f), tile_under(world, field, g), radius)


@often
def near_tile(world: World, here: int, there: int, radius: float) -> bool:
    """Whether two tiles are at most so far from each other."""
    return _squared_distance(world, here, there) <= radius * radius


@often
def _squared_distance(world: World, here: int, there: int) -> float:
    """The square of the distance of two tiles."""
    down, right = here // world.width - there // world.width, here % world.width - there % world.width
    return float(down * down + right * right)


@often
def health_of(field: Field, f: int) -> float:
    """A fighter's health in points."""
    slots = field.unit.shape[0]
    return field.unit[f].health if f < slots else field.foe[f - slots].health


# --- Conditions and choice --------------------------------------------------------------------------------------------


@compiled
def holds_now(world: World, field: Field, i: int, mode: int) -> bool:  # noqa: C901, PLR0911, PLR0912 - one line a case
    """Whether the conditions of an effect on its owner hold; `mode` says whether its skill counts as active."""
    row, f, slots = world.effect[i], world.effect[i].owner, field.unit.shape[0]
    if row.skill != EITHER and (row.skill == ONLY) != (mode == 1):
        return False
    share = health_share(world, field, f)
    if share > row.own_below or (row.own_above > 0.0 and share <= row.own_above):
        return False
    if row.after > 0 and field.battle[0].clock < field.entered[f] + row.after:
        return False
    if row.until > 0 and field.battle[0].clock >= field.entered[f] + row.until:
        return False
    if row.ground >= 0 and not world.ground[row.ground, tile_under(world, field, f)]:
        return False
    if row.from_attack > 0 or row.until_attack > 0:
        made = field.unit[f].attacks if f < slots else field.foe[f - slots].attacks
        if made < row.from_attack or 0 < row.until_attack <= made:
            return False
    if row.company and not _in_company(world, field, i):
        return False
    if f >= slots:
        return _enemy_may(world, field, i, f - slots)
    if row.at_place and field.unit[f].place_until < field.battle[0].clock:
        return False
    lot = field.unit[f].skill_lot if row.when == SKILL_BEGINS else field.unit[f].lot
    if not row.lot_from <= lot < row.lot_to:
        return False
    if field.unit[f].block_taken < row.holds or (row.free and field.unit[f].block_taken > 0):
        return False
    if row.foes_most > 0 and _foes_it_strikes(world, field, f) > row.foes_most:
        return False
    if row.high_near > 0 and _high_near(world, field, f) < row.high_near:
        return False
    return row.alone <= 0.0 or _is_alone(world, field, f, row.alone)


@often
def is_silenced(field: Field, f: int) -> bool:
    """Whether silence stops a fighter's effects: of an enemy only."""
    return bool(f >= field.unit.shape[0] and field.modifier[f, SILENCE, ADD] >= 1.0)


@often
def _enemy_may(world: World, field: Field, i: int, e: int) -> bool:
    """Whether the conditions of an effect hold that only enemies have, and silence does not stop it."""
    row, foe = world.effect[i], field.foe[e]
    if row.form > 0 and row.form != foe.form + 1:
        return False
    if row.at_place and foe.place_until < field.battle[0].clock:
        return False
    if row.own_linked != EITHER and (row.own_linked == ONLY) != (foe.link >= 0):
        return False
    if row.own_blocked != EITHER and (row.own_blocked == ONLY) != (foe.blocker >= 0):
        return False
    return row.firm or not is_silenced(field, field.unit.shape[0] + e)


@compiled
def foes_in_range(field: Field, s: int) -> int:
    """How many enemies are in an operator's range."""
    slots, found = field.unit.shape[0], 0
    for k in range(field.battle[0].listed):
        e = field.present[k]
        found += int(stands(field, slots + e) and field.covers[s, field.foe[e].tile])
    return found


@compiled
def _foes_it_strikes(world: World, field: Field, s: int) -> int:
    """How many enemies in an operator's range are not out of its reach in the air."""
    slots, found = field.unit.shape[0], 0
    for k in range(field.battle[0].listed):
        e = field.present[k]
        near = stands(field, slots + e) and field.covers[s, field.foe[e].tile]
        found += int(near and (world.stance[0, s].reaches_air or not is_aloft(world, field, e)))
    return found


@compiled
def _high_near(world: World, field: Field, s: int) -> int:
    """How many of the four tiles beside an operator are high ground."""
    row, col, found = field.unit[s].tile // world.width, field.unit[s].tile % world.width, 0
    for d in range(4):
        down, right = BESIDE_DOWN[d], BESIDE_RIGHT[d]
        if 0 <= row + down < world.height and 0 <= col + right < world.width:
            found += int(world.high[(row + down) * world.width + col + right])
    return found


@compiled
def in_hand(world: World, field: Field, s: int, attribute: int) -> float:
    """What the operators on the field add to a number of an operator's card: points of COST, fractions of
    REDEPLOY_TIME.
    """
    not_inlined()
    more = 0.0
    i = world.next_effect[NEXT_IN_HAND, 0]
    while i < world.effect.shape[0]:
        row = world.effect[i]
        fit = stands(field, row.owner) and (row.sort < 0 or world.sort[row.sort, s])
        if fit and holds_now(world, field, i, mode_of(field, row.owner)):
            for p in range(row.first, row.first + row.parts):
                if world.effect_part[p].of == attribute and world.effect_part[p].what <= ADD:
                    more += world.effect_part[p].amount
        i = world.next_effect[NEXT_IN_HAND, i + 1]
    return more


@compiled
def _is_alone(world: World, field: Field, s: int, radius: float) -> bool:
    """Whether no other operator stands near."""
    for other in range(field.unit.shape[0]):
        there = field.unit[other].tile >= 0 and world.deployable[other].aimed_at
        if other != s and there and near(world, field, s, other, radius):
            return False
    return True


@compiled
def _in_company(world: World, field: Field, i: int) -> bool:
    """Whether another of the owner's side is on the field, of the sort that an effect chooses; or one of another sort
    near its owner, where it asks for that.
    """
    row, slots = world.effect[i], field.unit.shape[0]
    if row.owner >= slots:
        sort = row.near_sort if row.near_radius > 0.0 else row.sort
        for k in range(field.battle[0].listed):
            g = slots + field.present[k]
            there = g != row.owner and stands(field, g) and (sort < 0 or world.sort[sort, g])
            if there and (row.near_radius <= 0.0 or near(world, field, row.owner, g, row.near_radius)):
                return True
        return False
    for other in range(field.unit.shape[0]):
        if other != row.owner and field.unit[other].tile >= 0 and (row.sort < 0 or world.sort[row.sort, other]):
            return True
    return False


@compiled
def chooses(world: World, field: Field, i: int, g: int, target: int) -> bool:
    """Whether an effect is for this fighter."""
    row, f = world.effect[i], world.effect[i].owner
    if row.who == SELF:
        return g == f
    if row.who == TARGET:
        return g == target
    slots = field.unit.shape[0]
    if row.who == LINKED:
        return f >= slots and g == field.foe[f - slots].link
    if ((g < slots) == (f < slots)) != (row.who == ALLIES) or (row.others and g == f):
        return False
    if row.besides and g == target:
        return False
    apart = world.bodies > 0 and f < world.squad and g >= slots and not is_touched(world, field, f, g - slots)
    return not apart and stands(field, g) and in_reach(world, field, i, g, target) and fits(world, field, i, g)


@often
def in_reach(world: World, field: Field, i: int, g: int, target: int) -> bool:
    """Whether a fighter on the field is where an effect works."""
    row, f, slots = world.effect[i], world.effect[i].owner, field.unit.shape[0]
    if row.reach == IN_RADIUS:
        if row.at_place:
            place = field.unit[f].place if f < slots else field.foe[f - slots].place
            return near_tile(world, place, tile_under(world, field, g), row.radius)
        return near(world, field, target if row.at_target else f, g, row.radius)
    if row.reach == IN_OWN_RANGE:
        if f >= slots:
            return _shoots_to(world, field, f - slots, g)
        return bool(field.covers[f, tile_under(world, field, g)])
    if row.reach == HELD:
        return field.foe[f - slots].blocker == g if f >= slots else g >= slots and field.foe[g - slots].blocker == f
    return True


@often
def _shoots_to(world: World, field: Field, e: int, s: int) -> bool:
    """Whether an operator is in an enemy's reach, or blocks it."""
    if s >= field.unit.shape[0]:
        return False
    reach = world.enemy[e].reach
    down, right = field.unit[s].row - field.foe[e].row, field.unit[s].col - field.foe[e].col
    return bool(field.foe[e].blocker == s or down * down + right * right <= reach * reach)


@compiled
def fits(world: World, field: Field, i: int, g: int) -> bool:  # noqa: C901, PLR0911 - one line a case
    """Whether a fighter is of the sort that an effect asks for."""
    row, slots = world.effect[i], field.unit.shape[0]
    share = health_share(world, field, g)
    if share > row.below or (row.above > 0.0 and share <= row.above):
        return False
    if row.sort >= 0 and not world.sort[row.sort, g]:
        return False
    if row.fresh and field.until[row.timer, g] > field.battle[0].clock:
        return False
    if row.ahead != 0 and _is_ahead(world, field, i, g) != (row.ahead > 0):
        return False
    if row.when == ATTACKS and row.struck_most != 0 and row.owner < slots:
        most = row.struck_most if row.struck_most > 0 else block_of(world, field, row.owner)
        if field.unit[row.owner].struck >= most:
            return False
    if row.who == TARGET and row.reach == IN_RADIUS and not near(world, field, row.owner, g, row.radius):
        return False
    if row.state != ANY_STATE and not _in_state(field, row.state, g):
        return False
    if g < slots:
        if row.seen and is_camouflaged(world, field, g):
            return False
        if row.blocked == EITHER or row.owner < slots:
            return True
        return (row.blocked == ONLY) == (field.foe[row.owner - slots].blocker == g)
    blocker = field.foe[g - slots].blocker
    if row.held != EITHER and (row.held == ONLY) != (blocker == row.owner):
        return False
    return row.blocked == EITHER or (row.blocked == ONLY) == (blocker >= 0)


@compiled
def _is_ahead(world: World, field: Field, i: int, g: int) -> bool:
    """Whether a fighter stands on the rows of tiles in front of an operator that an effect asks for."""
    row = world.effect[i]
    here, there = tile_under(world, field, row.owner), tile_under(world, field, g)
    down, right = there // world.width - here // world.width, there % world.width - here % world.width
    for _ in range((4 - field.unit[row.owner].direction + (2 if row.behind else 0)) % 4):
        down, right = right, -down
    return 0 < right <= abs(row.ahead) and abs(down) <= row.aside


@often
def _in_state(field: Field, state: int, g: int) -> bool:
    """Whether a fighter is stunned, cold or frozen, or an enemy slowed to a fifth of its speed or less."""
    slots, clock = field.unit.shape[0], field.battle[0].clock
    if g < slots:
        unit = field.unit[g]
        if state in (STUNNED, AWAKE):
            return (unit.stunned_until > clock) == (state == STUNNED)
        return (unit.cold_until > clock) if state == COLD_NOW else (state == FROZEN and unit.frozen_until > clock)
    foe = field.foe[g - slots]
    if state == STUNNED:
        return foe.stunned_until > max(clock, foe.shifted_until)
    if state in (COLD_NOW, FROZEN):
        return (foe.cold_until if state == COLD_NOW else foe.frozen_until) > clock
    slowed = foe.slowed_until > clock and foe.slow > SLUGGISH
    return bool(slowed or field.modifier[g, SPEED, FACTOR] < 1.0 - SLUGGISH)


# --- The order of choice ----------------------------------------------------------------------------------------------


@often
def urgency_of(world: World, field: Field, i: int, g: int) -> float:
    """The order in which an effect chooses, the least first: allies by health, enemies by the way to their exit, and
    operators as targets by their deployment, the last first; or by chance.
    """
    if world.effect[i].at_random:
        return draw(field)
    slots = field.unit.shape[0]
    if world.effect[i].by != USUAL and g < slots:
        return _rank(world, field, i, g)
    if world.effect[i].who == ALLIES:
        return health_of(field, g) / full_health(world, field, g)
    return field.foe[g - slots].distance_to_exit if g >= slots else -float(field.unit[g].deployment_number)


@compiled
def _rank(world: World, field: Field, i: int, s: int) -> float:
    """The place of an operator in an order of `EffectRow.by`, the first with the least."""
    mode, by = mode_of(field, s), world.effect[i].by
    if by == NEAREST:
        return _squared_distance(world, tile_under(world, field, world.effect[i].owner), field.unit[s].tile)
    if by == MOST_BLOCK:
        return -float(block_of(world, field, s))
    if by == MOST_ATTACK:
        return -attack_of(world, field, s, mode)
    if by == MOST_HEALTH:
        return -full_health(world, field, s)
    if by in (LEAST_HEALTH, LEAST_HURT):
        share = health_of(field, s) / full_health(world, field, s)
        return share if by == LEAST_HEALTH else -share
    defense = defense_of(world, field, s, mode)
    return -defense if by == MOST_DEFENSE else defense
