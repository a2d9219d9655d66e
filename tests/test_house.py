"""What holds in every room of the house: one meaning per name, pages of readable length, plain words."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("bot", "states", "vision", "learning", "planning", "game")
LONGEST = 450
"""Lines of a module that one still reads from top to bottom."""
PUBLIC_CLASS = re.compile(r"^class ([^\W_]\w*)", re.MULTILINE)
"""A class statement that begins a line; to parse every module takes seconds."""
RIDDLES = re.compile(
    r"\b(who(m|so)?ever|somebody|nobody|everybody|anybody|everyone|anyone|someone|no one)\b(?!'s own)", re.IGNORECASE
)


def modules(*rooms: str) -> list[Path]:
    """All modules of these rooms."""
    return sorted(path for room in rooms for path in (ROOT / room).rglob("*.py"))


def test_a_public_class_has_a_name_of_its_own():
    """A name means one thing in the whole project: no two public classes share one."""
    places = defaultdict(list)
    for path in modules(*ROOMS):
        for name in PUBLIC_CLASS.findall(path.read_text(encoding="utf-8")):
            places[name].append(path.relative_to(ROOT).as_posix())
    assert len(places) > 100
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


@pytest.mark.parametrize("room", [*ROOMS, "tests", "benchmarks", "scripts"])
def test_no_module_is_longer_than_a_reader_holds(room):
    """450 lines at most, tests included."""
    too_long = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in modules(room)}
    assert {name: lines for name, lines in too_long.items() if lines > LONGEST} == {}


@pytest.mark.parametrize("room", [*ROOMS, "tests", "benchmarks", "scripts", "docs"])
def test_texts_name_what_they_mean(room):
    """Docstrings, comments and messages say operator, enemy, caller or user, not somebody or whoever."""
    files = (ROOT / room).rglob("*.md") if room == "docs" else modules(room)
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in files
        if path != Path(__file__).resolve()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if RIDDLES.search(line)
    ]
    assert found == []
