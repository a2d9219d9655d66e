"""The rules of a battle, each in the smallest world that can break it."""

from __future__ import annotations

import os
import subprocess
import sys

import msgspec
import numpy as np
import pytest
from levels import CATALOGUE
from worlds import IMMORTAL, battle_of, deploy, health, own_health, stepped, until

from game.actions import DEPLOY, DOWN, LEFT, RETREAT, RIGHT, SKILL, UP, Action
from game.characters.builds import squad_of
from game.levels.stage import load_stage
from game.simulator import options
from game.simulator.actions import act
from game.simulator.battle import Battle
from game.simulator.tables import new_battles, world_of
from game.simulator.tick import run, run_all

# --- Time, DP, deploying ----------------------------------------------------------------------------------------------


def test_dp_come_one_every_cost_increase_time_up_to_the_cap(make):
    """Start at initialCost, one every three seconds here, never more than maxCost."""
    options = {"initialCost": 10, "costIncreaseTime": 3.0, "maxCost": 12}
    battle = battle_of(make, [make.spawn(at=90)], **options)
    seen = []
    for _ in range(4):
        seen.append(battle.view().dp)
        battle.step(90)
    assert seen == [10, 11, 12, 12]


def test_no_dp_come_where_the_stage_says_none(make):
    """99999 seconds a DP is how levels write 'never'."""
    battle = battle_of(make, [make.spawn(at=90)], initialCost=5, costIncreaseTime=99999.0)
    battle.step(1800)
    assert battle.view().dp == 5


def test_operators_stand_where_their_kind_may(make):
    """Melee on roads, ranged on walls, none on entrances, exits or occupied tiles."""
    battle = battle_of(make, [make.spawn(at=90)], names=("Gravel", "Kroos"))
    width = battle.stage.width
    assert not battle.act(Action(DEPLOY, 0, 0 * width + 3, RIGHT))
    assert not battle.act(Action(DEPLOY, 1, 1 * width + 3, RIGHT))
    assert not battle.act(Action(DEPLOY, 0, 1 * width + 0, RIGHT))
    assert not battle.act(Action(DEPLOY, 0, 1 * width + 7, RIGHT))
    deploy(battle, 0, 1, 3)
    assert not battle.act(Action(DEPLOY, 0, 1 * width + 4, RIGHT)), "it is on the field already"
    deploy(battle, 1, 0, 3)


def test_a_tile_for_all_takes_both_kinds(make):
    """Its buildableType ALL asks nothing about height."""
    data = make.level([make.spawn(at=90)])
    for tile in data["mapData"]["tiles"]:
        if tile["tileKey"] == "tile_road":
            tile["buildableType"] = "ALL"
    battle = Battle(make.stage(data), squad_of(["Kroos", "Fang"], CATALOGUE))
    deploy(battle, 0, 1, 3)
    deploy(battle, 1, 1, 4)


def test_no_more_operators_than_the_character_limit(make):
    """The third has to wait for a retreat."""
    names = ("Gravel", "Myrtle", "Fang")
    battle = battle_of(make, [make.spawn(at=90)], names=names, characterLimit=2)
    deploy(battle, 0, 1, 1)
    deploy(battle, 1, 1, 2)
    assert battle.view().slots_left == 0
    assert not battle.act(Action(DEPLOY, 2, 8 + 3, RIGHT))
    assert battle.act(Action(RETREAT, 0))
    deploy(battle, 2, 1, 3)


def test_redeploying_costs_more_and_retreating_refunds_half_rounded_down(make):
    """Fang: 9, then 13, then 18 and 18 again; back come 4, 6, 9."""
    battle = battle_of(
        make,
        [make.spawn(at=90)],
        changes={"redeploy_time": 0.0},
        costIncreaseTime=99999.0,
        maxCost=200,
        initialCost=200,
    )
    paid, refunded = [], []
    for _ in range(4):
        before = battle.view().dp
        deploy(battle, 0, 1, 3)
        paid.append(before - battle.view().dp)
        battle.act(Action(RETREAT, 0))
        refunded.append(battle.view().dp - before + paid[-1])
    assert paid == [9, 13, 18, 18]
    assert refunded == [4, 6, 9, 9]


def test_no_price_is_over_99(make):
    """An operator of 60 costs 90 the second time and 99 the third."""
    battle = battle_of(
        make, [make.spawn(at=90)], changes={"cost": 60, "redeploy_time": 0.0}, initialCost=99, maxCost=999
    )
    prices = []
    for _ in range(3):
        prices.append(battle.view().cards[0].cost)
        until(battle, lambda: battle.act(Action(DEPLOY, 0, 8 + 3, RIGHT)), 400)
        battle.act(Action(RETREAT, 0))
    assert prices == [60, 90, 99]


def test_a_card_cools_down_before_it_can_be_played_again(make):
    """Gravel comes back after 18 seconds, not a tick sooner."""
    battle = battle_of(make, [make.spawn(at=90)], names=("Gravel",))
    deploy(battle, 0, 1, 3)
    battle.act(Action(RETREAT, 0))
    assert battle.view().cards[0].state == "cooling"
    assert battle.card_cooldowns()[0] == (18.0, 18.0)
    battle.step(18 * 30 - 1)
    assert not battle.act(Action(DEPLOY, 0, 8 + 3, RIGHT))
    battle.step(1)
    deploy(battle, 0, 1, 3)


# --- Walking, blocking, leaking ---------------------------------------------------------------------------------------


def test_enemies_walk_at_their_speed_times_the_multiplier(make):
    """A slug at speed 1 needs 14 seconds for seven tiles at half a tile a second."""
    battle = battle_of(make, [make.spawn()])
    assert until(battle, lambda: battle.leaks == 1) == pytest.approx(14.0, abs=0.1)


def test_waiting_checkpoints_hold_an_enemy(make):
    """Three seconds at the third tile, and then until ten seconds after its fragment's start at the fifth."""
    waits = (
        (1, 2),
        {"type": "WAIT_FOR_SECONDS", "time": 3.0},
        (1, 4),
        {"type": "WAIT_CURRENT_FRAGMENT_TIME", "time": 14.0},
    )
    battle = battle_of(make, [make.spawn()], routes=(make.lane(waits),))
    battle.step(30 * 6)
    assert battle.view().enemies[0].col == 2.0
    assert until(battle, lambda: battle.leaks == 1) == pytest.approx(14.0 + 6.0, abs=0.1)


@pytest.mark.parametrize(
    ("kind", "leaves"),
    [
        ("WAIT_FOR_SECONDS", 5.0 + 3.0 + 9.0),
        ("WAIT_CURRENT_FRAGMENT_TIME", 5.0 + 3.0 + 9.0),
        ("WAIT_CURRENT_WAVE_TIME", 5.0 + 9.0),
        ("WAIT_FOR_PLAY_TIME", 9.0),
    ],
)
@pytest.mark.parametrize("late", [0.0, 0.5])
def test_a_wait_counts_from_its_own_beginning(make, kind, leaves, late):
    """From the arrival, from the fragment (its delay of 3 s over), from the wave (its 5 s over), from the battle."""
    data = make.level([make.spawn(at=late)], routes=(make.lane(({"type": kind, "time": 9.0},)),))
    data["waves"][0]["preDelay"] = 5.0
    data["waves"][0]["fragments"][0]["preDelay"] = 3.0
    battle = Battle(make.stage(data), squad_of(["Fang"], CATALOGUE))
    until(battle, lambda: any(one.col > 0.0 for one in battle.enemies_on_field()))
    leaves += late if kind == "WAIT_FOR_SECONDS" else 0.0
    assert battle.seconds == pytest.approx(leaves, abs=0.15)


def test_a_hidden_enemy_is_neither_seen_nor_hit_and_comes_back_elsewhere(make):
    """DISAPPEAR takes it off the map, APPEAR_AT_POS puts it down again."""
    away = ((1, 1), {"type": "DISAPPEAR"}, {"type": "WAIT_FOR_SECONDS", "time": 5.0})
    back = {"type": "APPEAR_AT_POS", "position": {"row": 1, "col": 5}}
    battle = battle_of(make, [make.spawn()], routes=(make.lane((*away, back)),), names=("Kroos",))
    deploy(battle, 0, 0, 1, DOWN)
    until(battle, lambda: battle.seconds > 4 and not battle.view().enemies)
    wounded = health(battle)
    battle.step(60)
    assert health(battle) == wounded
    until(battle, lambda: battle.view().enemies)
    assert battle.view().enemies[0].col >= 5.0


def test_block_is_a_sum(make):
    """Block 2 holds two slugs, and the third walks by; one that takes two leaves no room."""
    battle = battle_of(make, [make.spawn(count=3, every=0.2)], refs=(make.dummy(**IMMORTAL),))
    deploy(battle, 0, 1, 3)
    until(battle, lambda: battle.leaks == 1)
    assert [one.blocked for one in battle.enemies_on_field()] == [True, True]

    stage = make.stage(make.level([make.spawn(count=2, every=0.2)], refs=(make.dummy(**IMMORTAL),)))
    object.__setattr__(stage, "enemies", tuple(msgspec.structs.replace(one, block=2) for one in stage.enemies))
    battle = Battle(stage, squad_of(["Fang"], CATALOGUE))
    deploy(battle, 0, 1, 3)
    until(battle, lambda: battle.leaks == 1)
    assert [one.blocked for one in battle.enemies_on_field()] == [True]


@pytest.mark.parametrize("speed", [1.0, 1.9, 6.0])
def test_an_operator_holds_an_enemy_within_0_7071_tile(make, speed):
    """It looks for them every three ticks, so the fast come a little nearer: the hounds of the recorded battle 0.05."""
    battle = battle_of(make, [make.spawn()], refs=(make.dummy(**IMMORTAL, moveSpeed=speed),))
    deploy(battle, 0, 1, 3)
    until(battle, lambda: battle.enemies_on_field() and battle.enemies_on_field()[0].blocked)
    away = 3 - battle.enemies_on_field()[0].col
    assert 0.5**0.5 - options.SEARCH_TICKS * speed * 0.5 / 30 < away <= 0.5**0.5


@pytest.mark.parametrize(("row", "held"), [(1, True), (0, True), (2, False)])
def test_an_operator_beside_the_way_holds_enemies_that_come_near_enough(make, row, held):
    """The walker keeps 0.4 tile above the middle of its lane: 0.6 from the lane above, 1.4 from the lane below."""
    picture = ("S......E",) * 3
    aside = {"x": 0.0, "y": 0.4}
    goal = {"type": "MOVE", "time": 0.0, "position": {"row": 1, "col": 6}, "reachOffset": aside}
    routes = (make.lane((goal,), spawnOffset=aside, allowDiagonalMove=True),)
    battle = battle_of(make, [make.spawn()], refs=(make.dummy(**IMMORTAL),), routes=routes, picture=picture)
    deploy(battle, 0, row, 3)
    until(battle, lambda: battle.leaks or (battle.enemies_on_field() and battle.enemies_on_field()[0].blocked))
    assert (battle.leaks == 0) is held


def test_of_two_operators_the_nearer_one_holds(make):
    """And the other one, if the nearer has no block left."""
    battle = battle_of(
        make, [make.spawn(count=3, every=2.0)], names=("Fang", "Beagle"), changes={"block": 1, "skill": None},
        refs=(make.dummy(**IMMORTAL),),
    )  # fmt: skip
    deploy(battle, 0, 1, 3)
    deploy(battle, 1, 1, 4)
    until(battle, lambda: battle.leaks == 1)
    fang, beagle = 3 - 0.5**0.5, 4 - 0.5**0.5
    assert [one.col for one in battle.enemies_on_field()] == pytest.approx([fang, beagle], abs=0.06)


def test_the_blocked_walk_on_when_their_blocker_leaves(make):
    """A retreat releases all enemies."""
    battle = battle_of(make, [make.spawn()], refs=(make.dummy(**IMMORTAL),))
    deploy(battle, 0, 1, 3)
    battle.step(300)
    assert battle.enemies_on_field()[0].blocked
    battle.act(Action(RETREAT, 0))
    assert not battle.enemies_on_field()[0].blocked
    until(battle, lambda: battle.leaks == 1)


def test_fliers_go_straight_and_are_neither_held_nor_hit_from_the_ground(make):
    """Over walls, past blockers; only shooters reach them."""
    routes = (make.lane(motion="FLY", start=(0, 0)),)
    battle = battle_of(make, [make.spawn("enemy_1005_yokai")], routes=routes, names=("Fang", "Kroos"))
    deploy(battle, 0, 1, 7 - 1)
    leak = until(battle, lambda: battle.leaks == 1)
    assert leak == pytest.approx(np.hypot(1, 7) / 0.45, abs=0.1)
    battle = battle_of(make, [make.spawn("enemy_1005_yokai")], routes=routes, names=("Fang", "Kroos"))
    deploy(battle, 1, 0, 2, RIGHT)
    until(battle, lambda: battle.outcome == "won")


def test_a_leak_costs_life_and_advances_the_counter(make):
    """Kills alone must not be rewarded: the counter shows both. A boss costs two."""
    battle = battle_of(make, [make.spawn(), make.spawn("enemy_1500_skulsr", at=1.0)], maxLifePoint=9)
    until(battle, lambda: battle.leaks == 1)
    assert (battle.view().kills, battle.view().life, battle.outcome) == (1, 8, None)
    until(battle, lambda: battle.leaks == 2)
    assert (battle.view().kills, battle.view().life) == (2, 6)
    assert (battle.outcome, battle.stars) == ("won", 2)


def test_a_leak_that_costs_no_life_is_no_leak_for_the_stars(make):
    """Three stars are for a victory without a life lost."""
    harmless = make.dummy()
    harmless["overwrittenData"]["lifePointReduce"] = make.number(0)
    battle = battle_of(make, [make.spawn()], refs=(harmless,))
    until(battle, lambda: battle.outcome)
    assert (battle.outcome, battle.leaks, battle.stars, battle.view().life) == ("won", 0, 3, 3)
    assert battle.gone()[0].leaked


def test_an_enemy_that_leaks_in_the_first_tick_is_gone_too(make):
    """A route that ends where it starts."""
    routes = (make.lane(start=(1, 7)),)
    battle = battle_of(make, [make.spawn()], routes=routes)
    until(battle, lambda: battle.outcome)
    assert [(one.tick, one.leaked) for one in battle.gone()] == [(0, True)]


def test_no_life_is_failure_even_with_the_last_enemy(make):
    """The counter may be full and the battle lost."""
    battle = battle_of(make, [make.spawn(count=2)], maxLifePoint=2)
    until(battle, lambda: battle.outcome is not None)
    assert (battle.outcome, battle.stars, battle.view().kills, battle.view().life) == ("lost", 0, 2, 0)
    battle.step(30)
    assert not battle.act(Action(DEPLOY, 0, 8 + 3, RIGHT))


def test_harmless_and_uncounted_enemies(make):
    """One costs no life when it leaks, the other does not move the counter."""
    battle = battle_of(make, [make.spawn(isUnharmfulAndAlwaysCountAsKilled=True), make.spawn(at=30)])
    until(battle, lambda: battle.view().kills == 1)
    assert (battle.leaks, battle.view().life) == (0, 3)
    uncounted = make.dummy()
    uncounted["overwrittenData"]["notCountInTotal"] = make.number(True)
    battle = battle_of(make, [make.spawn(), make.spawn("enemy_1000_gopro", at=30)], refs=(uncounted,))
    assert battle.stage.total == 1
    until(battle, lambda: battle.leaks == 1)
    assert (battle.view().kills, battle.outcome) == (0, None)


def test_the_next_wave_waits_for_an_empty_field_or_for_its_patience(make):
    """-1 waits for ever; otherwise so many seconds after the last spawn."""
    data = make.level([make.spawn()])
    data["waves"] = [data["waves"][0], {**data["waves"][0], "preDelay": 2.0}]
    battle = Battle(make.stage(data), squad_of(["Fang"], CATALOGUE))
    assert until(battle, lambda: len(battle.view().enemies) and battle.leaks == 1) == pytest.approx(16.0, abs=0.2)
    data["waves"] = [{**data["waves"][0], "maxTimeWaitingForNextWave": 5.0}, data["waves"][1]]
    battle = Battle(make.stage(data), squad_of(["Fang"], CATALOGUE))
    assert until(battle, lambda: len(battle.view().enemies) == 2) == pytest.approx(7.0, abs=0.2)


def test_a_fragment_may_wait_for_its_enemy(make):
    """blockFragment: the next fragment starts when this enemy is gone."""
    battle = battle_of(make, [make.spawn(blockFragment=True)], [make.spawn(at=1.0)])
    assert until(battle, lambda: battle.leaks == 1) < 14.2
    assert not battle.view().enemies
    battle.step(35)
    assert len(battle.view().enemies) == 1


def test_the_seed_moves_only_where_enemies_appear(make):
    """Where a route has a spawnRandomRange, within it; and the same seed gives the same battle."""
    data = make.level([make.spawn(count=5)], routes=(make.lane(spawnRandomRange={"x": 0.3, "y": 0.0}),))
    stage = make.stage(data)
    cols = [
        [one.col for one in stepped(Battle(stage, squad_of(["Fang"], CATALOGUE), seed), 150).enemies_on_field()]
        for seed in (1, 1, 2)
    ]
    assert cols[0] == cols[1] != cols[2]
    gaps = np.abs(np.array(cols[0]) - np.array(cols[2]))
    assert gaps.max() <= 0.6 + 1e-9


# --- Fighting ---------------------------------------------------------------------------------------------------------


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


# --- Skills -----------------------------------------------------------------------------------------------------------


def test_sp_come_by_the_second_and_some_skills_trigger_themselves(make):
    """Fang starts with 3 of 27 SP: after 24 seconds six DP fall from the sky."""
    battle = battle_of(make, [make.spawn(at=90)], costIncreaseTime=99999.0)
    deploy(battle, 0, 1, 3)
    dp = battle.view().dp
    battle.step(24 * 30 - 1)
    assert battle.view().dp == dp
    battle.step(2)
    assert battle.view().dp == dp + 6


def test_a_skill_by_hand_waits_to_be_triggered(make):
    """Myrtle: ready after 19 seconds, not before; then 14 DP in 8 seconds, and no attack meanwhile."""
    battle = battle_of(
        make,
        [make.spawn()],
        names=("Myrtle",),
        refs=(make.dummy(**IMMORTAL, moveSpeed=0.0),),
        costIncreaseTime=99999.0,
        maxCost=200,
    )
    deploy(battle, 0, 1, 1, LEFT)
    battle.step(18 * 30)
    assert not battle.act(Action(SKILL, 0))
    battle.step(31)
    assert battle.view().operators[0].skill_ready
    dp, wounded = battle.view().dp, health(battle)
    assert battle.act(Action(SKILL, 0))
    assert battle.operators_on_field()[0].skill_active
    assert not battle.act(Action(SKILL, 0)), "it is running"
    battle.step(8 * 30)
    assert battle.view().dp == dp + 14
    assert health(battle) == wounded
    assert not battle.operators_on_field()[0].skill_active
    battle.step(60)
    assert health(battle) < wounded


def test_an_active_skill_changes_attack_speed_and_range(make):
    """Lava strikes three tenths more often with hers; Ansel reaches two tiles further, and both end."""
    battle = battle_of(make, [make.spawn()], names=("Lava", "Ansel"), refs=(make.dummy(**IMMORTAL, moveSpeed=0.0),))
    deploy(battle, 0, 0, 0, RIGHT)
    battle.step(30 * 46)
    blows = []
    battle.act(Action(SKILL, 0))
    for _ in range(20 * 30):
        before = health(battle)
        battle.step(1)
        blows.append(health(battle) < before)
    assert sum(blows) == pytest.approx(20 / (2.9 / 1.3), abs=1)
    deploy(battle, 1, 0, 3, RIGHT)
    covered = battle._field.covers[1].sum()
    battle.step(30 * 40)
    assert battle.act(Action(SKILL, 1))
    assert battle._field.covers[1].sum() > covered
    battle.step(30 * 25)
    assert battle._field.covers[1].sum() == covered


def test_a_shield_on_deployment_wards_off_and_fades(make):
    """Gravel takes no harm at first, and is as vulnerable as others once the skill is over."""
    battle = battle_of(
        make,
        [make.spawn(), make.spawn(at=90)],
        names=({"name": "Gravel", "elite": 1, "skill": 2},),
        refs=(make.dummy(**IMMORTAL, atk=400),),
    )
    battle.step(30 * 4)
    deploy(battle, 0, 1, 2)
    battle.step(30 * 4)
    assert battle.view().operators[0].health == 1.0
    battle.step(30 * 7)
    assert battle.view().operators[0].health < 1.0


def test_sp_on_being_hit(make):
    """A skill that gains by hits fills by them alone."""
    skill = msgspec.structs.replace(CATALOGUE.operators["Beagle"].skill, gain="hit", cost=2)
    battle = battle_of(
        make, [make.spawn()], names=("Beagle",), changes={"skill": skill}, refs=(make.dummy(**IMMORTAL, atk=400),)
    )
    deploy(battle, 0, 1, 1)
    battle.step(30 * 2)
    filled = until(battle, lambda: battle.view().operators[0].skill_ready)
    assert battle.view().operators[0].health == pytest.approx(1 - 2 * 38 / 1526)
    assert filled < 6


# --- The machine's promises -------------------------------------------------------------------------------------------

SCRIPT = """
import hashlib
from game.actions import DEPLOY, SKILL, Action
from game.simulator.battle import Battle
from game.levels.stage import load_stage
from game.characters.builds import default_squad
from game.characters.catalogue import load_catalogue
catalogue = load_catalogue()
stage, squad = load_stage("ridge_line", catalogue), default_squad(catalogue)
battle, digest = Battle(stage, squad, 5), hashlib.sha256()
for second in range(50):
    for slot, tile in ((0, 38), (6, 25), (3, 36), (10, 44), (9, 43), (11, 26)):
        battle.act(Action(DEPLOY, slot, tile, second % 4))
        battle.act(Action(SKILL, slot))
    battle.step(30)
    for array in battle._battles:
        digest.update(array.tobytes())
print(digest.hexdigest(), battle.ticks, battle.view().kills)
"""


def test_compiled_and_plain_code_agree_to_the_last_bit():
    """NUMBA_DISABLE_JIT=1 is for debugging the very battle that was played."""
    said = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "NUMBA_DISABLE_JIT": plain},
            check=True,
            capture_output=True,
        ).stdout
        for plain in ("0", "1")
    ]
    assert said[0] == said[1]
    assert int(said[0].split()[2]) > 3, "something happened in it"


def test_battles_in_a_batch_are_the_battles_alone():
    """Stepping many together changes nothing in any of them."""
    stage, squad = load_stage("first_watch", CATALOGUE), squad_of(["Fang", "Kroos"], CATALOGUE)
    world = world_of(stage, squad)
    tiles = np.flatnonzero(world.stands[0]).tolist()
    together = new_battles(world, stage, [3, 4, 5])
    for b in range(3):
        assert act(world, together, b, DEPLOY, 0, tiles[b], LEFT)
    run_all(world, together, 900)
    for b in range(3):
        alone = new_battles(world, stage, [3 + b])
        assert act(world, alone, 0, DEPLOY, 0, tiles[b], LEFT)
        run(world, alone, 0, 900)
        for one, many in zip(alone, together, strict=True):
            assert (one[0] == many[b]).all()
