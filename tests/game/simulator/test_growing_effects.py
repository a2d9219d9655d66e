"""Effects that grow, are counted, or keep an operator alive: each with the figures of the talent that has it."""

from __future__ import annotations

import msgspec
import pytest
from duels import STILL, blows, duel, skill, squad
from levels import CATALOGUE
from worlds import deploy, health, own_health, until

from game.actions import LEFT, SKILL, UP, Action
from game.characters.builds import operator_of, with_squad_effects
from game.characters.effects import ONCE, Effect
from game.characters.models import Build, Character
from game.simulator import options
from game.simulator.battle import Battle
from game.simulator.effect_records import ADD, BLOCK, BURN, DEFENSE, UNDYING


def single(make, *effects, seed=0, **changes):
    """Fang with effects and an enemy that stands on her tile."""
    fields = {"effects": effects, "attack_interval": 1.0, **changes}
    return _on_tile(squad(make, ("Fang", fields), refs=(make.dummy(**STILL),), seed=seed))


def _on_tile(battle):
    """Put the enemy in front of slot 0, and wait for the first blow."""
    battle.step(9)
    foe = battle._field.foe[0]
    foe.row, foe.col, foe.tile = 1.0, 3.0, battle.stage.width + 3
    deploy(battle, 0, 1, 3)
    return battle


def first_blow(battle):
    """What the first attack takes."""
    until(battle, lambda: health(battle) < 1e9)
    return 1e9 - health(battle)


def test_attack_speed_grows_with_the_health_that_is_lost(make):
    """Hellagur: +100 at 70 % lost health, evenly; at 65 % of the health it is +50."""
    battle = single(make, Effect(per="lost health", step=0.7, add={"attack_speed": 100.0}))
    full = own_health(battle)
    for left, attacks in ((1.0, 10), (0.65, 15), (0.3, 20), (0.1, 20)):
        battle._field.unit[0].health = full * left
        battle.step(60)
        assert len(blows(battle, 300)) == pytest.approx(attacks, abs=1)


def test_a_change_that_grows_with_the_time_on_the_field_stops_at_its_most(make):
    """Saria: every 20 seconds on the field +6 % attack, five times at most."""
    battle = single(make, Effect(per="second", step=20.0, stacks=5, scale={"attack": 0.06}))
    base = first_blow(battle)
    battle.step(30 * 20)
    assert blows(battle, 60)[-1] == pytest.approx(base * 1.06)
    battle.step(30 * 100)
    assert blows(battle, 60)[-1] == pytest.approx(base * 1.30)


def test_attacks_on_the_same_enemy_grow(make):
    """Beehunter: +6 % for each attack on the same enemy before, up to five."""
    rage = Effect(when="attack", who="target", per="streak", stacks=5, strength=1.06)
    battle = single(make, rage)
    base = first_blow(battle)
    assert blows(battle, 30 * 7) == pytest.approx([base * (1 + 0.06 * n) for n in (1, 2, 3, 4, 5, 5, 5)])


def test_kills_are_counted_for_the_one_who_kills(make):
    """La Pluma: +3 attack speed for each kill; Flamebringer: +50 health."""
    changes = {"effects": (Effect(per="kill", stacks=30, add={"max_health": 50.0}),), "attack": 99999.0}
    battle = squad(make, ("Fang", changes), refs=(make.dummy(maxHp=10.0),), enemies=2)
    deploy(battle, 0, 1, 3)
    before = own_health(battle)
    until(battle, battle.gone)
    battle.step(3)
    assert own_health(battle) == before + 50.0


def test_more_full_health_stays_as_long_as_its_skill_does(make):
    """Surtr's third skill: +5,000 in every tick of it, and what else is always there holds meanwhile too."""
    more = skill(effects=(Effect(add={"max_health": 5000.0}),))
    talent = Effect(add={"undying": 1e-6})
    battle = squad(make, ("Fang", {"effects": (talent,)}), refs=(make.dummy(**STILL),))
    battle = Battle(battle.stage, (msgspec.structs.replace(battle.squad[0], skill=more),))
    deploy(battle, 0, 1, 3)
    battle.step(3)
    before = own_health(battle)
    assert battle.act(Action(SKILL, 0))
    battle.step(3)
    for _ in range(60):
        battle.step(1)
        assert own_health(battle) == before + 5000.0
        assert battle.records.modifier[0, 0, UNDYING, ADD] > 0.0


def test_an_enemy_that_falls_near_heals(make):
    """Estelle: 14 % of her health for each enemy that dies on the eight tiles around."""
    changes = {"effects": (Effect(when="fall", radius=1.5, heal_share=0.14),), "attack": 99999.0}
    battle = squad(make, ("Fang", changes), refs=(make.dummy(maxHp=10.0),))
    deploy(battle, 0, 1, 3)
    full = own_health(battle)
    battle._field.unit[0].health = full * 0.5
    until(battle, battle.gone)
    assert own_health(battle) == pytest.approx(full * 0.64)


def test_the_undying_leaves_some_seconds_after_it_would_have_died(make):
    """Surtr: her health does not fall below 1, and 9 seconds after the fatal blow she leaves; her card cools down."""
    effects = (Effect(add={"undying": 1e-6}), Effect(when="saved", every=ONCE, leaves=9.0))
    battle = duel(make, enemy={"attack": 99999.0, "attack_interval": 2.0}, skill=None, effects=effects)
    until(battle, lambda: own_health(battle) == 1.0)
    struck = battle.seconds
    until(battle, lambda: not battle.operators_on_field())
    assert battle.seconds - struck == pytest.approx(9.0, abs=0.1)


def test_once_with_little_health_it_comes_back_and_stays(make):
    """Blaze: below 25 % once 50 % of the health, and for 7 seconds not less than 50 %."""
    effects = (Effect(when="hurt", own_below=0.25, every=ONCE, heal_share=0.5, seconds=7.0, add={"undying": 0.5}),)
    battle = duel(make, enemy={"attack": 400.0, "attack_interval": 1.0}, skill=None, effects=effects, max_health=1000.0)
    battle._field.unit[0].health = 300.0
    until(battle, lambda: own_health(battle) > 300.0)
    saved = battle.seconds
    assert own_health(battle) <= 800.0
    until(battle, lambda: own_health(battle) < 500.0)
    assert battle.seconds - saved >= 7.0
    until(battle, lambda: not battle.operators_on_field())


def test_each_layer_takes_one_blow(make):
    """Nian: three layers at the deployment; Archetto gets 9 SP when hers breaks."""
    effects = (Effect(when="deployed", wards=3), Effect(when="ward broken", heal_share=0.01))
    battle = duel(make, enemy={"attack": 300.0, "attack_interval": 1.0}, skill=None, effects=effects)
    until(battle, lambda: battle._field.unit[0].wards == 0)
    assert own_health(battle) == 1060.0
    until(battle, lambda: own_health(battle) < 1060.0)


def test_those_right_in_front_are_hit_harder(make):
    """Spreadshooters: 150 % against the row of tiles in front of them, all others as usual."""
    trait = Effect(when="attack", who="target", ahead=1, aside=9, strength=1.5)
    hits = {}
    for direction, near in ((UP, True), (LEFT, False)):
        battle = squad(
            make, ("Kroos", {"effects": (trait,), "range": ((-1, 0), (0, 1), (0, -1), (1, 0))}),
            refs=(make.dummy(**STILL),),
        )  # fmt: skip
        battle.step(9)
        foe = battle._field.foe[0]
        foe.row, foe.col, foe.tile = 1.0, 1.0, battle.stage.width + 1
        deploy(battle, 0, 2, 1, direction)
        hits[near] = first_blow(battle)
    assert hits[True] == pytest.approx(hits[False] * 1.5)


def test_one_of_three_comes_by_chance_and_stays(make):
    """Gitano: attack, attack speed or health, one of them for each deployment, by the battle's seed."""
    thirds = ((0.0, 1 / 3), (1 / 3, 2 / 3), (2 / 3, 1.0))
    effects = tuple(Effect(lot=lot, add={"burn": float(n + 1)}) for n, lot in enumerate(thirds))
    found = []
    for seed in range(12):
        battle = single(make, *effects, seed=seed)
        battle.step(6)
        found.append(float(battle._field.modifier[0, BURN, ADD]))
    assert set(found) == {1.0, 2.0, 3.0}


def test_an_ally_borrows_a_part_of_the_attack(make):
    """鼓舞 (Sora's second skill): the others in range add 90 % of her attack to theirs."""
    song = Effect(who="allies in range", others=True, lend={"attack": 0.9})
    everywhere = tuple((row, col) for row in range(-3, 4) for col in range(-9, 10))
    battle = _on_tile(
        squad(
            make, ("Fang", {}), ("Ansel", {"effects": (song,), "attack": 300.0, "range": everywhere}),
            refs=(make.dummy(**STILL),),
        )
    )  # fmt: skip
    base = first_blow(battle)
    deploy(battle, 1, 0, 1)
    battle.step(30)
    assert blows(battle, 60)[-1] == pytest.approx(base + 270.0)


def test_an_ally_borrows_defense_and_full_health(make):
    """鼓舞 (Heidi's second skill): 15 % of her defense and 11 % of her health; who is unhurt stays so."""
    song = Effect(who="allies in range", others=True, lend={"defense": 0.15, "max_health": 0.11})
    everywhere = tuple((row, col) for row in range(-3, 4) for col in range(-9, 10))
    bard = {"effects": (song,), "defense": 200.0, "max_health": 1000.0, "range": everywhere}
    battle = _on_tile(squad(make, ("Fang", {}), ("Ansel", bard), refs=(make.dummy(**STILL),)))
    full = own_health(battle)
    deploy(battle, 1, 0, 1)
    battle.step(3)
    assert own_health(battle) == full + 110.0
    assert battle._field.modifier[0, DEFENSE, ADD] == pytest.approx(30.0)
    assert (own_health(battle, 1), battle._field.unit[1].full_health) == (1000.0, 1000.0)


def test_enemies_do_not_aim_at_the_camouflaged(make):
    """迷彩: a shooter finds no target; without it, it shoots."""
    shooter = {"range": 9.0, "attack": 500.0, "speed": 0.0}
    for effects, unhurt in (((Effect(add={"camouflage": 1.0}),), True), ((), False)):
        changes = {"effects": (*effects, Effect(add={"burn": 0.0}))}
        battle = squad(make, ("Kroos", changes), refs=(make.dummy(**STILL),), enemy=shooter)
        battle.step(9)
        deploy(battle, 0, 0, 1)
        full = own_health(battle)
        battle.step(300)
        assert (own_health(battle) == full) is unhurt


def test_another_wounded_operator_is_healed_by_chance(make):
    """Ansel heals one more, never the same one twice (here with certainty in place of 18 %)."""
    more = Effect(when="attack", who="allies in range", most=1, besides=True, heal=1.0)
    everywhere = tuple((row, col) for row in range(-3, 4) for col in range(-9, 10))
    battle = squad(
        make, ("Fang", {}), ("Beagle", {}),
        ("Ansel", {"effects": (more,), "attack": 100.0, "range": everywhere, "heals_others_only": True}),
        refs=(make.dummy(**STILL),),
    )  # fmt: skip
    for slot, tile in enumerate(((1, 3), (1, 5), (0, 1))):
        deploy(battle, slot, *tile)
    for slot in (0, 1):
        battle._field.unit[slot].health = 300.0
    until(battle, lambda: own_health(battle, 0) > 300.0)
    assert (own_health(battle, 0), own_health(battle, 1)) == (400.0, 400.0)


def test_health_drains_but_nothing_dies_of_it(make):
    """Ifrit's third skill takes 2 % of her health a second."""
    battle = single(make, Effect(add={"drain": 0.02}))
    full = own_health(battle)
    battle.step(30 * 10 + 3)
    assert own_health(battle) == pytest.approx(full * 0.8, abs=full * 0.01)
    battle.step(30 * 60)
    assert own_health(battle) == 1.0


def test_a_part_of_the_damage_comes_back(make):
    """Indra's second skill: 20 % of the damage of each attack."""
    battle = single(make, Effect(when="attack", who="self", heal_dealt=0.2))
    battle._field.unit[0].health = 100.0
    base = first_blow(battle)
    assert own_health(battle) == pytest.approx(100.0 + 0.2 * base)


def test_a_shield_for_a_time_ends(make):
    """Shining's first skill: a shield of a part of her attack for three seconds."""
    battle = single(make, Effect(when="deployed", seconds=3.0, shield_attack=0.35), attack=1000.0)
    battle.step(30)
    assert battle._field.unit[0].shield == pytest.approx(350.0)
    battle.step(75)
    assert battle._field.unit[0].shield == 0.0


def test_friends_block_one_more(make):
    """Nian's third skill: the others in range block one more as long as it lasts."""
    battle = single(make, Effect(add={"block": 1.0}))
    battle.step(6)
    assert battle._field.modifier[0, BLOCK, ADD] == 1.0


def test_what_is_blocked_by_an_effect_stays_blocked_as_a_skill_ends(make):
    """Found by a random duel: an enemy that adds 1 to the block of who blocks it was free for a tick."""
    changes = {"effects": (Effect(add={"block": 1.0}),), "block": 1, "attack": 0.0, "skill": skill(duration=2.0)}
    battle = squad(make, ("Fang", changes), refs=(make.dummy(**STILL),), enemies=2)
    battle.step(75)
    for e in range(2):
        foe = battle._field.foe[e]
        foe.row, foe.col, foe.tile = 1.0, 3.0, battle.stage.width + 3
    deploy(battle, 0, 1, 3)
    until(battle, lambda: battle._field.unit[0].block_taken == 2)
    assert battle.act(Action(SKILL, 0))
    for _ in range(75):
        battle.step(1)
        assert battle._field.unit[0].block_taken == 2
    assert not battle.operators_on_field()[0].skill_active


def test_it_does_not_attack_for_some_seconds_after_its_skill(make):
    """Gitano's second skill: thirteen seconds without attacks when it is over."""
    rests = Effect(when="skill ends", seconds=13.0, add={"disarmed": 1.0})
    battle = single(make)
    battle = _on_tile(squad(make, ("Fang", {"effects": (rests,), "attack_interval": 1.0}), refs=(make.dummy(**STILL),)))
    operator = msgspec.structs.replace(battle.squad[0], skill=skill(attack=0.1, duration=2.0))
    battle = _on_tile(type(battle)(battle.stage, (operator,)))
    battle.act(Action(SKILL, 0))
    until(battle, lambda: battle.operators_on_field()[0].skill_active)
    until(battle, lambda: not battle.operators_on_field()[0].skill_active)
    battle.step(2)
    assert blows(battle, 30 * 12) == []
    assert len(blows(battle, 30 * 3)) >= 1


def test_a_skill_may_be_used_only_so_often(make):
    """Sussurro's second skill: twice in a battle, however full it is."""
    battle = duel(make, skill=skill(attack=0.1, duration=1.0, uses_in_battle=2))
    used = 0
    for _ in range(20):
        battle.step(45)
        used += battle.act(Action(SKILL, 0))
    assert used == 2


def test_a_duelist_gains_points_only_while_it_blocks(make):
    """Eunectes: her branch's trait."""
    fields = {"skill": skill(initial=0, cost=30), "sp_when_blocking": True}
    battle = squad(make, ("Fang", {}), refs=(make.dummy(**STILL),))
    operator = msgspec.structs.replace(battle.squad[0], **fields)
    battle = type(battle)(battle.stage, (operator,))
    deploy(battle, 0, 1, 3)
    battle.step(300)
    assert battle._field.unit[0].sp == 0
    foe = battle._field.foe[0]
    foe.row, foe.col, foe.tile = 1.0, 3.0, battle.stage.width + 3
    battle.step(90)
    assert battle._field.unit[0].sp > 60


def test_a_heal_for_the_badly_wounded_waits_for_them(make):
    """Saria's first skill: only for those with less than half of their health."""
    aid = skill(strikes=True, damage="heal", heals_below=0.5, by_hand=False, duration=0.0, gain="attack", cost=0)
    battle = squad(make, ("Fang", {}), ("Ansel", {}), refs=(make.dummy(**STILL),))
    healer = msgspec.structs.replace(battle.squad[1], skill=aid, holds_fire=False, damage="physical")
    battle = type(battle)(battle.stage, (battle.squad[0], healer))
    deploy(battle, 0, 1, 3)
    deploy(battle, 1, 0, 2)
    battle._field.unit[0].health = 700.0
    battle.step(options.DEPLOYMENT + 60)
    assert own_health(battle) == 700.0
    battle._field.unit[0].health = 400.0
    until(battle, lambda: own_health(battle) > 400.0)


def test_a_squad_changes_before_the_battle():
    """Zima: vanguards cost one less; Nian: defenders +20 % health; SilverAsh: cards come back 12 % sooner."""
    effects = (
        Effect(when="squad", who="allies", roles=("vanguard",), add={"cost": -1.0}),
        Effect(when="squad", who="allies", roles=("defender",), scale={"max_health": 0.2}),
        Effect(when="squad", who="allies", scale={"redeploy_time": -0.12}),
        Effect(when="squad", who="allies", roles=("vanguard",), scale={"attack": 0.1}),
    )
    fang, beagle = (operator_of(CATALOGUE.characters[name], Build()) for name in ("Fang", "Beagle"))
    changed = with_squad_effects((msgspec.structs.replace(fang, effects=effects), beagle))
    assert changed[0].cost == fang.cost - 1
    assert changed[1].max_health == pytest.approx(beagle.max_health * 1.2)
    assert changed[1].redeploy_time == pytest.approx(beagle.redeploy_time * 0.88)
    assert changed[0].attack == pytest.approx(fang.attack * 1.1)


def test_a_skill_makes_a_talent_stronger():
    """Dobermann's second skill: the talent's effect becomes 2.7 times; Ethan's: its chance 2.5 times."""
    talents = (
        Effect(name="talent 1", who="allies", rarities=(3,), scale={"attack": 0.1}),
        Effect(name="talent 2", when="attack", who="target", chance=0.3, stun=1.0),
    )
    base = msgspec.structs.replace(CATALOGUE.characters["Fang"], effects=talents)
    fields = {"name": "x", "gain": "second", "by_hand": True, "cost": 1, "initial": 0, "duration": 5.0}
    one = msgspec.structs.replace(base, skills=({**fields, "talent": 1, "talent_times": 2.7},))
    usual, active, other = operator_of(one, Build()).effects
    assert (usual.skill, usual.scale["attack"]) == ("idle", 0.1)
    assert (active.skill, active.scale["attack"]) == ("active", pytest.approx(0.27))
    assert other.skill == "any"
    two = msgspec.structs.replace(base, skills=({**fields, "talent": 2, "talent_chance": 2.5},))
    assert isinstance(two, Character)
    assert operator_of(two, Build()).effects[-1].chance == pytest.approx(0.75)


def test_shots_at_random_all_strike(make):
    """Cutter's first skill: four knives, each at an enemy that is drawn; with one enemy all four are its own."""
    knives = skill(strikes=True, duration=0.0, targets=4, scatters=True, strength=2.8)
    battle = single(make)
    operator = msgspec.structs.replace(battle.squad[0], skill=knives)
    battle = _on_tile(type(battle)(battle.stage, (operator,)))
    battle.step(6)
    before = health(battle)
    assert battle.act(Action(SKILL, 0))
    assert before - health(battle) == pytest.approx(4 * 2.8 * operator.attack)
