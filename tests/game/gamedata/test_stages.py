"""Stages as players name them."""

# ruff: noqa: RUF001 - letters of full width and dashes are what it is about

from __future__ import annotations

import json

import pytest

from game.errors import StageError
from game.gamedata.stages import StageEntry, StageIndex, index_near, read_stages

INDEX = StageIndex(
    (
        StageEntry("main_01-07", "1-7", "obt/main/level_main_01-07", ("暴君", "Tyrant")),
        StageEntry("easy_09-05", "9-6", "obt/main/level_easy_09-05", ("深池",)),
        StageEntry("main_09-05", "9-6", "obt/main/level_main_09-05", ("深池",)),
        StageEntry("tough_10-02", "10-3", "obt/main/level_tough_10-02", ("低下头",)),
        StageEntry("main_10-02", "10-3", "obt/main/level_main_10-02", ("低下头",)),
        StageEntry("wk_melee_6", "CE-6", "obt/weekly/level_weekly_melee_6"),
        StageEntry("tr_01", "TR-1", "obt/training/level_training_1", ("战地医疗",)),
        StageEntry("lt_tr_01", "TR-1", "obt/legion/lttr/level_lt_tr01", ("7号训练场",)),
        StageEntry("ro1_e_1_1", "ISW-NO", "obt/roguelike/ro1/level_rogue1_1-1", ("与虫为伴",)),
        StageEntry("ro1_n_1_1", "ISW-NO", "obt/roguelike/ro1/level_rogue1_1-1", ("与虫为伴",)),
    )
)


@pytest.mark.parametrize(
    ("name", "stage"),
    [
        ("1-7", "main_01-07"),
        (" １－７ ", "main_01-07"),
        ("1 – 7", "main_01-07"),
        ("暴君", "main_01-07"),
        ("tyrant", "main_01-07"),
        ("MAIN_01-07", "main_01-07"),
        ("Obt/Main/level_main_01-07", "main_01-07"),
        ("level_main_01-07.json", "main_01-07"),
        ("ce-6", "wk_melee_6"),
        ("ＣＥ-6", "wk_melee_6"),
        ("9-6", "main_09-05"),
        ("9-6 easy", "easy_09-05"),
        ("9-6 (Story)", "easy_09-05"),
        ("9-6 STANDARD", "main_09-05"),
        ("9-6标准", "main_09-05"),
        ("10-3 hard", "tough_10-02"),
        ("深池", "main_09-05"),
        ("ISW-NO", "ro1_n_1_1"),
        ("ro1_e_1_1", "ro1_e_1_1"),
        ("CE-6 normal", "wk_melee_6"),
    ],
)
def test_a_stage_is_found_as_players_write_it(name, stage):
    """By code, name and ids, in any case, width and spacing; standard is meant where no difficulty is said."""
    found = INDEX.find(name)
    assert (found.entry.id, found.challenge) == (stage, False)


@pytest.mark.parametrize("name", ["main_01-07#f#", "1-7#f#", "1-7 challenge", "1-7 突袭", "1-7 standard CM"])
def test_challenge_mode_is_named_after_the_stage(name):
    """The level is the same, so the entry is that of the normal mode."""
    found = INDEX.find(name)
    assert (found.entry.id, found.challenge) == ("main_01-07", True)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("TR-1", "TR-1: 2 stages have this name; give the id of one: lt_tr_01 (7号训练场), tr_01 (战地医疗)"),
        ("1-77", "there is no stage '1-77'; did you mean 1-7"),
        ("9-6 hard", "9-6 hard: there is no stage of this difficulty, only easy_09-05 (深池), main_09-05 (深池)"),
        ("main_01-07#s", "main_01-07#s: the mode of six stars is not played; name main_01-07"),
        ("", "there is no stage ''"),
    ],
)
def test_a_name_that_is_none_or_several_gives_one_line(name, told):
    """With the candidates, or the nearest ones."""
    with pytest.raises(StageError) as caught:
        INDEX.find(name)
    assert str(caught.value).startswith(told)
    assert "\n" not in str(caught.value)


def test_without_a_table_of_stages_the_way_to_one_is_told():
    """The remedy of a player who has just installed it."""
    with pytest.raises(StageError, match="holdfast gamedata use FOLDER"):
        StageIndex().find("1-7")


ROW = {"stageId": "main_09-05", "code": "9-6", "levelId": "Obt/Main/level_main_09-05", "name": "深池 "}
HARD = {**ROW, "stageId": "main_09-05#f#"}
ENTRY = StageEntry("main_09-05", "9-6", "obt/main/level_main_09-05", ("深池",))


@pytest.mark.parametrize(
    "table",
    [
        {"stages": {"main_09-05": ROW, "main_09-05#f#": HARD}, "mapThemes": {}},
        {"x": HARD, "y": ROW, "z": {"stageId": None}, "u": 3},
        [ROW],
        {"stages": [{"Key": "main_09-05", "Value": ROW}]},
    ],
)
def test_tables_of_stages_are_read_in_every_form(tmp_path, table):
    """stage_table.json, overview.json, MAA's stages.json, and an old list of keys and values; each stage once."""
    file = tmp_path / "stage_table.json"
    file.write_text(json.dumps(table), encoding="utf-8")
    assert read_stages(file) == [ENTRY]


def test_a_table_without_levels_still_knows_codes(tmp_path):
    """MAA's stages.json has codes and ids only."""
    file = tmp_path / "stages.json"
    file.write_text(json.dumps([{"stageId": "main_01-07", "code": "1-7", "apCost": 6}]), encoding="utf-8")
    assert read_stages(file) == [StageEntry("main_01-07", "1-7", "level_main_01-07")]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"stages": 1}', "[1]", "\udcff", '[{"stageId": "x"}]'])
def test_a_broken_table_gives_one_line(tmp_path, text):
    """It names the file."""
    file = tmp_path / "stage_table.json"
    file.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(StageError, match=r"^[^\n]*stage_table\.json: [^\n]*$"):
        read_stages(file)


def test_a_level_file_is_known_by_the_table_beside_it(tmp_path):
    """In a folder above it, or in the usual ones there; without any, nothing is known."""
    level = tmp_path / "levels" / "obt" / "main" / "level_main_09-05.json"
    level.parent.mkdir(parents=True)
    assert index_near(level).of_file(level) is None
    (tmp_path / "excel").mkdir()
    (tmp_path / "excel" / "stage_table.json").write_text(json.dumps({"stages": {"a": ROW}}), encoding="utf-8")
    assert index_near(level).of_file(level) == ENTRY


def test_every_stage_of_the_reference_is_found(reference):
    """By its id always; by its code it is found, or is among the candidates."""
    index = StageIndex(tuple(read_stages(reference / "tables" / "tile_pos_overview.json")))
    assert len(index.entries) > 3000
    refused = []
    for entry in index.entries:
        assert index.find(entry.id).entry == entry
        try:
            index.find(entry.code)
        except StageError as error:
            refused.append(str(error))
    assert all("stages have this name" in line for line in refused)
    assert [index.find(code).entry.level for code in ("9-6", "LS-6", "H9-5", "OF-1")] == [
        "obt/main/level_main_09-05",
        "obt/weekly/level_weekly_killcost_6",
        "obt/hard/level_hard_09-05",
        "activities/act3d0/level_act3d0_01",
    ]
