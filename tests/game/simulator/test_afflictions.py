"""Cold, freezing and elemental injury: figures of the public wikis' pages on them, in the smallest battles."""

from __future__ import annotations

from itertools import pairwise

import pytest
from duels import STILL, blows, duel, skill, squad
from worlds import deploy, own_health, until

from game.actions import LEFT, SKILL, Action
from game.characters.effects import Effect
from game.simulator import options

STRIKER = {"attack": 100.0, "attack_interval": 3.0, "range": 5.0}


def tough(make, element, **enemy):
    """Fang with much health and no armour against an enemy whose each blow injures by 400 points."""
    effect = Effect(when="attack", who="target", injury=4.0, element=element)
    own = {"max_health": 1e5, "defense": 0.0, "resistance": 50.0, "attack": 0.0, "skill": None}
    return duel(make, enemy={**STRIKER, "effects": (effect,), **enemy}, attributes=STILL, **own)


@pytest.mark.parametrize(
    ("element", "taken"),
    [("neural", [100, 100, 1100, 100]), ("corrosion", [100, 100, 900, 100]), ("burning", [100, 100, 700, 100])],
)
def test_the_third_blow_of_400_points_bursts(make, element, taken):
    """At 1000 points: 1000 true, 800 physical or 1200 arts damage (half of it resisted), then nothing for 10 s."""
    battle = tough(make, element)
    found = [round(one) for one in blows(battle, 30 * 15, slot=0)]
    assert found[: len(taken)] == taken


def test_a_burst_of_neural_injury_stuns_for_ten_seconds(make):
    """The operator blocks nothing meanwhile."""
    battle = tough(make, "neural")
    until(battle, lambda: own_health(battle) < 1e5 - 1000)
    stunned = battle._field.unit[0].stunned_until - battle._field.battle[0].clock
    assert stunned == pytest.approx(300, abs=1)


def test_corrosion_takes_a_hundred_points_of_defense_until_the_operator_leaves(make):
    """Of 100 points none is left, so the blows after the burst are 100 instead of 5."""
    effect = Effect(when="attack", who="target", injury=4.0, element="corrosion")
    own = {"max_health": 1e5, "defense": 100.0, "attack": 0.0, "skill": None}
    battle = duel(make, enemy={**STRIKER, "effects": (effect,)}, attributes=STILL, **own)
    assert [round(one) for one in blows(battle, 30 * 15, slot=0)][:4] == [5, 5, 705, 100]


def test_burning_takes_twenty_points_of_resistance_for_ten_seconds(make):
    """Arts blows of 100 take 50 before and 70 after the burst."""
    battle = tough(make, "burning", damage="arts")
    assert [round(one) for one in blows(battle, 30 * 15, slot=0)][:4] == [50, 50, 650, 70]


def test_necrosis_hurts_for_fifteen_seconds_and_stops_skills(make):
    """100 arts damage and one SP a second, and no skill can begin."""
    effect = Effect(when="attack", who="target", injury=10.0, element="necrosis")
    own = {"max_health": 1e5, "defense": 0.0, "attack": 0.0, "skill": skill(cost=10, initial=10)}
    battle = duel(make, enemy={**STRIKER, "attack_interval": 60.0, "effects": (effect,)}, attributes=STILL, **own)
    until(battle, lambda: own_health(battle) < 1e5 - 50)
    before = own_health(battle)
    assert not battle.act(Action(SKILL, 0))
    battle.step(30 * 10)
    assert before - own_health(battle) == pytest.approx(1000, abs=5)
    battle.step(30 * 20)
    assert before - own_health(battle) == pytest.approx(1500, abs=10)
    assert battle.act(Action(SKILL, 0))


def test_no_injury_is_added_while_a_burst_is_over_but_not_gone(make):
    """Blows every second burst at 3 s, are ignored for 10 s, and burst again with the third after that."""
    battle = tough(make, "neural", attack_interval=1.0)
    bursts = []
    for _ in range(30 * 30):
        before = own_health(battle)
        battle.step(1)
        if before - own_health(battle) > 500:
            bursts.append(battle.seconds)
    assert bursts[1] - bursts[0] == pytest.approx(options.BURST_SECONDS + 3, abs=1.1)


def test_cold_slows_the_second_cold_freezes(make):
    """30 points of attack speed less; the next application freezes for its own time: no attack and no skill."""
    chilling = Effect(when="interval", every=20.0, ready_after=3.0, who="enemies", cold=8.0)
    freezing = Effect(when="interval", every=60.0, ready_after=6.0, who="enemies", cold=5.0)
    battle = squad(
        make, ("Fang", {"attack_interval": 1.0}), refs=(make.dummy(**STILL),),
        enemy={"effects": (chilling, freezing), "attack": 0.0},
    )  # fmt: skip
    deploy(battle, 0, 1, 1, LEFT)
    battle.step(30 * 3 + 3)
    unit = battle._field.unit[0]
    assert unit.cold_until > battle._field.battle[0].clock
    strikes = []
    for _ in range(30 * 12):
        before = unit.attacks
        battle.step(1)
        strikes += [battle.seconds] if unit.attacks > before else []
    slowed = [later - sooner for sooner, later in pairwise(strikes) if later < 6.0]
    assert slowed
    assert slowed == pytest.approx([1.0 / 0.7] * len(slowed), abs=0.05)
    assert not [one for one in strikes if 6.1 < one < 11.0]
    assert [one for one in strikes if 11.0 <= one < 12.5]


def test_resistance_halves_cold_and_stun(make):
    """The term "status resistance" of the game's list of terms."""
    chilling = Effect(when="interval", every=90.0, ready_after=2.0, who="enemies", cold=8.0)
    firm = Effect(add={"resist": 1.0})
    battle = squad(
        make, ("Fang", {"effects": (firm,)}), refs=(make.dummy(**STILL),), enemy={"effects": (chilling,), "attack": 0.0}
    )
    deploy(battle, 0, 1, 1, LEFT)
    until(battle, lambda: battle._field.unit[0].cold_until > 0)
    assert battle._field.unit[0].cold_until - battle._field.battle[0].clock == pytest.approx(120, abs=1)
