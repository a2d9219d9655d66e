"""What a player would see of a battle's effects: states of units, shields, where effects work, links, enemies that lie.

Read for the picture alone from the battle's records. A `BattleView` has none of it, so no policy plays by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple, get_args

import numpy as np

from game.actions import turned
from game.simulator import effect_records as codes
from game.simulator import options
from game.simulator.battle import Battle
from game.simulator.effect_records import ADD, FACTOR, EffectRow
from game.simulator.enemy_tables import kinds_of
from game.simulator.records import PRESENT, TICKS, Flags, Floats

State = Literal[
    "stunned", "frozen", "cold", "asleep", "bound", "slowed", "silenced", "disarmed", "linked", "hidden", "undying",
    "dodging", "weaker", "stronger", "mined",
]  # fmt: skip
"""States of units, in the order in which they are drawn. bound: it does not move. mined: a bomb will go off. weaker,
stronger: effects have changed its numbers for the worse or the better (`GAINS`), or it loses health all the time; what
is faster, and an enemy that has turned to its second form, is stronger too.
"""
STATES: tuple[State, ...] = get_args(State)
GAINS = (codes.ATTACK, codes.DEFENSE, codes.RESISTANCE, codes.ATTACK_SPEED, codes.BLOCK)
"""Numbers of which more is better."""
HITS = (codes.HIT_PHYSICAL, codes.HIT_ARTS, codes.HIT_MELEE)
"""Chances that an attack hits."""
TAKEN = (codes.PHYSICAL_TAKEN, codes.ARTS_TAKEN, codes.TRUE_TAKEN)
LOSSES = (codes.BURN, codes.BLEED, codes.DRAIN)
"""Health that is lost all the time."""
ELEMENTS = ("neural", "corrosion", "burning", "necrosis")
"""Fields of `UnitState` with the points of each elemental injury."""

Place = tuple[float, float]
"""A (row, column); fractions lie between tile centres."""


class UnitMarks(NamedTuple):
    """What is drawn at a unit because of effects."""

    states: tuple[State, ...] = ()
    shield: float = 0.0
    """What its shield still absorbs, as a fraction of its full health."""
    wards: int = 0
    """Layers, each of which takes one blow."""
    injury: float = 0.0
    """How far the worst elemental injury has gone, 0 to 1; after a burst, what is left of the time of that."""
    element: str = ""
    """Whose injury it is, of ELEMENTS; "" after a burst, and where there is none."""
    skill_left: float = 0.0
    """What is left of the active skill's duration, 0 to 1."""


UNMARKED = UnitMarks()


class WorkingArea(NamedTuple):
    """A circle in which effects work: `radius` in tiles."""

    centre: Place
    radius: float
    hostile: bool
    """It is an enemy's."""


class LyingEnemy(NamedTuple):
    """An enemy after its first death, until it rises."""

    kind: str
    place: Place
    waited: float
    """The part of its time that has passed, 0 to 1."""


class FieldMarks(NamedTuple):
    """What is drawn on the field because of effects."""

    operators: Mapping[int, UnitMarks]
    """By slot; those without marks are left out. Enemies by number."""
    enemies: Mapping[int, UnitMarks]
    areas: tuple[WorkingArea, ...]
    ranges: tuple[Flags, ...]
    """bool[tiles]: the tiles that each active skill works on whose effects are for all in its operator's range."""
    lying: tuple[LyingEnemy, ...]
    links: tuple[tuple[Place, Place], ...]
    """From an enemy to the operator to whom it is linked."""


NO_MARKS = FieldMarks({}, {}, (), (), (), ())


def marks_of(battle: Battle) -> FieldMarks:
    """What is drawn because of effects now."""
    states = _states(battle)
    slots, foe = len(battle.units), battle.records.foe[0]
    present = np.flatnonzero(foe["phase"] == PRESENT).tolist()
    linked = [e for e in present if 0 <= foe["link"][e] < slots]
    return FieldMarks(
        {s: marks for s, marks in _operators(battle, states) if marks != UNMARKED},
        {e: UnitMarks(states[slots + e]) for e in present if slots + e in states},
        tuple(_areas(battle)),
        tuple(_ranges(battle)),
        tuple(_lying(battle)),
        tuple((place_of(battle, slots + e), place_of(battle, int(foe["link"][e]))) for e in linked),
    )


def place_of(battle: Battle, f: int) -> Place:
    """Where a fighter is: an operator by its slot, or an enemy by its number after the slots."""
    slots = len(battle.units)
    one = battle.records.unit[0, f] if f < slots else battle.records.foe[0, f - slots]
    return float(one["row"]), float(one["col"])


def effects_by(battle: Battle, f: int) -> Iterator[tuple[int, EffectRow]]:
    """The effects of a fighter, each with its row of `World.effect`."""
    if battle.world.effect.shape[0] > 0:
        for i in range(int(battle.world.effects_from[f]), int(battle.world.effects_from[f + 1])):
            yield i, battle.world.effect[i]


# --- States of units --------------------------------------------------------------------------------------------------


def _states(battle: Battle) -> dict[int, tuple[State, ...]]:
    """The states of all fighters that have any: operators by slot, enemies by their number after the slots."""
    unit, foe, clock = battle.records.unit[0], battle.records.foe[0], battle.ticks
    until = {name: _both(battle, name) > clock for name in ("stunned_until", "frozen_until", "cold_until")}
    no_operator = np.zeros(len(unit), np.bool_)
    found = {
        "frozen": until["frozen_until"],
        "cold": until["cold_until"],
        "slowed": np.concatenate([no_operator, foe["slowed_until"] > clock]),
        "linked": np.concatenate([no_operator, foe["link"] >= 0]),
        "hidden": np.concatenate([no_operator, battle.world.enemy["hides"] & (foe["blocker"] < 0)]),
    }
    stunned = until["stunned_until"] & ~until["frozen_until"]
    stunned[len(unit) :] &= foe["shifted_until"] <= clock
    if battle.world.effect.shape[0] > 0:
        _add_changed(battle.records.modifier[0], found, stunned)
        found["weaker"] |= np.concatenate([unit["worn"] > 0, np.zeros(len(foe), np.bool_)])
        turned_now = (foe["form"] > 0) & (battle.world.enemy["rises_after"] == 0)
        found["stronger"] |= np.concatenate([no_operator, turned_now])
        bombs = battle.world.effect["timer"][battle.world.effect["at_end"].astype(np.bool_)]
        found["mined"] = (battle.records.until[0, bombs, :-1] > clock).any(axis=0)
    found["stunned"] = stunned
    none = np.zeros(len(stunned), np.bool_)
    table = np.array([found.get(name, none) for name in STATES])
    marked: dict[int, tuple[State, ...]] = {}
    for f, state in np.argwhere(table.T).tolist():
        marked[f] = (*marked.get(f, ()), STATES[state])
    return marked


def _add_changed(modifier: Floats, found: dict[str, Flags], stunned: Flags) -> None:
    """Add the states that are changed numbers (`Battles.modifier`); one that sleeps is not listed as stunned."""
    found["asleep"] = stunned & (modifier[:, codes.ASLEEP, ADD] > 0)
    stunned &= ~found["asleep"]
    speed = modifier[:, codes.SPEED, FACTOR]
    found["bound"] = speed <= 0
    found["slowed"] |= (speed > 0) & (speed < 1)
    found["silenced"] = modifier[:, codes.SILENCE, ADD] >= 1
    found["disarmed"] = modifier[:, codes.DISARMED, ADD] > 0
    found["undying"] = modifier[:, codes.UNDYING, ADD] > 0
    revealed = modifier[:, codes.REVEALED, ADD] > 0
    found["hidden"] |= modifier[:, codes.STEALTH, ADD] > 0
    found["hidden"] = (found["hidden"] & ~revealed) | (modifier[:, codes.CAMOUFLAGE, ADD] > 0)
    found["dodging"] = _any_of(modifier[:, HITS, FACTOR] < 1)
    added, factors, taken = modifier[:, GAINS][:, :, :FACTOR], modifier[:, GAINS, FACTOR], modifier[:, TAKEN, FACTOR]
    lost = modifier[:, LOSSES, ADD]
    found["weaker"] = _any_of(added < 0) | _any_of(factors < 1) | _any_of(taken > 1) | _any_of(lost > 0)
    found["stronger"] = _any_of(added > 0) | _any_of(factors > 1) | _any_of(taken < 1) | (speed > 1)


def _any_of(flags: Flags) -> Flags:
    """Of each fighter, whether any of its flags is set."""
    return flags.reshape(len(flags), -1).max(axis=1)  # type: ignore[no-any-return]


def _both(battle: Battle, name: str) -> Any:
    """A field that operators and enemies both have, of all of them."""
    return np.concatenate([battle.records.unit[0][name], battle.records.foe[0][name]])


def _operators(battle: Battle, states: Mapping[int, tuple[State, ...]]) -> Iterator[tuple[int, UnitMarks]]:
    """The marks of each operator on the field, with its slot."""
    unit, clock = battle.records.unit[0], battle.ticks
    standing = np.flatnonzero(unit["tile"] >= 0)
    injuries = np.array([unit[name][standing] for name in ELEMENTS]) / options.BURST
    burst = np.maximum(unit["uninjured_until"][standing] - clock, 0) / TICKS
    burst /= np.where(unit["rots_until"][standing] > clock, options.ROT_SECONDS, options.BURST_SECONDS)
    told = zip(
        standing.tolist(),
        (unit["shield"][standing] / battle.world.stance["max_health"][0, standing]).tolist(),
        unit["wards"][standing].tolist(),
        injuries.max(axis=0).tolist(),
        injuries.argmax(axis=0).tolist(),
        np.minimum(burst, 1.0).tolist(),
        (unit["skill_ticks"] / np.maximum(battle.world.deployable["duration"], 1))[standing].tolist(),
        strict=True,
    )
    for s, shield, wards, injury, element, rest, skill in told:
        gauge = (rest, "") if rest > 0 else (injury, ELEMENTS[element] if injury > 0 else "")
        yield s, UnitMarks(states.get(s, ()), shield, wards, *gauge, min(skill, 1.0))


# --- Where effects work -----------------------------------------------------------------------------------------------


def _areas(battle: Battle) -> Iterator[WorkingArea]:
    """The circles in which effects work now: those that are there always, and those that happen again and again."""
    effect, slots = battle.world.effect, len(battle.units)
    if effect.shape[0] == 0:
        return
    lasting = (effect["when"] == codes.ALWAYS) | ((effect["when"] == codes.INTERVAL) & ~effect["waits"])
    around = (effect["reach"] == codes.IN_RADIUS) | (
        (effect["reach"] == codes.IN_OWN_RANGE) & (effect["owner"] >= slots)
    )
    seen = set()
    for i in np.flatnonzero(lasting & around & np.isin(effect["who"], (codes.ALLIES, codes.ENEMIES))).tolist():
        row = effect[i]
        f = int(row.owner)
        if not _works(battle, row):
            continue
        radius, centre = float(row.radius), place_of(battle, f)
        if f >= slots:
            if row.reach == codes.IN_OWN_RANGE:
                radius = float(battle.world.enemy["reach"][f - slots])
            elif row.at_place:
                centre = _centre(battle, int(battle.records.foe[0, f - slots]["place"]))
            else:
                centre = _centre(battle, int(battle.records.foe[0, f - slots]["tile"]))
        elif row.at_place:
            centre = _centre(battle, int(battle.records.unit[0, f]["place"]))
        area = WorkingArea(centre, radius, f >= slots)
        if radius > 0 and area not in seen:
            seen.add(area)
            yield area


def _ranges(battle: Battle) -> Iterator[Flags]:
    """The tiles of the active skills whose effects are for all in their operator's range."""
    effect, slots = battle.world.effect, len(battle.units)
    if effect.shape[0] == 0:
        return
    chosen = (effect["reach"] == codes.IN_OWN_RANGE) & (effect["skill"] == codes.ONLY) & (effect["owner"] < slots)
    chosen &= np.isin(effect["when"], (codes.ALWAYS, codes.INTERVAL))
    owners = {int(effect[i].owner) for i in np.flatnonzero(chosen).tolist() if _works(battle, effect[i])}
    for s in sorted(owners):
        yield battle.records.covers[0, s]


def _works(battle: Battle, row: EffectRow) -> bool:
    """Whether an effect that lasts is there now, as far as a player can tell: its owner stands, its skill is as it has
    to be, silence does not stop it, and its place or time is not over. A place that an enemy has laid outlives it.
    """
    slots, clock, f = len(battle.units), battle.ticks, int(row.owner)
    since = clock - int(battle.records.entered[0, f])
    if (row.after > 0 and since < row.after) or (0 < row.until <= since):
        return False
    if f < slots:
        unit = battle.records.unit[0, f]
        active = bool(unit["skill_ticks"] > 0)
        there = bool(unit["tile"] >= 0) and (row.skill == codes.EITHER or active == (row.skill == codes.ONLY))
        return there and not (row.at_place and unit["place_until"] < clock)
    foe = battle.records.foe[0, f - slots]
    if row.at_place:
        return bool(foe["place_until"] >= clock)
    silent = not row.firm and battle.records.modifier[0, f, codes.SILENCE, ADD] >= 1
    held = row.own_blocked == codes.EITHER or (foe["blocker"] >= 0) == (row.own_blocked == codes.ONLY)
    formed = row.form in (0, foe["form"] + 1)
    return bool(foe["phase"] == PRESENT and not foe["hidden"] and not silent and held and formed)


def _centre(battle: Battle, tile: int) -> Place:
    """The middle of a tile."""
    row, col = divmod(tile, battle.world.width)
    return float(row), float(col)


def _lying(battle: Battle) -> Iterator[LyingEnemy]:
    """The enemies that lie until they rise; a device does not."""
    foe, enemy, slots = battle.records.foe[0], battle.world.enemy, len(battle.units)
    lie = (foe["phase"] == PRESENT) & (foe["lying_until"] > battle.ticks) & (enemy["unit"] < 0)
    for e in np.flatnonzero(lie).tolist():
        left = int(foe["lying_until"][e]) - battle.ticks
        kind = kinds_of(battle.stage)[int(enemy["kind"][e])]
        yield LyingEnemy(kind, place_of(battle, slots + e), 1 - left / max(int(enemy["rises_after"][e]), 1))


def range_of(battle: Battle, slot: int, tile: tuple[int, int], direction: int, *, skilled: bool = False) -> Flags:
    """bool[tiles]: the tiles that an operator covers from a (row, column) in a direction, without or with its skill."""
    world, mode = battle.world, int(skilled)
    found = np.zeros((world.height, world.width), np.bool_)
    for offset in world.ranges[mode, slot, : int(world.stance["range_size"][mode, slot])].tolist():
        down, right = turned(offset, direction)
        row, col = tile[0] + down, tile[1] + right
        if 0 <= row < world.height and 0 <= col < world.width:
            found[row, col] = True
    return found.ravel()
