"""Skills fill, begin, last and end."""

from __future__ import annotations

import msgspec
import pytest
from levels import CATALOGUE
from worlds import IMMORTAL, battle_of, deploy, health, until

from game.actions import LEFT, RIGHT, SKILL, Action


def test_sp_come_by_the_second_and_some_skills_trigger_themselves(make):
    """Fang starts with 3 of 27 SP: after 24 seconds six DP fall from the sky."""
    battle = battle_of(make, [make.spawn(at=90)], costIncreaseTime=99999.0)
    deploy(battle, 0, 1, 3)
    dp = battle.view().dp
    battle.step(24 * 30 - 1)
    assert battle.view().dp == dp
    battle.step(2)
    assert battle.view().dp == dp + 6


def test_a_skill_by_hand_waits_to_be_triggered(make):
    """Myrtle: ready after 19 seconds, not before; then 14 DP in 8 seconds, and no attack meanwhile."""
    battle = battle_of(
        make,
        [make.spawn()],
        names=("Myrtle",),
        refs=(make.dummy(**IMMORTAL, moveSpeed=0.0),),
        costIncreaseTime=99999.0,
        maxCost=200,
    )
    deploy(battle, 0, 1, 1, LEFT)
    battle.step(18 * 30)
    assert not battle.act(Action(SKILL, 0))
    battle.step(31)
    assert battle.view().operators[0].skill_ready
    dp, wounded = battle.view().dp, health(battle)
    assert battle.act(Action(SKILL, 0))
    assert battle.operators_on_field()[0].skill_active
    assert not battle.act(Action(SKILL, 0)), "it is running"
    battle.step(8 * 30)
    assert battle.view().dp == dp + 14
    assert health(battle) == wounded
    assert not battle.operators_on_field()[0].skill_active
    battle.step(60)
    assert health(battle) < wounded


def test_an_active_skill_changes_attack_speed_and_range(make):
    """Lava strikes three tenths more often with hers; Ansel reaches two tiles further, and both end."""
    battle = battle_of(make, [make.spawn()], names=("Lava", "Ansel"), refs=(make.dummy(**IMMORTAL, moveSpeed=0.0),))
    deploy(battle, 0, 0, 0, RIGHT)
    battle.step(30 * 46)
    blows = []
    battle.act(Action(SKILL, 0))
    for _ in range(20 * 30):
        before = health(battle)
        battle.step(1)
        blows.append(health(battle) < before)
    assert sum(blows) == pytest.approx(20 / (2.9 / 1.3), abs=1)
    deploy(battle, 1, 0, 3, RIGHT)
    covered = battle._field.covers[1].sum()
    battle.step(30 * 40)
    assert battle.act(Action(SKILL, 1))
    assert battle._field.covers[1].sum() > covered
    battle.step(30 * 25)
    assert battle._field.covers[1].sum() == covered


def test_a_shield_on_deployment_wards_off_and_fades(make):
    """Gravel takes no harm at first, and is as vulnerable as others once the skill is over."""
    battle = battle_of(
        make,
        [make.spawn(), make.spawn(at=90)],
        names=({"name": "Gravel", "elite": 1, "skill": 2},),
        refs=(make.dummy(**IMMORTAL, atk=400),),
    )
    battle.step(30 * 4)
    deploy(battle, 0, 1, 2)
    battle.step(30 * 4)
    assert battle.view().operators[0].health == 1.0
    battle.step(30 * 7)
    assert battle.view().operators[0].health < 1.0


def test_sp_on_being_hit(make):
    """A skill that gains by hits fills by them alone."""
    skill = msgspec.structs.replace(CATALOGUE.operators["Beagle"].skill, gain="hit", cost=2)
    battle = battle_of(
        make, [make.spawn()], names=("Beagle",), changes={"skill": skill}, refs=(make.dummy(**IMMORTAL, atk=400),)
    )
    deploy(battle, 0, 1, 1)
    battle.step(30 * 2)
    filled = until(battle, lambda: battle.view().operators[0].skill_ready)
    assert battle.view().operators[0].health == pytest.approx(1 - 2 * 38 / 1526)
    assert filled < 6
