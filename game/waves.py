"""Who comes when: the level's waves as fragments and spawns in one row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from game import level
from game.level import Place, Unknown
from game.roster import Roster
from game.routes import is_flown, is_placeholder


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
    group: str = ""
    """Of the spawns of one fragment with the same group, those of one pack come; see `chosen`."""
    pack: str = ""
    weight: int = 0
    holds_wave: bool = True
    """The next wave waits for it to be gone."""


def chosen(spawns: Sequence[Spawn], seed: int) -> tuple[bool, ...]:
    """Which of the spawns come in the battle of this seed: of each random group one pack, by weight.

    A spawn with a pack and no group comes with that pack. Whoever splits off comes where its parent does.
    """
    if not any(spawn.group for spawn in spawns):
        return (True,) * len(spawns)
    chance = np.random.default_rng((seed, 1))
    packs: dict[tuple[int, str], dict[str, int]] = {}
    for spawn in spawns:
        if spawn.group and spawn.parent < 0:
            packs.setdefault((spawn.fragment, spawn.group), {}).setdefault(spawn.pack, spawn.weight)
    coming = {(fragment, _pick(weights, chance)) for (fragment, _), weights in packs.items()}
    choosable = {(fragment, pack) for (fragment, _), weights in packs.items() for pack in weights}
    found: list[bool] = []
    for spawn in spawns:
        mine = (spawn.fragment, spawn.pack)
        found.append(found[spawn.parent] if spawn.parent >= 0 else mine in coming or mine not in choosable)
    return tuple(found)


def _pick(weights: dict[str, int], chance: np.random.Generator) -> str:
    """One name by weight; all alike where nobody has any."""
    heavy = np.array(list(weights.values()), np.float64)
    shares = heavy / heavy.sum() if heavy.sum() > 0 else np.full(len(heavy), 1.0 / len(heavy))
    return list(weights)[int(chance.choice(len(heavy), p=shares))]


class Waves:
    """The level's waves, read in order. `fragments` and `spawns` are what comes of it."""

    def __init__(self, data: Place, roster: Roster, groups: frozenset[str], unknown: Unknown) -> None:
        self.fragments: list[Fragment] = []
        self.spawns: list[Spawn] = []
        self._routes = list(data.at("routes").each())
        self._roster = roster
        self._shown_groups = groups
        self._unknown = unknown
        self._time = 0.0
        for number, wave in enumerate(data.at("waves").each()):
            self._wave(number, wave, -1.0 if number == 0 else self._patience)
        if not self.spawns:
            raise data.at("waves").error("brings no enemy", "add a SPAWN action; a stage without enemies is no stage")
        self.spawns.sort(key=lambda spawn: (spawn.fragment, spawn.offset))

    def _wave(self, number: int, wave: Place, patience: float) -> None:
        """One wave. What it waits after its last fragment belongs to that fragment's length.

        Where the first fragment comes late, an empty one stands before it, because the wave's clock runs meanwhile.
        """
        if wave.get("advancedWaveTag").value:
            self._unknown.note(f"advancedWaveTag {wave.get('advancedWaveTag').text()}")
        before = wave.get("preDelay", 0.0).least(0.0)
        parts = list(wave.get("fragments", []).each())
        late = bool(parts) and parts[0].get("preDelay", 0.0).least(0.0) > 0.0
        if late or not parts:
            self._add(Fragment(number, before, 0.0, patience))
            before, patience = 0.0, -1.0
        for part in parts:
            delay = before + part.get("preDelay", 0.0).least(0.0)
            self._time += delay
            length = max([0.0, *(self._action(action) for action in part.get("actions", []).each())])
            self._time -= delay
            self._add(Fragment(number, delay, length, patience))
            before, patience = 0.0, -1.0
        after = wave.get("postDelay", 0.0).least(0.0)
        self.fragments[-1] = self.fragments[-1]._replace(length=self.fragments[-1].length + after)
        self._time += after
        self._patience = wave.get("maxTimeWaitingForNextWave", -1.0).number()

    def _add(self, fragment: Fragment) -> None:
        """Append a fragment; the earliest time of what follows is after it."""
        self.fragments.append(fragment)
        self._time += fragment.delay + fragment.length

    def _action(self, action: Place) -> float:
        """One action; says how many seconds after the fragment's start it is over."""
        kind = action.at("actionType").enum(level.ACTIONS)
        delay = action.get("preDelay", 0.0).least(0.0)
        count, interval = action.get("count", 1).whole(), action.get("interval", 0.0).least(0.0)
        if not self._comes(action):
            return 0.0
        if kind == "SPAWN" and action.get("key").value:
            self._spawn(action, [delay + k * interval for k in range(count)])
        elif kind not in ("SPAWN", *level.SHOWN_ONLY):
            self._unknown.note(f"action {kind}")
        return delay + max(count - 1, 0) * interval

    def _comes(self, action: Place) -> bool:
        """Whether an action may happen at all: not if it is of a group that stays hidden in this mode."""
        for key in ("randomSpawnGroupKey", "randomSpawnGroupPackKey"):
            if not action.get(key).quiet() and not isinstance(action.get(key).value, str):
                raise action.get(key).error("is no text", "name the group")
        if not action.get("refreshType", "ALWAYS").quiet() and action.get("refreshType", "ALWAYS").value != "ALWAYS":
            self._unknown.note(f"refreshType {action.get('refreshType').value}")
        if not action.get("managedByScheduler", default=True).value:
            self._unknown.note("managedByScheduler false")
        hidden = action.get("hiddenGroup")
        if hidden.quiet() or hidden.text() in self._shown_groups:
            return True
        self._unknown.note(f"hiddenGroup {hidden.text()}")
        return False

    def _spawn(self, action: Place, offsets: list[float]) -> None:
        """One spawn for each of these seconds after the fragment's start; none on a route that is a placeholder."""
        route = action.at("routeIndex").whole()
        if route >= len(self._routes):
            problem = f"names route {route}"
            raise action.at("routeIndex").error(problem, f"the level has routes 0 to {len(self._routes) - 1}")
        motion = self._routes[route]
        if is_placeholder(motion):
            self._unknown.note(f"route {route}, a placeholder")
            return
        enemy = self._roster.index(action.at("key").text(), flying=is_flown(motion))
        spread = motion.get("spawnRandomRange", {})
        group, pack = (action.get(key).value or "" for key in ("randomSpawnGroupKey", "randomSpawnGroupPackKey"))
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
                    group=group,
                    # An action of a group without a pack is a pack of its own.
                    pack=pack or (action.where if group else ""),
                    weight=action.get("weight", 0).whole(),
                    holds_wave=not action.get("dontBlockWave", default=False).value,
                )
            )


def with_offspring(spawns: Sequence[Spawn], roster: Roster) -> tuple[Spawn, ...]:
    """The spawns, and after them those that appear where one of them dies."""
    found = list(spawns)
    for parent, spawn in enumerate(spawns):
        kind = roster.enemies[spawn.enemy]
        for _ in range(kind.splits if kind.splits_into else 0):
            child = roster.index(kind.splits_into, flying=kind.flying)
            counts = roster.enemies[child].counts
            found.append(spawn._replace(enemy=child, counts=counts, holds_fragment=False, parent=parent))
    return tuple(found)
