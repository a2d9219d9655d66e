"""What operators of the public tables summon, read with the numbers of its own entry."""

from __future__ import annotations

import pytest
from levels import CATALOGUE

from game.gamedata.importing import import_tables, without


@pytest.fixture(scope="module")
def imported(reference):
    """The public tables of 2021."""
    return import_tables([reference / "tables"], CATALOGUE)


def test_what_a_talent_summons_is_read_with_its_own_numbers(imported):
    """Two mirages of Nightingale from elite 2 on (cost 5, taunt 1, 75 resistance, 20 s; 3 % a second, 30 % dodged), and
    two, three and four tentacles of Deepcolor, whom her skill strengthens, and them alone.
    """
    mirage, tentacle = (imported.operators[name]["summon"] for name in ("Nightingale", "Deepcolor"))
    assert mirage["copies"] == [0, 0, 2]
    assert (mirage["taunt"], mirage["redeploy_time"], mirage["takes_slot"], mirage["fades"]) == (1, 20, False, 0.03)
    assert mirage["effects"] == [{"add": {"dodge": 0.3}}]
    last = mirage["phases"][2]
    assert (last["max_health"], last["resistance"], last["cost"], last["block"]) == ([3000, 6000], 75, 5, 0)
    assert (tentacle["copies"], tentacle["attack_interval"]) == ([2, 3, 4], 1.25)
    assert "takes_slot" not in tentacle
    (strengthens, _) = imported.operators["Deepcolor"]["skills"]
    assert {tuple(effect["groups"]) for level in strengthens["effects"] for effect in level} == {("触手",)}
    assert "missing" not in imported.operators["Deepcolor"]
    assert without(imported.operators["Nightingale"]) == "法术护盾"


def test_other_summons_stay_missing(imported):
    """Mayer's otters do more than is played."""
    mayer = imported.operators["Mayer"]
    assert "its summons" in mayer["missing"]
    assert "summon" not in mayer
