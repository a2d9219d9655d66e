"""Effects in the reference of plain_duel.py: what changes numbers, and what attacks, hits and deaths bring."""

from __future__ import annotations

from math import floor

import msgspec
from plain_scene import (
    BODY,
    SEARCH,
    TICKS,
    Change,
    Fighter,
    Figures,
    Foe,
    Scene,
    Stand,
    block_now,
    bounded,
    held_block,
    keep_share,
    release,
    ticks,
)

from game.characters.effects import Effect
from game.characters.models import Enemy, Operator

PLAYED_PARTS = {
    "name", "elite", "level", "potential", "when", "every", "ready_after", "from_attack", "until_attack", "nth", "who",
    "others", "roles", "rarities", "groups", "spared_groups", "cost_most", "gains", "melee", "flying", "shoots",
    "heavy", "light", "races", "blocked", "held", "below", "above", "own_below", "own_above", "holds", "free", "alone",
    "own_blocked", "firm", "after", "until", "skill", "per", "step", "stacks", "seconds", "spent", "add", "scale",
    "factor", "strength", "pierce", "pierce_points", "times", "least", "damage", "damage_points", "damage_defense",
    "kind", "heal", "heal_points", "heal_share", "heal_dealt", "sp", "dp", "stun", "wear", "wards", "wards_most",
    "lose", "lose_share", "chance", "lot", "radius", "at_target", "besides", "most", "ahead", "aside", "behind",
    "first", "high_near", "company", "state",
}  # fmt: skip
"""The parts of effects that are played; one with any other is not."""
PLAYED_NUMBERS = {
    "attack", "defense", "resistance", "attack_speed", "max_health", "block", "regeneration", "regeneration_share",
    "sp_rate", "taunt", "burn", "bleed", "drain", "silence", "resist", "least_damage", "disarmed", "revealed", "speed",
    "physical_taken", "arts_taken", "true_taken", "healing_given", "healing_taken", "defense_met", "resistance_met",
    "most_taken", "dodge", "dodge_arts", "dodge_melee", "weight", "heal_sp", "cost", "redeploy_time",
}  # fmt: skip
"""The numbers that the effects that are played may change. The last four mean nothing in a duel."""
PLAYED_WHENS = (
    "always", "attack", "hit taken", "kill", "skill begins", "skill ends", "deployed", "interval", "dodge",
    "ward broken", "death",
)  # fmt: skip
GROWING = (
    "", "second", "kill", "lost health", "use", "idle", "idle time", "skill time", "streak", "leap", "enemy",
)  # fmt: skip
DODGES = ("dodge", "dodge_arts", "dodge_melee")
HIGH = (0, 2)
"""The rows of high ground beside the lane, whose columns are 0 to 7."""


def plays_effect(effect: Effect, *, enemy: bool) -> bool:
    """Whether the reference knows all that an effect of an operator, or of an enemy, does."""
    used = {part.name for part in msgspec.structs.fields(Effect) if getattr(effect, part.name) != _usual(part)}
    changed = {*effect.add, *effect.scale, *effect.factor}
    odd = (
        effect.when not in PLAYED_WHENS
        or effect.who == "linked"
        or effect.per not in (("",) if enemy else GROWING)
        or effect.dp < 0
        or (effect.when == "hit taken" and effect.times != 1.0)
        or (effect.every and effect.when != "interval")
        or (enemy and (changed & {"max_health"} or effect.sp or effect.company))
        or (effect.when == "death" and not enemy)
    )
    return used <= PLAYED_PARTS and changed <= PLAYED_NUMBERS and not odd


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
        return general and not is_silenced(owner, effect) and effect.own_blocked in (None, owner.held)
    me, held = scene.me, held_block(scene.me)
    lot = me.skill_lot if effect.when == "skill begins" else me.lot
    return (
        general
        and held >= effect.holds
        and not (effect.free and held > 0)
        and not effect.company  # there is no other operator
        and effect.lot[0] <= lot < effect.lot[1]
        and _high_beside(scene.duel.tile) >= effect.high_near
    )


def is_silenced(owner: Foe, effect: Effect) -> bool:
    """Whether silence stops an enemy's effect."""
    return owner.number_now("silence", 0.0) >= 1.0 and not effect.firm


def _high_beside(tile: tuple[int, int]) -> int:
    """How many of the four tiles beside a tile are high ground."""
    row, col = tile
    beside = ((row - 1, col), (row + 1, col), (row, col - 1), (row, col + 1))
    return sum(there in HIGH and 0 <= along <= 7 for there, along in beside)


def fits(scene: Scene, owner: Fighter, effect: Effect, target: Fighter) -> bool:
    """Whether a fighter is of the sort for which an effect is."""
    share = share_of(target)
    fit = (
        share <= effect.below
        and (effect.above == 0.0 or share > effect.above)
        and (not effect.ahead or _is_ahead(scene, effect, target) == (effect.ahead > 0))
        and (effect.who != "target" or not effect.radius or _is_near(scene, owner, target, effect.radius))
        and (not effect.state or _is_in_state(scene, effect.state, target))
        and _is_among_first(scene, owner, effect)
    )
    if isinstance(target, Foe):
        held_by_owner = target.held and owner is scene.me
        fit = fit and effect.held in (None, held_by_owner) and effect.blocked in (None, target.held)
        return fit and _enemy_fits(effect, target.enemy)
    blocked = isinstance(owner, Foe) and effect.blocked is not None and effect.blocked != owner.held
    return fit and _operator_fits(effect, scene.duel.operator) and not blocked


def _is_among_first(scene: Scene, owner: Fighter, effect: Effect) -> bool:
    """Whether the target is one of the first so many whom the operator's attack strikes; -1: as many as it blocks."""
    if not effect.first or effect.when != "attack" or owner is not scene.me:
        return True
    return scene.me.struck < (effect.first if effect.first > 0 else block_now(scene))


def _enemy_fits(effect: Effect, enemy: Enemy) -> bool:
    """The conditions on what an enemy is."""
    return (
        effect.flying in (None, enemy.flying)
        and effect.shoots in (None, enemy.range > 0.0)
        and enemy.weight >= effect.heavy
        and (effect.light < 0 or enemy.weight <= effect.light)
        and (not effect.groups or bool(set(effect.groups) & set(enemy.groups)))
        and not set(effect.spared_groups) & set(enemy.groups)
        and (not effect.races or bool(set(effect.races) & set(enemy.races)))
    )


def _operator_fits(effect: Effect, one: Operator) -> bool:
    """The conditions on what an operator is."""
    return (
        (not effect.roles or one.role in effect.roles)
        and (not effect.rarities or one.rarity in effect.rarities)
        and (not effect.groups or bool(set(effect.groups) & set(one.groups)))
        and not set(effect.spared_groups) & set(one.groups)
        and effect.melee in (None, one.melee)
        and (not effect.cost_most or one.cost <= effect.cost_most)
        and (not effect.gains or (one.skill is not None and one.skill.gain in effect.gains))
    )


def _tile_of(scene: Scene, fighter: Fighter) -> tuple[int, int]:
    """The tile on which a fighter's centre is."""
    return fighter.tile if isinstance(fighter, Foe) else scene.duel.tile


def _is_near(scene: Scene, one: Fighter, other: Fighter, radius: float) -> bool:
    """Whether two fighters stand on tiles at most so far from each other."""
    here, there = _tile_of(scene, one), _tile_of(scene, other)
    return (here[0] - there[0]) ** 2 + (here[1] - there[1]) ** 2 <= radius * radius


def _is_ahead(scene: Scene, effect: Effect, target: Fighter) -> bool:
    """Whether a fighter stands on the first rows of tiles in front of the operator, or behind it."""
    here, there = scene.duel.tile, _tile_of(scene, target)
    down, right = there[0] - here[0], there[1] - here[1]
    forward, sideways = {0: (right, down), 1: (down, right), 2: (-right, down), 3: (-down, right)}[scene.duel.direction]
    if effect.behind:
        forward = -forward
    return 0 < forward <= abs(effect.ahead) and abs(sideways) <= effect.aside


def _is_in_state(scene: Scene, state: str, fighter: Fighter) -> bool:
    """Whether a fighter is stunned, awake, or slowed to a fifth of its speed; cold is not played here."""
    stunned = fighter.stunned_until > scene.clock
    if state in ("stunned", "awake"):
        return stunned == (state == "stunned")
    if state != "slowed" or not isinstance(fighter, Foe):
        return False
    return (fighter.slowed_until > scene.clock and fighter.slow > 0.79) or fighter.number_now("speed", 1.0) < 0.21


def chosen(scene: Scene, owner: Fighter, effect: Effect, target: Fighter | None = None) -> list[Fighter]:
    """Those for whom an effect is: allies with the least health first, enemies by the way to their exit."""
    if effect.who == "self":
        return [owner]
    own_side = effect.who in ("allies", "allies in range")
    mine = (owner is scene.me) == own_side
    found: list[Fighter] = [scene.me] if mine else list(scene.came)
    found = [one for one in found if one.here]
    if effect.others:
        found = [one for one in found if one is not owner]
    if effect.besides:
        found = [one for one in found if one is not target]
    if effect.radius:
        centre = target if effect.at_target and target is not None else owner
        found = [one for one in found if _is_near(scene, centre, one, effect.radius)]
    elif effect.who.endswith("in range"):
        found = [one for one in found if _is_in_range(scene, owner, one)]
    elif effect.who == "held":
        found = [one for one in found if (one.held if isinstance(one, Foe) else isinstance(owner, Foe) and owner.held)]
    found = [one for one in found if fits(scene, owner, effect, one)]
    if effect.most:
        found = sorted(found, key=lambda one: share_of(one) if own_side else _way_left(one))[: effect.most]
    return found


def _way_left(one: Fighter) -> float:
    """The way of an enemy to its exit."""
    return one.way_left if isinstance(one, Foe) else 0.0


def _is_in_range(scene: Scene, owner: Fighter, one: Fighter) -> bool:
    """Whether a fighter is in the operator's range, or the operator in reach of an enemy or blocking it."""
    row, col = scene.duel.tile
    if isinstance(owner, Stand):
        return (one.tile if isinstance(one, Foe) else (row, col)) in scene.now.tiles
    reach = owner.enemy.range + BODY if owner.enemy.range > 0.0 else 0.0
    return (isinstance(one, Stand) and owner.held) or (row - owner.row) ** 2 + (col - owner.col) ** 2 <= reach * reach


# --- Changed numbers --------------------------------------------------------------------------------------------------


def look(scene: Scene) -> None:
    """Effects that always hold, and conditions on health, are looked at every 3 ticks, and in the tick after something
    has changed. Those for a time come first: silence is among them, and stops others.
    """
    if not scene.changed and (scene.clock + 1) % SEARCH != 0:
        return
    scene.changed = False
    for fighter in scene.fighters:
        fighter.changes = {}
    owned = [(owner, n, effect) for owner in scene.fighters for n, effect in enumerate(owner.effects)]
    for owner, n, effect in owned:
        for fighter in scene.fighters:
            if fighter.here and fighter.until.get((owner.number, n), 0) > scene.clock:
                _change(fighter, effect, grown(scene, owner, effect))
    for owner, _, effect in owned:
        constant = owner.here and effect.when == "always"
        if constant and holds(scene, owner, effect, active=is_active(scene, owner)):
            for fighter in chosen(scene, owner, effect):
                _change(fighter, effect, grown(scene, owner, effect))
    if scene.me.here:
        keep_share(scene)
        release(scene.me, block_now(scene))


def is_active(scene: Scene, owner: Fighter) -> bool:
    """Whether an effect's owner has an active skill."""
    return owner is scene.me and scene.me.active > 0


def _change(fighter: Fighter, effect: Effect, times: float) -> None:
    """Add what an effect changes."""
    for name, amount in effect.scale.items():
        fighter.changes.setdefault(name, Change()).share += amount * times
    for name, amount in effect.add.items():
        change = fighter.changes.setdefault(name, Change())
        if name in DODGES:  # chances to dodge multiply what is left
            change.factor *= 1.0 - amount * times
        else:
            change.points += amount * times
    for name, amount in effect.factor.items():
        fighter.changes.setdefault(name, Change()).factor *= 1.0 + (amount - 1.0) * times


def grown(scene: Scene, owner: Fighter, effect: Effect) -> float:
    """How many times an effect counts: for each whole step, or evenly with lost health and with times since the last
    attack and of the skill; never more often than `stacks`.
    """
    if effect.per in ("", "leap"):
        return 1.0
    me, evenly = scene.me, effect.per in ("lost health", "idle time", "skill time")
    lasts = ticks(scene.skill.duration) if scene.skill else 0
    measures = {
        "second": (scene.clock - owner.came_at) / TICKS,
        "kill": me.kills,
        "use": me.uses - 1,
        "lost health": 1.0 - share_of(owner),
        "idle": (scene.clock - me.last_attack) / TICKS,
        "idle time": (scene.clock - me.last_attack) / TICKS,
        "skill time": (lasts - me.active) / TICKS,
        "streak": me.streak,
        "enemy": sum(foe.here and foe.tile in scene.now.tiles for foe in scene.foes),
    }
    steps = measures[effect.per] / effect.step
    return float(min(max(steps if evenly else floor(steps + 1e-9), 0.0), effect.stacks))


def operator_attack(scene: Scene, figures: Figures | None = None) -> float:
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
