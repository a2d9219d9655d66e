"""The faults of the agent that this project began with, each as a promise that ours keeps and that one breaks.

It is written anew in benchmarks/peers/seed_agent.py. A fifth fault, a target that values illegal actions, is the first
promise of test_dqn.py.
"""

from __future__ import annotations

import numpy as np
import pytest
from levels import LANE
from peers.battles import FlatBattles
from peers.seed_agent import Books, numbering_of

from game.actions import DEPLOY, NOTHING, RETREAT, Action, flatten, unflatten
from learning.environment import ArknightEnv

SQUAD = ("Fang", "Kroos", "Beagle")
FANG, KROOS, BEAGLE = range(3)
ROAD = [row * 8 + col for row, line in enumerate(LANE) for col, mark in enumerate(line) if mark == "."]
WALL = [row * 8 + col for row, line in enumerate(LANE) for col, mark in enumerate(line) if mark == "^"]


class Ours:
    """Our environment."""

    def __init__(self, path):
        self._environment = ArknightEnv(str(path), SQUAD)
        self._environment.reset(seed=0)

    def begin(self):
        """Begin a battle."""
        self._environment.reset()

    def do(self, action, seconds=1):
        """Act, and let so many seconds pass."""
        for _ in range(seconds):
            self._environment.step(np.array(action))
            action = NOTHING

    def deployable(self):
        """Pairs of operator and tile that may be deployed now."""
        legal = (unflatten(int(flat), 3, 24) for flat in np.flatnonzero(self._environment.action_masks()))
        return {action[1:3] for action in legal if action.kind == DEPLOY}


class Seeds:
    """The first agent with its books, on the same battle."""

    def __init__(self, path):
        self._field = FlatBattles(str(path), SQUAD)
        self._field.reset(seed=0)
        self._numbering = numbering_of(self._field)
        self._costs = [operator.cost for operator in self._field.inner.squad]
        self._books = Books(self._numbering)

    def begin(self):
        """Begin a battle; its `reset` changes nothing."""
        self._field.reset()

    def do(self, action, seconds=1):
        """Act, note it, and let so many seconds pass."""
        self._books.note(action)
        for _ in range(seconds):
            self._field.step(flatten(action, 3, 24))
            action = NOTHING

    def deployable(self):
        """Pairs of operator and tile that it takes for possible."""
        mask = self._books.mask(self._field.battle.view().dp, self._costs)
        legal = (self._numbering.action(int(index)) for index in np.flatnonzero(mask))
        return {action[1:3] for action in legal if action.kind == DEPLOY}


@pytest.fixture
def path(make):
    """A quiet lane between two walls: the only enemy comes after three minutes."""
    return make.file(make.level([make.spawn(at=180)]))


def operators_keep_to_their_ground(one):
    """Melee operators on the road, ranged ones on the wall, and nowhere else."""
    assert one.deployable() == {(slot, tile) for slot in (FANG, BEAGLE) for tile in ROAD} | {(KROOS, t) for t in WALL}


def the_tile_that_is_taken_is_the_one_that_was_used(one):
    """Where an operator stands no other may; every other tile stays free."""
    one.do(Action(DEPLOY, FANG, ROAD[4]))
    assert {tile for slot, tile in one.deployable() if slot == BEAGLE} & set(ROAD) == set(ROAD) - {ROAD[4]}


def the_cooldown_ends(one):
    """An operator that was withdrawn may not be deployed at once, and may be later."""
    one.do(Action(DEPLOY, FANG, ROAD[4]))
    one.do(Action(RETREAT, FANG))
    assert FANG not in {slot for slot, _ in one.deployable()}
    one.do(NOTHING, seconds=100)
    assert FANG in {slot for slot, _ in one.deployable()}


def a_new_battle_begins_anew(one):
    """In the middle of a battle `reset` gives a full hand and an empty field."""
    before = one.deployable()
    one.do(Action(DEPLOY, FANG, ROAD[4]))
    one.do(Action(DEPLOY, KROOS, WALL[0]))
    assert one.deployable() != before
    one.begin()
    assert one.deployable() == before


PROMISES = (
    operators_keep_to_their_ground,
    the_tile_that_is_taken_is_the_one_that_was_used,
    the_cooldown_ends,
    a_new_battle_begins_anew,
)


@pytest.mark.parametrize("promise", PROMISES)
def test_our_environment_keeps_it(promise, path):
    """From what is really on the field, not from notes of our own actions."""
    promise(Ours(path))


@pytest.mark.parametrize("promise", PROMISES)
def test_the_first_agent_breaks_it(promise, path):
    """So the promise can fail."""
    with pytest.raises(AssertionError):
        promise(Seeds(path))
