"""Every field is declared once: tables follow from the declaration and are filled by name."""

from __future__ import annotations

import numpy as np
import pytest
from levels import CATALOGUE

from game.characters.builds import squad_of
from game.levels.stage import load_stage
from game.simulator import records, route_tables, tables
from game.simulator.records import Stance
from game.simulator.rows import Record, columns, rows_of


class Point(Record):
    """A small record."""

    row: float
    col: float
    tile: int
    high: bool


class Marked(Point):
    """The same with one field more."""

    mark: int


def test_a_record_has_the_declared_fields_in_their_types():
    """int, float and bool are numpy's of 64, 64 and 8 bits; what is inherited comes first."""
    assert Point.dtype.names == ("row", "col", "tile", "high")
    assert [Point.dtype[name] for name in Point.dtype.names] == [np.float64, np.float64, np.int64, np.bool_]
    assert Marked.dtype.names == (*Point.dtype.names, "mark")


def test_a_row_of_a_table_is_read_and_written_by_name():
    """In plain Python as in compiled code; a name gives that field of all rows."""
    table = rows_of(Point, [{"row": 0.5, "col": 1.0, "tile": 7, "high": True} for _ in range(3)])
    table[1].tile += 1
    assert table["tile"].tolist() == [7, 8, 7]
    columns(table)["tile"][0] = 9
    assert table[0].tile == 9
    assert table[0].high


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"row": 0.5, "col": 1.0, "tile": 7}, "Point has no value for high"),
        ({"row": 0.5, "col": 1.0, "tile": 7, "high": True, "hihg": True}, "Point has no field hihg"),
        ({"row": 0.5, "col": 1.0, "tile": 7.5, "high": True}, r"Point\.tile is int64 and cannot hold"),
        ({"row": 0.5, "col": 1.0, "tile": 7, "high": 2}, r"Point\.high is bool and cannot hold"),
    ],
)
def test_a_value_that_is_missing_unknown_or_of_another_type_is_named(row, said):
    """Nothing is filled by position, and nothing is cut off silently."""
    with pytest.raises(TypeError, match=said):
        rows_of(Point, [row])


def test_a_field_of_another_type_is_refused():
    """A field is a number or a flag."""
    with pytest.raises(TypeError, match=r"Named\.name is declared as .*str"):
        type("Named", (Record,), {"__annotations__": {"name": str}})


@pytest.mark.parametrize("kind", ["Stance", "Deployable", "EnemyStats", "FragmentTiming", "RouteNode"])
def test_a_new_field_that_a_table_forgets_is_named(monkeypatch, kind):
    """One more field in the declaration, and making a world says which table lacks a value for it."""
    longer = type(kind, (getattr(records, kind),), {"__annotations__": {"brand_new": int}})
    monkeypatch.setattr(route_tables if kind == "RouteNode" else tables, kind, longer)
    with pytest.raises(TypeError, match=f"^{kind} has no value for brand_new$"):
        tables.world_of(load_stage("first_watch", CATALOGUE), squad_of(["Fang"], CATALOGUE))


@pytest.mark.parametrize("kind", ["BattleFigures", "UnitState", "FoeState"])
def test_a_new_field_of_a_battle_needs_no_size_anywhere(monkeypatch, kind):
    """One more field in the declaration, and every battle has it, zero at the start."""
    stage, squad = load_stage("first_watch", CATALOGUE), squad_of(["Fang"], CATALOGUE)
    longer = type(kind, (getattr(records, kind),), {"__annotations__": {"brand_new": float}})
    monkeypatch.setattr(tables, kind, longer)
    battles = tables.new_battles(tables.world_of(stage, squad), stage, [0, 1])
    (table,) = [table for table in battles if "brand_new" in (table.dtype.names or ())]
    assert (table["brand_new"] == 0.0).all()


def test_a_squads_figures_are_where_their_names_say():
    """Fang without a skill active, as the catalogue has it."""
    (fang,) = squad_of(["Fang"], CATALOGUE)
    world = tables.world_of(load_stage("first_watch", CATALOGUE), [fang])
    stance = world.stance[0, 0]
    assert (stance.max_health, stance.attack, stance.defense) == (fang.max_health, fang.attack, fang.defense)
    assert (stance.block, stance.hits, stance.can_block) == (fang.block, fang.hits, fang.melee)
    assert world.deployable[0].cost == fang.cost
    assert world.stance.dtype == Stance.dtype
