"""The walks of CONTRIBUTING.md lead to places that exist, and the shortest of them stays short."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PATH = re.compile(r"`((?:[\w.-]+/)*[\w.-]+\.(?:py|toml|md|json)|(?:[\w.-]+/)+)`")
PLACE = re.compile(r"`(\w+)`(?: in| of| there in)? `((?:\w+/)+\w+\.py)`")
WALKS = 8
LONGEST_LANGUAGE = 40
"""Lines of a profile that is another language of a client."""


def test_every_file_that_a_walk_names_exists():
    """A file that is moved takes its walk along."""
    named = set(PATH.findall(TEXT))
    assert len(named) > 40
    assert sorted(path for path in named if not (ROOT / path).exists()) == []


def test_every_place_that_a_walk_names_stands_in_its_file():
    """`SCREENS` in `states/machine.py` is a word of that file, and so are all others."""
    places = PLACE.findall(TEXT)
    assert len(places) > 15
    lost = [
        f"{name} in {path}"
        for name, path in places
        if not re.search(rf"\b{name}\b", (ROOT / path).read_text(encoding="utf-8"))
    ]
    assert lost == []


def test_there_are_eight_walks_and_each_says_what_proves_it():
    """A walk without a test at its end is a guess."""
    walks = TEXT.split("\n### ")[1:]
    assert len(walks) == WALKS
    assert [walk.splitlines()[0] for walk in walks if "\nProven by " not in walk] == []


@pytest.mark.parametrize("profile", sorted((ROOT / "vision" / "profiles").glob("*.toml")), ids=lambda path: path.stem)
def test_a_language_is_a_page_of_words(profile):
    """A profile that extends another is a file of at most 40 lines."""
    text = profile.read_text(encoding="utf-8")
    assert "extends" not in tomllib.loads(text) or len(text.splitlines()) <= LONGEST_LANGUAGE
