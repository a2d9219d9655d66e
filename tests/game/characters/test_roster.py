"""A roster holds what a player's files say of the operators, and what had to be assumed is told apart."""

from __future__ import annotations

import json

import pytest
from levels import CATALOGUE
from mutations import mutated, with_other_value

from game.characters.builds import operator_of
from game.characters.models import Build
from game.characters.roster import ASSUMED, best_squad, by_strength, merged, read_roster, roster_text, unknown_line
from game.errors import TableError


def oper(id_, name, elite, level, potential=1, *, rarity=3, own=True):
    """An entry of MAA's operator box, with the keys and the order of its export."""
    given = {"elite": elite, "id": id_, "level": level, "name": name, "own": own, "potential": potential}
    return {**given, "rarity": rarity}


BOX = [
    oper("char_123_fang", "芬", 1, 55, 6),
    oper("char_151_myrtle", "桃金娘", 2, 30, 4, rarity=4),
    oper("char_124_kroos", "克洛丝", 1, 12, 6),
    oper("char_212_ansel", "安赛尔", 0, 40, 5),
    oper("char_192_falco", "翎羽", 0, 1, 2),
    oper("char_9999_later", "后来者", 2, 90, 1, rarity=6),
    oper("char_010_chen", "陈", 0, 0, 0, rarity=6, own=False),
]
CSV = "name,elite,level,potential\nFang,1,55,6\nMyrtle,2,30,4\nKroos,1,12,6\nAnsel,0,40,5\nPlume,0,1,2\n"
CHINESE = "干员;精英化;等级;潜能;信赖;技能等级;备注\r\n芬;1;55;6;120%;7;好\r\n桃金娘;E2;Lv.30;4;;;\r\n;;;;;;\r\n"
TOML = '[[operator]]\nname = "Fang"\nelite = 1\nlevel = 55\npotential = 6\n\n[[operator]]\nid = "char_124_kroos"\n'


@pytest.fixture
def read(tmp_path):
    """Reads a roster from text, or from a value that becomes JSON."""

    def read_(content, name="box.json", encoding="utf-8"):
        file = tmp_path / name
        file.write_bytes((content if isinstance(content, str) else json.dumps(content)).encode(encoding))
        return read_roster(file, CATALOGUE)

    return read_


def test_the_box_that_maa_exports_is_a_roster(read):
    """Owned operators by their ids; those that are not owned are skipped, those of no table are listed by name."""
    roster = read(BOX)
    assert list(roster.builds) == ["Fang", "Myrtle", "Kroos", "Ansel", "Plume"]
    assert roster.builds["Fang"] == Build(elite=1, level=55, skill_level=4, trust=50, potential=6)
    assert roster.assumed["Fang"] == ("skill_level", "trust")
    assert roster.problems == ()
    assert unknown_line(roster) == "1 operator is in no table here: 后来者; holdfast gamedata use gives more"
    assert [one.name for one in roster.operators(CATALOGUE)] == list(roster.builds)


@pytest.mark.parametrize("key", ["own_opers", "all_opers", "all_oper"])
def test_a_box_may_be_in_an_object(read, key):
    """The object of a callback too, where all operators stand beside those that are owned."""
    assert read({"done": True, key: BOX}).builds == read(BOX).builds
    everything = [{key: one[key] for key in ("id", "name", "own")} for one in BOX]
    callback = {"what": "OperBoxInfo", "details": {"done": False, "all_opers": everything, "own_opers": BOX}}
    assert read(callback).builds == read(BOX).builds
    assert "not finished" in read(callback).notes[0]


def test_what_an_export_lacks_is_assumed_by_its_elite(read):
    """Low values, and a level or a potential of 0, where recognition failed, is none."""
    entries = [oper("char_123_fang", "芬", 0, 0, 0), oper("char_124_kroos", "克洛丝", 1, 1), {"name": "Myrtle"}]
    roster = read([*entries, oper("char_172_svrash", "银灰", 2, 90)])
    for name, elite in (("Fang", 0), ("Kroos", 1), ("Myrtle", 0), ("SilverAsh", 2)):
        assert {key: getattr(roster.builds[name], key) for key in ("skill_level", "trust")} == {
            key: ASSUMED[elite][key] for key in ("skill_level", "trust")
        }
    assert roster.assumed["Fang"] == ("level", "skill_level", "trust", "potential")
    assert roster.assumed["Myrtle"] == ("elite", "level", "skill_level", "trust", "potential")


def test_assumptions_never_make_an_operator_stronger_than_a_higher_elite():
    """What is assumed grows with the elite phase, and every operator can have it there."""
    for key in ASSUMED[0]:
        values = [one[key] for one in ASSUMED]
        assert values == sorted(values)
    for character in CATALOGUE.characters.values():
        for elite in range(len(character.phases)):
            operator_of(character, Build(elite=elite, **ASSUMED[elite]))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_a_table_of_a_spreadsheet_is_a_roster(read, encoding):
    """In the encodings in which spreadsheets save, with their separators, line ends and empty rows."""
    roster = read(CHINESE, "box.csv", encoding)
    assert roster.builds["Fang"] == Build(elite=1, level=55, skill_level=7, trust=120, potential=6)
    assert roster.assumed == {"Fang": (), "Myrtle": ("skill_level", "trust")}
    assert roster.notes == ("columns that are not read: 备注",)
    assert read(f"sep=;\r\n{CHINESE}", "box.csv", encoding).builds == roster.builds
    assert read(CSV, "box.csv", encoding).builds == read(CSV.replace(",", "\t"), "box.tsv", encoding).builds


def test_each_operator_is_known_in_a_japanese_and_in_a_chinese_table(read):
    """Neither encoding says which it is: that one is right in which the names are operators, even a single one."""
    for character in CATALOGUE.characters.values():
        assert list(read(f"干员,等级\n{character.chinese},1\n", "box.csv", "gb18030").builds) == [character.name]
        for japanese in character.other_names:
            for header in ("名前,レベル", "name,level"):
                assert list(read(f"{header}\n{japanese},1\n", "box.csv", "cp932").builds) == [character.name]


@pytest.mark.parametrize("encoding", ["cp949", "gb18030"])
def test_an_encoding_in_which_no_operator_is_known_is_refused(read, encoding):
    """Instead of a list of names that are none; the line says which encodings are read."""
    with pytest.raises(TableError, match=r"box\.csv: names no known operator in any .*Shift-JIS.*; save it as UTF-8$"):
        read("name,level\n펭귄,1\n", "box.csv", encoding)
    assert unknown_line(read("name,level\n펭귄,1\n", "box.csv")).startswith("1 operator is in no table here: 펭귄")


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (oper("char_123_fang", "芬", 0, 90), "entry 1 (芬): Fang at elite 0 has levels 1 to 40, not 90"),
        (oper("char_123_fang", "芬", 2, 1), "entry 1 (芬): Fang has no elite phase 2; give one of 0 to 1"),
        (oper("char_123_fang", "芬", 1, 95), "entry 1 (芬): level is 95; the highest of any operator is 90"),
        (oper("char_123_fang", "芬", -1, 5), "entry 1 (芬): elite is -1; write a whole number from 0 to 2"),
        ({"name": "Fang", "elite": "two"}, "entry 1 (Fang): elite is 'two'; write a whole number from 0 to 2"),
        ({"name": "Fang", "own": "maybe"}, "entry 1 (Fang): own is 'maybe'; write true or false"),
        ({"name": "Fang", "mainSkillLevel": 5}, "entry 1 (Fang): Fang at elite 0 has skill levels 1 to 4, not 5"),
        ({"elite": 1}, "entry 1: has neither name nor id"),
        (7, "entry 1: is 7, not the fields of an operator"),
        (oper("char_124_kroos", "克洛丝", 1, 2), "entry 2 (克洛丝): Kroos is there already; the first entry counts"),
    ],
)
def test_an_entry_that_cannot_be_is_one_line_with_its_place(read, entry, said):
    """The limit stands there; the other entries load."""
    roster = read([entry, oper("char_124_kroos", "克洛丝", 1, 1)])
    assert roster.problems == (said,)
    assert "Kroos" in roster.builds


def test_another_form_of_an_operator_is_another_operator(read):
    """It has the same name and an id of its own, which decides."""
    roster = read([oper("char_002_amiya", "阿米娅", 0, 5), oper("char_1001_amiya2", "阿米娅", 2, 60)])
    assert roster.builds["Amiya"].level == 5
    assert [one.id for one in roster.unknown] == ["char_1001_amiya2"]


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        ("", "box.json", "box.json: Input data was truncated"),
        ("{}", "box.json", "box.json: holds no operators"),
        ("[]", "box.json", "box.json: names no operator"),
        ('[{"level": 3}]', "box.json", "box.json: entry 1: has neither name nor id"),
        ("[" * 100_000, "box.json", "box.json: is nested too deeply"),
        ("level,elite\n1,2\n", "box.csv", "box.csv: is no roster: the first row names neither"),
        ("", "box.csv", "box.csv: is no roster"),
        ("[[operator]]\nname = 'Fang'\nlevle = 3\n", "my.toml", "unknown key 'levle'; known are name, id, elite"),
        ("squad = ['Fang']", "my.toml", r"my.toml: write one \[\[operator\]\] table"),
        ("[[operator", "my.toml", "my.toml: "),
    ],
)
def test_a_file_that_is_no_roster_is_one_line(read, content, name, said):
    """With the file and what it should be."""
    with pytest.raises(TableError, match=said) as told:
        read(content, name)
    assert "\n" not in str(told.value)


def test_a_long_list_of_unknown_operators_can_be_cut(read):
    """Playing need not name two hundred operators; importing does."""
    roster = read([{"name": f"Later {number}"} for number in range(20)])
    assert unknown_line(roster).count("Later") == 20
    assert unknown_line(roster, 2).startswith("20 operators are in no table here: Later 0, Later 1 and 18 more; ")


def test_a_roster_is_kept_as_it_was_read(read):
    """What is assumed is not written; operators of no table stay."""
    roster = read([*BOX, {"name": '"odd\x7f\\', "skill": 2}])
    again = read(roster_text(roster), "roster.toml")
    assert (again.owned.keys(), again.builds, again.assumed) == (roster.owned.keys(), roster.builds, roster.assumed)
    assert again.unknown == roster.unknown
    assert "skill_level" not in roster_text(roster).split("[[operator]]", 1)[1]


def test_an_import_replaces_what_it_says_and_nothing_else(read):
    """What was set by hand and the export lacks stays; operators that are no longer owned go."""
    kept = read([{**oper("char_123_fang", "芬", 0, 40), "skill_level": 4, "trust": 90}, *BOX[1:]])
    new = read([oper("char_123_fang", "芬", 1, 10), oper("char_124_kroos", "克洛丝", 0, 0, own=False)])
    roster = merged(kept, new, CATALOGUE)
    assert roster.builds["Fang"] == Build(elite=1, level=10, skill_level=4, trust=90, potential=1)
    assert set(kept.builds) - set(roster.builds) == {"Kroos"}
    assert roster.unknown == kept.unknown


def test_an_import_that_no_longer_fits_forgets_what_was_set(read):
    """A skill level that the lower elite phase cannot have."""
    kept = read([{"name": "Fang", "elite": 1, "skill_level": 7}])
    roster = merged(kept, read([oper("char_123_fang", "芬", 0, 30)]), CATALOGUE)
    assert roster.builds["Fang"].skill_level == ASSUMED[0]["skill_level"]


def test_the_best_squad_is_strong_and_mixed(read):
    """Two of each role if there are, the strongest of it, in the order of the roles; one operator is a squad too."""
    roster = read([{"name": name, "level": 1 + number % 20} for number, name in enumerate(CATALOGUE.characters)])
    squad = best_squad(roster, CATALOGUE)
    assert len(squad) == 12
    roles = [one.role for one in squad]
    assert {role: roles.count(role) for role in roles} == dict.fromkeys(
        ("vanguard", "guard", "defender", "sniper", "caster", "medic"), 2
    )
    snipers = [name for name in by_strength(roster, CATALOGUE) if CATALOGUE.characters[name].role == "sniper"]
    assert {one.name for one in squad if one.role == "sniper"} == set(snipers[:2])
    assert [one.name for one in best_squad(read([{"name": "芬"}]), CATALOGUE)] == ["Fang"]
    assert len(best_squad(roster, CATALOGUE, 5)) == 5


@pytest.mark.parametrize(("text", "name"), [(json.dumps(BOX, indent=1), "a.json"), (CSV, "a.csv"), (TOML, "a.toml")])
def test_a_damaged_roster_is_one_line_or_loads(read, text, name):
    """500 damages in all: no other error, and every entry that is left out is one line."""
    said = []
    for seed in range(167):
        damaged = (mutated if seed % 2 else with_other_value)(text, seed)
        try:
            roster = read(damaged, name)
        except TableError as error:
            said.append(str(error))
            continue
        said += [*roster.problems, *roster.notes, unknown_line(roster)]
        roster.operators(CATALOGUE)
        assert read(roster_text(roster), "again.toml").builds == roster.builds
    assert not [line for line in said if "\n" in line]
