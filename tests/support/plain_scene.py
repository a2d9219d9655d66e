"""What the reference of plain_duel.py knows of a duel: who meets whom, their numbers, and how they stand now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

import msgspec

from game.characters.effects import Effect
from game.characters.models import Enemy, Operator, Skill

TICKS = 30
"""Ticks a second: "Time is counted in ticks of 1/30 s"."""
ROW, START, END = 1.0, 0.0, 7.0
"""The lane of levels.py: its row, and the columns at which enemies appear and leak."""
LIVES = 3
MOVE_MULTIPLIER = 0.5
"""Chapter "Options"."""
SEARCH = 3
"""Ticks from one search for targets, and for enemies to block, to the next."""
BLOCK_RADIUS_SQUARED = 0.5
"""0.7071 tile, squared."""
BODY = 0.25
DEPLOYMENT, SPLIT_PAUSE = 45, 8
SLOWEST, FASTEST = 20.0, 600.0
ENDLESS = 9999 * TICKS


@dataclass(frozen=True)
class Words:
    """The numbers of the rules that a test may get wrong on purpose."""

    least_damage: float = 0.05
    wind_up: int = 15
    shooting_pause: int = 20
    block_radius_squared: float = BLOCK_RADIUS_SQUARED
    sp_while_active: bool = False


class Coming(NamedTuple):
    """An enemy that comes at a tick, or into which the enemy `parent` splits."""

    enemy: Enemy
    tick: int
    parent: int = -1


@dataclass(frozen=True)
class Duel:
    """Who meets whom, and what the player does."""

    operator: Operator
    coming: tuple[Coming, ...]
    tile: tuple[int, int]
    """(row, column) on which the operator is deployed."""
    direction: int
    """Quarter turns clockwise from facing right."""
    deployed_at: int
    """Tick."""
    looks_every: int
    """The player uses a full skill at each tick that this divides."""


class Happening(NamedTuple):
    """Something that happened."""

    tick: int
    what: str
    foe: int = -1
    """The number of the enemy that it happened to, or that did it; -1 for none."""
    amount: float = 0.0
    """Damage, or health restored."""


# --- Numbers ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figures:
    """The operator's numbers without its skill, or with it."""

    full_health: float
    attack: float
    bare_attack: float
    """What fractions by effects refer to: the attack without talents; `bare_defense` likewise."""
    defense: float
    bare_defense: float
    resistance: float
    attack_speed: float
    interval: float
    """Ticks."""
    block: int
    tiles: frozenset[tuple[int, int]]
    regeneration: float
    """Fraction of the full health a second."""
    heals_below: float
    traits: Operator
    """All else, as the skill changes it."""


CHANGED_TRAITS = (
    "hits", "targets", "damage", "splash", "slow", "slow_time", "stun", "far_strength", "targets_by_block", "aims",
    "prefers_air",
)  # fmt: skip
"""What a skill sets instead of the operator's own; None leaves that."""
NO_SKILL = Skill(name="", gain="deploy", by_hand=False, cost=0, initial=0, duration=0.0)


def ticks(seconds: float) -> int:
    """A time in whole ticks."""
    return round(seconds * TICKS)


def bounded(points: float) -> float:
    """Attack speed, which is at least 20 and at most 600 points."""
    return min(max(points, SLOWEST), FASTEST)


def figures_of(duel: Duel, skill: Skill | None) -> Figures:
    """The operator's numbers: fractions are of its own, points are added, `strength` is a factor on the result."""
    one, more = duel.operator, skill or NO_SKILL
    changed = {name: getattr(more, name) for name in CHANGED_TRAITS if getattr(more, name) is not None}
    changed["unhealable"] = one.unhealable or more.unhealable
    changed["holds_fire"] = more.holds_fire if skill else one.holds_fire
    speed = one.attack_speed + more.attack_speed
    # (base + seconds) · 100 / points; an operator's own interval contains its own attack speed already
    interval = (one.attack_interval * one.attack_speed + more.interval * 100.0) / bounded(speed)
    passes = one.lets_pass and skill is None
    return Figures(
        full_health=one.max_health * (1.0 + more.max_health),
        attack=one.attack * (1.0 + more.attack) * more.strength,
        bare_attack=one.attack / (1.0 + one.attack_share) * more.strength,
        defense=one.defense * (1.0 + more.defense),
        bare_defense=one.defense / (1.0 + one.defense_share),
        resistance=one.resistance + more.resistance,
        attack_speed=speed,
        interval=max(interval * TICKS, 1.0),
        block=0 if passes or not one.melee else max(one.block + more.block, 0),
        tiles=covered(duel, more),
        regeneration=one.regeneration + more.regeneration,
        heals_below=more.heals_below,
        traits=msgspec.structs.replace(one, **changed),
    )


def covered(duel: Duel, skill: Skill) -> frozenset[tuple[int, int]]:
    """The tiles of the operator's range: drawn facing right, with more tiles at the front of each row, then turned."""
    drawn = set(skill.range or duel.operator.range)
    for row in {row for row, _ in drawn}:
        front = max(col for there, col in drawn if there == row)
        drawn |= {(row, front + more) for more in range(1, skill.reach + 1)}
    for _ in range(duel.direction):
        drawn = {(right, -down) for down, right in drawn}
    return frozenset((duel.tile[0] + down, duel.tile[1] + right) for down, right in drawn)


def damage(words: Words, attack: float, kind: str, defense: float, resistance: float) -> float:
    """Physical: attack - defense. Arts: attack · (1 - resistance/100). At least 5 %. True: the attack."""
    if kind == "true":
        return attack
    through = attack - defense if kind == "physical" else attack * (1.0 - min(resistance, 100.0) / 100.0)
    return max(through, words.least_damage * attack)


# --- How things stand -------------------------------------------------------------------------------------------------


@dataclass
class Change:
    """What effects add to one number of a fighter: fractions, points, and a factor on the whole."""

    share: float = 0.0
    points: float = 0.0
    factor: float = 1.0


@dataclass(kw_only=True)
class Fighter:
    """What the operator and enemies have in common."""

    number: int
    """Of an enemy; -1 for the operator."""
    effects: tuple[Effect, ...]
    health: float = 0.0
    attack_at: float = -1.0
    """Clock at which it may attack; before that a fighter without a target is idle."""
    attacks: int = 0
    """So many it has made since it came."""
    stunned_until: int = 0
    came_at: int = 0
    changes: dict[str, Change] = field(default_factory=dict)
    """By the name of the number, as effects were looked at last."""
    until: dict[tuple[int, int], int] = field(default_factory=dict)
    """When the changes end that effects (number of their owner, their place there) have made for a time."""
    due: dict[int, int] = field(default_factory=dict)
    """When its effects at an interval happen next."""

    def number_now(self, name: str, value: float, bare: float = 0.0) -> float:
        """A number with all that effects add to it: (value + bare · fractions + points) · factors."""
        change = self.changes.get(name)
        return value if change is None else (value + bare * change.share + change.points) * change.factor


@dataclass(kw_only=True)
class Foe(Fighter):
    """An enemy as it is now."""

    enemy: Enemy
    comes_at: int
    parent: int
    state: str = "to come"
    row: float = ROW
    col: float = START
    towards: float = START
    """The column of the tile centre to which it walks, and the way that is left to there."""
    left: float = 0.0
    way_left: float = END - START
    """Tiles to its exit, counted down step by step: so the nearer of two is told even where they differ by rounding."""
    stands_until: int = 0
    aims: bool = False
    """It saw the operator in its reach when it searched last."""
    held: bool = False
    slow: float = 0.0
    slowed_until: int = 0

    @property
    def here(self) -> bool:
        """Whether it is on the field."""
        return self.state == "here"

    @property
    def tile(self) -> tuple[int, int]:
        """The tile on which its centre is."""
        return int(self.row + 0.5), int(self.col + 0.5)

    @property
    def full_health(self) -> float:
        """No effect that is played changes it."""
        return self.enemy.max_health


@dataclass(kw_only=True)
class Stand(Fighter):
    """The operator as it is now."""

    here: bool = False
    shield: float = 0.0
    sp: Fraction = Fraction(0)
    sp_part: float = 0.0
    """Ticks of SP that effects have given beyond whole ones."""
    active: int = 0
    """Ticks that the skill will still last."""
    target: Foe | None = None
    held: list[Foe] = field(default_factory=list)
    """The enemies that it blocks, in the order in which it came to block them."""
    uses: int = 0
    kills: int = 0
    last_attack: int = 0
    struck: int = 0
    """So many its present attack has struck before."""
    streak: int = 0
    """Attacks in a row on the enemy `streak_on`."""
    streak_on: int = -1
    wards: int = 0
    lot: float = 0.0
    """What it has drawn at its deployment; `skill_lot`: at the last use of its skill."""
    skill_lot: float = 0.0
    worn: float = 0.0
    """Points of defense that it has lost until it leaves."""
    full_health: float = 1.0
    """As effects and its skill have changed it last."""


@dataclass
class Scene:
    """A duel as it is now."""

    duel: Duel
    words: Words
    plain: Figures
    skilled: Figures
    foes: list[Foe]
    """By number."""
    me: Stand
    lots: Iterator[float]
    """The battle's chances, each from 0 to below 1, in the order in which they are drawn."""
    came: list[Foe] = field(default_factory=list)
    """Those that have come, in the order of their appearance."""
    clock: int = 0
    lives: int = LIVES
    changed: bool = False
    """Effects have to be looked at in this tick."""
    raised: list[tuple[Fighter, str]] = field(default_factory=list)
    """What has happened to whom in this tick, for the effects that wait for it."""
    story: list[Happening] = field(default_factory=list)

    @property
    def skill(self) -> Skill | None:
        """The operator's skill."""
        return self.duel.operator.skill

    @property
    def now(self) -> Figures:
        """The operator's numbers now."""
        return self.skilled if self.me.active else self.plain

    @property
    def fighters(self) -> list[Fighter]:
        """The operator, then the enemies."""
        return [self.me, *self.foes]

    def comes_up(self, chance: float) -> bool:
        """Whether a chance comes up; what is certain draws nothing."""
        return chance >= 1.0 or next(self.lots) < chance

    @property
    def outcome(self) -> str | None:
        """How it ended; None while it goes on."""
        if self.lives <= 0:
            return "lost"
        return "won" if all(foe.state in ("dead", "leaked") for foe in self.foes) else None

    def tell(self, what: str, foe: Foe | None = None, amount: float = 0.0) -> None:
        """Note what happened."""
        self.story.append(Happening(self.clock, what, -1 if foe is None else foe.number, amount))


# --- Coming and going -------------------------------------------------------------------------------------------------


def comes(scene: Scene, fighter: Fighter) -> None:
    """A fighter comes onto the field: its effects begin."""
    fighter.came_at = scene.clock
    for n, effect in enumerate(fighter.effects):
        fighter.due[n] = scene.clock + ticks(effect.ready_after or effect.every)
    scene.changed = True
    scene.raised.append((fighter, "deployed"))


def appear(scene: Scene, foe: Foe, col: float) -> None:
    """An enemy appears at a column of the lane, and goes to the next tile centre; a flier goes straight to its exit."""
    foe.state, foe.col = "here", col
    scene.came.append(foe)
    foe.towards = END if foe.enemy.flying else float(int(col) + 1)
    foe.left = foe.towards - foe.col
    foe.way_left = END - foe.towards + foe.left
    comes(scene, foe)
    scene.tell("appears", foe)


def leak(scene: Scene, foe: Foe) -> None:
    """It costs its life points; what it would have split into is counted with it."""
    foe.state = "leaked"
    scene.lives -= foe.enemy.life_cost
    scene.tell("leaks", foe)
    for child in scene.foes:
        if child.state == "to come" and child.parent >= 0 and scene.foes[child.parent].state == "leaked":
            child.state = "leaked"


def die(scene: Scene, foe: Foe) -> None:
    """It dies; the enemies into which it splits go on along its way, 8 ticks apart."""
    foe.state, foe.held = "dead", False
    scene.me.held = [other for other in scene.me.held if other is not foe]
    scene.raised += [(foe, "death"), (scene.me, "kill")]
    scene.me.kills += 1
    scene.tell("dies", foe)
    for k, child in enumerate([child for child in scene.foes if child.parent == foe.number]):
        appear(scene, child, foe.col)
        child.stands_until = scene.clock + k * SPLIT_PAUSE


def fall(scene: Scene, by: Foe | None) -> None:
    """The operator dies, and releases what it held."""
    scene.me.here = False
    release(scene.me, -1)
    scene.tell("the operator falls", by)


def held_block(me: Stand) -> int:
    """The sum of the blocks of the enemies that the operator holds."""
    return sum(foe.enemy.block for foe in me.held)


def block_now(scene: Scene) -> int:
    """How much the operator blocks."""
    return max(int(scene.me.number_now("block", scene.now.block)), 0)


def release(me: Stand, block: int) -> None:
    """The enemies that were blocked last walk on until the operator holds no more than `block`; -1 for all."""
    while me.held and held_block(me) > block:
        me.held.pop().held = False


def most_sp(skill: Skill) -> Fraction:
    """The cost, or so many times the cost as the skill stores uses."""
    return Fraction(skill.cost * max(skill.charges, 1))


def gain_sp(scene: Scene, amount: Fraction) -> None:
    """SP come up to what the skill stores, and not while it is active, if it is no stance."""
    me, skill = scene.me, scene.skill
    if skill is not None and (not me.active or skill.toggles or scene.words.sp_while_active):
        me.sp = min(me.sp + amount, most_sp(skill))


def keep_share(scene: Scene) -> None:
    """Where its full health has changed, the operator keeps its share of it."""
    me = scene.me
    full = max(me.number_now("max_health", scene.now.full_health, scene.plain.full_health), 0.0)
    if full != me.full_health:
        me.health = full if me.health >= me.full_health else me.health / me.full_health * full
        me.full_health = full
