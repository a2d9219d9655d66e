"""How many levels are whole, and what stands in the way of most."""

from __future__ import annotations

import pytest

from game.levels.census import Lack, LevelFacts, Share, by_kind, chapter_of, lacks, shares

LEVELS = (
    LevelFacts("level_main_01-02", ()),
    LevelFacts("level_main_10-03", ("enemy a level 1", "enemy a: leaps", "tile t")),
    LevelFacts("level_hard_10-01", ("enemy a: leaps",)),
    LevelFacts("level_act3d0_01", ("predefined trap", "optionalRunes")),
)


@pytest.mark.parametrize(
    ("name", "chapter"),
    [
        ("level_main_00-05", "chapter 0"),
        ("level_tough_10-03", "chapter 10"),
        ("level_act16side_ex08", "act16side"),
        ("level_memory_halo_1", "memory"),
        ("level_lt01_01", "lt01"),
        ("mine", "mine"),
    ],
)
def test_a_level_belongs_to_its_chapter_or_event(name, chapter):
    """By the name of its file."""
    assert chapter_of(name) == chapter


def test_shares_stand_by_chapter_and_then_by_event():
    """Chapter 10 comes after chapter 1, with its levels of all difficulties."""
    assert list(shares(LEVELS).items()) == [
        ("chapter 1", Share(1, 1)), ("chapter 10", Share(0, 2)), ("act3d0", Share(0, 1)),
    ]  # fmt: skip


def test_what_most_levels_lack_comes_first():
    """All that an enemy does is one part; a part may be all that a level lacks."""
    assert lacks(LEVELS)[0] == Lack("enemy a", "enemies", 2, 1)
    assert {lack.name: lack.kind for lack in lacks(LEVELS)[1:]} == {
        "optionalRunes": "runes", "predefined trap": "devices", "tile t": "tiles",
    }  # fmt: skip
    assert by_kind(LEVELS) == {"enemies": 2, "tiles": 1, "devices": 1, "runes": 1}
