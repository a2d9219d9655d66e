"""Declaring a table of records: a class whose annotations are its fields, from which numpy's dtype is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Protocol, TypeVar, get_type_hints, overload

import numpy as np
import numpy.typing as npt

NUMPY_TYPES = {int: np.int64, float: np.float64, bool: np.bool_}


class Record:
    """Base of all declarations. `dtype` is made from the annotations of a subclass, those it inherits first."""

    dtype: ClassVar[np.dtype[np.record]]

    def __init_subclass__(cls) -> None:
        """Make the dtype. An annotation that is not int, float or bool is a TypeError that names the field."""
        fields = []
        for name, kind in get_type_hints(cls).items():
            if name in Record.__annotations__:
                continue
            if kind not in NUMPY_TYPES:
                raise TypeError(f"{cls.__name__}.{name} is declared as {kind}; a field is an int, a float or a bool")
            fields.append((name, NUMPY_TYPES[kind]))
        cls.dtype = np.dtype((np.record, np.dtype(fields, align=True)))  # type: ignore[assignment]


Row_co = TypeVar("Row_co", bound=Record, covariant=True)


class Rows(Protocol[Row_co]):
    """An array of records as the type checker sees it: an index gives a record, a name that field of all of them."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows along each axis."""

    @overload
    def __getitem__(self, name: str, /) -> npt.NDArray[Any]: ...

    @overload
    def __getitem__(self, index: int | tuple[int, ...], /) -> Row_co: ...

    @overload
    def __getitem__(self, part: slice, /) -> npt.NDArray[Any]: ...


def rows_of(kind: type[Record], rows: Sequence[Mapping[str, float]]) -> Any:
    """A table of this kind of record, one row for each mapping from field name to value.

    Raises TypeError, naming record and field, for a value that is missing, unknown, or does not fit the field's type.
    """
    names = dict.fromkeys(kind.dtype.names or ())
    for row in rows:
        if row.keys() == names.keys():
            continue
        if missing := [name for name in names if name not in row]:
            raise TypeError(f"{kind.__name__} has no value for {', '.join(missing)}")
        raise TypeError(f"{kind.__name__} has no field {', '.join(name for name in row if name not in names)}")
    table = np.zeros(len(rows), kind.dtype)
    for name in names:
        values = np.array([row[name] for row in rows])
        table[name] = values
        if values.dtype != kind.dtype[name] and (table[name] != values).any():
            raise TypeError(f"{kind.__name__}.{name} is {kind.dtype[name]} and cannot hold all of {values.tolist()}")
    return table


def columns(table: Rows[Any]) -> dict[str, npt.NDArray[Any]]:
    """Every field of a table as a view of all its rows; for code that keeps the views to read single figures often."""
    names: tuple[str, ...] = table.dtype.names  # type: ignore[attr-defined]
    return {name: table[name] for name in names}
