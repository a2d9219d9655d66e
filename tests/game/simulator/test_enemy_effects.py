"""What enemies' abilities do: conditions, counts, second forms, and tiles that change the unit on them."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import msgspec
import pytest
from duels import STILL, blows, duel, squad
from levels import CATALOGUE
from worlds import IMMORTAL, battle_of, deploy, health, own_health, until

from game.actions import LEFT
from game.characters.builds import squad_of
from game.characters.effects import ONCE, Effect
from game.levels.stage import stage_of
from game.simulator.battle import Battle

SHOOTER = {"attack": 100.0, "attack_interval": 2.0, "range": 5.0}
TARGET = {"max_health": 1e5, "defense": 0.0, "attack": 0.0, "skill": None}


STOLID = {key: value for key, value in TARGET.items() if key != "skill"}


def shooting(make, *effects, **enemy):
    """A standing enemy that shoots an operator with much health and no armour."""
    return duel(make, enemy={**SHOOTER, "effects": effects, **enemy}, attributes=STILL, **TARGET)


def with_enemies(battle, *changes):
    """The same battle with each of its kinds of enemies changed."""
    enemies = tuple(
        msgspec.structs.replace(one, **change) for one, change in zip(battle.stage.enemies, changes, strict=True)
    )
    return Battle(dataclasses.replace(battle.stage, enemies=enemies), battle.squad)


def test_every_third_attack_is_the_special_one(make):
    """After two attacks the next one: three times as hard, and it stuns for seven seconds."""
    battle = shooting(make, Effect(when="attack", who="target", nth=3, strength=3.0, stun=7.0))
    assert [round(one) for one in blows(battle, 30 * 18, slot=0)][:7] == [100, 100, 300, 100, 100, 300, 100]


def test_an_attack_made_three_times_and_one_that_pierces(make):
    """Three times the damage after defense; and a defense of which 60 % are ignored."""
    assert blows(shooting(make, Effect(when="attack", who="target", times=3.0)), 90, slot=0)[0] == 300
    pierced = duel(
        make, enemy={**SHOOTER, "effects": (Effect(when="attack", who="target", pierce=0.4),)}, attributes=STILL,
        **{**TARGET, "defense": 50.0},
    )  # fmt: skip
    assert blows(pierced, 90, slot=0)[0] == 80


def test_each_hit_wears_off_defense(make):
    """Ten points with each hit, and they add up: what an acid slug's hits do."""
    battle = duel(
        make, enemy={**SHOOTER, "effects": (Effect(when="attack", who="target", wear=10.0),)}, attributes=STILL,
        **{**TARGET, "defense": 50.0},
    )  # fmt: skip
    assert [round(one) for one in blows(battle, 30 * 9, slot=0)][:3] == [50, 60, 70]


def test_an_enemy_heals_itself_by_the_damage_it_deals(make):
    """Of 100 points of damage 150 % come back."""
    battle = shooting(make, Effect(when="attack", heal_dealt=1.5), max_health=1e6)
    battle.step(3)
    battle._field.foe[0].health, before = 1000.0, own_health(battle)
    until(battle, lambda: own_health(battle) < before)
    assert health(battle) == pytest.approx(1150)


def test_what_bleeds_dies_of_it(make):
    """330 true points a second, whatever the armour: 990 last three seconds, and it counts as dead."""
    battle = battle_of(
        make, [make.spawn()], refs=(make.dummy(maxHp=990, **{"def": 5000}, moveSpeed=0.0),),
        enemy={"effects": (Effect(add={"bleed": 330.0}),)},
    )  # fmt: skip
    assert until(battle, battle.gone) == pytest.approx(3.0, abs=0.2)


@pytest.mark.parametrize("by_effect", [False, True])
def test_what_an_enemy_does_once_it_is_hurt(make, by_effect):
    """Twice as fast for three seconds from its first wound on, by an attack or by an effect; only once."""
    rage = Effect(when="hurt", every=ONCE, seconds=3.0, factor={"speed": 2.0})
    burns = (Effect(when="interval", every=2.0, who="enemies", damage_points=1.0),) if by_effect else ()
    own = {"block": 0, "range": tuple((0, n) for n in range(-9, 9)), "skill": None, "holds_fire": by_effect}
    slow = {**IMMORTAL, "moveSpeed": 0.4}
    battle = duel(make, enemy={"effects": (rage,)}, attributes=slow, effects=burns, **own)
    until(battle, lambda: health(battle) not in (0.0, 1e9))
    steps = []
    for _ in range(5):
        col = battle.enemies_on_field()[0].col
        battle.step(30)
        steps.append(battle.enemies_on_field()[0].col - col)
    assert steps == pytest.approx([2 * steps[4]] * 3 + [steps[4]] * 2, rel=0.1)


def test_a_shield_that_holds_only_while_none_blocks_it(make):
    """Half the damage while it walks, all of it once an operator holds it."""
    free = Effect(own_blocked=False, factor={"physical_taken": 0.5})
    battle = duel(make, enemy={"effects": (free,)}, attributes=IMMORTAL, skill=None, attack=200.0)
    found = blows(battle, 30 * 12)
    assert found[0] in (100, 200)
    assert found[-1] == 200
    walking = squad(make, ("Kroos", {"attack": 200.0}), refs=(make.dummy(**STILL),), enemy={"effects": (free,)})
    deploy(walking, 0, 0, 0)
    assert blows(walking, 90)[0] == 100


def test_what_lasts_only_at_first_ends(make):
    """Five seconds after it came the armour is gone."""
    battle = squad(
        make, ("Kroos", {"attack": 200.0, "attack_interval": 1.0}), refs=(make.dummy(**STILL),),
        enemy={"effects": (Effect(until=5.0, add={"defense": 100.0}),)},
    )  # fmt: skip
    deploy(battle, 0, 0, 0)
    found = blows(battle, 30 * 9)
    assert found[0] == 100
    assert found[-1] == 200


def test_a_skill_waits_for_its_target_and_cools_down_after_its_use(make):
    """First after 2 s and then each 5 s, counted from the use; without an operator near it is kept."""
    strike = Effect(
        when="interval", every=5.0, ready_after=2.0, waits=True, who="enemies", radius=9.0, damage_points=40.0
    )
    battle = squad(make, ("Fang", STOLID), refs=(make.dummy(**STILL),), enemy={"effects": (strike,), "attack": 0.0})
    battle.step(30 * 8)
    deploy(battle, 0, 1, 2)
    times = []
    for _ in range(30 * 11):
        before = own_health(battle)
        battle.step(1)
        times += [battle.seconds] if own_health(battle) < before else []
    assert times == pytest.approx([8.1, 13.1, 18.1], abs=0.15)


def test_a_taunting_enemy_is_aimed_at_first(make):
    """Of two in range the one farther from the exit, because of its taunt."""
    routes = (make.lane(start=(1, 0)), make.lane(start=(1, 2)))
    spawns = [make.spawn("enemy_1007_slime_2"), make.spawn(routeIndex=1)]
    refs = (make.dummy(**STILL), make.dummy("enemy_1007_slime_2", **STILL))
    plain = battle_of(make, spawns, names=("Kroos",), changes={"skill": None}, routes=routes, refs=refs)
    battle = with_enemies(plain, {"effects": (Effect(add={"taunt": 1.0}),)}, {})
    deploy(battle, 0, 0, 0)
    until(battle, lambda: 0 < health(battle, 0) < 1e9)
    assert health(battle, 1) == 1e9


def test_commanded_enemies_are_stronger_while_their_herald_lives(make):
    """An effect that asks for company of a group holds while one of that group is on the field."""
    faster = Effect(company=True, groups=("herald",), factor={"speed": 2.0})
    battle = battle_of(
        make, [make.spawn("enemy_1007_slime"), make.spawn("enemy_1007_slime_2", at=4.0)],
        refs=(make.dummy(**IMMORTAL), make.dummy("enemy_1007_slime_2", **STILL)),
    )  # fmt: skip
    battle = with_enemies(battle, {"effects": (faster,)}, {"groups": ("herald",)})
    cols = []
    for _ in range(8):
        battle.step(30)
        cols.append(next(one.col for one in battle.enemies_on_field() if one.number == 0))
    steps = [later - sooner for sooner, later in pairwise(cols)]
    assert steps[0] == pytest.approx(0.5, abs=0.02)
    assert steps[-1] == pytest.approx(1.0, abs=0.02)


def test_an_enemy_that_rises_lies_first_and_is_another_then(make):
    """The first death is none: it lies for three seconds, cannot be hit, and rises with half its health and armour."""
    second = Effect(form=2, add={"defense": 100.0})
    battle = squad(
        make, ("Kroos", {"attack": 200.0, "attack_interval": 1.0}), refs=(make.dummy(maxHp=350, moveSpeed=0.0, atk=0),),
        enemy={"effects": (second,), "rises_after": 3.0, "rises_with": 0.5},
    )  # fmt: skip
    deploy(battle, 0, 0, 0)
    fell = until(battle, lambda: battle._field.foe[0].lying_until > 0)
    assert not battle.gone()
    rose = until(battle, lambda: health(battle) > 0)
    assert rose - fell == pytest.approx(3.0, abs=0.1)
    assert health(battle) == 175
    assert blows(battle, 60)[0] == 100
    until(battle, battle.gone)


def test_so_many_blows_fell_an_enemy_however_hard_they_are(make):
    """Two blows for a health of two; a hit counts one."""
    battle = squad(
        make, ("Kroos", {"attack": 900.0, "attack_interval": 1.0}), refs=(make.dummy(maxHp=2, moveSpeed=0.0),),
        enemy={"effects": (Effect(add={"most_taken": 1.0}),)},
    )  # fmt: skip
    deploy(battle, 0, 0, 0)
    until(battle, lambda: health(battle) == 1)
    until(battle, battle.gone)


def test_an_enemy_weakens_the_operator_with_the_most_attack(make):
    """Of two operators the stronger one loses half its attack, for five seconds."""
    curse = Effect(
        when="interval", every=60.0, ready_after=3.0, waits=True, who="enemies", most=1, by="most attack", seconds=5.0,
        scale={"attack": -0.5},
    )  # fmt: skip
    battle = squad(
        make, ("Fang", {"attack": 200.0}), ("Melantha", {"attack": 600.0}), refs=(make.dummy(**STILL),),
        enemy={"effects": (curse,), "attack": 0.0},
    )  # fmt: skip
    deploy(battle, 0, 1, 3, LEFT)
    battle._field.battle[0].dp = 99
    deploy(battle, 1, 1, 1, LEFT)
    found = blows(battle, 30 * 14)
    assert {round(one) for one in found} == {600, 300}
    assert round(found[-1]) == 600


def test_what_an_enemy_does_to_its_blocker_and_to_those_it_does_not_touch(make):
    """Half as fast while it is held; and twice as hard against the operator that holds it."""
    slowing = Effect(who="held", add={"attack_speed": -50.0})
    close = Effect(when="attack", who="target", blocked=True, strength=2.0)
    battle = duel(
        make, enemy={"attack": 100.0, "effects": (slowing, close)}, attributes=IMMORTAL, max_health=1e5, defense=0.0,
        attack=100.0, attack_interval=1.0, skill=None,
    )  # fmt: skip
    found = [round(one) for one in blows(battle, 30 * 12, slot=0)]
    assert set(found) == {200}
    before = battle._field.unit[0].attacks
    battle.step(300)
    assert battle._field.unit[0].attacks - before == 5


def test_what_holds_until_an_attack_is_made(make):
    """Freed by its second attack: stronger from the third on, and one target more."""
    freed = Effect(from_attack=2, scale={"attack": 0.5}, add={"targets": 1.0})
    bound = Effect(until_attack=2, add={"attack_speed": -50.0})
    battle = shooting(make, freed, bound)
    assert [round(one) for one in blows(battle, 30 * 14, slot=0)][:4] == [100, 100, 150, 150]


def test_an_enemy_leaps_past_its_blocker(make):
    """1.5 tiles ahead in the moment in which an operator holds it, if its skill is ready."""
    blink = Effect(when="interval", every=15.0, ready_after=2.0, waits=True, own_blocked=True, leap=1.5)
    battle = duel(make, enemy={"effects": (blink,)}, attributes=IMMORTAL, attack=0.0, skill=None)
    cols = [0.0]
    while cols[-1] - cols[max(len(cols) - 2, 0)] < 1.0:
        assert battle.seconds < 20.0, "it never leapt"
        battle.step(1)
        cols += [one.col for one in battle.enemies_on_field()]
    assert cols[-2] == pytest.approx(2.3, abs=0.1)
    assert cols[-1] - cols[-2] == pytest.approx(1.5, abs=0.05)
    assert not battle.enemies_on_field()[0].blocked


def ground(make, key, board, squad, row=1, col=1, **enemy):
    """A battle on the lane with one tile of a kind of its own."""
    level = make.level([make.spawn()], refs=(make.dummy(**{**STILL, "atk": 100}),))
    data = level["mapData"]
    tile = dict(data["tiles"][data["map"][row][col]])
    data["tiles"].append(tile | {"tileKey": key, "blackboard": [{"key": k, "value": v} for k, v in board.items()]})
    data["map"][row][col] = len(data["tiles"]) - 1
    stage = stage_of(level, "ground", CATALOGUE)
    assert not stage.unknown
    return with_enemies(Battle(stage, squad), enemy)


def fang(**changes):
    """Fang with much health, who does nothing."""
    return (msgspec.structs.replace(squad_of(("Fang",), CATALOGUE)[0], **{**TARGET, **changes}),)


def test_in_a_bush_not_even_the_enemy_it_blocks_attacks_it(make):
    """A bush hides the operator on it."""
    hidden = ground(make, "tile_grass", {}, fang(), attack_interval=1.0)
    deploy(hidden, 0, 1, 1, LEFT)
    hidden.step(300)
    assert own_health(hidden) == 1e5


def test_active_originium_strengthens_and_burns(make):
    """Half as much attack again and 50 points of attack speed, for 120 true points a second."""
    board = {"damage": 120.0, "duration": 300.0, "atk": 0.5, "attack_speed": 50.0}
    battle = ground(make, "tile_infection", board, fang(attack=200.0, attack_interval=3.0), attack=0.0)
    deploy(battle, 0, 1, 1, LEFT)
    battle.step(60)
    before = own_health(battle)
    battle.step(30)
    assert before - own_health(battle) == pytest.approx(120, abs=1)
    assert blows(battle, 150)[0] == 300


def test_a_medical_rune_heals_by_the_second(make):
    """Six percent of the full health a second."""
    battle = ground(make, "tile_healing", {"HP_RECOVERY_PER_SEC_BY_MAX_HP_RATIO": 0.06}, fang(), attack=0.0)
    deploy(battle, 0, 1, 1, LEFT)
    battle.step(6)
    battle._field.unit[0].health = 1000.0
    battle.step(30)
    assert own_health(battle) - 1000 == pytest.approx(6000, abs=250)


def test_an_anti_air_rune_strengthens_attacks_on_fliers_only(make):
    """1.7 times the attack, and 20 points of attack speed less."""
    board = {"atk_scale": 1.7, "attack_speed": -20.0}
    strong = {"attack": 100.0, "attack_interval": 1.0, "reaches_air": True}
    for flying, hit in ((True, 170), (False, 100)):
        battle = ground(make, "tile_gazebo", board, fang(**strong), attack=0.0, flying=flying)
        deploy(battle, 0, 1, 1, LEFT)
        assert round(blows(battle, 120)[0]) == hit
