"""Duels for the tests of single effects: an operator, one enemy, and a skill with the effects of a test."""

from __future__ import annotations

import msgspec
from levels import CATALOGUE
from worlds import IMMORTAL, battle_of, deploy, health, own_health

from game.characters.builds import operator_of
from game.characters.models import Build, Skill
from game.simulator.battle import Battle

STILL = {**IMMORTAL, "moveSpeed": 0.0}


def skill(**effects):
    """A skill that is ready at once, triggered by hand and lasts five seconds, with these effects."""
    fields = {"name": "Test", "gain": "second", "by_hand": True, "cost": 1, "initial": 1, "duration": 5.0}
    return Skill(**(fields | effects))


def stance(battle, slot=0):
    """An operator's figures without and with its skill: two records."""
    return battle.world.stance[:, slot]


def duel(make, *, enemy=None, attributes=None, names=("Fang",), **changes):
    """An operator on the third tile of the lane and one enemy that it comes to block."""
    refs = (make.dummy(**(attributes or IMMORTAL)),)
    battle = battle_of(make, [make.spawn()], names=names, changes=changes, enemy=enemy, refs=refs)
    deploy(battle, 0, 1, 3)
    return battle


def blocked(battle):
    """Whether the first enemy is held."""
    return any(one.number == 0 and one.blocked for one in battle.enemies_on_field())


def squad(make, *operators, refs, enemy=None, seed=0, enemies=1):
    """A battle on the lane with these operators: (name, changes)."""
    battle = battle_of(make, [make.spawn(count=enemies, every=2.0)], refs=refs, enemy=enemy)
    own = tuple(
        msgspec.structs.replace(operator_of(CATALOGUE.characters[name], Build()), **{"skill": None, **changes})
        for name, changes in operators
    )
    return Battle(battle.stage, own, seed)


def blows(battle, ticks, slot=None):
    """What the enemy, or an operator, lost in each tick in which it lost anything."""
    found = []
    for _ in range(ticks):
        before = health(battle) if slot is None else own_health(battle, slot)
        battle.step(1)
        after = health(battle) if slot is None else own_health(battle, slot)
        if after < before:
            found.append(before - after)
    return found
