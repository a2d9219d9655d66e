"""The tables of operators and enemies."""

from __future__ import annotations

import json
import tomllib

import msgspec
import pytest
from worlds import IMMORTAL, battle_of, deploy, health

from game.actions import DEPLOY, SKILL, Action, coverage
from game.characters import catalogue as units
from game.characters.catalogue import (
    ROLES,
    SKILL_LEVELS,
    Bonus,
    Build,
    Skill,
    enemies_by_id,
    extended,
    load_characters,
    load_enemies,
    load_operators,
    operator_of,
    read_squad,
    squad_of,
)
from game.errors import TableError
from game.levels.stage import load_stage
from game.simulator.battle import Battle

FIRST = (
    "Fang", "Myrtle", "Gravel", "Melantha", "Popukar", "Beagle",
    "Kroos", "Catapult", "Steward", "Lava", "Ansel", "Orchid",
)  # fmt: skip
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


def test_the_first_twelve_are_a_squad_with_every_class():
    """A squad is full with twelve; all eight roles are among them."""
    first = list(load_operators().values())[:12]
    assert tuple(one.name for one in first) == FIRST
    assert {one.role for one in first} == set(ROLES)


def test_there_are_operators_of_every_common_branch():
    """At least forty, over all eight roles and their common branches."""
    operators = load_operators().values()
    assert len(operators) >= 40
    for role, branches in BRANCHES.items():
        assert branches <= {one.branch for one in operators if one.role == role}, role


@pytest.mark.parametrize("name", list(load_characters()))
def test_numbers_are_the_public_ones(public, name):
    """At the first and the last level of every phase: all numbers, the range, where it stands and how often it acts."""
    characters, _, ranges = public
    character = load_characters()[name]
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


def naked(character):
    """A character without talents: some have theirs from the first level on."""
    return msgspec.structs.replace(character, bonuses=())


@pytest.mark.parametrize("name", list(load_characters()))
def test_skills_cost_what_the_public_ones_do(public, name):
    """In the public order, as plans count them; SP, initial SP and duration at every skill level."""
    characters, skills, _ = public
    character = load_characters()[name]
    slots = [slot["skillId"] for slot in characters[character.id]["skills"]]
    assert len(slots) == len(character.skills)
    last = len(character.phases) - 1
    for number, skill_id in enumerate(slots, 1):
        for level, entry in enumerate(skills[skill_id]["levels"], 1):
            skill = operator_of(character, Build(elite=last, skill=number, skill_level=level)).skill
            assert (skill.cost, skill.initial) == (entry["spData"]["spCost"], entry["spData"]["initSp"])
            if entry["duration"] > 0:
                assert skill.duration == entry["duration"], skill.name


def test_trust_and_potentials_are_added_before_talents():
    """Melantha, elite 1 at her last level: 738 attack, 65 by trust, 25 by her fourth potential, and 8 % of it all."""
    melantha = load_characters()["Melantha"]
    assert operator_of(melantha, Build(elite=1)).attack == pytest.approx(738 * 1.08)
    assert operator_of(melantha, Build(elite=1, level=54)).attack == pytest.approx(735 * 1.04)
    best = operator_of(melantha, Build(elite=1, trust=100, potential=6))
    assert best.attack == pytest.approx((738 + 65 + 25) * 1.08)
    assert (best.cost, best.redeploy_time) == (13, 60)
    assert operator_of(melantha, Build(trust=50)).attack == 583 + 32.5


def test_fractions_of_talents_and_the_skill_add_up():
    """100 attack with 10 and 20 % of two talents and 50 % of the skill is 180, not 198; what is added comes last."""
    bonuses = (
        Bonus(name="one", scale={"attack": 0.1}, add={"attack": 5}),
        Bonus(name="other", scale={"attack": 0.2}),
    )
    own = operator_of(trainee(bonuses, {"attack": 0.5, "defense": 0.5}), Build())
    assert own.attack == 100 * 1.3 + 5
    assert (own.attack - 5) * (1 + own.skill.attack) == pytest.approx(180)
    assert own.skill.defense == 0.5


def test_a_factor_is_on_the_whole():
    """What is stronger by chance is so with talents and skill together: 100 * (1 + 0.1 + 0.5) * 1.2."""
    bonuses = (Bonus(name="one", factor={"attack": 1.2}), Bonus(name="other", scale={"attack": 0.1}))
    own = operator_of(trainee(bonuses, {"attack": 0.5}), Build())
    assert own.attack == pytest.approx(100 * 1.1 * 1.2)
    assert own.attack * (1 + own.skill.attack) == pytest.approx(100 * 1.6 * 1.2)


def test_a_skill_leaves_no_less_than_nothing():
    """Who has a fifth less defense by a talent and none by the skill has none, not less than that."""
    own = operator_of(trainee((Bonus(name="one", scale={"defense": -0.2}),), {"defense": -1.0}), Build())
    assert own.skill.defense == -1.0


def trainee(bonuses, skill):
    """A character of 100 attack and defense with these talents and the effects of this skill."""
    numbers = {"max_health": (100, 100), "attack": (100, 100), "defense": (100, 100), "cost": 1, "block": 1}
    fields = {"name": "", "gain": "second", "by_hand": True, "cost": 9, "initial": 0, "duration": 9.0}
    phase = units.Phase(levels=1, range="front", **numbers)
    melantha = load_characters()["Melantha"]
    return msgspec.structs.replace(melantha, phases=(phase,), bonuses=bonuses, skills=({**fields, **skill},))


def test_levels_between_are_interpolated():
    """FACTS: linear between the first and the last level; Fang at level 20 of 40 is 19/39 of the way."""
    fang = operator_of(load_characters()["Fang"], Build(level=20))
    assert (fang.max_health, fang.attack, fang.defense) == (897, 195, 158)


@pytest.mark.parametrize("name", list(load_characters()))
def test_every_build_fights(name):
    """Every elite phase and every skill at every level stands on the first stage for a while and uses its skill."""
    stage, character = load_stage("first_watch"), load_characters()[name]
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


RESTED = Skill(name="", gain="second", by_hand=True, cost=1, initial=1, duration=20.0)


def test_who_holds_fire_attacks_only_while_its_skill_lasts(make):
    """A slug on its tile is not struck before."""
    changes = {"holds_fire": True, "skill": RESTED}
    battle = battle_of(make, [make.spawn()], changes=changes, refs=(make.dummy(**IMMORTAL),))
    deploy(battle, 0, 1, 2)
    battle.step(30 * 20)
    assert battle.enemies_on_field()[0].blocked
    assert health(battle) == 1e9
    assert battle.act(Action(SKILL, 0))
    battle.step(30 * 5)
    assert health(battle) < 1e9


def test_who_lets_pass_blocks_only_while_its_skill_lasts(make):
    """The first slug walks past, the second one is held until the skill is over."""
    changes = {"lets_pass": True, "attack": 0.0, "skill": RESTED}
    spawns = [make.spawn(count=2, every=20.0)]
    battle = battle_of(make, spawns, changes=changes, refs=(make.dummy(**IMMORTAL, moveSpeed=1.0),))
    deploy(battle, 0, 1, 2)
    battle.step(30 * 16)
    assert battle.gone()[0].leaked
    assert battle.act(Action(SKILL, 0))
    battle.step(30 * 19)
    assert [one.blocked for one in battle.enemies_on_field()] == [True]
    battle.step(30 * 2)
    assert [one.blocked for one in battle.enemies_on_field()] == [False]


def test_variants_are_of_the_same_kind_with_numbers_of_their_own():
    """The eyes see a slug; the level says which one."""
    one, other = enemies_by_id()["enemy_1007_slime"], enemies_by_id()["enemy_1007_slime_2"]
    assert one.kind == other.kind == "slug"
    assert (one.max_health, other.max_health) == (550, 1050)


def test_a_reach_lengthens_every_row_of_a_range():
    """Two tiles more at the front, as the medic's skill says."""
    assert extended([(0, 0), (0, 1), (1, 0)], 2) == ((0, 0), (0, 1), (0, 2), (0, 3), (1, 0), (1, 1), (1, 2))


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
    """With the nearest known name, where there is one."""
    with pytest.raises(TableError, match=said):
        squad_of(names)


def test_operators_go_by_any_of_their_names():
    """English in any letters, Chinese, or the public id: it is the same operator, who cannot come twice."""
    assert squad_of(["fang", "克洛丝", "char_212_ansel"]) == squad_of(["Fang", "Kroos", "Ansel"])
    with pytest.raises(TableError, match="'Kroos' is there twice"):
        squad_of(["Kroos", "克洛丝"])


def test_a_squad_file_is_a_squad(tmp_path):
    """One [[operator]] table each, in this order: a name, and whatever of its build differs."""
    file = tmp_path / "squad.toml"
    file.write_text('[[operator]]\nname = "Kroos"\nelite = 1\nlevel = 1\n\n[[operator]]\nname = "Fang"\n', "utf-8")
    assert read_squad(file) == squad_of([{"name": "Kroos", "elite": 1, "level": 1}, "Fang"])


def test_a_byte_order_mark_does_not_matter(own_tables):
    """Windows' editors begin a file with one; a squad or a table of one's own is the same with it."""
    squad, text = own_tables / "squad.toml", "[[operator]]\nname = 'Fang'\n"
    squad.write_text(text, encoding="utf-8-sig")
    assert read_squad(squad) == squad_of(["Fang"])
    pup = "[pup]\nkind = 'hound'\nmax_health = 7\nattack = 1\nspeed = 1\nattack_interval = 1"
    (own_tables / "enemies.toml").write_text(pup, encoding="utf-8-sig")
    units.use_tables(own_tables)
    assert load_enemies()["pup"].max_health == 7


def test_trust_above_a_hundred_adds_no_more():
    """The game shows up to 200 percent."""
    fang = load_characters()["Fang"]
    assert operator_of(fang, Build(trust=200)) == operator_of(fang, Build(trust=100)) != operator_of(fang, Build())


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
    """Whoever writes one learns what does not fit."""
    file = tmp_path / "squad.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(TableError, match=said) as caught:
        read_squad(file)
    assert "\n" not in str(caught.value)


@pytest.fixture
def own_tables(tmp_path):
    """A folder for somebody's own tables, which are not used any more afterwards."""
    yield tmp_path
    units.use_tables(None)


def test_own_tables_lie_over_the_shipped_ones(own_tables):
    """Who is in both has the own numbers and the old place; others come behind; ranges and looks are shared."""
    fang = """[{0}]
role = "vanguard"\nmelee = true\ndamage = "physical"\nattack_interval = 1\nredeploy_time = 70
phases = [{{levels = 1, max_health = [1, 1], attack = [1, 1], defense = [1, 1], cost = 1, block = 1, range = "{1}"}}]
"""
    text = "[ranges]\nnose = ['o#']\n" + fang.format("Fang", "front") + fang.format("Fido", "nose")
    (own_tables / "operators.toml").write_text(text, encoding="utf-8")
    enemy = (
        '[pup]\nkind = "hound"\nids = ["enemy_1000_gopro"]\nmax_health = 7\nattack = 1\nspeed = 1\nattack_interval = 1'
    )
    (own_tables / "enemies.toml").write_text(enemy, encoding="utf-8")
    count = len(load_operators())
    units.use_tables(own_tables)
    first, *_, last = load_operators()
    assert (first, last, len(load_operators())) == ("Fang", "Fido", count + 1)
    assert load_operators()["Fang"].max_health == 1
    assert load_operators()["Fido"].range == ((0, 1),)
    assert (enemies_by_id()["enemy_1000_gopro"].max_health, load_enemies()["hound"].max_health) == (7, 820)
    units.use_tables(None)
    assert load_operators()["Fang"].max_health == 1060


def test_own_tables_that_are_wrong_are_said_in_one_line(own_tables):
    """The file is named, and an empty folder says how to fill it."""
    with pytest.raises(TableError, match=r"holds neither .* make them with: holdfast import"):
        units.use_tables(own_tables)
    (own_tables / "operators.toml").write_text("[Fang]\nrole = 1\n", encoding="utf-8")
    with pytest.raises(TableError, match=r"operators.toml: Fang: "):
        units.use_tables(own_tables)


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
def test_own_tables_of_another_shape_are_said_in_one_line(own_tables, file, text, said):
    """A number where a table should be, or bytes that are no text: which file, and which entry."""
    (own_tables / file).write_bytes(text)
    with pytest.raises(TableError, match=said) as caught:
        units.use_tables(own_tables)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("trust = {defense = 50}", "trust = {armour = 50}"), "Fang: 'armour' is none of max_health, attack"),
        (("cost = 9", "cost = 'nine'"), "Fang: .*int.*cost"),
        (("cost = 9", "price = 9"), "Fang: .*price"),
        (('range = "front"', 'range = "back"'), "Fang.phases: 'back'"),
        (("duration = 0", "duration = 5\nstrikes = true"), "Fang.skills: strikes"),
        (("[Fang]", "[Fang"), "is not TOML"),
    ],
)
def test_a_broken_table_names_entry_and_field(monkeypatch, change, said):
    """Whoever adds an operator learns at once what does not fit."""
    original = units.resources.files("game.characters").joinpath("tables", "operators.toml").read_text(encoding="utf-8")

    class Folder:
        def joinpath(self, *_parts):
            return self

        def read_text(self, **_options):
            return original.replace(*change, 1)

    monkeypatch.setattr(units.resources, "files", lambda _name: Folder())
    with pytest.raises(TableError, match=said):
        units.load_characters.__wrapped__()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('splits_into = "slug"', 'splits_into = "snail"'), "splitter.splits_into: there is no enemy 'snail'"),
        (('splits_into = "slug"', 'splits_into = "great_splitter"'), "splits_into: falls into itself"),
        (('kind = "splitter"', 'kind = "blob"'), "kind 'blob' is no enemy's name"),
    ],
)
def test_a_broken_table_of_enemies_is_told(monkeypatch, change, said):
    """Whoever adds an enemy learns at once what does not fit."""
    original = units.resources.files("game.characters").joinpath("tables", "enemies.toml").read_text(encoding="utf-8")
    broken = tomllib.loads(original.replace(*change, 1))
    monkeypatch.setattr(units, "_tables", lambda name: [(name, broken)])
    with pytest.raises(TableError, match=said):
        units._enemies.__wrapped__()
