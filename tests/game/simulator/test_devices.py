"""Cards of devices: crates are put on the field copy by copy, and walkers go around them."""

from __future__ import annotations

import numpy as np
import pytest
from levels import CATALOGUE, place
from worlds import IMMORTAL, deploy, health, own_health, until

from game.actions import DEPLOY, RETREAT, RIGHT, Action
from game.characters.builds import squad_of
from game.simulator.battle import Battle

TWO_LANES = ("########", "S......E", ".######.", "........", "########")
"""The short way leads along row 1, the other along row 3."""
CRATE = 1
"""The slot of the first copy in a battle of Fang alone."""


def route(height, start, end, *points, **more):
    """A route on foot between two tiles of a map, past some points."""
    passed = [{"type": "MOVE", "time": 0.0, "position": place(height, point)} for point in points]
    ends = {"startPosition": place(height, start), "endPosition": place(height, end)}
    return {"motionMode": "WALK", **ends, "checkpoints": passed, "allowDiagonalMove": True, **more}


def crates(make, picture=TWO_LANES, *, copies=3, spawns=None, routes=None, stand=(), enemy=None, **level):
    """A battle of Fang on a map with crates in the hand; crates of the level itself stand on the tiles of `stand`."""
    height = len(picture)
    data = make.level(
        spawns or [make.spawn()], picture=picture, routes=routes or (route(height, (1, 0), (1, 7)),),
        refs=(make.dummy(**(enemy or IMMORTAL)),), **level,
    )  # fmt: skip
    inst = {"inst": {"characterKey": "trap_001_crate"}}
    data["predefines"] = {
        "tokenCards": [{**inst, "initialCnt": copies}] if copies else [],
        "tokenInsts": [{**inst, "position": place(height, tile)} for tile in stand],
    }
    return Battle(make.stage(data), squad_of(("Fang",), CATALOGUE))


def tile(battle, row, col):
    """A tile's number."""
    return row * battle.stage.width + col


def cards(battle):
    """The hand: slot, cost, state and copies of each card."""
    return [(card.slot, card.cost, card.state, card.copies) for card in battle.view().cards]


def rows_walked(battle, seconds=30):
    """The rows on which the first enemy is seen from now on."""
    seen = set()
    for _ in range(seconds * 10):
        battle.step(3)
        seen |= {round(one.row) for one in battle.enemies_on_field()}
    return seen


def test_the_copies_of_a_card_count_down(make):
    """A crate costs 5 DP each time, the next follows after 5 seconds, and after the last the card is gone (public table
    of characters: cost 5, respawnTime 5; wiki: the cost of devices does not rise).
    """
    battle = crates(make, copies=2, characterLimit=1)
    assert cards(battle) == [(1, 5, "ready", 2), (0, 9, "ready", 1)]
    deploy(battle, CRATE, 3, 2)
    assert cards(battle) == [(2, 5, "cooling", 1), (0, 9, "ready", 1)]
    assert battle.dp == 94
    assert not battle.act(Action(DEPLOY, CRATE, tile(battle, 3, 3), RIGHT))
    battle.step(150)
    deploy(battle, CRATE, 3, 3)
    assert cards(battle) == [(0, 9, "ready", 1)]
    assert battle.view().slots_left == 1
    assert not battle.act(Action(DEPLOY, CRATE, tile(battle, 3, 4), RIGHT))


def test_a_retreated_crate_is_used_up_and_gives_no_dp(make):
    """Wiki: the cost of devices is not returned when they are retreated."""
    battle = crates(make, copies=1)
    deploy(battle, CRATE, 3, 2)
    dp = battle.dp
    assert battle.act(Action(RETREAT, CRATE))
    assert battle.dp == dp
    assert cards(battle) == [(0, 9, "ready", 1)]


def test_walkers_go_around_a_crate_and_back_when_it_is_gone(make):
    """Skill of the crate: "sets an obstacle, changes the route of the enemies"."""
    assert rows_walked(crates(make)) == {1}
    battle = crates(make)
    deploy(battle, CRATE, 1, 4)
    assert rows_walked(battle) == {1, 2, 3}
    battle = crates(make)
    battle.step(30)
    deploy(battle, CRATE, 1, 4)
    battle.step(15)
    assert battle.act(Action(RETREAT, CRATE))
    assert rows_walked(battle) == {1}


def test_a_crate_may_not_close_the_last_way(make):
    """Wiki: the game refuses with "do not close the road, place it elsewhere"; the rows below are open until then."""
    battle = crates(make)
    deploy(battle, CRATE, 1, 4)
    battle.step(150)
    before = cards(battle)
    assert not battle.act(Action(DEPLOY, CRATE, tile(battle, 3, 4), RIGHT))
    assert cards(battle) == before
    deploy(battle, CRATE, 1, 5)


def test_who_stands_at_a_crate_is_held_and_breaks_it(make):
    """Description: "if the obstacle blocks an enemy, the enemy destroys it"; one blow takes its 100 health."""
    battle = crates(make, enemy={**IMMORTAL, "atk": 200.0})
    battle.step(150)
    col = battle.enemies_on_field()[0].col
    deploy(battle, CRATE, 1, round(col))
    battle.step(6)
    assert battle.enemies_on_field()[0].blocked
    until(battle, lambda: not battle.operators_on_field())
    assert not battle.enemies_on_field()[0].blocked
    assert rows_walked(battle) == {1}


def test_no_enemy_shoots_at_a_crate(make):
    """Wiki: a crate is damaged only by the enemies that it blocks."""
    battle = crates(make, enemy={**IMMORTAL, "atk": 200.0})
    battle.world.enemy["reach"][:] = 9.0
    deploy(battle, CRATE, 3, 4)
    battle.step(300)
    assert battle.enemies_on_field()[0].col > 3.0
    assert own_health(battle, CRATE) == 100.0


def test_who_is_shut_in_goes_through_the_nearest_crate(make):
    """Wiki: a crate counts as 1000 tiles when a way is looked for, so it is only taken where all others are closed."""
    battle = crates(make, enemy={**IMMORTAL, "atk": 200.0})
    until(battle, lambda: battle.enemies_on_field() and battle.enemies_on_field()[0].col > 3.9)
    deploy(battle, CRATE, 1, 2)
    battle.step(150 - 1)
    deploy(battle, CRATE, 1, 6) if battle.enemies_on_field()[0].col < 5.2 else None
    assert rows_walked(battle) == {1}
    assert battle.outcome is None or battle.leaks == 1


@pytest.mark.parametrize("seed", range(6))
def test_the_way_around_a_crate_of_the_player_is_that_around_one_of_the_level(make, seed):
    """Maps with walls: what compiled code finds anew is, place for place, what the reader of levels finds at first."""
    rng = np.random.default_rng(seed)
    picture = random_map(rng)
    routes = (route(7, (1, 0), (5, 9), (3, 5), allowDiagonalMove=seed % 3 > 0, visitEveryTileCenter=seed % 3 == 1),)
    ours = crates(make, picture, routes=routes)
    way = [one for one in ours.stage.paths[0] if one not in ((1, 0), (1, 1), (3, 5), (5, 8), (5, 9))]
    crate = next(one for one in map(tuple, rng.permutation(way)) if not_closed(ours, one))
    assert ours.act(Action(DEPLOY, CRATE, tile(ours, *crate), RIGHT))
    levels = crates(make, picture, routes=routes, stand=(tuple(map(int, crate)),), copies=0)
    for _ in range(60):
        ours.step(15)
        levels.step(15)
        assert places(ours) == pytest.approx(places(levels), abs=1e-6)


def not_closed(battle, crate):
    """Whether the rules allow a crate there."""
    return crate in battle.places_for(CRATE)


def places(battle):
    """Where the enemies are."""
    return [place for one in battle.enemies_on_field() for place in (one.row, one.col)]


def random_map(rng):
    """A map of 7 x 10 tiles with walls here and there."""
    wall = rng.random((7, 10)) < 0.2
    wall[[0, 6]] = True
    for free in ((1, 0), (1, 1), (2, 1), (5, 9), (5, 8), (4, 8), (3, 5)):
        wall[free] = False
    marks = np.where(wall, "#", ".")
    marks[1, 0], marks[5, 9] = "S", "E"
    return tuple(map("".join, marks))


def test_a_crate_is_never_healed(make):
    """Wiki: not healable."""
    battle = crates(make)
    assert battle.world.stance["unhealable"][0].tolist() == [False, True, True, True]
    assert health(battle) == 0.0
