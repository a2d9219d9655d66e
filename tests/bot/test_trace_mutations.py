"""Seeded damage to every line of a recorded trace: no such trace ever replays as identical without a word."""

from __future__ import annotations

import gzip
from random import Random

import pytest
from mutations import with_other_value
from recorded import WON

from bot.trace import TraceError, find_damage, read_trace

ROWS = WON.read_bytes().split(b"\n")[:-1]
"""Header, events with their commands, end line."""


def out(rows, index, _chance):
    """A line is missing."""
    return [*rows[:index], *rows[index + 1 :]]


def doubled(rows, index, _chance):
    """A line stands there twice."""
    return [*rows[: index + 1], *rows[index:]]


def swapped(rows, index, chance):
    """A line has changed places with another."""
    other = chance.choice([at for at in range(len(rows)) if at != index])
    rows = list(rows)
    rows[index], rows[other] = rows[other], rows[index]
    return rows


def edited(rows, index, chance):
    """A number or a word of a line is another."""
    seed = chance.randrange(1 << 30)
    row = with_other_value(rows[index].decode(), seed).encode()
    return [*rows[:index], *row.split(b"\n"), *rows[index + 1 :]] if row != rows[index] else out(rows, index, chance)


def commands_out(rows, index, _chance):
    """What the machine did is gone, or a field of the header or the end."""
    row = rows[index]
    begin = row.find(b'"commands":') if b'"commands":' in row else row.find(b'"', 2)
    return [*rows[:index], row[:begin] + row[begin + 12 :], *rows[index + 1 :]]


@pytest.mark.parametrize("mutation", [out, doubled, swapped, edited, commands_out], ids=lambda one: one.__name__)
def test_damage_to_any_line_is_named(mutation):
    """Header, events, commands and end line. Only the end line can be missing, which reading tells."""
    chance = Random(7)
    for index in range(len(ROWS)):
        rows = mutation(ROWS, index, chance)
        damage = find_damage(rows)
        if mutation is out and index == len(ROWS) - 1:
            assert damage is None
        else:
            assert damage is not None, f"{mutation.__name__} of line {index + 1} goes unnoticed"
            assert damage.startswith(("line ", "lines "))


@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "compressed"])
@pytest.mark.parametrize("mutation", [out, doubled, swapped, edited, commands_out], ids=lambda one: one.__name__)
def test_a_damaged_file_is_refused(tmp_path, mutation, compressed):
    """In the file as in the lines, compressed or not."""
    chance, file = Random(11), tmp_path / "damaged.jsonl"
    for index in [0, 1, *sorted(chance.sample(range(2, len(ROWS) - 1), 8))]:
        content = b"".join(row + b"\n" for row in mutation(ROWS, index, chance))
        file.write_bytes(gzip.compress(content, 1) if compressed else content)
        with pytest.raises(TraceError) as error:
            read_trace(file)
        assert "\n" not in str(error.value)
