"""What operators summon: cards that are there as long as their owner is, and units that go with it.

Sources: the public table of characters (costs, times, health), and of summoners
https://arknights.fandom.com/wiki/Supporter/Summoner and https://arknights.fandom.com/wiki/Summon.
"""

from __future__ import annotations

import msgspec
import pytest
from levels import CATALOGUE
from worlds import IMMORTAL, deploy, own_health

from game.actions import DEPLOY, RETREAT, RIGHT, Action
from game.characters.builds import operator_of, squad_of
from game.characters.effects import Effect
from game.characters.models import Build, Phase, Summon
from game.simulator.battle import Battle

OWNER, FIRST, SECOND = 0, 1, 2
"""The slots of an operator that summons, and of its copies, in a battle of it alone."""
STAYS = {**IMMORTAL, "moveSpeed": 0.0}
"""An enemy that does not move, so that the battle goes on."""
ROOM = ("^^^^^^^^", "S......E", "........", "^^^^^^^^")


def summoner(*, copies=2, health=3000.0, **fields):
    """Fang, who summons something with 75 resistance that costs 5 DP and comes every 20 seconds."""
    phase = Phase(
        levels=50, max_health=(health, health), attack=(fields.pop("attack", 0.0),) * 2, defense=(0.0, 0.0),
        resistance=75.0, cost=5, block=fields.pop("block", 0), range=((0, 0),),
    )  # fmt: skip
    one = Summon(name="Bird", names=("鸟",), copies=(copies,), phases=(phase,), redeploy_time=20.0, **fields)
    return operator_of(msgspec.structs.replace(CATALOGUE.characters["Fang"], summon=one), Build())


def battle_of(make, enemy=STAYS, squad=None, **fields):
    """A battle of one who summons, on a lane with a free row beside it."""
    limit = fields.pop("limit", 8)
    data = make.level([make.spawn()], picture=ROOM, refs=(make.dummy(**enemy),), characterLimit=limit)
    return Battle(make.stage(data), squad or (summoner(**fields),))


def cards(battle):
    """The hand: slot, cost, state and copies of each card."""
    return [(card.slot, card.cost, card.state, card.copies) for card in battle.view().cards]


def standing(battle):
    """The slots of those on the field."""
    return [one.slot for one in battle.operators_on_field()]


def test_its_card_is_there_while_its_owner_is(make):
    """The first copy costs what the second costs, and the second comes 20 seconds after it."""
    battle = battle_of(make)
    assert cards(battle) == [(OWNER, 9, "ready", 1)]
    assert not battle.act(Action(DEPLOY, FIRST, battle.stage.width * 2 + 3, RIGHT))
    deploy(battle, OWNER, 1, 2)
    assert cards(battle) == [(FIRST, 5, "ready", 2)]
    deploy(battle, FIRST, 2, 3)
    assert cards(battle) == [(SECOND, 5, "cooling", 1)]
    battle.step(20 * 30)
    deploy(battle, SECOND, 2, 4)
    assert cards(battle) == []
    assert standing(battle) == [OWNER, FIRST, SECOND]


def test_it_leaves_with_its_owner_who_has_all_copies_again_when_it_comes_back(make):
    """Wiki: retreating a summon does not replenish its count, redeploying the summoner does."""
    battle = battle_of(make)
    deploy(battle, OWNER, 1, 2)
    deploy(battle, FIRST, 2, 3)
    assert battle.act(Action(RETREAT, FIRST))
    assert cards(battle) == [(SECOND, 5, "cooling", 1)]
    battle.step(20 * 30)
    deploy(battle, SECOND, 2, 3)
    assert battle.act(Action(RETREAT, OWNER))
    assert standing(battle) == []
    assert [slot for slot, *_ in cards(battle)] == [OWNER]
    battle.step(70 * 30)
    deploy(battle, OWNER, 1, 2)
    assert cards(battle) == [(FIRST, 5, "ready", 2)]
    deploy(battle, FIRST, 2, 3)


@pytest.mark.parametrize("takes_slot", [True, False])
def test_it_counts_against_the_limit_where_it_says_so(make, takes_slot):
    """Wiki: summons of summoners count towards the unit limit, Nightingale's do not."""
    battle = battle_of(make, limit=2, takes_slot=takes_slot)
    deploy(battle, OWNER, 1, 2)
    deploy(battle, FIRST, 2, 3)
    assert battle.view().slots_left == (0 if takes_slot else 1)
    battle.step(20 * 30)
    assert battle.act(Action(DEPLOY, SECOND, battle.stage.width * 2 + 4, RIGHT)) is not takes_slot


def test_what_fades_falls_by_itself(make):
    """3 % of the full health a second: gone after 33 to 34 seconds, and nothing of it comes back by itself."""
    battle = battle_of(make, fades=0.03)
    deploy(battle, OWNER, 1, 2)
    deploy(battle, FIRST, 2, 3)
    battle.step(10 * 30)
    assert own_health(battle, FIRST) == pytest.approx(3000.0 * 0.7, rel=0.01)
    battle.step(23 * 30)
    assert standing(battle) == [OWNER, FIRST]
    battle.step(30)
    assert standing(battle) == [OWNER]
    assert cards(battle) == [(SECOND, 5, "ready", 1)]


def test_enemies_aim_at_it_first_where_it_taunts(make):
    """An enemy with a bow strikes it rather than its owner, who stands in range as well, though it came earlier."""
    archer = {**STAYS, "atk": 300, "rangeRadius": 9.0, "baseAttackTime": 1.0}
    battle = battle_of(make, archer, taunt=1)
    deploy(battle, OWNER, 2, 2)
    deploy(battle, FIRST, 2, 3)
    battle.step(5 * 30)
    assert own_health(battle, FIRST) < 3000.0
    assert battle.operators_on_field()[0].health == 1.0


def test_it_fights_where_it_has_an_attack(make):
    """It holds an enemy and strikes it in each interval."""
    battle = battle_of(make, {"maxHp": 10000, "def": 0}, attack=400.0, block=1, attack_interval=1.25)
    deploy(battle, OWNER, 2, 5)
    deploy(battle, FIRST, 1, 3)
    battle.step(30 * 30)
    (enemy,) = battle.enemies_on_field()
    assert enemy.blocked
    assert enemy.health < 1.0


@pytest.mark.parametrize(("roles", "left"), [((), 0.9), (("specialist",), 0.8)])
def test_others_restore_it_by_what_they_do_for_all_but_do_not_heal_it(make, roles, left):
    """GamePress: summons cannot be healed directly, but talents that restore all units restore them. It has no class:
    what is for one class is not for it.
    """
    medic = msgspec.structs.replace(
        *squad_of(("Ansel",), CATALOGUE), effects=(Effect(who="allies", roles=roles, add={"regeneration": 60.0}),)
    )
    battle = battle_of(make, squad=(summoner(fades=0.02), medic))
    deploy(battle, 0, 1, 2)
    deploy(battle, 2, 2, 3)
    battle.step(5 * 30)
    deploy(battle, 1, 0, 3)
    battle.step(5 * 30)
    assert own_health(battle, 2) == pytest.approx(3000.0 * left, rel=0.01)
