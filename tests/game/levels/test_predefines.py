"""The cards of devices that a level gives the player."""

from __future__ import annotations

import json

import pytest
from levels import CATALOGUE

from bot.cli import main
from game.characters.devices import Device


@pytest.mark.parametrize(
    ("card", "copies", "unknown"),
    [
        ({"initialCnt": 6}, {"Crate": 6}, ()),
        ({"initialCnt": 0}, {}, ()),
        ({"initialCnt": 2, "hidden": True, "alias": "later"}, {}, ("predefined trap_001_crate",)),
        ({"initialCnt": 3, "inst": {"characterKey": "trap_087_allady"}}, {}, ("predefined trap_087_allady",)),
    ],
)
def test_the_cards_that_are_there_from_the_start_are_played(make, card, copies, unknown):
    """Hidden ones and devices that no table has are reported."""
    data = make.level([make.spawn()])
    data["predefines"] = {"tokenCards": [{"inst": {"characterKey": "trap_001_crate"}, **card}]}
    stage = make.stage(data)
    assert {one.device.name: one.copies for one in stage.devices} == copies
    assert stage.unknown == unknown


def test_stage_says_which_cards_a_level_gives(make, capsys):
    """In words and as JSON."""
    data = make.level([make.spawn()])
    data["predefines"] = {"tokenCards": [{"inst": {"characterKey": "trap_001_crate"}, "initialCnt": 6}]}
    assert main(["stage", str(make.file(data))]) == 0
    assert "gives 6 Crate" in capsys.readouterr().out
    assert main(["stage", str(make.file(data)), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["devices"] == {"Crate": 6}


def test_the_crate_has_the_numbers_of_the_public_table(reference):
    """Health, cost, block and redeploy time of trap_001_crate."""
    crate = CATALOGUE.devices["trap_001_crate"]
    table = json.loads((reference / "tables" / "character_table.json").read_text(encoding="utf-8"))
    public = table["trap_001_crate"]["phases"][0]["attributesKeyFrames"][0]["data"]
    assert isinstance(crate, Device)
    assert (crate.max_health, crate.cost) == (public["maxHp"], public["cost"])
    assert (crate.block, crate.redeploy_time) == (public["blockCnt"], public["respawnTime"])
    assert table["trap_001_crate"]["name"] in crate.names
