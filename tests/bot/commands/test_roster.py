"""`holdfast roster`: what you own is imported, shown and changed, and nothing of it is lost."""

from __future__ import annotations

import json
import tomllib

import pytest

from bot.cli import main
from planning.solutions import solution_path

BOX = [
    {"elite": 1, "id": "char_123_fang", "level": 55, "name": "芬", "own": True, "potential": 6, "rarity": 3},
    {"elite": 0, "id": "char_124_kroos", "level": 40, "name": "克洛丝", "own": True, "potential": 1, "rarity": 3},
    {"elite": 2, "id": "char_122_beagle", "level": 1, "name": "米格鲁", "own": True, "potential": 1, "rarity": 3},
    {"elite": 2, "id": "char_9999_later", "level": 90, "name": "后来者", "own": True, "potential": 1, "rarity": 6},
    {"elite": 0, "id": "char_010_chen", "level": 0, "name": "陈", "own": False, "potential": 0, "rarity": 6},
]


@pytest.fixture
def box(tmp_path, monkeypatch):
    """An exported box, in a folder of its own that is the working directory."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "box.json"
    file.write_text(json.dumps(BOX, ensure_ascii=False), encoding="utf-8")
    return file


@pytest.fixture
def roster(box, capsys):
    """The kept roster after an import of the box."""
    assert main(["roster", "import", str(box)]) == 0
    capsys.readouterr()
    return box.parent / "data" / "roster.toml"


def shown(capsys):
    """What `roster show --json` prints, by name."""
    assert main(["roster", "show", "--json"]) == 0
    return {one["name"]: one for one in json.loads(capsys.readouterr().out)["operators"]}


def test_an_import_says_what_it_did(box, capsys):
    """What came in, and a line for each entry that did not, and for the operators that no table knows."""
    assert main(["roster", "import", box.name]) == 0
    told = capsys.readouterr()
    assert told.out.splitlines()[0] == "added 2: Fang, Kroos"
    assert told.err.splitlines() == [
        "box.json: entry 3 (米格鲁): Beagle has no elite phase 2; give one of 0 to 1",
        "box.json: 1 operator is in no table here: 后来者; holdfast gamedata use gives more",
    ]
    assert main(["roster", "import", box.name, "--json", "--out", "mine/roster.toml"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["added"], facts["unknown"], len(facts["left_out"])) == (["Fang", "Kroos"], ["后来者"], 1)
    assert (box.parent / "mine" / "roster.toml").exists()


def test_show_tells_what_is_assumed_from_what_is_known(roster, capsys):
    """In words and for programs, the strongest first."""
    assert main(["roster", "show"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Fang   elite 1, level 55, skill level 4 (assumed), trust 50 (assumed), potential 6"
    facts = shown(capsys)
    assert list(facts) == ["Fang", "Kroos"]
    assert facts["Kroos"]["assumed"] == ["skill_level", "trust"]
    assert roster.read_text(encoding="utf-8").count("[[operator]]") == 3


def test_set_changes_adds_and_removes(roster, capsys):
    """By any name; what is set is no longer assumed, and another elite phase begins at level 1."""
    assert main(["roster", "set", "芬", "skill_level=7", "trust=120"]) == 0
    assert shown_set(capsys) == "Fang  elite 1, level 55, skill level 7, trust 120, potential 6"
    assert main(["roster", "set", "kroos", "elite=1"]) == 0
    assert shown_set(capsys).startswith("Kroos  elite 1, level 1 (assumed), ")
    assert main(["roster", "set", "char_151_myrtle", "elite=2", "level=10", "potential=", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["operator"]["assumed"] == ["skill_level", "trust", "potential"]
    assert main(["roster", "set", "Kroos", "own=false"]) == 0
    assert shown_set(capsys) == "removed 1: Kroos"
    assert list(shown(capsys)) == ["Myrtle", "Fang"]
    assert "后来者" in roster.read_text(encoding="utf-8")


def shown_set(capsys):
    """The first line that was printed."""
    return capsys.readouterr().out.splitlines()[0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Fangg", "elite=1"], "roster set: there is no operator 'Fangg'; did you mean 'Fang'?"),
        (["Fang", "elite=2"], "roster set: Fang has no elite phase 2; give one of 0 to 1"),
        (["Fang", "level=90"], "roster set: Fang at elite 1 has levels 1 to 55, not 90"),
        (["Fang", "level=high"], "roster set: level is 'high'; write a whole number from 0 to 90"),
        (["Fang", "own=perhaps"], "roster set: own is 'perhaps'; write true or false"),
        (["Fang", "levle=3"], "roster set: 'levle=3' is no FIELD=VALUE; fields are elite, level, skill, "),
        (["Fang", "60"], "roster set: '60' is no FIELD=VALUE"),
    ],
)
def test_what_cannot_be_set_is_one_line(roster, capsys, arguments, said):
    """With exit code 2, and the roster stays as it was."""
    before = roster.read_bytes()
    assert main(["roster", "set", *arguments]) == 2
    told = capsys.readouterr().err
    assert told.startswith(said)
    assert told.count("\n") == 1
    assert roster.read_bytes() == before


def test_an_import_over_a_roster_loses_nothing(roster, capsys):
    """What was set stays where the file says nothing of it, and the former file stays beside the new one."""
    assert main(["roster", "set", "Fang", "skill_level=7"]) == 0
    before = roster.read_bytes()
    newer = roster.parent / "newer.csv"
    newer.write_text("name,elite,level,own\nFang,1,50,true\nKroos,,,false\nMyrtle,1,2,yes\n", encoding="utf-8-sig")
    capsys.readouterr()
    assert main(["roster", "import", str(newer)]) == 0
    assert capsys.readouterr().out.splitlines()[:3] == [
        "added 1: Myrtle",
        "removed 1: Kroos",
        "changed Fang: level 55 -> 50",
    ]
    assert shown(capsys)["Fang"]["skill_level"] == 7
    assert roster.with_name("roster.toml.bak").read_bytes() == before
    assert main(["roster", "import", str(newer)]) == 0
    assert capsys.readouterr().out.startswith("nothing changed\n")
    assert roster.with_name("roster.toml.bak").read_bytes() == before


def test_a_roster_with_an_entry_that_cannot_be_read_is_not_written_over(roster, box, capsys):
    """Writing it again would lose the entry; showing it names the entry."""
    text = roster.read_text(encoding="utf-8") + '\n[[operator]]\nname = "Myrtle"\nlevel = 99\n'
    roster.write_text(text, encoding="utf-8")
    for work in (["set", "Fang", "trust=1"], ["import", str(box)]):
        assert main(["roster", *work]) == 2
        assert "operator 4 (Myrtle): level is 99" in capsys.readouterr().err
    assert roster.read_text(encoding="utf-8") == text
    assert main(["roster", "show"]) == 0
    assert "operator 4 (Myrtle): level is 99" in capsys.readouterr().err


def test_the_last_operator_can_be_removed(roster, capsys):
    """What is left is a file that can be added to again."""
    for name in ("Fang", "Kroos"):
        assert main(["roster", "set", name, "own=no"]) == 0
    assert main(["roster", "set", "Fang"]) == 0
    assert list(shown(capsys.readouterr() and capsys)) == ["Fang"]
    assert len(tomllib.loads(roster.read_text(encoding="utf-8"))["operator"]) == 2


def test_without_a_roster_it_says_how_to_make_one(box, capsys):
    """Showing, and playing with it."""
    plan = str(solution_path("first_watch"))
    for work in (["roster", "show"], ["simulate", "--stage", "first_watch", "--plan", plan, "--roster"]):
        assert main(work) == 2
        assert capsys.readouterr().err == (
            "data/roster.toml: there is no roster yet; make it with: holdfast roster import FILE\n"
        )
    assert box.exists()


def test_a_roster_that_cannot_be_written_is_one_line(box, capsys):
    """A folder that is a file, for one."""
    assert main(["roster", "import", box.name, "--out", "box.json/roster.toml"]) == 2
    assert capsys.readouterr().err.startswith("box.json/roster.toml: ")
