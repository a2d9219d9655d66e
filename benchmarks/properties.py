"""What holds in every battle: thousands of random battles on random stages, each looked through at every turn.

python benchmarks/properties.py [--battles N] [--seed N]

A battle is made from a `Recipe` alone: a wild little level in the public format, a squad of any operators at any build,
and a player who does legal and illegal things. The short version with hypothesis is
tests/game/simulator/test_properties.py.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from game.actions import action_count, coverage, unflatten
from game.characters.builds import operator_of
from game.characters.catalogue import load_catalogue
from game.characters.models import SKILL_LEVELS, Build, Operator
from game.levels.stage import Stage, load_stage, shipped_stages, stage_of
from game.simulator import options
from game.simulator.battle import Battle
from game.simulator.records import PRESENT, TICKS
from planning.generator import DIFFICULTIES, draw

CATALOGUE = load_catalogue()

TILES = {
    ".": ("tile_road", "LOWLAND", "MELEE", "ALL"),
    ",": ("tile_floor", "LOWLAND", "NONE", "ALL"),
    "a": ("tile_road", "LOWLAND", "ALL", "ALL"),
    "^": ("tile_wall", "HIGHLAND", "RANGED", "FLY_ONLY"),
    "A": ("tile_wall", "HIGHLAND", "ALL", "FLY_ONLY"),
    "#": ("tile_forbidden", "HIGHLAND", "NONE", "FLY_ONLY"),
    "o": ("tile_hole", "LOWLAND", "NONE", "FLY_ONLY"),
    "S": ("tile_start", "LOWLAND", "NONE", "ALL"),
    "E": ("tile_end", "LOWLAND", "NONE", "ALL"),
}
FIELDS = ("tileKey", "heightType", "buildableType", "passableMask")
LONGEST = 240
"""Seconds of a battle that are played."""


class Recipe(NamedTuple):
    """All that a random battle is made from; hypothesis makes the sizes small where something breaks."""

    seed: int
    operators: int = 6
    groups: int = 6
    """Groups of enemies, each a SPAWN action."""
    decisions: int = 40
    friends: int = 0
    """The most operators that the level itself puts on the field."""


# --- Making -----------------------------------------------------------------------------------------------------------


def level(chance: np.random.Generator, groups: int) -> dict[str, Any]:
    """A level of one to three lanes from entrances at the left to exits at the right, and whatever may stand beside."""
    height, width = int(chance.integers(3, 8)), int(chance.integers(4, 11))
    lanes = sorted(chance.choice(height, int(chance.integers(1, min(3, height) + 1)), replace=False).tolist())
    rows = [["".join(chance.choice(list(".,a^^A#o"))) for _ in range(width)] for _ in range(height)]
    for lane in lanes:
        rows[lane] = ["S", *chance.choice(list("...,a"), width - 2), "E"]
    marks = list(TILES)
    return {
        "options": {
            "characterLimit": int(chance.integers(1, 9)),
            "maxLifePoint": int(chance.choice([1, 3, 10, 40, 99])),
            "initialCost": int(chance.integers(0, 100)),
            "maxCost": int(chance.choice([99, 99, 20, 50])),
            "costIncreaseTime": float(chance.choice([0.5, 1.0, 3.0, 99999.0])),
            "moveMultiplier": 0.5,
            "maxPlayTime": float(chance.choice([-1.0, -1.0, 25.0])),
        },
        "mapData": {
            "map": [[marks.index(mark) for mark in row] for row in rows],
            "tiles": [dict(zip(FIELDS, TILES[mark], strict=True)) for mark in marks],
        },
        "routes": [_route(chance, height, width, lane, lanes, motion) for motion in ("WALK", "FLY") for lane in lanes],
        "enemyDbRefs": _refs(chance),
        "waves": [_wave(chance, groups, len(lanes)) for _ in range(int(chance.integers(1, 3)))],
    }  # fmt: skip


def _route(
    chance: np.random.Generator, height: int, width: int, lane: int, lanes: list[int], motion: str
) -> dict[str, Any]:
    """Along a lane, or flying from a lane's entrance to any exit; with pauses, and hiding now and then."""
    place = {"row": height - 1 - lane, "col": 0}
    end = {"row": height - 1 - int(chance.choice(lanes)), "col": width - 1}
    checkpoints = []
    for col in sorted(chance.choice(width, int(chance.integers(0, 3)), replace=False).tolist()):
        checkpoints.append({"type": "MOVE", "time": 0.0, "position": {"row": height - 1 - lane, "col": col}})
        if chance.random() < 0.4:
            checkpoints.append({"type": "WAIT_FOR_SECONDS", "time": float(chance.integers(1, 6)), "position": place})
        if chance.random() < 0.2:
            checkpoints.append({"type": "DISAPPEAR", "time": 0.0, "position": place})
            back = {"row": height - 1 - lane, "col": col}
            checkpoints.append({"type": "APPEAR_AT_POS", "time": 0.0, "position": back})
    spread = {"x": 0.0, "y": 0.0} if chance.random() < 0.5 else {"x": 0.2, "y": 0.3}
    return {
        "motionMode": motion,
        "startPosition": place,
        "endPosition": end,
        "spawnRandomRange": spread,
        "checkpoints": checkpoints,
        "allowDiagonalMove": bool(chance.random() < 0.5),
    }


def _wave(chance: np.random.Generator, groups: int, lanes: int) -> dict[str, Any]:
    """One or two fragments of enemies of any kind."""
    fragments = [
        {"preDelay": float(chance.integers(0, 4)), "actions": [_spawn(chance, lanes) for _ in range(groups)]}
        for _ in range(int(chance.integers(1, 3)))
    ]
    patience = float(chance.choice([-1.0, 10.0]))
    return {"preDelay": float(chance.integers(0, 3)), "maxTimeWaitingForNextWave": patience, "fragments": fragments}


def _spawn(chance: np.random.Generator, lanes: int) -> dict[str, Any]:
    """Some enemies of one kind, perhaps of a random group, harmless or holding up what follows."""
    enemies = CATALOGUE.enemies
    lightness = np.array([one.max_health**-0.7 for one in enemies.values()])
    name = str(chance.choice(list(enemies), p=lightness / lightness.sum()))
    return {
        "actionType": "SPAWN",
        "key": name,
        "count": int(chance.integers(1, 4)),
        "preDelay": float(chance.integers(0, 15)),
        "interval": float(chance.choice([0.1, 1.0, 2.5])),
        "routeIndex": int(chance.integers(lanes)) + lanes * enemies[name].flying,
        "blockFragment": bool(chance.random() < 0.1),
        "isUnharmfulAndAlwaysCountAsKilled": bool(chance.random() < 0.1),
        "dontBlockWave": bool(chance.random() < 0.1),
        "randomSpawnGroupKey": str(chance.choice(["", "", "", "one", "two"])),
        "weight": int(chance.integers(0, 4)),
    }


def _refs(chance: np.random.Generator) -> list[dict[str, Any]]:
    """Some enemies that the counter leaves out, or that are changed otherwise."""
    changed: list[dict[str, Any]] = [
        {"notCountInTotal": {"m_defined": True, "m_value": True}},
        {"lifePointReduce": {"m_defined": True, "m_value": int(chance.integers(0, 4))}},
        {"attributes": {"moveSpeed": {"m_defined": True, "m_value": float(chance.choice([0.0, 0.4, 3.0]))}}},
    ]
    names = chance.choice(list(CATALOGUE.enemies), len(changed), replace=False).tolist()
    return [
        {"useDb": True, "id": name, "level": 0, "overwrittenData": what}
        for name, what in zip(names, changed, strict=True)
    ]


def befriend(data: dict[str, Any], chance: np.random.Generator, most: int) -> None:
    """Give a level up to so many operators of its own, anywhere, some of whom come or go while it is fought."""
    height, width = np.shape(data["mapData"]["map"])
    known = [one for one in CATALOGUE.characters.values() if one.id]
    friends = []
    for number in range(int(chance.integers(most + 1))):
        one = known[int(chance.integers(len(known)))]
        friends.append({
            "inst": {"characterKey": one.id, "level": 1, "phase": int(chance.integers(len(one.phases)))},
            "position": {"row": int(chance.integers(height)), "col": int(chance.integers(width))},
            "direction": str(chance.choice(["UP", "RIGHT", "DOWN", "LEFT"])),
            "hidden": bool(chance.random() < 0.5),
            "alias": str(number),
            "skillIndex": int(chance.integers(-1, 1)),
        })  # fmt: skip
        for kind in ("ACTIVATE_PREDEFINED", "WITHDRAW_PREDEFINED"):
            if chance.random() < 0.6:
                wave = data["waves"][int(chance.integers(len(data["waves"])))]
                time = float(chance.integers(0, 20))
                wave["fragments"][0]["actions"].append({"actionType": kind, "key": str(number), "preDelay": time})
    data["predefines"] = {"characterInsts": friends}


def squad(chance: np.random.Generator, operators: int) -> tuple[Operator, ...]:
    """Any operators at any builds, with any of their skills."""
    known = list(CATALOGUE.characters.values())
    found = []
    for number in chance.choice(len(known), operators, replace=False).tolist():
        one = known[number]
        elite = int(chance.integers(len(one.phases)))
        build = Build(
            elite=elite,
            level=int(chance.integers(1, one.phases[elite].levels + 1)),
            skill=int(chance.integers(min(len(one.skills), elite + 1) + 1)),
            skill_level=int(chance.integers(1, SKILL_LEVELS[elite] + 1)),
            trust=int(chance.integers(101)),
            potential=int(chance.integers(1, 7)),
        )
        found.append(operator_of(one, build))
    return tuple(found)


def made(recipe: Recipe) -> tuple[Battle, np.random.Generator]:
    """The battle of a recipe, and the chance that its player goes by."""
    chance = np.random.default_rng(recipe.seed)
    stage = _stage(chance, recipe)
    return Battle(stage, squad(chance, recipe.operators), seed=recipe.seed % 1000), chance


def _stage(chance: np.random.Generator, recipe: Recipe) -> Stage:
    """A wild level mostly, a shipped or a generated one now and then."""
    kind = chance.random()
    if kind < 0.1:
        return load_stage(str(chance.choice(shipped_stages())), CATALOGUE)
    if kind < 0.2:
        return stage_of(draw(recipe.seed, int(chance.choice(DIFFICULTIES)), CATALOGUE), "drawn", CATALOGUE)
    with tempfile.TemporaryDirectory(prefix="holdfast-") as folder:
        file = Path(folder) / "wild.json"
        data = level(chance, recipe.groups)
        befriend(data, np.random.default_rng((recipe.seed, 1)), recipe.friends)
        file.write_text(json.dumps(data), encoding="utf-8")
        return load_stage(file, CATALOGUE)


# --- Looking ----------------------------------------------------------------------------------------------------------


def check(battle: Battle) -> None:
    """All that must hold at any moment. Raises AssertionError."""
    _check_points(battle)
    _check_operators(battle)
    _check_enemies(battle)


def _plain(table: Any) -> list[SimpleNamespace]:
    """Each record's fields as plain numbers: reading many from the records themselves is slow."""
    return [SimpleNamespace(**dict(zip(table.dtype.names, row, strict=True))) for row in table.tolist()]


def _check_points(battle: Battle) -> None:
    """DP within bounds; the counter and life are what the enemies that are gone make them."""
    world, field, view = battle.world, battle._field, battle.view()
    assert 0 <= battle.dp <= min(world.max_cost, 99), f"DP {battle.dp} of at most {world.max_cost}"
    gone = field.foe["gone_at"] >= 0
    leaked = gone & field.foe["leaked"]
    counter = int(world.enemy["counts"][gone].sum())
    assert battle.kills == counter == view.kills, f"the counter says {battle.kills}, gone are {counter}"
    assert battle.kills <= view.total, f"the counter says {battle.kills} of {view.total}"
    # An enemy that leaked with its parent costs nothing by itself.
    own = leaked & ~_with_parent(battle, leaked)
    harmful = own & ~world.enemy["harmless"] & (world.enemy["life_cost"] > 0)
    cost = int(world.enemy["life_cost"][harmful].sum())
    assert view.life == max(world.max_life - cost, 0), f"life {view.life} of {world.max_life} after leaks of {cost}"
    assert battle.leaks == int(harmful.sum()), f"{battle.leaks} leaks, gone so {int(harmful.sum())}"


def _with_parent(battle: Battle, leaked: Any) -> Any:
    """The enemies whose parent leaked."""
    parents = battle.world.enemy["parent"]
    return (parents >= 0) & leaked[parents]


def _check_operators(battle: Battle) -> None:
    """Every operator stands alone where it may, blocks what it can, and has health, SP and a shield within bounds."""
    world, field = battle.world, battle._field
    standing = np.flatnonzero(field.unit["tile"] >= 0).tolist()
    taken = int(world.deployable["takes_slot"][standing].sum())
    assert len(standing) == field.battle[0].deployed, "an operator was not counted"
    assert taken == field.battle[0].slots_taken <= world.character_limit, "too many are on the field"
    on_tiles = {int(field.unit["tile"][s]): s for s in standing}
    assert len(on_tiles) == len(standing), "two on one tile"
    assert {int(t): int(s) for t, s in enumerate(field.standing.tolist()) if s >= 0} == on_tiles, (
        "tiles and units differ"
    )
    stances = [_plain(row) for row in world.stance]
    for s, unit in enumerate(_plain(field.unit)):
        name, stance = battle.units[s].name, stances[min(unit.skill_ticks, 1)][s]
        taken = int(world.enemy["block"][field.foe["blocker"] == s].sum())
        assert unit.block_taken == taken, f"{name} counts {unit.block_taken} block taken, it is {taken}"
        if unit.tile < 0:
            assert taken == 0, f"{name} is not there and blocks an enemy"
            continue
        assert s >= world.cards or world.stands[s, unit.tile], f"{name} stands where it may not"
        assert taken <= stance.block, f"{name} blocks {taken} with block {stance.block}"
        able = stance.can_block and unit.stunned_until <= battle.ticks
        assert taken == 0 or able, f"{name} cannot block and does"
        full = stance.max_health
        assert 0 < unit.health <= full * (1 + 1e-9), f"{name} has health {unit.health} of {full}"
        assert 0 <= unit.sp <= max(world.deployable["sp_cost"][s], 0), f"{name} has {unit.sp} SP"
        assert unit.shield >= 0, f"{name} has a shield of {unit.shield}"


def _check_enemies(battle: Battle) -> None:
    """Every enemy present is listed once, alive, and where it can be; one that is blocked stands at its blocker."""
    world, field, stage = battle.world, battle._field, battle.stage
    listed = field.present[: field.battle[0].listed].tolist()
    present = np.flatnonzero(field.foe["phase"] == PRESENT).tolist()
    assert sorted(listed) == present, "the list of those present is wrong"
    waited_for = int(world.enemy["holds_wave"][present].sum())
    assert field.battle[0].holding_wave == waited_for, "the next wave waits for the wrong number"
    passable = {False: stage.walkable, True: stage.flyable}
    units = _plain(field.unit)
    for e, foe, stats in zip(present, _plain(field.foe[present]), _plain(world.enemy[present]), strict=True):
        name = stage.enemies[stage.spawns[e].enemy].name
        assert all(map(math.isfinite, vars(foe).values())), f"{name} is nowhere"
        assert 0 < foe.health <= stats.max_health, f"{name} has health {foe.health}"
        row, col = divmod(int(foe.tile), stage.width)
        away = max(abs(foe.row - row), abs(foe.col - col))
        assert away <= 0.5 + 1e-9, f"{name} is not on its tile"
        reachable = not any("cannot be reached on foot" in what for what in stage.unknown)
        if reachable or stats.flying:
            assert passable[bool(stats.flying)][row, col], f"{name} is on ({row}, {col})"
        s = int(foe.blocker)
        if s >= 0:
            assert not stats.flying, f"{name} flies and is blocked"
            assert not stats.unblockable, f"{name} cannot be blocked, and is"
            away = math.dist((foe.row, foe.col), (units[s].row, units[s].col))
            assert away**2 <= options.BLOCK_DISTANCE_SQUARED + 1e-9, f"{name} is blocked from {away} tiles away"
    seen = [one.number for one in battle.enemies_on_field()]
    assert seen == [e for e in listed if not field.foe["hidden"][e]], "a player sees others than are there"


def check_mask(battle: Battle) -> None:
    """An action is in the mask exactly where the engine accepts it; what is refused changes nothing."""
    slots, tiles = len(battle.squad), battle.stage.height * battle.stage.width
    mask = battle.legal_actions()
    assert mask.shape == (action_count(slots, tiles),)
    before = [table.copy() for table in battle.records]
    for flat in range(len(mask)):
        action = unflatten(flat, slots, tiles)
        accepted = battle.act(action)
        assert accepted == mask[flat], f"{action}: the mask says {mask[flat]}, the engine {accepted}"
        if accepted:
            check(battle)
            for table, old in zip(battle.records, before, strict=True):
                table[:] = old
    assert all((table == old).all() for table, old in zip(battle.records, before, strict=True)), "a refusal changed it"


# --- Playing ----------------------------------------------------------------------------------------------------------


def play(recipe: Recipe, *, look: bool = True) -> tuple[str, Battle]:
    """Play a recipe's battle, looking through it at every turn; returns a digest of all its moments, and the battle."""
    battle, chance = made(recipe)
    slots, tiles = len(battle.squad), battle.stage.height * battle.stage.width
    cover = np.concatenate([coverage(battle.stage, battle.squad).ravel(), np.zeros(2 * slots)])
    digest = hashlib.sha256()
    asked = set(chance.integers(recipe.decisions, size=2).tolist())
    for decision in range(recipe.decisions):
        legal = battle.legal_actions()
        flat = _wish(legal, cover, slots, chance)
        accepted = battle.act(unflatten(flat, slots, tiles))
        assert accepted == legal[flat], "the mask and the engine differ"
        if look:
            check(battle)
            if decision in asked:
                check_mask(battle)
        battle.step(int(chance.integers(1, 60)))
        if look:
            check(battle)
        for table in battle.records:
            digest.update(table.tobytes())
    battle.step(LONGEST * TICKS - battle.ticks)
    if look:
        check(battle)
        _check_the_end(battle)
    for table in battle.records:
        digest.update(table.tobytes())
    return digest.hexdigest(), battle


def _wish(legal: npt.NDArray[np.bool_], cover: npt.NDArray[Any], slots: int, chance: np.random.Generator) -> int:
    """What a player of random moods asks for: nonsense, anything legal, or a skill or a good place for an operator."""
    mood = chance.random()
    if mood < 0.1:
        return int(chance.integers(len(legal)))
    allowed = np.flatnonzero(legal)
    if mood < 0.2:
        return int(chance.choice(allowed))
    helpful = allowed[(allowed > 0) & (allowed < len(legal) - slots)]
    some = chance.choice(helpful, min(len(helpful), 40), replace=False) if len(helpful) else allowed[:1]
    worth = np.where(some > len(cover) - 2 * slots, 9.0, cover[some - 1])
    return int(some[worth.argmax()])


def _check_the_end(battle: Battle) -> None:
    """What is decided stays decided, and was decided rightly."""
    if battle.outcome is None:
        return
    view, before = battle.view(), [table.copy() for table in battle.records]
    limit = battle.world.time_limit
    if battle.outcome == "won":
        assert view.life > 0, "won without life"
        assert view.kills == view.total, "won before all enemies were gone"
        assert battle.stars == (2 if battle.leaks else 3)
    else:
        assert view.life == 0 or 0 < limit <= battle.ticks, "lost with life left"
        assert battle.stars == 0
    assert not battle.legal_actions()[1:].any(), "something may be done after the end"
    battle.step(100)
    assert all((table == old).all() for table, old in zip(battle.records, before, strict=True)), "it went on"


def digest_of(seeds: range) -> str:
    """One digest over the battles of many seeds, without looking through them."""
    return hashlib.sha256(
        "".join(play(Recipe(seed, friends=seed % 4), look=False)[0] for seed in seeds).encode()
    ).hexdigest()


def main() -> None:
    """Play many, and say how they went."""
    parser = argparse.ArgumentParser(description="Random battles, looked through at every turn.")
    parser.add_argument("--battles", type=int, default=10_000, help="how many (10,000)")
    parser.add_argument("--seed", type=int, default=0, help="the first battle's seed (0)")
    parser.add_argument("--digest", action="store_true", help="only play them, and print one digest over all")
    chosen = parser.parse_args()
    seeds = range(chosen.seed, chosen.seed + chosen.battles)
    if chosen.digest:
        print(digest_of(seeds))
        return
    started, ends = time.monotonic(), Counter()
    failed = 0
    for number, seed in enumerate(seeds, 1):
        try:
            _, battle = play(Recipe(seed, friends=seed % 4))
            ends[battle.outcome or "still going on"] += 1
        except Exception as error:  # noqa: BLE001 - whatever breaks, the hunt goes on and names the seed
            failed += 1
            print(f"seed {seed}: {type(error).__name__}: {error}", file=sys.stderr)
        if number % 500 == 0:
            print(f"{number} battles, {failed} broken, {time.monotonic() - started:.0f} s", file=sys.stderr)
    told = ", ".join(f"{count} {end}" for end, count in sorted(ends.items()))
    print(f"{len(seeds)} random battles: {failed} broken; {told}")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
