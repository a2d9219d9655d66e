"""The tables of operators and enemies."""

from __future__ import annotations

import json

import pytest

from game import units
from game.errors import TableError
from game.units import ROLES, enemies_by_id, extended, load_enemies, load_operators, squad_of


def test_there_is_a_squad_of_twelve_with_every_class():
    """Twelve operators, so that a squad is full, and all eight classes among them."""
    operators = load_operators()
    assert len(operators) == 12
    assert {operator.role for operator in operators.values()} == set(ROLES)


def test_the_eight_kinds_of_enemies_are_there():
    """Ranged, flying, armoured, arts, and one that costs two lives."""
    enemies = load_enemies()
    assert len(enemies) == 8
    assert enemies["drone"].flying
    assert enemies["crossbow"].range > 0
    assert enemies["caster"].damage == "arts"
    assert enemies["crusher"].life_cost == 2


def test_numbers_are_the_public_ones(reference):
    """The table was typed by hand; the public one proves it."""
    public = json.loads((reference / "tables" / "operators_summary.json").read_text(encoding="utf-8"))
    ranges = json.loads((reference / "tables" / "ranges_slice.json").read_text(encoding="utf-8"))
    seen = 0
    for entry in public:
        own = load_operators().get(entry["name_en"])
        if own is None or entry["elite"] != 0:
            continue
        seen += 1
        assert own.melee == (entry["position"] == "MELEE")
        numbers = (own.max_health, own.attack, own.defense, own.resistance, own.cost, own.block, own.attack_interval)
        keys = ("maxHp_max", "atk_max", "def_max", "magicResistance_max", "cost", "block", "baseAttackTime")
        assert numbers == tuple(entry[key] for key in keys), own.name
        assert own.redeploy_time == entry["respawnTime"]
        grid = {(-tile["row"], tile["col"]) for tile in ranges[entry["range"]]["grids"]}
        assert set(own.range) == grid, own.name
    assert seen == 11


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
    [(["Krooz"], "did you mean 'Kroos'"), (["Fang", "Fang"], "twice"), ([], "empty"), (["Zzz"], "there are Fang")],
)
def test_a_wrong_squad_is_said_in_one_line(names, said):
    """With the nearest known name, where there is one."""
    with pytest.raises(TableError, match=said):
        squad_of(names)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("cost = 9", "cost = 'nine'"), "Fang: .*int.*cost"),
        (("cost = 9", "price = 9"), "Fang: .*price"),
        (('range = "front"', 'range = "back"'), "Fang.phases: 'back'"),
        (("duration = 0", "duration = 5\nstrikes = true"), "Fang.skills: strikes"),
        (("[Fang]", "[Fang"), "is not TOML"),
    ],
)
def test_a_broken_table_names_entry_and_field(monkeypatch, change, said):
    """Whoever adds an operator learns at once what does not fit."""
    original = units.resources.files("game").joinpath("tables", "operators.toml").read_text(encoding="utf-8")

    class Folder:
        def joinpath(self, *_parts):
            return self

        def read_text(self, **_options):
            return original.replace(*change, 1)

    monkeypatch.setattr(units.resources, "files", lambda _name: Folder())
    with pytest.raises(TableError, match=said):
        units.load_characters.__wrapped__()
