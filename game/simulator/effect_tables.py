"""Turns the effects of operators and enemies into the rows that the rules read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar, get_args

import msgspec
import numpy as np

from game.characters.builds import is_for
from game.characters.effects import HAND, By, Effect, Per, When
from game.characters.models import Enemy, Operator
from game.levels.stage import Stage
from game.simulator import effect_records as codes
from game.simulator.effect_records import BURNING, CORROSION, NECROSIS, NEURAL, EffectPart, EffectRow
from game.simulator.plain import readable
from game.simulator.records import ARTS, PHYSICAL, TICKS, TRUE, Flags, Ints
from game.simulator.rows import rows_of

T = TypeVar("T")
WHENS = get_args(When)
NOTHING = Effect(add={"silence": 0.0})
"""Of an enemy that rises, or whose attacks leap, and has no other effect: only battles with effects know how."""
WHO = {
    "self": (codes.SELF, codes.ANYWHERE),
    "target": (codes.TARGET, codes.ANYWHERE),
    "allies": (codes.ALLIES, codes.ANYWHERE),
    "allies in range": (codes.ALLIES, codes.IN_OWN_RANGE),
    "enemies": (codes.ENEMIES, codes.ANYWHERE),
    "enemies in range": (codes.ENEMIES, codes.IN_OWN_RANGE),
    "held": (codes.ENEMIES, codes.HELD),
    "linked": (codes.LINKED, codes.ANYWHERE),
}
ATTRIBUTE = {
    "attack": codes.ATTACK, "defense": codes.DEFENSE, "resistance": codes.RESISTANCE,
    "attack_speed": codes.ATTACK_SPEED, "regeneration": codes.REGENERATION,
    "regeneration_share": codes.REGENERATION_SHARE, "sp_rate": codes.SP_RATE, "taunt": codes.TAUNT,
    "dodge": codes.HIT_PHYSICAL, "dodge_arts": codes.HIT_ARTS, "burn": codes.BURN,
    "max_health": codes.MAX_HEALTH, "block": codes.BLOCK,
    "undying": codes.UNDYING, "disarmed": codes.DISARMED, "camouflage": codes.CAMOUFLAGE, "revealed": codes.REVEALED,
    "drain": codes.DRAIN, "bleed": codes.BLEED, "most_taken": codes.MOST_TAKEN, "stealth": codes.STEALTH,
    "targets": codes.TARGETS, "dodge_melee": codes.HIT_MELEE, "spares_above": codes.SPARES_ABOVE,
    "spares_below": codes.SPARES_BELOW, "asleep": codes.ASLEEP, "heal_sp": codes.HEAL_SP,
    "regeneration_low": codes.REGENERATION_LOW, "weight": codes.WEIGHT, "cost": codes.COST,
    "redeploy_time": codes.REDEPLOY_TIME, "necrosis": codes.NECROTIC, "steadfast": codes.STEADFAST,
    "attack_interval": codes.ATTACK_TIME,
    "silence": codes.SILENCE, "resist": codes.RESIST, "least_damage": codes.LEAST_DAMAGE,
    "speed": codes.SPEED, "physical_taken": codes.PHYSICAL_TAKEN, "arts_taken": codes.ARTS_TAKEN,
    "true_taken": codes.TRUE_TAKEN, "healing_given": codes.HEALING_GIVEN, "healing_taken": codes.HEALING_TAKEN,
    "defense_met": codes.DEFENSE_MET, "resistance_met": codes.RESISTANCE_MET,
}  # fmt: skip
KIND = {"physical": PHYSICAL, "arts": ARTS, "true": TRUE}
ELEMENT = {"neural": NEURAL, "corrosion": CORROSION, "burning": BURNING, "necrosis": NECROSIS}
SHIFTS = {"push": codes.PUSH, "away": codes.AWAY, "pull": codes.PULL}
STATES = ("", "stunned", "slowed", "cold", "frozen", "awake")
PERS = get_args(Per)
IN_TICKS = ("second", "idle", "idle time", "skill time", "lasting")
WHETHER = {None: codes.EITHER, True: codes.ONLY, False: codes.NEVER}
SKILL = {"any": codes.EITHER, "active": codes.ONLY, "idle": codes.NEVER}


class EffectTables(NamedTuple):
    """The fields of `World` that describe effects."""

    effect: Any
    effect_part: Any
    sort: Flags
    ground: Flags
    effects_from: Ints
    next_effect: Ints
    timers: int


def effect_tables(stage: Stage, squad: Sequence[Operator]) -> EffectTables:
    """The effects of all operators, by slot, and of all enemies of the stage's spawns after them."""
    foes = [stage.enemies[spawn.enemy] for spawn in stage.spawns]
    operators = [(*_of_operator(one), *_for(one, stage.ground.operators, is_for)) for one in squad]
    enemies = [(*_of_enemy(one), *_for(one, stage.ground.enemies, _enemy_fits)) for one in foes]
    sorts: dict[tuple[bool, ...], int] = {}
    grounds: dict[tuple[str, ...], int] = {}
    rows: list[dict[str, float]] = []
    parts: list[dict[str, float]] = []
    starts = [0]
    shared: dict[str, int] = {}
    timers = 0
    for owner, effects in enumerate((*operators, *enemies)):
        for effect in effects:
            lasts = effect.when != "always" and effect.seconds > 0.0
            done = _parts(effect)
            fit = (*(is_for(effect, one) for one in squad), *(_enemy_fits(effect, one) for one in foes))
            sort = -1 if all(fit) else sorts.setdefault(fit, len(sorts))
            ground = grounds.setdefault(effect.on, len(grounds)) if effect.on else -1
            near = (*(False for _ in squad), *(bool(set(effect.near_groups) & set(one.groups)) for one in foes))
            near_sort = sorts.setdefault(near, len(sorts)) if effect.near_groups else -1
            whose = {"sort": sort, "ground": ground, "near_sort": near_sort}
            timer = shared.get(effect.as_one, timers) if lasts else -1
            rows.append(_row(effect, owner, timer, len(parts), len(done)) | whose)
            parts += done
            timers += timer == timers
            if effect.as_one:
                shared[effect.as_one] = timer
        starts.append(len(rows))
    return EffectTables(
        readable(rows_of(EffectRow, rows)),
        readable(rows_of(EffectPart, parts)),
        np.array(list(sorts), np.bool_).reshape(len(sorts), len(squad) + len(foes)),
        np.array([np.isin(stage.tile_keys, keys).ravel() for keys in grounds], np.bool_).reshape(
            len(grounds), stage.height * stage.width
        ),
        np.array(starts if rows else [], np.int64),
        _next_of_each_kind(rows, parts),
        timers,
    )


def _next_of_each_kind(rows: Sequence[Mapping[str, float]], parts: Sequence[Mapping[str, float]]) -> Ints:
    """`World.next_effect` for these effects and their parts."""
    whole = [[parts[int(row["first"]) + p] for p in range(int(row["parts"]))] for row in rows]
    kinds: list[list[bool | float]] = [
        [row["when"] == codes.INTERVAL for row in rows],
        [
            row["timer"] >= 0 and any(one["what"] <= codes.LEND for one in own)
            for row, own in zip(rows, whole, strict=True)
        ],
        [row["when"] == codes.ALWAYS for row in rows],
        [row["lends"] for row in rows],
        [row["hand"] for row in rows],
        [row["at_end"] for row in rows],
    ]
    found = np.full((len(kinds), len(rows) + 1), len(rows), np.int64)
    for kind, are in enumerate(kinds):
        for i in reversed(range(len(rows))):
            found[kind, i] = i if are[i] else found[kind, i + 1]
    return found


def _of_enemy(one: Enemy) -> tuple[Effect, ...]:
    """An enemy's own effects."""
    return one.effects or (NOTHING,) * (one.rises_after > 0.0 or one.leaps > 0.0)


def _for(one: T, effects: Sequence[Effect], fits: Callable[[Effect, T], bool]) -> tuple[Effect, ...]:
    """The effects of the ground that are for an operator or enemy of this sort."""
    return tuple(effect for effect in effects if fits(effect, one))


def _of_operator(one: Operator) -> tuple[Effect, ...]:
    """An operator's own effects, and those of its skill, which are there only while that is active."""
    own = tuple(effect for effect in one.effects if effect.when != "squad")
    if one.skill is None:
        return own
    return (*own, *(_of_skill(effect) for effect in one.skill.effects))


def _of_skill(effect: Effect) -> Effect:
    """An effect of a skill: there while the skill is active, unless it says that it is there while it is not, or works
    at a place that the skill has laid.
    """
    return effect if effect.skill == "idle" or effect.at_place else msgspec.structs.replace(effect, skill="active")


def _enemy_fits(effect: Effect, one: Enemy) -> bool:
    """Whether an enemy is of the sort that an effect chooses."""
    return (
        (effect.flying is None or one.is_aerial is effect.flying)
        and (effect.shoots is None or (one.range > 0.0) is effect.shoots)
        and one.weight >= effect.heavy
        and (effect.light < 0 or one.weight <= effect.light)
        and (not effect.groups or any(group in effect.groups for group in one.groups))
        and not set(effect.spared_groups) & set(one.groups)
        and (not effect.races or bool(set(effect.races) & set(one.races)))
    )


def _row(effect: Effect, owner: int, timer: int, first: int, parts: int) -> dict[str, float]:
    """An effect's row."""
    who, reach = WHO[effect.who]
    shorter = (effect.every_most - effect.every) / 2.0 if effect.every_most else 0.0
    if effect.when == "fall":
        reach = codes.IN_OWN_RANGE
    return {
        "owner": owner,
        "when": WHENS.index(effect.when),
        "period": max(round((effect.every + shorter) * TICKS), int(effect.when == "interval")),
        "spread": round(shorter * TICKS) if effect.every_most else -1,
        "first_time": round((effect.ready_after or effect.every) * TICKS),
        "waits": effect.waits,
        "from_attack": effect.from_attack,
        "until_attack": effect.until_attack,
        "nth": effect.nth,
        "nth_first": effect.nth_first,
        "who": who,
        "reach": codes.IN_RADIUS if effect.radius > 0.0 else reach,
        "radius": effect.radius,
        "most": effect.most,
        "by": get_args(By).index(effect.by),
        "seen": effect.seen,
        "others": effect.others,
        "blocked": WHETHER[effect.blocked],
        "held": WHETHER[effect.held],
        "struck_most": effect.first,
        "state": STATES.index(effect.state),
        "ahead": effect.ahead,
        "aside": effect.aside,
        "behind": effect.behind,
        "at_place": effect.at_place,
        "besides": effect.besides,
        "at_target": effect.at_target,
        "fresh": effect.fresh,
        "at_random": effect.at_random,
        "below": effect.below,
        "above": effect.above,
        "own_below": effect.own_below,
        "own_above": effect.own_above,
        "holds": effect.holds,
        "free": effect.free,
        "alone": effect.alone,
        "company": effect.company or bool(effect.near_groups),
        "near_radius": effect.near_radius,
        "own_blocked": WHETHER[effect.own_blocked],
        "own_linked": WHETHER[effect.own_linked],
        "firm": effect.firm,
        "form": effect.form,
        "foes_most": effect.foes_most,
        "high_near": effect.high_near,
        "after": round(effect.after * TICKS),
        "until": round(effect.until * TICKS),
        "skill": SKILL[effect.skill],
        "chance": effect.chance,
        "lot_from": effect.lot[0],
        "lot_to": effect.lot[1],
        "per": PERS.index(effect.per),
        "step": effect.step * (TICKS if effect.per in IN_TICKS else 1),
        "stacks": effect.stacks,
        "lends": bool(effect.lend),
        "hand": effect.when == "always" and bool(set(HAND) & {*effect.add, *effect.scale}),
        "charged": effect.charged,
        "guards": effect.when == "hit taken" and effect.times != 1.0,
        "spent": effect.spent,
        "at_end": effect.at_end,
        "ticks": round(effect.seconds * TICKS),
        "timer": timer,
        "first": first,
        "parts": parts,
    }


def _parts(effect: Effect) -> list[dict[str, float]]:
    """What an effect does, one part a number."""
    parts = [(codes.SCALE, ATTRIBUTE[name], amount) for name, amount in effect.scale.items()]
    parts += [_added(name, amount) for name, amount in effect.add.items()]
    parts += [(codes.FACTOR, ATTRIBUTE[name], amount) for name, amount in effect.factor.items()]
    parts += [(codes.LEND, ATTRIBUTE[name], amount) for name, amount in effect.lend.items()]
    kind = KIND[effect.kind]
    deeds = (
        (codes.STRENGTH, 0, effect.strength, 1.0),
        (codes.PIERCE, 0, effect.pierce, 1.0),
        (codes.PIERCE_POINTS, 0, effect.pierce_points, 0.0),
        (codes.TIMES, 0, effect.times, 1.0),
        (codes.LEAST, 0, effect.least, 1.0),
        (codes.DAMAGE_ATTACK, kind, effect.damage, 0.0),
        (codes.DAMAGE_POINTS, kind, effect.damage_points, 0.0),
        (codes.DAMAGE_DEFENSE, kind, effect.damage_defense, 0.0),
        (codes.HEAL_ATTACK, 0, effect.heal, 0.0),
        (codes.HEAL_SHARE, 0, effect.heal_share, 0.0),
        (codes.HEAL_POINTS, 0, effect.heal_points, 0.0),
        (codes.HEAL_DEALT, 0, effect.heal_dealt, 0.0),
        (codes.SHIELD, 0, effect.shield, 0.0),
        (codes.SHIELD_ATTACK, 0, effect.shield_attack, 0.0),
        (codes.WARDS, max(effect.wards, effect.wards_most), effect.wards, 0),
        (codes.STUN, 0, effect.stun * TICKS, 0.0),
        (codes.GIVE_SP, 0, effect.sp * TICKS, 0.0),
        (codes.SP_SHARE, 0, effect.sp_share, 0.0),
        (codes.GIVE_DP, 0, effect.dp, 0.0),
        (codes.LOSE, 0, effect.lose, 0.0),
        (codes.LOSE_SHARE, 0, effect.lose_share, 0.0),
        (codes.LEAVE, 0, effect.leaves * TICKS, 0.0),
        (codes.COLD, 0, effect.cold * TICKS, 0.0),
        (codes.INJURE_ATTACK, ELEMENT[effect.element], effect.injury, 0.0),
        (codes.INJURE_POINTS, ELEMENT[effect.element], effect.injury_points, 0.0),
        (codes.WEAR, 0, effect.wear, 0.0),
        (codes.LEAP, 0, effect.leap, 0.0),
        (codes.LAY, 0, effect.lays * TICKS, 0.0),
        (codes.LINK, 0, effect.link * TICKS, 0.0),
        (codes.CHARGE, 0, effect.charge * TICKS, 0.0),
        (codes.TURN, 0, effect.turns, False),
        (codes.SHIELD_POINTS, 0, effect.shield_points, 0.0),
        (codes.FALL_DOWN, 0, effect.falls, False),
        (codes.TALLY, 0, effect.tally, 0),
        (codes.SUMMON, 0, effect.summons, 0),
        (codes.RUBBLE, 0, effect.rubble, 0),
    )
    parts += [(what, of, amount) for what, of, amount, nothing in deeds if amount != nothing]
    parts += [(SHIFTS[effect.shift], 0, effect.force)] if effect.shift else []
    return [{"what": what, "of": of, "amount": float(amount)} for what, of, amount in parts]


def _added(name: str, amount: float) -> tuple[int, int, float]:
    """The part of an addition. A chance to dodge multiplies the chance to be hit."""
    if name in ("dodge", "dodge_arts", "dodge_melee"):
        return codes.FACTOR, ATTRIBUTE[name], 1.0 - amount
    if name == "heal_sp":
        return codes.ADD, ATTRIBUTE[name], amount * TICKS
    return codes.ADD, ATTRIBUTE[name], amount
