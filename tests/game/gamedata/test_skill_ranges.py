"""Skills that do something to all around have the range that the public tables draw for them."""

# ruff: noqa: RUF001 - the tables are Chinese, and so is their punctuation
from __future__ import annotations

import pytest
from levels import CATALOGUE

from game.gamedata.descriptions import in_own_range, meaning
from game.gamedata.importing import import_tables
from game.gamedata.phrases import OwnNumbers

OWN = OwnNumbers(interval=1.2, block=3, targets=1, hits=1, damage="physical", range="1-1")
MENDS = "周围所有友方单位每秒恢复相当于攻击力{heal:0%}的生命"
MENDED = {"when": "interval", "every": 1.0, "heal": 0.5}


@pytest.mark.parametrize(
    ("text", "its_range", "effects", "rest"),
    [
        (MENDS, "x-5", {"effects": [{**MENDED, "who": "allies", "radius": 1.0}]}, ()),
        (MENDS, "1-1", {"effects": [{**MENDED, "who": "allies in range"}]}, ()),
        (MENDS, None, {"effects": [{**MENDED, "who": "allies in range"}]}, ()),
        (f"停止攻击，{MENDS}", "x-3",
         {"holds_fire": True, "range": "x-3", "effects": [{**MENDED, "who": "allies in range"}]}, ()),
        (MENDS, "x-3", {"effects": [{**MENDED, "who": "allies in range"}]},
         ("has a range of its own for effects, which is no circle",)),
    ],
)  # fmt: skip
def test_what_happens_around_happens_in_the_range_of_the_skill(text, its_range, effects, rest):
    """A circle is its radius, and the attack keeps its own range; without an attack the whole range is the skill's."""
    found = meaning(text, {"heal": 0.5}, its_range, OWN)
    assert found.rest == ()
    assert in_own_range(found.effects, its_range, OWN) == (effects, rest)


def test_the_skills_of_the_public_tables_reach_as_far_as_they_are_drawn(reference):
    """Nian's third: the 21 tiles within 2.3. Saria's third: the 25 that are drawn; she does not attack."""
    operators = import_tables([reference / "tables"], CATALOGUE).operators
    nian, saria = (operators[name]["skills"][2] for name in ("Nian", "Saria"))
    assert [(one["who"], one["radius"]) for one in nian["effects"][-1]] == [("allies", 2.3)]
    assert saria["range"] == "x-3"
    assert {"add": {"disarmed": 1.0}} in saria["effects"][-1]
