"""Whole stages: real levels, shipped ones, and their battles to the end."""

from __future__ import annotations

import json

import pytest
from levels import CATALOGUE, REAL_LEVELS

from game.characters.builds import squad_of
from game.errors import StageError
from game.levels import reader
from game.levels.stage import describe, load_stage, shipped_stages
from game.simulator.battle import Battle


@pytest.mark.parametrize("number", REAL_LEVELS)
def test_real_levels_load_with_their_size_and_count(reference, number):
    """A public level file can be played, and its counter ends at the number of the real game."""
    stage = load_stage(reference / "levels" / f"level_main_{number}.json", CATALOGUE)
    assert (stage.height, stage.width, stage.total) == REAL_LEVELS[number]
    assert not [name for name in stage.unknown if name.startswith("enemy")]


def test_kinds_without_a_rule_are_named_once_each(make):
    """No part of a level is skipped silently."""
    strange = ({"type": "ALERT", "time": 0.0}, {"type": 9, "time": 0.0}, {"type": "ALERT"})
    data = make.level(
        [
            make.spawn(),
            make.spawn("enemy_9999_x"),
            {"actionType": "BATTLE_EVENTS"},
            {"actionType": 42},
            {"actionType": 42},
        ],
        routes=(make.lane(strange),),
        configBlackBoard=[{"key": "x"}],
        functionDisableMask="NONE",
    )
    data["mapData"]["tiles"][0]["tileKey"] = "tile_volcano"
    data["predefines"] = {"tokenInsts": [{"inst": {"characterKey": "trap_1"}}]}
    data["runes"] = [{"difficultyMask": "NORMAL", "key": "gbuff"}, {"difficultyMask": "FOUR_STAR", "key": "other"}]
    assert set(make.stage(data).unknown) == {
        "tile tile_volcano", "option configBlackBoard", "enemy enemy_9999_x", "action BATTLE_EVENTS", "action 42",
        "checkpoint ALERT", "checkpoint WAIT_BOSSRUSH_WAVE", "predefined trap_1", "rune gbuff",
    }  # fmt: skip


def test_a_level_s_options_are_read(make):
    """A maxPlayTime of -1 is no limit; a level without life is played with one."""
    assert make.stage(make.level([make.spawn()], maxPlayTime=-1.0)).options.time_limit == 0.0
    assert make.stage(make.level([make.spawn()], maxPlayTime=300.0)).options.time_limit == 300.0
    assert make.stage(make.level([make.spawn()], maxLifePoint=0)).options.max_life == 1
    assert make.stage(make.level([make.spawn()], moveMultiplier=0.25)).options.move_multiplier == 0.25


@pytest.mark.parametrize("number", REAL_LEVELS)
@pytest.mark.parametrize("challenge", [False, True])
def test_real_levels_play(reference, number, challenge):
    """A minute of each, without a deployment."""
    stage = load_stage(reference / "levels" / f"level_main_{number}.json", CATALOGUE, challenge=challenge)
    battle = Battle(stage, squad_of(["Fang", "Kroos"], CATALOGUE), seed=1)
    battle.step(60 * 30)
    assert battle.gone() or battle.enemies_on_field()


def test_one_of_everything_plays_to_its_end(make):
    """Two entrances, two exits, walkers and fliers, every kind of checkpoint and action: nothing stops the battle."""
    picture = ("S......E", "^......^", "S......E")
    ends = [(0, 0, 0, 7), (2, 0, 2, 7), (0, 0, 2, 7)]
    middle = {"row": 1, "col": 3}
    points = [
        {"type": kind, "time": 1.0, "position": middle}
        for kind in reader.CHECKPOINTS
        if kind not in ("DISAPPEAR", "APPEAR_AT_POS")
    ]
    away = [
        {"type": "DISAPPEAR"},
        {"type": "WAIT_FOR_SECONDS", "time": 1.0},
        {"type": "APPEAR_AT_POS", "position": middle},
    ]
    routes = []
    for row, col, last_row, last_col in ends:
        start, end = {"row": 2 - row, "col": col}, {"row": 2 - last_row, "col": last_col}
        for motion in ("WALK", "FLY"):
            route = {"motionMode": motion, "startPosition": start, "endPosition": end, "checkpoints": points + away}
            routes.append({**route, "spawnRandomRange": {"x": 0.2, "y": 0.2}})
    harmless = {"isUnharmfulAndAlwaysCountAsKilled": True}
    spawns = [make.spawn(at=float(n), routeIndex=n, **harmless) for n in range(len(routes))]
    others = [{"actionType": kind, "key": "x", "preDelay": 0.5} for kind in reader.ACTIONS if kind != "SPAWN"]
    battle = make.battle(make.level([*spawns, *others], spawns, picture=picture, routes=tuple(routes)))
    battle.step(30 * 120)
    assert (battle.outcome, battle.view().kills, battle.view().life) == ("won", 12, 3)


def test_a_wrong_name_tells_the_right_ones(tmp_path):
    """The error for an unknown stage lists the known ones."""
    with pytest.raises(StageError, match="first_watch"):
        load_stage("frist_watch", CATALOGUE)
    with pytest.raises(StageError, match="cannot be read"):
        load_stage(tmp_path / "none.json", CATALOGUE)


def test_shipped_stages_load_from_easy_to_hard():
    """At least twelve, in the public format, everything in them known, numbered in their order, each with a lesson."""
    stages = [load_stage(name, CATALOGUE) for name in shipped_stages()]
    assert len(stages) >= 12
    assert [stage.code for stage in stages] == [f"HF-{number}" for number in range(1, len(stages) + 1)]
    assert [stage.name for stage in stages] == list(shipped_stages())
    assert stages[0].name == "first_watch"
    assert all(stage.unknown == () for stage in stages)
    assert all(stage.lesson.endswith(".") for stage in stages)


def test_describe_is_plain_data():
    """`holdfast stage --json` prints it: it survives JSON, and has what a player asks first."""
    said = json.loads(json.dumps(describe(load_stage("first_watch", CATALOGUE))))
    assert (said["height"], said["width"]) == (6, 9)
    assert sum(said["enemies"].values()) == said["total"]
    assert said["options"]["max_life"] == 5
    assert said["routes"][0]["motion"] == "walk"


def test_a_battle_ends_with_its_time(make):
    """A battle that is not won by maxPlayTime is lost."""
    battle = make.battle(make.level([make.spawn()], refs=(make.dummy(moveSpeed=0.0),), maxPlayTime=10.0))
    battle.step(299)
    assert battle.outcome is None
    battle.step(2)
    assert (battle.outcome, battle.seconds) == ("lost", 10.0)


def test_branches_are_reported_where_something_may_begin_them(make):
    """They are begun by enemies and devices whose numbers name them. One that is played as a whole names none."""
    data = make.level([make.spawn()]) | {"branches": {"flames": {"phases": []}}}
    assert make.stage(data).unknown == ()
    data["predefines"] = {
        "tokenInsts": [{"position": {"row": 0, "col": 0}, "inst": {"characterKey": "trap_021_flame"}}]
    }
    assert make.stage(data).unknown == ("predefined trap_021_flame", "branches")
