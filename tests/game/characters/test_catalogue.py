"""The tables of operators and enemies: their figures, a user's own tables, and what is said of broken ones."""

from __future__ import annotations

import json
from importlib import resources

import msgspec
import pytest
from levels import CATALOGUE

from game.characters.builds import operator_of, squad_of
from game.characters.catalogue import ENEMIES, OPERATORS, catalogue_of, load_catalogue, parsed
from game.characters.models import Build, Enemy
from game.errors import TableError
from game.gamedata.public import enemy_fields
from game.levels.stage import stage_of

BRANCHES = {
    "vanguard": {"pioneer", "charger", "standard bearer"},
    "guard": {"centurion", "dreadnought", "fighter", "lord", "arts fighter", "instructor", "swordmaster"},
    "defender": {"protector", "guardian", "arts protector"},
    "sniper": {"marksman", "artilleryman", "deadeye", "heavyshooter"},
    "caster": {"core caster", "splash caster", "chain caster"},
    "medic": {"medic", "multi-target medic"},
    "supporter": {"decel binder", "hexer"},
    "specialist": {"executor", "push stroker", "hookmaster", "ambusher"},
}
"""The common branches of each role."""


@pytest.fixture(scope="module")
def public(reference):
    """The public tables of characters, skills and ranges."""
    names = ("character_table", "skill_table", "range_table")
    return [json.loads((reference / "tables" / f"{name}.json").read_text(encoding="utf-8")) for name in names]


def test_there_are_operators_of_every_common_branch():
    """At least forty, over all eight roles and their common branches."""
    operators = CATALOGUE.operators.values()
    assert len(operators) >= 40
    for role, branches in BRANCHES.items():
        assert branches <= {one.branch for one in operators if one.role == role}, role


@pytest.mark.parametrize("name", list(CATALOGUE.characters))
def test_numbers_are_the_public_ones(public, name):
    """At the first and the last level of every phase: all numbers, the range, where it stands and how often it acts."""
    characters, _, ranges = public
    character = CATALOGUE.characters[name]
    entry = characters[character.id]
    assert character.chinese == entry["name"]
    assert character.melee == (entry["position"] == "MELEE")
    assert len(character.phases) == len(entry["phases"])
    for elite, phase in enumerate(entry["phases"]):
        for frame in phase["attributesKeyFrames"]:
            own = operator_of(naked(character), Build(elite=elite, level=frame["level"], skill=0))
            numbers = (own.max_health, own.attack, own.defense, own.resistance, own.cost, own.block)
            keys = ("maxHp", "atk", "def", "magicResistance", "cost", "blockCnt")
            assert numbers == tuple(frame["data"][key] for key in keys), (elite, frame["level"])
            assert (own.attack_interval, own.redeploy_time) == (
                frame["data"]["baseAttackTime"],
                frame["data"]["respawnTime"],
            )
        assert set(own.range) == {(-tile["row"], tile["col"]) for tile in ranges[phase["rangeId"]]["grids"]}


def test_enemies_have_the_names_of_the_chinese_client(reference):
    """By the id of their first form; those that are not in the game have a name that no other enemy has."""
    table = json.loads((reference / "tables" / "enemy_handbook_table.json").read_text(encoding="utf-8"))["enemyData"]
    official = {entry["name"] for entry in table.values()}
    for name, enemy in CATALOGUE.enemies.items():
        known = [table[id_]["name"] for id_ in enemy.ids if id_ in table]
        assert CATALOGUE.chinese[name] in known if known else CATALOGUE.chinese[name] not in official
    names = [CATALOGUE.chinese[name] for name in (*CATALOGUE.enemies, *CATALOGUE.characters)]
    assert len(set(names)) == len(names)


def test_enemies_of_late_chapters_are_the_public_ones(reference):
    """Their names by the handbook and, of those that the public table of the reference has, their numbers."""
    told = json.loads((reference / "tables" / "enemy_handbook_table.json").read_text(encoding="utf-8"))["enemyData"]
    text = (reference / "tables" / "enemy_database.json").read_text(encoding="utf-8")
    public = {one["Key"]: one["Value"] for one in json.loads(text)["enemies"]}
    known = CATALOGUE.newcomers.keys() & public.keys()
    assert len(known) == 8
    for id_, own in CATALOGUE.newcomers.items():
        assert CATALOGUE.chinese[own.name] == told[id_]["name"]
        assert own.kind in CATALOGUE.kinds
        assert not own.missing
    for id_ in known:
        own = CATALOGUE.newcomers[id_]
        read = msgspec.convert(enemy_fields(id_, public[id_], CATALOGUE, told[id_]), Enemy)
        assert msgspec.structs.replace(read, name=own.name) == own


def test_a_user_s_own_enemy_goes_before_one_of_a_late_chapter(make, tmp_path):
    """In a level, and where a shipped enemy splits into it."""
    (tmp_path / "enemies.toml").write_text(
        '[enemy_1221_dzomg]\nname = "Gift"\nkind = "soldier"\nids = ["enemy_1221_dzomg"]\nmax_health = 77\n'
        "attack = 1\nspeed = 1\nattack_interval = 1\n",
        encoding="utf8",
    )
    catalogue = load_catalogue(tmp_path)
    assert catalogue.find_enemy("enemy_1221_dzomg").name == "Gift"
    assert catalogue.find_enemy("enemy_1362_dfat").name == "heirbearer_punisher"
    data = make.level([make.spawn("enemy_1362_dfat")], refs=({"useDb": True, "id": "enemy_1362_dfat", "level": 0},))
    stage = stage_of(data, "own", catalogue)
    assert [(stage.enemies[one.enemy].name, stage.enemies[one.enemy].max_health) for one in stage.spawns] == [
        ("heirbearer_punisher", 25000.0), ("Gift", 77.0),
    ]  # fmt: skip


def test_what_is_missing_of_operators_and_enemies_is_said_in_chinese_too():
    """Each text of the tables that come with Holdfast."""
    units = (*CATALOGUE.characters.values(), *CATALOGUE.enemies_by_id.values())
    assert {what for one in units for what in one.missing} <= CATALOGUE.chinese.keys()


def naked(character):
    """A character without talents: some have theirs from the first level on."""
    return msgspec.structs.replace(character, bonuses=())


@pytest.mark.parametrize("name", list(CATALOGUE.characters))
def test_skills_cost_what_the_public_ones_do(public, name):
    """In the public order, as plans count them; SP, initial SP and duration at every skill level."""
    characters, skills, _ = public
    character = CATALOGUE.characters[name]
    slots = [slot["skillId"] for slot in characters[character.id]["skills"]]
    assert len(slots) == len(character.skills)
    last = len(character.phases) - 1
    for number, skill_id in enumerate(slots, 1):
        for level, entry in enumerate(skills[skill_id]["levels"], 1):
            skill = operator_of(character, Build(elite=last, skill=number, skill_level=level)).skill
            assert (skill.cost, skill.initial) == (entry["spData"]["spCost"], entry["spData"]["initSp"])
            if entry["duration"] > 0:
                assert skill.duration == entry["duration"], skill.name


def test_variants_are_of_the_same_kind_with_numbers_of_their_own():
    """Vision recognises a slug; the level says which variant it is."""
    one, other = CATALOGUE.enemies_by_id["enemy_1007_slime"], CATALOGUE.enemies_by_id["enemy_1007_slime_2"]
    assert one.kind == other.kind == "slug"
    assert (one.max_health, other.max_health) == (550, 1050)


def test_a_catalogue_cannot_be_changed():
    """It is passed around and shared, so nothing may write into it."""
    with pytest.raises(AttributeError):
        CATALOGUE.enemies = {}
    for mapping in (CATALOGUE.characters, CATALOGUE.operators, CATALOGUE.ranges, CATALOGUE.enemies, CATALOGUE.kinds):
        with pytest.raises(TypeError, match="does not support item assignment"):
            mapping["new"] = None


FANG = """[{0}]
role = "vanguard"\nmelee = true\ndamage = "physical"\nattack_interval = 1\nredeploy_time = 70
phases = [{{levels = 1, max_health = [1, 1], attack = [1, 1], defense = [1, 1], cost = 1, block = 1, range = "{1}"}}]
"""
PUP = '[pup]\nkind = "hound"\nids = ["enemy_1000_gopro"]\nmax_health = 7\nattack = 1\nspeed = 1\nattack_interval = 1'


def test_own_tables_lie_over_the_shipped_ones(tmp_path):
    """An entry of both has the user's numbers and the shipped place; others come after; ranges and kinds are shared."""
    text = "[ranges]\nnose = ['o#']\n" + FANG.format("Fang", "front") + FANG.format("Fido", "nose")
    (tmp_path / OPERATORS).write_text(text, encoding="utf-8")
    (tmp_path / ENEMIES).write_text(PUP, encoding="utf-8")
    own = load_catalogue(tmp_path)
    first, *_, last = own.operators
    assert (first, last, len(own.operators)) == ("Fang", "Fido", len(CATALOGUE.operators) + 1)
    assert own.operators["Fang"].max_health == 1
    assert own.operators["Fido"].range == ((0, 1),)
    assert (own.enemies_by_id["enemy_1000_gopro"].max_health, own.enemies["hound"].max_health) == (7, 820)


def test_two_catalogues_live_side_by_side(make, tmp_path):
    """A squad and a stage have the numbers of the catalogue they were made with, whatever else was loaded meanwhile."""
    (tmp_path / OPERATORS).write_text(FANG.format("Fang", "front"), encoding="utf-8")
    (tmp_path / ENEMIES).write_text(PUP, encoding="utf-8")
    shipped, own = load_catalogue(), load_catalogue(tmp_path)
    assert shipped is load_catalogue()
    level = make.level([make.spawn("enemy_1000_gopro")])
    for catalogue, health, enemy in ((shipped, 1060, 820), (own, 1, 7), (shipped, 1060, 820)):
        assert squad_of(["Fang"], catalogue)[0].max_health == health
        stage = make.stage(level, catalogue=catalogue)
        assert stage.enemies[0].max_health == enemy
        assert stage.kinds == catalogue.kinds
    assert "pup" not in shipped.enemies


def test_own_tables_may_begin_with_a_byte_order_mark(tmp_path):
    """Windows editors write one; the table is the same."""
    (tmp_path / ENEMIES).write_text(PUP, encoding="utf-8-sig")
    assert load_catalogue(tmp_path).enemies["pup"].max_health == 7


def test_own_tables_that_are_wrong_are_said_in_one_line(tmp_path):
    """The line names the file; for an empty folder it says how to fill it."""
    with pytest.raises(TableError, match=r"holds neither .* make them with: holdfast import"):
        load_catalogue(tmp_path)
    (tmp_path / OPERATORS).write_text("[Fang]\nrole = 1\n", encoding="utf-8")
    with pytest.raises(TableError, match=r"operators.toml: Fang: "):
        load_catalogue(tmp_path)


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("operators.toml", b"\xff\xfe", "operators.toml: cannot be read: .*utf-8"),
        pytest.param("operators.toml", b"x = " + b"[" * 100_000, "operators.toml: is not TOML", id="nested"),
        ("operators.toml", b"Fang = 3", r"operators.toml: Fang: is 3; write a table, \[Fang\]"),
        ("operators.toml", b"ranges = 3", r"operators.toml: ranges: is 3; write a table, \[ranges\]"),
        ("operators.toml", b"[ranges]\nx = 3", "operators.toml: ranges.x: draw one @"),
        ("operators.toml", b"[ranges]\nx = ['@', 3]", "operators.toml: ranges.x: draw one @"),
        ("enemies.toml", b"slug = 3", r"enemies.toml: slug: is 3; write a table, \[slug\]"),
        ("enemies.toml", b"[slug]\nvariants = 4", r"slug.variants: is 4; write a table, \[slug.variants\]"),
        ("enemies.toml", b"[slug.variants]\nx = 4", r"slug.variants.x: is 4; write a table, \[slug.variants.x\]"),
    ],
)
def test_own_tables_of_another_shape_are_said_in_one_line(tmp_path, file, text, said):
    """A number where a table should be, or bytes that are not text: the line names file and entry."""
    (tmp_path / file).write_bytes(text)
    with pytest.raises(TableError, match=said) as caught:
        load_catalogue(tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("trust = {defense = 50}", "trust = {armour = 50}"), "Fang: 'armour' is none of max_health, attack"),
        (("cost = 9", "cost = 'nine'"), "Fang: .*int.*cost"),
        (("cost = 9", "price = 9"), "Fang: .*price"),
        (('range = "front"', 'range = "back"'), "Fang.phases: 'back' is not drawn under"),
        (("dp = 6", 'dp = 6\nrange = "back"'), "Fang.skills: 'back' is not drawn under"),
        (("dp = 6", "dp = 6\nrange = ['front', 3]"), "Fang.skills: 3 is not drawn under"),
        (("duration = 0", "duration = 5\nstrikes = true"), "Fang.skills: strikes"),
        (("[Fang]", "[Fang"), "is not TOML"),
    ],
)
def test_a_broken_table_names_entry_and_field(change, said):
    """An author of an operator learns at once what does not fit."""
    with pytest.raises(TableError, match=said):
        changed(OPERATORS, change)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('splits_into = "slug"', 'splits_into = "snail"'), "splitter.splits_into: there is no enemy 'snail'"),
        (('splits_into = "slug"', 'splits_into = "great_splitter"'), "splits_into: splits into itself"),
        (('kind = "splitter"', 'kind = "blob"'), "kind 'blob' is no enemy's name"),
    ],
)
def test_a_broken_table_of_enemies_is_told(change, said):
    """An author of an enemy learns at once what does not fit."""
    with pytest.raises(TableError, match=said):
        changed(ENEMIES, change)


def changed(table, change):
    """The catalogue of the shipped tables with one change in the text of one of them."""
    folder = resources.files("game.characters").joinpath("tables")
    texts = {name: folder.joinpath(name).read_text(encoding="utf-8") for name in (OPERATORS, ENEMIES)}
    assert change[0] in texts[table]
    texts[table] = texts[table].replace(*change, 1)
    return catalogue_of(*([(name, parsed(name, text))] for name, text in texts.items()))


@pytest.mark.parametrize("name", ["Fang", "FANG", " fang", "ＦＡＮＧ", "芬", "フェン", "char_123_fang"])  # noqa: RUF001
def test_an_operator_is_found_by_each_of_its_names(name):
    """English, Chinese, Japanese, the public id; case, width and spaces do not matter."""
    assert CATALOGUE.find_character(name).name == "Fang"


def test_punctuation_in_a_name_does_not_matter_but_letters_do():
    """As players write Lancet-2; the marks of Japanese letters are no accents."""
    assert CATALOGUE.find_character("lancet 2").name == "Lancet-2"
    assert CATALOGUE.find_character("projektred").name == "Projekt Red"
    assert CATALOGUE.find_character("ヒークル") is None
    assert CATALOGUE.find_character("") is None


def test_no_two_operators_share_a_name():
    """Each name, folded, leads back to its operator."""
    for one in CATALOGUE.characters.values():
        for name in (one.name, one.chinese, one.id, *one.other_names):
            assert CATALOGUE.find_character(name) == one


def test_a_table_of_names_adds_to_them(tmp_path):
    """What `holdfast gamedata use` writes beside the tables; it is enough alone."""
    (tmp_path / "names.toml").write_text('[names]\nchar_123_fang = ["팽", "芬"]\n', encoding="utf-8")
    fang = load_catalogue(tmp_path).find_character("팽")
    assert (fang.name, fang.other_names) == ("Fang", ("フェン", "팽"))
    (tmp_path / "names.toml").write_text("[names]\nchar_123_fang = 3\n", encoding="utf-8")
    with pytest.raises(TableError, match=r"names\.char_123_fang: is 3; write a list of names"):
        load_catalogue(tmp_path)
