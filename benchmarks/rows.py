"""Rows of a long measurement in a file of JSON lines, each written as it is measured: call it again to go on."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

Row: TypeAlias = dict[str, Any]


def read_rows(file: Path) -> list[Row]:
    """All rows of a file; none where there is no file. A last line that a kill cut off is left out."""
    if not file.exists():
        return []
    lines = file.read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines[:-1] if line]


def go_on(
    file: Path, todo: Iterable[Mapping[str, Any]], measure: Callable[..., Mapping[str, Any]], minutes: float
) -> list[Row]:
    """Measure what has no row in the file yet, until the minutes are over. Returns all rows of the file.

    Each of `todo` names one measurement by plain data; `measure` takes it as keyword arguments and returns the figures,
    and both together are the row.
    """
    rows, deadline = read_rows(file), time.monotonic() + 60 * minutes
    _write(file, rows)  # without a line that a kill has cut off
    for asked in todo:
        if any(asked.items() <= row.items() for row in rows):
            continue
        if time.monotonic() >= deadline:
            sys.stderr.write("the time is over; call it again to go on\n")
            break
        rows.append({**asked, **measure(**asked)})
        with file.open("a", encoding="utf-8") as opened:
            opened.write(f"{json.dumps(rows[-1])}\n")
        sys.stderr.write(f"{json.dumps(rows[-1])}\n")
    return rows


def _write(file: Path, rows: Sequence[Row]) -> None:
    """Write the rows anew, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    part.replace(file)


def table(heads: Sequence[str], lines: Iterable[Sequence[Any]]) -> str:
    """A Markdown table; None shows as a dash."""
    shown = [["-" if cell is None else str(cell) for cell in line] for line in lines]
    rows = [list(heads), ["---"] * len(heads), *shown]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)
