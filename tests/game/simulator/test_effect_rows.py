"""Effects as data: each part in the smallest battle that shows it, with the figures of operators' descriptions."""

from __future__ import annotations

import msgspec
import pytest
from duels import STILL, blocked, blows, duel, skill, squad
from levels import CATALOGUE
from worlds import battle_of, deploy, health, own_health, until

from game.actions import LEFT, RETREAT, SKILL, Action
from game.characters.builds import operator_of
from game.characters.effects import Effect
from game.characters.models import Build, Character
from game.simulator import effect_records as codes


def test_a_heal_at_an_interval_gives_a_part_of_the_attack_to_all_allies(make):
    """Perfumer: all friendly units regain 5.5 % of her attack a second; in the hand no operator is healed."""
    song = Effect(when="interval", every=1.0, who="allies", heal=0.055)
    battle = squad(
        make, ("Fang", {}), ("Ansel", {"effects": (song,), "holds_fire": True, "attack": 200.0}),
        refs=(make.dummy(**STILL),),
    )  # fmt: skip
    deploy(battle, 0, 1, 6, LEFT)
    deploy(battle, 1, 0, 0)
    battle._field.unit[0].health = 500.0
    battle.step(30 * 10 + 2)
    assert own_health(battle) == pytest.approx(500.0 + 10 * 11.0)


def test_an_aura_of_attack_speed_ends_with_its_owner(make):
    """Gladiia's kind of aura: +100 points halve the interval of all, until the one who gives it leaves the field."""
    song = Effect(who="allies", others=True, add={"attack_speed": 100.0})
    battle = squad(
        make, ("Kroos", {"attack_interval": 2.0}), ("Ansel", {"effects": (song,)}), refs=(make.dummy(**STILL),)
    )
    deploy(battle, 0, 0, 0)
    deploy(battle, 1, 2, 1)
    until(battle, lambda: health(battle) < 1e9 and health(battle) > 0.0)
    assert len(blows(battle, 300)) == 10
    battle.act(Action(RETREAT, 1))
    battle.step(60)
    assert len(blows(battle, 300)) == 5


def test_fractions_of_auras_add_to_those_of_talents(make):
    """(base * (1 + 10 % + 20 %) + 50) * 1.5: the order of stacking of the game, for attack."""
    own = (
        Effect(scale={"attack": 0.2}),
        Effect(add={"attack": 50.0}),
        Effect(factor={"attack": 1.5}),
    )
    changes = {"attack": 330.0, "attack_share": 0.1, "effects": own, "hits": 1}
    battle = squad(make, ("Kroos", changes), refs=(make.dummy(**STILL, **{"def": 0.0}),))
    deploy(battle, 0, 0, 0)
    assert blows(battle, 120)[0] == pytest.approx((300.0 * 1.3 + 50.0) * 1.5)


def test_a_chance_to_stun_comes_up_as_often_as_it_says_and_the_seed_decides_when(make):
    """30 %: of a thousand attacks about three hundred stun; the same seed gives the same battle, another another."""
    stuns = Effect(when="attack", who="target", chance=0.3, stun=0.1)

    def counted(seed):
        battle = squad(
            make, ("Kroos", {"attack_interval": 0.2, "effects": (stuns,)}), refs=(make.dummy(**STILL),), seed=seed
        )
        deploy(battle, 0, 0, 0)
        found = []
        for _ in range(600):
            battle.step(1)
            found.append(int(battle._field.foe[0].stunned_until))
        return found

    first = counted(3)
    assert first == counted(3)
    assert first != counted(4)
    assert len(set(first)) - 1 == pytest.approx(0.3 * 92, rel=0.35)


def test_dodging_lets_half_of_the_physical_blows_pass_and_no_arts(make):
    """12F: 50 % physical dodge."""
    dodge = (Effect(add={"dodge": 0.5}),)
    found = {}
    for kind in ("physical", "arts"):
        battle = duel(
            make, names=("Fang",), skill=None, effects=dodge, max_health=1e9,
            enemy={"damage": kind, "attack": 1000.0, "attack_interval": 0.2, "max_health": 1e9},
        )  # fmt: skip
        until(battle, lambda one=battle: blocked(one))
        found[kind] = len(blows(battle, 600, slot=0))
    assert found["arts"] == pytest.approx(100, abs=2)
    assert found["physical"] == pytest.approx(50, abs=15)


def test_an_aura_of_sp_fills_skills_that_fill_by_the_second(make):
    """Ptilopsis: 0.3 SP a second more for all; 13 SP come in 10 seconds."""
    aura = Effect(who="allies", add={"sp_rate": 0.3})
    battle = battle_of(
        make, [make.spawn()], names=("Fang",), refs=(make.dummy(**STILL),),
        changes={"skill": skill(cost=13, initial=0), "effects": (aura,)},
    )  # fmt: skip
    deploy(battle, 0, 1, 6, LEFT)
    battle.step(10 * 30 + 4)
    assert battle.view().operators[0].skill_ready
    assert battle._field.unit[0].sp == 13 * 30


def test_damage_taken_is_a_factor_on_what_gets_through(make):
    """A fifth less: defense first, then the factor."""
    battle = duel(
        make, skill=None, defense=100.0, max_health=1e9, effects=(Effect(factor={"physical_taken": 0.8}),),
        enemy={"attack": 600.0, "max_health": 1e9},
    )  # fmt: skip
    until(battle, lambda: blocked(battle))
    assert blows(battle, 120, slot=0)[0] == pytest.approx(400.0)


def test_a_hit_lowers_the_resistance_for_its_time(make):
    """Haze: attacks take 20 % of the target's resistance for a second: 100 attack on 50 gives 50, then 60."""
    curse = Effect(when="attack", who="target", factor={"resistance": 0.8}, seconds=60.0)
    battle = squad(
        make, ("Steward", {"attack": 100.0, "effects": (curse,)}), refs=(make.dummy(**STILL, magicResistance=50.0),)
    )
    deploy(battle, 0, 0, 0)
    found = blows(battle, 240)
    assert found[:2] == pytest.approx([50.0, 60.0], abs=1e-6)


def test_attacks_on_fliers_may_be_stronger(make):
    """Rangers: +50 % against fliers."""
    stronger = Effect(when="attack", who="target", flying=True, strength=1.5)
    for flying in (False, True):
        battle = squad(
            make, ("Kroos", {"attack": 100.0, "effects": (stronger,), "hits": 1}), refs=(make.dummy(**STILL),),
            enemy={"flying": flying, "defense": 0.0},
        )  # fmt: skip
        deploy(battle, 0, 0, 0)
        assert blows(battle, 120)[0] == pytest.approx(150.0 if flying else 100.0)


def test_a_hit_taken_strikes_back(make):
    """Bubble: 40 % of her defense as damage to the one who hits her."""
    thorns = Effect(when="hit taken", who="target", damage_defense=0.4)
    battle = duel(
        make, skill=None, defense=500.0, holds_fire=True, max_health=1e9, effects=(thorns,),
        enemy={"attack": 10.0, "max_health": 1e9, "defense": 50.0},
    )  # fmt: skip
    until(battle, lambda: blocked(battle))
    assert blows(battle, 120)[0] == pytest.approx(150.0)


def test_a_kill_gives_sp_and_a_deployment_gives_them_too(make):
    """Lava starts with 35 SP more; a kill gives two."""
    gains = (Effect(when="deployed", sp=35.0), Effect(when="kill", sp=2.0))
    battle = battle_of(
        make, [make.spawn()], names=("Fang",), refs=(make.dummy(maxHp=1.0, moveSpeed=1.0),),
        changes={"skill": skill(cost=90, initial=0, gain="attack"), "effects": gains},
    )  # fmt: skip
    deploy(battle, 0, 1, 3)
    battle.step(1)
    assert battle._field.unit[0].sp == 35 * 30
    until(battle, lambda: battle.kills == 1)
    battle.step(1)
    assert battle._field.unit[0].sp == (35 + 1 + 2) * 30


def test_effects_of_a_skill_are_there_while_it_lasts(make):
    """Defense of the neighbours up by a quarter, for five seconds (Bison)."""
    wall = Effect(who="allies", others=True, radius=1.0, scale={"defense": 0.25})
    battle = battle_of(
        make, [make.spawn()], names=("Fang", "Melantha", "Midnight"), refs=(make.dummy(**STILL),),
        changes={"skill": skill(effects=(wall,))},
    )  # fmt: skip
    for slot, col in enumerate((4, 5, 6)):
        deploy(battle, slot, 1, col, LEFT)
    scale = battle._field.modifier[:, codes.DEFENSE, codes.SCALE]
    assert scale.tolist()[:3] == [0.0, 0.0, 0.0]
    battle.step(2)
    battle.act(Action(SKILL, 0))
    battle.step(4)
    assert scale.tolist()[:3] == [0.0, 0.25, 0.0]
    battle.step(5 * 30)
    assert scale.tolist()[:3] == [0.0, 0.0, 0.0]


def test_conditions_on_the_owner_are_looked_at_all_the_time(make):
    """Attack +8 only with no other operator near, defense +30 only below half of the health."""
    own = (Effect(alone=1.0, scale={"attack": 0.08}), Effect(own_below=0.5, add={"defense": 30.0}))
    battle = squad(make, ("Fang", {"effects": own}), ("Melantha", {}), refs=(make.dummy(**STILL),))
    deploy(battle, 0, 1, 4, LEFT)
    battle.step(4)
    modifier = battle._field.modifier
    assert modifier[0, codes.ATTACK, codes.SCALE] == 0.08
    assert modifier[0, codes.DEFENSE, codes.ADD] == 0.0
    battle._field.unit[0].health = 100.0
    deploy(battle, 1, 1, 5, LEFT)
    battle.step(4)
    assert modifier[0, codes.ATTACK, codes.SCALE] == 0.0
    assert modifier[0, codes.DEFENSE, codes.ADD] == 30.0


def test_an_enemy_that_dies_explodes_unless_it_leaks_or_is_silent(make):
    """Death hurts the operators around it, 200 points true; silenced enemies' auras stop."""
    bang = Effect(when="death", who="enemies", radius=1.5, damage_points=200.0, kind="true")
    battle = duel(
        make, skill=None, max_health=5000.0, attributes={"maxHp": 1.0},
        enemy={"effects": (bang,), "attack": 0.0},
    )  # fmt: skip
    until(battle, lambda: battle.kills == 1)
    battle.step(2)
    assert own_health(battle) == 4800.0


def test_a_battle_without_effects_has_no_rows(make):
    """Nothing is kept, so nothing is paid."""
    battle = duel(make)
    assert battle.world.effect.shape[0] == 0
    assert battle.records.modifier.size == 0


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"add": {"atk": 1.0}}, "add names 'atk'"),
        ({"when": "interval", "heal": 1.0}, "needs every"),
        ({"when": "attack", "who": "target", "scale": {"defense": -0.1}}, "needs seconds"),
        ({"when": "kill", "who": "target", "stun": 1.0}, "has no target"),
        ({"stun": 1.0}, "only changes numbers"),
        ({"when": "attack", "who": "target", "damage": 1.0, "damage_points": 5.0}, "only one of them"),
    ],
)
def test_an_effect_whose_parts_do_not_fit_is_refused_in_one_line(fields, says):
    """Wherever a table is read."""
    with pytest.raises(msgspec.ValidationError, match=says):
        msgspec.convert(fields, Effect)


def test_a_talent_grows_with_the_build_and_a_skill_with_its_level():
    """Of one name only the last reached counts; numbers of a skill's effects may be lists by level."""
    fields = msgspec.to_builtins(CATALOGUE.characters["Fang"])
    fields["effects"] = [
        {"name": "talent 1", "add": {"dodge": 0.1}},
        {"name": "talent 1", "elite": 1, "add": {"dodge": 0.2}},
        {"name": "talent 2", "elite": 1, "who": "allies", "roles": ["guard"], "add": {"sp_rate": 0.3}},
    ]
    fields["skills"][0]["effects"] = [{"who": "self", "add": {"dodge": [0.1, 0.2, 0.3]}}]
    one = msgspec.convert(fields, Character)
    assert [effect.add for effect in operator_of(one, Build(elite=0)).effects] == [{"dodge": 0.1}]
    grown = operator_of(one, Build(elite=1, skill_level=2))
    assert [effect.add for effect in grown.effects] == [{"dodge": 0.2}, {"sp_rate": 0.3}]
    assert grown.skill.effects[0].add == {"dodge": 0.2}
    assert hash(grown) == hash(operator_of(one, Build(elite=1, skill_level=2)))
