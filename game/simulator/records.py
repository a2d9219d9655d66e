"""The records that a battle consists of: every field of every table, declared once.

A record is a class; its annotations are the fields and their types, and numpy's dtype follows from them. Compiled code
and plain Python read `field.unit[s].stunned_until`; Python that wants one field of all rows reads
`field.unit["stunned_until"]`. A new field is a line here, and where the table is filled by name (tables.py) a value.

Units: times are ticks of 1/30 s unless a name says seconds; lengths are tiles; row 0 is the top row. SP are counted in
ticks as well (1 SP is TICKS of them), so that a skill that recovers by the second gains one a tick. Indices: `s` is the
slot of an operator, in the squad or after those for an operator of the level, `e` an enemy in the order of the stage's
spawns, `b` a battle of a batch.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from game.simulator.effect_records import EffectPart, EffectRow
from game.simulator.memory import BattleFigures, FoeState, UnitState
from game.simulator.rows import Record, Rows

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Records = npt.NDArray[np.record]

TICKS = 30
"""Ticks in a second."""
USUAL_ATTACK_SPEED = 100.0
"""Points of attack speed at which the attack interval is the one in the table of operators."""

ABSENT, PRESENT, GONE = range(3)
"""FoeState.phase: before it appears; on the field, hidden or not; dead or leaked."""
RUNNING, WON, LOST = range(3)
"""BattleFigures.outcome."""
PHYSICAL, ARTS, TRUE, HEAL = range(4)
"""Fighter.damage."""
DAMAGES = {"physical": PHYSICAL, "arts": ARTS, "true": TRUE, "heal": HEAL}
"""What the tables call them."""
NEAREST_EXIT, HIGHEST_DEFENSE, LOWEST_DEFENSE, HEAVIEST, SHOOTERS, UNBLOCKED, LEAST_HEALTH, MOST_HEALTH = range(8)
"""Stance.aims."""
NO_RECOVERY, PER_SECOND, PER_ATTACK, PER_HIT, ON_DEPLOYMENT = range(5)
"""Deployable.sp_recovery: what fills the skill. ON_DEPLOYMENT: it is not filled, it triggers when deployed."""
MOVE, WAIT, WAIT_FRAGMENT, WAIT_WAVE, WAIT_BATTLE, HIDE, APPEAR = range(7)
"""RouteNode.kind, numbered as in game.levels.stage."""


def ticks(seconds: float) -> int:
    """A time in seconds as whole ticks."""
    return round(seconds * TICKS)


# --- Fixed by the stage and the squad ---------------------------------------------------------------------------------


class Fighter(Record):
    """What operators and enemies have in common."""

    max_health: float
    attack: float
    defense: float
    resistance: float
    interval: float
    """Ticks from one attack to the next."""
    damage: int
    """Kind of damage: PHYSICAL, ARTS, TRUE or HEAL."""
    block: int
    """How much an operator blocks, or how much block an enemy takes up."""
    splash: float
    """Radius around the target within which an attack hits everything; 0 for the target alone."""
    targets: int
    """How many targets one attack has; 0 for all in range."""
    regeneration: float
    """Health points a tick."""
    stun: int
    """Ticks for which an attack stuns; 0 for none."""
    bare_attack: float
    """The attack of which effects add fractions: without those of talents and skill. As for defense."""
    bare_defense: float
    attack_speed: float
    """Points, with which the interval was made; effects add to them."""


class Stance(Fighter):
    """An operator's figures in one of two modes: without (0) and with (1) its skill."""

    hits: int
    """Hits of one attack; each is reduced by the defense."""
    targets_by_block: bool
    """One attack hits as many enemies as the operator can block at most, instead of `targets`."""
    range_size: int
    """Tiles in its range."""
    can_block: bool
    reaches_air: bool
    aims: int
    """Which enemies it attacks first: NEAREST_EXIT to MOST_HEALTH."""
    leaps: float
    """Radius within which an attack leaps from target to target; 0 for none."""
    scatters: bool
    """Each target is drawn among all in range."""
    prefers_air: bool
    """Fliers are chosen before other targets."""
    far_strength: float
    """Factor on the attack against enemies that the operator does not block."""
    slow: float
    """Fraction of its speed that an enemy loses when hit; 0 for none."""
    slow_ticks: int
    taunt: int
    dp_ticks: float
    """Ticks for each DP that the active skill brings; 0 for none."""
    holds_fire: bool
    """The operator does not attack."""
    unhealable: bool
    heals_others_only: bool
    heals_below: float
    """It heals only those with less than this fraction of their health."""


class Deployable(Record):
    """What an operator's card and skill are, whether the skill is active or not."""

    cost: int
    """DP of the first deployment."""
    redeploy_ticks: int
    sp_recovery: int
    """What fills the skill: NO_RECOVERY to ON_DEPLOYMENT."""
    by_hand: bool
    """The player triggers the skill; if not, it triggers itself."""
    sp_cost: int
    """SP in ticks, as all SP here."""
    sp_most: int
    """SP that it can hold: those of all uses that it stores."""
    sp_initial: int
    duration: int
    """Ticks that the skill lasts; 0 if it is over at once."""
    toggles: bool
    """Used while it is active, the skill ends; it gathers SP meanwhile."""
    single_attack: bool
    """The skill is one attack: made at once when triggered by hand, otherwise the next one."""
    dp: int
    """DP that the skill gives at once."""
    heal_self: float
    """Health points that the skill gives its owner."""
    shield: float
    """Damage in health points that the skill's shield absorbs; it fades evenly over the duration."""
    dp_per_kill: int
    skill_range: bool
    """The skill's single attack has a range of its own; `skill_aims`: it chooses its target otherwise than others."""
    skill_aims: bool
    takes_slot: bool
    """The operator counts against the limit of deployed operators."""
    card: int
    """The slot of the first of the `copies` on the same card, which follow one another: its own, but for devices."""
    copies: int
    owner: int
    """The slot of who summons it; `summons`: the first copy of what it summons itself; each -1 for none."""
    summons: int
    barrier: bool
    """Walkers go around it."""
    walks: bool
    """It is an escort: it goes with its body, an enemy, and occupies no tile."""
    aimed_at: bool
    """Enemies that it does not block attack it too."""
    refunds_first_cost: bool
    """A retreat gives back `cost`; `refunds_nothing`: nothing."""
    refunds_nothing: bool
    sp_when_blocking: bool
    """SP that come by the second come only while it blocks."""
    uses_most: int
    """How often the skill can be used in one deployment, and in a battle; -1 for no limit."""
    uses_in_battle: int
    endless_from: int
    """From this use in a deployment on the skill does not end by itself; 0 for never."""


class EnemyStats(Fighter):
    """One enemy of the stage's spawns: its figures, when and where it comes, and what it splits into when it dies."""

    kind: int
    """Index in enemy_tables.kinds_of(stage): the look by which a player knows it."""
    step: float
    """Tiles a tick."""
    reach: float
    """Radius in tiles within which it shoots operators (their body included); 0 if it only attacks its blocker."""
    flying: bool
    life_cost: int
    """Life points that a leak costs, or the death of an escort."""
    counts: bool
    """The kill counter counts it."""
    harmless: bool
    """A leak costs no life, whatever life_cost says."""
    holds_fragment: bool
    """The next fragment waits until it is gone; `holds_wave`: the next wave."""
    holds_wave: bool
    hides: bool
    """Operators cannot target it unless it is blocked."""
    hovers: bool
    """It flies until its first stun; `flies_after`: so many ticks after it came."""
    flies_after: int
    unblockable: bool
    weight: int
    stun_immune: bool
    freeze_immune: bool
    leaps: float
    """Radius in tiles within which its attack leaps; 0 for none."""
    leap_targets: int
    leap_strength: float
    rises_after: int
    """Ticks from its first death until it rises; 0 for one that dies at once."""
    rises_with: float
    """Share of its full health with which it does."""
    dies_after: int
    """Ticks that its death takes; `touched_within`: tiles from which operators attack it, 0 for any."""
    touched_within: float
    restless: bool
    second_damage: int
    """Kind of damage in its second form."""
    route: int
    fragment: int
    offset: int
    """Ticks after the fragment's start."""
    parent: int
    """The enemy that splits into this one; -1 for enemies that come by themselves."""
    first_child: int
    """The first of the enemies that it splits into; the others follow it."""
    children: int
    """How many enemies it splits into."""
    first_summoned: int
    """The first of the `summoned` enemies that it can summon; the others follow it."""
    summoned: int
    unit: int
    """The slot of the unit whose body it is (see `game.levels.companions`); -1 for an enemy."""
    only_escorts: bool
    """It shoots only units that walk."""
    ground_only: bool
    throws: bool
    """Its attack itself does nothing: only its effects do."""


class FragmentTiming(Record):
    """When a fragment of a wave begins and ends."""

    wave: int
    delay: int
    """Ticks from the end of the fragment before it."""
    length: int
    """Ticks until its last enemy has come."""
    patience: int
    """Most ticks that a new wave waits for an empty field; negative for no limit."""


class RouteNode(Record):
    """One node of a route."""

    kind: int
    """MOVE to APPEAR."""
    row: float
    col: float
    ticks: int
    """How long a WAIT node waits; of other waiting nodes, when they end after the start of fragment, wave or battle."""
    distance_to_exit: float
    """Tiles from this node to the end of the route."""
    leg_end: int
    """The node at the end of the leg on foot to which this one belongs; -1 for none. All below is of that leg."""
    way: int
    """Which of `Field.way` leads to the leg's goal."""
    goal: int
    """The goal's tile."""
    diagonal: bool
    """Whether one steps diagonally on it."""
    straight: bool
    """Whether one leaves out tiles' centres to go straight."""
    from_tile: int
    """At the end of the last leg before the exit or before hiding: the tile where the first of these legs begins, which
    barriers may not cut off from the goal; -1 at other nodes."""


class FriendPost(Record):
    """Where an operator of the level stands; its slot is `World.cards` and its row here together."""

    tile: int
    direction: int
    """As UnitState.direction."""
    hidden: bool
    """It is not there from the start; `left_by`: the slot of the device that leaves it behind, -1 for none."""
    left_by: int


class FriendOrder(Record):
    """A moment of the waves at which an operator of the level comes or goes."""

    friend: int
    """Its row of `World.friend`."""
    comes: bool
    fragment: int
    offset: int
    """Ticks after the fragment's start."""


class Rules(Record):
    """The rules that public sources do not settle; `game.simulator.options` says what each is, and its default."""

    shooting_pause: int
    enemy_wind_up: int
    deployment: int
    wind_up: int
    split_pause: int
    sp_while_active: bool
    splash_hits_air: bool
    heals_lowest_fraction: bool


class World(NamedTuple):
    """What a stage and a squad fix. S slots, E enemies, R routes, N nodes, F fragments, T tiles, L friends, O orders.

    The slots of the squad come first, then those of devices; both have cards. After them come those of the friends, the
    level's own operators.
    """

    width: int
    height: int
    character_limit: int
    max_cost: int
    """Most DP that can be held."""
    max_life: int
    initial_cost: int
    """DP at the start."""
    cost_ticks: int
    """Ticks for each DP that comes by itself; 0 for none."""
    time_limit: int
    """Ticks after which the battle is lost; 0 for never."""
    arrivals: int
    """How many enemies come by themselves; the others split off from them."""
    squad: int
    """How many slots are the squad's."""
    cards: int
    """How many slots have a card, devices' included; only these obey the player."""
    bodies: int
    """How many of the enemies are bodies of units."""
    ways: int
    """How many goals walkers have that need other ways where barriers stand; 0 where there are no barriers."""
    steps: Flags
    """[T, 9] whether a step leads from a tile in each direction of ways.DOWN and RIGHT, without barriers, and last
    whether the tile itself is walkable; [0, 9] where there are no barriers"""
    high: Flags
    """[T] which tiles are high ground"""
    pits: Flags
    """[T] into which tiles enemies can fall"""
    stands: Flags
    """[S, T] where each operator may be deployed"""
    stance: Rows[Stance]
    """[2, S] without and with the skill"""
    deployable: Rows[Deployable]
    """[S]"""
    ranges: Ints
    """[2, S, tiles, 2] (down, right) from an operator that faces right; the first `Stance.range_size` tiles count"""
    enemy: Rows[EnemyStats]
    """[E]"""
    fragment: Rows[FragmentTiming]
    """[F]"""
    route_size: Ints
    """[R] nodes of each route"""
    node: Rows[RouteNode]
    """[R, N]"""
    friend: Rows[FriendPost]
    """[L]"""
    friend_order: Rows[FriendOrder]
    """[O] by fragment and offset"""
    effect: Rows[EffectRow]
    """[X] sorted by owner; none in most battles, whose code then never asks for effects"""
    effect_part: Rows[EffectPart]
    """[P]"""
    sort: Flags
    """[sorts, S + E] which fighters are of a sort that effects choose"""
    ground: Flags
    """[grounds, T] the tiles on which owners of effects have to stand"""
    effects_from: Ints
    """[S + E + 1] the first effect of each fighter: operators by slot, then enemies; empty without effects"""
    next_effect: Ints
    """[5, X + 1] from each effect on, the first of each kind, NEXT_INTERVAL to NEXT_IN_HAND; X where none follows"""
    timers: int
    """How many effects last for a time."""
    rules: Rows[Rules]
    """[1], because numba cannot put a single record into a tuple"""


# --- Changed by a battle ----------------------------------------------------------------------------------------------


class Battles(NamedTuple):
    """What battles change, for a batch of B of them. The other letters as in World."""

    battle: Records
    """BattleFigures [B]"""
    fragment_start: Ints
    """[B, F] the clock at which each fragment began"""
    wave_start: Ints
    """[B, F] the clock at which each wave began; there are at most as many as fragments"""
    standing: Ints
    """[B, T] the slot that stands on a tile; -1 for none"""
    covers: Flags
    """[B, S, T] the tiles that an operator's range covers now"""
    unit: Records
    """UnitState [B, S]"""
    foe: Records
    """FoeState [B, E]"""
    present: Ints
    """[B, E] the enemies on the field in the order in which they appeared; the first `listed` count"""
    way: Floats
    """[B, ways, T + 1] the length in tiles of the way from each tile to a goal, around barriers; last, whether it is
    known (1) or has to be found again (0)"""
    modifier: Floats
    """[B, S + E, attributes, 3] what effects add to each fighter's numbers (see modifiers.py)"""
    until: Ints
    """[B, timers, S + E + 1] the clock until which an effect that lasts for a time changes a fighter's numbers; last,
    the latest of all that it ever was"""
    due: Ints
    """[B, X] the clock at which an effect at an interval happens next"""
    pending: Ints
    """[B, X] how often an effect is still to happen in this tick"""
    entered: Ints
    """[B, S + E] the clock at which a fighter came onto the field"""
    marked: Flags
    """[B, S + E] the fighters that an effect has chosen; of use only while it happens"""


class Field(NamedTuple):
    """One battle of a batch: views of its rows, as `Battles` describes them without the axis B.

    `battle` keeps an axis of length 1, because numba cannot put a single record into a tuple: its figures are read as
    `field.battle[0].clock`.
    """

    battle: Rows[BattleFigures]
    fragment_start: Ints
    wave_start: Ints
    standing: Ints
    covers: Flags
    unit: Rows[UnitState]
    foe: Rows[FoeState]
    present: Ints
    way: Floats
    modifier: Floats
    until: Ints
    due: Ints
    pending: Ints
    entered: Ints
    marked: Flags
