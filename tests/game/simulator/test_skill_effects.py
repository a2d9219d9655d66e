"""What skills change, and the beat of attacks: each effect in the smallest battle that shows it, figures included."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from duels import STILL, blocked, duel, skill, stance
from worlds import IMMORTAL, battle_of, deploy, health, own_health, until

from game.actions import RETREAT, RIGHT, SKILL, Action
from game.simulator import options
from game.simulator.battle import Battle
from game.simulator.records import ARTS


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
    parts = {"bare_attack", "attack_speed"}  # what the attack and the interval are made of, for effects to add to
    changed = [name for name in during.dtype.names if during[name] != without[name]]
    assert [name for name in changed if name not in parts] == [field]


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
        own, changed = battle.world.stance["interval"][:, 0]
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
