"""Devices that a level puts on the field act on both sides, each in its way; those with a skill wait for the player."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from levels import CATALOGUE, place
from worlds import IMMORTAL, deploy, health, own_health, until

from game.actions import DEPLOY, RETREAT, RIGHT, SKILL, UP, Action
from game.characters.builds import squad_of
from game.characters.effects import Effect
from game.simulator.battle import Battle

HALL = ("########", "S......E", "........", "........", "########")
DEVICE = 2
"""The slot of the first device beside a squad of two."""
STILL = {**IMMORTAL, "moveSpeed": 0.0}


def device(id_, tile, direction="RIGHT", *, level=1, skill_level=1, skill=0, **more):
    """A device of the level on a tile of the hall, as the format writes it."""
    inst = {"characterKey": id_, "level": level}
    where = {"position": place(len(HALL), tile), "direction": direction, "hidden": False}
    return {**where, "inst": inst, "skillIndex": skill, "mainSkillLvl": skill_level, **more}


def hall(make, *devices, cards=(), enemy=None, changes=None, motion="WALK", count=1, **level):
    """A battle of two operators who do not attack in a hall with these devices; slugs come at its left side."""
    ends = {"startPosition": place(len(HALL), (1, 0)), "endPosition": place(len(HALL), (1, 7))}
    route = {"motionMode": motion, **ends, "checkpoints": [], "allowDiagonalMove": False}
    refs = (make.dummy(**(enemy or STILL)),)
    data = make.level([make.spawn() for _ in range(count)], picture=HALL, routes=(route,), refs=refs, **level)
    data["predefines"] = {"tokenInsts": list(devices), "tokenCards": list(cards)}
    fields = {"holds_fire": True, "defense": 100.0, "resistance": 50.0, "max_health": 10000.0, "effects": ()}
    squad = squad_of(("Fang", "Beagle"), CATALOGUE)
    stage = make.stage(data)
    assert stage.unknown == ()
    return Battle(stage, tuple(msgspec.structs.replace(one, **{**fields, **(changes or {})}) for one in squad))


def lost(battle, slot):
    """How much health an operator has lost."""
    return 10000.0 - own_health(battle, slot)


def at(battle, seconds):
    """Play until a time of the battle."""
    battle.step(round(seconds * 30) - round(battle.seconds * 30))
    return battle


def test_a_turret_strikes_the_first_operator_ahead_every_five_seconds(make):
    """arknights.wiki.gg, "Turret": ATK 600 in 5-9, where its level is 6; physical, 5 SP from 0, only the first hit."""
    battle = hall(make, device("trap_007_ballis", (2, 0), level=6))
    deploy(battle, 0, 2, 5)
    deploy(battle, 1, 2, 3)
    at(battle, 4.9)
    assert lost(battle, 1) == 0.0
    at(battle, 5.1)
    assert lost(battle, 1) == pytest.approx(500.0)
    at(battle, 10.1)
    assert lost(battle, 1) == pytest.approx(1000.0)
    assert lost(battle, 0) == 0.0


def test_a_turret_passes_by_who_hides_and_who_stands_aside(make):
    """The same page: unless they are camouflaged. It shoots in its own direction alone."""
    battle = hall(
        make,
        device("trap_007_ballis", (2, 4), "LEFT", level=6),
        changes={"effects": (Effect(add={"camouflage": 1.0}),)},
    )
    deploy(battle, 0, 2, 2)
    deploy(battle, 1, 3, 3)
    at(battle, 10.1)
    assert lost(battle, 0) == lost(battle, 1) == 0.0


def test_a_shield_guard_holds_three_and_strikes_one_of_them(make):
    """Public tables: block 3, attack 700 every 4 s, 1000 defense; enemies at a distance prefer it (taunt 1)."""
    walker = {**IMMORTAL, "moveSpeed": 2.0, "def": 200.0, "atk": 1500.0}
    battle = hall(make, device("trap_024_npcsld", (1, 4)), enemy=walker)
    until(battle, lambda: battle.enemies_on_field() and battle.enemies_on_field()[0].blocked)
    first = until(battle, lambda: health(battle) < IMMORTAL["maxHp"])
    assert IMMORTAL["maxHp"] - health(battle) == pytest.approx(500.0)
    second = until(battle, lambda: IMMORTAL["maxHp"] - health(battle) > 600.0)
    assert second - first == pytest.approx(4.0, abs=0.05)
    guard = battle._field.unit[DEVICE]
    assert guard.block_taken == 1
    crowd = hall(make, device("trap_024_npcsld", (1, 4)), enemy=walker, count=4)
    until(crowd, lambda: crowd._field.unit[DEVICE].block_taken == 3 and crowd.enemies_on_field()[-1].col > 5.0)
    assert 20000.0 - guard.health == pytest.approx(500.0 * round((20000.0 - guard.health) / 500.0))
    assert guard.health < 20000.0
    assert (battle.units[DEVICE].block, battle.units[DEVICE].unhealable) == (3, True)


def test_a_crystal_chills_the_operators_within_two_tiles(make):
    """Public table: sktok_frosts, 15 SP, cold for 10 s, range x-1, which is two tiles in the four directions."""
    battle = hall(make, device("trap_010_frosts", (2, 3)))
    deploy(battle, 0, 2, 5)
    deploy(battle, 1, 3, 5)
    at(battle, 15.1)
    assert battle._field.unit[0].cold_until == 25 * 30
    assert battle._field.unit[1].cold_until == 0


def test_an_altar_hurts_both_sides(make):
    """arknights.wiki.gg, "Originium Altar": 500 true damage to all within its range, every 7 SP from 0."""
    battle = hall(make, device("trap_011_ore", (1, 2)))
    deploy(battle, 0, 2, 3)
    deploy(battle, 1, 3, 4)
    at(battle, 7.1)
    assert lost(battle, 0) == pytest.approx(500.0)
    assert lost(battle, 1) == 0.0
    assert IMMORTAL["maxHp"] - health(battle) == pytest.approx(500.0)


def test_a_device_without_its_skill_does_nothing(make):
    """A `skillIndex` of -1 means that it has none."""
    battle = hall(make, device("trap_011_ore", (1, 2), skill=-1))
    deploy(battle, 0, 2, 3)
    at(battle, 15)
    assert lost(battle, 0) == 0.0


@pytest.mark.parametrize(("skill_level", "first"), [(1, 120.0), (2, 50.0), (3, 60.0)])
def test_the_artillery_shells_who_blocks_most_and_all_around(make, skill_level, first):
    """Public table: sktok_gunctrl, 120 or 90 SP, 0, 40 or 60 of them at the start. Client notes: attack 3000, true
    damage to both sides in range x-2 around the operator with the highest block.
    """
    battle = hall(make, device("trap_058_gunctrl", (4, 0), "UP", skill_level=skill_level), changes={"block": 1})
    battle.world.stance["block"][:, 1] = 3
    deploy(battle, 0, 2, 4)
    deploy(battle, 1, 2, 6)
    at(battle, first - 0.1)
    assert lost(battle, 0) == lost(battle, 1) == 0.0
    at(battle, first + 0.1)
    assert lost(battle, 0) == lost(battle, 1) == pytest.approx(3000.0)


def test_the_artillery_reaches_no_farther_than_its_range(make):
    """Range x-2 has 21 tiles: two away in both directions is not one of them."""
    battle = hall(make, device("trap_058_gunctrl", (4, 0), "UP"), changes={"block": 1})
    battle.world.stance["block"][:, 1] = 3
    deploy(battle, 0, 3, 2)
    deploy(battle, 1, 1, 4)
    at(battle, 120.1)
    assert (lost(battle, 0), lost(battle, 1)) == (0.0, pytest.approx(3000.0))


def test_the_player_triggers_a_stun_generator_once(make):
    """Public table: sktok_emp, 5 SP, 10 DP, 7 s of stun, range x-4; attack 1000 at level 10. Client notes: arts damage,
    only to those on the ground, and it is gone 1.5 s later.
    """
    battle = hall(
        make,
        device("trap_002_emp", (1, 1), level=10),
        initialCost=12,
        costIncreaseTime=99999,
        enemy={**STILL, "magicResistance": 20.0},
    )
    assert not battle.act(Action(SKILL, DEVICE))
    at(battle, 5.1)
    assert not battle.act(Action(RETREAT, DEVICE))
    assert battle.act(Action(SKILL, DEVICE))
    assert battle.dp == 2
    battle.step(1)
    assert IMMORTAL["maxHp"] - health(battle) == pytest.approx(800.0)
    assert battle._field.foe[0].stunned_until == pytest.approx(battle.seconds * 30 + 7 * 30, abs=1.0)
    at(battle, 6.5)
    assert [one.slot for one in battle.operators_on_field()] == [DEVICE]
    at(battle, 6.8)
    assert not battle.operators_on_field()
    assert not battle.act(Action(SKILL, DEVICE))


def test_a_stun_generator_needs_its_dp_and_spares_fliers(make):
    """Without 10 DP it cannot be used; who flies is not struck."""
    poor = hall(make, device("trap_002_emp", (1, 1), level=10), initialCost=9, costIncreaseTime=99999)
    assert not at(poor, 6.0).act(Action(SKILL, DEVICE))
    battle = hall(make, device("trap_002_emp", (1, 1), level=10), motion="FLY")
    assert at(battle, 6.0).act(Action(SKILL, DEVICE))
    battle.step(1)
    assert health(battle) == IMMORTAL["maxHp"]


def test_a_detector_shows_who_hides_for_twenty_seconds(make):
    """Public table: sktok_sensor, 15 SP, 20 s, range x-3."""
    battle = hall(make, device("trap_005_sensor", (2, 1), level=60))
    assert not battle.act(Action(SKILL, DEVICE))
    at(battle, 15.1)
    assert battle.act(Action(SKILL, DEVICE))
    revealed = lambda: battle._field.modifier[len(battle.units), 27, 1] > 0.0  # noqa: E731
    start = until(battle, revealed)
    end = until(battle, lambda: not revealed())
    assert end - start == pytest.approx(20.0, abs=0.2)


def test_a_jammer_disarms_and_slows_drones_and_draws_fire(make):
    """Public table: sktok_antidr, half the speed, no attacks; taunt 1, 40 DP, 1000 health at level 10."""
    card = {"inst": {"characterKey": "trap_006_antidr", "level": 10}, "initialCnt": 1}
    shooter = {**IMMORTAL, "moveSpeed": 0.6, "atk": 300.0}
    battle = hall(make, cards=(card,), motion="FLY", enemy=shooter, initialCost=99)
    assert [(one.slot, one.cost) for one in battle.view().cards if one.slot == DEVICE] == [(DEVICE, 40)]
    assert battle.act(Action(DEPLOY, DEVICE, 2 * 8 + 2, RIGHT))
    assert own_health(battle, DEVICE) == pytest.approx(1000.0)
    at(battle, 1.0)
    col = battle._field.foe[0].col
    at(battle, 3.0)
    assert battle._field.foe[0].col - col == pytest.approx(0.6 * 0.5 * 0.5 * 2.0, abs=0.02)
    assert int(battle.world.stance[0, DEVICE].taunt) == 1
    assert bool(battle.world.deployable[DEVICE].aimed_at)


def test_what_is_for_operators_is_not_for_devices(make):
    """A crystal chills no other device."""
    battle = hall(make, device("trap_010_frosts", (2, 3)), device("trap_007_ballis", (2, 4), "UP", level=6))
    deploy(battle, 0, 3, 7, UP)
    at(battle, 20)
    assert not np.any(battle._field.unit["cold_until"])


def test_a_hidden_device_comes_when_the_waves_say_so(make):
    """By its alias, as operators of the level do."""
    later = device("trap_007_ballis", (2, 0), level=6, hidden=True, alias="gun#1")
    ends = {"startPosition": place(len(HALL), (1, 0)), "endPosition": place(len(HALL), (1, 7))}
    route = {"motionMode": "WALK", **ends, "checkpoints": [], "allowDiagonalMove": False}
    call = {"actionType": "ACTIVATE_PREDEFINED", "key": "gun#1", "preDelay": 3.0}
    data = make.level([make.spawn(), call], picture=HALL, routes=(route,), refs=(make.dummy(**STILL),))
    data["predefines"] = {"tokenInsts": [later]}
    battle = Battle(make.stage(data), squad_of(("Fang",), CATALOGUE))
    assert at(battle, 2.9).operators_on_field() == ()
    (turret,) = at(battle, 3.2).operators_on_field()
    assert (turret.row, turret.col) == (2, 0)


def test_allerdales_guard_shields_who_stands_ahead_and_those_around(make):
    """Public tables: 3 DP, the next copy 40 s later, a range of one tile ahead; 1000 points for 10 s."""
    guard = {"initialCnt": 3, "inst": {"characterKey": "trap_087_allady", "level": 1}, "skillIndex": 0}
    battle = hall(make, cards=[{**guard, "mainSkillLvl": 1}])
    deploy(battle, 0, 2, 4)
    deploy(battle, 1, 2, 6)
    battle.records.battle[0]["dp"] = 99
    assert [(card.cost, card.copies) for card in battle.view().cards if card.copies] == [(3, 3)]
    deploy(battle, DEVICE, 2, 3, RIGHT)
    battle.step(1)
    assert [float(battle._field.unit[slot].shield) for slot in (0, 1)] == [1000.0, 0.0]
    battle.step(60)
    assert battle._field.unit[DEVICE].tile < 0
    assert not battle.act(Action(DEPLOY, DEVICE, 2 * battle.stage.width + 3, UP))
    battle.step(9 * 30)
    assert battle._field.unit[0].shield == 0.0
