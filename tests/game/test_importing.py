"""The public tables, read into our own."""

# ruff: noqa: RUF001 - the tables are Chinese, and so is their punctuation
from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from game import phrases, units
from game.actions import DEPLOY, SKILL, Action, coverage
from game.battle import Battle
from game.errors import TableError
from game.importing import drawing, import_tables, toml, write_tables
from game.stage import load_stage
from game.units import Build, enemies_by_id, load_characters, load_operators, operator_of

OWN = phrases.Own(interval=2.0, block=2, targets=1, hits=1, damage="physical", range="1-1")


@pytest.fixture(scope="module")
def imported(reference):
    """All public tables, imported."""
    return import_tables([reference / "tables"])


@pytest.fixture(scope="module")
def laid_over(imported, tmp_path_factory):
    """The names and ids of everything imported, while it lies over the shipped tables."""
    folder = tmp_path_factory.mktemp("tables")
    write_tables(imported, folder)
    units.use_tables(folder)
    yield imported
    units.use_tables(None)


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
         {"attack": 0.5}, ("获得75%的物理和法术闪避",)),
        ("当周围没有敌人时，攻击力+{atk:0%}", {"atk": 0.5}, {}, ("当周围没有敌人时", "攻击力+50%")),
        ("周围友方单位的防御力+{atk:0%}，攻击力+{atk:0%}。阻挡数+{block_cnt}", {"atk": 0.5, "block_cnt": 1},
         {"block": 1}, ("周围友方单位的防御力+50%", "攻击力+50%")),
        ("生命上限+{max_hp}，攻击力+{atk:0%}", {"atk": 0.5, "max_hp": 5000}, {"attack": 0.5}, ("生命上限+5000",)),
        ("法术抗性+{magic_resistance:0%}", {"magic_resistance": 0.7}, {}, ("法术抗性+70%",)),
        ("攻击变为2连射，同时攻击至多{max_target}个目标（视为近距离攻击）", {"max_target": 5},
         {"hits": 2, "targets": 5}, ("同时攻击至多5个目标（视为近距离攻击）",)),
        ("攻击力+{gone:0%}", {}, {}, ("攻击力+?",)),
        ("对周围最多{max_target}个敌人造成相当于攻击力{atk_scale:0%}的物理伤害", {"max_target": 6, "atk_scale": 3.8},
         {"strikes": True, "targets": 6, "strength": 3.8, "damage": "physical", "hits": 1}, ()),
    ],
)  # fmt: skip
def test_a_sentence_means_its_effects(text, board, effects, rest):
    """What is a phrase counts; what is none is handed back, with its numbers, and so is what hangs on a condition."""
    read = phrases.meaning(text, board, None, OWN)
    assert read.effects == effects
    assert read.rest == rest


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
         {"attack": pytest.approx(0.12)}, ()),
        ("在场时，所有【辅助】干员攻击力+11%", {"atk": 0.11}, {}, ("在场时", "所有【辅助】干员攻击力+11%")),
    ],
)  # fmt: skip
def test_a_talent_counts_as_far_as_it_only_changes_numbers(text, board, effects, rest):
    """Nothing counts behind a condition, and nothing that is for others; chance counts by its average."""
    assert phrases.bonus(text, board) == (effects, rest)


def test_a_range_is_drawn_as_it_is_read():
    """The tables count rows upwards; own tiles that are not covered stay so."""
    grids = [{"row": 1, "col": 1}, {"row": 0, "col": 1}]
    assert drawing(grids) == [".#", "o#"]
    assert units._offsets("x", "x", drawing(grids)) == ((-1, 1), (0, 1))


def test_everything_of_the_public_tables_is_imported(imported):
    """All 270 characters, as operators or as devices, and all 826 enemies."""
    counts = imported.summary()
    assert counts["operators"] + counts["devices"] == 270
    assert counts["operators"] == 209
    assert counts["enemies"] == 826
    assert counts["broken"] == 0


def test_shipped_operators_are_imported_with_their_shipped_numbers(laid_over):
    """The shipped table is what import makes of the public ones, by English names and plain words."""
    assert {"Fang", "Gummy", "12F"} <= set(laid_over.operators)
    own = {name: load_operators()[name] for name in laid_over.operators}
    units_before = shipped()
    for name, operator in units_before.items():
        assert msgspec.structs.replace(own[name], skill=None) == msgspec.structs.replace(operator, skill=None)
        if operator.skill:
            assert msgspec.structs.replace(own[name].skill, name="") == msgspec.structs.replace(operator.skill, name="")


def shipped():
    """The shipped operators, read beside the tables in use."""
    text = Path(units.__file__).parent.joinpath("tables", "operators.toml").read_text(encoding="utf-8")
    characters = units._characters("operators.toml", units._parsed("operators.toml", text))
    return {name: operator_of(one, Build()) for name, one in characters.items()}


def test_every_imported_operator_plays(laid_over):
    """Each with each of its skills stands on the first stage for a while and uses it."""
    stage = load_stage("first_watch")
    for name in laid_over.operators:
        character = load_characters()[name]
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
    """As the extract of the enemies of eight levels says; what the tables leave open is the shipped table's."""
    slices = json.loads((reference / "tables" / "enemies_slice.json").read_text(encoding="utf-8"))
    for id_, levels in slices.items():
        attributes = levels[0]["enemyData"]["attributes"]
        own = enemies_by_id()[id_]
        numbers = (own.max_health, own.attack, own.defense, own.resistance, own.speed)
        keys = ("maxHp", "atk", "def", "magicResistance", "moveSpeed")
        assert numbers == tuple(attributes[key]["m_value"] or 0 for key in keys), id_
    assert enemies_by_id()["enemy_1005_yokai"].flying
    assert enemies_by_id()["enemy_1011_wizard"].damage == "arts"


def test_stronger_levels_of_enemies_are_played(laid_over, make):
    """A level defines only what differs: the slug of level 1 has 2050 health and 300 attack, and its old speed."""
    assert "enemy_1007_slime" in laid_over.enemies
    ref = {"useDb": True, "id": "enemy_1007_slime", "level": 1, "overwrittenData": {}}
    stage = make.stage(make.level([make.spawn()], refs=(ref,)))
    (enemy,) = stage.enemies
    assert (enemy.max_health, enemy.attack, enemy.speed) == (2050, 300, 1.0)
    assert not stage.unknown
    (other,) = make.stage(make.level([make.spawn()], refs=({**ref, "level": 9},))).enemies
    assert other.max_health == 550


def test_a_stage_reports_what_its_imported_enemies_do_besides(laid_over, make):
    """Of those that our own table knows in its words, of the others by the names of their skills."""
    own, other = (laid_over.enemies[id_]["missing"] for id_ in ("enemy_1022_dmage", "enemy_1505_frstar"))
    stage = make.stage(make.level([make.spawn("enemy_1022_dmage"), make.spawn("enemy_1505_frstar")]))
    assert own
    assert other
    assert {f"enemy enemy_1022_dmage: {what}" for what in own} <= set(stage.unknown)
    assert {f"enemy enemy_1505_frstar: {what}" for what in other} <= set(stage.unknown)


def test_what_is_missing_is_listed_one_by_one(imported, tmp_path):
    """Rope's pulling is not played; Melantha is whole."""
    write_tables(imported, tmp_path)
    report = (tmp_path / "report.txt").read_text(encoding="utf-8")
    assert "Melantha: whole\n" in report
    assert "下次攻击会把目标中等力度地牵引至面前" in report[report.index("Rope: ") :].split("\n", 3)[2]


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
    imported = import_tables([tables(tmp_path)])
    new = imported.operators["New"]
    assert (new["dp_per_kill"], new["potentials"], new["trust"]) == (1, [{"cost": -1}], {"attack": 20})
    assert new["bonuses"][0]["scale"] == {"attack": 0.08}
    skill = new["skills"][0]
    assert (skill["gain"], skill["by_hand"], skill["attack"], skill["duration"]) == ("attack", True, 0.5, 10)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"character_table": "{"}, "character_table.json: cannot be read as JSON"),
        ({"character_table": []}, "character_table.json: has no entries by id"),
        ({"skill_table": None}, "character_table.json: needs skill_table too; name them as well"),
        ({"character_table": None}, "is no use alone"),
        ({"character_table": {"a": {"profession": "MEDIC"}, "b": 1}}, r"character_table: a: does not read \(KeyError"),
    ],
)
def test_broken_tables_are_said_in_one_line(tmp_path, changed, said):
    """Which file, which entry."""
    with pytest.raises(TableError, match=said) as caught:
        import_tables([tables(tmp_path, **changed)])
    assert "\n" not in str(caught.value)


def test_one_broken_entry_does_not_spoil_the_others(tmp_path):
    """It is named, and the rest comes."""
    imported = import_tables([tables(tmp_path, character_table={**NEW, "char_1": {"profession": "MEDIC"}})])
    assert list(imported.operators) == ["New"]
    assert imported.summary()["broken"] == 1
    assert "char_1" in imported.broken[0]


@pytest.mark.parametrize("name", ["nothing.json", "table.json"])
def test_a_file_that_is_no_table_is_said_so(tmp_path, name):
    """Absent, or of another name."""
    (tmp_path / "table.json").write_text("{}", encoding="utf-8")
    with pytest.raises(TableError, match=r"no such file|is none of the public tables"):
        import_tables([tmp_path / name])


def test_values_are_written_as_toml():
    """Texts with quotes and line ends, tables, lists, truth."""
    assert toml({"a b": ['x"\n', 1.5, True]}) == '{"a b" = ["x\\"\\n", 1.5, true]}'
