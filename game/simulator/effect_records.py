"""The records of effects (see `game.characters.effects`), and the numbers that stand for their words."""

from __future__ import annotations

from game.simulator.compiling import passed
from game.simulator.rows import Record

(
    ALWAYS, DEPLOYED, INTERVAL, ATTACKS, HIT_TAKEN, KILLS, DEATH, SKILL_BEGINS, SKILL_ENDS, FALLS, HURT, SAVED,
    WARD_BROKEN, DODGES, RISES, LINK_BROKEN, LINK_OVER, LEAKS,
) = map(passed, range(18))  # fmt: skip
"""EffectRow.when, in the order of `game.characters.effects.When`."""
(
    ONE, SECONDS, IDLE, KILLED, USES, ENEMIES_NEAR, FRIENDS, LOST_HEALTH, IDLE_TIME, SKILL_TIME, STREAK, PER_LEAP,
    LASTING, BLOCKED_WITH, TALLIED,
) = map(passed, range(15))  # fmt: skip
"""EffectRow.per, in the order of `game.characters.effects.Per`; from LOST_HEALTH to SKILL_TIME evenly."""
NEURAL, CORROSION, BURNING, NECROSIS = map(passed, range(4))
"""EffectPart.of of an elemental injury."""
ANY_STATE, STUNNED, SLOWED, COLD_NOW, FROZEN, AWAKE = range(6)
"""EffectRow.state."""
SELF, TARGET, ALLIES, ENEMIES, LINKED = range(5)
"""EffectRow.who."""
USUAL, MOST_ATTACK, MOST_HEALTH, LEAST_HEALTH, MOST_DEFENSE, LEAST_DEFENSE, NEAREST, MOST_BLOCK, LEAST_HURT = range(9)
"""EffectRow.by, in the order of `game.characters.effects.By`."""
ANYWHERE, IN_OWN_RANGE, IN_RADIUS, HELD = range(4)
"""EffectRow.reach."""
EITHER, ONLY, NEVER = map(passed, range(3))
"""EffectRow.blocked: whether it matters. EffectRow.skill: only while it is active, or only while not."""
(
    ATTACK, DEFENSE, RESISTANCE, ATTACK_SPEED, REGENERATION, REGENERATION_SHARE, SP_RATE, TAUNT, HIT_PHYSICAL, HIT_ARTS,
    BURN, SILENCE, SPEED, PHYSICAL_TAKEN, ARTS_TAKEN, TRUE_TAKEN, HEALING_GIVEN, HEALING_TAKEN, DEFENSE_MET,
    RESISTANCE_MET, RESIST, LEAST_DAMAGE, MAX_HEALTH, BLOCK, UNDYING, DISARMED, CAMOUFLAGE, REVEALED, DRAIN, BLEED,
    MOST_TAKEN, STEALTH, TARGETS, HIT_MELEE, SPARES_ABOVE, SPARES_BELOW, ASLEEP, HEAL_SP, REGENERATION_LOW, WEIGHT,
    COST, REDEPLOY_TIME, NECROTIC, STEADFAST, ATTACK_TIME,
) = map(passed, range(45))  # fmt: skip
"""The numbers that effects change. HIT_... are the chances that an attack of that kind hits."""
ATTRIBUTES = 45
SCALE, ADD, FACTOR = map(passed, range(3))
"""How: EffectPart.what of a change, and the last axis of `Battles.modifier`."""
(
    LEND, STRENGTH, PIERCE, PIERCE_POINTS, TIMES, LEAST, DAMAGE_ATTACK, DAMAGE_POINTS, DAMAGE_DEFENSE, HEAL_ATTACK,
    HEAL_SHARE, HEAL_POINTS, HEAL_DEALT, SHIELD, SHIELD_ATTACK, WARDS, STUN, GIVE_SP, SP_SHARE, GIVE_DP, LOSE,
    LOSE_SHARE, LEAVE, PUSH, AWAY, PULL, LAY, COLD, INJURE_ATTACK, INJURE_POINTS, WEAR, LEAP, LINK, CHARGE,
    TURN, SHIELD_POINTS, FALL_DOWN, TALLY, SUMMON, RUBBLE,
) = map(passed, range(3, 43))  # fmt: skip
"""EffectPart.what of all else."""
NEXT_INTERVAL, NEXT_TIMED, NEXT_CONSTANT, NEXT_LENDING, NEXT_IN_HAND, NEXT_ENDING = map(passed, range(6))
"""Rows of `World.next_effect`: effects at intervals, those that change numbers for a time, those that are there always,
those that lend, those that change cards, and those that do something at their end.
"""


class EffectRow(Record):
    """One effect of one fighter. Fields without a word here are those of `Effect`, times in ticks."""

    owner: int
    """A slot, or S plus the number of an enemy."""
    when: int
    """ALWAYS to SKILL_ENDS."""
    period: int
    """Of an interval that is drawn, the middle one; `spread`: the most by which one is longer, -1 for one that is not
    drawn."""
    spread: int
    first_time: int
    waits: bool
    from_attack: int
    until_attack: int
    nth: int
    nth_first: int
    who: int
    """SELF to LINKED."""
    reach: int
    """ANYWHERE to HELD."""
    radius: float
    most: int
    by: int
    """USUAL to LEAST_HURT."""
    seen: bool
    others: bool
    sort: int
    """Its row of `World.sort`: of which sort those are whom it chooses; -1 for all."""
    blocked: int
    """EITHER, ONLY or NEVER; the same for `held`."""
    held: int
    struck_most: int
    """`Effect.first`."""
    state: int
    """ANY_STATE to AWAKE."""
    ahead: int
    aside: int
    behind: bool
    at_place: bool
    besides: bool
    at_target: bool
    fresh: bool
    at_random: bool
    below: float
    above: float
    own_below: float
    own_above: float
    holds: int
    free: bool
    alone: float
    company: bool
    near_sort: int
    """Its row of `World.sort`: of which sort one within `near_radius` tiles of its owner has to be."""
    near_radius: float
    own_blocked: int
    """EITHER, ONLY or NEVER; the same for `own_linked`."""
    own_linked: int
    ground: int
    """Its row of `World.ground`: on which tiles the owner has to stand; -1 for all."""
    firm: bool
    form: int
    foes_most: int
    high_near: int
    after: int
    until: int
    skill: int
    """EITHER, ONLY or NEVER while it is active."""
    chance: float
    lot_from: float
    """The owner's lot of this deployment lies from here to below `lot_to`."""
    lot_to: float
    per: int
    """ONE to TALLIED."""
    step: float
    """Ticks or points of what `per` says."""
    stacks: int
    lends: bool
    """It has a part LEND."""
    hand: bool
    """It has a part that changes COST or REDEPLOY_TIME, of cards."""
    charged: bool
    guards: bool
    """It has a part TIMES for the damage that its owner takes."""
    spent: bool
    at_end: bool
    ticks: int
    """How long its changes last."""
    timer: int
    """Its row of `Battles.until`, which effects with the same `as_one` share; -1 for none."""
    first: int
    """Its first part; the others follow."""
    parts: int


class EffectPart(Record):
    """One thing that an effect does."""

    what: int
    """SCALE to RUBBLE."""
    of: int
    """The attribute of a change, the kind of damage of DAMAGE_..., the element of INJURE_..., the most of WARDS; else
    0."""
    amount: float
    """Parts, points or ticks, as the name says; SP in ticks; the force of PUSH, AWAY and PULL."""
