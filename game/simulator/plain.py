"""Tables as the rules read them without numba (`NUMBA_DISABLE_JIT=1`).

numpy takes microseconds to read a field of a single record; a view of one field of all records is read ten times as
fast. So without numba a table is wrapped: its rows look like records and read from such views. With numba nothing is
wrapped, for compiled code reads the records themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numba import config

PLAIN: bool = bool(config.DISABLE_JIT)  # type: ignore[attr-defined]
"""Whether the rules run without numba."""


class PlainRows:
    """A table of records: an index gives a row, a name that field of all rows, anything else a part of the array."""

    def __init__(self, table: Any) -> None:
        self.table, self.shape, self.dtype = table, table.shape, table.dtype
        self._columns = {name: table[name] for name in table.dtype.names}
        self._row = _row_class(table.dtype.names)
        self._known: dict[Any, Any] = dict(self._columns)

    def __getitem__(self, key: Any) -> Any:
        try:
            return self._known[key]
        except (KeyError, TypeError):  # a row that is not known yet, or a slice, which no dictionary takes
            return self._new(key)

    def _new(self, key: Any) -> Any:
        """The row at an index that was not asked for before, or a part of the array."""
        if not all(isinstance(at, (int, np.integer)) for at in (key if isinstance(key, tuple) else (key,))):
            return self.table[key]
        self._known[key] = row = self._row(self._columns, key)
        return row


@cache
def _row_class(names: tuple[str, ...]) -> Callable[[dict[str, Any], Any], Any]:
    """The class of the rows of tables with these fields."""

    def __init__(self: Any, columns: dict[str, Any], at: Any) -> None:  # noqa: N807
        self._columns, self._at = columns, at

    fields = {name: _field(name) for name in names}
    return type("PlainRow", (), {"__slots__": ("_at", "_columns"), "__init__": __init__, **fields})


def _field(name: str) -> property:
    """A field that is read and written in the view of that field."""

    def read(row: Any) -> Any:
        return row._columns[name][row._at]  # noqa: SLF001

    def write(row: Any, value: Any) -> None:
        row._columns[name][row._at] = value  # noqa: SLF001

    return property(read, write)


def readable(table: Any) -> Any:
    """An array as the rules read it now: tables of records are wrapped where numba is off."""
    return PlainRows(table) if PLAIN and table.dtype.names else table
