"""A stage: its map, its routes, and who comes when, read from the game's public level format.

What the format says and we have no rule for is not skipped: it stands by name, once, in `Stage.unknown`, and everything
around it is played as well as it can be. A file that cannot be played at all gives one StageError. The parts of the
format have their own modules: `level` (grammar), `ground`, `routes`, `roster` (enemies), `waves`, `runes`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from game.characters.catalogue import Enemy
from game.errors import StageError
from game.levels import reader as level
from game.levels.enemies import Roster
from game.levels.map import Mask, read_ground
from game.levels.pathfinding import Tile
from game.levels.reader import Options, Place, Unknown
from game.levels.routes import APPEAR, HIDE, MOVE, WAIT, WAIT_BATTLE, WAIT_FRAGMENT, WAIT_WAVE, Node, Route, read_routes
from game.levels.runes import SquadRule, changed_options, read_runes, shown_groups, squad_rules
from game.levels.waves import Fragment, Spawn, Waves, chosen, with_offspring

__all__ = [
    "APPEAR", "HIDE", "MOVE", "WAIT", "WAIT_BATTLE", "WAIT_FRAGMENT", "WAIT_WAVE", "Fragment", "Node", "Options",
    "Route", "Spawn", "Stage", "chosen", "describe", "load_stage", "shipped_stages",
    "stage_of",
]  # fmt: skip

View = tuple[tuple[float, float, float], tuple[float, float, float]]

NARROW_VIEW: View = ((0.0, -4.81, -7.76), (0.5975098586953793, -5.31, -8.642108163374733))
WIDE_VIEW: View = ((0.0, -5.08, -8.04), (0.6461313484421196, -5.58, -8.917854334218152))
WIDE_FROM = 11
"""Levels say nothing of the camera. Without a key "view" a map narrower than WIDE_FROM columns is seen as the real game
shows its small maps (stage 0-1), any other as it shows its wide ones (stage 1-4, though not 1-7 of the same size)."""


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
    """The counter's right number; with random groups that of the battle of seed 0."""
    paths: tuple[tuple[Tile, ...], ...]
    """The tiles walked, one entry for each different way over the ground."""
    squad_rules: tuple[SquadRule, ...]
    """What the level's runes change about operators."""
    unknown: tuple[str, ...]
    lesson: str = ""
    """What a stage of ours teaches, in a sentence: our own key "lesson"."""


def shipped_stages() -> tuple[str, ...]:
    """The names of the stages that come with the project, from easy to hard."""
    return tuple(name for _, name in sorted(_shipped_codes().items(), key=lambda one: _in_order(one[0])))


def load_stage(source: str | Path, *, challenge: bool = False) -> Stage:
    """The stage of a shipped name or of a level file, for challenge mode with the runes of that mode.

    Raises StageError, in one line, where it cannot be played.
    """
    names = _shipped_codes().values()
    if str(source) in names:
        return _stage(level.read_level(_shipped_path(str(source))), str(source), challenge=challenge)
    path = Path(source)
    if not path.exists() and path.suffix != ".json":
        raise StageError(f"{source}: there is no such stage; give a level file or one of {', '.join(sorted(names))}")
    return _stage(level.read_level(path), path.stem, challenge=challenge)


def stage_of(data: Mapping[str, Any], name: str) -> Stage:
    """The stage of a level that is in no file. Raises StageError as `load_stage` does."""
    return _stage(Place(name, "", data), name, challenge=False)


def describe(stage: Stage) -> dict[str, Any]:
    """A stage in plain data, for `holdfast stage`: size, options, enemies with counts, routes, kinds without a rule.

    Of random groups those are counted that come in the battle of seed 0.
    """
    come = [spawn for spawn, comes in zip(stage.spawns, chosen(stage.spawns, 0), strict=True) if comes]
    counts = Counter(stage.enemies[spawn.enemy].name for spawn in come)
    used = Counter(spawn.route for spawn in stage.spawns)
    return {
        "name": stage.name,
        "code": stage.code,
        "lesson": stage.lesson,
        "height": stage.height,
        "width": stage.width,
        "options": stage.options._asdict(),
        "enemies": dict(sorted(counts.items())),
        "total": stage.total,
        "last_spawn": round(max((spawn.time for spawn in stage.spawns), default=0.0), 2),
        "routes": [_described(stage, index, used[index]) for index in sorted(used)],
        "squad_rules": [rule._asdict() for rule in stage.squad_rules],
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
    folder = resources.files("game.levels").joinpath("stages")
    names = [entry.name.removesuffix(".json") for entry in folder.iterdir() if entry.name.endswith(".json")]
    return {_text(level.read_level(_shipped_path(name)).get("code"), name): name for name in names}


def _in_order(code: str) -> list[tuple[int, str]]:
    """A code's parts, so that HF-2 comes before HF-10."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", code)]


def _shipped_path(name: str) -> Path:
    """Where a shipped stage's level file lies."""
    return Path(str(resources.files("game.levels").joinpath("stages", f"{name}.json")))


def _stage(data: Place, name: str, *, challenge: bool) -> Stage:
    """A stage from the whole of its level file."""
    unknown = Unknown()
    runes = read_runes(data, unknown, challenge=challenge)
    ground = read_ground(data, runes, unknown, challenge=challenge)
    options = changed_options(_read_options(data.at("options"), unknown), runes)
    roster = Roster(data, runes, unknown)
    waves = Waves(data, roster, shown_groups(runes), unknown)
    routes = read_routes(data, ground, {spawn.route for spawn in waves.spawns}, unknown)
    _note_the_rest(data, unknown)
    spawns = with_offspring(waves.spawns, roster)
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
        total=sum(spawn.counts for spawn, comes in zip(spawns, chosen(spawns, 0), strict=True) if comes),
        paths=tuple(walked),
        squad_rules=squad_rules(runes),
        unknown=tuple(unknown.names),
        lesson=_text(data.get("lesson"), ""),
    )


def _text(place: Place, default: str) -> str:
    """A text, or a default where there is none."""
    return default if place.value is None else place.text()


def _code(name: str) -> str:
    """The code players know a public level by: level_main_01-07 is 1-7."""
    match = re.search(r"(\d+)-(\d+)$", name)
    return f"{int(match[1])}-{int(match[2])}" if match else name


def _read_options(options: Place, unknown: Unknown) -> Options:
    """The stage's own rules; the four that change every battle must be there."""
    for key in options.value if isinstance(options.value, dict) else ():
        if key not in level.OPTIONS and not options.get(key).quiet():
            unknown.note(f"option {key}")
    return Options(
        character_limit=options.at("characterLimit").whole(),
        max_life=max(options.at("maxLifePoint").whole(), 1),
        initial_cost=options.at("initialCost").whole(),
        max_cost=options.get("maxCost", 99).whole(),
        cost_increase_time=options.at("costIncreaseTime").least(0.0),
        move_multiplier=options.get("moveMultiplier", 0.5).least(0.0),
        time_limit=max(options.get("maxPlayTime", -1.0).number(), 0.0),
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


def _note_the_rest(data: Place, unknown: Unknown) -> None:
    """Parts of the format that change a battle and have no rule here."""
    for buff in data.get("globalBuffs", []).each():
        unknown.note(f"globalBuff {_text(buff.get('prefabKey'), 'without a name')}")
    for key in ("branches", "optionalRunes"):
        if not data.get(key).quiet():
            unknown.note(key)
