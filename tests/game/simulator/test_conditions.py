"""Conditions and attributes of effects that whole operators need, each in the smallest battle that shows it."""

from __future__ import annotations

import msgspec
import pytest
from duels import STILL, blocked, blows, duel, skill, squad
from levels import CATALOGUE
from worlds import battle_of, deploy, health, own_health, until

from game.actions import SKILL, UP, Action
from game.characters.builds import operator_of
from game.characters.effects import ONCE, Effect
from game.characters.models import Build
from game.simulator.battle import Battle

SOLO = {"attack_interval": 1.0}


def single(make, *effects, col=3.0, enemies=1, foe=None, names=("Fang",), **changes):
    """Operators with effects of the first one, and still enemies on this column that come before them."""
    refs = (make.dummy(**(STILL | (foe or {}))),)
    own = [(name, {**SOLO, **(changes | {"effects": effects} if name == names[0] else {})}) for name in names]
    battle = squad(make, *own, refs=refs, enemies=enemies)
    battle.step(9 + 60 * (enemies - 1))
    for one in range(enemies):
        state = battle._field.foe[one]
        state.row, state.col, state.tile = 1.0, col, battle.stage.width + round(col)
    deploy(battle, 0, 1, 3)
    return battle


def first_blow(battle, number=0):
    """What the first attack takes."""
    until(battle, lambda: health(battle, number) < 1e9)
    return 1e9 - health(battle, number)


def test_dodging_at_close_quarters_is_no_help_against_shots(make):
    """Indra and Vulcan dodge melee attacks only."""
    for reach, hurt in ((0.0, False), (2.0, True)):
        battle = duel(make, enemy={"attack": 300.0, "range": reach}, effects=(Effect(add={"dodge_melee": 1.0}),))
        until(battle, lambda battle=battle: blocked(battle))
        before = own_health(battle)
        battle.step(150)
        assert (own_health(battle) < before) is hurt


def test_what_is_spent_ends_with_the_next_attack(make):
    """Indra's next attack after a dodge is twice as strong, those after it are not."""
    dodge = Effect(add={"dodge_melee": 1.0})
    more = Effect(when="dodge", seconds=ONCE, spent=True, scale={"attack": 1.0})
    plain = first_blow(single(make))
    battle = single(make, dodge, more, foe={"atk": 100.0, "baseAttackTime": 50.0})
    assert first_blow(battle) in (plain, 2 * plain)
    assert sorted({round(one / plain) for one in blows(battle, 200)}) in ([1], [1, 2])
    battle._field.until[:] = battle._field.battle[0].clock + 1000
    battle._field.battle[0].changed = True
    battle.step(2)
    assert [round(one / plain) for one in blows(battle, 100)][:3] == [2, 1, 1]


def test_enemies_with_too_much_or_too_little_health_are_spared(make):
    """Absinthe's and Andreana's second skills choose by the share of health that is left."""
    for field, share, struck in (
        ("spares_above", 0.6, False), ("spares_above", 0.4, True), ("spares_below", 0.4, False),
        ("spares_below", 0.6, True),
    ):  # fmt: skip
        battle = single(make, Effect(add={field: 0.5}))
        battle._field.foe[0].health = 1e9 * share
        battle.step(120)
        assert (health(battle) < 1e9 * share) is struck


def test_a_sleeping_enemy_can_be_neither_struck_nor_hurt_and_stands_still(make):
    """Sora's song: it is over when the sleep is."""
    sleep = Effect(when="deployed", who="enemies", seconds=3.0, stun=3.0, add={"asleep": 1.0})
    hurt = Effect(when="interval", every=1.0, who="enemies", damage=1.0)
    battle = single(make, sleep, hurt)
    battle.step(80)
    assert health(battle) == 1e9
    until(battle, lambda: health(battle) < 1e9)
    assert battle.seconds > 3.0


def test_heals_may_give_sp_to_the_wounded(make):
    """Saria: a point of SP with each heal of a friend who lacks health."""
    heal = Effect(when="interval", every=1.0, who="allies", others=True, heal=0.01)
    battle = single(make, Effect(add={"heal_sp": 1.0}), heal, names=("Fang", "Kroos"))
    one = msgspec.structs.replace(battle.squad[1], skill=skill(gain="attack", cost=50, initial=0))
    battle = Battle(battle.stage, (battle.squad[0], one))
    battle.step(200)
    deploy(battle, 0, 1, 3)
    deploy(battle, 1, 0, 1)
    battle.step(95)
    assert battle._field.unit[1].sp == 0
    battle._field.unit[1].health -= 200.0
    battle.step(90)
    assert battle._field.unit[1].sp == 3 * 30


def test_health_comes_back_faster_below_half(make):
    """Gavial's first skill: as much again for those with less than half of their health."""
    battle = single(make, Effect(add={"regeneration": 30.0, "regeneration_low": 60.0}))
    full = own_health(battle)
    for share, points in ((0.8, 30.0), (0.3, 90.0)):
        battle._field.unit[0].health = full * share
        battle.step(30)
        assert own_health(battle) - full * share == pytest.approx(points, abs=4.0)


@pytest.mark.parametrize(("first", "struck"), [(1, 1), (2, 2), (-1, 2), (0, 3)])
def test_an_effect_may_be_for_the_first_whom_an_attack_strikes(make, first, struck):
    """Blue Poison's main target; a reaper is healed by as many hits as it can block, which is two here."""
    heal = Effect(when="attack", who="self", first=first, heal_points=10.0)
    battle = single(make, heal, enemies=3, targets=0, attack_interval=60.0, block=2)
    battle._field.unit[0].health = 500.0
    until(battle, lambda: health(battle, 2) < 1e9)
    battle.step(2)
    assert own_health(battle) == pytest.approx(500.0 + 10.0 * struck)


def test_high_ground_beside_counts(make):
    """Savage is stronger with two of the four tiles beside her high; the lane has high ground on both sides."""
    plain = first_blow(single(make))
    assert first_blow(single(make, Effect(high_near=2, scale={"attack": 0.1}))) == pytest.approx(plain * 1.1)
    assert first_blow(single(make, Effect(high_near=3, scale={"attack": 0.1}))) == pytest.approx(plain)


def test_what_is_behind_is_not_what_is_ahead(make):
    """Bison's talent is for the operator on the tile behind him."""
    aura = {"who": "allies", "ahead": 1, "behind": True, "scale": {"attack": 1.0}}
    for col, stronger in ((2, True), (4, False)):
        battle = single(make, Effect(**aura), names=("Fang", "Melantha"))
        deploy(battle, 1, 1, col)
        battle.step(4)
        assert bool(battle._field.modifier[1, 0, 0] == 1.0) is stronger


def test_only_while_few_enemies_are_in_range(make):
    """Surtr's second skill: one enemy alone is struck harder."""
    effect = Effect(when="attack", who="target", foes_most=1, strength=1.6)
    plain = first_blow(single(make))
    assert first_blow(single(make, effect)) == pytest.approx(plain * 1.6)
    battle = single(make, effect, enemies=2)
    until(battle, lambda: health(battle) < 1e9 or health(battle, 1) < 1e9)
    assert max(1e9 - health(battle), 1e9 - health(battle, 1)) == pytest.approx(plain)


def test_a_place_that_an_effect_lays_works_there_for_its_time(make):
    """Podenco's cloud stays where it was laid, for its seconds and no longer."""
    lay = Effect(when="deployed", who="enemies", most=1, lays=3.0)
    burn = Effect(
        when="interval", every=1.0, who="enemies", radius=1.5, at_place=True, damage_points=100.0, kind="true"
    )
    battle = single(make, lay, burn, attack=0.0, holds_fire=True)
    assert len(blows(battle, 300)) == 3
    battle = single(make, lay, burn, holds_fire=True)
    battle.step(35)
    foe = battle._field.foe[0]
    foe.col, foe.tile = 6.0, battle.stage.width + 6
    assert not blows(battle, 90)


def test_cards_cost_less_and_come_back_sooner_while_the_owner_stands(make):
    """Elysium takes two DP off snipers' cards, Chiave three quarters off the redeploy time of one-star operators."""
    cheaper = Effect(who="allies", roles=("sniper",), add={"cost": -2.0})
    sooner = Effect(who="allies", roles=("sniper",), scale={"redeploy_time": -0.75})
    battle = single(make, cheaper, sooner, names=("Fang", "Kroos"))
    cost, cooling = battle.squad[1].cost, battle.squad[1].redeploy_time
    assert battle.view().cards[0].cost == cost - 2
    deploy(battle, 1, 0, 1)
    assert battle.act(Action(3, 1, 0, 0))
    assert battle._field.unit[1].ready_at - battle._field.battle[0].clock == pytest.approx(cooling * 30 * 0.25, abs=1)


def test_upkeep_is_paid_or_the_operator_leaves(make):
    """A merchant pays three DP every three seconds, and nothing comes back at a retreat."""
    pay = Effect(when="interval", every=3.0, dp=-3)
    battle = single(make, pay, refunds_nothing=True)
    before = battle._field.battle[0].dp
    battle.step(92)
    assert battle._field.battle[0].dp == before + 3 - 3
    battle._field.battle[0].dp = -10
    battle.step(91)
    assert battle._field.unit[0].tile == -1


def test_damage_by_some_enemies_may_be_less(make):
    """Mudrock takes 30 % less from Sarkaz."""
    guard = Effect(when="hit taken", who="target", races=("sarkaz",), times=0.7)
    lost = []
    for races in ((), ("sarkaz",)):
        battle = duel(make, enemy={"attack": 500.0, "races": races}, effects=(guard,))
        lost.append(blows(battle, 600, 0)[0])
    assert lost[1] == pytest.approx(lost[0] * 0.7)


def test_an_attack_may_leap_and_weakens_with_each_leap(make):
    """A chain caster strikes three within 1.7 tiles of one another with 100, 85 and 72.25 %."""
    refs = (make.dummy(**STILL),)
    weaker = Effect(when="attack", who="target", per="leap", strength=0.85)
    changes = {
        "effects": (weaker,),
        "leaps": 1.7,
        "targets": 3,
        "damage": "arts",
        "attack_interval": 60.0,
        "skill": None,
    }
    battle = battle_of(
        make, [make.spawn(count=4, every=0.1)], names=("Kroos",), changes=changes | {"skill": None}, refs=refs
    )
    battle.step(30)
    for number, col in enumerate((1.0, 2.5, 4.0, 5.5)):
        foe = battle._field.foe[number]
        foe.row, foe.col, foe.tile = 1.0, col, battle.stage.width + round(col)
        foe.distance_to_exit = 10.0 - number if col < 2.0 else 20.0
    deploy(battle, 0, 0, 0)
    until(battle, lambda: health(battle) < 1e9)
    lost = [1e9 - health(battle, number) for number in range(4)]
    assert lost == pytest.approx([lost[0], lost[0] * 0.85, lost[0] * 0.7225, 0.0])


def test_a_skill_may_last_for_ever_from_its_second_use_on(make):
    """Thorns' third skill."""
    own = operator_of(CATALOGUE.characters["Fang"], Build())
    long = skill(duration=2.0, endless_from=2)
    battle = single(make)
    battle = Battle(battle.stage, (msgspec.structs.replace(own, skill=long),))
    battle.step(400)
    deploy(battle, 0, 1, 3, UP)
    for lasts in (False, True):
        battle.step(60)
        assert battle.act(Action(SKILL, 0, 0, 0))
        battle.step(90)
        assert bool(battle._field.unit[0].skill_ticks > 0) is lasts


def test_of_two_outcomes_of_a_skill_one_comes(make):
    """Conviction's second skill succeeds or fails, never both, anew at every use."""
    outcomes = set()
    for seed in range(12):
        win = Effect(when="skill begins", lot=(0.0, 0.5), sp=0.0, wards=1)
        lose = Effect(when="skill begins", lot=(0.5, 1.0), lose_share=0.5)
        battle = single(make)
        own = msgspec.structs.replace(battle.squad[0], effects=(), skill=skill(effects=(win, lose), duration=0.0))
        battle = Battle(battle.stage, (own,), seed)
        battle.step(300)
        deploy(battle, 0, 1, 3)
        battle.step(5)
        assert battle.act(Action(SKILL, 0, 0, 0))
        battle.step(2)
        unit = battle._field.unit[0]
        outcomes.add((int(unit.wards), bool(unit.health < own.max_health)))
    assert outcomes == {(1, False), (0, True)}
