"""Runes: what a level changes for a difficulty."""

from __future__ import annotations

import pytest
from levels import CATALOGUE

from game.actions import DEPLOY, Action, flatten
from game.characters.builds import default_squad
from game.errors import NoChallengeError, StageError
from game.levels.runes import is_forbidden, under_rules
from game.levels.stage import load_stage
from game.simulator.battle import Battle

CHALLENGE = {
    "00-01": {"max_life": 1, "cost_increase_time": 99999.0},
    "00-05": {"max_life": 1},
    "01-01": {"max_life": 1, "character_limit": 4},
    "01-04": {"max_life": 1},
    "01-07": {"max_life": 1, "cost_increase_time": 2.0},
}


@pytest.mark.parametrize("number", CHALLENGE)
def test_challenge_mode_changes_what_the_level_s_runes_say(reference, number):
    """One life everywhere, stronger enemies, and each stage's own condition; none of it in the normal mode."""
    path = reference / "levels" / f"level_main_{number}.json"
    normal, hard = load_stage(path, CATALOGUE), load_stage(path, CATALOGUE, challenge=True)
    changed = {name: value for name, value in hard.options._asdict().items() if value != getattr(normal.options, name)}
    assert changed == CHALLENGE[number]
    assert not [name for name in hard.unknown if name.startswith("rune")]
    for before, after in zip(normal.enemies, hard.enemies, strict=True):
        assert after.max_health == pytest.approx(before.max_health * 1.2)
        assert after.attack == pytest.approx(before.attack * (2.0 if number == "00-05" else 1.2))


def test_challenge_mode_of_1_4_trebles_the_cost_of_ranged_operators(reference):
    """A rune with a buildableMask is a rule about operators, which the battle applies."""
    hard = load_stage(reference / "levels" / "level_main_01-04.json", CATALOGUE, challenge=True)
    operators = CATALOGUE.operators
    assert under_rules(operators["Kroos"], hard.squad_rules).cost == 3 * operators["Kroos"].cost
    assert under_rules(operators["Fang"], hard.squad_rules).cost == operators["Fang"].cost


def test_runes_of_all_enemies_some_enemies_and_a_rank(make):
    """Both enemy and enemy_exclude list ids; sums come before factors; parts without a rule are reported."""
    data = make.level([make.spawn(), make.spawn("enemy_1000_gopro")])
    data["runes"] = [
        make.rune("enemy_attribute_mul", max_hp=2.0, enemy="enemy_1007_slime|enemy_1_x"),
        make.rune("enemy_attribute_add", max_hp=100.0, enemy="enemy_1007_slime"),
        make.rune("enemy_attribute_mul", atk=3.0, enemy_exclude="enemy_1007_slime"),
        make.rune("enemy_attribute_mul", move_speed=9.0, enemy_level_type="BOSS"),
        make.rune("enemy_attribute_mul", 1, ep_resistance=2.0),
        make.rune("enemy_dynamic_ability_new", 3, key="invisible"),
        make.rune("enemy_dynamic_ability_new", 2, key="invisible"),
        make.rune("level_enemy_replace", key="enemy_1000_gopro", value="enemy_1000_gopro_2"),
    ]
    stage = make.stage(data)
    slug, hound = stage.enemies
    assert (slug.max_health, slug.attack, slug.speed) == (2 * (550 + 100), 130, 1.0)
    assert hound.attack == 3 * CATALOGUE.enemies_by_id["enemy_1000_gopro_2"].attack
    assert stage.unknown == ("rune enemy_attribute_mul ep_resistance", "rune enemy_dynamic_ability_new")


def test_no_rune_takes_the_last_point_of_health(make):
    """A unit with 0 health could neither live nor die."""
    data = make.level([make.spawn()])
    data["runes"] = [make.rune("enemy_attribute_mul", max_hp=-2.0), make.rune("char_attribute_mul", max_hp=0.0)]
    stage = make.stage(data)
    assert stage.enemies[0].max_health == 1.0
    assert under_rules(CATALOGUE.operators["Fang"], stage.squad_rules).max_health == 1.0


def test_runes_about_operators_concern_some_of_them(make):
    """By profession, by the ground they stand on, by public id; an excluded operator may not be deployed."""
    data = make.level([make.spawn()])
    data["runes"] = [
        make.rune("char_attribute_mul", professions=512 + 1, atk=0.5, attack_speed=2.0),
        make.rune("char_cost_add", stands=2, value=4.0),
        make.rune("char_respawntime_mul", professions="MEDIC", scale=2.0),
        make.rune("char_exclude", char="char_123_fang"),
    ]
    rules, operators = make.stage(data).squad_rules, CATALOGUE.operators
    fang, kroos, ansel = (under_rules(operators[name], rules) for name in ("Fang", "Kroos", "Ansel"))
    assert fang.attack == operators["Fang"].attack / 2
    assert fang.attack_interval == operators["Fang"].attack_interval / 2
    assert (fang.cost, kroos.cost) == (operators["Fang"].cost, operators["Kroos"].cost + 4)
    assert ansel.redeploy_time == 2 * operators["Ansel"].redeploy_time
    assert kroos.redeploy_time == operators["Kroos"].redeploy_time
    assert [name for name, one in operators.items() if is_forbidden(one, rules)] == ["Fang"]


def test_forbidden_places_and_options_under_runes(make):
    """global_forbid_location counts rows from the bottom; life is set or changed, limits are added to."""
    data = make.level([make.spawn()])
    data["runes"] = [
        make.rune("global_forbid_location", location="(1,3)|(2,5)|(99,0)"),
        make.rune("level_life_point_mul", scale=2.0),
        make.rune("level_life_point_add", value=1.0),
        make.rune("global_placable_char_num_add", value=-3.0),
        make.rune("global_initial_cost_add", value=-200.0),
        make.rune("cbuff_max_cost", max_cost=20.0),
        make.rune("global_squad_num_limit", value=6.0),
    ]
    stage = make.stage(data)
    assert not stage.melee[1, 3]
    assert not stage.ranged[0, 5]
    assert (stage.options.max_life, stage.options.character_limit, stage.options.initial_cost) == (7, 5, 0)
    assert (stage.options.max_cost, stage.options.squad_limit) == (20, 6)


def test_a_stage_s_rules_change_the_hand(make):
    """Cards show the costs as runes change them, and an excluded operator cannot be deployed."""
    data = make.level([make.spawn()])
    data["runes"] = [make.rune("cbuff_char_cost", 2, scale=2.0), make.rune("char_exclude", 2, char="char_123_fang")]
    plain, hard = make.battle(data), make.battle(data, challenge=True)
    assert {card.slot: card.cost for card in plain.view().cards} == {0: 9, 1: 9}
    assert {card.slot: card.cost for card in hard.view().cards} == {0: 18, 1: 18}
    fang = Action(DEPLOY, 0, 1 * 8 + 3, 0)
    assert plain.act(fang)
    assert not hard.act(fang)
    assert not hard.legal_actions()[flatten(fang, 2, 24)]


@pytest.mark.parametrize("difficulty", [None, "NORMAL", "ALL", "EASY"])
def test_a_level_without_runes_for_challenge_mode_has_none(make, difficulty):
    """Playing the normal mode under that name would say nothing about challenge mode."""
    data = make.level([make.spawn()])
    data["runes"] = [make.rune("global_lifepoint", difficulty, value=1.0)] if difficulty else None
    with pytest.raises(NoChallengeError, match=r"^made\.json: has no challenge mode: none of its runes is for it; .*$"):
        make.stage(data, challenge=True)


def test_devices_of_its_own_make_a_challenge_mode_too(make):
    """Its list of devices, where that is not empty, is enough."""
    data = make.level([make.spawn()])
    unit = {"inst": {"characterKey": "trap_1"}, "position": {"row": 1, "col": 3}}
    data["hardPredefines"] = {"tokenInsts": [unit]}
    assert make.stage(data).melee[1, 3]
    assert not make.stage(data, challenge=True).melee[1, 3]


def test_a_squad_larger_than_the_stage_allows_is_refused(make):
    """The rune global_squad_num_limit is a rule: one line says how many operators too many there are."""
    data = make.level([make.spawn()])
    data["runes"] = [make.rune("global_squad_num_limit", "FOUR_STAR", value=6.0)]
    squad = default_squad(CATALOGUE)
    hard = make.stage(data, challenge=True)
    assert Battle(hard, squad[:6]).outcome is None
    with pytest.raises(StageError, match=r"^made: allows a squad of 6 operators, not 12; leave out 6$"):
        Battle(hard, squad)
    assert Battle(make.stage(data), squad).outcome is None
