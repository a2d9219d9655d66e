"""Generates random stages in the public level format, for training that generalises.

A seed and a difficulty always give the same stage: roads with bends from the left edge to the right, walls beside them,
and fragments of enemies that grow tougher. Every stage comes with a plan that wins it in time and without a leak; a
stage for which the search finds no such plan is discarded, and another one is drawn.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from game.characters.builds import default_squad
from game.characters.catalogue import Catalogue
from game.characters.models import Enemy
from game.errors import StageError
from game.levels.pathfinding import Tile
from game.levels.stage import Stage, stage_of
from planning.assignment import assign_operators
from planning.plans import Plan
from planning.playing import play_plan
from planning.search import BLOCKS, search
from planning.solutions import BATTLES, as_plan

DIFFICULTIES = range(1, 6)
ATTEMPTS = 40
"""Stages that are drawn before the generator gives up."""
BUDGET = 2000
"""Battles in which the search has to find its plan."""
PATIENCE = 120.0
"""Seconds after the last spawn within which a plan has to win; later wins come from wearing down an enemy that the
operators can hardly hurt."""


class Theme(NamedTuple):
    """A kind of enemies that a fragment can consist of."""

    name: str
    ids: tuple[str, ...]
    """Public ids, or names in our table, from weak to strong."""
    interval: tuple[float, float]
    """Shortest and longest time in seconds from one spawn to the next."""
    since: int = 1
    """The lowest difficulty at which it is used."""


THEMES = (
    Theme("slugs", ("enemy_1007_slime", "enemy_1007_slime_2", "enemy_1007_slime_3"), (0.8, 1.8)),
    Theme("soldiers", ("enemy_1002_nsabr", "enemy_1029_shdsbr", "enemy_1014_rogue"), (2.0, 4.0)),
    Theme("hounds", ("enemy_1000_gopro", "enemy_1000_gopro_2", "enemy_1000_gopro_3"), (0.6, 2.0)),
    Theme("rioters", ("enemy_1027_mob", "enemy_1027_mob_2"), (1.0, 2.5)),
    Theme("drones", ("enemy_1005_yokai", "enemy_1005_yokai_2"), (1.5, 3.5), since=2),
    Theme("crossbows", ("enemy_1003_ncbow", "enemy_1003_ncbow_2"), (2.0, 5.0), since=2),
    Theme("armour", ("enemy_1006_shield", "enemy_1006_shield_2"), (5.0, 9.0), since=2),
    Theme("casters", ("enemy_1011_wizard", "enemy_1011_wizard_2"), (3.0, 6.0), since=3),
    Theme("splitters", ("splitter", "great_splitter"), (2.0, 4.0), since=3),
    Theme("shadows", ("enemy_1008_ghost",), (2.0, 5.0), since=4),
    Theme("axes", ("enemy_1030_wteeth", "enemy_1033_handax"), (6.0, 9.0), since=4),
)


class Grade(NamedTuple):
    """The parameters of a difficulty."""

    lanes: tuple[int, int]
    """Fewest and most."""
    fragments: int
    toughness: float
    """Total of the first fragment; see `_toughness`."""
    life: int
    initial_cost: int


GRADES = (
    Grade((1, 1), 5, 2500.0, 10, 20),
    Grade((1, 2), 5, 4000.0, 10, 15),
    Grade((1, 2), 6, 6500.0, 5, 15),
    Grade((2, 3), 7, 7500.0, 5, 12),
    Grade((2, 3), 8, 8500.0, 3, 12),
)
GROWTH = 0.25
"""How much tougher each fragment is than the one before, as a share of the first fragment's toughness."""

ROAD, FLOOR, WALL, FORBIDDEN, START, END = range(6)
TILES = (
    ("tile_road", "LOWLAND", "MELEE", "ALL"),
    ("tile_floor", "LOWLAND", "NONE", "ALL"),
    ("tile_wall", "HIGHLAND", "RANGED", "FLY_ONLY"),
    ("tile_forbidden", "HIGHLAND", "NONE", "FLY_ONLY"),
    ("tile_start", "LOWLAND", "NONE", "ALL"),
    ("tile_end", "LOWLAND", "NONE", "ALL"),
)
FLOORS = 0.1
"""Share of the road on which no operator may stand."""
WALLS = 0.65
"""Share of the tiles beside a road that are walls, on which ranged operators may stand."""

LINE = 118
"""Longest line of a written level, in characters."""

Way = list[Tile]
"""The tiles on which a lane begins, turns and ends."""


class Generated(NamedTuple):
    """A stage as its level file and as it is played, with a plan that wins it."""

    level: dict[str, Any]
    stage: Stage
    plan: Plan


def _ignore(message: str) -> None:
    """Ignore a progress message."""


def generate(seed: int, difficulty: int, catalogue: Catalogue, tell: Callable[[str], object] = _ignore) -> Generated:
    """The stage of a seed (from 0) and a difficulty (1 to 5), with a plan of the default squad that wins it.

    `tell` is called with a message for every stage that is discarded. Raises StageError for a seed or difficulty out of
    range, or if no stage is found that can be won.
    """
    if difficulty not in DIFFICULTIES:
        raise StageError(f"difficulty {difficulty}: is out of range; give one from 1 to {max(DIFFICULTIES)}")
    if seed < 0:
        raise StageError(f"seed {seed}: is below 0; give any whole number from 0")
    squad = default_squad(catalogue)
    for attempt in range(ATTEMPTS):
        level = draw(seed, difficulty, catalogue, attempt)
        stage = stage_of(level, level["code"], catalogue)
        found = search(stage, squad, seed=0, budget=BUDGET, blocks=BLOCKS[:2])
        if found.stars == 3:
            plan = as_plan(found.draft, stage, squad)
            if _wins(plan, stage, catalogue):
                return Generated(level, stage, plan)
        tell(f"stage {attempt + 1} discarded: {found.battles} battles found no plan that wins in time without a leak")
    raise StageError(f"seed {seed}: no stage of difficulty {difficulty} was found that can be won; take another seed")


def _wins(plan: Plan, stage: Stage, catalogue: Catalogue) -> bool:
    """Whether a plan wins all battles without a leak, and soon enough after the last spawn (PATIENCE)."""
    latest = max(spawn.time for spawn in stage.spawns) + PATIENCE
    battles = [play_plan(plan, stage, assign_operators(plan, catalogue), seed) for seed in BATTLES]
    return all(one.stars == 3 and one.seconds <= latest for one in battles)


def written(value: Any, depth: int = 0) -> str:
    """A level as readable JSON: every value that fits on one line is written on one line."""
    whole = json.dumps(value, ensure_ascii=False)
    if len(whole) + depth <= LINE and not _is_tall(value):
        return whole
    pad = " " * (depth + 1)
    if isinstance(value, dict):
        parts = [f"{pad}{json.dumps(key)}: {written(part, depth + 1)}" for key, part in value.items()]
        return "{\n" + ",\n".join(parts) + f"\n{' ' * depth}}}"
    return "[\n" + ",\n".join(pad + written(part, depth + 1) for part in value) + f"\n{' ' * depth}]"


def _is_tall(value: Any) -> bool:
    """Whether a value is a list of lists or objects, which are written one per line."""
    return isinstance(value, list) and any(isinstance(part, (list, dict)) for part in value)


# --- Drawing ----------------------------------------------------------------------------------------------------------


def draw(seed: int, difficulty: int, catalogue: Catalogue, attempt: int = 0) -> dict[str, Any]:
    """A random level in the public format; whether it can be won is not checked.

    Raises StageError where the catalogue lacks one of its enemies.
    """
    chance = np.random.default_rng([seed, difficulty, attempt])
    grade = GRADES[difficulty - 1]
    lanes = int(chance.integers(grade.lanes[0], grade.lanes[1] + 1))
    height, width = int(chance.integers(max(6, 2 * lanes + 1), 9)), int(chance.integers(9, 13))
    ways = _ways(chance, height, width, lanes)
    enemies = {id_: _enemy(id_, catalogue) for theme in THEMES for id_ in theme.ids}
    actions = [_fragment(chance, difficulty, number, len(ways), enemies) for number in range(grade.fragments)]
    routes = [_route(way, height, motion) for motion in ("WALK", "FLY") for way in ways]
    ids = sorted({action["key"] for fragment in actions for action in fragment["actions"]})
    themes = [theme.name for theme in THEMES if set(theme.ids) & set(ids)]
    roads = "one road" if len(ways) == 1 else f"{len(ways)} roads"
    return {
        "code": f"G{difficulty}-{seed}",
        "lesson": f"Drawn by chance: {roads}; {', '.join(themes)}.",
        "options": {
            "characterLimit": 8,
            "maxLifePoint": grade.life,
            "initialCost": grade.initial_cost,
            "maxCost": 99,
            "costIncreaseTime": 1.0,
            "moveMultiplier": 0.5,
        },
        "mapData": {
            "map": _ground(chance, height, width, ways),
            "tiles": [
                dict(zip(("tileKey", "heightType", "buildableType", "passableMask"), tile, strict=True))
                for tile in TILES
            ],
        },
        "routes": routes,
        "enemyDbRefs": [{"useDb": True, "id": id_, "level": 0, "overwrittenData": None} for id_ in ids],
        "waves": [{"preDelay": 0.0, "maxTimeWaitingForNextWave": -1.0, "fragments": actions}],
    }


def _ways(chance: np.random.Generator, height: int, width: int, lanes: int) -> list[Way]:
    """Lanes with separate starting rows; they may meet on the way and share an exit."""
    inner = range(1, height - 1)
    starts = _apart(chance, inner, lanes)
    ends = _apart(chance, inner, int(chance.integers(1, lanes + 1)))
    return [_way(chance, height, width, start, ends[lane % len(ends)]) for lane, start in enumerate(starts)]


def _apart(chance: np.random.Generator, among: Sequence[int], many: int) -> list[int]:
    """Random numbers out of `among`, in order, no two of them neighbours."""
    while True:
        chosen = sorted(chance.choice(among, many, replace=False).tolist())
        if all(after - before > 1 for before, after in pairwise(chosen)):
            return chosen


def _way(chance: np.random.Generator, height: int, width: int, start: int, end: int) -> Way:
    """A lane from the left edge to the right with one to three bends, in columns that are not neighbours."""
    bends = int(chance.integers(1, 4))
    columns = _apart(chance, range(2, width - 2), bends)
    rows = [start, *chance.integers(1, height - 1, bends - 1).tolist(), end]
    way = [(start, 0)]
    for column, before, after in zip(columns, rows, rows[1:], strict=False):
        way += [(before, column), (after, column)]
    turns = [*way, (end, width - 1)]
    return [tile for tile, before in zip(turns, [None, *turns], strict=False) if tile != before]


def _tiles(way: Way) -> Way:
    """All tiles of a way, which runs straight from turn to turn."""
    found = [way[0]]
    for row, col in way[1:]:
        while found[-1] != (row, col):
            here = found[-1]
            found.append((here[0] + int(np.sign(row - here[0])), here[1] + int(np.sign(col - here[1]))))
    return found


def _ground(chance: np.random.Generator, height: int, width: int, ways: list[Way]) -> list[list[int]]:
    """The map as indices into TILES: roads, walls beside them, forbidden tiles elsewhere."""
    road = {tile for way in ways for tile in _tiles(way)}
    ground = [[FORBIDDEN] * width for _ in range(height)]
    for row in range(height):
        for col in range(width):
            beside = any((row + down, col + right) in road for down in (-1, 0, 1) for right in (-1, 0, 1))
            draw = chance.random()
            if (row, col) in road:
                ground[row][col] = FLOOR if draw < FLOORS else ROAD
            elif beside and draw < WALLS:
                ground[row][col] = WALL
    for way in ways:
        ground[way[0][0]][0], ground[way[-1][0]][width - 1] = START, END
    return ground


def _route(way: Way, height: int, motion: str) -> dict[str, Any]:
    """A lane in the level format, whose rows count from the bottom; fliers take the straight line."""
    places = [{"row": height - 1 - row, "col": col} for row, col in way]
    between = places[1:-1] if motion == "WALK" else []
    return {
        "motionMode": motion,
        "startPosition": places[0],
        "endPosition": places[-1],
        "spawnRandomRange": {"x": 0.0, "y": 0.0},
        "spawnOffset": {"x": 0.0, "y": 0.0},
        "checkpoints": [{"type": "MOVE", "time": 0.0, "position": place} for place in between],
        "allowDiagonalMove": False,
    }


def _fragment(
    chance: np.random.Generator, difficulty: int, number: int, lanes: int, enemies: Mapping[str, Enemy]
) -> dict[str, Any]:
    """A fragment of one theme or two, tougher the later it comes, on alternating lanes."""
    budget = GRADES[difficulty - 1].toughness * (1.0 + GROWTH * number)
    themes = [theme for theme in THEMES if theme.since <= difficulty]
    many = 1 if difficulty == 1 else int(chance.integers(1, 3))
    chosen = [themes[index] for index in chance.choice(len(themes), many, replace=False).tolist()]
    return {
        "preDelay": 8.0 if number == 0 else round(float(chance.uniform(4.0, 10.0)), 1),
        "actions": [
            _spawn(chance, theme, budget / many, lanes, (number + other) % lanes, enemies)
            for other, theme in enumerate(chosen)
        ],
    }


def _spawn(
    chance: np.random.Generator, theme: Theme, budget: float, lanes: int, lane: int, enemies: Mapping[str, Enemy]
) -> dict[str, Any]:
    """Spawns of one enemy of a theme, as many as have about the toughness of the budget together."""
    affordable = [id_ for id_ in theme.ids if _toughness(enemies[id_]) <= budget] or [theme.ids[0]]
    id_ = str(chance.choice(affordable))
    count = max(round(budget / _toughness(enemies[id_])), 1)
    return {
        "actionType": "SPAWN",
        "key": id_,
        "count": min(count, 12),
        "preDelay": round(float(chance.uniform(0.0, 4.0)), 1),
        "interval": round(float(chance.uniform(*theme.interval)), 1),
        "routeIndex": lane + lanes * enemies[id_].flying,
        "blockFragment": False,
    }


def _enemy(id_: str, catalogue: Catalogue) -> Enemy:
    """An enemy by its public id or by its name in our table. Raises StageError if the catalogue lacks it."""
    found = catalogue.find_enemy(id_)
    if found is None:
        raise StageError(f"enemy {id_}: is not in the tables; generated stages need the enemies of the shipped tables")
    return found


def _toughness(enemy: Enemy) -> float:
    """The damage that kills an enemy with attacks of 500 points, before its defense."""
    return enemy.max_health * 500.0 / max(500.0 - enemy.defense, 100.0)
