"""One duel, played by a plain and slow reference that was written from the words of docs/rules.md.

An operator stands beside or on a lane; enemies walk along it. The reference shares nothing with `game.simulator`: it has
objects instead of tables, seconds where the rules speak of seconds, and its own copy of every number. What differs
between the two is a mistake in one of them, or in the words.

python tests/support/plain_duel.py [--duels N] [--seed N] [--tables FOLDER]

plays random duels in both and prints in how many they differ, and where first (see random_duels.py).

The order in a tick is that of `game/simulator/__init__.py`: enemies appear; every third tick targets are chosen; each
enemy is blocked or walks, attacks, regenerates; the operator attacks or heals, regenerates, and its skill goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

import msgspec

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
SHOOTING_PAUSE, WIND_UP, DEPLOYMENT, SPLIT_PAUSE = 20, 15, 45, 8
SLOWEST, FASTEST = 20.0, 600.0
ENDLESS = 9999 * TICKS


@dataclass(frozen=True)
class Words:
    """The numbers of the rules that a test may get wrong on purpose."""

    least_damage: float = 0.05
    wind_up: int = WIND_UP
    shooting_pause: int = SHOOTING_PAUSE
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


class OperatorNow(NamedTuple):
    """The operator after a tick; all zeros while it is not on the field."""

    here: bool = False
    health: float = 0.0
    shield: float = 0.0
    sp: float = 0.0
    active: int = 0
    """Ticks that the skill will still last."""
    stunned: int = 0
    """Ticks that a stun will still last."""


class FoeNow(NamedTuple):
    """An enemy after a tick; all zeros before it came and after it has gone."""

    state: str
    """to come, here, dead or leaked."""
    health: float = 0.0
    col: float = 0.0
    held: bool = False


class Moment(NamedTuple):
    """All that can be compared after a tick."""

    tick: int
    operator: OperatorNow
    foes: tuple[FoeNow, ...]
    outcome: str | None
    happened: tuple[Happening, ...]


@dataclass(frozen=True)
class Figures:
    """The operator's numbers without its skill, or with it."""

    full_health: float
    attack: float
    defense: float
    resistance: float
    interval: float
    """Ticks."""
    block: int
    tiles: frozenset[tuple[int, int]]
    regeneration: float
    traits: Operator
    """All else, as the skill changes it."""
    heals_below: float


@dataclass
class Foe:
    """An enemy as it is now."""

    number: int
    enemy: Enemy
    comes_at: int
    parent: int
    health: float
    state: str = "to come"
    row: float = ROW
    col: float = START
    towards: float = START
    """The column of the tile centre to which it walks, and the way that is left to there."""
    left: float = 0.0
    stands_until: int = 0
    attack_at: float = -1.0
    """Clock at which it may attack; before that a fighter that has nobody to attack is idle."""
    aims: bool = False
    """It saw the operator in its reach when it searched last."""
    held: bool = False
    stunned_until: int = 0
    slow: float = 0.0
    slowed_until: int = 0

    @property
    def tile(self) -> tuple[int, int]:
        """The tile on which its centre is."""
        return int(self.row + 0.5), int(self.col + 0.5)

    @property
    def way_left(self) -> float:
        """Tiles to its exit."""
        return END - self.col


@dataclass
class Stand:
    """The operator as it is now."""

    here: bool = False
    health: float = 0.0
    shield: float = 0.0
    sp: Fraction = Fraction(0)
    active: int = 0
    attack_at: float = 0.0
    target: Foe | None = None
    held: list[Foe] = field(default_factory=list)
    """The enemies that it blocks, in the order in which it came to block them."""
    stunned_until: int = 0
    uses: int = 0


@dataclass
class Scene:
    """A duel as it is now."""

    duel: Duel
    words: Words
    plain: Figures
    skilled: Figures
    foes: list[Foe]
    me: Stand
    clock: int = 0
    lives: int = LIVES
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
    def outcome(self) -> str | None:
        """How it ended; None while it goes on."""
        if self.lives <= 0:
            return "lost"
        return "won" if all(foe.state in ("dead", "leaked") for foe in self.foes) else None

    def tell(self, what: str, foe: Foe | None = None, amount: float = 0.0) -> None:
        """Note what happened."""
        self.story.append(Happening(self.clock, what, -1 if foe is None else foe.number, amount))


# --- What is played, and the numbers ----------------------------------------------------------------------------------


def plays(operator: Operator, enemy: Enemy) -> bool:
    """Whether the reference knows all that these two do in a duel."""
    skill = operator.skill
    return plays_enemy(enemy) and not operator.effects and (skill is None or _plays_skill(skill))


def _plays_skill(skill: Skill) -> bool:
    """Whether the reference knows all that a skill does. It knows no DP, and draws no lots."""
    return not skill.effects and not skill.scatters and skill.dp >= 0 and not skill.talent


def plays_enemy(enemy: Enemy) -> bool:
    """Whether the reference knows all that an enemy does."""
    odd = enemy.escort or enemy.rises_after or enemy.second or enemy.hovers or enemy.flies_after or not enemy.counts
    return not odd and not enemy.effects


def ticks(seconds: float) -> int:
    """A time in whole ticks."""
    return round(seconds * TICKS)


CHANGED_TRAITS = (
    "hits", "targets", "damage", "splash", "slow", "slow_time", "stun", "far_strength", "targets_by_block", "aims",
    "prefers_air",
)  # fmt: skip
"""What a skill sets instead of the operator's own; None leaves that."""
NO_SKILL = Skill(name="", gain="deploy", by_hand=False, cost=0, initial=0, duration=0.0)


def figures_of(duel: Duel, skill: Skill | None) -> Figures:
    """The operator's numbers: fractions are of its own, points are added, `strength` is a factor on the result."""
    one, more = duel.operator, skill or NO_SKILL
    changed = {name: getattr(more, name) for name in CHANGED_TRAITS if getattr(more, name) is not None}
    speed = min(max(one.attack_speed + more.attack_speed, SLOWEST), FASTEST)
    # (base + seconds) · 100 / points; an operator's own interval contains its own attack speed already
    interval = (one.attack_interval * one.attack_speed + more.interval * 100.0) / speed
    changed["unhealable"] = one.unhealable or more.unhealable
    changed["holds_fire"] = more.holds_fire if skill else one.holds_fire
    passes = one.lets_pass and skill is None
    return Figures(
        full_health=one.max_health * (1.0 + more.max_health),
        attack=one.attack * (1.0 + more.attack) * more.strength,
        defense=one.defense * (1.0 + more.defense),
        resistance=one.resistance + more.resistance,
        interval=max(interval * TICKS, 1.0),
        block=0 if passes or not one.melee else max(one.block + more.block, 0),
        tiles=covered(duel, more),
        regeneration=one.regeneration + more.regeneration,
        traits=msgspec.structs.replace(one, **changed),
        heals_below=more.heals_below,
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


# --- The duel ---------------------------------------------------------------------------------------------------------


def play(duel: Duel, words: Words | None = None, seconds: float = 120.0) -> Iterator[Moment]:
    """Play a duel, and say after each tick how things stand, until it is decided or its time is over."""
    foes = [Foe(n, one.enemy, one.tick, one.parent, one.enemy.max_health) for n, one in enumerate(duel.coming)]
    plain = figures_of(duel, None)
    skilled = figures_of(duel, duel.operator.skill) if duel.operator.skill else plain
    scene = Scene(duel, words or Words(), plain, skilled, foes, Stand())
    while scene.outcome is None and scene.clock < seconds * TICKS:
        told = len(scene.story)
        _player_acts(scene)
        if scene.outcome is None:  # a skill that is one attack may have killed the last enemy
            _tick(scene)
            scene.clock += 1
        yield _moment(scene, tuple(scene.story[told:]))


def story(duel: Duel, words: Words | None = None) -> list[Happening]:
    """What happens in a duel, in order."""
    return [what for moment in play(duel, words) for what in moment.happened]


def _moment(scene: Scene, happened: tuple[Happening, ...]) -> Moment:
    """How things stand."""
    me = scene.me
    stunned = max(me.stunned_until - scene.clock, 0)
    operator = OperatorNow(True, me.health, me.shield, float(me.sp), me.active, stunned) if me.here else OperatorNow()
    foes = tuple(
        FoeNow(foe.state, foe.health, foe.col, foe.held) if foe.state == "here" else FoeNow(foe.state)
        for foe in scene.foes
    )
    return Moment(scene.clock, operator, foes, scene.outcome, happened)


def _player_acts(scene: Scene) -> None:
    """The player deploys the operator at its time, and uses a skill that is full whenever he looks."""
    if scene.clock == scene.duel.deployed_at:
        _deploy(scene)
    skill = scene.skill
    if skill is not None and skill.by_hand and scene.clock % scene.duel.looks_every == 0 and _is_ready(scene):
        _use_skill(scene)


def _deploy(scene: Scene) -> None:
    """The operator comes with its initial SP; its first attack comes 45 ticks later at the earliest."""
    me, skill = scene.me, scene.skill
    me.here, me.health = True, scene.plain.full_health
    me.attack_at = scene.clock + DEPLOYMENT
    scene.tell("deployed")
    if skill is not None:
        me.sp = min(Fraction(skill.initial), _most_sp(skill))
        if skill.gain == "deploy":
            _use_skill(scene)
            me.attack_at = scene.clock + DEPLOYMENT


def _tick(scene: Scene) -> None:
    """One tick."""
    for foe in scene.foes:
        if foe.parent < 0 and foe.comes_at == scene.clock:
            _appear(scene, foe, START)
    if scene.clock % SEARCH == 0:
        scene.me.target = _first_choice(scene, scene.now) if scene.me.here else None
        for foe in scene.foes:
            foe.aims = scene.me.here and foe.enemy.range > 0.0 and _reaches(scene, foe)
    for foe in scene.foes:
        _foe_acts(scene, foe)
    if scene.me.here:
        _operator_attacks(scene)
        _operator_lives(scene)


# --- Enemies ----------------------------------------------------------------------------------------------------------


def _appear(scene: Scene, foe: Foe, col: float) -> None:
    """An enemy appears at a column of the lane, and goes to the next tile centre; a flier goes straight to its exit."""
    foe.state, foe.col = "here", col
    foe.towards = END if foe.enemy.flying else float(int(col) + 1)
    foe.left = foe.towards - foe.col
    scene.tell("appears", foe)


def _foe_acts(scene: Scene, foe: Foe) -> None:
    """A tick of an enemy. Stunned it neither walks nor attacks."""
    if foe.state == "here" and foe.stunned_until <= scene.clock:
        _foe_moves(scene, foe)
        if foe.state == "here" and foe.enemy.attack > 0.0 and foe.attack_at <= scene.clock:
            _foe_attacks(scene, foe)
    if foe.state == "here":
        foe.health = min(foe.health + foe.enemy.regeneration / TICKS, foe.enemy.max_health)


def _foe_moves(scene: Scene, foe: Foe) -> None:
    """It stays where it is blocked, stands still to shoot, or walks on."""
    if not foe.held and scene.clock % SEARCH == 0 and _can_hold(scene, foe):
        foe.held, foe.stands_until = True, 0
        scene.me.held.append(foe)
        scene.tell("blocked", foe)
    if foe.held or foe.stands_until > scene.clock:
        return
    step = foe.enemy.speed * MOVE_MULTIPLIER / TICKS
    if foe.slowed_until > scene.clock:
        step *= 1.0 - foe.slow
    while step >= foe.left:
        step -= foe.left
        foe.col = foe.towards
        if foe.col == END:
            _leak(scene, foe)
            return
        foe.towards += 1.0
        foe.left = 1.0
    foe.col += step
    foe.left -= step


def _can_hold(scene: Scene, foe: Foe) -> bool:
    """Within 0.7071 tile of the operator's centre, if its block has room for it."""
    me, (row, col) = scene.me, scene.duel.tile
    if not me.here or me.stunned_until > scene.clock or foe.enemy.flying or foe.enemy.unblockable:
        return False
    near = (foe.row - row) ** 2 + (foe.col - col) ** 2 <= BLOCK_RADIUS_SQUARED
    return near and scene.plain.traits.melee and _held_block(me) + foe.enemy.block <= scene.now.block


def _held_block(me: Stand) -> int:
    """The sum of the blocks of the enemies that the operator holds."""
    return sum(foe.enemy.block for foe in me.held)


def _release(me: Stand, block: int) -> None:
    """The enemies that were blocked last walk on until the operator holds no more than `block`; -1 for all."""
    while me.held and _held_block(me) > block:
        me.held.pop().held = False


def _leak(scene: Scene, foe: Foe) -> None:
    """It costs its life points; what it would have split into is counted with it."""
    foe.state = "leaked"
    scene.lives -= foe.enemy.life_cost
    scene.tell("leaks", foe)
    for child in scene.foes:
        if child.state == "to come" and child.parent >= 0 and scene.foes[child.parent].state == "leaked":
            child.state = "leaked"


def _reaches(scene: Scene, foe: Foe) -> bool:
    """Whether the enemy's range reaches a circle of 0.25 tile around the operator's centre."""
    row, col = scene.duel.tile
    reach = foe.enemy.range + BODY
    return foe.state == "here" and (row - foe.row) ** 2 + (col - foe.col) ** 2 <= reach * reach


def _foe_attacks(scene: Scene, foe: Foe) -> None:
    """It attacks its blocker, else the operator in its range; an idle one winds up first. To shoot it stands still."""
    if not scene.me.here or not (foe.held or foe.aims):
        return
    idle = foe.attack_at <= scene.clock - 1
    if not foe.held:
        foe.stands_until = scene.clock + (scene.words.wind_up if idle else scene.words.shooting_pause)
    if idle:
        foe.attack_at = scene.clock + scene.words.wind_up
        return
    foe.attack_at = _after(foe.attack_at, foe.enemy.attack_interval * TICKS, scene.clock)
    enemy, now = foe.enemy, scene.now
    _hurt_operator(scene, foe, damage(scene.words, enemy.attack, enemy.damage, now.defense, now.resistance))


def _after(due: float, interval: float, clock: int) -> float:
    """When the next attack is due; fractions of ticks are carried over between consecutive attacks."""
    return (due if due > clock - 1 else clock) + interval


def _hurt_operator(scene: Scene, foe: Foe, amount: float) -> None:
    """A hit: the shield absorbs damage before health is lost; it may stun, and gives SP to a skill that gains so."""
    me = scene.me
    absorbed = min(me.shield, amount)
    me.shield -= absorbed
    me.health -= amount - absorbed
    scene.tell("hits the operator", foe, amount)
    if foe.enemy.stun > 0.0:
        me.stunned_until = max(me.stunned_until, scene.clock + ticks(foe.enemy.stun))
        _release(me, -1)
    if scene.skill is not None and scene.skill.gain == "hit":
        _gain_sp(scene, Fraction(1))
    if me.health <= 0.0:
        me.here = False
        _release(me, -1)
        scene.tell("the operator falls", foe)


# --- The operator attacks ---------------------------------------------------------------------------------------------


def _choices(scene: Scene, now: Figures) -> list[Foe]:
    """The enemies that the operator may attack, the first choice first."""
    ranked = []
    for foe in scene.foes:
        rank = _rank(scene, now, foe)
        if rank > 0:
            ranked.append((-rank, _order(foe, now.traits.aims), foe.way_left, foe.number, foe))
    return [foe for *_, foe in sorted(ranked, key=lambda entry: entry[:-1])]


def _rank(scene: Scene, now: Figures, foe: Foe) -> int:
    """3 for the enemies that it blocks, 2 for fliers where it prefers them, 1 for others in range, 0 for none."""
    one = now.traits
    if foe.state != "here":
        return 0
    if foe.held:
        return 3
    unseen = foe.enemy.hides
    unreached = foe.enemy.flying and one.melee and not one.reaches_air
    if unseen or unreached or foe.tile not in now.tiles:
        return 0
    return 2 if foe.enemy.flying and one.prefers_air else 1


def _order(foe: Foe, aims: str) -> float:
    """What counts before the way to the exit, the least first."""
    orders = {
        "exit": 0.0,
        "highest defense": -foe.enemy.defense,
        "lowest defense": foe.enemy.defense,
        "heaviest": -foe.enemy.weight,
        "shooters": float(foe.enemy.range <= 0.0),
        "unblocked": float(foe.held),
        "lowest health": foe.health / foe.enemy.max_health,
        "highest health": -foe.health,
    }
    return orders[aims]


def _first_choice(scene: Scene, now: Figures) -> Foe | None:
    """The enemy that the operator attacks next."""
    choices = _choices(scene, now)
    return choices[0] if choices else None


def _operator_attacks(scene: Scene) -> None:
    """The operator attacks or heals when its time has come; an idle one winds up first, but not for heals."""
    me, now, skill = scene.me, scene.now, scene.skill
    if me.attack_at > scene.clock or me.stunned_until > scene.clock or now.traits.holds_fire:
        return
    if me.target is not None and me.target.state != "here":
        me.target = _first_choice(scene, now)
    idle = me.attack_at <= scene.clock - 1
    if idle and me.target is not None and now.traits.damage != "heal":
        me.attack_at = scene.clock + scene.words.wind_up
        return
    full = skill is not None and skill.strikes and not skill.by_hand and me.sp >= skill.cost
    if full and _strike_with_skill(scene):
        me.sp -= skill.cost
        me.uses += 1
    elif _strike(scene, now, me.target):
        if skill is not None and skill.gain == "attack":
            _gain_sp(scene, Fraction(1))
    else:
        return
    me.attack_at = _after(me.attack_at, now.interval, scene.clock)


def _strike_with_skill(scene: Scene) -> bool:
    """The one attack of which the skill consists, with the skill's numbers and in its range."""
    own_range = scene.skilled.tiles != scene.plain.tiles
    done = _strike(scene, scene.skilled, _first_choice(scene, scene.skilled) if own_range else scene.me.target)
    if done:
        scene.tell("strikes with its skill")
    return done


def _strike(scene: Scene, now: Figures, target: Foe | None) -> bool:
    """One attack or heal; False where there is nobody to attack or heal."""
    one = now.traits
    if one.damage == "heal":
        return _heal(scene, now)
    if target is None or target.state != "here":
        return False
    if one.leaps > 0.0:
        _strike_leaping(scene, now, target)
        return True
    most = max(scene.now.block, 1) if one.targets_by_block else one.targets
    if most == 1:
        _hit_around(scene, now, target)
        return True
    struck = 0
    for foe in _choices(scene, now):
        if foe.state == "here" and (most == 0 or struck < most):
            _hit_around(scene, now, foe)
            struck += 1
    return True


def _heal(scene: Scene, now: Figures) -> bool:
    """The operator heals the only one there is: itself, if it is wounded, in range, and may."""
    me, one = scene.me, now.traits
    wounded = me.health < scene.now.full_health * now.heals_below
    if not wounded or one.heals_others_only or one.unhealable or scene.duel.tile not in now.tiles:
        return False
    me.health = min(me.health + now.attack * one.hits, scene.now.full_health)
    scene.tell("heals itself", amount=now.attack * one.hits)
    return True


def _strike_leaping(scene: Scene, now: Figures, target: Foe) -> None:
    """The attack leaps from its target to the nearest enemy that it has not struck."""
    foe, struck = target, [target]
    for _ in range(now.traits.targets):
        _hurt(scene, now, foe)
        near = [(_distance_squared(foe, other), other.number) for other in scene.foes]
        near = [(far, n) for far, n in near if scene.foes[n].state == "here" and scene.foes[n] not in struck]
        near = [(far, n) for far, n in near if far < now.traits.leaps**2]
        if not near:
            return
        foe = scene.foes[min(near)[1]]
        struck.append(foe)


def _distance_squared(one: Foe, other: Foe) -> float:
    """Of two enemies' centres."""
    return (one.row - other.row) ** 2 + (one.col - other.col) ** 2


def _hit_around(scene: Scene, now: Figures, target: Foe) -> None:
    """Hit a target, and every enemy whose centre is within the splash radius around it."""
    radius = now.traits.splash
    if radius <= 0.0:
        _hurt(scene, now, target)
        return
    for foe in [foe for foe in scene.foes if foe.state == "here" and _distance_squared(foe, target) <= radius * radius]:
        _hurt(scene, now, foe)


def _hurt(scene: Scene, now: Figures, foe: Foe) -> None:
    """All hits of one attack on an enemy, each reduced by the defense; then what they do besides."""
    one, enemy = now.traits, foe.enemy
    attack = now.attack if foe.held else now.attack * one.far_strength
    dealt = damage(scene.words, attack, one.damage, enemy.defense, enemy.resistance) * one.hits
    foe.health -= dealt
    scene.tell("is hit", foe, dealt)
    if foe.health <= 0.0:
        _die(scene, foe)
        return
    if one.stun > 0.0 and not enemy.stun_immune:
        foe.stunned_until = max(foe.stunned_until, scene.clock + ticks(one.stun))
    if one.slow > 0.0 and not (foe.slowed_until > scene.clock and foe.slow > one.slow):
        foe.slow, foe.slowed_until = one.slow, scene.clock + ticks(one.slow_time)


def _die(scene: Scene, foe: Foe) -> None:
    """It dies; the enemies into which it splits go on along its way, 8 ticks apart."""
    foe.state, foe.held = "dead", False
    scene.me.held = [other for other in scene.me.held if other is not foe]
    scene.tell("dies", foe)
    for k, child in enumerate(child for child in scene.foes if child.parent == foe.number):
        _appear(scene, child, foe.col)
        child.stands_until = scene.clock + k * SPLIT_PAUSE


# --- The operator lives, and its skill --------------------------------------------------------------------------------


def _operator_lives(scene: Scene) -> None:
    """It regenerates; its skill lasts, or fills, and may trigger itself."""
    me, skill = scene.me, scene.skill
    if scene.now.regeneration > 0.0:
        full = scene.now.full_health
        me.health = min(me.health + scene.now.regeneration * full / TICKS, full)
    if skill is None:
        return
    if me.active:
        _skill_goes_on(scene, skill)
    if skill.gain == "second" and (me.held or not scene.duel.operator.sp_when_blocking):
        _gain_sp(scene, Fraction(1, TICKS))
    if not skill.by_hand and not skill.strikes and not (me.active and skill.toggles) and _is_ready(scene):
        _use_skill(scene)


def _skill_goes_on(scene: Scene, skill: Skill) -> None:
    """The shield fades linearly until the skill ends."""
    me = scene.me
    if skill.shield > 0.0:
        whole = skill.shield * scene.skilled.full_health
        me.shield = max(me.shield - whole / max(ticks(skill.duration), 1), 0.0)
    if me.active > 1:
        me.active -= 1
    else:
        _end_skill(scene)


def _gain_sp(scene: Scene, amount: Fraction) -> None:
    """SP come up to what the skill stores, and not while it is active, if it is no stance."""
    me, skill = scene.me, scene.skill
    if skill is not None and (not me.active or skill.toggles or scene.words.sp_while_active):
        me.sp = min(me.sp + amount, _most_sp(skill))


def _most_sp(skill: Skill) -> Fraction:
    """The cost, or so many times the cost as the skill stores uses."""
    return Fraction(skill.cost * max(skill.charges, 1))


def _is_ready(scene: Scene) -> bool:
    """Whether the skill is full and can begin now, or end where it is a stance."""
    me, skill = scene.me, scene.skill
    if skill is None or not me.here or skill.gain == "deploy" or me.stunned_until > scene.clock:
        return False
    spent = any(most and me.uses >= most for most in (skill.uses, skill.uses_in_battle))
    return me.sp >= skill.cost and (not me.active or skill.toggles) and not spent


def _use_skill(scene: Scene) -> None:
    """The skill begins: what happens at once happens, what lasts begins. A stance that is active ends instead."""
    me, skill = scene.me, scene.skill
    me.sp = max(me.sp - skill.cost, Fraction(0))
    if me.active:
        _end_skill(scene)
        return
    scene.tell("skill begins")
    me.uses += 1
    lasts = ENDLESS if 0 < skill.endless_from <= me.uses else ticks(skill.duration)
    me.shield = max(me.shield, skill.shield * scene.skilled.full_health)
    if lasts:
        _change_figures(scene, lasts)
    me.health = min(me.health + skill.heal_self * scene.skilled.full_health, scene.now.full_health)
    if skill.strikes:
        me.target = _first_choice(scene, scene.now)
        _strike_with_skill(scene)


def _end_skill(scene: Scene) -> None:
    """The skill ends, and its shield with it."""
    scene.tell("skill ends")
    if scene.skill.shield > 0.0:
        scene.me.shield = 0.0
    _change_figures(scene, 0)


def _change_figures(scene: Scene, lasts: int) -> None:
    """The skill's numbers begin or end: the fraction of health is kept, the rest of the attack interval changes in
    proportion, and enemies beyond the new block are released.
    """
    me, before = scene.me, scene.now
    me.active = lasts
    now = scene.now
    me.health = now.full_health if me.health >= before.full_health else me.health / before.full_health * now.full_health
    if me.attack_at > scene.clock:
        me.attack_at = scene.clock + (me.attack_at - scene.clock) * (now.interval / before.interval)
    _release(me, now.block)


if __name__ == "__main__":
    from random_duels import main

    main()
