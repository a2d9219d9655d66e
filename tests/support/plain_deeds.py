"""What effects do besides changing numbers in the reference of plain_duel.py, and when they happen."""

from __future__ import annotations

from fractions import Fraction

from plain_effects import (
    chosen,
    enemy_number,
    fits,
    grown,
    holds,
    is_active,
    is_silenced,
    look,
    operator_attack,
    operator_defense,
    taken,
)
from plain_scene import TICKS, Fighter, Foe, Scene, damage, die, fall, gain_sp, release

from game.characters.effects import Effect

# --- What happens -----------------------------------------------------------------------------------------------------


def fired(scene: Scene, owner: Fighter, target: Fighter, *, active: bool) -> list[tuple[int, Effect]]:
    """The effects that happen with this attack of their owner on this target; those with a chance draw it."""
    return [
        (n, effect)
        for n, effect in enumerate(owner.effects)
        if effect.when == "attack"
        and (effect.nth < 2 or (owner.attacks + 1) % effect.nth == 0)
        and holds(scene, owner, effect, active=active)
        and fits(scene, owner, effect, target)
        and scene.comes_up(effect.chance)
    ]


def factor_of(scene: Scene, owner: Fighter, happening: list[tuple[int, Effect]], part: str) -> float:
    """The product of a factor (strength, pierce, times) of effects that happen."""
    product = 1.0
    for _, effect in happening:
        factor = getattr(effect, part)
        leaps = effect.per == "leap"
        product *= factor**scene.me.struck if leaps else 1.0 + (factor - 1.0) * grown(scene, owner, effect)
    return product


def dodges(scene: Scene, fighter: Fighter, kind: str, *, near: bool) -> bool:
    """Whether a fighter dodges an attack of this kind. `near`: by an enemy without a range."""
    if kind == "true":
        return False
    hit = fighter.number_now("dodge" if kind == "physical" else "dodge_arts", 1.0)
    if near and kind == "physical":
        hit *= fighter.number_now("dodge_melee", 1.0)
    return not scene.comes_up(hit)


def at_most(foe: Foe, dealt: float, blows: int) -> float:
    """The damage of so many blows of which an enemy may take only so much each."""
    most = foe.number_now("most_taken", 0.0)
    return min(dealt, most * blows) if most > 0.0 else dealt


def after_attack(
    scene: Scene, owner: Fighter, happening: list[tuple[int, Effect]], target: Fighter, dealt: float
) -> None:
    """What the effects of an attack do besides: those on its target only if that still stands."""
    for n, effect in happening:
        if effect.who != "target" or target.here:
            happen(scene, owner, n, target, dealt)


def after_hit(scene: Scene, fighter: Fighter, by: Fighter) -> None:
    """The effects that wait for a hit; their target is the attacker."""
    for n, effect in enumerate(fighter.effects):
        may = effect.when == "hit taken" and holds(scene, fighter, effect, active=is_active(scene, fighter))
        if may and fits(scene, fighter, effect, by) and scene.comes_up(effect.chance):
            happen(scene, fighter, n, by)


def happen(scene: Scene, owner: Fighter, n: int, target: Fighter | None = None, dealt: float = 0.0) -> None:
    """An effect happens to all for whom it is."""
    effect = owner.effects[n]
    for one in [target] if effect.who == "target" else chosen(scene, owner, effect, target):
        if effect.who in ("self", "target") or one.here:
            _affect(scene, owner, n, one, dealt)


def _affect(scene: Scene, owner: Fighter, n: int, target: Fighter, dealt: float) -> None:
    """An effect does to one fighter what it does; its changes begin, or begin again."""
    effect = owner.effects[n]
    if effect.seconds > 0.0:
        target.until[owner.number, n] = scene.clock + round(effect.seconds * TICKS)
        scene.changed = True
    points = effect.damage * _attack_of(scene, owner) + effect.damage_points
    points += effect.damage_defense * _defense_of(scene, owner)
    if points:
        damage_by_effect(scene, target, points, effect.kind)
    heal = effect.heal * _attack_of(scene, owner) + effect.heal_points + effect.heal_dealt * dealt
    heal += effect.heal_share * target.full_health
    if heal:
        _heal_by_effect(scene, owner, target, heal)
    if effect.stun:
        stun(scene, target, int(effect.stun * TICKS))
    lost = effect.lose * target.health + effect.lose_share * target.full_health
    if lost:
        target.health = max(target.health - lost, min(target.health, 1.0))
    if target is scene.me:
        _give(scene, effect)


def _heal_by_effect(scene: Scene, owner: Fighter, target: Fighter, amount: float) -> None:
    """A heal by an effect; who cannot be healed by others heals itself only."""
    if target is scene.me and target is not owner and scene.now.traits.unhealable:
        return
    amount *= owner.number_now("healing_given", 1.0) * target.number_now("healing_taken", 1.0)
    target.health = min(target.health + amount, target.full_health)


def _give(scene: Scene, effect: Effect) -> None:
    """SP, layers that take a blow each, and wear of defense, which are for operators."""
    me = scene.me
    if effect.sp:
        gain_sp(scene, Fraction(int(effect.sp * TICKS), TICKS))
    if effect.wards > 0:
        me.wards = max(me.wards, min(me.wards + effect.wards, max(effect.wards, effect.wards_most)))
    elif effect.wards < 0:
        me.wards = 0
    me.worn += effect.wear


def _defense_of(scene: Scene, owner: Fighter) -> float:
    """The defense of an effect's owner."""
    return enemy_number(owner, "defense") if isinstance(owner, Foe) else operator_defense(scene)


def _attack_of(scene: Scene, owner: Fighter) -> float:
    """The attack of an effect's owner."""
    return enemy_number(owner, "attack") if isinstance(owner, Foe) else operator_attack(scene)


def damage_by_effect(scene: Scene, target: Fighter, points: float, kind: str) -> None:
    """Damage by an effect goes through defense or resistance like any; it may kill."""
    if isinstance(target, Foe):
        hurt = damage(scene.words, points, kind, enemy_number(target, "defense"), enemy_number(target, "resistance"))
        target.health -= at_most(target, hurt * taken(target, kind), 1)
        if target.health <= 0.0:
            die(scene, target)
        return
    resistance = target.number_now("resistance", scene.now.resistance)
    lose_health(scene, damage(scene.words, points, kind, operator_defense(scene), resistance) * taken(target, kind))


def lose_health(scene: Scene, amount: float, by: Foe | None = None) -> None:
    """A layer takes a blow whole; else the operator's shield absorbs damage before health is lost."""
    me = scene.me
    if me.wards > 0:
        me.wards -= 1
        scene.raised.append((me, "ward broken"))
        return
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
            if effect.when == "interval":
                if owner.due.get(n, 0) <= scene.clock:
                    owner.due[n] = scene.clock + max(round(effect.every * TICKS), 1)
                    _may_happen(scene, owner, n, active=is_active(scene, owner))
                continue
            # an effect of a skill that ended in this tick counts as one of an active skill
            active = is_active(scene, owner) or effect.skill == "active"
            for _ in range(sum(fighter is owner and what == effect.when for fighter, what in raised)):
                _may_happen(scene, owner, n, active=active)
    for fighter in [scene.me, *scene.came]:
        if fighter.here:
            _live(scene, fighter)
    look(scene)


def _may_happen(scene: Scene, owner: Fighter, n: int, *, active: bool) -> None:
    """An effect happens if its conditions hold and its chance comes up."""
    effect = owner.effects[n]
    if effect.when == "death":
        may = not (isinstance(owner, Foe) and is_silenced(owner, effect))
    else:
        may = owner.here and holds(scene, owner, effect, active=active)
    if may and scene.comes_up(effect.chance):
        happen(scene, owner, n)


def _live(scene: Scene, fighter: Fighter) -> None:
    """A tick of what effects give and take of health and SP by the second."""
    gain = fighter.number_now("regeneration", 0.0) + fighter.number_now("regeneration_share", 0.0) * fighter.full_health
    drain = max(fighter.number_now("drain", 0.0), 0.0) * fighter.full_health / TICKS
    fighter.health = max(fighter.health - drain, min(fighter.health, 1.0))
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
