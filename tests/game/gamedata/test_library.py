"""What a user's folders of game data hold, and how it is remembered."""

from __future__ import annotations

import json

import pytest
from levels import CATALOGUE
from libraries import ENEMY, repository, resource, write

from game.characters.catalogue import load_catalogue
from game.errors import GameDataError, LibraryError
from game.gamedata.library import FILE, make_library, read_library


@pytest.mark.parametrize("inside", ["", "zh_CN", "zh_CN/gamedata"])
def test_a_repository_is_read_from_wherever_it_is_named(tmp_path, inside):
    """The whole clone, a server's folder, or its folder gamedata."""
    folder = repository(tmp_path / "data") / inside
    library = make_library([folder], tmp_path / "place", CATALOGUE)
    assert library.counts["levels"] == library.counts["levels_with_code"] == library.counts["stages"] == 2
    assert library.counts["enemies"] == 1
    assert "operators are the included ones" in " ".join(library.missing)
    assert library == read_library(tmp_path / "place")
    index = library.index()
    assert index.files[index.find("9-6").entry.stem].name == "level_main_09-05.json"


def test_a_flat_folder_is_read_by_the_names_of_its_files(tmp_path):
    """No folder has to have a certain name."""
    data = repository(tmp_path / "data")
    for file in data.rglob("*.json"):
        (tmp_path / "flat").mkdir(exist_ok=True)
        file.rename(tmp_path / "flat" / file.name)
    library = make_library([tmp_path / "flat"], tmp_path / "place", CATALOGUE)
    assert (library.counts["levels_with_code"], library.counts["enemies"]) == (2, 1)


def test_maa_alone_names_stages_and_operators(tmp_path):
    """Its stages cannot be played, which is said; its names are those of the included operators."""
    library = make_library([resource(tmp_path / "resource")], tmp_path / "place", CATALOGUE)
    assert (library.counts["levels"], library.counts["stages"]) == (0, 2)
    assert "cannot be played" in library.missing[0]
    catalogue = load_catalogue(tmp_path / "place" / library.tables)
    assert list(catalogue.characters) == list(CATALOGUE.characters)
    for name in ("フェン", "팽", "芬", "FANG", "char_123_fang"):
        assert catalogue.find_character(name).name == "Fang"
    assert catalogue.find_character("Castle 3").name == "Castle-3"
    assert catalogue.find_character("x") is None


def test_both_together_give_all(tmp_path):
    """Stages are merged by their ids."""
    folders = [resource(tmp_path / "resource"), repository(tmp_path / "data")]
    library = make_library(folders, tmp_path / "place", CATALOGUE)
    assert (library.counts["levels"], library.counts["stages"], library.counts["named_operators"]) == (2, 2, 2)


def test_the_first_server_s_files_count(tmp_path):
    """Names of stages come from all of them."""
    data = repository(repository(tmp_path / "data"), "en_US")
    table = data / "en_US" / "gamedata" / "excel" / "stage_table.json"
    write(table, table.read_text(encoding="utf-8").replace("暴君", "Tyrant"))
    library = make_library([data], tmp_path / "place", CATALOGUE)
    assert library.counts["levels"] == 2
    assert all("zh_CN" in path for path in library.levels.values())
    index = library.index()
    assert index.find("tyrant") == index.find("暴君") == index.find("1-7")
    assert index.find("1-7").entry.title == "暴君"


def test_a_partial_or_old_copy_says_what_it_lacks(tmp_path):
    """Levels without files, and files that no table names."""
    data = repository(tmp_path / "data")
    levels = data / "zh_CN" / "gamedata" / "levels" / "obt" / "main"
    (levels / "level_main_09-05.json").rename(levels / "level_main_99-01.json")
    library = make_library([data], tmp_path / "place", CATALOGUE)
    said = " | ".join(library.missing)
    assert "codes of 1 levels, which no table of stages names" in said
    assert "level files of 1 levels that the table of stages names" in said
    assert library.index().find("level_main_99-01").entry.code == "level_main_99-01"


@pytest.mark.parametrize(
    "file",
    [
        "excel/stage_table.json",
        "levels/enemydata/enemy_database.json",
        "battle_data.json",
        "excel/character_table.json",
    ],
)
@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"a": 1}', "version https://git-lfs.github.com/spec/v1"])
def test_a_corrupt_table_gives_one_line_and_leaves_what_was_in_use(tmp_path, file, text):
    """The line names the file."""
    data = repository(tmp_path / "data")
    before = make_library([data], tmp_path / "place", CATALOGUE)
    write(data / "zh_CN" / "gamedata" / file, text)
    if file.endswith("character_table.json"):
        for name in ("skill_table", "range_table"):
            write(data / "zh_CN" / "gamedata" / "excel" / f"{name}.json", "{}")
    with pytest.raises(GameDataError) as caught:
        make_library([data], tmp_path / "place", CATALOGUE)
    assert file.rpartition("/")[2].removesuffix(".json") in str(caught.value)
    assert "\n" not in str(caught.value)
    assert read_library(tmp_path / "place") == before


def test_a_folder_without_game_data_is_refused(tmp_path):
    """As is one that does not exist."""
    with pytest.raises(LibraryError, match="holds no game data"):
        make_library([tmp_path], tmp_path / "place", CATALOGUE)
    with pytest.raises(LibraryError, match="there is no such folder"):
        make_library([tmp_path / "none"], tmp_path / "place", CATALOGUE)
    assert not (tmp_path / "place").exists()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"version": 1}', "\x00"])
def test_a_broken_library_says_how_to_make_it_again(tmp_path, text):
    """In one line."""
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(LibraryError, match=r"^[^\n]*library\.json: [^\n]*holdfast gamedata use[^\n]*$"):
        read_library(tmp_path)


def test_a_library_of_another_version_or_without_its_tables_is_refused(tmp_path):
    """Nothing that a later version wrote is half understood."""
    assert read_library(tmp_path) is None
    library = make_library([repository(tmp_path / "data")], tmp_path / "place", CATALOGUE)
    file = tmp_path / "place" / FILE
    file.write_text(json.dumps({**json.loads(file.read_text(encoding="utf-8")), "version": 99}), encoding="utf-8")
    with pytest.raises(LibraryError, match="is of version 99, not 1"):
        read_library(tmp_path / "place")
    make_library([tmp_path / "data"], tmp_path / "place", CATALOGUE)
    (tmp_path / "place" / library.tables).rename(tmp_path / "gone")
    with pytest.raises(LibraryError, match="the converted tables are gone"):
        read_library(tmp_path / "place")


def test_changed_tables_replace_those_before(tmp_path):
    """One folder of tables is left, and it is the one in use."""
    data, place = repository(tmp_path / "data"), tmp_path / "place"
    first = make_library([data], place, CATALOGUE)
    changed = json.loads(json.dumps(ENEMY).replace("77", "88"))
    write(data / "zh_CN" / "gamedata" / "levels" / "enemydata" / "enemy_database.json", {"enemies": [changed]})
    second = make_library([data], place, CATALOGUE)
    assert first.tables != second.tables
    assert [one.name for one in place.glob("tables-*")] == [second.tables]
    assert load_catalogue(place / second.tables).enemies_by_id["enemy_1000_gopro"].max_health == 88


def test_operators_of_the_reference_keep_one_name(reference, tmp_path):
    """The included names stay; every other spelling is found as well."""
    library = make_library([reference / "tables"], tmp_path, CATALOGUE)
    catalogue = load_catalogue(tmp_path / library.tables)
    for one in CATALOGUE.characters.values():
        assert catalogue.find_character(one.id).name == one.name
        assert {one.chinese, *one.other_names} <= {
            catalogue.characters[one.name].chinese,
            *catalogue.characters[one.name].other_names,
        }
    pairs = {
        "Thermal-EX": "THRM-EX",
        "thrm ex": "THRM-EX",
        "Castle 3": "Castle-3",
        "lancet2": "Lancet-2",
        "Гум": "Gummy",
    }
    assert {name: catalogue.find_character(name).name for name in pairs} == pairs
    assert catalogue.find_character("凛冬").name == "Zima"
