"""Views as arrays: nothing is lost on the way there and back, and the simulator fills them in the same way."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from levels import CATALOGUE

from game.actions import unflatten
from game.characters.builds import default_squad
from game.levels.stage import load_stage
from game.simulator.battle import Battle
from game.simulator.display import empty_arrays, show
from game.simulator.enemy_tables import kinds_of
from game.simulator.tables import new_battles, world_of
from game.simulator.tick import run_all
from game.view import UNKNOWN, Card, EnemySeen, OperatorSeen
from game.view_arrays import arrays_of, view_of

SQUAD = default_squad(CATALOGUE)


@pytest.fixture(scope="module")
def battles():
    """Random battles of two stages at every third second, each as a view and as the arrays of the simulator."""
    found, chance = [], np.random.default_rng(8)
    for name in ("first_watch", "ridge_line"):
        stage = load_stage(name, CATALOGUE)
        battle = Battle(stage, SQUAD, 4)
        while battle.outcome is None:
            flat = int(chance.choice(np.flatnonzero(battle.legal_actions())))
            battle.act(unflatten(flat, len(SQUAD), stage.height * stage.width))
            battle.step(90)
            arrays = type(battle.view_arrays())(*(table.copy() for table in battle.view_arrays()))
            found.append((kinds_of(stage), battle.view(), arrays))
    assert any(view.operators and view.enemies for _, view, _ in found)
    return found


def test_a_view_comes_back_from_its_arrays(battles):
    """Counters, hand, operators and enemies, each in its order."""
    for kinds, view, _ in battles:
        assert view_of(arrays_of([view], kinds), kinds) == view


def test_the_simulator_fills_the_arrays_as_the_view_does(battles):
    """The same counters and counts, the same rows to the last bit; cards by slot, and what is drawn aside."""
    for kinds, view, shown in battles:
        filled = arrays_of([view], kinds)
        assert shown.battle.tolist() == filled.battle.tolist()
        cards, operators, enemies = shown.battle[0].cards, shown.battle[0].operators, shown.battle[0].enemies
        assert sorted(shown.cards[0, :cards].tolist()) == filled.cards[0].tolist()
        assert [row[:6] for row in shown.operators[0, :operators].tolist()] == [
            row[:6] for row in filled.operators[0].tolist()
        ]
        assert [row[:4] for row in shown.enemies[0, :enemies].tolist()] == [
            row[:4] for row in filled.enemies[0].tolist()
        ]


def test_what_the_eyes_cannot_tell_is_kept_as_it_is(battles):
    """Unknown slots stay unknown, an unknown kind has the number after the last, and nothing is clipped."""
    kinds, view, _ = battles[0]
    unknown = OperatorSeen(UNKNOWN, 40, -3, UNKNOWN, 1.7, skill_ready=True)
    view = msgspec.structs.replace(
        view,
        cards=(Card(UNKNOWN, -1, "cooling"),),
        operators=(unknown,),
        enemies=(EnemySeen("no such kind", -0.7, 99.0, 1.4),),
    )
    arrays = arrays_of([view], kinds)
    assert arrays.cards[0].tolist() == [(-1, UNKNOWN, 2, 1)]
    assert arrays.operators[0].tolist()[0][:6] == (UNKNOWN, 40, -3, UNKNOWN, 1.7, True)
    assert arrays.enemies[0].tolist()[0][:4] == (len(kinds), -0.7, 99.0, 1.4)


def test_a_view_is_decided_when_life_or_enemies_are_gone(battles):
    """The simulator says so itself, a view by its counters."""
    kinds, view, _ = battles[0]
    for changes, decided in (({}, False), ({"life": 0}, True), ({"kills": view.total}, True), ({"life": -1}, True)):
        arrays = arrays_of([msgspec.structs.replace(view, **changes)], kinds)
        assert bool(arrays.battle[0].decided) is decided


def test_a_batch_is_shown_battle_by_battle():
    """Three battles of different seeds at once, each as it is shown alone; rows beyond the counts are not touched."""
    stage = load_stage("ridge_line", CATALOGUE)
    world, kinds = world_of(stage, SQUAD), kinds_of(stage)
    state = new_battles(world, stage, range(3))
    run_all(world, state, 900)
    arrays = empty_arrays(3, len(SQUAD), len(SQUAD), world.enemy.shape[0])
    arrays.enemies["number"] = -7
    show(world, state, arrays)
    for b in range(3):
        alone = Battle(stage, SQUAD, b)
        alone.step(900)
        assert view_of(arrays, kinds, b) == alone.view()
        assert (arrays.enemies["number"][b, arrays.battle[b].enemies :] == -7).all()
