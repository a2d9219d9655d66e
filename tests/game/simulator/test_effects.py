"""What attacks and skills do beside damage: each effect in the smallest battle that shows it, figures included."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from levels import CATALOGUE
from worlds import IMMORTAL, battle_of, deploy, health, own_health, until

from game.actions import DEPLOY, LEFT, RETREAT, RIGHT, SKILL, UP, Action
from game.characters.models import Skill
from game.simulator import options
from game.simulator.battle import Battle
from game.simulator.records import ARTS

STILL = {**IMMORTAL, "moveSpeed": 0.0}


def skill(**effects):
    """A skill that is ready at once, triggered by hand and lasts five seconds, with these effects."""
    fields = {"name": "Test", "gain": "second", "by_hand": True, "cost": 1, "initial": 1, "duration": 5.0}
    return Skill(**(fields | effects))


def stance(battle, slot=0):
    """An operator's figures without and with its skill: two records."""
    return battle._world.stance[:, slot]


def duel(make, *, enemy=None, attributes=None, names=("Fang",), **changes):
    """An operator on the third tile of the lane and one enemy that it comes to block."""
    refs = (make.dummy(**(attributes or IMMORTAL)),)
    battle = battle_of(make, [make.spawn()], names=names, changes=changes, enemy=enemy, refs=refs)
    deploy(battle, 0, 1, 3)
    return battle


def blocked(battle):
    """Whether the first enemy is held."""
    return any(one.number == 0 and one.blocked for one in battle.enemies_on_field())


# --- On enemies -------------------------------------------------------------------------------------------------------


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


# --- What enemies do --------------------------------------------------------------------------------------------------


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


# --- On its own side --------------------------------------------------------------------------------------------------


def healed(make, *fractions, **changes):
    """Who is healed by one heal of three on the wall, the medic first, at these fractions of their health."""
    battle = battle_of(make, [make.spawn(at=90)], names=("Ansel", "Kroos", "Steward"), changes={"skill": None})
    medic = msgspec.structs.replace(battle.squad[0], **changes)
    battle = Battle(battle.stage, (medic, *battle.squad[1:]))
    for slot in range(3):
        deploy(battle, slot, 0, 2 + slot)
    body = battle._field.unit["health"]
    body[:] = battle._world.stance["max_health"][0] * fractions
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


# --- Skills -----------------------------------------------------------------------------------------------------------


def with_skill(make, **effects):
    """Fang on the lane with a skill of these effects, triggered; no enemy comes."""
    battle = battle_of(make, [make.spawn(at=90)], changes={"skill": skill(**effects)}, costIncreaseTime=99999.0)
    deploy(battle, 0, 1, 3)
    assert battle.act(Action(SKILL, 0))
    return battle


@pytest.mark.parametrize(
    ("effects", "field", "expected"),
    [
        ({"attack": 0.5}, "attack", 235 * 1.5),
        ({"strength": 1.4}, "attack", 235 * 1.4),
        ({"attack": 0.5, "strength": 2.0}, "attack", 235 * 3.0),
        ({"defense": 1.0}, "defense", 187 * 2),
        ({"resistance": 25.0}, "resistance", 25),
        ({"max_health": 0.5}, "max_health", 1590),
        ({"attack_speed": 50.0}, "interval", 30 * 1.05 / 1.5),
        ({"interval": -0.35}, "interval", 30 * 0.7),
        ({"interval": -0.35, "attack_speed": 50.0}, "interval", 30 * 0.7 / 1.5),
        ({"block": 1}, "block", 3),
        ({"hits": 2}, "hits", 2),
        ({"targets": 3}, "targets", 3),
        ({"damage": "arts"}, "damage", ARTS),
        ({"splash": 1.0}, "splash", 1.0),
        ({"stun": 2.0}, "stun", 60),
        ({"slow": 0.8}, "slow", 0.8),
        ({"slow_time": 0.8}, "slow_ticks", 24),
        ({"taunt": 1}, "taunt", 1),
        ({"regeneration": 0.05}, "regeneration", 1060 * 0.05 / 30),
    ],
)
def test_a_skill_changes_its_operators_numbers_while_it_lasts(make, effects, field, expected):
    """Fractions of attack, defense and health are added, points too; strength is a factor on top; the rest replaces."""
    battle = with_skill(make, **effects)
    without, during = stance(battle)
    assert during[field] == pytest.approx(expected)
    assert [name for name in during.dtype.names if during[name] != without[name]] == [field]


def test_a_skill_ends_after_its_duration_and_gathers_no_sp_meanwhile(make):
    """Five seconds of it, and its one SP is there a second later."""
    battle = with_skill(make, attack=1.0)
    battle.step(30 * 5 - 1)
    assert battle.operators_on_field()[0].skill_active
    assert battle.operators_on_field()[0].sp == 0
    battle.step(1)
    assert not battle.operators_on_field()[0].skill_active
    battle.step(28)
    assert not battle.operators_on_field()[0].skill_ready
    battle.step(2)
    assert battle.operators_on_field()[0].skill_ready


def test_a_skill_with_more_health_keeps_the_fraction_of_it(make):
    """Half of 1060 becomes half of 1590, and half of 1060 again."""
    battle = battle_of(make, [make.spawn(at=90)], changes={"skill": skill(max_health=0.5)})
    deploy(battle, 0, 1, 3)
    battle._field.unit[0].health = 530.0
    assert battle.act(Action(SKILL, 0))
    assert own_health(battle) == 795.0
    battle.step(30 * 5)
    assert own_health(battle) == 530.0


def test_full_health_stays_full_whatever_a_skill_does_to_it(make):
    """501 and a fifth more is no whole number; at the skill's end it is 501 to the last bit."""
    for most in (501.0, 777.0, 1060.0):
        changes = {"skill": skill(max_health=0.8), "max_health": most}
        battle = battle_of(make, [make.spawn(at=90)], changes=changes)
        deploy(battle, 0, 1, 3)
        assert battle.act(Action(SKILL, 0))
        battle.step(30 * 5)
        assert own_health(battle) == most


def test_a_skill_may_heal_its_operator_at_once(make):
    """A quarter of the full health, and no more than full."""
    for health_before, health_after in ((300.0, 565.0), (1000.0, 1060.0)):
        battle = battle_of(make, [make.spawn(at=90)], changes={"skill": skill(heal_self=0.25, duration=0.0)})
        deploy(battle, 0, 1, 3)
        battle._field.unit[0].health = health_before
        assert battle.act(Action(SKILL, 0))
        assert own_health(battle) == health_after


def test_a_skill_may_block_more_and_lets_go_of_the_last_when_it_ends(make):
    """Block 2 plus one holds three; afterwards the third walks on and leaks."""
    battle = battle_of(
        make, [make.spawn(count=3, every=0.2)], refs=(make.dummy(**IMMORTAL),),
        changes={"skill": skill(block=1, duration=12.0)},
    )  # fmt: skip
    deploy(battle, 0, 1, 2)
    assert battle.act(Action(SKILL, 0))
    until(battle, lambda: sum(one.blocked for one in battle.enemies_on_field()) == 3)
    battle.step(30 * 12)
    assert [one.blocked for one in battle.enemies_on_field()] == [True, True, False]


def test_a_skill_may_gain_dp_at_once_or_one_by_one(make):
    """Six at once; or one each second of five, and never over the cap."""
    battle = with_skill(make, dp=6, duration=0.0)
    assert battle.view().dp == 99 - 9 + 6
    battle = with_skill(make, dp=60, duration=0.0)
    assert battle.view().dp == 99
    battle = with_skill(make, dp_each=1.0)
    seen = []
    for _ in range(7):
        seen.append(battle.view().dp - 90)
        battle.step(30)
    assert seen == [0, 1, 2, 3, 4, 5, 5]


def test_a_skill_may_hold_fire(make):
    """Its operator blocks and does not strike until it is over."""
    battle = duel(make, skill=skill(holds_fire=True, duration=20.0))
    assert battle.act(Action(SKILL, 0))
    battle.step(30 * 20 - 1)
    assert blocked(battle)
    assert health(battle) == 1e9
    battle.step(40)
    assert health(battle) < 1e9


def test_a_skill_that_strikes_is_spent_by_one_attack(make):
    """Filled by three attacks, the fourth is doubled; in eight there are two."""
    powered = skill(strikes=True, by_hand=False, gain="attack", cost=3, initial=0, duration=0.0, strength=2.0)
    battle = duel(make, skill=powered, attack_interval=1.0)
    blows = []
    before = 1e9
    until(battle, lambda: blocked(battle))
    while len(blows) < 8:
        battle.step(1)
        if health(battle) < before:
            blows.append(before - health(battle))
            before = health(battle)
    assert blows == [235.0] * 3 + [470.0] + [235.0] * 3 + [470.0]


def test_a_skill_by_hand_may_be_one_attack_at_once(make):
    """Triggered, it strikes the two nearest of three at once, between two attacks of its operator."""
    routes = tuple(make.lane(start=(1, col)) for col in (0, 1, 2))
    spawns = [make.spawn(routeIndex=index) for index in range(3)]
    powered = skill(strikes=True, duration=0.0, strength=2.0, targets=2)
    changes = {"skill": powered, "attack_interval": 60.0}
    battle = battle_of(make, spawns, names=("Kroos",), changes=changes, routes=routes, refs=(make.dummy(**STILL),))
    battle.step(9)
    deploy(battle, 0, 0, 0)
    battle.step(options.DEPLOYMENT + 20)
    assert [1e9 - health(battle, number) for number in range(3)] == [0, 0, 258]
    assert battle.act(Action(SKILL, 0))
    assert [1e9 - health(battle, number) for number in range(3)] == [0, 516, 258 + 516]
    assert not battle.act(Action(SKILL, 0)), "it is spent"


@pytest.mark.parametrize("gain", ["second", "deploy"])
def test_a_skill_that_kills_between_ticks_is_taken_notice_of_at_once(make, gain):
    """By hand or at deployment: the dead are not seen any more, and the last one decides the battle."""
    powered = skill(strikes=True, duration=0.0, strength=9.0, gain=gain, by_hand=gain == "second")
    battle = battle_of(
        make, [make.spawn(at=0.5)], names=("Kroos",), changes={"skill": powered}, refs=(make.dummy(maxHp=900),)
    )
    until(battle, battle.enemies_on_field)
    deploy(battle, 0, 0, 0)
    if gain == "second":
        assert battle.outcome is None
        assert battle.act(Action(SKILL, 0))
    assert battle.enemies_on_field() == battle.view().enemies == ()
    assert battle.outcome == "won"
    assert not battle.act(Action(RETREAT, 0))


def test_the_one_attack_of_a_skill_may_have_a_range_of_its_own(make):
    """Two tiles further than the operator itself strikes, and only that one blow."""
    powered = skill(strikes=True, duration=0.0, strength=2.0, range=((0, 0), (0, 1), (0, 2), (0, 3)))
    routes = (make.lane(start=(1, 5)),)
    battle = battle_of(make, [make.spawn()], changes={"skill": powered}, routes=routes, refs=(make.dummy(**STILL),))
    deploy(battle, 0, 1, 2)
    battle.step(30)
    assert health(battle) == 1e9
    assert battle.act(Action(SKILL, 0))
    assert 1e9 - health(battle) == 470
    battle.step(30 * 3)
    assert 1e9 - health(battle) == 470


def test_the_next_blow_may_be_a_heal(make):
    """A guardian's first skill: when it is full and an operator beside it is wounded, it heals instead of striking."""
    around = ((0, 0), (0, 1), (0, -1), (1, 0), (-1, 0))
    mends = skill(strikes=True, by_hand=False, duration=0.0, strength=1.5, damage="heal", range=around, cost=3)
    battle = battle_of(make, [make.spawn(at=90)], names=("Fang", "Beagle"), changes={"skill": None})
    battle = Battle(battle.stage, (msgspec.structs.replace(battle.squad[0], skill=mends), battle.squad[1]))
    deploy(battle, 0, 1, 3)
    deploy(battle, 1, 1, 2)
    battle._field.unit[1].health = 100.0
    assert until(battle, lambda: own_health(battle, 1) > 100.0) == pytest.approx(2.0, abs=0.1)
    assert own_health(battle, 1) == 100.0 + 235 * 1.5


def test_a_skills_range_replaces_the_own_or_reaches_further(make):
    """Tiles of its own while it lasts; a reach adds tiles to the front of each row."""
    tiles = {}
    for name, effects in (("own", {}), ("range", {"range": ((0, 0), (0, 3))}), ("reach", {"reach": 2})):
        battle = with_skill(make, **effects)
        tiles[name] = np.flatnonzero(battle._field.covers[0]).tolist()
    assert tiles == {"own": [11, 12], "range": [11, 14], "reach": [11, 12, 13, 14]}


def test_a_shield_takes_the_blows_before_the_health(make):
    """Half the health warded off on top of it: a blow less than that leaves the health whole."""
    battle = duel(make, attributes={**IMMORTAL, "atk": 600}, skill=skill(shield=0.5, duration=60.0))
    assert battle.act(Action(SKILL, 0))
    until(battle, lambda: battle._field.unit[0].shield < 130)
    assert blocked(battle)
    assert own_health(battle) == 1060.0


def test_no_shield_is_brought_back(make):
    """An operator that leaves the field with a shield comes back without it."""
    changes = {"skill": skill(shield=0.5, duration=60.0), "redeploy_time": 2.0}
    battle = battle_of(make, [make.spawn(at=200)], changes=changes)
    deploy(battle, 0, 1, 1)
    until(battle, lambda: battle.act(Action(SKILL, 0)))
    assert battle._field.unit[0].shield > 0.0
    assert battle.act(Action(RETREAT, 0))
    battle.step(2 * 30 + 1)
    deploy(battle, 0, 1, 1)
    assert battle._field.unit[0].shield == 0.0


# --- The beat of it ---------------------------------------------------------------------------------------------------


def test_targets_are_searched_every_three_ticks(make):
    """An enemy that appears between two searches is seen by the next one, and struck after the wind-up."""
    for late in range(6):
        spawn = make.spawn(at=3.0 + late / 30)
        battle = battle_of(make, [spawn], names=("Kroos",), refs=(make.dummy(**STILL),))
        deploy(battle, 0, 0, 0, RIGHT)
        until(battle, battle.enemies_on_field)
        appeared = battle.ticks - 1
        until(battle, lambda one=battle: health(one) < 1e9)
        seen = -(-appeared // options.SEARCH_TICKS) * options.SEARCH_TICKS
        assert battle.ticks - 1 == seen + options.WIND_UP


def test_an_operator_winds_up_for_its_first_blow_only(make):
    """Half a second before it strikes a new enemy after idling; then blow follows blow at the interval."""
    battle = battle_of(make, [make.spawn(at=3.0)], changes={"skill": None}, refs=(make.dummy(**IMMORTAL),))
    deploy(battle, 0, 1, 3)
    until(battle, lambda: blocked(battle))
    start, blows, before = battle.ticks - 1, [], 1e9
    while len(blows) < 4:
        battle.step(1)
        if health(battle) < before:
            blows.append(battle.ticks - 1 - start)
            before = health(battle)
    assert blows[0] == pytest.approx(options.WIND_UP, abs=options.SEARCH_TICKS)
    assert np.diff(blows).tolist() == pytest.approx([31.5] * 3, abs=0.5)


def test_whose_target_an_ally_kills_strikes_the_next_one_without_winding_up(make):
    """Two alike shoot at one tick: the first kills, and the second shoots at the other slug in the same tick."""
    routes = (make.lane(start=(1, 1)), make.lane(start=(1, 2)))
    spawns = [make.spawn(), make.spawn(routeIndex=1)]
    battle = battle_of(
        make, spawns, names=("Kroos", "Adnachiel"), changes={"skill": None, "attack": 300.0}, routes=routes,
        refs=(make.dummy(maxHp=100, moveSpeed=0.0),),
    )  # fmt: skip
    battle.step(9)
    deploy(battle, 0, 0, 0)
    deploy(battle, 1, 2, 0)
    until(battle, lambda: battle.kills == 2)
    first, second = battle.gone()
    assert second.tick - first.tick <= 1


def test_a_deployed_operator_takes_a_while_to_its_first_blow(make):
    """One and a half seconds, though its enemy stands before it all the time."""
    battle = battle_of(make, [make.spawn()], names=("Kroos",), refs=(make.dummy(**STILL),))
    battle.step(30)
    deploy(battle, 0, 0, 0, RIGHT)
    until(battle, lambda: health(battle) < 1e9)
    assert battle.ticks - 1 == 30 + options.DEPLOYMENT


def test_a_skill_that_quickens_shortens_the_wait_that_is_on(make):
    """Nine seconds after a blow that takes ten, 400 points of attack speed leave a fifth of the last second."""
    battle = duel(make, attack_interval=10.0, skill=skill(attack_speed=400.0, duration=0.5, attack=0.0))
    until(battle, lambda: health(battle) not in (0.0, 1e9))
    before = health(battle)
    battle.step(9 * 30)
    assert battle.act(Action(SKILL, 0))
    battle.step(5)
    assert health(battle) == before
    battle.step(2)
    assert health(battle) < before


def test_attack_speed_is_never_below_20_nor_over_600_points(make):
    """Whatever adds to it: the game's own bounds."""
    for points, quicker in ((900.0, 6.0), (-99.0, 0.2)):
        battle = duel(make, attack_interval=3.0, skill=skill(attack_speed=points, attack=0.0))
        own, changed = battle._world.stance["interval"][:, 0]
        assert own / changed == pytest.approx(quicker)


def test_attack_speed_divides_the_interval(make):
    """Twice a second at 200 points where it is once at 100."""

    def blows(**changes):
        battle = battle_of(
            make, [make.spawn()], names=("Kroos",), changes={"skill": None, **changes}, refs=(make.dummy(**STILL),)
        )
        deploy(battle, 0, 0, 0, RIGHT)
        battle.step(options.DEPLOYMENT + 30 * 10 - 1)
        return round((1e9 - health(battle)) / 258)

    assert blows() == 10
    assert blows(skill=skill(gain="deploy", by_hand=False, cost=0, initial=0, attack_speed=100.0, duration=60.0)) == 20
