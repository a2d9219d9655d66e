"""Small battles for the tests of single rules: one lane, a squad with its own numbers, and what happens on it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from levels import CATALOGUE

from game.actions import DEPLOY, RIGHT, Action
from game.characters.builds import squad_of
from game.simulator.battle import Battle

IMMORTAL = {"maxHp": 1e9}
"""Attributes of an enemy that outlives every test."""


def battle_of(
    make: Any,
    *fragments: Any,
    names: tuple[str, ...] = ("Fang",),
    changes: Mapping[str, Any] | None = None,
    enemy: Mapping[str, Any] | None = None,
    **level: Any,
) -> Battle:
    """A battle on the lane with these operators, operators and enemies changed where a rule needs its own numbers."""
    squad = tuple(msgspec.structs.replace(one, **(changes or {})) for one in squad_of(names, CATALOGUE))
    stage = make.stage(make.level(*fragments, **level))
    enemies = tuple(msgspec.structs.replace(one, **(enemy or {})) for one in stage.enemies)
    return Battle(dataclasses.replace(stage, enemies=enemies), squad)


def deploy(battle: Battle, slot: int, row: int, col: int, direction: int = RIGHT) -> None:
    """Deploy, and insist that it was allowed."""
    assert battle.act(Action(DEPLOY, slot, row * battle.stage.width + col, direction))


def health(battle: Battle, number: int = 0) -> float:
    """The health of one enemy in points."""
    return float(battle._field.foe[number].health)


def own_health(battle: Battle, slot: int = 0) -> float:
    """The health of one operator in points."""
    return float(battle._field.unit[slot].health)


def until(battle: Battle, happens: Callable[[], Any], seconds: float = 100.0) -> float:
    """Play until something is so, and say when."""
    while not happens():
        assert battle.seconds < seconds, "it never happened"
        battle.step(1)
    return battle.seconds


def stepped(battle: Battle, ticks: int) -> Battle:
    """A battle some ticks later."""
    battle.step(ticks)
    return battle
