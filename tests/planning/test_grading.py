"""A victory is told with what is not played: nothing that may turn the battle is passed over in silence."""

from __future__ import annotations

import dataclasses

import pytest
from levels import CATALOGUE
from small_plans import deploy, group, plan_with

from game.characters.builds import default_squad, squad_of
from game.levels.stage import load_stage
from planning.assignment import assign_operators
from planning.grading import NOT_TRUSTED, PARTLY, WHOLE, trust_in, trust_in_plan

STAGE = load_stage("first_watch", CATALOGUE)
WHOLE_SQUAD = squad_of(["Fang", "Kroos"], CATALOGUE)


def graded(*unknown):
    """The trust in a stage with these parts unknown and a squad of which everything is played."""
    return trust_in(dataclasses.replace(STAGE, unknown=unknown), WHOLE_SQUAD, CATALOGUE)


def test_a_stage_of_which_all_is_played_is_trusted_whole():
    """Without a reason to say."""
    assert graded() == (WHOLE, ())
    assert str(graded()).startswith("to be trusted")
    assert graded().facts() == {"grade": "whole", "grade_reasons": []}


@pytest.mark.parametrize(
    ("unknown", "level", "said"),
    [
        ("enemy enemy_9999_none", NOT_TRUSTED, "1 of 2 kinds of enemies are stand-ins: enemy_9999_none"),
        ("enemy enemy_1007_slime level 1", NOT_TRUSTED, "enemies with the numbers of a weaker form: slug (level 1)"),
        ("enemy enemy_1007_slime: it dances", PARTLY, "enemies of which something is not played: slug (it dances)"),
        (
            "friend char_123_fang",
            NOT_TRUSTED,
            "operators of the level that no table has, and that do not fight along: Fang",
        ),
        ("friend char_123_fang: a module", PARTLY, "operators of the level who are stronger there: Fang (a module)"),
        (
            "predefined char_123_fang",
            PARTLY,
            "operators of the level's own cards, whom only the squad brings here: Fang",
        ),
        ("predefined trap_001_crate", PARTLY, "devices for the player that cannot be used: trap_001_crate"),
        ("predefined trap_020_roadblock", NOT_TRUSTED, "devices that are not played: trap_020_roadblock"),
        ("tile tile_grass", PARTLY, "tiles that are played as plain ones: tile_grass"),
        ("tile tile_volcano", NOT_TRUSTED, "tiles whose effect is not played: tile_volcano"),
        ("rune env_system_new", NOT_TRUSTED, "rules of the level that are not played: env_system_new"),
        ("action BATTLE_EVENTS", NOT_TRUSTED, "actions of the level that are not played: BATTLE_EVENTS"),
        ("something quite new", NOT_TRUSTED, "parts of the level that are not played: something quite new"),
    ],
)
def test_each_part_without_a_rule_has_its_weight(unknown, level, said):
    """What turns battles weighs more than what units lack that are played; what no rule knows weighs most."""
    trust = graded(unknown)
    assert trust.level == level
    assert [str(reason) for reason in trust.reasons] == [said.replace("of 2", f"of {len(STAGE.enemies)}")]


def test_the_heaviest_reasons_come_first_and_all_are_in_the_facts():
    """A line has room for some; programs get all, with every detail."""
    unknown = ("option isTrainingLevel", "tile tile_grass", "predefined trap_9", "enemy enemy_1", "enemy enemy_2")
    trust = graded(*unknown, *(f"enemy enemy_1007_slime: {what}" for what in "ab"))
    assert trust.level == NOT_TRUSTED
    assert "stand-ins: enemy_1, enemy_2; devices that are not played: trap_9; enemies of" in str(trust)
    assert "and 2 more" in str(trust)
    assert len(trust.facts()["grade_reasons"]) == 5
    assert "enemies of which something is not played: slug (a; b)" in trust.facts()["grade_reasons"]
    assert "\n" not in str(trust)


def test_what_operators_cannot_do_here_makes_a_result_partly_trusted():
    """Of their skills only the one that is brought counts."""
    trust = trust_in(STAGE, default_squad(CATALOGUE), CATALOGUE)
    assert trust.level == PARTLY
    assert "Myrtle" in str(trust)
    missing = CATALOGUE.characters["Fang"].skills[0]["name"] + ": bites"
    other = dataclasses.replace(
        CATALOGUE, characters={"Fang": lacking(missing), "Kroos": CATALOGUE.characters["Kroos"]}
    )
    assert trust_in(STAGE, WHOLE_SQUAD, other).level == PARTLY
    without = squad_of([{"name": "Fang", "skill": 0}], CATALOGUE)
    assert trust_in(STAGE, without, other).level == WHOLE


def lacking(missing):
    """Fang, of whom something is not played."""
    import msgspec

    return msgspec.structs.replace(CATALOGUE.characters["Fang"], missing=(missing,))


def test_steps_for_what_is_not_there_are_not_trusted():
    """The crate of a level, which would change where enemies walk."""
    plan = plan_with([group("Fang")], deploy("Fang", 2, 5), deploy("crate", 2, 4))
    trust = trust_in_plan(plan, STAGE, assign_operators(plan, CATALOGUE), CATALOGUE)
    assert (trust.level, str(trust.reasons[0])) == (NOT_TRUSTED, "steps of the plan for what is not there: crate")
