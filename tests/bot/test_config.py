"""bot.toml: its options and defaults, and the messages about its mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from levels import CATALOGUE
from pydantic import ValidationError

from bot.config import SHIPPED_WEIGHTS, Config, ConfigError, Learning, PlayOptions, as_toml, load, parse
from game.characters.builds import squad_of
from learning.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PLAY = list(PlayOptions.model_fields)
TABLES = [name for name in Config.model_fields if name != "folder"]


def problems(text: str, tmp_path: Path) -> list[str]:
    """The lines of the message a file gives rise to."""
    file = tmp_path / "bot.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(file)
    return str(caught.value).splitlines()


def test_the_shipped_file_shows_every_option_with_its_default():
    """bot.toml is the whole configuration; write it anew with `holdfast config bot.toml --force`."""
    assert (ROOT / "bot.toml").read_text(encoding="utf-8") == as_toml()


def test_the_shipped_file_says_the_same_as_no_file():
    """Deleting the file changes nothing but where paths start."""
    assert load(ROOT / "bot.toml").model_dump() == Config().model_dump()


def test_every_option_has_a_sentence():
    """No option without an explanation."""
    for name, table in Config.model_fields.items():
        if name != "folder":
            assert table.annotation.__doc__
            assert all(option.description.endswith(".") for option in table.annotation.model_fields.values()), name


def test_all_problems_are_told_at_once(tmp_path):
    """An unknown key, a wrong type and missing weights are all in one message."""
    lines = problems('[mqqt]\nport = 1\n[practice]\nframe_step = "fast"\n[vision]\nweights = "no.onnx"\n', tmp_path)
    assert lines[0] == "bot.toml: 3 problems"
    assert sorted(line.split(maxsplit=1)[0] for line in lines[1:]) == ["mqqt", "practice.frame_step", "vision.weights"]
    text = "\n".join(lines)
    assert "did you mean [mqtt]?" in text
    assert 'must be a number, is "fast"' in text
    assert "no.onnx does not exist; make it with: holdfast vision train" in text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[play]\nsped = 2", "  play.sped  unknown option; did you mean speed?"),
        (
            "[play]\nzzz = 2",
            f"  play.zzz  unknown option; known are: {', '.join(PLAY)}",
        ),
        ("[play]\nsquad = [5]", "  play.squad  must be names in quotes, or tables of a name and its build, is [5]"),
        ("[play]\nspeed = 3", "  play.speed  must be 1 or 2, is 3"),
        ("[play]\nbattles = true", "  play.battles  must be a whole number, is true"),
        ("[play]\nsquad = 'rooster'", '  play.squad  must be a list, or "roster", is "rooster"'),
        (f"[play]\nsquad = {['Fang'] * 13}", f"  play.squad  must have at most 12, is {json.dumps(['Fang'] * 13)}"),
        ("[play]\nsquad = []", "  play.squad  must have at least 1, is []"),
        ("[screen]\nregion = [1, 2, 3]", "  screen.region[3]  is not there; the list is only [1, 2, 3]"),
        ("[practice]\nframe_step = -1", "  practice.frame_step  must be greater than 0, is -1"),
        ("[mqtt]\nport = 70000", "  mqtt.port  must be at most 65535, is 70000"),
        ("mqtt = 5", "  mqtt  must be a table, is 5"),
        ('folder = "/"', f"  folder  unknown table; known are: {', '.join(TABLES)}"),
    ],
)
def test_a_problem_is_one_line_with_place_bound_and_value(tmp_path, text, line):
    """What is wrong, where, and what would be right."""
    assert problems(text, tmp_path) == ["bot.toml: 1 problem", line]


def test_a_file_nested_without_end_gives_one_line(tmp_path):
    """However deep it goes."""
    (line,) = problems("x = " + "[" * 100_000, tmp_path)
    assert "not TOML" in line


def test_a_file_that_is_no_toml_gives_one_line(tmp_path):
    """The line names the place of the syntax error."""
    lines = problems("[play\n", tmp_path)
    assert len(lines) == 1
    assert "not TOML" in lines[0]
    assert "line 1" in lines[0]


def test_a_byte_order_mark_does_not_matter(tmp_path):
    """Windows' editors begin a file with one."""
    (tmp_path / "bot.toml").write_text("[play]\nspeed = 1\n", encoding="utf-8-sig")
    assert load(tmp_path / "bot.toml").play.speed == 1


def test_a_file_asked_for_by_name_must_be_there(tmp_path):
    """A misspelt file name is an error; the defaults are not used instead."""
    with pytest.raises(ConfigError, match="no such file; write a fresh one with: holdfast config"):
        load(tmp_path / "nope.toml")


def test_no_file_means_defaults(tmp_path, monkeypatch):
    """A newcomer without a file can play."""
    monkeypatch.chdir(tmp_path)
    assert load() == Config()


def test_paths_start_where_the_file_lies(tmp_path):
    """The same file means the same from every folder."""
    (tmp_path / "mine.onnx").touch()
    config = parse({"vision": {"weights": "mine.onnx"}, "data": {"directory": "here"}}, folder=tmp_path)
    assert config.directory == tmp_path / "here"
    assert config.vision.weights == str(tmp_path / "mine.onnx")
    assert Config().vision.weights == str(SHIPPED_WEIGHTS)


def test_the_configuration_cannot_be_changed_while_it_plays():
    """The configuration is frozen once it is read."""
    with pytest.raises(ValidationError):
        Config().play.stage = "other"


def test_a_squad_may_name_builds(tmp_path):
    """Names and tables side by side; the folder of own tables is relative to the file."""
    file = tmp_path / "bot.toml"
    file.write_text('[play]\nsquad = ["Fang", {name = "Kroos", elite = 1}]\ntables = "mine"\n', encoding="utf-8")
    loaded = load(file)
    assert [one.max_health for one in squad_of(loaded.play.squad, CATALOGUE)] == [1060, 1060]
    assert loaded.tables == tmp_path / "mine"
    assert Config().tables is None


def test_the_hyper_parameters_are_those_of_the_agent():
    """The [learning] table is the agent's own model; only the seed and the checkpoints' interval are the daemon's."""
    assert issubclass(Learning, Settings)
    assert set(Learning.model_fields) - set(Settings.model_fields) == {"seed", "checkpoint_every"}
    assert Learning().model_dump(include=set(Settings.model_fields)) == Settings().model_dump()
