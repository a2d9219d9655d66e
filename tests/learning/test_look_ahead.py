"""Looking ahead: what is left of a plan is tried from the battle under way, and a continuation followed if better."""

from __future__ import annotations

import numpy as np
import pytest

from game.actions import DEPLOY, RETREAT, SKILL, Action
from game.simulator.tables import world_of
from learning import look_ahead
from learning.battle_copies import DECIDING
from learning.collector import as_advised
from learning.look_ahead import ContinuationPlayer, LookAhead, LookCounts, Seen
from learning.measuring import played
from learning.training import Task
from planning.drafts import Draft, PlannedMove
from planning.solutions import solution
from planning.variation import FAR


@pytest.fixture(scope="module")
def plan():
    """The stored plan of the easiest stage."""
    return solution("first_watch")


@pytest.fixture(scope="module")
def poor(plan):
    """The same without all but its first deployment: enemies leak."""
    return type(plan)(stage=plan.stage, groups=plan.groups, steps=plan.steps[:1])


def clean(task, make, first=700):
    """Battles without a leak, of three with the seeds from `first` on."""
    return sum(one.stars == 3 for one in played(task, make, 3, FAR, first))


def ahead(budget, made):
    """Looking ahead, kept in a list."""

    def make(collector):
        made.append(LookAhead(collector, as_advised, budget, 0))
        return made[-1]

    return make


def test_a_plan_that_fails_is_left_for_a_continuation_that_holds(stage, squad, poor):
    """More battles are won without a leak than with the plan alone, and the same ones every time."""
    task, made = Task(stage, squad, poor), []
    alone, better = clean(task, lambda _: as_advised), clean(task, ahead(300, made))
    assert alone == 0
    assert better >= 2
    assert made[0].looked.changes >= 2
    assert clean(task, ahead(300, made)) == better
    assert made[0].looked == made[1].looked


def test_a_plan_that_holds_is_followed_to_its_end(stage, squad, plan):
    """It is looked at, but nothing is searched for."""
    task, made = Task(stage, squad, plan), []
    assert clean(task, ahead(300, made), 710) == clean(task, lambda _: as_advised, 710) == 3
    looked = made[0].looked
    assert looked.looks > 3
    assert looked._replace(looks=0) == LookCounts()


def seen(encoding, legal=(), posts=(), kills=0, seconds=0.0):
    """What a battle shows; `posts` are slots that stand somewhere."""
    mask = np.zeros(len(encoding.flat_actions), np.bool_)
    mask[[0, *(encoding.index(one) for one in legal)]] = True
    return Seen(mask, [0 if slot in posts else -1 for slot in range(encoding.slots)], kills, seconds)


def test_a_move_is_made_until_it_is_seen_to_have_happened(encoding):
    """A lost gesture is made again; gates are waited for; what can not happen any more is left out."""
    tile = int(encoding.place_tiles[encoding.place_slots == 0][0])
    deploy, leave, skill = Action(DEPLOY, 0, tile, 1), Action(RETREAT, 0), Action(SKILL, 1)
    moves = (PlannedMove(*deploy), PlannedMove(*skill), PlannedMove(*leave, kills=3))
    player = ContinuationPlayer(Draft(moves, (2,)), encoding)
    assert player.decide(seen(encoding)) == 0
    for _ in range(2):
        assert player.decide(seen(encoding, [deploy])) == encoding.index(deploy)
    assert player.rest.moves == moves
    assert player.decide(seen(encoding, [leave], [0])) == 0
    assert player.rest.moves == moves[2:]
    ready = Action(SKILL, 2)
    assert player.decide(seen(encoding, [leave, ready], [0], kills=2)) == encoding.index(ready)
    assert player.decide(seen(encoding, [leave, ready], [0], kills=3)) == encoding.index(leave)
    player.note(seen(encoding))
    assert player.rest.moves == ()


def test_worlds_around_differ_and_their_gestures_take_time(encoding):
    """They differ from one another and from the simulator's own; a decision comes half a second late on average."""
    own = world_of(encoding.stage, encoding.squad)
    worlds = look_ahead.worlds_around(encoding, own, 3)
    assert len({float(world.enemy["max_health"][0]) for world in (own, *(one for one, _ in worlds))}) == 4
    assert all((hands.ticks > DECIDING).all() for _, hands in worlds)
