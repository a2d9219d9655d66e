"""Effects in the reference of plain_duel.py: those that change numbers, and the simple ones of attacks, hits and kills."""

from __future__ import annotations

from fractions import Fraction

import msgspec
from plain_scene import (
    SEARCH,
    TICKS,
    Change,
    Fighter,
    Foe,
    Scene,
    Stand,
    block_now,
    bounded,
    damage,
    die,
    fall,
    gain_sp,
    keep_share,
    release,
    ticks,
)

from game.characters.effects import Effect
from game.characters.models import Enemy, Operator

PLAYED_PARTS = {
    "name", "elite", "level", "potential", "when", "every", "ready_after", "from_attack", "until_attack", "nth", "who",
    "others", "roles", "rarities", "groups", "cost_most", "gains", "melee", "flying", "shoots", "heavy", "light",
    "races", "blocked", "held", "below", "above", "own_below", "own_above", "holds", "free", "alone", "own_blocked",
    "firm", "after", "until", "skill", "per", "step", "stacks", "seconds", "spent", "add", "scale", "factor",
    "strength", "pierce", "pierce_points", "times", "damage", "damage_points", "kind", "heal", "heal_points",
    "heal_share", "heal_dealt", "sp", "dp", "stun", "wear",
}  # fmt: skip
"""The parts of effects that are played; one with any other is not."""
PLAYED_NUMBERS = {
    "attack", "defense", "resistance", "attack_speed", "max_health", "block", "regeneration", "regeneration_share",
    "sp_rate", "taunt", "burn", "bleed", "silence", "resist", "least_damage", "disarmed", "revealed", "speed",
    "physical_taken", "arts_taken", "true_taken", "healing_given", "healing_taken", "defense_met", "resistance_met",
    "weight", "heal_sp",
}  # fmt: skip
"""The numbers that the effects that are played may change. Taunt, weight and heal_sp mean nothing in a duel of one
operator with enemies of one kind."""
PLAYED_WHENS = {
    "always": ("self", "allies", "allies in range", "enemies", "enemies in range", "held"),
    "attack": ("self", "target"),
    "hit taken": ("self", "target"),
    "kill": ("self",),
    "skill begins": ("self",),
    "skill ends": ("self",),
    "deployed": ("self",),
    "interval": ("self",),
}
GROWING = ("", "second", "kill", "lost health")
USUAL = Effect(add={"silence": 0.0})


def plays_effect(effect: Effect, enemy: bool) -> bool:
    """Whether the reference knows all that an effect of an operator, or of an enemy, does."""
    used = {part.name for part in msgspec.structs.fields(Effect) if getattr(effect, part.name) != _usual(part)}
    changed = {*effect.add, *effect.scale, *effect.factor}
    odd = (
        effect.per not in (("",) if enemy else GROWING)
        or effect.dp < 0
        or (effect.when == "hit taken" and effect.times != 1.0)
        or (effect.who in ("allies", "allies in range") and enemy)
        or (effect.every and effect.when != "interval")
        or (enemy and changed & {"max_health", "block", "taunt"})
    )
    known = used <= PLAYED_PARTS and changed <= PLAYED_NUMBERS and effect.who in PLAYED_WHENS.get(effect.when, ())
    return known and not odd


def _usual(part: msgspec.structs.FieldInfo) -> object:
    """The value of a part of an effect that says nothing."""
    return part.default if part.default_factory is msgspec.NODEFAULT else part.default_factory()


def effects_of(one: Operator) -> tuple[Effect, ...]:
    """An operator's effects, and those of its skill, which are there only while it is active."""
    more = one.skill.effects if one.skill else ()
    return (*one.effects, *(e if e.skill == "idle" else msgspec.structs.replace(e, skill="active") for e in more))


# --- Conditions and choice --------------------------------------------------------------------------------------------


def share_of(fighter: Fighter) -> float:
    """The fraction of its full health that a fighter has."""
    return min(fighter.health / fighter.full_health, 1.0)


def holds(scene: Scene, owner: Fighter, effect: Effect, *, active: bool) -> bool:
    """Whether the conditions of an effect on its owner hold; `active` says whether its skill counts as active."""
    share, made = share_of(owner), owner.attacks
    since = scene.clock - owner.came_at
    general = (
        (effect.skill == "any" or (effect.skill == "active") == active)
        and share <= effect.own_below
        and (effect.own_above == 0.0 or share > effect.own_above)
        and since >= round(effect.after * TICKS)
        and (effect.until == 0.0 or since < round(effect.until * TICKS))
        and made >= effect.from_attack
        and (effect.until_attack == 0 or made < effect.until_attack)
    )
    if isinstance(owner, Foe):
        silenced = owner.number_now("silence", 0.0) >= 1.0 and not effect.firm
        return general and not silenced and effect.own_blocked in (None, owner.held)
    taken = sum(foe.enemy.block for foe in scene.me.held)
    return general and taken >= effect.holds and not (effect.free and taken > 0)


def fits(scene: Scene, owner: Fighter, effect: Effect, target: Fighter) -> bool:
    """Whether a fighter is of the sort for which an effect is."""
    share = share_of(target)
    if share > effect.below or (effect.above > 0.0 and share <= effect.above):
        return False
    if isinstance(target, Foe):
        held_by_owner = target.held and owner is scene.me
        return (
            _enemy_fits(effect, target.enemy)
            and effect.held in (None, held_by_owner)
            and effect.blocked in (None, target.held)
        )
    blocked = isinstance(owner, Foe) and effect.blocked is not None and effect.blocked != owner.held
    return _operator_fits(effect, scene.duel.operator) and not blocked


def _enemy_fits(effect: Effect, enemy: Enemy) -> bool:
    """The conditions on what an enemy is."""
    return (
        effect.flying in (None, enemy.flying)
        and effect.shoots in (None, enemy.range > 0.0)
        and enemy.weight >= effect.heavy
        and (effect.light < 0 or enemy.weight <= effect.light)
        and (not effect.groups or bool(set(effect.groups) & set(enemy.groups)))
        and (not effect.races or bool(set(effect.races) & set(enemy.races)))
    )


def _operator_fits(effect: Effect, one: Operator) -> bool:
    """The conditions on what an operator is."""
    return (
        (not effect.roles or one.role in effect.roles)
        and (not effect.rarities or one.rarity in effect.rarities)
        and (not effect.groups or bool(set(effect.groups) & set(one.groups)))
        and effect.melee in (None, one.melee)
        and (not effect.cost_most or one.cost <= effect.cost_most)
        and (not effect.gains or (one.skill is not None and one.skill.gain in effect.gains))
    )


def _chosen(scene: Scene, owner: Fighter, effect: Effect) -> list[Fighter]:
    """Those whose numbers an effect changes that is there always."""
    if effect.who == "self":
        return [owner]
    mine = owner is scene.me
    own_side = effect.who in ("allies", "allies in range")
    found = [one for one in scene.fighters if one.here and (one is scene.me) == (mine == own_side)]
    if effect.others:
        found = [one for one in found if one is not owner]
    if effect.who.endswith("in range"):
        found = [one for one in found if _is_in_range(scene, owner, one)]
    if effect.who == "held":
        found = [one for one in found if (one.held if isinstance(one, Foe) else owner.held)]
    return [one for one in found if fits(scene, owner, effect, one)]


def _is_in_range(scene: Scene, owner: Fighter, one: Fighter) -> bool:
    """Whether a fighter is in the operator's range, or the operator in reach of an enemy or blocking it."""
    row, col = scene.duel.tile
    if isinstance(owner, Stand):
        return (one.tile if isinstance(one, Foe) else (row, col)) in scene.now.tiles
    reach = owner.enemy.range + 0.25 if owner.enemy.range > 0.0 else 0.0
    return owner.held or (row - owner.row) ** 2 + (col - owner.col) ** 2 <= reach * reach


# --- Changed numbers --------------------------------------------------------------------------------------------------


def look(scene: Scene) -> None:
    """Effects that always hold, and conditions on health, are looked at every 3 ticks, and in the tick after something
    has changed.
    """
    if not scene.changed and (scene.clock + 1) % SEARCH != 0:
        return
    scene.changed = False
    for fighter in scene.fighters:
        fighter.changes = {}
    for owner in scene.fighters:  # first those for a time: silence is among them, and stops others
        for n, effect in enumerate(owner.effects):
            for fighter in scene.fighters:
                if fighter.here and fighter.until.get((owner.number, n), 0) > scene.clock:
                    _change(fighter, effect, grown(scene, owner, effect))
    for owner in scene.fighters:
        for effect in owner.effects if owner.here else ():
            if effect.when == "always" and holds(scene, owner, effect, active=_is_active(scene, owner)):
                for fighter in _chosen(scene, owner, effect):
                    _change(fighter, effect, grown(scene, owner, effect))
    if scene.me.here:
        keep_share(scene)
        release(scene.me, block_now(scene))


def _is_active(scene: Scene, owner: Fighter) -> bool:
    """Whether an effect's owner has an active skill."""
    return owner is scene.me and scene.me.active > 0


def _change(fighter: Fighter, effect: Effect, times: float) -> None:
    """Add what an effect changes."""
    for name, amount in effect.scale.items():
        fighter.changes.setdefault(name, Change()).share += amount * times
    for name, amount in effect.add.items():
        fighter.changes.setdefault(name, Change()).points += amount * times
    for name, amount in effect.factor.items():
        fighter.changes.setdefault(name, Change()).factor *= 1.0 + (amount - 1.0) * times


def grown(scene: Scene, owner: Fighter, effect: Effect) -> float:
    """How many times an effect counts: whole times on the field or kills; lost health evenly; never beyond `stacks`."""
    if effect.per == "second":
        steps = float((scene.clock - owner.came_at) / TICKS / effect.step // 1)
    elif effect.per == "kill":
        steps = float(scene.me.kills // effect.step)
    elif effect.per == "lost health":
        steps = (1.0 - share_of(owner)) / effect.step
    else:
        return 1.0
    return min(max(steps, 0.0), float(effect.stacks))


def operator_attack(scene: Scene, figures: object = None) -> float:
    """The operator's attack now, or with the figures of a skill that is one attack."""
    now = figures or scene.now
    return max(scene.me.number_now("attack", now.attack, now.bare_attack), 0.0)


def operator_defense(scene: Scene) -> float:
    """The operator's defense now."""
    defense = scene.me.number_now("defense", scene.now.defense, scene.now.bare_defense)
    return max(defense - scene.me.worn, 0.0)


def enemy_number(foe: Foe, name: str) -> float:
    """An enemy's attack, defense or resistance now."""
    value = getattr(foe.enemy, name)
    return max(foe.number_now(name, value, 0.0 if name == "resistance" else value), 0.0)


def slower(fighter: Fighter, points: float) -> float:
    """Factor on an attack interval that was made with these points of attack speed."""
    return bounded(points) / bounded(fighter.number_now("attack_speed", points))


def taken(fighter: Fighter, kind: str) -> float:
    """Factor on damage of this kind that a fighter takes."""
    return fighter.number_now(f"{kind}_taken", 1.0)


# --- What happens -----------------------------------------------------------------------------------------------------


def fired(scene: Scene, owner: Fighter, target: Fighter, *, active: bool) -> list[tuple[int, Effect]]:
    """The effects that happen with this attack of their owner on this target."""
    return [
        (n, effect)
        for n, effect in enumerate(owner.effects)
        if effect.when == "attack"
        and (effect.nth < 2 or (owner.attacks + 1) % effect.nth == 0)
        and holds(scene, owner, effect, active=active)
        and fits(scene, owner, effect, target)
    ]


def factor_of(scene: Scene, owner: Fighter, happening: list[tuple[int, Effect]], part: str) -> float:
    """The product of a factor (strength, pierce, times) of effects that happen."""
    product = 1.0
    for _, effect in happening:
        product *= 1.0 + (getattr(effect, part) - 1.0) * grown(scene, owner, effect)
    return product


def after_attack(
    scene: Scene, owner: Fighter, happening: list[tuple[int, Effect]], target: Fighter, dealt: float
) -> None:
    """What the effects of an attack do besides: those on its target only if that still stands."""
    for n, effect in happening:
        if effect.who == "self" or target.here:
            happen(scene, owner, n, owner if effect.who == "self" else target, dealt)


def after_hit(scene: Scene, fighter: Fighter, by: Fighter) -> None:
    """The effects that wait for a hit; their target is the attacker."""
    for n, effect in enumerate(fighter.effects):
        may = effect.when == "hit taken" and holds(scene, fighter, effect, active=_is_active(scene, fighter))
        if may and fits(scene, fighter, effect, by):
            happen(scene, fighter, n, fighter if effect.who == "self" else by)


def happen(scene: Scene, owner: Fighter, n: int, target: Fighter, dealt: float = 0.0) -> None:
    """An effect does to one fighter what it does; its changes begin, or begin again."""
    effect = owner.effects[n]
    if effect.seconds > 0.0:
        target.until[owner.number, n] = scene.clock + round(effect.seconds * TICKS)
        scene.changed = True
    points = effect.damage * _attack_of(scene, owner) + effect.damage_points
    if points:
        damage_by_effect(scene, target, points, effect.kind)
    heal = effect.heal * _attack_of(scene, owner) + effect.heal_points + effect.heal_dealt * dealt
    if effect.heal_share:
        heal += effect.heal_share * target.full_health
    if heal:
        given = owner.number_now("healing_given", 1.0) * target.number_now("healing_taken", 1.0)
        target.health = min(target.health + heal * given, target.full_health)
    if effect.stun:
        stun(scene, target, int(effect.stun * TICKS))
    if target is scene.me:
        if effect.sp:
            gain_sp(scene, Fraction(int(effect.sp * TICKS), TICKS))
        scene.me.worn += effect.wear


def _attack_of(scene: Scene, owner: Fighter) -> float:
    """The attack of an effect's owner."""
    return enemy_number(owner, "attack") if isinstance(owner, Foe) else operator_attack(scene)


def damage_by_effect(scene: Scene, target: Fighter, points: float, kind: str) -> None:
    """Damage by an effect goes through defense or resistance like any; it may kill."""
    if isinstance(target, Foe):
        hurt = damage(scene.words, points, kind, enemy_number(target, "defense"), enemy_number(target, "resistance"))
        target.health -= hurt * taken(target, kind)
        if target.health <= 0.0:
            die(scene, target)
        return
    resistance = target.number_now("resistance", scene.now.resistance)
    lose_health(scene, damage(scene.words, points, kind, operator_defense(scene), resistance) * taken(target, kind))


def lose_health(scene: Scene, amount: float, by: Foe | None = None) -> None:
    """The operator's shield absorbs damage before health is lost."""
    me = scene.me
    absorbed = min(me.shield, amount)
    me.shield -= absorbed
    me.health -= amount - absorbed
    if me.health <= 0.0:
        fall(scene, by)


def stun(scene: Scene, target: Fighter, time: int) -> None:
    """The longer stun applies; a stunned operator releases all; who resists is stunned half as long."""
    if isinstance(target, Foe) and target.enemy.stun_immune:
        return
    time = time // 2 if target.number_now("resist", 0.0) > 0.0 else time
    target.stunned_until = max(target.stunned_until, scene.clock + time)
    if target is scene.me:
        release(scene.me, -1)


def spend(scene: Scene) -> None:
    """The operator has attacked: the changes that end with an attack end."""
    for owner in scene.fighters:
        for n, effect in enumerate(owner.effects):
            if effect.spent and scene.me.until.get((owner.number, n), 0) > scene.clock:
                scene.me.until[owner.number, n] = 0
                scene.changed = True


def play_effects(scene: Scene) -> None:
    """The end of a tick: what waits for an event or its interval happens, then health and SP come and go."""
    raised, scene.raised = scene.raised, []
    for owner in scene.fighters:
        for n, effect in enumerate(owner.effects):
            active = _is_active(scene, owner)
            if effect.when == "interval" and owner.here and owner.due[n] <= scene.clock:
                owner.due[n] = scene.clock + max(round(effect.every * TICKS), 1)
                if holds(scene, owner, effect, active=active):
                    happen(scene, owner, n, owner)
            for fighter, what in raised:
                # an effect of a skill that ends, or began, in this tick counts as one of an active skill
                may = fighter is owner and what == effect.when and owner.here
                if may and holds(scene, owner, effect, active=active or effect.skill == "active"):
                    happen(scene, owner, n, owner)
    for fighter in scene.fighters:
        if fighter.here:
            _live(scene, fighter)
    look(scene)


def _live(scene: Scene, fighter: Fighter) -> None:
    """A tick of what effects give and take of health and SP by the second."""
    gain = fighter.number_now("regeneration", 0.0) + fighter.number_now("regeneration_share", 0.0) * fighter.full_health
    rate = fighter.number_now("sp_rate", 0.0)
    if fighter is scene.me and rate > 0.0 and scene.skill is not None and scene.skill.gain == "second":
        scene.me.sp_part += rate
        whole = int(scene.me.sp_part)
        scene.me.sp_part -= whole
        gain_sp(scene, Fraction(whole, TICKS))
    if gain:
        fighter.health = min(fighter.health + gain / TICKS, fighter.full_health)
    for name, kind in (("burn", "arts"), ("bleed", "true")):
        points = fighter.number_now(name, 0.0)
        if points > 0.0 and fighter.here:
            damage_by_effect(scene, fighter, points / TICKS, kind)


