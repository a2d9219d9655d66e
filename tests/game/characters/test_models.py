"""The models of operators: traits that table and squad share, and ranges."""

from __future__ import annotations

import pytest
from levels import CATALOGUE
from worlds import IMMORTAL, battle_of, deploy, health

from game.actions import SKILL, Action
from game.characters.models import TRAITS, Character, Operator, Skill, extended

RESTED = Skill(name="", gain="second", by_hand=True, cost=1, initial=1, duration=20.0)


@pytest.mark.parametrize("trait", [trait for trait in TRAITS if trait not in ("redeploy_time", "regeneration")])
def test_an_operator_has_every_trait_of_its_character(trait):
    """One declaration serves both: no trait of a table is lost in a squad. Two of them talents may change."""
    assert trait in Character.__struct_fields__
    assert trait in Operator.__struct_fields__
    for name, character in CATALOGUE.characters.items():
        assert getattr(CATALOGUE.operators[name], trait) == getattr(character, trait), name


def test_an_operator_that_holds_fire_attacks_only_while_its_skill_lasts(make):
    """A slug on its tile is not struck before."""
    changes = {"holds_fire": True, "skill": RESTED}
    battle = battle_of(make, [make.spawn()], changes=changes, refs=(make.dummy(**IMMORTAL),))
    deploy(battle, 0, 1, 2)
    battle.step(30 * 20)
    assert battle.enemies_on_field()[0].blocked
    assert health(battle) == 1e9
    assert battle.act(Action(SKILL, 0))
    battle.step(30 * 5)
    assert health(battle) < 1e9


def test_an_operator_that_lets_pass_blocks_only_while_its_skill_lasts(make):
    """The first slug walks past, the second one is held until the skill is over."""
    changes = {"lets_pass": True, "attack": 0.0, "skill": RESTED}
    spawns = [make.spawn(count=2, every=20.0)]
    battle = battle_of(make, spawns, changes=changes, refs=(make.dummy(**IMMORTAL, moveSpeed=1.0),))
    deploy(battle, 0, 1, 2)
    battle.step(30 * 16)
    assert battle.gone()[0].leaked
    assert battle.act(Action(SKILL, 0))
    battle.step(30 * 19)
    assert [one.blocked for one in battle.enemies_on_field()] == [True]
    battle.step(30 * 2)
    assert [one.blocked for one in battle.enemies_on_field()] == [False]


def test_a_reach_lengthens_every_row_of_a_range():
    """Two tiles more at the front, as the medic's skill says."""
    assert extended([(0, 0), (0, 1), (1, 0)], 2) == ((0, 0), (0, 1), (0, 2), (0, 3), (1, 0), (1, 1), (1, 2))
