"""Unsettled rules are constants of game/simulator/options.py, and can be chosen otherwise there."""

from __future__ import annotations

import pytest
from worlds import IMMORTAL, battle_of, deploy, health, own_health, until

from game.actions import RETREAT, SKILL, UP, Action
from game.simulator import options
from game.simulator.records import TICKS


def healed(make):
    """Which operator a medic heals: Fang with 530 points of 1060, or Beagle with 610 of 1526."""
    names = ("Ansel", "Fang", "Beagle")
    battle = battle_of(make, [make.spawn(at=90)], names=names)
    for slot, row, col in ((0, 0, 2), (1, 1, 2), (2, 1, 3)):
        deploy(battle, slot, row, col)
    battle.step(options.DEPLOYMENT + options.WIND_UP)
    own = battle._field.unit["health"]
    own[1:] = 530.0, 610.0
    before = own.copy()
    until(battle, lambda: own.sum() > before.sum())
    return names[int((own - before).argmax())]


def gathered(make):
    """Whether Myrtle has SP half way through her skill."""
    battle = battle_of(make, [make.spawn(at=90)], names=("Myrtle",))
    deploy(battle, 0, 1, 1)
    until(battle, lambda: battle.act(Action(SKILL, 0)))
    battle.step(4 * TICKS)
    return bool(battle._field.unit[0].sp > 0)


def splashed(make):
    """Whether a shell for a walker hits the flier at its side."""
    refs = (make.dummy(**IMMORTAL, moveSpeed=0.0), make.dummy("enemy_1005_yokai", **IMMORTAL, moveSpeed=0.0))
    routes = (make.lane(start=(1, 1)), make.lane(motion="FLY", start=(1, 1)))
    spawns = [make.spawn(), make.spawn("enemy_1005_yokai", routeIndex=1)]
    battle = battle_of(make, spawns, names=("Catapult",), refs=refs, routes=routes)
    deploy(battle, 0, 0, 1)
    battle.step(10)
    until(battle, lambda: health(battle, 0) < IMMORTAL["maxHp"])
    return health(battle, 1) < IMMORTAL["maxHp"]


def paused(make):
    """Whether an enemy that shot a moment ago has walked on since."""
    shooter = make.dummy("enemy_1003_ncbow", **IMMORTAL, atk=10)
    battle = battle_of(make, [make.spawn("enemy_1003_ncbow")], names=("Beagle", "Kroos"), refs=(shooter,))
    deploy(battle, 1, 0, 3, UP)
    until(battle, lambda: own_health(battle, 1) < 826)
    before = battle.enemies_on_field()[0].col
    battle.step(10)
    return battle.enemies_on_field()[0].col > before


def struck(make):
    """Whether an enemy has struck ten ticks after it was held."""
    battle = battle_of(make, [make.spawn()], names=("Beagle",), refs=(make.dummy(**IMMORTAL, atk=999),))
    deploy(battle, 0, 1, 3)
    until(battle, lambda: battle.enemies_on_field() and battle.enemies_on_field()[0].blocked)
    battle.step(10)
    return own_health(battle) < 1526


def split(make):
    """Whether the two that one enemy falls into are at different places."""
    battle = battle_of(make, [make.spawn("splitter")], names=("Melantha",), maxLifePoint=9)
    deploy(battle, 0, 1, 4)
    until(battle, battle.gone)
    battle.act(Action(RETREAT, 0))
    battle.step(30)
    first, second = (one.col for one in battle.enemies_on_field())
    return abs(first - second) > 0.05


@pytest.mark.parametrize(
    ("option", "otherwise", "happens", "default", "other"),
    [
        pytest.param(
            "HEALS_LOWEST_FRACTION", False, healed, "Beagle", "Fang", id="a medic heals the lowest fraction of health"
        ),
        pytest.param("SP_WHILE_ACTIVE", True, gathered, False, True, id="no SP come while a skill is active"),
        pytest.param("SPLASH_HITS_AIR", False, splashed, True, False, id="a splash reaches fliers beside a walker"),
        pytest.param("SHOOTING_PAUSE", 0, paused, False, True, id="who has shot stands still for a moment"),
        pytest.param("ENEMY_WIND_UP", 0, struck, False, True, id="an enemy winds up for its first blow"),
        pytest.param("SPLIT_PAUSE", 0, split, True, False, id="those an enemy falls into set off after one another"),
    ],
)
def test_an_unverified_rule_is_an_option_with_its_default_stated(
    make, monkeypatch, option, otherwise, happens, default, other
):
    """The first is our choice until the real game is measured; the second is what a change of one line gives."""
    assert happens(make) == default
    monkeypatch.setattr(options, option, otherwise)
    assert happens(make) == other
