"""What worked: written, read, edited, never lost."""

from __future__ import annotations

import msgspec
import pytest

from bot.agents.memory import Worked, entry_of, read_memory, with_entry, write_memory
from game.errors import InputError

ONE = Worked(
    player="holdfast", stage="HF-3", plan="HF-3-asked-1.json", stars=3, held=90, battles=100, date="2026-11-27"
)
ANSWER = {"won": True, "stage": "HF-3", "plan": "p.json", "stars": 2, "holds": {"near": {"held": 8, "battles": 10}}}


def test_entries_come_back_as_they_were_written(tmp_path):
    """Names in any language, quotes and control characters too."""
    file = tmp_path / "coach.toml"
    entries = (ONE, msgspec.structs.replace(ONE, player='桃金娘 "x"\x7f\n', avoided=("Myrtle",), note="only at night"))
    write_memory(file, entries)
    assert read_memory(file) == entries
    assert file.read_text(encoding="utf-8").startswith("# What worked")
    assert read_memory(tmp_path / "none.toml") == ()


@pytest.mark.parametrize(
    "text", ["[[worked]\n", '[[worked]]\nplayer = "a"\n', '[[worked]]\nplayr = "a"\n', "worked = 3\n"]
)
def test_a_file_that_cannot_be_read_is_left_as_it_is(tmp_path, text):
    """One line says what is wrong with it."""
    file = tmp_path / "coach.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="mend it, or rename it") as caught:
        read_memory(file)
    assert "\n" not in str(caught.value)
    assert file.read_text(encoding="utf-8") == text


def test_only_a_better_plan_replaces_an_entry_and_the_note_stays():
    """Better is more stars, then the share of battles in which it holds."""
    noted = msgspec.structs.replace(ONE, note="mine")
    worse = msgspec.structs.replace(ONE, plan="b.json", held=80)
    better = msgspec.structs.replace(ONE, plan="c.json", held=95)
    elsewhere = msgspec.structs.replace(ONE, plan="d.json", avoided=("Fang",))
    assert with_entry((noted,), worse) == (noted,)
    assert with_entry((noted,), better) == (msgspec.structs.replace(better, note="mine"),)
    assert with_entry((noted,), elsewhere) == (noted, elsewhere)


def test_only_a_plan_that_wins_is_remembered():
    """With the tool's own figures."""
    entry = entry_of(ANSWER, "me", "2026-11-27")
    assert (entry.stars, entry.held, entry.battles) == (2, 8, 10)
    assert entry_of({**ANSWER, "won": False}, "me", "") is None
