"""What the forms of effects (`effect_phrases`, `talent_forms`) share: the sentence as it is read, and simple acts."""

# ruff: noqa: ARG005 - all forms take the same arguments
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

NO_BOARD: Mapping[str, float] = MappingProxyType({})


class SentenceReading(NamedTuple):
    """What has been read of a sentence so far."""

    scope: dict[str, Any]
    """Fields of the effects that follow: when, for whom, under which conditions."""
    found: list[dict[str, Any]]
    numbers: list[float]
    """Those that are still to come; each # takes the first."""
    forms: Counter[str]
    board: Mapping[str, float] = NO_BOARD
    """The numbers that the tables give by key; `OWN_INTERVAL` is the operator's attack interval."""


OWN_INTERVAL = "own interval"
Act = Callable[[SentenceReading, re.Match[str]], None]


def number(reading: SentenceReading) -> float:
    """The next number of the sentence, without its sign; LookupError where it has none."""
    return abs(reading.numbers.pop(0))


def told(**fields: Any) -> Act:
    """A form that only says when, for whom, or under which condition."""
    return lambda reading, match: reading.scope.update(fields)


def with_number(field: str, **fields: Any) -> Act:
    """The same, with the next number as one of the fields."""
    return lambda reading, match: reading.scope.update({field: number(reading)} | fields)


def does(reading: SentenceReading, **fields: Any) -> None:
    """An effect of the sentence, in the scope that has been read."""
    reading.found.append(reading.scope | fields)


def deed(field: str, **fields: Any) -> Act:
    """A form that does something, by the next number."""
    return lambda reading, match: does(reading, **{field: number(reading)}, **fields)
