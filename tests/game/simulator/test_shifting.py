"""Enemies are pushed and pulled by force and weight: the distances and times are those of a wiki's table."""

from __future__ import annotations

import msgspec
import pytest
from duels import STILL, squad
from worlds import deploy, until

from game.characters.effects import ONCE, Effect


def shifted(make, shift, force, col=4.0, weight=0, direction=0, **attributes):
    """A battle in which Fang on the fourth tile shifts an enemy at this column with her first blow."""
    effect = Effect(when="attack", who="target", every=ONCE, shift=shift, force=force)
    refs = (make.dummy(**({**STILL, "massLevel": weight} | attributes)),)
    battle = squad(make, ("Fang", {"effects": (effect,), "range": ((0, 0), (0, 1), (0, 2), (0, 3))}), refs=refs)
    battle.step(9)
    foe = battle._field.foe[0]
    foe.row, foe.col, foe.tile = 1.0, col, battle.stage.width + round(col)
    deploy(battle, 0, 1, 3, direction)
    return battle


def way_of(battle):
    """How far the enemy is shifted along the lane, and for how many ticks."""
    foe = battle._field.foe[0]
    before = float(foe.col)
    until(battle, lambda: foe.shifted_until > 0, 10.0) if not foe.shifted_until else None
    ticks = int(foe.shifted_until) - battle._field.battle[0].clock + 1
    battle.step(int(ticks) + 3)
    return float(foe.col) - before, ticks


@pytest.mark.parametrize(
    ("force", "weight", "tiles", "ticks"),
    [(0, 0, 1.7, 24), (1, 0, 2.14, 27), (2, 0, 2.96, 32), (3, 0, 3.53, 35), (3, 1, 2.96, 32), (0, 1, 0.44, 12),
     (0, 2, 0.12, 6), (9, 0, 3.53, 35)],
)  # fmt: skip
def test_a_push_goes_as_far_and_as_long_as_force_less_weight_says(make, force, weight, tiles, ticks):
    """From 3.99, where she does not block it: from -2 to 3, and never farther than with 3; the lane ends at 7.5."""
    moved, took = way_of(shifted(make, "push", force, 3.8, weight))
    assert moved == pytest.approx(tiles, abs=0.02)
    assert took == ticks


def test_too_heavy_an_enemy_does_not_move(make):
    """FrostNova's weight of 5 against a force of 2."""
    battle = shifted(make, "push", 2, 4.0, 5)
    battle.step(90)
    assert battle._field.foe[0].col == 4.0
    assert battle._field.foe[0].shifted_until == 0


def test_a_push_at_her_feet_goes_away_from_her_and_is_weaker_by_two(make):
    """A force of 3 counts as 1 where the enemy stands nearer than a quarter of a tile, or beside her direction."""
    moved, _ = way_of(shifted(make, "push", 3, 3.1))
    assert moved == pytest.approx(2.14, abs=0.02)


def test_a_pull_ends_in_front_of_the_one_who_pulls(make):
    """Within the distance at which she blocks; a pull that is too weak by one moves it 0.35 tile."""
    battle = shifted(make, "pull", 1, 6.0)
    way_of(battle)
    assert battle._field.foe[0].col == pytest.approx(3.6)
    battle.step(3)
    assert battle._field.foe[0].blocker == 0
    assert way_of(shifted(make, "pull", 0, 6.0, weight=1))[0] == pytest.approx(-0.35)


def test_what_is_shifted_neither_walks_nor_strikes_and_then_goes_on_to_its_exit(make):
    """Pushed back with its face to the exit, a walker comes again, and leaks if nothing stops it."""
    battle = shifted(make, "away", 2, 3.8, direction=0, moveSpeed=1.0, atk=100.0)
    foe = battle._field.foe[0]
    until(battle, lambda: foe.shifted_until > 0)
    health = float(battle._field.unit[0].health)
    battle.step(20)
    assert foe.blocker == -1
    assert battle._field.unit[0].health == health
    until(battle, lambda: foe.leaked, 60.0)


def test_walls_stop_the_shifted_and_pits_swallow_them(make):
    """The end of the lane is a wall to walkers; over a pit they fall and count as killed."""
    battle = shifted(make, "away", 3, 5.5)
    way_of(battle)
    assert battle._field.foe[0].col < 7.5
    battle = shifted(make, "away", 3, 3.8)
    pits = battle.world.pits.copy()
    pits[battle.stage.width + 5] = True
    battle.world = battle.world._replace(pits=pits)
    until(battle, battle.gone, 10.0)
    assert not battle._field.foe[0].leaked


def test_a_lighter_enemy_flies_farther(make):
    """Angelina's third skill takes a level of weight from all enemies."""
    lift = Effect(who="enemies", add={"weight": -1.0})
    push = Effect(when="attack", who="target", every=ONCE, shift="push", force=0)
    battle = shifted(make, "push", 0, 3.8, 1)
    one = msgspec.structs.replace(battle.squad[0], effects=(push, lift))
    again = type(battle)(battle.stage, (one,))
    again.step(9)
    foe = again._field.foe[0]
    foe.row, foe.col, foe.tile = 1.0, 3.8, again.stage.width + 4
    deploy(again, 0, 1, 3)
    assert way_of(again)[0] == pytest.approx(1.7, abs=0.02)
