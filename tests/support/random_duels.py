"""Random duels, each played by the rules and by the plain reference of plain_duel.py, and compared tick by tick."""

from __future__ import annotations

import argparse
import dataclasses
import random
import sys
import tempfile
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from levels import CATALOGUE, Workshop
from plain_duel import FoeNow, OperatorNow, play, plays, plays_enemy, plays_operator
from plain_scene import NO_SKILL, Coming, Duel, Words, covered

from game.actions import DEPLOY, SKILL, Action
from game.characters.builds import operator_of, with_each_skill, with_squad_effects
from game.characters.catalogue import Catalogue, load_catalogue
from game.characters.models import SKILL_LEVELS, Build, Character, Enemy, Operator
from game.levels.stage import Stage
from game.simulator.battle import Battle
from game.simulator.records import ABSENT, PRESENT, TICKS, ticks

EXACT = 1e-6
"""How far the numbers of the two may be apart."""
LANE_ROW = 1
SECONDS = 120.0
"""A duel that is not decided by then is over."""


class Meeting(NamedTuple):
    """A duel, and the stage on which the simulator plays it."""

    duel: Duel
    stage: Stage
    who: str
    """The two and the skill, in words."""
    seed: int
    """Of the battle's chances."""


class Difference(NamedTuple):
    """Where the two disagree first."""

    tick: int
    what: str
    plain: Any
    real: Any


# --- The draw ---------------------------------------------------------------------------------------------------------


def meeting(seed: int, make: Workshop, catalogue: Catalogue = CATALOGUE) -> Meeting:
    """The random duel of a seed: an operator at some build with some skill, some enemies of one kind, and a place."""
    dice = random.Random(seed)
    enemy = dice.choice(_enemies(catalogue))
    while True:
        character = dice.choice(list(catalogue.characters.values()))
        build = _build(character, dice)
        operator = alone(operator_of(character, build))
        if plays(operator, enemy):
            break
    stage = _stage(make, enemy, dice.randint(1, 4), dice.choice((0.0, 0.4, 1.0, 2.5, 6.0)), catalogue)
    stage = _sturdier(stage, dice.choice((1.0, 1.0, 3.0, 10.0)))
    tile, direction = _place(operator, dice)
    duel = Duel(
        operator=operator,
        coming=coming_of(stage),
        tile=tile,
        direction=direction,
        deployed_at=dice.choice((0, dice.randint(1, 60), dice.randint(60, 400))),
        looks_every=dice.choice((1, 7, 40, 150)),
    )
    skill = operator.skill.name if operator.skill else "no skill"
    return Meeting(duel, stage, f"{operator.name} ({skill}) against {enemy.name}", seed)


def alone(operator: Operator) -> Operator:
    """An operator as the only one of its squad, with what its own effects change before the battle."""
    (changed,) = with_squad_effects([operator])
    return msgspec.structs.replace(changed, effects=tuple(one for one in changed.effects if one.when != "squad"))


@lru_cache(maxsize=4)
def _enemies(catalogue: Catalogue) -> tuple[Enemy, ...]:
    """The enemies that the reference plays, with what they split into."""
    return tuple(one for one in catalogue.enemies.values() if all(map(plays_enemy, _family(one, catalogue.enemies))))


def _family(enemy: Enemy, known: Mapping[str, Enemy]) -> Iterator[Enemy]:
    """An enemy, and all that come of it."""
    yield enemy
    if enemy.splits:
        yield from _family(known[enemy.splits_into], known)


def _build(character: Character, dice: random.Random) -> Build:
    """A build that the character can have."""
    elite = dice.randrange(len(character.phases))
    skills = min(len(character.skills), elite + 1)
    return Build(
        elite=elite,
        level=dice.randint(1, character.phases[elite].levels),
        skill=dice.randint(1, skills) if skills else 0,
        skill_level=dice.randint(1, SKILL_LEVELS[elite]),
        trust=dice.randint(0, 200),
        potential=dice.randint(1, 6),
    )


def _stage(make: Workshop, enemy: Enemy, count: int, every: float, catalogue: Catalogue) -> Stage:
    """The lane with so many of these enemies."""
    name = next(name for name, one in catalogue.enemies.items() if one is enemy)
    route = make.lane(motion="FLY" if enemy.flying else "WALK")
    spawns = [make.spawn(name, at=1.0, count=count, every=every)]
    return make.stage(make.level(spawns, routes=(route,)), catalogue=catalogue)


def _sturdier(stage: Stage, times: float) -> Stage:
    """A stage whose enemies have so many times their health, so that skills come while they live."""
    sturdy = tuple(msgspec.structs.replace(one, max_health=one.max_health * times) for one in stage.enemies)
    return dataclasses.replace(stage, enemies=sturdy)


def coming_of(stage: Stage) -> tuple[Coming, ...]:
    """A stage's enemies, as the reference is told of them."""
    return tuple(Coming(stage.enemies[one.enemy], ticks(one.offset), one.parent) for one in stage.spawns)


def _place(operator: Operator, dice: random.Random) -> tuple[tuple[int, int], int]:
    """A tile for the operator, and a direction from which it reaches the lane if there is one."""
    on_lane = operator.melee and not (operator.high_ground_too and dice.random() < 0.3)
    for _ in range(20):
        tile = (LANE_ROW, dice.randint(1, 6)) if on_lane else (dice.choice((0, 2)), dice.randint(0, 7))
        direction = dice.randrange(4)
        duel = Duel(operator, (), tile, direction, 0, 1)
        if any(row == LANE_ROW and 0 <= col <= 7 for row, col in covered(duel, operator.skill or NO_SKILL)):
            break
    return tile, direction


# --- The comparison ---------------------------------------------------------------------------------------------------


def difference(one: Meeting, words: Words | None = None) -> Difference | None:
    """Where the simulator and the reference disagree first; None where they agree to the end."""
    duel = one.duel
    battle = Battle(one.stage, (duel.operator,), one.seed)
    place = duel.tile[0] * one.stage.width + duel.tile[1]
    for moment in play(duel, words, SECONDS, lots(one.seed)):
        if battle.ticks == duel.deployed_at and not battle.act(Action(DEPLOY, 0, place, duel.direction)):
            return Difference(battle.ticks, "deployment", "allowed", "refused")
        if battle.ticks % duel.looks_every == 0:
            battle.act(Action(SKILL, 0))
        battle.step(1)
        real = (battle.ticks, battle.outcome, operator_now(battle), *foes_now(battle))
        plain = (moment.tick, moment.outcome, moment.operator, *moment.foes)
        names = ("clock", "outcome", "operator", *(f"enemy {n}" for n in range(len(moment.foes))))
        for name, ours, theirs in zip(names, plain, real, strict=True):
            if not _agree(ours, theirs):
                return Difference(moment.tick, name, ours, theirs)
    return None


def lots(seed: int) -> Iterator[float]:
    """The chances of a battle of this seed, in the order in which it draws them: a hash of the seed and a number."""
    for number in count(1):
        x = (seed * 0x2545F491 + number * 0x19660D + 0x3C6EF35F) & 0x7FFFFFFF
        for _ in range(3):
            x = ((x ^ (x >> 15)) * 0x45D9F3B) & 0x7FFFFFFF
        yield ((x ^ (x >> 16)) & 0x7FFFFFFF) / 2147483648.0


def _agree(plain: Any, real: Any) -> bool:
    """Whether two values are the same, numbers up to rounding."""
    if isinstance(plain, tuple):
        return all(_agree(*pair) for pair in zip(plain, real, strict=True))
    if isinstance(plain, float):
        return abs(plain - real) <= EXACT * max(1.0, abs(plain))
    return plain == real


def operator_now(battle: Battle) -> OperatorNow:
    """The operator of a battle, as the reference describes it."""
    unit = battle.records.unit[0, 0]
    if unit["tile"] < 0:
        return OperatorNow()
    figures = (float(unit["health"]), float(unit["shield"]), float(unit["sp"]) / TICKS, int(unit["skill_ticks"]))
    return OperatorNow(True, *figures, max(int(unit["stunned_until"]) - battle.ticks, 0))


def foes_now(battle: Battle) -> tuple[FoeNow, ...]:
    """The enemies of a battle, as the reference describes them."""
    foes = battle.records.foe[0]
    columns = (foes[name].tolist() for name in ("phase", "leaked", "health", "col", "blocker"))
    return tuple(
        FoeNow("here", health, col, blocker >= 0)
        if phase == PRESENT
        else FoeNow("to come" if phase == ABSENT else "leaked" if leaked else "dead")
        for phase, leaked, health, col, blocker in zip(*columns, strict=True)
    )


# --- The long proof ---------------------------------------------------------------------------------------------------


def coverage(catalogue: Catalogue) -> tuple[int, int, int, int]:
    """How many of the operators with each skill are played, and how many there are; the same of enemies."""
    operators = [
        one
        for character in catalogue.characters.values()
        for one in with_each_skill(character, Build(elite=len(character.phases) - 1))
    ]
    played = sum(plays_operator(alone(one)) for one in operators)
    return played, len(operators), len(_enemies(catalogue)), len(catalogue.enemies)


def main() -> None:
    """Play random duels and print how many agree, and where the others differ first."""
    parser = argparse.ArgumentParser(description="random duels: the rules of battle beside a plain reference")
    parser.add_argument("--duels", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0, help="of the first duel; each next one has the next seed")
    parser.add_argument("--tables", type=Path, help="a folder of tables, laid over the shipped ones")
    asked = parser.parse_args()
    catalogue = load_catalogue(asked.tables) if asked.tables else CATALOGUE
    _say("operators with a skill: {} of {} played; enemies: {} of {}".format(*coverage(catalogue)))
    differ = 0
    with tempfile.TemporaryDirectory() as folder:
        make = Workshop(Path(folder))
        for seed in range(asked.seed, asked.seed + asked.duels):
            one = meeting(seed, make, catalogue)
            found = difference(one)
            if found is not None:
                differ += 1
                _say(f"seed {seed}: {one.who}: tick {found.tick}, {found.what}")
                _say(f"    {found.plain} by the words, {found.real} in the simulator")
    _say(f"{asked.duels} duels: {asked.duels - differ} agree, {differ} differ")


def _say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
