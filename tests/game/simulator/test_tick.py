"""Time, DP and deploying, to the tick."""

from __future__ import annotations

from levels import CATALOGUE
from worlds import battle_of, deploy, until

from game.actions import DEPLOY, RETREAT, RIGHT, Action
from game.characters.builds import squad_of
from game.simulator.battle import Battle


def test_dp_come_one_every_cost_increase_time_up_to_the_cap(make):
    """Start at initialCost, one every three seconds here, never more than maxCost."""
    options = {"initialCost": 10, "costIncreaseTime": 3.0, "maxCost": 12}
    battle = battle_of(make, [make.spawn(at=90)], **options)
    seen = []
    for _ in range(4):
        seen.append(battle.view().dp)
        battle.step(90)
    assert seen == [10, 11, 12, 12]


def test_no_dp_come_where_the_stage_says_none(make):
    """99999 seconds a DP is how levels write 'never'."""
    battle = battle_of(make, [make.spawn(at=90)], initialCost=5, costIncreaseTime=99999.0)
    battle.step(1800)
    assert battle.view().dp == 5


def test_operators_stand_where_their_kind_may(make):
    """Melee on roads, ranged on walls, none on entrances, exits or occupied tiles."""
    battle = battle_of(make, [make.spawn(at=90)], names=("Gravel", "Kroos"))
    width = battle.stage.width
    assert not battle.act(Action(DEPLOY, 0, 0 * width + 3, RIGHT))
    assert not battle.act(Action(DEPLOY, 1, 1 * width + 3, RIGHT))
    assert not battle.act(Action(DEPLOY, 0, 1 * width + 0, RIGHT))
    assert not battle.act(Action(DEPLOY, 0, 1 * width + 7, RIGHT))
    deploy(battle, 0, 1, 3)
    assert not battle.act(Action(DEPLOY, 0, 1 * width + 4, RIGHT)), "it is on the field already"
    deploy(battle, 1, 0, 3)


def test_a_tile_for_all_takes_both_kinds(make):
    """Its buildableType ALL asks nothing about height."""
    data = make.level([make.spawn(at=90)])
    for tile in data["mapData"]["tiles"]:
        if tile["tileKey"] == "tile_road":
            tile["buildableType"] = "ALL"
    battle = Battle(make.stage(data), squad_of(["Kroos", "Fang"], CATALOGUE))
    deploy(battle, 0, 1, 3)
    deploy(battle, 1, 1, 4)


def test_no_more_operators_than_the_character_limit(make):
    """The third has to wait for a retreat."""
    names = ("Gravel", "Myrtle", "Fang")
    battle = battle_of(make, [make.spawn(at=90)], names=names, characterLimit=2)
    deploy(battle, 0, 1, 1)
    deploy(battle, 1, 1, 2)
    assert battle.view().slots_left == 0
    assert not battle.act(Action(DEPLOY, 2, 8 + 3, RIGHT))
    assert battle.act(Action(RETREAT, 0))
    deploy(battle, 2, 1, 3)


def test_redeploying_costs_more_and_retreating_refunds_half_rounded_down(make):
    """Fang: 9, then 13, then 18 and 18 again; back come 4, 6, 9."""
    battle = battle_of(
        make,
        [make.spawn(at=90)],
        changes={"redeploy_time": 0.0},
        costIncreaseTime=99999.0,
        maxCost=200,
        initialCost=200,
    )
    paid, refunded = [], []
    for _ in range(4):
        before = battle.view().dp
        deploy(battle, 0, 1, 3)
        paid.append(before - battle.view().dp)
        battle.act(Action(RETREAT, 0))
        refunded.append(battle.view().dp - before + paid[-1])
    assert paid == [9, 13, 18, 18]
    assert refunded == [4, 6, 9, 9]


def test_no_price_is_over_99(make):
    """An operator of 60 costs 90 the second time and 99 the third."""
    battle = battle_of(
        make, [make.spawn(at=90)], changes={"cost": 60, "redeploy_time": 0.0}, initialCost=99, maxCost=999
    )
    prices = []
    for _ in range(3):
        prices.append(battle.view().cards[0].cost)
        until(battle, lambda: battle.act(Action(DEPLOY, 0, 8 + 3, RIGHT)), 400)
        battle.act(Action(RETREAT, 0))
    assert prices == [60, 90, 99]


def test_a_card_cools_down_before_it_can_be_played_again(make):
    """Gravel comes back after 18 seconds, not a tick sooner."""
    battle = battle_of(make, [make.spawn(at=90)], names=("Gravel",))
    deploy(battle, 0, 1, 3)
    battle.act(Action(RETREAT, 0))
    assert battle.view().cards[0].state == "cooling"
    assert battle.card_cooldowns()[0] == (18.0, 18.0)
    battle.step(18 * 30 - 1)
    assert not battle.act(Action(DEPLOY, 0, 8 + 3, RIGHT))
    battle.step(1)
    deploy(battle, 0, 1, 3)
