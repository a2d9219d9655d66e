"""Builds and squads: the numbers of a character at one build, and squads by name, in code and in files."""

from __future__ import annotations

import msgspec
import pytest
from levels import CATALOGUE

from game.actions import DEPLOY, SKILL, Action, coverage
from game.characters.builds import SQUAD_SIZE, default_squad, operator_of, read_squad, squad_of
from game.characters.effects import ROLES
from game.characters.models import SKILL_LEVELS, Bonus, Build, Phase
from game.errors import TableError
from game.levels.stage import load_stage
from game.simulator.battle import Battle

FIRST = (
    "Fang", "Myrtle", "Gravel", "Melantha", "Popukar", "Beagle",
    "Kroos", "Catapult", "Steward", "Lava", "Ansel", "Orchid",
)  # fmt: skip


def test_the_default_squad_has_every_role():
    """The first twelve operators of the table, at their default builds; all eight roles are among them."""
    squad = default_squad(CATALOGUE)
    assert tuple(one.name for one in squad) == FIRST
    assert len(squad) == SQUAD_SIZE
    assert {one.role for one in squad} == set(ROLES)
    assert squad == tuple(CATALOGUE.operators[name] for name in FIRST)


def test_trust_and_potentials_are_added_before_talents():
    """Melantha, elite 1 at her last level: 738 attack, 65 by trust, 25 by her fourth potential, and 8 % of it all."""
    melantha = CATALOGUE.characters["Melantha"]
    assert operator_of(melantha, Build(elite=1)).attack == pytest.approx(738 * 1.08)
    assert operator_of(melantha, Build(elite=1, level=54)).attack == pytest.approx(735 * 1.04)
    best = operator_of(melantha, Build(elite=1, trust=100, potential=6))
    assert best.attack == pytest.approx((738 + 65 + 25) * 1.08)
    assert (best.cost, best.redeploy_time) == (13, 60)
    assert operator_of(melantha, Build(trust=50)).attack == 583 + 32.5


def test_trust_above_a_hundred_adds_no_more():
    """The game shows trust up to 200 percent."""
    fang = CATALOGUE.characters["Fang"]
    assert operator_of(fang, Build(trust=200)) == operator_of(fang, Build(trust=100)) != operator_of(fang, Build())


def test_levels_between_are_interpolated():
    """docs/rules.md: linear between the first and the last level; Fang at level 20 of 40 is 19/39 of the way."""
    fang = operator_of(CATALOGUE.characters["Fang"], Build(level=20))
    assert (fang.max_health, fang.attack, fang.defense) == (897, 195, 158)


def test_fractions_of_talents_and_the_skill_add_up():
    """100 attack with talents of 10 and 20 % and a skill of 50 % is 180, not 198; `add` comes last."""
    bonuses = (
        Bonus(name="one", scale={"attack": 0.1}, add={"attack": 5}),
        Bonus(name="other", scale={"attack": 0.2}),
    )
    own = operator_of(trainee(bonuses, {"attack": 0.5, "defense": 0.5}), Build())
    assert own.attack == 100 * 1.3 + 5
    assert (own.attack - 5) * (1 + own.skill.attack) == pytest.approx(180)
    assert own.skill.defense == 0.5


def test_a_factor_is_on_the_whole():
    """A factor multiplies the number with talents and skill: 100 * (1 + 0.1 + 0.5) * 1.2."""
    bonuses = (Bonus(name="one", factor={"attack": 1.2}), Bonus(name="other", scale={"attack": 0.1}))
    own = operator_of(trainee(bonuses, {"attack": 0.5}), Build())
    assert own.attack == pytest.approx(100 * 1.1 * 1.2)
    assert own.attack * (1 + own.skill.attack) == pytest.approx(100 * 1.6 * 1.2)


def test_a_skill_leaves_no_less_than_nothing():
    """A talent of -20 % defense and a skill of -100 % leave 0, not a negative number."""
    own = operator_of(trainee((Bonus(name="one", scale={"defense": -0.2}),), {"defense": -1.0}), Build())
    assert own.skill.defense == -1.0


def trainee(bonuses, skill):
    """A character of 100 attack and defense with these talents and the effects of this skill."""
    numbers = {"max_health": (100, 100), "attack": (100, 100), "defense": (100, 100), "cost": 1, "block": 1}
    fields = {"name": "", "gain": "second", "by_hand": True, "cost": 9, "initial": 0, "duration": 9.0}
    phase = Phase(levels=1, range=((0, 0), (0, 1)), **numbers)
    melantha = CATALOGUE.characters["Melantha"]
    return msgspec.structs.replace(melantha, phases=(phase,), bonuses=bonuses, skills=({**fields, **skill},))


def test_a_talent_may_depend_on_the_skill_that_is_brought():
    """Heidi: attack for those in range with her first skill, defense with her second; neither without a skill."""
    heidi, found = CATALOGUE.guests["char_4045_heidi"], []
    for skill in (1, 2, 0):
        operator = operator_of(heidi, Build(elite=2, skill=skill, potential=5))
        found.append([one.scale for one in operator.effects if one.name == "talent 1"])
    assert found == [[{"attack": 0.06}], [{"defense": 0.06}], []]


@pytest.mark.parametrize("name", list(CATALOGUE.characters))
def test_every_build_fights(name):
    """Every elite phase and every skill at every level fights on the first stage for a while and uses its skill."""
    stage, character = load_stage("first_watch", CATALOGUE), CATALOGUE.characters[name]
    builds = [
        Build(elite=elite, skill=skill, skill_level=level)
        for elite in range(len(character.phases))
        for skill in range(min(1, len(character.skills)), min(len(character.skills), elite + 1) + 1)
        for level in (range(1, SKILL_LEVELS[elite] + 1) if elite == len(character.phases) - 1 else (None,))
    ]
    for build in builds:
        squad = [msgspec.structs.replace(operator_of(character, build), cost=0)]
        battle = Battle(stage, squad)
        assert battle.act(Action(DEPLOY, 0, *divmod(int(coverage(stage, squad).argmax()), 4)))
        for _ in range(8):
            battle.step(90)
            for one in battle.operators_on_field():
                assert 0.0 < one.health <= 1.0
                assert not one.skill_ready or battle.act(Action(SKILL, one.slot))


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["Krooz"], "did you mean 'Kroos'"),
        (["Fang", "Fang"], "twice"),
        ([], "empty"),
        (["Zzz"], "there are Fang"),
        ([{"name": "Fang", "skill_level": 5}], "Fang at elite 0 has skill levels 1 to 4, not 5"),
        ([{"name": "Gravel", "skill": 2}], "Gravel has skill 2 from elite 1 on"),
        ([{"elite": 1}], "has no name"),
        ([{"name": "Fang", "potential": 0}], "Fang has potentials 1 to 6, not 0"),
        ([{"name": "Fang", "potential": 7}], "Fang has potentials 1 to 6, not 7"),
        ([{"name": "Fang", "trust": -1}], "Fang has trust 0 to 200, not -1"),
        ([{"name": "Fang", "trust": 201}], "Fang has trust 0 to 200, not 201"),
    ],
)
def test_a_wrong_squad_is_said_in_one_line(names, said):
    """The line has the nearest known name, if there is one."""
    with pytest.raises(TableError, match=said):
        squad_of(names, CATALOGUE)


def test_operators_go_by_any_of_their_names():
    """English in any case, Chinese, or the public id: it is the same operator, which cannot be named twice."""
    assert squad_of(["fang", "克洛丝", "char_212_ansel"], CATALOGUE) == squad_of(["Fang", "Kroos", "Ansel"], CATALOGUE)
    with pytest.raises(TableError, match="'Kroos' is there twice"):
        squad_of(["Kroos", "克洛丝"], CATALOGUE)


def test_a_squad_file_is_a_squad(tmp_path):
    """One [[operator]] table each, in this order: a name, and the fields of its build that differ."""
    file = tmp_path / "squad.toml"
    file.write_text('[[operator]]\nname = "Kroos"\nelite = 1\nlevel = 1\n\n[[operator]]\nname = "Fang"\n', "utf-8")
    assert read_squad(file, CATALOGUE) == squad_of([{"name": "Kroos", "elite": 1, "level": 1}, "Fang"], CATALOGUE)


def test_a_squad_file_may_begin_with_a_byte_order_mark(tmp_path):
    """Windows editors write one; the squad is the same."""
    file = tmp_path / "squad.toml"
    file.write_text("[[operator]]\nname = 'Fang'\n", encoding="utf-8-sig")
    assert read_squad(file, CATALOGUE) == squad_of(["Fang"], CATALOGUE)


def test_a_squad_file_may_have_the_encoding_of_an_old_editor(tmp_path):
    """That one in which its names are operators; where it is none, the line says what to do."""
    file = tmp_path / "squad.toml"
    for name, encoding in (("フェン", "cp932"), ("克洛丝", "gb18030")):
        file.write_text(f"[[operator]]\nname = '{name}'\n", encoding=encoding)
        assert read_squad(file, CATALOGUE) == squad_of([name], CATALOGUE)
    file.write_text("[[operator]]\nname = '펭귄'\n", encoding="cp949")
    with pytest.raises(TableError, match=r"there is no operator .*; it is not UTF-8: save it as UTF-8$"):
        read_squad(file, CATALOGUE)
    file.write_bytes(b"[[operator]]\nname = '\x81 '\n")
    with pytest.raises(TableError, match=r"cannot be read: is text in none of UTF-8, .*save it as UTF-8$"):
        read_squad(file, CATALOGUE)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[operator]]\nname = 'Krooz'\n", "did you mean 'Kroos'"),
        ("[[operator]]\nname = 'Fang'\nelite = 3\n", "Fang has no elite phase 3"),
        ("[[operator]]\nname = 'Fang'\ntrusty = 3\n", "Fang: .*trusty"),
        ("[[operator]]\nelite = 1\n", "has no name"),
        ("squad = ['Fang']\n", r"write one \[\[operator\]\] table"),
        ("[[operator]\n", "is not TOML"),
        pytest.param("x = " + "[" * 100_000, "is not TOML", id="nested"),
    ],
)
def test_a_wrong_squad_file_is_said_in_one_line(tmp_path, text, said):
    """The line names what does not fit."""
    file = tmp_path / "squad.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(TableError, match=said) as caught:
        read_squad(file, CATALOGUE)
    assert "\n" not in str(caught.value)
