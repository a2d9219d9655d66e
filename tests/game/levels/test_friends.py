"""Operators that a level gives: on the field, where they stand, when they come and go; or in the hand, as its squad."""

from __future__ import annotations

import pytest
from befriended import FANG, KROOS, activate, befriended, friend, training, withdraw
from levels import CATALOGUE

from game.actions import LEFT, UP
from game.errors import StageError


def test_the_level_says_place_direction_and_build(make):
    """Rows count from the bottom. Kroos at elite 0, level 40, without trust has health 826, attack 258, defense 88."""
    stage = make.stage(befriended(make, friend(KROOS, (0, 5), "LEFT", level=40)))
    (kroos,) = stage.friends
    assert (kroos.operator.name, kroos.tile, kroos.direction, kroos.hidden) == ("Kroos", (0, 5), LEFT, False)
    assert (kroos.operator.max_health, kroos.operator.attack, kroos.operator.defense) == (826, 258, 88)
    assert stage.unknown == ()


def test_a_guest_stands_where_the_level_puts_it_though_no_squad_has_it(make):
    """Heidi at elite 2, level 40, as in 11-3: health 1101, defense 241; her second skill means defense."""
    (heidi,) = make.stage(
        befriended(make, friend("char_4045_heidi", (0, 5), level=40, phase="PHASE_2", skill=1))
    ).friends
    assert (heidi.operator.name, heidi.operator.max_health, heidi.operator.defense) == ("Heidi", 1101, 241)
    assert (heidi.operator.skill.cost, heidi.operator.skill.initial, heidi.operator.skill.duration) == (30, 8, 15)
    assert [one.scale for one in heidi.operator.effects] == [{}, {"defense": 0.05}]
    assert "Heidi" not in CATALOGUE.characters


def test_a_favour_of_fifty_is_full_trust(make):
    """The public tables give what trust adds at 0 and at 50; half of it is half the trust."""
    numbers = [
        make.stage(befriended(make, friend(KROOS, (0, 5), level=40, favorPoint=favour))).friends[0].operator.attack
        for favour in (0, 25, 50, 100)
    ]
    assert numbers[0] < numbers[1] < numbers[2] == numbers[3]


def test_skills_are_those_of_the_level(make):
    """The index of the skill counts from 0 and is -1 for none; a level of it that the elite does not allow is noted."""
    stage = make.stage(befriended(make, friend(KROOS, (0, 5), skill=-1), friend(KROOS, (0, 6), skill=0, skill_level=7)))
    bare, skilled = stage.friends
    assert bare.operator.skill is None
    assert skilled.operator.skill.cost == 4, "5 SP at skill level 1, 4 at level 4"
    assert stage.unknown == ("friend char_124_kroos: skill level 7 is played as 4",)


def test_waves_name_friends_by_alias_or_by_character(make):
    """They come and go by the actions of the waves; the other actions of that kind are noted."""
    data = befriended(
        make, friend(KROOS, (0, 5), hidden=True), friend("char_123_fang", (1, 4), "UP", alias="fang#1"),
        actions=[activate(KROOS, 2.0), withdraw("fang#1", 5.0), activate("trap_1", 6.0)],
    )  # fmt: skip
    stage = make.stage(data)
    assert [(one.key, one.hidden) for one in stage.friends] == [(KROOS, True), ("fang#1", False)]
    assert stage.friends[1].direction == UP
    assert [(move.friend, move.comes) for move in stage.friend_moves] == [(0, True), (1, False)]
    assert [move.offset for move in stage.friend_moves] == pytest.approx([2.0, 5.0], abs=0.1)
    assert stage.unknown == ("action ACTIVATE_PREDEFINED",)


def test_a_rune_can_show_a_hidden_friend(make):
    """As it shows devices."""
    data = befriended(make, friend(KROOS, (0, 5), hidden=True, alias="late"))
    data["runes"] = [make.rune("level_predefines_enable", "ALL", late=1.0)]
    assert not make.stage(data).friends[0].hidden


def test_an_operator_that_no_table_has_is_noted_and_keeps_its_tile(make):
    """In the game it stands there; that it never comes here is said once, and its actions are not said again."""
    strangers = friend("char_9999_none", (1, 4)), friend("char_9999_none", (1, 5), hidden=True)
    stage = make.stage(befriended(make, *strangers, actions=[activate("char_9999_none", 1.0)]))
    assert stage.unknown == ("friend char_9999_none",)
    assert stage.friends == stage.friend_moves == ()
    assert not stage.melee[1, 4]
    assert stage.melee[1, 5]


def test_what_the_level_changes_about_an_operator_is_noted(make):
    """Modules and changed talents are not played."""
    kroos = {**friend(KROOS, (0, 5)), "uniEquipIds": [{"key": "uniequip_002_kroos", "level": 3}]}
    assert make.stage(befriended(make, kroos)).unknown == ("friend char_124_kroos: uniEquipIds of the level",)


def test_a_wrong_phase_is_one_line(make):
    """With the file and the place."""
    with pytest.raises(StageError, match=r"characterInsts\[0\]\.inst\.phase: is PHASE_9; write one of"):
        make.stage(befriended(make, friend(KROOS, (0, 5), phase="PHASE_9")))


def test_a_training_level_brings_its_own_squad(make):
    """Each operator of its cards at the level's build, without a skill where the index is -1. Nothing is missing."""
    cards = friend(KROOS, (0, 0), level=20, favorPoint=5), friend(FANG, (0, 0), level=20, skill=-1)
    stage = make.stage(training(make, *cards))
    assert list(stage.own_squad) == ["Kroos", "Fang"]
    kroos, fang = stage.own_squad.values()
    assert (kroos.elite, kroos.level, kroos.skill, kroos.trust) == (0, 20, 1, 10)
    assert fang.skill == 0
    assert stage.unknown == ()


@pytest.mark.parametrize(
    "other", [{"id_": "char_9_none"}, {"hidden": True}, {"skill_level": 7}, {"level": 99}, {"skill": 2}]
)
def test_a_squad_that_cannot_be_played_as_the_level_has_it_is_noted(make, other):
    """One operator that no table has, that comes later, or that is built otherwise: then the player's squad plays."""
    stage = make.stage(training(make, friend(KROOS, (0, 0)), friend(**{"id_": FANG, "tile": (0, 0), **other})))
    assert stage.own_squad == {}
    assert set(stage.unknown) == {
        "option isTrainingLevel", f"predefined {KROOS}", f"predefined {other.get('id_', FANG)}",
    }  # fmt: skip


def test_cards_of_operators_beside_the_players_squad_are_noted(make):
    """A level that is no training level only adds them, which is not played."""
    stage = make.stage(training(make, friend(KROOS, (0, 0)), isTrainingLevel=False))
    assert (stage.own_squad, stage.unknown) == ({}, (f"predefined {KROOS}",))
