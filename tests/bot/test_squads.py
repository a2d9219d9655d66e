"""Which operators play: those that the user names, and never others in silence."""

from __future__ import annotations

from argparse import Namespace

import pytest
from befriended import ANSEL, KROOS, friend, training
from levels import CATALOGUE

from bot.commands.arguments import KEPT
from bot.config import SQUAD, Config, parse, playing
from bot.squads import (
    builds_from,
    configured_squad,
    names_in,
    own_squad,
    roster_to_run,
    squad_from,
    squad_to_run,
)
from game.characters.builds import default_squad
from game.characters.models import Build
from game.errors import TableError
from game.levels.stage import load_stage

ROSTER = '[[operator]]\nname = "Fang"\nelite = 1\n\n[[operator]]\nname = "Later"\n'


def asked(squad=None, roster=None):
    """What the command line says."""
    return Namespace(squad=squad, roster=roster)


def names(squad):
    """The names of a squad."""
    return [operator.name for operator in squad]


@pytest.fixture
def config(tmp_path):
    """A configuration whose data directory holds a roster."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "roster.toml").write_text(ROSTER, encoding="utf-8")
    return parse({"play": {"squad": "roster"}}, folder=tmp_path)


def test_the_default_squad_never_plays_in_silence(capsys):
    """One line says which squad plays and how to name another."""
    assert squad_from(asked(), None, CATALOGUE) == default_squad(CATALOGUE)
    told = capsys.readouterr().err
    assert told.startswith("squad: the default one, elite 0, last level (Fang, Myrtle, ")
    assert "--squad FILE or --roster" in told
    assert told.count("\n") == 1
    assert names(squad_to_run(asked(), Config(), CATALOGUE)) == list(SQUAD)
    assert capsys.readouterr().err.startswith("squad: the default one")
    mine = parse({"play": {"squad": ["Kroos"]}})
    assert names(squad_to_run(asked(), mine, CATALOGUE)) == ["Kroos"]
    assert capsys.readouterr().err == ""


def test_the_squad_of_a_training_level_plays_it(config, make, capsys):
    """Whatever [play] squad says; a line says so."""
    stage = make.stage(training(make, friend(KROOS, (0, 0), level=20), friend(ANSEL, (0, 0), level=20)))
    squad = configured_squad(config, stage, CATALOGUE)
    assert [(one.name, one.skill is not None) for one in squad] == [("Kroos", True), ("Ansel", True)]
    assert capsys.readouterr().err == f"{stage.code}: only the level's own squad plays: Kroos, Ansel\n"
    assert own_squad(load_stage("first_watch", CATALOGUE), CATALOGUE) == ()


def test_a_roster_gives_the_squad_and_says_whom(config, tmp_path, capsys):
    """The kept one, one of a file, or the one that [play] squad asks for; what cannot play of it is said."""
    for squad in (
        lambda: squad_from(asked(roster=KEPT), config, CATALOGUE),
        lambda: squad_from(asked(roster=tmp_path / "data" / "roster.toml"), None, CATALOGUE),
        lambda: configured_squad(config, load_stage("first_watch", CATALOGUE), CATALOGUE),
        lambda: squad_to_run(asked(), config, CATALOGUE),
    ):
        assert names(squad()) == ["Fang"]
        assert capsys.readouterr().err.splitlines() == [
            "roster: 1 operator is in no table here: Later; holdfast gamedata use gives more",
            "squad: Fang; chosen from a roster of 1",
        ]


def test_operators_stay_at_home(config):
    """Of whichever squad or roster plays, by name in any language or by id; another name is an error in one line."""
    away = {"play": {"squad": ["Fang", "Kroos", "Ansel"], "avoid": ["芬", "char_212_ansel"]}}
    stage = load_stage("first_watch", CATALOGUE)
    assert names(squad_to_run(asked(), parse(away), CATALOGUE)) == ["Kroos"]
    assert names(configured_squad(parse(away), stage, CATALOGUE)) == ["Kroos"]
    for names_away, said in ((["Nobel"], "avoid: 'Nobel' is in no table"), (["Fang"], "avoid: leaves no operator of")):
        fewer = playing(config, "first_watch", names_away)
        for squad in (configured_squad, lambda config, _, catalogue: roster_to_run(asked(), config, catalogue)):
            with pytest.raises(TableError, match=said):
                squad(fewer, stage, CATALOGUE)


def test_names_are_divided_by_commas_of_two_languages():
    """Spaces around them do not count, nor does a comma too many."""
    assert names_in(" Myrtle, 桃金娘\uff0c克洛丝\u3001 Noir Corne,") == ("Myrtle", "桃金娘", "克洛丝", "Noir Corne")
    assert names_in("") == ()


def test_builds_are_those_of_all_operators_given(config, tmp_path):
    """By English name; None where the user names none."""
    assert builds_from(asked(), None, CATALOGUE) is None
    assert builds_from(asked(roster=KEPT), config, CATALOGUE) == {
        "Fang": Build(elite=1, level=1, skill_level=4, trust=50)
    }
    file = tmp_path / "squad.toml"
    file.write_text('[[operator]]\nname = "克洛丝"\nlevel = 3\n', encoding="utf-8")
    assert builds_from(asked(squad=file), None, CATALOGUE) == {"Kroos": Build(level=3)}


def test_a_squad_file_names_as_many_as_a_squad_has(tmp_path):
    """More than twelve do not fit; a roster may name more."""
    file = tmp_path / "squad.toml"
    file.write_text("\n".join(f'[[operator]]\nname = "{name}"' for name in CATALOGUE.characters), encoding="utf-8")
    with pytest.raises(TableError, match="at most 12 come along; --roster FILE chooses"):
        squad_from(asked(squad=file), None, CATALOGUE)
    assert len(squad_from(asked(roster=file), None, CATALOGUE)) == 12
