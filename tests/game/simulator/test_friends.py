"""Operators that a level puts on the field fight along; no card plays them, and they take no orders."""

from __future__ import annotations

import dataclasses

import msgspec
import numpy as np
import pytest
from befriended import ANSEL, FANG, KROOS, activate, befriended, friend, withdraw
from levels import CATALOGUE
from worlds import IMMORTAL, deploy, health, own_health, until

from game.actions import RETREAT, SKILL, Action
from game.characters.builds import squad_of
from game.simulator import options
from game.simulator.battle import Battle
from game.simulator.legality import places_of
from game.simulator.tables import units_of
from game.view import UNKNOWN

FRIEND = 1
"""The slot of the first friend beside a squad of one."""


def battle_with(make, *friends, squad=("Melantha",), actions=(), enemy=None, **level):
    """A battle of a squad on the lane with friends, against one slug that outlives the test."""
    refs = (make.dummy(**(enemy or IMMORTAL)),)
    stage = make.stage(befriended(make, *friends, actions=actions, refs=refs, **level))
    return Battle(stage, squad_of(squad, CATALOGUE))


def standing(battle):
    """The slots and tiles of all on the field."""
    return [(one.slot, one.row, one.col) for one in battle.operators_on_field()]


def play_until_mended(battle, slot):
    """Play until the health of an operator that was hurt rises."""
    until(battle, lambda: own_health(battle, slot) < battle.units[slot].max_health)
    before = own_health(battle, slot)
    while own_health(battle, slot) <= before:
        assert battle.seconds < 30, "it is never healed"
        before = own_health(battle, slot)
        battle.step(1)


def test_a_friend_stands_there_from_the_start_and_is_seen(make):
    """Before the first tick, on its tile, with full health; it has no slot of the squad and no card."""
    battle = battle_with(make, friend(KROOS, (0, 3), "DOWN"))
    (kroos,) = battle.view().operators
    assert (kroos.slot, kroos.row, kroos.col, kroos.direction, kroos.health) == (UNKNOWN, 0, 3, 1, 1.0)
    assert [card.slot for card in battle.view().cards] == [0]
    assert len(battle.card_cooldowns()) == 1
    assert [one.name for one in battle.units] == ["Melantha", "Kroos"]


def test_a_friend_shoots_with_the_numbers_of_its_build(make):
    """Kroos at elite 0, level 40: attack 258 against defense 58 is 200 a shot, once a second."""
    still = {**IMMORTAL, "moveSpeed": 0.0, "def": 58}
    battle = battle_with(make, friend(KROOS, (0, 0), level=40, skill=-1), enemy=still)
    battle.step(options.DEPLOYMENT + 30 * 10 - 1)
    assert 1e9 - health(battle) == pytest.approx(200 * 10, abs=200)


def test_a_friend_blocks_and_is_hurt_and_healed(make):
    """The slug is held by Fang, hurts him, and the squad's Ansel heals him."""
    battle = battle_with(make, friend(FANG, (1, 3), "LEFT"), squad=("Ansel",), enemy={**IMMORTAL, "atk": 300})
    deploy(battle, 0, 0, 2)
    play_until_mended(battle, FRIEND)
    assert battle.enemies_on_field()[0].blocked


def test_a_friend_heals_the_squad(make):
    """Ansel of the level mends what the slug does to Melantha."""
    battle = battle_with(make, friend(ANSEL, (0, 2)), enemy={**IMMORTAL, "atk": 300})
    deploy(battle, 0, 1, 3)
    play_until_mended(battle, 0)


def test_friends_take_no_place_of_the_squad(make):
    """The level 6-17 has three friends and a limit of 0: they do not count."""
    battle = battle_with(make, friend(KROOS, (0, 3)), friend(FANG, (1, 5)), characterLimit=1)
    assert battle.view().slots_left == 1
    deploy(battle, 0, 1, 3)
    assert battle.view().slots_left == 0


def test_friends_take_no_orders(make):
    """They are not retreated and their skills are not triggered; their tile is taken as long as they stand."""
    battle = battle_with(make, friend(FANG, (1, 3), phase="PHASE_1", level=55))
    before = battle.dp, standing(battle)
    assert not battle.act(Action(RETREAT, FRIEND))
    assert not battle.act(Action(SKILL, FRIEND))
    assert (battle.dp, standing(battle)) == before
    mask = battle.legal_actions()
    tiles = places_of(battle.stage, battle.squad).stands.shape[1]
    there = mask[1 : 1 + tiles * 4].reshape(tiles, 4)
    assert not there[1 * 8 + 3].any()
    assert there[1 * 8 + 4].all()
    assert mask.sum() == 1 + 4 * np.flatnonzero(there[:, 0]).size, "only deployments, and waiting"


def test_a_fallen_friend_frees_its_tile_and_does_not_come_back(make):
    """No card comes into the hand, and none cools down."""
    battle = battle_with(make, friend(FANG, (1, 3)), enemy={**IMMORTAL, "atk": 1e6})
    until(battle, lambda: not battle.operators_on_field())
    assert [card.slot for card in battle.view().cards] == [0]
    deploy(battle, 0, 1, 3)


def test_a_friend_comes_and_goes_when_the_waves_say_so(make):
    """Hidden until 2 s, gone after 5 s; the moments are those of the queue of actions."""
    actions = (activate(KROOS, 2.0), withdraw(KROOS, 5.0))
    battle = battle_with(make, friend(KROOS, (0, 3), hidden=True), actions=actions)
    assert not battle.operators_on_field()
    assert until(battle, battle.operators_on_field) == pytest.approx(2.0, abs=0.2)
    assert until(battle, lambda: not battle.operators_on_field()) == pytest.approx(5.0, abs=0.2)


def test_a_friend_stays_away_where_an_operator_stands(make):
    """And what stood there stays."""
    battle = battle_with(make, friend(FANG, (1, 3), hidden=True), actions=(activate(FANG, 2.0),))
    deploy(battle, 0, 1, 3)
    battle.step(120)
    assert standing(battle) == [(0, 1, 3)]


@pytest.mark.parametrize("triggers", [True, False])
def test_a_friend_triggers_its_skill_by_itself(make, monkeypatch, triggers):
    """A skill that a player would trigger begins when it is full; the option leaves it unused."""
    monkeypatch.setattr(options, "FRIENDS_TRIGGER_SKILLS", triggers)
    stage = make.stage(befriended(make, friend(FANG, (1, 3)), refs=(make.dummy(**IMMORTAL, moveSpeed=0.0),)))
    fang = stage.friends[0].operator
    by_hand = msgspec.structs.replace(fang.skill, gain="second", by_hand=True, cost=3, initial=0, duration=9.0)
    ready = stage.friends[0]._replace(operator=msgspec.structs.replace(fang, skill=by_hand))
    battle = Battle(dataclasses.replace(stage, friends=(ready,)), squad_of(["Melantha"], CATALOGUE))
    battle.step(100)
    assert battle.operators_on_field()[0].skill_active is triggers
    assert not battle.operators_on_field()[0].skill_ready


def test_two_of_one_name_fight_side_by_side(make):
    """A squad may bring the operator that the level has."""
    battle = battle_with(make, friend(FANG, (1, 3)), squad=("Fang",))
    deploy(battle, 0, 1, 5)
    assert standing(battle) == [(0, 1, 5), (FRIEND, 1, 3)]
    assert [one.takes_slot for one in units_of(battle.stage, battle.squad)] == [True, False]
