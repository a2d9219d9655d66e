"""Effects as data: what talents, traits, skills and enemies' abilities do beyond changing their owner's own numbers.

An `Effect` is composed of when it happens, to whom, under which conditions, and what it does. Tables write it as an
entry of a list `effects`; `game.simulator.effect_tables` turns it into rows that compiled code reads.
"""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

Role = Literal["vanguard", "guard", "defender", "sniper", "caster", "medic", "supporter", "specialist"]
ROLES: tuple[Role, ...] = get_args(Role)
Gain = Literal["second", "attack", "hit", "deploy"]
"""What gives a skill its SP: each second, each own attack or each hit taken; "deploy" needs none: it starts then."""
When = Literal[
    "always", "deployed", "interval", "attack", "hit taken", "kill", "death", "skill begins", "skill ends", "fall",
    "hurt", "saved", "ward broken", "dodge", "rise", "link broken", "link over", "leak", "squad",
]  # fmt: skip
"""always: while owner and conditions last. attack: each target that an attack of the owner strikes or heals. deployed:
an operator's deployment, an enemy's appearance. death: it dies; a retreat or a leak is none. fall: an enemy dies within
`radius` or, without one, in the owner's range; to an enemy, an operator as well. hurt: it has lost health. saved: it
would have died without its `undying`. rise: an enemy does so after its first death. link broken: its `link` ends before
its time, by its death too. link over: the link ends at its time; the target is who was linked. leak: it reaches the
exit. squad: before the battle, for all of the squad with the owner in it, deployed or not (`SQUAD`)."""
Who = Literal["self", "target", "allies", "allies in range", "enemies", "enemies in range", "held", "linked"]
"""target: what the owner attacks or heals, or, where the owner is hit, the one who hits it. Allies and enemies are the
owner's own; held are the enemies that it blocks, or the operator that blocks it, an enemy; linked is the operator to
whom an enemy is linked (`Effect.link`), or itself."""
While = Literal["any", "active", "idle"]

ADDED = (
    "attack", "defense", "resistance", "attack_speed", "regeneration", "regeneration_share", "sp_rate", "taunt",
    "dodge", "dodge_arts", "burn", "silence", "resist", "least_damage",
    "defense_met", "resistance_met", "max_health", "block", "undying", "disarmed", "camouflage", "revealed", "drain",
    "bleed", "most_taken", "stealth", "targets",
    "dodge_melee", "spares_above", "spares_below", "asleep", "heal_sp", "regeneration_low", "weight", "cost",
    "initial_sp", "necrosis", "steadfast", "attack_interval",
)  # fmt: skip
"""Numbers to which `add` adds: points; regeneration and burn (arts damage) in points a second; regeneration_share in
fractions of the full health a second; sp_rate in SP a second, where SP come by the second; dodge and dodge_arts are
chances that an attack of that kind does nothing; silence of 1 stops the effects of an enemy, resist of 1
halves the time for which an operator is stunned; least_damage is the part of the attack that is always dealt; undying
is the fraction of the full health (at least a point) below which damage does not bring it; disarmed, camouflage and
revealed of 1 mean that it does not attack, that enemies do not aim at it, and that hiding is of no use to it; drain is
the fraction of the full health that it loses a second, without dying of it. bleed is true damage in points a second,
most_taken the most that one blow takes; stealth is as camouflage, but revealed ends it, and with 2 not even an enemy
that the operator blocks aims at it; targets is how many operators more an enemy's attack hits. dodge_melee is for
physical attacks of enemies that do not shoot; an operator does not attack enemies with more than spares_above or less
than spares_below of their health; asleep of 1 means that a stunned enemy can be neither struck nor hurt; heal_sp are
the SP that a wounded friend gets with each heal of the owner; regeneration_low is as regeneration, but only below half
of the health; weight resists being shifted; necrosis is the part of its attack that an enemy's attacks do as elemental
injury of that kind; steadfast of 1 means that an enemy can be neither stunned, frozen nor shifted; attack_interval are
seconds from one attack of an enemy to the next, before its attack speed. cost and initial_sp are for a squad; cost,
with when = "always", for cards of the hand."""
SCALED = ("attack", "defense", "max_health", "redeploy_time")
"""Numbers that `scale` changes by a fraction of what they are without talents and skill."""
MULTIPLIED = (
    "attack", "defense", "resistance", "speed", "physical_taken", "arts_taken", "true_taken", "healing_given",
    "healing_taken", "defense_met", "resistance_met",
)  # fmt: skip
"""Numbers that `factor` multiplies: `..._taken` the damage or healing that a unit takes, defense_met and resistance_met
the defense or resistance of what the owner attacks; a speed of 0 is the state "bound"."""


ONCE = 99999.0
By = Literal[
    "", "most attack", "most health", "least health", "most defense", "least defense", "nearest", "most block",
    "least hurt",
]  # fmt: skip
"""most health is the highest full health, least health the lowest fraction of it, least hurt the highest; of operators
that are equal the last deployed comes first."""
Element = Literal["neural", "corrosion", "burning", "necrosis"]
"""The kinds of elemental injury (神经, 侵蚀, 灼燃, 凋亡损伤)."""
LENT = ("attack", "defense", "max_health", "regeneration", "regeneration_low", "burn")
"""Numbers to which `lend` adds a part of the owner's attack, of `defense` and `max_health` a part of its own."""
SQUAD = ("initial_sp",)
"""Numbers that only an effect with when = "squad" changes."""
HAND = ("cost", "redeploy_time")
"""Numbers of cards: an effect changes them for the whole battle (when = "squad"), or while its owner is on the field
(when = "always", for all allies that it is for, wherever they are)."""
Shift = Literal["", "push", "away", "pull"]
"""push: in the owner's direction; away: from the owner; pull: towards it."""
Per = Literal[
    "", "second", "idle", "kill", "use", "enemy", "ally", "lost health", "idle time", "skill time", "streak", "leap",
    "lasting", "blocked", "tally",
]  # fmt: skip
"""What an effect grows with: whole seconds on the field or since the last attack; kills, or uses of the skill before
this one, since the deployment; enemies in the owner's range; the operators that it is for; the fraction of health that
is lost, seconds since the last attack, seconds of the active skill (these three evenly); attacks in a row on the same
enemy. leap: a strength that applies once more to each enemy that the same attack strikes after another. lasting: whole
seconds for which a change has lasted. blocked: of an enemy, all enemies that the operator blocks who blocks it. tally:
what effects have added to an enemy's `tally`."""


class Effect(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One effect. What it does is any of the fields from `add` on; a change lasts `seconds`, or, of an effect that is
    there always, as long as its conditions hold. ValueError for parts that do not fit together.
    """

    name: str = ""
    """Of a talent's reached effects of one name only those with the last requirement count: a talent grows."""
    elite: int = 0
    level: int = 1
    potential: int = 1
    brings: int = 0
    """Only of an operator that brings this one of its skills, from 1; 0 for any."""
    when: When = "always"
    every: float = 0.0
    """Seconds, of an effect that happens at an interval; of others, the least time between two times, `ONCE` for once
    in a deployment."""
    every_most: float = 0.0
    """An interval of the battle instead of the owner's: drawn between `every` and this, and the same for all who have
    the effect, whenever they came."""
    ready_after: float = 0.0
    """Seconds until an effect at an interval happens first; 0 for `every`."""
    waits: bool = False
    """At an interval: it happens as soon as one is there whom it chooses and its owner can act, and is due again
    `every` seconds after that: an enemy's skill with its cooldown."""
    from_attack: int = 0
    """Only once the owner has made so many attacks since it came; `until_attack`: only before that, 0 for always."""
    until_attack: int = 0
    nth: int = 0
    """Only with every n-th attack of the owner since it came; 0 for all."""
    nth_first: int = 0
    """With which of its attacks that begins; 0 for the n-th."""
    who: Who = "self"
    radius: float = 0.0
    """In tiles, between the tiles on which units stand, instead of the owner's range: 1 is its four neighbours, 1.5 all
    eight. An enemy has no other range."""
    at_target: bool = False
    """The radius is around the target of the attack."""
    most: int = 0
    """How many are chosen at most: allies with the least health first, enemies as an operator would. 0 for all."""
    by: By = ""
    """Which operators an effect chooses first."""
    seen: bool = False
    """Only operators at whom enemies may aim: not those who hide."""
    others: bool = False
    """The owner itself is not chosen."""
    roles: tuple[Role, ...] = ()
    melee: bool | None = None
    """Only operators on the ground, or only those on high ground."""
    flying: bool | None = None
    blocked: bool | None = None
    """Only enemies that an operator blocks, or that none blocks; `held`: that the owner itself does or does not."""
    held: bool | None = None
    shoots: bool | None = None
    """Only enemies that attack at a distance, or only those that do not."""
    heavy: int = 0
    """Only enemies with at least this weight; `light`: with at most this weight, -1 for all."""
    light: int = -1
    races: tuple[str, ...] = ()
    """Only enemies of one of these races (`Enemy.races`)."""
    first: int = 0
    """Only the first so many whom one attack strikes; -1 for as many as the owner can block, 0 for all."""
    state: Literal["", "stunned", "slowed", "cold", "frozen", "awake"] = ""
    """Only those in this state; slowed is the state "slow" (停顿), which leaves a fifth of the speed or less, and only
    of enemies; cold is not frozen, awake is not stunned."""
    rarities: tuple[int, ...] = ()
    """Only operators of these rarities, 1 to 6."""
    groups: tuple[str, ...] = ()
    """Only operators or enemies of one of these groups (`Traits.groups`, `Enemy.groups`)."""
    spared_groups: tuple[str, ...] = ()
    """Only operators or enemies of none of these groups."""
    cost_most: int = 0
    """Only operators whose first deployment costs at most so many DP; 0 for all."""
    gains: tuple[Gain, ...] = ()
    """Only operators whose skill gets its SP by one of these."""
    ahead: int = 0
    """Only those on the first so many rows of tiles in front of the owner, at most `aside` tiles to either side;
    negative: only all others."""
    aside: int = 0
    behind: bool = False
    """The rows are those behind the owner instead."""
    at_place: bool = False
    """The radius is around the place that an effect of the owner `lays`, and the effect is there while that lasts."""
    besides: bool = False
    """The target of the attack is not chosen."""
    fresh: bool = False
    """Only those whose numbers the effect does not change already, or who have not had it within its `seconds`."""
    as_one: str = ""
    """Effects that share this word, of all who have them, count as one for `fresh`: clouds that do not add up."""
    at_random: bool = False
    """Of those that may be chosen, `most` are chosen by chance."""
    below: float = 1.0
    """Only units with at most this fraction of their health; `above`: with more."""
    above: float = 0.0
    own_below: float = 1.0
    """Only while the owner has at most this fraction of its health; `own_above`: has more."""
    own_above: float = 0.0
    holds: int = 0
    """Only while the owner blocks at least so much."""
    free: bool = False
    """Only while the owner blocks nothing."""
    alone: float = 0.0
    """Only while no other operator stands within this radius of the owner; 0 for no such condition."""
    company: bool = False
    """Only while another of the owner's side, of the sort that the effect is for, is on the field."""
    near_groups: tuple[str, ...] = ()
    """Only while another enemy of one of these groups is within `near_radius` tiles of the owner, an enemy."""
    near_radius: float = 0.0
    own_blocked: bool | None = None
    """Only while an operator blocks the owner, an enemy; or only while none does."""
    own_linked: bool | None = None
    """Only while the owner, an enemy, is linked; or only while it is not."""
    on: tuple[str, ...] = ()
    """Only while the owner stands on a tile of one of these keys."""
    firm: bool = False
    """Silence does not stop it."""
    form: Literal[0, 1, 2] = 0
    """Only of an enemy in its first, or in its second form, after it has risen or turned; 0 for both."""
    foes_most: int = 0
    """Only while at most so many enemies are in the owner's range; 0 for any number."""
    high_near: int = 0
    """Only while at least so many of the four tiles beside the owner are high ground."""
    after: float = 0.0
    """Only from so many seconds after the owner came on; `until`: only so many seconds long, 0 for always."""
    until: float = 0.0
    skill: While = "any"
    """Only while the owner's skill is active, or is not. Effects of a skill are there only while it is active."""
    chance: float = 1.0
    """At most 1."""
    lot: tuple[float, float] = (0.0, 1.0)
    """Of effects of which one comes by chance at each deployment, or with when = "skill begins" at each use of the
    skill: the part of all chances that is this one's."""
    per: Per = ""
    step: float = 1.0
    """The changes and the strength count once for each so much of what `per` says; at most `stacks` times."""
    stacks: int = 1
    seconds: float = 0.0
    at_end: bool = False
    """What it does besides changing numbers comes after these seconds, to those who still stand then: a bomb."""
    spent: bool = False
    """The change ends with the next attack of whom it changes, if not before."""
    add: dict[str, float] = {}
    scale: dict[str, float] = {}
    factor: dict[str, float] = {}
    lend: dict[str, float] = {}
    """Parts of the owner's numbers that are added to others' (`LENT`)."""
    strength: float = 1.0
    """Factor on the attack itself, with when = "attack"."""
    pierce: float = 1.0
    """Factor on the defense that the attack meets, with when = "attack"; `pierce_points`: points less of it."""
    pierce_points: float = 0.0
    times: float = 1.0
    """Factor on the damage that the attack does after defense: 2 for an attack that is made twice. With when = "hit
    taken" on the damage that the owner takes."""
    least: float = 1.0
    """Factor on the part of the attack that is always dealt."""
    damage: float = 0.0
    """Part of the owner's attack, dealt as `kind`; `damage_points` in points."""
    damage_points: float = 0.0
    damage_defense: float = 0.0
    """Part of the owner's defense."""
    kind: Literal["physical", "arts", "true"] = "physical"
    heal: float = 0.0
    """Part of the owner's attack; `heal_share` of the full health, `heal_points` in points."""
    heal_share: float = 0.0
    heal_points: float = 0.0
    heal_dealt: float = 0.0
    """Part of the damage that the attack has done."""
    lose: float = 0.0
    """Fraction of the health that it has now, which is lost; `lose_share` of the full health. Nothing dies of it."""
    lose_share: float = 0.0
    shield: float = 0.0
    """Damage that is absorbed, as a fraction of the full health; `shield_attack` as a part of the owner's attack,
    `shield_points` in points. It stays until it is used up, or for `seconds`."""
    shield_attack: float = 0.0
    shield_points: float = 0.0
    wards: int = 0
    """Layers, each of which takes one blow; up to `wards_most`, or as many as are given. Negative: they are gone."""
    wards_most: int = 0
    stun: float = 0.0
    """Seconds."""
    cold: float = 0.0
    """Seconds of the state "cold" (寒冷); one that is in it already is frozen for them instead."""
    injury: float = 0.0
    """Part of the owner's attack that an operator takes as elemental injury of `element`; `injury_points` in points."""
    injury_points: float = 0.0
    element: Element = "neural"
    leap: float = 0.0
    """Tiles that an enemy gets ahead on its way, past the operator that blocks it."""
    wear: float = 0.0
    """Points of defense that an operator loses until it leaves the field; they add up."""
    sp: float = 0.0
    sp_share: float = 0.0
    """Part of the skill's cost."""
    dp: int = 0
    """Negative: they are paid; an operator that cannot pay leaves the field."""
    shift: Shift = ""
    """An enemy is shifted with this `force`, from -1 to 3, against its weight."""
    force: int = 0
    link: float = 0.0
    """Seconds for which an enemy is linked to the operator that it chooses, or to itself: it stands still and does not
    attack, until the operator is gone, or it is stunned or silenced."""
    charge: float = 0.0
    """Seconds by which the effects with `charged` happen sooner; negative: later, but not later than from the start."""
    charged: bool = False
    """Of an effect at an interval."""
    lays: float = 0.0
    """The place of whom it chooses is kept for so many seconds, for effects with `at_place`. Those of an enemy begin
    then, and go on after its death."""
    leaves: float = 0.0
    """An operator leaves the field after so many seconds."""
    turns: bool = False
    """An enemy goes on in its second form, from now on."""
    falls: bool = False
    """An enemy dies: each that it chooses or, where it chooses operators, its owner."""
    tally: int = 0
    """An enemy counts so many more, for effects with per = "tally"."""
    number: str = ""
    """The talent's number, by its key as in `Enemy.numbers`, on which the growth of strength depends: a level that
    gives another one changes it in proportion."""
    summons: int = 0
    """So many of the enemies that its owner summons (`Enemy.summons`) come where that is, and go its way."""
    rubble: int = 0
    """What the owner, a device, leaves behind comes on so many tiles in front of it, where operators on the ground
    could stand and none does (`Device.rubble`)."""

    def __post_init__(self) -> None:
        """Raise ValueError for parts that do not fit together."""
        wrong = _wrong_names(self) or _wrong_parts(self)
        if wrong:
            raise ValueError(wrong)

    def __hash__(self) -> int:
        """Squads are keys of caches, and a dict has no hash of its own."""
        return hash(msgspec.msgpack.encode(self))


def _wrong_names(effect: Effect) -> str:
    """What is wrong with the names of the numbers that an effect changes; "" for nothing."""
    known = {"add": ADDED, "scale": SCALED, "factor": MULTIPLIED, "lend": LENT}
    if effect.when != "squad":
        without = SQUAD if effect.when == "always" and effect.who == "allies" else (*SQUAD, *HAND)
        known = {how: tuple(name for name in names if name not in without) for how, names in known.items()}
    for how, names in known.items():
        unknown = sorted(set(getattr(effect, how)) - set(names))
        if unknown:
            return f"{how} names {unknown[0]!r}; it takes {', '.join(names)}"
    return ""


def _wrong_parts(effect: Effect) -> str:
    """What is wrong with an effect's parts beside each other; "" for nothing."""
    changes = bool(effect.add or effect.scale or effect.factor or effect.lend)
    always = effect.when in ("always", "squad")
    outright = effect.who == "target" or effect.most or effect.chance != 1.0 or effect.seconds
    wrong = {
        "an effect at an interval needs every, in seconds": effect.when == "interval" and effect.every <= 0.0,
        "every_most belongs to an interval and is not less than every": (
            effect.every_most != 0.0 and (effect.when != "interval" or effect.every_most < effect.every)
        ),
        "an effect that is there always only changes numbers, without target, most, chance and seconds": (
            always and (outright or not changes)
        ),
        "a change of numbers needs seconds, or when = 'always'": changes and not always and effect.seconds <= 0.0,
        f"{effect.when!r} has no target": (
            effect.who == "target" and effect.when not in ("attack", "hit taken", "link over")
        ),
        "strength, pierce, times and least belong to when = 'attack'": (
            (effect.when != "attack" and (effect.strength, effect.pierce, effect.least) != (1.0,) * 3)
            or (effect.when not in ("attack", "hit taken") and effect.times != 1.0)
        ),
        "damage is a part of the attack, or of the defense, or points: only one of them": (
            (effect.damage != 0.0) + (effect.damage_points != 0.0) + (effect.damage_defense != 0.0) > 1
        ),
        "chance is at most 1": effect.chance > 1.0,
        "near_groups and near_radius, in tiles, need each other": bool(effect.near_groups)
        != (effect.near_radius > 0.0),
        "what comes at the end needs seconds": effect.at_end and effect.seconds <= 0.0,
        "as_one needs fresh and seconds": bool(effect.as_one) and not (effect.fresh and effect.seconds > 0.0),
    }
    return next((words for words, so in wrong.items() if so), "")
