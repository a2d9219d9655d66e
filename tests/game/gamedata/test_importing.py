"""The public tables, converted into our own."""

# ruff: noqa: RUF001 - the tables are Chinese, and so is their punctuation
from __future__ import annotations

import json

import msgspec
import pytest
from levels import CATALOGUE

from game.actions import DEPLOY, SKILL, Action, coverage
from game.characters.builds import operator_of
from game.characters.catalogue import load_catalogue, offsets_of
from game.characters.models import SKILL_LEVELS, Build
from game.errors import TableError
from game.gamedata import descriptions
from game.gamedata.importing import drawing, import_tables, toml, write_tables
from game.gamedata.phrases import OwnNumbers
from game.levels.stage import load_stage
from game.simulator.battle import Battle

OWN = OwnNumbers(interval=2.0, block=2, targets=1, hits=1, damage="physical", range="1-1")


@pytest.fixture(scope="module")
def imported(reference):
    """All public tables, imported."""
    return import_tables([reference / "tables"], CATALOGUE)


@pytest.fixture(scope="module")
def laid_over(imported, tmp_path_factory):
    """The catalogue with everything that was imported laid over the shipped tables."""
    folder = tmp_path_factory.mktemp("tables")
    write_tables(imported, folder)
    return load_catalogue(folder)


@pytest.mark.parametrize(
    ("text", "board", "effects", "rest"),
    [
        ("攻击力+{atk:0%}", {"atk": 0.5}, {"attack": 0.5}, ()),
        ("攻击力和防御力各<@ba.vup>+{atk:0%}</>", {"atk": 0.45}, {"attack": 0.45, "defense": 0.45}, ()),
        ("ATK +{atk:0%}, DEF +{def:0%}", {"atk": 0.5, "def": 0.2}, {"attack": 0.5, "defense": 0.2}, ()),
        ("立即获得{cost}点部署费用", {"cost": 6.0}, {"dp": 6}, ()),
        ("停止攻击，持续时间内回复总共{value}点部署费用", {"value": 14, "interval": 0.57},
         {"holds_fire": True, "dp_each": 0.57}, ()),
        ("下次攻击的攻击力提高至{atk_scale:0%}", {"atk_scale": 1.9}, {"strikes": True, "strength": 1.9}, ()),
        ("攻击间隔略微增大，攻击力+{atk:0%}", {"atk": 1.5, "base_attack_time": 0.5},
         {"interval": 1.0, "attack": 1.5}, ()),
        ("攻击间隔大幅度缩短", {"base_attack_time": 0.1}, {"interval": -1.8}, ()),
        ("攻击间隔缩短", {"base_attack_time": -0.55}, {"interval": -0.55}, ()),
        ("阻挡数变为0", {}, {"block": -2}, ()),
        ("攻击力+{atk:0%}，获得{prob:0%}的物理和法术闪避", {"atk": 0.5, "prob": 0.75},
         {"attack": 0.5, "effects": [{"add": {"dodge": 0.75, "dodge_arts": 0.75}}]}, ()),
        ("当周围没有敌人时，攻击力+{atk:0%}", {"atk": 0.5}, {}, ("当周围没有敌人时", "攻击力+50%")),
        ("周围友方单位的防御力+{atk:0%}，攻击力+{atk:0%}。阻挡数+{block_cnt}", {"atk": 0.5, "block_cnt": 1},
         {"block": 1}, ("周围友方单位的防御力+50%", "攻击力+50%")),
        ("生命上限+{max_hp}，攻击力+{atk:0%}", {"atk": 0.5, "max_hp": 5000},
         {"attack": 0.5, "effects": [{"add": {"max_health": 5000}}]}, ()),
        ("法术抗性+{magic_resistance:0%}", {"magic_resistance": 0.7},
         {"effects": [{"factor": {"resistance": 1.7}}]}, ()),
        ("攻击变为2连射，同时攻击至多{max_target}个目标（视为近距离攻击）", {"max_target": 5},
         {"hits": 2, "targets": 5, "far_strength": 1.0}, ()),
        ("攻击力+{gone:0%}", {}, {}, ("攻击力+?",)),
        ("对周围最多{max_target}个敌人造成相当于攻击力{atk_scale:0%}的物理伤害", {"max_target": 6, "atk_scale": 3.8},
         {"strikes": True, "targets": 6, "strength": 3.8, "damage": "physical", "hits": 1}, ()),
        ("攻击间隔大幅度缩短，每次随机回复攻击范围内已受伤的一名单位相当于攻击力{scale:0%}的生命值",
         {"scale": 0.3, "base_attack_time": 0.12}, {"interval": 0.24 - 2.0, "strength": 0.3, "scatters": True}, ()),
        ("攻击间隔极大幅度缩短，但每次攻击只能造成相当于攻击力{scale:0%}的法术伤害",
         {"scale": 0.4, "base_attack_time": 0.15}, {"interval": 0.3 - 2.0, "strength": 0.4, "damage": "arts"}, ()),
        ("攻击范围扩大至整个战场，但攻击间隔略微增大", {"base_attack_time": 0.9}, {"interval": 1.8},
         ("攻击范围扩大至整个战场",)),
        ("下次攻击会把敌人较大力地牵引至面前，并对其造成相当于攻击力{atk_scale:0%}的物理伤害", {"atk_scale": 1.9},
         {"strikes": True, "strength": 1.9, "damage": "physical"}, ("下次攻击会把敌人较大力地牵引至面前",)),
        ("每次攻击对主目标额外射击一次，并额外攻击2个目标", {},
         {"targets": 3, "effects": [{"when": "attack", "who": "target", "first": 1, "times": 2.0}]}, ()),
        ("攻击变为{times}连射，攻击力提升至{atk_scale:0%}", {"times": 5, "atk_scale": 1.1},
         {"hits": 5, "strength": 1.1}, ()),
        ("攻击距离+{forward}，攻击目标数+3", {"forward": 2.0}, {"reach": 2, "targets": 4}, ()),
        ("攻击力+{atk:0%}。第二次及以后使用时能力加成变为最初的两倍，且持续时间无限", {"atk": 0.4}, {"attack": 0.4},
         ("第二次及以后使用时能力加成变为最初的两倍", "且持续时间无限")),
        ("立即获得一个摄影车，所有摄影车的侦查范围扩大，攻击力+{atk:0%}", {"atk": 0.5}, {},
         ("立即获得一个摄影车", "所有摄影车的侦查范围扩大", "攻击力+50%")),
        ("召唤一个方尖塔，并使其晕眩{stun}秒；攻击力+{atk:0%}", {"stun": 1.5, "atk": 0.4}, {"attack": 0.4},
         ("召唤一个方尖塔", "并使其晕眩1.5秒")),
    ],
)  # fmt: skip
def test_a_sentence_means_its_effects(text, board, effects, rest):
    """Known clauses have effects; others are returned with their numbers, and so are those that follow a condition."""
    read = descriptions.meaning(text, board, None, OWN)
    assert read.effects.pop("effects", []) == effects.get("effects", [])
    assert read.effects == pytest.approx({field: value for field, value in effects.items() if field != "effects"})
    assert read.rest == rest


@pytest.mark.parametrize(
    ("text", "its_range"),
    [
        ("下次攻击造成相当于攻击力{scale:0%}的物理伤害，且恢复周围一名友方单位相当于攻击力{scale:0%}的生命", None),
        ("下次攻击会恢复附近一名友方角色相当于古米攻击力{scale:0%}的生命值", "x-4"),
        ("攻击范围更加扩大", "x-4"),
    ],
)
def test_a_range_is_of_the_clause_that_speaks_of_a_place(text, its_range):
    """A strike in front keeps its range where only the heal beside it reaches all around."""
    assert descriptions.meaning(text, {"scale": 1.0}, "x-4", OWN).effects.get("range") == its_range


@pytest.mark.parametrize(
    ("text", "fields", "rest"),
    [
        ("擅长工程技术的人员，<@eb.key>无法被阻挡</>，需要尽快清除。", {"unblockable": True}, ()),
        ("<@eb.key>无法被阻挡</>且每损失一定生命会释放粉尘", {"unblockable": True}, ("每损失一定生命会释放粉尘",)),
        ("未被阻挡时，使所有平民无法被阻挡", {}, ("未被阻挡时", "使所有平民无法被阻挡")),
        ("特殊作战人员，<@eb.key>在被阻挡前无法被攻击</>。", {"hides": True}, ()),
        ("在芦苇丛中获得<@eb.key>隐匿</>", {}, ("在芦苇丛中获得隐匿",)),
        ("使用<@eb.key>远距离法术攻击</>。", {"damage": "arts"}, ()),
        ("处于无视野的区域时，攻击造成法术伤害。", {}, ("处于无视野的区域时", "攻击造成法术伤害")),
        ("死亡时对周围造成<@eb.key>法术伤害</>", {}, ("死亡时对周围造成法术伤害",)),
        ("A caster of Reunion. Deals Arts damage from afar.", {"damage": "arts"}, ()),
        ("攻击造成法术伤害与凋亡损伤。", {"damage": "arts"}, ("攻击造成法术伤害与凋亡损伤",)),
        ("阻挡他相当于阻挡三名敌人，阻挡能力大于等于3的作战人员可阻止其冲破防线。", {"block": 3}, ()),
        ("并且能够同时攻击<@eb.key>两个</>目标。", {"targets": 2}, ()),
        ("<@eb.key>远距离群体法术攻击</>。其攻击会伤害目标周围的单位。", {"damage": "arts", "splash": 1.0}, ()),
        ("能同时治疗至多<@eb.key>3名</>敌人", {"attack": 0}, ("能同时治疗至多3名敌人",)),
        ("初始处于<待命>状态，不进行攻击；受伤后苏醒", {}, ("初始处于<待命>状态", "不进行攻击", "受伤后苏醒")),
        ("<@eb.key>【飞行单位】</>敌方人员操纵的无人机，不会进行攻击。", {"attack": 0}, ()),
        ("野生的被感染生物，兼具<@eb.key>较高攻击力和防御力</>。", {}, ()),
        ("穿戴的护甲在被阻挡时<@eb.key>提升法术抗性</>保护自身。", {}, ("穿戴的护甲在被阻挡时提升法术抗性保护自身",)),
        ("<@eb.key>优先摧毁一切可见的设施</>", {}, ("优先摧毁一切可见的设施",)),
    ],
)  # fmt: skip
def test_an_enemys_words_are_played_or_handed_back(text, fields, rest):
    """A clause counts only if it says nothing else; stories, and words that repeat the numbers, are dropped."""
    assert descriptions.enemy(text) == (fields, rest)


@pytest.mark.parametrize(
    ("text", "board", "effects", "rest"),
    [
        ("攻击力+8%（+1%），攻击速度+8（+1）", {"atk": 0.08, "attack_speed": 8},
         {"attack": 0.08, "attack_speed": 8}, ()),
        ("再部署时间-30秒", {"respawn_time": -30}, {"redeploy_time": -30}, ()),
        ("攻击速度+8，优先攻击使用远程武器的敌人", {"attack_speed": 8}, {"attack_speed": 8},
         ("优先攻击使用远程武器的敌人",)),
        ("阻挡两个及以上的敌人时，防御力+19%（+3%）", {"def": 0.19}, {},
         ("阻挡两个及以上的敌人时", "防御力+19%（+3%）")),
        ("攻击时，20%几率当次攻击的攻击力提升至160%（+10%）", {"prob": 0.2, "atk_scale": 1.6},
         {"factor": {"attack": pytest.approx(1.12)}}, ()),
        ("自身与浮游单元的攻击速度+12", {"attack_speed": 12}, {"attack_speed": 12}, ()),
        ("在场时，所有【辅助】干员攻击力+11%", {"atk": 0.11}, {}, ("在场时", "所有【辅助】干员攻击力+11%")),
    ],
)  # fmt: skip
def test_a_talent_counts_as_far_as_it_only_changes_numbers(text, board, effects, rest):
    """Nothing counts after a condition, nor for other units; chance counts by its average."""
    assert descriptions.bonus(text, board) == (effects, rest)


def test_a_range_is_drawn_as_it_is_read():
    """The tables count rows upwards; own tiles that are not covered stay so."""
    grids = [{"row": 1, "col": 1}, {"row": 0, "col": 1}]
    assert drawing(grids) == [".#", "o#"]
    assert offsets_of("x", "x", drawing(grids)) == ((-1, 1), (0, 1))


def test_everything_of_the_public_tables_is_imported(imported):
    """All 270 characters, as operators or as devices, and all 826 enemies."""
    counts = imported.summary()
    assert counts["operators"] + counts["devices"] == 270
    assert counts["operators"] == 209
    assert counts["enemies"] == 826
    assert counts["broken"] == 0


def test_shipped_operators_are_imported_with_their_shipped_numbers(imported, laid_over):
    """Import makes the shipped table of the public ones, by English names, in every phase and at every level."""
    assert {"Fang", "Gummy", "12F"} <= set(imported.operators)
    for name, character in CATALOGUE.characters.items():
        for build in builds(character):
            theirs, ours = (operator_of(one, build) for one in (laid_over.characters[name], character))
            if theirs.skill and (theirs.skill.toggles or theirs.skill.scatters):  # not yet in the shipped table
                theirs = msgspec.structs.replace(theirs, skill=ours.skill)
            if theirs.skill and any(one.per == "skill time" for one in theirs.skill.effects):
                theirs = msgspec.structs.replace(theirs, skill=ours.skill)  # the shipped table halves what fades
            if theirs.skill and any(
                {"disarmed", "regeneration_low"} & {*one.add, *one.lend} for one in theirs.skill.effects
            ):
                theirs = msgspec.structs.replace(theirs, skill=ours.skill)  # Gummy's cooking and Gavial's first skill
            if theirs.skill and theirs.skill.holds_fire:  # the heals of Myrtle's second skill have a range of their own
                theirs = msgspec.structs.replace(theirs, skill=msgspec.structs.replace(theirs.skill, range=None))
            if theirs.skill and theirs.skill.effects and not ours.skill.duration:  # it has time for its effects alone
                theirs = msgspec.structs.replace(theirs, skill=msgspec.structs.replace(theirs.skill, duration=0.0))
            theirs = msgspec.structs.replace(theirs, **set_by_talents(laid_over.characters[name], ours))
            assert nameless(theirs) == nameless(ours), build


def set_by_talents(character, shipped):
    """What talents set or lengthen, which the shipped table names as missing, as the shipped operator has it."""
    named = ("range", "targets", "prefers_air", "attack_interval", "slow_time")
    told = [
        name for name in named for one in character.bonuses if getattr(one, name, None) is not None or name in one.add
    ]
    told += ["attack", "attack_share"] if "attack_interval" in told else []  # ShiraYuki's talent changes both
    return {name: getattr(shipped, name) for name in told}


def builds(character):
    """Every phase of a character with each of its skills at each level, with the first and the last potential."""
    for elite in range(len(character.phases)):
        for skill in range(min(len(character.skills), elite + 1) + 1):
            for level in range(1, SKILL_LEVELS[elite] + 1) if skill else (None,):
                for potential in (1, 6):
                    yield Build(elite=elite, skill=skill, skill_level=level, potential=potential)


def nameless(operator):
    """An operator whose skill has no name: the shipped ones are English. The shipped table names as missing what it has
    no effects for yet, and the rules of branches in `UNSHIPPED`; it is renewed together with the shipped plans.
    """
    skill = operator.skill
    if skill:
        unshipped = {"name": "", "effects": (), "charges": 1, "far_strength": None, "targets_by_block": None}
        unshipped |= {"unhealable": False, "heals_below": 1.0, "talent_chance_to": 0.0}
        unshipped |= dict.fromkeys(("uses_in_battle", "talent"), 0)
        unshipped |= dict.fromkeys(("talent_times", "talent_chance", "talent_seconds"), 1.0)
        unshipped |= {"strength": 1.0} if skill.holds_fire else {}  # what the shipped table cannot say without effects
        skill = msgspec.structs.replace(skill, **unshipped)
    return msgspec.structs.replace(operator, skill=skill, effects=(), rarity=0, groups=(), **UNSHIPPED)


UNSHIPPED = {
    "refunds_first_cost": False, "refunds_nothing": False, "high_ground_too": False, "aims": "exit", "initial_dp": 0.0,
    "leaps": 0.0,
}  # fmt: skip


def test_every_imported_operator_plays(imported, laid_over):
    """Each with each of its skills stands on the first stage for a while and uses it."""
    stage = load_stage("first_watch", laid_over)
    for name in imported.operators:
        character = laid_over.characters[name]
        last = len(character.phases) - 1
        for skill in range(min(1, len(character.skills)), len(character.skills) + 1):
            squad = [msgspec.structs.replace(operator_of(character, Build(elite=last, skill=skill)), cost=0)]
            battle = Battle(stage, squad)
            assert battle.act(Action(DEPLOY, 0, *divmod(int(coverage(stage, squad).argmax()), 4))), name
            for _ in range(6):
                battle.step(90)
                for one in battle.operators_on_field():
                    assert 0.0 < one.health <= 1.0
                    assert not one.skill_ready or battle.act(Action(SKILL, one.slot))


def test_imported_enemies_have_the_public_numbers(laid_over, reference):
    """As in the extract of the enemies of eight levels; what the tables leave open comes from the shipped table."""
    slices = json.loads((reference / "tables" / "enemies_slice.json").read_text(encoding="utf-8"))
    for id_, levels in slices.items():
        attributes = levels[0]["enemyData"]["attributes"]
        own = laid_over.enemies_by_id[id_]
        numbers = (own.max_health, own.attack, own.defense, own.resistance, own.speed)
        keys = ("maxHp", "atk", "def", "magicResistance", "moveSpeed")
        assert numbers == tuple(attributes[key]["m_value"] or 0 for key in keys), id_
    assert laid_over.enemies_by_id["enemy_1005_yokai"].flying
    assert laid_over.enemies_by_id["enemy_1011_wizard"].damage == "arts"


def test_stronger_levels_of_enemies_are_played(imported, laid_over, make):
    """A level defines only what differs: the slug of level 1 has 2050 health and 300 attack, and its old speed."""
    assert "enemy_1007_slime" in imported.enemies
    ref = {"useDb": True, "id": "enemy_1007_slime", "level": 1, "overwrittenData": {}}
    stage = make.stage(make.level([make.spawn()], refs=(ref,)), catalogue=laid_over)
    (enemy,) = stage.enemies
    assert (enemy.max_health, enemy.attack, enemy.speed) == (2050, 300, 1.0)
    assert not stage.unknown
    (other,) = make.stage(make.level([make.spawn()], refs=({**ref, "level": 9},)), catalogue=laid_over).enemies
    assert other.max_health == 550


def test_a_stage_reports_what_its_imported_enemies_do_besides(imported, laid_over, make):
    """In the words of our own table where it has the enemy, else by the names of its skills."""
    own, other = (imported.enemies[id_]["missing"] for id_ in ("enemy_1506_patrt", "enemy_1505_frstar"))
    stage = make.stage(
        make.level([make.spawn("enemy_1506_patrt"), make.spawn("enemy_1505_frstar")]), catalogue=laid_over
    )
    assert own
    assert other
    assert {f"enemy enemy_1506_patrt: {what}" for what in own} <= set(stage.unknown)
    assert {f"enemy enemy_1505_frstar: {what}" for what in other} <= set(stage.unknown)


def test_an_enemy_that_does_more_than_is_played_is_not_whole(imported):
    """Our own table's words say what is not played, unless all of its abilities are read; else the public words do."""
    own = {id_: one.missing for id_, one in CATALOGUE.enemies_by_id.items() if id_ in imported.enemies}
    for id_, missing in own.items():
        assert imported.enemies[id_].get("missing", []) in ([], list(missing)), id_
    assert imported.enemies["enemy_1286_dumcy"]["missing"] == ["said of it: 在芦苇丛中获得隐匿"]
    assert "missing" not in imported.enemies["enemy_1086_ltsodr"]


def test_what_is_missing_is_listed_one_by_one(imported, tmp_path):
    """Click's drone is not played; Melantha is whole."""
    write_tables(imported, tmp_path)
    report = (tmp_path / "report.txt").read_text(encoding="utf-8")
    assert "Melantha: whole\n" in report
    click = report[report.index("Click: ") :]
    assert "释放浮游单元锁定敌人攻击" in click[: click.index("whole")]


def test_what_only_some_levels_of_a_skill_do_is_missing_too(tmp_path):
    """What any level does is listed; the same words with other numbers are listed once."""
    levels = [{**SKILLS["skill"]["levels"][0], "description": text} for text in ("跳3次", "跳4次，飞走", "跳5次")]
    imported = import_tables([tables(tmp_path, skill_table={"skill": {"levels": levels}})], CATALOGUE)
    assert imported.operators["New"]["missing"] == ["Strike: 跳5次", "Strike: 飞走"]


def test_a_skill_that_the_tables_lack_keeps_its_place(tmp_path):
    """The second skill stays the second; the first does nothing, and the report says so."""
    slots = [{"skillId": "gone"}, {"skillId": "skill"}]
    character = {**NEW["char_999_new"], "skills": slots}
    new = import_tables([tables(tmp_path, character_table={"char_999_new": character})], CATALOGUE).operators["New"]
    assert [skill["name"] for skill in new["skills"]] == ["gone", "Strike"]
    assert "gone: is not in skill_table" in new["missing"]


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        ("能够阻挡一个敌人，且不受部署数量限制", {"takes_slot": False}),
        ("不进行攻击，且不受部署数量限制", {"takes_slot": False, "holds_fire": True}),
        ("能够阻挡一个敌人", {}),
    ],
)
def test_an_operators_own_words_are_played(tmp_path, words, fields):
    """Robots take no slot, and one of them never attacks."""
    character = {**NEW["char_999_new"], "description": words}
    new = import_tables([tables(tmp_path, character_table={"char_999_new": character})], CATALOGUE).operators["New"]
    assert {field: new[field] for field in ("takes_slot", "holds_fire") if field in new} == fields
    assert "missing" not in new


def test_branches_that_do_not_attack_by_themselves_do_not(imported):
    """Bards never do; phalanx casters and liberators do with their skills, and liberators block only then."""
    sora, beeswax, tequila = (imported.operators[name] for name in ("Sora", "Beeswax", "Tequila"))
    assert sora["holds_fire"]
    assert beeswax["holds_fire"]
    assert tequila["holds_fire"]
    assert tequila["lets_pass"]
    assert all(skill["holds_fire"] for skill in sora["skills"])
    assert not any("holds_fire" in skill for one in (beeswax, tequila) for skill in one["skills"])


def test_a_trait_grows(laid_over):
    """Leizi's lightning leaps to a fourth from elite 2 on."""
    targets = [operator_of(laid_over.characters["Leizi"], Build(elite=elite)).targets for elite in (0, 1, 2)]
    assert targets == [3, 3, 4]


NEW = {
    "char_999_new": {
        "name": "新", "appellation": "New", "profession": "PIONEER", "subProfessionId": "charger", "position": "MELEE",
        "phases": [{"rangeId": "1-1", "maxLevel": 2, "attributesKeyFrames": [
            {"level": level, "data": {
                "maxHp": 100 * level, "atk": 10, "def": 5, "magicResistance": 0.0, "cost": 9, "blockCnt": 1,
                "baseAttackTime": 1.0, "respawnTime": 70}}
            for level in (1, 2)]}],
        "skills": [{"skillId": "skill"}],
        "talents": [{"candidates": [{"unlockCondition": {"phase": "PHASE_0", "level": 1}, "requiredPotentialRank": 0,
                                     "description": "ATK +8%", "blackboard": [{"key": "atk", "value": 0.08}]}]}],
        "potentialRanks": [{"buff": {"attributes": {"attributeModifiers": [
            {"attributeType": "COST", "formulaItem": "ADDITION", "value": -1.0}]}}}],
        "favorKeyFrames": [{"level": 50, "data": {"maxHp": 0, "atk": 20, "def": 0, "magicResistance": 0.0}}],
    }
}  # fmt: skip
SKILLS = {"skill": {"levels": [{
    "name": "Strike", "description": "ATK +{atk:0%}", "rangeId": None, "skillType": "MANUAL", "duration": 10.0,
    "spData": {"spType": "INCREASE_WHEN_ATTACK", "spCost": 5, "initSp": 1},
    "blackboard": [{"key": "atk", "value": 0.5}],
}]}}  # fmt: skip
RANGES = {"1-1": {"id": "1-1", "grids": [{"row": 0, "col": 0}, {"row": 0, "col": 1}]}}


def tables(folder, **changed):
    """A folder with small tables in the new format, some of them changed."""
    data = {"character_table": NEW, "skill_table": SKILLS, "range_table": RANGES, **changed}
    for name, content in data.items():
        if content is not None:
            text = content if isinstance(content, str) else json.dumps(content)
            (folder / f"{name}.json").write_text(text, encoding="utf-8")
    return folder


def test_new_dumps_write_enums_as_names(tmp_path):
    """MANUAL, PHASE_0, COST, INCREASE_WHEN_ATTACK; English sentences."""
    imported = import_tables([tables(tmp_path)], CATALOGUE)
    new = imported.operators["New"]
    assert (new["dp_per_kill"], new["potentials"], new["trust"]) == (1, [{"cost": -1}], {"attack": 20})
    assert new["bonuses"][0]["scale"] == {"attack": 0.08}
    skill = new["skills"][0]
    assert (skill["gain"], skill["by_hand"], skill["attack"], skill["duration"]) == ("attack", True, 0.5, 10)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"character_table": "{"}, "character_table.json: cannot be read as JSON"),
        ({"character_table": "[" * 100_000}, "character_table.json: is nested too deeply"),
        ({"character_table": []}, "character_table.json: has no entries by id"),
        ({"skill_table": None}, "character_table.json: needs skill_table too; name them as well"),
        ({"character_table": None}, "is of no use alone"),
        ({"character_table": {"a": {"profession": "MEDIC"}, "b": 1}}, r"character_table: a: cannot be read \(KeyError"),
        ({"character_table": SKILLS}, "character_table.json: no entry has 'profession'; is it another table"),
        ({"range_table": {"2-2": RANGES["1-1"]}}, "char_999_new: range_table does not draw its ranges .*'1-1'"),
        ({"character_table": json.dumps(NEW).replace('"atk": 10', '"atk": NaN')}, "char_999_new: cannot be read"),
        ({"character_table": json.dumps(NEW).replace('"atk": 10', '"atk": 1e999')}, "char_999_new: cannot be read"),
        ({"skill_table": json.dumps(SKILLS).replace("10.0", "1e999")}, "char_999_new: cannot be read"),
        (
            {"character_table": json.dumps(NEW).replace('Time": 1.0', 'Time": 0.0')},
            "baseAttackTime must be more than 0",
        ),
    ],
)
def test_broken_tables_are_said_in_one_line(tmp_path, changed, said):
    """Which file, which entry."""
    with pytest.raises(TableError, match=said) as caught:
        import_tables([tables(tmp_path, **changed)], CATALOGUE)
    assert "\n" not in str(caught.value)


def test_one_broken_entry_does_not_spoil_the_others(tmp_path):
    """It is named, and the rest comes."""
    imported = import_tables([tables(tmp_path, character_table={**NEW, "char_1": {"profession": "MEDIC"}})], CATALOGUE)
    assert list(imported.operators) == ["New"]
    assert imported.summary()["broken"] == 1
    assert "char_1" in imported.broken[0]


@pytest.mark.parametrize("name", ["nothing.json", "table.json"])
def test_a_file_that_is_no_table_is_said_so(tmp_path, name):
    """Absent, or of another name."""
    (tmp_path / "table.json").write_text("{}", encoding="utf-8")
    with pytest.raises(TableError, match=r"no such file|is not named like a public table"):
        import_tables([tmp_path / name], CATALOGUE)


def test_values_are_written_as_toml():
    """Texts with quotes and line ends, tables, lists, truth."""
    assert toml({"a b": ['x"\n', 1.5, True]}) == '{"a b" = ["x\\"\\n", 1.5, true]}'
