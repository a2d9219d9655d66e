"""Levels that are broken at random: each gives a stage, or one line."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path

import pytest
from levels import CATALOGUE

import game
from game.errors import StageError
from game.levels.stage import load_stage, stage_of

MUTATIONS = 500
HOSTILE = (
    None, True, False, -1, 0, 1, 10**6, -0.5, 1e308, float("inf"), float("nan"), 10**400, "", "x", "a\nb", "芬\u2028",
    [], {}, [[]], {"x": None}, [None] * 3, "ALL", "-1",
)  # fmt: skip


def places(value, way=()):
    """The keys that lead to every value of level data."""
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield (*way, key)
        yield from places(value[key], (*way, key))


def broken(data, chance):
    """Level data with one to four changes: a value replaced, taken out, doubled, or exchanged for another one's."""
    data = copy.deepcopy(data)
    for _ in range(chance.randint(1, 4)):
        ways = list(places(data))
        *way, last = chance.choice(ways)
        here = data
        for key in way:
            here = here[key]
        kind = chance.randrange(4)
        if kind == 0:
            here[last] = copy.deepcopy(chance.choice(HOSTILE))
        elif kind == 1:
            del here[last]
        elif kind == 2 and isinstance(here, list):
            here.insert(last, copy.deepcopy(here[last]))
        else:
            value = data
            for key in chance.choice(ways):
                value = value[key] if isinstance(value, dict) and key in value else value
            here[last] = copy.deepcopy(value)
        if not data:
            break
    return data


def test_five_hundred_broken_levels_load_or_give_one_line():
    """Nothing that stands in a level ends in a traceback, and no error is longer than a line."""
    chance = random.Random(12)
    files = sorted((Path(game.__file__).parent / "levels" / "stages").glob("*.json"))[:6]
    whole = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    loaded, said = 0, []
    for _ in range(MUTATIONS):
        try:
            stage_of(broken(chance.choice(whole), chance), "broken", CATALOGUE)
            loaded += 1
        except StageError as error:
            said.append(str(error))
    assert loaded + len(said) == MUTATIONS
    assert len(said) > MUTATIONS / 10
    assert not [line for line in said if len(line.splitlines()) != 1]


@pytest.mark.parametrize("cut", [0, 1, 100, 1000, -1, -200])
def test_a_level_file_that_is_cut_off_gives_one_line(tmp_path, cut):
    """As an interrupted download leaves it."""
    whole = (Path(game.__file__).parent / "levels" / "stages" / "first_watch.json").read_bytes().strip()
    file = tmp_path / "cut.json"
    file.write_bytes(whole[:cut])
    with pytest.raises(StageError, match=r"^.*cut\.json: .*$"):
        load_stage(file, CATALOGUE)
