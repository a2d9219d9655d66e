"""A stage: its map, its routes, and which enemies come when, read from the game's public level format.

Parts of the format without a rule here are not skipped silently: `Stage.unknown` names each once, and the rest of the
level is played as well as possible. A file that cannot be played at all raises one StageError. The parts of the format
have their own modules: `reader` (JSON values), `map`, `routes`, `enemies`, `friends`, `waves`, `runes`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from game.characters.catalogue import Catalogue
from game.characters.models import Build, Enemy, Operator
from game.errors import NoChallengeError, StageError
from game.levels import reader
from game.levels.companions import with_companions
from game.levels.enemies import EnemyList
from game.levels.friends import Friend, FriendMove, own_squad, read_friends
from game.levels.ground import NO_GROUND, GroundEffects
from game.levels.map import Mask, read_map
from game.levels.pathfinding import Edges, Tile
from game.levels.predefines import DeviceCard, device_cards, has_hard_units, predefined
from game.levels.reader import JsonValue, StageOptions, Unknown
from game.levels.routes import APPEAR, HIDE, MOVE, WAIT, WAIT_BATTLE, WAIT_FRAGMENT, WAIT_WAVE, Node, Route, read_routes
from game.levels.runes import (
    SquadRule,
    changed_options,
    has_challenge_rune,
    has_optional_runes,
    read_runes,
    shown_groups,
    squad_rules,
)
from game.levels.waves import Fragment, Spawn, Waves, chosen, with_offspring

__all__ = [
    "APPEAR", "HIDE", "MOVE", "WAIT", "WAIT_BATTLE", "WAIT_FRAGMENT", "WAIT_WAVE", "Fragment", "Node", "Route", "Spawn",
    "Stage", "StageOptions", "check_squad", "chosen", "describe", "load_stage", "shipped_codes", "shipped_stages",
    "stage_of",
]  # fmt: skip

TRAINING = "isTrainingLevel"
"""The option of levels that are played with the operators they give, as 1-11 and the simulations of one operator are:
the public table of stages says of 1-11 that its squad is fixed."""

CameraView = tuple[tuple[float, float, float], tuple[float, float, float]]
"""The camera's place (x, y, z) in the normal and in the tilted view; see `game.camera`."""

NARROW_VIEW: CameraView = ((0.0, -4.81, -7.76), (0.5975098586953793, -5.31, -8.642108163374733))
WIDE_VIEW: CameraView = ((0.0, -5.08, -8.04), (0.6461313484421196, -5.58, -8.917854334218152))
WIDE_FROM = 11
"""Levels do not describe the camera. Without a key "view", a map narrower than WIDE_FROM columns is seen as the real
game shows its small maps (stage 0-1), any other as it shows stage 1-4. That is a guess: in the real game stage 1-7 has
the size of 1-4, but the camera of 0-1."""


@dataclass(frozen=True, eq=False)
class Stage:
    """A stage that can be played. Masks are bool[height, width], row 0 at the top. Compared and hashed by identity."""

    name: str
    """A shipped stage's name, or the name of the level's file without its ending."""
    code: str
    """The code by which players know it: the level's own key "code", or what a table of stages says
    (`game.gamedata.stages`). Where no table knows the level, its `name`."""
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
    view: CameraView
    options: StageOptions
    routes: tuple[Route | None, ...]
    """By the level's own numbers; None for placeholders and routes that no enemy takes."""
    fragments: tuple[Fragment, ...]
    spawns: tuple[Spawn, ...]
    """In the order in which they appear, by fragment and offset; then the enemies that split off from them, and those
    that they summon, which may come again and again. Some are no enemies: see `comers` and `opponents`.
    """
    enemies: tuple[Enemy, ...]
    """The enemies of this level, with the numbers they have here."""
    kinds: Mapping[str, Enemy]
    """All kinds of enemies of the catalogue, for what is seen on the screen; see `Catalogue.kinds`."""
    total: int
    """The right number of the counter; with random groups, that of the battle of seed 0."""
    paths: tuple[tuple[Tile, ...], ...]
    """The tiles of each different path on foot."""
    squad_rules: tuple[SquadRule, ...]
    """What the level's runes change about operators."""
    unknown: tuple[str, ...]
    """Parts of the level without a rule here."""
    lesson: str = ""
    """What a shipped stage teaches, in a sentence: our own key "lesson"."""
    title: str = ""
    """The name that players read in the game, where a table of stages has it."""
    stand_ins: tuple[str, ...] = ()
    """The ids of enemies whose numbers neither the catalogue nor the level has; they have those of another enemy."""
    friends: tuple[Friend, ...] = ()
    """The operators and devices that the level itself puts on the field."""
    friend_moves: tuple[FriendMove, ...] = ()
    """When they come and go, by fragment and offset."""
    devices: tuple[DeviceCard, ...] = ()
    """The cards of devices that the level gives the player."""
    own_squad: Mapping[str, Build] = field(default_factory=dict)
    """The builds by English name of the operators that a training level gives; only they play it."""
    closed: Edges = frozenset()
    """Edges that cannot be crossed on foot."""
    ground: GroundEffects = NO_GROUND
    """What tiles do to the units on them."""

    @property
    def comers(self) -> tuple[Spawn, ...]:
        """The spawns of all who come on a way, enemies and escorts: without the bodies of devices."""
        return tuple(filter(self.is_comer, self.spawns))

    def is_comer(self, spawn: Spawn) -> bool:
        """Whether one of the stage's spawns comes on a way."""
        return not spawn.summoned and (spawn.friend < 0 or self.friends[spawn.friend].walks)

    @property
    def opponents(self) -> tuple[Spawn, ...]:
        """The spawns of enemies: without the bodies of the player's side, and without those that enemies summon."""
        return tuple(one for one in self.spawns if one.is_opponent)


def shipped_stages() -> tuple[str, ...]:
    """The names of the stages that come with the project, from easy to hard."""
    return tuple(name for _, name in sorted(shipped_codes().items(), key=lambda one: _in_order(one[0])))


def load_stage(source: str | Path, catalogue: Catalogue, *, challenge: bool = False) -> Stage:
    """The stage of a shipped name or of a level file, with enemies of the catalogue.

    `challenge` applies the runes of challenge mode instead of those of the normal mode. Raises StageError, in one line,
    where the level cannot be played, and NoChallengeError, which is one, where it has no challenge mode.
    """
    names = shipped_codes().values()
    if str(source) in names:
        return _stage(reader.read_level(_shipped_path(str(source))), str(source), catalogue, challenge=challenge)
    path = Path(source)
    if path.suffix != ".json" and not path.exists():
        raise StageError(f"{source}: there is no such stage; give a level file or one of {', '.join(sorted(names))}")
    return _stage(reader.read_level(path), path.stem, catalogue, challenge=challenge)


def stage_of(data: Mapping[str, Any], name: str, catalogue: Catalogue) -> Stage:
    """The stage of level data that is not in a file. Raises StageError as `load_stage` does."""
    return _stage(JsonValue(name, "", data), name, catalogue, challenge=False)


def check_squad(stage: Stage, squad: Sequence[Operator]) -> None:
    """Raise StageError where the stage does not allow a squad of this size (rune global_squad_num_limit)."""
    limit = stage.options.squad_limit
    if 0 < limit < len(squad):
        size = len(squad)
        raise StageError(f"{stage.code}: allows a squad of {limit} operators, not {size}; leave out {size - limit}")


def describe(stage: Stage) -> dict[str, Any]:
    """A stage as plain data, for `holdfast stage`: size, options, enemies with counts, routes, parts without a rule.

    Of random groups it counts the enemies that come in the battle of seed 0. Escorts are among the enemies, as the
    stage's counter has them, and also on the field, as those who come later.
    """
    drawn = [spawn for spawn, comes in zip(stage.spawns, chosen(stage.spawns, 0), strict=True) if comes]
    come = [spawn for spawn in drawn if stage.is_comer(spawn)]
    counts = Counter(stage.enemies[spawn.enemy].name for spawn in come)
    used = Counter(spawn.route for spawn in stage.comers)
    return {
        "name": stage.name,
        "code": stage.code,
        "title": stage.title,
        "lesson": stage.lesson,
        "height": stage.height,
        "width": stage.width,
        "options": stage.options._asdict(),
        "enemies": dict(sorted(counts.items())),
        "total": stage.total,
        "last_spawn": round(max((spawn.time for spawn in stage.spawns), default=0.0), 2),
        "routes": [_described(stage, index, used[index]) for index in sorted(used)],
        "devices": {card.device.name: card.copies for card in stage.devices},
        "squad_rules": [rule._asdict() for rule in stage.squad_rules],
        "own_squad": list(stage.own_squad),
        "friends": [_befriended(friend) for friend in stage.friends if not friend.operator.device],
        "on_field": [_befriended(friend) for friend in stage.friends if friend.operator.device and friend.left_by < 0],
        "stand_ins": list(stage.stand_ins),
        "unknown": list(stage.unknown),
    }


def _befriended(friend: Friend) -> dict[str, Any]:
    """An operator or device of the level as plain data; row 0 is the top row."""
    return {"name": friend.operator.name, "tile": list(friend.tile), "comes_later": friend.hidden}


def _described(stage: Stage, index: int, enemies: int) -> dict[str, Any]:
    """One route as plain data; row 0 is the top row."""
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
def shipped_codes() -> dict[str, str]:
    """The names of the shipped stages by their codes, which are numbered from easy to hard."""
    folder = resources.files("game.levels").joinpath("stages")
    names = [entry.name.removesuffix(".json") for entry in folder.iterdir() if entry.name.endswith(".json")]
    return {_text(reader.read_level(_shipped_path(name)).get("code"), name): name for name in names}


def _in_order(code: str) -> list[tuple[int, str]]:
    """A key to sort codes by: HF-2 comes before HF-10."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", code)]


def _shipped_path(name: str) -> Path:
    """The level file of a shipped stage."""
    return Path(str(resources.files("game.levels").joinpath("stages", f"{name}.json")))


def _stage(data: JsonValue, name: str, catalogue: Catalogue, *, challenge: bool) -> Stage:
    """A stage from the whole of its level file."""
    if challenge and not (has_challenge_rune(data) or has_hard_units(data)):
        raise NoChallengeError(f"{data.file}: has no challenge mode: none of its runes is for it; play the normal mode")
    unknown = Unknown()
    runes = read_runes(data, unknown, challenge=challenge)
    given = tuple(predefined(data, runes, challenge=challenge))
    squad = own_squad(given, catalogue) if data.at("options").get(TRAINING, default=False).value else {}
    if squad:
        given = tuple(one for one in given if one.group != "characterCards")
    tile_map = read_map(data, runes, given, catalogue.devices, unknown)
    options = changed_options(_read_options(data.at("options"), unknown, (TRAINING,) if squad else ()), runes)
    enemies = EnemyList(data, runes, catalogue, unknown)
    friends = read_friends(given, tile_map, catalogue, unknown)
    waves = Waves(data, enemies, shown_groups(runes), friends, unknown)
    routes = read_routes(data, tile_map, {spawn.route for spawn in waves.spawns}, unknown)
    _note_the_rest(data, enemies, unknown, challenge=challenge)
    units, spawns, routes = with_companions(friends.friends, waves, enemies, routes)
    spawns = with_offspring(spawns, enemies)
    walked = dict.fromkeys(route.tiles for route in routes if route and not route.flying)
    return Stage(
        name=name,
        code=_text(data.get("code"), name),
        height=tile_map.height,
        width=tile_map.width,
        tile_keys=tile_map.keys,
        high=tile_map.high,
        melee=tile_map.melee,
        ranged=tile_map.ranged,
        walkable=tile_map.walkable,
        flyable=tile_map.flyable,
        entrances=tile_map.found("tile_start", "tile_flystart"),
        exits=tile_map.found("tile_end"),
        view=_read_view(data, tile_map.width),
        options=options,
        routes=routes,
        fragments=tuple(waves.fragments),
        spawns=spawns,
        enemies=tuple(enemies.enemies),
        kinds=dict(catalogue.kinds),
        total=sum(spawn.counts for spawn, comes in zip(spawns, chosen(spawns, 0), strict=True) if comes),
        paths=tuple(walked),
        squad_rules=squad_rules(runes, catalogue),
        unknown=tuple(unknown.names),
        lesson=_text(data.get("lesson"), ""),
        stand_ins=tuple(enemies.stand_ins),
        friends=units,
        friend_moves=tuple(waves.friend_moves),
        devices=device_cards(given, catalogue.devices),
        own_squad=squad,
        closed=tile_map.closed,
        ground=tile_map.ground,
    )


def _text(place: JsonValue, default: str) -> str:
    """The text of a value, or a default for null."""
    return default if place.value is None else place.text()


def _read_options(options: JsonValue, unknown: Unknown, played: Sequence[str]) -> StageOptions:
    """The level's own rules; the four that change every battle must be given. Others are noted but for those played."""
    for key in options.value if isinstance(options.value, dict) else ():
        if key not in (*reader.OPTIONS, *played) and not options.get(key).quiet():
            unknown.note(f"option {key}")
    return StageOptions(
        character_limit=options.at("characterLimit").whole(),
        max_life=max(options.at("maxLifePoint").whole(), 1),
        initial_cost=options.at("initialCost").whole(),
        max_cost=options.get("maxCost", 99).whole(),
        cost_increase_time=options.at("costIncreaseTime").least(0.0),
        move_multiplier=options.get("moveMultiplier", 0.5).least(0.0),
        time_limit=max(options.get("maxPlayTime", -1.0).number(), 0.0),
    )


def _read_view(data: JsonValue, width: int) -> CameraView:
    """The camera's two places, from our own key "view" or by the width of the map in tiles."""
    if data.get("view").value is None:
        return NARROW_VIEW if width < WIDE_FROM else WIDE_VIEW
    places = [tuple(number.number() for number in place.each()) for place in data.at("view").each()]
    if len(places) != 2 or any(len(place) != 3 for place in places):
        raise data.at("view").error("is not two places of x, y, z", "take the view of a real map of the same size")
    (ax, ay, az), (bx, by, bz) = places
    return (ax, ay, az), (bx, by, bz)


def _note_the_rest(data: JsonValue, enemies: EnemyList, unknown: Unknown, *, challenge: bool) -> None:
    """Note parts of the format that change a battle and have no rule here."""
    for buff in data.get("globalBuffs", []).each():
        unknown.note(f"globalBuff {_text(buff.get('prefabKey'), 'without a name')}")
    # Branches are begun by an enemy or a device whose numbers name them, so by none that is played as a whole.
    if not data.get("branches").quiet() and (unknown.names or enemies.stand_ins):
        unknown.note("branches")
    if has_optional_runes(data, challenge=challenge):
        unknown.note("optionalRunes")
