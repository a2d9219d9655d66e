"""Enemies of chapter 13: Heirbearers, Blood Kin, Bone Guards and the Blood Amber that they leave, with shipped numbers.

Figures: the public table of enemies of 2024 and later (`enemy_database.json`) and the handbook; what is in neither is
named where it is tested.
"""

from __future__ import annotations

import pytest
from halls import battle_with
from levels import CATALOGUE
from worlds import deploy, health, own_health, until

from game.actions import RETREAT, Action
from game.simulator.effect_records import ADD, ATTACK, ATTACK_SPEED, SCALE
from game.simulator.records import ABSENT, PRESENT

PUNISHER, BOMBARDIER, KIN = "enemy_1362_dfat", "enemy_1361_dthrow", "enemy_1360_dfello"
GUARD, FLOGGER, AMBER = "enemy_1363_spnshd", "enemy_1364_spnaxe", "enemy_1367_dseed"


def strike_down(battle, number):
    """Let this enemy fall by the next blow of an operator."""
    foe = battle._field.foe[number]
    while foe.gone_at < 0:
        assert battle.seconds < 100.0
        foe.health = 0.1  # it may heal
        battle.step(1)


def bonus(battle, number):
    """The fraction that effects add to an enemy's attack."""
    return float(battle.records.modifier[0, len(battle.units) + number, ATTACK, SCALE])


def test_a_punisher_stuns_all_around_with_every_fourth_attack(make):
    """Its skill costs 3 SP, one an attack, and stuns for 4 s; how far is in no table: the eight tiles around."""
    battle = battle_with(make, CATALOGUE, PUNISHER, max_health=1e7, block=9)
    deploy(battle, 0, 1, 3)
    deploy(battle, 1, 1, 6)
    deploy(battle, 2, 0, 3)
    foe, units = battle._field.foe[0], battle._field.unit
    until(battle, lambda: units[0].stunned_until > 0)
    assert foe.attacks == 4
    assert 1e7 - own_health(battle) == pytest.approx(4 * 1200.0, abs=4 * battle.squad[0].defense)
    assert [units[slot].stunned_until - (battle.ticks - 1) for slot in (0, 2)] == [120, 120]
    assert units[1].stunned_until == 0


def test_a_punisher_rises_again_as_the_lords_gift(make):
    """Handbook: where it falls first stands 大君之赐, which blocks one more and is counted as well."""
    battle = battle_with(make, CATALOGUE, PUNISHER, attack=10.0, holds_fire=False)
    deploy(battle, 0, 1, 3)
    until(battle, lambda: battle._field.foe[0].blocker == 0)
    assert battle._field.battle[0].total == 2
    strike_down(battle, 0)
    battle.step(1)
    assert battle._field.foe[1].phase == PRESENT
    assert health(battle, 1) == 3000.0
    assert battle.stage.enemies[battle.stage.spawns[1].enemy].name == "lords_gift"
    assert battle._field.battle[0].counter == 1


def test_a_bombardiers_shot_goes_off_after_four_seconds(make):
    """Tables: projectile_delay_time 4, within 1.1 tiles: its target and the four tiles beside it. Each shot does so, as
    the next one follows after three seconds; until then no operator is hurt.
    """
    battle = battle_with(make, CATALOGUE, BOMBARDIER, start=(1, 2), defense=100.0, block=0)
    foe = battle._field.foe[0]
    foe.paused_until = 10**9
    deploy(battle, 0, 1, 4)
    deploy(battle, 1, 2, 4)
    deploy(battle, 2, 0, 5)
    hurt, shots = [], []
    while len(hurt) < 3:
        before, shot = own_health(battle, 1), foe.attacks
        battle.step(1)
        shots += [battle.ticks] * (foe.attacks - shot)
        hurt += [battle.ticks] if own_health(battle, 1) < before else []
        foe.paused_until = 10**9
    assert [late - thrown for late, thrown in zip(hurt, shots, strict=False)] == pytest.approx([120] * 3, abs=1)
    assert [shots[k + 1] - shots[k] for k in (0, 1)] == [90, 90]
    assert [1e5 - own_health(battle, slot) for slot in (0, 1, 2)] == pytest.approx([3 * 350.0, 3 * 350.0, 0.0])


def test_who_leaves_before_the_shot_goes_off_is_not_hurt(make):
    """A known difference: who comes meanwhile is not either."""
    battle = battle_with(make, CATALOGUE, BOMBARDIER, start=(1, 2), block=0)
    foe = battle._field.foe[0]
    foe.paused_until = 10**9
    deploy(battle, 0, 1, 4)
    until(battle, lambda: foe.attacks == 1)
    battle.step(100)
    assert battle.act(Action(RETREAT, 0))
    deploy(battle, 1, 1, 4)
    battle.step(30)
    assert own_health(battle, 1) == 1e5


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_blood_kin_hits_harder_the_more_its_target_blocks(make, count):
    """Tables: arts; 100 and a fifth of it for each enemy that the target blocks, itself too; 2.2 times the damage heals
    it, by handbook.
    """
    battle = battle_with(make, CATALOGUE, *[KIN] * count, block=3)
    deploy(battle, 0, 1, 3)
    foes = [battle._field.foe[e] for e in range(count)]
    until(battle, lambda: all(foe.blocker == 0 for foe in foes))
    foes[0].health = 1000.0
    before, made = own_health(battle), [int(foe.attacks) for foe in foes]
    until(battle, lambda: foes[0].attacks > made[0])
    blow = 100.0 + 20.0 * count
    assert before - own_health(battle) == pytest.approx(blow * sum(int(foe.attacks) for foe in foes) - blow * sum(made))
    assert health(battle) == pytest.approx(1000.0 + 2.2 * blow)


def test_blood_amber_lies_where_it_fell_and_withers(make):
    """A public simulator, from the game's files: without an altar it loses a tenth of its full health each second, and
    neither walks nor is blocked; two viewers: the counter does not count it. Handbook: one by each Blood Kin.
    """
    battle = battle_with(make, CATALOGUE, KIN, KIN, attack=10.0, holds_fire=False, names=("Fang",))
    deploy(battle, 0, 1, 3)
    until(battle, lambda: battle._field.foe[0].blocker == 0)
    strike_down(battle, 0)
    fell, amber = battle.ticks, battle._field.foe[2]
    assert amber.phase == PRESENT
    where = (amber.row, amber.col)
    battle.step(fell + 95 - battle.ticks)
    assert health(battle, 2) == pytest.approx(0.7 * 3000.0, abs=1.0)
    assert ((amber.row, amber.col), amber.blocker) == (where, -1)
    until(battle, lambda: amber.gone_at >= 0)
    assert battle.ticks - fell == pytest.approx(300, abs=3)
    assert not amber.leaked
    assert (battle._field.battle[0].counter, battle._field.battle[0].total) == (1, 2)


def test_operators_leave_blood_amber_for_last(make):
    """Tables: its taunt is -2."""
    battle = battle_with(make, CATALOGUE, KIN, KIN, attack=10.0, holds_fire=False, block=0, names=("Kroos",))
    deploy(battle, 0, 0, 3)
    until(battle, lambda: battle._field.unit[0].target == 0)
    strike_down(battle, 0)
    assert battle._field.foe[2].phase == PRESENT
    until(battle, lambda: battle._field.unit[0].target > 0)
    assert battle._field.unit[0].target == 1


def test_who_strikes_a_bone_guard_attacks_slower(make):
    """Tables: attack speed -40 for 5 s after the last blow; its taunt of 2 draws operators' attacks before others."""
    battle = battle_with(make, CATALOGUE, KIN, GUARD, attack=10.0, holds_fire=False, block=0, names=("Kroos",))
    deploy(battle, 0, 0, 3)
    kin, guard = battle._field.foe[0], battle._field.foe[1]
    until(battle, lambda: battle._field.unit[0].target == 0)
    until(battle, lambda: guard.health < 12000.0)
    assert kin.gone_at < 0
    battle.step(3)
    assert battle.records.modifier[0, 0, ATTACK_SPEED, ADD] == -40.0
    struck = battle.ticks
    battle._field.unit[0].next_attack = 1e9
    until(battle, lambda: battle.records.modifier[0, 0, ATTACK_SPEED, ADD] == 0.0)
    assert battle.ticks - struck == pytest.approx(150, abs=8)


def test_a_bone_flogger_grows_with_those_who_fall_beside_it(make):
    """Tables: within one tile, 15 % of its health and a tenth more attack each time, fifteen times at most. Handbook:
    enemies and operators alike.
    """
    battle = battle_with(make, CATALOGUE, FLOGGER, KIN, KIN, attack=10.0, holds_fire=False, block=3, targets=3)
    deploy(battle, 0, 1, 3)
    foes = battle._field.foe
    until(battle, lambda: all(foes[e].blocker == 0 for e in range(3)))
    foes[0].health = 1000.0
    strike_down(battle, 1)
    battle.step(4)
    assert health(battle) == pytest.approx(1000.0 + 0.15 * 20000.0, abs=200.0)
    assert bonus(battle, 0) == pytest.approx(0.1)
    battle._field.unit[0].health = 1.0
    until(battle, lambda: battle._field.unit[0].tile < 0)
    battle.step(4)
    assert bonus(battle, 0) == pytest.approx(0.2)
    foes[0].tally = 40
    battle.records.battle[0]["changed"] = True
    battle.step(4)
    assert bonus(battle, 0) == pytest.approx(1.5)


def test_a_bone_flogger_does_not_mind_who_falls_far_away_or_leaves(make):
    """Within one tile, and by death."""
    battle = battle_with(make, CATALOGUE, FLOGGER, KIN, attack=10.0, holds_fire=False, block=1, max_health=1e7)
    deploy(battle, 0, 1, 2)
    deploy(battle, 1, 1, 6)
    foes = battle._field.foe
    until(battle, lambda: foes[0].blocker >= 0 and foes[1].blocker >= 0)
    assert abs(foes[0].col - foes[1].col) > 2
    strike_down(battle, 1)
    assert battle.act(Action(RETREAT, int(foes[0].blocker)))
    battle.step(4)
    assert (int(foes[0].tally), bonus(battle, 0)) == (0, 0.0)


def test_a_bone_flogger_that_is_not_blocked_strikes_half_as_hard(make):
    """Tables: ranged_atk_scale 0.5, within 1.3 tiles."""
    battle = battle_with(make, CATALOGUE, FLOGGER, block=0, defense=0.0)
    deploy(battle, 0, 1, 3)
    until(battle, lambda: own_health(battle) < 1e5)
    assert 1e5 - own_health(battle) == pytest.approx(450.0)


def test_the_stronger_forms_have_their_own_numbers(make):
    """Tables: health, attack and defense of the second form of each, and what they become."""
    own = {id_: (one.max_health, one.attack, one.defense, one.splits_into) for id_, one in CATALOGUE.newcomers.items()}
    assert own["enemy_1361_dthrow_2"] == (8000.0, 550.0, 150.0, "enemy_1220_dzoms_2")
    assert own["enemy_1362_dfat_2"] == (35000.0, 1500.0, 100.0, "enemy_1221_dzomg_2")
    assert own["enemy_1363_spnshd_2"] == (15000.0, 1100.0, 1500.0, AMBER)
    assert own["enemy_1364_spnaxe_2"] == (25000.0, 1200.0, 1200.0, AMBER)
    battle = battle_with(make, CATALOGUE, "enemy_1363_spnshd_2")
    assert [battle._field.foe[e].phase for e in (1, 2)] == [ABSENT, ABSENT]
    assert battle._field.battle[0].total == 1
