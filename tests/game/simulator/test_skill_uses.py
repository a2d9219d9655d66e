"""Skills that store several uses, stances, strikes around, refunds and other rules of branches."""

from __future__ import annotations

import pytest
from duels import STILL, skill
from worlds import battle_of, deploy

from game.actions import LEFT, RETREAT, SKILL, Action


def test_a_skill_that_stores_two_uses_is_used_twice_in_a_row(make):
    """SP go on to twice the cost, and a use takes one of them (Myrrh: three uses of 12 SP)."""
    changes = {"skill": skill(cost=4, initial=0, charges=2, duration=0.0, dp=1)}
    battle = battle_of(make, [make.spawn()], refs=(make.dummy(**STILL),), changes=changes)
    deploy(battle, 0, 1, 6, LEFT)
    battle.step(20 * 30)
    assert battle._field.unit[0].sp == 8 * 30, "not more than two uses"
    assert battle.operators_on_field()[0].sp == 1.0
    assert battle.act(Action(SKILL, 0))
    assert battle.act(Action(SKILL, 0))
    assert not battle.act(Action(SKILL, 0))


def test_a_stance_is_ended_by_its_next_use_for_which_it_gathers_sp(make):
    """Mountain's second skill: 8 SP to enter it, 8 more to leave it; block +1 meanwhile, without end."""
    changes = {"skill": skill(cost=8, initial=0, duration=9999.0, toggles=True, block=1), "block": 1}
    battle = battle_of(make, [make.spawn()], refs=(make.dummy(**STILL),), changes=changes)
    deploy(battle, 0, 1, 6, LEFT)
    battle.step(8 * 30 + 1)
    assert battle.act(Action(SKILL, 0))
    assert battle.operators_on_field()[0].skill_active
    assert not battle.act(Action(SKILL, 0)), "it costs SP to leave it too"
    battle.step(8 * 30 + 1)
    assert battle.operators_on_field()[0].skill_active, "it has no end of its own"
    assert battle.act(Action(SKILL, 0))
    assert not battle.operators_on_field()[0].skill_active
    battle.step(8 * 30 + 1)
    assert battle.act(Action(SKILL, 0)), "and so on"


def test_a_charger_gets_its_first_cost_back(make):
    """Whatever was paid; others get half of what they paid."""
    for whole, back in ((True, 9), (False, 4)):
        battle = battle_of(
            make, [make.spawn()], refs=(make.dummy(**STILL),), costIncreaseTime=99999.0,
            changes={"refunds_first_cost": whole, "skill": None},
        )  # fmt: skip
        deploy(battle, 0, 1, 6, LEFT)
        before = battle.view().dp
        assert battle.act(Action(RETREAT, 0))
        assert battle.view().dp == before + back


def test_hookmasters_may_stand_on_high_ground_too(make):
    """And still on the ground."""
    plain = battle_of(make, [make.spawn()], refs=(make.dummy(**STILL),)).world.stands[0]
    both = battle_of(make, [make.spawn()], refs=(make.dummy(**STILL),), changes={"high_ground_too": True}).world.stands[
        0
    ]
    high = battle_of(make, [make.spawn()], names=("Kroos",), refs=(make.dummy(**STILL),)).world.stands[0]
    assert (both == plain | high).all()
    assert both.sum() > plain.sum()


@pytest.mark.parametrize(
    ("aims", "first"), [("exit", 0), ("highest defense", 1), ("heaviest", 2), ("lowest defense", 2)]
)
def test_some_aim_at_other_enemies_than_the_nearest_to_the_exit(make, aims, first):
    """Deadeyes at the lowest defense, besiegers at the heaviest."""
    battle = battle_of(make, [make.spawn(count=3, every=0.1)], names=("Kroos",), refs=(make.dummy(**STILL),),
                       changes={"aims": aims, "skill": None})  # fmt: skip
    world = battle.world
    table = getattr(world.enemy, "table", world.enemy)
    table["defense"] = (10.0, 50.0, 5.0)
    table["weight"] = (0, 1, 3)
    deploy(battle, 0, 0, 0)
    battle.step(30)
    battle._field.foe[0].distance_to_exit = 1.0
    battle.step(30)
    assert battle._field.unit[0].target == first


def test_the_far_attack_of_a_lord_is_not_weaker_while_its_skill_says_so(make):
    """Arene, Lappland, Thorns: 80 % at a distance, all of it during the skill."""
    changes = {"far_strength": 0.8, "skill": skill(far_strength=1.0)}
    battle = battle_of(make, [make.spawn()], refs=(make.dummy(**STILL),), changes=changes)
    assert battle.world.stance["far_strength"].ravel().tolist() == [0.8, 1.0]
