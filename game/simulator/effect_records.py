"""The records of effects (see `game.characters.effects`), and the numbers that stand for their words."""

from __future__ import annotations

from game.simulator.compiling import passed
from game.simulator.rows import Record

(ALWAYS, DEPLOYED, INTERVAL, ATTACKS, HIT_TAKEN, KILLS, DEATH, SKILL_BEGINS, SKILL_ENDS) = map(passed, range(9))
"""EffectRow.when, in the order of `game.characters.effects.When`."""
SELF, TARGET, ALLIES, ENEMIES = range(4)
"""EffectRow.who."""
ANYWHERE, IN_OWN_RANGE, IN_RADIUS, HELD = range(4)
"""EffectRow.reach."""
EITHER, ONLY, NEVER = map(passed, range(3))
"""EffectRow.melee, flying, blocked: whether it matters. EffectRow.skill: only while it is active, or only while not."""
(
    ATTACK, DEFENSE, RESISTANCE, ATTACK_SPEED, REGENERATION, REGENERATION_SHARE, SP_RATE, TAUNT, HIT_PHYSICAL, HIT_ARTS,
    BURN, SILENCE, SPEED, PHYSICAL_TAKEN, ARTS_TAKEN, TRUE_TAKEN, HEALING_GIVEN, HEALING_TAKEN, DEFENSE_MET,
    RESISTANCE_MET, RESIST, LEAST_DAMAGE,
) = map(passed, range(22))  # fmt: skip
"""The numbers that effects change. HIT_PHYSICAL and HIT_ARTS are the chances that an attack of that kind hits."""
ATTRIBUTES = 22
SCALE, ADD, FACTOR = map(passed, range(3))
"""How: EffectPart.what of a change, and the last axis of `Battles.modifier`."""
(
    STRENGTH, PIERCE, TIMES, DAMAGE_ATTACK, DAMAGE_POINTS, DAMAGE_DEFENSE, HEAL_ATTACK, HEAL_SHARE, HEAL_POINTS, SHIELD,
    STUN, GIVE_SP, GIVE_DP,
) = map(passed, range(3, 16))  # fmt: skip
"""EffectPart.what of all else."""


class EffectRow(Record):
    """One effect of one fighter. Fields without a word here are those of `Effect`, times in ticks."""

    owner: int
    """A slot, or S plus the number of an enemy."""
    when: int
    """ALWAYS to SKILL_ENDS."""
    period: int
    who: int
    """SELF to ENEMIES."""
    reach: int
    """ANYWHERE to HELD."""
    radius: float
    most: int
    others: bool
    roles: int
    """A bit for each role that is chosen; 0 for all."""
    melee: int
    """EITHER, ONLY or NEVER, as the next two."""
    flying: int
    blocked: int
    below: float
    above: float
    own_below: float
    own_above: float
    holds: int
    free: bool
    alone: float
    after: int
    skill: int
    """EITHER, ONLY or NEVER while it is active."""
    chance: float
    ticks: int
    """How long its changes last."""
    timer: int
    """Its row of `Battles.until`; -1 for none."""
    first: int
    """Its first part; the others follow."""
    parts: int


class EffectPart(Record):
    """One thing that an effect does."""

    what: int
    """SCALE to GIVE_DP."""
    of: int
    """The attribute of a change, the kind of damage of DAMAGE_...; else 0."""
    amount: float
    """Parts, points or ticks, as the name says; SP in ticks."""
