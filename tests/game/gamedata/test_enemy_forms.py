"""What enemies' abilities are read as: the words and the numbers together, and nothing without either."""

# ruff: noqa: RUF001 - the tables are Chinese, and so is their punctuation

from __future__ import annotations

import msgspec
import pytest
from levels import CATALOGUE

from game.characters.effects import Effect
from game.gamedata.enemy_forms import ENEMY_FORMS
from game.gamedata.enemy_kind_forms import KIND_FORMS
from game.gamedata.enemy_reading import AbilityNumbers, AbilityText, read_abilities
from game.gamedata.importing import import_tables

FORMS = (*KIND_FORMS, *ENEMY_FORMS)


def board(**numbers):
    """A blackboard; a double underscore stands for the dot of its keys."""
    return [{"key": key.replace("__", "."), "value": value, "valueStr": None} for key, value in numbers.items()]


def skill(name, cooldown=0.0, first=0.0, cost=0, **numbers):
    """A skill of the tables."""
    times = {"cooldown": cooldown, "initCooldown": first, "spCost": cost}
    return {"prefabKey": name, **times, "blackboard": board(**numbers)}


def read(*words, talents=(), skills=(), reach=0.0):
    """What an enemy of these words and numbers is read as."""
    return read_abilities([AbilityText(one) for one in words], AbilityNumbers(talents, skills, reach), FORMS)


@pytest.mark.parametrize(
    ("words", "numbers", "effect"),
    [
        ("死亡后对周围造成大量物理伤害", {"boom__atk_scale": 4.0},
         {"when": "death", "who": "enemies", "radius": 1.5, "damage": 4, "kind": "physical"}),
        ("生命值降至一半以下时攻击力大幅度提升", {"atkup__atk": 1.8}, {"own_below": 0.5, "scale": {"attack": 1.8}}),
        ("每次攻击会降低击中目标的防御", {"defdown__def": -15.0}, {"when": "attack", "who": "target", "wear": 15}),
        ("会逐渐损失生命", {"periodic_damage__damage": 330.0}, {"add": {"bleed": 330}}),
        ("被阻挡时法术抗性大幅提升", {"MagicResistance__magic_resistance": 50.0},
         {"own_blocked": True, "add": {"resistance": 50}}),
        ("攻击造成凋亡损伤", {"epdamage__attack@ep_damage_ratio": 0.37},
         {"when": "attack", "who": "target", "injury": 0.37, "element": "necrosis"}),
        ("未被阻挡时有几率闪避物理攻击", {"Evade__prob": 0.4}, {"own_blocked": False, "add": {"dodge": 0.4}}),
        ("折射", {"refracting__magic_resistance": 70.0}, {"add": {"resistance": 70}}),
        ("受到强化时，移动速度提升", {"strength__move_speed": 0.3},
         {"company": True, "groups": ["herald"], "factor": {"speed": 1.3}}),
        ("攻击时恢复攻击伤害一定比例的生命", {"vampire__heal_scale": 2.2}, {"when": "attack", "heal_dealt": 2.2}),
    ],
)  # fmt: skip
def test_words_and_numbers_together_are_an_effect(words, numbers, effect):
    """And nothing is left of either; without the number the words are handed back."""
    found = read(words, talents=board(**numbers))
    assert found.rest == ()
    assert found.fields["effects"] == [effect]
    assert read(words).rest[0].startswith("said of it: ")


def test_numbers_and_skills_that_no_words_use_are_missing():
    """A talent's number, and a skill with all that belongs to it, each once."""
    found = read("飞行单位", talents=board(aura__atk=1.0), skills=[skill("Blink", 15.0, 15.0, dist=1.5)])
    assert found.rest == ("skill Blink", "number aura.atk")


@pytest.mark.parametrize("words", ["移动速度逐渐加快", "对全场我方单位造成法术伤害", "部署费用回复速度减半"])
def test_a_deed_is_no_remark_on_numbers(words):
    """A description may mention speed or arts in passing; an ability that does so does something."""
    assert read(words).rest == (f"said of it: {words}",)


def test_every_so_many_attacks_is_what_the_skill_costs():
    """Two SP, gained by attacks: the third attack is the special one."""
    found = read("攻击2次后，下一次攻击会晕眩目标", skills=[skill("stuncombat", 1.0, 1.0, 2, stun=7.0)])
    assert found.rest == ()
    assert found.fields["effects"] == [{"when": "attack", "who": "target", "nth": 3, "stun": 7}]


def test_a_skill_has_its_cooldown_and_its_first_use():
    """It waits until there is a target."""
    curse = skill("AtkDesWeaken", 25.0, 20.0, atk=-0.5, duration=15.0)
    words = ("使场上攻击力最高的我方单位攻击力大幅降低，持续一定时间", "重生")
    found = read(*words, skills=[curse], talents=board(reborn__duration=5.0))
    assert found.rest == ()
    assert found.fields["rises_after"] == 5
    (effect,) = found.fields["effects"]
    assert (effect["every"], effect["ready_after"], effect["waits"], effect["by"]) == (25.0, 20.0, True, "most attack")


def test_an_ability_that_silence_does_not_stop_says_so():
    """The handbook marks those that silence stops."""
    numbers = AbilityNumbers(board(taunt__taunt_level=1.0), (), 0.0)
    found = read_abilities([AbilityText("更容易受到敌人的攻击", "NORMAL")], numbers, ENEMY_FORMS)
    assert found.fields["effects"] == [{"add": {"taunt": 1}, "firm": True}]


def test_abilities_under_titles_belong_to_a_form():
    """An enemy with forms that does not rise between them is not whole."""
    titled = [AbilityText("第二形态", "TITLE"), AbilityText("会逐渐损失生命")]
    found = read_abilities(titled, AbilityNumbers(board(periodic_damage__damage=9.0), (), 0.0), ENEMY_FORMS)
    assert found.fields["effects"] == [{"add": {"bleed": 9}, "form": 2}]
    assert found.rest == ("said of it: has several forms",)


@pytest.fixture(scope="module")
def enemies(reference):
    """All enemies of the public tables."""
    tables = reference / "tables"
    return import_tables([tables / "enemy_database.json", tables / "enemy_handbook_table.json"], CATALOGUE).enemies


@pytest.mark.parametrize(
    ("id_", "fields"),
    [
        # public wikis: necrosis of 37 % of the attack; neural injury of 15 %, and of 100 % within 1.25 tiles at death
        ("enemy_1229_darmy", {"injury": 0.37, "element": "necrosis"}),
        ("enemy_1148_dssbr", {"injury": 0.15, "element": "neural"}),
        ("enemy_2012_csbln", {"injury": 1, "element": "neural", "radius": 1.25}),
        # cold for ten seconds with every third attack
        ("enemy_1068_snmage", {"nth": 3, "cold": 10}),
        # players' encyclopedias: 10 and 15 points of defense a hit; 500 true damage a second
        ("enemy_1004_mslime", {"wear": 10}),
        ("enemy_1004_mslime_2", {"wear": 15}),
        ("enemy_1062_rager_2", {"add": {"bleed": 500}}),
    ],
)
def test_figures_of_others_are_read(enemies, id_, fields):
    """What other sources say of an enemy stands in one of its effects."""
    assert not enemies[id_].get("missing")
    assert any(fields.items() <= effect.items() for effect in enemies[id_]["effects"])


def test_most_common_enemies_are_whole_and_bosses_are_not(enemies):
    """Twice as many as by descriptions alone; what has skills of its own kind stays named."""
    assert sum(not one.get("missing") for one in enemies.values()) >= 350
    assert enemies["enemy_1505_frstar"]["missing"]
    assert enemies["enemy_1271_nhkodo"]["missing"]


def test_a_chain_and_its_numbers():
    """Leaps, how many, how hard, and the injury; without the radius nothing is read."""
    words = "攻击造成凋亡损伤，且会在4个敌人间跳跃，每次跳跃伤害降低"
    numbers = {
        "epdamage__attack@ep_damage_ratio": 0.3, "epdamage__attack@max_target": 4.0,
        "epdamage__attack@chain__atk_scale": 0.85, "epdamage__attack@projectile_range": 1.6,
    }  # fmt: skip
    found = read(words, talents=board(**numbers))
    assert found.rest == ()
    assert (found.fields["leaps"], found.fields["leap_targets"], found.fields["leap_strength"]) == (1.6, 4, 0.85)
    del numbers["epdamage__attack@projectile_range"]
    assert "leaps" not in read(words, talents=board(**numbers)).fields


def test_links_charges_and_bombs():
    """A fetter lasts and hurts as its skill says, an engineer charges and loses, a bomb comes at its cooldown."""
    lasso = skill("lasso", hit_duration=20.0, atk_scale=0.35, range_radius=3.0)
    fetter = read("可以使用枷锁使我方单位瘫痪", skills=[lasso])
    assert fetter.rest == ()
    assert [one.get("link", one.get("damage")) for one in fetter.fields["effects"]] == [20.0, 0.35]
    numbers = {"interval": 1.0, "hit_duration": 20.0, "sp": 1.0, "enemy_dmech_charge[sp_reduce]__sp": -15.0}
    engineer = read(
        "为伦蒂尼姆城防副炮持续充能，被打断时城防炮损失部分充能",
        skills=[skill("charge_gunctrl", 5.0, cost=5, **numbers)],
    )
    assert engineer.rest == ()
    assert [one.get("charge", one.get("link")) for one in engineer.fields["effects"]] == [1, 20, -15]
    assert engineer.fields["effects"][1]["ready_after"] == 5.0
    bomb = read("可以投掷炸弹造成群体法术伤害并施加寒冷效果", skills=[skill("bomb", 5.0, 5.0, freeze=10.0)])
    assert bomb.rest == ()
    assert bomb.fields["attack_interval"] == 5.0
    assert bomb.fields["effects"][0]["cold"] == 10


@pytest.mark.parametrize(
    ("words", "numbers", "skills", "fields"),
    [
        ("撤回保护目标时不扣除目标生命，死亡时扣除目标生命", {"dead__value": -2.0}, (),
         {"escort": True, "life_cost": 2}),
        ("可使用远程武器攻击<乌萨斯平民>与<斗士塔露拉>", {}, (), {"escort_range": 1.2}),
        ("无法被攻击、消失时不会扣除目标生命", {}, (),
         {"life_cost": 0, "unblockable": True, "effects": [
             {"factor": {"physical_taken": 0.0, "arts_taken": 0.0, "true_taken": 0.0}, "add": {"stealth": 1.0}}]}),
        ("对<斗士塔露拉>永久施加【削弱】(防御力与法抗大幅降低）", {},
         (skill("BringDown", 10000.0, 7.0, **{"def": -0.5, "magic_resistance": -0.4}),),
         {"effects": [
             {"when": "interval", "every": 10000.0, "ready_after": 7.0, "waits": True, "who": "enemies",
              "groups": ["escort"], "seconds": 9999.0, "factor": {"defense": 0.5, "resistance": 0.6}}]}),
        ("近地悬浮", {"refracting__magic_resistance": 70.0}, (skill("RecoverAnim"),),
         {"hovers": True, "effects": [{"firm": True, "add": {"weight": 99.0}}]}),
        ("死亡时爆炸造成法术伤害，并击倒周围的破碎支柱与其他<深池焚毁者>", {}, (skill("DeadBoom", atk_scale=1.0),),
         {"groups": ["flamerazer"], "effects": [
             {"when": "death", "who": "enemies", "radius": 2.0, "kind": "arts", "damage": 1},
             {"when": "death", "who": "allies", "others": True, "groups": ["flamerazer"], "radius": 2.0,
              "damage_points": 99999.0, "kind": "true"},
             {"when": "death", "who": "allies", "groups": ["pillar"], "radius": 2.0, "turns": True, "falls": True}]}),
    ],
)  # fmt: skip
def test_words_of_one_family_need_its_numbers(words, numbers, skills, fields):
    """All that belongs to them is used up; what a skill says that is never ready counts for nothing."""
    board_of = AbilityNumbers(board(**numbers), skills, 0.0)
    found = read_abilities([AbilityText(words)], board_of, FORMS)
    assert found.rest == ()
    plain = {key: [without_firm(one) for one in value] if key == "effects" else value for key, value in fields.items()}
    effects = {"effects": [without_firm(one) for one in found.fields["effects"]]} if "effects" in found.fields else {}
    assert found.fields | effects == plain


def test_a_rite_and_a_pulse_wave_are_read_together():
    """The rite's reach before and after a pulse wave is in no table: 1.5 and 2.5 tiles (docs/rules.md)."""
    rites = [skill(name, 5.0, atk_scale=1.0) for name in ("Immo", "Immo[Rage]")]
    found = read(
        "周期性施法，对周围所有单位造成相当于攻击力的法术伤害", "接触脉冲波时，不受伤害且攻击范围扩大", skills=rites
    )
    assert found.rest == ()
    assert found.fields["groups"] == ["pulse-fed"]
    rest, *cast = found.fields["effects"]
    assert rest["add"] == {"disarmed": 1.0}
    assert [(one["form"], one["radius"], one["every"], one["damage"]) for one in cast] == [
        (1, 1.5, 5, 1),
        (2, 2.5, 5, 1),
    ]
    changed = read("接触脉冲波时，不受伤害且攻击切换成法术伤害")
    assert (changed.rest, changed.fields) == ((), {"groups": ["pulse-fed"], "second_damage": "arts"})


def test_charges_come_one_by_one_and_three_at_a_time_below_half():
    """W's first charge after 9 s, the next 20 s after it went off; below half of her health three, and at once."""
    found = read(
        "会使用爆破物，能对我方单位造成大量物理伤害", "生命值降至一半以下时炸药包的使用数量增加",
        skills=[skill("C4", 20.0, 9.0, atk_scale=1.8, range_radius=2.5)],
    )  # fmt: skip
    assert found.rest == ()
    bombs = [one for one in found.fields["effects"] if one.get("at_end")]
    assert [(one["most"], one["ready_after"], one["every"], one["damage"]) for one in bombs] == [
        (1, 9.0, 23.8, 1.8), (3, 0.1, 23.8, 1.8),
    ]  # fmt: skip
    assert [one["link"] for one in found.fields["effects"] if "link" in one] == [3.8, 3.8]


def test_corruption_comes_where_a_witherer_falls_unless_it_is_silenced():
    """The cloud stays where it is; what hurts in it counts as one, and silence stops only the beginning of it."""
    numbers = {"polluted_damage_low": 50.0, "polluted_damage_high": 25.0, "projectile_life_time": 8.0}
    board_of = board(
        **{f"PollutedDie__{key}": value for key, value in numbers.items()}, PollutedDie__projectile_range=2
    )
    text = AbilityText("被击倒时释放污染秽蚀，使周围我方持续损失生命", "NORMAL")
    found = read_abilities([text], AbilityNumbers(board_of, (), 0.0), FORMS)
    assert found.rest == ()
    laid, ground, high = found.fields["effects"]
    assert (laid["when"], laid["lays"], laid["firm"]) == ("death", 8, False)
    assert [(one["melee"], one["damage_points"], one["firm"]) for one in (ground, high)] == [
        (True, 50, True), (False, 25, True),
    ]  # fmt: skip
    assert {(one["as_one"], one["radius"], one["at_place"], one["every"]) for one in (ground, high)} == {
        ("corruption", 2, True, 1.0)
    }


def test_a_corrupting_shot_is_the_first_and_every_third():
    """The others strike its blocker harder; its radius of 1.7 tiles is in no table."""
    shot = skill("PollutedRangedAtk", -1.0, -1.0, 2, polluted_damage_low=50.0, polluted_damage_high=25.0,
                 projectile_life_time=10.0, range_radius=2.2, projectile_delay_time=10.0)  # fmt: skip
    found = read(
        "只攻击地面单位", "近战攻击造成更高伤害", "数次攻击后，下次攻击释放污染秽蚀", skills=[shot],
        talents=board(**{"Empty__attack@chuang_atk_scale": 2.0}, Empty__sp=2.0),
    )  # fmt: skip
    assert (found.rest, found.fields["ground_only"]) == ((), True)
    strikes = [one for one in found.fields["effects"] if one["when"] == "attack"]
    assert [(one["nth_first"], one.get("strength"), one.get("lays")) for one in strikes] == [
        (2, 2, None), (3, 2, None), (1, None, 10),
    ]  # fmt: skip
    assert {one["nth"] for one in strikes} == {3}
    assert {one["radius"] for one in found.fields["effects"] if one["when"] == "interval"} == {1.7}


def test_a_bombardment_holds_the_gun_for_six_seconds():
    """Ten shots in the first five of them; it is ready again 25 s after them."""
    words = "会锁定生命上限最高的目标进行数次轰炸，每次对范围内当前生命比例最高的单位造成法术伤害"
    found = read(words, skills=[skill("Cannon", 25.0, 10.0, atk_scale=0.55)])
    assert found.rest == ()
    steady, lock, shot = found.fields["effects"]
    assert (steady["own_linked"], steady["add"]) == (True, {"steadfast": 1.0})
    assert (lock["every"], lock["ready_after"], lock["lays"], lock["link"]) == (31.0, 10.0, 5.0, 6.0)
    assert (shot["every"], shot["damage"], shot["by"]) == (0.5, 0.55, "least hurt")


def without_firm(effect):
    """An effect without what its text's format adds."""
    return {key: value for key, value in effect.items() if key != "firm"}


def test_a_stone_has_the_numbers_of_the_tables():
    """Ten seconds with 800 defense and 30 resistance more; its reach is that of the flier, who shoots arts."""
    words = "首次被击倒时暂时变为防御力极高的石像，一段时间后重生为空中单位"
    numbers = board(stone__magic_resistance=30.0, stone__def=800.0, stone__duration=10.0)
    found = read_abilities([AbilityText(words)], AbilityNumbers(numbers, (), 1.6), FORMS)
    second = found.fields["second"]
    assert (found.rest, found.fields["range"], second["range"], second["damage"]) == ((), 0.0, 1.6, "arts")
    assert second["flies_after"] == second["effects"][1]["until"] == 10
    assert second["effects"][1]["add"] == {"defense": 800, "resistance": 30, "disarmed": 1.0}


def test_an_evocator_and_its_flames_have_the_numbers_of_the_tables():
    """Two skills that bring one flame each; a flame loses 7 % a second for ten seconds and does all of its attack."""
    words = (
        "操纵沿地面移动的<净浊之焰>，遇到我方近战单位后爆炸，对周围造成法术和<$ba.dt.burning>灼燃损伤</>，"
        "其伤害随移动距离减小"
    )
    skills = [skill("SummonFireBall", 6.0, 3.0, cnt=1.0), skill("SummonFireBall2", 5.0, 5.0, cnt=1.0)]
    for one in skills:
        one["blackboard"] += [{"key": "enemy_key", "value": 0.0, "valueStr": "enemy_1177_dufrbl"}]
    found = read(words, skills=skills)
    assert (found.rest, found.fields["summons"], found.fields["summons_most"]) == ((), "enemy_1177_dufrbl", 10)
    assert [(one["ready_after"], one["every"], one["summons"]) for one in found.fields["effects"]] == [
        (3.0, 6.0, 1), (5.0, 5.0, 1),
    ]  # fmt: skip
    talents = board(**{"epdamage__attack@ep_damage_ratio": 1.0, "Weaken__duration": 10.0, "Weaken__atk": -0.7})
    flame = read("净浊之焰", talents=talents, reach=1.8)
    assert (flame.rest, flame.fields["range"], flame.fields["restless"]) == ((), 0.0, True)
    _, weaker, meets, *bursts = flame.fields["effects"]
    assert (weaker["scale"]["attack"], weaker["per"], weaker["stacks"]) == (pytest.approx(-0.07), "second", 10)
    assert (meets["melee"], meets["falls"]) == (True, True)
    assert [(one["when"], one["radius"], one["damage"], one["injury"]) for one in bursts] == [
        ("death", 1.8, 1.0, 1), ("leak", 1.8, 1.0, 1),
    ]  # fmt: skip


def test_a_guard_and_a_shade_are_stronger_beside_each_other():
    """Within 1.4 tiles, their own radius, which is none of their attacks: 30 points less attack speed for operators
    within 1.1, and 1.2 s less from blow to blow.
    """
    field = board(traitAbility__range_radius=1.1, traitAbility__taunt_level=0.0, traitAbility__attack_speed=-30.0)
    flame = skill("Flame", atk_scale=0.2, hit_interval=0.5)
    words = "容易受到我方单位攻击", "<深池伙友影刃>位于附近时，激活力场使周围我方攻击速度下降"
    guard = read(*words, talents=field, skills=[flame], reach=1.4)
    assert (guard.rest, guard.fields["range"], guard.fields["groups"]) == ((), 0.0, ["dublinn guard"])
    assert guard.fields["effects"] == [
        {"add": {"taunt": 1.0}},
        {"near_groups": ["dublinn shade"], "near_radius": 1.4, "who": "enemies", "radius": 1.1,
         "add": {"attack_speed": -30}},
    ]  # fmt: skip
    pace = board(traitAbility__base_attack_time=-1.2)
    shade = read("隐匿", "<深池伙友卫队>位于附近时，攻击速度大幅提升", talents=pace, reach=1.4)
    assert (shade.rest, shade.fields["hides"], shade.fields["groups"]) == ((), True, ["dublinn shade"])
    assert shade.fields["effects"] == [
        {"near_groups": ["dublinn guard"], "near_radius": 1.4, "add": {"attack_interval": -1.2}}
    ]


def test_nothing_is_read_by_a_name_that_no_form_knows(enemies):
    """A flame has no words in the tables, only its name and numbers; of others a name says nothing."""
    assert not enemies["enemy_1177_dufrbl"].get("missing")
    assert enemies["enemy_1177_dufrbl"]["effects"]
    assert not enemies["enemy_1000_gopro"].get("missing")


THROWN = [
    *board(Attack__delay=1.0, **{"Attack__attack@projectile_delay_time": 4.0, "Attack__attack@projectile_radius": 1.1}),
    {"key": "Attack.enemy_key", "value": 0.0, "valueStr": "enemy_1220_dzoms"},
]
AMBER = [*board(Summon__cnt=2.0), {"key": "Summon.enemy_key", "value": 0.0, "valueStr": "enemy_1367_dseed"}]
CROWD = {"DamageUp__scale_ratio": 0.2, "DamageUp__add_on": 1.0, "vampire__heal_scale": 2.2}
GROWS = {
    "Attack__attack@ranged_atk_scale": 0.5, "Attack__range_radius": 1.0, "Attack__hp_ratio": 0.15, "Attack__atk": 0.1,
    "Attack__max_stack_cnt": 15.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("id_", "words", "talents", "skills"),
    [
        ("enemy_1361_dthrow",
         ("远程攻击，攻击时射出会延时爆炸的弹药，造成范围物理伤害", "首次倒下后重生为<大君之触>"), THROWN, ()),
        ("enemy_1362_dfat", ("首次倒下后重生为<大君之赐>",),
         [{"key": "Attack.enemy_key", "value": 0.0, "valueStr": "enemy_1221_dzomg"}], ()),
        ("enemy_1360_dfello",
         ("攻击造成法术伤害，根据目标当前阻挡的敌人数量增加攻击力", "攻击时恢复攻击伤害一定比例的生命",
          "被击倒时留下<血珀>"),
         [*board(**CROWD, Summon__cnt=1.0), AMBER[1]], ()),
        ("enemy_1363_spnshd",
         ("容易受到我方攻击", "受到伤害时降低伤害来源的攻击速度", "周围有<反巫术变位炸弹>时，阻止其移动",
          "被击倒时留下2个<血珀>"),
         [*board(BmbcarBuff__range_radius=1.0, Summon__attack_speed=-40.0, Summon__duration=5.0), *AMBER], ()),
        ("enemy_1364_spnaxe",
         ("周围有敌人或我方单位被击倒时回复一定生命，攻击力提升（可叠加）", "被击倒时留下2个<血珀>"),
         [*board(**GROWS), *AMBER], ()),
        ("enemy_1367_dseed", ("受到唤血祭坛的脉冲影响时，在祭坛处重生为新生血裔",),
         board(Passive__damage_resistance=0.0, Passive__hp_ratio=0.1), ()),
    ],
)  # fmt: skip
def test_newer_tables_say_of_late_enemies_what_ships_says(id_, words, talents, skills):
    """The words of the handbook and the numbers of the public table of 2024 become the shipped effects."""
    found = read(*words, talents=talents, skills=skills, reach=2.0)
    own = msgspec.to_builtins(CATALOGUE.newcomers[id_])
    fields = [key for key in found.fields if key != "effects"]
    assert found.rest == ()
    assert {key: found.fields[key] for key in fields} == {key: own[key] for key in fields}
    if id_ != "enemy_1362_dfat":  # whose other ability is read below
        effects = [msgspec.convert(one | {"firm": False}, Effect) for one in found.fields["effects"]]
        assert effects == [msgspec.structs.replace(one, firm=False) for one in CATALOGUE.newcomers[id_].effects]


def test_a_stun_all_around_is_read_with_its_skill():
    """Three SP, one by each attack: the fourth stuns."""
    found = read("能在数次攻击后<$ba.stun>晕眩</>周围所有我方单位", skills=[skill("StunAttack", cost=3, stun=4.0)])
    assert found.rest == ()
    assert (
        tuple(msgspec.convert(found.fields["effects"], list[Effect])) == CATALOGUE.newcomers["enemy_1362_dfat"].effects
    )
