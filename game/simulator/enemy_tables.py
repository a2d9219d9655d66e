"""The tables of a stage's enemies: their figures, kinds and times. Every table is filled by the names of its fields."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from game.levels.stage import Spawn, Stage
from game.simulator import options
from game.simulator.records import DAMAGES, TICKS, USUAL_ATTACK_SPEED, ticks


@lru_cache(maxsize=32)
def kinds_of(stage: Stage) -> tuple[str, ...]:
    """The kinds of enemies that a player may see on this stage; a kind's index is its number.

    They are all kinds of the catalogue, and those of the stage's enemies that it lacks.
    """
    return tuple(dict.fromkeys((*stage.kinds, *(enemy.kind for enemy in stage.enemies))))


def enemy_rows(stage: Stage, cards: int) -> list[dict[str, float]]:
    """The rows of `World.enemy`. The enemies into which one splits stand together. After `cards` slots come those of
    the stage's friends.
    """
    children: dict[int, list[int]] = {}
    summoned: dict[int, list[int]] = {}
    for e, spawn in enumerate(stage.spawns):
        (summoned if spawn.summoned else children).setdefault(spawn.parent, []).append(e)
    escorted = any(friend.walks for friend in stage.friends)
    return [
        _enemy(stage, spawn, children.get(e, []), escorted)
        | {"unit": cards + spawn.friend if spawn.friend >= 0 else -1}
        | {"first_summoned": min(summoned.get(e, [0])), "summoned": len(summoned.get(e, []))}
        for e, spawn in enumerate(stage.spawns)
    ]


def _enemy(stage: Stage, spawn: Spawn, children: Sequence[int], escorted: bool) -> dict[str, float]:
    """An enemy's row of `World.enemy`; `children` are those into which it splits, `escorted`: there are escorts."""
    kind = stage.enemies[spawn.enemy]
    only_escorts = escorted and kind.range <= 0.0 < kind.escort_range
    reach = kind.escort_range if only_escorts else kind.range
    return {
        "max_health": kind.max_health,
        "attack": kind.attack,
        "defense": kind.defense,
        "resistance": kind.resistance,
        "interval": kind.attack_interval * TICKS,
        "damage": DAMAGES[kind.damage],
        "second_damage": DAMAGES[kind.second_damage or kind.damage],
        "block": kind.block,
        "splash": kind.splash,
        "targets": kind.targets,
        "regeneration": kind.regeneration / TICKS,
        "stun": ticks(kind.stun),
        "bare_attack": kind.attack,
        "bare_defense": kind.defense,
        "attack_speed": USUAL_ATTACK_SPEED,
        "kind": kinds_of(stage).index(kind.kind),
        "step": kind.speed * stage.options.move_multiplier / TICKS,
        "reach": reach + options.BODY if reach > 0.0 else 0.0,
        "only_escorts": only_escorts,
        "ground_only": kind.ground_only,
        "throws": kind.throws,
        "flying": kind.is_aerial,
        "life_cost": kind.life_cost,
        "counts": spawn.counts,
        "harmless": spawn.harmless,
        "holds_fragment": spawn.holds_fragment,
        "holds_wave": spawn.holds_wave,
        "hides": kind.hides or kind.touched_within > 0.0,
        "hovers": kind.hovers,
        "flies_after": ticks(kind.flies_after),
        "unblockable": kind.unblockable,
        "weight": kind.weight,
        "stun_immune": kind.stun_immune,
        "freeze_immune": kind.freeze_immune,
        "leaps": kind.leaps,
        "leap_targets": kind.leap_targets,
        "leap_strength": kind.leap_strength,
        "rises_after": ticks(kind.rises_after),
        "rises_with": kind.rises_with,
        "dies_after": ticks(kind.dies_after),
        "touched_within": kind.touched_within,
        "restless": kind.restless,
        "route": spawn.route,
        "fragment": spawn.fragment,
        "offset": ticks(spawn.offset),
        "parent": spawn.parent,
        "first_child": children[0] if children else 0,
        "children": len(children),
    }
