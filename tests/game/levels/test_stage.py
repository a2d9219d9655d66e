"""Stages: the public level format, and what is said about files that break it."""

from __future__ import annotations

import dataclasses
import json
import re

import numpy as np
import pytest
from levels import CATALOGUE

from game.actions import DEPLOY, Action, flatten
from game.characters.builds import squad_of
from game.errors import StageError
from game.levels import reader as level
from game.levels.pathfinding import bends, shortest_path, straightened
from game.levels.runes import is_forbidden, under_rules
from game.levels.stage import APPEAR, HIDE, MOVE, WAIT, WAIT_WAVE, Stage, chosen, describe, load_stage, shipped_stages
from game.simulator.battle import Battle

REAL = {"00-01": (6, 9, 11), "00-05": (7, 10, 24), "01-01": (7, 9, 33), "01-04": (7, 11, 39), "01-07": (7, 11, 41)}
DEVICES = {"01-07": ((3, 3),)}
"""The tiles that the level's own devices stand on; nobody else can."""


@pytest.mark.parametrize("number", REAL)
def test_real_levels_load_with_their_size_and_count(reference, number):
    """Whoever has a public level file can play it, and the counter ends where the real one does."""
    stage = load_stage(reference / "levels" / f"level_main_{number}.json", CATALOGUE)
    assert (stage.height, stage.width, stage.total) == REAL[number]
    assert not [name for name in stage.unknown if name.startswith("enemy")]


@pytest.mark.parametrize("number", REAL)
def test_real_maps_agree_with_the_tile_positions(reference, number):
    """Our masks are those of the independent Tile-Pos data, row 0 at the top."""
    stage = load_stage(reference / "levels" / f"level_main_{number}.json", CATALOGUE)
    (path,) = (reference / "tile_positions").glob(f"*level_main_{number}.json")
    data = json.loads(path.read_text(encoding="utf-8"))
    assert stage.code == data["code"]
    for row, line in enumerate(data["tiles"]):
        for col, tile in enumerate(line):
            assert stage.tile_keys[row][col] == tile["tileKey"]
            assert stage.high[row, col] == (tile["heightType"] == 1)
            free = (row, col) not in DEVICES.get(number, ())
            assert stage.melee[row, col] == (free and tile["buildableType"] == 1)
            assert stage.ranged[row, col] == (free and tile["buildableType"] == 2)
            assert ((row, col) in stage.exits) == tile["isEnd"]


def test_routes_count_rows_from_the_bottom(reference):
    """The format's trap: in 0-1 enemies come in at the lower right and leave at the upper left."""
    stage = load_stage(reference / "levels" / "level_main_00-01.json", CATALOGUE)
    assert {path[0] for path in stage.paths} == {(3, 8)}
    assert {path[-1] for path in stage.paths} == {(2, 0)}
    assert stage.entrances == ((3, 8),)
    assert stage.exits == ((2, 0),)


def test_fragments_follow_one_another(reference):
    """Spawn times of 0-1: its delays in seconds, worked out by hand, and in ticks what the queues take themselves."""
    stage = load_stage(reference / "levels" / "level_main_00-01.json", CATALOGUE)
    delays = [5.0, 16.0, 18.0, 29.0, 29.7, 34.0, 45.0, 45.7, 52.0, 52.7, 63.7]
    late = [round((spawn.time - delay) * 30) for spawn, delay in zip(stage.spawns, delays, strict=True)]
    assert late == [5, 9, 10, 14, 15, 16, 20, 21, 22, 23, 28]


def test_overwritten_data_wins_over_the_table(reference):
    """The soldier of 0-1 has 30 defense instead of the usual 100."""
    stage = load_stage(reference / "levels" / "level_main_00-01.json", CATALOGUE)
    assert {enemy.kind: enemy.defense for enemy in stage.enemies} == {"slug": 0.0, "soldier": 30.0}


def test_enums_may_be_integers(make):
    """Old dumps write 0 for SPAWN, WALK, LOWLAND; the stage is the same."""
    data = make.level([make.spawn()])
    named = make.stage(data)
    for tile in data["mapData"]["tiles"]:
        tile["heightType"] = ["LOWLAND", "HIGHLAND"].index(tile["heightType"])
        tile["buildableType"] = ["NONE", "MELEE", "RANGED", "ALL"].index(tile["buildableType"])
        tile["passableMask"] = ["NONE", "WALK_ONLY", "FLY_ONLY", "ALL"].index(tile["passableMask"])
    data["routes"] = [make.lane(({"type": 1, "time": 2.0},), motion=0)]
    data["waves"][0]["fragments"][0]["actions"][0]["actionType"] = 0
    numbered = make.stage(data)
    assert (named.melee == numbered.melee).all()
    assert (named.ranged == numbered.ranged).all()
    assert named.paths == numbered.paths
    assert numbered.routes[0].nodes[0].kind == WAIT
    assert numbered.unknown == ()


def test_a_flat_map_is_read_as_well(make):
    """Newer dumps write the map as one list with its size."""
    data = make.level([make.spawn()])
    rows = data["mapData"]["map"]
    flat = [index for row in rows for index in row]
    data["mapData"]["map"] = {"row_size": len(rows), "column_size": len(rows[0]), "matrix_data": flat}
    assert make.stage(data).height == 3


def test_empty_lists_may_be_null(make):
    """Dumps write null for lists without entries, and for routes that are not used."""
    data = make.level([make.spawn()], [])
    data["enemyDbRefs"] = data["runes"] = data["predefines"] = data["tilesDisallowToLocate"] = None
    data["waves"][0]["fragments"][1]["actions"] = data["routes"][0]["checkpoints"] = None
    data["routes"].append(None)
    stage = make.stage(data)
    assert stage.routes[1] is None
    assert stage.unknown == ()


def test_tiles_may_be_closed_to_operators(make):
    """The list tilesDisallowToLocate counts rows from the bottom, like every position of the format."""
    data = make.level([make.spawn()])
    data["tilesDisallowToLocate"] = [{"row": 1, "col": 3}, {"row": 2, "col": 5}]
    stage = make.stage(data)
    assert not stage.melee[1, 3]
    assert stage.melee[1, 4]
    assert not stage.ranged[0, 5]
    assert stage.ranged[2, 5]


def test_kinds_without_a_rule_are_named_once_each(make):
    """Nothing of a level is skipped in silence."""
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


def test_an_unknown_enemy_has_the_numbers_the_level_gives(make):
    """A level that defines its own enemy is played with it, and nothing is reported."""
    own = {**make.dummy("enemy_9999_x", maxHp=123, moveSpeed=2.5), "useDb": False}
    stage = make.stage(make.level([make.spawn("enemy_9999_x")], refs=(own,)))
    assert stage.enemies[0].max_health == 123
    assert stage.enemies[0].speed == 2.5
    assert stage.unknown == ()


def test_hidden_groups_stay_hidden(make):
    """They are reported, and the counter counts who really comes; a rune of the mode that is played brings them."""
    data = make.level([make.spawn(), make.spawn(hiddenGroup="extra", count=2)])
    assert make.stage(data).total == 1
    assert make.stage(data).unknown == ("hiddenGroup extra",)
    data["runes"] = [make.rune("level_hidden_group_enable", "FOUR_STAR", key="extra")]
    assert make.stage(data).total == 1
    assert make.stage(data, challenge=True).total == 3
    assert make.stage(data, challenge=True).unknown == ()


def test_of_a_random_group_one_pack_comes_by_weight(make):
    """The seed decides, packs come together, and another fragment's group of the same name is another group."""
    either = {"randomSpawnGroupKey": "either"}
    data = make.level([
        make.spawn(),
        make.spawn(**either, count=2, weight=1),
        make.spawn(**either, count=5, weight=3, randomSpawnGroupPackKey="many"),
        make.spawn(count=4, randomSpawnGroupPackKey="many"),
    ])  # fmt: skip
    stage = make.stage(data)
    counts = [sum(chosen(stage.spawns, seed)) for seed in range(400)]
    assert set(counts) == {1 + 2, 1 + 9}
    assert 0.68 < counts.count(10) / 400 < 0.82
    assert stage.total == counts[0]
    assert chosen(stage.spawns, 7) == chosen(stage.spawns, 7)
    assert stage.unknown == ()


def test_of_a_random_group_nobody_may_come(make):
    """Levels write spawns without a key for that; 85 to 20 as in the last waves of many a level."""
    bonus = {"randomSpawnGroupKey": "g1"}
    data = make.level([make.spawn(), make.spawn("", weight=85, **bonus), make.spawn(weight=20, **bonus)])
    spawns = make.stage(data).spawns
    counts = [sum(chosen(spawns, seed)) for seed in range(400)]
    assert set(counts) == {1, 2}
    assert 0.13 < counts.count(2) / 400 < 0.25


def test_whoever_splits_off_comes_with_its_parent(make):
    """A child of an enemy that does not come this time does not come either."""
    data = make.level([make.spawn(randomSpawnGroupKey="g", weight=1), make.spawn(randomSpawnGroupKey="g", count=2)])
    stage = make.stage(data)
    child = stage.spawns[1]._replace(parent=1)
    assert chosen((*stage.spawns, child), 0) == (True, False, False, False)


def test_hiding_checkpoints_become_nodes(make):
    """An enemy may leave the map and come back elsewhere; the tiles between are not walked."""
    away = (
        {"type": "DISAPPEAR"},
        {"type": "WAIT_FOR_SECONDS", "time": 1},
        {"type": "APPEAR_AT_POS", "position": {"row": 1, "col": 5}},
    )
    stage = make.stage(make.level([make.spawn()], routes=(make.lane(((1, 2), *away)),)))
    kinds = [node.kind for node in stage.routes[0].nodes]
    assert kinds[2:5] == [HIDE, WAIT, APPEAR]
    assert (1, 3) not in stage.paths[0]


def test_where_no_way_leads_walkers_go_straight(make):
    """The real game opens some ways with devices; such a level still plays, and says where it does not fit."""
    data = make.level([make.spawn()])
    data["mapData"]["map"][1][3] = data["mapData"]["map"][0][0]
    stage = make.stage(data)
    assert stage.unknown == ("routes[0].endPosition cannot be reached on foot",)
    assert [(node.kind, node.row, node.col) for node in stage.routes[0].nodes] == [(MOVE, 1.0, 7.0)]
    assert stage.routes[0].tiles == ((1, 0), (1, 7))


@pytest.mark.parametrize(
    ("said", "reported"),
    [({"managedByScheduler": False}, "managedByScheduler false"), ({"refreshType": "NEVER"}, "refreshType NEVER")],
)
def test_how_a_spawn_is_managed_is_reported_where_we_have_no_rule(make, said, reported):
    """It happens all the same."""
    stage = make.stage(make.level([make.spawn(**said)]))
    assert stage.unknown == (reported,)
    assert stage.total == 1


def test_a_spawn_may_take_an_extra_route(make):
    """Its routeIndex then counts in extraRoutes."""
    data = make.level([make.spawn(), make.spawn(useExtraRoute=True)])
    data["extraRoutes"] = [make.lane(motion="FLY")]
    stage = make.stage(data)
    assert [stage.routes[spawn.route].flying for spawn in stage.spawns] == [False, True]
    assert stage.unknown == ()


def test_nobody_steps_over_a_closed_edge(make):
    """An entry of blockEdges is a wall in one direction, which closes the straight way and the diagonals past it."""
    free = np.ones((2, 3), bool)
    wall = frozenset({((0, 0), (0, 1))})
    assert shortest_path(free, (0, 0), (0, 1), diagonal=False, closed=wall) == ((0, 0), (1, 0), (1, 1), (0, 1))
    assert shortest_path(free, (0, 0), (1, 1), diagonal=True, closed=wall) == ((0, 0), (1, 0), (1, 1))
    assert shortest_path(free, (0, 1), (0, 0), diagonal=False, closed=wall) == ((0, 1), (0, 0))
    picture = ("........", "S......E", "........")
    data = make.level([make.spawn()], picture=picture)
    data["mapData"]["blockEdges"] = [{"pos": {"row": 1, "col": 3}, "direction": "RIGHT", "blockMask": "ALL"}]
    (path,) = make.stage(data).paths
    assert len(path) == 10
    assert make.stage(data).unknown == ()


def test_walkers_take_the_shortest_way():
    """Around a wall, and diagonally only where it is allowed and no corner is cut."""
    free = np.ones((3, 4), bool)
    assert len(shortest_path(free, (0, 0), (2, 2), diagonal=False)) == 5
    assert shortest_path(free, (0, 0), (2, 2), diagonal=True) == ((0, 0), (1, 1), (2, 2))
    free[0, 1] = False
    assert (1, 1) not in shortest_path(free, (0, 0), (2, 2), diagonal=True)[:2]
    free[:, 1] = False
    assert shortest_path(free, (0, 0), (2, 2), diagonal=True) == ()


def test_masks_may_be_lists_texts_and_numbers(make):
    """MELEE and RANGED together are ALL, however they are written; so is what walks and what flies."""
    wanted = make.stage(make.level([make.spawn()]))
    for melee, everybody in ((["MELEE"], ["WALK_ONLY", "FLY_ONLY"]), ("melee", "WALK_ONLY, FLY_ONLY"), (1, 3)):
        data = make.level([make.spawn()])
        for tile in data["mapData"]["tiles"]:
            tile["buildableType"] = melee if tile["buildableType"] == "MELEE" else tile["buildableType"]
            tile["passableMask"] = everybody if tile["passableMask"] == "ALL" else tile["passableMask"]
        stage = make.stage(data)
        assert (stage.melee == wanted.melee).all()
        assert (stage.walkable == wanted.walkable).all()


def test_every_kind_of_action_is_read(make):
    """Those that only show something say nothing; the others are named; each takes a tick of its own."""
    kinds = ("STORY", "TUTORIAL", "PLAY_BGM", "DISPLAY_ENEMY_INFO", "PLAY_OPERA", "DIALOG", "SHOW_ALL_HIDDEN_CARDS")
    shown = [{"actionType": kind, "key": "x", "preDelay": 2.0, "count": 9, "interval": 9.0} for kind in kinds]
    stage = make.stage(make.level([make.spawn(), *shown, {"actionType": "EMPTY", "preDelay": 2.0}], [make.spawn()]))
    assert stage.unknown == ()
    assert round(stage.fragments[0].length * 30) == 1 + 60 + 7
    changing = ("ACTIVATE_PREDEFINED", "TRIGGER_PREDEFINED", "BATTLE_EVENTS", "WITHDRAW_PREDEFINED")
    stage = make.stage(make.level([make.spawn(), *({"actionType": kind} for kind in changing)]))
    assert stage.unknown == tuple(f"action {kind}" for kind in changing)


def test_a_spawn_without_a_key_brings_nobody(make):
    """Levels write such actions to make a fragment last."""
    stage = make.stage(make.level([make.spawn(), make.spawn("", at=3.0)]))
    assert stage.total == 1
    assert round(stage.fragments[0].length * 30) == 91


def ticks_of(stage):
    """The ticks after their fragment's start at which the enemies of a stage come."""
    return [round(spawn.offset * 30) for spawn in stage.spawns]


def test_spawn_k_of_an_action_comes_k_intervals_later(make):
    """Fragment start + action.preDelay + k x interval, and a tick for each that came before."""
    assert ticks_of(make.stage(make.level([make.spawn(at=1.5, count=3, every=0.5)]))) == [45, 61, 77]


def test_what_falls_on_one_moment_happens_a_tick_apart(make):
    """As measured on CE-5, whose first three enemies come in the frames 0, 1 and 2."""
    assert ticks_of(make.stage(make.level([make.spawn(), make.spawn(), make.spawn()]))) == [0, 1, 2]


def test_previews_of_a_route_take_ticks_too(make):
    """Three seconds before the spawn, and once more 0.3 s later; so do enemy introductions."""
    plain = make.level([make.spawn(at=4.0)])
    assert ticks_of(make.stage(plain)) == [120]
    plain["waves"][0]["fragments"][0]["actions"] = [make.spawn(at=4.0, autoPreviewRoute=True)]
    assert ticks_of(make.stage(plain)) == [122]
    plain["waves"][0]["fragments"][0]["actions"] = [make.spawn(at=4.0), {"actionType": "PREVIEW_CURSOR"}]
    assert ticks_of(make.stage(plain)) == [122]


def test_the_first_enemies_of_9_11_come_a_tick_after_the_frames_measured(make):
    """Measured 271 and 512: a wave with a preDelay saves one tick somewhere, which nobody has explained."""
    data = make.level([make.spawn(at=3.0, autoPreviewRoute=True), make.spawn(at=11.0)])
    data["waves"][0]["preDelay"] = data["waves"][0]["fragments"][0]["preDelay"] = 3.0
    assert [round(spawn.time * 30) for spawn in make.stage(data).spawns] == [272, 513]


def test_the_first_enemies_come_in_the_frames_measured_in_the_real_game(reference):
    """0-1: the introduction in frame 154 and the first slug in frame 155, fragments two ticks apart."""
    stage = load_stage(reference / "levels" / "level_main_00-01.json", CATALOGUE)
    start = sum(round(part.delay * 30) + round(part.length * 30) for part in stage.fragments[:1])
    start += round(stage.fragments[1].delay * 30)
    assert start + round(stage.spawns[0].offset * 30) == 155


def test_a_wave_waits_its_post_delay_and_then_for_an_empty_field(make):
    """In order: preDelay, fragments, postDelay, an empty field or maxTimeWaitingForNextWave, the next preDelay."""
    data = make.level([make.spawn()])
    first = {**data["waves"][0], "preDelay": 1.0, "postDelay": 4.0, "maxTimeWaitingForNextWave": 20.0}
    second = {**data["waves"][0], "preDelay": 2.0}
    data["waves"] = [first, second]
    one, other = make.stage(data).fragments
    assert (one.delay, one.length) == (1.0, 4.0)
    assert (other.wave, round(other.delay * 30), other.patience) == (1, 61, 20.0)


def test_offsets_of_a_route_point_up_and_right(make):
    """`spawnOffset` and `reachOffset` are in tiles, y upwards like the rows of the format; ours grow downwards."""
    offset = {"x": 0.25, "y": 0.125}
    points = (
        {"type": "MOVE", "position": {"row": 1, "col": 3}, "reachOffset": offset},
        {"type": "DISAPPEAR"},
        {"type": "APPEAR_AT_POS", "position": {"row": 1, "col": 5}, "reachOffset": offset},
    )
    route = make.stage(make.level([make.spawn()], routes=(make.lane(points, spawnOffset=offset),))).routes[0]
    assert (route.row, route.col) == (1 - 0.125, 0.25)
    places = [(one.row, one.col) for one in route.nodes]
    assert (1 - 0.125, 3.25) in places
    assert (1 - 0.125, 5.25) in places


def test_the_wave_clock_runs_while_its_first_fragment_is_late(make):
    """WAIT_CURRENT_WAVE_TIME counts from the wave's preDelay on, WAIT_CURRENT_FRAGMENT_TIME from the fragment's."""
    wait = {"type": "WAIT_CURRENT_WAVE_TIME", "time": 9.0}
    data = make.level([make.spawn()], routes=(make.lane((wait,)),))
    data["waves"][0]["preDelay"] = 1.0
    data["waves"][0]["fragments"][0]["preDelay"] = 3.0
    stage = make.stage(data)
    assert [(one.delay, one.length) for one in stage.fragments] == [(1.0, 0.0), (3.0, 0.0)]
    assert stage.spawns[0].time == 4.0
    assert stage.routes[0].nodes[0][0::3] == (WAIT_WAVE, 9.0)


def test_flags_of_a_spawn_are_read(make):
    """They are blockFragment, dontBlockWave and isUnharmfulAndAlwaysCountAsKilled."""
    plain, marked = make.stage(
        make.level([
            make.spawn(),
            make.spawn(blockFragment=True, dontBlockWave=True, isUnharmfulAndAlwaysCountAsKilled=True),
        ])
    ).spawns  # fmt: skip
    assert (plain.holds_fragment, plain.holds_wave, plain.harmless) == (False, True, False)
    assert (marked.holds_fragment, marked.holds_wave, marked.harmless) == (True, False, True)


def test_devices_take_their_tile(make):
    """Nobody can be deployed there; hidden ones and cards take none, and walkers go around a crate."""
    data = make.level([make.spawn()], picture=("........", "S......E", "........"))
    inst = {"inst": {"characterKey": "trap_001_crate"}, "position": {"row": 1, "col": 3}}
    data["predefines"] = {
        "tokenInsts": [inst, {**inst, "hidden": True, "alias": "later", "position": {"row": 1, "col": 5}}],
        "tokenCards": [{"inst": {"characterKey": "trap_020_roadblock"}, "initialCnt": 2}],
    }
    stage = make.stage(data)
    assert not stage.melee[1, 3]
    assert (1, 3) not in stage.paths[0]
    assert stage.melee[1, 5]
    assert stage.unknown == ("predefined trap_001_crate", "predefined trap_020_roadblock")
    data["runes"] = [make.rune("level_predefines_enable", "ALL", later=1.0)]
    assert not make.stage(data).melee[1, 5]


def test_a_level_s_options_are_read(make):
    """A maxPlayTime of -1 is no limit; a level without life is played with one."""
    assert make.stage(make.level([make.spawn()], maxPlayTime=-1.0)).options.time_limit == 0.0
    assert make.stage(make.level([make.spawn()], maxPlayTime=300.0)).options.time_limit == 300.0
    assert make.stage(make.level([make.spawn()], maxLifePoint=0)).options.max_life == 1
    assert make.stage(make.level([make.spawn()], moveMultiplier=0.25)).options.move_multiplier == 0.25


def test_a_level_may_overwrite_whatever_an_enemy_has(make):
    """Attributes, life cost, range, rank, what counts; 200 points of attack speed halve the interval."""
    attributes = {"maxHp": 9, "moveSpeed": 0.5, "attackSpeed": 200, "hpRecoveryPerSec": 3, "massLevel": 2, "def": 7}
    ref = make.dummy(**attributes)
    ref["overwrittenData"] |= {
        "lifePointReduce": make.number(2), "rangeRadius": make.number(1.5), "notCountInTotal": make.number(True),
        "levelType": make.number("BOSS"), "name": {"m_defined": False, "m_value": None},
    }  # fmt: skip
    ref["overwrittenData"]["attributes"]["stunImmune"] = make.number(True)
    (enemy,) = make.stage(make.level([make.spawn()], refs=(ref,))).enemies
    assert (enemy.max_health, enemy.speed, enemy.attack_interval, enemy.regeneration) == (9, 0.5, 0.85, 3)
    assert (enemy.weight, enemy.defense, enemy.life_cost, enemy.range, enemy.rank) == (2, 7, 2, 1.5, "boss")
    assert enemy.stun_immune
    assert not enemy.counts


def test_a_level_s_own_list_of_enemies_is_read(make):
    """Levels may describe an enemy whole, without the database."""
    data = make.level([make.spawn("enemy_9999_x")], refs=({"useDb": False, "id": "enemy_9999_x", "level": 0},))
    data["enemies"] = [{"key": "enemy_9999_x", "attributes": {"maxHp": 77, "atk": 5}, "applyWay": "MELEE"}]
    stage = make.stage(data)
    assert (stage.enemies[0].max_health, stage.enemies[0].attack, stage.enemies[0].range) == (77, 5, 0.0)
    assert stage.unknown == ()


def test_a_later_form_of_an_enemy_starts_from_the_first(make):
    """An id that our table lacks is named, and played with the numbers of its family."""
    stage = make.stage(make.level([make.spawn("enemy_1007_slime_9")]))
    assert stage.enemies[0].kind == "slug"
    assert stage.unknown == ("enemy enemy_1007_slime_9",)


BREAKAGES = {
    "not JSON": (lambda _: "{", "is not JSON"),
    "nested too deeply": (lambda _: "[" * 100_000, "is nested too deeply"),
    "no routes": (lambda data: data["routes"].clear(), "names route 0; the level has no routes"),
    "a list": (lambda _: [], "holds one JSON object"),
    "no map": (lambda data: data.pop("mapData"), "lacks the key 'mapData'"),
    "no life": (lambda data: data["options"].pop("maxLifePoint"), "options: lacks the key 'maxLifePoint'"),
    "text for a number": (lambda data: data["options"].update(initialCost="ten"), "options.initialCost: is 'ten'"),
    "negative delay": (lambda data: data["waves"][0].update(preDelay=-1), "waves[0].preDelay: is -1"),
    "a slip of the pen": (
        lambda data: data["waves"][0]["fragments"][0]["actions"][0].update(count=10**9),
        "actions[0].count: is 1e+09",
    ),
    "a hole in the rows": (lambda data: data["mapData"]["map"][0].pop(), "mapData.map: is not a rectangle"),
    "a tile too many": (lambda data: data["mapData"]["map"][0].__setitem__(0, 99), "names tile 99"),
    "a route too many": (
        lambda data: data["waves"][0]["fragments"][0]["actions"][0].update(routeIndex=7),
        "waves[0].fragments[0].actions[0].routeIndex: names route 7",
    ),
    "a placeholder walked": (lambda data: data["routes"][0].update(motionMode="E_NUM"), "routes[0]: is a placeholder"),
    "a tile of no kind": (
        lambda data: data["mapData"]["tiles"][0].update(passableMask="SWIM"),
        "mapData.tiles[0].passableMask: is 'SWIM'; write one of NONE, WALK_ONLY, FLY_ONLY, ALL",
    ),
    "an exit off the map": (
        lambda data: data["routes"][0].update(endPosition={"row": 9, "col": 0}),
        "routes[0].endPosition: row 9, col 0 is not on the map",
    ),
    "nobody": (lambda data: data["waves"].clear(), "waves: brings no enemy"),
    "null waves": (lambda data: data.update(waves=None), "waves: brings no enemy"),
    "a text for waves": (lambda data: data.update(waves="all"), "waves: is 'all'"),
    "no references": (lambda data: data.pop("enemyDbRefs"), "lacks the key 'enemyDbRefs'"),
}


@pytest.mark.parametrize("name", BREAKAGES)
def test_a_broken_level_gives_one_line_with_file_place_and_remedy(make, name):
    """A person reads which file, where in it, what is wrong and what to do, and no traceback."""
    breaking, expected = BREAKAGES[name]
    data = make.level([make.spawn()])
    result = breaking(data)
    whole = result if name in ("not JSON", "nested too deeply", "a list") else data
    with pytest.raises(StageError, match=re.escape(expected)) as caught:
        load_stage(make.file(whole, "broken.json"), CATALOGUE)
    assert "broken.json" in str(caught.value)
    assert "\n" not in str(caught.value)


CHALLENGE = {
    "00-01": {"max_life": 1, "cost_increase_time": 99999.0},
    "00-05": {"max_life": 1},
    "01-01": {"max_life": 1, "character_limit": 4},
    "01-04": {"max_life": 1},
    "01-07": {"max_life": 1, "cost_increase_time": 2.0},
}


@pytest.mark.parametrize("number", CHALLENGE)
def test_challenge_mode_changes_what_the_level_s_runes_say(reference, number):
    """One life everywhere, stronger enemies, and each stage's own condition; normal play knows none of it."""
    path = reference / "levels" / f"level_main_{number}.json"
    normal, hard = load_stage(path, CATALOGUE), load_stage(path, CATALOGUE, challenge=True)
    changed = {name: value for name, value in hard.options._asdict().items() if value != getattr(normal.options, name)}
    assert changed == CHALLENGE[number]
    assert not [name for name in hard.unknown if name.startswith("rune")]
    for before, after in zip(normal.enemies, hard.enemies, strict=True):
        assert after.max_health == pytest.approx(before.max_health * 1.2)
        assert after.attack == pytest.approx(before.attack * (2.0 if number == "00-05" else 1.2))


def test_challenge_mode_of_1_4_trebles_the_cost_of_ranged_operators(reference):
    """A rune with a buildableMask is a rule about operators, which the battle applies."""
    hard = load_stage(reference / "levels" / "level_main_01-04.json", CATALOGUE, challenge=True)
    operators = CATALOGUE.operators
    assert under_rules(operators["Kroos"], hard.squad_rules).cost == 3 * operators["Kroos"].cost
    assert under_rules(operators["Fang"], hard.squad_rules).cost == operators["Fang"].cost


def test_runes_of_all_enemies_some_enemies_and_a_rank(make):
    """Both enemy and enemy_exclude list ids; sums come before factors; what has no rule is named."""
    data = make.level([make.spawn(), make.spawn("enemy_1000_gopro")])
    data["runes"] = [
        make.rune("enemy_attribute_mul", max_hp=2.0, enemy="enemy_1007_slime|enemy_1_x"),
        make.rune("enemy_attribute_add", max_hp=100.0, enemy="enemy_1007_slime"),
        make.rune("enemy_attribute_mul", atk=3.0, enemy_exclude="enemy_1007_slime"),
        make.rune("enemy_attribute_mul", move_speed=9.0, enemy_level_type="BOSS"),
        make.rune("enemy_attribute_mul", 1, ep_resistance=2.0),
        make.rune("enemy_dynamic_ability_new", 3, key="invisible"),
        make.rune("enemy_dynamic_ability_new", 2, key="invisible"),
        make.rune("level_enemy_replace", key="enemy_1000_gopro", value="enemy_1000_gopro_2"),
    ]
    stage = make.stage(data)
    slug, hound = stage.enemies
    assert (slug.max_health, slug.attack, slug.speed) == (2 * (550 + 100), 130, 1.0)
    assert hound.attack == 3 * CATALOGUE.enemies_by_id["enemy_1000_gopro_2"].attack
    assert stage.unknown == ("rune enemy_attribute_mul ep_resistance", "rune enemy_dynamic_ability_new")


def test_no_rune_takes_the_last_point_of_health(make):
    """An enemy or operator of no health could neither live nor die."""
    data = make.level([make.spawn()])
    data["runes"] = [make.rune("enemy_attribute_mul", max_hp=-2.0), make.rune("char_attribute_mul", max_hp=0.0)]
    stage = make.stage(data)
    assert stage.enemies[0].max_health == 1.0
    assert under_rules(CATALOGUE.operators["Fang"], stage.squad_rules).max_health == 1.0


def test_a_level_may_begin_with_a_byte_order_mark(make):
    """Some editors write one."""
    file = make.file("\ufeff" + json.dumps(make.level([make.spawn()])))
    assert load_stage(file, CATALOGUE).total == 1


def test_runes_about_operators_name_whom_they_mean(make):
    """By profession, by where they stand, by public id; an excluded operator may not come."""
    data = make.level([make.spawn()])
    data["runes"] = [
        make.rune("char_attribute_mul", professions=512 + 1, atk=0.5, attack_speed=2.0),
        make.rune("char_cost_add", stands=2, value=4.0),
        make.rune("char_respawntime_mul", professions="MEDIC", scale=2.0),
        make.rune("char_exclude", char="char_123_fang"),
    ]
    rules, operators = make.stage(data).squad_rules, CATALOGUE.operators
    fang, kroos, ansel = (under_rules(operators[name], rules) for name in ("Fang", "Kroos", "Ansel"))
    assert fang.attack == operators["Fang"].attack / 2
    assert fang.attack_interval == operators["Fang"].attack_interval / 2
    assert (fang.cost, kroos.cost) == (operators["Fang"].cost, operators["Kroos"].cost + 4)
    assert ansel.redeploy_time == 2 * operators["Ansel"].redeploy_time
    assert kroos.redeploy_time == operators["Kroos"].redeploy_time
    assert [name for name, one in operators.items() if is_forbidden(one, rules)] == ["Fang"]


def test_forbidden_places_and_options_under_runes(make):
    """global_forbid_location counts rows from the bottom; life is set or changed, limits are added to."""
    data = make.level([make.spawn()])
    data["runes"] = [
        make.rune("global_forbid_location", location="(1,3)|(2,5)|(99,0)"),
        make.rune("level_life_point_mul", scale=2.0),
        make.rune("level_life_point_add", value=1.0),
        make.rune("global_placable_char_num_add", value=-3.0),
        make.rune("global_initial_cost_add", value=-200.0),
        make.rune("cbuff_max_cost", max_cost=20.0),
        make.rune("global_squad_num_limit", value=6.0),
    ]
    stage = make.stage(data)
    assert not stage.melee[1, 3]
    assert not stage.ranged[0, 5]
    assert (stage.options.max_life, stage.options.character_limit, stage.options.initial_cost) == (7, 5, 0)
    assert (stage.options.max_cost, stage.options.squad_limit) == (20, 6)


@pytest.mark.parametrize("number", REAL)
@pytest.mark.parametrize("challenge", [False, True])
def test_real_levels_play(reference, number, challenge):
    """A minute of each, with nobody deployed."""
    stage = load_stage(reference / "levels" / f"level_main_{number}.json", CATALOGUE, challenge=challenge)
    battle = Battle(stage, squad_of(["Fang", "Kroos"], CATALOGUE), seed=1)
    battle.step(60 * 30)
    assert battle.gone() or battle.enemies_on_field()


def test_walkers_keep_their_distance_from_corners():
    """As on stage 0-5: a way that is open by less than 0.35 tile is not taken; bends lie that near to their corners."""
    free = np.array([[True] * 5 + [False] * 5, [False] * 4 + [True] * 6])
    path = shortest_path(free, (0, 1), (1, 9), diagonal=True)
    assert straightened(free, path) == ((0, 1), (0, 4), (1, 4), (1, 9))
    assert np.allclose(bends(free, straightened(free, path)), [(0.15, 3.85), (0.85, 4.15)])
    free[1, 2:4] = free[0, 5:9] = True
    assert straightened(free, path) == ((0, 1), (1, 9))


def test_walkers_go_straight_where_they_see_their_way(make):
    """Over open ground in one line, around a wall by its corners, by tile centres where the route asks for it."""
    free = np.ones((4, 7), bool)
    assert straightened(free, shortest_path(free, (0, 0), (2, 6), diagonal=True)) == ((0, 0), (2, 6))
    free[1:, 3] = False
    path = shortest_path(free, (3, 0), (3, 6), diagonal=True)
    assert straightened(free, path) == ((3, 0), (0, 2), (0, 4), (3, 6))
    assert np.allclose(bends(free, straightened(free, path)), [(0.15, 2.15), (0.15, 3.85)])
    wall = frozenset({((2, 1), (2, 2))})
    assert straightened(np.ones((3, 3), bool), ((2, 0), (2, 1), (2, 2)), closed=wall) == ((2, 0), (2, 1), (2, 2))
    picture = ("........", "S......E", "........")
    for more, nodes in (({"allowDiagonalMove": True}, 1), ({"visitEveryTileCenter": True}, 7), ({}, 7)):
        route = {**make.lane(), "allowDiagonalMove": "visitEveryTileCenter" in more, **more}
        stage = make.stage(make.level([make.spawn()], picture=picture, routes=(route,)))
        assert len(stage.routes[0].nodes) == nodes


NUMBERED = {
    "heightType": level.HEIGHTS, "motionMode": level.MOTIONS, "type": level.CHECKPOINTS, "actionType": level.ACTIONS,
    "direction": level.DIRECTIONS,
}  # fmt: skip
MASKS = {
    "buildableType": level.BUILDABLE, "passableMask": level.PASSABLE, "difficultyMask": level.DIFFICULTIES,
    "buildableMask": level.BUILDABLE,
}  # fmt: skip
ZERO = ("randomType", "refreshType", "functionDisableMask", "playerSideMask")


def as_old_dump(value, key=""):
    """Level data with every enum and mask as an integer, as old dumps write them."""
    if isinstance(value, dict):
        return {name: as_old_dump(one, name) for name, one in value.items()}
    if isinstance(value, list):
        return [as_old_dump(one) for one in value]
    if isinstance(value, str) and key in NUMBERED:
        return NUMBERED[key].index(value)
    return MASKS[key][value] if isinstance(value, str) and key in MASKS else 0 if key in ZERO else value


def as_new_dump(value, key=""):
    """Level data without what is null, whole numbers without a point, the map as one list, as the newest dumps do."""
    if isinstance(value, dict):
        return {name: as_new_dump(one, name) for name, one in value.items() if one is not None}
    if isinstance(value, list) and key == "map":
        return {
            "row_size": len(value),
            "column_size": len(value[0]),
            "matrix_data": [one for row in value for one in row],
        }
    if isinstance(value, list):
        return [as_new_dump(one) for one in value]
    return int(value) if isinstance(value, float) and value == int(value) else value


@pytest.mark.parametrize("number", REAL)
@pytest.mark.parametrize("changed", [as_old_dump, as_new_dump])
def test_old_and_new_dumps_of_a_level_give_the_same_stage(make, reference, number, changed):
    """Whoever wrote the file, the battle is the same, in challenge mode as well."""
    path = reference / "levels" / f"level_main_{number}.json"
    file = make.file(changed(json.loads(path.read_text(encoding="utf-8"))), path.name)
    for challenge in (False, True):
        one, other = load_stage(path, CATALOGUE, challenge=challenge), load_stage(file, CATALOGUE, challenge=challenge)
        for field in dataclasses.fields(Stage):
            mine, theirs = getattr(one, field.name), getattr(other, field.name)
            assert np.array_equal(mine, theirs) if isinstance(mine, np.ndarray) else mine == theirs, field.name


def test_hard_predefines_stand_in_challenge_mode_where_there_are_any(make):
    """Levels write the list empty as well, which says nothing."""
    data = make.level([make.spawn()])
    unit = {"inst": {"characterKey": "trap_1"}, "position": {"row": 1, "col": 3}}
    data["predefines"] = {"tokenInsts": [unit]}
    data["hardPredefines"] = {"tokenInsts": []}
    assert not make.stage(data, challenge=True).melee[1, 3]
    data["hardPredefines"] = {"tokenInsts": [{**unit, "position": {"row": 1, "col": 5}}]}
    hard = make.stage(data, challenge=True)
    assert hard.melee[1, 3]
    assert not hard.melee[1, 5]


def places_in(value, at=()):
    """The way to every value of level data, lists by their first entries."""
    for key in value if isinstance(value, dict) else range(min(len(value), 2)) if isinstance(value, list) else ():
        yield (*at, key)
        yield from places_in(value[key], (*at, key))


def test_whatever_stands_in_a_level_gives_a_stage_or_one_line(make):
    """No value of a wrong kind or size, anywhere in the format, ends in a traceback, nor in a battle of the stage."""
    ref = make.dummy(maxHp=5)
    ref["overwrittenData"] |= {"lifePointReduce": make.number(2), "levelType": make.number("ELITE")}
    wait = {"type": "WAIT_FOR_SECONDS", "time": 1.0, "position": {"row": 0, "col": 0}}
    spawns = [make.spawn(randomSpawnGroupKey="g", hiddenGroup=None, weight=1), {"actionType": "STORY", "preDelay": 1.0}]
    data = make.level(spawns, refs=(ref,), routes=(make.lane(((1, 2), wait), spawnOffset={"x": 0.1, "y": 0.0}),))
    data["mapData"]["blockEdges"] = [{"pos": {"row": 0, "col": 0}, "direction": "UP", "blockMask": "ALL"}]
    data["predefines"] = {
        "tokenInsts": [{"position": {"row": 0, "col": 0}, "inst": {"characterKey": "x"}, "alias": "y"}]
    }
    data["runes"] = [make.rune("enemy_attribute_mul", atk=2.0, enemy="x|y"), make.rune("char_exclude", char="x")]
    data |= {"enemies": [{"key": "z", "attributes": {"maxHp": 5}}], "tilesDisallowToLocate": [{"row": 0, "col": 0}]}
    data |= {"branches": {"b": {"phases": []}}, "globalBuffs": [{"prefabKey": "p"}], "extraRoutes": [None]}
    assert make.stage(data).total == 1
    text, said = json.dumps(data), []
    for *way, last in places_in(data):
        for wrong in ("word", -7, None, [], {"a": 1}, True, 1e18, 1e9):
            broken = here = json.loads(text)
            for key in way:
                here = here[key]
            here[last] = wrong
            try:
                Battle(make.stage(broken), (CATALOGUE.operators["Fang"],)).step(3)
            except StageError as error:
                said.append(str(error))
    assert len(said) > 100
    assert not [line for line in said if "\n" in line]


def test_one_of_everything_plays_to_its_end(make):
    """Two entrances, two exits, walkers and fliers, every kind of checkpoint and action: nothing stops the battle."""
    picture = ("S......E", "^......^", "S......E")
    ends = [(0, 0, 0, 7), (2, 0, 2, 7), (0, 0, 2, 7)]
    middle = {"row": 1, "col": 3}
    points = [
        {"type": kind, "time": 1.0, "position": middle}
        for kind in level.CHECKPOINTS
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
    others = [{"actionType": kind, "key": "x", "preDelay": 0.5} for kind in level.ACTIONS if kind != "SPAWN"]
    battle = battle_on(make, make.level([*spawns, *others], spawns, picture=picture, routes=tuple(routes)))
    battle.step(30 * 120)
    assert (battle.outcome, battle.view().kills, battle.view().life) == ("won", 12, 3)


def test_a_wrong_name_tells_the_right_ones(tmp_path):
    """A stage that does not exist is answered with those that do."""
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
    """What `holdfast stage --json` prints survives JSON and names what a player asks first."""
    said = json.loads(json.dumps(describe(load_stage("first_watch", CATALOGUE))))
    assert (said["height"], said["width"]) == (6, 9)
    assert sum(said["enemies"].values()) == said["total"]
    assert said["options"]["max_life"] == 5
    assert said["routes"][0]["motion"] == "walk"


def battle_on(make, data, names=("Fang", "Kroos"), seed=0, **how):
    """A battle of a few operators on level data."""
    return Battle(make.stage(data, **how), squad_of(list(names), CATALOGUE), seed=seed)


def test_a_battle_has_the_random_groups_of_its_seed(make):
    """The counter's right number is that of who comes, and the battle is won when they are gone."""
    either = {"randomSpawnGroupKey": "either", "isUnharmfulAndAlwaysCountAsKilled": True}
    data = make.level([make.spawn(**either), make.spawn(**either, count=3)], refs=(make.dummy(moveSpeed=9.0),))
    totals = set()
    for seed in range(12):
        battle = battle_on(make, data, seed=seed)
        totals.add(battle.view().total)
        battle.step(30 * 20)
        assert battle.outcome == "won"
        assert len(battle.gone()) == battle.view().total
    assert totals == {1, 3}


def test_a_wave_does_not_wait_for_whom_the_level_says_it_need_not(make):
    """An enemy with dontBlockWave stands still for ever; the next wave comes all the same."""
    for free, comes in ((False, 1), (True, 2)):
        data = make.level([make.spawn(dontBlockWave=free)], refs=(make.dummy(moveSpeed=0.0),))
        data["waves"] = [*data["waves"], make.level([make.spawn()])["waves"][0]]
        battle = battle_on(make, data)
        battle.step(300)
        assert len(battle.enemies_on_field()) == comes


def test_a_battle_ends_with_its_time(make):
    """Whoever has not won by maxPlayTime has lost."""
    battle = battle_on(make, make.level([make.spawn()], refs=(make.dummy(moveSpeed=0.0),), maxPlayTime=10.0))
    battle.step(299)
    assert battle.outcome is None
    battle.step(2)
    assert (battle.outcome, battle.seconds) == ("lost", 10.0)


def test_a_stage_s_rules_change_the_hand(make):
    """Costs stand on the cards as the runes say, and nobody who is excluded can be deployed."""
    data = make.level([make.spawn()])
    data["runes"] = [make.rune("cbuff_char_cost", 2, scale=2.0), make.rune("char_exclude", 2, char="char_123_fang")]
    plain, hard = battle_on(make, data), battle_on(make, data, challenge=True)
    assert {card.slot: card.cost for card in plain.view().cards} == {0: 9, 1: 9}
    assert {card.slot: card.cost for card in hard.view().cards} == {0: 18, 1: 18}
    fang = Action(DEPLOY, 0, 1 * 8 + 3, 0)
    assert plain.act(fang)
    assert not hard.act(fang)
    assert not hard.legal_actions()[flatten(fang, 2, 24)]
