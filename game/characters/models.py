"""The fields of operators and enemies in the tables, and of an operator in a squad.

A `Character` is an operator as a table describes it, at every elite phase and level. An `Operator` is that character at
one `Build`, as a squad brings it. The rules know operators only. `game/characters/tables` explains every field.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

import msgspec

from game.characters.effects import Effect, Gain, Role

Offset = tuple[int, int]
"""(row, column) relative to an operator that faces RIGHT; rows grow downwards, as everywhere on the map."""

Damage = Literal["physical", "arts", "true", "heal"]

ESCORT = "escort"
"""The group of escorts: effects are for them only where they name it."""
UNLIMITED = 9999.0
"""Duration in seconds of a skill that lasts until its operator leaves the field."""
SKILL_LEVELS = (4, 7, 10)
"""Highest skill level in each elite phase; 8 to 10 are mastery. Skill 2 comes with elite 1, skill 3 with elite 2."""
Aim = Literal[
    "exit", "highest defense", "lowest defense", "heaviest", "shooters", "unblocked", "lowest health", "highest health"
]
"""Which enemy in range an operator attacks first; of equal ones the nearest to its exit. lowest health is a fraction,
highest health points."""


class Skill(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The cost and the effects of an operator's skill at one skill level. Absent effects keep their defaults.

    `dp`, `heal_self` and `shield` happen once, at the start. All other effects change the operator's own numbers while
    the skill lasts or, if it `strikes`, for one attack. Effects combine freely.
    """

    name: str
    gain: Gain
    by_hand: bool
    """A player has to use it; otherwise it starts by itself as soon as it is ready."""
    cost: int
    """SP."""
    initial: int
    """SP at deployment."""
    duration: float
    """Seconds; 0 for a skill that happens at once."""
    uses: int = 0
    """How often it can be used in one deployment; `uses_in_battle` in a battle. 0 for no limit."""
    uses_in_battle: int = 0
    endless_from: int = 0
    """From this use in a deployment on it lasts until its operator leaves the field; 0 for never."""
    charges: int = 1
    """How many uses it stores: SP go on to so many times the cost."""
    toggles: bool = False
    """A stance: used while it is active it ends, and it gathers SP for that meanwhile."""
    strikes: bool = False
    """The skill is one attack with the changed numbers: made at once if used by hand, else the next attack."""
    dp: int = 0
    heal_self: float = 0.0
    """Fraction of the full health."""
    shield: float = 0.0
    """Damage that is absorbed before health is lost, as a fraction of the full health."""
    dp_each: float = 0.0
    """Seconds from one DP to the next."""
    max_health: float = 0.0
    """Added fraction, as for `attack` and `defense`."""
    attack: float = 0.0
    strength: float = 1.0
    """Factor on each hit."""
    defense: float = 0.0
    resistance: float = 0.0
    """Added points, as for `attack_speed`."""
    block: int = 0
    attack_speed: float = 0.0
    interval: float = 0.0
    """Seconds added to the attack interval, before attack speed."""
    hits: int | None = None
    """Instead of the operator's own number, as all fields that may be None."""
    targets: int | None = None
    damage: Damage | None = None
    splash: float | None = None
    range: tuple[Offset, ...] | None = None
    reach: int = 0
    """Tiles added to the front of each row of the range."""
    slow: float | None = None
    slow_time: float | None = None
    stun: float | None = None
    far_strength: float | None = None
    targets_by_block: bool | None = None
    regeneration: float = 0.0
    """Added fraction of the full health a second."""
    taunt: int = 0
    """Added to the operator's own."""
    holds_fire: bool = False
    """No attack while the skill lasts."""
    heals_below: float = 1.0
    """Its heals are for those with less than this fraction of their health."""
    scatters: bool = False
    """Each of the targets is chosen by chance among all in range, one perhaps several times."""
    aims: Aim | None = None
    prefers_air: bool | None = None
    unhealable: bool = False
    """As `Traits.unhealable`, while the skill lasts."""
    talent: int = 0
    """The talent whose effects the skill changes, from 1; 0 for all."""
    talent_times: float = 1.0
    """Factor on what the talent's effects do, `talent_chance` on their chance, `talent_seconds` on how long."""
    talent_chance: float = 1.0
    talent_chance_to: float = 0.0
    """Their chance instead."""
    talent_seconds: float = 1.0
    talent_radius: float = 0.0
    """Their radius instead; `talent_below` the fraction of health below which they work."""
    talent_below: float = 0.0
    effects: tuple[Effect, ...] = ()
    """There only while the skill is active; of one that strikes, with its attack."""


class Traits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an operator is and does, whatever its build: the fields that `Character` and `Operator` share.

    Talents and potentials may change `redeploy_time` and `regeneration`; an `Operator` has the changed ones.
    """

    name: str
    role: Role
    branch: str = ""
    melee: bool
    """It stands on the ground and blocks; otherwise it stands on high ground."""
    damage: Damage
    rarity: int = 0
    """1 to 6; 0 where the table does not say."""
    groups: tuple[str, ...] = ()
    """The groups to which it belongs, as the game's tables name them: nation, faction, team."""
    redeploy_time: float
    """Seconds from its retreat or defeat until its card can be played again."""
    splash: float = 0.0
    """Radius in tiles around the target within which an attack hits; 0 hits the target only."""
    targets: int = 1
    """How many units one attack hits or heals; 0 for all in range."""
    leaps: float = 0.0
    """Radius in tiles within which an attack leaps from each of its targets to the next one; 0 for none."""
    targets_by_block: bool = False
    """One attack hits as many enemies in range as the operator can block at most, held or not, instead of `targets`."""
    hits: int = 1
    """How many times one attack hits each target."""
    aims: Aim = "exit"
    prefers_air: bool = False
    """It attacks flying enemies first."""
    far_strength: float = 1.0
    """Factor on the attack against enemies that it does not block."""
    slow: float = 0.0
    """Fraction of an enemy's speed that a hit takes, for `slow_time` seconds."""
    slow_time: float = 0.0
    stun: float = 0.0
    """Seconds for which a hit stuns."""
    regeneration: float = 0.0
    """Fraction of the full health restored each second."""
    taunt: int = 0
    """Enemies attack the operator with the highest taunt in range first."""
    heals_others_only: bool = False
    unhealable: bool = False
    """Other operators cannot heal it."""
    dp_per_kill: int = 0
    refunds_first_cost: bool = False
    """A retreat gives back the whole cost of a first deployment; `refunds_nothing`: nothing."""
    refunds_nothing: bool = False
    high_ground_too: bool = False
    """It may stand on high ground as well, where nothing comes to be blocked."""
    reaches_air: bool = False
    """It stands on the ground and attacks flying enemies as well."""
    takes_slot: bool = True
    """It counts against the stage's limit of operators on the field."""
    holds_fire: bool = False
    """It attacks only while its skill lasts."""
    sp_when_blocking: bool = False
    """SP that come by the second come only while it blocks."""
    lets_pass: bool = False
    """It blocks only while its skill lasts."""


TRAITS = Traits.__struct_fields__
"""The names of the fields that an operator takes over from its character."""


class Operator(Traits, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One operator of a squad, with the numbers of its build: talents included, its skill not."""

    max_health: float
    attack: float
    defense: float
    resistance: float = 0.0
    """Percent of arts damage that is not taken."""
    cost: int
    """DP of a deployment."""
    block: int
    """How many enemies it holds."""
    attack_interval: float
    """Seconds between attacks, its attack speed included."""
    attack_speed: float = 100.0
    """Points; a skill's points add to them."""
    range: tuple[Offset, ...]
    skill: Skill | None = None
    skill_number: int = 0
    """Which of its character's skills that is, from 1; 0 for none."""
    effects: tuple[Effect, ...] = ()
    """Those of its talents and traits at its build."""
    initial_dp: float = 0.0
    """DP that a squad with it has more at the start of a battle."""
    attack_share: float = 0.0
    """Sum of the fractions by which talents have raised its attack: effects' fractions add to it. As for defense."""
    defense_share: float = 0.0
    device: bool = False
    """It is a thing: what is for operators is not for it."""
    aimed_at: bool = True
    """Enemies at a distance attack it too; if not, only those hurt it that it holds."""
    summon: Summoned | None = None


class Summoned(NamedTuple):
    """What an operator has in the player's hand as long as it stands on the field."""

    unit: Operator
    """A copy as the rules deploy it."""
    copies: int
    """How many it has with each deployment of the operator; `names`: what plans call it."""
    names: tuple[str, ...]


class Phase(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The numbers of one elite phase. A pair holds those of its first and last level; between them they grow evenly."""

    levels: int
    max_health: tuple[float, float]
    attack: tuple[float, float]
    defense: tuple[float, float]
    resistance: float = 0.0
    cost: int
    block: int
    range: tuple[Offset, ...]
    """Tables give the name of a range that their [ranges] draw."""

    def numbers(self, level: int) -> dict[str, float]:
        """Health, attack and defense at a level: whole, rounded half up, as the game's interface shows them."""
        share = (level - 1) / max(self.levels - 1, 1)
        pairs = {"max_health": self.max_health, "attack": self.attack, "defense": self.defense}
        return {key: float(int(low + (high - low) * share + 0.5)) for key, (low, high) in pairs.items()}


class Bonus(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A talent that only changes numbers, from an elite phase, level and potential on.

    `add`, `scale` and `factor` name fields of `Operator` (`attack_speed` in points). The fractions of `scale` (0.1 is
    10 % more) add up over all bonuses and the skill. `factor` multiplies the whole, for example the average of attacks
    that are stronger by chance. `add` comes last. Of reached bonuses with one name only the last counts: a talent
    grows.
    """

    name: str
    elite: int = 0
    level: int = 1
    potential: int = 1
    add: dict[str, float] = {}
    scale: dict[str, float] = {}
    factor: dict[str, float] = {}
    aims: Aim | None = None
    prefers_air: bool | None = None
    range: tuple[Offset, ...] | None = None
    targets: int | None = None
    """Instead of the operator's own, as the three before."""


class Summon(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an operator's talent puts in the player's hand: it is deployed like an operator, as often as it has copies,
    and leaves the field with its owner.
    """

    name: str
    names: tuple[str, ...] = ()
    """Its other names, as plans that players exchange use them; and its public id."""
    copies: tuple[int, ...]
    """By the elite phase of its owner, as `phases`, in which it has the owner's level."""
    melee: bool = True
    taunt: int = 0
    attack_interval: float = 0.0
    """Seconds; 0: it does not attack. `redeploy_time`: from the deployment of a copy to that of the next one."""
    redeploy_time: float = 0.0
    takes_slot: bool = True
    fades: float = 0.0
    """Fraction of its full health that it loses a second, until it falls."""
    phases: tuple[Phase, ...]
    effects: tuple[Effect, ...] = ()


class Build(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How far a user has raised an operator. A level or skill level of None is the highest that the elite allows."""

    elite: int = 0
    level: int | None = None
    skill: int | None = None
    """Number of the chosen skill, from 1; 0 for none. None leaves the choice to a plan; without a plan, the first."""
    skill_level: int | None = None
    trust: int = 0
    """0 to 200 percent, as the game shows it; its numbers grow evenly up to 100."""
    potential: int = 1

    @property
    def skill_number(self) -> int:
        """The skill that is brought where no plan chooses."""
        return 1 if self.skill is None else self.skill


class Character(Traits, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An operator as a table describes it, at every elite phase and level."""

    id: str = ""
    """Its public id, for example char_123_fang."""
    chinese: str = ""
    """Its Chinese name, as plans that players exchange use it."""
    other_names: tuple[str, ...] = ()
    """Its names in other languages, and other spellings of its name."""
    attack_interval: float
    """Seconds between attacks at attack speed 100."""
    phases: tuple[Phase, ...]
    trust: dict[str, float] = {}
    """What full trust adds to max_health, attack, defense or resistance."""
    potentials: tuple[dict[str, float], ...] = ()
    """What the potentials 2, 3, ... add to fields of `Operator`. They and trust are added before any bonus."""
    skills: tuple[dict[str, Any], ...] = ()
    """Fields of `Skill`; a list holds the values of the skill levels 1, 2, 3, ..., its last for all later ones."""
    bonuses: tuple[Bonus, ...] = ()
    effects: tuple[Effect, ...] = ()
    summon: Summon | None = None
    missing: tuple[str, ...] = ()
    """What the operator can do in the real game and not here, in words."""


class Enemy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The numbers of one enemy."""

    name: str
    kind: str
    """Its look: enemies of one kind cannot be told apart on the screen."""
    ids: tuple[str, ...] = ()
    """Its ids in the public level format."""
    races: tuple[str, ...] = ()
    """The races to which it belongs, as the game's handbook names them, for example sarkaz."""
    rank: Literal["normal", "elite", "boss"] = "normal"
    max_health: float
    attack: float
    defense: float = 0.0
    resistance: float = 0.0
    """Percent of arts damage that is not taken."""
    speed: float
    """Tiles a second, before the stage's multiplier."""
    attack_interval: float
    """Seconds."""
    range: float = 0.0
    """Radius in tiles; 0 attacks only the operator that blocks it."""
    damage: Literal["physical", "arts", "true"] = "physical"
    flying: bool = False
    block: int = 1
    """How much of an operator's block it takes."""
    life_cost: int = 1
    """Life points lost when it leaks."""
    counts: bool = True
    """Whether the stage's counter counts it."""
    splash: float = 0.0
    """Radius in tiles around the target within which an attack hits."""
    targets: int = 1
    """How many operators one of its attacks hits."""
    leaps: float = 0.0
    """Radius in tiles within which its attack leaps from each operator that it hits to the next one; 0 for none."""
    leap_targets: int = 1
    """How many operators such an attack hits."""
    leap_strength: float = 1.0
    """Factor on the attack with each leap."""
    regeneration: float = 0.0
    """Health points a second."""
    weight: int = 0
    unblockable: bool = False
    hides: bool = False
    """Operators can aim at it only while it is blocked."""
    stun: float = 0.0
    """Seconds for which its attack stuns an operator."""
    stun_immune: bool = False
    freeze_immune: bool = False
    rises_after: float = 0.0
    """Seconds from its first death until it rises in its second form; 0 for one that dies at once."""
    rises_with: float = 1.0
    """Share of its full health with which it rises."""
    groups: tuple[str, ...] = ()
    """The groups to which it belongs, for effects that are for these only."""
    splits_into: str = ""
    """The name of the enemies that appear where it dies."""
    splits: int = 0
    """How many of them."""
    summons: str = ""
    """The id of the enemies that its effects bring with `summons`; these neither split nor summon themselves."""
    summons_most: int = 0
    """How many of them are on the field at most at one time."""
    restless: bool = False
    """It does not wait where its route says so."""
    dies_after: float = 0.0
    """Seconds for which it lies, and nothing is for it, until its death comes."""
    touched_within: float = 0.0
    """Operators attack and hurt it only from so many tiles away; 0 for any distance."""
    second: dict[str, Any] = {}
    """What it becomes where it dies first: itself with these fields, whose `effects` come beside its own."""
    second_damage: Literal["", "physical", "arts", "true"] = ""
    """The kind of damage of its attack in the second form in which it rises, or to which it turns; "" for the same."""
    hovers: bool = False
    """It walks in the air until it is stunned once."""
    flies_after: float = 0.0
    """Seconds after which it flies on its way on the ground; 0 for what its route says."""
    escort: bool = False
    """It is on the player's side: operators neither attack nor block nor heal it, enemies that shoot attack it, and its
    death costs its `life_cost`, but no leak of it does."""
    escort_range: float = 0.0
    """Radius in tiles within which an enemy shoots escorts that attacks operators only while they block it."""
    ground_only: bool = False
    """It aims at operators on the ground only."""
    throws: bool = False
    """Its attack itself does nothing: only its effects do."""
    numbers: dict[str, float | str] = {}
    """Numbers of its talents, by their keys in the public tables in lower case: a level that repeats them changes
    nothing, and another value changes the effects that depend on it (`Effect.number`)."""
    idle: tuple[str, ...] = ()
    """Numbers of its talents, by their keys in the public tables, that a level may change without effect."""
    effects: tuple[Effect, ...] = ()
    missing: tuple[str, ...] = ()
    """What the enemy does in the real game and not here, in words."""

    @property
    def is_aerial(self) -> bool:
        """Whether it is in the air at some time."""
        return self.flying or self.hovers or self.flies_after > 0.0


def extended(offsets: Iterable[Offset], reach: int) -> tuple[Offset, ...]:
    """A range with `reach` more tiles at the front of each of its rows."""
    found = set(offsets)
    for row in {row for row, _ in found}:
        front = max(col for there, col in found if there == row)
        found |= {(row, front + step) for step in range(1, reach + 1)}
    return tuple(sorted(found))
