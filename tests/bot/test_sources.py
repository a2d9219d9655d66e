"""What a verb plays with, and the stages that it opens by name."""

from __future__ import annotations

from pathlib import Path

import pytest
from levels import CATALOGUE, level, spawn
from libraries import repository, write

from bot.clients.desktop import make_client
from bot.config import Config, ConfigError, parse
from bot.sources import is_named, library_folder, open_stage, play_stage, sources
from game.errors import StageError
from game.gamedata.library import make_library


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """A configuration whose data directory is empty."""
    return parse({}, folder=tmp_path)


@pytest.fixture
def used(config: Config, tmp_path: Path) -> Config:
    """A configuration with game data in use."""
    make_library([repository(tmp_path / "repository")], library_folder(config), CATALOGUE)
    return config


def test_shipped_stages_are_opened_by_name_and_by_code(config):
    """In any case."""
    known = sources(config)
    assert {open_stage(name, known).name for name in ("first_watch", "FIRST_WATCH", "HF-1", "hf-1")} == {"first_watch"}


@pytest.mark.parametrize("name", ["9-6", "9－6", "深池", "main_09-05", "obt/main/level_main_09-05"])  # noqa: RUF001
def test_the_game_s_stages_are_opened_as_players_name_them(used, name):
    """With the code and the name that players see."""
    stage = open_stage(name, sources(used))
    assert (stage.name, stage.code, stage.title, stage.total) == ("level_main_09-05", "9-6", "深池", 1)


def test_challenge_mode_is_opened_by_its_name_or_as_asked(used, tmp_path):
    """The id of the stage in that mode is enough."""
    cost = {"difficultyMask": "FOUR_STAR", "key": "cbuff_char_cost", "blackboard": [{"key": "scale", "value": 3.0}]}
    (file,) = (tmp_path / "repository").rglob("level_main_01-07.json")
    write(file, {**level([spawn()]), "runes": [cost]})
    known = sources(used)
    assert not open_stage("1-7", known).squad_rules
    assert open_stage("main_01-07#f#", known).squad_rules
    assert open_stage("1-7", known, challenge=True).squad_rules
    assert open_stage(str(file), known, challenge=True).squad_rules


def test_a_file_has_the_code_that_a_table_knows_it_by(config, used, tmp_path):
    """One near it, or the game data in use; else its own name, from which no button on a map is guessed."""
    alone = tmp_path / "elsewhere" / "level_main_09-05.json"
    write(alone, level([spawn()]))
    (in_copy,) = (tmp_path / "repository").rglob("level_main_09-05.json")
    nothing = sources(parse({"data": {"directory": "empty"}}, folder=tmp_path))
    assert open_stage(alone, sources(used)).code == "9-6"
    assert open_stage(in_copy, nothing).code == "9-6"
    unknown = open_stage(str(alone), nothing)
    assert unknown.code == "level_main_09-05"
    with pytest.raises(ConfigError, match=r"no table of stages knows level_main_09-05.*holdfast gamedata use"):
        make_client(config, unknown, ())


def test_a_level_s_own_code_stays(used, tmp_path):
    """A level file that says its code is believed."""
    file = tmp_path / "repository" / "level_main_09-05.json"
    write(file, {**level([spawn()]), "code": "MY-1"})
    assert open_stage(file, sources(used)).code == "MY-1"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("frist_watch", "there is no stage 'frist_watch'; did you mean first_watch?"),
        ("1-9", "there is no stage '1-9'; did you mean 1-7"),
        ("none.json", "none.json: cannot be read"),
        ("", "there is no stage ''"),
    ],
)
def test_a_wrong_name_tells_the_nearest(used, name, told):
    """In one line."""
    with pytest.raises(StageError) as caught:
        open_stage(name, sources(used))
    assert str(caught.value).startswith(told)


def test_without_game_data_the_way_to_it_is_told(config, used, tmp_path):
    """The included stages are listed as well; a stage without its level says so."""
    with pytest.raises(StageError, match=r"holdfast gamedata use FOLDER.*first_watch"):
        open_stage("1-7", sources(parse({"data": {"directory": "empty"}}, folder=tmp_path)))
    (file,) = (tmp_path / "repository").rglob("level_main_01-07.json")
    file.unlink()
    with pytest.raises(
        StageError, match=r"^1-7: obt/main/level_main_01-07\.json is not in your copy of the game data; "
    ):
        open_stage("1-7", sources(used))


def test_the_stage_of_the_configuration_is_relative_to_its_folder(tmp_path):
    """A path is; a name is a name."""
    write(tmp_path / "levels" / "mine", level([spawn()]))
    assert play_stage(parse({"play": {"stage": "a/b.json"}}, folder=tmp_path)) == tmp_path / "a" / "b.json"
    assert play_stage(parse({"play": {"stage": "levels/mine"}}, folder=tmp_path)) == tmp_path / "levels" / "mine"
    assert play_stage(parse({"play": {"stage": "1-7"}}, folder=tmp_path)) == "1-7"


def test_tables_come_from_the_nearest_place(used, tmp_path):
    """--tables, else [play] tables, else the game data in use, else the included ones."""

    def folder(health: int) -> Path:
        place = tmp_path / str(health)
        place.mkdir()
        entry = f'max_health = {health}\nattack = 1\nspeed = 1\nattack_interval = 1\nids = ["enemy_1000_gopro"]\n'
        (place / "enemies.toml").write_text(f'[x]\nkind = "hound"\n{entry}', encoding="utf-8")
        return place

    def health(*given) -> float:
        return sources(*given).catalogue.enemies_by_id["enemy_1000_gopro"].max_health

    asked, configured = folder(5), parse({"play": {"tables": str(folder(6))}}, folder=tmp_path)
    assert health(configured, asked) == 5
    assert health(configured) == 6
    assert health(used) == 77
    assert health(parse({"data": {"directory": "empty"}}, folder=tmp_path)) == 820


def test_the_stage_of_a_plan_is_known_by_any_of_its_names(used):
    """Players' plans name it by code, by the id of the stage, or by that of its level."""
    known = sources(used)
    stage = open_stage("9-6", known)
    assert all(is_named(stage, name, known) for name in ("9-6", "main_09-05", "obt/main/level_main_09-05", "深池"))
    assert not any(is_named(stage, name, known) for name in ("1-7", "9-66", "main_01-07"))
    assert is_named(open_stage("first_watch", known), "HF-1", known)


@pytest.mark.parametrize(
    "name",
    ["x" * 5000, "a/" + "x" * 5000, "a\0b", "a/\0.json", "x" * 5000 + ".json", "\ud800"],
    ids=["long", "long path", "null", "null in a path", "long file", "half a letter"],
)
def test_a_name_that_no_file_can_have_gives_one_line(used, tmp_path, name):
    """On the command line, and in bot.toml."""
    known = sources(used)
    for asked in (name, play_stage(parse({"play": {"stage": name}}, folder=tmp_path))):
        with pytest.raises(StageError) as caught:
            open_stage(asked, known)
        assert "\n" not in str(caught.value)
