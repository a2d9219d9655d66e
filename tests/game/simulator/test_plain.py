"""Tables without numba: wrapped rows are the records themselves, read and written in another way."""

from __future__ import annotations

import numpy as np

from game.simulator.memory import UnitState
from game.simulator.plain import PlainRows
from game.simulator.records import Stance


def test_a_row_reads_and_writes_its_record():
    """By an index, of one axis or two; the same row is the same object."""
    table = np.zeros((2, 3), Stance.dtype)
    rows = PlainRows(table)
    rows[1, 2].block = 3
    rows[1, 2].attack += 1.5
    assert (table[1, 2]["block"], table[1, 2]["attack"]) == (3, 1.5)
    table[1, 2]["block"] = 4
    assert rows[1, np.int64(2)].block == 4
    assert rows[1, 2] is rows[1, 2]
    assert table["block"].sum() == 4, "no other row has changed"


def test_names_and_slices_are_those_of_the_array():
    """A name gives a view of that field of all rows, a slice a view of some rows."""
    table = np.zeros(4, UnitState.dtype)
    rows = PlainRows(table)
    rows["tile"][1:] = -1
    assert rows[1:3]["tile"].tolist() == [-1, -1]
    assert (rows.shape, rows.dtype) == (table.shape, table.dtype)
    assert np.shares_memory(rows[:2], table)
