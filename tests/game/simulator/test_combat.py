"""Targets, attacks and heals: what is struck when, and how hard."""

from __future__ import annotations

import pytest
from worlds import IMMORTAL, battle_of, deploy, health, own_health, until

from game.actions import DOWN, LEFT, RIGHT, UP
from game.simulator import options


@pytest.mark.parametrize(
    ("name", "defense", "resistance", "expected"),
    [
        ("Kroos", 58, 0, 200.0),
        ("Kroos", 5000, 0, 258 * 0.05),
        ("Orchid", 9999, 50, 141.5),
        ("Orchid", 0, 100, 283 * 0.05),
    ],
)
def test_damage_by_attack_and_defense_with_a_floor_of_a_twentieth(make, name, defense, resistance, expected):
    """Physical is attack less defense, arts a share of the attack; a twentieth always comes through."""
    enemy = make.dummy(**IMMORTAL, **{"def": defense, "magicResistance": resistance})
    battle = battle_of(make, [make.spawn()], names=(name,), refs=(enemy,))
    deploy(battle, 0, 0, 1, RIGHT)
    until(battle, lambda: health(battle) not in (0, 1e9))
    assert 1e9 - health(battle) == pytest.approx(expected)


def test_attacks_come_at_the_attack_interval(make):
    """Kroos shoots once a second; every fifth shot, her skill full, hits twice with 120 %."""
    battle = battle_of(make, [make.spawn()], names=("Kroos",), refs=(make.dummy(**IMMORTAL, moveSpeed=0.0),))
    deploy(battle, 0, 0, 0, RIGHT)
    battle.step(options.DEPLOYMENT + 30 * 10 - 1)
    assert 1e9 - health(battle) == pytest.approx(258 * (8 + 2 * 2 * 1.2))


def test_operators_aim_at_the_enemy_they_block_else_at_the_one_nearest_the_exit(make):
    """The leader of two is shot; but a guard strikes the one at its feet though another is in range before it."""
    refs = (make.dummy(**IMMORTAL), make.dummy("enemy_1000_gopro", **IMMORTAL, moveSpeed=1.0))
    both = [make.spawn(), make.spawn("enemy_1000_gopro", at=1.0)]
    battle = battle_of(make, both, names=("Kroos",), refs=refs)
    deploy(battle, 0, 0, 1, RIGHT)
    battle.step(30 * 5)
    assert health(battle, 0) < 1e9 == health(battle, 1)
    battle = battle_of(make, both, names=("Melantha",), refs=refs)
    deploy(battle, 0, 1, 4, RIGHT)
    until(battle, lambda: 0 < health(battle, 1) < 1e9 or battle.seconds > 13)
    assert health(battle, 0) < 1e9 == health(battle, 1)


def test_snipers_shoot_fliers_first(make):
    """As their description says; a flier behind a walker draws the arrow."""
    routes = (make.lane(), make.lane(motion="FLY"))
    refs = (make.dummy(**IMMORTAL), make.dummy("enemy_1005_yokai", **IMMORTAL, moveSpeed=1.0))
    both = [make.spawn(), make.spawn("enemy_1005_yokai", at=1.0, routeIndex=1)]
    for name, first in (("Kroos", 1), ("Steward", 0)):
        battle = battle_of(make, both, names=(name,), refs=refs, routes=routes)
        battle.step(75)
        deploy(battle, 0, 0, 1, RIGHT)
        battle.step(options.DEPLOYMENT + 5)
        assert [health(battle, number) < 1e9 for number in (0, 1)] == [first == 0, first == 1]


@pytest.mark.parametrize(("direction", "reached"), [(RIGHT, True), (LEFT, False), (UP, False), (DOWN, False)])
def test_a_range_turns_with_the_operator(make, direction, reached):
    """The enemy stands in column 3 of the lane, which a bow at column 1 of the wall covers facing right alone."""
    waits = ((1, 3), {"type": "WAIT_FOR_SECONDS", "time": 60.0})
    battle = battle_of(
        make, [make.spawn()], names=("Kroos",), routes=(make.lane(waits),), refs=(make.dummy(**IMMORTAL),)
    )
    battle.step(30 * 8)
    deploy(battle, 0, 0, 1, direction)
    battle.step(options.DEPLOYMENT + 30)
    assert (health(battle) < 1e9) == reached


def test_splash_hits_all_enemies_around_the_target(make):
    """One tile around; an enemy further off is spared."""
    refs = (make.dummy(**IMMORTAL, moveSpeed=0.0),)
    routes = tuple(make.lane(start=(1, col)) for col in (1, 2, 4))
    spawns = [make.spawn(routeIndex=index) for index in range(3)]
    battle = battle_of(make, spawns, names=("Catapult",), refs=refs, routes=routes)
    battle.step(9)
    deploy(battle, 0, 0, 0, RIGHT)
    battle.step(options.DEPLOYMENT + 30)
    assert [health(battle, number) < 1e9 for number in range(3)] == [True, True, False]


@pytest.mark.parametrize(("up", "hit"), [(0.7, True), (0.75, False)])
def test_splash_is_a_circle(make, up, hit):
    """An enemy 0.7 tile aside and 0.7 tile behind is within a tile; one at 0.75 and 0.7 is not."""
    aside = {"x": -0.7, "y": up}
    routes = (make.lane(start=(1, 2)), make.lane(start=(1, 2), spawnOffset=aside))
    battle = battle_of(
        make,
        [make.spawn(), make.spawn(routeIndex=1)],
        names=("Catapult",),
        refs=(make.dummy(**IMMORTAL, moveSpeed=0.0),),
        routes=routes,
    )
    deploy(battle, 0, 0, 0, RIGHT)
    battle.step(options.DEPLOYMENT + 30)
    assert health(battle, 0) < 1e9
    assert (health(battle, 1) < 1e9) is hit


def test_a_guard_may_strike_all_enemies_it_blocks(make):
    """Popukar's trait: both slugs at her feet are hit by one blow."""
    battle = battle_of(make, [make.spawn(count=2, every=0.2)], names=("Popukar",), refs=(make.dummy(**IMMORTAL),))
    deploy(battle, 0, 1, 1, RIGHT)
    until(battle, lambda: sum(one.blocked for one in battle.enemies_on_field()) == 2)
    before = [health(battle, number) for number in (0, 1)]
    battle.step(40)
    assert all(now < then for now, then in zip([health(battle, n) for n in (0, 1)], before, strict=True))


@pytest.mark.parametrize(("block", "struck"), [(1, 1), (2, 2), (3, 3)])
def test_a_centurion_strikes_as_many_in_range_as_it_blocks_held_or_not(make, block, struck):
    """None of three enemies a tile ahead of her is held; the blow of an operator that blocks two hits two of them."""
    routes = (make.lane(start=(1, 2)),)
    still = make.dummy(**IMMORTAL, moveSpeed=0.0)
    battle = battle_of(
        make, [make.spawn(count=3)], names=("Popukar",), changes={"block": block}, refs=(still,), routes=routes
    )
    battle.step(30)
    deploy(battle, 0, 1, 1, RIGHT)
    battle.step(options.DEPLOYMENT + 20)
    assert sum(health(battle, number) < 1e9 for number in range(3)) == struck
    assert not any(one.blocked for one in battle.enemies_on_field())


def test_enemies_shoot_the_last_deployed_in_range_and_stand_still_for_it(make):
    """Two in range: the newer one is hit. An operator out of range is safe."""
    shooter = make.dummy("enemy_1003_ncbow", **IMMORTAL, atk=300)
    waits = ((1, 3), {"type": "WAIT_FOR_SECONDS", "time": 60.0})
    battle = battle_of(
        make,
        [make.spawn("enemy_1003_ncbow")],
        names=("Kroos", "Steward", "Orchid"),
        refs=(shooter,),
        routes=(make.lane(waits),),
    )
    battle.step(30 * 8)
    for slot, col in ((0, 2), (1, 4), (2, 6)):
        deploy(battle, slot, 0, col, UP)
    battle.step(options.ENEMY_WIND_UP + options.SEARCH_TICKS)
    assert [one.health < 1.0 for one in battle.operators_on_field()] == [False, True, False]


@pytest.mark.parametrize(("reach", "hit"), [(1.74, False), (1.76, True)])
def test_an_enemys_range_reaches_an_operators_body(make, reach, hit):
    """A quarter of a tile around its middle: one that stands two tiles away is hit from 1.75 on."""
    waits = ((1, 3), {"type": "WAIT_FOR_SECONDS", "time": 60.0})
    battle = battle_of(
        make, [make.spawn("enemy_1003_ncbow")], names=("Beagle",), enemy={"range": reach},
        refs=(make.dummy("enemy_1003_ncbow", **IMMORTAL, atk=900),), routes=(make.lane(waits),),
    )  # fmt: skip
    battle.step(30 * 8)
    deploy(battle, 0, 1, 5)
    battle.step(60)
    assert (battle.operators_on_field()[0].health < 1.0) is hit


def test_an_enemy_winds_up_for_its_first_blow_only(make):
    """It strikes so many ticks after it is held, and then at its interval."""
    attributes = {**IMMORTAL, "atk": 300, "baseAttackTime": 2.0}
    battle = battle_of(make, [make.spawn()], changes={"skill": None}, refs=(make.dummy(**attributes),))
    deploy(battle, 0, 1, 3)
    held = until(battle, lambda: battle.enemies_on_field() and battle.enemies_on_field()[0].blocked)
    times, before = [], own_health(battle)
    while len(times) < 3:
        battle.step(1)
        if own_health(battle) < before:
            before = own_health(battle)
            times.append(round((battle.seconds - held) * 30))
    assert times == [options.ENEMY_WIND_UP, options.ENEMY_WIND_UP + 60, options.ENEMY_WIND_UP + 120]


def test_an_enemy_that_waits_near_the_exit_is_still_the_nearest_to_it(make):
    """Waiting, hiding and walking on, an enemy is as far from its exit as its way is long."""
    waits = ((1, 5), {"type": "WAIT_FOR_SECONDS", "time": 60.0})
    battle = battle_of(
        make, [make.spawn(), make.spawn(at=4, routeIndex=1)], names=("Kroos",),
        refs=(make.dummy(**IMMORTAL),), routes=(make.lane(waits), make.lane()),
    )  # fmt: skip
    battle.step(30 * 11)
    first, second = battle.enemies_on_field()
    assert first.col == 5.0 > second.col > 3.0
    assert battle._field.foe[0].distance_to_exit == pytest.approx(2.0)
    deploy(battle, 0, 0, 3)
    until(battle, lambda: health(battle, 0) + health(battle, 1) < 2e9)
    assert health(battle, 0) < 1e9


def test_an_enemy_that_has_just_hidden_is_not_struck(make):
    """An enemy that disappears between two searches is out of reach at once."""
    gone, hiding = {"type": "DISAPPEAR", "time": 0.0}, {"type": "WAIT_FOR_SECONDS", "time": 30.0}
    back = {"type": "APPEAR_AT_POS", "time": 0.0, "position": {"row": 1, "col": 5}}
    routes = (make.lane(((1, 2), gone, hiding, back)),)
    for late in range(6):  # a blow falls in any of the ticks around the disappearance
        battle = battle_of(
            make, [make.spawn(at=late / 30)], names=("Kroos",), changes={"attack_interval": 1 / 30},
            refs=(make.dummy(**IMMORTAL),), routes=routes,
        )  # fmt: skip
        deploy(battle, 0, 0, 1, RIGHT)
        until(battle, lambda it=battle: health(it) not in (0.0, 1e9) and not it.enemies_on_field())
        wounded = health(battle)
        battle.step(30)
        assert health(battle) == wounded


def test_an_enemy_that_is_blocked_strikes_its_blocker(make):
    """Slugs attack only their blocker."""
    battle = battle_of(make, [make.spawn()], names=("Beagle", "Kroos"), refs=(make.dummy(**IMMORTAL, atk=462),))
    deploy(battle, 1, 0, 3, UP)
    deploy(battle, 0, 1, 3, UP)
    until(battle, lambda: battle.enemies_on_field() and battle.enemies_on_field()[0].blocked)
    battle.step(30)
    beagle, kroos = battle.operators_on_field()
    assert beagle.health == pytest.approx(1 - 100 / 1526)
    assert kroos.health == 1.0


def test_the_dead_leave_the_field_and_their_card_cools(make):
    """Nothing is refunded, and the redeploy time begins."""
    killer = make.dummy(**IMMORTAL, atk=99999)
    battle = battle_of(make, [make.spawn()], refs=(killer,), costIncreaseTime=99999.0)
    deploy(battle, 0, 1, 3)
    dp = battle.view().dp
    until(battle, lambda: not battle.view().operators)
    assert battle.view().dp == dp
    assert battle.card_cooldowns()[0].remaining == pytest.approx(70.0, abs=0.05)
    assert battle.view().slots_left == 8


def test_healing_goes_to_the_lowest_fraction_and_never_to_full_health(make):
    """A medic waits for a wound, then mends the worse of two by its attack."""
    battle = battle_of(make, [make.spawn(at=90)], names=("Ansel", "Fang", "Beagle"))
    deploy(battle, 0, 0, 2, RIGHT)
    deploy(battle, 1, 1, 2)
    deploy(battle, 2, 1, 3)
    battle.step(60)
    body = battle._field.unit["health"]
    body[1], body[2] = 1060 * 0.5, 1526 * 0.4
    battle.step(2)
    assert body[1] == 1060 * 0.5
    assert body[2] == pytest.approx(1526 * 0.4 + 257)
    body[:] = (907, 1060, 1520)
    battle.step(120)
    assert body[2] == 1526
