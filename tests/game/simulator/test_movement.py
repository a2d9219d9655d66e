"""Walking, blocking and leaking: where enemies are, and what stops them."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from levels import CATALOGUE
from worlds import IMMORTAL, battle_of, deploy, health, stepped, until

from game.actions import DEPLOY, DOWN, RETREAT, RIGHT, Action
from game.characters.builds import squad_of
from game.simulator import options
from game.simulator.battle import Battle


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
