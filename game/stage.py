"""A stage: its map, its routes, and who comes when, read from the game's public level format.

What the format says and we have no rule for is not skipped: it stands by name, once, in `Stage.unknown`, and everything
around it is played as well as it can be. A file that cannot be played at all gives one StageError.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from game import level
from game.errors import StageError
from game.level import Place
from game.paths import Tile, shortest_path
from game.units import Enemy, enemies_by_id, load_enemies

Mask = npt.NDArray[np.bool_]
View = tuple[tuple[float, float, float], tuple[float, float, float]]

MOVE, WAIT, WAIT_FRAGMENT, WAIT_WAVE, WAIT_BATTLE, HIDE, APPEAR = range(7)
"""What a node of a route asks for: go there; wait so long; wait until so long after the start of the fragment, the
wave, the battle; leave the map; come back at that place."""

NODES = {
    "WAIT_FOR_SECONDS": WAIT,
    "WAIT_CURRENT_FRAGMENT_TIME": WAIT_FRAGMENT,
    "WAIT_CURRENT_WAVE_TIME": WAIT_WAVE,
    "WAIT_FOR_PLAY_TIME": WAIT_BATTLE,
    "DISAPPEAR": HIDE,
    "APPEAR_AT_POS": APPEAR,
}

STAND_IN = "soldier"
STAND_IN_FLYING = "drone"
"""The kinds whose numbers stand in for an enemy that our table does not know and the level does not define."""

NARROW_VIEW: View = ((0.0, -4.81, -7.76), (0.5975098586953793, -5.31, -8.642108163374733))
WIDE_VIEW: View = ((0.0, -5.08, -8.04), (0.6461313484421196, -5.58, -8.917854334218152))
WIDE_FROM = 11
"""Levels say nothing of the camera. Without a key "view" a map narrower than WIDE_FROM columns is seen as the real game
shows its small maps (stage 0-1), any other as it shows its wide ones (stage 1-4)."""


class Options(NamedTuple):
    """The rules a stage sets. Times in seconds."""

    character_limit: int
    max_life: int
    initial_cost: int
    max_cost: int
    cost_increase_time: float
    """Seconds per DP; 99999 means none."""
    move_multiplier: float


class Node(NamedTuple):
    """One thing a walker or flier does on its way. Row 0 is the top row; fractions lie between tile centres."""

    kind: int
    row: float = 0.0
    col: float = 0.0
    seconds: float = 0.0


class Route(NamedTuple):
    """A way through the map. `tiles` are those walked, in order, without repetition; empty for fliers."""

    flying: bool
    row: float
    col: float
    nodes: tuple[Node, ...]
    tiles: tuple[Tile, ...]


class Fragment(NamedTuple):
    """A part of a wave. It starts `delay` seconds after the one before is done, and takes at least `length` seconds."""

    wave: int
    delay: float
    length: float
    patience: float
    """Of a wave's first fragment: seconds after which it no longer waits for an empty field; negative: for ever."""


class Spawn(NamedTuple):
    """One enemy to come. `time` is the earliest second of the battle; the rules go by `fragment` and `offset`."""

    time: float
    enemy: int
    route: int
    fragment: int
    offset: float
    """Seconds after the start of the fragment."""
    spread: tuple[float, float]
    """It appears up to so many rows and columns from the route's start, at random."""
    counts: bool
    harmless: bool
    """Its leak costs no life."""
    holds_fragment: bool
    """The fragment is not done before this enemy is gone."""
    parent: int = -1
    """The spawn at whose death it appears; -1 for those that come by themselves."""


@dataclass(frozen=True, eq=False)
class Stage:
    """A stage that can be played. Masks are bool[height, width], row 0 at the top. Compared and hashed by identity."""

    name: str
    code: str
    height: int
    width: int
    tile_keys: tuple[tuple[str, ...], ...]
    high: Mask
    melee: Mask
    """Where melee operators may stand."""
    ranged: Mask
    """Where ranged operators may stand."""
    walkable: Mask
    flyable: Mask
    entrances: tuple[Tile, ...]
    exits: tuple[Tile, ...]
    view: View
    options: Options
    routes: tuple[Route | None, ...]
    """By the level's own numbers; None for placeholders and routes nobody takes."""
    fragments: tuple[Fragment, ...]
    spawns: tuple[Spawn, ...]
    """In order of fragment and offset, which is the order in which they appear; then whoever splits off from them."""
    enemies: tuple[Enemy, ...]
    total: int
    """The right number of the counter."""
    paths: tuple[tuple[Tile, ...], ...]
    """The tiles walked, one entry for each different way over the ground."""
    unknown: tuple[str, ...]


def shipped_stages() -> tuple[str, ...]:
    """The names of the stages that come with the project, from easy to hard."""
    return tuple(name for _, name in sorted(_shipped_codes().items()))


def load_stage(source: str | Path) -> Stage:
    """The stage of a shipped name or of a level file; a StageError of one line where it cannot be played."""
    names = _shipped_codes().values()
    if str(source) in names:
        return _stage(level.read_level(_shipped_path(str(source))), str(source))
    path = Path(source)
    if not path.exists() and path.suffix != ".json":
        raise StageError(f"{source}: there is no such stage; give a level file or one of {', '.join(sorted(names))}")
    return _stage(level.read_level(path), path.stem)


def describe(stage: Stage) -> dict[str, Any]:
    """A stage in plain data, for `holdfast stage`: size, options, enemies with counts, routes, kinds without a rule."""
    counts = Counter(stage.enemies[spawn.enemy].kind for spawn in stage.spawns)
    used = Counter(spawn.route for spawn in stage.spawns)
    return {
        "name": stage.name,
        "code": stage.code,
        "height": stage.height,
        "width": stage.width,
        "options": stage.options._asdict(),
        "enemies": dict(sorted(counts.items())),
        "total": stage.total,
        "last_spawn": round(max((spawn.time for spawn in stage.spawns), default=0.0), 2),
        "routes": [_described(stage, index, used[index]) for index in sorted(used)],
        "unknown": list(stage.unknown),
    }


def _described(stage: Stage, index: int, enemies: int) -> dict[str, Any]:
    """One route in plain data. Rows count from the top here."""
    route = stage.routes[index]
    assert route is not None
    end = [node for node in route.nodes if node.kind == MOVE][-1]
    return {
        "index": index,
        "motion": "fly" if route.flying else "walk",
        "start": [round(route.row), round(route.col)],
        "end": [round(end.row), round(end.col)],
        "tiles": len(route.tiles),
        "enemies": enemies,
    }


@cache
def _shipped_codes() -> dict[str, str]:
    """Name by code of every shipped stage; the codes are numbered from easy to hard."""
    folder = resources.files("game").joinpath("stages")
    names = [entry.name.removesuffix(".json") for entry in folder.iterdir() if entry.name.endswith(".json")]
    return {_text(level.read_level(_shipped_path(name)).get("code"), name): name for name in names}


def _shipped_path(name: str) -> Path:
    """Where a shipped stage's level file lies."""
    return Path(str(resources.files("game").joinpath("stages", f"{name}.json")))


def _stage(data: Place, name: str) -> Stage:
    """A stage from the whole of its level file."""
    unknown = _Unknown()
    ground = _read_map(data, unknown)
    options = _read_options(data.at("options"), unknown)
    roster = _Roster(data, unknown)
    waves = _Waves(data, roster, unknown)
    routes = _read_routes(data, ground, {spawn.route for spawn in waves.spawns}, unknown)
    _note_the_rest(data, unknown)
    spawns = _with_offspring(sorted(waves.spawns, key=lambda spawn: (spawn.fragment, spawn.offset)), roster)
    walked = dict.fromkeys(route.tiles for route in routes if route and not route.flying)
    return Stage(
        name=name,
        code=_text(data.get("code"), _code(name)),
        height=ground.height,
        width=ground.width,
        tile_keys=ground.keys,
        high=ground.high,
        melee=ground.melee,
        ranged=ground.ranged,
        walkable=ground.walkable,
        flyable=ground.flyable,
        entrances=ground.found("tile_start", "tile_flystart"),
        exits=ground.found("tile_end"),
        view=_read_view(data, ground.width),
        options=options,
        routes=routes,
        fragments=tuple(waves.fragments),
        spawns=spawns,
        enemies=tuple(roster.enemies),
        total=sum(spawn.counts for spawn in spawns),
        paths=tuple(walked),
        unknown=tuple(unknown.names),
    )


def _with_offspring(spawns: list[Spawn], roster: _Roster) -> tuple[Spawn, ...]:
    """The spawns, and after them those that appear where one of them dies."""
    found = list(spawns)
    for parent, spawn in enumerate(spawns):
        kind = roster.enemies[spawn.enemy]
        for _ in range(kind.splits if kind.splits_into else 0):
            child = roster.index(kind.splits_into, flying=kind.flying)
            counts = roster.enemies[child].counts
            found.append(spawn._replace(enemy=child, counts=counts, holds_fragment=False, parent=parent))
    return tuple(found)


@dataclass
class _Unknown:
    """What a level asks for that we have no rule for, by name, once each, in the order met."""

    names: dict[str, None] = field(default_factory=dict)

    def note(self, name: str) -> None:
        """Remember a name."""
        self.names.setdefault(name)


def _text(place: Place, default: str) -> str:
    """A text, or a default where there is none."""
    return default if place.value is None else place.text()


def _code(name: str) -> str:
    """The code players know a public level by: level_main_01-07 is 1-7."""
    match = re.search(r"(\d+)-(\d+)$", name)
    return f"{int(match[1])}-{int(match[2])}" if match else name


@dataclass(frozen=True)
class _Ground:
    """The map as masks; rows count from the top."""

    height: int
    width: int
    keys: tuple[tuple[str, ...], ...]
    high: Mask
    melee: Mask
    ranged: Mask
    walkable: Mask
    flyable: Mask

    def found(self, *keys: str) -> tuple[Tile, ...]:
        """The tiles of these kinds."""
        return tuple((row, col) for row, line in enumerate(self.keys) for col, key in enumerate(line) if key in keys)

    def tile(self, position: Place) -> Tile:
        """A position of the format, whose rows count from the bottom, as a tile of the map."""
        row, col = position.at("row").whole(-1000), position.at("col").whole(-1000)
        if not (0 <= row < self.height and 0 <= col < self.width):
            size = f"rows 0 to {self.height - 1} from the bottom and columns 0 to {self.width - 1}"
            raise position.error(f"row {row}, col {col} is not on the map", f"the map has {size}")
        return self.height - 1 - row, col


def _read_map(data: Place, unknown: _Unknown) -> _Ground:
    """The map: a grid of indexes into a list of tiles, top row first."""
    grid, tiles = data.at("mapData").at("map"), list(data.at("mapData").at("tiles").each())
    rows = [[index.whole() for index in row.each()] for row in _grid(grid)]
    if not rows or not rows[0] or len({len(row) for row in rows}) != 1:
        raise grid.error("is not a rectangle", "give every row the same number of tiles")
    if (highest := max(max(row) for row in rows)) >= len(tiles):
        raise grid.error(f"names tile {highest}", f"mapData.tiles has tiles 0 to {len(tiles) - 1}")
    keys = [tile.at("tileKey").text() for tile in tiles]
    height = np.array([tile.at("heightType").enum(level.HEIGHTS) == "HIGHLAND" for tile in tiles])
    buildable = np.array([tile.at("buildableType").enum(level.BUILDABLE) for tile in tiles])
    passable = np.array([tile.at("passableMask").enum(level.PASSABLE) for tile in tiles])
    for index in {index for row in rows for index in row}:
        if keys[index] not in level.TILES:
            unknown.note(f"tile {keys[index]}")
    indexes = np.array(rows)
    ground = _Ground(
        height=len(rows),
        width=len(rows[0]),
        keys=tuple(tuple(keys[index] for index in row) for row in rows),
        high=height[indexes],
        melee=((buildable == "ALL") | (buildable == "MELEE") & ~height)[indexes],
        ranged=((buildable == "ALL") | (buildable == "RANGED") & height)[indexes],
        walkable=np.isin(passable, ("ALL", "WALK_ONLY"))[indexes],
        flyable=np.isin(passable, ("ALL", "FLY_ONLY"))[indexes],
    )
    for position in data.get("tilesDisallowToLocate", []).each():
        ground.melee[ground.tile(position)] = ground.ranged[ground.tile(position)] = False
    return ground


def _grid(grid: Place) -> list[Place]:
    """The rows of a map, which newer dumps write as one flat list with its size."""
    if isinstance(grid.value, dict):
        columns, flat = grid.at("column_size").whole(1), list(grid.at("matrix_data").each())
        return [
            Place(grid.file, grid.where, [place.value for place in flat[start : start + columns]])
            for start in range(0, len(flat), columns)
        ]
    return list(grid.each())


def _read_options(options: Place, unknown: _Unknown) -> Options:
    """The stage's own rules; the four that change every battle must be there."""
    for key in options.value if isinstance(options.value, dict) else ():
        if key not in level.OPTIONS and not options.get(key).quiet():
            unknown.note(f"option {key}")
    return Options(
        character_limit=options.at("characterLimit").whole(),
        max_life=options.at("maxLifePoint").whole(1),
        initial_cost=options.at("initialCost").whole(),
        max_cost=options.get("maxCost", 99).whole(),
        cost_increase_time=options.at("costIncreaseTime").least(0.0),
        move_multiplier=options.get("moveMultiplier", 0.5).least(0.0),
    )


def _read_view(data: Place, width: int) -> View:
    """The camera's two places, from our own key "view" or by the width of the map."""
    if data.get("view").value is None:
        return NARROW_VIEW if width < WIDE_FROM else WIDE_VIEW
    places = [tuple(number.number() for number in place.each()) for place in data.at("view").each()]
    if len(places) != 2 or any(len(place) != 3 for place in places):
        raise data.at("view").error("is not two places of x, y, z", "take the view of a real map of the same size")
    (ax, ay, az), (bx, by, bz) = places
    return (ax, ay, az), (bx, by, bz)


class _Roster:
    """The enemies of a level: which entry of `enemyDbRefs` each id is, and with which numbers."""

    def __init__(self, data: Place, unknown: _Unknown) -> None:
        self.enemies: list[Enemy] = []
        self.unknown = unknown
        self._refs = {ref.at("id").text(): ref for ref in data.at("enemyDbRefs").each()}
        self._indexes: dict[tuple[str, bool], int] = {}

    def index(self, key: str, *, flying: bool) -> int:
        """The place in `enemies` of the enemy with this id."""
        if (key, flying) not in self._indexes:
            self._indexes[key, flying] = len(self.enemies)
            self.enemies.append(self._enemy(key, flying=flying))
        return self._indexes[key, flying]

    def _enemy(self, key: str, *, flying: bool) -> Enemy:
        """An enemy's numbers: our table's, or a stand-in's, and over them what the level overwrites."""
        ref = self._refs.get(key)
        known = enemies_by_id().get(key) or load_enemies().get(key)
        overwritten = ref.get("overwrittenData") if ref else None
        defined = _defined(overwritten) if overwritten and overwritten.value is not None else {}
        if known is None and ("max_health" not in defined or (ref and ref.get("useDb", default=True).value)):
            self.unknown.note(f"enemy {key}")
        if ref and ref.get("level", 0).whole():
            self.unknown.note(f"enemy {key} level {ref.get('level').whole()}")
        base = known or msgspec.structs.replace(load_enemies()[STAND_IN_FLYING if flying else STAND_IN], ids=(key,))
        return msgspec.structs.replace(base, **{**defined, "flying": flying})


def _defined(data: Place) -> dict[str, Any]:
    """The fields of `overwrittenData` that are defined, under our names."""
    found: dict[str, Any] = {}
    attributes = data.get("attributes", {})
    for key, name in (("maxHp", "max_health"), ("atk", "attack"), ("def", "defense"), ("magicResistance", "resistance"),
                      ("moveSpeed", "speed"), ("baseAttackTime", "attack_interval")):  # fmt: skip
        if attributes.get(key).get("m_defined", default=False).value:
            found[name] = attributes.get(key).at("m_value").least(0.0)
    if attributes.get("attackSpeed").get("m_defined", default=False).value and "attack_interval" in found:
        found["attack_interval"] *= 100.0 / max(attributes.get("attackSpeed").at("m_value").least(0.0), 1.0)
    if data.get("lifePointReduce").get("m_defined", default=False).value:
        found["life_cost"] = data.get("lifePointReduce").at("m_value").whole()
    if data.get("rangeRadius").get("m_defined", default=False).value:
        found["range"] = max(data.get("rangeRadius").at("m_value").number(), 0.0)
    if data.get("notCountInTotal").get("m_defined", default=False).value:
        found["counts"] = not data.get("notCountInTotal").at("m_value").value
    return found


class _Waves:
    """The level's waves as fragments and spawns in one row."""

    def __init__(self, data: Place, roster: _Roster, unknown: _Unknown) -> None:
        self.fragments: list[Fragment] = []
        self.spawns: list[Spawn] = []
        self._routes = list(data.at("routes").each())
        self._roster = roster
        self._unknown = unknown
        self._groups: dict[str, str] = {}
        self._time = 0.0
        self._pause, self._patience = 0.0, -1.0
        for number, wave in enumerate(data.at("waves").each()):
            self._wave(number, wave)
        if not self.spawns:
            raise data.at("waves").error("brings no enemy", "add a SPAWN action; a stage without enemies is no stage")

    def _wave(self, number: int, wave: Place) -> None:
        """One wave: its delay goes to its first fragment, together with what the wave before leaves to wait."""
        pause = self._pause + wave.get("preDelay", 0.0).least(0.0)
        patience = self._patience
        for fragment in wave.at("fragments").each():
            self._fragment(number, fragment, pause, patience)
            pause, patience = 0.0, -1.0
        self._pause = pause + wave.get("postDelay", 0.0).least(0.0)
        self._patience = wave.get("maxTimeWaitingForNextWave", -1.0).number()

    def _fragment(self, wave: int, fragment: Place, pause: float, patience: float) -> None:
        """One fragment. It is done when its last action has happened."""
        delay = pause + fragment.get("preDelay", 0.0).least(0.0)
        self._time += delay
        length = 0.0
        for action in fragment.at("actions").each():
            length = max(length, self._action(action))
        self.fragments.append(Fragment(wave, delay, length, patience))
        self._time += length

    def _action(self, action: Place) -> float:
        """One action; says how many seconds after the fragment's start it is over."""
        kind = action.at("actionType").enum(level.ACTIONS)
        delay = action.get("preDelay", 0.0).least(0.0)
        count, interval = action.get("count", 1).whole(), action.get("interval", 0.0).least(0.0)
        if kind != "SPAWN":
            if kind not in level.SHOWN_ONLY:
                self._unknown.note(f"action {kind}")
            return delay
        if not self._comes(action) or not count:
            return 0.0
        self._spawn(action, [delay + k * interval for k in range(count)])
        return delay + (count - 1) * interval

    def _comes(self, action: Place) -> bool:
        """Whether a spawn happens here. Hidden groups never do; of a random group, the first member does."""
        for key in ("hiddenGroup", "randomSpawnGroupKey"):
            if not action.get(key).quiet():
                self._unknown.note(f"{key} {action.get(key).text()}")
        group = action.get("randomSpawnGroupKey")
        first = group.quiet() or self._groups.setdefault(group.text(), action.where) == action.where
        return first and action.get("hiddenGroup").quiet()

    def _spawn(self, action: Place, offsets: list[float]) -> None:
        """One spawn for each of these seconds after the fragment's start."""
        route = action.at("routeIndex").whole()
        if route >= len(self._routes):
            problem = f"names route {route}"
            raise action.at("routeIndex").error(problem, f"the level has routes 0 to {len(self._routes) - 1}")
        motion = self._routes[route]
        flying = motion.value is not None and motion.at("motionMode").enum(level.MOTIONS) == "FLY"
        enemy = self._roster.index(action.at("key").text(), flying=flying)
        spread = motion.get("spawnRandomRange", {})
        for offset in offsets:
            self.spawns.append(
                Spawn(
                    time=self._time + offset,
                    enemy=enemy,
                    route=route,
                    fragment=len(self.fragments),
                    offset=offset,
                    spread=(spread.get("y", 0.0).number(), spread.get("x", 0.0).number()),
                    counts=self._roster.enemies[enemy].counts,
                    harmless=bool(action.get("isUnharmfulAndAlwaysCountAsKilled", default=False).value),
                    holds_fragment=bool(action.get("blockFragment", default=False).value),
                )
            )


def _read_routes(data: Place, ground: _Ground, used: set[int], unknown: _Unknown) -> tuple[Route | None, ...]:
    """The routes that enemies take; the others may be placeholders and are not looked at."""
    return tuple(
        _read_route(route, ground, unknown) if index in used else None
        for index, route in enumerate(data.at("routes").each())
    )


def _read_route(route: Place, ground: _Ground, unknown: _Unknown) -> Route:
    """One route with its way found. Offsets are written with rows growing upwards, like all rows of the format."""
    motion = route.at("motionMode").enum(level.MOTIONS) if route.value is not None else "null"
    if motion not in ("WALK", "FLY"):
        raise route.error(f"is a placeholder ({motion}), but enemies take it", "give it motionMode WALK or FLY")
    way = _Way(route, ground, flying=motion == "FLY")
    for checkpoint in route.get("checkpoints", []).each():
        kind = checkpoint.at("type").enum(level.CHECKPOINTS)
        if kind in ("MOVE", "PATROL_MOVE"):
            way.move(checkpoint.at("position"), checkpoint.get("reachOffset", {}))
        elif kind == "APPEAR_AT_POS":
            way.appear(checkpoint.at("position"))
        elif kind in NODES:
            way.nodes.append(Node(NODES[kind], seconds=checkpoint.get("time", 0.0).least(0.0)))
        if kind != "MOVE" and kind not in NODES:
            unknown.note(f"checkpoint {kind}")
    way.move(route.at("endPosition"), Place(route.file, route.where, {}))
    offset = route.get("spawnOffset", {})
    row, col = ground.tile(route.at("startPosition"))
    row_offset, col_offset = -offset.get("y", 0.0).number(), offset.get("x", 0.0).number()
    return Route(way.flying, row + row_offset, col + col_offset, tuple(way.nodes), tuple(dict.fromkeys(way.tiles)))


class _Way:
    """A route while its way is being found, from its start on."""

    def __init__(self, route: Place, ground: _Ground, *, flying: bool) -> None:
        self.nodes: list[Node] = []
        self.tiles: list[Tile] = []
        self.flying = flying
        self._ground = ground
        self._diagonal = bool(route.get("allowDiagonalMove", default=True).value)
        self._here = ground.tile(route.at("startPosition"))

    def move(self, position: Place, offset: Place) -> None:
        """Go to a place: fliers straight, walkers over the tiles of the shortest path."""
        goal = self._ground.tile(position)
        row, col = goal[0] - offset.get("y", 0.0).number(), goal[1] + offset.get("x", 0.0).number()
        if not self.flying:
            path = shortest_path(self._ground.walkable, self._here, goal, diagonal=self._diagonal)
            if not path:
                bottom = self._ground.height - 1
                raise position.error(
                    f"cannot be reached on foot from row {bottom - self._here[0]}, col {self._here[1]}",
                    "make the tiles between passable or move the point (rows count from the bottom)",
                )
            self.nodes += [Node(MOVE, float(there), float(across)) for there, across in path[1:-1]]
            self.tiles += path
        self.nodes.append(Node(MOVE, row, col))
        self._here = goal

    def appear(self, position: Place) -> None:
        """Come out of hiding at a place."""
        self._here = self._ground.tile(position)
        self.nodes.append(Node(APPEAR, float(self._here[0]), float(self._here[1])))


def _note_the_rest(data: Place, unknown: _Unknown) -> None:
    """Parts of the format that change a battle and have no rule here. Runes of challenge mode are not ours to play."""
    for name in _predefined(data):
        unknown.note(f"predefined {name}")
    for rune in data.get("runes", []).each():
        if rune.get("difficultyMask", "ALL").value not in ("FOUR_STAR", "NONE", 2):
            unknown.note(f"rune {rune.at('key').text()}")
    for key in ("globalBuffs", "branches", "extraRoutes", "optionalRunes"):
        if not data.get(key).quiet():
            unknown.note(key)
    if not data.at("mapData").get("blockEdges").quiet():
        unknown.note("blockEdges")


def _predefined(data: Place) -> Iterator[str]:
    """The units that the level itself puts on the field or in the hand."""
    for group in ("characterInsts", "tokenInsts", "characterCards", "tokenCards"):
        for unit in data.get("predefines", {}).get(group, []).each():
            yield unit.get("inst", {}).get("characterKey", "without a name").text()
