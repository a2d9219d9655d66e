"""Legality: one mask for what a player sees, and it says yes exactly where the battle does."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from levels import CATALOGUE

from game.actions import DEPLOY, RETREAT, SKILL, Action, flatten, unflatten
from game.characters.builds import default_squad
from game.levels.stage import load_stage
from game.simulator.battle import Battle
from game.simulator.enemy_tables import kinds_of
from game.simulator.legality import legal_actions, places_of
from game.view import UNKNOWN, Card, OperatorSeen
from game.view_arrays import arrays_of

SQUAD = default_squad(CATALOGUE)


@pytest.fixture(scope="module")
def first_watch():
    """The easiest of the shipped stages, 6 x 9 tiles."""
    return load_stage("first_watch", CATALOGUE)


@pytest.mark.parametrize("name", ["first_watch", "two_roads", "ridge_line"])
def test_the_mask_says_yes_exactly_where_the_battle_does(name):
    """In random battles, at random moments: every action it allows is accepted, every other one refused, unchanged."""
    stage = load_stage(name, CATALOGUE)
    tiles, chance = stage.height * stage.width, np.random.default_rng(11)
    for seed in range(2):
        battle = Battle(stage, SQUAD, seed)
        while battle.outcome is None and battle.seconds < 60:
            mask = battle.legal_actions()
            no, yes = (chance.permutation(np.flatnonzero(mask == wanted)) for wanted in (False, True))
            # All skills and retreats, and a handful of the many deployments.
            indexes = {*range(mask.size - 2 * len(SQUAD), mask.size), *no[:40].tolist(), *yes[:20].tolist()}
            saved = [array.copy() for array in battle.records]
            for index in indexes:
                assert battle.act(unflatten(index, len(SQUAD), tiles)) == mask[index], unflatten(
                    index, len(SQUAD), tiles
                )
                changed = any((then != now).any() for then, now in zip(saved, battle.records, strict=True))
                assert changed <= bool(mask[index])
                for then, now in zip(saved, battle.records, strict=True):
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


def mask_of(stage, **changes):
    """The mask of a view in which Fang's card can be played, changed as a test needs it."""
    changes = {"cards": (Card(0, 9, "ready"),), "dp": 50, **changes}
    view = msgspec.structs.replace(Battle(stage, SQUAD).view(), **changes)
    return legal_actions(arrays_of([view], kinds_of(stage)), places_of(stage, SQUAD))[0]


def test_the_mask_believes_the_view_alone():
    """Unknown cards offer nothing; the tile of an operator is taken; a full field takes no other."""
    stage = load_stage("first_watch", CATALOGUE)
    tiles = 54
    places = np.argwhere(mask_of(stage)[1 : 1 + 12 * tiles * 4].reshape(12, tiles, 4))
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
        assert mask_of(stage, **nothing).sum() == 1, nothing
    standing = OperatorSeen(UNKNOWN, 2, 5, UNKNOWN, 1.0, skill_ready=True)
    mask = mask_of(stage, operators=(standing,))
    assert not mask[flatten(Action(DEPLOY, 0, 2 * 9 + 5, 0), 12, tiles)]
    assert not mask[-24:].any()
    known = msgspec.structs.replace(standing, slot=3)
    mask = mask_of(stage, operators=(known,))
    assert mask[flatten(Action(SKILL, 3), 12, tiles)]
    assert mask[flatten(Action(RETREAT, 3), 12, tiles)]


def test_what_the_eyes_misread_allows_no_action_of_others(first_watch):
    """A slot that the squad does not have allows nothing; an operator off the map takes the nearest tile."""
    assert mask_of(first_watch, cards=(Card(12, 9, "ready"), Card(-5, 9, "ready"))).sum() == 1
    lost = OperatorSeen(12, 40, -3, 0, 1.0, skill_ready=True)
    mask, fewer = mask_of(first_watch), mask_of(first_watch, operators=(lost,))
    assert not fewer[-24:].any()
    corner = (first_watch.height - 1) * first_watch.width
    assert {unflatten(int(flat), 12, 54).tile for flat in np.flatnonzero(mask != fewer)} <= {corner}


def test_the_masks_of_a_batch_are_those_of_its_battles(first_watch):
    """Decided and running battles, empty and full hands, side by side."""
    views = [Battle(first_watch, SQUAD).view()]
    views += [msgspec.structs.replace(views[0], **changes) for changes in ({"life": 0}, {"cards": ()}, {"dp": 12})]
    kinds, places = kinds_of(first_watch), places_of(first_watch, SQUAD)
    together = legal_actions(arrays_of(views, kinds), places)
    for mask, view in zip(together, views, strict=True):
        assert (mask == legal_actions(arrays_of([view], kinds), places)[0]).all()
    assert together.sum(axis=1).tolist()[1:3] == [1, 1]


def test_no_skill_is_ready_of_an_operator_that_has_none(first_watch):
    """Nor of one whose skill is not used by hand: the mark that was seen belongs to its neighbour."""
    squad = tuple(msgspec.structs.replace(one, skill=None) if slot == 3 else one for slot, one in enumerate(SQUAD))
    seen = OperatorSeen(3, 2, 5, 0, 1.0, skill_ready=True)
    view = msgspec.structs.replace(Battle(first_watch, squad).view(), cards=(), operators=(seen,))
    mask = legal_actions(arrays_of([view], kinds_of(first_watch)), places_of(first_watch, squad))[0]
    assert not mask[flatten(Action(SKILL, 3), 12, 54)]
    assert mask[flatten(Action(RETREAT, 3), 12, 54)]
