"""Ways around barriers: walkers whose leg a barrier bars leave the nodes of their route and go from turn to turn.

Without barriers the nodes lead every walker, and nothing here is called. A leg is a route's part up to a checkpoint.
The rules of a way are those of game.levels.pathfinding: the shortest path over tiles, straightened, and rounded at
corners; a step onto a barrier counts for `options.BARRIER_COST` tiles.
"""

from __future__ import annotations

import numpy as np

from game.simulator import options
from game.simulator.compiling import compiled, not_inlined, often
from game.simulator.field import tile_of
from game.simulator.records import PRESENT, Field, RouteNode, World

DOWN = (0, 1, 0, -1, -1, -1, 1, 1)
RIGHT = (1, 0, -1, 0, -1, 1, -1, 1)
"""(down, right) of one step in each direction, in the order in which equally short ways are preferred."""
STRAIGHT = 4
"""The first of these are the straight ones."""
WALKABLE = 8
"""The column of `World.steps` that says whether a tile is walkable."""
SQUARE_ROOT_OF_2 = 1.4142135623730951
ROUNDING = 1e-9
"""Lengths in tiles that differ by less are the same: sums of square roots differ a little with their order."""
CLEARANCE = 0.35
"""As in game.levels.pathfinding."""


@often
def is_barred(world: World, field: Field, tile: int) -> bool:
    """Whether a barrier stands on a tile."""
    s = field.standing[tile]
    return bool(s >= 0 and world.deployable[s].barrier)


@often
def _is_open(world: World, field: Field, row: int, col: int) -> bool:
    """Whether a tile is on the map, walkable and without a barrier."""
    if not (0 <= row < world.height and 0 <= col < world.width):
        return False
    tile = row * world.width + col
    return world.steps[tile, WALKABLE] and not is_barred(world, field, tile)


@often
def _step_length(world: World, field: Field, tile: int, d: int, diagonal: bool) -> float:
    """The length of a step from a tile in a direction, a barrier's cost included; infinite where there is none."""
    if not world.steps[tile, d]:
        return np.inf
    down, right = DOWN[d] * world.width, RIGHT[d]
    length = 1.0
    if d >= STRAIGHT:
        if not diagonal or is_barred(world, field, tile + down) or is_barred(world, field, tile + right):
            return np.inf
        length = SQUARE_ROOT_OF_2
    return length + options.BARRIER_COST if is_barred(world, field, tile + down + right) else length


@compiled
def _find_way(world: World, field: Field, node: RouteNode) -> None:
    """Write the lengths of the ways from all tiles to the goal of a node's leg, if they are not known."""
    way, tiles = node.way, world.steps.shape[0]
    if field.way[way, tiles] > 0.0:
        return
    field.way[way, :] = np.inf
    field.way[way, node.goal] = 0.0
    field.way[way, tiles] = 1.0
    changed = True
    while changed:
        changed = False
        for tile in range(tiles):
            for d in range(WALKABLE):
                step = _step_length(world, field, tile, d, node.diagonal)
                if step < np.inf:
                    length = step + field.way[way, tile + DOWN[d] * world.width + RIGHT[d]]
                    if length < field.way[way, tile] - ROUNDING:
                        field.way[way, tile] = length
                        changed = True


@compiled
def _next_tile(world: World, field: Field, node: RouteNode, tile: int) -> int:
    """The tile after this one on the shortest way to the goal of a node's leg; -1 if there is none."""
    best, shortest = -1, np.inf
    for d in range(WALKABLE):
        step = _step_length(world, field, tile, d, node.diagonal)
        if step < np.inf:
            there = tile + DOWN[d] * world.width + RIGHT[d]
            length = step + field.way[node.way, there]
            if length < shortest - ROUNDING:
                best, shortest = there, length
    return best


@compiled
def _next_turn(world: World, field: Field, node: RouteNode, tile: int) -> int:
    """Where a walker goes in a straight line from the centre of a tile: the farthest tile of its way that it sees."""
    best = there = _next_tile(world, field, node, tile)
    if not node.straight:
        return best
    for _ in range(world.steps.shape[0]):
        if there in (-1, node.goal):
            break
        there = _next_tile(world, field, node, there)
        if there >= 0 and _sees(world, field, tile, there):
            best = there
    return best


@often
def _distance_from_line(row: float, col: float, top: float, left: float, down: float, right: float) -> float:
    """The distance of a place from the line that goes from (top, left) by (down, right)."""
    square = down * down + right * right
    share = 0.0 if square == 0.0 else ((row - top) * down + (col - left) * right) / square
    share = min(max(share, 0.0), 1.0)
    away, beside = row - top - share * down, col - left - share * right
    return float(np.sqrt(away * away + beside * beside))


@often
def _passes(top: float, left: float, down: float, right: float, row: int, col: int) -> bool:
    """Whether the line from (top, left) by (down, right) keeps clear of the corners of a tile."""
    for d in range(STRAIGHT, WALKABLE):
        corner_row, corner_col = row + DOWN[d] / 2, col + RIGHT[d] / 2
        if _distance_from_line(corner_row, corner_col, top, left, down, right) < CLEARANCE:
            return False
    return True


@compiled
def _sees(world: World, field: Field, tile: int, goal: int) -> bool:
    """Whether the line between the centres of two tiles can be walked: step by step, and clear of all corners."""
    width = world.width
    top, left, down, right = tile // width, tile % width, goal // width - tile // width, goal % width - tile % width
    for row in range(min(top, top + down) - 1, max(top, top + down) + 2):
        for col in range(min(left, left + right) - 1, max(left, left + right) + 2):
            ends = row * width + col in (tile, goal) and 0 <= col < width
            if not ends and not _is_open(world, field, row, col) and not _passes(top, left, down, right, row, col):
                return False
    rows, cols, row, col = abs(down), abs(right), 0, 0
    here = tile
    while here != goal:
        # Below 0 the line crosses into the next row first, above 0 into the next column; 0 is a corner.
        first = (1 + 2 * row) * cols - (1 + 2 * col) * rows
        row, col = row + int(first <= 0), col + int(first >= 0)
        there = (top + row * _sign(down)) * width + left + col * _sign(right)
        if not _is_step(world, field, here, there):
            return False
        here = there
    return True


@often
def _sign(number: int) -> int:
    """-1, 0 or 1."""
    return int(number > 0) - int(number < 0)


@often
def _is_step(world: World, field: Field, tile: int, there: int) -> bool:
    """Whether one step leads from a tile to another, not onto a barrier."""
    for d in range(WALKABLE):
        if tile + DOWN[d] * world.width + RIGHT[d] == there:
            return _step_length(world, field, tile, d, True) < options.BARRIER_COST
    return False


@compiled
def _turn_at(world: World, field: Field, e: int, before: int, turn: int, after: int) -> None:
    """Let a walker go to a turn: not to the tile's centre, but nearer to the corner around which the way bends."""
    foe, width = field.foe[e], world.width
    row, col = turn // width, turn % width
    back_down, back_right = before // width - row, before % width - col
    on_down, on_right = after // width - row, after % width - col
    back = np.sqrt(float(back_down * back_down + back_right * back_right))
    on = np.sqrt(float(on_down * on_down + on_right * on_right))
    inwards_down, inwards_right = back_down / back + on_down / on, back_right / back + on_right / on
    most, corner = 0.0, -1
    for d in range(STRAIGHT, WALKABLE):
        towards = DOWN[d] * inwards_down + RIGHT[d] * inwards_right
        if towards > 0.0 and towards >= most and not _is_open(world, field, row + DOWN[d], col + RIGHT[d]):
            most, corner = towards, d
    foe.way_tile, foe.way_row, foe.way_col = turn, float(row), float(col)
    if corner >= 0:
        foe.way_row += (0.5 - CLEARANCE) * DOWN[corner]
        foe.way_col += (0.5 - CLEARANCE) * RIGHT[corner]


@compiled
def go_on(world: World, field: Field, e: int, tile: int) -> None:
    """Let a walker on a detour go on from a tile, to the next turn or to the end of its leg."""
    not_inlined()
    foe = field.foe[e]
    node = world.node[world.enemy[e].route, foe.node]
    _find_way(world, field, node)
    turn = node.goal if tile == node.goal else _next_turn(world, field, node, tile)
    if turn in (-1, node.goal):
        foe.way_tile, foe.way_row, foe.way_col = node.goal, node.row, node.col
        left = 0.0
    else:
        after = _next_turn(world, field, node, turn) if node.straight else turn
        if after in (-1, turn):
            foe.way_tile, foe.way_row, foe.way_col = turn, float(turn // world.width), float(turn % world.width)
        else:
            _turn_at(world, field, e, tile, turn, after)
        left = field.way[node.way, turn]
    down, right = foe.way_row - foe.row, foe.way_col - foe.col
    distance = np.sqrt(down * down + right * right)
    foe.distance_to_node = distance
    foe.distance_to_exit = distance + left + node.distance_to_exit
    if distance > 0.0:
        foe.heading_down, foe.heading_right = down / distance, right / distance


@compiled
def begin_leg(world: World, field: Field, e: int) -> None:
    """Find a walker's way along the leg of its node, if that is the first one of a leg and there are barriers. An
    escort keeps to its nodes.
    """
    not_inlined()
    foe, r = field.foe[e], world.enemy[e].route
    if world.enemy[e].unit >= 0:
        return
    leg_end = world.node[r, foe.node].leg_end
    if leg_end >= 0 and (foe.node == 0 or world.node[r, foe.node - 1].leg_end != leg_end):
        foe.node = leg_end
        go_on(world, field, e, tile_of(world, field, e))


@compiled
def change_way(world: World, field: Field, e: int) -> None:
    """Find a walker's way anew when barriers have changed: if it is on a detour, or if one bars the rest of its leg."""
    not_inlined()
    foe, r = field.foe[e], world.enemy[e].route
    if world.enemy[e].unit >= 0:
        return
    leg_end = world.node[r, foe.node].leg_end
    if leg_end >= 0 and (foe.way_tile >= 0 or _leg_is_barred(world, field, e)):
        foe.node = leg_end
        go_on(world, field, e, tile_of(world, field, e))


@compiled
def _leg_is_barred(world: World, field: Field, e: int) -> bool:
    """Whether a barrier stands on, or too near to, the rest of the leg on which a walker follows the nodes."""
    foe, r = field.foe[e], world.enemy[e].route
    row, col = foe.row, foe.col
    for n in range(foe.node, world.node[r, foe.node].leg_end + 1):
        node = world.node[r, n]
        down, right = node.row - row, node.col - col
        for tile in range(world.steps.shape[0]):
            if is_barred(world, field, tile):
                there, across = tile // world.width, tile % world.width
                near = _distance_from_line(float(there), float(across), row, col, down, right) < 0.5
                if near or not _passes(row, col, down, right, there, across):
                    return True
        row, col = node.row, node.col
    return False


@compiled
def barriers_changed(world: World, field: Field) -> None:
    """A barrier has come or gone: find the walkers' ways anew."""
    not_inlined()
    _forget_ways(world, field)
    for k in range(field.battle[0].listed):
        if field.foe[field.present[k]].phase == PRESENT:
            change_way(world, field, field.present[k])


@often
def _forget_ways(world: World, field: Field) -> None:
    """All ways have to be found again."""
    for way in range(world.ways):
        field.way[way, world.steps.shape[0]] = 0.0


@compiled
def closes_a_way(world: World, field: Field, s: int, tile: int) -> bool:
    """Whether the barrier of a slot, put on a tile, would leave a route without any way around barriers."""
    not_inlined()
    field.standing[tile] = s
    _forget_ways(world, field)
    closed = False
    for r in range(world.route_size.shape[0]):
        for n in range(world.route_size[r]):
            node = world.node[r, n]
            if node.from_tile >= 0:
                _find_way(world, field, node)
                closed = closed or options.BARRIER_COST <= field.way[node.way, node.from_tile] < np.inf
    field.standing[tile] = -1
    _forget_ways(world, field)
    return closed
