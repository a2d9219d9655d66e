"""What attacks and talents do beside damage: each effect in the smallest battle that shows it, figures included."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from duels import STILL, blocked, duel, skill
from levels import CATALOGUE
from worlds import IMMORTAL, battle_of, deploy, health, own_health, until

from game.actions import DEPLOY, LEFT, RETREAT, RIGHT, SKILL, UP, Action
from game.simulator import options
from game.simulator.battle import Battle


def test_a_stunned_enemy_neither_walks_nor_strikes(make):
    """Two seconds of stun by one shot: it stands, and its blow comes when it is over."""
    battle = battle_of(
        make, [make.spawn()], names=("Kroos",), changes={"stun": 2.0, "attack_interval": 60.0, "skill": None},
        refs=(make.dummy(**IMMORTAL),),
    )  # fmt: skip
    deploy(battle, 0, 0, 1)
    until(battle, lambda: health(battle) not in (0.0, 1e9))
    struck = battle.enemies_on_field()[0].col
    battle.step(60)
    assert battle.enemies_on_field()[0].col == pytest.approx(struck, abs=0.02)
    battle.step(30)
    assert battle.enemies_on_field()[0].col == pytest.approx(struck + 0.5, abs=0.05)


def test_nothing_stuns_the_immune(make):
    """Bosses walk through stuns."""
    battle = duel(make, enemy={"stun_immune": True, "attack": 300.0}, stun=30.0)
    until(battle, lambda: own_health(battle) not in (0.0, 1060.0))


def test_a_slow_takes_its_fraction_of_the_speed_for_its_time(make):
    """80 % for two seconds: half a tile a second becomes a tenth; then the walk goes on as before."""
    changes = {"slow": 0.8, "slow_time": 2.0, "attack_interval": 60.0, "skill": None}
    battle = battle_of(
        make, [make.spawn()], names=("Kroos",), changes=changes, refs=(make.dummy(**IMMORTAL),)
    )  # fmt: skip
    deploy(battle, 0, 0, 1)
    until(battle, lambda: health(battle) not in (0.0, 1e9))
    cols = []
    for _ in range(3):
        cols.append(battle.enemies_on_field()[0].col)
        battle.step(60)
    assert np.diff(cols).tolist() == pytest.approx([0.2, 1.0], abs=0.02)


def test_a_weaker_slow_does_not_replace_a_stronger_one(make):
    """Two slows: the stronger counts as long as it lasts, also when the weaker comes later."""
    refs = (make.dummy(**IMMORTAL),)
    battle = battle_of(
        make, [make.spawn()], names=("Kroos", "Steward"), refs=refs,
        changes={"slow": 0.5, "slow_time": 60.0, "skill": None},
    )  # fmt: skip
    strong, weak = battle.squad[0], msgspec.structs.replace(battle.squad[1], slow=0.1, slow_time=60.0)
    battle = Battle(battle.stage, (strong, weak))
    deploy(battle, 0, 0, 1)
    deploy(battle, 1, 2, 1)
    until(battle, lambda: 0 < health(battle) < 1e9 - 700)
    before = battle.enemies_on_field()[0].col
    battle.step(60)
    assert battle.enemies_on_field()[0].col - before == pytest.approx(0.5, abs=0.02)


def test_true_damage_asks_for_no_defense(make):
    """The whole attack comes through, whatever defense and resistance say."""
    hard = {**IMMORTAL, "def": 5000, "magicResistance": 100}
    battle = duel(make, attributes=hard, damage="true", skill=None)
    until(battle, lambda: health(battle) not in (0.0, 1e9))
    assert 1e9 - health(battle) == 235


def test_one_attack_may_strike_several(make):
    """Two targets: those nearest the exit of the three in range; 0 stands for all in range."""
    routes = tuple(make.lane(start=(1, col)) for col in (0, 1, 2))
    spawns = [make.spawn(routeIndex=index) for index in range(3)]
    for targets, struck in ((1, [False, False, True]), (2, [False, True, True]), (0, [True] * 3), (9, [True] * 3)):
        changes = {"targets": targets, "skill": None}
        battle = battle_of(
            make, spawns, names=("Kroos",), changes=changes, routes=routes, refs=(make.dummy(**STILL),)
        )  # fmt: skip
        battle.step(9)
        deploy(battle, 0, 0, 0)
        battle.step(options.DEPLOYMENT + 20)
        assert [health(battle, number) < 1e9 for number in range(3)] == struck


def test_one_attack_never_strikes_the_enemies_that_split_off(make):
    """The two that one enemy falls into are not among the two that the same attack strikes."""
    battle = battle_of(
        make, [make.spawn("splitter")], names=("Kroos",),
        changes={"targets": 2, "attack": 99999.0, "attack_interval": 60.0, "skill": None},
        refs=(make.dummy("splitter", moveSpeed=0.0),), routes=(make.lane(start=(1, 2)),),
    )  # fmt: skip
    deploy(battle, 0, 0, 0)
    until(battle, battle.gone)
    assert len(battle.gone()) == 1
    assert len(battle.enemies_on_field()) == 2


def test_several_hits_each_meet_the_defense(make):
    """Two hits of 235 against 100 defense are 270, not 370."""
    battle = duel(make, attributes={**IMMORTAL, "def": 100}, hits=2, skill=None)
    until(battle, lambda: health(battle) not in (0.0, 1e9))
    assert 1e9 - health(battle) == 270


def test_far_strength_counts_against_those_it_does_not_block(make):
    """A lord's blow at a distance is weaker, at its feet it is whole."""
    routes = (make.lane(), make.lane(start=(1, 4)))
    spawns = [make.spawn(), make.spawn(routeIndex=1)]
    changes = {"far_strength": 0.8, "range": CATALOGUE.operators["Kroos"].range, "skill": None}
    battle = battle_of(make, spawns[1:], changes=changes, routes=routes, refs=(make.dummy(**STILL),))
    deploy(battle, 0, 1, 3)
    until(battle, lambda: health(battle) not in (0.0, 1e9))
    assert 1e9 - health(battle) == pytest.approx(235 * 0.8)
    battle = duel(make, far_strength=0.8, skill=None)
    until(battle, lambda: health(battle) not in (0.0, 1e9))
    assert 1e9 - health(battle) == 235


def test_the_blow_that_kills_one_of_many_hits_the_others_too(make):
    """Popukar's blow hits all she holds though the first of them dies of it."""
    waits = ((1, 3), {"type": "WAIT_FOR_SECONDS", "time": 60.0})
    battle = battle_of(
        make, [make.spawn(count=2, every=0.2)], names=("Popukar",), refs=(make.dummy(maxHp=300),),
        routes=(make.lane(waits),),
    )  # fmt: skip
    battle.step(30 * 8)
    deploy(battle, 0, 1, 3)
    until(battle, lambda: battle.view().kills == 2)
    first, second = battle.gone()
    assert first.tick == second.tick


@pytest.mark.parametrize(("name", "reaches"), [("Midnight", True), ("Melantha", False)])
def test_lords_strike_fliers_and_other_guards_do_not(make, name, reaches):
    """arknights.wiki.gg of lords: capable of hitting aerial enemies, from the ground."""
    routes = (make.lane(motion="FLY"),)
    refs = (make.dummy("enemy_1005_yokai", **IMMORTAL),)
    battle = battle_of(make, [make.spawn("enemy_1005_yokai")], names=(name,), routes=routes, refs=refs)
    deploy(battle, 0, 1, 4, LEFT)
    until(battle, battle.gone)
    assert battle.gone()[0].leaked
    assert (health(battle) < 1e9) is reaches


def test_some_operators_do_not_count_against_the_limit(make):
    """Where one may stand, Lancet-2 stands beside it, before or after."""
    for order in ((0, 1), (1, 0)):
        battle = battle_of(make, [make.spawn(at=90)], names=("Lancet-2", "Kroos", "Steward"), characterLimit=1)
        for slot in order:
            assert battle.legal_actions()[1 + (slot * 24 + slot) * 4]
            deploy(battle, slot, 0, slot)
        assert battle.view().slots_left == 0
        assert not battle.act(Action(DEPLOY, 2, 4, RIGHT))
        assert not battle.legal_actions()[1 + 2 * 24 * 4 : 1 + 3 * 24 * 4].any()
        assert battle.act(Action(RETREAT, 0))
        assert battle.view().slots_left == 0
        assert battle.act(Action(RETREAT, 1))
        assert battle.view().slots_left == 1


def test_some_operators_gain_dp_by_killing(make):
    """A charger's trait: one DP for each of the two that fall to it."""
    battle = battle_of(
        make, [make.spawn(count=2)], changes={"dp_per_kill": 1, "skill": None}, costIncreaseTime=99999.0,
        refs=(make.dummy(maxHp=100),),
    )  # fmt: skip
    deploy(battle, 0, 1, 3)
    until(battle, lambda: battle.view().kills == 2)
    assert battle.view().dp == 99 - 9 + 2


def test_enemies_strike_the_highest_taunt(make):
    """Taunt comes before the order of deployment."""
    waits = ((1, 3), {"type": "WAIT_FOR_SECONDS", "time": 60.0})
    battle = battle_of(
        make, [make.spawn("enemy_1003_ncbow")], names=("Kroos", "Steward"), changes={"skill": None},
        refs=(make.dummy("enemy_1003_ncbow", **IMMORTAL, atk=300),), routes=(make.lane(waits),),
    )  # fmt: skip
    loud, quiet = msgspec.structs.replace(battle.squad[0], taunt=1), battle.squad[1]
    battle = Battle(battle.stage, (loud, quiet))
    battle.step(30 * 8)
    for slot, col in ((0, 2), (1, 4)):
        deploy(battle, slot, 0, col, UP)
    battle.step(options.ENEMY_WIND_UP + options.SEARCH_TICKS)
    assert [one.health < 1.0 for one in battle.operators_on_field()] == [True, False]


def shot_at(make, order=(0, 1, 2), **enemy):
    """Which of three on the wall, in columns 1, 2 and 4, deployed in this order, a shooter below hits with one shot."""
    waits = ((1, 3), {"type": "WAIT_FOR_SECONDS", "time": 60.0})
    battle = battle_of(
        make, [make.spawn("enemy_1003_ncbow")], names=("Kroos", "Steward", "Orchid"), enemy={"range": 1.5, **enemy},
        refs=(make.dummy("enemy_1003_ncbow", **IMMORTAL, atk=300, baseAttackTime=50.0),), routes=(make.lane(waits),),
    )  # fmt: skip
    battle.step(30 * 8)
    for slot in order:
        deploy(battle, slot, 0, (1, 2, 4)[slot], UP)
    battle.step(options.ENEMY_WIND_UP + options.SEARCH_TICKS)
    return [one.health < 1.0 for one in battle.operators_on_field()]


def test_an_enemys_attack_may_strike_several_in_its_range(make):
    """The newest in range alone, or with a second one; an operator out of range is safe from both."""
    assert shot_at(make) == [False, False, True]
    assert shot_at(make, targets=2) == [False, True, True]


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 0, 1), (2, 1, 0)])
def test_an_enemys_further_targets_are_those_it_would_strike_next(make, order):
    """Of three in range the two that were deployed last, in whatever slots they are."""
    hit = shot_at(make, order, targets=2, range=3.0)
    assert [slot for slot in range(3) if hit[slot]] == sorted(order[1:])


def test_an_enemys_splash_hits_all_operators_around_its_target(make):
    """A radius of two tiles around Orchid reaches Steward beside her, out of range or not, and not Kroos."""
    assert shot_at(make, splash=2.0) == [False, True, True]
    assert shot_at(make, splash=3.0) == [True, True, True]


def test_a_stunned_operator_neither_strikes_nor_blocks(make):
    """The real game's glossary says of stun: no moving, blocking, attacking and no skills. Its enemy walks on."""
    attributes = {**IMMORTAL, "atk": 300, "baseAttackTime": 60.0}
    battle = duel(make, attributes=attributes, enemy={"stun": 4.0}, skill=skill(duration=0.0))
    until(battle, lambda: own_health(battle) not in (0.0, 1060.0))
    before, col = health(battle), battle.enemies_on_field()[0].col
    assert not blocked(battle)
    assert not battle.act(Action(SKILL, 0))
    battle.step(30 * 2)
    assert health(battle) == before
    assert battle.enemies_on_field()[0].col == pytest.approx(col + 1, abs=0.02)
    battle.step(30 * 2 + 1)
    assert battle.act(Action(SKILL, 0))


def test_after_a_stun_an_operator_holds_the_enemy_that_is_still_there(make):
    """Stunned for half a second, it takes the slow walker again and fights on."""
    attributes = {**IMMORTAL, "atk": 300, "baseAttackTime": 60.0, "moveSpeed": 0.2}
    battle = duel(make, attributes=attributes, enemy={"stun": 0.5}, skill=None)
    until(battle, lambda: own_health(battle) not in (0.0, 1060.0))
    before = health(battle)
    assert not blocked(battle)
    battle.step(45)
    assert blocked(battle)
    battle.step(30)
    assert health(battle) < before


def test_the_unblockable_is_never_held(make):
    """It walks past its blocker and leaks."""
    battle = duel(make, enemy={"unblockable": True}, skill=None)
    until(battle, battle.gone)
    assert battle.gone()[0].leaked


def test_the_hidden_are_struck_only_when_blocked(make):
    """A sniper does not see it before a guard holds it; splash around another enemy hits it all the same."""
    battle = battle_of(
        make, [make.spawn()], names=("Kroos", "Melantha"), enemy={"hides": True}, refs=(make.dummy(**IMMORTAL),)
    )
    deploy(battle, 0, 0, 1)
    battle.step(30 * 6)
    assert health(battle) == 1e9
    deploy(battle, 1, 1, 4)
    until(battle, lambda: health(battle) < 1e9)
    assert blocked(battle)
    assert battle.act(Action(RETREAT, 1))
    battle.step(3)
    before = health(battle)
    battle.step(60)
    assert health(battle) == before


def test_enemies_may_regenerate(make):
    """Thirty points a second, never over their full health."""
    battle = duel(make, attributes={"maxHp": 1000}, enemy={"regeneration": 30.0}, attack_interval=2.0, skill=None)
    until(battle, lambda: 0 < health(battle) < 1000)
    struck = health(battle)
    battle.step(30)
    assert health(battle) - struck == pytest.approx(30, abs=2)
    assert battle.act(Action(RETREAT, 0))
    battle.step(30 * 10)
    assert health(battle) == 1000


def healed(make, *fractions, **changes):
    """Who is healed by one heal of three on the wall, the medic first, at these fractions of their health."""
    battle = battle_of(make, [make.spawn(at=90)], names=("Ansel", "Kroos", "Steward"), changes={"skill": None})
    medic = msgspec.structs.replace(battle.squad[0], **changes)
    battle = Battle(battle.stage, (medic, *battle.squad[1:]))
    for slot in range(3):
        deploy(battle, slot, 0, 2 + slot)
    body = battle._field.unit["health"]
    body[:] = battle.world.stance["max_health"][0] * fractions
    before = body.copy()
    battle.step(options.DEPLOYMENT + 2)
    return (body > before).tolist()


def test_a_heal_may_reach_several(make):
    """The worst of three alone, the worst two, or all; none whose health is full."""
    assert healed(make, 0.3, 0.1, 0.2) == [False, True, False]
    assert healed(make, 0.3, 0.1, 0.2, targets=2) == [False, True, True]
    assert healed(make, 0.3, 0.1, 0.2, targets=0) == [True, True, True]
    assert healed(make, 0.3, 0.1, 1.0, targets=0) == [True, True, False]


def test_one_heal_of_several_reaches_each_once(make):
    """Fang at a fifth gets it once, though his health is still the lowest afterwards, and Beagle gets his."""
    battle = battle_of(make, [make.spawn(at=90)], names=("Ansel", "Fang", "Beagle"), changes={"skill": None})
    for targets in (2, 0):
        medic = msgspec.structs.replace(battle.squad[0], targets=targets)
        battle = Battle(battle.stage, (medic, *battle.squad[1:]))
        deploy(battle, 0, 0, 2)
        deploy(battle, 1, 1, 2)
        deploy(battle, 2, 1, 3)
        body = battle._field.unit["health"]
        body[1:] = 1060 * 0.2, 1526 * 0.6
        battle.step(options.DEPLOYMENT + 2)
        assert body[1:].tolist() == pytest.approx([1060 * 0.2 + 257, 1526 * 0.6 + 257])


def test_of_two_equally_wounded_one_heal_reaches_one(make):
    """The same fraction twice is two patients: one target heals one of them, two heal both."""
    assert healed(make, 1.0, 0.5, 0.5) == [False, True, False]
    assert healed(make, 1.0, 0.5, 0.5, targets=2) == [False, True, True]


def test_some_healers_leave_themselves_out(make):
    """The worst of all is the healer, and the next one is healed."""
    assert healed(make, 0.1, 0.5, 0.6, heals_others_only=True) == [False, True, False]


def test_some_operators_cannot_be_healed(make):
    """A medic skips them, and so does a heal of all."""
    battle = battle_of(make, [make.spawn(at=90)], names=("Ansel", "Kroos"), changes={"skill": None, "unhealable": True})
    for slot in range(2):
        deploy(battle, slot, 0, 2 + slot)
    body = battle._field.unit["health"]
    body[:] = 100.0
    battle.step(10)
    assert body.tolist() == [100.0, 100.0]


def test_operators_may_regenerate(make):
    """A tenth of the full health a second, up to it, without a healer."""
    battle = battle_of(make, [make.spawn(at=90)], changes={"regeneration": 0.1, "skill": None})
    deploy(battle, 0, 1, 3)
    body = battle._field.unit["health"]
    body[0] = 500.0
    battle.step(30)
    assert own_health(battle) == pytest.approx(606.0)
    battle.step(30 * 10)
    assert own_health(battle) == 1060.0
