"""Walking, blocking and attacking in the reference of plain_duel.py."""

from __future__ import annotations

from fractions import Fraction

from plain_deeds import after_attack, after_hit, at_most, dodges, factor_of, fired, lose_health, spend, stun
from plain_effects import enemy_number, operator_attack, operator_defense, slower, taken
from plain_scene import (
    BODY,
    END,
    MOVE_MULTIPLIER,
    SEARCH,
    TICKS,
    Figures,
    Foe,
    Scene,
    block_now,
    damage,
    die,
    gain_sp,
    held_block,
    leak,
    ticks,
)

# --- Enemies ----------------------------------------------------------------------------------------------------------


def foe_acts(scene: Scene, foe: Foe) -> None:
    """A tick of an enemy. Stunned it neither walks nor attacks."""
    if foe.here and foe.stunned_until <= scene.clock:
        _foe_moves(scene, foe)
        if foe.here and foe.enemy.attack > 0.0 and foe.attack_at <= scene.clock:
            _foe_attacks(scene, foe)
    if foe.here:
        foe.health = min(foe.health + foe.enemy.regeneration / TICKS, foe.enemy.max_health)


def _foe_moves(scene: Scene, foe: Foe) -> None:
    """It stays where it is blocked, stands still to shoot, or walks on."""
    if not foe.held and scene.clock % SEARCH == 0 and _can_hold(scene, foe):
        foe.held, foe.stands_until = True, 0
        scene.me.held.append(foe)
        scene.tell("blocked", foe)
    if foe.held or foe.stands_until > scene.clock:
        return
    step = foe.number_now("speed", foe.enemy.speed * MOVE_MULTIPLIER / TICKS)
    if foe.slowed_until > scene.clock:
        step *= 1.0 - foe.slow
    while step >= foe.left:
        step -= foe.left
        foe.col = foe.towards
        if foe.col == END:
            leak(scene, foe)
            return
        foe.towards += 1.0
        foe.left, foe.way_left = 1.0, END - foe.col
    foe.col += step
    foe.left -= step
    foe.way_left -= step


def _can_hold(scene: Scene, foe: Foe) -> bool:
    """Within 0.7071 tile of the operator's centre, if its block has room for it."""
    me, (row, col) = scene.me, scene.duel.tile
    if not me.here or me.stunned_until > scene.clock or foe.enemy.flying or foe.enemy.unblockable:
        return False
    near = (foe.row - row) ** 2 + (foe.col - col) ** 2 <= scene.words.block_radius_squared
    return near and scene.plain.traits.melee and held_block(me) + foe.enemy.block <= block_now(scene)


def reaches(scene: Scene, foe: Foe) -> bool:
    """Whether the enemy's range reaches a circle of 0.25 tile around the operator's centre."""
    row, col = scene.duel.tile
    reach = foe.enemy.range + BODY
    return foe.here and (row - foe.row) ** 2 + (col - foe.col) ** 2 <= reach * reach


def _foe_attacks(scene: Scene, foe: Foe) -> None:
    """It attacks its blocker, else the operator in its range; an idle one winds up first. To shoot it stands still."""
    if not scene.me.here or not (foe.held or foe.aims) or foe.number_now("disarmed", 0.0) > 0.0:
        return
    idle = foe.attack_at <= scene.clock - 1
    if not foe.held:
        foe.stands_until = scene.clock + (scene.words.wind_up if idle else scene.words.shooting_pause)
    if idle:
        foe.attack_at = scene.clock + scene.words.wind_up
        return
    foe.attack_at = _after(foe.attack_at, foe.enemy.attack_interval * TICKS * slower(foe, 100.0), scene.clock)
    _hit_operator(scene, foe)
    foe.attacks += 1


def _after(due: float, interval: float, clock: int) -> float:
    """When the next attack is due; fractions of ticks are carried over between consecutive attacks."""
    return (due if due > clock - 1 else clock) + interval


def _hit_operator(scene: Scene, foe: Foe) -> None:
    """A hit on the operator; it may stun, and gives SP to a skill that gains so."""
    me, kind = scene.me, foe.enemy.damage
    if dodges(scene, me, kind, near=foe.enemy.range <= 0.0):
        scene.raised.append((me, "dodge"))
        return
    happening = fired(scene, foe, me, active=False)
    attack = enemy_number(foe, "attack") * factor_of(scene, foe, happening, "strength")
    defense = operator_defense(scene) * factor_of(scene, foe, happening, "pierce")
    amount = damage(scene.words, attack, kind, defense, me.number_now("resistance", scene.now.resistance))
    amount *= taken(me, kind) * factor_of(scene, foe, happening, "times")
    scene.tell("hits the operator", foe, amount)
    if foe.enemy.stun > 0.0:
        stun(scene, me, ticks(foe.enemy.stun))
    if scene.skill is not None and scene.skill.gain == "hit":
        gain_sp(scene, Fraction(1))
    lose_health(scene, amount, foe)
    after_attack(scene, foe, happening, me, amount)
    if me.here:
        after_hit(scene, me, foe)


# --- The operator -----------------------------------------------------------------------------------------------------


def first_choice(scene: Scene, now: Figures) -> Foe | None:
    """The enemy that the operator attacks next."""
    choices = _choices(scene, now)
    return choices[0] if choices else None


def _choices(scene: Scene, now: Figures) -> list[Foe]:
    """The enemies that the operator may attack, the first choice first."""
    ranked = []
    for place, foe in enumerate(scene.came):
        rank = _rank(now, foe)
        if rank > 0:
            taunt = foe.number_now("taunt", 0.0)
            ranked.append(((-rank, -taunt, _order(foe, now.traits.aims), foe.way_left, place), foe))
    return [foe for _, foe in sorted(ranked, key=lambda entry: entry[0])]


def _rank(now: Figures, foe: Foe) -> int:
    """3 for the enemies that it blocks, 2 for fliers where it prefers them, 1 for others in range, 0 for none."""
    one = now.traits
    if not foe.here:
        return 0
    if foe.held:
        return 3
    unseen = foe.enemy.hides and foe.number_now("revealed", 0.0) <= 0.0
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


def operator_attacks(scene: Scene) -> None:
    """The operator attacks or heals when its time has come; an idle one winds up first, but not for heals."""
    me, now, skill = scene.me, scene.now, scene.skill
    if me.attack_at > scene.clock or me.stunned_until > scene.clock or now.traits.holds_fire:
        return
    if me.number_now("disarmed", 0.0) > 0.0:
        return
    if me.target is not None and not me.target.here:
        me.target = first_choice(scene, now)
    idle = me.attack_at <= scene.clock - 1
    if idle and me.target is not None and now.traits.damage != "heal":
        me.attack_at = scene.clock + scene.words.wind_up
        return
    full = skill is not None and skill.strikes and not skill.by_hand and me.sp >= skill.cost
    if full and strike_with_skill(scene):
        me.sp -= skill.cost
        me.uses += 1
    elif _strike(scene, now, me.target, active=me.active > 0):
        if skill is not None and skill.gain == "attack":
            gain_sp(scene, Fraction(1))
    else:
        return
    spend(scene)
    me.attacks += 1
    me.last_attack = scene.clock
    me.attack_at = _after(me.attack_at, now.interval * slower(me, now.attack_speed), scene.clock)


def strike_with_skill(scene: Scene) -> bool:
    """The one attack of which the skill consists, with the skill's numbers, in its range, at whom it aims."""
    plain, skilled = scene.plain, scene.skilled
    target = scene.me.target
    aims = (plain.traits.aims, plain.traits.prefers_air) != (skilled.traits.aims, skilled.traits.prefers_air)
    if plain.tiles != skilled.tiles or (aims and target is not None):
        target = first_choice(scene, skilled)
    done = _strike(scene, skilled, target, active=True)
    if done:
        scene.tell("strikes with its skill")
    return done


def _strike(scene: Scene, now: Figures, target: Foe | None, *, active: bool) -> bool:
    """One attack or heal; False where there is no target. `active`: effects of the skill count."""
    one = now.traits
    scene.me.struck = 0
    if one.damage == "heal":
        return _heal(scene, now, active=active)
    if target is None or not target.here:
        return False
    if one.leaps > 0.0:
        _strike_leaping(scene, now, target, active=active)
        return True
    most = max(block_now(scene), 1) if one.targets_by_block else one.targets
    if most == 1:
        _hit_around(scene, now, target, active=active)
        return True
    struck, choices = 0, _choices(scene, now)
    if most == 0:  # all are struck in the order in which they came, in which their chances are drawn
        choices = [foe for foe in scene.came if foe in choices]
    for foe in choices:
        if foe.here and (most == 0 or struck < most):
            _hit_around(scene, now, foe, active=active)
            struck += 1
    return True


def _heal(scene: Scene, now: Figures, *, active: bool) -> bool:
    """The operator heals the only one there is: itself, if it is wounded, in range, and may."""
    me, one = scene.me, now.traits
    wounded = me.health < me.full_health * now.heals_below
    if not wounded or one.heals_others_only or one.unhealable or scene.duel.tile not in now.tiles:
        return False
    happening = fired(scene, me, me, active=active)
    amount = operator_attack(scene, now) * one.hits * factor_of(scene, me, happening, "strength")
    amount *= me.number_now("healing_given", 1.0) * me.number_now("healing_taken", 1.0)
    me.health = min(me.health + amount, me.full_health)
    me.struck += 1
    scene.tell("heals itself", amount=amount)
    after_attack(scene, me, happening, me, 0.0)
    return True


def _strike_leaping(scene: Scene, now: Figures, target: Foe, *, active: bool) -> None:
    """The attack leaps from its target to the nearest enemy that it has not struck."""
    foe, struck = target, [target]
    for _ in range(now.traits.targets):
        _hurt(scene, now, foe, active=active)
        near = [(_distance_squared(foe, other), other.number) for other in scene.foes if other.here]
        near = [(far, n) for far, n in near if scene.foes[n] not in struck and far < now.traits.leaps**2]
        if not near:
            return
        foe = scene.foes[min(near)[1]]
        struck.append(foe)


def _distance_squared(one: Foe, other: Foe) -> float:
    """Of two enemies' centres."""
    return (one.row - other.row) ** 2 + (one.col - other.col) ** 2


def _hit_around(scene: Scene, now: Figures, target: Foe, *, active: bool) -> None:
    """Hit a target, and every enemy whose centre is within the splash radius around it."""
    radius = now.traits.splash
    near = [foe for foe in scene.came if foe.here and _distance_squared(foe, target) <= radius * radius]
    for foe in near if radius > 0.0 else [target]:
        if foe.here:
            _hurt(scene, now, foe, active=active)


def _hurt(scene: Scene, now: Figures, foe: Foe, *, active: bool) -> None:
    """All hits of one attack on an enemy, each reduced by the defense; then what they do besides."""
    me, one = scene.me, now.traits
    if dodges(scene, foe, one.damage, near=False):
        return
    if me.streak_on != foe.number:
        me.streak, me.streak_on = 0, foe.number
    happening = fired(scene, me, foe, active=active)
    attack = operator_attack(scene, now) * factor_of(scene, me, happening, "strength")
    if not foe.held:
        attack *= one.far_strength
    defense = max(me.number_now("defense_met", enemy_number(foe, "defense")), 0.0)
    defense *= factor_of(scene, me, happening, "pierce")
    defense = max(defense - sum(effect.pierce_points for _, effect in happening), 0.0)
    resistance = max(me.number_now("resistance_met", enemy_number(foe, "resistance")), 0.0)
    dealt = damage(scene.words, attack, one.damage, defense, resistance) * one.hits
    dealt = max(dealt, attack * me.number_now("least_damage", 0.0) * factor_of(scene, me, happening, "least"))
    dealt *= factor_of(scene, me, happening, "times") * taken(foe, one.damage)
    dealt = at_most(foe, dealt, one.hits)
    foe.health -= dealt
    me.streak += 1
    me.struck += 1
    scene.tell("is hit", foe, dealt)
    if foe.health <= 0.0:
        die(scene, foe)
    after_attack(scene, me, happening, foe, dealt)
    if not foe.here:
        return
    after_hit(scene, foe, me)
    if one.stun > 0.0:
        stun(scene, foe, ticks(one.stun))
    if one.slow > 0.0 and not (foe.slowed_until > scene.clock and foe.slow > one.slow):
        foe.slow, foe.slowed_until = one.slow, scene.clock + ticks(one.slow_time)
