"""Routes: the checkpoints of the format as nodes."""

from __future__ import annotations

from levels import CATALOGUE

from game.levels.stage import APPEAR, HIDE, MOVE, WAIT, load_stage


def test_routes_count_rows_from_the_bottom(reference):
    """The format's trap: in 0-1 enemies come in at the lower right and leave at the upper left."""
    stage = load_stage(reference / "levels" / "level_main_00-01.json", CATALOGUE)
    assert {path[0] for path in stage.paths} == {(3, 8)}
    assert {path[-1] for path in stage.paths} == {(2, 0)}
    assert stage.entrances == ((3, 8),)
    assert stage.exits == ((2, 0),)


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


def test_a_spawn_may_take_an_extra_route(make):
    """Its routeIndex then counts in extraRoutes."""
    data = make.level([make.spawn(), make.spawn(useExtraRoute=True)])
    data["extraRoutes"] = [make.lane(motion="FLY")]
    stage = make.stage(data)
    assert [stage.routes[spawn.route].flying for spawn in stage.spawns] == [False, True]
    assert stage.unknown == ()


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
