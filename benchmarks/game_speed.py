"""How fast the game is: the rules alone, as an environment, and against what an environment costs by itself.

python benchmarks/game_speed.py [--repeat N] [--decisions N] [--reference FOLDER] [--json]

Everything is timed on one core in one run, the median of the repetitions counts. Battles are timed with 20 enemies
and 8 operators on the field that do all that units do but die. `real time` is 30 ticks a second; `plain` is the same
code without numba (NUMBA_DISABLE_JIT=1), in a process of its own; CartPole-v1 shows what Gymnasium's own interface
costs with next to no world behind it. With `--reference`, a folder of the game's public data as plan_search.py takes
it, the ticks a second of its whole levels of chapters 5 to 8 are measured, and nothing else: 64 battles together, with
eight operators on random tiles from the start.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import gymnasium
import numpy as np
import numpy.typing as npt
import psutil

from game.actions import DEPLOY, Action, unflatten
from game.characters.builds import SQUAD_SIZE, default_squad
from game.characters.catalogue import load_catalogue
from game.characters.models import Operator
from game.gamedata.importing import import_tables, write_tables
from game.levels.stage import Stage, load_stage
from game.simulator.actions import act
from game.simulator.battle import Battle
from game.simulator.records import TICKS, Battles, World
from game.simulator.tables import new_battles, world_of
from game.simulator.tick import run_all
from learning.environment import SECOND

CATALOGUE = load_catalogue()
STAGE = "ridge_line"
ENVIRONMENT = "holdfast/Arknight-v0"
ENEMIES, OPERATORS = 20, 8
LONGEST = 20_000
"""Ticks after which a battle of a level ends if it is not decided: eleven minutes."""
FOREVER = 1e12
"""Health that no battle of these wears down."""
START = """
import time; began = time.perf_counter()
from game.simulator.battle import Battle
from game.levels.stage import load_stage
from game.characters.builds import default_squad
from game.characters.catalogue import load_catalogue
catalogue = load_catalogue()
battle = Battle(load_stage("first_watch", catalogue), default_squad(catalogue))
battle.step(30); battle.view(); battle.legal_actions()
print(time.perf_counter() - began)
"""
"""What a user waits for before the first battle moves: imports, a stage, a squad, a second of play."""


class Line(NamedTuple):
    """One line of the table: how often a second something happens."""

    name: str
    rate: float
    ticks: float
    """Of the game, for each time it happens; 0 where the game stands still, or there is none."""
    note: str = ""


def crowded(count: int) -> tuple[World, Battles]:
    """So many battles with 20 enemies and 8 operators on the field that cannot die. No more enemies come, and those
    that walk do so very slowly, so that they do not leave while the clock runs.
    """
    stage, squad = load_stage(STAGE, CATALOGUE), default_squad(CATALOGUE)[:OPERATORS]
    world = world_of(stage, squad)._replace(max_life=10**9, initial_cost=99, character_limit=OPERATORS)
    world.enemy["max_health"][:] = world.stance["max_health"][:] = FOREVER
    battles = new_battles(world, stage, range(count))
    for b in range(count):
        _deploy(world, battles, b)
    while battles.battle["holding_wave"].mean() < ENEMIES:
        run_all(world, battles, 1)
    world.enemy["step"][:] /= 1000.0
    return world._replace(arrivals=int(battles.battle["spawned"][0])), battles


def time_level(stage: Stage, squad: Sequence[Operator], count: int, repeat: int) -> Line:
    """Ticks a second of so many battles of a level together, from their start to their end."""
    world = world_of(stage, squad)._replace(max_life=10**9, initial_cost=99, character_limit=OPERATORS)
    fresh = new_battles(world, stage, range(count))
    for b in range(count):
        _deploy(world, fresh, b)
    rates = []
    for _ in range(repeat):
        battles = Battles(*(table.copy() for table in fresh))
        began = time.perf_counter()
        run_all(world, battles, LONGEST)
        rates.append(battles.battle["clock"].sum() / (time.perf_counter() - began))
    return Line(_many(stage.name, count), statistics.median(rates), 1, f"{len(world.effect)} effects")


def time_levels(reference: Path, repeat: int) -> list[Line]:
    """`time_level` for the whole levels of chapters 5 to 8, with the first operators of the catalogue."""
    with tempfile.TemporaryDirectory() as folder:
        write_tables(import_tables([reference / "tables"], load_catalogue()), Path(folder))
        catalogue = load_catalogue(Path(folder))
    squad = default_squad(catalogue)[:OPERATORS]
    stages = [load_stage(file, catalogue) for file in sorted(reference.rglob("level_main_0[5-8]-*.json"))]
    return [_said(time_level(stage, squad, 64, repeat)) for stage in stages if not stage.unknown]


def _deploy(world: World, battles: Battles, b: int) -> None:
    """Every operator of the squad on a tile of its own, chosen by the battle's number."""
    chance = np.random.default_rng(b)
    for slot in range(OPERATORS):
        battles.battle[b].dp = 99
        tiles = chance.permutation(np.flatnonzero(world.stands[slot])).tolist()
        direction = int(chance.integers(4))
        assert any(act(world, battles, b, DEPLOY, slot, tile, direction) for tile in tiles)


def time_ticks(count: int, ticks: int, repeat: int) -> Line:
    """Ticks a second of so many battles together, each played on for `ticks` from the same crowded moment."""
    world, crowd = crowded(count)
    rates = []
    for _ in range(repeat):
        battles = Battles(*(table.copy() for table in crowd))
        began = time.perf_counter()
        run_all(world, battles, ticks)
        rates.append(count * ticks / (time.perf_counter() - began))
    enemies, operators = (battles.battle[field].mean() for field in ("holding_wave", "deployed"))
    there = f"{enemies:.1f} enemies and {operators:.1f} operators at the end"
    return Line(_many("battle ticks", count), statistics.median(rates), 1, there)


def _many(name: str, count: int) -> str:
    """The name of a line for one or for many."""
    return f"{name}, one" if count == 1 else f"{name}, {count} together"


def time_view(views: int, repeat: int) -> Line:
    """Views a second of one battle, half a minute into random legal play."""
    stage, squad = load_stage(STAGE, CATALOGUE), default_squad(CATALOGUE)
    battle, choose = Battle(stage, squad), legal_chooser(stage, len(squad), 0)
    for _ in range(30):
        battle.act(Action(*choose(battle.legal_actions()[None])[0].tolist()))
        battle.step()
    rates = []
    for _ in range(repeat):
        began = time.perf_counter()
        for _ in range(views):
            battle.view()
        rates.append(views / (time.perf_counter() - began))
    seen = battle.view()
    there = f"{len(seen.enemies)} enemies, {len(seen.operators)} operators, {len(seen.cards)} cards"
    return Line(_many("Battle.view()", 1), statistics.median(rates), 0, there)


def legal_chooser(stage: Stage, slots: int, seed: int) -> Callable[[npt.NDArray[Any]], npt.NDArray[np.int64]]:
    """Chooses random legal actions, one for each row of masks."""
    actions = 1 + slots * stage.height * stage.width * 4 + 2 * slots
    table = np.array([unflatten(index, slots, stage.height * stage.width) for index in range(actions)])
    chance = np.random.default_rng(seed)
    return lambda masks: table[(masks * chance.random(masks.shape, np.float32)).argmax(axis=1)]


def time_environment(decisions: int, repeat: int) -> Line:
    """Decisions a second of ArknightEnv, random legal ones; choosing them is not counted."""
    environment = gymnasium.make(ENVIRONMENT, stage=STAGE).unwrapped
    choose = legal_chooser(load_stage(STAGE, CATALOGUE), SQUAD_SIZE, 0)
    _, info = environment.reset(seed=0)
    rates = []
    for _ in range(repeat):
        spent = 0.0
        for _ in range(decisions):
            action = choose(info["action_mask"][None])[0]
            began = time.perf_counter()
            _, _, ended, _, info = environment.step(action)
            if ended:
                _, info = environment.reset()
            spent += time.perf_counter() - began
        rates.append(decisions / spent)
    return Line(_many("ArknightEnv decisions", 1), statistics.median(rates), SECOND)


def time_vector(count: int, steps: int, repeat: int) -> Line:
    """Decisions a second of the vector environment, random legal ones; choosing them is not counted."""
    rates = [rate for rate, _ in _vector_rates(count, steps, repeat)]
    return Line(_many("ArknightEnv decisions", count), statistics.median(rates), SECOND, "observations and masks")


def _vector_rates(count: int, steps: int, repeat: int) -> Iterator[tuple[float, int]]:
    """Decisions a second and the memory in use, repetition by repetition."""
    environments = gymnasium.make_vec(ENVIRONMENT, num_envs=count, stage=STAGE)
    choose = legal_chooser(load_stage(STAGE, CATALOGUE), SQUAD_SIZE, 0)
    _, infos = environments.reset(seed=0)
    for _ in range(repeat):
        spent = 0.0
        for _ in range(steps):
            actions = choose(infos["action_mask"])
            began = time.perf_counter()
            *_, infos = environments.step(actions)
            spent += time.perf_counter() - began
        yield count * steps / spent, psutil.Process().memory_info().rss


def time_cartpole(count: int, steps: int, repeat: int) -> Line:
    """Steps a second of the floor: a cart, a pole, and the same interface."""
    environments = gymnasium.make_vec("CartPole-v1", num_envs=count, vectorization_mode="vector_entry_point")
    environments.reset(seed=0)
    actions = np.random.default_rng(0).integers(2, size=(steps, count))
    rates = []
    for _ in range(repeat):
        began = time.perf_counter()
        for action in actions:
            environments.step(action)
        rates.append(count * steps / (time.perf_counter() - began))
    return Line(_many("CartPole-v1 steps", count), statistics.median(rates), 0, "the floor")


def measure(size: float, repeat: int) -> list[Line]:
    """All lines; `size` makes the runs longer or shorter."""
    lines = []
    for battles, ticks in ((1, 6000), (64, 600), (256, 300)):
        lines.append(_said(time_ticks(battles, max(int(ticks * size), 2), repeat)))
    lines.append(_said(time_view(max(int(2000 * size), 3), repeat)))
    lines.append(_said(time_environment(max(int(300 * size), 3), repeat)))
    for count, steps in ((64, 200), (256, 60)):
        lines.append(_said(time_vector(count, max(int(steps * size), 2), repeat)))
        lines.append(_said(time_cartpole(count, max(int(steps * size), 2), repeat)))
    return lines


def _said(line: Line) -> Line:
    """A line, when it is known; these things take a while."""
    print(f"  {line.name}: {line.rate:,.0f}/s", file=sys.stderr)
    return line


def plain(repeat: int) -> dict[str, float]:
    """The rates of the same code without numba, by name."""
    command = [sys.executable, __file__, "--size", "0.003", "--repeat", str(repeat), "--lines"]
    run = subprocess.run(command, env={**os.environ, "NUMBA_DISABLE_JIT": "1"}, check=True, stdout=subprocess.PIPE)
    return {str(name): float(rate) for name, rate in json.loads(run.stdout)}


def start_up(cache: str | None = None) -> float:
    """Seconds until a fresh process has played its first second; with an empty cache when a folder for it is given."""
    env = {**os.environ, **({"NUMBA_CACHE_DIR": cache} if cache else {})}
    run = subprocess.run([sys.executable, "-c", START], env=env, check=True, stdout=subprocess.PIPE)
    return float(run.stdout)


def memory(decisions: int) -> list[int]:
    """Resident bytes after each tenth of so many decisions of 64 battles together."""
    return [rss for _, rss in _vector_rates(64, decisions // 640, 10)]


def main() -> None:
    """Measure everything and print one table."""
    parser = argparse.ArgumentParser(description="How fast the game is.")
    parser.add_argument("--repeat", type=int, default=5, help="repetitions, of which the median counts (5)")
    parser.add_argument("--decisions", type=int, default=1_000_000, help="decisions to watch the memory over (1e6)")
    parser.add_argument("--reference", type=Path, help="time the whole levels of chapters 5 to 8 of this folder")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--size", type=float, default=1.0, help=argparse.SUPPRESS)
    parser.add_argument("--lines", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.reference:
        rates = {line.name: round(line.rate) for line in time_levels(chosen.reference, chosen.repeat)}
        least, middle = min(rates.values()), statistics.median(rates.values())
        print(
            json.dumps(rates)
            if chosen.json
            else f"{len(rates)} levels: {least:,} ticks a second or more, {middle:,.0f} in the middle"
        )
        return
    lines = measure(chosen.size, chosen.repeat)
    if chosen.lines:
        print(json.dumps([(line.name, line.rate) for line in lines]))
        return
    print("  the same without numba ...", file=sys.stderr)
    slow = plain(min(chosen.repeat, 3))
    warm = statistics.median(start_up() for _ in range(chosen.repeat))
    with tempfile.TemporaryDirectory() as folder:
        cold = start_up(folder)
    used = memory(chosen.decisions)
    result = {
        "lines": [line._asdict() | {"plain": slow[line.name]} for line in lines],
        "start_up_seconds": warm,
        "first_compile_seconds": cold,
        "memory_bytes": used,
    }
    print(json.dumps(result) if chosen.json else table(lines, slow, warm, cold, used))


def table(lines: list[Line], slow: dict[str, float], warm: float, cold: float, used: list[int]) -> str:
    """The result for people."""
    floor = {line.name.split(", ")[1]: line.rate for line in lines if "CartPole" in line.name}
    rows = [f"{'':36}{'a second':>14}{'x real time':>13}{'x plain':>10}{'x CartPole':>12}"]
    for line in lines:
        real = f"{line.rate * line.ticks / TICKS:,.0f}" if line.ticks else ""
        own = floor.get(line.name.split(", ")[1]) if "decisions" in line.name else None
        row = f"{line.name:36}{line.rate:>14,.0f}{real:>13}{line.rate / slow[line.name]:>10,.1f}"
        rows.append(row + (f"{line.rate / own:>12.2f}" if own else f"{'':12}") + f"  {line.note}".rstrip())
    rows.append(f"start-up until the first second is played: {warm:.2f} s with a warm cache, {cold:.1f} s with none")
    rows.append(
        "memory in use, a tenth of the decisions each: " + ", ".join(f"{one / 2**20:.0f}" for one in used) + " MiB"
    )
    return "\n".join(rows)


if __name__ == "__main__":
    main()
