"""Which enemies come when: the level's waves as one sequence of fragments and one of spawns.

The game sorts the actions of a fragment into a queue by time and takes one entry each tick. So entries of the same
moment follow one tick apart, previews of routes that the game adds itself among them. `docs/rules.md` has the sources.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from game.levels import reader
from game.levels.enemies import EnemyList
from game.levels.friends import FriendList, FriendMove
from game.levels.reader import JsonValue, Unknown
from game.levels.routes import is_flown

TICKS = 30
"""Ticks a second; the queue counts in thousandths of a tick."""
HANDOVER = 2
"""Ticks between the last entry of a fragment and the next fragment."""
PREVIEWS = (-3.0, -2.7)
"""Seconds, relative to a spawn with autoPreviewRoute, at which its route is shown."""
BETWEEN_PREVIEWS = 0.3
"""Seconds between the two entries of a PREVIEW_CURSOR action."""
FRIEND_MOVES = {"ACTIVATE_PREDEFINED": True, "WITHDRAW_PREDEFINED": False}
"""Actions that move a unit of the level, and whether it comes; they are played for operators alone."""
ELSEWHERE = (
    "in modes such as sandbox, duel and auto-chess the enemies come from elsewhere, and those modes are not played; "
    "a level of your own needs a SPAWN action"
)
"""How the error for a level without a spawn explains itself."""


class Fragment(NamedTuple):
    """A part of a wave. It starts `delay` seconds after the one before is done, and takes at least `length` seconds."""

    wave: int
    delay: float
    length: float
    patience: float
    """Of a wave's first fragment: seconds after which it stops waiting for an empty field; negative: no limit."""


class Spawn(NamedTuple):
    """One enemy that will come."""

    time: float
    """The earliest second of the battle; the rules use `fragment` and `offset`."""
    enemy: int
    """Index in the stage's enemies; `route` and `fragment` are indexes in its routes and fragments."""
    route: int
    fragment: int
    offset: float
    """Seconds after the start of the fragment."""
    spread: tuple[float, float]
    """It appears at random within this many (rows, columns) of the route's start."""
    counts: bool
    """The stage's counter counts it."""
    harmless: bool
    """A leak of it costs no life."""
    holds_fragment: bool
    """The fragment is not done before this enemy is gone."""
    parent: int = -1
    """The index of the spawn at whose death it appears; -1 for enemies that come from an entrance."""
    group: str = ""
    """The random group, if any: of a fragment's spawns of one group only those of one pack come; see `chosen`."""
    pack: str = ""
    weight: int = 0
    empty_weight: int = -1
    """The weight with which no enemy of its group comes; -1 if some always come."""
    holds_wave: bool = True
    """The next wave waits until it is gone."""
    friend: int = -1
    """Index in the stage's friends of the unit whose body it is (see `game.levels.companions`); -1 for an enemy."""
    summoned: bool = False
    """It comes whenever its parent summons it, while that lives."""

    @property
    def is_opponent(self) -> bool:
        """Whether it is an enemy that comes by itself or splits off: none that is summoned, and no unit's body."""
        return self.friend < 0 and not self.summoned


EMPTY_PACK = "no enemy"
"""The name of the pack of a random group that has no spawns."""


def chosen(spawns: Sequence[Spawn], seed: int) -> tuple[bool, ...]:
    """Which of the spawns come in the battle of this seed: of each random group one pack, chosen by weight.

    The pack may be empty. A spawn with a pack and no group comes with that pack. Enemies that split off come if their
    parent does.
    """
    if not any(spawn.group for spawn in spawns):
        return (True,) * len(spawns)
    chance = np.random.default_rng((seed, 1))
    packs: dict[tuple[int, str], dict[str, int]] = {}
    for spawn in spawns:
        if spawn.group and spawn.parent < 0:
            empty = {EMPTY_PACK: spawn.empty_weight} if spawn.empty_weight >= 0 else {}
            weights = packs.setdefault((spawn.fragment, spawn.group), empty)
            weights.setdefault(spawn.pack, spawn.weight)
    coming = {(fragment, _pick(weights, chance)) for (fragment, _), weights in packs.items()}
    choosable = {(fragment, pack) for (fragment, _), weights in packs.items() for pack in weights}
    found: list[bool] = []
    for spawn in spawns:
        mine = (spawn.fragment, spawn.pack)
        found.append(found[spawn.parent] if spawn.parent >= 0 else mine in coming or mine not in choosable)
    return tuple(found)


def _pick(weights: dict[str, int], chance: np.random.Generator) -> str:
    """One name by weight; all are equally likely where all weights are 0."""
    heavy = np.array(list(weights.values()), np.float64)
    shares = heavy / heavy.sum() if heavy.sum() > 0 else np.full(len(heavy), 1.0 / len(heavy))
    return list(weights)[int(chance.choice(len(heavy), p=shares))]


class Waves:
    """Reads a level's waves in order into `fragments`, `spawns` and `friend_moves`."""

    def __init__(
        self, data: JsonValue, enemies: EnemyList, groups: frozenset[str], friends: FriendList, unknown: Unknown
    ) -> None:
        self.fragments: list[Fragment] = []
        self.spawns: list[Spawn] = []
        self.friend_moves: list[FriendMove] = []
        routes = list(data.at("routes").each())
        self._extra = len(routes)
        self._routes = [*routes, *data.get("extraRoutes", []).each()]
        self._enemies = enemies
        self._shown_groups = groups
        self._friends = friends
        self._unknown = unknown
        self._time = 0.0
        patience = -1.0
        for number, wave in enumerate(data.at("waves").each()):
            self._wave(number, wave, patience)
            patience = wave.get("maxTimeWaitingForNextWave", -1.0).number()
        if not self.spawns:
            raise data.at("waves").error("bring no enemy", ELSEWHERE)

    def _wave(self, number: int, wave: JsonValue, patience: float) -> None:
        """One wave. Its wait after the last fragment is added to that fragment's length.

        A first fragment with a delay gets an empty fragment before it, because the wave's clock runs meanwhile.
        """
        if wave.get("advancedWaveTag").value:
            self._unknown.note(f"advancedWaveTag {wave.get('advancedWaveTag').text()}")
        # The game notices one tick late that the field is empty.
        before = _seconds(wave, "preDelay") + (1 / TICKS if number else 0.0)
        parts = list(wave.get("fragments", []).each())
        if not parts or _seconds(parts[0], "preDelay") > 0.0:
            self._add(Fragment(number, before, 0.0, patience))
            before, patience = 0.0, -1.0
        for part in parts:
            self._fragment(number, part, before, patience)
            before, patience = HANDOVER / TICKS, -1.0
        after = _seconds(wave, "postDelay")
        self.fragments[-1] = self.fragments[-1]._replace(length=self.fragments[-1].length + after)
        self._time += after

    def _fragment(self, wave: int, part: JsonValue, before: float, patience: float) -> None:
        """One fragment: its queue is processed, one entry each tick, and the fragment is done after the last entry."""
        start = _seconds(part, "preDelay")
        queue = [entry for action in part.get("actions", []).each() for entry in self._entries(action, start)]
        queue.sort(key=lambda entry: entry[0])
        first = len(self.spawns)
        self._time += before + start
        length = 0.0
        for tick, (_, action) in zip(worked_off([time for time, _ in queue]), queue, strict=True):
            length = max(tick / TICKS - start, 0.0)
            if action is not None and self._moves_friend(action):
                self._move_friends(action, length)
            elif action is not None:
                self._spawn(action, length)
        self._time -= before + start
        empty = self._empty_weights(part)
        self.spawns[first:] = [one._replace(empty_weight=empty.get(one.group, -1)) for one in self.spawns[first:]]
        self._add(Fragment(wave, before + start, length, patience))

    def _empty_weights(self, part: JsonValue) -> dict[str, int]:
        """The weights, by random group, of actions that bring no enemy: spawns without a key, devices and others."""
        found: dict[str, int] = {}
        for action in part.get("actions", []).each():
            group = action.get("randomSpawnGroupKey").value
            spawns = action.at("actionType").enum(reader.ACTIONS) == "SPAWN" and action.get("key").value
            if group and not spawns and self._comes(action):
                found[group] = found.get(group, 0) + action.get("weight", 0).whole()
        return found

    def _add(self, fragment: Fragment) -> None:
        """Append a fragment; all that follows comes after it at the earliest."""
        self.fragments.append(fragment)
        self._time += fragment.delay + fragment.length

    def _entries(self, action: JsonValue, start: float) -> list[tuple[int, JsonValue | None]]:
        """An action's entries in the queue: time in thousandths of a tick, and the action if it brings an enemy, or
        moves an operator of the level.
        """
        kind = action.at("actionType").enum(reader.ACTIONS)
        time = start + _seconds(action, "preDelay")
        count = action.get("count", 1).whole()
        interval = _seconds(action, "interval") if count > 1 else 0.0  # of a single spawn it means nothing
        if not self._comes(action):
            return []
        if self._moves_friend(action):
            return [(_thousandths(time), action)]
        if kind not in ("SPAWN", *reader.SHOWN_ONLY):
            self._unknown.note(f"action {kind}")
        if kind == "PREVIEW_CURSOR":
            return [(_thousandths(time), None), (_thousandths(time + BETWEEN_PREVIEWS), None)]
        if kind != "SPAWN":
            return [(_thousandths(time), None)]
        spawn = action if action.get("key").value else None
        step = _thousandths(interval)
        found: list[tuple[int, JsonValue | None]] = [(_thousandths(time) + step * k, spawn) for k in range(count)]
        if action.get("autoPreviewRoute", default=False).value:
            found += [(_thousandths(time + early), None) for early in PREVIEWS]
        if action.get("autoDisplayEnemyInfo", default=False).value:
            found.append((_thousandths(time), None))
        return found

    def _moves_friend(self, action: JsonValue) -> bool:
        """Whether an action lets an operator of the level come or go, and surely happens."""
        kind = action.at("actionType").enum(reader.ACTIONS)
        return (
            kind in FRIEND_MOVES
            and action.get("key").value in self._friends.keys
            and action.get("randomSpawnGroupKey").quiet()
        )

    def _move_friends(self, action: JsonValue, offset: float) -> None:
        """The operators of a name come or go, `offset` seconds after the fragment's start."""
        comes = FRIEND_MOVES[action.at("actionType").enum(reader.ACTIONS)]
        for friend in self._friends.called(action.at("key").text()):
            self.friend_moves.append(FriendMove(friend, comes, len(self.fragments), offset))

    def _comes(self, action: JsonValue) -> bool:
        """Whether an action may happen: not if it belongs to a group that is hidden in this mode."""
        for key in ("randomSpawnGroupKey", "randomSpawnGroupPackKey"):
            if not action.get(key).quiet() and not isinstance(action.get(key).value, str):
                raise action.get(key).error("is not a text", "name the group")
        if not action.get("refreshType", "ALWAYS").quiet() and action.get("refreshType", "ALWAYS").value != "ALWAYS":
            self._unknown.note(f"refreshType {action.get('refreshType').value}")
        if not action.get("managedByScheduler", default=True).value:
            self._unknown.note("managedByScheduler false")
        hidden = action.get("hiddenGroup")
        return bool(hidden.quiet() or hidden.text() in self._shown_groups)

    def _spawn(self, action: JsonValue, offset: float) -> None:
        """One enemy, `offset` seconds after the fragment's start."""
        route = action.at("routeIndex").whole() + (self._extra if action.get("useExtraRoute").value else 0)
        if route >= len(self._routes):
            there = f"routes 0 to {self._extra - 1}" if self._extra else "no routes"
            named = action.at("routeIndex")
            raise named.error(f"names route {named.whole()}", f"the level has {there}")
        motion = self._routes[route]
        enemy = self._enemies.index(action.at("key").text(), flying=is_flown(motion))
        spread = motion.get("spawnRandomRange", {})
        group, pack = (action.get(key).value or "" for key in ("randomSpawnGroupKey", "randomSpawnGroupPackKey"))
        self.spawns.append(
            Spawn(
                time=self._time + offset,
                enemy=enemy,
                route=route,
                fragment=len(self.fragments),
                offset=offset,
                spread=(spread.get("y", 0.0).number(), spread.get("x", 0.0).number()),
                counts=self._enemies.enemies[enemy].counts and not action.get("notCountInTotal").value,
                harmless=bool(action.get("isUnharmfulAndAlwaysCountAsKilled", default=False).value),
                holds_fragment=bool(action.get("blockFragment", default=False).value),
                group=group,
                # An action with a group and no pack is a pack of its own.
                pack=pack or (action.where if group else ""),
                weight=action.get("weight", 0).whole(),
                holds_wave=not action.get("dontBlockWave", default=False).value,
            )
        )


def worked_off(times: Sequence[int]) -> list[int]:
    """The ticks at which the entries of a queue happen; `times` (thousandths of a tick, rising) are when they are due.

    An entry that is due later than the one before waits for the difference, at least one tick; every entry takes one
    tick itself.
    """
    ticks: list[int] = []
    clock, before = 0, 0
    for time in times:
        clock += max(round((time - before) / 1000), 1) if time > before else 0
        ticks.append(clock)
        clock, before = clock + 1, time
    return ticks


def _seconds(place: JsonValue, key: str) -> float:
    """A time in seconds; some real levels write -1 or -5 for 0, as the game reads it."""
    return max(place.get(key, 0.0).number(), 0.0)


def _thousandths(seconds: float) -> int:
    """A time in seconds as thousandths of a tick."""
    return round(seconds * TICKS * 1000)


def with_offspring(spawns: Sequence[Spawn], enemies: EnemyList) -> tuple[Spawn, ...]:
    """The spawns, followed by those of the enemies that they split into, and that they summon."""
    found = list(spawns)
    for parent, spawn in enumerate(found):  # grows meanwhile: offspring may split again
        kind = enemies.enemies[spawn.enemy]
        if spawn.summoned:
            continue
        if kind.second:
            # Only the last death counts.
            found[parent] = spawn._replace(counts=False)
            found.append(spawn._replace(enemy=enemies.second(spawn.enemy), holds_fragment=False, parent=parent))
        for _ in range(kind.splits if kind.splits_into else 0):
            child = enemies.index(kind.splits_into, flying=kind.flying)
            counts = enemies.enemies[child].counts
            found.append(spawn._replace(enemy=child, counts=counts, holds_fragment=False, parent=parent))
        for _ in range(kind.summons_most if kind.summons else 0):
            child = enemies.index(kind.summons, flying=kind.flying)
            found.append(
                spawn._replace(
                    enemy=child, parent=parent, counts=False, holds_fragment=False, holds_wave=False, summoned=True
                )
            )
    return tuple(found)
