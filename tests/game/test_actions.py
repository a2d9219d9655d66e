"""Actions: their flat numbers, the legality mask, and how much of the road a place covers."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from levels import CATALOGUE

from game.actions import (
    DEPLOY,
    DIRECTIONS,
    RETREAT,
    SKILL,
    STEPS,
    Action,
    action_count,
    coverage,
    flatten,
    legal_actions,
    turned,
    unflatten,
)
from game.characters.builds import default_squad, squad_of
from game.levels.stage import load_stage
from game.simulator.battle import Battle
from game.view import UNKNOWN, Card, OperatorSeen

SQUAD = default_squad(CATALOGUE)


def test_flat_numbers_and_actions_are_one_to_one():
    """Every number has one action and comes back from it."""
    for index in range(action_count(3, 10)):
        assert flatten(unflatten(index, 3, 10), 3, 10) == index


def test_a_quarter_turn_follows_the_directions():
    """The tile in front is the next tile in the direction faced."""
    for direction in range(len(DIRECTIONS)):
        assert turned((0, 1), direction) == STEPS[direction]


@pytest.mark.parametrize("name", ["first_watch", "two_roads", "ridge_line"])
def test_the_mask_says_yes_exactly_where_the_battle_does(name):
    """In random battles, at random moments: every action it allows is accepted, every other one refused, unchanged."""
    stage = load_stage(name, CATALOGUE)
    tiles, chance = stage.height * stage.width, np.random.default_rng(11)
    for seed in range(4):
        battle = Battle(stage, SQUAD, seed)
        while battle.outcome is None and battle.seconds < 60:
            mask = battle.legal_actions()
            no, yes = (chance.permutation(np.flatnonzero(mask == wanted)) for wanted in (False, True))
            # All skills and retreats, and a handful of the many deployments.
            indexes = {*range(mask.size - 2 * len(SQUAD), mask.size), *no[:40].tolist(), *yes[:20].tolist()}
            for index in indexes:
                saved = [array.copy() for array in battle._battles]
                assert battle.act(unflatten(index, len(SQUAD), tiles)) == mask[index], unflatten(
                    index, len(SQUAD), tiles
                )
                changed = any((then != now).any() for then, now in zip(saved, battle._battles, strict=True))
                assert changed <= bool(mask[index])
                for then, now in zip(saved, battle._battles, strict=True):
                    now[:] = then
            battle.act(unflatten(int(yes[0]), len(SQUAD), tiles))
            battle.step(45)


def test_after_the_end_only_waiting_is_left():
    """Won or lost, there is nothing to do any more."""
    stage = load_stage("first_watch", CATALOGUE)
    battle = Battle(stage, SQUAD)
    battle.step(30 * 300)
    assert battle.outcome == "lost"
    assert battle.legal_actions().nonzero()[0].tolist() == [0]


def view_of(stage, **changes):
    """A view in which Fang's card can be played, changed as a test needs it."""
    view = Battle(stage, SQUAD).view()
    return msgspec.structs.replace(view, **{"cards": (Card(0, 9, "ready"),), "dp": 50, **changes})


def test_the_mask_believes_the_view_alone():
    """Unknown cards offer nothing; a tile with an operator is taken; a full field takes no operator."""
    stage = load_stage("first_watch", CATALOGUE)
    tiles = 54
    places = np.argwhere(legal_actions(view_of(stage), stage, SQUAD)[1 : 1 + 12 * tiles * 4].reshape(12, tiles, 4))
    assert set(places[:, 0]) == {0}
    assert {tuple(divmod(int(tile), 9)) for tile in places[:, 1]} == set(map(tuple, np.argwhere(stage.melee).tolist()))
    for nothing in (
        {"cards": (Card(UNKNOWN, 9, "ready"),)},
        {"cards": (Card(0, 9, "cooling"),)},
        {"cards": (Card(0, 9, "unaffordable"),)},
        {"dp": 8},
        {"slots_left": 0},
        {"life": 0},
    ):
        assert legal_actions(view_of(stage, **nothing), stage, SQUAD).sum() == 1, nothing
    standing = OperatorSeen(UNKNOWN, 2, 5, UNKNOWN, 1.0, skill_ready=True)
    mask = legal_actions(view_of(stage, operators=(standing,)), stage, SQUAD)
    assert not mask[flatten(Action(DEPLOY, 0, 2 * 9 + 5, 0), 12, tiles)]
    assert not mask[-24:].any()
    known = msgspec.structs.replace(standing, slot=3)
    mask = legal_actions(view_of(stage, operators=(known,)), stage, SQUAD)
    assert mask[flatten(Action(SKILL, 3), 12, tiles)]
    assert mask[flatten(Action(RETREAT, 3), 12, tiles)]


def test_coverage_counts_road_tiles_in_range(make):
    """On a straight lane, worked out by hand; nothing where an operator cannot stand."""
    stage = make.stage(make.level([make.spawn()]))
    squad = squad_of(["Fang", "Kroos"], CATALOGUE)
    cover = coverage(stage, squad).reshape(2, 3, 8, 4)
    assert cover.dtype == np.int16
    assert cover[0, 1, 3].tolist() == [2, 1, 2, 1]
    assert cover[0, 1, 6].tolist() == [2, 1, 2, 1]
    assert cover[1, 0, 3].tolist() == [3, 3, 3, 0]
    assert not cover[0, 0].any()
    assert not cover[1, 1].any()
