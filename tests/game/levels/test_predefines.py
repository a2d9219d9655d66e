"""The cards of devices that a level gives the player."""

from __future__ import annotations

import json

import pytest
from levels import CATALOGUE

from bot.cli import main
from game.characters.devices import Device, unit_of


@pytest.mark.parametrize(
    ("card", "copies", "unknown"),
    [
        ({"initialCnt": 6}, {"Crate": 6}, ()),
        ({"initialCnt": 0}, {}, ()),
        ({"initialCnt": 2, "hidden": True, "alias": "later"}, {}, ("predefined trap_001_crate",)),
        ({"initialCnt": 3, "inst": {"characterKey": "trap_045_dublst"}}, {}, ("predefined trap_045_dublst",)),
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


def test_devices_have_the_numbers_of_the_public_tables(reference):
    """Attack, health and taunt at the first and the last level; cost in SP, first SP and durations of their skills."""
    characters, skills = (
        json.loads((reference / "tables" / f"{name}_table.json").read_text(encoding="utf-8"))
        for name in ("character", "skill")
    )
    compared = 0
    for id_, device in CATALOGUE.devices.items():
        if id_ not in characters:
            continue
        skill = skills[characters[id_]["skills"][0]["skillId"]]["levels"][0]
        passive = {one["key"]: one["value"] for one in skill["blackboard"]} if skill["duration"] < 0 else {}
        first, last = (frame["data"] for frame in characters[id_]["phases"][0]["attributesKeyFrames"])
        for level, public in ((1, first), (30, last)):
            unit = unit_of(device, level)
            assert (unit.max_health, unit.attack) == (public["maxHp"], public["atk"]), id_
            assert max(unit.taunt, 0) == max(public["tauntLevel"], 0) + passive.get("taunt_level", 0), id_
        unit, cost = unit_of(device), skill["spData"]["spCost"]
        if unit.skill is not None:
            assert (unit.skill.cost, unit.skill.initial) == (cost, skill["spData"]["initSp"]), id_
            assert unit.skill.duration == skill["duration"], id_
            compared += 1
        for effect in unit.effects:
            if effect.when == "interval":
                assert (effect.every, effect.ready_after) == (cost, 0.0), id_
                compared += 1
    assert compared >= 8


def test_the_artillery_has_the_intervals_of_the_public_table(reference):
    """sktok_gunctrl at its three levels."""
    levels = json.loads((reference / "tables" / "skill_table.json").read_text(encoding="utf-8"))["sktok_gunctrl"][
        "levels"
    ]
    for number, public in enumerate(levels, 1):
        sp = public["spData"]
        for effect in unit_of(CATALOGUE.devices["trap_058_gunctrl"], 1, number).effects:
            assert (effect.every, effect.ready_after) == (sp["spCost"], sp["spCost"] - sp["initSp"])


@pytest.mark.parametrize(
    ("inst", "on_field", "unknown"),
    [
        ({}, ["Turret"], ()),
        ({"skillIndex": -1}, ["Turret"], ()),
        ({"hidden": True}, ["Turret"], ()),
        ({"overrideSkillBlackboard": [{"key": "atk_scale", "value": 2.0}]}, [], ("predefined trap_007_ballis",)),
        ({"inst": {"characterKey": "trap_010_unheard"}}, [], ("predefined trap_010_unheard",)),
    ],
)
def test_devices_on_the_field_are_played_unless_the_level_changes_them(make, inst, on_field, unknown):
    """One whose skill the level changes is reported, as is one that no table has."""
    data = make.level([make.spawn()])
    placed = {"position": {"row": 0, "col": 3}, "direction": "UP", "inst": {"characterKey": "trap_007_ballis"}}
    data["predefines"] = {"tokenInsts": [{**placed, **inst}]}
    stage = make.stage(data)
    assert [friend.operator.name for friend in stage.friends] == on_field
    assert stage.unknown == unknown


def test_walkers_go_around_a_detector(make):
    """As client notes on obstacles say; not around a turret."""
    data = make.level([make.spawn()], picture=("........", "S......E", "........"))
    for id_, free in (("trap_005_sensor", False), ("trap_007_ballis", True)):
        data["predefines"] = {"tokenInsts": [{"position": {"row": 1, "col": 3}, "inst": {"characterKey": id_}}]}
        assert bool(make.stage(data).walkable[1, 3]) is free


def test_stage_says_what_stands_on_the_field(make, capsys):
    """In words and as JSON; it is not one of those who fight along."""
    data = make.level([make.spawn()])
    placed = {"position": {"row": 0, "col": 3}, "direction": "UP", "inst": {"characterKey": "trap_007_ballis"}}
    data["predefines"] = {"tokenInsts": [placed]}
    assert main(["stage", str(make.file(data))]) == 0
    assert "on the field: Turret" in capsys.readouterr().out
    assert main(["stage", str(make.file(data)), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["on_field"] == [{"name": "Turret", "tile": [2, 3], "comes_later": False}]
    assert told["friends"] == []
