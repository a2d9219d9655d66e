"""docs/rules.md counts its own rows by how sure they are."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

PAGE = (Path(__file__).parents[1] / "docs" / "rules.md").read_text(encoding="utf-8")
SURE = ("measured", "shared", "read", "guess")
"""The words of the last column. The first that stands in a cell counts."""


def counted() -> dict[str, Counter]:
    """By chapter, how many rows of the tables with a column "how sure" have each word; "" for another one or none."""
    chapters: dict[str, Counter] = {}
    chapter, counts = "", False
    for line in PAGE.splitlines():
        if line.startswith("## "):
            chapter = line.removeprefix("## ")
        if not line.startswith("|"):
            counts = False
            continue
        cell = line.rstrip().removesuffix("|").rpartition("|")[2].strip()
        if cell == "how sure":
            counts = True
        elif counts and not set(line) <= set("|- "):
            found = re.search("|".join(SURE), cell)
            chapters.setdefault(chapter, Counter())[found[0] if found else ""] += 1
    return chapters


def test_the_page_says_how_many_rows_have_a_second_source():
    """For each chapter and in all; what is measured in the game counts as what several sources share."""
    found = counted()
    found["all"] = sum(found.values(), Counter())
    for chapter, number in found.items():
        second = number["measured"] + number["shared"]
        line = f"| {chapter} | {number.total()} | {second} | {number['read']} | {number['guess']} | {number['']} |"
        assert line in PAGE, line
