"""Enemies that reach several operators, or hold one from afar; and heated paths, which break out for all at once."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import msgspec
import pytest
from levels import CATALOGUE, place
from worlds import IMMORTAL, deploy, own_health, until

from game.actions import LEFT
from game.characters.builds import squad_of
from game.characters.effects import ONCE, Effect
from game.levels.stage import stage_of
from game.simulator.battle import Battle

HALL = ("########", "S......E", "........", "........", "########")
STILL = {**IMMORTAL, "moveSpeed": 0.0}
NAMES = ("Fang", "Beagle", "Melantha", "Popukar", "Cardigan")


def hall(make, *posts, enemy, names=NAMES, attributes=STILL, data=None, **fields):
    """A battle in a hall against one enemy at its left side; operators do nothing and stand on `posts`."""
    ends = {"startPosition": place(len(HALL), (1, 0)), "endPosition": place(len(HALL), (1, 7))}
    route = {"motionMode": "WALK", **ends, "checkpoints": [], "allowDiagonalMove": False}
    level = make.level([make.spawn()], picture=HALL, routes=(route,), refs=(make.dummy(**attributes),))
    stage = stage_of({**level, **(data or {})}, "hall", CATALOGUE)
    stage = dataclasses.replace(stage, enemies=(msgspec.structs.replace(stage.enemies[0], **enemy),))
    idle = {
        "holds_fire": True,
        "max_health": 1e5,
        "defense": 0.0,
        "resistance": 0.0,
        "effects": (),
        "cost": 1,
        **fields,
    }
    battle = Battle(stage, tuple(msgspec.structs.replace(one, **idle) for one in squad_of(names, CATALOGUE)))
    for slot, (row, col) in enumerate(posts):
        deploy(battle, slot, row, col, LEFT)
    return battle


def lost(battle, slot):
    """How much health an operator has lost."""
    return 1e5 - own_health(battle, slot)


CHAIN = {
    "attack": 400.0, "attack_interval": 100.0, "range": 2.2, "damage": "arts", "leaps": 1.6, "leap_targets": 4,
    "leap_strength": 0.85,
}  # fmt: skip


def test_an_attack_leaps_from_operator_to_operator_and_fades(make):
    """enemy_1225_dkmage: four operators, each within 1.6 tiles of the one before, 0.85 times as hard each time, and its
    elemental injury as well; a fifth one is not reached.
    """
    necrosis = Effect(when="attack", who="target", injury=0.3, element="necrosis")
    posts = [(1, 2), (1, 3), (1, 4), (1, 5), (1, 6)]
    battle = hall(make, *posts, enemy={**CHAIN, "effects": (necrosis,)})
    until(battle, lambda: lost(battle, 0) > 0.0)
    assert [lost(battle, slot) for slot in range(5)] == pytest.approx([400.0, 340.0, 289.0, 245.65, 0.0])
    assert battle._field.unit["necrosis"][:5].tolist() == pytest.approx([120.0, 102.0, 86.7, 73.695, 0.0])


def test_an_attack_does_not_leap_over_a_gap(make):
    """1.6 tiles are not two; and an enemy without other effects leaps as well."""
    battle = hall(make, (1, 2), (1, 4), enemy=CHAIN)
    until(battle, lambda: lost(battle, 0) > 0.0)
    assert lost(battle, 1) == 0.0
    near = hall(make, (1, 2), (2, 3), enemy=CHAIN)
    until(near, lambda: lost(near, 0) > 0.0)
    assert lost(near, 1) == pytest.approx(340.0)


FETTER = (
    Effect(
        when="interval", every=ONCE, ready_after=0.1, waits=True, who="enemies", melee=True, radius=3.0, state="awake",
        most=1, stun=1.1, link=20.0,
    ),
    Effect(when="interval", every=1.0, who="linked", stun=1.1, damage=0.35, kind="arts"),
)  # fmt: skip


def test_a_sarkaz_caster_fetters_one_operator_on_the_ground(make):
    """Public table: 20 s, 35 % of the attack, radius 3. PRTS wiki on it: arts damage at that rate and a stun each
    second, once; it stands still meanwhile and does not attack.
    """
    walking = {**IMMORTAL, "moveSpeed": 1.0}
    enemy = {"attack": 500.0, "attack_interval": 1.0, "range": 2.5, "damage": "arts", "effects": FETTER}
    battle = hall(make, (3, 2), enemy=enemy, attributes=walking)
    start = until(battle, lambda: battle._field.foe[0].link == 0)
    place_then = battle._field.foe[0].col
    until(battle, lambda: battle._field.foe[0].link < 0)
    assert battle.seconds - start == pytest.approx(20.0, abs=0.1)
    assert battle._field.foe[0].col == pytest.approx(place_then, abs=0.05)
    assert lost(battle, 0) == pytest.approx(20 * 0.35 * 500.0, rel=0.06)
    assert battle._field.unit[0].stunned_until <= battle.seconds * 30 + 1.2 * 30
    before = lost(battle, 0)
    battle.step(30 * 10)
    assert battle._field.foe[0].link < 0
    assert lost(battle, 0) - before < 10 * 500.0 + 1.0


def test_a_fetter_ends_with_the_stun_of_its_caster_and_with_the_operator(make):
    """Then the caster goes on, and the operator is free a second later."""
    enemy = {"attack": 0.0, "attack_interval": 1.0, "range": 0.0, "effects": FETTER}
    battle = hall(make, (3, 2), enemy=enemy)
    until(battle, lambda: battle._field.foe[0].link == 0)
    battle._field.foe[0].stunned_until = battle._field.battle[0].clock + 10
    battle.step(2)
    assert battle._field.foe[0].link < 0
    battle.step(36)
    assert battle._field.unit[0].stunned_until <= battle._field.battle[0].clock


def test_a_drone_charges_the_artillery_with_its_attacks(make):
    """enemy_1227_dair: one SP an attack. With ten attacks the shell comes ten seconds sooner than after 120."""
    gun = {
        "position": place(len(HALL), (4, 0)), "direction": "UP", "hidden": False, "skillIndex": 0, "mainSkillLvl": 1,
        "inst": {"characterKey": "trap_058_gunctrl", "level": 1},
    }  # fmt: skip
    charging = Effect(when="attack", charge=1.0)
    enemy = {"attack": 0.001, "attack_interval": 10.0, "range": 3.0, "effects": (charging,)}
    battle = hall(make, (1, 2), enemy=enemy, data={"predefines": {"tokenInsts": [gun]}})
    shell = until(battle, lambda: lost(battle, 0) > 2000.0, seconds=130.0)
    attacks = int(battle._field.foe[0].attacks)
    assert attacks >= 10
    assert shell == pytest.approx(120.0 - attacks, abs=0.2)


def test_reborn_creations_do_necrosis_beside_a_supply_cart(make):
    """enemy_1224_dsuply: a tenth of the attack more, and a tenth of it as injury."""
    cart = Effect(who="allies", groups=("reborn creation",), scale={"attack": 0.1}, add={"necrosis": 0.1})
    enemy = {
        "attack": 100.0,
        "attack_interval": 1.0,
        "range": 3.0,
        "groups": ("reborn creation",),
        "effects": (cart,),
    }
    battle = hall(make, (1, 2), enemy=enemy)
    until(battle, lambda: lost(battle, 0) > 0.0)
    before, injury = lost(battle, 0), float(battle._field.unit[0].necrosis)
    until(battle, lambda: lost(battle, 0) > before)
    assert lost(battle, 0) - before == pytest.approx(110.0)
    assert battle._field.unit[0].necrosis - injury == pytest.approx(11.0)


def heated(make, *, gain="second", attributes=STILL, flying=False):
    """A battle whose enemy and first operator stand on heated paths."""
    ends = {"startPosition": place(len(HALL), (2, 1)), "endPosition": place(len(HALL), (1, 7))}
    route = {"motionMode": "FLY" if flying else "WALK", **ends, "checkpoints": [], "allowDiagonalMove": False}
    level = make.level([make.spawn()], picture=HALL, routes=(route,), refs=(make.dummy(**attributes),))
    tiles, grid = level["mapData"]["tiles"], level["mapData"]["map"]
    board = [{"key": key, "value": value} for key, value in {"damage": 700.0, "cd_min": 13.0, "cd_max": 19.0}.items()]
    tiles.append({**tiles[grid[2][1]], "tileKey": "tile_volcano", "blackboard": board})
    grid[2] = [len(tiles) - 1] * 8
    stage = stage_of(level, "heated", CATALOGUE)
    assert stage.unknown == ()
    (fang,) = squad_of(("Fang",), CATALOGUE)
    skill = msgspec.structs.replace(fang.skill, gain=gain, initial=0, cost=50)
    idle = {"holds_fire": True, "max_health": 1e5, "effects": (), "skill": skill, "block": 0}
    return Battle(stage, (msgspec.structs.replace(fang, **idle),))


def test_heated_paths_break_out_for_all_at_once(make):
    """Levels' numbers (4-9): 700 true damage, each time 13 to 19 s after the time before, to both sides."""
    battle = heated(make)
    battle.step(60)
    deploy(battle, 0, 2, 5)
    times = []
    while len(times) < 5:
        before = lost(battle, 0), float(battle._field.foe[0].health)
        battle.step(1)
        if lost(battle, 0) > before[0]:
            assert lost(battle, 0) - before[0] == pytest.approx(700.0)
            assert before[1] - battle._field.foe[0].health == pytest.approx(700.0)
            times.append(battle.seconds)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert all(12.9 <= gap <= 19.1 for gap in gaps)
    assert len({round(gap, 2) for gap in gaps}) > 1


def test_a_heated_path_is_a_hit_and_spares_fliers(make):
    """A wiki on lava: it charges skills that gain SP by hits. Client notes: the damage does not ignore SP."""
    battle = heated(make, gain="hit", flying=True)
    deploy(battle, 0, 2, 5)
    until(battle, lambda: lost(battle, 0) > 0.0)
    assert int(battle._field.unit[0].sp) == 30
    assert battle._field.foe[0].health == IMMORTAL["maxHp"]


def gun_and(make, *effects):
    """The artillery in its corner, an operator that nothing else hurts, and an enemy with these effects."""
    gun = {
        "position": place(len(HALL), (4, 0)), "direction": "UP", "hidden": False, "skillIndex": 0, "mainSkillLvl": 1,
        "inst": {"characterKey": "trap_058_gunctrl", "level": 1},
    }  # fmt: skip
    walking = {**IMMORTAL, "moveSpeed": 0.01}
    enemy = {"attack": 0.0, "effects": effects}
    return hall(make, (3, 5), enemy=enemy, attributes=walking, data={"predefines": {"tokenInsts": [gun]}})


ENGINEER = (
    Effect(when="interval", every=1.0, who="linked", charge=1.0),
    Effect(when="interval", every=99999.0, ready_after=5.0, waits=True, link=20.0),
    Effect(when="link broken", charge=-15.0),
)


def test_an_engineer_charges_the_artillery_for_twenty_seconds(make):
    """enemy_1223_dmech: from 5 s on, one SP a second for 20 s, once; so the shell comes at 100 s. It does not walk."""
    battle = gun_and(make, *ENGINEER)
    battle.step(30 * 6)
    col = battle._field.foe[0].col
    battle.step(30 * 18)
    assert battle._field.foe[0].col == col
    assert until(battle, lambda: lost(battle, 0) > 0.0, seconds=130.0) == pytest.approx(100.0, abs=0.2)


def test_an_interrupted_engineer_costs_the_artillery_fifteen_seconds(make):
    """Client notes: stun, silence or death take 15 SP. After twelve of them: 120 - 12 + 15."""
    battle = gun_and(make, *ENGINEER)
    until(battle, lambda: battle._field.foe[0].link >= 0)
    battle.step(30 * 12 + 5)
    battle._field.foe[0].stunned_until = battle._field.battle[0].clock + 10
    assert until(battle, lambda: lost(battle, 0) > 0.0, seconds=150.0) == pytest.approx(123.0, abs=0.2)
